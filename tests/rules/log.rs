//! Small logs of rule pages: read as a log is read, then looked at by all rules.
//!
//! `times=12` in the fence's header writes each block of lines that hold `{n}` or `{nnn}` twelve times, with 1 to 12 (or 001 to
//! 012) in its place.

use libtest_mimic::Failed;
use sqlsift::ingest::detect::{Detected, Hints, detect};
use sqlsift::ingest::filter::Filter;
use sqlsift::ingest::parse::{Scratch, events};
use sqlsift::rules::context::{WorkloadCx, Worth};
use sqlsift::rules::page::{Fence, Page};
use sqlsift::rules::place::Places;
use sqlsift::rules::registry::Registry;
use sqlsift::rules::run;
use sqlsift::sql::facts_of_many;
use sqlsift::workload::fold::Folder;
use sqlsift::workload::model::Workload;
use sqlsift::workload::part::PartBuilder;

pub fn check(page: &Page, fence: &Fence) -> Result<(), Failed> {
    let catalog = super::lint::catalog(&super::setup(page))?;
    let workload = read(&written_out(fence)?)?;
    let texts: Vec<&str> = workload.queries.iter().map(|query| query.text.as_str()).collect();
    let facts: Vec<_> = facts_of_many(&texts).into_iter().map(Some).collect();
    let cx = WorkloadCx {
        workload: &workload,
        facts: &facts,
        catalog: catalog.as_ref(),
        plans: &[],
        worth: Worth::default(),
    };
    let inputs = ["page.log".to_owned()];
    let outcome = run::run(&Registry::defaults(), &cx, &[], Places { inputs: &inputs, catalog: None });
    if let Some(problem) = outcome.problems.first() {
        return Err(problem.message.clone().into());
    }
    let not_run: Vec<_> = outcome.rules_not_run.iter().filter(|rule| rule.rule == page.id).collect();
    match (fence.fact("not_run").is_some(), not_run.is_empty()) {
        (true, true) => return Err("the report does not say that the rule could not look".into()),
        (true, false) => return Ok(()),
        (false, _) => {}
    }
    super::judge(page, fence, &super::lint::spoke(&outcome.found)).map_err(|e| {
        let why: Vec<String> = not_run.iter().map(|rule| rule.reason.clone()).collect();
        format!("{} {}", e.message().unwrap_or_default(), why.join("; ")).into()
    })
}

fn written_out(fence: &Fence) -> Result<String, Failed> {
    let times: u32 = fence.fact("times").map_or(Ok(1), str::parse).map_err(|e| format!("times: {e}"))?;
    let mut log = String::new();
    let lines: Vec<&str> = fence.text.lines().collect();
    for block in lines.chunk_by(|a, b| is_repeated(a) == is_repeated(b)) {
        let repeated = if is_repeated(block[0]) { times } else { 1 };
        for n in 1..=repeated {
            for line in block {
                log.push_str(&line.replace("{nnn}", &format!("{n:03}")).replace("{n}", &n.to_string()));
                log.push('\n');
            }
        }
    }
    Ok(log)
}

fn is_repeated(line: &str) -> bool {
    line.contains("{n}") || line.contains("{nnn}")
}

fn read(log: &str) -> Result<Workload, Failed> {
    let detected = detect(log.as_bytes(), &Hints::default()).map_err(|e| e.to_string())?;
    let Detected::Log(format) = detected else { return Err("not taken for a log".into()) };
    let mut builder = PartBuilder::new();
    let mut scratch = Scratch::default();
    let report =
        events(&format, log.as_bytes(), 1, &mut scratch, &Filter::default(), &mut |event| builder.event(event));
    if report.unrecognised_lines > 0 {
        return Err(format!("{} lines of the log were not understood", report.unrecognised_lines).into());
    }
    let mut folder = Folder::default();
    folder.add(0, builder.finish(0));
    Ok(folder.finish())
}
