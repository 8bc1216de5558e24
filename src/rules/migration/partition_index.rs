//! An index of a partitioned table in; out: how it comes to be without stopping writes.

use crate::catalog::access::{quote_ident, quote_table};
use crate::catalog::model::TableName;
use crate::report::model::Applicability;
use crate::rules::draft::Advice;
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::model::CreateIndex;

use super::dependents::first_children;
use super::steps::{self, Step, plain_name};

/// An invalid index on the parent alone, one on each partition CONCURRENTLY, then each attached; the last one makes the parent's
/// valid (documentation, "Table Partitioning", "Partition Maintenance").
pub fn one_by_one(cx: &StatementCx<'_>, index: &CreateIndex) -> Advice {
    let table = steps::spelled(cx, &index.table);
    let columns: Vec<&str> = index.keys.iter().filter(|key| !key.expression).map(|key| key.text.as_str()).collect();
    let bare = match &index.name {
        Some(name) => name.text.clone(),
        None => plain_name(&[index.table.name.as_str(), columns.join("_").as_str(), "idx"]),
    };
    let name = quote_ident(&bare);
    let tail = cx.text[index.table.span.end..].trim_end();
    let unique = if index.unique { "UNIQUE " } else { "" };
    let first = format!("CREATE {unique}INDEX {name} ON ONLY {table}{tail};");
    let (partitions, known) = partitions(cx, index);
    let mut build = String::new();
    let mut attach = String::new();
    let schema = cx.replay.name(&index.table).schema;
    let parent_index = quote_table(&TableName { schema, name: bare.clone().into() });
    for partition in &partitions {
        let own = plain_name(&[partition.name.as_str(), columns.join("_").as_str(), "idx"]);
        let qualified = quote_table(&TableName { schema: partition.schema.clone(), name: own.clone().into() });
        build +=
            &format!("CREATE {unique}INDEX CONCURRENTLY {} ON {}{tail};\n", quote_ident(&own), quote_table(partition));
        attach += &format!("ALTER INDEX {parent_index} ATTACH PARTITION {qualified};\n");
    }
    let then: Vec<Step> = vec![
        ("then, outside of a transaction, for each partition", build.trim_end().to_owned()),
        (steps::LATER, attach.trim_end().to_owned()),
    ];
    let title = "Build it partition by partition, CONCURRENTLY";
    let detail =
        "The index on the parent alone is made at once and stays invalid until every partition has its own attached.";
    let mut advice = steps::split(title, detail, first, then);
    if !known {
        advice.applicability = Applicability::Sketch;
    }
    advice
}

/// Direct partitions; where none is known, a name to be filled in.
fn partitions(cx: &StatementCx<'_>, index: &CreateIndex) -> (Vec<TableName>, bool) {
    let parent = cx.replay.name(&index.table);
    let known: Vec<TableName> = first_children(cx.replay, &parent).collect();
    if known.is_empty() {
        return (vec![TableName { schema: parent.schema, name: format!("{}_1", parent.name).into() }], false);
    }
    (known, true)
}
