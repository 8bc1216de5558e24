//! `migration/attach_partition_scan`: a partition read, or indexed, while it is attached.

use serde::Deserialize;

use crate::effect::WorkKind;
use crate::effect::model::Cause;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::model::{ActionKind, AlterTable, Bound, QualifiedName};

use super::bound;
use super::hurting::actions;
use super::steps::{LATER, named, sketch, spelled, split};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        for (alter, action, work) in actions(cx, &[Cause::AttachPartition]) {
            let ActionKind::AttachPartition { partition, bound } = &action.kind else { continue };
            if work.kind == WorkKind::IndexBuild {
                let draft = cx.working(
                    work,
                    format!("Attaching {} builds the indexes that it lacks, with nobody let in", partition.name),
                    "For every index of the partitioned table the partition needs one of the same shape; those that are missing \
                     are built under ACCESS EXCLUSIVE on the partition. Build them CONCURRENTLY on it before.",
                );
                out.find(draft);
                continue;
            }
            let draft = cx.working(
                work,
                format!("Attaching {} reads all of it to see whether its rows belong there", partition.name),
                "The partition is locked with ACCESS EXCLUSIVE meanwhile. A validated CHECK that implies the bound makes the scan \
                 unnecessary.",
            );
            out.find(draft.ask(Ask::Ready(prove_first(cx, alter, partition, bound))));
        }
    }
}

fn prove_first(cx: &StatementCx<'_>, alter: &AlterTable, partition: &QualifiedName, bound: &Bound) -> Advice {
    let table = spelled(cx, partition);
    let key = cx.replay.table(&alter.name).and_then(|(_, table)| table.partition_key.as_deref());
    let condition = match bound {
        Bound::Values(values) => key.and_then(|key| bound::condition(key, &values.text)),
        Bound::Default => None,
    };
    let check = named(&[partition.name.as_str(), "bound"]);
    let known = condition.is_some();
    let condition = condition.unwrap_or_else(|| "/* what the bound says, and that the key IS NOT NULL */".to_owned());
    let first = format!("ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({condition}) NOT VALID;");
    let then = vec![
        (LATER, format!("ALTER TABLE {table} VALIDATE CONSTRAINT {check};")),
        (LATER, format!("{};\nALTER TABLE {table} DROP CONSTRAINT {check};", cx.text.trim_end())),
    ];
    let detail = "VALIDATE reads the rows while reads and writes go on; ATTACH then takes the CHECK for proof.";
    let make = if known { split } else { sketch };
    make("Prove the bound before", detail, first, then)
}
