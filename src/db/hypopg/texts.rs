//! The schema of HypoPG in; the statements that create and drop its indexes out.

/// Ends what every call begins with: which process it is, and after that what changes in it.
///
/// EXPLAIN sets a plan up as if it ran it, and expressions of a dear one are compiled for that (`ExecInitExpr` in execExpr.c, `jit_compile_expr`
/// in jit.c): half of the time of an answer. No cost depends on it.
pub(super) const PROCESS: &str = "; SET LOCAL jit = off; SELECT pg_catalog.pg_backend_pid()";

pub(super) const REAL_OIDS: &str = "; SET LOCAL hypopg.use_real_oids = on";

pub(super) fn reset(schema: &str) -> String {
    format!("SELECT {schema}.hypopg_reset()")
}

pub(super) fn reset_alone(schema: &str) -> String {
    format!("BEGIN READ ONLY; {}; ROLLBACK", reset(schema))
}

/// `oids` is a list with commas.
pub(super) fn dropped(schema: &str, oids: &str) -> String {
    format!("; SELECT {schema}.hypopg_drop_index(o) FROM pg_catalog.unnest('{{{oids}}}'::oid[]) o")
}

/// `ddls` is the literal of an array.
pub(super) fn created(schema: &str, ddls: &str) -> String {
    format!(
        "; SELECT i.indexrelid, 'made' FROM pg_catalog.unnest({ddls}::text[]) WITH ORDINALITY d(ddl, n), \
         LATERAL {schema}.hypopg_create_index(d.ddl) i ORDER BY d.n"
    )
}

/// `ddl` is a literal.
pub(super) fn measured(schema: &str, ddl: &str) -> String {
    format!(
        "; SELECT {schema}.hypopg_relation_size(i.indexrelid), {schema}.hypopg_drop_index(i.indexrelid) \
         FROM {schema}.hypopg_create_index({ddl}) i"
    )
}

/// `index` is a literal of a quoted name. Since 1.4.
pub(super) fn hidden(schema: &str, index: &str) -> String {
    format!("; SELECT {schema}.hypopg_hide_index({index}::pg_catalog.regclass)")
}

/// Since 1.4.
pub(super) fn shown(schema: &str) -> String {
    format!("; SELECT {schema}.hypopg_unhide_all_indexes()")
}

/// All of them, in the order of their use.
pub(in crate::db) fn all() -> Vec<String> {
    let schema = "{schema}";
    let own = |text: &str| text.trim_start_matches("; ").to_owned();
    vec![
        reset_alone(schema),
        own(&measured(schema, "{index}")),
        own(PROCESS),
        own(REAL_OIDS),
        own(&dropped(schema, "{oids}")),
        own(&created(schema, "{indexes}")),
        own(&hidden(schema, "{index}")),
        own(&shown(schema)),
        reset(schema),
    ]
}
