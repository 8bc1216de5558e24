//! Two plans side by side: what explains the difference first, then both trees in one, with the figures of both.

use super::columns::{Base, size};
use super::outline::Pen;
use super::{Drawing, Lines, tree};
use crate::report::escape;
use crate::report::model::{PlanChange, PlanComparison, PlanNode, PlanPair, PlanReport, Report, Severity};
use crate::report::render::palette::paint;
use crate::report::render::table::{View, heading};
use crate::report::render::wrap;
use crate::report::units;

/// Least room for guides and titles.
const TITLES: usize = 40;

struct Sides<'a> {
    old: &'a PlanReport,
    new: &'a PlanReport,
    arrow: &'static str,
}

struct Row<'a> {
    pair: &'a PlanPair,
    old: Option<&'a PlanNode>,
    new: Option<&'a PlanNode>,
}

pub fn render(comparison: &PlanComparison, report: &Report, view: &View, drawing: Drawing) -> String {
    let plan = |id: &str| report.plans.iter().find(|plan| plan.id == id);
    let (Some(old), Some(new)) = (plan(&comparison.old.plan), plan(&comparison.new.plan)) else { return String::new() };
    let arrow = if drawing.lines == Lines::Unicode { "→" } else { "->" };
    let sides = Sides { old, new, arrow };
    let place = |plan: &PlanReport| escape::line(&format!("{}:{}", plan.path, plan.line)).into_owned();
    let mut out = heading(view, "COMPARISON", "");
    labelled(&mut out, "old", &place(old), view);
    labelled(&mut out, "new", &place(new), view);
    let said = |text: &str| {
        let text = escape::line(text).into_owned();
        if drawing.lines == Lines::Ascii { text.replace('→', "->") } else { text }
    };
    labelled(&mut out, "result", &said(&comparison.headline), view);
    for (i, one) in comparison.explanations.iter().take(view.top).enumerate() {
        labelled(&mut out, if i == 0 { "because" } else { "" }, &said(&one.text), view);
    }
    let left = comparison.explanations.len().saturating_sub(view.top);
    if left > 0 {
        labelled(&mut out, "", &format!("{left} more in the JSON"), view);
    }
    sides.whole(&mut out, comparison, view);
    for setting in &comparison.settings {
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "the default".into());
        let text = format!("{}: {} {arrow} {}", setting.what, value(&setting.old), value(&setting.new));
        labelled(&mut out, "setting", &escape::line(&text), view);
    }
    for note in &comparison.notes {
        labelled(&mut out, "note", &said(note), view);
    }
    out.push('\n');
    sides.tree(&mut out, comparison, view, drawing);
    out
}

fn labelled(out: &mut String, label: &str, text: &str, view: &View) {
    for (i, line) in wrap::words(text, view.width - 10).iter().enumerate() {
        out.push_str(&format!("{:<10}{line}\n", if i == 0 { label } else { "" }));
    }
}

impl<'a> Sides<'a> {
    fn whole(&self, out: &mut String, comparison: &PlanComparison, view: &View) {
        let (old, new) = (&comparison.old, &comparison.new);
        let blocks = |label: &'static str, old: Option<f64>, new: Option<f64>| {
            let (old, new) = old.zip(new).filter(|(old, new)| old + new > 0.0)?;
            Some(format!("{label} {} {} {}", size(old), self.arrow, size(new)))
        };
        let rows = old
            .rows_read
            .zip(new.rows_read)
            .map(|(old, new)| format!("rows looked at {} {} {}", units::figure(old), self.arrow, units::figure(new)));
        let planning = old
            .planning_ms
            .zip(new.planning_ms)
            .map(|(old, new)| format!("planning {} {} {}", units::duration(old), self.arrow, units::duration(new)));
        let parts = [
            planning,
            blocks("buffers", old.blocks, new.blocks),
            blocks("from disk", old.read_blocks, new.read_blocks),
            blocks("temporary", old.temp_blocks, new.temp_blocks),
            rows,
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        for (i, line) in wrap::items(&parts, ", ", view.width - 10).iter().enumerate() {
            labelled(out, if i == 0 { "also" } else { "" }, line, view);
        }
    }

