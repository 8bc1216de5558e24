//! Statements in; their plans on the live server that `--dsn` names, out. Nothing is executed unless `--analyze` says so, and
//! then only what reads.

use std::time::Duration;

use crate::cli::args::Explain;
use crate::cli::connect;
use crate::cli::failure::Failure;
use crate::db::error::{DbError, DbErrorKind};
use crate::db::names;
use crate::db::planner::{Depth, Planner};
use crate::db::session::{Limits, Session};
use crate::plan::read as read_plans;
use crate::report::model::{Input, Location};
use crate::sql::guard::{self, Names};

use super::reading::{Given, Read, problem};

/// A connection that answers with plans.
pub struct Live {
    session: Session,
    names: Names,
    planner: Planner,
    depth: Depth,
}

impl Live {
    pub fn new(mut session: Session, args: &Explain) -> Result<Self, Failure> {
        let names = names::read(&mut session, Limits::default()).map_err(|error| connect::lost(&error))?;
        let planner = Planner::new(session.limits());
        let depth = if args.analyze { Depth::Measured } else { Depth::Shown };
        Ok(Live { session, names, planner, depth })
    }

    /// Every statement of a text, each on its own. What is not sent, and what the server refuses, is a problem.
    pub fn explain(&mut self, name: &str, text: &str, read: &mut Read) {
        let before = read.plans.len();
        for statement in crate::sql::split(text.as_bytes()) {
            let line = statement.line as u64;
            let sql = statement.span.of(text);
            let (json, took) = match self.json(sql) {
                Ok(told) => told,
                Err((message, next)) => {
                    read.problems.push(problem(name, Some(line), message, Some(next.to_owned())));
                    continue;
                }
            };
            tracing::debug!("explained in {took:?}");
            for mut plan in read_plans(json.as_bytes()).plans {
                plan.query = Some(sql.to_owned());
                // The lines are those of the server's JSON, and the setting is our own.
                let first = plan.line;
                plan.nodes.iter_mut().for_each(|node| node.line = first);
                plan.settings.retain(|setting| setting.0 != "plan_cache_mode");
                let place = Location { path: name.into(), line, ..Location::default() };
                read.plans.push(Given { plan, database: self.session.database.clone(), place });
            }
        }
        let explained = read.plans.len() - before;
        if explained > 0 {
            let details = vec![format!("{explained} explained by {}", self.session.place)];
            let bytes = text.len() as u64;
            read.inputs.push(Input { path: name.to_owned(), format: "sql".into(), details, bytes });
        }
    }

    fn json(&mut self, sql: &str) -> Result<(String, Duration), (String, &'static str)> {
        let started = std::time::Instant::now();
        let not_sent = |why: guard::Refusal| {
            (format!("not sent to the server: {why}"), "run EXPLAIN on it by hand, and give its output")
        };
        let checked = match self.depth {
            Depth::Plan | Depth::Shown => guard::plannable(sql, &self.names),
            Depth::Timed | Depth::Measured => guard::executable(sql, &self.names),
        };
        let text = checked.map_err(not_sent)?;
        if self.depth == Depth::Measured && crate::sql::facts(text).parameters > 0 {
            return Err((
                "not executed: it has parameters".into(),
                "put values in their place, or leave --analyze out",
            ));
        }
        let told = self.planner.explain(&mut self.session, text, self.depth);
        told.map(|json| (json, started.elapsed())).map_err(|error| (error.message.clone(), next_step(&error)))
    }
}

fn next_step(error: &DbError) -> &'static str {
    match error.kind {
        DbErrorKind::Denied => "GRANT SELECT on the tables to the role, or connect as one that may read them",
        DbErrorKind::Timeout => "allow more time with --statement-timeout",
        _ => "check the statement against the database that --dsn names",
    }
}
