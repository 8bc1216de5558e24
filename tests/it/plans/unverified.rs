//! Plans of servers that are not here, written after their documentation: no node is lost, what is unknown is kept.

use sqlsift::plan::read::read;

use super::corpus::folder;

/// File, titles of its nodes in order, and words that must not be lost.
const FILES: &[(&str, &[&str], &[&str])] = &[
    (
        "postgres-19.txt",
        &["Nested Loop", "Aggregate", "Seq Scan", "Seq Scan", "Seq Scan", "Memoize", "Index Only Scan"],
        &["InitPlan expr_1", "SubPlan any_1", "NESTED_LOOP_MEMOIZE(c)", "Estimated Hit Percent", "PrefetchCapacity"],
    ),
    (
        "timescale.txt",
        &["Custom Scan (ChunkAppend)", "Index Scan", "Custom Scan (DecompressChunk)", "Seq Scan"],
        &["Chunks excluded during startup", "Vectorized Filter", "Startup Exclusion"],
    ),
    (
        "citus.txt",
        &["Custom Scan (Citus Adaptive)", "Task", "Aggregate", "Seq Scan"],
        &["Tasks Shown", "host=10.0.0.2", "Tuple data received from node"],
    ),
    ("greenplum.txt", &["Gather Motion 3:1", "Hash Join", "Seq Scan", "Hash", "Seq Scan"], &["Optimizer", "slice1"]),
];

#[test]
fn plans_of_other_servers_keep_their_nodes_and_words() {
    let mut wrong = Vec::new();
    for (file, titles, words) in FILES {
        let text = std::fs::read_to_string(folder().join("unverified").join(file)).expect("written");
        let reading = read(text.as_bytes());
        let found: Vec<String> = reading.plans.iter().flat_map(|plan| &plan.nodes).map(|node| node.title()).collect();
        if found != *titles {
            wrong.push(format!("{file}: {found:?}\n{:?}", reading.warnings));
        }
        let warnings = reading.plans.iter().flat_map(|plan| &plan.warnings).chain(&reading.warnings);
        wrong.extend(warnings.map(|warning| format!("{file}: line {}: {}", warning.line, warning.message)));
        let all = format!("{:?}", reading.plans).replace("EstimatedHitPercent", "Estimated Hit Percent");
        wrong.extend(words.iter().filter(|word| !all.contains(*word)).map(|word| format!("{file}: {word} is lost")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
