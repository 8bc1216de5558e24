//! What people pass on: the same plan must come out, whatever was done to its JSON.

use super::*;

const PLAN: &str = include_str!("plans/cte_18.json");

fn same(text: &str) -> Plan {
    let plan = json(text);
    assert_eq!(bare(plan.clone()), bare(json(PLAN)), "{text}");
    plan
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

#[test]
fn one_line_and_windows_lines() {
    assert_eq!(same(&PLAN.replace('\n', " ")).warnings, []);
    assert_eq!(same(&PLAN.replace('\n', "\r\n")).warnings, []);
    assert_eq!(same(&PLAN.split_whitespace().map(|word| word.to_owned() + " ").collect::<String>()).warnings, []);
}

#[test]
fn the_object_alone_and_the_bare_plan() {
    let inner = PLAN.trim().trim_start_matches('[').trim_end_matches(']');
    assert_eq!(same(inner).warnings, []);
    let value: serde_json::Value = serde_json::from_str(PLAN).unwrap();
    let bare_plan = json(&value[0]["Plan"].to_string());
    assert_eq!(bare_plan.nodes.len(), json(PLAN).nodes.len());
    assert_eq!(bare_plan.warnings, []);
}

#[test]
fn keys_in_the_order_of_jsonb() {
    // serde_json sorts them: Plans stands before what tells that the object is a node.
    let value: serde_json::Value = serde_json::from_str(PLAN).unwrap();
    let sorted = json(&value[0]["Plan"].to_string());
    let children = |plan: &Plan| plan.nodes.iter().map(|node| (node.kind.clone(), node.parent)).collect::<Vec<_>>();
    assert_eq!(children(&sorted), children(&json(PLAN)));
    assert_eq!(sorted.nodes[0].estimate, json(PLAN).nodes[0].estimate);
    assert_eq!(sorted.warnings, []);
}

#[test]
fn strings_and_rows_that_hold_it() {
    for text in [
        quoted(PLAN),
        quoted(&quoted(PLAN)),
        quoted(PLAN).trim_matches('"').to_owned(),
        format!("[{{\"QUERY PLAN\": {PLAN}}}]"),
        format!("[{{\"QUERY PLAN\": {}}}]", quoted(PLAN)),
        format!("{{\"rows\": [{{\"QUERY PLAN\": {}}}], \"rowCount\": 1}}", quoted(PLAN)),
        format!("[[{PLAN}]]"),
        format!("'{PLAN}'"),
        PLAN.replace('"', "\"\""),
        format!("\"{}\"", PLAN.replace('"', "\"\"")),
    ] {
        assert_eq!(same(&text).warnings, [], "{text}");
    }
}

#[test]
fn what_python_prints() {
    let python = PLAN.replace('"', "'").replace(": true", ": True").replace(": false", ": False");
    assert_eq!(same(&python).warnings, []);
    let quotes =
        r#"[{'Plan': {'Node Type': 'Seq Scan', 'Filter': "(a = 'x'::text)", 'Alias': None, 'Schema': 'it\'s'}}]"#;
    let plan = json(quotes);
    assert_eq!(plan.nodes[0].text(&Key::Filter), Some("(a = 'x'::text)"));
    assert_eq!((plan.nodes[0].schema.as_deref(), plan.nodes[0].alias.as_deref()), (Some("it's"), None));
}

#[test]
fn several_plans() {
    assert_eq!(all(Format::Json, &format!("{PLAN}\n{PLAN}")).len(), 2);
    let value: serde_json::Value = serde_json::from_str(PLAN).unwrap();
    let two = serde_json::json!([value[0], value[0]]).to_string();
    let plans = all(Format::Json, &two);
    assert_eq!(plans.len(), 2);
    assert!(plans.iter().all(|plan| plan.warnings.is_empty()));
    let lines: Vec<u32> = all(Format::Json, &format!("{PLAN}{PLAN}")).iter().map(|plan| plan.line).collect();
    assert_eq!(lines, [3, 3 + u32::try_from(PLAN.lines().count()).unwrap()]);
}

#[test]
fn garbage_around_it_and_commas_at_the_end() {
    assert_eq!(same(&format!("{PLAN}\n(1 row)\nTime: 3.1 ms it's done\n")).warnings, []);
    assert_eq!(same(&PLAN.replace("\n    }", ",\n    }").replace("\n  ]", ",\n  ]")).warnings, []);
}

#[test]
fn hard_wraps_at_every_width() {
    let long = PLAN
        .replace("orders.note", "'a long literal, with: \"quotes\" and commas'")
        .replace("\"quotes\"", "\\\"quotes\\\"");
    let expected = bare(json(&long));
    for width in (20..100).step_by(3) {
        let mut wrapped = String::new();
        for line in long.lines() {
            let characters: Vec<char> = line.chars().collect();
            for piece in characters.chunks(width) {
                wrapped.extend(piece);
                wrapped.push('\n');
            }
        }
        let plan = json(&wrapped);
        assert_eq!(bare(plan), expected, "{width}\n{wrapped}");
    }
}

#[test]
fn a_wrapped_name_is_recognised() {
    let plan = json("[{\"Plan\": {\"Node Type\": \"Seq Scan\", \"Parallel Aw\nare\": true, \"Alias\": \"t\"}}]");
    assert!(plan.nodes[0].parallel);
    assert_eq!(plan.warnings[0].line, 1);
}

#[test]
fn words_of_a_mail_keep_their_blank() {
    let text = "[{\"Plan\": {\"Node Type\":\n\"Seq\nScan\", \"Relation Name\": \"t\", \"Filter\": \"(a and b)\"}}]";
    assert_eq!(json(text).nodes[0].kind, Kind::SeqScan);
}

#[test]
fn escapes() {
    let plan = json(r#"{"Node Type":"Seq Scan","Filter":"\u00e9\ud83d\ude00\ud83d \n\t\"\\\/"}"#);
    assert_eq!(plan.nodes[0].text(&Key::Filter), Some("é😀\u{FFFD} \n\t\"\\/"));
}

#[test]
fn unknown_properties_are_kept() {
    let plan = json(
        r#"[{"Plan": {"Node Type": "Custom Scan", "Custom Plan Provider": "X", "Chunks": 3, "Deep": {"A": {"B": "c"}, "L": [1, 2]},
            "Workers": [{"Worker Number": 1, "Fresh": true}]}, "Compiler": {"Name": "new"}, "Count": 7}]"#,
    );
    let property = |name: &str, value| super::super::super::model::Property { key: Key::Other(name.into()), value };
    let text = |text: &str| Value::Text(text.into());
    assert_eq!(plan.nodes[0].operation.as_deref(), Some("X"));
    assert_eq!(
        plan.nodes[0].properties,
        [
            property("Chunks", Value::Number(3.0)),
            property("Deep / A / B", text("c")),
            property("Deep / L", text("1, 2"))
        ]
    );
    assert_eq!(plan.nodes[0].workers[0].number, 1);
    assert_eq!(plan.nodes[0].workers[0].properties, [property("Fresh", Value::Flag(true))]);
    assert_eq!(plan.properties, [property("Compiler / Name", text("new")), property("Count", Value::Number(7.0))]);
}

