//! What expressions are taken to be: operands, the columns in them, and where they are used.

use super::Span;

#[derive(Clone, Debug)]
pub struct Operand {
    pub span: Span,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub enum Value {
    Column(ColumnRef),
    Constant(Constant),
    /// `$n`; 0 for a `?` of a normalised text.
    Parameter(u16),
    Cast {
        operand: Box<Operand>,
        /// Type name in lower case, as written, without modifiers: `bigint`, `int8`, `timestamptz`.
        to: String,
    },
    Function {
        name: String,
        args: Vec<Operand>,
        distinct: bool,
    },
    Row(Vec<Operand>),
    Subquery(usize),
    /// Arithmetic, CASE, `||`, `AT TIME ZONE`, JSON access … : the columns inside it.
    Expression {
        columns: Vec<ColumnRef>,
    },
    /// `*` as in `count(*)`.
    Star,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constant {
    Integer(i128),
    /// `5.0`, `1e3`: Postgres types it numeric.
    Decimal,
    /// An untyped string literal, unescaped.
    String(String),
    Bool(bool),
    Null,
    /// `DATE '2026-01-01'`, `INTERVAL '1 day'`: the type name in lower case.
    Typed(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnRef {
    pub qualifier: Option<String>,
    pub name: String,
    pub span: Span,
    /// (block, source) where the qualifier, or a single source, settles it; `None` needs the catalog.
    pub source: Option<(usize, usize)>,
}

#[derive(Clone, Debug)]
pub enum Output {
    /// `*`, or `t.*` with its qualifier.
    Star {
        qualifier: Option<String>,
        span: Span,
    },
    Expr {
        operand: Operand,
        alias: Option<String>,
    },
}

#[derive(Clone, Debug)]
pub struct OrderKey {
    pub operand: Operand,
    pub descending: bool,
    /// As written; `None` = the default (last for ASC, first for DESC).
    pub nulls_first: Option<bool>,
}

impl OrderKey {
    /// Where NULLs sort, with Postgres's default filled in (documentation, "Sorting Rows": NULLs sort as if larger).
    pub fn nulls_sort_first(&self) -> bool {
        self.nulls_first.unwrap_or(self.descending)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Projection,
    Where,
    /// ON or USING of the source with this index.
    On(usize),
    GroupBy,
    Having,
    OrderBy,
    Other,
    /// Used by a nested block (correlated, or LATERAL).
    Nested,
}

#[derive(Clone, Debug)]
pub struct ColumnUse {
    pub column: ColumnRef,
    pub place: Place,
}
