//! A report as JSON: the whole of it, pretty, with a line feed at the end. `schema/v1.json` describes it.

mod fields;

use std::io::{self, Write};

use rayon::prelude::*;
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{Formatter, PrettyFormatter};

use crate::report::escape;
use crate::report::model::Report;

/// Parts of a list that one thread writes at once.
const PIECE: usize = 64;

/// Pieces that are held at once.
const HELD: usize = 4;

pub fn render(report: &Report) -> String {
    let mut bytes = Vec::new();
    write(report, &mut bytes).expect("a vector takes every write, and a report has text keys only");
    String::from_utf8(bytes).expect("JSON is written as text")
}

/// As [`render`], without having the whole text at once: it can be larger than the report. Long lists are written by several threads.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    fields::each(report, &mut Top { report, out, before: "{" })?;
    out.write_all(b"\n}\n")?;
    out.flush()
}

/// The report's own fields.
struct Top<'r> {
    report: &'r Report,
    out: &'r mut dyn Write,
    before: &'static str,
}

impl fields::Take for Top<'_> {
    fn take<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> io::Result<()> {
        write!(self.out, "{}\n  \"{name}\": ", self.before)?;
        self.before = ",";
        match name {
            "inputs" => list(&self.report.inputs, self.out),
            "findings" => list(&self.report.findings, self.out),
            "recommendations" => list(&self.report.recommendations, self.out),
            _ => {
                let mut text = escape::Json::new(&mut *self.out);
                value.serialize(&mut Serializer::with_formatter(&mut text, inside(1)))?;
                text.flush()
            }
        }
    }
}

/// The value of a field of the report.
fn list<T: Serialize + Sync>(list: &[T], out: &mut dyn Write) -> io::Result<()> {
    if list.is_empty() {
        return out.write_all(b"[]");
    }
    let mut before: &[u8] = b"[";
    for held in list.chunks(PIECE * HELD) {
        let texts: Vec<io::Result<Vec<u8>>> = match held.len() {
            ..=PIECE => vec![piece(held)],
            _ => held.par_chunks(PIECE).map(piece).collect(),
        };
        for text in texts {
            out.write_all(before)?;
            out.write_all(&text?)?;
            before = b",";
        }
    }
    out.write_all(b"\n  ]")
}

/// Some of a list, with commas between them.
fn piece<T: Serialize>(part: &[T]) -> io::Result<Vec<u8>> {
    let mut text = escape::Json::new(Vec::new());
    for (at, one) in part.iter().enumerate() {
        text.write_all(if at == 0 { b"\n    " } else { b",\n    " })?;
        one.serialize(&mut Serializer::with_formatter(&mut text, inside(2)))?;
    }
    text.flush()?;
    Ok(text.into_inner())
}

/// Goes on so many levels below the top.
fn inside(levels: usize) -> PrettyFormatter<'static> {
    let mut formatter = PrettyFormatter::new();
    for _ in 0..levels {
        formatter.begin_object(&mut io::sink()).expect("nothing is written anywhere");
    }
    formatter
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::render::table::tests::example;

    #[test]
    fn a_report_is_what_serde_would_write_however_long_its_lists_are() {
        let mut report = example();
        assert!(!report.findings.is_empty() && !report.recommendations.is_empty());
        for length in [0, 1, PIECE, PIECE + 1, 3 * PIECE * HELD + 5] {
            let findings: Vec<_> = example().findings.into_iter().cycle().take(length).collect();
            report.findings = findings;
            report.recommendations = example().recommendations.into_iter().cycle().take(length).collect();
            if let Some(first) = report.findings.first_mut() {
                first.title = "a\u{202e}\u{1b}[2J … \"é\"".to_owned();
            }
            let expected = escape::json(serde_json::to_string_pretty(&report).unwrap());
            assert_eq!(render(&report), expected + "\n");
        }
    }
}
