//! Events of a document come in; plans go out.
//!
//! Plans of all formats shall be equal, so this keeps what the text format shows and drops what it hides
//! (`explain.c`, the `es->format != EXPLAIN_FORMAT_TEXT` branches): [`finish`] has the list.

mod finish;
mod frame;
mod node;
mod parts;

use std::borrow::Cow;

use super::super::document::Lines;
use super::super::model::{Format, Key, Kind, Node, NodeId, Plan, Property, Role, Text, Value};
use super::slot::{Part, Slot, slot};
use super::{Event, Form, Nested, Problems, Scalar, Shape};
use frame::{Frame, Owner, Place};
use node::Partial;
use parts::Target;

/// Brackets in brackets beyond this are not looked into: no planner makes them.
const DEPTH: usize = 100_000;
/// Names of flattened properties are cut here.
const NAME: usize = 200;

const AGAIN: &str = "Copy the plan again, whole.";

pub(super) struct Builder<'a, 'l> {
    format: Format,
    lines: &'l Lines,
    frames: Vec<Frame>,
    /// How many of the frames are objects and how many arrays.
    open: [usize; 2],
    /// Brackets open beyond [`DEPTH`].
    skipped: usize,
    key: Option<Cow<'a, str>>,
    /// Plans being built; the last one is meant.
    drafts: Vec<Plan>,
    /// For each open statement how many drafts there were outside.
    statements: Vec<usize>,
    partials: Vec<Partial>,
    target: Target,
    prefix: String,
    plans: Vec<Plan>,
    nested: Vec<Nested>,
    problems: Problems,
    line: usize,
}

impl<'a, 'l> Builder<'a, 'l> {
    pub(super) fn new(format: Format, lines: &'l Lines) -> Self {
        Self {
            format,
            lines,
            frames: Vec::new(),
            open: [0, 0],
            skipped: 0,
            key: None,
            drafts: Vec::new(),
            statements: Vec::new(),
            partials: Vec::new(),
            target: Target::default(),
            prefix: String::new(),
            plans: Vec::new(),
            nested: Vec::new(),
            problems: Problems::default(),
            line: 0,
        }
    }

    pub(super) fn event(&mut self, line: usize, event: Event<'a>) {
        self.line = line;
        match event {
            Event::Open(shape) => self.open(shape),
            Event::Close(shape) => self.close(shape),
            _ if self.skipped > 0 => {}
            Event::Key(key) => self.key(key),
            Event::Scalar(scalar) => self.scalar(scalar),
        }
    }

    pub(super) fn finish(mut self) -> (Vec<Plan>, Vec<Nested>, Problems) {
        if !self.frames.is_empty() {
            self.problem("the plan ends too early: its end is missing");
        }
        while let Some(frame) = self.frames.pop() {
            self.end(frame);
        }
        self.plans.sort_by_key(|plan| plan.line);
        (self.plans, self.nested, self.problems)
    }

    fn problem(&mut self, message: &'static str) {
        self.problems.add(self.line, message, AGAIN);
    }

    /// The line of the input.
    fn input_line(&self) -> u32 {
        self.lines.of(self.line)
    }

    fn top(&self) -> Option<&Frame> {
        self.frames.last()
    }

    fn key(&mut self, key: Cow<'a, str>) {
        if self.key.is_some() {
            self.problem("a value is missing here");
        }
        match self.top().map(|frame| frame.shape) {
            Some(Shape::Object) => {}
            // Postgres closes `Target Tables` behind them (`explain.c`, `show_modifytable_info`).
            Some(Shape::Array) if key.starts_with("Tuples ") && self.in_targets() => {}
            Some(Shape::Array) => {
                self.problem("an opening bracket is missing here");
                self.open(Shape::Object);
            }
            None => {
                self.problem("the beginning of the plan is missing");
                self.push(Place::Statement, Shape::Object);
            }
        }
        self.key = Some(key);
    }

    fn in_targets(&self) -> bool {
        matches!(self.top(), Some(Frame { place: Place::TargetTables(_), .. }))
    }

