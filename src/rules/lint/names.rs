//! A script in; which of its statements give, free and alter a name, out: asked by name, however many statements there are.

use std::hash::Hash;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::script::model::{Direction, Script, Statement, Within};
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{
    ActionKind, AlterTable, MoveTo, Name, ObjectAction, ObjectKind, QualifiedName, SequenceAction,
};

/// Kinds that replace each other under one name are one kind.
pub fn space(kind: ObjectKind) -> ObjectKind {
    use ObjectKind as K;
    match kind {
        K::View | K::MaterializedView | K::ForeignTable => K::Table,
        K::Domain => K::Type,
        K::Procedure | K::Routine | K::Aggregate => K::Function,
        other => other,
    }
}

/// The object that the statement makes, or gives a name to.
fn gives(ddl: &Ddl) -> Option<(ObjectKind, &str)> {
    use ObjectKind as K;
    Some(match ddl {
        Ddl::CreateTable(table) => (K::Table, &table.name.name),
        Ddl::CreateView(view) => (K::Table, &view.name.name),
        Ddl::CreateType(def) => (K::Type, &def.name.name),
        Ddl::CreateSchema(schema) => (K::Schema, &schema.name.text),
        Ddl::CreateExtension(extension) => (K::Extension, &extension.name.text),
        Ddl::CreateSequence(sequence) => (K::Sequence, &sequence.name.name),
        Ddl::Routine(routine) => (K::Function, &routine.name.name),
        Ddl::CreateTrigger(trigger) => (K::Trigger, &trigger.name.text),
        Ddl::CreatePolicy(policy) => (K::Policy, &policy.name.text),
        Ddl::CreateRule(rule) => (K::Rule, &rule.name.text),
        Ddl::CreateEventTrigger(trigger) => (K::EventTrigger, &trigger.name.text),
        _ => {
            let (kind, _, to) = renames(ddl)?;
            (kind, &to.text)
        }
    })
}

/// What the statement renames: its kind (tables stand for views too), its old name and its new one.
pub fn renames(ddl: &Ddl) -> Option<(ObjectKind, &str, &Name)> {
    use ObjectKind as K;
    let (kind, name, to) = match ddl {
        Ddl::AlterTable(alter) => (K::Table, alter.name.name.as_str(), moved(alter)?),
        Ddl::MoveType { name, to } => (K::Type, name.name.as_str(), to),
        Ddl::RenameSchema { name, to } => return Some((K::Schema, name.text.as_str(), to)),
        Ddl::AlterSequence(alter) => match &alter.action {
            SequenceAction::Move(to) => (K::Sequence, alter.name.name.as_str(), to),
            _ => return None,
        },
        Ddl::AlterRoutine(alter) => match &alter.action {
            ObjectAction::Move(to) => (K::Function, alter.name.name.as_str(), to),
            _ => return None,
        },
        Ddl::AlterObject(alter) => match (&alter.action, &alter.name) {
            (ObjectAction::Move(to), Some(name)) => (space(alter.kind), name.name.as_str(), to),
            _ => return None,
        },
        Ddl::AlterTrigger(alter) => match &alter.action {
            ObjectAction::Move(to) => (K::Trigger, alter.name.text.as_str(), to),
            _ => return None,
        },
        _ => return None,
    };
    match to {
        MoveTo::Name(to) => Some((kind, name, to)),
        MoveTo::Schema(_) => None,
    }
}

fn moved(alter: &AlterTable) -> Option<&MoveTo> {
    alter.actions.iter().find_map(|action| match &action.kind {
        ActionKind::Move(to) => Some(to),
        _ => None,
    })
}

