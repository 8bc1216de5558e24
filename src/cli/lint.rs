//! `sqlsift lint`: arguments in; files read, replayed and checked; outputs, repaired files and an ending out.

mod baseline;
mod excerpt;
mod fix;
mod report;
mod scope;
mod sources;
mod write;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::analyze::catalog;
use super::analyze::live::Wanted;
use super::args::{Catalog as CatalogFiles, Common, FailOn, Lint, PresetName};
use super::failure::Failure;
use super::{Ending, config, connect, ending, output, terminal};
use crate::effect::Version;
use crate::rules::lint::{Linting, SMALL_TABLE_ROWS, Target, Traffic};
use crate::rules::page::Preset;
use crate::script::model::{Direction, Framework};
use crate::script::{Options, Queue, Script};

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
    let queue = Queue::new(found.sources, &found.markers, Options { framework, ..Options::default() });
    let scope = scope::of(args, &queue)?;
    let wanted = |path: &str| scope.as_ref().is_none_or(|scope| scope.wanted.contains(path));
    let directions: &[Direction] = if args.down { &[Direction::Up, Direction::Down] } else { &[Direction::Up] };
    let deployed: BTreeSet<String> = scope.as_ref().map(|scope| scope.fresh.clone()).unwrap_or_default();
    let start = given.catalog.clone().unwrap_or_default();
    let small_table_rows = config.lint.small_table_rows.unwrap_or(SMALL_TABLE_ROWS);
    let traffic = Traffic::of(given.queries.as_deref().unwrap_or_default(), given.statistics_seconds, &start);
    let target = Target { version, wanted: &wanted, deployed, directions, small_table_rows, traffic: Some(&traffic) };
    let now = jiff::Timestamp::now().as_microsecond();
    let mut linting = Linting::new(&config.registry, start, &target).allowing(&config.allows, now);
    let keeps_text = |script: &Script| args.fix || args.diff || found.once.contains(&script.path);
    let scripts = queue.look(keeps_text, |window| linting.schema(window));
    let linted = linting.finish(&scripts);
    let small_tables = report::left_out(&linted.small, small_table_rows);
    tracing::info!("{} files, {} statements", scripts.len(), linted.statements);
    let mut report = report::assemble(linted, &scripts, given, found.problems, &wanted);
    report.coverage.notes.extend(small_tables);
    report.coverage.notes.extend(report::excluded(&found.excluded));
    report::by_path(&mut report, &config.paths);
    if let Some(path) = &args.baseline {
        baseline::forget(&mut report, path)?;
    }
    excerpt::columns(&mut report, &excerpt::sources(&scripts));
    let broken = scripts.iter().any(|script| wanted(&script.path) && script.is_broken());
    if args.fix || args.diff {
        fix::run(&mut report, &scripts, args)?;
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
