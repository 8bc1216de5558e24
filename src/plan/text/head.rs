//! A node line in, a node without properties out.

use std::borrow::Cow;

use super::super::model::{Children, Key, Kind, Label, Name, Node, NodeUsage, Partial, Property, Rare, Role, Value};
use super::figures::{self, Figures};
use super::title;

/// What a node line told beside the node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub fractional: bool,
    /// Something between the name and the figures that is no part of a node line.
    pub leftover: bool,
}

/// Fills in a blank node. `text` begins behind the arrow.
pub(super) fn parse(text: &str, node: &mut Node) -> Told {
    let (rest, Figures { estimate, actual, fractional }) = figures::take(text);
    (node.estimate, node.actual) = (estimate, actual);
    let leftover = match title::parse(rest) {
        Some((title, rest)) => {
            node.kind = title.kind;
            node.parallel = title.parallel;
            node.asynchronous = title.asynchronous;
            node.partial = title.partial;
            node.strategy = title.strategy;
            node.join = title.join;
            node.operation = title.operation.map(Label::from).unwrap_or_default();
            details(node, rest)
        }
        None => {
            node.kind = Kind::Other(extension(node, rest).into());
            false
        }
    };
    Told { fractional, leftover }
}

pub(super) fn blank(line: u32) -> Node {
    Node {
        parent: None,
        children: Children::default(),
        role: Role::Root,
        subplan: Label::default(),
        line,
        kind: Kind::Result,
        parallel: false,
        asynchronous: false,
        backward: false,
        partial: Partial::Simple,
        strategy: None,
        join: None,
        operation: Label::default(),
        schema: None,
        relation: None,
        alias: None,
        index: None,
        estimate: None,
        actual: None,
        usage: NodeUsage::default(),
        workers: Rare::default(),
        properties: Vec::new(),
    }
}

/// `Gather Motion 3:1  (slice1; segments: 3)` of Greenplum; anything else is the name as it stands.
fn extension<'a>(node: &mut Node, text: &'a str) -> &'a str {
    let Some((name, slice)) = text.split_once("  (").filter(|(_, slice)| slice.starts_with("slice")) else {
        return text;
    };
    let slice = slice.trim_end_matches(')').into();
    node.properties.push(Property { key: Key::of("Slice"), value: Value::Text(slice) });
    name
}

/// `Backward`, `using`, `on`. Whether something was left that is none of it.
fn details(node: &mut Node, rest: &str) -> bool {
    let mut rest = rest;
    if let Some(after) = rest.strip_prefix(" Backward") {
        (node.backward, rest) = (true, after);
    }
    if let Some(after) = rest.strip_prefix(" using ") {
        let (index, after) = name(after, false);
        (node.index, rest) = (Some(index.into()), after);
    }
    if let Some(distribution) = rest.strip_prefix(" DS_") {
        // Redshift: how rows travel to the join.
        let value = Value::Text(format!("DS_{distribution}").into());
        node.properties.push(Property { key: Key::of("Distribution"), value });
        return false;
    }
    let Some(target) = rest.strip_prefix(" on ") else { return !rest.trim().is_empty() };
    let target = target.trim_start();
    let Target { schema, relation, alias, rest } = relation(target);
    match node.kind {
        Kind::BitmapIndexScan => node.index = Some(relation.into()),
        Kind::SubqueryScan | Kind::ValuesScan => node.alias = Some(alias.unwrap_or(relation).into()),
        _ => {
            node.schema = schema.map(Name::from);
            node.relation = Some(relation.into());
            node.alias = alias.map(Name::from);
        }
    }
    !rest.trim().is_empty()
}

/// What is read or written, and what stands behind it.
pub(super) struct Target<'a> {
    pub schema: Option<Cow<'a, str>>,
    pub relation: Cow<'a, str>,
    pub alias: Option<Cow<'a, str>>,
    rest: &'a str,
}

/// `schema.relation alias`; the schema only if EXPLAIN was VERBOSE, the alias only if it is another name (`explain.c`,
/// `ExplainTargetRel`).
pub(super) fn relation(text: &str) -> Target<'_> {
    let (first, rest) = name(text, true);
    let (schema, relation, rest) = match rest.strip_prefix('.') {
        Some(rest) => {
            let (second, rest) = name(rest, true);
            (Some(first), second, rest)
        }
        None => (None, first, rest),
    };
    let rest = rest.trim_start();
    if rest.is_empty() || rest.starts_with('(') {
        return Target { schema, relation, alias: None, rest };
    }
    let (alias, rest) = name(rest, false);
    let alias = Some(alias).filter(|alias| *alias != relation);
    Target { schema, relation, alias, rest }
}

/// A name without its quotes, up to a blank (or a dot), and what stands behind it.
fn name(text: &str, dotted: bool) -> (Cow<'_, str>, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.bytes().position(|b| b == b' ' || (b == b'.' && dotted)).unwrap_or(text.len());
        return (text[..end].into(), &text[end..]);
    };
    let mut at = 0;
    while let Some(quote) = memchr::memchr(b'"', &quoted.as_bytes()[at..]) {
        at += quote + 1;
        if quoted.as_bytes().get(at) != Some(&b'"') {
            return (unquoted(&quoted[..at - 1]), &quoted[at..]);
        }
        at += 1;
    }
    (quoted.into(), "")
}

/// In a quoted name a quote is doubled.
fn unquoted(name: &str) -> Cow<'_, str> {
    if name.contains('"') { name.replace("\"\"", "\"").into() } else { name.into() }
}
