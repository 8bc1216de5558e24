//! What a rule is given to look at.

use crate::catalog::model::Catalog;
use crate::plan::figures::Figures;
use crate::plan::model::{NodeId, Plan};
use crate::report::model::Location;
use crate::sql::facts::Facts;
use crate::workload::model::{Query, QueryIndex, Workload};

use super::draft::Accounts;

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
    /// Plans that were read in full.
    pub plans: &'a [KnownPlan],
    pub worth: Worth,
}

/// A plan of the workload, read.
#[derive(Clone, Debug)]
pub struct KnownPlan {
    /// Stable over runs: of the query and the plan's shape, 16 hexadecimal digits.
    pub id: String,
    pub plan: Plan,
    pub figures: Figures,
    /// Whose plan it is.
    pub query: QueryIndex,
    /// Where its first line stands.
    pub place: Location,
}

/// What a finding about a plan must account for to be worth a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worth {
    /// Of the plan's time (or of its cost, when it was not executed), 0 to 1.
    pub share: f64,
    pub ms: f64,
}

impl Worth {
    /// Everything is shown.
    pub const ANYTHING: Worth = Worth { share: 0.0, ms: 0.0 };
}

impl Default for Worth {
    fn default() -> Self {
        Worth { share: 0.01, ms: 10.0 }
    }
}

/// How a plan came here: somebody asks about it, or it is one of many in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    Alone,
    Logged,
}

/// One plan with its query.
pub struct PlanCx<'a> {
    pub given: Given,
    pub id: &'a str,
    pub plan: &'a Plan,
    pub figures: &'a Figures,
    pub catalog: Option<&'a Catalog>,
    pub query: &'a Query,
    /// Where `query` stands in the workload.
    pub index: QueryIndex,
    /// Of the query's text; `None` if there is none, or it was not parsed.
    pub facts: Option<&'a Facts>,
    /// Where the plan's first line stands.
    pub place: &'a Location,
}

pub struct SchemaCx<'a> {
    pub catalog: &'a Catalog,
    pub workload: Option<&'a WorkloadCx<'a>>,
}

impl WorkloadCx<'_> {
    pub fn given(&self) -> Given {
        if self.workload.seen.plans > 0 { Given::Logged } else { Given::Alone }
    }
}

impl PlanCx<'_> {
    /// Of the plan's input.
    pub fn line_of(&self, node: NodeId) -> u64 {
        let line = self.plan.nodes.get(node).map_or(self.plan.line, |n| n.line);
        self.place.line + u64::from(line.saturating_sub(self.plan.line))
    }

    /// Estimated cost of the whole plan, never 0.
    pub fn total_cost(&self) -> f64 {
        let root = self.plan.nodes.first().and_then(|n| n.estimate);
        root.map_or(1.0, |estimate| estimate.total_cost).max(f64::MIN_POSITIVE)
    }
}

impl Worth {
    pub fn is_met(&self, accounts: Accounts) -> bool {
        accounts.share >= self.share && accounts.ms.is_none_or(|ms| ms >= self.ms)
    }
}
