//! The schema as data: what DDL, a snapshot or (later) a live server says of tables, keys, indexes and statistics.
//!
//! Names are as Postgres stores them. `None` always means "not known", never "not there". The types are serialisable
//! because a snapshot file is a [`Catalog`] in an envelope (see `catalog::snapshot`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::text::Text;

mod code;
mod extra;
mod index;
mod rare;
pub mod server;
mod tables;

pub use code::{Policy, PolicyCommand, Routine, Sequence};
pub use extra::{ExtendedStatistics, Publication};
pub use index::{Index, IndexFigures};
pub use rare::Rare;
pub use server::ServerFacts;
pub use tables::Tables;

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub struct TableName {
    pub schema: Text,
    pub name: Text,
}

/// Where the catalog came from; it decides what a rule may call proved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    #[default]
    Ddl,
    Snapshot,
    Server,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Catalog {
    pub origin: Origin,
    /// `server_version_num`, e.g. 150018.
    pub server_version: Option<u32>,
    /// When the figures were taken, µs since 1970 UTC.
    pub taken_at: Option<i64>,
    pub database: Option<String>,
    pub search_path: Vec<String>,
    /// Of roles whose sessions begin with another one.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub role_search_paths: BTreeMap<String, Vec<String>>,
    pub tables: Tables,
    /// Enum and domain names with their base type (`enum`, or the domain's type).
    pub types: BTreeMap<String, String>,
    /// Constraints of domains by name, with whether they are validated; a domain that is not in here may have some.
    pub domain_constraints: BTreeMap<String, BTreeMap<String, bool>>,
    pub extensions: Vec<String>,
    /// Functions and procedures, those of one name beside each other.
    pub routines: Vec<Routine>,
    pub sequences: BTreeMap<TableName, Sequence>,
    pub settings: BTreeMap<String, String>,
    /// What logical replication sends from here, in the order of their names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub publications: Vec<Publication>,
    /// What a live server said of itself; boxed, because most catalogs have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<Box<ServerFacts>>,
    /// Everything that was given was understood, so that a column which is not there does not exist. Not serialised.
    #[serde(skip)]
    pub complete: bool,
}

