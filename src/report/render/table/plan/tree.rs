//! The tree of a plan as a person reads it: number, guides, what the node is, its figures, and below it the conditions that
//! matter.

use super::columns::{Base, Columns, Layout};
use super::outline::{Branch, What, branches};
use super::{Drawing, Fold, Lines, Numbers, details};
use crate::report::escape;
use crate::report::model::{PlanNode, PlanReport, Severity};
use crate::report::render::palette::paint;
use crate::report::render::table::View;
use crate::report::render::wrap;
use crate::report::units;

/// Least room for guides and titles when all figures stand beside them.
const TITLES: usize = 34;
/// Of the plan's time: nodes below get no line but their own in a plan that is not small.
const WORTH: f64 = 0.01;
/// A plan of so many nodes is shown with all conditions.
const SMALL: usize = 20;
/// Widths of the bar.
const BAR: std::ops::RangeInclusive<usize> = 4..=12;

struct Sheet<'a> {
    plan: &'a PlanReport,
    view: &'a View,
    drawing: Drawing,
    columns: Columns,
    /// Characters for the numbers of nodes, for the marks before them, and for guides with titles.
    number: usize,
    mark: usize,
    title: usize,
    bar: usize,
}

pub fn draw(plan: &PlanReport, view: &View, drawing: Drawing, numbers: &Numbers<'_>) -> String {
    if plan.nodes.is_empty() {
        return "the plan has no node that could be read\n".into();
    }
    let marks: Vec<String> = plan.nodes.iter().map(|node| mark(node, drawing.lines, numbers)).collect();
    let mut sheet = Sheet::new(plan, view, drawing, &marks);
    let branches = branches(plan, drawing, sheet.title);
    // Figures stand close to what they are about.
    let longest = branches.iter().map(|branch| match branch.what {
        What::Node(index) => branch.lead.chars().count() + name(&plan.nodes[index]).chars().count(),
        What::Folded { .. } => 0,
    });
    sheet.title = longest.max().unwrap_or(0).min(sheet.title);
    let mut out = sheet.head();
    for branch in branches {
        match branch.what {
            What::Node(index) => sheet.node(&mut out, index, &branch, &marks[index], numbers),
            What::Folded { nodes, weight } => sheet.folded(&mut out, nodes, weight, &branch),
        }
    }
    out
}

/// `►1,3`: the numbers of the findings about the node.
fn mark(node: &PlanNode, lines: Lines, numbers: &Numbers<'_>) -> String {
    const SHOWN: usize = 2;
    let mut found: Vec<usize> = node.findings.iter().filter_map(|id| Some(numbers.get(id.as_str())?.0)).collect();
    found.sort_unstable();
    if found.is_empty() {
        return String::new();
    }
    let more = if found.len() > SHOWN { "+" } else { "" };
    let shown: Vec<String> = found.iter().take(SHOWN).map(usize::to_string).collect();
    let sign = if lines == Lines::Unicode { '►' } else { '>' };
    format!("{sign}{}{more}", shown.join(","))
}

impl<'a> Sheet<'a> {
    fn new(plan: &'a PlanReport, view: &'a View, drawing: Drawing, marks: &[String]) -> Self {
        let number = plan.nodes.len().to_string().len();
        let mark = marks.iter().map(|mark| mark.chars().count()).max().unwrap_or(0);
        let left = number + mark + if mark > 0 { 3 } else { 2 };
        let mut columns = Columns::of(plan, Layout::Full);
        let has_bar = columns.base != Base::Nothing;
        let least = |columns: &Columns| left + TITLES + columns.width() + if has_bar { BAR.start() + 2 } else { 0 };
        for layout in [Layout::Medium, Layout::Narrow] {
            if least(&columns) > view.width {
                columns = Columns::of(plan, layout);
            }
        }
        let spare = view.width.saturating_sub(least(&columns));
        let bar = if has_bar { (BAR.start() + spare / 4).min(*BAR.end()) } else { 0 };
        let bars = if has_bar { bar + 2 } else { 0 };
        let title = view.width.saturating_sub(left + bars + columns.width());
        Self { plan, view, drawing, columns, number, mark, title, bar }
    }

