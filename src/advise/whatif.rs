//! What if these indexes existed? A question to the server's planner, behind a trait so that advice knows no connection.

use crate::plan::model::Plan;

/// An index that was offered, by its place among those offered in this run.
pub type IndexId = usize;

/// A statement that stands for calls of a query: fit to be planned as it is, or generic.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    pub sql: String,
    /// Share of the query's calls that it stands for; those of one query add up to 1.
    pub share: f64,
    pub values: Values,
}

/// Where the values of a sample come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Values {
    /// The statement has none but its own literals, or was logged with them.
    Logged,
    /// The most common values of the statistics.
    Common,
    /// Values that are seldom, from the histogram or the rare end of the common ones.
    Rare,
    /// Values that occur nowhere.
    Absent,
    /// `$n` stands: a generic plan, which says little of LIMIT, ranges and partial indexes.
    Generic,
}

/// What an offered index is to the server.
#[derive(Clone, Debug, PartialEq)]
pub struct Offered {
    pub id: IndexId,
    /// As the server estimates it (HypoPG knows no deduplication: up to six times too large).
    pub bytes: u64,
}

/// How the planner answered.
#[derive(Clone, Debug)]
pub struct Planned {
    pub total_cost: f64,
    /// Offered indexes that the plan uses, ascending.
    pub used: Vec<IndexId>,
    /// The answer of EXPLAIN (FORMAT JSON).
    pub json: String,
}

impl Planned {
    /// Parsed when it is asked for: a search wants thousands of costs and few plans.
    pub fn plan(&self) -> Option<Plan> {
        crate::plan::read(self.json.as_bytes()).plans.into_iter().next()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhatIfError {
    /// This index cannot be tried (access method not supported, …).
    #[error("{0}")]
    Index(String),
    /// This statement cannot be planned, or must not be sent.
    #[error("{0}")]
    Statement(String),
    /// The server is gone: stop, and report what is known.
    #[error("{0}")]
    Gone(String),
}

/// The server's planner under hypothetical indexes.
pub trait WhatIf {
    /// Makes an index known by its `CREATE INDEX`, without CONCURRENTLY and without a name; it exists in no plan yet.
    fn offer(&mut self, ddl: &str) -> Result<Offered, WhatIfError>;
    /// As [`Self::offer`] for each, in the same order; a server is asked about many at a time.
    fn offer_all(&mut self, ddls: &[String]) -> Vec<Result<Offered, WhatIfError>> {
        ddls.iter().map(|ddl| self.offer(ddl)).collect()
    }
    /// Plans a statement as if exactly these of the offered indexes existed beside the real ones.
    fn plan(&mut self, sample: &Sample, indexes: &[IndexId]) -> Result<Planned, WhatIfError>;
}
