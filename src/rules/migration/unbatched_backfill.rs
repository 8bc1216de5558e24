//! `migration/unbatched_backfill`: one statement, or one transaction, that changes the rows of a table in use by the thousand.

use serde::Deserialize;

use crate::catalog::access::quote_ident;
use crate::catalog::model::Table;
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Draft, Sink, documented};
use crate::rules::lint::context::StatementCx;
use crate::script::model::Within;
use crate::sql::StatementKind;
use crate::sql::ddl::model::QualifiedName;
use crate::sql::facts::{Facts, Level};

use crate::rules::lint::backfill::{Reach, commits_between, reach, reach_of, unique_in};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(facts) = cx.facts().filter(|facts| facts.level == Level::Parsed) else { return };
        if cx.within == Some(Within::Routine) || !cx.script.is_migration() {
            return;
        }
        cte_writes(cx, facts, out);
        let Some(write) = facts.write.as_ref() else { return };
        let name = QualifiedName {
            schema: write.target.schema.clone(),
            name: write.target.name.clone(),
            span: write.target_span,
        };
        let Some((table, known)) = cx.in_use(&name) else { return };
        // With a lock that stops reads in the same transaction it is `ddl_with_backfill`.
        let locked =
            cx.lived.transaction.as_ref().is_some_and(|open| open.first_blocking.is_some_and(|at| at != cx.number));
        let looped = looped(cx);
        let many = match looped {
            // The rounds of a loop are few rows each, but all of them stand in one transaction unless it commits.
            true => is_change(facts) && !commits_between(cx),
            false => reach(facts, &|columns| unique_in(cx, &table, columns)) == Reach::Many,
        };
        if locked || !many {
            return;
        }
        let (title, detail) = if looped {
            (
                format!("All batches of {} are one transaction", table.name),
                "The loop never commits: every row that it has changed stays locked until its end, and vacuum can remove nothing meanwhile.",
            )
        } else {
            (
                format!("One statement changes the rows of {} all at once", table.name),
                "Every row that it changes stays locked until the transaction ends, leaves a dead version behind, and goes to the WAL \
                 and the replicas in one burst.",
            )
        };
        let draft = cx
            .draft(write.target_span, title, detail)
            .evidence(documented("lock", format!("every changed row of {table}")));
        // What a MERGE changes and what it adds are batched by its source, in a way of its own.
        let mut draft = match facts.kind {
            StatementKind::Merge => draft,
            _ => draft.ask(Ask::Ready(in_batches(cx, facts, known))),
        };
        draft.grows_with = Some(table);
        out.find(draft);
    }
}

/// `WITH moved AS (DELETE FROM t RETURNING *) INSERT INTO archive SELECT …`: the rows are as many as without the WITH.
fn cte_writes(cx: &StatementCx<'_>, facts: &Facts, out: &mut Sink) {
    for write in &facts.inner_writes {
        let (schema, name) = (write.target.schema.clone(), write.target.name.clone());
        let name = QualifiedName { schema, name, span: write.target_span };
        let Some((table, _)) = cx.in_use(&name) else { continue };
        if reach_of(facts, write.block, &|columns| unique_in(cx, &table, columns)) == Reach::Few {
            continue;
        }
        let draft = cx
            .draft(
                write.target_span,
                format!("One statement changes the rows of {} all at once", table.name),
                "The WITH changes every row that its condition finds before the statement ends: they stay locked until the transaction \
                 ends, leave dead versions behind, and go to the WAL and the replicas in one burst. Give it a LIMIT, and run it until \
                 it finds no more.",
            )
            .evidence(documented("lock", format!("every changed row of {table}")));
        out.find(Draft { grows_with: Some(table), ..draft });
    }
}

fn is_change(facts: &Facts) -> bool {
    matches!(facts.kind, StatementKind::Update | StatementKind::Delete)
}

fn looped(cx: &StatementCx<'_>) -> bool {
    let all = &cx.statement.inner;
    let inner = all.get(all.partition_point(|inner| inner.span.start < cx.start));
    inner.is_some_and(|inner| inner.span.start == cx.start && inner.looped)
}

/// A block that commits after each batch. It waits for rows that others hold: passed over, they would never be done.
fn in_batches(cx: &StatementCx<'_>, facts: &Facts, table: Option<&Table>) -> Advice {
    let target = facts.write.as_ref().map_or("t", |write| &cx.text[write.target_span.start..write.target_span.end]);
    let deletes = facts.kind == StatementKind::Delete;
    let key: Vec<String> = match table.and_then(Table::primary_key) {
        Some(columns) => columns.iter().map(|column| quote_ident(column)).collect(),
        None => vec!["id".to_owned()],
    };
    let listed = key.join(", ");
    let named = if key.len() > 1 { format!("({listed})") } else { listed.clone() };
    let condition = if deletes { own_condition(cx, facts) } else { None };
    let (first, is_left) = match &condition {
        Some(Some(condition)) => (format!(" WHERE {condition}"), format!("\n      AND ({condition})")),
        Some(None) => (String::new(), String::new()),
        None => (" WHERE …".to_owned(), " AND …".to_owned()),
    };
    let verb = if deletes { "DELETE FROM" } else { "UPDATE" };
    let set = if deletes { "" } else { " SET …" };
    let sql = format!(
        "DO $$\nDECLARE changed bigint;\nBEGIN\n  LOOP\n    {verb} {target}{set}\n    WHERE {named} IN (SELECT {listed} FROM \
         {target}{first} LIMIT 5000){is_left};\n    GET DIAGNOSTICS changed = ROW_COUNT;\n    EXIT WHEN changed = 0;\n    COMMIT;\n  \
         END LOOP;\nEND $$"
    );
    let mut advice = Advice::new(
        RecommendationKind::Batch,
        format!("Change {target} in batches that commit"),
        if condition.is_some() {
            "Outside a transaction, in a migration of its own or a job of the application."
        } else {
            "Outside a transaction, in a migration of its own or a job of the application. The condition must tell the rows that are \
             still to be done, at both places: another session may have changed a row since it was chosen."
        },
        sql,
    );
    if condition.is_none() || table.and_then(Table::primary_key).is_none() {
        advice.applicability = Applicability::Sketch;
    }
    advice
}

/// Of a DELETE from one table: its condition, `Some(None)` when there is none.
fn own_condition<'t>(cx: &StatementCx<'t>, facts: &Facts) -> Option<Option<&'t str>> {
    let [block] = facts.blocks.as_slice() else { return None };
    let write = facts.write.as_ref()?;
    let plain = !cx.statement.inner.iter().any(|inner| inner.span.start == cx.start);
    let behind = block.where_span.map_or(cx.text.len(), |condition| condition.start);
    let between = cx.text.get(write.target_span.end..behind)?.trim();
    let is_alone = if block.where_span.is_some() { between.eq_ignore_ascii_case("where") } else { between.is_empty() };
    (plain && is_alone && !write.returning).then(|| block.where_span.map(|condition| condition.of(cx.text)))
}
