//! Files, folders and standard input in; the texts of SQL and of the small files by which frameworks are known, out.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use rayon::prelude::*;

use crate::cli::failure::Failure;
use crate::cli::terminal;
use crate::config::lint::fits;
use crate::report::model::Problem;
use crate::script::{FileText, Packer, SMALL, Source, decode, decode_owned, is_marker, is_sql, model};

#[derive(Default)]
pub struct Found {
    pub sources: Vec<Source>,
    pub markers: Vec<Source>,
    /// Paths of what gives its text only once: standard input, pipes.
    pub once: BTreeSet<String>,
    /// Files that were named and that the configuration excludes.
    pub excluded: Vec<String>,
    /// Paths of what is not UTF-8: its text is not what stands in the file.
    pub translated: BTreeSet<String>,
    /// Files that could not be read.
    pub problems: Vec<Problem>,
}

/// Folders in which nobody keeps migrations of his own.
const SKIPPED: &[&str] = &["node_modules", "target", "vendor", "dist"];

/// For a run that found nothing.
pub fn passed_over() -> String {
    format!(" (folders called {} are passed over: name a folder or file in them)", SKIPPED.join(", "))
}

pub fn read(inputs: &[String], exclude: &[glob::Pattern]) -> Result<Found, Failure> {
    if inputs.is_empty() && terminal::stdin_is_terminal() {
        return Err(Failure::new("nothing to check", "sqlsift lint migrations/, or sqlsift lint - < file.sql"));
    }
    let mut found = Found::default();
    let mut paths: Vec<(PathBuf, Named)> = Vec::new();
    let stdin = ["-".to_owned()];
    for input in if inputs.is_empty() { &stdin } else { inputs } {
        let path = Path::new(input);
        if input == "-" {
            let (text, problem) = decode_owned(standard_input()?);
            found.once.insert("-".to_owned());
            found.take("-".to_owned(), text.into(), problem);
        } else if path.is_dir() {
            walk(path, &mut paths, &mut found.problems);
        } else {
            paths.push((path.to_owned(), Named::ByTheUser));
        }
    }
    let is_named = |named: &Named| *named == Named::ByTheUser;
    let named: BTreeSet<PathBuf> = paths.iter().filter(|(_, by)| is_named(by)).map(|(path, _)| plain(path)).collect();
    let mut known = BTreeSet::new();
    paths.retain(|(path, by)| {
        let plain = plain(path);
        (is_named(by) || !named.contains(&plain)) && known.insert(plain)
    });
    paths.retain(|(path, named)| {
        let excluded = exclude.iter().any(|pattern| fits(pattern, &shown(path)));
        found.excluded.extend((excluded && *named == Named::ByTheUser).then(|| shown(path)));
        !excluded
    });
    let texts: Vec<Vec<std::io::Result<Text>>> = paths.par_chunks(BATCH).map(texts).collect();
    for ((path, named), text) in paths.into_iter().zip(texts.into_iter().flatten()) {
        let name = shown(&path);
        match text {
            Ok(Text { text, .. }) if named == Named::InAFolder && !is_sql(&name) => {
                found.markers.push(Source { path: name, text });
            }
            Ok(Text { text, problem, reads }) => {
                if reads == Reads::Once {
                    found.once.insert(name.clone());
                }
                found.take(name, text, problem);
            }
            Err(e) if named == Named::ByTheUser => {
                return Err(Failure::new(format!("cannot read {name}: {e}"), "check the path; - is standard input"));
            }
            Err(e) => found.problems.push(Problem {
                path: Some(name),
                line: None,
                message: format!("cannot be read: {e}"),
                hint: Some("check its permissions".to_owned()),
                count: 1,
            }),
        }
    }
    markers_beside(&mut found);
    Ok(found)
}

