//! Values of a node and of its workers.

use std::borrow::Cow;

use super::super::super::model::{
    Actual, Estimate, Join, Key, Kind, Name, NodeId, Partial as PartialMode, Property, Role, Strategy, Value, Worker,
};
use super::super::slot::{Figure, Part, Slot, Type, slot};
use super::super::{Form, Scalar, Shape};
use super::frame::{Groups, Owner, Place, Space};
use super::{Builder, NAME};

/// Figures of an open node or worker: by [`Figure`].
#[derive(Default)]
pub(super) struct Partial {
    figures: [Option<f64>; 8],
}

impl Partial {
    fn get(&self, figure: Figure) -> Option<f64> {
        self.figures[figure as usize]
    }

    fn estimate(&self) -> Option<Estimate> {
        Some(Estimate {
            startup_cost: self.get(Figure::StartupCost)?,
            total_cost: self.get(Figure::TotalCost)?,
            rows: self.get(Figure::PlanRows)?,
            width: self.get(Figure::PlanWidth)?,
        })
    }

    /// What was never executed has no times: JSON writes 0, text nothing.
    fn actual(&self) -> Option<Actual> {
        let loops = self.get(Figure::Loops)?;
        let time = |figure| self.get(figure).filter(|_| loops > 0.0);
        Some(Actual {
            startup_ms: time(Figure::StartupTime),
            total_ms: time(Figure::TotalTime),
            rows: self.get(Figure::Rows)?,
            loops,
        })
    }

    /// Estimates stand together, and so do actuals.
    fn is_torn(&self) -> bool {
        let [costs, actuals] = [&self.figures[..4], &self.figures[4..]];
        let any = |figures: &[Option<f64>]| figures.iter().any(Option::is_some);
        let times = self.get(Figure::StartupTime).is_some() != self.get(Figure::TotalTime).is_some();
        (any(costs) && self.estimate().is_none()) || (any(actuals) && self.actual().is_none()) || times
    }
}

pub(super) fn number(scalar: &Scalar<'_>) -> Option<f64> {
    let text = scalar.text.trim();
    short(text).or_else(|| text.parse::<f64>().ok()).filter(|number| number.is_finite())
}

/// A number of few digits: both parts are exact, so their quotient is the nearest there is.
fn short(text: &str) -> Option<f64> {
    const POWERS: [f64; 4] = [1.0, 10.0, 100.0, 1000.0];
    let (mut digits, mut point) = (0_u32, None);
    if text.is_empty() || text.len() > 10 {
        return None;
    }
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => digits = digits.checked_mul(10)?.checked_add(u32::from(byte - b'0'))?,
            b'.' if point.is_none() => point = Some(text.len() - at - 1),
            _ => return None,
        }
    }
    let power = POWERS.get(point.unwrap_or(0)).filter(|_| text.len() > 1 || point.is_none())?;
    Some(f64::from(digits) / power)
}

fn flag(scalar: &Scalar<'_>) -> Option<bool> {
    match scalar.text.as_ref() {
        "true" | "True" => Some(true),
        "false" | "False" => Some(false),
        _ => None,
    }
}

pub(super) fn is_null(scalar: &Scalar<'_>) -> bool {
    scalar.form == Form::Bare && matches!(scalar.text.as_ref(), "null" | "None")
}

/// As the property's name asks, else as it looks.
pub(super) fn value(scalar: Scalar<'_>, kind: Type) -> Value {
    let typed = match kind {
        Type::Text => None,
        Type::Number => number(&scalar).map(Value::Number),
        Type::Flag => flag(&scalar).map(Value::Flag),
        Type::Any if scalar.form == Form::Quoted => None,
        Type::Any => flag(&scalar).map(Value::Flag).or_else(|| number(&scalar).map(Value::Number)),
    };
    typed.unwrap_or_else(|| Value::Text(scalar.text.into()))
}

