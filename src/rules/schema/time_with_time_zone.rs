//! `schema/time_with_time_zone`: `timetz`.

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
        for of in columns(cx).filter(|of| plain(&of.column.type_name) == "time with time zone") {
            let draft = of.draft(
        format!("{} is a time of day with an offset and no date", of.shown()),
        "Which offset a zone has depends on the date, which is not there: half of the year the value is off by an \
         hour. Two values that mean the same time in different zones are different.",
    );
            out.find(draft.ask(of.retype(
        "time without time zone",
        "{}::time",
        "With the name of the zone (Europe/Berlin) in a column of its own if it varies; timestamptz if it is a moment.",
    )));
        }
    }
}
