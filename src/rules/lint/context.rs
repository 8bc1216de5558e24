//! What a rule about scripts is given to look at.

use crate::catalog::apply::Replay;
use crate::catalog::model::{Table, TableName};
use crate::effect::{Effect, Lock, Version, Work};
use crate::report::model::Subject;
use crate::rules::draft::{Draft, documented};
use crate::script::model::{Content, Script, Statement, Within};
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ObjectKind, QualifiedName};
use crate::sql::facts::{Facts, Span};

use super::lived::{Lived, Newness, Step, newness};
use super::target::Target;

/// One statement that a script runs, or one inside a DO block or a routine of it.
pub struct StatementCx<'a> {
    pub script: &'a Script,
    /// The script's own statement; `number` is its place in the script.
    pub statement: &'a Statement,
    pub number: usize,
    /// The text of the statement at hand; spans of drafts are offsets into it.
    pub text: &'a str,
    /// Where `text` begins in the script's.
    pub start: usize,
    pub content: &'a Content,
    /// `None` for a statement of the script itself. What stands in a routine's body does not run now: it has no effect.
    pub within: Option<Within>,
    /// The catalog before the statement.
    pub replay: &'a Replay,
    pub effect: &'a Effect,
    pub lived: &'a Lived,
    pub target: &'a Target<'a>,
}

/// One script, when its last statement has run.
pub struct ScriptCx<'a> {
    pub script: &'a Script,
    pub steps: &'a [Step],
    pub lived: &'a Lived,
    pub replay: &'a Replay,
    pub target: &'a Target<'a>,
}

impl<'a> StatementCx<'a> {
    pub fn ddl(&self) -> Option<&'a Ddl> {
        self.content.ddl()
    }

    pub fn facts(&self) -> Option<&'a Facts> {
        self.content.facts()
    }

    pub fn version(&self) -> Version {
        self.target.version
    }

    pub fn in_transaction(&self) -> bool {
        self.statement.transaction.is_some()
    }

    pub fn newness(&self, table: &TableName) -> Newness {
        let made = match self.ddl() {
            Some(Ddl::CreateTable(made)) => Some(&made.name),
            Some(Ddl::CreateView(made)) => Some(&made.name),
            _ => None,
        };
        if made.is_some_and(|name| self.replay.table(name).is_none() && self.replay.name(name) == *table) {
            return Newness::New;
        }
        let found = self.replay.catalog().tables.get(table);
        newness(table, found, (self.script, self.statement.line), &|path| self.target.is_deployed(path))
    }

    /// The table of that name if clients can be using it: neither made by this script nor temporary.
    pub fn in_use(&self, name: &QualifiedName) -> Option<(TableName, Option<&'a Table>)> {
        let found = self.replay.name(name);
        let old = self.newness(&found) == Newness::Old;
        let table = self.replay.catalog().tables.get(&found);
        old.then_some((found, table))
    }

    /// Whether this script made the object.
    pub fn made_here(&self, kind: ObjectKind, name: &QualifiedName) -> bool {
        self.lived.created.contains(&(kind, name.name.clone()))
    }

    /// A finding about this statement; underlines `span`.
    pub fn draft(
        &self,
        span: Span,
        title: impl Into<String>,
        detail: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Draft {
        let fingerprint = crate::sql::fingerprint::fingerprint(self.text.as_bytes()).to_string();
        Draft::new(Subject::Statement(fingerprint), title, detail).at(span)
    }

    /// As [`StatementCx::draft`], with what the lock stops as evidence. For what takes a moment, however large the table.
    pub fn locking(
        &self,
        lock: &Lock,
        title: impl Into<String>,
        detail: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Draft {
        self.draft(lock.span, title, detail).under(lock)
    }

    /// A finding about work that takes the longer the larger the table is, and about who waits meanwhile: the strongest lock that
    /// the statement holds on it.
    pub fn working(
        &self,
        work: &Work,
        title: impl Into<String>,
        detail: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Draft {
        let mut draft = self.draft(work.span, title, detail);
        let held = self.effect.lock_on(&work.on);
        if let Some(lock) = held {
            draft = draft.under(lock);
        }
        draft.grows_with = Some(work.on.clone());
        draft.evidence(documented("work", format!("{} {}", work.kind.verb(), work.on)))
    }
}

impl ScriptCx<'_> {
    /// A finding about the script that begins at one of its statements; underlines the statement.
    pub fn draft(
        &self,
        statement: usize,
        title: impl Into<String>,
        detail: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Draft {
        let span = self.script.statements.get(statement).map_or_else(Span::default, |statement| statement.span);
        let fingerprint = crate::sql::fingerprint::fingerprint(span.of(&self.script.text).as_bytes()).to_string();
        Draft::new(Subject::Statement(fingerprint), title, detail).at(span)
    }

    /// As [`ScriptCx::draft`], of the statement that a step is, be it one of a DO block.
    pub fn draft_of(
        &self,
        step: &Step,
        title: impl Into<String>,
        detail: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Draft {
        let mut draft = self.draft(step.statement, title, detail);
        let statement = self.script.statements.get(step.statement);
        if let Some(inner) = statement.zip(step.inner).and_then(|(statement, at)| statement.inner.get(at)) {
            draft.spans = vec![inner.span];
        }
        draft
    }
}
