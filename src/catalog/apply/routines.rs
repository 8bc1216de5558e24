//! Functions and procedures: whose rights they run with, and under which search path.

use rustc_hash::FxHashMap;

use super::counts::Counts;
use super::{Applied, Replay};
use crate::catalog::model::{Routine, SourceLine, TableName};
use crate::catalog::text::Text;
use crate::sql::ddl::canonical_type;
use crate::sql::ddl::model::{self as ddl, AlterRoutine, Expr, MoveTo, ObjectAction, QualifiedName, Volatility};

/// In the order in which they were made, found by name and types.
#[derive(Debug, Default)]
pub(super) struct Routines {
    /// `None` where one was dropped.
    all: Vec<Option<Routine>>,
    places: FxHashMap<TableName, ByTypes>,
    names: Counts<Text>,
    schemas: Counts<Text>,
}

/// Those of one name: places by the types of their parameters.
type ByTypes = FxHashMap<Vec<String>, Vec<usize>>;

impl Routines {
    fn add(&mut self, made: Routine) {
        self.enter(self.all.len(), &made);
        self.all.push(Some(made));
    }

    fn enter(&mut self, at: usize, routine: &Routine) {
        let by_types = self.places.entry(routine.name.clone()).or_default();
        by_types.entry(types(&routine.arguments)).or_default().push(at);
        self.names.add(&routine.name.name);
        self.schemas.add(&routine.name.schema);
    }

    fn remove(&mut self, at: usize) -> Option<Routine> {
        let routine = self.all[at].take()?;
        if let Some(by_types) = self.places.get_mut(&routine.name) {
            let types = types(&routine.arguments);
            if let Some(places) = by_types.get_mut(&types) {
                places.retain(|place| *place != at);
                if places.is_empty() {
                    by_types.remove(&types);
                }
            }
        }
        self.names.remove(&routine.name.name);
        self.schemas.remove(&routine.name.schema);
        Some(routine)
    }

    fn put_back(&mut self, at: usize, routine: Routine) {
        self.enter(at, &routine);
        self.all[at] = Some(routine);
    }

    /// Those of the names; of several the ones with these types, where they are said.
    fn meant(&self, names: impl Iterator<Item = TableName>, arguments: Option<&str>) -> Vec<usize> {
        let of_names: Vec<&ByTypes> = names.filter_map(|name| self.places.get(&name)).collect();
        let count = of_names.iter().flat_map(|by_types| by_types.values()).map(Vec::len).take(2).sum::<usize>();
        let mut meant: Vec<usize> = match arguments.filter(|_| count > 1).map(types) {
            Some(wanted) => of_names.iter().filter_map(|by_types| by_types.get(&wanted)).flatten().copied().collect(),
            None => of_names.iter().flat_map(|by_types| by_types.values()).flatten().copied().collect(),
        };
        meant.sort_unstable();
        meant
    }
}

impl FromIterator<Routine> for Routines {
    fn from_iter<I: IntoIterator<Item = Routine>>(all: I) -> Self {
        let mut routines = Routines::default();
        all.into_iter().for_each(|routine| routines.add(routine));
        routines
    }
}

impl IntoIterator for Routines {
    type Item = Routine;
    type IntoIter = std::iter::Flatten<std::vec::IntoIter<Option<Routine>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.into_iter().flatten()
    }
}

impl Replay {
    /// Whether there is a function or procedure of that name, in whatever schema.
    pub fn has_routine(&self, name: &str) -> bool {
        Text::known(name).is_some_and(|name| self.routines.names.has(&name))
    }

    /// Whether the function of that name (in that schema) is volatile; of several the most volatile one counts, because which of them is
    /// called is not known. `None`: there is none, or of one it is not known.
    pub fn is_volatile(&self, schema: Option<&str>, name: &str) -> Option<bool> {
        if !self.has_routine(name) {
            return None;
        }
        let called = |one: &&Routine| one.name.name == name && schema.is_none_or(|schema| one.name.schema == schema);
        let mut volatile = None;
        for routine in self.routines.all.iter().flatten().filter(called) {
            volatile = Some(volatile.unwrap_or_default() | routine.volatile?);
        }
        volatile
    }

    /// How many functions and procedures a schema has.
    pub fn routines_in(&self, schema: &Text) -> usize {
        self.routines.schemas.of(schema)
    }

    pub(super) fn create_routine(&mut self, def: &ddl::Routine, at: &SourceLine) -> Applied {
        let made = Routine {
            name: self.new_name(&def.name),
            arguments: def.arguments.text.clone(),
            language: def.language.clone(),
            security_definer: def.options.security_definer.is_some(),
            sets_search_path: def.options.sets_search_path(),
            volatile: Some(def.options.volatility.is_none_or(|one| one == Volatility::Volatile)),
            defined_at: Some(at.clone()),
        };
        let alike = self.routines.places.get(&made.name).and_then(|by_types| by_types.get(&types(&made.arguments)));
        match alike.and_then(|places| places.iter().min()) {
            Some(&old) => self.routines.all[old] = Some(made),
            None => self.routines.add(made),
        }
        Ok(())
    }

