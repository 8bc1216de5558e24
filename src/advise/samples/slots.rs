//! The facts of a statement in; what each of its parameters is compared with, out.

use std::collections::BTreeMap;

use crate::catalog::model::{Catalog, Column};
use crate::catalog::resolve::Resolver;
use crate::sql::facts::{Bound, CompareOp, Facts, Operand, Predicate, Test, Value};

/// What a parameter stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slot<'a> {
    /// One value of the column; `place` counts the values of one IN list.
    One {
        of: Home<'a>,
        place: usize,
    },
    /// An array of its values.
    Several {
        of: Home<'a>,
    },
    /// The column is at least, or at most, this.
    Least {
        of: Home<'a>,
    },
    Most {
        of: Home<'a>,
    },
    Limit,
    Offset,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Home<'a> {
    pub column: &'a Column,
}

impl Home<'_> {
    pub fn is(&self, other: &Home<'_>) -> bool {
        std::ptr::eq(self.column, other.column)
    }
}

/// Parameters whose value can be drawn; a pattern, a document and what goes into an expression cannot.
pub(super) fn slots<'a>(facts: &'a Facts, catalog: Option<&'a Catalog>) -> BTreeMap<u16, Slot<'a>> {
    let mut walk = Walk { resolver: Resolver::new(facts, catalog), slots: BTreeMap::new() };
    for (number, block) in facts.blocks.iter().enumerate() {
        walk.all(number, &block.filters);
        block.sources.iter().for_each(|source| walk.all(number, &source.on));
        walk.bound(block.limit, Slot::Limit);
        walk.bound(block.offset, Slot::Offset);
    }
    walk.bound(facts.limit, Slot::Limit);
    walk.bound(facts.offset, Slot::Offset);
    walk.slots
}

struct Walk<'a> {
    resolver: Resolver<'a>,
    slots: BTreeMap<u16, Slot<'a>>,
}

impl<'a> Walk<'a> {
    fn all(&mut self, block: usize, predicates: &'a [Predicate]) {
        predicates.iter().for_each(|predicate| self.one(block, predicate));
    }

    fn one(&mut self, block: usize, predicate: &'a Predicate) {
        match &predicate.test {
            Test::Compare { left, op, right } => {
                if let (Some(of), Some(number)) = (self.home(block, left), parameter(right)) {
                    self.compare(number, *op, of);
                } else if let (Some(number), Some(of)) = (parameter(left), self.home(block, right)) {
                    self.compare(number, turned(*op), of);
                }
            }
            Test::InList { operand, items, .. } => {
                let Some(of) = self.home(block, operand) else { return };
                for (place, number) in items.iter().enumerate().filter_map(|(at, item)| Some((at, parameter(item)?))) {
                    self.put(number, Slot::One { of, place });
                }
            }
            Test::AnyArray { operand, op: CompareOp::Eq, array } => {
                if let (Some(of), Some(number)) = (self.home(block, operand), parameter(array)) {
                    self.put(number, Slot::Several { of });
                }
            }
            Test::Between { operand, low, high, .. } => {
                let Some(of) = self.home(block, operand) else { return };
                parameter(low).into_iter().for_each(|number| self.put(number, Slot::Least { of }));
                parameter(high).into_iter().for_each(|number| self.put(number, Slot::Most { of }));
            }
            Test::Or(branches) => branches.iter().for_each(|branch| self.all(block, branch)),
            Test::Not(inner) => self.one(block, inner),
            _ => {}
        }
    }

    fn compare(&mut self, number: u16, op: CompareOp, of: Home<'a>) {
        let slot = match op {
            CompareOp::Gt | CompareOp::GtEq => Slot::Least { of },
            CompareOp::Lt | CompareOp::LtEq => Slot::Most { of },
            CompareOp::Eq | CompareOp::NotEq | CompareOp::NotDistinct | CompareOp::Distinct => {
                Slot::One { of, place: 0 }
            }
        };
        self.put(number, slot);
    }

    /// A parameter that stands twice keeps its first meaning.
    fn put(&mut self, number: u16, slot: Slot<'a>) {
        if number > 0 {
            self.slots.entry(number).or_insert(slot);
        }
    }

    fn bound(&mut self, bound: Option<Bound>, slot: Slot<'a>) {
        if let Some(Bound::Parameter(number)) = bound {
            self.put(number, slot);
        }
    }

    fn home(&self, block: usize, operand: &Operand) -> Option<Home<'a>> {
        let Value::Column(column) = &operand.value else { return None };
        let found = self.resolver.resolve(block, column)?;
        Some(Home { column: found.column })
    }
}

fn turned(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Lt => CompareOp::Gt,
        CompareOp::LtEq => CompareOp::GtEq,
        CompareOp::Gt => CompareOp::Lt,
        CompareOp::GtEq => CompareOp::LtEq,
        same => same,
    }
}

/// `$n`, also `$n::type`.
fn parameter(operand: &Operand) -> Option<u16> {
    match &operand.value {
        Value::Parameter(number) => Some(*number),
        Value::Cast { operand, .. } => parameter(operand),
        _ => None,
    }
}
