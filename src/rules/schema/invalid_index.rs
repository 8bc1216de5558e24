//! `schema/invalid_index`: an index that a failed CREATE or REINDEX CONCURRENTLY left behind. Silent about one that is being built or
//! dropped, and about the index of a partitioned table, which is invalid until each partition has its part.

use serde::Deserialize;

use crate::catalog::access::quote_table;
use crate::catalog::model::{Index, TableKind, TableName};
use crate::report::model::RecommendationKind;
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, documented, measured, seen};

use super::about;
use super::index_pairs::shown;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        if let Some(reason) = cx.catalog.server.as_ref().and_then(|facts| facts.unread.get("indexes")) {
            out.not_examined.push(format!("which indexes are being built is not known: {reason}"));
            return;
        }
        for (name, table) in cx.catalog.tables.iter().filter(|(_, table)| table.kind != TableKind::Partitioned) {
            for index in table.indexes.iter().filter(|index| !index.valid && !index.building) {
                out.find(invalid(name, index));
            }
        }
    }
}

fn invalid(table: &TableName, index: &Index) -> Draft {
    let written = index.ready != Some(false) && index.live != Some(false);
    let detail = if written {
        "A CREATE INDEX or REINDEX CONCURRENTLY failed or was cancelled and left it. Each write keeps it up, and no statement may read it."
    } else {
        "A CREATE INDEX, REINDEX or DROP INDEX CONCURRENTLY failed or was cancelled and left it. It takes room, and no statement may read it."
    };
    let mut draft = about::index(table, index, format!("{} on {} is invalid", index.name, table.name), detail)
        .evidence(documented("index", format!("{} {}", index.name, shown(index))))
        .evidence(seen("kept up by writes", if written { "yes" } else { "no" }));
    if let Some(bytes) = index.bytes() {
        draft = draft.evidence(measured("size", bytes, "bytes"));
    }
    let full = quote_table(&TableName { schema: table.schema.clone(), name: index.name.clone() });
    draft.ask(Ask::Ready(match rest_of_reindex(&index.name) || index.live == Some(false) {
        true => with_lock(Advice::new(
            RecommendationKind::DropIndex,
            format!("Drop {}", index.name),
            "It is what REINDEX CONCURRENTLY works with: the index that it was made for is still there. If that one is bloated, REINDEX it again.",
            format!("DROP INDEX CONCURRENTLY {full}"),
        )),
        false => with_lock(Advice::new(
            RecommendationKind::ChangeSchema,
            format!("Build {} again", index.name),
            "If it is still wanted; otherwise drop it. If it is unique and it failed because of values that are there twice, it will fail again: remove them first. \
             CONCURRENTLY cannot run inside a transaction block.",
            format!("REINDEX INDEX CONCURRENTLY {full}"),
        )),
    }))
}

fn with_lock(mut advice: Advice) -> Advice {
    advice.lock = Some("ShareUpdateExclusiveLock".to_owned());
    advice
}

/// `…_ccnew`, `…_ccold` and, where the name was taken, with a number (documentation, "REINDEX", rebuilding concurrently).
fn rest_of_reindex(name: &str) -> bool {
    let bare = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
    bare.ends_with("_ccnew") || bare.ends_with("_ccold")
}
