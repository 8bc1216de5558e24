//! What stands beside the tree, and the parts of a node that have parts.

use super::super::super::model::{Jit, Key, NodeId, Trigger, Value};
use super::super::slot::{Slot, Type, slot};
use super::super::{Form, Scalar};
use super::Builder;
use super::frame::{Owner, Place};
use super::node::{is_null, number, value};

impl<'a> Builder<'a, '_> {
    pub(super) fn statement_scalar(&mut self, name: &str, scalar: Scalar<'a>) {
        if is_null(&scalar) {
            return;
        }
        let plan = match name {
            "Plan" | "Plans" => return self.nest(scalar),
            "Node Type" if !self.started() => {
                let root = self.become_node();
                return self.node_scalar(root, name, scalar);
            }
            "Planning Time" | "Execution Time" | "Total Runtime" | "Query Text" | "Query Parameters" => self.draft(),
            _ if self.started() => {
                let value = match slot(name) {
                    Some(Slot::Property(_, kind)) => value(scalar, *kind),
                    _ => value(scalar, Type::Any),
                };
                return self.property(Owner::Plan, Key::of(name), value);
            }
            _ => {
                // Around a plan, or of a plan whose type comes later.
                let is_document = scalar.form == Form::Quoted && scalar.text.contains("Node");
                if is_document || slot(name).is_none() {
                    return self.nest(scalar);
                }
                let kind = if scalar.form == Form::Quoted { Type::Text } else { Type::Any };
                let value = match slot(name) {
                    Some(Slot::Property(_, kind)) => value(scalar, *kind),
                    _ => value(scalar, kind),
                };
                return self.property(Owner::Plan, Key::of(name), value);
            }
        };
        match name {
            "Planning Time" => plan.planning_ms = number(&scalar),
            "Execution Time" | "Total Runtime" => plan.execution_ms = number(&scalar),
            "Query Text" => plan.query = Some(scalar.text.into_owned()),
            _ => plan.parameters = Some(scalar.text.into_owned()),
        }
    }

    /// A value inside one of the parts.
    pub(super) fn part_scalar(&mut self, name: &str, scalar: Scalar<'a>) {
        let Some(place) = self.top().map(|frame| frame.place.clone()) else { return };
        if is_null(&scalar) {
            return;
        }
        let taken = match &place {
            Place::Settings => {
                let setting = (name.into(), scalar.text.as_ref().into());
                self.draft().settings.push(setting);
                true
            }
            Place::Planning => self.planning(name, &scalar),
            Place::Serialization => self.serialization(name, &scalar),
            Place::Trigger => self.trigger(name, &scalar),
            Place::Jit(owner) | Place::JitOptions(owner) | Place::JitTiming(owner) | Place::JitGeneration(owner) => {
                self.jit(*owner, &place, name, &scalar)
            }
            Place::SortGroups(owner, groups) if name == "Group Count" => {
                self.property(*owner, groups.count(), value(scalar.clone(), Type::Number));
                true
            }
            Place::SortSpace(owner, groups, space) => {
                let (average, peak) = groups.space(*space);
                let key = match name {
                    "Average Sort Space Used" => Some(average),
                    "Peak Sort Space Used" => Some(peak),
                    _ => None,
                };
                let known = key.is_some();
                if let Some(key) = key {
                    self.property(*owner, key, value(scalar.clone(), Type::Number));
                }
                known
            }
            Place::TargetTable(_) => self.target(name, &scalar),
            _ => false,
        };
        if !taken {
            self.flat_scalar(place.owner(), name, scalar);
        }
    }

    fn planning(&mut self, name: &str, scalar: &Scalar<'_>) -> bool {
        let Some(number) = number(scalar) else { return false };
        let plan = self.draft();
        match (name, slot(name)) {
            ("Memory Used", _) => plan.planning_memory_kb.get_or_insert_default().0 = number,
            ("Memory Allocated", _) => plan.planning_memory_kb.get_or_insert_default().1 = number,
            (_, Some(Slot::Usage(field))) => *field(&mut plan.planning) = number,
            _ => return false,
        }
        true
    }

    fn serialization(&mut self, name: &str, scalar: &Scalar<'_>) -> bool {
        let this = self.draft().serialization.get_or_insert_default();
        match (name, slot(name)) {
            ("Time", _) => this.ms = number(scalar),
            ("Output Volume", _) => this.output_kb = number(scalar).unwrap_or_default(),
            ("Format", _) => this.format = scalar.text.to_string(),
            (_, Some(Slot::Usage(field))) => *field(&mut this.usage) = number(scalar).unwrap_or_default(),
            _ => return false,
        }
        true
    }

    fn trigger(&mut self, name: &str, scalar: &Scalar<'_>) -> bool {
        // The frame stands for one trigger, the first of its values for its beginning.
        let begins = self.frames.last_mut().is_some_and(|frame| frame.list.replace(String::new()).is_none());
        let triggers = &mut self.draft().triggers;
        if begins {
            triggers.push(Trigger { name: String::new(), constraint: None, relation: None, ms: None, calls: 0.0 });
        }
        let Some(this) = triggers.last_mut() else { return false };
        match name {
            "Trigger Name" => this.name = scalar.text.to_string(),
            "Constraint Name" => this.constraint = Some(scalar.text.to_string()),
            "Relation" => this.relation = Some(scalar.text.to_string()),
            "Time" => this.ms = number(scalar),
            "Calls" => this.calls = number(scalar).unwrap_or_default(),
            _ => return false,
        }
        true
    }

    fn jit(&mut self, owner: Owner, place: &Place, name: &str, scalar: &Scalar<'_>) -> bool {
        let plan = self.draft();
        let jit: &mut Jit = match owner {
            Owner::Worker(id, worker) => plan.nodes[id].workers[worker].jit.get_or_insert_default(),
            _ => plan.jit.get_or_insert_default(),
        };
        let flag = scalar.text == "true" || scalar.text == "True";
        match (place, name) {
            (Place::Jit(_), "Functions") => jit.functions = number(scalar).unwrap_or_default(),
            (Place::JitOptions(_), "Inlining") => jit.inlining = flag,
            (Place::JitOptions(_), "Optimization") => jit.optimization = flag,
            (Place::JitOptions(_), "Expressions") => jit.expressions = flag,
            (Place::JitOptions(_), "Deforming") => jit.deforming = flag,
            (Place::JitTiming(_), "Generation") => jit.generation_ms = number(scalar),
            (Place::JitTiming(_), "Inlining") => jit.inlining_ms = number(scalar),
            (Place::JitTiming(_), "Optimization") => jit.optimization_ms = number(scalar),
            (Place::JitTiming(_), "Emission") => jit.emission_ms = number(scalar),
            (Place::JitTiming(_), "Total") => jit.total_ms = number(scalar),
            (Place::JitGeneration(_), "Deform") => jit.deform_ms = number(scalar),
            (Place::JitGeneration(_), "Total") => jit.generation_ms = number(scalar),
            _ => return false,
        }
        true
    }

    fn target(&mut self, name: &str, scalar: &Scalar<'_>) -> bool {
        let part = match name {
            "Schema" => &mut self.target.schema,
            "Relation Name" => &mut self.target.relation,
            "Alias" => &mut self.target.alias,
            _ => return false,
        };
        part.get_or_insert_with(|| scalar.text.to_string());
        true
    }

    /// A target's name as text writes it, but without quotes: schema, relation, and the alias if it differs.
    pub(super) fn end_target(&mut self, id: NodeId) {
        let Target { schema, relation, alias } = std::mem::take(&mut self.target);
        let schema = schema.map(|schema| schema + ".").unwrap_or_default();
        let alias =
            alias.filter(|alias| relation.as_ref() != Some(alias)).map(|alias| format!(" {alias}")).unwrap_or_default();
        if let Some(relation) = relation {
            self.property(Owner::Node(id), Key::TargetTable, Value::Text(format!("{schema}{relation}{alias}").into()));
        }
    }
}

/// One of `Target Tables`.
#[derive(Default)]
pub(super) struct Target {
    schema: Option<String>,
    relation: Option<String>,
    alias: Option<String>,
}
