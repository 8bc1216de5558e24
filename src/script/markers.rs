//! The small files beside migrations by which their tool is known.

use std::collections::BTreeMap;

use super::name::FileName;
use super::read::Source;

/// Names of files that tell a tool.
const NAMES: &[&str] = &[
    "_journal.json",
    "atlas.sum",
    "Cargo.toml",
    "dbconfig.yml",
    "diesel.toml",
    "flyway.conf",
    "flyway.toml",
    "go.mod",
    "liquibase.properties",
    "metadata.toml",
    "migration_lock.toml",
    "package.json",
    "sqlc.json",
    "sqlc.yaml",
    "sqlc.yml",
];

/// Whether the CLI should hand the file over as a marker: those in the folders of the SQL files, in `meta/` below them, and in
/// the folders above up to the root of the repository. Paths have to be written alike (all relative to one place, or all
/// absolute).
pub fn is_marker(path: &str) -> bool {
    let name = FileName::of(path).name;
    NAMES.contains(&name) || name.ends_with(".sql.conf")
}

/// Markers by path, both written with `/`.
#[derive(Debug, Default)]
pub(super) struct Markers<'m> {
    by_path: BTreeMap<String, &'m str>,
}

fn unified(path: &str) -> String {
    path.replace('\\', "/").trim_start_matches("./").to_owned()
}

impl<'m> Markers<'m> {
    pub fn new(sources: &'m [Source]) -> Self {
        let by_path = sources.iter().map(|source| (unified(&source.path), &*source.text)).collect();
        Markers { by_path }
    }

    /// The text of the file at that path.
    pub fn at(&self, path: &str) -> Option<&'m str> {
        if self.by_path.is_empty() { None } else { self.by_path.get(&unified(path)).copied() }
    }

    /// The file of that name in a folder or the nearest one above.
    pub fn nearest(&self, folder: &str, name: &str) -> Option<&'m str> {
        if self.by_path.is_empty() {
            return None;
        }
        let mut folder = unified(folder);
        loop {
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            if let Some(text) = self.by_path.get(&path) {
                return Some(text);
            }
            if folder.is_empty() {
                // Paths are relative to where the tool was started: two folders above it may be handed over too.
                let above = ["../", "../../"].map(|up| format!("{up}{name}"));
                return above.iter().find_map(|path| self.by_path.get(path)).copied();
            }
            folder.truncate(folder.rfind('/').unwrap_or_default());
        }
    }

    /// Whether the nearest file of that name speaks of something.
    pub fn names(&self, folder: &str, file: &str, what: &str) -> bool {
        self.nearest(folder, file).is_some_and(|text| text.contains(what))
    }
}

/// The value of a `key = value` line, in `.conf`, `.properties` and TOML files; the last part of a dotted key counts.
pub(super) fn setting<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.lines().rev().find_map(|line| {
        let (found, value) = line.split_once('=')?;
        let found = found.trim().rsplit('.').next().unwrap_or_default();
        (found == key && !line.trim_start().starts_with('#')).then(|| value.trim().trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_marker_counts() {
        let source = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
        let sources = [source("./Cargo.toml", "sqlx"), source("a/b/Cargo.toml", "refinery")];
        let markers = Markers::new(&sources);
        assert!(markers.names("a/b/migrations", "Cargo.toml", "refinery"));
        assert!(markers.names("a/migrations", "Cargo.toml", "sqlx"));
        assert!(!markers.names("a/migrations", "go.mod", ""));
    }

    #[test]
    fn settings_are_read_from_lines() {
        assert_eq!(
            setting("# executeInTransaction=true\nexecuteInTransaction = false\n", "executeInTransaction"),
            Some("false")
        );
        assert_eq!(setting("flyway.mixed=true", "mixed"), Some("true"));
        assert_eq!(setting("a = \"b\"", "c"), None);
        assert!(is_marker("db/V1__x.sql.conf") && is_marker("a/Cargo.toml") && !is_marker("a/x.sql"));
    }
}
