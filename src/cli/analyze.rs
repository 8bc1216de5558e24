//! `sqlsift analyze`: arguments in; every other module in the order in which data flows; outputs and an ending out.

mod advisor;
pub(super) mod catalog;
mod drops;
mod facts;
pub(super) mod live;
pub(super) mod names;
mod observed;
pub mod planned;
pub mod plans;
mod reading;
mod thought;

use super::args::{Analyze, Common, Dsn, IndexAdvice};
use super::assemble::{self, Material};
use super::failure::Failure;
use super::output::{self, Kind, Output};
use super::{Ending, config, connect, ending, redact, terminal, verify};
use crate::config::Config;
use crate::db::Session;
use crate::report::model::Report;
use crate::report::redact::Literals;
use crate::report::render::palette::Palette;
use crate::report::render::{json, sql, table};
use crate::rules::context::{WorkloadCx, Worth};
use crate::rules::place::Places;
use crate::workload::digest;

pub fn run(args: &Analyze, common: &Common) -> Result<Ending, Failure> {
    let args = &reading::sort_out(args);
    let config = config::find(args.config.as_deref(), None)?;
    let mut outputs = output::open(&args.output, Kind::from(args.format), output::KINDS)?;
    // What can be wrong in the arguments is, before a server is asked.
    let plan = reading::plan(args)?;
    let mut session = connect::open(&args.server, &args.catalog, common)?;
    let copy = verify::copy(args, session.as_mut())?;
    let mut given = catalog::read(&args.catalog, session.as_mut(), live::Wanted::Everything(args.interval))?;
    let mut read = match plan {
        _ if args.inputs.is_empty() && given.queries.is_some() => observed::read(&mut given, args),
        // For what a log holds the planner was not asked.
        Some(plan) => {
            given.planned = None;
            observed::join(plan.read(common)?, &mut given, args)
        }
        // The server said why it has no queries.
        None => reading::Read::default(),
    };
    if !common.quiet {
        read.unreadable().for_each(|said| terminal::complain(&format!("warning: {said}")));
    }
    tracing::info!("read {} queries, {} calls", read.workload.totals().queries, read.workload.totals().calls);
    // Before anything rewrites the texts that hold them.
    let mut secrets = args.redact.then(|| redact::literals(&read.workload));
    if args.redact {
        redact::messages(&mut read.workload);
    }
    let server = session.as_mut().map(|session| Server { session, copy, args, common });
    let mut report = report(&mut read, given, (&config, &args.advice), secrets.as_mut(), server)?;
    if let Some(prefix) = &args.query {
        narrow(&mut report, &read, prefix)?;
    }
    let ending = ending::of(&report, args.fail_on);
    if let Some(secrets) = &secrets {
        redact::report(&mut report, secrets);
        redact::workload(&mut read.workload);
    }
    for output in &mut outputs {
        let bytes = match output.kind {
            Kind::Json => json::render(&report).into_bytes(),
            Kind::Digest => digest(&read)?,
            Kind::Sql => sql::render(&report).into_bytes(),
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

/// A server that can be asked while advice is made.
struct Server<'a> {
    session: &'a mut Session,
    /// Where the advice is tried.
    copy: Option<&'a Dsn>,
    args: &'a Analyze,
    common: &'a Common,
}

/// Rules, advice, and all of it in one report. Literals of plans are added to `secrets`.
fn report(
    read: &mut reading::Read,
    mut given: catalog::Given,
    (config, limits): (&Config, &IndexAdvice),
    secrets: Option<&mut Literals>,
    mut server: Option<Server<'_>>,
) -> Result<Report, Failure> {
    let mut facts = facts::of(&read.workload);
    if let (Some(server), Some(catalog)) = (&mut server, &mut given.catalog) {
        read.notes.extend(live::read_values(server.session, catalog, &facts));
    }
    let catalog = given.catalog.as_ref();
    let said = catalog.map(|catalog| names::settle(&read.workload, &mut facts, catalog)).unwrap_or_default();
    let home = given.inputs.first().map(|input| input.path.clone());
    let places = Places { inputs: &read.places, catalog: home.as_deref() };
    let plans = plans::of(&read.workload, &facts, places);
    if let Some(secrets) = secrets {
        plans.iter().for_each(|known| redact::plan_literals(&known.plan, secrets));
    }
    let cx = WorkloadCx { workload: &read.workload, facts: &facts, catalog, plans: &plans, worth: Worth::default() };
    let mut notes = std::mem::take(&mut given.notes);
    notes.append(&mut read.notes);
    let planned = planned::found(&mut given.planned, &cx, limits, &mut notes);
    let thought = thought::proved(&mut server, planned, &cx, config, places)?;
    let searched = thought.searched.as_ref();
    let index_set = searched.map(|advised| advisor::reported(advised, &thought.advice, &cx));
    let thought::Thought { outcome, advice, notes: said_of_advice, .. } = thought;
    notes.extend(said_of_advice);
    let mut inputs = std::mem::take(&mut read.inputs);
    let lineless: Vec<String> = given.inputs.iter().map(|input| input.path.clone()).collect();
    inputs.extend(given.inputs);
    let mut problems = std::mem::take(&mut read.problems);
    problems.extend(given.problems);
    notes.extend(said);
    let mut report = assemble::report(Material {
        workload: &read.workload,
        facts: &facts,
        catalog,
        places: &read.places,
        inputs,
        unrecognised_lines: read.unrecognised_lines,
        outcome,
        recommendations: advice.recommendations,
        standing: advice.standing,
        index_set,
        problems,
        notes,
    });
    // A server has no lines, and those of a snapshot say nothing.
    let locations = report.findings.iter_mut().flat_map(|finding| &mut finding.locations);
    locations.filter(|place| lineless.iter().any(|path| **path == *place.path)).for_each(|place| place.line = 0);
    report.plans = plans::spoken_of(&plans, &report.findings);
    Ok(report)
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
