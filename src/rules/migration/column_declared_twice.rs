//! `migration/column_declared_twice`: two columns of one name, which no server takes.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ActionKind, Name};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let names: Vec<&Name> = match cx.ddl() {
            Some(Ddl::CreateTable(table)) => table.columns.iter().map(|column| &column.name).collect(),
            Some(Ddl::AlterTable(alter)) => alter
                .actions
                .iter()
                .filter_map(|action| match &action.kind {
                    ActionKind::AddColumn { column, if_not_exists: false, .. } => Some(&column.name),
                    _ => None,
                })
                .collect(),
            _ => return,
        };
        let mut sorted: Vec<&str> = names.iter().map(|name| name.text.as_str()).collect();
        sorted.sort_unstable();
        if sorted.windows(2).all(|pair| pair[0] != pair[1]) {
            return;
        }
        let mut seen = BTreeSet::new();
        let Some(again) = names.into_iter().find(|name| !seen.insert(name.text.as_str())) else { return };
        out.find(cx.draft(
            again.span,
            format!("Column {} is declared twice", again.text),
            "Postgres refuses the statement (42701, duplicate_column), and with it the transaction that it stands in. Names without quotes are \
             the same whatever their case.",
        ));
    }
}
