//! A finding about a statement or a script in; what an `[[allow]]` of the configuration looks at, out.

use crate::catalog::model::TableName;
use crate::effect::Effect;
use crate::report::model::Subject;
use crate::rules::allow::Candidate;
use crate::rules::draft::Draft;
use crate::rules::registry::Configured;
use crate::script::model::Script;
use crate::sql::facts::{Facts, RelationName};

use super::lived::Step;

pub(super) fn candidate_of<'a>(
    rule: &'a Configured,
    draft: &'a Draft,
    tables: impl FnOnce() -> Vec<RelationName>,
) -> Candidate<'a> {
    let fingerprints = match &draft.subject {
        Subject::Query(fingerprint) | Subject::Statement(fingerprint) => vec![fingerprint.clone()],
        _ => Vec::new(),
    };
    let mut tables = tables();
    tables.extend(draft.grows_with.as_ref().map(relation));
    tables.extend(draft.lock.as_ref().map(|lock| relation(&lock.on)));
    Candidate { rule: &rule.page.id, subject: &draft.subject, fingerprints, tables }
}

/// Tables that a statement locks or names.
pub(super) fn tables_of(effect: &Effect, facts: Option<&Facts>) -> Vec<RelationName> {
    let named = facts.into_iter().flat_map(|facts| facts.tables.iter().map(|(table, _)| table.clone()));
    effect.locks.iter().map(|lock| relation(&lock.on)).chain(named).collect()
}

/// Of the statement on which a finding about the whole script stands.
pub(super) fn tables_at(steps: &[Step], script: &Script, draft: &Draft) -> Vec<RelationName> {
    let Some(line) = draft.locations.first().map(|place| place.line) else { return Vec::new() };
    let on = script.statements.partition_point(|statement| statement.line as u64 <= line).checked_sub(1);
    let own = steps.iter().filter(|step| Some(step.statement) == on);
    own.flat_map(|step| step.effect.locks.iter().map(|lock| &lock.on).chain(&step.writes)).map(relation).collect()
}

fn relation(table: &TableName) -> RelationName {
    RelationName { schema: Some(table.schema.to_string()), name: table.name.to_string() }
}
