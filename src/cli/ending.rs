//! A report and `--fail-on` in; what the command ends with out.

use super::Ending;
use super::args::FailOn;
use crate::report::model::{Report, Severity};

pub fn of(report: &Report, fail_on: FailOn) -> Ending {
    let least = match fail_on {
        FailOn::None => return Ending::Clean,
        FailOn::Info => Severity::Info,
        FailOn::Warning => Severity::Warning,
        FailOn::Error => Severity::Error,
    };
    if report.findings.iter().any(|f| f.severity >= least) { Ending::Found } else { Ending::Clean }
}
