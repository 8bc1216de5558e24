//! An earlier JSON report in; the findings that it holds are taken out of the new one.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::failure::Failure;
use crate::report::model::Report;

pub fn forget(report: &mut Report, path: &Path) -> Result<(), Failure> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|e| {
        Failure::new(format!("cannot read the baseline {name}: {e}"), "sqlsift lint … -o json=FILE makes one")
    })?;
    let before: Report = serde_json::from_str(&text).map_err(|e| {
        Failure::new(format!("{name} is no JSON report of sqlsift: {e}"), "sqlsift lint … -o json=FILE makes one")
    })?;
    // Ids do not hold lines: alike statements of one file are told apart by their number only.
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    before.findings.iter().for_each(|finding| *known.entry(&finding.id).or_default() += 1);
    let all = report.findings.len();
    report.findings.retain(|finding| match known.get_mut(finding.id.as_str()) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    });
    report.coverage.known_findings = (all - report.findings.len()) as u64;
    super::report::forget_unasked(report);
    Ok(())
}
