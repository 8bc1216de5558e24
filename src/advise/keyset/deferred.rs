//! Pages by number, when they are a must: skip rows in the index, and visit the table for one page only.

use crate::catalog::access::{Scope, quote_ident};
use crate::catalog::model::ConstraintKind;
use crate::sql::facts::{Block, Output};

use super::{PageKey, order_sql};

/// `SELECT … FROM t JOIN (SELECT pk FROM t … LIMIT n OFFSET m) AS page USING (pk)`, for a single table with a primary
/// key.
pub fn join(scope: &Scope<'_>, block: &Block, keys: &[PageKey]) -> Option<String> {
    let [source] = block.sources.as_slice() else { return None };
    // The sub-select's own name would stand for two relations.
    if source.alias == "page" {
        return None;
    }
    if !block.group_by.is_empty() || block.locking.is_some() || block.offset_span.is_none() {
        return None;
    }
    let starts_with_select = scope.text.get(..block.projection_span.start)?.trim().eq_ignore_ascii_case("select");
    let table = scope.table(0, 0)?;
    let primary = table.constraints.iter().find(|c| c.kind == ConstraintKind::PrimaryKey)?;
    let names: Vec<String> = primary.columns.iter().map(|c| quote_ident(c)).collect();
    let alias = quote_ident(&source.alias);
    let projection = block.projection_span.of(scope.text);
    let projection = match block.projection.as_slice() {
        [Output::Star { qualifier: None, .. }] => format!("{alias}.*"),
        all if all.iter().any(|o| matches!(o, Output::Star { qualifier: None, .. })) => return None,
        _ => projection.to_owned(),
    };
    let order: Vec<String> = keys.iter().map(|key| order_sql(key, false)).collect();
    let order = order.join(", ");
    let from = source.span.of(scope.text);
    let filter = block.where_span.map_or(String::new(), |span| format!(" WHERE {}", span.of(scope.text)));
    let bounds = [block.limit_span, block.offset_span].iter().flatten().map(|s| s.of(scope.text)).collect::<Vec<_>>();
    starts_with_select.then(|| {
        format!(
            "SELECT {projection} FROM {from} JOIN (SELECT {} FROM {from}{filter} ORDER BY {order} {}) AS page USING ({}) ORDER BY {order}",
            names.join(", "),
            bounds.join(" "),
            names.join(", "),
        )
    })
}
