//! A session in; texts of the server that may show constants which pg_stat_statements does not keep, out. They stay in memory.

use super::session::{Limits, Session};
use crate::advise::constants::Seen;

/// Of sessions what they sent last, as far as the role may see it.
pub(super) const STATEMENTS: &str = "SELECT DISTINCT a.query FROM pg_catalog.pg_stat_activity a \
    WHERE a.datname OPERATOR(pg_catalog.=) pg_catalog.current_database() \
      AND a.backend_type OPERATOR(pg_catalog.=) 'client backend' \
      AND a.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid() \
      AND pg_catalog.length(a.query) OPERATOR(pg_catalog.<) 10000 LIMIT 2000";

/// Definitions of views and materialized views, and bodies of functions, that search inside documents, times and texts.
pub(super) const DEFINITIONS: &str = "SELECT d.text FROM ( \
      SELECT pg_catalog.pg_get_viewdef(c.oid) AS text \
      FROM (SELECT r.oid FROM pg_catalog.pg_class r WHERE r.relkind IN ('v', 'm') AND r.oid OPERATOR(pg_catalog.>=) 16384 \
            ORDER BY r.oid LIMIT 500) c \
      UNION ALL \
      (SELECT pg_catalog.left(p.prosrc, 20000) FROM pg_catalog.pg_proc p \
       JOIN pg_catalog.pg_language l ON l.oid OPERATOR(pg_catalog.=) p.prolang \
       WHERE p.oid OPERATOR(pg_catalog.>=) 16384 AND l.lanname IN ('sql', 'plpgsql') ORDER BY p.oid LIMIT 1000)) d \
    WHERE d.text OPERATOR(pg_catalog.~*) '->|#>|date_trunc|at time zone|to_tsvector|coalesce|extract|substr|split_part'";

/// What cannot be read is left out: constants are assumed then, or said to be unknown.
pub fn read(session: &mut Session) -> Seen {
    let limits = Limits { statement_ms: 5_000, lock_ms: 100 };
    let mut texts = |sql: &str| -> Vec<String> {
        let rows = session.reading(limits, |reading| reading.rows(sql, &[]));
        rows.map(|rows| rows.iter().filter_map(|row| row.get::<_, Option<String>>(0)).collect()).unwrap_or_default()
    };
    Seen { statements: texts(STATEMENTS), definitions: texts(DEFINITIONS) }
}
