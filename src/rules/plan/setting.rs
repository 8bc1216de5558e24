//! Settings that a plan names: which of them switches a kind of node off, and how one is set back.

use crate::plan::model::{Kind, Node};
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::draft::Advice;

/// The `enable_…` settings that can forbid a node (`costsize.c`): the first that fits is the one to look for.
pub fn switches(node: &Node) -> &'static [&'static str] {
    match &node.kind {
        Kind::SeqScan if node.parallel => &["enable_seqscan"],
        Kind::SeqScan => &["enable_seqscan"],
        Kind::IndexScan => &["enable_indexscan"],
        Kind::IndexOnlyScan => &["enable_indexonlyscan", "enable_indexscan"],
        Kind::BitmapHeapScan => &["enable_bitmapscan"],
        Kind::TidScan | Kind::TidRangeScan => &["enable_tidscan"],
        Kind::NestedLoop => &["enable_nestloop"],
        Kind::MergeJoin => &["enable_mergejoin"],
        Kind::HashJoin => &["enable_hashjoin"],
        Kind::Sort => &["enable_sort"],
        Kind::IncrementalSort => &["enable_incremental_sort", "enable_sort"],
        Kind::Aggregate => &["enable_hashagg"],
        Kind::Materialize => &["enable_material"],
        Kind::Memoize => &["enable_memoize"],
        Kind::Gather | Kind::GatherMerge => &["enable_gathermerge"],
        _ => &[],
    }
}

/// Takes a setting back to its default in the session.
pub fn reset(name: &str) -> Advice {
    Advice {
        applicability: Applicability::Review,
        ..Advice::new(
            RecommendationKind::Setting,
            format!("Set {name} back"),
            "It was changed for the session, the role, the database or the server: SHOW and pg_settings.source say where. RESET goes back to what the session began with.",
            format!("SET {name} TO DEFAULT"),
        )
    }
}
