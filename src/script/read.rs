//! Texts of files in, scripts in the order in which they run out.

use std::sync::mpsc::{Receiver, channel};

use rayon::Scope;
use rayon::prelude::*;

use super::detect::{self, Known};
use super::layout;
use super::markers::Markers;
use super::model::{Framework, Kind, Script, Wrapping};
use super::order::order;
use super::reader::Reader;
use super::text::FileText;

/// A file that was found.
#[derive(Clone, Debug)]
pub struct Source {
    pub path: String,
    pub text: FileText,
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

/// Of text. The statements read from it take some twenty times as much.
const WINDOW_BYTES: usize = 16 << 10;

struct Job {
    source: Source,
    known: Option<Known>,
}

/// Files in the order in which they run ([`order`]), known for what they are and not yet read.
pub struct Queue<'m> {
    jobs: Vec<Job>,
    markers: Markers<'m>,
    options: Options,
}

/// Reads every source; `markers` are the small files beside them by which frameworks are known.
pub fn scripts(sources: Vec<Source>, markers: &[Source], options: Options) -> Vec<Script> {
    let Queue { jobs, markers, options } = Queue::new(sources, markers, options);
    let mut scripts = read(jobs, &markers, options);
    layout::check(&mut scripts);
    scripts
}

impl<'m> Queue<'m> {
    pub fn new(mut sources: Vec<Source>, markers: &'m [Source], options: Options) -> Self {
        sources.sort_by(|a, b| order(&a.path, &b.path));
        let markers = Markers::new(markers);
        let texts: Vec<Option<Known>> = sources.par_iter().map(|source| detect::by_text(&source.text)).collect();
        let paths: Vec<&str> = sources.iter().map(|source| source.path.as_str()).collect();
        let known = detect::all(&paths, &markers, &texts);
        let jobs = sources.into_iter().zip(known).map(|(source, known)| Job { source, known }).collect();
        Queue { jobs, markers, options }
    }

    pub fn paths(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator {
        self.jobs.iter().map(|job| job.source.path.as_str())
    }

    /// Reads the files window by window, the next while `look` is at one. What it has looked at comes back without its statements, but
    /// for queries, which meet the database as all migrations leave it, and without its text, unless that is kept.
    pub fn look(self, keeps_text: impl Fn(&Script) -> bool, mut look: impl FnMut(&[Script])) -> Vec<Script> {
        let Queue { jobs, markers, options } = self;
        let mut all = Vec::with_capacity(jobs.len());
        let mut looked_at = |scripts: Vec<Script>| {
            look(&scripts);
            all.extend(scripts.into_iter().map(|script| looked_at_once(script, &keeps_text)));
        };
        let mut windows = windows(jobs).into_iter();
        // Where there is one thread it cannot look while it reads.
        if windows.len() <= 1 || rayon::current_num_threads() == 1 {
            windows.for_each(|jobs| looked_at(read(jobs, &markers, options)));
        } else {
            // One window is being read and one looked at: no more wait between them. The threads that read are those that are there
            // anyway, because each has its own share of memory.
            rayon::in_place_scope(|scope| {
                let mut next = ahead(windows.next(), scope, &markers, options);
                // Without an answer the reading has failed, which the scope tells.
                while let Some(Ok(scripts)) = next.take().map(|next| next.recv()) {
                    next = ahead(windows.next(), scope, &markers, options);
                    looked_at(scripts);
                }
            });
        }
        layout::check(&mut all);
        all
    }
}

/// Begins to read a window.
fn ahead<'s>(
    window: Option<Vec<Job>>,
    scope: &Scope<'s>,
    markers: &'s Markers<'s>,
    options: Options,
) -> Option<Receiver<Vec<Script>>> {
    let window = window?;
    let (sender, receiver) = channel();
    scope.spawn(move |_| {
        // An error tells that nobody listens any more.
        let _ = sender.send(read(window, markers, options));
    });
    Some(receiver)
}

fn windows(jobs: Vec<Job>) -> Vec<Vec<Job>> {
    let mut windows: Vec<Vec<Job>> = Vec::new();
    let mut left = 0;
    for job in jobs {
        let size = job.source.text.len();
        match windows.last_mut() {
            Some(window) if size <= left => {
                left -= size;
                window.push(job);
            }
            _ => {
                left = WINDOW_BYTES.saturating_sub(size);
                windows.push(vec![job]);
            }
        }
    }
    windows
}

fn looked_at_once(mut script: Script, keeps_text: impl Fn(&Script) -> bool) -> Script {
    if script.kind != Kind::Queries {
        if !keeps_text(&script) {
            script.text = FileText::default();
        }
        let statements = std::mem::take(&mut script.statements);
        // Giving back thousands of small pieces takes time, and nobody waits for it here; a thread that is alone would never come to it.
        if rayon::current_num_threads() > 1 {
            rayon::spawn(move || drop(statements));
        }
    }
    script
}

fn read(jobs: Vec<Job>, markers: &Markers<'_>, options: Options) -> Vec<Script> {
    let size = jobs.len().div_ceil(rayon::current_num_threads() * 4).clamp(1, BATCH);
    let read = |batch: Vec<Job>| {
        let mut reader = Reader::default();
        for Job { source, known } in batch {
            reader.read(source, known, markers, options);
        }
        reader.finish()
    };
    batches(jobs, size).into_par_iter().flat_map_iter(read).collect()
}

fn batches(mut jobs: Vec<Job>, size: usize) -> Vec<Vec<Job>> {
    let mut batches = Vec::new();
    while !jobs.is_empty() {
        let rest = jobs.split_off(size.min(jobs.len()));
        batches.push(std::mem::replace(&mut jobs, rest));
    }
    batches
}

#[cfg(test)]
mod tests;
