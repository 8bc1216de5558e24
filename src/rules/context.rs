//! What a rule is given to look at.

use crate::catalog::model::Catalog;
use crate::sql::facts::Facts;
use crate::workload::model::{Query, QueryIndex, Workload};

/// One statement. In a workload `query` carries its measurements; a linted file has none.
pub struct QueryCx<'a> {
    pub text: &'a str,
    pub facts: &'a Facts,
    pub catalog: Option<&'a Catalog>,
    pub query: Option<&'a Query>,
    /// Where `query` stands in the workload.
    pub index: Option<QueryIndex>,
}

/// The whole workload.
pub struct WorkloadCx<'a> {
    pub workload: &'a Workload,
    /// Parallel to `workload.queries`; `None` where the query was not parsed (too cheap to look at, see coverage).
    pub facts: &'a [Option<Facts>],
    pub catalog: Option<&'a Catalog>,
}

pub struct SchemaCx<'a> {
    pub catalog: &'a Catalog,
    pub workload: Option<&'a WorkloadCx<'a>>,
}
