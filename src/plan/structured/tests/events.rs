//! The readers alone.

use super::super::super::model::Partial;
use super::*;

#[test]
fn yaml_of_other_writers() {
    // PyYAML: dashes in the column of the name, plain and folded strings, its own quotes.
    let text = "- Plan:\n    Node Type: Aggregate\n    Partial Mode: Partial\n    Output:\n    - a\n    - 'it''s'\n    Plans:\n    \
                - Node Type: Seq Scan\n      Filter: (a = 1) AND\n        (b = 2)\n      Alias: t\n    Parallel Aware: true\n";
    let plan = one(Format::Yaml, text);
    assert_eq!(plan.nodes[0].text(&Key::Output), Some("a, it's"));
    assert_eq!((plan.nodes[0].partial, plan.nodes[0].parallel), (Partial::Partial, true));
    assert_eq!(plan.nodes[1].text(&Key::Filter), Some("(a = 1) AND (b = 2)"));
    assert_eq!(plan.nodes[1].alias.as_deref(), Some("t"));
}

#[test]
fn yaml_strings_that_look_like_yaml() {
    let text = "- Plan: \n    Node Type: \"Seq Scan\"\n    Relation Name: \"t\"\n    Filter: \"(a = '- Plan: \\n  Node Type: \\\"x\\\"'::text)\"\n    Alias: \"- t: 1\"\n";
    let plan = one(Format::Yaml, text);
    assert_eq!(plan.nodes[0].text(&Key::Filter), Some("(a = '- Plan: \n  Node Type: \"x\"'::text)"));
    assert_eq!(plan.nodes[0].alias.as_deref(), Some("- t: 1"));
    assert_eq!(plan.warnings, []);
}

#[test]
fn yaml_wrapped_by_a_terminal() {
    let text = "- Plan: \n    Node Type: \"Seq Sc\nan\"\n    Total Cost: 1.0\n    Startup Cost: 0.0\n    Plan Rows: 12\n34\n    Plan Width: 4\n    Relation Name: \"t\"\n";
    let plan = one(Format::Yaml, text);
    assert_eq!(plan.nodes[0].kind, Kind::SeqScan);
    assert_eq!(plan.nodes[0].estimate.map(|estimate| estimate.rows), Some(1234.0));
    assert_eq!(plan.warnings.iter().map(|warning| warning.line).collect::<Vec<_>>(), [2, 6]);
}

#[test]
fn xml_entities_and_line_breaks() {
    let text = "<explain xmlns=\"http://www.postgresql.org/2009/explain\">\n<Query><Plan><Node-Type>Result</Node-Type>\
                <Filter>(a &lt; 1 &amp;&amp; b = '&#x0d;\n&quot;&bad;')</Filter><Alias></Alias></Plan></Query></explain>";
    let plan = one(Format::Xml, text);
    assert_eq!(plan.nodes[0].text(&Key::Filter), Some("(a < 1 && b = '\r\n\"&bad;')"));
    assert_eq!(plan.warnings, []);
}

#[test]
fn xml_names_of_all_known_properties() {
    for (name, _) in Key::NAMES {
        let tag: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
        let text = format!("<explain><Query><Plan><Node-Type>X</Node-Type><{tag}>1</{tag}></Plan></Query></explain>");
        let plan = one(Format::Xml, &text);
        let found = plan.nodes[0].properties.first().map(|property| property.key.name().to_owned());
        // What the text hides is not kept: flags that are no flag are.
        assert_eq!(found.as_deref(), Some(*name).filter(|name| *name != "Disk Usage" || found.is_some()));
    }
}

#[test]
fn io_times_of_three_generations() {
    let read = |names: &str| json(&format!("{{\"Node Type\":\"Seq Scan\",{names}}}")).nodes[0].usage.io().to_owned();
    let old = read("\"I/O Read Time\": 1.5, \"I/O Write Time\": 2.5");
    assert_eq!((old.shared_read, old.shared_write), (1.5, 2.5));
    let middle = read("\"I/O Read Time\": 1.5, \"Temp I/O Read Time\": 3.5, \"Temp I/O Write Time\": 4.5");
    assert_eq!((middle.shared_read, middle.temp_read, middle.temp_write), (1.5, 3.5, 4.5));
    let new = read("\"Shared I/O Read Time\": 1.5, \"Local I/O Read Time\": 5.5, \"Local I/O Write Time\": 6.5");
    assert_eq!((new.shared_read, new.local_read, new.local_write), (1.5, 5.5, 6.5));
}

#[test]
fn jit_of_17_has_generation_in_parts() {
    let plan = json(
        r#"{"Plan": {"Node Type": "Result"}, "JIT": {"Functions": 2, "Options": {"Inlining": true, "Optimization": false,
        "Expressions": true, "Deforming": true}, "Timing": {"Generation": {"Deform": 0.25, "Total": 1.5}, "Inlining": 2.5,
        "Optimization": 3.5, "Emission": 4.5, "Total": 12.0}}}"#,
    );
    let jit = plan.jit.unwrap();
    assert_eq!((jit.generation_ms, jit.deform_ms, jit.total_ms), (Some(1.5), Some(0.25), Some(12.0)));
    assert_eq!((jit.functions, jit.inlining, jit.optimization), (2.0, true, false));
}

#[test]
fn what_was_never_executed_has_no_times() {
    let plan = json(
        r#"{"Node Type": "Seq Scan", "Actual Startup Time": 0.000, "Actual Total Time": 0.000, "Actual Rows": 0, "Actual Loops": 0}"#,
    );
    let actual = plan.nodes[0].actual.unwrap();
    assert_eq!((actual.startup_ms, actual.total_ms, actual.loops), (None, None, 0.0));
    assert!(!plan.nodes[0].ran());
}

#[test]
fn workers_that_stand_twice_are_one() {
    let plan = json(
        r#"{"Node Type": "Sort", "Workers": [{"Worker Number": 0, "Sort Method": "quicksort"}],
        "Workers": [{"Worker Number": 0, "Actual Rows": 5, "Actual Loops": 1}]}"#,
    );
    assert_eq!(plan.nodes[0].workers.len(), 1);
    assert_eq!(plan.nodes[0].workers[0].actual.map(|actual| actual.rows), Some(5.0));
}
