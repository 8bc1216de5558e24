//! What a statement says, free of any parser's types: the model that rules and the advisor read.
//!
//! Names are as Postgres would store them: unquoted identifiers folded to lower case, quoted ones as written.
//! Spans are byte offsets into the original text of the statement.

mod build;
mod clauses;
mod columns;
mod fallback;
mod notes;
mod operand;
mod predicate;
mod query;
mod run;
mod source;
mod tail;
#[cfg(test)]
mod tests;
mod value;
mod write;

pub use notes::{Notes, NullComparison, NullShape};
pub use run::{facts, facts_of_many};
pub use value::{ColumnRef, ColumnUse, Constant, Operand, OrderKey, Output, Place, Value};

/// Bytes `start..end` of the statement's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    /// The text under the span; empty when the span does not fit the text.
    pub fn of<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StatementKind {
    Select,
    Insert,
    Update,
    Delete,
    Merge,
    Copy,
    /// BEGIN, COMMIT, ROLLBACK, SAVEPOINT and the like.
    Transaction,
    /// SET, RESET, SHOW, DISCARD.
    Session,
    /// DECLARE, FETCH, MOVE, CLOSE.
    Cursor,
    /// CREATE, ALTER, DROP, TRUNCATE, VACUUM, … .
    Utility,
    #[default]
    Other,
}

impl StatementKind {
    /// Whether the planner makes a plan of it, and EXPLAIN shows one (documentation, EXPLAIN, "statement").
    pub fn is_planned(self) -> bool {
        use StatementKind as K;
        matches!(self, K::Select | K::Insert | K::Update | K::Delete | K::Merge)
    }
}

/// How far the statement was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Level {
    /// Parsed: everything below is filled.
    Parsed,
    /// The parser refused; only `kind`, `tables`, `limit`, `offset` and `star` come from the tokens.
    Tokens { reason: String },
}

/// A possibly schema-qualified relation name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RelationName {
    pub schema: Option<String>,
    pub name: String,
}

#[derive(Clone, Debug)]
pub struct Facts {
    pub kind: StatementKind,
    pub level: Level,
    /// Every table that the statement names (CTE names excluded), in order of appearance, with duplicates.
    pub tables: Vec<(RelationName, Span)>,
    /// Query blocks. `blocks[0]` is the outermost one (for INSERT … SELECT and set operations: the first one met);
    /// UPDATE and DELETE have their target and FROM/USING as sources of `blocks[0]`.
    pub blocks: Vec<Block>,
    pub write: Option<Write>,
    /// UPDATE, DELETE and MERGE in its WITH.
    pub inner_writes: Vec<InnerWrite>,
    /// The outermost LIMIT/OFFSET and whether `*` is projected anywhere: also filled at token level.
    pub limit: Option<Bound>,
    pub offset: Option<Bound>,
    pub star: bool,
    /// The statement is a UNION/INTERSECT/EXCEPT at its top.
    pub set_operation: bool,
    /// Parameters of the highest number (`$3` gives 3).
    pub parameters: usize,
    /// Names or clauses are filled in by a template: what the statement is in the end is not known.
    pub templated: bool,
    pub set_operations: Vec<SetOperation>,
    /// What stands anywhere in the statement's expressions.
    pub notes: Notes,
}

/// A chain of UNIONs that are alike; of other chains nothing is said.
#[derive(Clone, Debug)]
pub struct SetOperation {
    pub all: bool,
    /// The blocks, in order.
    pub members: Vec<usize>,
    /// `UNION` (without ALL or DISTINCT), one fewer than there are members.
    pub keywords: Vec<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    Number(u64),
    Parameter(u16),
    /// An expression, or a `?` of a normalised text.
    Unknown,
}

/// What INSERT, UPDATE, DELETE and MERGE write.
#[derive(Clone, Debug)]
pub struct Write {
    pub target: RelationName,
    pub target_span: Span,
    /// UPDATE's SET columns, INSERT's column list (empty when not given).
    pub columns: Vec<String>,
    pub has_where: bool,
    /// Rows of a VALUES list; `None` when the source is a query.
    pub values_rows: Option<usize>,
    /// Values of its first row.
    pub values_width: Option<usize>,
    /// UPDATE: SET's items in order.
    pub assignments: Vec<Assignment>,
    pub on_conflict: bool,
    pub returning: bool,
    /// MERGE: a WHEN updates or deletes rows of the target.
    pub changes_matched: bool,
}

/// A CTE that changes rows.
#[derive(Clone, Debug)]
pub struct InnerWrite {
    pub kind: StatementKind,
    pub target: RelationName,
    pub target_span: Span,
    /// That of its conditions.
    pub block: usize,
}

/// `column = value` of UPDATE.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// One, unless it is `(a, b) = …`.
    pub columns: Vec<String>,
    pub span: Span,
    pub value: Assigned,
}

