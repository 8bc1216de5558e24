//! Lines in, one after the other; the plan out. Decides to what a line belongs.

use super::super::document::Document;
use super::super::model::{Key, Kind, Plan, Property, Value};
use super::check::{Oddities, Oddity};
use super::footer::{self, Section, Taken};
use super::grammar::{arrow, has_figures, is_titled, subplan, worker};
use super::inner::Inner;
use super::lines::Line;
use super::property;
use super::tree::{Fit, Tree};
use super::usage::Counted;
use super::{head, title};

#[derive(Debug)]
pub(super) struct Reader<'d> {
    document: &'d Document<'d>,
    plan: Plan,
    tree: Tree,
    section: Section,
    /// Of the last node.
    inner: Inner,
    oddities: Oddities,
    /// A second plan has begun.
    over: bool,
}

impl<'d> Reader<'d> {
    pub(super) fn new(document: &'d Document<'d>, plan: Plan) -> Self {
        Self {
            document,
            plan,
            tree: Tree::default(),
            section: Section::Tree,
            inner: Inner::default(),
            oddities: Oddities::default(),
            over: false,
        }
    }

    /// `None` without a node.
    pub(super) fn finish(mut self) -> Option<Plan> {
        if self.plan.nodes.is_empty() {
            return None;
        }
        if self.tree.waits() {
            self.oddities.add(Oddity::Nameless, self.plan.nodes.last().map_or(0, |node| node.line));
        }
        self.oddities.report(&mut self.plan);
        Some(self.plan)
    }

    pub(super) fn line(&mut self, line: &Line<'_>) {
        if self.over || line.text.is_empty() {
            return;
        }
        let at = self.document.lines.of(line.index);
        let text = line.text.as_ref();
        let node = arrow(text);
        match node {
            _ if self.plan.nodes.is_empty() => self.first(line, at, node),
            Some(node) => self.node(node, line.column, 6, at),
            None => self.below_root(text, line.column, at),
        }
        if line.open {
            self.oddities.add(Oddity::Cut, at);
        }
    }

    fn below_root(&mut self, text: &str, column: usize, at: u32) {
        if self.plan.nodes.len() == 1 && self.inner.is_new() && self.section == Section::Tree {
            self.margin(if footer::is_last(text) { column + 2 } else { column });
        }
        if column > self.tree.root_column() && self.section == Section::Tree {
            self.inside(text, column, at);
        } else if column > self.tree.root_column() {
            let taken = footer::indented(&mut self.plan, self.section, text);
            self.taken(taken, at);
        } else {
            let pair = property::split(text);
            let titled = !pair.is_some_and(|(key, _)| footer::is_last_key(key)) && is_titled(text);
            if titled || has_figures(text) {
                self.second(text, at);
            } else {
                self.below(text, pair, column, at);
            }
        }
    }

    /// A line as far left as the root.
    fn below(&mut self, text: &str, pair: Option<(&str, &str)>, column: usize, at: u32) {
        if pair.is_some_and(|(key, _)| footer::belongs_to_node(key)) {
            self.oddities.add(Oddity::Indentation, at);
            self.inside(text, column, at);
            return;
        }
        if column + 2 < self.tree.root_inside() {
            // The root's properties stand too far right for it: it was a node further down.
            self.oddities.once(Oddity::Headless, at);
        }
        let taken = footer::top(&mut self.plan, &mut self.section, text, pair);
        self.taken(taken, at);
    }

    fn taken(&mut self, taken: Taken, at: u32) {
        match taken {
            Taken::Yes => {}
            Taken::Counted(counted) => self.count(counted),
            Taken::Odd => self.oddities.add(Oddity::Unknown, at),
        }
    }

    /// The first line was pasted without the blanks that the others still have in front. A node or a sub-plan's name that is
    /// missing looks alike, but moves what follows by a step of the tree.
    fn margin(&mut self, inside: usize) {
        let shift = inside.saturating_sub(self.tree.root_inside());
        if shift != 2 && !shift.is_multiple_of(6) {
            self.tree.move_root(inside);
        }
    }

    /// The root, or what stands above it.
    fn first(&mut self, line: &Line<'_>, at: u32, node: Option<&str>) {
        let text = line.text.as_ref();
        if let Some(text) = node {
            self.oddities.add(Oddity::Headless, at);
            if self.is_part(line) {
                self.root(text, line.column, 6, at);
            } else {
                let mut missing = head::blank(at);
                missing.kind = Kind::Other("(missing)".into());
                self.plan.nodes.push(missing);
                self.tree.root(&self.plan, 0, line.column);
                self.node(text, line.column, 6, at);
            }
        } else if is_titled(text) || (has_figures(text) && text.starts_with(|c: char| c.is_ascii_uppercase())) {
            self.root(text, line.column, 2, at);
        } else if text != "QUERY PLAN" && !text.bytes().all(|b| b == b'-') {
            let headless = property::split(text).is_some();
            self.oddities.add(if headless { Oddity::Headless } else { Oddity::Unknown }, at);
        }
    }

    /// A node and all below it were pasted: no other arrow stands as far left.
    fn is_part(&self, line: &Line<'_>) -> bool {
        let arrows = |text: &str| {
            let start = text.trim_start();
            arrow(start).map(|_| text.len() - start.len())
        };
        self.document.text.lines().skip(line.index + 1).filter_map(arrows).all(|column| column > line.column)
    }

