//! A statement that passed the guard in; the server's EXPLAIN of it, as JSON, out, in one round trip and one short
//! read-only transaction that is rolled back.
//!
//! A statement from outside is prepared and then explained by the name of what was prepared. So it is held to one statement
//! twice, by the protocol and by the grammar of PREPARE, and pg_stat_statements sees one `EXPLAIN … EXECUTE` instead of
//! thousands of texts that would push the user's own out (it does not record PREPARE: `contrib/pg_stat_statements`,
//! `PGSS_HANDLED_UTILITY`). A plan is generic on every major: `plan_cache_mode = force_generic_plan`, and NULLs that
//! nobody looks at.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::time::Duration;

use super::error::{DbError, DbErrorKind};
use super::generic::{self, Prepared};
use super::pipeline::{Answer, GRACE, Message};
use super::quote;
use super::session::{Limits, Session};

/// Names of our own in the server process, for the length of one transaction.
const PREPARED: &str = "sqlsift_planned";
const SAVEPOINT: &str = "sqlsift_planning";
const DEALLOCATE: &str = "; DEALLOCATE sqlsift_planned";

/// Repairs of one statement: each gives one more parameter, or one more kind of them, a type.
const ATTEMPTS: usize = 8;

/// What EXPLAIN is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Cost and shape: what a search looks at thousands of times.
    Plan,
    /// What a reader is shown: also settings that differ from the default.
    Shown,
    /// Executed, without the clock of each node, which can cost more than the node.
    Timed,
    /// Executed, with everything.
    Measured,
}

impl Depth {
    fn options(self) -> &'static str {
        match self {
            Depth::Plan => "FORMAT JSON",
            Depth::Shown => "FORMAT JSON, VERBOSE, SETTINGS",
            Depth::Timed => "FORMAT JSON, ANALYZE, BUFFERS, TIMING OFF",
            Depth::Measured => "FORMAT JSON, ANALYZE, BUFFERS, VERBOSE, SETTINGS",
        }
    }
}

/// Statements of our own around one EXPLAIN, in its transaction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around<'a> {
    /// Begins the transaction: [`Planner::begin`] and what else is wanted.
    pub before: &'a str,
    /// Begins with `; `, or is empty. Runs also when the EXPLAIN failed; its rows come after the plan.
    pub after: &'a str,
}

/// The answers to one EXPLAIN and to what stood before it.
pub(super) struct Told {
    pub before: Answer,
    pub json: Result<String, DbError>,
}

/// Plans statements, and remembers how those with parameters had to be repaired.
#[derive(Debug, Default)]
pub struct Planner {
    pub limits: Limits,
    /// Sets the search_path, or is empty; begins with `; `.
    path: String,
    repaired: BTreeMap<String, Prepared>,
}

impl Planner {
    pub fn new(limits: Limits) -> Self {
        Planner { limits, path: String::new(), repaired: BTreeMap::new() }
    }

    /// Names without a schema are looked up in these, as the roles do that run the statements. An empty list leaves it to ours.
    #[must_use]
    pub fn under(self, schemas: &[String]) -> Self {
        let quoted: Vec<String> = schemas.iter().map(|schema| quote::identifier(schema)).collect();
        let path = if quoted.is_empty() { String::new() } else { search_path(&quoted.join(", ")) };
        Planner { path, ..self }
    }

    /// Explains a statement that passed [`crate::sql::guard::plannable`], or for the depths that execute
    /// [`crate::sql::guard::executable`].
    pub fn explain(&mut self, session: &mut Session, text: &str, depth: Depth) -> Result<String, DbError> {
        self.until_planned(text, |planner, prepared| {
            let around = Around { before: &planner.begin(), after: "" };
            Ok::<_, DbError>(planner.once(session, prepared, depth, around).json)
        })?
    }

    /// Asks with each repair of the text until the server plans it. `ask` gives an error to stop at once.
    pub(super) fn until_planned<E>(
        &mut self,
        text: &str,
        mut ask: impl FnMut(&Self, &Prepared) -> Result<Result<String, DbError>, E>,
    ) -> Result<Result<String, DbError>, E> {
        let known = self.repaired.get(text).cloned();
        let mut prepared = known.unwrap_or_else(|| generic::prepared(text));
        let mut attempts = ATTEMPTS;
        loop {
            attempts -= 1;
            match ask(self, &prepared)? {
                Err(error) if error.kind == DbErrorKind::Refused && attempts > 0 => {
                    match generic::repaired(&prepared, &error) {
                        Some(next) => prepared = next,
                        None => return Ok(Err(error)),
                    }
                }
                told => {
                    if told.is_ok() && attempts + 1 < ATTEMPTS {
                        self.repaired.insert(text.to_owned(), prepared);
                    }
                    return Ok(told);
                }
            }
        }
    }

