//! A plan's nodes in; the lines of its tree out: which nodes are drawn, what is folded, and the guides before each.

use super::{Drawing, Fold, Lines};
use crate::report::model::{PlanNode, PlanReport};

/// Plans up to this size are drawn whole.
const SMALL: usize = 100;
/// Above this many lines more is folded.
const LINES: usize = 400;
/// Subtrees below this share of the whole are folded first.
const LEAST: f64 = 0.001;

#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Node(usize),
    /// Neighbouring subtrees that are not drawn: nodes in them, and their time or cost together.
    Folded {
        nodes: usize,
        weight: f64,
    },
}

/// One line of the outline.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    pub what: What,
    /// Before the line itself.
    pub lead: String,
    /// Before what is said below it.
    pub below: String,
}

pub fn branches(plan: &PlanReport, drawing: Drawing, room: usize) -> Vec<Branch> {
    let drawn = drawn(plan, drawing.fold);
    let lines = lines(plan, &drawn);
    let deepest = lines.iter().map(|line| line.depth).max().unwrap_or(0);
    let pen = Pen::new(drawing.lines, deepest, room);
    let mut path: Vec<bool> = Vec::new();
    let mut out = Vec::with_capacity(lines.len());
    for line in lines {
        path.truncate(line.depth.saturating_sub(1));
        if line.depth > 0 {
            path.push(line.last);
        }
        out.push(Branch { what: line.what, lead: pen.lead(&path), below: pen.below(&path, line.open) });
    }
    out
}

struct Line {
    what: What,
    depth: usize,
    /// No sibling follows.
    last: bool,
    /// Children follow.
    open: bool,
}

/// For each node whether it is drawn. A node is drawn with all that stands above it.
fn drawn(plan: &PlanReport, fold: Fold) -> Vec<bool> {
    let all = vec![true; plan.nodes.len()];
    let whole = plan.nodes.first().and_then(weight).filter(|whole| *whole > 0.0);
    let Some(whole) = whole.filter(|_| fold == Fold::Small && plan.nodes.len() > SMALL) else { return all };
    let mut least = LEAST;
    loop {
        let drawn = above(plan, whole * least);
        let count = drawn.iter().filter(|drawn| **drawn).count();
        if count <= LINES || least > 0.5 {
            return drawn;
        }
        least *= 2.0;
    }
}

fn above(plan: &PlanReport, least: f64) -> Vec<bool> {
    let own = |node: &PlanNode| !node.findings.is_empty() || weight(node).is_some_and(|weight| weight >= least);
    let mut drawn: Vec<bool> = plan.nodes.iter().map(own).collect();
    // Children stand behind their parents.
    for (index, node) in plan.nodes.iter().enumerate().rev() {
        if drawn[index]
            && let Some(parent) = parent(node)
        {
            drawn[parent] = true;
        }
    }
    if let Some(root) = drawn.first_mut() {
        *root = true;
    }
    drawn
}

/// Time with children, else cost.
fn weight(node: &PlanNode) -> Option<f64> {
    match (node.wall_ms, node.executed) {
        (Some(ms), _) => Some(ms),
        (None, Some(_)) => None,
        (None, None) => node.estimate.map(|e| e.total_cost),
    }
}

fn parent(node: &PlanNode) -> Option<usize> {
    node.parent.and_then(|number| usize::try_from(number).ok()?.checked_sub(1))
}

fn lines(plan: &PlanReport, drawn: &[bool]) -> Vec<Line> {
    let children = plan.children();
    let sizes = sizes(plan);
    let mut out = Vec::new();
    let mut stack: Vec<(What, usize, bool)> = Vec::new();
    let roots = children.first().map(Vec::as_slice).unwrap_or_default();
    stack.extend(roots.iter().rev().map(|&root| (What::Node(root), 0, true)));
    while let Some((what, depth, last)) = stack.pop() {
        let mut below = match what {
            What::Node(index) => {
                grouped(plan, drawn, &sizes, children.get(index + 1).map(Vec::as_slice).unwrap_or_default())
            }
            What::Folded { .. } => Vec::new(),
        };
        let open = !below.is_empty();
        let end = below.pop();
        stack.extend(end.map(|what| (what, depth + 1, true)));
        stack.extend(below.into_iter().rev().map(|what| (what, depth + 1, false)));
        out.push(Line { what, depth, last, open });
    }
    out
}

