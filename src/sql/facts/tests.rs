use proptest::prelude::*;

use super::*;

mod shown;

fn lines(text: &str) -> String {
    let mut shown = String::new();
    for line in shown::lines(&facts(text), text) {
        shown.push_str("\n  ");
        shown.push_str(&line);
    }
    shown
}

#[test]
fn statements_are_understood() {
    let cases = include_str!("tests/statements.txt");
    for case in cases.split("\n\n").filter(|case| !case.starts_with('#')) {
        let case = case.trim_end();
        let text = &case[..case.find("\n  ").expect("every case has an expectation")];
        assert_eq!(format!("{text}{}", lines(text)), case);
    }
}

#[test]
fn spans_cover_the_clauses_they_are_named_after() {
    let text = "select distinct a, /* é */ b from t join u using (k) where t.x = 1 and é = 2 \
                order by a desc nulls last, b limit 10 offset 5 for update";
    let facts = facts(text);
    let block = &facts.blocks[0];
    assert_eq!(block.span.of(text), text);
    assert_eq!(block.projection_span.of(text), "a, /* é */ b");
    assert_eq!(block.sources[0].span.of(text), "t");
    assert_eq!(block.sources[1].span.of(text), "u");
    assert_eq!(block.sources[1].join_span.of(text), "join u using (k)");
    assert_eq!(block.where_span.expect("there is one").of(text), "t.x = 1 and é = 2");
    let conjuncts: Vec<&str> = block.filters.iter().map(|it| it.span.of(text)).collect();
    assert_eq!(conjuncts, ["t.x = 1", "é = 2"]);
    let order = block.order_span.expect("there is one").of(text);
    assert_eq!(order, "order by a desc nulls last, b");
    let keys: Vec<&str> = block.order_by.iter().map(|it| it.operand.span.of(text)).collect();
    assert_eq!(keys, ["a", "b"]);
    assert_eq!(block.limit_span.expect("there is one").of(text), "limit 10");
    assert_eq!(block.offset_span.expect("there is one").of(text), "offset 5");
}

#[test]
fn spans_survive_newlines_comments_and_wide_characters() {
    let text =
        "-- «é»\nselect\t'ü',\r\n  t.ä /* 'x' */\nfrom \"Übung\" as t -- where\nwhere\n t.ä\n =\n 'é' and (t.b) > 2;";
    let facts = facts(text);
    let block = &facts.blocks[0];
    assert_eq!(facts.tables[0].1.of(text), "\"Übung\"");
    assert_eq!(block.filters[0].span.of(text), "t.ä\n =\n 'é'");
    let Test::Compare { left, .. } = &block.filters[1].test else {
        panic!("{:?}", block.filters[1]);
    };
    assert_eq!(left.span.of(text), "(t.b)");
    let Value::Column(column) = &left.value else {
        panic!("{left:?}");
    };
    assert_eq!(column.span.of(text), "t.b");
}

#[test]
fn a_refused_statement_keeps_what_its_tokens_say() {
    for (text, expected) in [
        (
            "select * from only a x, b.\"C\" join d using (i) where frobnicate ~~~ ~~~ limit 5 offset $1",
            "Select tokens [a, b.C, d] limit Number(5) offset Parameter(1) +star $1",
        ),
        (
            "with x as (select 1) select extract(a from b) from x, y where c is distinct from d and ~~~",
            "Select tokens [y]",
        ),
        ("update a set b = (select 1 from c where", "Update tokens [a, c]"),
        ("delete from a where 'open", "Delete tokens [a]"),
        ("insert into a select from b b b b", "Insert tokens [a, b]"),
        ("$1 || f(x)", "Other tokens [] $1"),
        ("frob the table", "Other tokens []"),
    ] {
        assert_eq!(lines(text).trim(), expected, "{text}");
    }
}

#[test]
fn statements_without_a_query_are_not_handed_to_the_parser() {
    for (text, expected) in [
        ("begin", "Transaction parsed []"),
        ("SET x = 1", "Session parsed []"),
        ("fetch 100 from c", "Cursor parsed [c]"),
        ("vacuum (full) t", "Utility parsed []"),
        ("create function f() returns int as $$ select 1 $$", "Utility parsed []"),
        ("reindex table t", "Utility parsed [t]"),
        ("", "Other parsed []"),
    ] {
        assert_eq!(lines(text).trim(), expected, "{text}");
    }
}

#[test]
fn large_lists_are_cut_for_the_parser_only() {
    let numbers: Vec<String> = (0..50_000).map(|number| number.to_string()).collect();
    let text = format!("select a from t where b in ({}) and c = 1", numbers.join(", "));
    let facts = facts(&text);
    assert_eq!(facts.level, Level::Parsed);
    let [Predicate { test: Test::InList { items, .. }, span }, second] = &facts.blocks[0].filters[..] else {
        panic!("{:?}", facts.blocks[0].filters.len());
    };
    assert_eq!(items.len(), 100);
    assert_eq!(items[99].span.of(&text), "99");
    assert!(span.of(&text).ends_with("49999)"));
    assert_eq!(second.span.of(&text), "c = 1");

    let rows = vec!["(1, 'x', NULL)"; 40_000].join(",\n");
    let text = format!("insert into t values {rows} returning id");
    let facts = super::facts(&text);
    assert_eq!(facts.level, Level::Parsed);
    assert_eq!(facts.write.and_then(|write| write.values_rows), Some(40_000));
}

