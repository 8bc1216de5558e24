//! Which index makes another one needless.

use crate::catalog::expression::normalise;
use crate::catalog::model::{Index, IndexKey};
use crate::catalog::text::Text;

/// Whether two indexes do the same: same method, keys (operator class, collation, direction), included columns, condition
/// and uniqueness. Names, sizes and whether one backs a constraint do not count.
pub fn duplicates(a: &Index, b: &Index) -> bool {
    a.method == b.method
        && a.valid == b.valid
        && a.unique == b.unique
        && a.nulls_not_distinct == b.nulls_not_distinct
        && a.keys.len() == b.keys.len()
        && a.keys.iter().zip(&b.keys).all(|(a, b)| same_key(a, b))
        && same_set(&a.include, &b.include)
        && same_predicate(a, b)
}

/// Whether `wide` answers every query that `narrow` answers, so that `narrow` only costs.
///
/// For btree: the keys of `narrow` are the first keys of `wide`, or exactly their reverse (a btree is read in both
/// directions), under the same condition, and `wide` also holds the included columns. A unique index is covered only by a
/// unique one over the same keys, because it also guards; other methods only by the same keys.
pub fn covers(wide: &Index, narrow: &Index) -> bool {
    if wide.method != narrow.method || !wide.valid {
        return false;
    }
    let same_length = wide.keys.len() == narrow.keys.len();
    let guards = !narrow.unique || (wide.unique && same_length && wide.nulls_not_distinct == narrow.nulls_not_distinct);
    let keys = match wide.method.as_str() {
        "btree" => leads(wide, narrow, same_key) || leads(wide, narrow, reversed),
        _ => same_length && leads(wide, narrow, same_key),
    };
    guards && keys && holds(wide, &narrow.include) && same_predicate(wide, narrow)
}

fn leads(wide: &Index, narrow: &Index, alike: impl Fn(&IndexKey, &IndexKey) -> bool) -> bool {
    !narrow.keys.is_empty()
        && narrow.keys.len() <= wide.keys.len()
        && narrow.keys.iter().zip(&wide.keys).all(|(narrow, wide)| alike(narrow, wide))
}

fn holds(wide: &Index, included: &[Text]) -> bool {
    included.iter().all(|column| {
        wide.include.iter().any(|one| one == column)
            || wide.keys.iter().any(|key| !key.expression && key.text == *column)
    })
}

fn same_key(a: &IndexKey, b: &IndexKey) -> bool {
    same_target(a, b) && a.descending == b.descending && a.nulls_first == b.nulls_first
}

fn reversed(a: &IndexKey, b: &IndexKey) -> bool {
    same_target(a, b) && a.descending != b.descending && a.nulls_first != b.nulls_first
}

fn same_target(a: &IndexKey, b: &IndexKey) -> bool {
    let same_text = || a.text == b.text || a.expression && normalise(&a.text) == normalise(&b.text);
    a.expression == b.expression && same_text() && a.opclass == b.opclass && a.collation == b.collation
}

fn same_predicate(a: &Index, b: &Index) -> bool {
    a.predicate == b.predicate || a.predicate.as_deref().map(normalise) == b.predicate.as_deref().map(normalise)
}

fn same_set(a: &[Text], b: &[Text]) -> bool {
    a.iter().all(|name| b.contains(name)) && b.iter().all(|name| a.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{SchemaFile, from_files};

    /// The index that `definition` (what stands after the table's name) makes.
    fn index(definition: &str) -> Index {
        let (head, rest) = match definition.strip_prefix("unique ") {
            Some(rest) => ("CREATE UNIQUE INDEX i ON t", rest),
            None => ("CREATE INDEX i ON t", definition),
        };
        let text = format!("CREATE TABLE t (a int, b text, c jsonb); {head} {rest};");
        let out = from_files(&[SchemaFile { path: "t.sql", text: &text }]);
        assert_eq!(out.problems, [], "{definition}");
        out.catalog.tables.values().next().expect("as written above").indexes[0].clone()
    }

    #[test]
    fn what_covers_what() {
        for (wide, narrow, expected) in [
            ("(a, b)", "(a)", true),
            ("(a, b)", "(b)", false),
            ("(a)", "(a, b)", false),
            ("(a DESC, b)", "(a)", true),
            ("(a DESC NULLS LAST, b)", "(a)", false),
            ("(a, b DESC)", "(a, b)", false),
            ("(a DESC, b DESC)", "(a, b)", true),
            ("(a, b)", "unique (a)", false),
            ("unique (a)", "(a)", true),
            ("unique (a)", "unique (a)", true),
            ("unique (a, b)", "unique (a)", false),
            ("unique (a) NULLS NOT DISTINCT", "unique (a)", false),
            ("(a) WHERE b = 'x'", "(a)", false),
            ("(a, b) WHERE (b = 'x'::text)", "(a) WHERE b = 'x'", true),
            ("(lower(b), a)", "(LOWER( b ))", true),
            ("(b text_pattern_ops)", "(b)", false),
            ("(b COLLATE \"C\")", "(b)", false),
            ("(a, b)", "(a) INCLUDE (b)", true),
            ("(a)", "(a) INCLUDE (b)", false),
            ("USING gin (c)", "USING gin (c jsonb_path_ops)", false),
            ("USING gin (c)", "USING gin (c jsonb_ops)", true),
            ("USING hash (a)", "(a)", false),
        ] {
            assert_eq!(covers(&index(wide), &index(narrow)), expected, "{wide} covers {narrow}");
        }
    }

    #[test]
    fn duplicates_are_alike_in_everything() {
        assert!(duplicates(&index("(a) WHERE a > 0"), &index("(a) where (A > 0)")));
        assert!(!duplicates(&index("(a)"), &index("(a DESC)")));
        assert!(!duplicates(&index("(a)"), &index("unique (a)")));
    }
}
