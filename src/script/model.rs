//! A file of SQL as a linter sees it.

use super::text::FileText;
use crate::sql::ddl::{Ddl, Refused};
use crate::sql::facts::{Facts, Span};

/// One file, read.
#[derive(Debug)]
pub struct Script {
    pub path: String,
    /// Empty when nobody needs it any more.
    pub text: FileText,
    /// Of the text.
    pub bytes: u64,
    /// xxh3 of the text: whether the file still holds what was read.
    pub digest: u64,
    pub kind: Kind,
    /// What told the kind, for `--verbose`: "its name is V7__x.sql".
    pub told: &'static str,
    pub statements: Vec<Statement>,
    /// Names that stand in for placeholders of a template in what statements hold, in lower case, with what is written there.
    pub placeholders: Vec<(String, String)>,
    /// First lines of its changesets, when the tool runs each of them once (Liquibase); else none.
    pub changesets: Vec<usize>,
    /// What is wrong with it, syntax errors of statements among it; in the order of lines.
    pub problems: Vec<Problem>,
}

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Migration(Framework),
    /// A schema as a whole (pg_dump, `structure.sql`): replayed; no deploy runs it on a living database.
    Dump,
    /// Queries of an application (sqlc, pgTyped, HugSQL, plain).
    Queries,
}

/// The tool that runs a migration, as its layout and its markers tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Framework {
    #[default]
    Plain,
    Flyway,
    GolangMigrate,
    Goose,
    Dbmate,
    Diesel,
    Sqlx,
    Refinery,
    Prisma,
    Drizzle,
    Rails,
    Django,
    Liquibase,
    Atlas,
    NodePgMigrate,
    Ecto,
    SqlMigrate,
}

#[derive(Debug)]
pub struct Statement {
    /// In the file's text, without the `;`.
    pub span: Span,
    /// From 1.
    pub line: usize,
    /// Comments and psql's own lines before it.
    pub leading: Span,
    pub direction: Direction,
    /// `None`: it commits by itself.
    pub transaction: Option<Transaction>,
    pub content: Content,
    /// SQL inside of it, in order: of a DO block (runs now) or of a function's body (runs later).
    pub inner: Vec<Inner>,
}

/// How the statements of a section reach the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrapping {
    /// One after the other, each committing by itself.
    Apart,
    /// All of them in one message, which the server makes an implicit transaction of.
    Message,
    /// One after the other in a transaction of the tool.
    Transaction,
    /// In one message inside a transaction of the tool.
    TransactionMessage,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    #[default]
    Up,
    Down,
}

/// The transaction that a statement stands in, within its script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Transaction {
    /// From 0, in order.
    pub number: u32,
    pub by: OpenedBy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OpenedBy {
    /// The framework wraps the script.
    Tool,
    /// `BEGIN` in the script.
    Script,
    /// Several statements in one message to the server (documentation, "Multiple Statements in a Simple Query").
    Message,
}

#[derive(Debug)]
pub enum Content {
    Ddl(Box<Ddl>),
    /// SELECT, INSERT, UPDATE, DELETE, MERGE, VALUES.
    Query(Box<Facts>),
    /// A statement that is not understood, and where it stops being one (offset into the statement).
    Refused(Refused),
    /// `EXECUTE` of a text that is only known when it runs.
    Dynamic,
    /// A statement of no interest.
    Other,
}

#[derive(Debug)]
pub struct Inner {
    /// In the file's text.
    pub span: Span,
    pub line: usize,
    pub within: Within,
    /// In a loop: it runs many times, for all its statements in one transaction unless the loop commits.
    pub looped: bool,
    /// Under IF, CASE or an exception handler: it may not run.
    pub conditional: bool,
    /// Variables are `?` ([`crate::sql::facts::Value::Parameter`] 0) in facts; spans are those of the file.
    pub content: Content,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    DoBlock,
    Routine,
}

/// What a reader of the file must know: place, cause, next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub kind: ProblemKind,
    /// From 1.
    pub line: Option<usize>,
    pub message: String,
    pub hint: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// A statement that no Postgres takes, or a string or comment that does not end.
    Syntax,
    /// The file as a whole cannot be read as SQL: its encoding, a binary dump.
    Unreadable,
    /// Written for another product; none of its statements were read.
    OtherProduct,
    /// The tool refuses the file or runs it otherwise than it looks: a section or a partner is missing, a version comes twice.
    Layout,
    /// Something that is not looked into: `\i file`, a statement with a template's placeholder in an odd place.
    NotRead,
}

impl Framework {
    /// With the name that users type.
    pub const ALL: &[(Framework, &str)] = &[
        (Framework::Plain, "plain"),
        (Framework::Flyway, "flyway"),
        (Framework::GolangMigrate, "golang-migrate"),
        (Framework::Goose, "goose"),
        (Framework::Dbmate, "dbmate"),
        (Framework::Diesel, "diesel"),
        (Framework::Sqlx, "sqlx"),
        (Framework::Refinery, "refinery"),
        (Framework::Prisma, "prisma"),
        (Framework::Drizzle, "drizzle"),
        (Framework::Rails, "rails"),
        (Framework::Django, "django"),
        (Framework::Liquibase, "liquibase"),
        (Framework::Atlas, "atlas"),
        (Framework::NodePgMigrate, "node-pg-migrate"),
        (Framework::Ecto, "ecto"),
        (Framework::SqlMigrate, "sql-migrate"),
    ];

    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(framework, _)| *framework == self).map_or("plain", |(_, name)| name)
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(framework, _)| *framework)
    }
}

impl Content {
    pub fn ddl(&self) -> Option<&Ddl> {
        if let Content::Ddl(ddl) = self { Some(ddl) } else { None }
    }

    pub fn facts(&self) -> Option<&Facts> {
        if let Content::Query(facts) = self { Some(facts) } else { None }
    }
}

impl Script {
    /// Whether it holds a statement that no server can read.
    pub fn is_broken(&self) -> bool {
        self.problems.iter().any(|problem| problem.kind == ProblemKind::Syntax)
    }

    /// Statements that run when the product is deployed.
    pub fn up(&self) -> impl Iterator<Item = (usize, &Statement)> {
        self.statements.iter().enumerate().filter(|(_, statement)| statement.direction == Direction::Up)
    }

    /// The number of the changeset to which a line belongs; 0 where there are none.
    pub fn changeset(&self, line: usize) -> usize {
        self.changesets.partition_point(|first| *first <= line)
    }

    pub fn is_migration(&self) -> bool {
        matches!(self.kind, Kind::Migration(_))
    }
}
