//! `query/missing_where`: UPDATE and DELETE of a whole table. Silent about temporary tables: those in `pg_temp`, and those
//! that a catalog does not know.

use serde::Deserialize;

use crate::catalog::access::quote_ident;
use crate::catalog::model::{Table, TableKind, TableName};
use crate::report::model::RecommendationKind;
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, estimated};
use crate::sql::StatementKind;
use crate::sql::facts::{Level, Write};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        let verb = match cx.facts.kind {
            StatementKind::Update => "UPDATE",
            StatementKind::Delete => "DELETE",
            _ => return,
        };
        let Some(write) = cx.facts.write.as_ref() else { return };
        if write.has_where || cx.facts.level != Level::Parsed {
            return;
        }
        let schema = write.target.schema.as_deref().unwrap_or_default();
        let table = cx.catalog.and_then(|catalog| catalog.table(&write.target));
        if schema.starts_with("pg_temp") || (cx.catalog.is_some() && table.is_none()) {
            return;
        }
        let name = &write.target.name;
        let mut draft = Draft::about(
            cx,
            format!("{verb} without WHERE touches every row of {name}"),
            format!(
                "Every row is locked until the transaction ends, and leaves a dead version behind for vacuum to clean \
                 up. If a condition was forgotten, all of {name} is {}.",
                if verb == "UPDATE" { "overwritten" } else { "gone" }
            ),
        )
        .at(write.target_span);
        if let Some(rows) = table.and_then(|(_, table)| table.rows) {
            draft = draft.evidence(estimated("rows of the table", rows, "rows"));
        }
        out.find(match verb {
            "DELETE" => delete(draft, cx, write, table),
            _ => draft.ask(Ask::Ready(Advice::new(
                RecommendationKind::Batch,
                format!("Update only the rows of {name} that change, in batches by key"),
                "Add `WHERE column IS DISTINCT FROM value`, so that rows which have the value already are not written \
                 again, and go through the key in ranges of some thousand rows with a COMMIT after each.",
                "",
            ))),
        });
    }
}

/// TRUNCATE takes its place where nothing refers to the table and nobody wants the rows back.
fn delete(draft: Draft, cx: &QueryCx<'_>, write: &Write, table: Option<(&TableName, &Table)>) -> Draft {
    // TRUNCATE is refused where another table's foreign key points here (documentation, "TRUNCATE").
    let referenced = cx.catalog.is_none_or(|catalog| table.is_none_or(|(name, _)| catalog.tables.is_referenced(name)));
    // TRUNCATE asks no policy for each row, takes no view, and ONLY is easily lost.
    let alike = table.is_some_and(|(_, table)| {
        !table.row_security && matches!(table.kind, TableKind::Table | TableKind::Partitioned | TableKind::Partition)
    });
    if !alike || says_only(cx.text, write.target_span.start) {
        return draft;
    }
    if write.returning || referenced || cx.facts.blocks.first().is_some_and(|block| block.sources.len() > 1) {
        return draft;
    }
    let target = match &write.target.schema {
        Some(schema) => format!("{}.{}", quote_ident(schema), quote_ident(&write.target.name)),
        None => quote_ident(&write.target.name),
    };
    let mut advice = Advice::rewrite(
        format!("Empty {} with TRUNCATE", write.target.name),
        "TRUNCATE gives the space back at once and leaves nothing for vacuum. It needs an ACCESS EXCLUSIVE lock, does not \
         fire ON DELETE triggers, does not say how many rows there were, and is not safe for transactions with an older \
         snapshot, which see an empty table.",
        format!("TRUNCATE {target}"),
    );
    advice.lock = Some("AccessExclusiveLock".to_owned());
    draft.ask(Ask::Ready(advice))
}

/// `DELETE FROM ONLY t` leaves the rows of heirs, which TRUNCATE would take.
fn says_only(text: &str, target: usize) -> bool {
    let around = text.get(..target).unwrap_or_default().trim_end().trim_end_matches('(').trim_end();
    around.to_ascii_lowercase().ends_with("only") || text[target..].to_ascii_lowercase().starts_with("only")
}
