//! A report as JSON: the whole of it, pretty, with a line feed at the end. `schema/v1.json` describes it.

use std::io::{self, Write};

use crate::report::escape;
use crate::report::model::Report;

pub fn render(report: &Report) -> String {
    let mut bytes = Vec::new();
    write(report, &mut bytes).expect("a vector takes every write, and a report has text keys only");
    String::from_utf8(bytes).expect("JSON is written as text")
}

/// As [`render`], without having the whole text at once: it can be larger than the report.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut out = escape::Json::new(out);
    serde_json::to_writer_pretty(&mut out, report)?;
    out.write_all(b"\n")?;
    out.flush()
}
