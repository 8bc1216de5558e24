//! `CREATE INDEX` statements in; indexes on the clone with their sizes, and their removal, out.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::Connect;
use crate::advise::whatif::IndexId;
use crate::db::cancel::Interrupt;
use crate::db::error::{DbError, DbErrorKind};
use crate::db::pipeline::Message;
use crate::db::quote;
use crate::db::session::{Limits, Param, Session};
use crate::sql::guard::{self, Names};

/// Names of our indexes begin so; what bears one is dropped before and after.
const PREFIX: &str = "sqlsift_verify_";

/// An index that exists on the clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    pub id: IndexId,
    pub bytes: u64,
    pub build_ms: u64,
    /// Quoted, with its schema.
    pub(super) name: String,
    /// As plans name it: of an index on a partitioned table also those of its partitions.
    pub(super) in_plans: Vec<String>,
    /// Quoted, with its schema where that was written.
    pub(super) table: String,
    pub(super) expression: bool,
}

/// What was made; dropping it removes that, on a connection of its own.
pub(super) struct Made<'c> {
    connect: &'c Connect<'c>,
    pub built: Vec<Built>,
    /// Something may exist: also of an index whose building was stopped.
    dirty: bool,
}

impl<'c> Made<'c> {
    pub(super) fn new(connect: &'c Connect<'c>) -> Self {
        Made { connect, built: Vec::new(), dirty: false }
    }

    /// Drops what an earlier run that was killed has left.
    pub(super) fn sweep(&mut self, clone: &mut Session) -> Result<(), DbError> {
        let prefix = [Param::Text(PREFIX.into())];
        let found = clone.reading(Limits::default(), |reading| reading.rows(LEFT, &prefix))?;
        for name in found.iter().map(|row| row.get::<_, String>(0)) {
            ours(clone, &drop_index(&name))?;
        }
        Ok(())
    }

    pub(super) fn build(&mut self, clone: &mut Session, id: IndexId, ddl: &str, names: &Names) -> Result<(), DbError> {
        let text = guard::index(ddl, names).map_err(|refusal| refused(refusal.to_string()))?;
        let target = guard::target(text).ok_or_else(|| refused("no CREATE INDEX … ON table".into()))?;
        let name = format!("{PREFIX}{id}");
        let create = create_index(if target.unique { "UNIQUE " } else { "" }, &name, target.rest);
        self.dirty = true;
        let started = Instant::now();
        ours(clone, &create)?;
        let build_ms = started.elapsed().as_millis() as u64;
        let rows = clone.reading(Limits::default(), |reading| reading.rows(SIZE, &[Param::Text(name)]))?;
        let row = rows.first().ok_or_else(|| refused("the index is not there after it was built".into()))?;
        let (name, expression): (String, bool) = (row.get(0), row.get(2));
        let bytes = row.get::<_, i64>(1).unsigned_abs();
        let (in_plans, table) = (row.get(3), target.table.to_owned());
        self.built.push(Built { id, bytes, build_ms, name, in_plans, table, expression });
        Ok(())
    }

    /// Drops everything. What could not be dropped is told with the statement that does.
    pub(super) fn remove(mut self) -> Vec<String> {
        self.clean()
    }

    fn clean(&mut self) -> Vec<String> {
        if !std::mem::take(&mut self.dirty) {
            return Vec::new();
        }
        // The connection that was worked on may be stopped, or gone.
        let cleaned = (self.connect)(Interrupt::default()).and_then(|mut session| self.sweep(&mut session));
        match cleaned {
            Ok(()) => Vec::new(),
            Err(error) => {
                let drops = self.built.iter().map(|built| format!("DROP INDEX IF EXISTS {};", built.name));
                drops.map(|drop| format!("{}; next step: {drop}", error.message)).collect()
            }
        }
    }
}

impl Drop for Made<'_> {
    fn drop(&mut self) {
        self.clean();
    }
}

/// What bears one of our names.
const LEFT: &str = "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('i', 'I') AND NOT c.relispartition AND pg_catalog.starts_with(c.relname, $1::text)";

fn drop_index(name: &str) -> String {
    format!("DROP INDEX {name}")
}

fn create_index(unique: &str, name: &str, rest: &str) -> String {
    format!("CREATE {unique}INDEX {name} {rest}")
}

fn vacuum(table: &str) -> String {
    format!("VACUUM (ANALYZE) {table}")
}

fn analyze(table: &str) -> String {
    format!("ANALYZE {table}")
}

fn in_transaction(sql: &str) -> String {
    format!("BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 10000; {sql}")
}

