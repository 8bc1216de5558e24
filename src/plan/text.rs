//! The text format: one line a node, indented lines for its properties.

use super::ScanFact;

/// A node's line has costs or actuals after two blanks; a property has a key and a colon. Only the first line and lines with
/// an arrow are nodes, so that a literal that looks like one (inside a filter) is none.
pub(super) fn nodes(body: &str) -> Vec<ScanFact> {
    let mut nodes: Vec<ScanFact> = Vec::new();
    for line in body.lines() {
        let trimmed = line.trim_start();
        let arrow = trimmed.strip_prefix("->").map(str::trim_start);
        let head = if nodes.is_empty() { arrow.or(Some(trimmed)) } else { arrow };
        if let Some(head) = head
            && let Some(numbers) = head.find("  (").map(|at| &head[at..])
            && ["  (cost=", "  (actual ", "  (never executed)"].iter().any(|start| numbers.starts_with(start))
        {
            nodes.push(node(&head[..head.len() - numbers.len()], numbers));
        } else if let (Some(node), Some((key, value))) = (nodes.last_mut(), trimmed.split_once(": ")) {
            property(node, key, value);
        }
    }
    nodes
}

fn node(title: &str, numbers: &str) -> ScanFact {
    let mut fact = ScanFact { plan_rows: number(numbers, "(cost=", "rows="), ..ScanFact::default() };
    if numbers.contains("(never executed)") {
        (fact.rows, fact.loops) = (Some(0.0), Some(0.0));
    } else {
        fact.rows = number(numbers, "(actual ", "rows=");
        fact.loops = number(numbers, "(actual ", "loops=");
    }
    let (before, target) = title.split_once(" on ").map_or((title, None), |(before, after)| (before, Some(after)));
    let (name, using) = before.split_once(" using ").map_or((before, None), |(name, index)| (name, Some(index)));
    fact.node = name.to_owned();
    fact.index = using.map(str::to_owned);
    // The alias follows the relation when it differs.
    let target = target.map(first_name);
    if name.ends_with("Bitmap Index Scan") {
        fact.index = target;
    } else if !is_no_relation(name) {
        fact.relation = target;
    }
    fact
}

/// These name a function, a CTE or a sub-select instead.
pub(super) fn is_no_relation(node: &str) -> bool {
    ["CTE Scan", "WorkTable Scan", "Function Scan", "Subquery Scan", "Values Scan", "Named Tuplestore Scan"]
        .iter()
        .any(|name| node.ends_with(name))
}

/// Up to the first blank that is not inside a quoted name.
fn first_name(text: &str) -> String {
    let mut quoted = false;
    let end = text.find(|char: char| {
        quoted ^= char == '"';
        char == ' ' && !quoted
    });
    text[..end.unwrap_or(text.len())].to_owned()
}

/// The number behind `key` inside the parentheses that begin with `start`.
fn number(numbers: &str, start: &str, key: &str) -> Option<f64> {
    let inside = &numbers[numbers.find(start)?..];
    let inside = &inside[..inside.find(')')?];
    let value = &inside[inside.find(key)? + key.len()..];
    value.split(|char: char| char != '.' && !char.is_ascii_digit()).next()?.parse().ok()
}

fn property(node: &mut ScanFact, key: &str, value: &str) {
    match key {
        "Filter" => node.filter = Some(value.to_owned()),
        "Index Cond" | "Hash Cond" | "Merge Cond" | "TID Cond" => node.condition = Some(value.to_owned()),
        "Recheck Cond" if node.condition.is_none() => node.condition = Some(value.to_owned()),
        "Rows Removed by Filter" => node.rows_removed_by_filter = value.trim().parse().ok(),
        "Sort Key" => node.sort_key = Some(value.to_owned()),
        "Sort Method" => {
            let (method, space) = value.split_once("  ").unwrap_or((value, ""));
            node.sort_method = Some(method.to_owned());
            node.disk_kb = disk(space).or(node.disk_kb);
        }
        // `Buckets: 131072  Batches: 4  Memory Usage: 3529kB`, `Batches: 5  Memory Usage: 8241kB  Disk Usage: 4128kB`
        "Batches" | "Planned Partitions" => node.disk_kb = disk(value).or(node.disk_kb),
        _ => {}
    }
}

fn disk(text: &str) -> Option<u64> {
    let after = text.split_once("Disk")?.1;
    after.trim_start_matches(" Usage").strip_prefix(": ")?.split("kB").next()?.parse().ok()
}
