//! Plans are captured from servers of the versions named; what is edited in them is said.

mod below;
mod damage;
mod grammar;
mod hostile;
mod nodes;
mod properties;
mod workers;

use std::borrow::Cow;

use super::super::document::{Document, Lines};
use super::super::model::{Format, Key, Node, Plan, Value};

fn document(text: &str) -> Document<'_> {
    let text = Cow::Borrowed(text);
    Document { format: Format::Text, text, lines: Lines::From(1), query: None, rows: None, warnings: Vec::new() }
}

fn parse(text: &str) -> Plan {
    super::parse(&document(text)).expect("has a node")
}

/// A plan that must read without a warning.
fn clean(text: &str) -> Plan {
    let plan = parse(text);
    assert_eq!(plan.warnings, [], "{text}");
    plan
}

fn messages(text: &str) -> Vec<(u32, String)> {
    parse(text).warnings.into_iter().map(|warning| (warning.line, warning.message.into_owned())).collect()
}

fn text_of<'a>(node: &'a Node, key: &Key) -> Option<&'a str> {
    match node.value(key) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}
