//! Edits as SARIF's fixes (§3.55): in go recommendations, out go replacements of regions. An edit whose text is not at hand
//! is left out: its bytes cannot be turned into lines.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{artifact, region};
use crate::report::escape;
use crate::report::model::Recommendation;
use crate::report::source::Sources;

pub fn of(recommendations: &[&Recommendation], sources: &Sources<'_>) -> Vec<Value> {
    recommendations.iter().filter_map(|r| fix(r, sources)).collect()
}

/// All edits of a recommendation or none.
fn fix(recommendation: &Recommendation, sources: &Sources<'_>) -> Option<Value> {
    let mut by_path: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for edit in &recommendation.edits {
        let source = sources.get(&edit.path)?;
        let (start, end) = (usize::try_from(edit.start).ok()?, usize::try_from(edit.end).ok()?);
        source.text.get(start..end)?;
        let replacement = json!({
            "deletedRegion": region(&source.location(&edit.path, start, end)),
            "insertedContent": { "text": edit.text },
        });
        by_path.entry(&edit.path).or_default().push(replacement);
    }
    if by_path.is_empty() {
        return None;
    }
    let changes: Vec<Value> = by_path
        .into_iter()
        .map(|(path, replacements)| json!({ "artifactLocation": artifact(path), "replacements": replacements }))
        .collect();
    Some(json!({ "description": { "text": escape::line(&recommendation.title) }, "artifactChanges": changes }))
}
