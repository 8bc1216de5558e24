//! Each presentation by a small plan. What real clients print is tested on captured plans in `tests/it`.

use proptest::prelude::*;

use super::*;

const PLAN: &str = "\
Sort  (cost=7.72..7.79 rows=30 width=6) (actual time=0.026..0.028 rows=30 loops=1)
  Sort Key: \"T x\".\"Id\" DESC
  Sort Method: quicksort  Memory: 26kB
  ->  Seq Scan on \"T x\"  (cost=0.00..6.98 rows=30 width=6) (actual time=0.013..0.020 rows=30 loops=1)
        Filter: ((a = '| + ->'::text) AND (note <> 'it''s'::text))
        Rows Removed by Filter: 12
Planning Time: 0.056 ms
Execution Time: 0.043 ms
";

const JSON: &str = "\
[
  {
    \"Plan\": {
      \"Node Type\": \"Seq Scan\",
      \"Relation Name\": \"orders\",
      \"Filter\": \"(status = 'a \\\"b\\\" | + c'::text)\"
    }
  }
]
";

pub(super) fn documents(input: &str) -> (Vec<Document<'_>>, Vec<Warning>) {
    let mut all = Vec::new();
    let warnings = super::documents(input, |document| all.push(document));
    (all, warnings)
}

/// The text of each document, of an input of which every line is understood.
fn texts(input: &str) -> Vec<String> {
    let (documents, warnings) = documents(input);
    assert_eq!(warnings, [], "{input}");
    documents.into_iter().map(|document| document.text.into_owned()).collect()
}

fn each(text: &str, line: impl Fn(&str) -> String) -> String {
    text.lines().map(|text| line(text) + "\n").collect()
}

fn framed(text: &str) -> String {
    let width = text.lines().map(|line| line.chars().count()).max().unwrap_or(0).max(10);
    let rule = format!("+{}+\n", "-".repeat(width + 2));
    let row = |line: &str| format!("| {line}{} |", " ".repeat(width - line.chars().count()));
    format!("{rule}{}\n{rule}{}{rule}({} rows)\n", row("QUERY PLAN"), each(text, row), text.lines().count())
}

fn cut(text: &str, columns: usize) -> String {
    each(text, |line| {
        let chars: Vec<char> = line.chars().collect();
        let parts: Vec<String> = chars.chunks(columns).map(|part| part.iter().collect()).collect();
        parts.join("\n")
    })
}

#[test]
fn a_clean_plan_is_not_copied() {
    for plan in [PLAN, JSON] {
        let (documents, warnings) = documents(plan);
        assert!(matches!(documents[0].text, Cow::Borrowed(_)), "{plan}");
        assert_eq!((documents.len(), warnings.len(), documents[0].lines.of(2)), (1, 0, 3));
        assert!(!matches!(documents[0].lines, Lines::Each(_)));
    }
}

#[test]
fn presentations_are_undone() {
    let csv = |line: &str| {
        let needs = line.contains([',', '"']);
        if needs { format!("\"{}\"", line.replace('"', "\"\"")) } else { line.to_owned() }
    };
    let made = [
        framed(PLAN),
        framed(PLAN).replace('|', "│"),
        format!("| QUERY PLAN |\n| --- |\n{}", each(PLAN, |line| format!("| {} |", line.replace('|', "\\|")))),
        format!("QUERY PLAN\n{}", each(PLAN, csv)),
        each(PLAN, |line| format!("\"{}\"", line.replace('"', "\"\""))),
        each(PLAN, |line| format!("> {line}")),
        each(PLAN, |line| format!("\u{a0}\u{a0}{}", line.replace("  ->", "\u{a0}\u{a0}->"))),
        format!("```sql\n{PLAN}```\n"),
        format!("\"QUERY PLAN\"\n{}", each(PLAN, |line| format!("\"{}\"", line.replace('"', "\"\"")))),
        PLAN.lines().enumerate().map(|(n, line)| format!("{:>3} | {line}\n", n + 1)).collect(),
        PLAN.replace('\n', "\r\r\n"),
        cut(PLAN, 80),
        cut(PLAN, 61),
    ];
    for input in made {
        let expected = if input.contains('│') { PLAN.replace('|', "│") } else { PLAN.to_owned() };
        assert_eq!(texts(&input), [expected], "{input}");
    }
}

#[test]
fn json_is_found_wherever_it_stands() {
    let width = JSON.lines().map(str::len).max().unwrap_or(0);
    let last = JSON.lines().count() - 1;
    let plus = |(at, line): (usize, &str)| format!(" {line:width$}{}\n", if at < last { "+" } else { "" });
    let made = [
        format!(
            "    QUERY PLAN\n{}\n{}(1 row)\n",
            "-".repeat(width + 2),
            JSON.lines().enumerate().map(plus).collect::<String>()
        ),
        format!("QUERY PLAN\n\"{}\"\n", JSON.trim_end().replace('"', "\"\"")),
        format!("EXPLAIN (FORMAT JSON) SELECT 1;\n\n```json\n{JSON}```\n"),
        each(JSON, |line| format!("> {line}")),
        cut(JSON, 40),
    ];
    for input in made {
        assert_eq!(texts(&input), [JSON], "{input}");
    }
}

