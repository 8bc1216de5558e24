//! Replays scripts and runs the rules of the registry over them.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::catalog::apply::{Complaint, ComplaintKind, Replay};
use crate::catalog::model::{Catalog, SourceLine, TableName};
use crate::catalog::text::Text;
use crate::effect::{Effect, predict};
use crate::report::model::{Finding, Problem};
use crate::rules::allow::{Allow, Allows};
use crate::rules::candidate::tables_of_subject;
use crate::rules::context::{QueryCx, SchemaCx};
use crate::rules::draft::{Ask, Sink};
use crate::rules::page::Need;
use crate::rules::registry::{Check, Configured, Registry};
use crate::rules::run::{Outcome, guarded, panic_of};
use crate::rules::{QueryRule, StatementRule};
use crate::script::model::{Content, Inner, Kind, Script, Statement, Within};
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::Scope;
use crate::workload::model::Micros;

use super::besides::besides;
use super::context::{ScriptCx, StatementCx};
use super::lived::{Lived, Step};
use super::names::Names;
use super::said::{Desk, Said};
use super::tables::{candidate_of, tables_at, tables_of};
use super::target::Target;
use super::unread::{Dynamic, Unparsed};

pub struct Linted {
    /// Without findings.
    pub outcome: Outcome,
    /// By place.
    pub findings: Vec<Finding>,
    /// What each of them asks for.
    pub asks: Vec<Vec<Ask>>,
    /// As all scripts together leave it, as far as advice that is asked for needs it.
    pub catalog: Catalog,
    /// Tables that the scripts rename, with their names before.
    pub renamed: BTreeMap<TableName, TableName>,
    pub statements: u64,
    /// Left out because they go down.
    pub down: u64,
    /// Findings that were left out, by the small table that they are about.
    pub small: BTreeMap<TableName, u64>,
    /// Statements about tables and indexes that no script makes, nor the catalog before them.
    pub strangers: u64,
    pub dynamic: Dynamic,
    /// Queries that were understood in part only.
    pub unparsed: Unparsed,
}

/// Runs every rule over every script, in order, from the catalog that stood before the first.
pub fn lint(registry: &Registry, scripts: &[Script], start: Catalog, target: &Target<'_>) -> Linted {
    let mut linting = Linting::new(registry, start, target);
    linting.schema(scripts);
    linting.finish(scripts)
}

/// Rules about the catalog that look at it side by side.
const AT_ONCE: usize = 8;

/// A lint under way: scripts may come window by window, in order.
pub struct Linting<'a>(Run<'a>);

impl<'a> Linting<'a> {
    pub fn new(registry: &'a Registry, start: Catalog, target: &'a Target<'a>) -> Self {
        let replay = Replay::from(start);
        let looking = registry.rules.iter().filter(|rule| rule.severity.is_some()).filter_map(Looking::of).collect();
        Linting(Run {
            registry,
            looking,
            target,
            replay,
            desk: Desk::default(),
            complaints: 0,
            strangers: 0,
            dynamic: Dynamic::default(),
            unparsed: Unparsed::default(),
            allows: Allows::new(&[], None),
            dumps: BTreeSet::new(),
            statements: 0,
            down: 0,
        })
    }

    /// What the configuration allows, as of `now` (µs UTC).
    pub fn allowing(mut self, allows: &'a [Allow], now: Micros) -> Self {
        self.0.allows = Allows::new(allows, Some(now));
        self
    }

    /// What makes or changes a schema. Queries are left for [`Linting::finish`].
    pub fn schema(&mut self, scripts: &[Script]) {
        scripts.iter().filter(|script| script.kind != Kind::Queries).for_each(|script| self.0.script(script));
    }

