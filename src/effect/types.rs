//! Which changes of a column's type leave the rows as they are (`ATColumnChangeRequiresRewrite`), and which leave its indexes.

use crate::catalog::expression::{normalise, strip_parens};
use crate::catalog::model::Column;
use crate::sql::ddl::model::{Expr, TypeName};
use crate::sql::ddl::quoted_if_needed;

use super::draft::Draft;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// The bytes in the rows stay.
    Keep,
    Rewrite,
}

/// A type without its modifier, and the modifier.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Parts {
    base: String,
    modifiers: Vec<i64>,
}

fn parts(canonical: &str) -> Parts {
    let (Some(open), Some(close)) = (canonical.find('('), canonical.find(')')) else {
        let modifiers = if canonical == "character" || canonical == "bit" { vec![1] } else { Vec::new() };
        return Parts { base: canonical.to_owned(), modifiers };
    };
    let base = format!("{}{}", canonical[..open].trim_end(), canonical.get(close + 1..).unwrap_or_default());
    let inside = canonical.get(open + 1..close).unwrap_or_default();
    Parts { base, modifiers: inside.split(',').filter_map(|one| one.trim().parse().ok()).collect() }
}

/// A domain with a constraint, its own or that of a domain below (`DomainHasConstraints`); every domain where the constraints are
/// not known.
pub(super) fn is_constrained(draft: &Draft<'_>, canonical: &str) -> bool {
    let catalog = draft.replay.catalog();
    let mut name = canonical;
    for _ in 0..DEEPEST {
        match catalog.types.get(name) {
            Some(base) if base != "enum" => {
                if catalog.domain_constraints.get(name).is_none_or(|constraints| !constraints.is_empty()) {
                    return true;
                }
                name = base;
            }
            _ => return false,
        }
    }
    false
}

/// Whether the type is that one, an array of it, or a domain over it.
pub(super) fn is_over(draft: &Draft<'_>, canonical: &str, wanted: &str) -> bool {
    let types = &draft.replay.catalog().types;
    let mut name = canonical.trim_end_matches("[]");
    for _ in 0..DEEPEST {
        if name == wanted {
            return true;
        }
        match types.get(name) {
            Some(base) => name = base.trim_end_matches("[]"),
            None => return false,
        }
    }
    false
}

/// A domain over a domain over …; no honest schema goes deeper.
const DEEPEST: usize = 8;

/// The type below a domain.
fn below<'d>(draft: &Draft<'d>, canonical: &'d str) -> &'d str {
    let types = &draft.replay.catalog().types;
    let mut found = canonical;
    for _ in 0..DEEPEST {
        match types.get(found) {
            Some(base) if base != "enum" => found = base,
            _ => break,
        }
    }
    found
}

pub(super) fn change(draft: &Draft<'_>, column: &Column, to: &TypeName, using: Option<&Expr>) -> Fate {
    if using.is_some_and(|using| !is_plain(&using.text, column, to)) {
        return Fate::Rewrite;
    }
    if column.type_name == to.canonical {
        return Fate::Keep;
    }
    if is_constrained(draft, &to.canonical) {
        return Fate::Rewrite;
    }
    let base = below(draft, &column.type_name);
    let (mut from, to) = (parts(base), parts(below(draft, &to.canonical)));
    // What comes from a domain has no modifier that could be compared (`exprTypmod`).
    if base != column.type_name {
        from.modifiers.clear();
    }
    if from == to || (same_bytes(&from, &to) && fits(&from, &to)) { Fate::Keep } else { Fate::Rewrite }
}

/// USING that says no more than the cast which is made anyway.
fn is_plain(using: &str, column: &Column, to: &TypeName) -> bool {
    let name = quoted_if_needed(&column.name);
    let written = normalise(using);
    let shapes = [name.clone(), format!("{name}::{}", to.canonical), format!("CAST({name} AS {})", to.canonical)];
    let short: &[(&str, &str)] = &[
        ("character varying", "varchar"),
        ("timestamp with time zone", "timestamptz"),
        ("timestamp without time zone", "timestamp"),
        ("integer", "int"),
        ("bit varying", "varbit"),
    ];
    shapes.iter().any(|shape| {
        let mut spellings = vec![shape.clone()];
        spellings.extend(short.iter().map(|(long, short)| shape.replace(long, short)));
        spellings.iter().any(|spelling| normalise(strip_parens(spelling)) == written)
    })
}

/// Casts that change nothing (`pg_cast.castmethod = 'b'`), by base type.
fn same_bytes(from: &Parts, to: &Parts) -> bool {
    const CASTS: &[(&str, &str)] = &[
        ("bit varying", "bit"),
        ("bit", "bit varying"),
        ("character varying", "bpchar"),
        ("character varying", "character"),
        ("character varying", "citext"),
        ("character varying", "text"),
        ("cidr", "inet"),
        ("citext", "character varying"),
        ("citext", "text"),
        ("integer", "oid"),
        ("oid", "integer"),
        ("oid", "regclass"),
        ("oid", "regproc"),
        ("oid", "regtype"),
        ("regclass", "oid"),
        ("regproc", "oid"),
        ("regtype", "oid"),
        ("text", "bpchar"),
        ("text", "character"),
        ("text", "character varying"),
        ("text", "citext"),
        ("xml", "character varying"),
        ("xml", "text"),
    ];
    from.base == to.base || CASTS.contains(&(&from.base, &to.base))
}

/// Whether every value passes the new modifier unchanged (the support functions `varchar_support`, `numeric_support`,
/// `varbit_support`, `timestamp_support` and so on).
fn fits(from: &Parts, to: &Parts) -> bool {
    let Some(&wanted) = to.modifiers.first() else { return true };
    if from.base != to.base {
        return false;
    }
    let first = from.modifiers.first().copied();
    match to.base.as_str() {
        "character varying" | "bit varying" => first.is_some_and(|had| had <= wanted),
        "numeric" => {
            let scale = |parts: &Parts| parts.modifiers.get(1).copied().unwrap_or(0);
            first.is_some_and(|had| had <= wanted) && scale(from) == scale(to)
        }
        "interval" => from.base == to.base && first.unwrap_or(6) <= wanted,
        base if base.starts_with("time") => first.unwrap_or(6) <= wanted,
        _ => false,
    }
}

/// Whether an index without an operator class of its own gets the same one for the new type.
pub(super) fn same_opclass(draft: &Draft<'_>, column: &Column, to: &TypeName) -> bool {
    let class = |canonical: &str| match parts(below(draft, canonical)).base.as_str() {
        "character varying" => "text".to_owned(),
        "cidr" => "inet".to_owned(),
        "bpchar" => "character".to_owned(),
        base if base.starts_with("reg") => "oid".to_owned(),
        base => base.to_owned(),
    };
    class(&column.type_name) == class(&to.canonical)
}
