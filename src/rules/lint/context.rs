//! What a rule about scripts is given to look at.

use std::cell::{OnceCell, RefCell};

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
use super::names::Names;
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
    /// What is made of the script and of the text when it is asked for.
    pub names: &'a OnceCell<Names>,
    pub fingerprint: OnceCell<String>,
}

/// One script, when its last statement has run.
pub struct ScriptCx<'a> {
    pub script: &'a Script,
    pub steps: &'a [Step],
    pub lived: &'a Lived,
    pub replay: &'a Replay,
    pub target: &'a Target<'a>,
    /// Of the statement that was spoken of last.
    pub fingerprint: RefCell<Option<(usize, String)>>,
}

impl<'a> StatementCx<'a> {
    /// What the script's statements do to names.
    pub fn names(&self) -> &'a Names {
        self.names.get_or_init(|| Names::of(self.script))
    }

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
        // An index of this script that the catalog does not keep, because its table has too many.
        if found.is_none()
            && self.replay.lacks_indexes()
            && self.lived.created.contains(&(ObjectKind::Index, table.name.to_string()))
        {
            return Newness::New;
        }
        newness(table, found, (self.script, self.statement.line), self.target)
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
        let fingerprint = self.fingerprint.get_or_init(|| fingerprint(self.text));
        Draft::new(Subject::Statement(fingerprint.clone()), title, detail).at(span)
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

    /// A finding about work that takes the longer the larger the table is, and about who waits meanwhile: for the strongest lock that
    /// the statement holds, on the table itself where others are no stronger. Partitions are locked less than the parent whose key they
    /// build, and nobody gets past the parent.
    pub fn working(
        &self,
        work: &Work,
        title: impl Into<String>,
        detail: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Draft {
        let mut draft = self.draft(work.span, title, detail);
        let own = self.effect.lock_on(&work.on);
        let strongest =
            self.effect.locks.iter().filter(|lock| self.newness(&lock.on) == Newness::Old).max_by_key(|lock| lock.mode);
        let above = strongest.filter(|lock| own.is_some_and(|own| own.mode < lock.mode));
        if let Some(lock) = above.or(own) {
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
        let mut known = self.fingerprint.borrow_mut();
        let of_statement = match known.take().filter(|(of, _)| *of == statement) {
            Some((_, known)) => known,
            None => fingerprint(span.of(&self.script.text)),
        };
        *known = Some((statement, of_statement.clone()));
        Draft::new(Subject::Statement(of_statement), title, detail).at(span)
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

fn fingerprint(statement: &str) -> String {
    crate::sql::fingerprint::fingerprint(statement.as_bytes()).to_string()
}

#[cfg(test)]
mod tests {
    use crate::catalog::model::Catalog;
    use crate::effect::Version;
    use crate::rules::lint::{Target, lint};
    use crate::rules::page::Preset;
    use crate::rules::registry::Registry;
    use crate::script::{Options, Source, scripts};

    #[test]
    fn an_index_that_a_full_table_does_not_keep_is_as_new_as_the_script() {
        let made: String = (0..1_100).map(|n| format!("CREATE INDEX i{n} ON t (a);\n")).collect();
        let text = format!("CREATE TABLE t (a int);\n{made}DROP INDEX i1050;\nREINDEX INDEX i1051;\n");
        let scripts = scripts(vec![Source { path: "1_a.sql".to_owned(), text: text.into() }], &[], Options::default());
        let registry = Registry::preset(Preset::All);
        let target = Target { small_table_rows: 0, ..Target::of(Version::NEWEST) };
        let linted = lint(&registry, &scripts, Catalog::default(), &target);
        let problems: Vec<&str> = linted.outcome.problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(problems, ["public.t has more than 1000 indexes: the others are left out"]);
        assert_eq!((linted.statements, linted.strangers), (1_103, 0));
    }
}