    /// With all scripts; of those that are no queries the statements are not needed any more.
    pub fn finish(self, scripts: &[Script]) -> Linted {
        let mut run = self.0;
        run.replay.say_complete(run.complaints == 0);
        // They meet the database as all migrations leave it.
        scripts.iter().filter(|script| script.kind == Kind::Queries).for_each(|script| run.script(script));
        run.replay.end();
        run.schema(scripts);
        let small = run.desk.small();
        let (statements, down, strangers) = (run.statements, run.down, run.strangers);
        let (dynamic, unparsed) = (run.dynamic, run.unparsed);
        let (renamed, catalog) = (run.replay.renamed(), run.desk.needed(run.replay.finish()));
        let (mut outcome, findings, asks) = run.desk.close(run.registry);
        // What one run does not meet another may: files are linted one by one, and analyze has the same configuration.
        outcome.take_allows(run.allows.report(|_| false));
        Linted { outcome, findings, asks, catalog, renamed, statements, down, small, strangers, dynamic, unparsed }
    }
}

struct Run<'a> {
    registry: &'a Registry,
    /// Rules that look at one statement.
    looking: Vec<Looking<'a>>,
    target: &'a Target<'a>,
    replay: Replay,
    desk: Desk,
    /// Statements that could not be applied in full.
    complaints: u64,
    /// Those of them that are about a table or an index of which nothing is known: the history is not whole.
    strangers: u64,
    dynamic: Dynamic,
    unparsed: Unparsed,
    allows: Allows<'a>,
    /// Paths of those read so far.
    dumps: BTreeSet<String>,
    statements: u64,
    down: u64,
}

/// A rule that looks at one statement.
struct Looking<'a> {
    rule: &'a Configured,
    check: AtOne<'a>,
    /// Of a migration another rule judges the same, with the transaction and the table's age at hand.
    yields_to_migration: bool,
}

enum AtOne<'a> {
    Statement(&'a dyn StatementRule),
    Query(&'a dyn QueryRule),
}

impl<'a> Looking<'a> {
    fn of(rule: &'a Configured) -> Option<Self> {
        let check = match &rule.check {
            Check::Statement(check) => AtOne::Statement(check.as_ref()),
            Check::Query(check) => AtOne::Query(check.as_ref()),
            _ => return None,
        };
        let yields_to_migration = rule.page.yields_to.iter().any(|to| to.starts_with("migration/"));
        Some(Looking { rule, check, yields_to_migration })
    }
}

/// One statement of a script, or of a DO block or routine in it.
#[derive(Clone, Copy)]
struct At<'a> {
    path: &'a Text,
    number: usize,
    statement: &'a Statement,
    inner: Option<(usize, &'a Inner)>,
    names: &'a OnceCell<Names>,
}

impl<'a> At<'a> {
    fn content(&self) -> &'a Content {
        self.inner.map_or(&self.statement.content, |(_, inner)| &inner.content)
    }

    fn within(&self) -> Option<Within> {
        self.inner.map(|(_, inner)| inner.within)
    }

    fn cx<'r>(&self, script: &'r Script, run: &'r Run<'_>, effect: &'r Effect, lived: &'r Lived) -> StatementCx<'r>
    where
        'a: 'r,
    {
        let span = self.inner.map_or(self.statement.span, |(_, inner)| inner.span);
        StatementCx {
            script,
            statement: self.statement,
            number: self.number,
            text: span.of(&script.text),
            start: span.start,
            content: self.content(),
            within: self.within(),
            replay: &run.replay,
            effect,
            lived,
            target: run.target,
            names: self.names,
            fingerprint: OnceCell::new(),
        }
    }

    fn place(&self) -> SourceLine {
        let line = self.inner.map_or(self.statement.line, |(_, inner)| inner.line);
        SourceLine { path: self.path.clone(), line: u32::try_from(line).unwrap_or(u32::MAX) }
    }
}

