//! The bytes of a logged plan in; a key of its shape out, without a parse: for telling plans of one query apart while a log
//! is read.

use memchr::memchr_iter;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Lines of the structured formats that say what a node is and what it reads, without the marks before them.
const NAMES: [&[u8]; 3] = [b"Node", b"Relation", b"Index"];

/// Two plans that have this in common have the same nodes over the same tables and indexes, in the same format. Costs, times
/// and conditions do not count.
pub fn shape_key(body: &[u8]) -> u64 {
    let structured = matches!(body.trim_ascii_start().first(), Some(b'{' | b'[' | b'<')) || is_yaml(body);
    let mut key = 0;
    let mut start = 0;
    for end in memchr_iter(b'\n', body).chain([body.len()]) {
        let line = body[start..end].trim_ascii_start();
        let node = if structured { named(line) } else { node(line, start == 0) };
        if let Some(node) = node {
            key = xxh3_64_with_seed(node, key);
        }
        start = end + 1;
    }
    key
}

/// `Plan: ` stands alone on its line.
fn is_yaml(body: &[u8]) -> bool {
    let first = body.split(|b| *b == b'\n').next().unwrap_or_default().trim_ascii();
    matches!(first, b"Plan:" | b"- Plan:")
}

/// A node of the text format: the root is the first line, all others have an arrow.
fn node(line: &[u8], first: bool) -> Option<&[u8]> {
    if !first && !line.starts_with(b"->") {
        return None;
    }
    let end = line.windows(3).position(|w| w == b"  (").unwrap_or(line.len());
    Some(&line[..end])
}

/// `"Node Type": "Seq Scan",`, `Node Type: "Seq Scan"`, `<Node-Type>Seq Scan</Node-Type>`
fn named(line: &[u8]) -> Option<&[u8]> {
    let name = line.strip_prefix(b"\"").or_else(|| line.strip_prefix(b"<")).unwrap_or(line);
    let name = name.strip_prefix(b"- ").unwrap_or(name);
    NAMES.iter().any(|start| name.starts_with(start)).then_some(name.trim_ascii_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"Sort  (cost=1.0..2.0 rows=1 width=4) (actual time=0.1..0.2 rows=1 loops=1)
  Sort Key: a
  ->  Index Scan using t_a on t  (cost=0.5..1 rows=2 width=4)
        Filter: (b = 5)";

    #[test]
    fn figures_and_conditions_do_not_count_nodes_do() {
        let key = shape_key(TEXT);
        let text = String::from_utf8(TEXT.to_vec()).unwrap();
        assert_eq!(shape_key(text.replace("rows=1 ", "rows=9 ").replace("b = 5", "b = 7").as_bytes()), key);
        assert_eq!(shape_key(text.replace("\n", "\n\t").as_bytes()), key);
        assert_ne!(shape_key(text.replace("t_a", "t_b").as_bytes()), key);
        assert_ne!(shape_key(text.replace("Index Scan", "Index Only Scan").as_bytes()), key);
    }

    #[test]
    fn the_structured_formats_have_one_too() {
        for body in [
            "{\n  \"Plan\": {\n    \"Node Type\": \"Seq Scan\",\n    \"Relation Name\": \"t\",\n    \"Plan Rows\": 5\n  }\n}",
            "Plan: \n  Node Type: \"Seq Scan\"\n  Relation Name: \"t\"\n  Plan Rows: 5",
            "<explain>\n  <Plan>\n    <Node-Type>Seq Scan</Node-Type>\n    <Relation-Name>t</Relation-Name>\n    <Plan-Rows>5",
        ] {
            let key = shape_key(body.as_bytes());
            assert_ne!(key, 0);
            assert_eq!(shape_key(body.replace('5', "7").as_bytes()), key);
            assert_ne!(shape_key(body.replace("Seq", "Tid").as_bytes()), key);
        }
    }
}
