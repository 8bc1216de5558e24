//! `migration/unbatched_backfill`: one statement, or one transaction, that changes the rows of a table in use by the thousand.

use serde::Deserialize;

use crate::report::model::RecommendationKind;
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
        let Some((table, _)) = cx.in_use(&name) else { return };
        // With a lock that stops reads in the same transaction it is `ddl_with_backfill`.
        let locked = cx
            .lived
            .transaction
            .as_ref()
            .is_some_and(|open| open.locks.iter().any(|(lock, at)| lock.mode.blocks_reads() && *at != cx.number));
        let looped = looped(cx);
        let many = match looped {
            // The rounds of a loop are few rows each, but all of them stand in one transaction unless it commits.
            true => is_change(facts) && !commits_between(cx.script, cx.number),
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
            _ => draft.ask(Ask::Ready(in_batches(cx, facts))),
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

/// The shape of a procedure that commits after each batch.
fn in_batches(cx: &StatementCx<'_>, facts: &Facts) -> Advice {
    let target = facts.write.as_ref().map_or("t", |write| &cx.text[write.target_span.start..write.target_span.end]);
    let verb = if facts.kind == StatementKind::Delete { "DELETE FROM" } else { "UPDATE" };
    let set = if facts.kind == StatementKind::Delete { "" } else { " SET …" };
    let sql = format!(
        "DO $$\nDECLARE changed bigint;\nBEGIN\n  LOOP\n    {verb} {target}{set}\n    WHERE ctid = ANY (ARRAY(\n      \
         SELECT ctid FROM {target} WHERE … LIMIT 5000 FOR UPDATE SKIP LOCKED));\n    GET DIAGNOSTICS changed = ROW_COUNT;\n    \
         EXIT WHEN changed = 0;\n    COMMIT;\n  END LOOP;\nEND $$"
    );
    Advice::new(
        RecommendationKind::Batch,
        format!("Change {target} in batches that commit"),
        "Outside a transaction, in a migration of its own or a job of the application. The condition must tell the rows that are still \
         to be done.",
        sql,
    )
}
