//! Texts of schema dumps and migrations in, in the order in which they ran; the catalog they leave behind out.

use crate::catalog::apply::{ComplaintKind, Replay, concerns};
use crate::catalog::model::{Catalog, SourceLine};
use crate::catalog::problem::Problem;
use crate::catalog::text::Text;
use crate::script::{in_block, is_down_file, upward};
use crate::sql::ddl::{self, Ddl};

/// A file of DDL.
#[derive(Clone, Copy, Debug)]
pub struct SchemaFile<'t> {
    pub path: &'t str,
    pub text: &'t str,
}

/// What the files say.
#[derive(Debug, Default)]
pub struct FromDdl {
    pub catalog: Catalog,
    pub problems: Vec<Problem>,
    /// Statements that changed the catalog or could have.
    pub replayed: usize,
    /// Files that undo migrations, left out.
    pub skipped_files: Vec<String>,
}

/// Replays `pg_dump` output or migrations, file after file in the order given. Down migrations are left out. What is
/// not understood is a problem with its place; the rest is still read.
pub fn from_files(files: &[SchemaFile<'_>]) -> FromDdl {
    let mut reader = Reader { replay: Replay::default(), out: FromDdl::default() };
    for file in files {
        // A file given alone is wanted, whatever its name.
        if files.len() > 1 && is_down_file(file.path) {
            reader.out.skipped_files.push(file.path.to_owned());
        } else {
            reader.file(*file);
        }
    }
    let complete = reader.out.problems.is_empty();
    FromDdl { catalog: Catalog { complete, ..reader.replay.finish() }, ..reader.out }
}

struct Reader {
    replay: Replay,
    out: FromDdl,
}

/// The first bytes of `pg_dump -Fc` (`src/bin/pg_dump/pg_backup_archiver.c`, `ReadHead`).
const CUSTOM_FORMAT: &str = "PGDMP";

impl Reader {
    fn file(&mut self, file: SchemaFile<'_>) {
        if file.text.starts_with(CUSTOM_FORMAT) {
            self.out.problems.push(Problem {
                path: Some(file.path.to_owned()),
                line: None,
                message: "this is a dump in pg_dump's custom format, not SQL".into(),
                hint: Some("pg_restore --schema-only -f schema.sql DUMP makes SQL of it".into()),
            });
            return;
        }
        self.replay.new_session();
        let (statements, problems) = upward(file.path, file.text);
        for problem in problems {
            self.out.problems.push(Problem {
                path: Some(file.path.to_owned()),
                line: problem.line.and_then(|line| u32::try_from(line).ok()),
                message: problem.message,
                hint: problem.hint,
            });
        }
        let path = Text::from(file.path);
        for statement in statements {
            let line = u32::try_from(statement.line).unwrap_or(u32::MAX);
            let at = SourceLine { path: path.clone(), line };
            self.statement(statement.span.of(file.text), &at);
        }
    }

    fn statement(&mut self, text: &str, at: &SourceLine) {
        match ddl::parse(text) {
            Ok(Some(block @ Ddl::Do(_))) => self.block(text, &block, at),
            Ok(Some(statement)) => {
                self.out.replayed += usize::from(concerns(&statement));
                for complaint in self.replay.apply_text(&statement, text, at) {
                    self.problem(at, complaint.message, complaint.hint);
                }
            }
            Ok(None) => {}
            Err(refused) => {
                self.out.replayed += 1;
                let line = lines_before(text, refused.at);
                let at = SourceLine { line: at.line.saturating_add(line), path: at.path.clone() };
                let found = found(text, refused.at);
                self.problem(
                    &at,
                    format!("statement not understood: {} expected, found {found}", refused.expected),
                    None,
                );
            }
        }
    }

    /// DDL inside `DO $$ … $$` is applied as if every condition in it held: such blocks make a change only where it has
    /// not been made yet.
    fn block(&mut self, text: &str, block: &Ddl, at: &SourceLine) {
        for (span, statement) in in_block(text, block) {
            let Ok(Some(found)) = ddl::parse(&statement) else { continue };
            let line = lines_before(text, span.start);
            let at = SourceLine { line: at.line.saturating_add(line), path: at.path.clone() };
            self.out.replayed += usize::from(concerns(&found));
            // That something exists already is what such blocks are written for.
            for complaint in self.replay.apply_text(&found, &statement, &at) {
                if complaint.kind != ComplaintKind::Exists {
                    self.problem(&at, complaint.message, complaint.hint);
                }
            }
        }
    }

    fn problem(&mut self, at: &SourceLine, message: String, hint: Option<String>) {
        self.out.problems.push(Problem { path: Some(at.path.to_string()), line: Some(at.line), message, hint });
    }
}

fn lines_before(text: &str, at: usize) -> u32 {
    let before = text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count();
    u32::try_from(before).unwrap_or(u32::MAX)
}

/// The word at that place, short enough for a message.
fn found(text: &str, at: usize) -> String {
    let rest = text.get(at..).unwrap_or_default();
    match rest.split_whitespace().next() {
        Some(word) => format!("\"{}\"", word.chars().take(40).collect::<String>()),
        None => "the end of the statement".into(),
    }
}

#[cfg(test)]
mod tests;
