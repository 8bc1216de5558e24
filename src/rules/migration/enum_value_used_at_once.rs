//! `migration/enum_value_used_at_once`: a label is added to an enum and used in the same transaction.

use std::cell::OnceCell;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::effect::Version;
use crate::report::model::RecommendationKind;
use crate::rules::ScriptRule;
use crate::rules::draft::{Advice, Ask, Sink, documented};
use crate::rules::lint::context::ScriptCx;
use crate::script::model::{Statement, Transaction, Within};
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::EnumChange;
use crate::sql::{Lexer, TokenKind};

use super::enum_use::{Label, is_used};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl ScriptRule for Rule {
    fn check(&self, cx: &ScriptCx<'_>, out: &mut Sink) {
        let looked = OnceCell::new();
        for (number, statement) in cx.script.up() {
            let Some(Ddl::AlterEnum(alter)) = statement.content.ddl() else { continue };
            let EnumChange::AddValue { value, .. } = &alter.change else { continue };
            let Some(transaction) = statement.transaction else { continue };
            let looked = looked.get_or_init(|| Looked::at(cx));
            // Since 17 a type that is as new as its label may use it (release notes of 17; refused by a running 15).
            let made = || looked.made.get(&(transaction, alter.name.name.as_str())).is_some_and(|at| *at < number);
            if cx.target.version >= Version(17) && made() {
                continue;
            }
            let label = Label { value, of: &alter.name };
            let after = looked.uses_after(transaction, value, number).iter().copied();
            let used = |at: &usize| cx.script.statements.get(*at).is_some_and(|one| uses(cx, one, &label));
            if let Some(at) = after.into_iter().find(used) {
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

/// What transactions of the script make and use.
#[derive(Default)]
struct Looked<'a> {
    /// Types, with the statement that first makes one of that name.
    made: FxHashMap<(Transaction, &'a str), usize>,
    /// Statements with a string constant that holds one of the new labels, in quotes of its own or of the constant.
    uses: FxHashMap<(Transaction, &'a str), Vec<usize>>,
}

impl<'a> Looked<'a> {
    fn at(cx: &ScriptCx<'a>) -> Self {
        let (script, mut looked) = (cx.script, Looked::default());
        let mut labels: FxHashMap<String, &str> = FxHashMap::default();
        for (number, statement) in script.statements.iter().enumerate() {
            match (statement.transaction, statement.content.ddl()) {
                (Some(transaction), Some(Ddl::CreateType(made))) => {
                    looked.made.entry((transaction, &made.name.name)).or_insert(number);
                }
                (Some(_), Some(Ddl::AlterEnum(alter))) => {
                    if let EnumChange::AddValue { value, .. } = &alter.change {
                        labels.insert(value.replace('\'', "''"), value);
                    }
                }
                _ => {}
            }
        }
        for (number, statement) in script.up() {
            let same_enum = matches!(statement.content.ddl(), Some(Ddl::AlterEnum(_) | Ddl::Comment(_)));
            let Some(transaction) = statement.transaction.filter(|_| !same_enum) else { continue };
            let text = statement.span.of(&script.text);
            for token in Lexer::new(text.as_bytes()).filter(|token| token.kind == TokenKind::String) {
                for label in quoted(&text[token.start..token.end]).filter_map(|label| labels.get(label)) {
                    let uses = looked.uses.entry((transaction, *label)).or_default();
                    if uses.last() != Some(&number) {
                        uses.push(number);
                    }
                }
            }
        }
        looked
    }

    /// Statements that may use it.
    fn uses_after<'s>(&'s self, transaction: Transaction, label: &'s str, number: usize) -> &'s [usize] {
        let uses = self.uses.get(&(transaction, label)).map(Vec::as_slice).unwrap_or_default();
        uses.get(uses.partition_point(|at| *at <= number)..).unwrap_or_default()
    }
}

/// Whether the statement itself, or one of the DO block that it is, takes the label for the enum's.
fn uses(cx: &ScriptCx<'_>, statement: &Statement, label: &Label<'_>) -> bool {
    let text = |span: crate::sql::facts::Span| span.of(&cx.script.text);
    let inner = statement.inner.iter().filter(|inner| inner.within == Within::DoBlock);
    let mut all =
        std::iter::once((statement.span, &statement.content)).chain(inner.map(|inner| (inner.span, &inner.content)));
    all.any(|(span, content)| is_used(cx.replay, content, text(span), label))
}

/// What stands between two quotes of a string constant: between neighbours, and what holds no more than doubled ones.
fn quoted(constant: &str) -> impl Iterator<Item = &str> {
    let quotes: Vec<usize> = memchr::memchr_iter(b'\'', constant.as_bytes()).collect();
    let whole = quotes.first().zip(quotes.last()).filter(|(first, last)| first < last && quotes.len() > 2);
    let whole = whole.map(|(first, last)| &constant[first + 1..*last]);
    let between: Vec<&str> = quotes.windows(2).map(|pair| &constant[pair[0] + 1..pair[1]]).collect();
    between.into_iter().chain(whole)
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn labels_are_found_in_constants_and_in_bodies() {
        let all = |text: &'static str| quoted(text).collect::<Vec<_>>();
        assert_eq!(all("'a'"), ["a"]);
        assert!(all("'it''s'").contains(&"it''s"));
        assert!(all("$$ SELECT 'a', 'b' $$").contains(&"b"));
        assert!(all("'x := ''a'''").contains(&"a"));
        assert_eq!(all("$$ ' $$"), Vec::<&str>::new());
    }
}
