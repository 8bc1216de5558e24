//! Whether a default has one value for all rows: then ADD COLUMN writes none of them (`ATExecAddColumn`,
//! `contain_volatile_functions`).

use crate::sql::ddl::cursor::identifier;
use crate::sql::ddl::model::ColumnDef;
use crate::sql::lexer::{Lexer, Token, TokenKind};

use super::draft::Draft;
use super::functions::{ONCE, VOLATILE};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Volatility {
    /// Constant, immutable or stable: evaluated once.
    Once,
    /// Calls a function that neither Postgres brings along nor a migration makes; it is taken for volatile, which is what functions are
    /// unless they say otherwise.
    Unknown,
    Volatile,
}

/// No default, or the NULL that stands for none.
pub(super) fn is_absent(def: &ColumnDef) -> bool {
    def.default.as_ref().is_none_or(|default| default.text.trim().eq_ignore_ascii_case("null"))
}

/// A default of a statement; functions that are known by their definition are what that says.
pub(super) fn volatility(draft: &Draft<'_>, expression: &str) -> Volatility {
    of(expression, &|schema, name| draft.replay.is_volatile(schema, name))
}

/// `known`: whether the function of that schema and name is volatile.
fn of(expression: &str, known: &dyn Fn(Option<&str>, &str) -> Option<bool>) -> Volatility {
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
            let schema = qualifier.flatten();
            let own = known(schema.as_deref(), &name);
            if schema.is_none() && ONCE.contains(&name.as_str()) {
                // `pg_catalog` comes first unless the search path names it.
                Volatility::Once
            } else if let Some(volatile) = own.filter(|_| !VOLATILE.contains(&name.as_str())) {
                if volatile { Volatility::Volatile } else { Volatility::Once }
            } else if VOLATILE.contains(&name.as_str()) {
                Volatility::Volatile
            } else if before == Some(TokenKind::Cast) {
                Volatility::Once
            } else if schema.is_some_and(|schema| schema != "pg_catalog") {
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
            ("pg_backend_pid() + trunc(pi())", Once),
            ("version()", Once),
            ("inet_client_addr()", Once),
            ("gen_random_uuid()", Volatile),
            ("public.uuid_generate_v4()", Volatile),
            ("lower(md5(random()::text))", Volatile),
            ("\"Random\"()", Unknown),
            ("new_key()", Unknown),
            ("app.now()", Unknown),
            ("coalesce(NULL, clock_timestamp())", Volatile),
        ] {
            assert_eq!(of(expression, &|_, _| None), expected, "{expression}");
        }
    }
}
