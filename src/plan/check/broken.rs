//! A plan in; a property whose name is a known one but for a blank, out: its line was broken and put together again.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::super::model::{Key, Plan, Property};

/// Names that begin lines of the text format without being properties.
const OTHERS: [&str; 9] = [
    "Buffers",
    "I/O Timings",
    "WAL",
    "Planning Time",
    "Execution Time",
    "Heap Blocks",
    "Buckets",
    "Batches",
    "Settings",
];

/// Line and what is wrong.
pub(super) fn wrong(plan: &Plan) -> Option<(u32, String)> {
    let nodes = plan.nodes.iter().flat_map(|node| node.properties.iter().map(|property| (node.line, property)));
    let beside = plan.properties.iter().map(|property| (0, property));
    nodes.chain(beside).find_map(|(line, property)| {
        let name = whole(property)?;
        Some((line, format!("`{}` was `{name}`: a line was broken", property.key.name())))
    })
}

fn whole(property: &Property) -> Option<&'static str> {
    static WHOLE: OnceLock<FxHashMap<String, &str>> = OnceLock::new();
    let Key::Other(name) = &property.key else { return None };
    let whole = WHOLE.get_or_init(|| {
        Key::NAMES.iter().map(|(name, _)| *name).chain(OTHERS).map(|name| (squeezed(name), name)).collect()
    });
    whole.get(&squeezed(name)).copied().filter(|known| name.as_str() != *known)
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}
