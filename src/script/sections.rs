//! A file and its framework in; its sections out: which bytes go up and which down, and how each reaches the server.

use super::directive::{Directive, comment_lines, directive};
use super::liquibase;
use super::model::{Direction, Framework, Problem, ProblemKind, Wrapping};
use crate::sql::facts::Span;

/// A stretch of the file whose statements are sent alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Section {
    pub span: Span,
    pub direction: Direction,
    pub wrapping: Wrapping,
    /// Sections of one group share their transaction.
    pub group: u32,
    /// The tool does not send it to Postgres.
    pub skipped: bool,
    /// Before the first marker of a file that has markers.
    pub unmarked: bool,
}

#[derive(Debug, Default)]
pub(super) struct Sections {
    pub list: Vec<Section>,
    /// What is no SQL and has to be blank before statements are cut; in order.
    pub blanks: Vec<Span>,
    pub problems: Vec<Problem>,
}

/// How a framework sends a file or a section that says nothing else.
///
/// | framework | how | source |
/// |---|---|---|
/// | Flyway | a transaction a migration | documentation, "Migrations: transactions" |
/// | golang-migrate | the file in one message | `database/postgres/postgres.go`, `Run`; README of that driver, "Multi-statement mode" |
/// | goose | a transaction a file, statement by statement | `migration_sql.go`, `runSQLMigration` |
/// | dbmate | the section in one message, in a transaction | `pkg/dbmate/db.go`, `doTransaction` |
/// | diesel | the file in one message, in a transaction | `diesel_migrations`, `run_migration`: `batch_execute` |
/// | sqlx | the file in one message, in a transaction | `sqlx-postgres/src/migrate.rs`, `apply` |
/// | refinery | the file in one message, in a transaction | its README, "Implementation details" |
/// | Prisma | the file in one message | schema engine, `apply_script`: `raw_cmd` |
/// | Drizzle | one transaction for all that is pending, statement by statement | `pg-core/dialect.ts`, `migrate` |
/// | Liquibase | a transaction a changeset | documentation, "runInTransaction" |
/// | Atlas | a transaction a file | documentation, "Transaction configuration" (`--tx-mode file`) |
/// | node-pg-migrate | the section in one message, in a transaction | documentation, "Transactions" |
/// | sql-migrate | a transaction a section, statement by statement | its README, "notransaction" |
/// | the others | as psql does | |
pub(super) fn usual(framework: Framework) -> Wrapping {
    match framework {
        Framework::Plain | Framework::Rails | Framework::Django | Framework::Ecto => Wrapping::Apart,
        Framework::GolangMigrate | Framework::Prisma => Wrapping::Message,
        Framework::Flyway
        | Framework::Goose
        | Framework::Drizzle
        | Framework::Liquibase
        | Framework::Atlas
        | Framework::SqlMigrate => Wrapping::Transaction,
        Framework::Dbmate | Framework::Diesel | Framework::Sqlx | Framework::Refinery | Framework::NodePgMigrate => {
            Wrapping::TransactionMessage
        }
    }
}

/// The same without the tool's transaction.
pub(super) fn outside(wrapping: Wrapping) -> Wrapping {
    match wrapping {
        Wrapping::Apart | Wrapping::Transaction => Wrapping::Apart,
        Wrapping::Message | Wrapping::TransactionMessage => Wrapping::Message,
    }
}

/// Cuts a file into sections. `direction` is what its name says.
pub(super) fn sections(text: &str, framework: Framework, wrapping: Wrapping, direction: Direction) -> Sections {
    match framework {
        Framework::Liquibase => liquibase::sections(text, wrapping, direction),
        Framework::Goose
        | Framework::SqlMigrate
        | Framework::Dbmate
        | Framework::NodePgMigrate
        | Framework::Drizzle
        | Framework::Atlas
        | Framework::Sqlx => Cutter::new(framework, wrapping, direction).cut(text),
        _ => Sections { list: vec![whole(text, wrapping, direction)], ..Sections::default() },
    }
}

pub(super) fn whole(text: &str, wrapping: Wrapping, direction: Direction) -> Section {
    let span = Span { start: 0, end: text.len() };
    Section { span, direction, wrapping, group: 0, skipped: false, unmarked: false }
}

