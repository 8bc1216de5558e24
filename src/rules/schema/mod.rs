//! Rules about tables, keys and indexes.

mod about;
pub mod all_columns_nullable;
pub mod char_n;
pub mod duplicate_foreign_key;
pub mod duplicate_index;
pub mod float_for_money;
pub mod foreign_key_type_mismatch;
pub mod foreign_key_without_index;
mod index_pairs;
pub mod integer_primary_key;
pub mod json_column;
pub mod money_type;
pub mod no_primary_key;
pub mod not_valid_constraint;
pub mod numbered_columns;
pub mod overlapping_index;
pub mod partition_key_not_in_key;
pub mod reg_type_column;
pub mod serial_column;
pub mod single_column_table;
pub mod table_inheritance;
pub mod time_with_time_zone;
pub mod timestamp_without_time_zone;
pub mod unlogged_table;
pub mod uuid_as_text;
pub mod varchar_with_length;
pub mod volatile_check;
