//! Whether a default has one value for all rows: then ADD COLUMN writes none of them (`ATExecAddColumn`,
//! `contain_volatile_functions`).

use crate::sql::ddl::cursor::identifier;
use crate::sql::ddl::model::ColumnDef;
use crate::sql::lexer::{Lexer, Token, TokenKind};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Volatility {
    /// Constant, immutable or stable: evaluated once.
    Once,
    /// Calls a function that Postgres does not bring along; it is taken for volatile, which is what functions are unless they say
    /// otherwise.
    Unknown,
    Volatile,
}

/// No default, or the NULL that stands for none.
pub(super) fn is_absent(def: &ColumnDef) -> bool {
    def.default.as_ref().is_none_or(|default| default.text.trim().eq_ignore_ascii_case("null"))
}

pub(super) fn volatility(expression: &str) -> Volatility {
    let tokens: Vec<Token> =
        Lexer::new(expression.as_bytes()).filter(|token| token.kind != TokenKind::Comment).collect();
    let called = tokens.windows(2).enumerate().filter(|(_, pair)| {
        matches!(pair[0].kind, TokenKind::Word | TokenKind::QuotedIdentifier) && pair[1].kind == TokenKind::LeftParen
    });
    let text = |token: &Token| identifier(expression.get(token.start..token.end).unwrap_or_default());
    called
        .map(|(at, pair)| {
            let name = text(&pair[0]);
            let before = at.checked_sub(1).map(|before| tokens[before].kind);
            let qualifier = (before == Some(TokenKind::Dot)).then(|| at.checked_sub(2).map(|at| text(&tokens[at])));
            if VOLATILE.contains(&name.as_str()) {
                Volatility::Volatile
            } else if before == Some(TokenKind::Cast) {
                Volatility::Once
            } else if qualifier.flatten().is_some_and(|schema| schema != "pg_catalog") {
                Volatility::Unknown
            } else if ONCE.contains(&name.as_str()) || SYNTAX.contains(&name.as_str()) {
                Volatility::Once
            } else {
                Volatility::Unknown
            }
        })
        .max()
        .unwrap_or(Volatility::Once)
}

/// Volatile functions that defaults call: those of `pg_catalog` and of uuid-ossp, pgcrypto, and the usual packages for keys.
pub const VOLATILE: &[&str] = &[
    "clock_timestamp",
    "currval",
    "gen_random_bytes",
    "gen_random_uuid",
    "gen_salt",
    "lastval",
    "nextval",
    "random",
    "random_normal",
    "setseed",
    "setval",
    "timeofday",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "uuid_generate_v7",
    "uuidv4",
    "uuidv7",
];

/// Functions of `pg_catalog` that are stable or immutable; `tests/it/live` asks a server whether all of them are.
pub const ONCE: &[&str] = &[
    "abs",
    "age",
    "array_append",
    "array_cat",
    "array_fill",
    "array_length",
    "array_prepend",
    "array_remove",
    "array_to_json",
    "array_to_string",
    "ascii",
    "btrim",
    "cardinality",
    "ceil",
    "ceiling",
    "char_length",
    "chr",
    "concat",
    "concat_ws",
    "convert_from",
    "convert_to",
    "current_database",
    "current_schema",
    "current_setting",
    "date",
    "date_part",
    "date_trunc",
    "daterange",
    "decode",
    "degrees",
    "div",
    "encode",
    "exp",
    "floor",
    "format",
    "hashtext",
    "initcap",
    "int4",
    "int4range",
    "int8",
    "int8range",
    "interval",
    "isfinite",
    "json_build_array",
    "json_build_object",
    "json_object",
    "jsonb_build_array",
    "jsonb_build_object",
    "jsonb_object",
    "jsonb_set",
    "justify_days",
    "justify_hours",
    "left",
    "length",
    "ln",
    "log",
    "lower",
    "lpad",
    "ltrim",
    "make_date",
    "make_interval",
    "make_time",
    "make_timestamp",
    "make_timestamptz",
    "md5",
    "mod",
    "now",
    "numrange",
    "octet_length",
    "point",
    "pow",
    "power",
    "quote_ident",
    "quote_literal",
    "radians",
    "regexp_replace",
    "repeat",
    "replace",
    "reverse",
    "right",
    "round",
    "row_to_json",
    "rpad",
    "rtrim",
    "sha256",
    "sha512",
    "sign",
    "split_part",
    "sqrt",
    "statement_timestamp",
    "string_to_array",
    "strpos",
    "substr",
    "substring",
    "text",
    "timezone",
    "to_char",
    "to_date",
    "to_json",
    "to_jsonb",
    "to_number",
    "to_timestamp",
    "to_tsquery",
    "to_tsvector",
    "transaction_timestamp",
    "translate",
    "trunc",
    "tsrange",
    "tstzrange",
    "txid_current",
    "pg_current_xact_id",
    "upper",
];

/// Words before a parenthesis that are the grammar's, names of types with modifiers among them.
const SYNTAX: &[&str] = &[
    "all",
    "and",
    "any",
    "array",
    "between",
    "bit",
    "case",
    "cast",
    "char",
    "character",
    "coalesce",
    "collation",
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "decimal",
    "else",
    "extract",
    "float",
    "greatest",
    "in",
    "is",
    "least",
    "localtime",
    "localtimestamp",
    "not",
    "nullif",
    "numeric",
    "or",
    "overlay",
    "position",
    "row",
    "session_user",
    "some",
    "then",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "trim",
    "varbit",
    "varchar",
    "varying",
    "when",
    "xmlelement",
];

#[cfg(test)]
mod tests {
    use super::Volatility::{Once, Unknown, Volatile};
    use super::*;

    #[test]
    fn one_value_for_all_rows_or_not() {
        for (expression, expected) in [
            ("0", Once),
            ("now()", Once),
            ("CURRENT_TIMESTAMP(3)", Once),
            ("'random()'", Once),
            ("(now() AT TIME ZONE 'utc')", Once),
            ("'a'::varchar(10)", Once),
            ("CAST('1' AS numeric(10, 2))", Once),
            ("pg_catalog.now()", Once),
            ("gen_random_uuid()", Volatile),
            ("public.uuid_generate_v4()", Volatile),
            ("lower(md5(random()::text))", Volatile),
            ("\"Random\"()", Unknown),
            ("new_key()", Unknown),
            ("app.now()", Unknown),
            ("coalesce(NULL, clock_timestamp())", Volatile),
        ] {
            assert_eq!(volatility(expression), expected, "{expression}");
        }
    }
}
