//! `migration/truncate`: all rows of a table go.

use rustc_hash::FxHashSet;
use serde::Deserialize;

use crate::catalog::apply::Replay;
use crate::catalog::model::TableName;
use crate::rules::StatementRule;
use crate::rules::draft::{Sink, documented};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;

use super::compat::{held, is_refused, runs};
use super::dependents::{Dependent, foreign_keys};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::Truncate(truncate)) = runs(cx).filter(|_| !is_refused(cx)) else { return };
        let in_use: Vec<_> = truncate.tables.iter().filter_map(|name| Some((name, cx.in_use(name)?.0))).collect();
        let Some((first, table)) = in_use.first() else { return };
        let named: Vec<TableName> = truncate.tables.iter().map(|name| cx.replay.name(name)).collect();
        let more = if truncate.cascade { reached(cx.replay, &named) } else { Vec::new() };
        let names: Vec<&str> = in_use.iter().map(|(_, table)| table.name.as_str()).collect();
        let others: Vec<String> = more.iter().map(ToString::to_string).collect();
        let title = match (truncate.cascade, others.is_empty()) {
            (false, _) => format!("All rows of {} are lost", names.join(", ")),
            (true, true) => {
                let it = if names.len() > 1 { "one of them" } else { "it" };
                format!("All rows of {} are lost, and of every table that refers to {it}", names.join(", "))
            }
            (true, false) => format!("All rows of {} are lost, and of {}", names.join(", "), others.join(", ")),
        };
        let detail = if truncate.cascade {
            "CASCADE empties each table with a foreign key to what is named, and those that refer to those, whatever their ON DELETE says. ACCESS EXCLUSIVE \
             locks stop every query on all of them."
        } else {
            "Nothing but a backup brings them back. An ACCESS EXCLUSIVE lock stops every query on the table until the transaction ends."
        };
        let mut draft = held(cx, table, cx.draft(first.span, title, detail));
        if !others.is_empty() {
            draft = draft.evidence(documented("emptied too", others.join(", ")));
        }
        out.find(draft);
    }
}

/// Tables that refer to these, and to those.
fn reached(replay: &Replay, named: &[TableName]) -> Vec<TableName> {
    let mut all = named.to_vec();
    let mut met: FxHashSet<TableName> = named.iter().cloned().collect();
    let mut at = 0;
    while let Some(of) = all.get(at).cloned() {
        for key in foreign_keys(replay, &of, None) {
            let Dependent::ForeignKey { table, .. } = key else { continue };
            if met.insert(table.clone()) {
                all.push(table);
            }
        }
        at += 1;
    }
    all.split_off(named.len())
}
