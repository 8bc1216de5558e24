//! `sqlsift lint`: arguments in; files read, replayed and checked; outputs, repaired files and an ending out.

mod baseline;
mod excerpt;
mod fix;
mod judge;
mod report;
mod scope;
mod sources;
mod write;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::analyze::catalog::{self, Given};
use super::analyze::live::Wanted;
use super::args::{Catalog as CatalogFiles, Common, FailOn, Lint, PresetName};
use super::failure::Failure;
use super::{Ending, config, connect, ending, output, terminal};
use crate::catalog::model::Catalog;
use crate::effect::Version;
use crate::rules::lint::{SMALL_TABLE_ROWS, Traffic};
use crate::rules::page::Preset;
use crate::script::model::{Direction, Framework};
use crate::script::{Options, Queue, Script};
use fix::Repair;
use judge::{Judge, Judged};

pub fn run(args: &Lint, common: &Common) -> Result<Ending, Failure> {
    scope::check(args)?;
    // This thread replays while the others read: one more than there are cores would only take memory. Without it (a pool is there
    // already) nothing but that changes.
    let _ = rayon::ThreadPoolBuilder::new().use_current_thread().build_global();
    let preset = args.preset.map(|preset| match preset {
        PresetName::Default => Preset::Default,
        PresetName::Strict => Preset::Strict,
        PresetName::All => Preset::All,
    });
    let config = config::find(args.config.as_deref(), preset)?;
    let files = CatalogFiles { schema: args.schema.clone(), snapshot: args.snapshot.clone() };
    let mut session = connect::open(&args.server, &files, common)?;
    let given = catalog::read(&files, session.as_mut(), Wanted::Traffic)?;
    drop(session);
    let known = given.catalog.as_ref().and_then(|catalog| catalog.server_version).map(|number| number / 10_000);
    let version = version(args.pg_version.or(known).or(config.lint.pg_version))?;
    let fail_on = args.fail_on.or(config.lint.fail_on.as_deref().map(fail_on)).unwrap_or(FailOn::Error);
    let mut outputs = output::open(&args.output, args.format, write::KINDS)?;
    let found = sources::read(&args.inputs, &config.lint.exclude)?;
    let framework = args.framework.as_deref().or(config.lint.framework.as_deref()).map(framework).transpose()?;
    let options = Options { framework, ..Options::default() };
    let queue = Queue::new(found.sources, &found.markers, options);
    let scope = scope::of(args, &queue)?;
    let directions: &[Direction] = if args.down { &[Direction::Up, Direction::Down] } else { &[Direction::Up] };
    let nothing = Catalog::default();
    let before = given.catalog.as_ref().unwrap_or(&nothing);
    let traffic = Traffic::of(given.queries.as_deref().unwrap_or_default(), given.statistics_seconds, before);
    let judge = Judge {
        config: &config,
        markers: &found.markers,
        options,
        version,
        directions,
        small_table_rows: config.lint.small_table_rows.unwrap_or(SMALL_TABLE_ROWS),
        traffic: &traffic,
        now: jiff::Timestamp::now().as_microsecond(),
        scope,
    };
    let repairs = args.fix || args.diff;
    let start = repairs.then(|| given.catalog.clone()).flatten();
    let keeps_text = |script: &Script| repairs || found.once.contains(&script.path);
    let mut judged = judge.judge(queue, keeps_text, given, found.problems);
    judged.report.coverage.notes.extend(report::excluded(&found.excluded));
    let mut forgotten = BTreeSet::new();
    if let Some(path) = &args.baseline {
        let all = fix::places(&judged.report);
        baseline::forget(&mut judged.report, path)?;
        forgotten = &all - &fix::places(&judged.report);
    }
    if repairs {
        let again = |sources| judge.again(sources, Given { catalog: start.clone(), ..Given::default() });
        let repair = Repair { judge: &judge, again: &again, forgotten, translated: &found.translated };
        judged = fix::run(&repair, judged, args, &found.once)?;
    }
    let broken = judged.broken(&judge).next().is_some();
    let Judged { scripts, mut report } = judged;
    excerpt::columns(&mut report, &excerpt::sources(&scripts));
    if repairs {
        if broken {
            terminal::complain("a statement that no server can read was left as it is: `sqlsift lint` names it");
        }
    } else {
        let sources = excerpt::sources(&scripts);
        for output in &mut outputs {
            let view = write::View::of(output.is_stdout(), common, fail_on);
            write::write(&report, &sources, output, &view)?;
        }
        if !common.quiet {
            write::annotate(&report, args)?;
        }
    }
    let ending = match ending::of(&report, fail_on) {
        // The deploy ends there.
        Ending::Clean if broken && fail_on != FailOn::None => Ending::Found,
        ending => ending,
    };
    let nothing = report.coverage.files == 0 && found.excluded.is_empty();
    if nothing && !common.quiet && !args.inputs.is_empty() && args.changed.is_none() {
        terminal::complain(&format!("warning: no file of SQL was found{}", sources::passed_over()));
    }
    // The process ends: giving back thousands of tables and findings one by one would be a tenth of its time.
    std::mem::forget((scripts, report));
    Ok(ending)
}

fn version(given: Option<u32>) -> Result<Version, Failure> {
    let version = given.map_or(Version::NEWEST, Version);
    if version < Version::OLDEST || version > Version(19) {
        return Err(Failure::new(
            format!("version {} of Postgres: 13 to 19 are known", version.0),
            "give the major version of the server: --pg-version 16",
        ));
    }
    Ok(version)
}

fn framework(name: &str) -> Result<Framework, Failure> {
    Framework::named(name).ok_or_else(|| {
        let names: Vec<&str> = Framework::ALL.iter().map(|(_, name)| *name).collect();
        Failure::new(format!("no framework is called {name:?}"), format!("the names are {}", names.join(", ")))
    })
}

/// The configuration has been checked: it is one of these.
fn fail_on(word: &str) -> FailOn {
    match word {
        "none" => FailOn::None,
        "info" => FailOn::Info,
        "warning" => FailOn::Warning,
        _ => FailOn::Error,
    }
}