    fn tree(&self, out: &mut String, comparison: &'a PlanComparison, view: &View, drawing: Drawing) {
        let rows: Vec<Row<'a>> = comparison.nodes.iter().map(|pair| self.row(pair)).collect();
        let base = if Base::of(self.old) == Base::Time && Base::of(self.new) == Base::Time {
            Base::Time
        } else {
            Base::Nothing
        };
        let mut columns: Vec<(&str, Vec<String>)> = vec![
            (
                "self ms",
                rows.iter().map(|row| if base == Base::Time { self.both(row, time) } else { String::new() }).collect(),
            ),
            (
                "self cost",
                rows.iter().map(|row| if base == Base::Time { String::new() } else { self.both(row, cost) }).collect(),
            ),
            ("rows", rows.iter().map(|row| self.both(row, count)).collect()),
            ("buffers", rows.iter().map(|row| self.both(row, buffers)).collect()),
            ("loops", rows.iter().map(|row| self.both(row, loops)).collect()),
        ];
        columns.retain(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
        let width = |(heading, cells): &(&str, Vec<String>)| {
            cells.iter().map(|cell| cell.chars().count()).chain([heading.len()]).max().unwrap_or(0)
        };
        let digits = |plan: &PlanReport| plan.nodes.len().to_string().len();
        let (left_old, left_new) = (digits(self.old).max(3), digits(self.new).max(3));
        let left = 2 + left_old + 1 + left_new + 2;
        // What does not fit stands in the JSON; the last ones are the least telling.
        while columns.len() > 1 && left + TITLES + columns.iter().map(|c| width(c) + 2).sum::<usize>() > view.width {
            columns.pop();
        }
        let room = view.width.saturating_sub(left + columns.iter().map(|c| width(c) + 2).sum::<usize>());
        let leads = leads(&rows, drawing.lines, room);
        let longest = rows.iter().zip(&leads).map(|(row, lead)| lead.chars().count() + row.name().chars().count());
        let title = longest.max().unwrap_or(0).min(room).max(16);

        let mut head = format!("  {:>left_old$} {:>left_new$}  {:title$}", "old", "new", "");
        columns.iter().for_each(|column| head.push_str(&format!("  {:>width$}", column.0, width = width(column))));
        out.push_str(&format!("{}\n", paint(view.palette.dim, head.trim_end())));
        for (index, (row, lead)) in rows.iter().zip(&leads).enumerate() {
            let sign = row.sign();
            let style = match sign {
                '+' => view.palette.severity(Severity::Info),
                '-' => view.palette.dim,
                '~' => view.palette.heading,
                _ => anstyle::Style::new(),
            };
            let number = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
            let left = format!("{sign} {:>left_old$} {:>left_new$}  ", number(row.pair.old), number(row.pair.new));
            let names = tree::broken(&row.name(), title.saturating_sub(lead.chars().count()).max(12));
            let name = names.first().map(String::as_str).unwrap_or_default();
            let gap = title.saturating_sub(lead.chars().count() + name.chars().count());
            let mut line =
                format!("{}{}{}{:gap$}", paint(style, &left), paint(view.palette.dim, lead), paint(style, name), "");
            for column in &columns {
                line.push_str(&format!("  {:>width$}", column.1[index], width = width(column)));
            }
            out.push_str(&format!("{}\n", line.trim_end()));
            let indent = lead.chars().count() + left.chars().count();
            for name in names.iter().skip(1) {
                out.push_str(&format!("{:indent$} {}\n", "", paint(style, name)));
            }
            for change in &row.pair.changes {
                let room = view.width.saturating_sub(indent + 3).max(24);
                for text in wrap::words(&self.change(change, room), room) {
                    out.push_str(&format!("{:indent$}   {}\n", "", paint(view.palette.dim, &text)));
                }
            }
        }
    }

    /// `Hash Cond: (a = b) → (a = c)`
    fn change(&self, change: &PlanChange, room: usize) -> String {
        let value = |value: &Option<String>| {
            value.as_deref().map_or_else(|| "none".into(), |v| wrap::shorten(&escape::line(v), room.max(24)))
        };
        format!("{}: {} {} {}", escape::line(&change.what), value(&change.old), self.arrow, value(&change.new))
    }

    fn row(&self, pair: &'a PlanPair) -> Row<'a> {
        let node =
            |plan: &'a PlanReport, number: Option<u64>| plan.nodes.get(usize::try_from(number?).ok()?.checked_sub(1)?);
        Row { pair, old: node(self.old, pair.old), new: node(self.new, pair.new) }
    }

    /// `24.8 → 0.14`; one figure when both are the same.
    fn both(&self, row: &Row<'_>, cell: fn(&PlanNode) -> String) -> String {
        let (old, new) = (row.old.map(cell).unwrap_or_default(), row.new.map(cell).unwrap_or_default());
        match (old.as_str(), new.as_str()) {
            ("", "") => String::new(),
            (old, new) if old == new => old.to_owned(),
            (old, new) => format!("{old} {} {new}", self.arrow).trim().to_owned(),
        }
    }
}

impl Row<'_> {
    fn sign(&self) -> char {
        match (self.old, self.new) {
            (None, _) => '+',
            (_, None) => '-',
            _ if !self.pair.changes.is_empty() => '~',
            _ => ' ',
        }
    }

    fn name(&self) -> String {
        self.new.or(self.old).map(tree::name).unwrap_or_default()
    }

    /// The pair above: of a matched node that of the new plan.
    fn parent(&self) -> (Option<u64>, Option<u64>) {
        (self.old.and_then(|node| node.parent), self.new.and_then(|node| node.parent))
    }
}

/// Guides before each row: depths come from the new plan, and for what only the old one had from its parent's row.
fn leads(rows: &[Row<'_>], lines: Lines, room: usize) -> Vec<String> {
    let mut depths: Vec<usize> = Vec::with_capacity(rows.len());
    let mut by_old = std::collections::BTreeMap::new();
    let mut by_new = std::collections::BTreeMap::new();
    for row in rows {
        let (old, new) = row.parent();
        let above = match row.new {
            Some(_) => new.and_then(|n| by_new.get(&n)),
            None => old.and_then(|n| by_old.get(&n)),
        };
        let depth = above.map_or(0, |depth: &usize| depth + 1);
        by_old.extend(row.pair.old.map(|n| (n, depth)));
        by_new.extend(row.pair.new.map(|n| (n, depth)));
        depths.push(depth);
    }
    // A row is its parent's last child when no row of its depth follows before a shallower one.
    let mut open: Vec<bool> = Vec::new();
    let mut last = vec![true; rows.len()];
    for (index, &depth) in depths.iter().enumerate().rev() {
        open.resize(depth + 1, false);
        last[index] = !std::mem::replace(&mut open[depth], true);
    }
    let pen = Pen::new(lines, depths.iter().copied().max().unwrap_or(0), room);
    let mut path: Vec<bool> = Vec::new();
    let mut out = Vec::with_capacity(rows.len());
    for (&depth, &last) in depths.iter().zip(&last) {
        path.resize(depth.saturating_sub(1), true);
        if depth > 0 {
            path.push(last);
        }
        out.push(pen.lead(&path));
    }
    out
}

fn time(node: &PlanNode) -> String {
    if node.never_executed() { "never ran".into() } else { node.self_ms.map(units::figure).unwrap_or_default() }
}

fn cost(node: &PlanNode) -> String {
    node.self_cost.map(units::figure).unwrap_or_default()
}

fn count(node: &PlanNode) -> String {
    let rows = if node.actual.is_some() { node.rows } else { node.estimate.map(|e| e.rows) };
    rows.map(units::figure).unwrap_or_default()
}

fn loops(node: &PlanNode) -> String {
    node.actual.filter(|actual| actual.loops > 1.0).map(|actual| units::figure(actual.loops)).unwrap_or_default()
}

fn buffers(node: &PlanNode) -> String {
    touched(node, |n| n.own_usage.buffers).filter(|blocks| *blocks > 0.0).map(size).unwrap_or_default()
}

fn touched(node: &PlanNode, of: fn(&PlanNode) -> Option<crate::report::model::PlanBuffers>) -> Option<f64> {
    of(node).map(|b| super::columns::touched(&b))
}