    fn open(&mut self, shape: Shape) {
        if self.skipped > 0 || self.frames.len() >= DEPTH {
            self.problem("brackets are nested too deep: what is inside was not read");
            self.skipped += 1;
            return;
        }
        let key = self.key.take();
        if key.is_none() && self.top().is_some_and(|frame| frame.shape == Shape::Object) {
            self.problem("a name is missing here: a line may be missing before it");
            let in_list = self.frames.len() >= 2 && matches!(self.frames[self.frames.len() - 2].place, Place::Nodes(_));
            if in_list && shape == Shape::Object && matches!(self.top(), Some(Frame { place: Place::Node(_), .. })) {
                // The next node begins, so the one before has ended.
                self.pop();
            }
        }
        let prefix = self.prefix.len();
        let place = self.place(key.as_deref().unwrap_or_default(), shape);
        self.push(place, shape);
        if let Some(frame) = self.frames.last_mut() {
            frame.prefix = prefix;
        }
    }

    fn push(&mut self, place: Place, shape: Shape) {
        self.open[shape as usize] += 1;
        let states = matches!(place, Place::Statement);
        if states {
            self.statements.push(self.drafts.len());
        }
        let line = self.line;
        let prefix = self.prefix.len();
        self.frames.push(Frame { place, shape, line, prefix, list: None, states });
    }

