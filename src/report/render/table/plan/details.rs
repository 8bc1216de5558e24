//! What is said below a node: the conditions that decide what it reads, what they removed, and where memory, disk and workers
//! come in.

use super::columns::size;
use crate::report::escape;
use crate::report::model::{PlanNode, PlanProperty, PlanValue};
use crate::report::render::wrap;
use crate::report::units;

/// Properties shown with their names, in this order.
const CONDITIONS: [&str; 22] = [
    "Index Cond",
    "Filter",
    "Recheck Cond",
    "TID Cond",
    "Hash Cond",
    "Merge Cond",
    "Join Filter",
    "One-Time Filter",
    "Run Condition",
    "Order By",
    "Sort Key",
    "Presorted Key",
    "Group Key",
    "Hash Key",
    "Cache Key",
    "Function Call",
    "Table Function Call",
    "Window",
    "Conflict Filter",
    "Conflict Resolution",
    "Conflict Arbiter Indexes",
    "Remote SQL",
];

/// Known properties that are said in other words, or stand in the JSON only.
const ELSEWHERE: [&str; 48] = [
    "Output",
    "Rows Removed by Filter",
    "Rows Removed by Join Filter",
    "Rows Removed by Index Recheck",
    "Rows Removed by Conflict Filter",
    "Heap Fetches",
    "Index Searches",
    "Exact Heap Blocks",
    "Lossy Heap Blocks",
    "Subplans Removed",
    "Workers Planned",
    "Workers Launched",
    "Cache Hits",
    "Cache Misses",
    "Cache Evictions",
    "Cache Overflows",
    "Cache Mode",
    "Sort Method",
    "Sort Space Used",
    "Sort Space Type",
    "Hash Buckets",
    "Original Hash Buckets",
    "Hash Batches",
    "Original Hash Batches",
    "Peak Memory Usage",
    "Disk Usage",
    "Planned Partitions",
    "HashAgg Batches",
    "Full-sort Groups",
    "Full-sort Sort Methods",
    "Full-sort Average Memory",
    "Full-sort Peak Memory",
    "Full-sort Average Disk",
    "Full-sort Peak Disk",
    "Pre-sorted Groups",
    "Pre-sorted Sort Methods",
    "Pre-sorted Average Memory",
    "Pre-sorted Peak Memory",
    "Pre-sorted Average Disk",
    "Pre-sorted Peak Disk",
    "Inner Unique",
    "Single Copy",
    "Params Evaluated",
    "Estimated Capacity",
    "Estimated Distinct Lookup Keys",
    "Estimated Lookups",
    "Estimated Hit Percent",
    "Disabled",
];

/// Lines of at most `room` characters; `figures` are those for which there is no column.
pub fn of(node: &PlanNode, figures: Vec<String>, room: usize) -> Vec<String> {
    if node.never_executed() {
        return Vec::new();
    }
    let mut out = Vec::new();
    for name in CONDITIONS {
        // What a recheck removes is worth a line, the condition itself repeats the one of the index.
        if name == "Recheck Cond" && node.number("Rows Removed by Index Recheck").unwrap_or(0.0) == 0.0 {
            continue;
        }
        if let Some(value) = node.property(name) {
            condition(&mut out, name, &shown(value), &removed(node, name), room);
        }
    }
    let facts: Vec<String> = figures.into_iter().chain(facts(node)).collect();
    out.extend(wrap::items(&facts, ", ", room));
    let known = |p: &&PlanProperty| !CONDITIONS.contains(&p.name.as_str()) && !ELSEWHERE.contains(&p.name.as_str());
    for property in node.properties.iter().filter(known) {
        condition(&mut out, &property.name, &shown(&property.value), "", room);
    }
    out
}

fn shown(value: &PlanValue) -> String {
    match value {
        PlanValue::Text(text) => text.clone(),
        PlanValue::Number(number) => units::figure(*number),
        PlanValue::Flag(true) => "yes".into(),
        PlanValue::Flag(false) => "no".into(),
    }
}

/// `Filter: (status = 'open'), removes 99,800 of 100,000 rows`; what it removes is never cut away.
fn condition(out: &mut Vec<String>, name: &str, value: &str, removes: &str, room: usize) {
    let value = format!("{}: {}", escape::line(name), escape::line(value));
    let whole = format!("{value}{removes}");
    if whole.chars().count() <= room {
        out.push(whole.split_whitespace().collect::<Vec<_>>().join(" "));
        return;
    }
    out.push(wrap::shorten(&value, room));
    if let Some(removes) = removes.strip_prefix(", ") {
        out.push(removes.to_owned());
    }
}

