//! `--dry-run`: a command in; every statement that it may send to a server out, and no connection made.

use super::args::Command;
use super::failure::Failure;
use super::{Ending, output};
use crate::db::planner::Depth;
use crate::db::sent::{self, Step};

/// What the command may send, if it was asked only for that.
pub fn asked(command: &Command) -> Option<Vec<Step>> {
    let mut steps = [sent::connection(), sent::catalog()].concat();
    let server = match command {
        Command::Analyze(analyze) => {
            steps.extend([sent::health(), sent::queries(), sent::values(), sent::tried()].concat());
            if analyze.verify.is_some() {
                steps.extend(sent::verified());
            }
            &analyze.server
        }
        Command::Explain(explain) => {
            let depth = if explain.analyze { Depth::Measured } else { Depth::Shown };
            steps.extend([sent::health(), sent::explained(depth)].concat());
            &explain.server
        }
        Command::Lint(lint) => {
            steps.extend(sent::queries());
            &lint.server
        }
        Command::Snapshot(snapshot) => {
            steps.extend([sent::health(), sent::queries()].concat());
            let tries = !snapshot.without_indexes;
            if snapshot.with_values || tries {
                steps.extend(sent::values());
            }
            if tries {
                steps.extend(sent::tried());
            }
            &snapshot.server
        }
        Command::Rule(_) | Command::Schema => return None,
    };
    server.dry_run.then_some(steps)
}

pub fn run(steps: &[Step]) -> Result<Ending, Failure> {
    let mut text = String::from(
        "-- Every statement that sqlsift may send with these arguments; nothing was sent, and no connection made.\n\
         -- {words} stand for what is only known at the server; each statement of its own carries the mark /* sqlsift */.\n\
         -- What a version or a right does not allow is left out.\n",
    );
    for step in steps {
        text.push_str(&format!("\n-- {}\n", step.what));
        for statement in &step.statements {
            text.push_str(statement);
            text.push_str(";\n");
        }
    }
    output::print(&text)?;
    Ok(Ending::Clean)
}
