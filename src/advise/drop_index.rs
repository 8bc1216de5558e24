//! An index that another one makes superfluous, with the statement that brings it back.

use crate::catalog::access::{quote_ident, quote_table};
use crate::catalog::model::{Index, IndexKey, TableName};
use crate::catalog::text::Text;
use crate::report::model::{Applicability, Recommendation, RecommendationKind, VerifiedBy};
use crate::rules::context::WorkloadCx;

/// The recommendation to drop, or why it must not be dropped.
pub fn recommendation(table: &TableName, name: &str, cx: &WorkloadCx<'_>) -> Result<Recommendation, String> {
    let wanted = Text::known(name);
    let known = cx.catalog.and_then(|catalog| catalog.tables.get(table));
    let known = known.and_then(|table| table.indexes.iter().find(|index| Some(&index.name) == wanted.as_ref()));
    let index = known.ok_or_else(|| format!("no index {name} is known on {table}"))?;
    if index.constraint {
        return Err(format!("{name} backs a constraint: drop the constraint if it is not needed, not its index"));
    }
    let full = TableName { schema: table.schema.clone(), name: name.into() };
    let sql = format!("DROP INDEX CONCURRENTLY {};", quote_table(&full));
    Ok(Recommendation {
        id: super::id(RecommendationKind::DropIndex, &sql),
        kind: RecommendationKind::DropIndex,
        title: format!("Drop the index {name} on {}", table.name).into(),
        detail: "Every write to the table pays for it. Check on every replica that nothing uses or names it \
                 (pg_hint_plan, REPLICA IDENTITY, CLUSTER). CONCURRENTLY cannot run inside a transaction block."
            .into(),
        sql,
        more_sql: Vec::new(),
        applicability: Applicability::Review,
        lock: Some("ShareUpdateExclusiveLock".to_owned()),
        undo: Some(format!("{};", definition(table, index))),
        verified_by: VerifiedBy::Heuristic,
        before: None,
        after: None,
        unit: "ms/day".into(),
        queries: Vec::new(),
        size_bytes: index.bytes(),
        cost: None,
        impact_ms_per_day: None,
        edits: Vec::new(),
        range: None,
    })
}

/// CREATE INDEX of an index that exists.
pub(super) fn definition(table: &TableName, index: &Index) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let method = match index.method.as_str() {
        "" | "btree" => String::new(),
        other => format!("USING {other} "),
    };
    let keys: Vec<String> = index.keys.iter().map(key).collect();
    let mut sql = format!(
        "CREATE {unique}INDEX CONCURRENTLY {} ON {} {method}({})",
        quote_ident(&index.name),
        quote_table(table),
        keys.join(", ")
    );
    if !index.include.is_empty() {
        let columns: Vec<String> = index.include.iter().map(|c| quote_ident(c)).collect();
        sql += &format!(" INCLUDE ({})", columns.join(", "));
    }
    if index.nulls_not_distinct {
        sql += " NULLS NOT DISTINCT";
    }
    if let Some(predicate) = &index.predicate {
        sql += &format!(" WHERE {predicate}");
    }
    sql
}

fn key(key: &IndexKey) -> String {
    let mut sql = if key.expression { format!("({})", key.text) } else { quote_ident(&key.text) };
    if let Some(collation) = &key.collation {
        sql += &format!(" COLLATE {}", quote_ident(collation.trim_matches('"')));
    }
    if let Some(opclass) = &key.opclass {
        sql += &format!(" {opclass}");
    }
    match (key.descending, key.nulls_first) {
        (false, false) => {}
        (false, true) => sql += " NULLS FIRST",
        (true, true) => sql += " DESC",
        (true, false) => sql += " DESC NULLS LAST",
    }
    sql
}
