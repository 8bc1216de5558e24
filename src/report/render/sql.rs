//! A report in; the statements that it recommends to run, as a script, out.

use crate::report::model::{Applicability, RecommendationKind, Report};

/// Statements about indexes, in the order of the report. What must be read before it is run is commented out.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    for recommendation in &report.recommendations {
        let runs = matches!(recommendation.kind, RecommendationKind::CreateIndex | RecommendationKind::DropIndex);
        if !runs || recommendation.sql.is_empty() {
            continue;
        }
        out.push_str(&format!("-- {}\n", line(&recommendation.title)));
        if let Some(undo) = &recommendation.undo {
            out.push_str(&format!("-- undo: {}\n", line(undo)));
        }
        let (before, after): (Vec<_>, Vec<_>) = recommendation.more_sql.iter().partition(|part| part.label == "before");
        let sketch = recommendation.applicability == Applicability::Sketch;
        let drops = recommendation.kind == RecommendationKind::DropIndex;
        let mut add = |sql: &str, aside: bool| {
            for text in sql.lines() {
                out.push_str(if aside { "-- " } else { "" });
                out.push_str(text);
                out.push('\n');
            }
        };
        before.iter().for_each(|part| add(&part.sql, sketch));
        add(&recommendation.sql, sketch || drops);
        for part in after {
            add(&format!("-- {}", line(&part.label)), false);
            // Dropping what a new index replaces is for later, when it has proved itself.
            add(&part.sql, sketch || part.sql.starts_with("DROP"));
        }
        out.push('\n');
    }
    out
}

fn line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}
