//! The command line: arguments in; files, standard output and an exit code out. The only module that prints, reads the
//! environment or decides how the process ends.

mod analyze;
pub mod args;
mod assemble;
mod config;
mod connect;
mod dry_run;
mod ending;
mod explain;
mod failure;
mod lint;
mod output;
mod panic;
mod progress;
mod redact;
mod rule;
mod snapshot;
mod terminal;
mod think;
mod verify;
mod when;

use std::process::ExitCode;

use clap::Parser;

use crate::report::schema;
use args::{Args, Command};
use failure::Failure;

/// What a command that did its work ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Nothing at or above `--fail-on`.
    Clean,
    /// Findings at or above `--fail-on`.
    Found,
}

/// Parses the arguments, runs the command and maps its outcome: 0 clean, 1 findings, 2 usage, input or connection.
pub fn main() -> ExitCode {
    panic::install();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return usage(&error),
    };
    match run(&args) {
        Ok(Ending::Clean) => ExitCode::SUCCESS,
        Ok(Ending::Found) => ExitCode::from(1),
        // The reader went away (`| head`): nobody is left to tell.
        Err(Failure::BrokenPipe) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal::complain(&failure.to_string());
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args) -> Result<Ending, Failure> {
    terminal::trace(args.common.verbose);
    if let Some(steps) = dry_run::asked(&args.command) {
        return dry_run::run(&steps);
    }
    match &args.command {
        Command::Analyze(analyze) => analyze::run(analyze, &args.common),
        Command::Explain(explain) => explain::run(explain, &args.common),
        Command::Lint(lint) => lint::run(lint, &args.common),
        Command::Snapshot(snapshot) => snapshot::run(snapshot, &args.common),
        Command::Rule(command) => rule::run(command),
        Command::Schema => output::print(schema::COMMITTED).map(|()| Ending::Clean),
    }
}

/// `--help` and `--version` are results, everything else is a mistake; clap prints each where it belongs.
fn usage(error: &clap::Error) -> ExitCode {
    match error.print() {
        Ok(()) if error.use_stderr() => ExitCode::from(2),
        Ok(()) => ExitCode::SUCCESS,
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(2),
    }
}