struct Cutter {
    framework: Framework,
    out: Sections,
    current: Section,
    marked: bool,
    delimiter: Option<String>,
}

impl Cutter {
    fn new(framework: Framework, wrapping: Wrapping, direction: Direction) -> Self {
        let current = whole("", wrapping, direction);
        Cutter { framework, out: Sections::default(), current, marked: false, delimiter: None }
    }

    fn cut(mut self, text: &str) -> Sections {
        let lines: Vec<(usize, Directive<'_>)> = comment_lines(text)
            .filter_map(|(at, line)| Some((at, directive(line)?)))
            .filter(|(_, (framework, _))| *framework == self.framework)
            .map(|(at, (_, directive))| (at, directive))
            .collect();
        let usual = self.current.wrapping;
        if lines.iter().any(|(_, directive)| *directive == Directive::NoTransaction) && self.heeds(text) {
            self.current.wrapping = outside(usual);
        }
        let base = self.current.wrapping;
        let has_sections = lines.iter().any(|(_, line)| matches!(line, Directive::Up { .. } | Directive::Down { .. }));
        self.current.unmarked = has_sections;
        for (at, line) in lines {
            match line {
                Directive::Up { outside: alone } => self.section(at, Direction::Up, wrapped(base, alone)),
                Directive::Down { outside: alone } => self.section(at, Direction::Down, wrapped(base, alone)),
                Directive::StatementBegin => {
                    let together = self.current.wrapping == Wrapping::Apart;
                    let wrapping = if together { Wrapping::Message } else { self.current.wrapping };
                    self.boundary(at, wrapping, together);
                }
                Directive::StatementEnd => self.boundary(at, wrapped_like(base, self.current), base == Wrapping::Apart),
                Directive::Breakpoint => self.boundary(at, self.current.wrapping, false),
                Directive::Delimiter(written) => self.delimiter = Some(unescaped(written)),
                _ => {}
            }
        }
        self.finish(text)
    }

    /// sqlx asks for it at the very start (`Migration::new`: `sql.starts_with("-- no-transaction")`).
    fn heeds(&self, text: &str) -> bool {
        self.framework != Framework::Sqlx || text.starts_with("-- no-transaction")
    }

    fn section(&mut self, at: usize, direction: Direction, wrapping: Wrapping) {
        self.marked = true;
        self.close(at);
        let group = self.current.group + 1;
        self.current = Section { span: from(at), direction, wrapping, group, skipped: false, unmarked: false };
    }

    fn boundary(&mut self, at: usize, wrapping: Wrapping, new_group: bool) {
        self.close(at);
        let group = self.current.group + u32::from(new_group);
        self.current = Section { span: from(at), wrapping, group, ..self.current };
    }

    fn close(&mut self, at: usize) {
        self.current.span.end = at;
        if self.current.span.start < at {
            self.out.list.push(self.current);
        }
    }

    fn finish(mut self, text: &str) -> Sections {
        self.close(text.len());
        if let Some(delimiter) = self.delimiter.filter(|delimiter| !delimiter.is_empty()) {
            self.out.list = self.out.list.iter().flat_map(|section| divided(text, *section, &delimiter)).collect();
            if !delimiter.trim().is_empty() {
                let found = text.match_indices(delimiter.as_str());
                self.out.blanks = found.map(|(start, _)| Span { start, end: start + delimiter.len() }).collect();
            }
        }
        let upwards = self.out.list.iter().any(|section| section.direction == Direction::Up && !section.unmarked);
        if self.marked && !upwards {
            self.out.problems.push(Problem {
                kind: ProblemKind::Layout,
                line: Some(1),
                message: "the file has a section that goes down and none that goes up".into(),
                hint: Some("write the marker of the up section before its first statement".into()),
            });
        }
        self.out
    }
}

fn from(at: usize) -> Span {
    Span { start: at, end: at }
}

fn wrapped(base: Wrapping, alone: bool) -> Wrapping {
    if alone { outside(base) } else { base }
}

/// After a block that is sent as one, the section goes on as before.
fn wrapped_like(base: Wrapping, current: Section) -> Wrapping {
    if current.wrapping == Wrapping::Message { outside(base) } else { current.wrapping }
}

fn divided(text: &str, section: Section, delimiter: &str) -> Vec<Section> {
    let mut parts = Vec::new();
    let mut start = section.span.start;
    for (at, found) in section.span.of(text).match_indices(delimiter) {
        let end = section.span.start + at + found.len();
        parts.push(Section { span: Span { start, end }, ..section });
        start = end;
    }
    parts.push(Section { span: Span { start, end: section.span.end }, ..section });
    parts
}

fn unescaped(written: &str) -> String {
    written.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, framework: Framework) -> Vec<(String, Direction, Wrapping, u32)> {
        let found = sections(text, framework, usual(framework), Direction::Up);
        let code = |span: Span| -> String {
            let lines = span.of(text).lines().filter(|line| !line.starts_with("--"));
            lines.collect::<Vec<_>>().join("|")
        };
        let list = found.list.iter().map(|one| (code(one.span), one.direction, one.wrapping, one.group));
        list.filter(|(code, ..)| !code.is_empty()).collect()
    }

