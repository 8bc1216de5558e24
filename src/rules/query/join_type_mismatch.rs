//! `query/join_type_mismatch`: columns of different types joined, so that one is cast for every row and its index is out of use.

use serde::Deserialize;

use crate::catalog::types::{IndexUse, compare};
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink, documented};
use crate::rules::{QueryRule, scope, walk};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_rows: u64,
}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for (block, predicate) in walk::predicates(cx.facts) {
            let Some((left, right)) = scope::equality(predicate) else { continue };
            let (Some(left), Some(right)) = (scope::plain_column(left), scope::plain_column(right)) else { continue };
            let (Some(left), Some(right)) = (scope::resolve(cx, block, left), scope::resolve(cx, block, right)) else {
                continue;
            };
            if left.at == right.at {
                continue;
            }
            for (own, other) in [(&left, &right), (&right, &left)] {
                let lost = compare(&own.column.type_name, &other.column.type_name) == IndexUse::LosesIndex;
                if !lost
                    || !scope::has_index_on(own.table, &own.column.name)
                    || scope::is_small(own.table, self.min_rows)
                    || scope::narrowed_otherwise(cx, own.at, predicate.span)
                {
                    continue;
                }
                let name = |known: &crate::catalog::resolve::Resolved<'_>| {
                    format!("{}.{}", known.table_name.name, known.column.name)
                };
                let title = format!(
                    "{} and {} differ in type: the join cannot use the index on {}",
                    name(own),
                    name(other),
                    name(own)
                );
                let detail = format!(
                    "There is no operator between {} and {} that the index knows, so {} is cast for every row. Give both columns \
                     the same type (a foreign key takes that of the key it refers to).",
                    own.column.type_name,
                    other.column.type_name,
                    name(own)
                );
                let draft = Draft::about(cx, title, detail).at(predicate.span);
                let draft = draft.evidence(documented(name(own), own.column.type_name.clone()));
                out.find(draft.evidence(documented(name(other), other.column.type_name.clone())));
                break;
            }
        }
    }
}
