//! What a comparison of a column with a value of another type does to an index on the column.

use crate::sql::ddl;

/// The fate of a plain btree index on the column under `=`, `<`, `>` and the like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexUse {
    /// The value is converted, or an operator for the two types exists.
    UsesIndex,
    /// The column is converted, row by row: the index does not serve.
    LosesIndex,
    /// Postgres refuses the comparison (`operator does not exist`).
    Error,
    /// One of the types is not in the table that was measured (enums, domains, types of extensions).
    Unknown,
}

/// Column type; value types that keep the index; value types that lose it. Every other pair of types in this table is an
/// error. Measured on Postgres 15 with a typed parameter in a generic plan; `tests/it/live` asks a server again.
const MEASURED: &[(&str, &[&str], &[&str])] = &[
    ("smallint", INTEGERS, &["numeric", "real", "double precision", "oid"]),
    ("integer", INTEGERS, &["numeric", "real", "double precision", "oid"]),
    ("bigint", INTEGERS, &["numeric", "real", "double precision", "oid"]),
    ("numeric", &["smallint", "integer", "bigint", "numeric"], &["real", "double precision"]),
    ("real", NUMBERS, &[]),
    ("double precision", NUMBERS, &[]),
    ("oid", &["smallint", "integer", "bigint", "oid"], &[]),
    ("text", &["text", "character varying", "character"], &["name"]),
    ("character varying", &["text", "character varying"], &["character", "name"]),
    ("character", &["character varying", "character"], &["text", "name"]),
    ("name", &["text", "character varying", "character", "name"], &[]),
    ("date", DATES, &[]),
    ("timestamp without time zone", DATES, &[]),
    ("timestamp with time zone", DATES, &[]),
    ("time without time zone", &["time without time zone"], &["time with time zone", "interval"]),
    ("time with time zone", &["time without time zone", "time with time zone"], &[]),
    ("interval", &["time without time zone", "interval"], &[]),
    ("uuid", &["uuid"], &[]),
    ("boolean", &["boolean"], &[]),
    ("bytea", &["bytea"], &[]),
    ("inet", &["inet", "cidr"], &[]),
    ("cidr", &["inet", "cidr"], &[]),
    ("money", &["money"], &[]),
    ("bit", &["bit"], &["bit varying"]),
    ("bit varying", &["bit", "bit varying"], &[]),
    ("jsonb", &["jsonb"], &[]),
];

const INTEGERS: &[&str] = &["smallint", "integer", "bigint"];
const NUMBERS: &[&str] = &["smallint", "integer", "bigint", "numeric", "real", "double precision"];
const DATES: &[&str] = &["date", "timestamp without time zone", "timestamp with time zone"];

/// What happens to an index on a column of type `column` when it is compared with a value of type `value`. Types may be
/// spelt in any way that Postgres takes (`int8`, `varchar(20)`, `timestamptz`). An untyped literal takes the column's type,
/// so do not ask about one.
pub fn compare(column: &str, value: &str) -> IndexUse {
    let (Some(column), Some(value)) = (family(column), family(value)) else { return IndexUse::Unknown };
    if column == value && column.ends_with("[]") {
        return IndexUse::UsesIndex;
    }
    let Some((_, uses, loses)) = MEASURED.iter().find(|(name, ..)| *name == column) else {
        return if column == value { IndexUse::UsesIndex } else { IndexUse::Unknown };
    };
    if uses.contains(&value.as_str()) {
        IndexUse::UsesIndex
    } else if loses.contains(&value.as_str()) {
        IndexUse::LosesIndex
    } else if MEASURED.iter().any(|(name, ..)| *name == value) {
        IndexUse::Error
    } else {
        IndexUse::Unknown
    }
}

/// The type without its modifiers, as `format_type` spells it: `character varying`, `numeric`.
pub fn family(type_name: &str) -> Option<String> {
    let canonical = ddl::canonical_type(type_name)?;
    let Some(open) = canonical.find('(') else { return Some(canonical) };
    let close = canonical[open..].find(')')? + open + 1;
    Some(format!("{}{}", &canonical[..open], &canonical[close..]))
}

/// The pairs that were measured, for the live test: column type, value type, what happens.
pub fn measured() -> impl Iterator<Item = (&'static str, &'static str, IndexUse)> {
    MEASURED
        .iter()
        .flat_map(|(column, ..)| MEASURED.iter().map(move |(value, ..)| (*column, *value, compare(column, value))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pairs_that_matter_most() {
        use IndexUse::*;
        for (column, value, expected) in [
            ("bigint", "numeric", LosesIndex),
            ("int8", "float8", LosesIndex),
            ("bigint", "int4", UsesIndex),
            ("numeric(10,2)", "int8", UsesIndex),
            ("varchar(20)", "text", UsesIndex),
            ("varchar(20)", "char(3)", LosesIndex),
            ("character(2)", "text", LosesIndex),
            ("date", "timestamptz", UsesIndex),
            ("timestamp(3) with time zone", "date", UsesIndex),
            ("uuid", "text", Error),
            ("text", "integer", Error),
            ("public.mood", "text", Unknown),
            ("mood", "mood", UsesIndex),
            ("citext", "text", Unknown),
            ("int[]", "int4[]", UsesIndex),
        ] {
            assert_eq!(compare(column, value), expected, "{column} with {value}");
        }
    }

    #[test]
    fn modifiers_do_not_count() {
        assert_eq!(family("timestamp(3) with time zone").as_deref(), Some("timestamp with time zone"));
        assert_eq!(family("varchar(20)[]").as_deref(), Some("character varying[]"));
        assert_eq!(family("not a type at all ("), None);
    }
}
