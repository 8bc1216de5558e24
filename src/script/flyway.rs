//! What Flyway decides by itself: whether a migration runs in a transaction.

use super::markers::{Markers, setting};
use super::model::{Problem, ProblemKind, Wrapping};
use crate::sql::lexer::{Lexer, TokenKind};

/// Statements for which Flyway leaves the transaction away (`PostgreSQLParser.detectCanExecuteInTransaction`; adding an enum
/// value counts only before Postgres 12).
fn runs_outside(text: &str) -> bool {
    const FIRST: &[&str] = &["create", "drop", "alter", "reindex", "vacuum", "discard"];
    const SECOND: &[&str] =
        &["database", "tablespace", "subscription", "system", "index", "unique", "schema", "verbose", "all"];
    const LATER: &[&str] = &["concurrently", "index", "schema", "database", "system"];
    let tokens = Lexer::new(text.as_bytes()).filter(|token| token.kind != TokenKind::Comment);
    let mut written = tokens.map(|token| text.get(token.start..token.end).unwrap_or_default());
    let mut word = |known: &[&'static str]| {
        let written = written.next().unwrap_or_default();
        known.iter().copied().find(|known| known.eq_ignore_ascii_case(written)).unwrap_or_default()
    };
    matches!(
        [word(FIRST), word(SECOND), word(LATER), word(LATER)],
        ["create" | "drop", "database" | "tablespace" | "subscription", ..]
            | ["alter", "system", ..]
            | ["create" | "drop", "index", "concurrently", _]
            | ["create", "unique", "index", "concurrently"]
            | ["reindex", "schema" | "database" | "system", ..]
            | ["reindex", "verbose", "schema" | "database" | "system", _]
            | ["vacuum", ..]
            | ["discard", "all", ..]
    )
}

/// How Flyway sends a file with these statements (text and line), and what it refuses.
///
/// `executeInTransaction` of the script's configuration comes first, then the statements; a file that mixes both kinds is
/// refused unless `mixed` is set, even if it says `executeInTransaction=false` (`ParserSqlScript`).
pub(super) fn wrapping(
    path: &str,
    folder: &str,
    markers: &Markers<'_>,
    statements: &[(&str, usize)],
) -> (Wrapping, Option<Problem>) {
    let global = |key: &str| {
        let files = ["flyway.conf", "flyway.toml"];
        files.iter().find_map(|file| setting(markers.nearest(folder, file)?, key))
    };
    let own = markers.at(&format!("{path}.conf")).and_then(|text| setting(text, "executeInTransaction"));
    let asked = own.or_else(|| global("executeInTransaction"));
    let first_outside = statements.iter().find(|(text, _)| runs_outside(text));
    let first_inside = statements.iter().find(|(text, _)| !runs_outside(text));
    let mixed = global("mixed") == Some("true");
    let problem = match (first_outside, first_inside) {
        (Some((_, outside)), Some((_, inside))) if !mixed => Some(Problem {
            kind: ProblemKind::Layout,
            line: Some(*outside.max(inside)),
            message: "Flyway refuses a migration in which some statements run in a transaction and some cannot".into(),
            hint: Some("give the statement that cannot (CONCURRENTLY, VACUUM) a migration of its own".into()),
        }),
        _ => None,
    };
    let outside = asked == Some("false") || (first_outside.is_some() && (first_inside.is_none() || mixed));
    (if outside { Wrapping::Apart } else { Wrapping::Transaction }, problem)
}

#[cfg(test)]
mod tests {
    use super::super::read::Source;
    use super::*;

    #[test]
    fn flyway_leaves_the_transaction_away_by_itself() {
        for (script, conf, expected, refused) in [
            ("create index a on b (c)", "", Wrapping::Transaction, false),
            ("CREATE UNIQUE INDEX CONCURRENTLY a ON b (c)", "", Wrapping::Apart, false),
            ("vacuum a;drop index concurrently b", "", Wrapping::Apart, false),
            ("reindex index concurrently a", "", Wrapping::Transaction, false),
            ("reindex index concurrently a", "executeInTransaction=false", Wrapping::Apart, false),
            ("set lock_timeout = 1;vacuum a", "", Wrapping::Transaction, true),
            ("set lock_timeout = 1;vacuum a", "executeInTransaction=false", Wrapping::Apart, true),
        ] {
            let sources = [Source { path: "m/V1__x.sql.conf".into(), text: conf.into() }];
            let statements: Vec<(&str, usize)> = script.split(';').zip(1..).collect();
            let (found, problem) = wrapping("m/V1__x.sql", "m", &Markers::new(&sources), &statements);
            assert_eq!((found, problem.is_some()), (expected, refused), "{script} {conf}");
        }
        let sources = [Source { path: "flyway.conf".into(), text: "flyway.mixed=true".into() }];
        let found = wrapping("m/V1__x.sql", "m", &Markers::new(&sources), &[("analyze a", 1), ("vacuum a", 2)]);
        assert_eq!(found, (Wrapping::Apart, None));
    }
}
