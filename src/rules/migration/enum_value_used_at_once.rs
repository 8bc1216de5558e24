//! `migration/enum_value_used_at_once`: a label is added to an enum and used in the same transaction.

use serde::Deserialize;

use crate::effect::Version;
use crate::report::model::RecommendationKind;
use crate::rules::ScriptRule;
use crate::rules::draft::{Advice, Ask, Sink, documented};
use crate::rules::lint::context::ScriptCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::EnumChange;
use crate::sql::{Lexer, TokenKind};

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
            let uses = later.filter(|(_, one)| {
                let same_enum = matches!(one.content.ddl(), Some(Ddl::AlterEnum(_) | Ddl::Comment(_)));
                !same_enum && names(one.span.of(&cx.script.text), value)
            });
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

/// Whether a string constant of the text is this label.
fn names(text: &str, label: &str) -> bool {
    let quoted = format!("'{}'", label.replace('\'', "''"));
    text.contains(&quoted)
        && Lexer::new(text.as_bytes())
            .any(|token| token.kind == TokenKind::String && text[token.start..token.end].contains(&quoted))
}