/// From the documentation of Citus; not verified on a server.
#[test]
fn tasks_of_citus_become_nodes() {
    let plan = json(
        r#"[{"Plan": {"Node Type": "Custom Scan", "Custom Plan Provider": "Citus Adaptive", "Parallel Aware": false,
            "Distributed Query": {"Job": {"Task Count": 32, "Tasks Shown": "One of 32", "Tasks": [{"Node": "host=localhost port=9701",
            "Remote Plan": [[{"Plan": {"Node Type": "Seq Scan", "Relation Name": "orders_102041"}}]]}]}}}}]"#,
    );
    let tree: Vec<_> = plan.nodes.iter().map(|node| (node.kind.name(), node.parent)).collect();
    assert_eq!(tree, [("Custom Scan", None), ("Task", Some(0)), ("Seq Scan", Some(1))]);
    assert_eq!(plan.nodes[1].role, super::super::super::model::Role::Other);
    let names: Vec<&str> = plan.nodes[0].properties.iter().map(|property| property.key.name()).collect();
    assert_eq!(names, ["Task Count", "Tasks Shown"]);
    assert_eq!(texts(&plan.nodes[1], &Key::Other("Node".into())), ["host=localhost port=9701"]);
}

#[test]
fn what_is_no_plan_gives_none() {
    for text in
        ["", "[]", "{}", "null", "[1, 2]", "{\"a\": {\"b\": []}}", "\"Node Type\"", "[[[[", "}}}", "{\"Plan\": 3}"]
    {
        assert_eq!(all(Format::Json, text), [], "{text}");
        assert_eq!(all(Format::Yaml, text), [], "{text}");
        assert_eq!(all(Format::Xml, text), [], "{text}");
    }
}