#[test]
fn several_plans_of_several_formats_are_several_documents() {
    let input =
        format!("shop=# EXPLAIN SELECT 1;\n{}\nshop=# EXPLAIN (FORMAT JSON) SELECT 2;\n{JSON}\n{PLAN}", framed(PLAN));
    let (documents, warnings) = documents(&input);
    let queries: Vec<_> = documents.iter().map(|document| document.query.as_deref()).collect();
    let lines: Vec<_> = documents.iter().map(|document| document.lines.of(0)).collect();
    assert_eq!(warnings, []);
    assert_eq!(queries, [Some("SELECT 1"), Some("SELECT 2"), None]);
    assert_eq!(lines, [5, 17, 27]);
    assert_eq!(documents[0].rows, Some(8));
}

#[test]
fn the_statement_that_auto_explain_logs_may_look_like_a_plan() {
    let statement = "select 1 -- \nSeq Scan on a  (cost=0.00..1.00 rows=1 width=4)\n\n  ->  x";
    let message = format!("Query Text: {statement}\nQuery Parameters: $1 = '1'\n{PLAN}");
    let tabs = message.replace('\n', "\n\t");
    let stderr = format!("2024-01-01 00:00:00.000 UTC [1] LOG:  duration: 12.345 ms  plan:\n\t{}", tabs.trim_end());
    let syslog: String = message
        .lines()
        .enumerate()
        .map(|(at, line)| format!("Nov 21 03:10:24 db postgres[12]: [7-{}] #011{line}\n", at + 2))
        .collect();
    let first = "Nov 21 03:10:24 db postgres[12]: [7-1] LOG:  duration: 12.345 ms  plan:\n";
    for input in [stderr, format!("{first}{syslog}")] {
        let (documents, warnings) = documents(&input);
        assert_eq!((documents.len(), warnings.len()), (1, 0), "{input}\n{warnings:?}");
        assert_eq!(documents[0].query.as_deref(), Some(statement));
        assert!(documents[0].text.ends_with(PLAN), "{}", documents[0].text);
    }
}

#[test]
fn lines_that_nobody_reads_are_counted() {
    let input = format!("x y z\n123\n\n{PLAN}\nrest = 1\n");
    let (documents, warnings) = documents(&input);
    let messages: Vec<_> = warnings.iter().map(|warning| (warning.line, &*warning.message)).collect();
    assert_eq!(documents.len(), 1);
    assert_eq!(messages, [(1, "2 lines before the plan were ignored"), (13, "1 line after the plan was ignored")]);
}

#[test]
fn each_line_knows_where_it_stood() {
    let input = framed(PLAN);
    let (documents, _) = documents(&input);
    for (index, line) in documents[0].text.lines().enumerate() {
        let number = documents[0].lines.of(index) as usize;
        assert!(input.lines().nth(number - 1).is_some_and(|there| there.contains(line)), "{line}");
    }
}

#[test]
fn repeated_openings_take_linear_time() {
    for unit in [
        "<table>\n",
        "QUERY PLAN\n",
        "[\n",
        "\"[\n",
        "\"[\n{\n",
        "{\"Plan\":\n",
        "\"\n",
        "Result\n\n",
        "Query Text: x\n",
        "<explain\n",
        "'Seq Scan on a\n",
    ] {
        let input = unit.repeat(20_000);
        let (documents, warnings) = documents(&input);
        assert!(documents.len() + warnings.len() > 0);
    }
}

/// Pieces of which plans and their presentations are made.
fn piece() -> impl Strategy<Value = String> {
    let words = [
        "Seq Scan on a",
        "  (cost=0.00..1.00 rows=1 width=4)",
        " (actual time=0.1..0.2 rows=1 loops=1)",
        "->  ",
        "  ",
        "\n",
        "\n",
        "Filter: (a = 'x",
        "'::text)",
        "\"",
        "'",
        "|",
        "│",
        "+",
        ".",
        "…",
        "QUERY PLAN",
        "-----",
        "(3 rows)",
        "[",
        "{",
        "\"Plan\":",
        "}",
        "]",
        "<explain",
        "</explain>",
        "- Plan:",
        "> ",
        "1. ",
        "\t",
        "\u{a0}",
        "Query Text: ",
        "&gt;",
        "```",
        "Planning Time: 1 ms",
        "select 1;",
        "=# ",
        "-[ RECORD 1 ]-",
        "<table",
        "<td>",
        "|====",
        "\\begin{tabular}",
        "é",
        "\r",
    ];
    prop_oneof![4 => prop::sample::select(words.to_vec()).prop_map(str::to_owned), 1 => ".{0,12}"]
}

proptest! {
    #[test]
    fn no_input_panics(pieces in prop::collection::vec(piece(), 0..60)) {
        let input = pieces.concat();
        for document in documents(&input).0 {
            let last = document.lines.of(document.text.lines().count());
            prop_assert!(last as usize <= input.lines().count() + 1);
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (text, _) = decode::decode(&bytes);
        documents(&text);
    }

    #[test]
    fn a_terminal_of_any_width_is_undone(columns in 60usize..200) {
        prop_assert_eq!(texts(&cut(PLAN, columns)), [PLAN]);
    }

    #[test]
    fn any_literal_survives_a_frame(literal in "[a-z|+│.>\" -]{0,30}") {
        let plan = format!("Seq Scan on a  (cost=0.00..1.00 rows=1 width=4)\n  Filter: (b = '{literal}'::text)\n");
        prop_assert_eq!(texts(&framed(&plan)), [plan]);
    }
}
