//! Rules about one statement: its text, its measurements, and the catalog's word on its tables.

pub mod between_midnight;
pub mod cartesian_join;
pub mod condition_in_set;
pub mod constant_condition;
pub mod count_for_existence;
mod date_range;
pub mod deep_offset;
pub mod distinct_on_order;
pub mod duplicate_column;
pub mod endless_recursion;
pub mod function_on_column;
pub mod huge_in_list;
pub mod implicit_cast;
mod join_proof;
pub mod join_type_mismatch;
pub mod leading_wildcard;
pub mod missing_where;
pub mod natural_join;
pub mod not_in_nullable;
pub mod null_comparison;
pub mod or_across_columns;
pub mod order_by_parameter;
pub mod outer_column_in_subquery;
pub(super) mod plan_cast;
pub mod random_order;
pub mod redundant_join;
mod rewriting;
mod row_identity;
pub mod select_star;
#[cfg(test)]
mod tests;
pub mod unstable_page_order;
mod value_type;
