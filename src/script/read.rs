//! Texts of files in, scripts in the order in which they run out.

use rayon::prelude::*;

use super::model::{Content, Direction, Framework, Kind, Script, Statement};
use crate::sql::facts::{StatementKind, facts};
use crate::sql::{ddl, split};

/// A file that was found.
#[derive(Clone, Debug)]
pub struct Source {
    pub path: String,
    pub text: String,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// What the user says; else it is found out.
    pub framework: Option<Framework>,
}

/// Whether a file of that name holds SQL to look at.
pub fn is_sql(path: &str) -> bool {
    path.to_ascii_lowercase().ends_with(".sql")
}

/// Whether a file tells which framework its folder belongs to, or how a migration is run.
pub fn is_marker(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    matches!(name, "metadata.toml" | "migration_lock.toml" | "atlas.sum" | "_journal.json" | "diesel.toml")
        || name.ends_with(".sql.conf")
}

/// Reads every source; `markers` are the small files beside them by which frameworks are known.
pub fn scripts(sources: Vec<Source>, _markers: &[Source], options: Options) -> Vec<Script> {
    sources.into_par_iter().map(|source| script(source, options)).collect()
}

fn script(source: Source, options: Options) -> Script {
    let statements = split(source.text.as_bytes())
        .into_iter()
        .map(|found| Statement {
            content: content(found.span.of(&source.text)),
            span: found.span,
            line: found.line,
            leading: found.leading,
            direction: Direction::Up,
            transaction: None,
            inner: Vec::new(),
        })
        .collect();
    Script {
        path: source.path,
        text: source.text,
        kind: Kind::Migration(options.framework.unwrap_or_default()),
        statements,
        problems: Vec::new(),
    }
}

fn content(text: &str) -> Content {
    match ddl::parse(text) {
        Ok(Some(ddl)) => Content::Ddl(Box::new(ddl)),
        Err(refused) => Content::Refused(refused),
        Ok(None) => {
            let facts = facts(text);
            match facts.kind {
                StatementKind::Utility | StatementKind::Other => Content::Other,
                _ => Content::Query(Box::new(facts)),
            }
        }
    }
}
