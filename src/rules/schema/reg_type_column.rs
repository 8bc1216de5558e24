//! `schema/reg_type_column`: a column of a type that `pg_upgrade` refuses. `regclass`, `regrole` and `regtype` are carried
//! over.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use super::about::{change, columns};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for of in columns(cx) {
            let element = of.column.type_name.trim_end_matches("[]");
            let element = element.strip_prefix("pg_catalog.").unwrap_or(element);
            if !REFUSED.contains(&element) {
                continue;
            }
            let draft = of.draft(
                format!("{} is {element}: pg_upgrade refuses a database with such a column", of.shown()),
                "The column holds numbers of system objects, which the new cluster gives out anew. When the object \
                 is dropped the number stays and means nothing, or later something else.",
            );
            out.find(draft.ask(change(
                format!("Make {} text", of.shown()),
                "Keep the name, and cast where it is used.",
                of.alter(&format!("TYPE text USING {}::text", crate::catalog::access::quote_ident(&of.column.name))),
            )));
        }
    }
}

/// Documentation, pg_upgrade, "Notes".
const REFUSED: &[&str] = &[
    "regcollation",
    "regconfig",
    "regdictionary",
    "regnamespace",
    "regoper",
    "regoperator",
    "regproc",
    "regprocedure",
];
