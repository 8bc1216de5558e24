//! Shapes in which JSON is passed on.

use serde_json::Value;

use super::Keeps::{Everything, Facts, Joined, Tree};
use super::Made;

pub const MADE: &[Made] = &[
    ("object", Facts, |t| pretty(&parsed(t)[0])),
    ("bare plan", Tree, bare),
    ("one line", Facts, |t| parsed(t).to_string()),
    ("escaped string", Everything, |t| Value::String(t.to_owned()).to_string()),
    ("escaped string of one line", Facts, |t| Value::String(parsed(t).to_string()).to_string()),
    ("rows", Everything, |t| format!("[{{\"QUERY PLAN\": {t}}}]")),
    ("rows of strings", Everything, |t| serde_json::json!([{ "QUERY PLAN": t }]).to_string()),
    ("Python repr", Facts, |t| python(&parsed(t))),
    ("Python row", Facts, |t| format!("[({},)]", python(&parsed(t)))),
    ("doubled quotes", Everything, |t| format!("\"{}\"\n", t.trim_end().replace('"', "\"\""))),
    ("doubled quotes below a header", Everything, |t| {
        format!("\"QUERY PLAN\"\n\"{}\"\n", t.trim_end().replace('"', "\"\""))
    }),
    ("wrapped at 80", Joined, |t| wrapped(&parsed(t).to_string(), 80)),
    ("wrapped at 61", Joined, |t| wrapped(&parsed(t).to_string(), 61)),
    ("code fence", Everything, |t| format!("```json\n{t}```\n")),
    ("text around", Everything, |t| format!("Here is the plan of the slow query:\n\n{t}\nAny ideas?\n")),
    ("statement above", Everything, |t| format!("EXPLAIN (ANALYZE, FORMAT JSON) SELECT a -> 'b' FROM x;\n{t}")),
    ("mail quote", Everything, |t| t.lines().map(|line| format!("> {line}\n")).collect()),
    ("carriage returns", Everything, |t| t.replace('\n', "\r\n")),
    ("no-break spaces", Everything, |t| {
        let indent = |line: &str| line.len() - line.trim_start().len();
        t.lines().map(|line| "\u{a0}".repeat(indent(line)) + line.trim_start() + "\n").collect()
    }),
    ("byte order mark", Everything, |t| format!("\u{feff}{t}")),
    ("curly quotes", Everything, |t| {
        let mut open = false;
        t.chars()
            .map(|c| {
                open ^= c == '"';
                if c == '"' { if open { '“' } else { '”' } } else { c }
            })
            .collect()
    }),
    ("trailing comma", Everything, |t| t.trim_end().trim_end_matches(']').trim_end().to_owned() + ",\n]\n"),
    ("keys in another order", Facts, |t| pretty(&parsed(t))),
];

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("a server writes JSON")
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("a value") + "\n"
}

/// Only the tree, without what stands beside it.
fn bare(text: &str) -> String {
    pretty(&parsed(text)[0]["Plan"])
}

fn python(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => string(text),
        Value::Array(list) => format!("[{}]", list.iter().map(python).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let pairs: Vec<String> =
                map.iter().map(|(key, value)| format!("{}: {}", string(key), python(value))).collect();
            format!("{{{}}}", pairs.join(", "))
        }
    }
}

/// As `repr` writes it: single quotes unless the text holds those and no double ones.
fn string(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t").replace('\r', "\\r");
    if text.contains('\'') && !text.contains('"') {
        format!("\"{text}\"")
    } else {
        format!("'{}'", text.replace('\'', "\\'"))
    }
}

fn wrapped(text: &str, columns: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    chars.chunks(columns).map(|part| part.iter().collect::<String>() + "\n").collect()
}
