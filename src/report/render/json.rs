//! A report as JSON: the whole of it, pretty, with a line feed at the end. `schema/v1.json` describes it.

use crate::report::escape;
use crate::report::model::Report;

pub fn render(report: &Report) -> String {
    let mut text = serde_json::to_string_pretty(report).expect("a report has text keys only");
    text.push('\n');
    escape::json(text)
}