    /// One EXPLAIN of a text as it is.
    pub(super) fn once(&self, session: &mut Session, prepared: &Prepared, depth: Depth, around: Around<'_>) -> Told {
        let [begin, prepare, explain] = &messages(prepared, depth, around);
        tracing::trace!("{begin}; {prepare}; {explain}");
        let sent = [Message::Ours(begin), Message::Outside(prepare), Message::Ours(explain)];
        let mut answers = session.at_once(self.patience(), &sent).into_iter();
        let mut next = || answers.next().unwrap_or_else(|| Err(silence()));
        let (before, prepared, explained) = (next(), next(), next());
        if explained.is_err() {
            self.clean(session, prepared.is_ok(), around.after);
        }
        let json =
            prepared.and(explained).and_then(|rows| rows.into_iter().flatten().flatten().next().ok_or_else(silence));
        Told { before, json }
    }

    /// After a failure the transaction is still open, so this reaches the same process also through a pooler. A prepared
    /// statement outlives a rollback.
    fn clean(&self, session: &mut Session, prepared: bool, after: &str) {
        let deallocate = if prepared { DEALLOCATE } else { "" };
        let back = back(after, deallocate);
        // What fails here has failed before, and been told.
        session.at_once(self.patience(), &[Message::Ours(&back), Message::Ours("ROLLBACK")]);
    }

    pub(super) fn patience(&self) -> Duration {
        Duration::from_millis(self.limits.statement_ms.into()) + GRACE
    }

    pub(super) fn begin(&self) -> String {
        format!("BEGIN READ ONLY; {}", self.settings())
    }

    /// What every transaction begins with; the savepoint is what [`Planner::clean`] goes back to.
    ///
    /// The text is lexed by the guard as with `standard_conforming_strings`, so the server has to do the same.
    pub(super) fn settings(&self) -> String {
        settings(self.limits.statement_ms, self.limits.lock_ms) + &self.path
    }
}

fn search_path(schemas: &str) -> String {
    format!("; SET LOCAL search_path = {schemas}")
}

fn settings(statement_ms: impl Display, lock_ms: impl Display) -> String {
    format!(
        "SAVEPOINT {SAVEPOINT}; SET LOCAL statement_timeout = {statement_ms}; SET LOCAL lock_timeout = {lock_ms}; \
         SET LOCAL standard_conforming_strings = on; SET LOCAL plan_cache_mode = force_generic_plan"
    )
}

fn messages(prepared: &Prepared, depth: Depth, around: Around<'_>) -> [String; 3] {
    let arguments = match prepared.parameters {
        0 => String::new(),
        count => format!("({})", vec!["NULL"; count].join(", ")),
    };
    [around.before.to_owned(), prepare(&prepared.text), explain(depth, &arguments, around.after)]
}

fn prepare(text: &str) -> String {
    format!("PREPARE {PREPARED} AS {text}")
}

fn explain(depth: Depth, arguments: &str, after: &str) -> String {
    format!("EXPLAIN ({}) EXECUTE {PREPARED}{arguments}{DEALLOCATE}{after}; ROLLBACK", depth.options())
}

fn back(after: &str, deallocate: &str) -> String {
    format!("ROLLBACK TO SAVEPOINT {SAVEPOINT}{after}{deallocate}")
}

/// Every text of one EXPLAIN, that of a failed one too: `begin` stands before the settings, `before` and `after` are as in
/// [`Around`].
pub(super) fn texts(begin: &str, before: &str, depth: Depth, after: &str) -> [String; 5] {
    [
        format!("{begin}; {}{{path}}{before}", settings("{ms}", "{ms}")),
        prepare("{statement}"),
        explain(depth, "{nulls}", after),
        back(after, "{deallocate}"),
        "ROLLBACK".to_owned(),
    ]
}

fn silence() -> DbError {
    DbError { kind: DbErrorKind::Cut, message: "the server gave no answer".into(), sqlstate: None }
}
