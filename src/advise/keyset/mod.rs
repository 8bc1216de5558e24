//! A query that pages with OFFSET in; the same pages fetched by key, out.
//!
//! Generated only where it is right: the order is made total by a unique key of the result, NULLs are given their place
//! (a cursor that holds a NULL needs other SQL than one that does not), directions may differ. Everything that is not
//! the predicate, the order or the bounds is sliced from the original text.

mod deferred;
pub mod need;
mod parameters;
mod predicate;
mod projection;
pub mod recommend;
mod refusal;
#[cfg(test)]
mod tests;
mod unique;

use crate::catalog::access::{Scope, columns_of, meant, quote_ident, strip_parens};
use crate::catalog::model::Catalog;
use crate::sql::facts::{Block, Facts, Operand, Predicate, Span, Test, Value};

use predicate::Cursor;

/// More nullable keys would need too many variants of the SQL (two for each).
const MOST_NULLABLE: usize = 3;

/// One key of the total order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageKey {
    /// The expression as the query writes it: `o.created_at`.
    pub sql: String,
    /// (block, source) and bare name when it is a column.
    pub column: Option<((usize, usize), String)>,
    pub descending: bool,
    pub nulls_first: bool,
    pub nullable: bool,
    /// Added to make the order total.
    pub tie_breaker: bool,
    /// Name of the output column that holds the key's value for the next cursor.
    pub output: String,
}

/// SQL for the pages after (or before) a cursor in which exactly the keys marked in `nulls` are NULL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CursorSql {
    pub nulls: Vec<bool>,
    pub sql: String,
    /// Parameter number of each key's value; `None` for those that are NULL or not needed.
    pub parameters: Vec<Option<usize>>,
    /// New number of each of the query's own parameters, by old number; OFFSET's has none.
    pub kept: Vec<(u16, usize)>,
}

#[derive(Clone, Debug)]
pub struct Pages {
    pub keys: Vec<PageKey>,
    pub first: CursorSql,
    /// By NULL pattern, the one without NULLs first.
    pub next: Vec<CursorSql>,
    /// Rows come in reverse order.
    pub previous: Vec<CursorSql>,
    /// The pages by number, for where they are a must.
    pub deferred: Option<String>,
}

/// The keyset form of a query, or why there is none.
pub fn pages(text: &str, facts: &Facts, catalog: Option<&Catalog>) -> Result<Pages, String> {
    let block = refusal::pageable(text, facts, catalog)?;
    let scope = Scope::new(text, facts, catalog);
    let mut keys = total_order(&scope, block)?;
    if keys.iter().filter(|k| k.nullable).count() > MOST_NULLABLE {
        return Err("too many keys of the order can be NULL: each doubles the number of statements".to_owned());
    }
    let shape = Shape { text, block, projection: projection::with_keys(&scope, block, &mut keys) };
    let render = |cursor: Option<&Cursor>, nulls: Vec<bool>, back: bool| shape.render(&keys, cursor, nulls, back);
    let none = vec![false; keys.len()];
    let variants = |back: bool| -> Vec<CursorSql> {
        predicate::null_patterns(&keys)
            .into_iter()
            .map(|nulls| render(Some(&predicate::after(&keys, &nulls, back)), nulls, back))
            .collect()
    };
    Ok(Pages {
        first: render(None, none, false),
        next: variants(false),
        previous: variants(true),
        deferred: deferred::join(&scope, block, &keys),
        keys,
    })
}

/// ORDER BY up to the first prefix that is unique, else with the unique key's columns behind it, in the direction of the
/// last key so that the row-wise comparison stays possible.
fn total_order(scope: &Scope<'_>, block: &Block) -> Result<Vec<PageKey>, String> {
    let mut wanted = unique::keys(scope, block)?;
    let mut keys: Vec<PageKey> = Vec::new();
    for order in &block.order_by {
        let operand = meant(scope.text, &order.operand, block);
        let mut key = page_key(scope, block, operand)?;
        (key.descending, key.nulls_first) = (order.descending, order.nulls_sort_first());
        if keys.iter().any(|k| k.sql == key.sql || (k.column.is_some() && k.column == key.column)) {
            continue;
        }
        keys.push(key);
        if wanted.satisfied_by(&keys) {
            return Ok(keys);
        }
    }
    let descending = keys.last().is_some_and(|k| k.descending);
    for key in wanted.missing(&keys) {
        keys.push(PageKey { descending, nulls_first: descending, tie_breaker: true, ..key });
    }
    Ok(keys)
}

