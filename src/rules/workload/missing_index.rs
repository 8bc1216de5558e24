//! `workload/missing_index`: a condition or order that no index serves, in a query that takes time. By catalog and time; without a
//! catalog only by logged plans that show many rows thrown away.

use serde::Deserialize;

use crate::catalog::access::{Access, Condition, ConditionKind, Inverted, Key, Service, accesses, best_service};
use crate::catalog::model::{Table, TableKind};
use crate::plan::{ScanFact, scans};
use crate::report::model::Confidence;
use crate::rules::context::WorkloadCx;
use crate::rules::draft::{Ask, Draft, Sink, documented, estimated, measured, measured_ms, seen};
use crate::rules::query::plan_cast::in_filter;
use crate::rules::{WorkloadRule, scope};
use crate::sql::StatementKind;
use crate::sql::facts::Facts;
use crate::workload::model::{Query, QueryIndex};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_mean_ms: f64,
    min_total_ms: f64,
    min_rows: u64,
    min_removed: u64,
}

impl WorkloadRule for Rule {
    fn check(&self, cx: &WorkloadCx<'_>, out: &mut Sink) {
        for (index, query) in cx.workload.queries.iter().enumerate() {
            let works = matches!(
                query.kind,
                StatementKind::Select | StatementKind::Update | StatementKind::Delete | StatementKind::Merge
            );
            let slow =
                query.mean_us() / 1000.0 >= self.min_mean_ms && query.total_us as f64 / 1000.0 >= self.min_total_ms;
            let Some(facts) = cx.facts.get(index).and_then(Option::as_ref).filter(|_| works && slow) else { continue };
            let scans: Vec<ScanFact> = query.plans.iter().flat_map(|plan| scans(&plan.body)).collect();
            out.drafts.extend(match cx.catalog {
                Some(_) => self.by_catalog(cx, index, query, facts, &scans),
                None => self.by_plans(cx, index, query, facts, &scans),
            });
        }
    }
}

impl Rule {
    /// The first access of the query that nothing serves; a plan, where there is one, must show the scan.
    fn by_catalog(
        &self,
        cx: &WorkloadCx<'_>,
        index: QueryIndex,
        query: &Query,
        facts: &Facts,
        scans: &[ScanFact],
    ) -> Option<Draft> {
        let catalog = cx.catalog?;
        let all = accesses(&query.text, facts, Some(catalog));
        let unserved = all.iter().find(|access| {
            catalog.tables.get(&access.table).is_some_and(|table| {
                table.kind != TableKind::View
                    && wants(access, table)
                    && !scope::is_small(table, self.min_rows)
                    && best_service(access, table) == Service::None
                    && (scans.is_empty() || scans.iter().any(|scan| reads_all_of(scan, &access.table.name)))
            })
        })?;
        let scan = scans.iter().find(|scan| reads_all_of(scan, &unserved.table.name));
        if scan.is_some_and(|scan| removed(scan).is_some_and(|rows| rows < self.min_removed)) {
            return None;
        }
        let table = catalog.tables.get(&unserved.table)?;
        let mut draft = draft(cx, index, query, &unserved.table.name, &shown(unserved, &query.text));
        if let Some(rows) = table.rows {
            draft = draft.evidence(estimated("rows of the table", rows, "rows"));
        }
        draft = match scan {
            Some(scan) => with_scan(draft, scan),
            None => draft.confidence(Confidence::Medium),
        };
        Some(draft)
    }

    fn by_plans(
        &self,
        cx: &WorkloadCx<'_>,
        index: QueryIndex,
        query: &Query,
        facts: &Facts,
        scans: &[ScanFact],
    ) -> Option<Draft> {
        let tables = || facts.tables.iter().map(|(table, _)| table.name.as_str());
        let wasteful = |scan: &&ScanFact| {
            removed(scan).is_some_and(|rows| rows >= self.min_removed)
                && tables().any(|table| reads_all_of(scan, table))
        };
        let scan = scans.iter().filter(wasteful).max_by_key(|scan| removed(scan))?;
        let table = tables().find(|table| reads_all_of(scan, table))?;
        let filter = scan.filter.as_deref().unwrap_or_default();
        // Other rules speak of a cast column and of LIKE.
        if in_filter(filter).is_some() || filter.contains(" ~~") {
            return None;
        }
        let filter = crate::sql::normalize(filter.as_bytes());
        let draft = draft(cx, index, query, table, &filter);
        Some(
            with_scan(draft, scan)
                .confidence(Confidence::Medium)
                .evidence(documented("catalog", "none: whether an index exists is not known")),
        )
    }
}