/// Rows removed are means per loop (`explain.c`, `show_instrumentation_count`); rows kept are totals here.
fn removed(node: &PlanNode, condition: &str) -> String {
    let name = match condition {
        "Filter" => "Rows Removed by Filter",
        "Join Filter" => "Rows Removed by Join Filter",
        "Recheck Cond" => "Rows Removed by Index Recheck",
        "Conflict Filter" => "Rows Removed by Conflict Filter",
        _ => return String::new(),
    };
    let loops = node.actual.map_or(1.0, |actual| actual.loops);
    let total = node.number(name).unwrap_or(0.0) * loops;
    if total <= 0.0 {
        return String::new();
    }
    let about = if loops > 1.0 { "about " } else { "" };
    match node.rows {
        Some(kept) if condition == "Filter" => {
            format!(", removes {about}{} of {} rows", units::figure(total), units::figure(total + kept))
        }
        _ => format!(", removes {about}{} rows", units::figure(total)),
    }
}

fn facts(node: &PlanNode) -> Vec<String> {
    let mut out = Vec::new();
    let number = |name: &str| node.number(name);
    let positive = |name: &str| number(name).filter(|n| *n > 0.0);
    let kb = |n: f64| format!("{} kB", units::figure(n));
    if let Some(method) = node.text("Sort Method") {
        let space = number("Sort Space Used").map(kb).unwrap_or_default();
        let place = if node.text("Sort Space Type") == Some("Disk") { "on disk" } else { "in memory" };
        out.push(format!("{} {place} {space}", escape::line(method)).trim_end().to_owned());
    }
    for (name, word) in [("Full-sort Groups", "groups"), ("Pre-sorted Groups", "presorted groups")] {
        out.extend(positive(name).map(|n| format!("{} {word}", units::figure(n))));
    }
    for name in ["Full-sort Peak Disk", "Pre-sorted Peak Disk"] {
        out.extend(positive(name).map(|n| format!("peak on disk {}", kb(n))));
    }
    if let Some(batches) = number("Hash Batches").filter(|n| *n > 1.0) {
        let planned = number("Original Hash Batches").filter(|n| *n != batches);
        let planned = planned.map(|n| format!(" ({} planned)", units::figure(n))).unwrap_or_default();
        out.push(format!("{} batches{planned}", units::figure(batches)));
    }
    out.extend(number("HashAgg Batches").filter(|n| *n > 1.0).map(|n| format!("{} batches", units::figure(n))));
    out.extend(positive("Peak Memory Usage").map(|n| format!("memory {}", kb(n))));
    out.extend(positive("Disk Usage").map(|n| format!("on disk {}", kb(n))));
    if let (Some(hits), Some(misses)) = (number("Cache Hits"), number("Cache Misses")) {
        out.push(format!("{} hits, {} misses", units::figure(hits), units::figure(misses)));
    }
    out.extend(positive("Cache Evictions").map(|n| format!("{} evictions", units::figure(n))));
    out.extend(positive("Heap Fetches").map(|n| format!("{} heap fetches", units::figure(n))));
    out.extend(number("Index Searches").filter(|n| *n > 1.0).map(|n| format!("{} index searches", units::figure(n))));
    out.extend(positive("Lossy Heap Blocks").map(|n| format!("{} lossy blocks", units::figure(n))));
    out.extend(positive("Subplans Removed").map(|n| format!("{} partitions pruned at start", units::figure(n))));
    if let Some(planned) = number("Workers Planned") {
        out.push(match number("Workers Launched") {
            Some(launched) if launched < planned => {
                format!("only {} of {} workers launched", units::figure(launched), units::figure(planned))
            }
            Some(launched) => format!("{} launched", units::counted(launched as u64, "worker", "workers")),
            None => format!("{} planned", units::counted(planned as u64, "worker", "workers")),
        });
    }
    if node.property("Disabled") == Some(&PlanValue::Flag(true)) {
        out.push("disabled by a setting, and chosen for want of another way".into());
    }
    usage(node, &mut out);
    if node.self_tolerance_ms >= 0.5 && node.self_ms.is_some_and(|ms| ms <= node.self_tolerance_ms) {
        out.push(format!("time is rounded: within {}", units::duration(node.self_tolerance_ms)));
    }
    out
}

fn usage(node: &PlanNode, out: &mut Vec<String>) {
    if let Some(b) = node.own_usage.buffers {
        let io = node.own_usage.io.unwrap_or_default();
        let timed = |ms: f64| if ms >= 0.05 { format!(" in {}", units::duration(ms)) } else { String::new() };
        let parts = [
            ("read", b.shared_read_blocks + b.local_read_blocks, io.shared_read_ms + io.local_read_ms),
            ("written", b.shared_written_blocks + b.local_written_blocks, io.shared_write_ms + io.local_write_ms),
            ("temp read", b.temp_read_blocks, io.temp_read_ms),
            ("temp written", b.temp_written_blocks, io.temp_write_ms),
        ];
        for (what, n, ms) in parts {
            if n > 0.0 {
                out.push(format!("{what} {}{}", size(n), timed(ms)));
            }
        }
    }
    if let Some(wal) = node.own_usage.wal.filter(|wal| wal.bytes > 0.0) {
        out.push(format!("WAL {}", units::bytes(wal.bytes as u64)));
    }
}
