//! `migration/enum_value_used_at_once`: a label is added to an enum and used in the same transaction.

use serde::Deserialize;

use crate::effect::Version;
use crate::report::model::RecommendationKind;
use crate::rules::ScriptRule;
use crate::rules::draft::{Advice, Ask, Sink, documented};
use crate::rules::lint::context::ScriptCx;
use crate::script::model::{Statement, Within};
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::EnumChange;

use super::enum_use::{Label, is_used};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl ScriptRule for Rule {
    fn check(&self, cx: &ScriptCx<'_>, out: &mut Sink) {
        for (number, statement) in cx.script.up() {
            let Some(Ddl::AlterEnum(alter)) = statement.content.ddl() else { continue };
            let EnumChange::AddValue { value, .. } = &alter.change else { continue };
            let Some(transaction) = statement.transaction else { continue };
            // Since 17 a type that is as new as its label may use it (release notes of 17; refused by a running 15).
            if cx.target.version >= Version(17) && made_in(cx, number, &alter.name.name) {
                continue;
            }
            let later = cx.script.up().filter(|(at, one)| *at > number && one.transaction == Some(transaction));
            let label = Label { value, of: &alter.name };
            let uses = later.filter(|(_, one)| uses(cx, one, &label));
            for (at, _) in uses.take(1) {
                let draft = cx.draft(
                    at,
                    format!("The new label '{value}' is used before it is committed"),
                    format!(
                        "Line {} adds it in the same transaction; Postgres refuses to use it until that has been committed: the migration fails.",
                        statement.line
                    ),
                );
                out.find(draft.evidence(documented("error", "55P04 unsafe use of new value")).ask(Ask::Ready(
                    Advice::new(
                        RecommendationKind::SplitMigration,
                        "Add the label in a migration of its own",
                        "Use it in the next one.",
                        "",
                    ),
                )));
            }
        }
    }
}

fn made_in(cx: &ScriptCx<'_>, before: usize, name: &str) -> bool {
    let transaction = cx.script.statements[before].transaction;
    cx.script.statements[..before].iter().any(|statement| {
        statement.transaction == transaction
            && matches!(statement.content.ddl(), Some(Ddl::CreateType(made)) if made.name.name == name)
    })
}

/// The statement itself, or one of the DO block that it is.
fn uses(cx: &ScriptCx<'_>, statement: &Statement, label: &Label<'_>) -> bool {
    if matches!(statement.content.ddl(), Some(Ddl::AlterEnum(_) | Ddl::Comment(_))) {
        return false;
    }
    let text = |span: crate::sql::facts::Span| span.of(&cx.script.text);
    let inner = statement.inner.iter().filter(|inner| inner.within == Within::DoBlock);
    let mut all =
        std::iter::once((statement.span, &statement.content)).chain(inner.map(|inner| (inner.span, &inner.content)));
    all.any(|(span, content)| is_used(cx.replay, content, text(span), label))
}
