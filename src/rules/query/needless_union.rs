//! `query/needless_union`: UNION that takes out duplicates where nobody sees them: in the sub-select of IN or EXISTS.

use serde::Deserialize;

use crate::report::model::Applicability;
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink};
use crate::rules::rewrite;
use crate::sql::facts::Role;

use super::rewriting::{Rewriting, rewriting};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for operation in cx.facts.set_operations.iter().filter(|operation| !operation.all) {
            let members = || operation.members.iter().filter_map(|at| cx.facts.blocks.get(*at));
            let tested = members().all(|block| matches!(block.role, Role::InSubquery | Role::Exists));
            // LIMIT counts rows, and it may stand behind the whole chain.
            let limited = cx.facts.blocks.iter().any(|block| block.limit.is_some() || block.offset.is_some());
            let (Some(first), true) = (operation.keywords.first(), tested && !limited) else { continue };
            let after = cx.text.get(first.start..).unwrap_or_default().to_ascii_lowercase();
            if after.contains("limit") || after.contains("offset") || after.contains("fetch") {
                continue;
            }
            let detail = "IN and EXISTS ask whether there is a row, not how many. UNION sorts or hashes all rows to take out duplicates; \
                          UNION ALL hands them on.";
            let draft = Draft::about(cx, "UNION takes out duplicates that make no difference here", detail).at(*first);
            let all = operation.keywords.iter().map(|keyword| rewrite::insert(keyword.end, " ALL")).collect();
            out.find(rewriting(draft, cx, &ALL, all));
        }
    }
}

const ALL: Rewriting<'static> = Rewriting {
    title: "Use UNION ALL",
    detail: "The same rows: how often a value is in the sub-select does not matter to IN and EXISTS.",
    applicability: Applicability::Machine,
};