/// Every text of this file, in the order of their use.
pub(super) fn texts() -> Vec<String> {
    let name = format!("{PREFIX}{{number}}");
    vec![
        LEFT.to_owned(),
        STALE.to_owned(),
        vacuum("{table}"),
        in_transaction(&create_index("{unique}", &name, "{rest}")),
        SIZE.to_owned(),
        in_transaction(&analyze("{table}")),
        in_transaction(&drop_index("{index}")),
        "COMMIT".to_owned(),
    ]
}

const SIZE: &str = "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), \
        (SELECT coalesce(sum(pg_catalog.pg_relation_size(p.relid)), 0) FROM pg_catalog.pg_partition_tree(c.oid) p)::int8 \
            + CASE WHEN c.relispartition OR c.relkind = 'I' THEN 0 ELSE pg_catalog.pg_relation_size(c.oid) END, \
        EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indexrelid = c.oid AND i.indexprs IS NOT NULL), \
        ARRAY(SELECT c.relname::text UNION SELECT r.relname::text \
              FROM pg_catalog.pg_partition_tree(c.oid) p JOIN pg_catalog.pg_class r ON r.oid = p.relid) \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relname = $1::text AND c.relkind IN ('i', 'I')";

/// Tables that were never analysed, or of which no page is known to be visible to all, would be planned otherwise than the
/// original: a restored dump has neither.
pub(super) fn prepare(
    clone: &mut Session,
    indexes: &[String],
    names: &Names,
    prepared: &mut Vec<String>,
    said: &mut dyn FnMut(&str),
) -> Result<(), DbError> {
    let tables: BTreeSet<&str> = indexes
        .iter()
        .filter_map(|ddl| guard::index(ddl, names).ok().and_then(guard::target))
        .map(|target| target.table)
        .collect();
    let tables: Vec<String> = tables.into_iter().map(str::to_owned).collect();
    let stale = clone.reading(Limits::default(), |reading| reading.rows(STALE, &[Param::Texts(tables)]))?;
    for table in stale.iter().map(|row| row.get::<_, String>(0)) {
        said(&format!("VACUUM (ANALYZE) {table} on the clone"));
        ours(clone, &vacuum(&table))?;
        prepared.push(table);
    }
    Ok(())
}

const STALE: &str = "SELECT DISTINCT pg_catalog.format('%I.%I', n.nspname, c.relname) \
    FROM pg_catalog.unnest($1::text[]) t(name) \
    CROSS JOIN LATERAL pg_catalog.pg_partition_tree(pg_catalog.to_regclass(t.name)) p \
    JOIN pg_catalog.pg_class c ON c.oid = p.relid \
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'm') AND c.relpages > 0 AND c.relallvisible = 0 OR c.relkind IN ('r', 'm') AND c.reltuples < 0 \
    UNION \
    SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) \
    FROM pg_catalog.unnest($1::text[]) t(name) \
    JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(t.name) \
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'm') AND (c.relpages > 0 AND c.relallvisible = 0 OR c.reltuples < 0)";

/// An index on an expression is planned by the expression's own statistics.
pub(super) fn analyze_expressions(clone: &mut Session, built: &[Built]) -> Result<(), DbError> {
    let tables: BTreeSet<&str> =
        built.iter().filter(|built| built.expression).map(|built| built.table.as_str()).collect();
    tables.into_iter().try_for_each(|table| ours(clone, &analyze(table)))
}

/// A statement of our own that changes the clone. It may take as long as it takes.
fn ours(clone: &mut Session, sql: &str) -> Result<(), DbError> {
    const PATIENCE: Duration = Duration::from_secs(24 * 3600);
    let begin = in_transaction(sql);
    // VACUUM runs in no transaction block; COMMIT ends a failed one too.
    let messages: &[Message<'_>] = if sql.starts_with("VACUUM") {
        &[Message::Ours(sql)]
    } else {
        &[Message::Ours(&begin), Message::Ours("COMMIT")]
    };
    clone.at_once(PATIENCE, messages).into_iter().try_for_each(|answer| answer.map(drop))
}

fn refused(message: String) -> DbError {
    DbError { kind: DbErrorKind::Refused, message, sqlstate: None }
}

/// For an identifier of ours in a statement of ours.
pub(super) fn listed(names: &[&str]) -> String {
    debug_assert!(
        names.iter().all(|name| name.contains(PREFIX)),
        "only our own: {}",
        quote::array(names.iter().copied())
    );
    names.join(", ")
}
