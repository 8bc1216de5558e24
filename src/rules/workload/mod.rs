//! Rules about what sessions do, how often, and what went wrong.

mod all_at_once;
pub mod count_with_page;
pub mod duplicate_query;
pub mod error_storm;
mod foreign_key_edge;
pub mod growing_offset;
pub mod lock_waits;
pub mod missing_index;
pub mod n_plus_one;
mod orm;
mod session;
pub mod slow_outlier;
pub mod temp_files;
pub mod write_loop;