impl<'a> Builder<'a, '_> {
    fn properties(&mut self, owner: Owner) -> &mut Vec<Property> {
        let plan = self.draft();
        match owner {
            Owner::Plan => &mut plan.properties,
            Owner::Node(id) => &mut plan.nodes[id].properties,
            Owner::Worker(id, worker) => &mut plan.nodes[id].workers[worker].properties,
        }
    }

    fn has(&mut self, owner: Owner, key: &Key) -> bool {
        self.properties(owner).iter().any(|property| property.key == *key)
    }

    pub(super) fn property(&mut self, owner: Owner, key: Key, value: Value) {
        let properties = self.properties(owner);
        let repeats = matches!(key, Key::GroupKey | Key::HashKey | Key::SortKey | Key::TargetTable | Key::Other(_));
        if !repeats && properties.iter().any(|property| property.key == key) {
            return self.problem("a property stands here twice: the first one was taken");
        }
        properties.push(Property { key, value });
    }

    pub(super) fn node_scalar(&mut self, id: NodeId, name: &str, scalar: Scalar<'a>) {
        if is_null(&scalar) {
            return;
        }
        let slot = slot(name);
        if let Some(Slot::Figure(figure)) = slot {
            return self.figure(*figure, &scalar);
        }
        let draft = self.draft();
        let node = &mut draft.nodes[id];
        let text = |scalar: Scalar<'_>| Some(Name::from(scalar.text));
        let before = match slot {
            Some(Slot::NodeType) => {
                let was_known = !node.kind.name().is_empty();
                node.kind = Kind::known(&scalar.text).unwrap_or_else(|| Kind::Other(scalar.text.into()));
                was_known
            }
            Some(Slot::ParentRelationship) => {
                node.role = role(&scalar.text, node.role);
                false
            }
            Some(Slot::SubplanName) => {
                let before = node.subplan.is_some();
                node.subplan = scalar.text.as_ref().into();
                before
            }
            Some(Slot::ParallelAware) => {
                node.parallel = flag(&scalar) == Some(true);
                false
            }
            Some(Slot::AsyncCapable) => {
                node.asynchronous = flag(&scalar) == Some(true);
                false
            }
            Some(Slot::ScanDirection) => {
                node.backward = scalar.text == "Backward";
                false
            }
            Some(Slot::PartialMode) => {
                node.partial = match scalar.text.as_ref() {
                    "Partial" => PartialMode::Partial,
                    "Finalize" => PartialMode::Finalize,
                    _ => PartialMode::Simple,
                };
                false
            }
            Some(Slot::Strategy) => {
                node.strategy = strategy(&scalar.text);
                false
            }
            Some(Slot::JoinType) => {
                node.join = join(&scalar.text);
                false
            }
            Some(Slot::Operation) => {
                node.operation = scalar.text.as_ref().into();
                false
            }
            Some(Slot::Schema) => {
                node.schema = text(scalar);
                draft.has.verbose = true;
                false
            }
            Some(Slot::Relation) => {
                let before = node.relation.is_some();
                node.relation = text(scalar);
                before
            }
            Some(Slot::Alias) => {
                node.alias = text(scalar);
                false
            }
            Some(Slot::Index) => {
                node.index = Some(scalar.text.into());
                false
            }
            Some(Slot::Usage(field)) => {
                *field(&mut node.usage) = number(&scalar).unwrap_or_default();
                match name {
                    "Shared Hit Blocks" => draft.has.buffers = true,
                    "WAL Records" => draft.has.wal = true,
                    _ => {}
                }
                false
            }
            Some(Slot::Property(key, kind)) => {
                let value = value(scalar, *kind);
                return self.property(Owner::Node(id), key.clone(), value);
            }
            _ => {
                let key = Key::Other(name.into());
                let value = value(scalar, Type::Any);
                return self.property(Owner::Node(id), key, value);
            }
        };
        if before {
            self.problem("a property stands here twice: nodes may have run into each other");
        }
    }

    fn figure(&mut self, figure: Figure, scalar: &Scalar<'_>) {
        let Some(number) = number(scalar) else { return self.problem("a number is not readable") };
        let has = &mut self.draft().has;
        match figure {
            Figure::StartupTime | Figure::TotalTime => has.timing = true,
            Figure::Rows => {
                has.analyze = true;
                has.fractional_rows |= scalar.text.contains('.');
            }
            Figure::Loops => has.analyze = true,
            _ => has.costs = true,
        }
        let Some(partial) = self.partials.last_mut() else { return };
        if partial.figures[figure as usize].replace(number).is_some() {
            self.problem("a property stands here twice: nodes may have run into each other");
        }
    }

    pub(super) fn end_node(&mut self, id: NodeId) {
        let Some(partial) = self.partials.pop() else { return };
        if partial.is_torn() {
            self.problem("costs, rows or times of a node are incomplete: a line may be missing");
        }
        let node = &mut self.draft().nodes[id];
        (node.estimate, node.actual) = (partial.estimate(), partial.actual());
        if node.kind.name().is_empty() {
            self.problem("a node without its type");
        }
    }

    pub(super) fn worker(&mut self, id: NodeId) -> Place {
        self.partials.push(Partial::default());
        let workers = &mut self.draft().nodes[id].workers;
        let number = u32::try_from(workers.len()).unwrap_or(u32::MAX);
        let usage = Default::default();
        workers.push(Worker { number, actual: None, usage, jit: None, properties: Vec::new() });
        Place::Worker(id, number as usize)
    }

    pub(super) fn worker_scalar(&mut self, id: NodeId, worker: usize, name: &str, scalar: Scalar<'a>) {
        if is_null(&scalar) {
            return;
        }
        let slot = slot(name);
        if let Some(Slot::Figure(figure)) = slot {
            return self.figure(*figure, &scalar);
        }
        let this = &mut self.draft().nodes[id].workers[worker];
        match slot {
            Some(Slot::WorkerNumber) => this.number = scalar.text.trim().parse().unwrap_or(this.number),
            Some(Slot::Usage(field)) => *field(&mut this.usage) = number(&scalar).unwrap_or_default(),
            Some(Slot::Property(key, kind)) => {
                let value = value(scalar, *kind);
                self.property(Owner::Worker(id, worker), key.clone(), value);
            }
            _ => {
                let value = value(scalar, Type::Any);
                self.property(Owner::Worker(id, worker), Key::Other(name.into()), value);
            }
        }
    }

    pub(super) fn end_worker(&mut self, id: NodeId, worker: usize) {
        let Some(partial) = self.partials.pop() else { return };
        if partial.is_torn() {
            self.problem("rows or times of a worker are incomplete: a line may be missing");
        }
        self.draft().nodes[id].workers[worker].actual = partial.actual();
    }

    /// What an object or array of a node is.
    pub(super) fn node_part(&mut self, id: NodeId, key: &str, shape: Shape) -> Place {
        match (slot(key), shape) {
            (Some(Slot::Part(Part::Plan)), Shape::Object) => self.node(Some(id), Role::Other),
            (Some(Slot::Part(Part::Plans)), _) => Place::Nodes(id),
            (Some(Slot::Part(Part::Workers)), _) => Place::Workers(id),
            (Some(Slot::Part(Part::GroupingSets)), _) => Place::GroupingSets(id),
            (Some(Slot::Part(Part::TargetTables)), _) => Place::TargetTables(id),
            (Some(Slot::Part(part @ (Part::Distributed | Part::Tasks))), _) => {
                self.part(Owner::Node(id), *part, shape, key)
            }
            _ => self.owned_part(Owner::Node(id), key, shape),
        }
    }

    pub(super) fn owned_part(&mut self, owner: Owner, key: &str, shape: Shape) -> Place {
        match (slot(key), shape) {
            (Some(Slot::Part(part)), _) => self.part(owner, *part, shape, key),
            (Some(Slot::Property(key, _)), Shape::Array) => {
                self.draft().has.verbose |= *key == Key::Output;
                Place::List(owner, key.clone())
            }
            _ => self.flat(owner, key),
        }
    }

    pub(super) fn part(&mut self, owner: Owner, part: Part, shape: Shape, key: &str) -> Place {
        match (part, owner) {
            (Part::FullSort, _) => Place::SortGroups(owner, Groups::Full),
            (Part::Presorted, _) => Place::SortGroups(owner, Groups::Presorted),
            (Part::SortGroups, _) => match self.has(owner, &Key::FullSortGroups) {
                false => Place::SortGroups(owner, Groups::Full),
                true => Place::SortGroups(owner, Groups::Presorted),
            },
            (Part::Jit, Owner::Worker(..)) => Place::Jit(owner),
            (Part::Distributed, _) => Place::Flat(owner),
            (Part::Tasks, Owner::Node(id)) if shape == Shape::Array => Place::Tasks(id),
            _ => self.flat(owner, key),
        }
    }

    /// XML does not tell memory from disk: memory comes first, and what was external was on disk.
    pub(super) fn sort_space(&mut self, owner: Owner, groups: Groups) -> Place {
        let is_external = |method: &str| method.trim().starts_with("external");
        let all_external = self.properties(owner).iter().any(|property| match &property.value {
            Value::Text(methods) => property.key == groups.methods() && methods.split(',').all(is_external),
            _ => false,
        });
        let (average, _) = groups.space(Space::Memory);
        let space = if all_external || self.has(owner, &average) { Space::Disk } else { Space::Memory };
        Place::SortSpace(owner, groups, space)
    }

    /// Nothing is dropped: names of objects and arrays are put before the names of what is in them.
    pub(super) fn flat(&mut self, owner: Owner, key: &str) -> Place {
        if !key.is_empty() && self.prefix.len() + key.len() < NAME {
            let between = if self.prefix.is_empty() { "" } else { " / " };
            self.prefix.push_str(between);
            self.prefix.push_str(key);
        }
        Place::Flat(owner)
    }

    pub(super) fn flat_scalar(&mut self, owner: Owner, name: &str, scalar: Scalar<'a>) {
        if is_null(&scalar) {
            return;
        }
        let name = match self.prefix.is_empty() {
            true => Cow::Borrowed(name),
            false => Cow::Owned(format!("{} / {name}", self.prefix)),
        };
        let value = value(scalar, Type::Any);
        self.property(owner, Key::Other(Box::new(name.into())), value);
    }
}

fn role(name: &str, other: Role) -> Role {
    match name {
        "Outer" => Role::Outer,
        "Inner" => Role::Inner,
        "Member" => Role::Member,
        "Subquery" => Role::Subquery,
        "InitPlan" => Role::InitPlan,
        "SubPlan" => Role::SubPlan,
        _ => other,
    }
}

fn strategy(name: &str) -> Option<Strategy> {
    match name {
        "Plain" => Some(Strategy::Plain),
        "Sorted" => Some(Strategy::Sorted),
        "Hashed" => Some(Strategy::Hashed),
        "Mixed" => Some(Strategy::Mixed),
        _ => None,
    }
}

fn join(name: &str) -> Option<Join> {
    const ALL: [Join; 8] =
        [Join::Inner, Join::Left, Join::Right, Join::Full, Join::Semi, Join::Anti, Join::RightAnti, Join::RightSemi];
    ALL.into_iter().find(|join| join.name() == name)
}
