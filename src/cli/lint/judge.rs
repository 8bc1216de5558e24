//! Files of SQL, and how they are to be looked at, in; the scripts that they are, and the report on them, out. As often as is asked.

use crate::cli::analyze::catalog::Given;
use crate::config::Config;
use crate::effect::Version;
use crate::report::model::{Problem, Report};
use crate::rules::lint::{Linting, Target, Traffic};
use crate::script::model::Direction;
use crate::script::{Options, Queue, Script, Source};
use crate::workload::model::Micros;

use super::report;
use super::scope::Scope;

pub struct Judge<'a> {
    pub config: &'a Config,
    pub markers: &'a [Source],
    pub options: Options,
    pub version: Version,
    pub directions: &'a [Direction],
    pub small_table_rows: u64,
    pub traffic: &'a Traffic,
    /// By which allows end, µs UTC.
    pub now: Micros,
    /// The paths that are reported on; `None`: all.
    pub scope: Option<Scope>,
}

pub struct Judged {
    pub scripts: Vec<Script>,
    pub report: Report,
}

impl Judge<'_> {
    pub fn wants(&self, path: &str) -> bool {
        self.scope.as_ref().is_none_or(|scope| scope.wanted.contains(path))
    }

    pub fn judge(
        &self,
        queue: Queue<'_>,
        keeps_text: impl Fn(&Script) -> bool,
        given: Given,
        unreadable: Vec<Problem>,
    ) -> Judged {
        let wanted = |path: &str| self.wants(path);
        let target = Target {
            version: self.version,
            wanted: &wanted,
            deployed: self.scope.as_ref().map(|scope| scope.fresh.clone()).unwrap_or_default(),
            grown: self.scope.as_ref().map(|scope| &scope.wanted - &scope.fresh).unwrap_or_default(),
            directions: self.directions,
            small_table_rows: self.small_table_rows,
            traffic: Some(self.traffic),
        };
        let start = given.catalog.clone().unwrap_or_default();
        let mut linting = Linting::new(&self.config.registry, start, &target).allowing(&self.config.allows, self.now);
        let scripts = queue.look(keeps_text, |window| linting.schema(window));
        let linted = linting.finish(&scripts);
        let small_tables = report::left_out(&linted.small, self.small_table_rows);
        tracing::info!("{} files, {} statements", scripts.len(), linted.statements);
        let mut report = report::assemble(linted, &scripts, given, unreadable, &wanted);
        report.coverage.notes.extend(small_tables);
        report::by_path(&mut report, &self.config.paths);
        Judged { scripts, report }
    }

    /// Other texts of the same files; the catalog before them is `given` again.
    pub fn again(&self, sources: Vec<Source>, given: Given) -> Judged {
        self.judge(Queue::new(sources, self.markers, self.options), |_| true, given, Vec::new())
    }
}

impl Judged {
    /// Paths of scripts that are wanted and hold a statement that no server can read.
    pub fn broken<'s>(&'s self, judge: &'s Judge<'_>) -> impl Iterator<Item = &'s str> {
        let scripts = self.scripts.iter().filter(|script| judge.wants(&script.path) && script.is_broken());
        scripts.map(|script| script.path.as_str())
    }
}
