//! What findings say of a statement's locks, beside the locks that a server took.

use std::collections::BTreeMap;

use sqlsift::effect::{LockMode, Version};
use sqlsift::report::model::{Evidence, EvidenceValue, Finding};
use sqlsift::rules::lint::{SMALL_TABLE_ROWS, Target, lint};
use sqlsift::rules::registry::{Check, Registry};
use sqlsift::script::model::{Direction, Framework};
use sqlsift::script::{Options, Source, scripts};

use super::observe::Observed;

/// Locks for which writers wait, and that a finding about the statement which names one does not name.
pub fn unsaid(registry: &Registry, schema: &str, statement: &str, major: u32, observed: &Observed) -> Vec<String> {
    let source = |path: &str, text: String| Source { path: path.to_owned(), text: text.into() };
    let sources = vec![source("1.sql", schema.to_owned()), source("2.sql", format!("{statement};"))];
    let read = scripts(sources, &[], Options { framework: Some(Framework::Plain), ..Options::default() });
    let target = Target {
        version: Version(major),
        wanted: &|path| path == "2.sql",
        deployed: Default::default(),
        grown: Default::default(),
        directions: &[Direction::Up],
        small_table_rows: SMALL_TABLE_ROWS,
        traffic: None,
    };
    let linted = lint(registry, &read, Default::default(), &target);
    let about_statement =
        |finding: &Finding| registry.get(&finding.rule).is_some_and(|rule| matches!(rule.check, Check::Statement(_)));
    let mut wrong = Vec::new();
    for finding in linted.findings.iter().filter(|finding| about_statement(finding)) {
        let (named, more) = locks(finding);
        if named.is_empty() || more {
            continue;
        }
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

/// Modes by table as the evidence has them (`ShareLock on public.a, public.b`), and whether some are left out.
fn locks(finding: &Finding) -> (BTreeMap<String, String>, bool) {
    let of = |one: &Evidence| match &one.value {
        EvidenceValue::Text(text) if matches!(&*one.label, "lock" | "locks too") => text.to_string(),
        _ => String::new(),
    };
    let (mut found, mut more) = (BTreeMap::new(), false);
    for text in finding.evidence.iter().map(of) {
        let mut mode = String::new();
        for part in text.split(", ").filter(|part| !part.is_empty()) {
            let table = match part.split_once(" on ") {
                Some((held, table)) => {
                    mode = held.to_owned();
                    table
                }
                None => part,
            };
            more |= table.ends_with(" more");
            found.insert(table.split(' ').next().unwrap_or_default().to_owned(), mode.clone());
        }
    }
    (found, more)
}
