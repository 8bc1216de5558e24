//! Plans and figures in; by what they can be compared, how they do by it, and what to know about it, out.

use std::collections::BTreeMap;

use super::{Basis, Setting, Side, Totals, Verdict};
use crate::plan::model::{Buffers, Key, Plan};

pub(super) fn basis(old: Side, new: Side) -> Basis {
    let both = |has: fn(Side) -> bool| has(old) && has(new);
    if both(|side| side.figures.base_ms.is_some()) {
        Basis::Time
    } else if both(|side| side.plan.has.analyze && side.plan.has.buffers) {
        Basis::Blocks
    } else if both(|side| root_cost(side.plan).is_some()) {
        Basis::Cost
    } else {
        Basis::Shape
    }
}

pub(super) fn totals(side: Side, basis: Basis) -> Totals {
    let Side { plan, figures } = side;
    let root = plan.nodes.first();
    let ran = root.and_then(|root| root.actual);
    let usage = root.filter(|_| plan.has.buffers && ran.is_some()).map(|root| &root.usage.buffers);
    let totals = Totals {
        amount: None,
        planning_ms: plan.planning_ms,
        execution_ms: plan.execution_ms.or(figures.base_ms),
        cost: root_cost(plan),
        blocks: usage.map(blocks),
        read_blocks: usage.map(|b| b.shared.read + b.local.read),
        temp_blocks: usage.map(|b| b.temp_read + b.temp_written),
        rows_read: ran.map(|_| rows_read(side)),
        rows: ran.map(|actual| actual.rows * actual.loops),
    };
    let amount = match basis {
        Basis::Time => figures.base_ms,
        Basis::Blocks => totals.blocks,
        Basis::Cost => totals.cost,
        Basis::Shape => None,
    };
    Totals { amount, ..totals }
}

/// Within 10 %, 1 ms or 10 blocks it is noise; costs have none, but statistics are samples.
pub(super) fn verdict(old: &Totals, new: &Totals, basis: Basis) -> Verdict {
    let (Some(before), Some(after)) = (old.amount, new.amount) else { return Verdict::Unknown };
    let (part, least) = match basis {
        Basis::Time => (0.1, 1.0),
        Basis::Blocks => (0.1, 10.0),
        Basis::Cost | Basis::Shape => (0.01, 0.01),
    };
    let delta = after - before;
    if delta.abs() <= part * before.max(after) || delta.abs() < least {
        Verdict::Same
    } else if delta < 0.0 {
        Verdict::Faster
    } else {
        Verdict::Slower
    }
}

type Test = fn(Side) -> bool;

/// What the plans themselves leave open.
pub(super) fn notes(old: Side, new: Side, basis: Basis) -> Vec<String> {
    let mut notes = Vec::new();
    let has: [(&str, Test); 3] = [
        ("was executed (EXPLAIN ANALYZE)", |side| side.plan.has.analyze),
        ("has times (TIMING)", |side| side.figures.base_ms.is_some()),
        ("counts blocks (BUFFERS)", |side| side.plan.has.buffers),
    ];
    // Without execution there are no times either: one sentence is enough.
    for (what, test) in has {
        let which = match (test(old), test(new)) {
            (true, false) => "old",
            (false, true) => "new",
            _ => continue,
        };
        let by = match basis {
            Basis::Time => "compared by time",
            Basis::Blocks => "compared by blocks",
            Basis::Cost => "compared by cost, which is an estimate",
            Basis::Shape => "only the shapes are compared",
        };
        notes.push(format!("only the {which} plan {what}: {by}"));
        break;
    }
    if let (Some(a), Some(b)) = (root_rows(old), root_rows(new))
        && a != b
    {
        notes.push(format!("the old plan gave {a} rows, the new one {b}: was it the same query on the same data?"));
    }
    notes
}

pub(super) fn settings(old: &Plan, new: &Plan) -> Vec<Setting> {
    let map = |plan: &Plan| -> BTreeMap<String, String> {
        plan.settings.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
    };
    let (before, after) = (map(old), map(new));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let setting =
        |name: &String| Setting { name: name.clone(), old: before.get(name).cloned(), new: after.get(name).cloned() };
    names.into_iter().map(setting).filter(|setting| setting.old != setting.new).collect()
}

/// Asked for, in shared memory or not.
pub(super) fn blocks(buffers: &Buffers) -> f64 {
    let Buffers { shared, local, temp_read, temp_written } = buffers;
    shared.hit + shared.read + local.hit + local.read + temp_read + temp_written
}

fn root_cost(plan: &Plan) -> Option<f64> {
    Some(plan.nodes.first()?.estimate?.total_cost)
}

fn root_rows(side: Side) -> Option<f64> {
    side.figures.nodes.first()?.rows
}

/// Means per loop times loops; a recheck's and a filter's victims were looked at too.
fn rows_read(side: Side) -> f64 {
    let removed = [Key::RowsRemovedByFilter, Key::RowsRemovedByIndexRecheck];
    let scans = side.plan.nodes.iter().filter(|node| node.kind.is_table_scan());
    scans
        .filter_map(|node| {
            let actual = node.actual?;
            let lost = removed.iter().filter_map(|key| node.number(key)).fold(0.0, |sum, rows| sum + rows);
            Some((actual.rows + lost) * actual.loops)
        })
        .fold(0.0, |sum, rows| sum + rows)
}
