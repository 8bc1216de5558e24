//! `query/duplicate_column`: a column that INSERT or UPDATE names twice.

use serde::Deserialize;

use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink};
use crate::sql::StatementKind;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        let Some(write) = &cx.facts.write else { return };
        if cx.facts.templated || !matches!(cx.facts.kind, StatementKind::Insert | StatementKind::Update) {
            return;
        }
        // Parts of a column may each be assigned: `SET position.x = 1, position.y = 2`, `SET tags[1] = …, tags[2] = …`.
        let whole = |column: &&String| {
            let assigned = write.assignments.iter().filter(|it| it.columns.contains(column));
            assigned.clone().count() == 0 || assigned.clone().all(|it| is_whole(it.span.of(cx.text)))
        };
        let mut seen = Vec::new();
        for column in &write.columns {
            if seen.contains(&column) {
                if whole(&column)
                    && (cx.facts.kind == StatementKind::Update || is_plain_list(cx.text, write.target_span.end))
                {
                    let place = write.assignments.iter().rfind(|it| it.columns.contains(column));
                    let title = format!("{column} is written twice: Postgres refuses it");
                    let detail =
                        "Each column can be given one value. One of the two names is likely meant to be another.";
                    out.find(Draft::about(cx, title, detail).at(place.map_or(write.target_span, |it| it.span)));
                }
                return;
            }
            seen.push(column);
        }
    }
}

/// What is assigned is a column, and no field or element of it.
fn is_whole(assignment: &str) -> bool {
    let target = assignment.split('=').next().unwrap_or_default();
    !target.contains(['[', '.'])
}

/// The parenthesis after the target names columns without fields or elements.
fn is_plain_list(text: &str, from: usize) -> bool {
    let list = text.get(from..).and_then(|rest| rest.split(')').next()).unwrap_or_default();
    !list.contains(['[', '.'])
}
