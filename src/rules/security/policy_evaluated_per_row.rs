//! `security/policy_evaluated_per_row`: a policy that asks who the user is for each row. Silent where the call stands in a
//! scalar sub-select, which is evaluated once.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::rules::draft::seen;
use crate::rules::schema::about;
use crate::rules::words::Words;
use crate::sql::TokenKind;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in &cx.catalog.tables {
            for policy in table.policies.iter() {
                let conditions = policy.using.iter().chain(&policy.check);
                let Some(call) = conditions.filter_map(|condition| per_row(condition)).next() else { continue };
                let draft = about::table(
                    name,
                    table,
                    format!("{} calls {call} for each row of {}", policy.name, name.name),
                    format!(
                        "The condition stands in every query on the table. The answer is the same for all rows, but \
                         Postgres asks for each that it reads. In a sub-select, (SELECT {call}), it asks once and \
                         compares with the result."
                    ),
                );
                out.find(about::at(draft, policy.defined_at.as_ref()).evidence(seen("call", call)));
            }
        }
    }
}

/// Functions of the session: what they give does not depend on the row.
const OF_SESSION: &[&str] = &["auth.email", "auth.jwt", "auth.role", "auth.uid", "current_setting"];

/// A call outside of any sub-select.
fn per_row(condition: &str) -> Option<String> {
    let words = Words::of(condition);
    let mut at = 0;
    while at < words.len() {
        let opens = words.kind(at) == Some(TokenKind::LeftParen);
        if opens && words.is(at + 1, "select") {
            at = words.closing(at);
        } else {
            let qualified = format!("{}.{}", words.text(at), words.text(at + 2)).to_ascii_lowercase();
            let plain = words.text(at).to_ascii_lowercase();
            let (name, next) = match words.kind(at + 1) {
                Some(TokenKind::Dot) => (qualified, at + 3),
                _ => (plain, at + 1),
            };
            let called = words.kind(next) == Some(TokenKind::LeftParen);
            if called && OF_SESSION.contains(&name.as_str()) {
                let end = words.span(words.closing(next)).end;
                return condition.get(words.span(at).start..end).map(str::to_owned);
            }
        }
        at += 1;
    }
    None
}
