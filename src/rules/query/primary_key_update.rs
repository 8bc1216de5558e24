//! `query/primary_key_update`: UPDATE of a primary key. Silent where it is set to the value by which the row was found.

use crate::catalog::text::listed;
use serde::Deserialize;

use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink, documented};
use crate::rules::scope;
use crate::sql::StatementKind;
use crate::sql::facts::{Assigned, Operand, Predicate};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        let Some(write) = cx.facts.write.as_ref().filter(|_| cx.facts.kind == StatementKind::Update) else { return };
        let Some((name, table)) = cx.catalog.and_then(|catalog| catalog.table(&write.target)) else { return };
        let Some(key) = table.primary_key() else { return };
        for assignment in &write.assignments {
            let [column] = assignment.columns.as_slice() else { continue };
            let Assigned::Value(value) = &assignment.value else { continue };
            // Tools that save whole rows write the key as they found it: as itself, or with the value it was found by.
            let itself = scope::plain_column(value).is_some_and(|own| own.name == *column);
            if key.iter().all(|one| one != column) || itself || found_by(cx, column, value) {
                continue;
            }
            let detail = "Tables that refer to the row hold the old key: the update is refused, or goes through all of them with ON UPDATE \
                          CASCADE. And it takes the row lock FOR UPDATE, for which every insert of a referring row waits.";
            let title = format!("The primary key {column} of {} is changed", name.name);
            let draft = Draft::about(cx, title, detail).at(assignment.span);
            out.find(draft.evidence(documented("primary key", listed(key))));
        }
    }
}

fn found_by(cx: &QueryCx<'_>, column: &str, value: &Operand) -> bool {
    let written = |operand: &Operand| operand.span.of(cx.text).to_owned();
    let same = |predicate: &Predicate| {
        scope::equality(predicate).is_some_and(|(left, right)| {
            scope::plain_column(left).is_some_and(|own| own.name == column) && written(right) == written(value)
        })
    };
    cx.facts.blocks.iter().any(|block| block.filters.iter().any(same))
}
