//! What stands below the tree: planning, settings, triggers, JIT, serialization (`explain.c`, `ExplainOnePlan`).

use super::super::model::{Key, NodeUsage, Plan, Property, Serialization, Trigger, Value};
use super::number::{leading, measure, whole};
use super::property;
use super::usage::{self, Counted};

/// To what an indented line belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Section {
    /// Still in the tree.
    #[default]
    Tree,
    Below,
    Planning,
    Serialization,
    Jit,
    /// The last of the plan's properties, which has lines of its own.
    Property,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    Yes,
    Counted(Counted),
    /// Kept, but it does not look like what a server prints.
    Odd,
}

/// A line as far left as the root, and its key and value if it has them.
pub(super) fn top(plan: &mut Plan, section: &mut Section, text: &str, pair: Option<(&str, &str)>) -> Taken {
    *section = Section::Below;
    if let Some(trigger) = trigger(text) {
        plan.triggers.push(trigger);
        return Taken::Yes;
    }
    let Some((key, value)) = pair else {
        plan.properties.push(Property { key: Key::Other("Line".into()), value: Value::Text(text.into()) });
        return Taken::Odd;
    };
    match key {
        "Planning" if value.is_empty() => *section = Section::Planning,
        "JIT" if value.is_empty() => {
            *section = Section::Jit;
            plan.jit = Some(Box::default());
        }
        "Planning Time" | "Planning time" => return time(&mut plan.planning_ms, value),
        "Execution Time" | "Execution time" | "Total runtime" => return time(&mut plan.execution_ms, value),
        "Serialization" => {
            *section = Section::Serialization;
            return serialization(plan, value);
        }
        "Settings" => settings(plan, value),
        "Query Text" => plan.query = Some(value.to_owned()),
        "Query Parameters" => plan.parameters = Some(value.to_owned()),
        _ => {
            *section = Section::Property;
            let known = Key::known(key);
            let number = if known.is_none() && value.len() <= 15 { whole(value) } else { None };
            let value = number.map_or_else(|| Value::Text(value.into()), Value::Number);
            let odd = known.as_ref().is_some_and(|key| !belongs_below(key));
            plan.properties.push(Property { key: known.unwrap_or_else(|| Key::Other(key.into())), value });
            return if odd { Taken::Odd } else { Taken::Yes };
        }
    }
    Taken::Yes
}

/// A line further right, below something else than the tree.
pub(super) fn indented(plan: &mut Plan, section: Section, text: &str) -> Taken {
    let pair = property::split(text);
    let (key, value) = pair.unwrap_or(("", text));
    let counted = |usage: &mut NodeUsage| match usage::read(usage, key, value) {
        Some((counted, true)) => Some(Taken::Counted(counted)),
        Some((_, false)) => Some(Taken::Odd),
        None => None,
    };
    let taken = match section {
        Section::Planning if key == "Memory" => memory(plan, value),
        Section::Planning => counted(&mut plan.planning),
        Section::Serialization => {
            plan.serialization.as_mut().and_then(|serialization| counted(&mut serialization.usage))
        }
        Section::Jit => plan.jit.as_mut().and_then(|jit| usage::jit(jit, key, value).then_some(Taken::Yes)),
        Section::Property => plan.properties.last_mut().map(|property| {
            let mut lines = match std::mem::replace(&mut property.value, Value::Flag(true)) {
                Value::Text(before) => before.into(),
                Value::Number(before) => before.to_string(),
                Value::Flag(before) => before.to_string(),
            };
            if !lines.is_empty() {
                lines.push('\n');
            }
            lines.push_str(text);
            property.value = Value::Text(lines.into());
            Taken::Yes
        }),
        Section::Tree | Section::Below => None,
    };
    taken.unwrap_or_else(|| {
        let (key, value) = if pair.is_some() { (key, value) } else { ("Line", text) };
        plan.properties.push(Property { key: Key::of(key), value: Value::Text(value.into()) });
        Taken::Odd
    })
}

fn belongs_below(key: &Key) -> bool {
    matches!(key, Key::QueryIdentifier | Key::SuppliedPlanAdvice | Key::GeneratedPlanAdvice)
}

fn time(field: &mut Option<f64>, value: &str) -> Taken {
    let twice = field.is_some();
    *field = measure(value, "ms");
    if twice || field.is_none() { Taken::Odd } else { Taken::Yes }
}

