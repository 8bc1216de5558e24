//! The way in: bytes of a file, a pipe or the clipboard in; [`Plan`]s out.

use super::document::Document;
use super::model::{Format, Plan, Warning};
use super::{present, structured, text};

/// Everything that an input holds.
#[derive(Debug, Default)]
pub struct Reading {
    /// In the order of the input.
    pub plans: Vec<Plan>,
    /// What the input as a whole is or lacks: not a plan, ignored text.
    pub warnings: Vec<Warning>,
}

/// Reads EXPLAIN output of any format and presentation. Never fails: what is no plan is a warning.
pub fn read(input: &[u8]) -> Reading {
    let (decoded, damaged) = present::decode::decode(input);
    let (mut plans, mut unreadable) = (Vec::new(), Vec::new());
    let mut warnings = present::documents(&decoded, |document| {
        let before = plans.len();
        match document.format {
            Format::Text => plans.extend(text::parse(&document)),
            Format::Json | Format::Yaml | Format::Xml => plans.extend(structured::parse(&document)),
        }
        if plans.len() == before {
            unreadable.push(unread(&document));
        }
    });
    warnings.extend(unreadable);
    warnings.extend(damaged);
    warnings.sort();
    Reading { plans: once(plans), warnings }
}

/// A root whose line stands twice, and so seems to be a plan of its own, is one plan with a warning.
fn once(plans: Vec<Plan>) -> Vec<Plan> {
    if !plans.windows(2).any(|pair| repeats(&pair[0], &pair[1])) {
        return plans;
    }
    let mut kept: Vec<Plan> = Vec::with_capacity(plans.len());
    for mut plan in plans {
        let repeats = kept.last().is_some_and(|above| repeats(above, &plan));
        if let Some(above) = kept.pop_if(|_| repeats) {
            let hint = "Paste the plan again as the server printed it.";
            plan.warnings.insert(0, Warning::new(above.line, "the first line of the plan was repeated", hint));
        }
        kept.push(plan);
    }
    kept
}

fn repeats(above: &Plan, plan: &Plan) -> bool {
    let ([alone], Some(root)) = (above.nodes.as_slice(), plan.nodes.first()) else { return false };
    // A plan of one line has no figures to be told by, and is no part of another.
    let may = alone.estimate.is_some() && alone.properties.is_empty() && above.execution_ms.is_none();
    may && alone.estimate == root.estimate && alone.actual == root.actual && alone.describe() == root.describe()
}

fn unread(document: &Document<'_>) -> Warning {
    let format = match document.format {
        Format::Text => "text",
        Format::Json => "JSON",
        Format::Yaml => "YAML",
        Format::Xml => "XML",
    };
    Warning::new(
        document.lines.of(0),
        format!("this looks like a plan in {format} but cannot be read"),
        "Paste the whole output of EXPLAIN as text.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_and_bad_input_come_through_one_door() {
        let text = read(b"Seq Scan on a  (cost=0.00..1.00 rows=1 width=4)\n");
        assert_eq!((text.plans.len(), text.warnings.len()), (1, 0));
        let json = read(b"[{\"Plan\": {\"Node Type\": \"Result\"}}]");
        assert_eq!((json.plans.len(), json.warnings.len()), (1, 0));
        let nothing = read(b"");
        assert_eq!((nothing.plans.len(), nothing.warnings.len()), (0, 1));
    }
}
