//! Values in; the types that they bring along, and how they would be written with another, out.

use crate::catalog::types::{IndexUse, compare, family};
use crate::sql::facts::{Constant, Operand, Value};

/// The type that a value brings along; `None` for what takes the column's type (untyped strings, parameters) or is unknown.
pub fn of(value: &Operand) -> Option<String> {
    match &value.value {
        Value::Constant(Constant::Decimal) => Some("numeric".to_owned()),
        Value::Constant(Constant::Typed(name)) => family(name),
        Value::Cast { to, .. } => family(to.trim_end_matches("[]").trim()),
        _ => None,
    }
}

/// Whether comparing a column of this type with a value of that type casts the column, so that its index is lost.
pub fn casts_column(column: &str, value: &str) -> bool {
    compare(column, value) == IndexUse::LosesIndex
}

/// The value written so that it has the column's type; `None` where that could change its meaning.
pub fn fitting(text: &str, value: &Operand, column: &str) -> Option<String> {
    let shown = value.span.of(text);
    let base = family(column)?;
    match &value.value {
        Value::Constant(Constant::Decimal) if matches!(base.as_str(), "smallint" | "integer" | "bigint") => {
            whole(shown).map(str::to_owned)
        }
        Value::Cast { operand, to } if matches!(operand.value, Value::Parameter(_)) => {
            let array = if to.ends_with("[]") { "[]" } else { "" };
            let given = family(to.trim_end_matches("[]").trim())?;
            let own = match (base.as_str(), given.as_str()) {
                ("smallint" | "integer" | "bigint", "numeric" | "real" | "double precision") => &base,
                ("numeric", "real" | "double precision") | ("text" | "character varying", "name") => &base,
                // `character` alone is character(1), and would cut the value.
                ("character", "text" | "name") => "bpchar",
                _ => return None,
            };
            Some(format!("{}::{own}{array}", operand.span.of(text)))
        }
        _ => None,
    }
}

/// A whole number that is written as a fraction: `48211` of `48211.0`.
fn whole(text: &str) -> Option<&str> {
    let (whole, fraction) = text.split_once('.')?;
    let digits = |part: &str| part.chars().all(|c| c.is_ascii_digit());
    (!whole.is_empty() && digits(whole) && fraction.chars().all(|c| c == '0')).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_lose_their_zeros() {
        assert_eq!(whole("48211.0"), Some("48211"));
        assert_eq!(whole("5."), Some("5"));
        assert_eq!(whole("5.5"), None);
        assert_eq!(whole(".0"), None);
        assert_eq!(whole("1e3"), None);
    }
}
