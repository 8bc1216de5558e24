//! `security/rls_without_policy`: row security without any policy: nobody but the owner sees a row.

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
        for (name, table) in
            cx.catalog.tables.iter().filter(|(_, table)| table.policies.is_empty() && table.row_security)
        {
            // Partitions are reached through their parent, whose policies count.
            if table.parent.is_some() {
                continue;
            }
            let draft = about::table(
                name,
                table,
                format!("Row security is enabled on {}, and no policy lets anybody in", name.name),
                "Roles other than the owner, superusers and those with BYPASSRLS see no row and can write none. That \
                 may be meant; if not, queries come back empty instead of failing.",
            );
            out.find(about::at(draft, table.set_at.get("row_security")));
        }
    }
}
