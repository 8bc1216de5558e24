//! A query that looks up by one value in; the query that looks up by many out.

use crate::catalog::access::quote_ident;
use crate::report::model::SqlPart;
use crate::rules::context::QueryCx;
use crate::rules::{rewrite, scope};
use crate::sql::StatementKind;
use crate::sql::facts::{Block, ColumnRef, Distinct, Operand, Output, Predicate, Value};

pub struct AllAtOnce {
    pub sql: String,
    /// What to do with it.
    pub note: &'static str,
    pub more: Vec<SqlPart>,
}

/// `WHERE fk = $1` becomes `WHERE fk = ANY($1)`; the column is added to the result so that rows find their parent again; an
/// aggregate gets a GROUP BY. `None` where LIMIT, windows or sub-selects would mean something else.
pub fn rewritten(cx: &QueryCx<'_>) -> Option<AllAtOnce> {
    let [block] = cx.facts.blocks.as_slice() else { return None };
    let (predicate, column, value) = looked_up(block)?;
    let plain = cx.facts.kind == StatementKind::Select
        && block.distinct == Distinct::No
        && !block.has_window
        && !block.has_having
        && block.group_by.is_empty()
        && block.locking.is_none();
    if !plain || cx.facts.set_operation {
        return None;
    }
    let unique = scope::at_most_one_row(cx, block);
    let name = column.span.of(cx.text);
    let parameter = match parameter(value) {
        // It becomes a list, which it must not be anywhere else.
        Some(number) if uses(cx.text, number) > 1 => return None,
        Some(number) => number,
        None => cx.facts.parameters + 1,
    };
    let list = format!("{name} = ANY(${parameter})");
    let mut edits = vec![rewrite::instead(predicate.span, list)];
    let is_ordinal = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let numbered = block.order_by.iter().any(|key| is_ordinal(key.operand.span.of(cx.text).trim()));
    if !is_projected(cx, block, column) {
        // `ORDER BY 1` counts from the left.
        edits.push(match numbered {
            true => rewrite::insert(block.projection_span.end, format!(", {name}")),
            false => rewrite::insert(block.projection_span.start, format!("{name}, ")),
        });
    }
    let one_row = block.has_aggregate || unique;
    if one_row && block.offset_span.is_some() {
        return None;
    }
    if block.has_aggregate {
        edits.push(match block.order_span.into_iter().chain(block.limit_span).map(|span| span.start).min() {
            Some(next) => rewrite::insert(next, format!("GROUP BY {name} ")),
            None => rewrite::insert(block.span.end, format!(" GROUP BY {name}")),
        });
        // A limit for one row would now hold for all parents together.
        edits.extend(block.limit_span.map(|span| rewrite::instead(span, "")));
        let note = "A parent without rows has no row in the answer: its count is 0, and any other aggregate NULL.";
        return Some(AllAtOnce { sql: tidy(cx, edits), note, more: Vec::new() });
    }
    if unique {
        edits.extend(block.limit_span.map(|span| rewrite::instead(span, "")));
        let note = "The answer holds each row once: put them into a map by this column.";
        return Some(AllAtOnce { sql: tidy(cx, edits), note, more: Vec::new() });
    }
    if block.limit_span.is_some() {
        return lateral(cx, block, predicate, name, parameter);
    }
    if let Some(order) = block.order_by.first() {
        edits.push(rewrite::insert(order.operand.span.start, format!("{name}, ")));
    }
    let note = "The rows of all parents come together: group them by this column.";
    Some(AllAtOnce { sql: tidy(cx, edits), note, more: Vec::new() })
}

/// The first rows of each parent: LATERAL keeps ORDER BY and LIMIT as they are.
fn lateral(cx: &QueryCx<'_>, block: &Block, predicate: &Predicate, name: &str, parameter: usize) -> Option<AllAtOnce> {
    let inner = rewrite::replace(cx.text, vec![rewrite::instead(predicate.span, format!("{name} = wanted.key"))]);
    let alias = quote_ident(&block.sources.first()?.alias);
    let sql = format!(
        "SELECT wanted.key, found.*\nFROM unnest(${parameter}) AS wanted(key)\nCROSS JOIN LATERAL (\n{inner}\n) AS found"
    );
    let shown = SqlPart {
        label: "parents without rows too".to_owned(),
        sql: sql.replace("CROSS JOIN LATERAL", "LEFT JOIN LATERAL") + " ON true",
    };
    let note = "ORDER BY and LIMIT hold for each parent. Parents without rows are left out; LEFT JOIN LATERAL … ON true keeps them. \
                Give the parameter its array type, as in $1::bigint[].";
    (!alias.is_empty() && block.sources.iter().all(|source| source.alias != "wanted")).then_some(AllAtOnce {
        sql,
        note,
        more: vec![shown],
    })
}