    fn root(&mut self, text: &str, column: usize, inside: usize, at: u32) {
        self.head(text, at);
        self.tree.root(&self.plan, column, column + inside);
        self.inner = Inner::default();
    }

    /// `inside` is how much further right its properties stand.
    fn node(&mut self, text: &str, column: usize, inside: usize, at: u32) {
        if self.section != Section::Tree {
            self.oddities.add(Oddity::NodeBelow, at);
            self.section = Section::Tree;
        }
        if self.plan.nodes.len() == 1 && self.inner.is_new() && !self.tree.waits() {
            self.margin(column);
        }
        self.head(text, at);
        let fit = self.tree.add(&mut self.plan, column, column + inside);
        if fit == Fit::Wrong {
            self.oddities.add(Oddity::Indentation, at);
        }
        self.inner = Inner::default();
    }

    /// Another node, built where it stays.
    fn head(&mut self, text: &str, at: u32) {
        self.plan.nodes.push(head::blank(at));
        let Some(node) = self.plan.nodes.last_mut() else { return };
        let told = head::parse(text, node);
        let has = &mut self.plan.has;
        has.costs |= node.estimate.is_some();
        has.analyze |= node.actual.is_some();
        has.timing |= node.actual.is_some_and(|actual| actual.total_ms.is_some());
        has.fractional_rows |= told.fractional;
        has.verbose |= node.schema.is_some();
        if told.leftover {
            self.oddities.add(Oddity::Cut, at);
        }
    }

    /// Another line without an arrow: the root again, or another plan.
    fn second(&mut self, text: &str, at: u32) {
        let first = &self.plan.nodes[0];
        let mut again = head::blank(first.line);
        head::parse(text, &mut again);
        if self.plan.nodes.len() == 1 && *first == again {
            self.oddities.add(Oddity::Repeated, at);
        } else {
            self.oddities.add(Oddity::Second, at);
            self.over = true;
        }
    }

    fn inside(&mut self, text: &str, column: usize, at: u32) {
        if self.inner.worker_line(&mut self.plan, text, column) {
            return;
        }
        let pair = property::split(text);
        if pair.is_none() && subplan(text) {
            if self.tree.name(text, column) == Fit::Wrong {
                self.oddities.add(Oddity::Indentation, at);
            }
            return;
        }
        if self.tree.waits() {
            self.oddities.add(Oddity::Nameless, at);
        }
        let Some((owner, expected)) = self.tree.owner(column) else { return };
        let last = self.plan.nodes.len() - 1;
        let of_last = owner == last;
        // Extensions write what they like in front of, and behind, the plans that they hold.
        let foreign = matches!(self.plan.nodes[owner].kind, Kind::CustomScan | Kind::Other(_) | Kind::ForeignScan);
        let fits = foreign || (of_last && self.inner.fits(column, expected));
        if column < expected || !fits {
            self.oddities.add(Oddity::Indentation, at);
        }
        let owner = if foreign { owner } else { last };
        self.inner.last(column);
        if let Some((number, rest)) = worker(text) {
            self.inner.worker(&mut self.plan, owner, number, column);
            let sink = self.inner.worker_line(&mut self.plan, rest, column + 2);
            if !sink && !rest.is_empty() {
                self.oddities.add(Oddity::Unknown, at);
            }
        } else if let Some((key, value)) = pair {
            let (counted, oddity) = self.inner.property(&mut self.plan, owner, key, value);
            counted.into_iter().for_each(|counted| self.count(counted));
            oddity.into_iter().for_each(|oddity| self.oddities.add(oddity, at));
        } else if is_titled(text) && self.is_target(owner, text) {
            let target = text.split_once(" on ").map_or(text, |(_, target)| target);
            let head::Target { schema, relation, alias, .. } = head::relation(target);
            let schema = schema.map(|schema| format!("{schema}.")).unwrap_or_default();
            let alias = alias.map(|alias| format!(" {alias}")).unwrap_or_default();
            let value = Value::Text(format!("{schema}{relation}{alias}").into());
            self.plan.nodes[owner].properties.push(Property { key: Key::TargetTable, value });
        } else if is_titled(text) && (has_figures(text) || foreign) {
            if !foreign {
                self.oddities.add(Oddity::NoArrow, at);
            }
            self.node(text, column, 2, at);
        } else {
            let value = Value::Text(text.into());
            self.plan.nodes[owner].properties.push(Property { key: Key::Other("Line".into()), value });
            self.oddities.add(Oddity::Unknown, at);
        }
    }

    /// One of the tables that a ModifyTable writes (`explain.c`, `show_modifytable_info`).
    fn is_target(&self, owner: usize, text: &str) -> bool {
        let owner = &self.plan.nodes[owner];
        let title = title::parse(text).map(|(title, _)| title);
        owner.kind == Kind::ModifyTable
            && !has_figures(text)
            && title.is_some_and(|title| title.operation.is_some() && title.operation == owner.operation.as_deref())
    }

    fn count(&mut self, counted: Counted) {
        let has = &mut self.plan.has;
        match counted {
            Counted::Buffers => has.buffers = true,
            Counted::Io => has.io_timing = true,
            Counted::Wal => has.wal = true,
        }
    }
}
