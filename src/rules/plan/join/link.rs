//! Whether anything ties the two sides of a nested loop together.

use std::collections::BTreeSet;

use crate::plan::model::{Join, Key, Kind, Node, NodeId, Plan, Value};
use crate::sql::{Lexer, TokenKind};

/// No condition and no parameter: every outer row meets every inner row. Sides of one row and those that make rows out of nothing
/// (functions, VALUES) are meant to be joined so.
pub fn is_unlinked(plan: &Plan, id: NodeId) -> bool {
    let node = &plan.nodes[id];
    let sides: Vec<NodeId> = plan.inputs(id).collect();
    let [outer, inner] = sides[..] else { return false };
    let plain = node.join.is_none_or(|join| join == Join::Inner) && node.value(&Key::JoinFilter).is_none();
    plain
        && [outer, inner].iter().all(|side| reads_a_table(plan, *side) && !is_single(&plan.nodes[*side]))
        && !refers(plan, inner, outer)
        && !same_constant(plan, outer, inner)
}

fn reads_a_table(plan: &Plan, side: NodeId) -> bool {
    let of_table = |node: &Node| node.kind.is_table_scan() || matches!(node.kind, Kind::CteScan | Kind::ForeignScan);
    plan.subtree(side).any(|id| of_table(&plan.nodes[id]))
}

fn is_single(node: &Node) -> bool {
    let rows = node.actual.map(|a| a.rows).or(node.estimate.map(|e| e.rows)).unwrap_or(0.0);
    let planned = node.estimate.map_or(rows, |e| e.rows);
    rows <= 1.0 || planned <= 1.0 || matches!(node.kind, Kind::Limit)
}

/// The inner side names a relation of the outer side, or a parameter that stands for one.
fn refers(plan: &Plan, inner: NodeId, outer: NodeId) -> bool {
    let outside: BTreeSet<&str> = plan.subtree(outer).filter_map(|id| plan.nodes[id].name()).collect();
    let within: BTreeSet<&str> = plan.subtree(inner).filter_map(|id| plan.nodes[id].name()).collect();
    plan.subtree(inner).any(|id| {
        let node = &plan.nodes[id];
        let texts = node.properties.iter().filter(|p| p.key != Key::Output).filter_map(|p| match &p.value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        });
        let outputs = node.text(&Key::Output).filter(|_| node.kind != Kind::Memoize);
        texts.chain(outputs).any(|text| {
            text.contains('$')
                || qualifiers(text)
                    .iter()
                    .any(|name| outside.contains(name.as_str()) && !within.contains(name.as_str()))
        })
    })
}

/// `a.id = 7` on one side and `b.a_id = 7` on the other: the planner put the constant in the place of the join condition.
fn same_constant(plan: &Plan, outer: NodeId, inner: NodeId) -> bool {
    let constants =
        |side: NodeId| -> BTreeSet<String> { plan.subtree(side).flat_map(|id| equals(&plan.nodes[id])).collect() };
    !constants(outer).is_disjoint(&constants(inner))
}

fn equals(node: &Node) -> Vec<String> {
    let texts = [Key::IndexCond, Key::RecheckCond, Key::Filter].into_iter().filter_map(|key| node.text(&key));
    let mut found = Vec::new();
    for text in texts {
        for part in crate::rules::plan::scan::condition::printed(text) {
            if let Some((_, value)) = part.split_once(" = ") {
                found.push(value.split("::").next().unwrap_or(value).trim_matches(['(', ')', ' ', '\'']).to_owned());
            }
        }
    }
    found
}

/// Names that stand in front of a dot: the relations whose columns a condition names. Unquoted.
pub fn qualifiers(text: &str) -> BTreeSet<String> {
    let tokens: Vec<_> = Lexer::new(text.as_bytes()).filter(|token| token.kind != TokenKind::Comment).collect();
    let is_name = |kind: TokenKind| matches!(kind, TokenKind::Word | TokenKind::QuotedIdentifier);
    tokens
        .windows(3)
        .filter(|w| is_name(w[0].kind) && w[1].kind == TokenKind::Dot && is_name(w[2].kind))
        .filter_map(|w| text.get(w[0].start..w[0].end))
        .map(crate::rules::plan::scan::condition::unquoted)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_front_of_a_dot() {
        let names = |text| qualifiers(text).into_iter().collect::<Vec<_>>();
        assert_eq!(names("(o.customer_id = c.id)"), ["c", "o"]);
        assert_eq!(names("(\"My o\".x = 'a.b'::text)"), ["My o"]);
        assert!(names("(x > 1.5)").is_empty());
    }
}
