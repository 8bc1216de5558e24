//! The pages as a recommendation, with the index that they need.

use crate::report::model::{Applicability, Recommendation, RecommendationKind, SqlPart, VerifiedBy};
use crate::rules::context::WorkloadCx;
use crate::sql::facts::{Bound, Facts};
use crate::workload::model::{Query, QueryIndex};

use super::need::{self, Need};
use super::{CursorSql, PageKey, Pages, pages};
use crate::advise::impact;
use crate::advise::index::NewIndex;

/// Keyset pages for a query, or why there are none.
pub fn recommendation(query: QueryIndex, planned: &[NewIndex], cx: &WorkloadCx<'_>) -> Result<Recommendation, String> {
    let known = cx.workload.queries.get(query).ok_or("the query is not in the workload")?;
    let facts = cx.facts.get(query).and_then(Option::as_ref).ok_or("the query was not parsed")?;
    let pages = pages(&known.text, facts, cx.catalog)?;
    let need = need::index_need(&pages, &known.text, facts, planned, cx);
    let mut more_sql = vec![part("first page", &pages.first.sql)];
    more_sql.extend(
        pages.previous.iter().map(|p| part(&label("previous page, rows in reverse order", p, &pages.keys), &p.sql)),
    );
    more_sql.extend(pages.next.iter().skip(1).map(|p| part(&label("next page", p, &pages.keys), &p.sql)));
    if let Need::Create { sql, .. } = &need {
        more_sql.push(part("index", sql));
    }
    more_sql.extend(pages.deferred.as_ref().map(|sql| part("pages by number, if they are a must", sql)));
    let share = skipped_share(known, facts);
    let per_day = |us: f64| impact::per_day_ms(us, cx.workload);
    let total = known.total_us as f64;
    let next = &pages.next[0];
    Ok(Recommendation {
        id: crate::advise::id(RecommendationKind::KeysetPage, &next.sql),
        kind: RecommendationKind::KeysetPage,
        title: format!("Fetch pages by key ({}) instead of by OFFSET", names(&pages.keys)).into(),
        detail: detail(&pages, &need).into(),
        sql: next.sql.clone(),
        more_sql,
        applicability: Applicability::Review,
        lock: None,
        undo: None,
        verified_by: VerifiedBy::Heuristic,
        before: share.and_then(|_| per_day(total)),
        after: share.and_then(|s| per_day(total * (1.0 - s))),
        unit: "ms/day".into(),
        queries: vec![known.fingerprint.to_string()],
        size_bytes: None,
        cost: None,
        impact_ms_per_day: share.and_then(|s| per_day(total * s)),
        edits: Vec::new(),
        range: None,
    })
}

fn part(label: &str, sql: &str) -> SqlPart {
    SqlPart { label: label.to_owned(), sql: sql.to_owned() }
}

fn label(page: &str, sql: &CursorSql, keys: &[PageKey]) -> String {
    let nulls: Vec<&str> =
        keys.iter().zip(&sql.nulls).filter(|(_, null)| **null).map(|(k, _)| k.sql.as_str()).collect();
    if nulls.is_empty() {
        page.to_owned()
    } else {
        format!("{page}, when {} of the cursor is NULL", nulls.join(" and "))
    }
}

fn names(keys: &[PageKey]) -> String {
    keys.iter().map(|k| format!("{}{}", k.sql, if k.descending { " DESC" } else { "" })).collect::<Vec<_>>().join(", ")
}

/// Share of the rows read that only OFFSET asked for: what a page by key does not read.
fn skipped_share(query: &Query, facts: &Facts) -> Option<f64> {
    let offsets = query.offsets.filter(|o| o.calls > 0)?;
    let skipped = offsets.sum as f64 / offsets.calls as f64;
    let page = match facts.limit {
        Some(Bound::Number(n)) => n as f64,
        _ => 50.0,
    };
    Some((skipped / (skipped + page)).min(0.98))
}

fn detail(pages: &Pages, need: &Need) -> String {
    let mut said = vec![
        "OFFSET reads and throws away every row before the page; a cursor starts where the last page ended.".to_owned(),
        cursor(pages),
        match need {
            Need::Exists(name) => format!("The order comes from {name}, which exists."),
            Need::Planned(name) => format!(
                "The order needs the index {name}, which is recommended as well: without it every page reads more than its rows."
            ),
            Need::Create { filtered: Some(name), .. } => format!(
                "The order comes from {name}, which exists, but rows that the WHERE takes away are read on the way: the index \
                 below spares them."
            ),
            Need::Create { .. } => {
                "The order needs the index below: without it every page sorts all rows that the WHERE leaves."
                    .to_owned()
            }
            Need::Impossible => {
                "No single index can give this order, so every page still sorts; it does not repeat or lose rows."
                    .to_owned()
            }
        },
        "Ask for one row more than the page shows to know whether there is a next page; no count is needed.".to_owned(),
        "Rows whose keys change between two pages may move across the cursor.".to_owned(),
    ];
    let added: Vec<&str> = pages.keys.iter().filter(|k| k.tie_breaker).map(|k| k.sql.as_str()).collect();
    if !added.is_empty() {
        said.insert(
            1,
            format!(
                "{} breaks ties: ORDER BY alone does not tell rows apart, so pages could repeat or skip some.",
                added.join(", ")
            ),
        );
    }
    if pages.keys.iter().any(|k| k.nullable) {
        said.push(
            "A key that can be NULL needs other SQL when the cursor holds a NULL: each case is listed.".to_owned(),
        );
    }
    said.join(" ")
}

fn cursor(pages: &Pages) -> String {
    let next = &pages.next[0];
    let places: Vec<String> = pages
        .keys
        .iter()
        .zip(&next.parameters)
        .filter_map(|(key, number)| number.map(|n| format!("${n} is {}", key.output)))
        .collect();
    format!("Of the last row shown, {} (for the previous page: of the first row).", places.join(", "))
}
