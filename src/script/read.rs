//! Texts of files in, scripts in the order in which they run out.

use rayon::prelude::*;

use super::detect::{self, Known};
use super::layout;
use super::markers::Markers;
use super::model::{Framework, Script, Wrapping};
use super::order::order;
use super::reader::Reader;

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
    /// How the tool sends statements, where the user knows better than the framework's habit.
    pub wrapping: Option<Wrapping>,
}

/// Files whose queries are parsed on one thread: starting it costs more than a small file.
const BATCH: usize = 64;

/// Reads every source; `markers` are the small files beside them by which frameworks are known. The scripts come in the
/// order in which they run ([`order`]).
pub fn scripts(mut sources: Vec<Source>, markers: &[Source], options: Options) -> Vec<Script> {
    sources.sort_by(|a, b| order(&a.path, &b.path));
    let markers = Markers::new(markers);
    let texts: Vec<Option<Known>> = sources.par_iter().map(|source| detect::by_text(&source.text)).collect();
    let paths: Vec<&str> = sources.iter().map(|source| source.path.as_str()).collect();
    let known = detect::all(&paths, &markers, &texts);
    let size = sources.len().div_ceil(rayon::current_num_threads() * 4).clamp(1, BATCH);
    let mut jobs: Vec<(Source, Option<Known>)> = sources.into_iter().zip(known).collect();
    let mut batches = Vec::new();
    while !jobs.is_empty() {
        let rest = jobs.split_off(size.min(jobs.len()));
        batches.push(std::mem::replace(&mut jobs, rest));
    }
    let read = |batch: Vec<(Source, Option<Known>)>| {
        let mut reader = Reader::default();
        for (source, known) in batch {
            reader.read(source, known, &markers, options);
        }
        reader.finish()
    };
    let mut scripts: Vec<Script> = batches.into_par_iter().flat_map_iter(read).collect();
    layout::check(&mut scripts);
    scripts
}

#[cfg(test)]
mod tests;
