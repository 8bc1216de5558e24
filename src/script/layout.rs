//! All scripts in; what is wrong with them side by side out: a version that comes twice, a way back without a way there.

use std::collections::BTreeMap;

use super::model::{Direction, Framework, Kind, Problem, ProblemKind, Script};
use super::name::{FileName, Prefix};

/// Adds its problems to the scripts.
pub(super) fn check(scripts: &mut [Script]) {
    let mut versions: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    let mut ways_back: Vec<(usize, (String, String))> = Vec::new();
    for (index, script) in scripts.iter().enumerate() {
        let Some((key, direction)) = version(script) else { continue };
        match direction {
            Direction::Up => versions.entry(key).or_default().push(index),
            Direction::Down => ways_back.push((index, key)),
        }
    }
    let mut found: Vec<(usize, String, &'static str)> = Vec::new();
    for ((_, version), members) in &versions {
        for other in members.iter().skip(1) {
            let first = scripts[members[0]].path.clone();
            let message = format!("version {version} is also that of {first}");
            found.push((*other, message, "the tool refuses one of them: give this one a number of its own"));
        }
    }
    for (index, key) in ways_back {
        // Alone it may have been asked for.
        let has_company = versions.keys().any(|(folder, _)| *folder == key.0);
        if has_company && !versions.contains_key(&key) {
            let message = format!("there is no migration up to version {} that this one could undo", key.1);
            found.push((index, message, "add the migration that it belongs to, or remove it"));
        }
    }
    for (index, message, hint) in found {
        scripts[index].problems.push(Problem {
            kind: ProblemKind::Layout,
            line: None,
            message,
            hint: Some(hint.to_owned()),
        });
    }
}

/// Folder and version of a migration of a tool that refuses two of one version.
fn version(script: &Script) -> Option<((String, String), Direction)> {
    let Kind::Migration(framework) = script.kind else { return None };
    let name = FileName::of(&script.path);
    let (folder, version) = match framework {
        Framework::Flyway | Framework::Refinery => {
            let (prefix, version) = name.flyway()?;
            if !matches!(prefix, Prefix::Versioned | Prefix::Undo) {
                return None;
            }
            let parts = version.split(['.', '_']).filter(|part| !part.is_empty());
            let parts: Vec<&str> = parts.map(|part| part.trim_start_matches('0')).collect();
            (name.folder, parts.join("."))
        }
        Framework::GolangMigrate | Framework::Sqlx | Framework::Goose | Framework::Dbmate => {
            // pop keeps one file a product beside a common one.
            if name.without_direction().is_some_and(|stem| stem.contains('.')) {
                return None;
            }
            (name.folder, name.number()?.trim_start_matches('0').to_owned())
        }
        Framework::Diesel => {
            let above = FileName::of(name.folder).folder;
            (above, name.folder_number()?.replace('-', ""))
        }
        _ => return None,
    };
    Some(((folder.to_owned(), version), name.direction_in(framework)))
}
