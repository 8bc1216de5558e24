//! What `[lint]` and `[[paths]]` of `sqlsift.toml` say.

use std::collections::BTreeMap;

use crate::report::model::Severity;
use crate::rules::allow::names;

/// Values that the command line overrides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lint {
    pub pg_version: Option<u32>,
    pub framework: Option<String>,
    /// `none`, `info`, `warning` or `error`.
    pub fail_on: Option<String>,
    /// Files that are neither read nor replayed.
    pub exclude: Vec<glob::Pattern>,
    /// What is slow on large tables only is not said of tables that are known to have fewer rows; 0 says it of all.
    pub small_table_rows: Option<u64>,
}

/// One `[[paths]]`: severities that hold below some paths only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    pub files: Vec<glob::Pattern>,
    /// By rule or `group/*`; `None` is off.
    pub severities: BTreeMap<String, Option<Severity>>,
}

/// Whether a path fits a pattern, as a whole or from one of its folders on.
pub fn fits(pattern: &glob::Pattern, path: &str) -> bool {
    let tails = path.match_indices('/').map(|(at, _)| &path[at + 1..]);
    std::iter::once(path).chain(tails).any(|tail| pattern.matches(tail))
}

/// What the entries say of a rule in a file: the last one counts, and a single rule before a group.
pub fn severity(entries: &[Paths], path: &str, rule: &str) -> Option<Option<Severity>> {
    let fitting = entries.iter().rev().filter(|entry| entry.files.iter().any(|pattern| fits(pattern, path)));
    fitting
        .filter_map(|entry| {
            let exact = entry.severities.get(rule);
            let group =
                || entry.severities.iter().find(|(pattern, _)| names(pattern, rule)).map(|(_, severity)| severity);
            exact.or_else(group).copied()
        })
        .next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_from_any_folder_on() {
        let pattern = glob::Pattern::new("db/legacy/**").unwrap();
        assert!(fits(&pattern, "db/legacy/1.sql") && fits(&pattern, "./app/db/legacy/a/2.sql"));
        assert!(!fits(&pattern, "db/migrations/1.sql"));
    }

    #[test]
    fn a_rule_comes_before_its_group() {
        let severities = [("migration/*".to_owned(), None), ("migration/drop_table".to_owned(), Some(Severity::Info))];
        let entries =
            [Paths { files: vec![glob::Pattern::new("old/*").unwrap()], severities: severities.into_iter().collect() }];
        assert_eq!(severity(&entries, "old/1.sql", "migration/drop_table"), Some(Some(Severity::Info)));
        assert_eq!(severity(&entries, "old/1.sql", "migration/drop_column"), Some(None));
        assert_eq!(severity(&entries, "new/1.sql", "migration/drop_column"), None);
    }
}
