//! `migration/collation_change`: another collation for a column, for which its indexes are built again.

use serde::Deserialize;

use crate::catalog::access::{quote_ident, quote_table};
use crate::catalog::model::{Index, TableName};
use crate::effect::model::Cause;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::model::{Action, ActionKind, AlterTable, Name};

use super::hurting::actions;
use super::steps::{LATER, Step, plain_name, sketch, spelled};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        for (alter, action, work) in actions(cx, &[Cause::TypeIndex]) {
            let Some((column, collation)) = collated(cx, alter, action) else { continue };
            let draft = cx.working(
                work,
                format!("Another collation for {} builds its indexes again with nobody let in", column.text),
                "An index is sorted by the old collation, so it is built again under ACCESS EXCLUSIVE; and results come in another order \
                 from then on.",
            );
            out.find(draft.ask(Ask::Ready(index_before(cx, alter, column, collation))));
        }
    }
}

/// The column of a SET DATA TYPE that brings another collation and leaves the rows as they are.
pub(super) fn collated<'a>(
    cx: &StatementCx<'_>,
    alter: &AlterTable,
    action: &'a Action,
) -> Option<(&'a Name, &'a str)> {
    let ActionKind::SetType { column, collation, .. } = &action.kind else { return None };
    let collation = collation.as_deref()?;
    let known = cx.replay.table(&alter.name)?.1.column(&column.text)?;
    (known.collation.as_deref() != Some(collation)).then_some((column, collation))
}

/// Indexes that say the new collation themselves are kept when the column gets it (`CheckIndexCompatible`).
fn index_before(cx: &StatementCx<'_>, alter: &AlterTable, column: &Name, collation: &str) -> Advice {
    let table = spelled(cx, &alter.name);
    let found = cx.replay.table(&alter.name);
    let schema = found.as_ref().map_or("public", |(name, _)| name.schema.as_str());
    let indexes = found.iter().flat_map(|(_, table)| &table.indexes);
    let over: Vec<&Index> = indexes
        .filter(|index| !index.constraint && index.keys.iter().any(|key| !key.expression && key.text == column.text))
        .collect();
    let (mut build, mut drop, mut rename) = (String::new(), String::new(), String::new());
    for index in over {
        let new = quote_ident(&plain_name(&[&index.name, "new"]));
        let keys: Vec<String> = index.keys.iter().map(|key| key_with(key, &column.text, collation)).collect();
        let unique = if index.unique { "UNIQUE " } else { "" };
        build += &format!("CREATE {unique}INDEX CONCURRENTLY {new} ON {table} ({});\n", keys.join(", "));
        let own = quote_table(&TableName { schema: schema.into(), name: index.name.clone() });
        drop += &format!("DROP INDEX CONCURRENTLY {own};\n");
        rename += &format!("ALTER INDEX {new} RENAME TO {};\n", quote_ident(&index.name));
    }
    let then: Vec<Step> = vec![
        ("then, outside of a transaction", drop.trim_end().to_owned()),
        (LATER, format!("{rename}{};", cx.text.trim_end())),
    ];
    let detail = "An index that names the new collation itself is kept when the column gets it. The first part stands outside of a \
                  transaction. WHERE and INCLUDE of an index, and indexes of constraints, have to be added.";
    sketch("Build the indexes with the new collation before", detail, build.trim_end().to_owned(), then)
}

fn key_with(key: &crate::catalog::model::IndexKey, column: &str, collation: &str) -> String {
    let text = if key.expression { format!("({})", key.text) } else { quote_ident(&key.text) };
    if key.text == column { format!("{text} COLLATE {}", quote_ident(collation)) } else { text }
}
