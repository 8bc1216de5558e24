//! CREATE OR REPLACE VIEW in; the column that the view has now and the new query does not give in its place, out.
//!
//! The new query must give the columns of the old one, in the same order and under the same names, and may add others behind them
//! (documentation, CREATE VIEW; `checkViewColumns`).

use crate::catalog::model::TableKind;
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::model::CreateView;
use crate::sql::facts::{Level, Output, Role, Value, facts};

/// Of certain ones the first; `None` also where the columns of one query are not known.
pub fn lost(cx: &StatementCx<'_>, view: &CreateView) -> Option<String> {
    if !view.or_replace || view.materialized || view.temporary {
        return None;
    }
    let (_, old) = cx.replay.table(&view.name).filter(|(_, old)| old.kind == TableKind::View)?;
    let named = |name: &str| Some(name.to_owned());
    let before: Vec<Option<String>> = match old.columns.as_slice() {
        [] => outputs(old.query.as_deref()?)?,
        columns => columns.iter().map(|column| named(&column.name)).collect(),
    };
    let after: Vec<Option<String>> = match view.columns.as_slice() {
        [] => outputs(view.query.of(cx.text))?,
        columns => columns.iter().map(|column| named(&column.text)).collect(),
    };
    let differs = |(at, old): (usize, &Option<String>)| match after.get(at) {
        None => Some(old.clone().unwrap_or_else(|| "the last one".to_owned())),
        Some(Some(new)) => old.clone().filter(|old| old != new),
        Some(None) => None,
    };
    before.iter().enumerate().find_map(differs)
}

/// Names of what a query gives; `None` for one without a name of its own, and of the whole where `*` stands.
fn outputs(query: &str) -> Option<Vec<Option<String>>> {
    let facts = facts(query);
    let block = facts.blocks.iter().find(|block| block.role == Role::Root).filter(|_| facts.level == Level::Parsed)?;
    let name = |output: &Output| match output {
        Output::Star { .. } => None,
        Output::Expr { alias: Some(alias), .. } => Some(Some(alias.clone())),
        Output::Expr { operand, alias: None } => match &operand.value {
            Value::Column(column) => Some(Some(column.name.clone())),
            _ => Some(None),
        },
    };
    block.projection.iter().map(name).collect()
}