    fn left(&self) -> usize {
        self.number + self.mark + if self.mark > 0 { 3 } else { 2 }
    }

    fn head(&self) -> String {
        let mut line = format!("{:width$}", "", width = self.left() + self.title);
        if self.bar > 0 {
            line.push_str(&format!("  {:width$}", "", width = self.bar));
        }
        for column in &self.columns.list {
            line.push_str(&format!("  {:>width$}", column.heading, width = column.width()));
        }
        let line = line.trim_end();
        if line.is_empty() { String::new() } else { format!("{}\n", paint(self.view.palette.dim, line)) }
    }

    fn node(&self, out: &mut String, index: usize, branch: &Branch, mark: &str, numbers: &Numbers<'_>) {
        let node = &self.plan.nodes[index];
        let palette = &self.view.palette;
        let worst = node.findings.iter().filter_map(|id| Some(numbers.get(id.as_str())?.1.severity)).max();
        let style = match (node.never_executed(), worst) {
            (true, _) => palette.dim,
            (false, Some(_)) => palette.heading,
            (false, None) => anstyle::Style::new(),
        };
        let room = self.title.saturating_sub(branch.lead.chars().count());
        let titles = broken(&name(node), room.max(12));
        for (i, text) in titles.iter().enumerate() {
            let (guide, indent) = if i == 0 {
                (&branch.lead, "")
            } else {
                (&branch.below, if branch.below.ends_with(' ') { "" } else { " " })
            };
            let text = format!("{indent}{text}");
            let used = guide.chars().count() + text.chars().count();
            let mut line = if i == 0 {
                let sign =
                    worst.map_or_else(|| pad(mark, self.mark), |s| paint(palette.severity(s), &pad(mark, self.mark)));
                let gap = if self.mark > 0 { " " } else { "" };
                format!("{sign}{gap}{:>width$}  ", node.number, width = self.number)
            } else {
                " ".repeat(self.left())
            };
            line.push_str(&paint(palette.dim, guide));
            line.push_str(&paint(style, &text));
            if i == 0 {
                line.push_str(&" ".repeat(self.title.saturating_sub(used)));
                line.push_str(&self.figures(node, index));
            }
            out.push_str(&format!("{}\n", line.trim_end()));
        }
        self.details(out, node, index, branch);
    }

    fn figures(&self, node: &PlanNode, index: usize) -> String {
        let palette = &self.view.palette;
        let share = self.columns.base.share(node).unwrap_or(0.0);
        let hot = match share {
            share if share >= 0.5 => palette.severity(Severity::Error),
            share if share >= 0.1 => palette.severity(Severity::Warning),
            _ => anstyle::Style::new(),
        };
        let style = if node.never_executed() { palette.dim } else { anstyle::Style::new() };
        let mut out = String::new();
        if self.bar > 0 {
            out.push_str(&format!("  {}", paint(hot, &bar(share, self.bar, self.drawing.lines))));
        }
        for column in &self.columns.list {
            let cell = format!("{:>width$}", column.cells[index], width = column.width());
            let style = match column.heading {
                "self ms" | "share" | "self cost" => hot,
                "estimate" => off(node, self.view),
                _ => style,
            };
            let cell = if self.drawing.lines == Lines::Ascii { cell.replace('×', "x") } else { cell };
            out.push_str(&format!("  {}", if cell.trim().is_empty() { cell } else { paint(style, &cell) }));
        }
        out
    }

