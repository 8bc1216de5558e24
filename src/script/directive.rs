//! A line of a migration in; what it tells the tool out. Only lines that begin with `--` tell anything.

use super::model::Framework;

/// What a comment line tells the tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Directive<'l> {
    Up {
        outside: bool,
    },
    Down {
        outside: bool,
    },
    /// What comes up to `StatementEnd` is sent as one statement.
    StatementBegin,
    StatementEnd,
    NoTransaction,
    Breakpoint,
    Formatted,
    Changeset(&'l str),
    /// What stands after `--rollback`.
    Rollback(&'l str),
    Delimiter(&'l str),
}

/// Reads a line; `None` for lines that tell nothing. The framework is the one whose language it is.
pub(super) fn directive(line: &str) -> Option<(Framework, Directive<'_>)> {
    let comment = line.trim().strip_prefix("--")?;
    let text = comment.trim_start();
    match text.as_bytes().first()? {
        b'+' => annotated(text),
        b'>' if starts(text, "> statement-breakpoint") => Some((Framework::Drizzle, Directive::Breakpoint)),
        b'a' if starts(text, "atlas:") => atlas(text),
        b'm' | b'M' if starts(text, "migrate:") => dbmate(text),
        b'n' if text.starts_with("no-transaction") => Some((Framework::Sqlx, Directive::NoTransaction)),
        b'l' | b'L' | b'c' | b'C' | b'r' | b'R' => liquibase(text),
        _ => node(text),
    }
    .or_else(|| node(text))
}

fn starts(text: &str, with: &str) -> bool {
    text.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with))
}

fn after<'t>(text: &'t str, head: &str) -> Option<&'t str> {
    starts(text, head).then(|| text[head.len()..].trim())
}

/// `-- +goose Up` (goose, `parse` in `internal/sqlparser/parser.go`: in any case), `-- +migrate Up notransaction`
/// (sql-migrate, `sqlparse.go`), `-- +micrate Up`.
fn annotated(text: &str) -> Option<(Framework, Directive<'_>)> {
    let (framework, rest) =
        [("+goose ", Framework::Goose), ("+micrate ", Framework::Goose), ("+migrate ", Framework::SqlMigrate)]
            .iter()
            .find_map(|(head, framework)| Some((*framework, after(text, head)?)))?;
    let words: Vec<String> = rest.split_whitespace().map(str::to_ascii_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outside = words.contains(&"notransaction");
    let directive = match words.as_slice() {
        ["up", ..] => Directive::Up { outside },
        ["down", ..] => Directive::Down { outside },
        ["statementbegin", ..] => Directive::StatementBegin,
        ["statementend", ..] => Directive::StatementEnd,
        ["no", "transaction", ..] => Directive::NoTransaction,
        _ => return None,
    };
    Some((framework, directive))
}

/// `-- migrate:up transaction:false` (dbmate, "Migration Options" in its README).
fn dbmate(text: &str) -> Option<(Framework, Directive<'_>)> {
    let outside = text.split_whitespace().any(|word| word.eq_ignore_ascii_case("transaction:false"));
    let directive = if starts(text, "migrate:up") {
        Directive::Up { outside }
    } else if starts(text, "migrate:down") {
        Directive::Down { outside }
    } else {
        return None;
    };
    Some((Framework::Dbmate, directive))
}

/// `-- atlas:txmode none`, `-- atlas:delimiter \n\n` (Atlas documentation, "Transaction configuration", "Custom statements
/// delimiter").
fn atlas(text: &str) -> Option<(Framework, Directive<'_>)> {
    if let Some(mode) = after(text, "atlas:txmode") {
        return (mode == "none").then_some((Framework::Atlas, Directive::NoTransaction));
    }
    Some((Framework::Atlas, Directive::Delimiter(after(text, "atlas:delimiter")?)))
}

fn liquibase(text: &str) -> Option<(Framework, Directive<'_>)> {
    let directive = if starts(text, "liquibase formatted sql") {
        Directive::Formatted
    } else if let Some(attributes) = after(text, "changeset ") {
        Directive::Changeset(attributes)
    } else {
        Directive::Rollback(after(text, "rollback")?)
    };
    Some((Framework::Liquibase, directive))
}

/// `-- Up Migration` (node-pg-migrate, `sqlMigration.ts`: dashes and blanks, then the words in any case).
fn node(text: &str) -> Option<(Framework, Directive<'_>)> {
    let text = text.trim_start_matches(['-', ' ', '\t']);
    let words = |first: &str| {
        let rest = after(text, first)?;
        starts(rest, "migration").then_some(())
    };
    if words("up").is_some() {
        Some((Framework::NodePgMigrate, Directive::Up { outside: false }))
    } else if words("down").is_some() {
        Some((Framework::NodePgMigrate, Directive::Down { outside: false }))
    } else {
        None
    }
}

/// The comment lines of a text: offset of the line and the line without its end.
pub(super) fn comment_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n')
        .map(move |line| {
            let start = at;
            at += line.len();
            (start, line.trim_end_matches(['\n', '\r']))
        })
        .filter(|(_, line)| line.trim_start().starts_with("--"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_tell_in_the_language_of_their_tool() {
        use Framework::*;
        for (line, expected) in [
            ("-- +goose Up", Some((Goose, Directive::Up { outside: false }))),
            ("-- +GOOSE no transaction", Some((Goose, Directive::NoTransaction))),
            ("--+goose StatementEnd ", Some((Goose, Directive::StatementEnd))),
            ("-- +migrate Up notransaction", Some((SqlMigrate, Directive::Up { outside: true }))),
            ("-- migrate:down transaction:false", Some((Dbmate, Directive::Down { outside: true }))),
            ("--> statement-breakpoint", Some((Drizzle, Directive::Breakpoint))),
            ("-- atlas:txmode none", Some((Atlas, Directive::NoTransaction))),
            ("-- atlas:txmode file", None),
            (
                "--changeset a:1 runInTransaction:false",
                Some((Liquibase, Directive::Changeset("a:1 runInTransaction:false"))),
            ),
            ("--rollback drop table a;", Some((Liquibase, Directive::Rollback("drop table a;")))),
            ("---- Down  Migration", Some((NodePgMigrate, Directive::Down { outside: false }))),
            ("-- no-transaction", Some((Sqlx, Directive::NoTransaction))),
            ("-- adds a column", None),
            ("-- upper case", None),
            ("select 1", None),
            ("--", None),
        ] {
            assert_eq!(directive(line), expected, "{line}");
        }
    }
}