impl<'a> Run<'a> {
    fn script(&mut self, script: &Script) {
        self.replay.new_session();
        if script.kind == Kind::Dump {
            self.dumps.insert(script.path.clone());
        }
        let wanted = (self.target.wanted)(&script.path);
        if wanted {
            self.desk.open(script);
        }
        let path = Text::from(&script.path);
        let names = OnceCell::new();
        let mut lived = Lived::default();
        let mut steps = Vec::new();
        for (number, statement) in script.statements.iter().enumerate() {
            if !self.target.directions.contains(&statement.direction) {
                self.down += u64::from(wanted);
                continue;
            }
            self.statements += u64::from(wanted);
            if self.target.grown.contains(&script.path) {
                lived.enter_changeset(script.changeset(statement.line));
            }
            let whole = At { path: &path, number, statement, inner: None, names: &names };
            let parts = statement.inner.iter().enumerate().map(|inner| At { inner: Some(inner), ..whole });
            for at in std::iter::once(whole).chain(parts) {
                steps.extend(self.statement(script, at, &mut lived));
            }
        }
        if wanted {
            let cx = ScriptCx {
                script,
                steps: &steps,
                lived: &lived,
                replay: &self.replay,
                target: self.target,
                fingerprint: RefCell::default(),
            };
            let scale = self.target.scale(&self.replay);
            let mut spoke: BTreeSet<&str> = BTreeSet::new();
            for rule in self.registry.rules.iter().filter(|rule| rule.severity.is_some()) {
                let Check::Script(check) = &rule.check else { continue };
                // Those to which a rule yields come before it: rules are in the order of their names.
                if rule.page.yields_to.iter().any(|to| spoke.contains(to.as_str())) {
                    continue;
                }
                let said = guarded(|sink| check.check(&cx, sink));
                if !said.0.drafts.is_empty() {
                    spoke.insert(&rule.page.id);
                }
                let allows = &mut self.allows;
                self.desk.take(rule, said, script, None, &scale, &mut |draft| {
                    allows.reason(|| candidate_of(rule, draft, || tables_at(&steps, script, draft)))
                });
            }
            self.desk.shut();
        }
    }

    /// Looks at the statement, then lets it happen. What stands in a routine's body is only looked at.
    fn statement(&mut self, script: &Script, at: At<'_>, lived: &mut Lived) -> Option<Step> {
        if lived.enter(at.statement.transaction) {
            self.replay.end_transaction();
        }
        let runs = at.within() != Some(Within::Routine);
        let ddl = at.content().ddl().filter(|_| runs);
        if let Some(ddl) = ddl.filter(|_| script.is_migration() && !self.dumps.is_empty()) {
            self.replay.give_way(ddl, &self.dumps);
        }
        let effect = ddl.map_or_else(Effect::default, |ddl| predict(ddl, &self.replay, self.target.version));
        if (self.target.wanted)(&script.path) {
            self.look(script, at, &effect, lived);
            let span = at.inner.map_or(at.statement.span, |(_, inner)| inner.span);
            self.unparsed.count(script, span.of(&script.text), at.content(), || at.place());
            if matches!(at.content(), Content::Dynamic) {
                self.dynamic.count(at.place());
            }
        }
        if !runs {
            return None;
        }
        let mut step = Step::of(&at.cx(script, self, &effect, lived), at.inner.map(|(number, _)| number));
        lived.live(at.content(), at.number, &step, &self.replay);
        // Outside of a transaction SET LOCAL does nothing.
        let void = |ddl: &&Ddl| matches!(ddl, Ddl::SearchPath(_, Scope::Local)) && at.statement.transaction.is_none();
        if let Some(ddl) = ddl.filter(|ddl| !void(ddl)) {
            let place = at.place();
            let span = at.inner.map_or(at.statement.span, |(_, inner)| inner.span);
            let complaints = self.replay.apply_text(ddl, span.of(&script.text), &place);
            let complaints: Vec<_> = complaints.into_iter().filter(|one| !self.is_harmless(one, script)).collect();
            for complaint in complaints {
                self.complaints += u64::from(at.within().is_none());
                // That something exists already, or not yet, is what DO blocks are written for.
                if at.within().is_some() || !(self.target.wanted)(&script.path) {
                    continue;
                }
                if complaint.kind == ComplaintKind::Stranger {
                    self.strangers += 1;
                } else {
                    self.desk.problem(Problem {
                        path: Some(place.path.to_string()),
                        line: Some(u64::from(place.line)),
                        message: complaint.message,
                        hint: complaint.hint,
                        count: 1,
                    });
                }
            }
        }
        step.effect = effect;
        Some(step)
    }

