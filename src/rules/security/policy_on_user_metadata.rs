//! `security/policy_on_user_metadata`: a policy that trusts what users may change themselves (Supabase).

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::rules::schema::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in &cx.catalog.tables {
            for policy in table.policies.iter() {
                let trusts = |condition: &String| {
                    let lower = condition.to_ascii_lowercase();
                    lower.contains("user_metadata") || lower.contains("raw_user_meta_data")
                };
                if !policy.using.iter().chain(&policy.check).any(trusts) {
                    continue;
                }
                let draft = about::table(
                    name,
                    table,
                    format!("{} trusts user_metadata, which its user can change", policy.name),
                    "Whoever is signed in may write what they like into their own user_metadata, and so choose their \
                     role or their tenant. What the server alone may write is app_metadata.",
                );
                out.find(about::at(draft, policy.defined_at.as_ref()));
            }
        }
    }
}
