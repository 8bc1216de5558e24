//! What of policies, routines and sequences a catalog keeps.

use serde::{Deserialize, Serialize};

use super::{SourceLine, TableName};
use crate::catalog::text::Text;

/// A row security policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    pub name: String,
    /// False: it narrows what the permissive ones let through.
    pub permissive: bool,
    pub command: PolicyCommand,
    /// Empty: everybody.
    #[serde(default)]
    pub roles: Vec<String>,
    /// As written, without its parentheses.
    #[serde(default)]
    pub using: Option<String>,
    #[serde(default)]
    pub check: Option<String>,
    #[serde(default)]
    pub defined_at: Option<SourceLine>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyCommand {
    All,
    Select,
    Insert,
    Update,
    Delete,
}

/// A function or procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Routine {
    pub name: TableName,
    /// What stands in its parentheses, as written.
    #[serde(default)]
    pub arguments: String,
    #[serde(default)]
    pub language: Option<String>,
    #[serde(default)]
    pub security_definer: bool,
    /// `SET search_path` among its options.
    #[serde(default)]
    pub sets_search_path: bool,
    /// Whether it is VOLATILE, as it is unless it says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volatile: Option<bool>,
    #[serde(default)]
    pub defined_at: Option<SourceLine>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sequence {
    /// `smallint`, `integer` or `bigint`; it decides where the sequence ends.
    pub type_name: Text,
    pub max_value: Option<i64>,
    pub min_value: Option<i64>,
    /// Negative: it counts down.
    pub increment: Option<i64>,
    pub cycle: bool,
    /// `None`: never used, or [`Sequence::unreadable`].
    pub last_value: Option<i64>,
    /// The role may not read it.
    pub unreadable: bool,
    /// The table and column that own it.
    pub owner: Option<(TableName, Text)>,
    pub defined_at: Option<SourceLine>,
}