    pub(super) fn alter_routine(&mut self, alter: &AlterRoutine) -> Applied {
        let arguments = alter.arguments.as_ref().map(|arguments| arguments.text.as_str());
        for at in self.routines(&alter.name, arguments) {
            let Some(mut routine) = self.routines.remove(at) else { continue };
            routine.security_definer |= alter.options.security_definer.is_some();
            routine.security_definer &= alter.options.security_invoker.is_none();
            routine.sets_search_path |= alter.options.sets_search_path();
            if let Some(volatility) = alter.options.volatility {
                routine.volatile = Some(volatility == Volatility::Volatile);
            }
            match &alter.action {
                ObjectAction::Move(MoveTo::Name(to)) => routine.name.name = to.text.as_str().into(),
                ObjectAction::Move(MoveTo::Schema(to)) => routine.name.schema = to.text.as_str().into(),
                _ => {}
            }
            self.routines.put_back(at, routine);
        }
        Ok(())
    }

    pub(super) fn drop_routine(&mut self, name: &QualifiedName, arguments: Option<&Expr>) {
        for at in self.routines(name, arguments.map(|arguments| arguments.text.as_str())) {
            self.routines.remove(at);
        }
    }

    /// Those that are meant: of several with the name, the ones whose types fit.
    fn routines(&self, name: &QualifiedName, arguments: Option<&str>) -> Vec<usize> {
        let Some(called) = Text::known(&name.name).filter(|called| self.routines.names.has(called)) else {
            return Vec::new();
        };
        let schemas = self.schemas(name).filter_map(Text::known);
        let names = schemas.map(|schema| TableName { schema, name: called.clone() });
        self.routines.meant(names, arguments)
    }
}

/// The types of the parameters that identify a routine: those that go in.
fn types(arguments: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0usize;
    for letter in arguments.chars() {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match parts.last_mut() {
            Some(_) if letter == ',' && depth == 0 => parts.push(String::new()),
            Some(part) => part.push(letter),
            None => {}
        }
    }
    parts.iter().filter_map(|part| type_of(part)).collect()
}

fn type_of(parameter: &str) -> Option<String> {
    let lower = parameter.to_ascii_lowercase();
    let end = lower.find(" default ").or_else(|| lower.find('=')).unwrap_or(lower.len());
    let mut words: Vec<&str> = lower[..end].split_whitespace().collect();
    if words.first() == Some(&"out") || words.is_empty() {
        return None;
    }
    if matches!(words[0], "in" | "inout" | "variadic") {
        words.remove(0);
    }
    let whole = words.join(" ");
    let without_name = words.get(1..).unwrap_or_default().join(" ");
    Some(canonical_type(&whole).or_else(|| canonical_type(&without_name)).unwrap_or(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_and_their_types() {
        let wanted = ["integer", "double precision", "numeric(10,2)"];
        assert_eq!(types("a int, IN double precision, c numeric(10,2) DEFAULT 3, OUT d text"), wanted);
        assert_eq!(types(""), Vec::<String>::new());
        assert_eq!(types("_id uuid, name text"), types("uuid,text"));
    }

    #[test]
    fn of_several_with_a_name_the_types_say_which_is_meant() {
        let name = |name: &str| TableName { schema: "public".into(), name: name.into() };
        let routine = |called: &str, arguments: &str| Routine {
            name: name(called),
            arguments: arguments.to_owned(),
            language: None,
            security_definer: false,
            sets_search_path: false,
            volatile: None,
            defined_at: None,
        };
        let mut routines: Routines =
            [routine("f", "a int"), routine("g", "int"), routine("f", "text")].into_iter().collect();
        let meant = |routines: &Routines, arguments| routines.meant([name("f")].into_iter(), arguments);
        assert_eq!(meant(&routines, None), [0, 2]);
        assert_eq!(meant(&routines, Some("integer")), [0]);
        assert!(meant(&routines, Some("uuid")).is_empty());
        assert!(routines.remove(0).is_some() && routines.remove(0).is_none());
        // The only one is meant, whatever is said.
        assert_eq!(meant(&routines, Some("uuid")), [2]);
        assert_eq!((routines.names.of(&"f".into()), routines.schemas.of(&"public".into())), (1, 2));
        let left: Vec<String> = routines.into_iter().map(|routine| routine.arguments).collect();
        assert_eq!(left, ["int", "text"]);
    }
}
