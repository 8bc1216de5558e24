//! A scan of a plan, without a catalog, in; what only a catalog could settle about an index for it, out.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::plan::model::{Kind, NodeId, Plan};
use crate::rules::context::KnownPlan;
use crate::sql::facts::{Facts, Relation, RelationName};
use crate::sql::{Lexer, TokenKind};

use super::condition::{Names, conjuncts};
use super::statement::{own_conditions, statement};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doubt {
    /// Columns that the plan casts to text to compare them with what may be a value of another type, and that value: a varchar column
    /// is printed so, and so is a cast in the query.
    pub labels: BTreeMap<String, String>,
    pub partitions: Option<Partitions>,
}

/// The table that is scanned is one of several partitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partitions {
    /// One of them.
    pub partition: String,
    pub parent: Parent,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parent {
    /// The query names it.
    Named(RelationName),
    /// Its name in the plan: the table's, or an alias.
    Called(String),
    Unknown,
}

/// Of all scans that the statement stands for.
pub fn doubt_of_statement<'p>(
    plans: impl Iterator<Item = &'p KnownPlan>,
    wanted: &str,
    facts: Option<&Facts>,
) -> Doubt {
    let mut all = Doubt::default();
    for plan in plans.map(|known| &known.plan) {
        let scans = (0..plan.nodes.len()).filter(|id| plan.nodes[*id].kind.is_table_scan());
        for scan in scans.filter(|scan| statement(plan, *scan, None).as_deref() == Some(wanted)) {
            all.labels.extend(labels(plan, scan));
            all.partitions = all.partitions.or_else(|| partitions(plan, scan, facts));
        }
    }
    all
}

pub fn labels(plan: &Plan, scan: NodeId) -> BTreeMap<String, String> {
    let node = &plan.nodes[scan];
    let casts: RefCell<BTreeSet<String>> = RefCell::default();
    let relabels = |column: &str| {
        casts.borrow_mut().insert(column.to_owned());
        true
    };
    let names = Names { own: node.name().unwrap_or_default(), relabels: &relabels };
    let mut found = BTreeMap::new();
    for conjunct in own_conditions(node).flat_map(super::condition::printed) {
        casts.borrow_mut().clear();
        conjuncts(&conjunct, names);
        let literal = Lexer::new(conjunct.as_bytes())
            .filter(|token| token.kind == TokenKind::String)
            .map(|token| conjunct[token.start..token.end].trim_matches('\''))
            .find(|literal| is_of_another_type(literal));
        if let Some(literal) = literal {
            found.extend(casts.take().into_iter().map(|column| (column, literal.to_owned())));
        }
    }
    found
}

/// A number, a date, a uuid.
fn is_of_another_type(literal: &str) -> bool {
    let groups: Vec<usize> = literal.split('-').map(str::len).collect();
    let is_uuid = groups == [8, 4, 4, 4, 12] && literal.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit());
    let date = literal.bytes().all(|b| b.is_ascii_digit() || b"-+:. ".contains(&b));
    is_uuid || (date && literal.bytes().any(|b| b.is_ascii_digit()))
}

/// Partitions are printed under the name or alias of their parent with a number behind it (`ruleutils.c`, `set_rtable_names`); tables
/// that a UNION puts together have names of their own.
fn partitions(plan: &Plan, scan: NodeId, facts: Option<&Facts>) -> Option<Partitions> {
    let append =
        plan.nodes[scan].parent.filter(|id| matches!(plan.nodes[*id].kind, Kind::Append | Kind::MergeAppend))?;
    let scans: Vec<_> = plan.inputs(append).map(|id| &plan.nodes[id]).filter(|node| node.relation.is_some()).collect();
    let relations: BTreeSet<_> = scans.iter().map(|node| (&node.schema, &node.relation)).collect();
    if relations.len() < 2 {
        return None;
    }
    let stems: Option<BTreeSet<&str>> = scans.iter().map(|node| stem(node.name()?)).collect();
    let renamed = scans.iter().any(|node| node.name() != node.relation.as_deref());
    let parent = match stems.as_ref().map(|stems| stems.iter().collect::<Vec<_>>()).as_deref() {
        Some([stem]) => match facts.and_then(|facts| named(facts, stem)) {
            Some(name) => Parent::Named(name),
            None if renamed && facts.is_none() => Parent::Called((**stem).to_owned()),
            None => Parent::Unknown,
        },
        _ => Parent::Unknown,
    };
    Some(Partitions { partition: plan.nodes[scan].relation.clone()?.into(), parent })
}

/// `events` of `events_3`.
fn stem(name: &str) -> Option<&str> {
    let (stem, number) = name.rsplit_once('_')?;
    (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some(stem)
}

/// The table that the query calls so.
fn named(facts: &Facts, alias: &str) -> Option<RelationName> {
    let sources = facts.blocks.iter().flat_map(|block| &block.sources).filter(|source| source.alias == alias);
    let mut tables = sources.filter_map(|source| match &source.relation {
        Relation::Table(name) => Some(name.clone()),
        _ => None,
    });
    let first = tables.next()?;
    tables.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::read;

    fn plan(text: &str) -> Plan {
        read(text.as_bytes()).plans.remove(0)
    }

    #[test]
    fn what_may_be_a_number_in_text() {
        let of = |condition: &str| {
            let plan = plan(&format!("Seq Scan on t  (cost=0.00..1.00 rows=1 width=4)\n  Filter: {condition}"));
            labels(&plan, 0).into_iter().collect::<Vec<_>>()
        };
        let one = |column: &str, value: &str| vec![(column.to_owned(), value.to_owned())];
        assert_eq!(of("((customer_id)::text = '77'::text)"), one("customer_id", "77"));
        assert_eq!(of("((a = 5) AND ((zip)::text = '00077'::text))"), one("zip", "00077"));
        assert_eq!(of("((day)::text >= '2026-01-01'::text)"), one("day", "2026-01-01"));
        assert_eq!(of("((status)::text = 'open'::text)"), []);
        assert_eq!(of("((status)::text = $1)"), []);
        assert_eq!(of("((name = '77'::text) AND ((status)::text = 'open'::text))"), []);
    }

    #[test]
    fn the_parent_of_partitions() {
        let of = |names: [&str; 2], query: Option<&str>| {
            let scan =
                |name| format!("  ->  Seq Scan on {name}  (cost=0.00..1.00 rows=1 width=4)\n        Filter: (a = 1)\n");
            let text = format!("Append  (cost=0.00..2.00 rows=2 width=4)\n{}{}", scan(names[0]), scan(names[1]));
            let facts = query.map(crate::sql::facts);
            partitions(&plan(&text), 1, facts.as_ref()).map(|found| found.parent)
        };
        let events = || Parent::Named(RelationName { schema: None, name: "events".to_owned() });
        let aliased = ["events_jan e_1", "events_feb e_2"];
        assert_eq!(of(aliased, Some("SELECT * FROM events e WHERE a = 1")), Some(events()));
        assert_eq!(of(aliased, None), Some(Parent::Called("e".to_owned())));
        assert_eq!(of(["events_1", "events_2"], Some("SELECT * FROM events WHERE a = 1")), Some(events()));
        assert_eq!(of(["events_1", "events_2"], None), Some(Parent::Unknown));
        let union = "SELECT * FROM events_1 WHERE a = 1 UNION ALL SELECT * FROM events_2 WHERE a = 1";
        assert_eq!(of(["events_1", "events_2"], Some(union)), Some(Parent::Unknown));
        assert_eq!(of(["events", "events e_1"], None), None);
    }
}
