//! GRANT, REVOKE, and roles.

use super::{Expr, Name, ObjectKind, QualifiedName};
use crate::sql::facts::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantVerb {
    Grant,
    Revoke,
}

/// GRANT or REVOKE of privileges on objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub verb: GrantVerb,
    pub privileges: Vec<Privilege>,
    /// Table where no kind is written.
    pub kind: ObjectKind,
    /// `ON ALL TABLES IN SCHEMA`: `names` are schemas. Of ALTER DEFAULT PRIVILEGES there are no names.
    pub all_in_schema: bool,
    pub names: Vec<QualifiedName>,
    /// What stands in parentheses after each name (routines); parallel to `names`.
    pub arguments: Vec<Option<Expr>>,
    pub grantees: Vec<Grantee>,
    /// `WITH GRANT OPTION`, `GRANT OPTION FOR`.
    pub grant_option: bool,
    pub cascade: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Privilege {
    /// In lower case; `all` for ALL [PRIVILEGES].
    pub name: String,
    /// `SELECT (a, b)`.
    pub columns: Vec<Name>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grantee {
    Public(Span),
    Role(Name),
}

/// GRANT or REVOKE of membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantRole {
    pub verb: GrantVerb,
    pub roles: Vec<Name>,
    pub grantees: Vec<Grantee>,
    /// `WITH ADMIN OPTION`, `ADMIN OPTION FOR`.
    pub admin_option: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlterDefaultPrivileges {
    pub for_roles: Vec<Name>,
    pub in_schemas: Vec<Name>,
    pub grant: Grant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleVerb {
    Create,
    Alter,
}

/// `CREATE | ALTER ROLE | USER | GROUP` with attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    pub verb: RoleVerb,
    pub name: Name,
    /// In lower case and in order: `superuser`, `nologin`, `bypassrls`, …
    pub attributes: Vec<Name>,
    /// The constant after PASSWORD, if it is no NULL.
    pub password: Option<Span>,
    /// `RENAME TO`.
    pub rename_to: Option<Name>,
}
