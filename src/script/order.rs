//! The order in which migrations run.

use std::cmp::Ordering;

use super::name::{FileName, Prefix};

/// By folder, then by version, numbers compared as numbers (`V2__a` before `V10__b`, `V1` before `V1.1`). Flyway's
/// repeatable migrations come after all others, whatever their folder (documentation, "Repeatable migrations").
pub fn order(a: &str, b: &str) -> Ordering {
    let (left, right) = (FileName::of(a), FileName::of(b));
    repeatable(left)
        .cmp(&repeatable(right))
        .then_with(|| natural(left.folder, right.folder))
        .then_with(|| version(left, right))
        .then_with(|| natural(left.name, right.name))
        .then_with(|| a.cmp(b))
}

fn repeatable(name: FileName<'_>) -> bool {
    name.flyway().is_some_and(|(prefix, _)| prefix == Prefix::Repeatable)
}

/// Flyway's versions, cut at `.` and `_`; names without one come first.
fn version(left: FileName<'_>, right: FileName<'_>) -> Ordering {
    match (left.flyway(), right.flyway()) {
        (Some((_, left)), Some((_, right))) => parts(left).cmp(parts(right)),
        (left, right) => left.is_some().cmp(&right.is_some()),
    }
}

/// Numbers without leading zeros, the shorter before the longer.
fn parts(version: &str) -> impl Iterator<Item = (usize, &str)> {
    let parts = version.split(['.', '_']).filter(|part| !part.is_empty());
    parts.map(|part| part.trim_start_matches('0')).map(|part| (part.len(), part))
}

/// Text with the numbers in it compared as numbers; texts that differ only in leading zeros are equal.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.as_bytes(), b.as_bytes());
    loop {
        match (left.first(), right.first()) {
            (Some(l), Some(r)) if l.is_ascii_digit() && r.is_ascii_digit() => {
                let (number_l, rest_l) = number(left);
                let (number_r, rest_r) = number(right);
                let by_value = number_l.len().cmp(&number_r.len()).then_with(|| number_l.cmp(number_r));
                if by_value.is_ne() {
                    return by_value;
                }
                (left, right) = (rest_l, rest_r);
            }
            (Some(l), Some(r)) if l == r => (left, right) = (&left[1..], &right[1..]),
            (l, r) => return l.cmp(&r),
        }
    }
}

/// The digits at the start without leading zeros, and the rest.
fn number(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let zeros = text[..end].iter().take_while(|byte| **byte == b'0').count();
    (&text[zeros..end], &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(mut files: Vec<&str>) -> Vec<&str> {
        files.sort_by(|a, b| order(a, b));
        files
    }

    #[test]
    fn numbers_order_as_numbers() {
        assert_eq!(
            sorted(vec!["m/V10__b.sql", "m/V2__a.sql", "m/V1__z.sql", "m/0003.sql"]),
            ["m/0003.sql", "m/V1__z.sql", "m/V2__a.sql", "m/V10__b.sql"]
        );
        assert_eq!(
            sorted(vec!["m/V1_1__b.sql", "m/V1.0.2__c.sql", "m/V1__a.sql", "m/R__v.sql", "z/V2__d.sql"]),
            ["m/V1__a.sql", "m/V1.0.2__c.sql", "m/V1_1__b.sql", "z/V2__d.sql", "m/R__v.sql"]
        );
    }

    #[test]
    fn folders_order_by_their_numbers() {
        assert_eq!(
            sorted(vec!["m/10_b/up.sql", "m/2023-02-01_a/up.sql", "m/9_a/up.sql", "m/9_a/down.sql"]),
            ["m/9_a/down.sql", "m/9_a/up.sql", "m/10_b/up.sql", "m/2023-02-01_a/up.sql"]
        );
    }
}
