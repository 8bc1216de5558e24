//! Code in the database: DO, routines, triggers, rules, policies.

use super::{Expr, Name, ObjectAction, ObjectKind, QualifiedName};
use crate::sql::facts::Span;

/// Code in a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body {
    /// Without its quotes.
    pub span: Span,
    pub form: BodyForm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyForm {
    /// `$$ … $$`: the text as it is.
    Dollar,
    /// `'…'`: quotes (and with E'' backslashes) are doubled.
    Quoted,
    /// `BEGIN ATOMIC … END`: the statements between the words.
    Atomic,
    /// `RETURN expression`: the expression.
    Return,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Do {
    /// `plpgsql` where none is given.
    pub language: String,
    pub body: Body,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoutineKind {
    Function,
    Procedure,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Volatility {
    Volatile,
    Stable,
    Immutable,
}

/// Options of a routine; `None` is not spoken of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoutineOptions {
    pub volatility: Option<Volatility>,
    pub strict: Option<bool>,
    pub leakproof: Option<bool>,
    /// Of `SECURITY DEFINER`.
    pub security_definer: Option<Span>,
    pub security_invoker: Option<Span>,
    /// `unsafe`, `restricted`, `safe`.
    pub parallel: Option<String>,
    /// Names of the parameters that SET gives a value.
    pub sets: Vec<String>,
}

impl RoutineOptions {
    pub fn sets_search_path(&self) -> bool {
        self.sets.iter().any(|name| name == "search_path")
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routine {
    pub kind: RoutineKind,
    pub name: QualifiedName,
    pub or_replace: bool,
    /// What stands in the parentheses.
    pub arguments: Expr,
    /// `integer`, `SETOF t`, `TABLE (a int)`, `trigger`.
    pub returns: Option<Expr>,
    pub language: Option<String>,
    pub body: Option<Body>,
    pub options: RoutineOptions,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlterRoutine {
    /// Function, Procedure, Routine or Aggregate.
    pub kind: ObjectKind,
    pub name: QualifiedName,
    pub arguments: Option<Expr>,
    pub action: ObjectAction,
    pub options: RoutineOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TriggerTiming {
    Before,
    After,
    InsteadOf,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TriggerEvent {
    Insert,
    Delete,
    Truncate,
    /// `UPDATE [OF columns]`.
    Update(Vec<Name>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateTrigger {
    pub name: Name,
    pub table: QualifiedName,
    pub or_replace: bool,
    /// `CREATE CONSTRAINT TRIGGER`.
    pub constraint: bool,
    pub timing: TriggerTiming,
    pub events: Vec<TriggerEvent>,
    /// `FROM table` of a constraint trigger.
    pub from: Option<QualifiedName>,
    /// `FOR EACH ROW`; a statement otherwise.
    pub per_row: bool,
    pub when: Option<Expr>,
    pub function: QualifiedName,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlterTrigger {
    pub name: Name,
    pub table: QualifiedName,
    pub action: ObjectAction,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateRule {
    pub name: Name,
    pub table: QualifiedName,
    pub or_replace: bool,
    /// `select`, `insert`, `update` or `delete`.
    pub event: String,
    pub instead: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateEventTrigger {
    pub name: Name,
    pub event: String,
    pub function: QualifiedName,
}

/// CREATE or ALTER POLICY; `None` is not spoken of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    pub name: Name,
    pub table: QualifiedName,
    /// False for AS RESTRICTIVE.
    pub permissive: bool,
    pub command: PolicyCommand,
    /// Lower case; `public`, `current_user` and the like among them. Empty: not spoken of (public).
    pub roles: Vec<Name>,
    pub using: Option<Expr>,
    pub with_check: Option<Expr>,
    /// `ALTER POLICY … RENAME TO`.
    pub rename_to: Option<Name>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PolicyCommand {
    #[default]
    All,
    Select,
    Insert,
    Update,
    Delete,
}
