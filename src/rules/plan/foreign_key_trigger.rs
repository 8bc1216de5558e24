//! `plan/foreign_key_trigger`: checking a foreign key took most of a DELETE or UPDATE, because the referencing column has no index.

use serde::Deserialize;

use crate::catalog::access::{quote_ident, quote_table};
use crate::catalog::model::{Catalog, TableName};
use crate::plan::model::{Kind, Trigger};
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured_number, seen};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_ms_per_call: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        // On the referencing side (INSERT) the check looks a primary key up, which always has an index.
        let parent_side = |operation: &str| matches!(operation, "Delete" | "Update" | "Merge");
        let writes = |kind: &Kind| matches!(kind, Kind::ModifyTable);
        let changes = cx.plan.nodes.iter().any(|n| writes(&n.kind) && n.operation.as_deref().is_some_and(parent_side));
        for trigger in cx.plan.triggers.iter().filter(|_| changes) {
            let (Some(constraint), Some(ms)) = (&trigger.constraint, trigger.ms) else { continue };
            if trigger.calls < 1.0 || ms / trigger.calls < self.min_ms_per_call {
                continue;
            }
            let mut draft = Draft::plan(
                cx,
                format!("Checking {constraint} took {:.1} ms for each row", ms / trigger.calls),
                "For every row that is deleted, or whose key changes, the referencing table is searched for rows that still point to it. Without an index on the referencing \
                 columns that search reads the whole table, each time.",
            )
            .accounting_for_ms(cx, ms)
            .evidence(measured_number("time in the trigger", ms, "ms"))
            .evidence(measured_number("calls", trigger.calls, "calls"));
            draft = match cx.catalog.and_then(|catalog| referencing(catalog, trigger)) {
                Some((table, columns)) => draft
                    .evidence(seen("referencing columns", format!("{} ({})", quote_table(&table), columns.join(", "))))
                    .ask(Ask::IndexOn { table, columns }),
                None => draft.ask(Ask::Ready(by_name(constraint))),
            };
            out.find(draft);
        }
    }
}

/// The one foreign key of this name.
fn referencing(catalog: &Catalog, trigger: &Trigger) -> Option<(TableName, Vec<String>)> {
    let name = trigger.constraint.as_deref()?;
    let mut keys = catalog.tables.iter().flat_map(|(table, known)| {
        let named = known.foreign_keys().filter(|key| key.constraint.name == name);
        named.map(|key| (table.clone(), key.columns.iter().map(ToString::to_string).collect()))
    });
    let first = keys.next()?;
    keys.next().is_none().then_some(first)
}

/// `invoices_customer_id_fkey` is the name that Postgres gives a key on `invoices (customer_id)`, but where the table's name ends cannot be told.
fn by_name(constraint: &str) -> Advice {
    let sql = format!(
        "SELECT conrelid::regclass AS referencing_table, array_agg(attname ORDER BY ordinality) AS columns\nFROM pg_constraint, unnest(conkey) WITH ORDINALITY AS k(attnum, \
         ordinality)\nJOIN pg_attribute a USING (attnum)\nWHERE conname = '{}' AND a.attrelid = conrelid GROUP BY conrelid",
        constraint.replace('\'', "''")
    );
    Advice {
        applicability: Applicability::Sketch,
        ..Advice::new(
            RecommendationKind::CreateIndex,
            format!("Create an index on the columns of {}", quote_ident(constraint)),
            "The query names the referencing table and its columns. With --schema or --snapshot sqlsift writes the CREATE INDEX itself.",
            sql,
        )
    }
}
