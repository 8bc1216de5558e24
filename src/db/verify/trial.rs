//! A statement and indexes that are not to be there in; its plan or its time on the clone, out.
//!
//! An index is hidden by dropping it in the transaction in which the statement is run, which is then made read-only and
//! rolled back: the drop touches the catalog alone.

use super::build::{Built, listed};
use crate::advise::verify::{Shape, Trial, TrialError};
use crate::advise::whatif::IndexId;
use crate::db::error::{DbError, DbErrorKind};
use crate::db::planner::{self, Around, Depth, Planner};
use crate::db::session::Session;
use crate::plan::quick::shape_key;
use crate::sql::guard::{self, Names};

const READ_ONLY: &str = "; SET LOCAL transaction_read_only = on";

fn without(indexes: &str) -> String {
    format!("; DROP INDEX {indexes}")
}

/// Every text of this file, in the order of their use.
pub(super) fn texts() -> Vec<String> {
    let plan = |before: &str, depth| planner::texts("BEGIN", &format!("{before}{READ_ONLY}"), depth, "");
    let [begin, prepare, explain, ..] = plan("", Depth::Plan);
    let [begin_without, _, measure, back, end] = plan(&without("{indexes}"), Depth::Timed);
    vec![begin, begin_without, prepare, explain, measure, back, end]
}

pub(super) struct OnClone<'s> {
    session: &'s mut Session,
    built: &'s [Built],
    names: Names,
    planner: Planner,
}

impl<'s> OnClone<'s> {
    pub(super) fn new(session: &'s mut Session, built: &'s [Built], names: Names, planner: Planner) -> Self {
        OnClone { session, built, names, planner }
    }

    fn explain(&mut self, sql: &str, hidden: &[IndexId], depth: Depth) -> Result<String, TrialError> {
        let text = guard::executable(sql, &self.names).map_err(|why| TrialError::Statement(why.to_string()))?;
        let hidden: Vec<&str> =
            self.built.iter().filter(|built| hidden.contains(&built.id)).map(|built| built.name.as_str()).collect();
        let drop = if hidden.is_empty() { String::new() } else { without(&listed(&hidden)) };
        let before = format!("BEGIN; {}{drop}{READ_ONLY}", self.planner.settings());
        let session = &mut *self.session;
        let told = self.planner.until_planned(text, |planner, prepared| {
            if prepared.parameters > 0 {
                return Err(TrialError::Statement("a value of it is not known, so it cannot be run".into()));
            }
            let told = planner.once(session, prepared, depth, Around { before: &before, after: "" });
            told.before.map_err(|error| TrialError::Gone(error.message))?;
            Ok(told.json)
        })?;
        told.map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &DbError) -> TrialError {
        match error.kind {
            DbErrorKind::Timeout => TrialError::Timeout(self.planner.limits.statement_ms),
            _ if error.is_final() => TrialError::Gone(error.message.clone()),
            _ => TrialError::Statement(error.message.clone()),
        }
    }
}

impl Trial for OnClone<'_> {
    fn shape(&mut self, sql: &str, hidden: &[IndexId]) -> Result<Shape, TrialError> {
        let json = self.explain(sql, hidden, Depth::Plan)?;
        let named = |name: &String| json.contains(&format!("\"Index Name\": \"{name}\""));
        let used = self.built.iter().filter(|built| built.in_plans.iter().any(named)).map(|built| built.id).collect();
        Ok(Shape { key: shape_key(json.as_bytes()), used })
    }

    fn run(&mut self, sql: &str, hidden: &[IndexId]) -> Result<f64, TrialError> {
        let json = self.explain(sql, hidden, Depth::Timed)?;
        const KEY: &str = "\"Execution Time\": ";
        let time =
            json.find(KEY).and_then(|at| json[at + KEY.len()..].split([',', '\n', '}']).next()?.trim().parse().ok());
        time.ok_or_else(|| TrialError::Statement("EXPLAIN gave no execution time".into()))
    }
}