    /// That the columns of CREATE TABLE … AS are not known is no fault of the script; nor that a dump and the migrations which led to it
    /// make the same things.
    fn is_harmless(&self, complaint: &Complaint, script: &Script) -> bool {
        let by_a_dump = || complaint.made_in.as_deref().is_some_and(|path| self.dumps.contains(path));
        match complaint.kind {
            ComplaintKind::FromQuery => true,
            ComplaintKind::Exists => script.kind == Kind::Dump || by_a_dump(),
            ComplaintKind::Stranger | ComplaintKind::Other => false,
        }
    }

    fn look(&mut self, script: &Script, at: At<'_>, effect: &Effect, lived: &Lived) {
        let cx = at.cx(script, self, effect, lived);
        let judged = script.is_migration() && cx.within != Some(Within::Routine);
        let catalog = Some(cx.replay.catalog());
        let query = cx.facts().map(|facts| QueryCx { text: cx.text, facts, catalog, query: None, index: None });
        let mut said: Vec<(&Configured, Said)> = Vec::new();
        let mut rest = self.looking.iter().filter(|one| !(judged && one.yields_to_migration));
        // Most rules have nothing to say of most statements: one guard serves all of them, and goes on behind a rule that panics.
        let mut at_work = None;
        while let Some(message) = panic_of(|| {
            let mut sink = Sink::default();
            for one in rest.by_ref() {
                at_work = Some(one.rule);
                match (&one.check, &query) {
                    (AtOne::Statement(check), _) => check.check(&cx, &mut sink),
                    (AtOne::Query(check), Some(query)) => check.check(query, &mut sink),
                    (AtOne::Query(_), None) => {}
                }
                sink.drafts.iter_mut().for_each(|draft| besides(&cx, draft));
                if !sink.drafts.is_empty() {
                    said.push((one.rule, (std::mem::take(&mut sink), Vec::new())));
                }
            }
        }) {
            said.extend(at_work.map(|rule| (rule, (Sink::default(), vec![message]))));
        }
        let place = (cx.start, cx.number);
        let scale = self.target.scale(&self.replay);
        let facts = at.content().facts();
        let allows = &mut self.allows;
        for (rule, said) in said {
            self.desk.take(rule, said, script, Some(place), &scale, &mut |draft| {
                allows.reason(|| candidate_of(rule, draft, || tables_of(effect, facts)))
            });
        }
    }

    /// Rules about the catalog, of what the wanted scripts define.
    fn schema(&mut self, scripts: &[Script]) {
        let catalog = self.replay.catalog();
        let paths: BTreeSet<&str> = scripts.iter().map(|script| script.path.as_str()).collect();
        let look = |rule: &'a Configured| match &rule.check {
            // What a server was like when its snapshot was taken is no fault of a script.
            Check::Schema(check) if !rule.page.needs.contains(&Need::Server) => {
                Some((rule, guarded(|sink| check.check(&SchemaCx { catalog, workload: None }, sink))))
            }
            _ => None,
        };
        let on = self.registry.rules.iter().filter(|rule| rule.severity.is_some());
        let rules: Vec<&'a Configured> = on.filter(|rule| matches!(rule.check, Check::Schema(_))).collect();
        // What all of them say at once would stand beside the whole catalog.
        for some in rules.chunks(AT_ONCE) {
            let said: Vec<_> = some.par_iter().filter_map(|rule| look(rule)).collect();
            for (rule, said) in said {
                let allows = &mut self.allows;
                self.desk.take_of_schema(rule, said, &paths, self.target.wanted, &mut |draft| {
                    allows.reason(|| candidate_of(rule, draft, || tables_of_subject(&draft.subject, Some(catalog))))
                });
            }
        }
    }
}
