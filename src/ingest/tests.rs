//! Tests of the whole way from bytes to events, and what they share.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::cut::cut;
use super::detect::{Detected, ExportFormat, Hints, detect};
use super::event::{Event, EventKind};
use super::filter::Filter;
use super::format::Format;
use super::parse::{Scratch, events};
use super::prefix::Prefix;
use super::problem::ChunkReport;

mod fixtures;
mod inference;
mod messages;

/// The log format of a text, which must be one.
fn format_of(text: &[u8]) -> Format {
    match detect(text, &Hints::default()) {
        Ok(Detected::Log(format)) => format,
        other => panic!("not a log: {other:?}"),
    }
}

/// One line per event with everything that must not depend on the format; sessions and lines are left out.
fn described(event: &Event<'_>) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut out = format!("{} {} {}@{}", event.at, event.pid, text(event.who.user), text(event.who.database));
    let rest = match &event.kind {
        EventKind::Statement(s) => {
            format!("{:?} {:?} {} | {} | {}", s.phase, s.duration_us, text(s.name), text(s.parameters), text(s.text))
        }
        EventKind::Plan(p) => format!(
            "plan {:?} {} {} | {} | {} | {}",
            p.format,
            p.duration_us,
            p.nested,
            text(p.parameters),
            text(p.query),
            text(p.body)
        ),
        EventKind::Error(e) | EventKind::Deadlock(e) => format!(
            "{:?} {} | {} | {} | {} | {}",
            e.severity,
            text(e.message),
            text(e.detail),
            text(e.hint),
            text(e.context),
            text(e.statement)
        ),
        EventKind::LockWait(l) => format!(
            "lock {:?} {} {} on {} | {} | {} | {}",
            l.state,
            l.waited_us,
            text(l.mode),
            text(l.target),
            text(l.detail),
            text(l.context),
            text(l.statement)
        ),
        EventKind::TempFile(t) => format!("temp {} | {}", t.bytes, text(t.statement)),
        EventKind::Autovacuum(a) => format!("auto{} {} {}", text(a.verb), text(a.table), a.elapsed_us),
        EventKind::Other { severity, message } => format!("other {severity:?} {}", text(message)),
        kind => format!("{kind:?}"),
    };
    write!(out, " {rest}").expect("writing to a string");
    out
}

fn read_with(format: &Format, text: &[u8], filter: &Filter) -> (Vec<String>, ChunkReport) {
    let mut seen = Vec::new();
    let report = events(format, text, 1, &mut Scratch::default(), filter, &mut |event| seen.push(described(event)));
    (seen, report)
}

fn read(text: &str) -> (Vec<String>, ChunkReport) {
    read_with(&format_of(text.as_bytes()), text.as_bytes(), &Filter::default())
}

/// Cut at each of `places`, the parts together must give what the whole gives, lines included.
fn assert_cut_anywhere(format: &Format, text: &[u8], places: impl Iterator<Item = usize>) {
    let with_lines = |text: &[u8], first: u64, seen: &mut Vec<String>| {
        let mut sink = |event: &Event<'_>| seen.push(format!("{} {}", event.line, described(event)));
        events(format, text, first, &mut Scratch::default(), &Filter::default(), &mut sink)
    };
    let mut whole = Vec::new();
    let report = with_lines(text, 1, &mut whole);
    for place in places {
        let at = cut(format, text, place);
        assert!(at >= place.min(text.len()));
        let mut parts = Vec::new();
        let first = with_lines(&text[..at], 1, &mut parts);
        let second = with_lines(&text[at..], 1 + first.lines, &mut parts);
        assert_eq!(parts, whole, "cut at {place}, that is {at}");
        assert_eq!(first.unrecognised_lines + second.unrecognised_lines, report.unrecognised_lines);
        assert_eq!(first.lines + second.lines, report.lines);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600), at in 0usize..600) {
        let zone = super::time::Zone::default();
        let prefixes = vec![Prefix::compile("%m [%p] %q%u@%d/%a ").expect("template")];
        let line_ends = super::format::LineEnds::Lf;
        let formats = [
            Format::Stderr(super::format::StderrFormat { prefixes, zone: zone.clone(), line_ends }),
            Format::Csv(super::format::CsvFormat { columns: 26, zone: zone.clone() }),
            Format::Json(super::format::JsonFormat { zone }),
        ];
        let _ = detect(&bytes, &Hints::default());
        for format in ExportFormat::ALL {
            super::export::read(format, &bytes);
        }
        for format in formats {
            read_with(&format, &bytes, &Filter::default());
            cut(&format, &bytes, at);
        }
    }

    /// Bytes out of real logs, broken at random places.
    #[test]
    fn no_broken_log_makes_it_panic(which in 0usize..3, at in 0usize..4000, junk in proptest::collection::vec(any::<u8>(), 0..20)) {
        let mut bytes = [fixtures::STDERR, fixtures::CSV, fixtures::JSON][which].to_vec();
        let format = format_of(&bytes);
        let at = at.min(bytes.len());
        bytes.splice(at..(at + 7).min(bytes.len()), junk);
        read_with(&format, &bytes, &Filter::default());
        bytes.truncate(at);
        read_with(&format, &bytes, &Filter::default());
        let _ = detect(&bytes, &Hints::default());
    }
}
