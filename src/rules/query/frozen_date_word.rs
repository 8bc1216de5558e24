//! `query/frozen_date_word`: `timestamp 'now'` and `'today'::date`, which are dates from the moment the statement is parsed.

use serde::Deserialize;

use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for (span, word) in &cx.facts.notes.date_words {
            let instead = match word.as_str() {
                "now" => "now()",
                "today" => "CURRENT_DATE",
                "tomorrow" => "CURRENT_DATE + 1",
                _ => "CURRENT_DATE - 1",
            };
            let title = format!("'{word}' is the time at which the statement was parsed");
            let detail = format!(
                "The word is read once. In a prepared statement it stays what it was when that was prepared, in a view or a default what \
                 it was when those were created. {instead} is asked each time."
            );
            out.find(Draft::about(cx, title, detail).at(*span));
        }
    }
}
