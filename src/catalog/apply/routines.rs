//! Functions and procedures: whose rights they run with, and under which search path.

use super::{Applied, Replay};
use crate::catalog::model::{Routine, SourceLine};
use crate::sql::ddl::canonical_type;
use crate::sql::ddl::model::{self as ddl, AlterRoutine, Drop, MoveTo, ObjectAction, QualifiedName, Volatility};

impl Replay {
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
        let wanted = types(&made.arguments);
        let same = |old: &Routine| {
            old.name == made.name && (old.arguments == made.arguments || types(&old.arguments) == wanted)
        };
        match self.catalog.routines.iter_mut().find(|old| same(old)) {
            Some(old) => *old = made,
            None => self.catalog.routines.push(made),
        }
        Ok(())
    }

    pub(super) fn alter_routine(&mut self, alter: &AlterRoutine) -> Applied {
        let arguments = alter.arguments.as_ref().map(|arguments| arguments.text.as_str());
        for at in self.routines(&alter.name, arguments) {
            let routine = &mut self.catalog.routines[at];
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
        }
        Ok(())
    }

    pub(super) fn drop_routine(&mut self, name: &QualifiedName, drop: &Drop) {
        let place = drop.names.iter().position(|one| one == name);
        let arguments = place.and_then(|at| drop.arguments.get(at)).and_then(Option::as_ref);
        let gone = self.routines(name, arguments.map(|arguments| arguments.text.as_str()));
        for at in gone.into_iter().rev() {
            self.catalog.routines.remove(at);
        }
    }

    /// Those that are meant: of several with the name, the ones whose types fit.
    fn routines(&self, name: &QualifiedName, arguments: Option<&str>) -> Vec<usize> {
        let meant = |routine: &Routine| {
            routine.name.name == name.name && self.schemas(name).any(|schema| schema == routine.name.schema)
        };
        let all = self.catalog.routines.iter().enumerate().filter(|(_, routine)| meant(routine));
        let all: Vec<usize> = all.map(|(at, _)| at).collect();
        match arguments.map(types) {
            Some(wanted) if all.len() > 1 => {
                all.into_iter().filter(|at| types(&self.catalog.routines[*at].arguments) == wanted).collect()
            }
            _ => all,
        }
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
}
