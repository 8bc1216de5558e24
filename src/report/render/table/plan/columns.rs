//! A plan in; for each node the cells of the columns that this plan needs, out. A column in which nothing would stand is
//! left out.

use crate::report::model::{PlanBuffers, PlanNode, PlanReport};
use crate::report::units;

/// What shares are taken of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Base {
    Time,
    Cost(f64),
    /// Neither timed nor costed.
    Nothing,
}

/// Which columns stand beside the tree; what does not fit is said below each node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    Full,
    /// Without loops and buffers.
    Medium,
    /// Only time and share.
    Narrow,
}

#[derive(Clone, Debug)]
pub struct Columns {
    pub base: Base,
    pub list: Vec<Column>,
    /// Headings and cells of the columns that do not fit.
    pub beside: Vec<Column>,
}

#[derive(Clone, Debug)]
pub struct Column {
    pub heading: &'static str,
    /// Parallel to the plan's nodes.
    pub cells: Vec<String>,
    /// Of the widest cell, or of the heading.
    width: usize,
}

/// Estimates that are off by less than this are good.
const OFF: f64 = 2.0;
const BLOCK: f64 = 8192.0;

impl Base {
    pub fn of(plan: &PlanReport) -> Self {
        match (plan.base_ms, plan.total_cost) {
            (Some(_), _) => Base::Time,
            (None, Some(cost)) if cost > 0.0 && !plan.options.analyze => Base::Cost(cost),
            _ => Base::Nothing,
        }
    }

    /// 0 to 1.
    pub fn share(self, node: &PlanNode) -> Option<f64> {
        match self {
            Base::Time => node.share,
            Base::Cost(whole) => node.self_cost.map(|cost| cost / whole),
            Base::Nothing => None,
        }
    }
}

impl Columns {
    pub fn of(plan: &PlanReport, layout: Layout) -> Self {
        let base = Base::of(plan);
        let column =
            |heading, cell: &dyn Fn(&PlanNode) -> String| Column::new(heading, plan.nodes.iter().map(cell).collect());
        let own = match base {
            Base::Time => Some(column("self ms", &time)),
            Base::Cost(_) => Some(column("self cost", &|n| n.self_cost.map(units::figure).unwrap_or_default())),
            Base::Nothing => None,
        };
        let share = column("share", &|n| base.share(n).map(percent).unwrap_or_default());
        let rows = if plan.options.analyze { column("rows", &rows) } else { column("rows est.", &estimated) };
        let figures = [rows, column("estimate", &off), column("loops", &loops), column("buffers", &buffers)];
        let stays = |heading: &str| match layout {
            Layout::Full => true,
            Layout::Medium => !matches!(heading, "loops" | "buffers"),
            Layout::Narrow => matches!(heading, "self ms" | "self cost" | "share"),
        };
        let all = own.into_iter().chain([share]).chain(figures).filter(Column::says_something);
        let (list, beside) = all.partition(|column| stays(column.heading));
        Self { base, list, beside }
    }

    /// Of all columns, with two blanks before each.
    pub fn width(&self) -> usize {
        self.list.iter().map(|column| column.width() + 2).sum()
    }

    /// `12,040 rows, estimate ×31 under, 3 loops`: the columns that do not stand beside the tree.
    pub fn said(&self, node: usize) -> Vec<String> {
        let said = |column: &Column| {
            let cell = column.cells.get(node).filter(|cell| !cell.is_empty())?;
            Some(match column.heading {
                "rows est." => format!("{cell} rows expected"),
                "estimate" => format!("estimate {cell}"),
                "rows" if cell == NEVER => cell.clone(),
                "rows" if cell == "1" => "1 row".into(),
                heading => format!("{cell} {heading}"),
            })
        };
        self.beside.iter().filter_map(said).collect()
    }
}

impl Column {
    fn new(heading: &'static str, cells: Vec<String>) -> Self {
        let width = cells.iter().map(|cell| cell.chars().count()).chain([heading.len()]).max().unwrap_or(0);
        Self { heading, cells, width }
    }

    pub fn width(&self) -> usize {
        self.width
    }

    fn says_something(&self) -> bool {
        self.cells.iter().any(|cell| !cell.is_empty())
    }
}

/// In the place of rows.
const NEVER: &str = "never ran";

fn time(node: &PlanNode) -> String {
    match node.self_ms {
        _ if node.never_executed() => String::new(),
        Some(ms) if ms <= node.self_tolerance_ms && node.self_tolerance_ms >= 0.5 => {
            format!("~{}", units::figure(ms))
        }
        Some(ms) => units::figure(ms),
        None => String::new(),
    }
}

/// `82 %`, `0.4 %`; nothing below a tenth of a percent.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        p if p < 0.05 => String::new(),
        p if p < 0.95 => format!("{p:.1} %"),
        p => format!("{p:.0} %"),
    }
}

fn rows(node: &PlanNode) -> String {
    if node.never_executed() {
        return NEVER.into();
    }
    let Some(rows) = node.rows else { return String::new() };
    let rounded = node.rows_error >= 1.0 && node.rows_error > rows * 0.01;
    format!("{}{}", if rounded { "~" } else { "" }, units::figure(rows))
}

fn estimated(node: &PlanNode) -> String {
    node.estimate.map(|e| units::figure(e.rows)).unwrap_or_default()
}

fn off(node: &PlanNode) -> String {
    let (Some(factor), Some(direction)) = (node.estimate_factor, &node.estimate_direction) else {
        return String::new();
    };
    if factor < OFF { String::new() } else { format!("×{} {direction}", units::figure(short(factor))) }
}

/// Two digits are enough of a factor.
fn short(factor: f64) -> f64 {
    if factor >= 10.0 { factor.round() } else { (factor * 10.0).round() / 10.0 }
}

fn loops(node: &PlanNode) -> String {
    match node.actual {
        Some(actual) if actual.loops > 1.0 => units::figure(actual.loops),
        _ => String::new(),
    }
}

fn buffers(node: &PlanNode) -> String {
    let Some(own) = node.own_usage.buffers else { return String::new() };
    let touched = touched(&own);
    if touched > 0.0 { size(touched) } else { String::new() }
}

/// Blocks of tables and indexes that were looked at, wherever they came from.
pub fn touched(b: &PlanBuffers) -> f64 {
    b.shared_hit_blocks + b.shared_read_blocks + b.local_hit_blocks + b.local_read_blocks
}

/// Blocks in bytes.
pub fn size(blocks: f64) -> String {
    units::bytes((blocks * BLOCK) as u64)
}
