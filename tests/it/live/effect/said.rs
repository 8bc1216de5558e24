//! What findings say of a statement's locks, beside the locks that a server took.

use std::collections::BTreeMap;

use sqlsift::effect::{LockMode, Version};
use sqlsift::report::model::Finding;
use sqlsift::rules::lint::{Target, lint};
use sqlsift::rules::registry::{Check, Registry};
use sqlsift::script::model::Framework;
use sqlsift::script::{Options, Source, scripts};

use super::named;
use super::observe::Observed;

/// Locks for which writers wait, and that a finding about the statement which names one does not name.
pub fn unsaid(registry: &Registry, schema: &str, statement: &str, major: u32, observed: &Observed) -> Vec<String> {
    let source = |path: &str, text: String| Source { path: path.to_owned(), text: text.into() };
    let sources = vec![source("1.sql", schema.to_owned()), source("2.sql", format!("{statement};"))];
    let read = scripts(sources, &[], Options { framework: Some(Framework::Plain), ..Options::default() });
    let target = Target { wanted: &|path| path == "2.sql", ..Target::of(Version(major)) };
    let linted = lint(registry, &read, Default::default(), &target);
    let about_statement =
        |finding: &Finding| registry.get(&finding.rule).is_some_and(|rule| matches!(rule.check, Check::Statement(_)));
    let mut wrong = Vec::new();
    for finding in linted.findings.iter().filter(|finding| about_statement(finding)) {
        let named = named::locks(finding);
        if named.locks.is_empty() || named.more {
            continue;
        }
        let named: BTreeMap<String, String> = named.locks.into_iter().collect();
        for (table, mode) in observed.locks.iter().filter(|(table, _)| observed.is_table(table)) {
            let stops = LockMode::named(mode).is_some_and(LockMode::blocks_writes);
            // What the statement makes itself is no concern of others.
            let bare = table.rsplit('.').next().unwrap_or_default();
            let known = schema.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == bare);
            if known && stops && named.get(table).map(String::as_str) != Some(*mode) {
                wrong.push(format!("{} says nothing of {mode} on {table}, but {named:?}", finding.rule));
            }
        }
    }
    wrong
}
