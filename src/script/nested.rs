//! A DO block or the definition of a routine in; the SQL in its body out.

use super::literal;
use super::model::Within;
use super::plpgsql::{self, Found, Sql};
use super::variables::{Variables, replace};
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{Body, BodyForm, Do, Routine};
use crate::sql::facts::Span;
use crate::sql::lexer::{Lexer, Token, TokenKind};
use crate::sql::split;

/// What the body of a statement holds, spans from the start of its text; `None` for a statement without a body.
pub(super) fn nested(text: &str, ddl: &Ddl) -> Option<(Within, Vec<Found>)> {
    match ddl {
        Ddl::Do(Do { language, body }) => Some((Within::DoBlock, of_body(text, language, body, Variables::default()))),
        Ddl::Routine(routine) => {
            let body = routine.body.as_ref()?;
            let by_default = if matches!(body.form, BodyForm::Atomic | BodyForm::Return) { "sql" } else { "" };
            let language = routine.language.as_deref().unwrap_or(by_default);
            Some((Within::Routine, of_body(text, language, body, arguments(routine))))
        }
        _ => None,
    }
}

/// The parameters, and the columns of `RETURNS TABLE (…)`, which are variables too.
fn arguments(routine: &Routine) -> Variables {
    let mut variables = Variables::default();
    variables.declare_arguments(routine.arguments.text.trim_start_matches('(').trim_end_matches(')'));
    let plpgsql = routine.language.as_deref() == Some("plpgsql");
    if let Some(returns) = routine.returns.as_ref().filter(|_| plpgsql)
        && returns.text.get(..5).is_some_and(|head| head.eq_ignore_ascii_case("table"))
        && let Some((_, columns)) = returns.text.split_once('(')
    {
        variables.declare_arguments(columns.trim_end_matches(')'));
    }
    variables
}

fn of_body(text: &str, language: &str, body: &Body, variables: Variables) -> Vec<Found> {
    let inside = body.span.of(text);
    let inside = if body.form == BodyForm::Quoted { literal::undoubled(inside) } else { inside.to_owned() };
    let mut found = match (language, body.form) {
        ("sql", BodyForm::Return) => returned(&inside),
        ("sql", _) => statements(&inside, &variables),
        ("plpgsql", _) => plpgsql::found(&inside, variables.and_plpgsql()),
        _ => Vec::new(),
    };
    for one in &mut found {
        one.span = Span { start: one.span.start + body.span.start, end: one.span.end + body.span.start };
    }
    found
}

/// The statements of a function in SQL.
fn statements(body: &str, variables: &Variables) -> Vec<Found> {
    split(body.as_bytes())
        .into_iter()
        .map(|one| {
            let text = one.span.of(body);
            let tokens: Vec<Token> =
                Lexer::new(text.as_bytes()).filter(|token| token.kind != TokenKind::Comment).collect();
            let mut bytes = text.as_bytes().to_vec();
            replace(text, &tokens, variables, 0, &mut bytes);
            let text = String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned());
            Found { span: one.span, looped: false, conditional: false, sql: Sql::Text(text) }
        })
        .collect()
}

/// `RETURN (SELECT …)`.
fn returned(expression: &str) -> Vec<Found> {
    plpgsql::found(&format!("return {expression}"), Variables::default())
        .into_iter()
        .map(|one| {
            let moved = "return ".len();
            Found { span: Span { start: one.span.start - moved, end: one.span.end - moved }, ..one }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::ddl;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let ddl = ddl::parse(text).unwrap().unwrap();
        let (_, found) = nested(text, &ddl).unwrap();
        let shown: Vec<(&str, String)> = found
            .iter()
            .map(|one| match &one.sql {
                Sql::Text(sql) => (one.span.of(text), sql.clone()),
                Sql::Dynamic => (one.span.of(text), "dynamic".to_owned()),
            })
            .collect();
        let shown: Vec<(&str, &str)> = shown.iter().map(|(span, sql)| (*span, sql.as_str())).collect();
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn bodies_are_read_in_their_language() {
        check("DO $$ BEGIN DROP TABLE a; END $$", &[("DROP TABLE a", "DROP TABLE a")]);
        check(
            "DO 'BEGIN DELETE FROM a WHERE b = ''c''; END'",
            &[("DELETE FROM a WHERE b = ''c'", "DELETE FROM a WHERE b =  'c'")],
        );
        check(
            "CREATE FUNCTION f(uid int) RETURNS int LANGUAGE sql AS $$ UPDATE a SET b = 1; SELECT c FROM d WHERE e = uid $$",
            &[
                ("UPDATE a SET b = 1", "UPDATE a SET b = 1"),
                ("SELECT c FROM d WHERE e = uid", "SELECT c FROM d WHERE e = ?  "),
            ],
        );
        check(
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC DELETE FROM a; SELECT 1; END",
            &[("DELETE FROM a", "DELETE FROM a"), ("SELECT 1", "SELECT 1")],
        );
        check(
            "CREATE FUNCTION f() RETURNS int RETURN (SELECT max(a) FROM b)",
            &[("SELECT max(a) FROM b", "SELECT max(a) FROM b")],
        );
        check("CREATE FUNCTION f() RETURNS int LANGUAGE plperl AS $$ drop table a; $$", &[]);
        check(
            "CREATE PROCEDURE p(n int) LANGUAGE plpgsql AS $x$ BEGIN DELETE FROM a WHERE b = n; COMMIT; END $x$",
            &[("DELETE FROM a WHERE b = n", "DELETE FROM a WHERE b = ?"), ("COMMIT", "COMMIT")],
        );
    }
}
