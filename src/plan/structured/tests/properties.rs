//! Whatever comes in: no panic, no hang, and a tree that is one.

use proptest::prelude::*;

use super::*;

fn holds(format: Format, text: &str) {
    for plan in all(format, text) {
        assert!(!plan.nodes.is_empty());
        for (id, node) in plan.nodes.iter().enumerate() {
            assert_eq!(node.parent.is_none(), id == 0);
            assert!(node.parent.is_none_or(|parent| parent < id && plan.nodes[parent].children.contains(&id)));
        }
    }
}

const FORMATS: [Format; 3] = [Format::Json, Format::Yaml, Format::Xml];

fn sample() -> impl Strategy<Value = (Format, &'static str)> {
    let mut files = Vec::new();
    files.extend(captured!("cte_18"));
    files.extend(captured!("grouping_sets_18"));
    files.extend(captured!("incremental_sort_18"));
    files.extend(captured!("delete_trigger_17"));
    files.extend(captured!("parallel_sort_13"));
    proptest::sample::select(files)
}

/// Up to the next place where a string may be cut.
fn boundary(text: &str, at: usize) -> usize {
    (at.min(text.len())..text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len())
}

proptest! {
    #[test]
    fn any_text(text in "\\PC{0,200}") {
        FORMATS.iter().for_each(|&format| holds(format, &text));
    }

    #[test]
    fn any_structure(text in "([\\[\\]{}\"':,\\\\\\n <>/&;-]|Plan|Plans|Node Type|Workers|JIT|Item|Filter|é|\\\\u|1\\.5|true){0,120}") {
        FORMATS.iter().for_each(|&format| holds(format, &text));
    }

    #[test]
    fn pieces_taken_out_and_put_elsewhere((format, text) in sample(), cuts in [0_usize..4000, 0_usize..4000, 0_usize..4000], noise in "[\\[\\]{}\"',:\\n<>& -]{0,4}") {
        let mut cuts = cuts.map(|at| boundary(text, at));
        cuts.sort_unstable();
        let [a, b, c] = cuts;
        holds(format, &format!("{}{noise}{}", &text[..a], &text[b..]));
        holds(format, &format!("{}{}{noise}{}{}", &text[..a], &text[b..c], &text[a..b], &text[c..]));
        holds(format, &text[a..c]);
    }
}

fn within_a_second(format: Format, text: &str) -> Vec<Plan> {
    let start = std::time::Instant::now();
    let plans = all(format, text);
    // A debug build on a busy machine: a trap would take hours.
    assert!(start.elapsed().as_secs() < 60, "{format:?}: {:.50}", text);
    plans
}

#[test]
fn deep_and_wide_plans() {
    let node = r#"{"Node Type":"Seq Scan","Relation Name":"t"}"#;
    let depth = 10_000;
    let deep = format!("{}{node}{}", "{\"Node Type\":\"Limit\",\"Plans\":[".repeat(depth), "]}".repeat(depth));
    let plan = json(&deep);
    assert_eq!((plan.nodes.len(), plan.warnings.len()), (depth + 1, 0));
    assert_eq!(plan.nodes[depth].parent, Some(depth - 1));
    let wide = format!("{{\"Node Type\":\"Append\",\"Plans\":[{}]}}", vec![node; 20_000].join(","));
    assert_eq!(json(&wide).nodes[0].children.len(), 20_000);
    let too_deep = "[".repeat(300_000) + node;
    assert_eq!(all(Format::Json, &too_deep), []);
    let deep = (0..500).map(|level| " ".repeat(level * 4) + "- Plans:\n").collect::<String>();
    within_a_second(Format::Yaml, &deep);
    within_a_second(Format::Xml, &"<Plans><Plan>".repeat(50_000));
}

#[test]
fn nothing_is_quadratic() {
    let size = 50_000;
    for pattern in [
        "[",
        "{",
        "{\"a\":",
        "\"",
        "['",
        "[\"",
        "}]",
        "\\",
        "[{\\\"",
        "[{\"\"",
        "\n",
        "[\"\n\"",
        "[{\"a\n  \"b\":",
        "{\"Plans\":[",
        "{\"Plan\":{",
        "[x\": \"",
        "\\ud800",
        "[{\"Plan\":{\"Workers\":[{\"Target Tables\":[{\"Schema\":\"b\",",
        "- ",
        "a:\n",
        "a: \"\n",
        "a: b\nc\n",
        "- Plan:\n",
        "<a>",
        "</b>",
        "<",
        "<Filter>&",
        "<a><b></a>",
        "<!--",
        "<a>\n</b>x\n",
        "'",
        "-\n",
        " -",
    ] {
        for format in FORMATS {
            within_a_second(format, &pattern.repeat(size / pattern.len()));
            let inside =
                "[{\"Plan\": {\"Node Type\": \"X\", \"Filter\": \"".to_owned() + &pattern.repeat(size / pattern.len());
            within_a_second(format, &inside);
        }
    }
}
