//! `--dry-run`: a command in; every statement that it may send to a server out, and no connection made.

use super::args::Command;
use super::failure::Failure;
use super::{Ending, output};
use crate::db::sent::{self, Step};

/// What the command may send, if it was asked only for that.
pub fn asked(command: &Command) -> Option<Vec<Step>> {
    let mut steps = sent::catalog_steps();
    let (server, plans) = match command {
        Command::Analyze(analyze) => (&analyze.server, true),
        Command::Explain(explain) => (&explain.server, true),
        Command::Lint(lint) => (&lint.server, false),
        Command::Snapshot(snapshot) => (&snapshot.server, true),
        Command::Rule(_) | Command::Schema => return None,
    };
    if plans {
        steps.extend(sent::planning_steps());
    }
    server.dry_run.then_some(steps)
}

pub fn run(steps: &[Step]) -> Result<Ending, Failure> {
    let mut text = String::from(
        "-- Every statement that sqlsift may send with these arguments; nothing was sent, and no connection made.\n\
         -- {words} stand for what is only known at the server. What a version or a right does not allow is left out.\n",
    );
    for step in steps {
        text.push_str(&format!("\n-- {}\n", step.what));
        for statement in &step.statements {
            text.push_str(statement.trim_end());
            text.push_str(";\n");
        }
    }
    output::print(&text)?;
    Ok(Ending::Clean)
}
