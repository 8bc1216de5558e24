//! Presentations of the text format.

use super::Keeps::{Everything, Words};
use super::Made;

pub const MADE: &[Made] = &[
    ("pgadmin double quotes", Everything, |t| each(t, |line| format!("\"{}\"", line.replace('"', "\"\"")))),
    ("pgadmin with a header", Everything, |t| {
        format!("\"QUERY PLAN\"\n{}", each(t, |line| format!("\"{}\"", line.replace('"', "\"\""))))
    }),
    ("single quotes", Everything, |t| each(t, |line| format!("'{line}'"))),
    ("a quote behind", Everything, |t| each(t, |line| format!("{line}\""))),
    ("dbeaver", Everything, dbeaver),
    ("no-break spaces", Everything, |t| indented(t, |depth| "\u{a0}".repeat(depth))),
    ("html spaces", Everything, |t| indented(t, |depth| "&nbsp;".repeat(depth))),
    ("tabs for eight spaces", Everything, |t| indented(t, |depth| "\t".repeat(depth / 8) + &" ".repeat(depth % 8))),
    ("a tab in front", Everything, |t| each(t, |line| format!("\t{line}"))),
    ("four spaces in front", Everything, |t| each(t, |line| format!("    {line}"))),
    ("carriage returns", Everything, |t| t.replace('\n', "\r\n")),
    ("byte order mark", Everything, |t| format!("\u{feff}{t}")),
    ("code fence", Everything, |t| format!("```\n{t}```\n")),
    ("code fence with a language", Everything, |t| format!("This is slow, why?\n\n```sql\n{t}```\n\nThanks!\n")),
    ("mail quote", Everything, |t| each(t, |line| format!("> {line}"))),
    ("mail quote twice", Everything, |t| each(t, |line| format!("> > {line}"))),
    ("mail quote tight", Everything, |t| each(t, |line| format!(">{line}"))),
    ("numbered", Everything, |t| numbered(t, |n| format!("{n}. "))),
    ("numbered in a margin", Everything, |t| numbered(t, |n| format!("{n:>4}  "))),
    ("numbered with a colon", Everything, |t| numbered(t, |n| format!("{n}: "))),
    ("ellipsis for two dots", Everything, |t| figures(t, "..", "…")),
    ("entities", Everything, |t| {
        t.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
    }),
    ("html pre", Everything, |t| {
        format!("<pre>{}</pre>\n", t.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
    }),
    ("blanks behind", Everything, |t| each(t, |line| format!("{line}   "))),
    ("a blank line between", Everything, |t| each(t, |line| format!("{line}\n"))),
    ("QUERY PLAN above, rows below", Everything, |t| format!("QUERY PLAN\n{t}({} rows)\n", t.lines().count())),
    ("French footer", Everything, |t| format!("{t}({} lignes)\n", t.lines().count())),
    ("Russian footer", Everything, |t| format!("{t}({} строк)\n", t.lines().count())),
    ("Japanese footer", Everything, |t| format!("{t}({} 行)\n", t.lines().count())),
    ("German footer and time", Everything, |t| format!("{t}({} Zeilen)\n\nZeit: 1,234 ms\n", t.lines().count())),
    ("prompt and statement above", Everything, |t| {
        format!("shop=# EXPLAIN ANALYZE\nshop-# SELECT 1\nshop-#   FROM x;\n{t}")
    }),
    ("statement above", Everything, |t| {
        format!("EXPLAIN (ANALYZE, BUFFERS)\nSELECT *\nFROM x WHERE a -> 'b' = 1;\n\n{t}")
    }),
    ("terminal of 80 columns", Everything, |t| hard(t, 80)),
    ("terminal of 100 columns", Everything, |t| hard(t, 100)),
    ("terminal of 132 columns", Everything, |t| hard(t, 132)),
    ("mail of 76 columns", Words, |t| soft(t, 76)),
    ("loops on its own line", Everything, |t| figures(t, " loops=", "\nloops=")),
    ("actual on its own line", Everything, |t| figures(t, " (actual", "\n(actual")),
];

fn each(text: &str, f: impl Fn(&str) -> String) -> String {
    text.lines().map(|line| f(line) + "\n").collect()
}

/// Other white space in front of each line.
fn indented(text: &str, f: impl Fn(usize) -> String) -> String {
    each(text, |line| {
        let rest = line.trim_start_matches(' ');
        f(line.len() - rest.len()) + rest
    })
}

fn numbered(text: &str, f: impl Fn(usize) -> String) -> String {
    text.lines().enumerate().map(|(n, line)| f(n + 1) + line + "\n").collect()
}

/// Only behind the node's name: conditions may hold the same characters.
fn figures(text: &str, from: &str, to: &str) -> String {
    each(text, |line| match line.rfind("  (cost=").or_else(|| line.rfind(" (actual")) {
        Some(at) if line.ends_with(')') && !line.contains(": ") => {
            line[..at].to_owned() + &line[at..].replace(from, to)
        }
        _ => line.to_owned(),
    })
}

fn dbeaver(text: &str) -> String {
    let width = text.lines().map(|line| line.chars().count()).max().unwrap_or_default();
    let pad = |line: &str| format!("{line}{}|\n", " ".repeat(width - line.chars().count()));
    let rule = format!("{}+\n", "-".repeat(width));
    pad("QUERY PLAN") + &rule + &text.lines().map(pad).collect::<String>()
}

/// A terminal breaks anywhere.
fn hard(text: &str, columns: usize) -> String {
    each(text, |line| {
        let chars: Vec<char> = line.chars().collect();
        let parts: Vec<String> = chars.chunks(columns).map(|part| part.iter().collect()).collect();
        parts.join("\n")
    })
}

/// A mail program breaks at words, and does not keep the blank.
fn soft(text: &str, columns: usize) -> String {
    each(text, |line| {
        let (mut out, mut rest) = (String::new(), line);
        while rest.chars().count() > columns {
            let end = rest.char_indices().nth(columns).map_or(rest.len(), |(at, _)| at);
            let first = rest.len() - rest.trim_start().len();
            let Some(at) = rest[..end].rfind(' ').filter(|at| *at > first) else { break };
            out.push_str(rest[..at].trim_end());
            out.push('\n');
            rest = rest[at..].trim_start();
        }
        out + rest
    })
}
