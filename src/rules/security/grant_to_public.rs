//! `security/grant_to_public`: rights on tables, sequences or a schema for everybody. Silent about functions and types, which
//! everybody may use anyway.

use serde::Deserialize;

use crate::report::model::Severity;
use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{Grant, GrantVerb, Grantee, ObjectKind};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let grant = match cx.ddl() {
            Some(Ddl::Grant(grant)) => grant,
            Some(Ddl::AlterDefaultPrivileges(defaults)) => &defaults.grant,
            _ => return,
        };
        let public = grant.grantees.iter().find_map(|grantee| match grantee {
            Grantee::Public(span) => Some(*span),
            Grantee::Role(_) => None,
        });
        let Some(public) = public.filter(|_| grant.verb == GrantVerb::Grant && gives_much(grant)) else { return };
        let rights: Vec<String> = grant.privileges.iter().map(|one| one.name.to_uppercase()).collect();
        let draft = cx.draft(
            public,
            format!("{} for PUBLIC: for every role there is and every role to come", rights.join(", ")),
            "PUBLIC is no group that somebody is put into: a role made for a reporting tool tomorrow has these \
             rights, and revoking them from that role changes nothing. Grant them to a role, and that role to those \
             who need them.",
        );
        let reads = grant.privileges.iter().all(|one| matches!(one.name.as_str(), "select" | "usage"));
        out.find(if reads { draft.severity(Severity::Info) } else { draft });
    }
}

/// More than what everybody has by default (documentation, "Privileges", table 5.2).
fn gives_much(grant: &Grant) -> bool {
    let only = |names: &[&str]| grant.privileges.iter().all(|one| names.contains(&one.name.as_str()));
    match grant.kind {
        ObjectKind::Table | ObjectKind::View | ObjectKind::Sequence => true,
        // Up to Postgres 14 everybody might create in `public`, and each dump of one repeats it.
        ObjectKind::Schema => !only(&["usage"]) && grant.names.iter().any(|name| name.name != "public"),
        ObjectKind::Database => !only(&["connect", "temporary", "temp"]),
        _ => false,
    }
}
