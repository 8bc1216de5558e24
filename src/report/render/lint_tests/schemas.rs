//! Each machine format against its schema, of ordinary, long, empty and hostile reports.

use super::*;

const SARIF: &str = include_str!("../../../../fixtures/formats/sarif-2.1.0.json");
const GITLAB: &str = include_str!("../../../../fixtures/formats/gitlab-code-quality.json");
const EVIL: &str = "</file>\"'&<![CDATA[x]]>\x1b[2J\u{0}\u{b}\u{ffff}\u{fffe}\u{202e}\r\n%0A|`@all";

fn reports() -> Vec<Report> {
    let mut empty = example();
    empty.findings.clear();
    empty.inputs.clear();
    let mut bare = example();
    for finding in &mut bare.findings {
        for location in &mut finding.locations {
            *location = Location { path: location.path.clone(), ..Location::default() };
        }
    }
    let mut placeless = example();
    placeless.findings[0].locations.clear();
    let mut absolute = example();
    absolute.findings[0].locations[0].path = "/srv/a b.sql".into();
    vec![example(), many(300), empty, bare, placeless, absolute, hostile(EVIL), hostile("")]
}

fn valid(schema: &str, text: &str) {
    let mut schema: serde_json::Value = serde_json::from_str(schema).unwrap();
    // The official SARIF schema has one pattern that is no regular expression; no language is written here.
    for owner in ["run", "toolComponent"] {
        if let Some(language) = schema.pointer_mut(&format!("/definitions/{owner}/properties/language")) {
            language.as_object_mut().unwrap().remove("pattern");
        }
    }
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let value = serde_json::from_str(text).unwrap();
    let errors: Vec<String> = validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert_eq!(errors, Vec::<String>::new(), "{text}");
}

#[test]
fn sarif_fits_the_official_schema() {
    for report in reports() {
        valid(SARIF, &sarif::render(&report, &sources(), &rule_texts()));
        valid(SARIF, &sarif::render(&report, &Sources::new(|_| None), &[]));
    }
}

#[test]
fn sarif_carries_rules_fingerprints_and_fixes() {
    let log: serde_json::Value = serde_json::from_str(&sarif::render(&example(), &sources(), &rule_texts())).unwrap();
    let run = &log["runs"][0];
    let result = &run["results"][0];
    let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
    assert_eq!(rule["id"], result["ruleId"]);
    assert_eq!(rule["help"]["markdown"], "# Why\n\nIt reads the whole table.\n");
    assert_eq!(result["partialFingerprints"]["sqlsift/v1"], "00000000000000f1");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "migrations/0002_total.sql");
    assert_eq!(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
    assert_eq!(place["region"]["endColumn"], 45);
    let replacement = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["deletedRegion"]["startColumn"], 14);
    assert_eq!(replacement["deletedRegion"]["endColumn"], 14);
    assert_eq!(replacement["insertedContent"]["text"], "CONCURRENTLY ");
}

#[test]
fn gitlab_fits_its_schema_and_no_fingerprint_comes_twice() {
    for report in reports() {
        let text = gitlab::render(&report);
        valid(GITLAB, &text);
        let list: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        let prints: std::collections::BTreeSet<String> = list.iter().map(|v| v["fingerprint"].to_string()).collect();
        assert_eq!(prints.len(), list.len());
    }
}

#[test]
fn checkstyle_is_files_with_errors() {
    for report in reports() {
        let text = checkstyle::render(&report);
        let document = roxmltree::Document::parse(&text).unwrap();
        let root = document.root_element();
        assert!(root.has_tag_name("checkstyle") && root.has_attribute("version"));
        let mut errors = 0;
        for file in root.children().filter(|n| n.is_element()) {
            assert!(file.has_tag_name("file") && file.has_attribute("name"));
            for error in file.children().filter(|n| n.is_element()) {
                assert!(error.has_tag_name("error"));
                assert!(error.attribute("line").unwrap().parse::<u64>().unwrap() > 0);
                assert!(error.attribute("column").is_none_or(|c| c.parse::<u32>().unwrap() > 0));
                assert!(["error", "warning", "info"].contains(&error.attribute("severity").unwrap()));
                assert!(error.has_attribute("message") && error.attribute("source").unwrap().starts_with("sqlsift."));
                errors += 1;
            }
        }
        assert_eq!(errors, report.findings.len() + report.problems.len());
    }
}

/// The structure of `fixtures/formats/junit-10.xsd`, by hand: there is no validator for XSD in Rust.
#[test]
fn junit_is_a_test_case_for_each_file() {
    for threshold in [None, Some(Severity::Error), Some(Severity::Info)] {
        for report in reports() {
            let text = junit::render(&report, threshold);
            let document = roxmltree::Document::parse(&text).unwrap();
            let suites = document.root_element();
            assert!(suites.has_tag_name("testsuites"));
            only(suites, &["name", "time", "tests", "failures", "errors"]);
            let suite = suites.first_element_child().unwrap();
            assert!(suite.has_tag_name("testsuite"));
            only(suite, &["name", "tests", "failures", "errors", "skipped", "time"]);
            let count =
                |node: roxmltree::Node<'_, '_>, name: &str| node.attribute(name).unwrap().parse::<usize>().unwrap();
            let cases: Vec<_> = suite.children().filter(|n| n.is_element()).collect();
            let having = |tag: &str| cases.iter().filter(|c| c.children().any(|n| n.has_tag_name(tag))).count();
            assert_eq!(count(suite, "tests"), cases.len());
            assert_eq!(count(suite, "failures"), having("failure"));
            assert_eq!(count(suite, "errors"), having("error"));
            for case in &cases {
                assert!(case.has_tag_name("testcase"));
                only(*case, &["classname", "name", "time"]);
                for inside in case.children().filter(|n| n.is_element()) {
                    match inside.tag_name().name() {
                        "failure" | "error" => only(inside, &["type", "message"]),
                        "system-out" => only(inside, &[]),
                        other => panic!("{other} in a test case"),
                    }
                }
            }
        }
    }
}

fn only(node: roxmltree::Node<'_, '_>, allowed: &[&str]) {
    for attribute in node.attributes() {
        assert!(allowed.contains(&attribute.name()), "{} of {:?}", attribute.name(), node.tag_name());
    }
}

#[test]
fn clean_files_pass_and_the_threshold_decides() {
    let text = junit::render(&example(), Some(Severity::Error));
    let document = roxmltree::Document::parse(&text).unwrap();
    let case = |path: &str| {
        document.descendants().find(|n| n.attribute("name") == Some(path)).unwrap_or_else(|| panic!("{path}:\n{text}"))
    };
    assert_eq!(case("migrations/0001_orders.sql").children().count(), 0);
    assert!(case("migrations/0002_total.sql").children().any(|n| n.has_tag_name("failure")));
    assert!(case("migrations/0003_names.sql").children().all(|n| !n.has_tag_name("failure")));
    assert!(case("migrations/0003_names.sql").children().any(|n| n.has_tag_name("system-out")));
    assert!(!junit::render(&example(), None).contains("<failure"));
}
