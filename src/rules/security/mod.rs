//! Rules about who may do what, and about text that becomes SQL.

pub mod definer_without_search_path;
mod dynamic;
pub mod grant_all;
pub mod grant_to_public;
pub mod injectable_execute;
pub mod multiple_permissive_policies;
pub mod outside_access;
pub mod plaintext_password;
pub mod policy_always_true;
pub mod policy_evaluated_per_row;
pub mod policy_on_user_metadata;
pub mod policy_without_rls;
pub mod rls_without_policy;
pub mod superuser_role;
pub mod view_bypasses_rls;
pub mod weak_password_hash;
