//! `schema/varchar_with_length`: `varchar(n)`. Silent about arrays.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use super::about::{columns, length};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for of in columns(cx)
            .filter(|of| of.column.type_name.starts_with("character varying(") && !of.column.type_name.ends_with("[]"))
        {
            let Some(length) = length(&of.column.type_name) else { continue };
            let draft = of.draft(
        format!("{} ends at {length} characters by its type", of.shown()),
        "text is stored the same way and costs the same. A limit that is a rule of the business can be a CHECK, \
         which has a name, a message and an expression, and is changed without the type that views and functions are \
         built on.",
    );
            out.find(draft.ask(super::about::change(
        format!("Make {} text", of.shown()),
        "No rewrite and no scan: text holds whatever varchar(n) held. Views that show the column must be dropped and \
         made again.",
        of.alter("TYPE text"),
    )));
        }
    }
}
