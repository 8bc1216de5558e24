//! `migration/narrowing_type`: a new type that does not hold every value of the old one.

use serde::Deserialize;

use crate::effect::model::Cause;
use crate::report::model::Severity;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink, documented};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ActionKind, AlterTable, Name, TypeName};

use super::compat::is_refused;
use super::hurting::actions;
use super::steps::{LATER, named, sketch, spelled, split};
use super::width::{Loss, loss};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::AlterTable(alter)) = cx.ddl().filter(|_| !cx.effect.locks.is_empty()) else { return };
        if cx.in_use(&alter.name).is_none() || is_refused(cx) {
            return;
        }
        for action in &alter.actions {
            let ActionKind::SetType { column, to, using, .. } = &action.kind else { continue };
            let Some((from, loss)) = narrows(cx, alter, column, to) else { continue };
            let cast = using.is_some();
            let verb = match loss {
                Loss::Fails if cast && to.canonical.starts_with("character") => "cuts",
                Loss::Fails => "fails on",
                Loss::Rounds => "rounds",
                Loss::Cuts => "cuts",
            };
            let title = format!("{} becomes narrower: {verb} values that do not fit", column.text);
            let detail = format!("{} cannot hold every value of {from}.", to.canonical);
            let works = actions(cx, &[Cause::AlterType]);
            let rewrite = works.iter().find(|(_, one, _)| one.span == action.span);
            let draft = match rewrite {
                Some((_, _, work)) => {
                    let more = "Besides, every row is written anew under ACCESS EXCLUSIVE, with nobody let in.";
                    let mut draft = cx.working(work, title, format!("{detail} {more}"));
                    // Data is lost, or the deploy, however small the table is.
                    draft.grows_with = None;
                    draft.severity(Severity::Error)
                }
                None => cx.draft(action.span, title, detail),
            };
            let draft = draft.evidence(documented("types", format!("{from} to {}", to.canonical)));
            out.find(draft.ask(Ask::Ready(check_instead(cx, alter, column, to))));
        }
    }
}

/// The old type and what the new one does to its values, where the old type is known.
pub(super) fn narrows(
    cx: &StatementCx<'_>,
    alter: &AlterTable,
    column: &Name,
    to: &TypeName,
) -> Option<(String, Loss)> {
    let (_, table) = cx.replay.table(&alter.name)?;
    let from = &table.column(&column.text)?.type_name;
    Some((from.to_string(), loss(from, &to.canonical)?))
}

/// A CHECK keeps new values within the bounds without touching what is there.
fn check_instead(cx: &StatementCx<'_>, alter: &AlterTable, column: &Name, to: &TypeName) -> Advice {
    let (table, name) = (spelled(cx, &alter.name), column.span.of(cx.text));
    let condition = super::width::fits(name, &to.canonical);
    let known = condition.is_some();
    let condition = condition.unwrap_or_else(|| format!("/* {name} fits {} */", to.canonical));
    let check = named(&[&alter.name.name, &column.text, "fits"]);
    let first = format!("ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({condition}) NOT VALID;");
    let then = vec![(LATER, format!("ALTER TABLE {table} VALIDATE CONSTRAINT {check};"))];
    let detail = format!(
        "Keep the wide type and let a CHECK hold the bound: no row is written. What does not fit shows with SELECT count(*) FROM {table} \
         WHERE NOT ({condition})."
    );
    let make = if known { split } else { sketch };
    make("Hold the bound with a CHECK", detail, first, then)
}
