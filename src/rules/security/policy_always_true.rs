//! `security/policy_always_true`: a permissive policy that lets everybody write any row. Silent about reading, and about
//! policies for roles of the server's own side.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::model::{Policy, PolicyCommand};
use crate::rules::draft::seen;
use crate::rules::schema::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    trusted_roles: Vec<String>,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in &cx.catalog.tables {
            for policy in table.policies.iter().filter(|policy| policy.permissive && !self.is_trusted(policy)) {
                let Some(does) = lets(policy) else { continue };
                let draft = about::table(
                    name,
                    table,
                    format!("{} lets everybody {does} any row of {}", policy.name, name.name),
                    "Permissive policies are joined by OR: with one that is always true for a command, the others \
                     for it do not matter, and row security protects nothing against that command.",
                );
                let written = policy.check.as_ref().or(policy.using.as_ref()).cloned().unwrap_or_default();
                out.find(about::at(draft, policy.defined_at.as_ref()).evidence(seen("condition", written)));
            }
        }
    }
}

impl Rule {
    fn is_trusted(&self, policy: &Policy) -> bool {
        !policy.roles.is_empty() && policy.roles.iter().all(|role| self.trusted_roles.contains(role))
    }
}

/// What a policy that asks nothing lets everybody do; reading is often meant to be free.
fn lets(policy: &Policy) -> Option<&'static str> {
    let always = |condition: &Option<String>| condition.as_deref().is_some_and(is_true);
    let (using, check) = (always(&policy.using), always(&policy.check));
    // Without a WITH CHECK new rows are judged by USING (documentation, CREATE POLICY).
    let new_rows = check || policy.check.is_none() && using;
    match policy.command {
        PolicyCommand::Insert => check.then_some("insert"),
        PolicyCommand::Delete => using.then_some("delete"),
        PolicyCommand::Update => (using && new_rows).then_some("change"),
        PolicyCommand::All => (using && new_rows).then_some("write"),
        PolicyCommand::Select => None,
    }
}

fn is_true(condition: &str) -> bool {
    let plain: String =
        condition.to_ascii_lowercase().chars().filter(|c| !c.is_whitespace() && !"()".contains(*c)).collect();
    matches!(plain.as_str(), "true" | "1=1" | "true=true" | "'t'::boolean" | "'true'::boolean")
}