impl Found {
    /// A file of SQL; what is wrong with its encoding is a problem.
    fn take(&mut self, path: String, text: FileText, problem: Option<model::Problem>) {
        self.translated.extend(problem.is_some().then(|| path.clone()));
        self.problems.extend(problem.map(|problem| Problem {
            path: Some(path.clone()),
            line: None,
            message: problem.message,
            hint: problem.hint,
            count: 1,
        }));
        self.sources.push(Source { path, text });
    }
}

/// What a file holds.
struct Text {
    text: FileText,
    /// With its encoding.
    problem: Option<model::Problem>,
    reads: Reads,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reads {
    Again,
    /// A pipe; and a name that is shown otherwise than it is.
    Once,
}

/// Files that are read by one thread into the same pieces of memory.
const BATCH: usize = 64;

fn texts(files: &[(PathBuf, Named)]) -> Vec<std::io::Result<Text>> {
    let mut packer = Packer::default();
    let mut bytes = Vec::new();
    let mut one = |path: &Path| -> std::io::Result<(Option<model::Problem>, Reads)> {
        let mut file = File::open(path)?;
        let reads = if file.metadata()?.is_file() && path.to_str().is_some() { Reads::Again } else { Reads::Once };
        bytes.clear();
        file.read_to_end(&mut bytes)?;
        let problem = if bytes.len() > SMALL {
            let (text, problem) = decode_owned(std::mem::take(&mut bytes));
            packer.push_alone(text);
            problem
        } else {
            let (text, problem) = decode(&bytes);
            packer.push(&text);
            problem
        };
        Ok((problem, reads))
    };
    let read: Vec<_> = files.iter().map(|(path, _)| one(path)).collect();
    let mut texts = packer.finish().into_iter();
    let mut with_text = |(problem, reads)| Text { text: texts.next().unwrap_or_default(), problem, reads };
    read.into_iter().map(|one| one.map(&mut with_text)).collect()
}

/// How a file came to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    ByTheUser,
    InAFolder,
}

fn standard_input() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .read_to_end(&mut bytes)
        .map_err(|e| Failure::new(format!("cannot read standard input: {e}"), "sqlsift lint FILE"))?;
    Ok(bytes)
}

/// Every file of interest below a folder, in the order of their names; links to folders are not followed.
fn walk(folder: &Path, found: &mut Vec<(PathBuf, Named)>, problems: &mut Vec<Problem>) {
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) => {
                problems.push(Problem {
                    path: Some(shown(&folder)),
                    line: None,
                    message: format!("the folder cannot be read: {e}"),
                    hint: Some("check its permissions".to_owned()),
                    count: 1,
                });
                continue;
            }
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                if !name.starts_with('.') && !SKIPPED.contains(&name.as_str()) {
                    open.push(entry.path());
                }
            } else if is_sql(&name) || is_marker(&shown(&entry.path())) {
                found.push((entry.path(), Named::InAFolder));
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
}

/// How many folders above a file are looked into for markers.
const ABOVE: usize = 8;

/// The markers in the folders of the files and in those above.
fn markers_beside(found: &mut Found) {
    let mut folders: Vec<PathBuf> = found
        .sources
        .iter()
        .filter(|source| source.path != "-")
        .filter_map(|source| Path::new(&source.path).parent())
        .flat_map(|folder| folder.ancestors().take(ABOVE).map(Path::to_owned))
        .collect();
    if folders.iter().any(|folder| folder.is_relative()) {
        folders.extend(["..", "../.."].map(PathBuf::from));
    }
    folders.sort();
    folders.dedup();
    let mut known: BTreeSet<String> = found.markers.iter().map(|marker| marker.path.clone()).collect();
    for folder in folders {
        let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = shown(&entry.path());
            if is_marker(&name)
                && !known.contains(&name)
                && let Ok(bytes) = std::fs::read(entry.path())
            {
                known.insert(name.clone());
                found.markers.push(Source { path: name, text: (*decode(&bytes).0).into() });
            }
        }
    }
}

/// The same for every way to write it that needs no look at the disk.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != Component::CurDir).collect()
}

fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().into_owned();
    text.strip_prefix("./").map_or(text.clone(), str::to_owned)
}
