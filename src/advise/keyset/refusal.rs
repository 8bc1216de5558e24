//! Queries that cannot be paged by key, each with the reason.

use crate::catalog::access::columns_of;
use crate::catalog::model::Catalog;
use crate::sql::StatementKind;
use crate::sql::facts::{Block, Distinct, Facts, Join, Level, Operand, Output, Relation, Role, Test, Value};
use crate::sql::lexer::{Lexer, TokenKind};

/// Functions that return several rows: one row of the table becomes many.
const SETS: &[&str] = &[
    "unnest",
    "generate_series",
    "generate_subscripts",
    "jsonb_array_elements",
    "json_array_elements",
    "jsonb_array_elements_text",
    "json_array_elements_text",
    "jsonb_each",
    "json_each",
    "jsonb_each_text",
    "json_each_text",
    "jsonb_object_keys",
    "json_object_keys",
    "jsonb_path_query",
    "regexp_matches",
    "regexp_split_to_table",
    "string_to_table",
    "json_populate_recordset",
    "jsonb_populate_recordset",
];

const VOLATILE: &[&str] =
    &["random", "gen_random_uuid", "uuid_generate_v4", "clock_timestamp", "timeofday", "nextval", "setseed"];

/// The block to page, when all that does not depend on keys allows it.
pub fn pageable<'f>(text: &str, facts: &'f Facts, catalog: Option<&Catalog>) -> Result<&'f Block, String> {
    let no = |reason: &str| Err(reason.to_owned());
    if let Level::Tokens { reason } = &facts.level {
        return Err(format!("the statement was not parsed: {reason}"));
    }
    if catalog.is_none() {
        return no("the schema is not known, so neither the unique key nor the nullable columns are: give --schema");
    }
    if facts.kind != StatementKind::Select || facts.write.is_some() {
        return no("it is no plain SELECT");
    }
    if facts.set_operation {
        return no("rows of a UNION, INTERSECT or EXCEPT have no unique key of their own");
    }
    let Some(block) = facts.blocks.first() else { return no("it has no query block") };
    if block.role != Role::Root {
        return no("its outermost block was not found");
    }
    match block.distinct {
        Distinct::On => return no("DISTINCT ON keeps one row of each group: a cursor would change which"),
        Distinct::All => return no("rows after DISTINCT have no unique key but all their columns"),
        Distinct::No => {}
    }
    if block.has_window {
        return no("a window function would be computed over the page instead of over all rows");
    }
    if block.has_aggregate && block.group_by.is_empty() {
        return no("an aggregate without GROUP BY is one row");
    }
    if block.with_ties {
        return no("WITH TIES makes pages of different length");
    }
    if block.limit_span.is_none() {
        return no("it has no LIMIT");
    }
    if let Some(join) = block.sources.iter().find(|s| matches!(s.join, Join::Right | Join::Full)) {
        return Err(format!("the outer join with {} can leave any key NULL", join.alias));
    }
    if let Some(source) = block.sources.iter().find(|s| !matches!(s.relation, Relation::Table(_))) {
        return Err(format!("{} is no table, so its unique key is not known", source.alias));
    }
    let outputs = block.projection.iter().filter_map(|o| match o {
        Output::Expr { operand, .. } => Some(operand),
        Output::Star { .. } => None,
    });
    if outputs.into_iter().any(|operand| calls(operand, SETS)) {
        return no("a set-returning function makes several rows of one");
    }
    if block.filters.iter().any(|p| matches!(&p.test, Test::Other { .. }) && volatile_text(p.span.of(text))) {
        return no("a condition is volatile");
    }
    let placeholders = Lexer::new(text.as_bytes())
        .any(|t| matches!(t.kind, TokenKind::Placeholder | TokenKind::NamedParameter | TokenKind::Ellipsis));
    if placeholders {
        return no("the text has placeholders instead of values or numbered parameters");
    }
    Ok(block)
}

/// The expression may differ between two evaluations, or depends on more than the row.
pub fn unstable(operand: &Operand, sql: &str) -> bool {
    calls(operand, VOLATILE)
        || volatile_text(sql)
        || (matches!(operand.value, Value::Subquery(_)))
        || (sql.to_ascii_lowercase().contains("select ") && columns_of(operand).is_empty())
}

fn volatile_text(sql: &str) -> bool {
    let lower = sql.to_ascii_lowercase();
    VOLATILE.iter().any(|name| lower.contains(&format!("{name}(")))
}

fn calls(operand: &Operand, names: &[&str]) -> bool {
    match &operand.value {
        Value::Function { name, args, .. } => {
            names.contains(&name.as_str()) || args.iter().any(|arg| calls(arg, names))
        }
        Value::Cast { operand, .. } => calls(operand, names),
        Value::Row(items) => items.iter().any(|item| calls(item, names)),
        _ => false,
    }
}

/// Where GROUP BY begins, when the block has one.
pub fn group_by_start(text: &str, block: &Block) -> Option<usize> {
    let first = block.group_by.first()?.span.start;
    let before = text.get(..first)?;
    let mut group = None;
    for token in Lexer::new(before.as_bytes()) {
        if token.kind == TokenKind::Word && before[token.start..token.end].eq_ignore_ascii_case("group") {
            group = Some(token.start);
        }
    }
    group
}
