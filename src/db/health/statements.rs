//! Whether pg_stat_statements is there, how full it is, and what it leaves out.

use crate::catalog::model::ServerFacts;
use crate::catalog::model::server::StatementStatistics;
use crate::db::DbError;

use super::part;
use super::part::{Asker, json};

pub(super) fn read(asker: &mut Asker<'_>, facts: &mut ServerFacts) -> Result<(), DbError> {
    let rows = part("statements", include_str!("sql/statements.sql")).rows(asker, facts)?.unwrap_or_default();
    let Some(row) = rows.first() else { return Ok(()) };
    let mut found: StatementStatistics = match json(row, 0) {
        Ok(found) => found,
        Err(error) => {
            facts.unread.insert("statements".to_owned(), error);
            return Ok(());
        }
    };
    let schema: Option<String> = row.try_get(1).ok().flatten();
    if let Some(schema) = schema.filter(|_| found.created && found.loaded) {
        entries(asker, facts, &mut found, &schema)?;
    }
    facts.statements = Some(found);
    Ok(())
}

/// How many entries there are, and what was thrown out.
pub(super) fn texts(schema: &str) -> [String; 2] {
    [
        format!("SELECT count(*) FROM {schema}.pg_stat_statements(false)"),
        format!(
            "SELECT i.dealloc, extract(epoch FROM clock_timestamp() - i.stats_reset)::bigint \
             FROM {schema}.pg_stat_statements_info i"
        ),
    ]
}

/// `schema` is quoted already. The texts are not read for this.
fn entries(
    asker: &mut Asker<'_>,
    facts: &mut ServerFacts,
    found: &mut StatementStatistics,
    schema: &str,
) -> Result<(), DbError> {
    let [count, info] = texts(schema);
    let rows = part("statements", &count).rows(asker, facts)?.unwrap_or_default();
    found.entries = rows.first().and_then(|row| u64::try_from(row.get::<_, i64>(0)).ok());
    if asker.version() < 140_000 {
        return Ok(());
    }
    let rows = part("statements", &info).rows(asker, facts)?.unwrap_or_default();
    if let Some(row) = rows.first() {
        found.evictions = row.try_get::<_, Option<i64>>(0).ok().flatten().and_then(|n| u64::try_from(n).ok());
        found.counted_s = row.try_get::<_, Option<i64>>(1).ok().flatten().and_then(|n| u64::try_from(n).ok());
    }
    Ok(())
}
