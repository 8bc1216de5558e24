//! The condition "after the cursor", with NULLs in their place.
//!
//! Keys k1 … kn are compared like words in a dictionary. `parameters` numbers the placeholders.

use super::PageKey;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub sql: String,
}

/// The placeholder for the value of key `i`. No text that Postgres accepts holds it outside of a string.
pub fn placeholder(i: usize) -> String {
    format!("\u{1}{i}\u{2}")
}

/// Every combination of NULLs that a cursor can have, the one without any first.
pub fn null_patterns(keys: &[PageKey]) -> Vec<Vec<bool>> {
    let mut patterns = vec![Vec::new()];
    for key in keys {
        patterns = patterns
            .into_iter()
            .flat_map(|pattern: Vec<bool>| {
                let choices: &[bool] = if key.nullable { &[false, true] } else { &[false] };
                choices.iter().map(move |null| pattern.iter().copied().chain([*null]).collect())
            })
            .collect();
    }
    patterns.sort_by_key(|pattern| (pattern.iter().filter(|null| **null).count(), pattern.clone()));
    patterns
}

/// The rows after a cursor with these NULLs, in the order of the keys or (`back`) against it.
pub fn after(keys: &[PageKey], nulls: &[bool], back: bool) -> Cursor {
    let steps: Vec<Step<'_>> = keys
        .iter()
        .zip(nulls)
        .enumerate()
        .map(|(i, (key, null))| Step {
            sql: &key.sql,
            value: placeholder(i),
            descending: key.descending != back,
            nulls_first: key.nulls_first != back,
            nullable: key.nullable,
            null: *null,
        })
        .collect();
    Cursor { sql: beyond(&steps).unwrap_or_else(|| "FALSE".to_owned()) }
}

struct Step<'a> {
    sql: &'a str,
    value: String,
    descending: bool,
    nulls_first: bool,
    nullable: bool,
    /// The cursor's value is NULL.
    null: bool,
}

/// `None` when there can be no such row.
fn beyond(steps: &[Step<'_>]) -> Option<String> {
    let (first, rest) = steps.split_first()?;
    if steps.iter().all(|s| !s.nullable && s.descending == first.descending) {
        return Some(row_wise(steps));
    }
    let strict = first.strictly_beyond();
    let tied = beyond(rest).map(|later| format!("{} AND {}", first.tie(), parenthesised(&later)));
    match (strict, tied) {
        (None, None) => None,
        (Some(strict), None) => Some(strict),
        (None, Some(tied)) => Some(tied),
        (Some(strict), Some(tied)) => {
            let either = format!("{} OR ({tied})", parenthesised(&strict));
            // Redundant, but the only part that can bound an index scan.
            Some(match first.bound() {
                Some(bound) => format!("{bound} AND ({either})"),
                None => either,
            })
        }
    }
}

/// `(a, b) > ($1, $2)`: the one form that an index answers with both columns as its condition (documentation, "Row and
/// Array Comparisons").
fn row_wise(steps: &[Step<'_>]) -> String {
    let operator = if steps[0].descending { "<" } else { ">" };
    if let [only] = steps {
        return format!("{} {operator} {}", only.sql, only.value);
    }
    let keys: Vec<&str> = steps.iter().map(|s| s.sql).collect();
    let values: Vec<&str> = steps.iter().map(|s| s.value.as_str()).collect();
    format!("({}) {operator} ({})", keys.join(", "), values.join(", "))
}

pub fn parenthesised(sql: &str) -> String {
    if sql.contains(" AND ") || sql.contains(" OR ") { format!("({sql})") } else { sql.to_owned() }
}

impl Step<'_> {
    fn operator(&self) -> &'static str {
        if self.descending { "<" } else { ">" }
    }

    fn strictly_beyond(&self) -> Option<String> {
        match (self.null, self.nullable && !self.nulls_first) {
            (true, _) if self.nulls_first => Some(format!("{} IS NOT NULL", self.sql)),
            (true, _) => None,
            (false, true) => Some(format!("{0} {1} {2} OR {0} IS NULL", self.sql, self.operator(), self.value)),
            (false, false) => Some(format!("{} {} {}", self.sql, self.operator(), self.value)),
        }
    }

    fn tie(&self) -> String {
        if self.null { format!("{} IS NULL", self.sql) } else { format!("{} = {}", self.sql, self.value) }
    }

    fn bound(&self) -> Option<String> {
        let bounds = !self.null && (!self.nullable || self.nulls_first);
        bounds.then(|| format!("{} {}= {}", self.sql, self.operator(), self.value))
    }
}