    fn details(&self, out: &mut String, node: &PlanNode, index: usize, branch: &Branch) {
        let palette = &self.view.palette;
        let guide = format!("{:width$}{}", "", paint(palette.dim, &branch.below), width = self.left());
        let room = self.view.width.saturating_sub(self.left() + branch.below.chars().count() + 1).max(24);
        let worth = self.columns.base.share(node).is_some_and(|share| share >= WORTH);
        let all = self.plan.nodes.len() <= SMALL || self.drawing.fold == Fold::Nothing;
        if !worth && !all && node.findings.is_empty() {
            return;
        }
        let mut beside = self.columns.said(index);
        if self.drawing.lines == Lines::Ascii {
            beside.iter_mut().for_each(|text| *text = text.replace('×', "x"));
        }
        for text in details::of(node, beside, room) {
            out.push_str(&format!("{guide} {}\n", paint(palette.dim, &text)));
        }
    }

    fn folded(&self, out: &mut String, nodes: usize, weight: f64, branch: &Branch) {
        let what = match self.columns.base {
            Base::Time => format!(", {} together", units::duration(weight)),
            Base::Cost(whole) => format!(", {} of the cost", percent_or_less(weight / whole)),
            Base::Nothing => String::new(),
        };
        let dots = if self.drawing.lines == Lines::Unicode { "…" } else { "..." };
        let text = format!("{dots} {}{what} (--all shows them)", units::counted(nodes as u64, "node", "nodes"));
        let dim = self.view.palette.dim;
        out.push_str(&format!("{:width$}{}{}\n", "", paint(dim, &branch.lead), paint(dim, &text), width = self.left()));
    }
}

fn percent_or_less(share: f64) -> String {
    let text = super::columns::percent(share);
    if text.is_empty() { "less than 0.1 %".into() } else { text }
}

fn off(node: &PlanNode, view: &View) -> anstyle::Style {
    match node.estimate_factor {
        Some(factor) if factor >= 100.0 => view.palette.severity(Severity::Error),
        Some(factor) if factor >= 10.0 => view.palette.severity(Severity::Warning),
        _ => anstyle::Style::new(),
    }
}

fn pad(text: &str, width: usize) -> String {
    format!("{text}{:gap$}", "", gap = width.saturating_sub(text.chars().count()))
}

/// `CTE recent: Index Scan using orders_pkey on orders o`
pub fn name(node: &PlanNode) -> String {
    let mut text = String::new();
    if let Some(subplan) = &node.subplan {
        text.push_str(&format!("{subplan}: "));
    }
    text.push_str(&node.title);
    let bitmap = node.node_type == "Bitmap Index Scan";
    if let Some(index) = node.index.as_deref().filter(|_| !bitmap) {
        text.push_str(&format!(" using {index}"));
    }
    let target = if bitmap { node.index.as_ref() } else { node.relation.as_ref() };
    let schema = node.schema.as_deref().filter(|schema| !bitmap && *schema != "public" && *schema != "pg_catalog");
    let on: Vec<String> =
        [target.map(|t| schema.map_or_else(|| t.clone(), |s| format!("{s}.{t}"))), node.alias.clone()]
            .into_iter()
            .flatten()
            .collect();
    if !on.is_empty() {
        text.push_str(&format!(" on {}", on.join(" ")));
    }
    escape::line(&text).into_owned()
}

/// Lines of at most `room` characters; a name that is longer than a line is cut anywhere rather than left out.
pub fn broken(text: &str, room: usize) -> Vec<String> {
    let mut out = Vec::new();
    for line in wrap::words(text, room) {
        let characters: Vec<char> = line.chars().collect();
        out.extend(characters.chunks(room).map(|chunk| chunk.iter().collect::<String>()));
    }
    out
}

fn bar(share: f64, width: usize, lines: Lines) -> String {
    // Below half a place nothing is drawn: most nodes of a plan take next to no time.
    let filled = ((share.clamp(0.0, 1.0) * width as f64).round() as usize).min(width);
    let (full, rest) = if lines == Lines::Unicode { ("█", "·") } else { ("#", ".") };
    format!("{}{}", full.repeat(filled), rest.repeat(width - filled))
}