/// The one equality with a fixed value.
fn looked_up(block: &Block) -> Option<(&Predicate, &ColumnRef, &Operand)> {
    let mut found = block.filters.iter().filter_map(|predicate| {
        let (left, right) = scope::equality(predicate)?;
        match (scope::plain_column(left), scope::plain_column(right)) {
            (Some(column), None) if scope::is_fixed(right) => Some((predicate, column, right)),
            (None, Some(column)) if scope::is_fixed(left) => Some((predicate, column, left)),
            _ => None,
        }
    });
    let simple = |(_, _, value): &(&Predicate, &ColumnRef, &Operand)| is_value(value);
    found.next().filter(simple).filter(|_| found.next().is_none())
}

/// A literal or a parameter, cast or not; a function of one could not take a list.
fn is_value(operand: &Operand) -> bool {
    match &operand.value {
        Value::Constant(_) | Value::Parameter(_) => true,
        Value::Cast { operand, .. } => is_value(operand),
        _ => false,
    }
}

fn parameter(operand: &Operand) -> Option<usize> {
    match &operand.value {
        Value::Parameter(number) if *number > 0 => Some(usize::from(*number)),
        Value::Cast { operand, .. } => parameter(operand),
        _ => None,
    }
}

/// How often the text names parameter `$number`.
fn uses(text: &str, number: usize) -> usize {
    let wanted = format!("${number}");
    let tokens = crate::sql::Lexer::new(text.as_bytes());
    tokens.filter(|token| text.get(token.start..token.end) == Some(wanted.as_str())).count()
}

fn is_projected(cx: &QueryCx<'_>, block: &Block, column: &ColumnRef) -> bool {
    let home = scope::home(cx, 0, column);
    block.projection.iter().any(|output| match output {
        Output::Star { qualifier: None, .. } => true,
        Output::Star { qualifier: Some(alias), .. } => {
            home.and_then(|(_, source)| block.sources.get(source)).is_some_and(|source| source.alias == *alias)
        }
        Output::Expr { operand, .. } => scope::plain_column(operand)
            .is_some_and(|other| other.name == column.name && scope::home(cx, 0, other) == home),
    })
}

fn tidy(cx: &QueryCx<'_>, edits: Vec<rewrite::Replacement>) -> String {
    rewrite::replace(cx.text, edits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{SchemaFile, from_files};
    use crate::sql::facts::facts;

    const SCHEMA: &str = "CREATE TABLE c (id bigint PRIMARY KEY, p bigint, at date, n integer); \
                          CREATE TABLE o (id bigint PRIMARY KEY, c_id bigint);";

    #[test]
    fn lists_are_asked_for_where_that_keeps_the_answer() {
        for (text, expected) in [
            ("SELECT at FROM c WHERE p = $1 ORDER BY at", Some("SELECT p, at FROM c WHERE p = ANY($1) ORDER BY p, at")),
            // The ordinals stay.
            (
                "SELECT at, n FROM c WHERE p = $1 ORDER BY 1",
                Some("SELECT at, n, p FROM c WHERE p = ANY($1) ORDER BY p, 1"),
            ),
            // One row for all parents together is not one row each.
            (
                "SELECT count(*) FROM c WHERE p = 5 LIMIT 1",
                Some("SELECT p, count(*) FROM c WHERE p = ANY($1) GROUP BY p"),
            ),
            (
                "SELECT max(n) FROM c WHERE p = 5 -- newest\nORDER BY 1",
                Some("SELECT max(n), p FROM c WHERE p = ANY($1) -- newest\nGROUP BY p ORDER BY 1"),
            ),
            // Another table's id does not tell whose row it is.
            (
                "SELECT o.id FROM o JOIN c ON c.id = o.c_id WHERE c.p = $1",
                Some("SELECT c.p, o.id FROM o JOIN c ON c.id = o.c_id WHERE c.p = ANY($1)"),
            ),
            (
                "SELECT o.id FROM o JOIN c ON c.id = o.c_id WHERE c.id = $1",
                Some("SELECT c.id, o.id FROM o JOIN c ON c.id = o.c_id WHERE c.id = ANY($1)"),
            ),
            ("SELECT n FROM c WHERE p = $1 AND n > $1", None),
            ("SELECT n FROM c WHERE p = abs($1)", None),
            ("SELECT count(*) FROM c WHERE p = $1 HAVING count(*) > 5", None),
            ("SELECT n FROM c WHERE id = $1 OFFSET 1", None),
            ("DELETE FROM c WHERE p = $1", None),
        ] {
            let read = from_files(&[SchemaFile { path: "schema.sql", text: SCHEMA }]);
            let facts = facts(text);
            let cx = QueryCx { text, facts: &facts, catalog: Some(&read.catalog), query: None, index: None };
            assert_eq!(rewritten(&cx).map(|all| all.sql).as_deref(), expected, "{text}");
        }
    }
}
