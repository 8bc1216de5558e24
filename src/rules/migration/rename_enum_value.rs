//! `migration/rename_enum_value`: a label of an enum that clients write and compare with gets another name.

use serde::Deserialize;

use crate::report::model::{Applicability, RecommendationKind, SqlPart};
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{EnumChange, ObjectKind};

use super::compat::{given_here, runs};
use super::steps::spelled;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::AlterEnum(alter)) = runs(cx) else { return };
        let EnumChange::RenameValue { from, to } = &alter.change else { return };
        if given_here(cx, ObjectKind::Type, &alter.name.name) {
            return;
        }
        let draft = cx.draft(
            alter.name.span,
            format!("Clients that write or compare with '{from}' fail from now on"),
            "The old label is no value of the type any more: a statement that holds it is an error, not a comparison that finds nothing. Clients \
             that read get a label that they do not know.",
        );
        let mut advice = Advice::new(
            RecommendationKind::SplitMigration,
            "Add the new label beside the old one",
            "Teach all clients to read both, let them write the new one, then change the rows. A label cannot be taken away; the old one stays \
             unused.",
            format!("ALTER TYPE {} ADD VALUE '{}';", spelled(cx, &alter.name), to.replace('\'', "''")),
        );
        let column = cx.replay.all_tables().find_map(|(name, table)| {
            let column = table.columns.iter().find(|column| column.type_name == alter.name.name)?;
            Some((crate::catalog::access::quote_table(name), crate::catalog::access::quote_ident(&column.name)))
        });
        if let Some((table, column)) = column {
            let (to, from) = (to.replace('\'', "''"), from.replace('\'', "''"));
            advice.more_sql.push(SqlPart {
                label: "then, in batches, when all clients know the new label".to_owned(),
                sql: format!("UPDATE {table} SET {column} = '{to}' WHERE {column} = '{from}'; -- and so on"),
            });
        }
        advice.applicability = Applicability::Sketch;
        out.find(draft.ask(Ask::Ready(advice)));
    }
}