/// Statements of the script, those of DO blocks among them, in order, with where each begins and which of the script's own it is
/// or stands in.
pub fn all(script: &Script) -> impl Iterator<Item = (Place, &Ddl)> {
    script.statements.iter().enumerate().flat_map(|(statement, own)| {
        let first = (Place { start: own.span.start, statement, inner: None }, &own.content);
        let inner = own.inner.iter().enumerate().filter(|(_, inner)| inner.within == Within::DoBlock);
        let inner = inner
            .map(move |(at, inner)| (Place { start: inner.span.start, statement, inner: Some(at) }, &inner.content));
        std::iter::once(first).chain(inner).filter_map(|(place, content)| Some((place, content.ddl()?)))
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub start: usize,
    /// Into the script's statements.
    pub statement: usize,
    /// Into that statement's `inner`.
    pub inner: Option<usize>,
}

impl Place {
    pub fn ddl(self, script: &Script) -> Option<&Ddl> {
        let statement = script.statements.get(self.statement)?;
        match self.inner {
            Some(inner) => statement.inner.get(inner)?.content.ddl(),
            None => statement.content.ddl(),
        }
    }
}

/// Places by what happens there and to what name, in order.
#[derive(Debug, Default)]
pub struct Names {
    given: ByName<(Direction, ObjectKind)>,
    freed: ByName<(Direction, ObjectKind)>,
    /// By DROP, whatever the kind.
    dropped: ByName<Direction>,
    /// Tables, by their names without schemas.
    altered: ByName<Direction>,
    /// Statements of the script in which a statement of a DO block ends a transaction.
    commits: FxHashSet<usize>,
    /// Columns that ALTER TABLE adds, by their tables.
    columns: FxHashMap<(Direction, String), FxHashMap<String, usize>>,
}

#[derive(Debug)]
struct ByName<K>(FxHashMap<K, FxHashMap<String, Vec<Place>>>);

impl<K> Default for ByName<K> {
    fn default() -> Self {
        ByName(FxHashMap::default())
    }
}

impl<K: Eq + Hash> ByName<K> {
    fn add(&mut self, key: K, name: &str, place: Place) {
        let names = self.0.entry(key).or_default();
        match names.get_mut(name) {
            Some(places) => places.push(place),
            None => drop(names.insert(name.to_owned(), vec![place])),
        }
    }

    fn of(&self, key: &K, name: &str) -> &[Place] {
        self.0.get(key).and_then(|names| names.get(name)).map_or(&[], Vec::as_slice)
    }
}

impl Names {
    pub fn of(script: &Script) -> Self {
        let mut names = Names::default();
        for (place, ddl) in all(script) {
            names.note(script.statements[place.statement].direction, place, ddl);
        }
        names
    }

    fn note(&mut self, direction: Direction, place: Place, ddl: &Ddl) {
        if let Some((kind, name)) = gives(ddl) {
            self.given.add((direction, space(kind)), name, place);
        }
        if let Some((kind, from, _)) = renames(ddl) {
            self.freed.add((direction, space(kind)), from, place);
        }
        match ddl {
            Ddl::Drop(drop) => {
                for gone in &drop.names {
                    self.freed.add((direction, space(drop.kind)), &gone.name, place);
                    self.dropped.add(direction, &gone.name, place);
                }
            }
            Ddl::AlterTable(alter) => {
                self.altered.add(direction, &alter.name.name, place);
                for action in &alter.actions {
                    if let ActionKind::AddColumn { column, .. } = &action.kind {
                        let columns = self.columns.entry((direction, alter.name.name.clone())).or_default();
                        columns.entry(column.name.text.clone()).or_insert(place.start);
                    }
                }
            }
            Ddl::Transaction(_) if place.inner.is_some() => {
                self.commits.insert(place.statement);
            }
            _ => {}
        }
    }

    /// Whether a DO block commits between its statements.
    pub fn commits_within(&self, statement: usize) -> bool {
        self.commits.contains(&statement)
    }

    /// Whether something of the kind gets the name before `here`.
    pub fn is_given_before(&self, direction: Direction, kind: ObjectKind, name: &str, here: usize) -> bool {
        before(self.given.of(&(direction, space(kind)), name), here).next().is_some()
    }

    /// The first statement after `here` that gives the name to something of the kind.
    pub fn given_after(&self, direction: Direction, kind: ObjectKind, name: &str, here: usize) -> Option<Place> {
        after(self.given.of(&(direction, space(kind)), name), here).next()
    }

    /// Whether DROP or RENAME takes the name from something of the kind, before `here`.
    pub fn is_freed_before(&self, direction: Direction, kind: ObjectKind, name: &str, here: usize) -> bool {
        before(self.freed.of(&(direction, space(kind)), name), here).next().is_some()
    }

    /// Whether DROP takes something of that name away, after `here`.
    pub fn is_dropped_after(&self, direction: Direction, name: &str, here: usize) -> bool {
        after(self.dropped.of(&direction, name), here).next().is_some()
    }

    /// Whether ALTER TABLE adds the column to a table of that name, before `here`.
    pub fn adds_column_before(&self, direction: Direction, table: &QualifiedName, column: &str, here: usize) -> bool {
        let columns = self.columns.get(&(direction, table.name.clone()));
        columns.and_then(|columns| columns.get(column)).is_some_and(|start| *start < here)
    }

    /// Places of ALTER TABLE of tables of that name, before `here`.
    pub fn altered_before(&self, direction: Direction, table: &str, here: usize) -> impl Iterator<Item = Place> {
        before(self.altered.of(&direction, table), here)
    }

    /// As [`Self::altered_before`], after `here`.
    pub fn altered_after(&self, direction: Direction, table: &str, here: usize) -> impl Iterator<Item = Place> {
        after(self.altered.of(&direction, table), here)
    }
}

fn before(places: &[Place], here: usize) -> impl Iterator<Item = Place> {
    places[..places.partition_point(|place| place.start < here)].iter().copied()
}

fn after(places: &[Place], here: usize) -> impl Iterator<Item = Place> {
    places[places.partition_point(|place| place.start <= here)..].iter().copied()
}

/// Whether two statements become visible to others at the same moment.
pub fn at_once(one: &Statement, other: &Statement) -> bool {
    one.span == other.span || one.transaction.is_some() && one.transaction == other.transaction
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::{Options, Source, scripts};

    fn script(text: &str) -> Script {
        let source = Source { path: "1.sql".to_owned(), text: text.into() };
        scripts(vec![source], &[], Options::default()).remove(0)
    }

    #[test]
    fn names_are_found_before_and_after_a_place() {
        let script = script(
            "CREATE TABLE a (x int); ALTER TABLE a ADD y int; DROP VIEW a; ALTER TABLE b RENAME TO a;\n\
             DO $$ BEGIN CREATE TYPE c AS ENUM ('d'); COMMIT; END $$; DROP DOMAIN c;",
        );
        let names = Names::of(&script);
        let (up, table) = (Direction::Up, ObjectKind::Table);
        let start = |statement: usize| script.statements[statement].span.start;
        assert!(!names.is_given_before(up, table, "a", start(0)));
        assert!(names.is_given_before(up, ObjectKind::View, "a", start(1)));
        assert!(!names.is_given_before(Direction::Down, table, "a", start(1)));
        assert_eq!(names.given_after(up, table, "a", start(0)).map(|place| place.statement), Some(3));
        assert_eq!(names.given_after(up, table, "a", start(3)), None);
        assert!(!names.is_freed_before(up, table, "a", start(2)) && names.is_freed_before(up, table, "a", start(3)));
        assert!(names.is_freed_before(up, table, "b", start(4)));
        assert!(names.is_dropped_after(up, "c", start(3)) && !names.is_dropped_after(up, "b", start(0)));
        let of_a = QualifiedName { name: "a".to_owned(), ..QualifiedName::default() };
        assert!(names.adds_column_before(up, &of_a, "y", start(2)));
        assert!(!names.adds_column_before(up, &of_a, "y", start(1)));
        assert_eq!(names.altered_before(up, "a", start(5)).count(), 1);
        assert_eq!(names.altered_after(up, "b", start(0)).map(|place| place.statement).collect::<Vec<_>>(), [3]);
        // A block's own statements count as its own.
        let made = names.given_after(up, ObjectKind::Type, "c", start(3)).expect("in the block");
        assert_eq!((made.statement, made.inner), (4, Some(0)));
        assert!(names.commits_within(4) && !names.commits_within(3));
        assert!(matches!(made.ddl(&script), Some(Ddl::CreateType(_))));
    }
}
