//! `sqlsift explain`: arguments in; plans read, examined and shown, and an ending, out.

mod examine;
mod foremost;
mod live;
mod log;
mod reading;

use super::analyze::catalog;
use super::analyze::live::Wanted;
use super::args::{Common, Explain};
use super::failure::Failure;
use super::output::{self, Kind, Output};
use super::{Ending, config, connect, ending, redact, terminal};
use crate::report::model::Report;
use crate::report::render::json;
use crate::report::render::palette::Palette;
use crate::report::render::sql;
use crate::report::render::table::{self, Drawing, Fold, View};
use crate::rules::context::Worth;
use examine::Asked;

pub fn run(args: &Explain, common: &Common) -> Result<Ending, Failure> {
    let args = &reading::sort_out(args);
    let config = config::find(args.config.as_deref(), None)?;
    let mut session = connect::open(&args.server, &args.catalog, common)?;
    let given = catalog::read(&args.catalog, session.as_mut(), Wanted::Health)?;
    let mut outputs = output::open(&args.output, Kind::from(args.format), output::KINDS)?;
    if outputs.iter().any(|output| output.kind == Kind::Digest) {
        return Err(Failure::new("a digest is made of a log", "sqlsift analyze LOG -o digest=FILE"));
    }
    let mut live = session.map(|session| live::Live::new(session, args)).transpose()?;
    let mut read = reading::read(args, common, live.as_mut())?;
    if !common.quiet {
        read.unreadable().for_each(|said| terminal::complain(&format!("warning: {said}")));
    }
    tracing::info!("read {} plans", read.plans.len());
    let (plans, others) = foremost::foremost(read.plans);
    read.plans = plans;
    read.notes.extend(others);
    let worth = if args.all { Worth::ANYTHING } else { Worth::default() };
    let asked = if args.compare.is_empty() { Asked::Each } else { Asked::Comparison };
    let examined = examine::examine(read, given, config, worth, asked);
    let mut report = examined.report;
    let ending = ending::of(&report, args.fail_on);
    if args.redact {
        redact::report(&mut report, &examined.secrets);
    }
    for output in &mut outputs {
        let text = match output.kind {
            Kind::Json => json::render(&report),
            Kind::Sql => sql::render(&report),
            Kind::Table | Kind::Digest => in_words(&report, args, common, output),
        };
        output.write(text.as_bytes())?;
    }
    Ok(ending)
}

fn in_words(report: &Report, args: &Explain, common: &Common, output: &Output) -> String {
    let fold = if args.all { Fold::Nothing } else { Fold::Small };
    let (width, palette, lines) = if output.is_stdout() {
        (terminal::width(), terminal::palette(common.color), terminal::lines())
    } else {
        (terminal::PIPE_WIDTH, Palette::plain(), table::Lines::Unicode)
    };
    table::render_plans(report, &View { width, top: args.top, palette }, Drawing { lines, fold })
}

#[cfg(test)]
mod tests;
