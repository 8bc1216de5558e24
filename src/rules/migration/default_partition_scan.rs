//! `migration/default_partition_scan`: a new partition for which the default partition is read.

use serde::Deserialize;

use crate::catalog::access::quote_table;
use crate::effect::Work;
use crate::effect::model::Cause;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ActionKind, Bound, QualifiedName};

use super::bound;
use super::hurting::hurting;
use super::steps::{LATER, named, sketch, split};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        for work in hurting(cx, &[Cause::DefaultPartition]) {
            let draft = cx.working(
                work,
                format!("A new partition makes the server read the default partition {}", work.on.name),
                "Rows of the new range may lie in the default partition: it is locked with ACCESS EXCLUSIVE and read to its end. A \
                 validated CHECK on it that excludes the range makes the scan unnecessary.",
            );
            out.find(draft.ask(Ask::Ready(exclude_first(cx, work))));
        }
    }
}

/// The partitioned table, the new partition's name and its bound.
fn new_partition<'a>(cx: &StatementCx<'a>) -> Option<(&'a QualifiedName, &'a str, &'a Bound)> {
    match cx.ddl()? {
        Ddl::CreateTable(table) => Some((table.partition_of.as_ref()?, &table.name.name, table.bound.as_ref()?)),
        Ddl::AlterTable(alter) => alter.actions.iter().find_map(|action| match &action.kind {
            ActionKind::AttachPartition { partition, bound } => Some((&alter.name, partition.name.as_str(), bound)),
            _ => None,
        }),
        _ => None,
    }
}

fn exclude_first(cx: &StatementCx<'_>, work: &Work) -> Advice {
    let new = new_partition(cx);
    let condition = new.and_then(|(parent, _, bound)| {
        let key = cx.replay.table(parent)?.1.partition_key.as_deref()?;
        match bound {
            Bound::Values(values) => bound::exclusion(key, &values.text),
            Bound::Default => None,
        }
    });
    let table = quote_table(&work.on);
    let check = named(&["not", new.map_or("new", |(_, name, _)| name)]);
    let known = condition.is_some();
    let condition = condition.unwrap_or_else(|| "/* that no row belongs to the new partition */".to_owned());
    let first = format!("ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({condition}) NOT VALID;");
    let then = vec![
        (LATER, format!("ALTER TABLE {table} VALIDATE CONSTRAINT {check};")),
        (LATER, format!("{};\nALTER TABLE {table} DROP CONSTRAINT {check};", cx.text.trim_end())),
    ];
    let detail = "Rows of the range that are there already must be moved out before. VALIDATE reads while reads and writes go on.";
    let make = if known { split } else { sketch };
    make("Prove before that no row belongs to it", detail, first, then)
}
