//! `schema/not_valid_constraint`: a constraint that was added NOT VALID and never validated. Its copies on partitions are
//! their parent's.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::access::{quote_ident, quote_table};
use crate::catalog::model::ConstraintKind;
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::draft::{Advice, Ask};

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx) {
            // What is NOT ENFORCED is meant so, and cannot be validated.
            for constraint in table.constraints.iter().filter(|one| !one.validated && one.enforced) {
                let rows = match constraint.kind {
                    ConstraintKind::ForeignKey { .. } => "rows that refer to nothing",
                    _ => "rows that break it",
                };
                let draft = about::table(
                    name,
                    table,
                    format!("{} on {} was never validated", constraint.name, name.name),
                    format!(
                        "It is enforced for rows that are written from now on; of those that stood already nobody \
                         knows. The planner does not rely on it, and {rows} make a later UPDATE of theirs fail."
                    ),
                );
                let mut advice = Advice::new(
                    RecommendationKind::AddConstraint,
                    format!("Validate {}", constraint.name),
                    "In a transaction of its own, after the one that added it. It reads the table and lets reads and \
                     writes go on. Look for rows that break it first.",
                    format!("ALTER TABLE {} VALIDATE CONSTRAINT {}", quote_table(name), quote_ident(&constraint.name)),
                );
                advice.applicability = Applicability::Review;
                advice.lock = Some("ShareUpdateExclusiveLock".to_owned());
                out.find(about::at(draft, constraint.defined_at.as_ref()).ask(Ask::Ready(advice)));
            }
        }
    }
}
