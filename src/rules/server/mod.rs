//! Rules about the server itself: its sessions, its replication, its age and its settings.

pub(crate) mod about;
pub(crate) mod words;
mod wraparound;

pub mod archiver_failing;
pub mod autovacuum_off;
pub mod blocked_sessions;
pub mod checkpoints_requested;
pub mod checksum_failures;
pub mod collation_version;
pub mod connection_churn;
pub mod connections_near_max;
pub mod deadlocks;
pub mod idle_in_transaction;
pub mod inactive_slot;
pub mod known_corruption;
pub mod logging_settings;
pub mod long_query;
pub mod lost_slot;
pub mod multixact_age;
pub mod pending_restart;
pub mod planner_method_off;
pub mod prepared_transaction;
pub mod random_page_cost;
pub mod replication_lag;
pub mod sessions_abandoned;
pub mod shared_buffers;
pub mod statements_evicted;
pub mod statements_not_tracked;
pub mod transaction_id_age;
pub mod unbounded_slot;
pub mod unsafe_setting;
pub mod work_mem;
pub mod xmin_horizon;
