//! A line of a comment in; what it allows, in our words or in those of another linter, out.

use crate::rules::allow::names;
use crate::rules::comment::reasoned;
use crate::rules::page::Page;

/// One allowance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance {
    pub what: What,
    pub because: Option<String>,
    pub scope: Scope,
}

impl Allowance {
    /// Other tools' comments need not give one.
    pub fn reason(&self) -> String {
        match (&self.because, &self.what) {
            (Some(because), _) => because.clone(),
            (None, What::Theirs { tool, .. }) => format!("a comment for {tool}"),
            (None, What::Ours(_)) => String::new(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A rule's id, or `group/*`.
    Ours(String),
    /// A rule as another tool calls it; without a name all of them.
    Theirs { tool: &'static str, rule: Option<String> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Statement,
    File,
}

/// How a tool writes it: what introduces the rules, the tool's name in our pages' aliases, and how far it reaches. Longer
/// markers come before those that begin alike.
const MARKERS: &[(&str, &str, Scope)] = &[
    ("squawk-ignore-file", "squawk", Scope::File),
    ("squawk-ignore", "squawk", Scope::Statement),
    ("eugene: ignore", "eugene", Scope::Statement),
    ("eugene-ignore", "eugene", Scope::Statement),
    ("pgsafe:ignore-file", "pgsafe", Scope::File),
    ("pgsafe:ignore", "pgsafe", Scope::Statement),
    ("pgls-ignore-all", "pgls", Scope::File),
    ("pgls-ignore", "pgls", Scope::Statement),
    ("pgt-ignore-all", "pgls", Scope::File),
    ("pgt-ignore", "pgls", Scope::Statement),
    ("migrationpilot-disable-file", "migrationpilot", Scope::File),
    ("migrationpilot-disable", "migrationpilot", Scope::Statement),
    ("safemigrate:ignore=", "safemigrate", Scope::Statement),
    ("pgfence-ignore:", "pgfence", Scope::Statement),
    ("atlas:nolint", "atlas", Scope::Statement),
];

const OURS: &[(&str, Scope)] = &[("sqlsift: allow-file ", Scope::File), ("sqlsift: allow ", Scope::Statement)];

/// Whether a text can hold any: most hold none.
pub fn possible(text: &str) -> bool {
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    has("sqlsift:") || has("ignore") || has("nolint") || has("-disable")
}

/// What one line of a comment allows.
pub fn read(line: &str) -> Vec<Allowance> {
    let line = line.trim_start_matches(['-', '/', '*', ' ', '\t']).trim_end_matches(['*', '/', ' ', '\t', '\r']);
    for (marker, scope) in OURS {
        if let Some(rest) = line.strip_prefix(marker) {
            let (rules, because) = reasoned(rest);
            return listed(rules)
                .map(|rule| Allowance {
                    what: What::Ours(rule.replace('-', "_")),
                    because: because.clone(),
                    scope: *scope,
                })
                .collect();
        }
    }
    let Some((rest, tool, scope)) = MARKERS.iter().find_map(|(marker, tool, scope)| {
        let rest = line.strip_prefix(marker)?;
        Some((rest.trim_start_matches(':'), *tool, *scope))
    }) else {
        return Vec::new();
    };
    // pgls: `lint/safety/banDropColumn: why`; pgsafe and safemigrate: `rule reason`.
    let (rules, because) = match tool {
        "pgls" => rest.split_once(':').map_or((rest, None), |(rules, why)| (rules, Some(why))),
        "pgsafe" | "safemigrate" => {
            rest.trim_start().split_once(' ').map_or((rest, None), |(rules, why)| (rules, Some(why)))
        }
        _ => (rest, None),
    };
    let because = because.map(|why| why.trim().to_owned());
    let theirs =
        |rule: Option<String>| Allowance { what: What::Theirs { tool, rule }, because: because.clone(), scope };
    let named: Vec<Allowance> = listed(rules).map(|rule| theirs(Some(short(rule)))).collect();
    if named.is_empty() { vec![theirs(None)] } else { named }
}

fn listed(rules: &str) -> impl Iterator<Item = &str> {
    rules.split([',', ' ', '\t']).map(str::trim).filter(|rule| !rule.is_empty())
}

/// `lint/safety/banDropColumn` is `banDropColumn`.
fn short(rule: &str) -> String {
    rule.rsplit('/').next().unwrap_or(rule).to_owned()
}

impl What {
    pub fn covers(&self, page: &Page) -> bool {
        match self {
            What::Ours(pattern) => names(pattern, &page.id),
            What::Theirs { tool, rule } => page.aliases.iter().any(|alias| {
                let Some((of, name)) = alias.split_once(':') else { return false };
                of == *tool && rule.as_deref().is_none_or(|rule| rule.eq_ignore_ascii_case(name))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_tools_comments_are_understood() {
        let theirs = |line: &str| match read(line).into_iter().next().map(|found| (found.what, found.because)) {
            Some((What::Theirs { tool, rule }, because)) => {
                format!("{tool} {} {}", rule.unwrap_or_default(), because.unwrap_or_default())
            }
            other => format!("{other:?}"),
        };
        assert_eq!(theirs("-- squawk-ignore ban-drop-column,prefer-text-field"), "squawk ban-drop-column ");
        assert_eq!(theirs("-- squawk-ignore-file"), "squawk  ");
        assert_eq!(theirs("-- eugene: ignore E1, E2"), "eugene E1 ");
        assert_eq!(theirs("-- pgsafe:ignore drop-column nobody reads it"), "pgsafe drop-column nobody reads it");
        assert_eq!(theirs("/* pgls-ignore lint/safety/banDropColumn: gone */"), "pgls banDropColumn gone");
        assert_eq!(theirs("-- atlas:nolint DS103"), "atlas DS103 ");
        assert!(read("-- ignore this").is_empty());
    }

    #[test]
    fn ours_names_rules_and_a_reason() {
        let found = read("-- sqlsift: allow migration/drop_column, migration/drop-table because nobody reads them");
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].what, What::Ours("migration/drop_table".into()));
        assert_eq!(found[1].because.as_deref(), Some("nobody reads them"));
        assert_eq!(read("-- sqlsift: allow-file query/* because generated")[0].scope, Scope::File);
        assert_eq!(read("-- sqlsift: allow query/x")[0].because, None);
    }
}