    fn close(&mut self, shape: Shape) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        if self.key.take().is_some() {
            self.problem("a value is missing here");
        }
        if self.open[shape as usize] == 0 {
            return self.problem("a closing bracket without an opening one: the beginning may be missing");
        }
        while let Some(top) = self.top().map(|frame| frame.shape) {
            self.pop();
            if top == shape {
                return;
            }
            self.problem("brackets do not match here: a line may be missing before it");
        }
    }

    fn pop(&mut self) {
        if let Some(frame) = self.frames.pop() {
            self.open[frame.shape as usize] -= 1;
            self.end(frame);
        }
    }

    fn end(&mut self, frame: Frame) {
        match frame.place {
            Place::Node(id) => self.end_node(id),
            Place::Worker(id, worker) => self.end_worker(id, worker),
            Place::List(owner, key) => self.property(owner, key, Value::Text(frame.list.unwrap_or_default().into())),
            Place::KeySet(id, key) => {
                let list = frame.list.unwrap_or_else(|| "()".to_owned());
                self.property(Owner::Node(id), key, Value::Text(list.into()));
            }
            Place::Flat(owner) if frame.shape == Shape::Array => {
                if let Some(list) = frame.list {
                    let key = Key::Other(Box::new(self.prefix_or("Item").into()));
                    self.property(owner, key, Value::Text(list.into()));
                }
            }
            Place::TargetTable(id) => self.end_target(id),
            _ => {}
        }
        self.prefix.truncate(frame.prefix);
        if let Some(drafts) = self.statements.pop_if(|_| frame.states) {
            while self.drafts.len() > drafts {
                let draft = self.drafts.pop();
                self.plans.extend(draft.filter(|plan| !plan.nodes.is_empty()).map(finish::finish));
            }
        }
    }

    /// The plan being built; begins one where there is none yet.
    fn draft(&mut self) -> &mut Plan {
        if self.drafts.len() <= self.outside() {
            self.drafts.push(Plan::new(self.format, self.lines.of(self.line)));
        }
        self.drafts.last_mut().expect("one was pushed if there was none")
    }

    /// Where an object or array belongs.
    fn place(&mut self, key: &str, shape: Shape) -> Place {
        let Some(top) = self.top() else { return Place::seek(shape) };
        match (&top.place, shape) {
            (Place::Seek, _) => Place::seek(shape),
            (Place::Statement, _) => self.statement_part(key, shape),
            (&Place::Node(id), _) => self.node_part(id, key, shape),
            (&Place::Nodes(id), Shape::Object) => self.node(Some(id), Role::Outer),
            (&Place::Tasks(id), Shape::Object) => {
                let place = self.node(Some(id), Role::Other);
                if let Place::Node(task) = place {
                    self.draft().nodes[task].kind = Kind::Other("Task".into());
                }
                place
            }
            (&Place::Workers(id), Shape::Object) => self.worker(id),
            (&Place::Worker(id, worker), _) => self.owned_part(Owner::Worker(id, worker), key, shape),
            (&Place::Flat(Owner::Node(id)), Shape::Object) if key == "Plan" => self.node(Some(id), Role::Other),
            (&Place::Flat(Owner::Node(id)), _) => match slot(key) {
                Some(Slot::Part(part @ (Part::Distributed | Part::Tasks))) => {
                    self.part(Owner::Node(id), *part, shape, key)
                }
                _ => self.flat(Owner::Node(id), key),
            },
            (&Place::Flat(owner), _) => self.flat(owner, key),
            (&Place::SortGroups(owner, groups), Shape::Object) if key == "Sort Space" => self.sort_space(owner, groups),
            (&Place::List(owner, _), _) => self.flat(owner, key),
            (place, _) => match place.part(key, shape) {
                Some(place) => place,
                None => {
                    let owner = place.owner();
                    self.flat(owner, key)
                }
            },
        }
    }

    fn statement_part(&mut self, key: &str, shape: Shape) -> Place {
        let started = self.started();
        match (key, shape) {
            ("Plan", Shape::Object) => {
                if started {
                    // A second plan in the same object: its brackets were lost.
                    self.problem("two plans without brackets between them");
                    self.drafts.push(Plan::new(self.format, self.lines.of(self.line)));
                }
                self.node(None, Role::Root)
            }
            ("Plans", Shape::Array) if !started => {
                let root = self.become_node();
                Place::Nodes(root)
            }
            ("Settings", Shape::Object) => Place::Settings,
            ("Planning", Shape::Object) => Place::Planning,
            ("Triggers", Shape::Array) => Place::Triggers,
            ("Serialization", Shape::Object) => Place::Serialization,
            ("JIT", Shape::Object) => Place::Jit(Owner::Plan),
            _ if started => self.flat(Owner::Plan, key),
            _ => Place::seek(shape),
        }
    }

    /// How many drafts there were outside of the innermost statement.
    fn outside(&self) -> usize {
        self.statements.last().copied().unwrap_or(0)
    }

    /// Whether the draft of the innermost statement has a tree.
    fn started(&self) -> bool {
        self.drafts.len() > self.outside() && self.drafts.last().is_some_and(|plan| !plan.nodes.is_empty())
    }

    /// The object that looked like one around a plan is a plan's root itself.
    fn become_node(&mut self) -> NodeId {
        let loose = std::mem::take(&mut self.draft().properties);
        if let Place::Node(id) = self.node(None, Role::Root) {
            if let Some(frame) = self.frames.last_mut() {
                frame.place = Place::Node(id);
                self.draft().nodes[id].line = self.lines.of(self.frames.last().map_or(0, |frame| frame.line));
            }
            for Property { key, value } in loose {
                let (text, form) = match value {
                    Value::Text(text) => (text.into(), Form::Quoted),
                    Value::Number(number) => (number.to_string(), Form::Bare),
                    Value::Flag(flag) => (flag.to_string(), Form::Bare),
                };
                self.node_scalar(id, key.name(), Scalar { text: text.into(), form });
            }
            return id;
        }
        0
    }

    fn node(&mut self, parent: Option<NodeId>, role: Role) -> Place {
        self.partials.push(Partial::default());
        let line = self.input_line();
        let plan = self.draft();
        let id = plan.nodes.len();
        let mut node = Node::new(Kind::Other(Text::default()), line);
        node.parent = parent.or((id > 0).then_some(0));
        node.role = role;
        if let Some(parent) = node.parent {
            plan.nodes[parent].children.push(id);
        }
        plan.nodes.push(node);
        Place::Node(id)
    }

    fn scalar(&mut self, scalar: Scalar<'a>) {
        let key = self.key.take();
        let Some(frame) = self.frames.last_mut() else { return };
        let Some(key) = key else {
            if frame.shape == Shape::Object {
                return self.problem("a name is missing here: a line may be missing before it");
            }
            if matches!(frame.place, Place::Nodes(_) | Place::Workers(_)) {
                return self.problem("something that is no node stands among nodes: a line is damaged");
            }
            return frame.item(&scalar.text).unwrap_or_else(|| self.nest(scalar));
        };
        match frame.place {
            Place::Node(id) | Place::TargetTables(id) => self.node_scalar(id, &key, scalar),
            Place::Worker(id, worker) => self.worker_scalar(id, worker, &key, scalar),
            Place::Statement => self.statement_scalar(&key, scalar),
            Place::Seek => {}
            _ => self.part_scalar(&key, scalar),
        }
    }

    /// A string may hold a document.
    fn nest(&mut self, scalar: Scalar<'a>) {
        let start = scalar.text.trim_start_matches(['"', '\'']).trim_start();
        if scalar.form == Form::Quoted && start.starts_with(['{', '[', '<', '-']) && scalar.text.contains("Node") {
            self.nested.push(Nested { text: scalar.text.into_owned(), line: self.input_line() });
        }
    }

    fn prefix_or(&self, other: &str) -> String {
        if self.prefix.is_empty() { other.to_owned() } else { self.prefix.clone() }
    }
}