/// `used=13kB  allocated=16kB`
fn memory(plan: &mut Plan, value: &str) -> Option<Taken> {
    let (used, rest) = leading(value.strip_prefix("used=")?)?;
    let allocated = rest.strip_prefix("kB  allocated=").and_then(|rest| measure(rest, "kB"))?;
    plan.planning_memory_kb = Some((used, allocated));
    Some(Taken::Yes)
}

/// `time=0.012 ms  output=2kB  format=text`
fn serialization(plan: &mut Plan, value: &str) -> Taken {
    let mut serialization = Serialization::default();
    let mut understood = true;
    for part in value.split("  ") {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        match name {
            "time" => serialization.ms = measure(value, "ms"),
            "output" => serialization.output_kb = measure(value, "kB").unwrap_or_default(),
            "format" => serialization.format = value.to_owned(),
            _ => understood = false,
        }
    }
    plan.serialization = Some(Box::new(serialization));
    if understood { Taken::Yes } else { Taken::Odd }
}

/// `Trigger x for constraint c on t: time=0.100 calls=1`. Names are printed as they are, without quotes.
fn trigger(text: &str) -> Option<Trigger> {
    let text = text.strip_prefix("Trigger")?.strip_prefix([' ', ':'])?;
    let (names, figures) = text.rsplit_once(": ")?;
    let (ms, calls) = match figures.strip_prefix("time=") {
        Some(figures) => {
            let (ms, rest) = leading(figures)?;
            (Some(ms), rest.strip_prefix(' ')?)
        }
        None => (None, figures),
    };
    let calls = whole(calls.strip_prefix("calls=")?)?;
    let (names, relation) = match names.rsplit_once(" on ") {
        Some((names, relation)) => (names, Some(relation.to_owned())),
        None => (names, None),
    };
    let names = format!(" {names}");
    let (name, constraint) = match names.split_once(" for constraint ") {
        Some((name, constraint)) => (name, Some(constraint.to_owned())),
        None => (names.as_str(), None),
    };
    Some(Trigger { name: name.trim().to_owned(), constraint, relation, ms, calls })
}

/// `a = 'b', c = 'd'`. Values are printed as they are: quotes in them are not doubled.
fn settings(plan: &mut Plan, value: &str) {
    let mut rest = value;
    while let Some((name, after)) = first_setting(rest) {
        let end = memchr::memchr_iter(b'\'', after.as_bytes()).find(|at| {
            let next = &after[at + 1..];
            next.is_empty() || next.strip_prefix(", ").is_some_and(begins_setting)
        });
        let end = end.unwrap_or(after.len());
        plan.settings.push((name.into(), after[..end].into()));
        rest = after.get(end + 3..).unwrap_or_default();
    }
}

/// What stands in front of ` = '` and behind it.
fn first_setting(text: &str) -> Option<(&str, &str)> {
    memchr::memchr_iter(b'\'', text.as_bytes()).find_map(|at| Some((text[..at].strip_suffix(" = ")?, &text[at + 1..])))
}

fn begins_setting(text: &str) -> bool {
    let name = text.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"._".contains(b)).count();
    name > 0 && text[name..].starts_with(" = '")
}

/// A line that the server writes below the tree, and never as a node's property.
pub(super) fn is_last(text: &str) -> bool {
    trigger(text).is_some() || property::split(text).is_some_and(|(key, _)| is_last_key(key))
}

/// Its key, which is no node's name either.
pub(super) fn is_last_key(key: &str) -> bool {
    const KEYS: [&str; 7] =
        ["Planning", "JIT", "Planning Time", "Execution Time", "Serialization", "Settings", "Query Identifier"];
    KEYS.contains(&key)
}

/// The key of a node's property, which has lost its indentation.
pub(super) fn belongs_to_node(key: &str) -> bool {
    const KEYS: [&str; 13] = [
        "Buffers",
        "I/O Timings",
        "WAL",
        "Buckets",
        "Batches",
        "Hits",
        "Heap Blocks",
        "Sampling",
        "Tuples",
        "Estimates",
        "Prefetch",
        "Full-sort Groups",
        "Pre-sorted Groups",
    ];
    KEYS.contains(&key) || Key::known(key).is_some_and(|key| !belongs_below(&key))
}
