//! `security/policy_without_rls`: policies on a table whose row security is off.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::access::quote_table;
use crate::rules::draft::seen;
use crate::rules::schema::about::{self, change};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in
            cx.catalog.tables.iter().filter(|(_, table)| !table.policies.is_empty() && !table.row_security)
        {
            let policies: Vec<&str> = table.policies.iter().map(|policy| policy.name.as_str()).collect();
            let draft = about::table(
                name,
                table,
                format!("{} has policies, and row security is not enabled on it: they do nothing", name.name),
                "Whoever has a right on the table sees and changes all of its rows, as if no policy had been written.",
            );
            let place = table.policies.first().and_then(|policy| policy.defined_at.as_ref());
            out.find(about::at(draft, place).evidence(seen("policies", policies.join(", "))).ask(change(
        format!("Enable row security on {}", name.name),
        "From that moment roles that are neither the owner nor superuser see only what a policy lets through: check \
         that there is one for each command they use.",
        format!("ALTER TABLE {} ENABLE ROW LEVEL SECURITY", quote_table(name)),
    )));
        }
    }
}