/// Something that an index could answer by itself, a condition with values or an order with LIMIT, and that is no other rule's:
/// branches of OR (query/or_across_columns), LIKE (query/leading_wildcard), functions of an indexed column
/// (query/function_on_column).
fn wants(access: &Access, table: &Table) -> bool {
    let wrapped = |condition: &Condition| {
        matches!(condition.key, Key::Expression(_))
            && condition.columns.iter().any(|column| scope::has_index_on(table, column))
    };
    let like = |inverted: &Inverted| inverted.operator.to_ascii_lowercase().contains("like");
    let conditions = || access.equal.iter().chain(&access.ranges);
    // `< x` alone mostly finds most of the table: no index is advised for it.
    let only_upper = |c: &Condition| matches!(c.kind, ConditionKind::Range { lower: false, .. });
    if !access.wants_order()
        && access.equal.is_empty()
        && access.inverted.is_empty()
        && !access.ranges.is_empty()
        && access.ranges.iter().all(only_upper)
    {
        return false;
    }
    let own = conditions().any(|c| !wrapped(c)) || access.inverted.iter().any(|i| !like(i));
    let others = conditions().any(wrapped) || access.inverted.iter().any(like);
    // The index for pages goes with paging by key: query/deep_offset asks for both.
    let first_page = access.wants_order() && access.offset.is_none();
    !access.or_branch && (own || (first_page && !others))
}

fn shown(access: &Access, text: &str) -> String {
    let conditions =
        access.equal.iter().chain(&access.ranges).map(|c| c.span).chain(access.inverted.iter().map(|i| i.span));
    let mut parts: Vec<&str> = conditions.map(|span| span.of(text)).collect();
    parts.dedup();
    if parts.is_empty() {
        "the order of ORDER BY".to_owned()
    } else {
        crate::sql::normalize(parts.join(" AND ").as_bytes())
    }
}

fn draft(cx: &WorkloadCx<'_>, index: QueryIndex, query: &Query, table: &str, condition: &str) -> Draft {
    Draft::query(
        cx,
        index,
        format!("No index of {table} serves {condition}"),
        "The whole table is read for each call, and the rows that do not fit are thrown away. The cost grows with the table.",
    )
    .evidence(measured("calls", query.calls, "calls"))
    .evidence(measured_ms("mean time", query.mean_us() as u64))
    .evidence(measured_ms("total time", query.total_us))
    .ask(Ask::IndexFor { query: index })
}

/// A sequential scan of the table, parallel or not; the name may be written with its schema.
fn reads_all_of(scan: &ScanFact, table: &str) -> bool {
    let name = scan.relation.as_deref().map(|name| name.rsplit('.').next().unwrap_or(name).trim_matches('"'));
    scan.node.ends_with("Seq Scan") && name == Some(table)
}

/// Rows that the filter threw away in all loops (workers of a parallel scan are loops).
fn removed(scan: &ScanFact) -> Option<u64> {
    Some((scan.rows_removed_by_filter? * scan.loops.unwrap_or(1.0)) as u64)
}

fn with_scan(draft: Draft, scan: &ScanFact) -> Draft {
    let relation = scan.relation.as_deref().unwrap_or_default();
    let mut draft = draft.evidence(seen("plan", format!("{} on {relation}", scan.node)));
    if let Some(filter) = &scan.filter {
        draft = draft.evidence(seen("filter", crate::sql::normalize(filter.as_bytes())));
    }
    if let Some(removed) = removed(scan) {
        draft = draft.evidence(measured("rows thrown away", removed, "rows"));
    }
    draft
}
