//! Costs a day as a reader should take them: over a long input as they are, over a short one as what was observed.

use crate::report::model::Report;
use crate::report::units;

const HOUR_S: f64 = 3_600.0;
const DAY_S: f64 = 86_400.0;

#[derive(Clone, Copy, Debug)]
pub enum Rate {
    Day,
    /// The input covers this many seconds only: too few to speak of a day.
    Input(f64),
}

impl Rate {
    pub fn of(report: &Report) -> Self {
        match report.workload.window_seconds {
            Some(seconds) if seconds < HOUR_S => Rate::Input(seconds),
            _ => Rate::Day,
        }
    }

    pub fn say(self, ms_per_day: f64) -> String {
        match self {
            Rate::Day => format!("{} a day", units::duration(ms_per_day)),
            Rate::Input(seconds) => units::duration(ms_per_day * seconds / DAY_S),
        }
    }

    pub fn note(self) -> &'static str {
        match self {
            Rate::Day => "dearest first; the cost is the observed time at the same rate for a day",
            Rate::Input(_) => "dearest first; the cost is the time observed in the input",
        }
    }
}
