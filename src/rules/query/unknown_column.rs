//! `query/unknown_column`: a column that its table does not have. Silent unless everything that made the catalog was understood, about
//! statements that a server has run, and about names that something else than a column may bear.

use serde::Deserialize;

use crate::catalog::model::TableKind;
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink, documented};
use crate::rules::scope;
use crate::sql::facts::{Block, ColumnRef, Output, Place, Relation, Span};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        let Some(catalog) = cx.catalog.filter(|catalog| catalog.is_complete()) else { return };
        if cx.query.is_some() || cx.facts.templated {
            return;
        }
        let mut seen: Vec<Span> = Vec::new();
        for block in &cx.facts.blocks {
            for used in block.uses.iter().filter(|used| used.place != Place::Nested) {
                let column = &used.column;
                // Without a qualifier only where one table is in sight: the name may be an outer one, an alias or a variable.
                let Some((at, source)) = column.source else { continue };
                let Some(owner) = cx.facts.blocks.get(at) else { continue };
                if column.qualifier.is_none() && !stands_alone(owner, block) || seen.contains(&column.span) {
                    continue;
                }
                let source = &owner.sources[source];
                let Relation::Table(_) = &source.relation else { continue };
                let Some((name, table)) = scope::table_of(catalog, source) else { continue };
                let plain = matches!(table.kind, TableKind::Table | TableKind::Partitioned | TableKind::Partition);
                let renamed = source.span.of(cx.text).contains('(');
                let inherits = table.parent.is_some() && table.kind == TableKind::Table;
                if !plain || renamed || inherits || table.columns.is_empty() || table.column(&column.name).is_some() {
                    continue;
                }
                if is_special(&column.name) || is_alias(block, column) || column.name == source.alias {
                    continue;
                }
                seen.push(column.span);
                let detail = "Postgres refuses the statement (SQLSTATE 42703). The column was renamed or dropped by a migration, is not yet \
                              added by one, or the name is mistyped.";
                let known: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).take(30).collect();
                let title = format!("{} has no column {}", name.name, column.name);
                let draft = Draft::about(cx, title, detail).at(column.span);
                out.find(draft.evidence(documented("columns", known.join(", "))));
            }
        }
    }
}

/// The block is the outermost one, and has one source.
fn stands_alone(owner: &Block, block: &Block) -> bool {
    owner.sources.len() == 1 && block.parent.is_none() && owner.parent.is_none()
}

/// System columns (documentation, "System Columns"), and what MERGE and ON CONFLICT call their rows.
fn is_special(name: &str) -> bool {
    matches!(name, "ctid" | "xmin" | "xmax" | "cmin" | "cmax" | "tableoid" | "oid" | "excluded" | "old" | "new")
}

/// ORDER BY and GROUP BY may name an output.
fn is_alias(block: &Block, column: &ColumnRef) -> bool {
    let is_it = |output: &Output| matches!(output, Output::Expr { alias: Some(alias), .. } if *alias == column.name);
    block.projection.iter().any(is_it)
}