#[test]
fn what_is_too_large_or_too_deep_is_refused_with_a_reason() {
    let deep = format!("select {}1{}", "(".repeat(100_000), ")".repeat(100_000));
    let chain = format!("select 1 where {}", vec!["a = 1"; 200_000].join(" or "));
    let union = vec!["select 1"; 100_000].join(" union all ");
    let selects = "(select 1 where exists ".repeat(5_000);
    let long = format!("select {}1", "a, ".repeat(30_000));
    let string = format!("select '{}'", "x".repeat(10_000_000));
    for text in [deep, chain, union, selects, long, string, "case ".repeat(100_000)] {
        let facts = facts(&text);
        assert!(matches!(facts.level, Level::Tokens { .. }), "{:?}", facts.level);
    }
}

#[test]
fn what_is_just_not_too_deep_is_parsed() {
    let nested = format!("select 1 where {}a = 1{}", "(".repeat(120), ")".repeat(120));
    let chain = format!("select 1 where {}", vec!["a = 1"; 1_500].join(" or "));
    let sums = format!("select {}", vec!["a"; 3_000].join(" + "));
    let union = vec!["select 1"; 2_000].join(" union all ");
    let selects =
        format!("select 1 from t where {}true{}", "exists (select 1 from u where ".repeat(40), ")".repeat(40));
    for text in [nested, chain, sums, union, selects] {
        let facts = facts(&text);
        assert_eq!(facts.level, Level::Parsed, "{}", &text[..60]);
    }
}

#[test]
fn many_statements_keep_their_order() {
    let texts: Vec<String> = (0..50).map(|number| format!("select a from t{number}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let all = facts_of_many(&texts);
    assert_eq!(all.len(), 50);
    assert_eq!(all[49].tables[0].0.name, "t49");
}

/// Text made of pieces of statements.
fn soup() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "select",
        "a",
        "t.b",
        "*",
        ",",
        "from",
        "t",
        "u",
        "as",
        "join",
        "left",
        "on",
        "using",
        "(",
        ")",
        "(",
        ")",
        "where",
        "and",
        "or",
        "not",
        "in",
        "exists",
        "between",
        "like",
        "is",
        "null",
        "distinct",
        "=",
        "<",
        ">-",
        "1",
        "'x'",
        "$1",
        "?",
        "...",
        "::",
        "int",
        "case",
        "when",
        "then",
        "end",
        "order by",
        "group by",
        "limit",
        "offset",
        "union",
        "with",
        "values",
        "insert into",
        "update",
        "set",
        "delete from",
        "returning",
        "any",
        "array[",
        "]",
        "[",
        "only",
        "for",
        "interval",
        "cast(",
        "count(",
        "over (",
        "merge into",
        "lateral",
        ";",
        "\"é\"",
        "é",
        "'",
        "/*",
        "on conflict",
        "\n",
    ];
    proptest::collection::vec(0..PIECES.len(), 0..30).prop_map(|picks| {
        let words: Vec<&str> = picks.into_iter().map(|index| PIECES[index]).collect();
        words.join(" ")
    })
}

/// A statement with some of its words doubled, dropped or swapped.
fn mutated() -> impl Strategy<Value = String> {
    let cases: Vec<&str> = include_str!("tests/statements.txt")
        .split("\n\n")
        .filter(|case| !case.starts_with('#'))
        .filter_map(|case| case.split("\n  ").next())
        .collect();
    let edits = proptest::collection::vec((0usize..1000, 0usize..3, 0usize..1000), 0..4);
    (0..cases.len(), edits).prop_map(move |(case, edits)| {
        let mut words: Vec<&str> = cases[case].split(' ').collect();
        for (at, edit, other) in edits {
            let (at, other) = (at % words.len(), other % words.len());
            match edit {
                0 => words.insert(at, words[other]),
                1 if words.len() > 1 => drop(words.remove(at)),
                _ => words.swap(at, other),
            }
        }
        words.join(" ")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_makes_it_panic(text in prop_oneof![soup(), mutated()]) {
        let facts = facts(&text);
        let failed = Level::Tokens { reason: "the parser failed on it".to_owned() };
        prop_assert_ne!(facts.level, failed);
        for block in &facts.blocks {
            prop_assert!(text.get(block.span.start..block.span.end).is_some());
            for source in block.sources.iter().map(|source| source.span) {
                prop_assert!(text.get(source.start..source.end).is_some());
            }
            prop_assert!(block.parent.is_none_or(|parent| parent < facts.blocks.len()));
            for used in &block.uses {
                prop_assert!(text.get(used.column.span.start..used.column.span.end).is_some());
            }
        }
    }

    #[test]
    fn any_text_will_do(text in any::<String>()) {
        facts(&text);
    }
}

#[test]
fn forms_are_parsed() {
    let mut refused = Vec::new();
    let mut pending = String::new();
    for line in include_str!("tests/forms.txt").lines() {
        pending.push_str(line);
        if line.starts_with("--") {
            pending.push('\n');
            continue;
        }
        let text = std::mem::take(&mut pending);
        if let Level::Tokens { reason } = facts(&text).level {
            refused.push(format!("{text}\n    {reason}"));
        }
    }
    assert!(refused.is_empty(), "{} refused:\n{}", refused.len(), refused.join("\n"));
}
