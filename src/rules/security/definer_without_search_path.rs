//! `security/definer_without_search_path`: a SECURITY DEFINER routine that resolves names by its caller's search path. One
//! with an ALTER that sets it later is no finding.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::access::quote_table;
use crate::report::model::Subject;
use crate::rules::draft::Draft;
use crate::rules::schema::about::{self, change};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for routine in
            cx.catalog.routines.iter().filter(|routine| routine.security_definer && !routine.sets_search_path)
        {
            let shown = format!("{}({})", quote_table(&routine.name), routine.arguments);
            let draft = Draft::new(
                Subject::Server(format!("routine {}({})", routine.name, routine.arguments)),
                format!("{} is SECURITY DEFINER and takes its caller's search_path", routine.name.name),
                "It runs with its owner's rights, and its caller decides what unqualified names in it mean: a table, \
                 function or operator of the same name in a schema that the caller puts first, or in pg_temp, is \
                 used instead, with the owner's rights.",
            );
            out.find(about::at(draft, routine.defined_at.as_ref()).ask(change(
        format!("Fix the search_path of {}", routine.name.name),
        "With an empty path every name in the body must be qualified (pg_catalog is always searched). pg_temp last, \
         if a path is needed: SET search_path = app, pg_temp.",
        format!("ALTER ROUTINE {shown} SET search_path = ''"),
    )));
        }
    }
}
