//! `security/superuser_role`: a role that may do everything, or get past row security.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;

use crate::rules::words::{Words, begins};
use crate::sql::ddl::Ddl;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        // Cheaper than words.
        if !matches!(cx.ddl(), Some(Ddl::Role(_) | Ddl::GrantRole(_))) {
            return;
        }
        let roles = ["role", "user", "group"];
        let creates = roles.iter().any(|kind| begins(cx.text, &["create", kind]) || begins(cx.text, &["alter", kind]));
        let grants = begins(cx.text, &["grant"]);
        if !creates && !grants {
            return;
        }
        let words = Words::of(cx.text);
        // ALTER ROLE x SET … is about settings.
        let end = (3..words.len()).find(|at| words.is_any(*at, &["set", "reset", "on"])).unwrap_or(words.len());
        if grants && end < words.len() {
            return;
        }
        // The third word is the role's own name.
        let first = if creates { 3 } else { 1 };
        let found = (first..end).find_map(|at| {
            let list = if creates { ATTRIBUTES } else { MEMBERSHIPS };
            let known = list.iter().find(|(name, _)| words.is(at, name))?;
            Some((at, known))
        });
        let Some((at, (name, means))) = found else { return };
        out.find(cx.draft(
    words.span(at),
    format!("{} for a role: {means}", name.to_uppercase()),
    "A migration that is run for an application rarely needs such a role, and whoever gets hold of its password has \
     the server. Let an administrator set it, outside of migrations, and give the application's role the rights on \
     its tables.",
));
    }
}

const ATTRIBUTES: &[(&str, &str)] = &[
    ("superuser", "no right is checked any more, and files and programs of the server are open to it"),
    ("bypassrls", "row security does not hold for it"),
    ("createrole", "it can make roles and, before Postgres 16, give itself nearly any"),
    ("replication", "it can copy the whole cluster, passwords included"),
];
const MEMBERSHIPS: &[(&str, &str)] = &[
    ("pg_execute_server_program", "it can run programs on the server"),
    ("pg_write_server_files", "it can write files of the server, and so become superuser"),
    ("pg_read_server_files", "it can read every file that the server can read"),
    ("rds_superuser", "it administers the instance"),
    ("cloudsqlsuperuser", "it administers the instance"),
];
