//! How far the reading is, on standard error: bytes, rate, time left. Only on a terminal, and only for work that takes
//! long enough to be wondered about.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::Common;
use crate::workload::pipeline;

/// Work shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(400);

pub struct Progress {
    bar: Option<ProgressBar>,
    started: Instant,
    /// Threads report in any order: the bar only goes forward.
    furthest: AtomicU64,
}

impl Progress {
    /// `total` is the bytes to come, where they are known.
    pub fn new(common: &Common, total: Option<u64>) -> Self {
        let wanted = !common.quiet && !common.no_progress && std::io::stderr().is_terminal();
        Self { bar: wanted.then(|| bar(total)), started: Instant::now(), furthest: AtomicU64::new(0) }
    }
}

/// Work whose length nobody knows, in words.
pub struct Spinner(Option<ProgressBar>);

impl Spinner {
    pub fn new(common: &Common) -> Self {
        let wanted = !common.quiet && !common.no_progress && std::io::stderr().is_terminal();
        Spinner(wanted.then(|| {
            let bar = ProgressBar::new_spinner();
            bar.enable_steady_tick(PATIENCE);
            bar
        }))
    }

    pub fn say(&self, message: &str) {
        tracing::info!("{message}");
        if let Some(bar) = &self.0 {
            bar.set_message(message.to_owned());
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

impl pipeline::Progress for Progress {
    fn at(&self, bytes: u64) {
        let Some(bar) = &self.bar else { return };
        if self.furthest.fetch_max(bytes, Ordering::Relaxed) >= bytes {
            return;
        }
        if bar.is_hidden() && self.started.elapsed() > PATIENCE {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        bar.set_position(bytes);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(total: Option<u64>) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => {
            (ProgressBar::new(total), "reading {bytes} of {total_bytes} [{bar:30}] {bytes_per_sec}, {eta} left")
        }
        None => (ProgressBar::no_length(), "reading {bytes}, {bytes_per_sec}"),
    };
    bar.set_draw_target(ProgressDrawTarget::hidden());
    bar.set_style(ProgressStyle::with_template(template).expect("the template is constant").progress_chars("#-."));
    bar
}
