//! `schema/timestamp_without_time_zone`: `timestamp`, which does not say at which moment. Silent about arrays.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use super::about::{columns, plain};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for of in columns(cx).filter(|of| plain(&of.column.type_name) == "timestamp without time zone") {
            let draft = of.draft(
        format!("{} does not say in which time zone it is", of.shown()),
        "It holds a date and a time as a clock on some wall showed them. Sessions with other settings of TimeZone \
         write and read other moments, an hour a year exists twice, and comparing with now() depends on who asks.",
    );
            out.find(draft.ask(of.retype(
        "timestamp with time zone",
        "{} AT TIME ZONE 'UTC'",
        "If the values were written in another zone than UTC, name that one. With TimeZone set to UTC and without \
         USING nothing is rewritten.",
    )));
        }
    }
}
