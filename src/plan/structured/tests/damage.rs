//! Cut, with lines lost or doubled: what comes out is right, or it says that it may not be.

use super::*;

fn files() -> Vec<(Format, &'static str)> {
    let mut files = Vec::new();
    files.extend(captured!("cte_18"));
    files.extend(captured!("grouping_sets_18"));
    files.extend(captured!("auto_explain_16"));
    files.extend(captured!("delete_trigger_17"));
    files
}

#[test]
fn cut_at_each_byte() {
    for (format, text) in files() {
        let whole = one(format, text);
        // Small files at each byte, the others at enough of them.
        for end in (0..text.len()).step_by(1 + text.len() / 500).filter(|&end| text.is_char_boundary(end)) {
            let plans = all(format, &text[..end]);
            let Some(plan) = plans.first() else { continue };
            let nodes = plan.nodes.len();
            assert_eq!(kinds(plan)[..nodes - 1], kinds(&whole)[..nodes - 1], "{format:?} {end}");
            // YAML has no end: what is left is a plan whose last lines are not missed.
            let may_be_silent = format == Format::Yaml || bare(plan.clone()) == bare(whole.clone());
            assert!(may_be_silent || !plan.warnings.is_empty(), "{format:?} {end}: {}", &text[..end]);
        }
    }
}

#[test]
fn yaml_cut_inside_the_tree() {
    let [_, (_, text), _] = captured!("cte_18");
    for (line, _) in text.match_indices('\n') {
        let rest = &text[line..];
        // Up to the last line that tells how often a node ran nothing can be sure.
        if rest.matches("Plan Rows").count() > rest.matches("Startup Cost").count() {
            assert!(!one(Format::Yaml, &text[..line]).warnings.is_empty(), "{}", &text[..line]);
        }
    }
}

/// Names of properties that may go or come without anybody seeing it: nothing else in a plan depends on them.
fn is_alone(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '<', '"', '-']);
    if line.starts_with("[\"") || line == "[]" {
        return true;
    }
    // `Node` is also a property of a task, `Planning` may be missing.
    let joined = ["Startup", "Total", "Plan Rows", "Plan Width", "Plans", "Plan\"", "Plan:", "Actual", "Node"];
    !joined.iter().any(|name| line.starts_with(name))
        && !line.is_empty()
        && !line.starts_with(['{', '}', '[', ']', '/'])
}

fn changed_by(files: Vec<(Format, &'static str)>, change: impl Fn(&[&str], usize) -> String) {
    for (format, text) in files {
        let whole = bare(one(format, text));
        let lines: Vec<&str> = text.lines().collect();
        for at in 0..lines.len() {
            if is_alone(lines[at]) {
                continue;
            }
            let damaged = change(&lines, at);
            let plans = all(format, &damaged);
            let warned = plans.iter().any(|plan| !plan.warnings.is_empty());
            let right = plans.len() == 1 && bare(plans[0].clone()) == whole;
            assert!(right || warned || plans.is_empty(), "{format:?} line {}: {}", at + 1, lines[at]);
        }
    }
}

#[test]
fn a_line_lost() {
    changed_by(files(), |lines, at| [&lines[..at], &lines[at + 1..]].concat().join("\n"));
}

#[test]
fn a_line_doubled() {
    changed_by(files(), |lines, at| [&lines[..=at], &lines[at..]].concat().join("\n"));
}

#[test]
fn a_closing_bracket_lost_keeps_the_tree() {
    let text = r#"[{"Plan": {"Node Type": "Append", "Plans": [
        {"Node Type": "Seq Scan", "Relation Name": "a"
        {"Node Type": "Seq Scan", "Relation Name": "b"}
    ]}}]"#;
    let plan = json(text);
    assert_eq!(plan.nodes[0].children, [1, 2]);
    assert_eq!(plan.warnings[0].line, 3);
}

#[test]
fn the_beginning_lost() {
    let text = include_str!("plans/cte_18.json");
    let at = text.find("\"Hash Cond\"").unwrap();
    let plans = all(Format::Json, &text[at..]);
    assert!(plans.iter().all(|plan| !plan.warnings.is_empty()), "{plans:#?}");
    assert!(plans.iter().any(|plan| plan.nodes.iter().any(|node| node.kind == Kind::CteScan)));
}

#[test]
fn warnings_stand_at_their_line_and_are_few() {
    let text = "[{\"Plan\": {\"Node Type\": \"Result\",\n\"Index Cond\": 1.0 \n\"Filter\": }}]";
    let lines: Vec<u32> = json(text).warnings.iter().map(|warning| warning.line).collect();
    assert_eq!(lines, [3, 3]);
    let many = format!("[{{\"Plan\": {{\"Node Type\": \"Seq Scan\"{}}}}}]", ", \"A\":\n".repeat(5000));
    assert!(json(&many).warnings.len() < 50);
}

/// Not as narrow as the indentation: then columns are gone, and it says so.
#[test]
fn hard_wraps() {
    let mut silent = 0;
    for (format, text) in files() {
        let whole = bare(one(format, text));
        for width in (20..100).step_by(3) {
            let mut wrapped = String::new();
            for line in text.lines() {
                let characters: Vec<char> = line.chars().collect();
                for piece in characters.chunks(width) {
                    wrapped.extend(piece);
                    wrapped.push('\n');
                }
            }
            let mut plans = all(format, &wrapped);
            if format == Format::Xml {
                // The server writes line breaks of the statement as they are: one more is one of them.
                plans.iter_mut().for_each(|plan| plan.query.clone_from(&whole.query));
            }
            let right = plans.len() == 1 && bare(plans[0].clone()) == whole;
            silent += usize::from(!right && plans.iter().all(|plan| plan.warnings.is_empty()));
            assert!(right || width < 40, "{format:?} {width}: {plans:#?}\n{wrapped}");
        }
    }
    assert_eq!(silent, 0);
}