    fn one(code: &str, direction: Direction, wrapping: Wrapping, group: u32) -> (String, Direction, Wrapping, u32) {
        (code.to_owned(), direction, wrapping, group)
    }

    #[test]
    fn sections_go_up_and_down() {
        use Direction::*;
        use Wrapping::*;
        assert_eq!(
            shown(
                "-- +goose Up\na\n-- +goose StatementBegin\nb\n-- +goose StatementEnd\nc\n-- +goose Down\nd",
                Framework::Goose
            ),
            [
                one("a", Up, Transaction, 1),
                one("b", Up, Transaction, 1),
                one("c", Up, Transaction, 1),
                one("d", Down, Transaction, 2)
            ]
        );
        assert_eq!(
            shown("-- migrate:up transaction:false\na\n-- migrate:down\nb", Framework::Dbmate),
            [one("a", Up, Message, 1), one("b", Down, TransactionMessage, 2)]
        );
        assert_eq!(
            shown("-- +migrate Up notransaction\na\n-- +migrate Down\nb", Framework::SqlMigrate),
            [one("a", Up, Apart, 1), one("b", Down, Transaction, 2)]
        );
        assert_eq!(
            shown("-- Up Migration\na\n-- Down Migration\nb", Framework::NodePgMigrate),
            [one("a", Up, TransactionMessage, 1), one("b", Down, TransactionMessage, 2)]
        );
    }

    #[test]
    fn files_may_ask_to_be_outside_a_transaction() {
        use Direction::Up;
        use Wrapping::*;
        assert_eq!(
            shown(
                "-- +goose no transaction\n-- +goose up\na\n-- +goose statementbegin\nb\n-- +goose statementend\nc",
                Framework::Goose
            ),
            [one("a", Up, Apart, 1), one("b", Up, Message, 2), one("c", Up, Apart, 3)]
        );
        assert_eq!(shown("-- no-transaction\na", Framework::Sqlx), [one("a", Up, Message, 0)]);
        assert_eq!(shown("a\n-- no-transaction\n", Framework::Sqlx), [one("a", Up, TransactionMessage, 0)]);
        assert_eq!(shown("-- atlas:txmode none\n\na", Framework::Atlas)[0].2, Apart);
    }

    #[test]
    fn breakpoints_and_delimiters_end_statements() {
        let codes = |text: &str, framework| -> Vec<String> {
            shown(text, framework).into_iter().map(|(code, ..)| code).collect()
        };
        assert_eq!(codes("a\n--> statement-breakpoint\nb", Framework::Drizzle), ["a", "b"]);
        assert_eq!(codes("-- atlas:delimiter \\n\\n\\n\na\n\n\nb;\nc", Framework::Atlas), ["a||", "b;|c"]);
    }

    #[test]
    fn a_missing_up_section_is_a_problem() {
        let found = sections("-- +goose Down\ndrop table a;", Framework::Goose, Wrapping::Transaction, Direction::Up);
        assert_eq!(found.problems.len(), 1);
    }
}
