//! A document in JSON, YAML or XML comes in; its plans go out.
//!
//! Three small readers for exactly what Postgres prints give the same events, one builder makes plans of them. They know no
//! recursion and give up nowhere: what is damaged costs what stood at the place and becomes a warning with its line.

mod build;
mod json;
mod repair;
mod slot;
mod xml;
mod yaml;

use std::borrow::Cow;

use super::document::{Document, Lines};
use super::model::{Format, Plan, Warning, settle};

/// A piece of a document, whatever its format.
#[derive(Clone, Debug, PartialEq)]
enum Event<'a> {
    Open(Shape),
    Close(Shape),
    Key(Cow<'a, str>),
    Scalar(Scalar<'a>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Object,
    Array,
}

#[derive(Clone, Debug, PartialEq)]
struct Scalar<'a> {
    text: Cow<'a, str>,
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Quoted,
    /// A number, `true`, `null`.
    Bare,
    /// XML does not tell.
    Untyped,
}

/// Gives events until there are no more. Lines are those of the text, from 0.
trait Reader<'a> {
    fn next(&mut self) -> Option<(usize, Event<'a>)>;
    fn problems(self) -> Problems;
}

/// What a reader could not make sense of: the first few by place, the rest by number.
#[derive(Debug, Default)]
struct Problems {
    first: Vec<(usize, &'static str, &'static str)>,
    more: usize,
}

impl Problems {
    const SHOWN: usize = 20;

    /// The same complaint about the same line is one.
    fn add(&mut self, line: usize, message: &'static str, hint: &'static str) {
        if self.first.last().is_some_and(|last| last.0 == line && last.1 == message) {
            return;
        }
        match self.first.len() < Self::SHOWN {
            true => self.first.push((line, message, hint)),
            false => self.more += 1,
        }
    }

    fn warnings(self, lines: &Lines) -> Vec<Warning> {
        let more = (self.more > 0)
            .then(|| Warning::new(0, format!("{} more places are damaged", self.more), "Copy the plan again, whole."));
        let first = self.first.into_iter().map(|(line, message, hint)| Warning::new(lines.of(line), message, hint));
        first.chain(more).collect()
    }
}

/// A string inside a document that holds a document, and where it stands.
struct Nested {
    text: String,
    line: u32,
}

/// Strings in strings in strings: nobody wraps a plan more often.
const LAYERS: usize = 4;

/// All plans of a document, in their order; none if there is none to recognise. Damage is in the plans' warnings.
pub fn parse(document: &Document<'_>) -> Vec<Plan> {
    let mut plans = parse_layer(document.format, &document.text, &document.lines, LAYERS);
    if let [plan] = plans.as_mut_slice()
        && plan.query.is_none()
    {
        plan.query.clone_from(&document.query);
    }
    if let Some(first) = plans.first_mut() {
        first.warnings.splice(0..0, document.warnings.iter().cloned());
    }
    plans
}

fn parse_layer(format: Format, text: &str, lines: &Lines, layers: usize) -> Vec<Plan> {
    let (mut plans, nested) = match format {
        Format::Json | Format::Text => match repair::repair(text, lines) {
            Some((text, lines)) if layers > 0 => return parse_layer(format, &text, &lines, layers - 1),
            _ => read(format, json::Lexer::new(text), lines),
        },
        Format::Yaml => match repair::unwrap(text, lines, yaml::goes_on, 1) {
            Some((text, lines)) => unwrapped(read(format, yaml::Lines::new(&text), &lines)),
            None => read(format, yaml::Lines::new(text), lines),
        },
        Format::Xml => match repair::unwrap(text, lines, xml::goes_on, 2) {
            Some((text, lines)) => unwrapped(read(format, xml::Tags::new(&text), &lines)),
            None => read(format, xml::Tags::new(text), lines),
        },
    };
    if layers > 0 {
        for nested in nested {
            plans.extend(parse_layer(format, &nested.text, &Lines::Each(vec![nested.line]), layers - 1));
        }
    }
    plans
}

fn unwrapped((mut plans, nested): (Vec<Plan>, Vec<Nested>)) -> (Vec<Plan>, Vec<Nested>) {
    for plan in &mut plans {
        let message = "lines were broken at the width of a window and were put together again";
        plan.warnings.insert(0, Warning::new(plan.line, message, "Compare what matters with the original."));
    }
    (plans, nested)
}

fn read<'a>(format: Format, mut reader: impl Reader<'a>, lines: &Lines) -> (Vec<Plan>, Vec<Nested>) {
    let mut builder = build::Builder::new(format, lines);
    while let Some((line, event)) = reader.next() {
        builder.event(line, event);
    }
    let (mut plans, nested, problems) = builder.finish();
    let mut warnings = reader.problems().warnings(lines);
    warnings.extend(problems.warnings(lines));
    for warning in warnings {
        let after = plans.partition_point(|plan| plan.line <= warning.line);
        if let Some(plan) = plans.get_mut(after.saturating_sub(1)) {
            plan.warnings.push(warning);
        }
    }
    for plan in &mut plans {
        settle(plan);
        super::check::check(plan);
        plan.warnings.sort();
        plan.warnings.dedup();
    }
    (plans, nested)
}

#[cfg(test)]
mod tests;
