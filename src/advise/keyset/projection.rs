//! Where the next cursor's values stand in a page's rows.

use crate::catalog::access::{Scope, quote_ident, strip_parens};
use crate::sql::facts::{Block, Operand, Output, Value};

use super::PageKey;

/// Names the output column of each key; what comes back is to be added to the projection for keys that have none.
pub fn with_keys(scope: &Scope<'_>, block: &Block, keys: &mut [PageKey]) -> String {
    let names = output_names(scope, block);
    let mut added = String::new();
    for (i, key) in keys.iter_mut().enumerate() {
        let holds = |name: &&OutputName| {
            name.sql == strip_parens(&key.sql) || (name.column.is_some() && name.column == key.column)
        };
        let alone = |name: &&OutputName| names.iter().filter(|other| other.name == name.name).count() == 1;
        key.output = match names.iter().filter(holds).find(alone) {
            Some(found) => found.name.clone(),
            None => {
                let name = format!("cursor_{}", i + 1);
                added += &format!(", {} AS {}", key.sql, quote_ident(&name));
                name
            }
        };
    }
    added
}

struct OutputName {
    name: String,
    sql: String,
    column: Option<((usize, usize), String)>,
}

fn output_names(scope: &Scope<'_>, block: &Block) -> Vec<OutputName> {
    let mut names = Vec::new();
    for output in &block.projection {
        match output {
            Output::Star { qualifier, .. } => {
                for (s, source) in block.sources.iter().enumerate() {
                    if qualifier.as_ref().is_some_and(|q| *q != source.alias) {
                        continue;
                    }
                    let columns = scope.table(0, s).into_iter().flat_map(|t| &t.columns);
                    names.extend(columns.map(|c| OutputName {
                        name: c.name.to_string(),
                        sql: String::new(),
                        column: Some(((0, s), c.name.to_string())),
                    }));
                }
            }
            Output::Expr { operand, alias } => names.push(expression(scope, operand, alias.as_deref())),
        }
    }
    names
}

fn expression(scope: &Scope<'_>, operand: &Operand, alias: Option<&str>) -> OutputName {
    let sql = strip_parens(operand.span.of(scope.text)).to_owned();
    let (column, own) = match &operand.value {
        Value::Column(c) => (scope.home(c, 0).map(|home| (home, c.name.clone())), c.name.clone()),
        // Postgres names it after the function, the type or `?column?`: nothing to rely on.
        _ => (None, "?column?".to_owned()),
    };
    OutputName { name: alias.map_or(own, str::to_owned), sql, column }
}
