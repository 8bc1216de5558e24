//! Rules about migrations: what locks, rewrites, breaks clients or loses data.

pub mod ddl_with_backfill;
pub mod enum_value_used_at_once;
pub mod index_not_concurrent;
pub mod lock_table;
pub mod missing_lock_timeout;
pub mod nested_transaction;
pub mod trigger_disabled;
pub mod unbatched_backfill;
pub mod uncommitted_transaction;
pub mod work_under_exclusive_lock;
