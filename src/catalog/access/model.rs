//! How one table is reached by one query block: the conditions that an index could answer, and the order it could give.

use std::collections::BTreeSet;

use crate::catalog::model::TableName;
use crate::sql::facts::{Bound, Span};

/// What an index key stands on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    Column(String),
    /// SQL of an immutable expression with bare column names: `lower(email)`.
    Expression(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionKind {
    /// `= value`, one value.
    Equal,
    IsNull,
    /// `IN (…)` with this many items, or `= ANY(array)` where the number is not known.
    AnyOf(Option<usize>),
    /// Equality with a column of another source, (block, source): an index serves the inner side of a nested loop.
    Join(usize, usize),
    /// `<`, `>`, BETWEEN; the lower bound, the upper bound, or both.
    Range {
        lower: bool,
        upper: bool,
    },
    /// `LIKE 'prefix%'`: needs a `*_pattern_ops` operator class, or the C collation (documentation, "Operator Classes
    /// and Operator Families").
    Prefix,
}

#[derive(Clone, Debug)]
pub struct Condition {
    pub key: Key,
    /// Columns inside the key.
    pub columns: Vec<String>,
    pub kind: ConditionKind,
    /// The predicate in the statement's text.
    pub span: Span,
    /// Expected share of the table's rows; `None` without statistics.
    pub selectivity: Option<f64>,
}

/// Which operator class answers an operator that btree cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InvertedKind {
    /// jsonb `@>`, `@?`, `@@`: `jsonb_path_ops`.
    JsonPath,
    /// jsonb `?`, `?|`, `?&`: `jsonb_ops`.
    JsonKeys,
    Array,
    TextSearch,
    /// `LIKE '%x%'`, ILIKE, `~`, `~*`: `gin_trgm_ops` of the extension pg_trgm.
    Trigram,
    /// Range types and geometric ones: GiST.
    RangeType,
}

#[derive(Clone, Debug)]
pub struct Inverted {
    pub key: Key,
    pub columns: Vec<String>,
    pub kind: InvertedKind,
    pub operator: String,
    pub span: Span,
    /// The pattern is a parameter whose value the text does not show.
    pub unknown_pattern: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortKey {
    pub key: Key,
    pub descending: bool,
    pub nulls_first: bool,
    /// The column is declared NOT NULL, so that its NULLS option does not matter.
    pub not_null: bool,
    /// Few rows share a value, so that rows in the order of this key need hardly be sorted by those behind it
    /// (incremental sort; documentation, "Query Planning", enable_incremental_sort, since Postgres 13).
    pub fine: bool,
}

/// A predicate without parameters: fit for the WHERE of a partial index if every run of the query has it.
#[derive(Clone, Debug)]
pub struct Constant {
    /// SQL with bare column names.
    pub sql: String,
    pub columns: Vec<String>,
    pub span: Span,
    pub kind: ConstantKind,
    /// Expected share of the table's rows that satisfy it.
    pub selectivity: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConstantKind {
    IsNull,
    IsNotNull,
    /// `status = 'pending'`, `active`.
    Equal,
    NotEqual,
    Other,
}

#[derive(Clone, Debug)]
pub struct Access {
    pub block: usize,
    pub source: usize,
    pub table: TableName,
    /// The table stands in the catalog.
    pub known: bool,
    /// Equal, IsNull and AnyOf, in order of appearance.
    pub equal: Vec<Condition>,
    pub joined: Vec<Condition>,
    /// Range and Prefix.
    pub ranges: Vec<Condition>,
    pub inverted: Vec<Inverted>,
    /// What ORDER BY asks of this table after the columns fixed by an equality; empty unless this table alone can give
    /// the whole order.
    pub sort: Vec<SortKey>,
    /// What GROUP BY or DISTINCT asks of this table, as far as the first keys are its own.
    pub group: Vec<Key>,
    pub limit: Option<Bound>,
    pub offset: Option<Bound>,
    /// Columns of the table that the query touches; `None` when that is all of them or not known.
    pub columns: Option<BTreeSet<String>>,
    pub constants: Vec<Constant>,
    /// Every AND-ed conjunct on this table alone, normalised: what implies an index predicate.
    pub conjuncts: Vec<String>,
    pub aggregate: bool,
    pub or_branch: bool,
    /// Expected share of the table's rows after all conditions but joins.
    pub selectivity: Option<f64>,
}

impl Access {
    pub(super) fn new((block, source): (usize, usize), table: TableName) -> Self {
        Access {
            block,
            source,
            table,
            known: false,
            equal: Vec::new(),
            joined: Vec::new(),
            ranges: Vec::new(),
            inverted: Vec::new(),
            sort: Vec::new(),
            group: Vec::new(),
            limit: None,
            offset: None,
            columns: None,
            constants: Vec::new(),
            conjuncts: Vec::new(),
            aggregate: false,
            or_branch: false,
            selectivity: None,
        }
    }

    /// A table as such, reached by no statement.
    pub fn of_table(table: TableName) -> Self {
        Access { known: true, ..Access::new((0, 0), table) }
    }

    /// The same source without any condition.
    pub(super) fn bare(&self) -> Self {
        let columns = self.columns.clone();
        Access { columns, known: self.known, ..Access::new((self.block, self.source), self.table.clone()) }
    }

    /// An index could do nothing for it.
    pub fn is_empty(&self) -> bool {
        self.equal.is_empty()
            && self.joined.is_empty()
            && self.ranges.is_empty()
            && self.inverted.is_empty()
            && !self.wants_order()
            && self.constants.is_empty()
    }

    /// ORDER BY with LIMIT: an index in that order lets the scan stop early.
    pub fn wants_order(&self) -> bool {
        self.limit.is_some() && !self.sort.is_empty()
    }

    /// Some condition restricts the table by itself, without a row of another table.
    pub fn restricted(&self) -> bool {
        !self.equal.is_empty() || !self.ranges.is_empty() || !self.inverted.is_empty()
    }
}

impl Key {
    /// As it stands in CREATE INDEX: an expression that is not a function call needs its own parentheses
    /// (documentation, "CREATE INDEX").
    pub fn sql(&self) -> String {
        match self {
            Key::Column(name) => super::quote_ident(name),
            Key::Expression(sql) if super::expression::is_call(sql) => sql.clone(),
            Key::Expression(sql) => format!("({sql})"),
        }
    }
}
