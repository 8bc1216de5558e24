//! LIKE patterns that stand in a parameter: what the samples of the log show of them.

use crate::catalog::access::{Access, Condition, ConditionKind, InvertedKind, Key};
use crate::catalog::model::Table;
use crate::workload::model::Query;

/// Decides on patterns whose text is not known: prefixes become a range; `false` when the samples show nothing that
/// an index could answer and nothing else restricts the access.
pub fn settle(access: &mut Access, query: &Query) -> bool {
    let unknown = access.inverted.iter().position(|i| i.kind == InvertedKind::Trigram && i.unknown_pattern);
    let Some(at) = unknown else { return true };
    let shapes: Vec<Shape> =
        query.samples.iter().flat_map(|s| string_values(&s.parameters)).map(|v| shape(&v)).collect();
    let inverted = access.inverted[at].clone();
    if shapes.contains(&Shape::Inside) {
        access.inverted[at].unknown_pattern = false;
    } else {
        access.inverted.remove(at);
        if inverted.operator == "LIKE" && shapes.contains(&Shape::Prefix) {
            let (key, columns, span) = (inverted.key, inverted.columns, inverted.span);
            access.ranges.push(Condition { key, columns, kind: ConditionKind::Prefix, span, selectivity: None });
        }
    }
    access.restricted() || access.wants_order() || !access.joined.is_empty()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Plain,
    Prefix,
    Inside,
}

fn shape(value: &str) -> Shape {
    match value.find(['%', '_']) {
        Some(0) => Shape::Inside,
        Some(_) if value.contains('%') => Shape::Prefix,
        _ => Shape::Plain,
    }
}

/// The quoted values of `$1 = 'a%', $2 = NULL`.
fn string_values(parameters: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut rest = parameters;
    while let Some(open) = rest.find('\'') {
        let mut value = String::new();
        let mut chars = rest[open + 1..].char_indices().peekable();
        let mut end = rest.len();
        while let Some((i, c)) = chars.next() {
            if c == '\'' {
                if chars.peek().is_some_and(|(_, next)| *next == '\'') {
                    chars.next();
                } else {
                    end = open + 1 + i + 1;
                    break;
                }
            }
            value.push(c);
        }
        values.push(value);
        rest = &rest[end..];
    }
    values
}

/// Whether a pattern operator class answers LIKE on the key: not for `citext`, whose LIKE is an operator of its own that
/// ignores case.
pub fn has_prefix_search(key: &Key, table: Option<&Table>) -> bool {
    let Key::Column(name) = key else { return true };
    let column = table.and_then(|t| t.columns.iter().find(|c| c.name == *name));
    column.is_none_or(|c| {
        let base = c.type_name.split('(').next().unwrap_or_default().trim();
        matches!(base, "text" | "character varying" | "varchar" | "character" | "bpchar")
    })
}

/// The operator class for prefix searches on a key (documentation, "Operator Classes and Operator Families").
pub fn opclass(key: &Key, table: Option<&Table>) -> &'static str {
    let Key::Column(name) = key else { return "text_pattern_ops" };
    let column = table.and_then(|t| t.columns.iter().find(|c| c.name == *name));
    match column.map(|c| c.type_name.as_str()) {
        Some(t) if t.starts_with("character varying") => "varchar_pattern_ops",
        Some(t) if t.starts_with("character(") || t == "character" || t == "bpchar" => "bpchar_pattern_ops",
        _ => "text_pattern_ops",
    }
}
