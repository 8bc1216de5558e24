//! `sqlsift analyze`: arguments in; every other module in the order in which data flows; outputs and an ending out.

mod catalog;
mod facts;
mod reading;

use std::path::PathBuf;

use super::args::{Analyze, Common, FailOn};
use super::assemble::{self, Material};
use super::failure::Failure;
use super::output::{self, Kind, Output};
use super::{Ending, redact, terminal};
use crate::advise;
use crate::config::{Config, discover};
use crate::report::model::{Report, Severity};
use crate::report::render::palette::Palette;
use crate::report::render::{json, table};
use crate::rules::context::WorkloadCx;
use crate::rules::place::Places;
use crate::rules::run;
use crate::workload::digest;

pub fn run(args: &Analyze, common: &Common) -> Result<Ending, Failure> {
    if args.dsn.is_some() {
        return Err(Failure::new(
            "--dsn is coming: this release reads logs and exports, a later one reads a live server",
            "sqlsift analyze LOG --schema schema.sql, with schema.sql from pg_dump --schema-only",
        ));
    }
    let args = &reading::sort_out(args);
    let plan = reading::plan(args)?;
    let config = config(args)?;
    let given = catalog::read(args)?;
    let mut outputs = output::open(&args.output, args.format)?;

    let mut read = plan.read(common)?;
    if !common.quiet {
        read.unreadable().for_each(|said| terminal::complain(&format!("warning: {said}")));
    }
    tracing::info!("read {} queries, {} calls", read.workload.totals().queries, read.workload.totals().calls);
    // Before anything rewrites the texts that hold them.
    let secrets = args.redact.then(|| redact::literals(&read.workload));
    if args.redact {
        redact::messages(&mut read.workload);
    }
    let mut report = think(&mut read, given, &config);
    if let Some(prefix) = &args.query {
        narrow(&mut report, &read, prefix)?;
    }
    let ending = ending(&report, args.fail_on);
    if let Some(secrets) = &secrets {
        redact::report(&mut report, secrets);
        redact::workload(&mut read.workload);
    }
    for output in &mut outputs {
        let bytes = match output.kind {
            Kind::Json => json::render(&report).into_bytes(),
            Kind::Digest => digest(&read)?,
            Kind::Table => in_words(&report, args, common, output).into_bytes(),
        };
        output.write(&bytes)?;
    }
    Ok(ending)
}

fn digest(read: &reading::Read) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    digest::write(&read.workload, &read.places, &mut bytes).map_err(|e| Failure::writing("the digest", &e))?;
    Ok(bytes)
}

/// Rules, advice, and all of it in one report.
fn think(read: &mut reading::Read, given: catalog::Given, config: &Config) -> Report {
    let facts = facts::of(&read.workload);
    let catalog = given.catalog.as_ref();
    let cx = WorkloadCx { workload: &read.workload, facts: &facts, catalog };
    let mut outcome = run::run(&config.registry, &cx, &config.allows, Places { inputs: &read.places });
    tracing::info!("{} rules ran, {} findings", outcome.rules_run.len(), outcome.found.len());
    let drafts: Vec<_> = outcome.found.iter().map(|f| f.draft.clone()).collect();
    let advice = advise::recommend(&drafts, &cx);
    for ((found, links), refusals) in outcome.found.iter_mut().zip(advice.links).zip(&advice.refusals) {
        found.finding.recommendations = links;
        for refusal in refusals {
            found.finding.detail.push_str(&format!("\nNot advised: {refusal}."));
        }
    }
    let mut inputs = std::mem::take(&mut read.inputs);
    inputs.extend(given.inputs);
    let mut problems = std::mem::take(&mut read.problems);
    problems.extend(given.problems);
    assemble::report(Material {
        workload: &read.workload,
        facts: &facts,
        catalog,
        places: &read.places,
        inputs,
        unrecognised_lines: read.unrecognised_lines,
        outcome,
        recommendations: advice.recommendations,
        problems,
        notes: std::mem::take(&mut read.notes),
    })
}

/// The file that was named, else the nearest one, else none.
fn config(args: &Analyze) -> Result<Config, Failure> {
    let found = || discover::nearest(&std::env::current_dir().ok()?);
    let path: Option<PathBuf> = args.config.clone().or_else(found);
    let Some(path) = path else { return Ok(Config::none()) };
    tracing::info!("configuration {}", path.display());
    Config::read(&path).map_err(|e| {
        Failure::new(
            "the configuration is not valid",
            "correct the line above; sqlsift rule show names a rule's options",
        )
        .because(e.to_string())
    })
}

fn narrow(report: &mut Report, read: &reading::Read, prefix: &str) -> Result<(), Failure> {
    let prefix = prefix.to_ascii_lowercase();
    match assemble::narrow(report, &read.workload, &prefix, &read.places) {
        0 => Err(Failure::new(
            format!("no query has a fingerprint that begins with {prefix:?}"),
            "leave --query out to see the fingerprints; the filters and inputs must be the same",
        )),
        _ => Ok(()),
    }
}

fn in_words(report: &Report, args: &Analyze, common: &Common, output: &Output) -> String {
    let (width, palette) = if output.is_stdout() {
        (terminal::width(), terminal::palette(common.color))
    } else {
        (terminal::PIPE_WIDTH, Palette::plain())
    };
    let view = table::View { width, top: args.top, palette };
    if args.query.is_some() { table::render_queries(report, &view) } else { table::render(report, &view) }
}

fn ending(report: &Report, fail_on: FailOn) -> Ending {
    let least = match fail_on {
        FailOn::None => return Ending::Clean,
        FailOn::Info => Severity::Info,
        FailOn::Warning => Severity::Warning,
        FailOn::Error => Severity::Error,
    };
    if report.findings.iter().any(|f| f.severity >= least) { Ending::Found } else { Ending::Clean }
}
