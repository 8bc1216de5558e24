//! The captured plans beside these tests are what servers of the major in their name printed; expected values are what the text format of
//! the same plan showed, or arithmetic.

mod damage;
mod events;
mod formats;
mod properties;
mod shapes;

use super::super::model::{Key, Kind, Node, Value};
use super::*;

fn document(format: Format, text: &str) -> Document<'_> {
    let lines = Lines::From(1);
    Document { format, text: text.into(), lines, query: None, rows: None, warnings: Vec::new() }
}

fn all(format: Format, text: &str) -> Vec<Plan> {
    parse(&document(format, text))
}

fn one(format: Format, text: &str) -> Plan {
    let mut plans = all(format, text);
    assert_eq!(plans.len(), 1, "{text}");
    plans.remove(0)
}

fn json(text: &str) -> Plan {
    one(Format::Json, text)
}

/// As seen by somebody who does not care where it stood and what was said about it.
fn bare(mut plan: Plan) -> Plan {
    plan.line = 0;
    plan.format = Format::Text;
    plan.warnings.clear();
    for node in &mut plan.nodes {
        node.line = 0;
    }
    plan
}

fn numbers(node: &Node, keys: &[Key]) -> Vec<Option<f64>> {
    keys.iter().map(|key| node.number(key)).collect()
}

fn texts(node: &Node, key: &Key) -> Vec<String> {
    let of_key = node.properties.iter().filter(|property| property.key == *key);
    of_key
        .map(|property| match &property.value {
            Value::Text(text) => text.to_string(),
            other => panic!("{other:?}"),
        })
        .collect()
}

fn kinds(plan: &Plan) -> Vec<&Kind> {
    plan.nodes.iter().map(|node| &node.kind).collect()
}

macro_rules! captured {
    ($name:literal) => {
        [
            (Format::Json, include_str!(concat!("plans/", $name, ".json"))),
            (Format::Yaml, include_str!(concat!("plans/", $name, ".yaml"))),
            (Format::Xml, include_str!(concat!("plans/", $name, ".xml"))),
        ]
    };
}
pub(crate) use captured;
