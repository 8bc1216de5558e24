//! Matched nodes in; pairs in reading order with what differs, out.

use super::matching::Matching;
use super::totals::blocks;
use super::{Basis, Change, Measured, Pair, Side, What};
use crate::plan::model::{Key, Node, NodeId, Property, Role, Text, Value};

/// Properties whose change is told; what is measured is not among them.
const TOLD: [Key; 32] = [
    Key::IndexCond,
    Key::TidCond,
    Key::RecheckCond,
    Key::Filter,
    Key::HashCond,
    Key::MergeCond,
    Key::JoinFilter,
    Key::OneTimeFilter,
    Key::OrderBy,
    Key::SortKey,
    Key::PresortedKey,
    Key::GroupKey,
    Key::HashKey,
    Key::CacheKey,
    Key::CacheMode,
    Key::RunCondition,
    Key::FunctionCall,
    Key::RemoteSql,
    Key::SamplingMethod,
    Key::SamplingParameters,
    Key::ConflictResolution,
    Key::ConflictArbiterIndexes,
    Key::SortMethod,
    Key::SortSpaceType,
    Key::HashBatches,
    Key::HashAggBatches,
    Key::PlannedPartitions,
    Key::SubplansRemoved,
    Key::WorkersPlanned,
    Key::WorkersLaunched,
    Key::SingleCopy,
    Key::Disabled,
];

pub(super) fn pairs(old: Side, new: Side, matched: &Matching, basis: Basis) -> Vec<Pair> {
    let mut pairs = Vec::with_capacity(new.plan.nodes.len());
    let mut told = vec![false; old.plan.nodes.len()];
    let removed = |from: NodeId, told: &mut Vec<bool>, pairs: &mut Vec<Pair>| {
        let free = |id: &NodeId| matched.of_old[*id].is_none();
        for id in (from..old.plan.nodes.len()).take_while(free) {
            if std::mem::replace(&mut told[id], true) {
                break;
            }
            pairs.push(Pair {
                old: Some(id),
                new: None,
                changes: Vec::new(),
                before: Some(measured(old, id, basis)),
                after: None,
            });
        }
    };
    removed(0, &mut told, &mut pairs);
    for id in 0..new.plan.nodes.len() {
        let partner = matched.of_new[id];
        pairs.push(Pair {
            old: partner,
            new: Some(id),
            changes: partner.map(|partner| changes(&old.plan.nodes[partner], &new.plan.nodes[id])).unwrap_or_default(),
            before: partner.map(|partner| measured(old, partner, basis)),
            after: Some(measured(new, id, basis)),
        });
        if let Some(partner) = partner {
            removed(partner + 1, &mut told, &mut pairs);
        }
    }
    pairs
}

fn measured(side: Side, id: NodeId, basis: Basis) -> Measured {
    let (node, figures) = (&side.plan.nodes[id], &side.figures.nodes[id]);
    let blocks = (side.plan.has.buffers && node.actual.is_some()).then(|| blocks(&figures.usage.buffers));
    Measured {
        wall_ms: figures.wall_ms,
        self_ms: figures.self_ms,
        rows: figures.rows,
        loops: node.actual.map(|actual| actual.loops),
        processes: figures.processes,
        estimated_rows: node.estimate.map(|estimate| estimate.rows),
        blocks,
        cost: figures.cost,
        amount: match basis {
            Basis::Time => figures.self_ms,
            Basis::Blocks => blocks,
            Basis::Cost => figures.cost,
            Basis::Shape => None,
        },
    }
}

fn changes(old: &Node, new: &Node) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut add = |what: What, old: Option<String>, new: Option<String>| {
        if old != new {
            changes.push(Change { what, old, new });
        }
    };
    add(What::Kind, Some(old.title()), Some(new.title()));
    let name = |index: &Option<Text>| index.as_deref().map(str::to_owned);
    add(What::Index, name(&old.index), name(&new.index));
    add(What::Role, Some(role(old.role).to_owned()), Some(role(new.role).to_owned()));
    let find =
        |properties: &[Property], key: &Key| properties.iter().find(|p| p.key == *key).map(|p| written(&p.value));
    let names = [old.name(), new.name()];
    for key in &TOLD {
        let (before, after) = (find(&old.properties, key), find(&new.properties, key));
        if !before.as_deref().zip(after.as_deref()).is_some_and(|(a, b)| is_same(a, b, names)) {
            add(What::Property(key.clone()), before, after);
        }
    }
    changes
}

/// VERBOSE qualifies all columns; without it those of other tables are, or none if there are no others (`explain.c`,
/// `show_qual`): that is no change.
fn is_same(old: &str, new: &str, [was, is]: [Option<&str>; 2]) -> bool {
    let any = |_: &str| true;
    old == new
        || unqualified(old, |table| Some(table) == was) == unqualified(new, |table| Some(table) == is)
        || unqualified(old, any) == new
        || old == unqualified(new, any)
}

/// Without those table names before columns that are `meant`; literals are left alone.
fn unqualified(text: &str, meant: impl Fn(&str) -> bool) -> String {
    let bytes = text.as_bytes();
    let mut bare = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            quote @ (b'\'' | b'"') => {
                bytes[at + 1..].iter().position(|&b| b == quote).map_or(bytes.len(), |length| at + length + 2)
            }
            first if is_word(first) => at + bytes[at..].iter().take_while(|&&b| is_word(b)).count(),
            _ => at + 1,
        };
        let word = &text[at..end];
        let is_name = bytes[at] == b'"' || (is_word(bytes[at]) && !bytes[at].is_ascii_digit());
        if is_name && bytes.get(end) == Some(&b'.') && meant(word.trim_matches('"')) {
            at = end + 1;
        } else {
            bare.push_str(word);
            at = end;
        }
    }
    bare
}

/// Everything beyond ASCII is a letter, so that no character is cut.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

fn written(value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Root => "root",
        Role::Outer => "outer side",
        Role::Inner => "inner side",
        Role::Member => "member",
        Role::Subquery => "subquery",
        Role::InitPlan => "InitPlan",
        Role::SubPlan => "SubPlan",
        Role::Cte => "CTE",
        Role::Other => "part",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualified_names_are_the_same() {
        let same = |a: &str, b: &str| is_same(a, b, [Some("t"), Some("t")]);
        assert!(same("((t.a = 1.5) AND (\"T x\".b ~ 'x.y'::text))", "((a = 1.5) AND (b ~ 'x.y'::text))"));
        assert!(same("(tä.größe > $1)", "(größe > $1)"));
        assert!(same("(t.a = u.b)", "(a = u.b)"));
        assert!(!same("(a.id = b.id)", "(a.id = c.id)"));
        assert!(!same("(t.a = u.b)", "(a = v.b)"));
        assert!(!same("(t.a = 'u.b')", "(t.a = 'b')"));
        assert_eq!(unqualified("'never closed", |_| true), "'never closed");
    }
}