#[derive(Clone, Debug)]
pub enum Assigned {
    Value(Operand),
    /// `a AND b`: its members.
    Condition(Vec<Predicate>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// The statement itself (or a member of its top-level set operation).
    Root,
    Cte(String),
    /// In FROM, under this alias.
    Derived(String),
    Exists,
    InSubquery,
    Scalar,
}

/// One SELECT block (or the single block of UPDATE and DELETE).
#[derive(Clone, Debug)]
pub struct Block {
    pub role: Role,
    /// Index of the enclosing block.
    pub parent: Option<usize>,
    /// Member of a UNION/INTERSECT/EXCEPT.
    pub in_set_operation: bool,
    pub span: Span,
    pub sources: Vec<Source>,
    /// AND-ed conjuncts of WHERE. (Conjuncts of ON stand with their source.)
    pub filters: Vec<Predicate>,
    /// The condition without its keyword.
    pub where_span: Option<Span>,
    /// Of UPDATE and DELETE: RETURNING.
    pub projection: Vec<Output>,
    pub projection_span: Span,
    pub distinct: Distinct,
    /// As written: ordinals and aliases are not followed.
    pub distinct_on: Vec<Operand>,
    /// An ordinal or an output's alias has the value of that output, and the span of what is written; so in `order_by`.
    pub group_by: Vec<Operand>,
    pub has_having: bool,
    /// AND-ed conjuncts of HAVING.
    pub having: Vec<Predicate>,
    pub having_span: Option<Span>,
    pub has_window: bool,
    /// Aggregates are called in the projection or HAVING.
    pub has_aggregate: bool,
    pub order_by: Vec<OrderKey>,
    /// From ORDER to the end of the last key.
    pub order_span: Option<Span>,
    pub limit: Option<Bound>,
    /// From LIMIT (or FETCH) to the end of its count; likewise for OFFSET.
    pub limit_span: Option<Span>,
    pub offset: Option<Bound>,
    pub offset_span: Option<Span>,
    pub with_ties: bool,
    pub locking: Option<Locking>,
    /// Every column reference of the block itself (not of nested blocks, unless they reach out to this block's
    /// sources: then it is listed here too, with `Place::Nested`).
    pub uses: Vec<ColumnUse>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distinct {
    No,
    All,
    On,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locking {
    pub skip_locked: bool,
    pub nowait: bool,
}

#[derive(Clone, Debug)]
pub struct Source {
    pub relation: Relation,
    /// The name under which columns refer to it: alias, else the relation's own name.
    pub alias: String,
    pub join: Join,
    pub lateral: bool,
    /// AND-ed conjuncts of ON.
    pub on: Vec<Predicate>,
    /// USING columns; NATURAL joins have `natural` set instead.
    pub using: Vec<String>,
    pub natural: bool,
    /// Stands inside a parenthesised join (`a LEFT JOIN (b JOIN c ON …) ON …`), behind its first relation.
    pub nested: bool,
    /// The relation with its alias.
    pub span: Span,
    /// From the first join keyword (or comma) to the end of its condition; equals `span` for the first source.
    pub join_span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relation {
    Table(RelationName),
    Cte(String),
    /// Index of the block of a sub-select in FROM.
    Derived(usize),
    Function(String),
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    First,
    Comma,
    Cross,
    Inner,
    Left,
    Right,
    Full,
}

#[derive(Clone, Debug)]
pub struct Predicate {
    pub span: Span,
    pub test: Test,
}

#[derive(Clone, Debug)]
pub enum Test {
    Compare {
        left: Operand,
        op: CompareOp,
        right: Operand,
    },
    /// `x IN (1, 2, 3)`; `x = ANY(ARRAY[…])` and `x = ANY($1)` are [`Test::AnyArray`].
    ///
    /// In statements of more than 5,000 tokens only the first 100 items are kept.
    InList {
        operand: Operand,
        items: Vec<Operand>,
        negated: bool,
    },
    InQuery {
        operand: Operand,
        block: usize,
        negated: bool,
    },
    AnyArray {
        operand: Operand,
        op: CompareOp,
        array: Operand,
    },
    Exists {
        block: usize,
        negated: bool,
    },
    Like {
        operand: Operand,
        pattern: Operand,
        case_insensitive: bool,
        negated: bool,
    },
    Between {
        operand: Operand,
        low: Operand,
        high: Operand,
        negated: bool,
    },
    IsNull {
        operand: Operand,
        negated: bool,
    },
    /// Each branch is a list of AND-ed conjuncts.
    Or(Vec<Vec<Predicate>>),
    Not(Box<Predicate>),
    /// A bare boolean operand: `WHERE active`.
    Truth(Operand),
    /// Any other operator: `@>`, `@@`, `~`, `&&`, `->>` comparisons that do not fit above.
    Operator {
        left: Operand,
        op: String,
        right: Operand,
    },
    Other {
        columns: Vec<ColumnRef>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CompareOp {
    Eq,
    NotEq,
    Lt,
    LtEq,
    Gt,
    GtEq,
    /// IS NOT DISTINCT FROM
    NotDistinct,
    Distinct,
}
