//! Storage parameters: which lock their change needs (`reloptions.c`).

use crate::sql::ddl::model::Parameter;

use super::LockMode;

/// The strongest that one of them needs (`AlterTableGetRelOptionsLockLevel`).
pub(super) fn level(parameters: &[Parameter]) -> LockMode {
    parameters.iter().map(|parameter| one(&parameter.name)).max().unwrap_or(LockMode::ShareUpdateExclusive)
}

fn one(name: &str) -> LockMode {
    let name = name.strip_prefix("toast.").unwrap_or(name);
    let gentle = [
        "deduplicate_items",
        "effective_io_concurrency",
        "fillfactor",
        "log_autovacuum_min_duration",
        "n_distinct",
        "n_distinct_inherited",
        "parallel_workers",
        "toast_tuple_target",
        "vacuum_cleanup_index_scale_factor",
        "vacuum_index_cleanup",
        "vacuum_max_eager_freeze_failure_rate",
        "vacuum_truncate",
    ];
    let gentle = gentle.contains(&name) || name.starts_with("autovacuum_");
    if gentle { LockMode::ShareUpdateExclusive } else { LockMode::AccessExclusive }
}
