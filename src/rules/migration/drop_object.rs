//! `migration/drop_object`: a function, type, sequence, trigger, policy or the like goes.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{Drop, ObjectKind, QualifiedName};

use super::compat::{comes_back, held, is_old, is_unknown, runs};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::Drop(drop)) = runs(cx) else { return };
        let Some(why) = why(drop.kind).filter(|_| !takes_others(drop)) else { return };
        // What stands on a table that nobody knows yet is known to nobody.
        if drop.on.as_ref().is_some_and(|table| cx.in_use(table).is_none()) {
            return;
        }
        let goes = |name: &&QualifiedName| {
            let absent = drop.if_exists && is_absent(cx, drop, name);
            !absent && is_old(cx, drop.kind, name) && !comes_back(cx, drop.kind, &name.name)
        };
        let gone: Vec<&QualifiedName> = drop.names.iter().filter(goes).collect();
        let Some(first) = gone.first() else { return };
        let names: Vec<&str> = gone.iter().map(|name| name.name.as_str()).collect();
        let draft = cx.draft(first.span, format!("The {} {} goes", drop.kind.name(), names.join(", ")), why);
        out.find(match &drop.on {
            Some(table) => held(cx, &cx.replay.name(table), draft),
            None => draft,
        });
    }
}

/// CASCADE says something of other objects too; nothing depends on a trigger, a policy or a rule.
pub(super) fn takes_others(drop: &Drop) -> bool {
    drop.cascade && !matches!(drop.kind, ObjectKind::Trigger | ObjectKind::Policy | ObjectKind::Rule)
}

fn is_absent(cx: &StatementCx<'_>, drop: &Drop, name: &QualifiedName) -> bool {
    let on = drop.on.as_ref().and_then(|table| cx.replay.table(table));
    match (drop.kind, on) {
        (ObjectKind::Policy, Some((_, table))) => !table.policies.iter().any(|policy| policy.name == name.name),
        _ => is_unknown(cx, drop.kind, name),
    }
}

/// What is lost; nothing for kinds that other rules speak of, or that nobody misses.
fn why(kind: ObjectKind) -> Option<&'static str> {
    use ObjectKind as K;
    Some(match kind {
        K::Function | K::Procedure | K::Routine | K::Aggregate | K::Operator => {
            "Code that still calls it fails, and so do functions and procedures that call it: Postgres keeps no record of what their bodies use."
        }
        K::Type | K::Domain => "Code that still casts to it, or has it among its parameters, fails.",
        K::Sequence => "Code that still calls nextval on it fails, and the number that it had reached is lost.",
        K::Extension => "Its functions, operators and types go; code that uses them fails.",
        K::Trigger | K::Rule | K::EventTrigger => {
            "What it did is not done from now on, and no client gets an error that says so: rows that it checked, derived or recorded are not."
        }
        K::Policy => {
            "A permissive policy is what lets rows through: without it clients see fewer rows, or none, and get no error. Without a restrictive \
             one they see more."
        }
        K::ForeignTable | K::Server | K::ForeignDataWrapper | K::UserMapping => {
            "Code that reads the foreign tables fails."
        }
        K::Publication => "Its subscribers get no more changes, and their replication fails.",
        K::Subscription => "No more changes arrive from the publisher, and its slot there goes too.",
        K::Collation | K::Cast | K::TextSearchConfiguration | K::TextSearchDictionary => {
            "Code that still names it, or counts on it, fails."
        }
        _ => return None,
    })
}