fn page_key(scope: &Scope<'_>, block: &Block, operand: &Operand) -> Result<PageKey, String> {
    let sql = match &operand.value {
        Value::Column(column) if column.qualifier.is_none() && unique::renamed(block, &column.name) => {
            let source = scope.home(column, 0).filter(|(b, _)| *b == 0).and_then(|(_, s)| block.sources.get(s));
            let source = source.ok_or_else(|| format!("it is not known which table {} belongs to", column.name))?;
            format!("{}.{}", quote_ident(&source.alias), quote_ident(&column.name))
        }
        Value::Column(column) => column.span.of(scope.text).to_owned(),
        // An operator that binds less tightly than a comparison must not fall apart beside one.
        Value::Expression { .. } => format!("({})", strip_parens(operand.span.of(scope.text))),
        _ => operand.span.of(scope.text).trim().to_owned(),
    };
    if refusal::unstable(operand, &sql) {
        return Err(format!("the order by {sql} is not the same for two pages"));
    }
    let column = match &operand.value {
        Value::Column(column) => {
            let home = scope.home(column, 0).ok_or_else(|| format!("it is not known which table {sql} belongs to"))?;
            Some((home, column.name.clone()))
        }
        _ if columns_of(operand).is_empty() => return Err(format!("the order by {sql} does not depend on the rows")),
        _ => None,
    };
    let nullable = column.as_ref().is_none_or(|(home, name)| unique::nullable(scope, block, *home, name));
    let (descending, nulls_first) = (false, false);
    Ok(PageKey { sql, column, descending, nulls_first, nullable, tie_breaker: false, output: String::new() })
}

/// The statement with places to put things.
struct Shape<'a> {
    text: &'a str,
    block: &'a Block,
    /// What to add behind the projection.
    projection: String,
}

impl Shape<'_> {
    fn render(&self, keys: &[PageKey], cursor: Option<&Cursor>, nulls: Vec<bool>, back: bool) -> CursorSql {
        let mut edits: Vec<(Span, String)> = Vec::new();
        let at = |position: usize| Span { start: position, end: position };
        edits.push((at(self.block.projection_span.end), self.projection.clone()));
        if let Some(cursor) = cursor {
            edits.extend(self.filter(&cursor.sql));
        }
        let order: Vec<String> = keys.iter().map(|key| order_sql(key, back)).collect();
        let order = format!("ORDER BY {}", order.join(", "));
        let bounds = [self.block.limit_span, self.block.offset_span];
        match self.block.order_span {
            Some(span) => edits.push((span, order)),
            None => {
                let first = bounds.iter().flatten().map(|s| s.start).min().unwrap_or(self.block.span.end);
                edits.push((at(first), format!("{order} ")));
            }
        }
        if let Some(offset) = self.block.offset_span {
            edits.push((self.with_space_before(offset), String::new()));
        }
        let placed = apply(self.text, edits);
        let numbered = parameters::renumber(placed.trim_end().trim_end_matches(';'), keys.len());
        CursorSql { nulls, sql: numbered.sql, parameters: numbered.cursor, kept: numbered.kept }
    }

    /// `AND (…)` behind the conditions that are there, or a WHERE of its own.
    fn filter(&self, predicate: &str) -> Vec<(Span, String)> {
        let at = |position: usize| Span { start: position, end: position };
        if let Some(span) = self.block.where_span {
            let loose = |p: &Predicate| matches!(p.test, Test::Or(_) | Test::Other { .. });
            let simple = !matches!(self.block.filters.as_slice(), [only] if loose(only));
            let (open, close) = if simple { ("", "") } else { ("(", ")") };
            return vec![
                (at(span.start), open.to_owned()),
                (at(span.end), format!("{close} AND {}", predicate::parenthesised(predicate))),
            ];
        }
        let clauses = [self.block.order_span, self.block.limit_span, self.block.offset_span];
        let before = clauses.iter().flatten().map(|s| s.start).min().unwrap_or(self.block.span.end);
        let before = refusal::group_by_start(self.text, self.block).unwrap_or(before);
        vec![(at(before), format!("WHERE {predicate} "))]
    }

    fn with_space_before(&self, span: Span) -> Span {
        let before = &self.text[..span.start];
        Span { start: before.trim_end().len(), end: span.end }
    }
}

fn order_sql(key: &PageKey, back: bool) -> String {
    let (descending, nulls_first) = (key.descending != back, key.nulls_first != back);
    let direction = if descending { " DESC" } else { "" };
    let nulls = match (key.nullable, nulls_first == descending, nulls_first) {
        (false, ..) | (true, true, _) => "",
        (true, false, true) => " NULLS FIRST",
        (true, false, false) => " NULLS LAST",
    };
    format!("{}{direction}{nulls}", key.sql)
}

/// Replaces spans, which do not overlap; insertions at the same place stay in their order.
fn apply(text: &str, mut edits: Vec<(Span, String)>) -> String {
    edits.sort_by_key(|(span, _)| (span.start, span.end));
    let mut out = String::with_capacity(text.len() + 200);
    let mut at = 0;
    for (span, new) in edits {
        out.push_str(text.get(at..span.start).unwrap_or_default());
        out.push_str(&new);
        at = at.max(span.end);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}
