//! The properties of the last node, and those of its workers, line by line.

use super::super::model::{Key, NodeId, NodeUsage, Plan, Property, Value, Worker};
use super::check::{Oddity, is_balanced, is_single};
use super::figures;
use super::property::{self, Read, Sink};
use super::usage::{self, Counted};

#[derive(Debug, Default)]
pub(super) struct Inner {
    worker: Option<Place>,
    /// Column of the last line; `None` just behind the node line.
    last: Option<usize>,
    buffers: bool,
    io: bool,
    wal: bool,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    node: NodeId,
    index: usize,
    /// Of the line `Worker 0:`; its other lines stand further right.
    column: usize,
}

/// A node with more properties is not looked through for one that stands there twice.
const MANY: usize = 64;

impl Inner {
    pub(super) fn is_new(&self) -> bool {
        self.last.is_none()
    }

    pub(super) fn last(&mut self, column: usize) {
        self.last = Some(column);
    }

    /// The first line of a node stands where it must; later ones may be one step below the one before.
    pub(super) fn fits(&self, column: usize, expected: usize) -> bool {
        match self.last {
            None => column == expected,
            Some(last) => column >= expected && column <= last + 2 && (column - expected).is_multiple_of(2),
        }
    }

    pub(super) fn worker(&mut self, plan: &mut Plan, node: NodeId, number: u32, column: usize) {
        let workers = &mut plan.nodes[node].workers;
        let known = workers.iter().rev().take(MANY).position(|worker| worker.number == number);
        let index = match known {
            Some(back) => workers.len() - 1 - back,
            None => {
                workers.push(Worker {
                    number,
                    actual: None,
                    usage: NodeUsage::default(),
                    jit: None,
                    properties: Vec::new(),
                });
                workers.len() - 1
            }
        };
        self.worker = Some(Place { node, index, column });
    }

    /// Whether the line belongs to the last worker.
    pub(super) fn worker_line(&mut self, plan: &mut Plan, text: &str, column: usize) -> bool {
        let Some(place) = self.worker.filter(|place| column > place.column) else {
            self.worker = None;
            return false;
        };
        let Some(worker) = plan.nodes[place.node].workers.get_mut(place.index) else { return false };
        if let Some((actual, _)) = figures::actual(text) {
            worker.actual = Some(actual);
            return true;
        }
        let Some((key, value)) = property::split(text) else { return false };
        if key == "JIT" && value.is_empty() {
            worker.jit = Some(Box::default());
            return true;
        }
        if worker.jit.as_mut().is_some_and(|jit| usage::jit(jit, key, value)) {
            return true;
        }
        Sink { usage: &mut worker.usage, properties: &mut worker.properties }.read(key, value);
        true
    }

    /// Gives what was counted, and what is odd.
    pub(super) fn property(
        &mut self,
        plan: &mut Plan,
        node: NodeId,
        key: &str,
        value: &str,
    ) -> (Option<Counted>, Option<Oddity>) {
        let last = node + 1 == plan.nodes.len();
        let node = &mut plan.nodes[node];
        let before = node.properties.len();
        match (Sink { usage: &mut node.usage, properties: &mut node.properties }).read(key, value) {
            Read::Odd => (None, Some(Oddity::Value)),
            Read::Counted(counted) => {
                let seen = match counted {
                    Counted::Buffers => &mut self.buffers,
                    Counted::Io => &mut self.io,
                    Counted::Wal => &mut self.wal,
                };
                let twice = std::mem::replace(seen, true) && last;
                (Some(counted), twice.then_some(Oddity::Repeated))
            }
            Read::Property => {
                plan.has.verbose |= node.properties.get(before).is_some_and(|property| property.key == Key::Output);
                (None, odd(&node.properties, before, value))
            }
        }
    }
}

/// The properties from `new` on are those of the last line.
fn odd(properties: &[Property], new: usize, value: &str) -> Option<Oddity> {
    let first = properties.get(new)?;
    if matches!(first.value, Value::Text(_)) && !is_balanced(&first.key, value) {
        return Some(Oddity::Cut);
    }
    let known = properties[..new].iter().rev().take(MANY);
    let twice = is_single(&first.key) && known.into_iter().any(|property| property.key == first.key);
    twice.then_some(Oddity::Repeated)
}
