//! What auto_explain wrote into a log of each kind: all of its plans, the same in the four formats.

#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;

use sqlsift::ingest::detect::{Detected, Hints, detect};
use sqlsift::ingest::event::EventKind;
use sqlsift::ingest::filter::Filter;
use sqlsift::ingest::parse;
use sqlsift::plan::model::{Format, Plan};
use sqlsift::plan::read::read;

use super::corpus::{MAJORS, unpack};

/// Of `fixtures/capture/plans/auto_explain.rs`: from 16 on one more, with parameters.
fn statements(major: u32) -> usize {
    if major >= 16 { 6 } else { 5 }
}

#[test]
fn a_log_gives_all_plans_that_auto_explain_wrote() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for major in MAJORS {
        let stderr = unpack(&format!("{major}/auto_explain.log.gz"));
        let pasted = [("stderr, pasted", stderr.clone()), ("syslog, pasted", syslog(&stderr))];
        let pasted = pasted.map(|(name, log)| (name, read(log.as_bytes()).plans));
        let csvlog = unpack(&format!("{major}/auto_explain.csv.gz"));
        let jsonlog = (major >= 15).then(|| unpack(&format!("{major}/auto_explain.json.gz")));
        let logs = [("stderr", Some(stderr)), ("csvlog", Some(csvlog)), ("jsonlog", jsonlog)];
        let ingested = logs.into_iter().filter_map(|(name, log)| Some((name, ingested(&log?))));
        for (name, plans) in pasted.into_iter().chain(ingested) {
            count += plans.len();
            if let Some(what) = unlike(major, &plans) {
                wrong.push(format!("{major} {name}: {what}"));
            }
        }
    }
    println!("auto_explain: {count} plans in the logs of {} majors", MAJORS.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// As `sqlsift analyze` comes by them.
fn ingested(log: &str) -> Vec<Plan> {
    let Ok(Detected::Log(format)) = detect(log.as_bytes(), &Hints::default()) else { panic!("no log") };
    let mut plans = Vec::new();
    let scratch = &mut parse::Scratch::default();
    parse::events(&format, log.as_bytes(), 1, scratch, &Filter::default(), &mut |event| {
        if let EventKind::Plan(logged) = event.kind {
            let query = String::from_utf8_lossy(logged.query).into_owned();
            let parameters = String::from_utf8_lossy(logged.parameters).into_owned();
            for mut plan in read(logged.body).plans {
                plan.query = plan.query.or(Some(query.clone()));
                plan.parameters = plan.parameters.or(Some(parameters.clone())).filter(|text| !text.is_empty());
                plans.push(plan);
            }
        }
    });
    plans
}

fn unlike(major: u32, plans: &[Plan]) -> Option<String> {
    let mut by_format: BTreeMap<Format, Vec<&Plan>> = BTreeMap::new();
    for plan in plans {
        by_format.entry(plan.format).or_default().push(plan);
    }
    let counts: Vec<usize> = by_format.values().map(Vec::len).collect();
    if counts != [statements(major); 4] {
        return Some(format!("{counts:?} plans, not 4 times {}", statements(major)));
    }
    let shape = |plan: &Plan| {
        let nodes: Vec<_> = plan.nodes.iter().map(|node| (node.parent, node.describe(), node.estimate)).collect();
        // A log indents the lines of a statement by a tab: white space is not what counts.
        let words = |text: &String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        (nodes, plan.query.as_ref().map(words), plan.parameters.as_ref().map(words))
    };
    for at in 0..statements(major) {
        let text = shape(by_format[&Format::Text][at]);
        for (format, plans) in &by_format {
            let other = shape(plans[at]);
            if text != other {
                return Some(format!(
                    "statement {at}: {format:?}: {}",
                    super::same::apart(&format!("{text:?}"), &format!("{other:?}"))
                ));
            }
        }
    }
    let warning = plans.iter().flat_map(|plan| &plan.warnings).next();
    warning.map(|warning| format!("line {}: {}", warning.line, warning.message))
}

/// As rsyslog writes what the server hands to it: a head on each line, the number of the record and of the line, tabs
/// as `#011`.
fn syslog(stderr: &str) -> String {
    let (mut record, mut part, mut out) = (0, 0, String::new());
    for line in stderr.lines() {
        let continues = line.starts_with('\t') || !line.starts_with("20");
        if continues {
            part += 1;
        } else {
            (record, part) = (record + 1, 1);
        }
        let text = if continues { line } else { line.split_once("] ").map_or(line, |(_, text)| text) };
        out.push_str(&format!(
            "Nov 21 03:40:00 shop-db postgres[42]: [{record}-{part}] {}\n",
            text.replace('\t', "#011")
        ));
    }
    out
}
