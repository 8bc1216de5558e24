//! `security/multiple_permissive_policies`: several permissive policies for one command and one role. One finding a table.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::model::{Policy, PolicyCommand};
use crate::rules::draft::seen;
use crate::rules::schema::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in &cx.catalog.tables {
            let permissive: Vec<&Policy> = table.policies.iter().filter(|policy| policy.permissive).collect();
            let pair = permissive.iter().enumerate().find_map(|(at, one)| {
                permissive[at + 1..].iter().find(|other| meet(one, other)).map(|other| (one, other))
            });
            let Some((one, other)) = pair else { continue };
            let draft = about::table(
                name,
                table,
                format!("{} and {} on {} are both evaluated for the same rows", one.name, other.name, name.name),
                "Permissive policies are joined by OR: a row must be tried against each until one holds, an index \
                 serves an OR badly, and whoever reads one of them does not know what the others let through. One \
                 policy with both conditions, or one for each role, says it in one place.",
            );
            out.find(
                about::at(draft, other.defined_at.as_ref())
                    .evidence(seen("policies", format!("{}, {}", one.name, other.name))),
            );
        }
    }
}

fn meet(one: &Policy, other: &Policy) -> bool {
    let command =
        one.command == other.command || one.command == PolicyCommand::All || other.command == PolicyCommand::All;
    let role =
        one.roles.is_empty() || other.roles.is_empty() || one.roles.iter().any(|role| other.roles.contains(role));
    command && role
}