impl Catalog {
    /// Whether a column that a known table does not have does not exist: what a server said, or DDL of which all was understood.
    pub fn is_complete(&self) -> bool {
        self.complete || self.origin != Origin::Ddl
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableKind {
    #[default]
    Table,
    Partitioned,
    Partition,
    View,
    MaterializedView,
    Foreign,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Table {
    pub kind: TableKind,
    pub columns: Vec<Column>,
    pub constraints: Vec<Constraint>,
    pub indexes: Vec<Index>,
    /// Parent of a partition or inheritance child; where it inherits from several, the first.
    pub parent: Option<TableName>,
    /// The parents after the first, of an inheritance child.
    #[serde(skip_serializing_if = "is_empty")]
    pub other_parents: Rare<Vec<TableName>>,
    /// `CREATE STATISTICS`, in the order of their names.
    #[serde(skip_serializing_if = "is_empty")]
    pub statistics: Rare<Vec<ExtendedStatistics>>,
    pub partition_key: Option<Text>,
    /// Of a partition: `DEFAULT`, or from `FOR VALUES` to its end.
    pub partition_bound: Option<Text>,
    pub row_security: bool,
    /// Of a view: the tables and views that it reads, with the columns that it names.
    pub reads: Rare<BTreeMap<TableName, Vec<String>>>,
    pub row_security_forced: bool,
    pub policies: Rare<Vec<Policy>>,
    /// `CREATE UNLOGGED TABLE`; false also when nothing says so.
    pub unlogged: bool,
    /// A materialized view WITH NO DATA: nobody can read it yet.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unfilled: bool,
    /// Storage parameters, and options of a view.
    pub parameters: Rare<BTreeMap<String, String>>,
    /// Where a later statement set a parameter, or `row_security`, or `unlogged`.
    pub set_at: Rare<BTreeMap<String, SourceLine>>,
    /// The index that REPLICA IDENTITY names.
    pub replica_identity: Option<Text>,
    /// Whether COMMENT said something of it; false also when nothing is known.
    pub commented: bool,
    /// The query of a view, as written.
    pub query: Option<Text>,
    /// Planner's row estimate (`pg_class.reltuples`; `None` when never analysed).
    pub rows: Option<f64>,
    pub heap_bytes: Option<u64>,
    pub total_bytes: Option<u64>,
    pub counters: Option<Box<TableCounters>>,
    /// File and line of the definition, when it came from DDL.
    pub defined_at: Option<SourceLine>,
}

fn is_empty<T>(list: &[T]) -> bool {
    list.is_empty()
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLine {
    pub path: Text,
    pub line: u32,
}

/// `pg_stat_user_tables`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TableCounters {
    pub seq_scans: u64,
    pub index_scans: u64,
    pub inserted: u64,
    pub updated: u64,
    pub hot_updated: u64,
    pub deleted: u64,
    pub live_rows: u64,
    pub dead_rows: u64,
    /// Rows that sequential and index scans gave.
    pub seq_rows: u64,
    pub index_rows: u64,
    /// Since the last ANALYZE.
    pub modified: Option<u64>,
    /// Since the last VACUUM.
    pub inserted_since_vacuum: Option<u64>,
    /// Updates whose new row went to another page (since 16).
    pub newpage_updated: Option<u64>,
    pub vacuums: Option<u64>,
    pub autovacuums: Option<u64>,
    pub analyzes: Option<u64>,
    pub autoanalyzes: Option<u64>,
    /// By hand or by autovacuum, whichever came last; `None` when the counters know of none.
    pub last_vacuum_s: Option<u64>,
    pub last_analyze_s: Option<u64>,
    /// Since 16.
    pub last_seq_scan_s: Option<u64>,
    pub last_index_scan_s: Option<u64>,
    /// A VACUUM or ANALYZE of it is running.
    pub in_vacuum: bool,
    pub in_analyze: bool,
    /// `relpages` of the main fork, as of the last VACUUM or ANALYZE, and its size now.
    pub pages: Option<u64>,
    pub main_bytes: Option<u64>,
    pub toast_bytes: Option<u64>,
    /// Of the table or its TOAST table, whichever is older.
    pub xid_age: Option<u64>,
    pub multixact_age: Option<u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Column {
    pub name: Text,
    /// Canonical type name as `format_type` prints it: `bigint`, `character varying(20)`, `timestamp with time zone`.
    pub type_name: Text,
    pub not_null: bool,
    pub default: Option<Text>,
    pub generated: bool,
    /// Generated when it is read (Postgres 18).
    pub virtual_generated: bool,
    pub identity: bool,
    pub collation: Option<Text>,
    /// Few columns have any: only a server gives them.
    pub stats: Option<Box<ColumnStats>>,
    /// File and line of the definition, when it came from DDL.
    pub defined_at: Option<SourceLine>,
}

/// `pg_stats`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ColumnStats {
    pub null_fraction: f64,
    pub average_width: u32,
    /// As in `pg_stats.n_distinct`: negative = minus the share of rows.
    pub n_distinct: f64,
    pub correlation: Option<f64>,
    pub most_common_frequencies: Vec<f64>,
    /// Only from a live server, and in a snapshot only with `--with-values`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<ColumnValues>,
}

/// Values that stand in the column, as text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ColumnValues {
    /// Parallel to `most_common_frequencies`, as far as it goes.
    pub most_common: Vec<String>,
    /// Ascending, with about as many rows between each two; without the most common ones.
    pub histogram: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constraint {
    pub name: Text,
    pub kind: ConstraintKind,
    pub columns: Vec<Text>,
    #[serde(default)]
    pub deferrable: bool,
    /// Of a foreign key: a row refers by all columns or by none.
    #[serde(default)]
    pub match_full: bool,
    #[serde(default = "yes")]
    pub validated: bool,
    /// Not so with `NOT ENFORCED` (Postgres 18): the server does not look at it, and cannot validate it.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub enforced: bool,
    #[serde(default)]
    pub defined_at: Option<SourceLine>,
}

fn yes() -> bool {
    true
}

fn is_yes(value: &bool) -> bool {
    *value
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConstraintKind {
    PrimaryKey,
    Unique,
    ForeignKey {
        references: TableName,
        /// The referenced columns; filled from the parent's primary key when DDL leaves them out.
        referenced_columns: Vec<Text>,
    },
    Check {
        expression: Text,
    },
    /// Only one that is NOT VALID (Postgres 18); any other is [`Column::not_null`].
    NotNull,
    Exclusion,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IndexKey {
    /// Column name, or the expression's text when `expression` is set.
    pub text: Text,
    pub expression: bool,
    pub descending: bool,
    pub nulls_first: bool,
    pub opclass: Option<Text>,
    pub collation: Option<Text>,
}

impl From<TableName> for String {
    fn from(name: TableName) -> Self {
        name.to_string()
    }
}

/// Reads what `Display` prints; a name alone is in schema `public`.
impl From<String> for TableName {
    fn from(text: String) -> Self {
        let (first, rest) = part(&text);
        match rest.strip_prefix('.') {
            Some(rest) => TableName { schema: first.into(), name: part(rest).0.into() },
            None => TableName { schema: "public".into(), name: first.into() },
        }
    }
}

/// The name at the start, quoted or up to a dot, and what follows it.
fn part(text: &str) -> (String, &str) {
    let Some(inner) = text.strip_prefix('"') else {
        let end = text.find('.').unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut name = String::new();
    let mut rest = inner;
    while let Some(at) = rest.find('"') {
        name.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(doubled) = rest.strip_prefix('"') else { break };
        name.push('"');
        rest = doubled;
    }
    (name, rest)
}

/// `schema.name`; a part that holds a dot or a quote is quoted, so that it can be read back.
impl std::fmt::Display for TableName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let quoted = |name: &str| match name.contains(['.', '"']) {
            true => format!("\"{}\"", name.replace('"', "\"\"")),
            false => name.to_owned(),
        };
        write!(f, "{}.{}", quoted(&self.schema), quoted(&self.name))
    }
}
