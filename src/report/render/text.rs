//! Findings of `lint` for a person in a terminal: what is wrong, the lines where it stands, what it costs, the safe way.
//!
//! A person with 200 findings must not scroll through 200 explanations. Of each rule the first finding is explained, the first
//! [`SHOWN`] are shown with their lines, facts and fixes, and the others follow as one line each; [`Detail::Full`]
//! shows all. Comes in as a [`Report`] with the texts it speaks of, goes out as text; what stood in a file is escaped.

mod fix;
mod snippet;
mod summary;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use super::palette::{Palette, paint};
use super::table::place;
use super::{facts, order, wrap};
use crate::report::escape;
use crate::report::model::{Finding, Report, Severity};
use crate::report::source::Sources;

/// Findings of one rule that are shown with their lines.
const SHOWN: usize = 3;

#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Characters a line; SQL to copy is never cut to fit.
    pub width: usize,
    pub palette: Palette,
    pub detail: Detail,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Explanations once, repetitions in one line.
    Brief,
    /// Everything for every finding.
    Full,
}

pub fn render(report: &Report, sources: &Sources<'_>, view: &View) -> String {
    let mut bytes = Vec::new();
    write(report, sources, view, &mut bytes).expect("a vector takes every write");
    String::from_utf8(bytes).expect("only texts were written")
}

/// As [`render`], without the whole text in memory.
pub fn write(report: &Report, sources: &Sources<'_>, view: &View, to: &mut dyn Write) -> io::Result<()> {
    let mut out = String::new();
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    let mut left: Vec<&Finding> = Vec::new();
    let mut fixes = fix::Fixes::of(report);
    for finding in order::by_place(report) {
        let times = met.entry(&finding.rule).or_default();
        *times += 1;
        if *times > SHOWN && view.detail == Detail::Brief {
            left.push(finding);
            continue;
        }
        let explain = if *times == 1 { Detail::Full } else { view.detail };
        block(&mut out, finding, explain, sources, &mut fixes, view);
        pass_on(&mut out, to)?;
    }
    more(&mut out, &left, view, to)?;
    out.push_str(&summary::problems(report, sources, view));
    out.push_str(&summary::render(report, view));
    to.write_all(out.as_bytes())
}

/// Bytes that are written at once.
const AT_ONCE: usize = 1 << 15;

fn pass_on(out: &mut String, to: &mut dyn Write) -> io::Result<()> {
    if out.len() >= AT_ONCE {
        to.write_all(out.as_bytes())?;
        out.clear();
    }
    Ok(())
}

fn block(
    out: &mut String,
    finding: &Finding,
    explain: Detail,
    sources: &Sources<'_>,
    fixes: &mut fix::Fixes<'_>,
    view: &View,
) {
    let lead = format!("{}[{}]", facts::severity(finding.severity), escape::line(&finding.rule));
    title(out, &lead, &escape::line(&finding.title), finding.severity, view);
    let gutter = snippet::render(out, &finding.locations, sources, finding.severity, view);
    if let Some(facts) = facts::said(finding) {
        note(out, gutter, &facts, view);
    }
    if explain == Detail::Full {
        note(out, gutter, &escape::block(&finding.detail), view);
    }
    fixes.render(out, finding, explain, gutter, view);
    out.push('\n');
}

/// `error[rule]: title`, on more lines where it does not fit.
fn title(out: &mut String, lead: &str, text: &str, severity: Severity, view: &View) {
    let style = view.palette.severity(severity);
    let lines = wrap::words(&format!("{lead}: {text}"), view.width);
    for (i, line) in lines.iter().enumerate() {
        match line.strip_prefix(lead).filter(|_| i == 0) {
            Some(rest) => out.push_str(&format!("{}{}\n", paint(style, lead), paint(view.palette.heading, rest))),
            None => out.push_str(&format!("{}\n", paint(view.palette.heading, line))),
        }
    }
}

/// `  = text`, wrapped behind the sign.
fn note(out: &mut String, gutter: usize, text: &str, view: &View) {
    let room = view.width.saturating_sub(gutter + 2);
    for (i, line) in wrap::words(text, room).iter().enumerate() {
        let sign = if i == 0 { paint(view.palette.dim, "=") } else { " ".into() };
        out.push_str(&format!("{:gutter$}{sign} {line}\n", ""));
    }
}

/// The findings whose kind was shown already.
fn more(out: &mut String, left: &[&Finding], view: &View, to: &mut dyn Write) -> io::Result<()> {
    if left.is_empty() {
        return Ok(());
    }
    let heading = format!("{} more of the rules above (--verbose shows them in full):", left.len());
    out.push_str(&format!("{}\n", paint(view.palette.heading, &heading)));
    let mut rules: BTreeMap<(Reverse<Severity>, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in left {
        rules.entry((Reverse(finding.severity), &finding.rule)).or_default().push(finding);
    }
    for ((Reverse(severity), rule), findings) in rules {
        let lead = format!("{}[{}]", facts::severity(severity), escape::line(rule));
        out.push_str(&format!("  {}\n", paint(view.palette.severity(severity), &lead)));
        for finding in findings {
            let place = finding.locations.first().map_or_else(String::new, |l| format!("{}: ", place(l)));
            let line = format!("{place}{}", escape::line(&finding.title));
            out.push_str(&format!("    {}\n", wrap::shorten(&line, view.width.saturating_sub(4))));
            pass_on(out, to)?;
        }
    }
    out.push('\n');
    Ok(())
}

#[cfg(test)]
mod tests;