/// Children, with neighbours that are not drawn put together.
fn grouped(plan: &PlanReport, drawn: &[bool], sizes: &[usize], children: &[usize]) -> Vec<What> {
    let mut out: Vec<What> = Vec::new();
    for &child in children {
        if drawn[child] {
            out.push(What::Node(child));
            continue;
        }
        let more = weight(&plan.nodes[child]).unwrap_or(0.0);
        match out.last_mut() {
            Some(What::Folded { nodes, weight }) => (*nodes, *weight) = (*nodes + sizes[child], *weight + more),
            _ => out.push(What::Folded { nodes: sizes[child], weight: more }),
        }
    }
    out
}

/// Nodes in the subtree of each.
fn sizes(plan: &PlanReport) -> Vec<usize> {
    let mut sizes = vec![1; plan.nodes.len()];
    for (index, node) in plan.nodes.iter().enumerate().rev() {
        if let Some(parent) = parent(node).filter(|parent| *parent < index) {
            sizes[parent] += sizes[index];
        }
    }
    sizes
}

/// Strokes of one level, by whether a sibling follows.
pub struct Pen {
    fork: &'static str,
    end: &'static str,
    pass: &'static str,
    blank: &'static str,
    /// Levels that are drawn; of those further up only the number is shown.
    levels: usize,
    /// Digits of the deepest level.
    digits: usize,
    cut: char,
}

impl Pen {
    /// Half of the room at most is for guides: the deeper the tree, the narrower they are.
    pub fn new(lines: Lines, deepest: usize, room: usize) -> Self {
        let half = room / 2;
        let step = (1..=3).rev().find(|step| deepest * step <= half).unwrap_or(1);
        let [fork, end, pass, blank] = match (lines, step) {
            (Lines::Unicode, 3) => ["├─ ", "└─ ", "│  ", "   "],
            (Lines::Unicode, 2) => ["├ ", "└ ", "│ ", "  "],
            (Lines::Unicode, _) => ["├", "└", "│", " "],
            (Lines::Ascii, 3) => ["+- ", "`- ", "|  ", "   "],
            (Lines::Ascii, 2) => ["+ ", "` ", "| ", "  "],
            (Lines::Ascii, _) => ["+", "`", "|", " "],
        };
        let cut = if lines == Lines::Unicode { '…' } else { '~' };
        let digits = deepest.to_string().len();
        let levels = if deepest * step <= half { deepest } else { half.saturating_sub(digits + 2).min(10) };
        Self { fork, end, pass, blank, levels, digits, cut }
    }

    pub fn lead(&self, path: &[bool]) -> String {
        let Some((last, above)) = path.split_last() else { return String::new() };
        let mut out = self.guides(above, path.len());
        out.push_str(if *last { self.end } else { self.fork });
        if self.fork.chars().count() == 1 {
            out.push(' ');
        }
        out
    }

    fn below(&self, path: &[bool], open: bool) -> String {
        let mut out = self.guides(path, 0);
        out.push_str(if open { self.pass } else { self.blank });
        if self.fork.chars().count() == 1 {
            out.push(' ');
        }
        out
    }

    /// The levels above; of a path that is too long the nearest ones, behind the depth (`0`: behind blanks).
    fn guides(&self, path: &[bool], depth: usize) -> String {
        let mut out = String::new();
        let mut shown = path;
        if path.len() > self.levels {
            shown = &path[path.len() - self.levels..];
            match depth {
                0 => out.push_str(&" ".repeat(self.digits + 1)),
                depth => out.push_str(&format!("{depth:>width$}{}", self.cut, width = self.digits)),
            }
        }
        shown.iter().for_each(|last| out.push_str(if *last { self.blank } else { self.pass }));
        out
    }
}
