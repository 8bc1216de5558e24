//! A statement of a script in; where one that is to run before it is written, so that its comments stay with it, out.

use crate::script::model::{Script, Statement};
use crate::sql::{Lexer, TokenKind};

use super::comment::{Scope, read};

/// Above comments that allow findings in the statement, and above those that stand right over it, unless they open the file: then
/// they are about all of it, or for the tool. Never above what tells the tool something.
pub fn above(script: &Script, number: usize) -> Option<usize> {
    let statement = script.statements.get(number)?;
    let text = &*script.text;
    let (mut at, mut below) = (statement.span.start, statement.span.start);
    let mut right_over = true;
    for (start, comment) in comments(text, statement).into_iter().rev() {
        let line = text[..start].rfind('\n').map_or(0, |end| end + 1);
        let gap = &text[start + comment.len()..below];
        if !text[line..start].trim().is_empty() || !gap.trim().is_empty() || is_for_the_tool(comment) {
            break;
        }
        below = line;
        right_over &= memchr::memchr_iter(b'\n', gap.as_bytes()).count() <= 1;
        let allows = comment.lines().flat_map(read).any(|one| one.scope == Scope::Statement);
        // Atlas takes one that opens the file, with an empty line below it, for all of the file.
        let of_file = !right_over && comment.contains("atlas:");
        if (allows && !of_file) || (right_over && number > 0) {
            at = line;
        }
    }
    Some(at)
}

/// Where each begins, and its text without what ends its line.
fn comments<'t>(text: &'t str, statement: &Statement) -> Vec<(usize, &'t str)> {
    let leading = statement.leading.of(text);
    let tokens = Lexer::new(leading.as_bytes()).filter(|token| token.kind == TokenKind::Comment);
    tokens.map(|token| (statement.leading.start + token.start, leading[token.start..token.end].trim_end())).collect()
}

/// What goose, dbmate, sql-migrate, sqlx, Atlas, Drizzle, Liquibase and node-pg-migrate read.
fn is_for_the_tool(comment: &str) -> bool {
    let Some(text) = comment.strip_prefix("--") else { return false };
    let text = text.trim_start_matches(['-', ' ', '\t']).to_ascii_lowercase();
    let heads = [
        "+",
        "> statement-breakpoint",
        "migrate:",
        "no-transaction",
        "atlas:txmode",
        "atlas:delimiter",
        "liquibase ",
        "changeset ",
        "rollback",
        "preconditions",
        "precondition-",
        "property ",
        "up migration",
        "down migration",
    ];
    heads.iter().any(|head| text.starts_with(head))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::{Options, Source, scripts};

    #[test]
    fn comments_stay_with_their_statement() {
        for (before, own) in [
            ("", "ALTER TABLE a;"),
            ("-- of the file\n", "ALTER TABLE a;"),
            ("-- of the file\n", "-- sqlsift: allow migration/drop_column because x\n\nALTER TABLE a;"),
            ("", "-- squawk-ignore ban-drop-column\n-- and why\nALTER TABLE a;"),
            ("", "/* pgls-ignore lint/safety/banDropColumn: gone */\nALTER TABLE a;"),
            ("", "-- atlas:nolint DS103\nALTER TABLE a;"),
            ("-- atlas:nolint DS103\n\n", "ALTER TABLE a;"),
            ("-- sqlsift: allow-file query/* because x\n", "ALTER TABLE a;"),
            ("-- +goose Up\n", "-- eugene: ignore E1\nALTER TABLE a;"),
            ("-- no-transaction\n", "-- pgsafe:ignore drop-column\nALTER TABLE a;"),
            ("SELECT 1;\n", "-- sqlsift: allow migration/drop_column because x\nALTER TABLE a;"),
            ("SELECT 1; -- sqlsift: allow query/a because x\n", "ALTER TABLE a;"),
            ("SELECT 1;\n-- of the part\n\n", "-- what it is\n  -- for\nALTER TABLE a;"),
            ("SELECT 1;\n\\set x 1\n", "-- what it is for\nALTER TABLE a;"),
        ] {
            let text = format!("{before}{own}");
            let source = Source { path: "1.sql".into(), text: text.as_str().into() };
            let script = scripts(vec![source], &[], Options::default()).pop().expect("a script");
            let last = script.statements.len() - 1;
            assert_eq!(above(&script, last), Some(before.len()), "{text}");
        }
    }
}
