//! `timestamp` and `timestamptz` under `timezone = UTC`: the stored bytes are the same, and no row is written.

use crate::rules::draft::Advice;
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::model::Expr;

use super::steps;
use super::type_change_rewrite::Change;

/// Whether the session's time zone makes the change free (`TimestampTimestampTzRequiresRewrite`, Postgres 12): the statement
/// converts between the two, writes no expression, and no index over the column has to be built again.
pub(super) fn keeps_rows(cx: &StatementCx<'_>, change: &Change<'_>) -> bool {
    let zone = cx.lived.settings.get("timezone").map(|zone| zone.to_ascii_uppercase());
    let utc = zone.is_some_and(|zone| ["UTC", "ETC/UTC", "GMT", "ETC/GMT", "UCT", "ZULU"].contains(&zone.as_str()));
    utc && converts(change) && !indexed(cx, change)
}

fn converts(change: &Change<'_>) -> bool {
    let kind = |canonical: &str| {
        let (base, precision) = match canonical.split_once('(') {
            Some((base, rest)) => {
                (format!("{base}{}", rest.split_once(')').map_or("", |(_, tail)| tail)), rest.split(')').next())
            }
            None => (canonical.to_owned(), None),
        };
        let precision = precision.and_then(|text| text.parse::<u8>().ok()).unwrap_or(6);
        let zoned = match base.as_str() {
            "timestamp with time zone" => true,
            "timestamp without time zone" => false,
            _ => return None,
        };
        Some((zoned, precision))
    };
    let plain = |using: &Expr| using.text.trim().trim_matches('"') == change.column.text;
    let from = change.known.and_then(|column| kind(&column.type_name));
    match (from, kind(&change.to.canonical)) {
        (Some((from, had)), Some((to, has))) => from != to && had <= has && change.using.is_none_or(plain),
        _ => false,
    }
}

fn indexed(cx: &StatementCx<'_>, change: &Change<'_>) -> bool {
    let mentions = |text: &str| crate::catalog::expression::mentions(text, &change.column.text);
    cx.replay.table(&change.alter.name).is_some_and(|(_, table)| {
        table.indexes.iter().any(|index| {
            index.keys.iter().any(|key| mentions(&key.text)) || index.predicate.as_deref().is_some_and(mentions)
        })
    })
}

/// For columns that hold times of UTC, as most do.
pub(super) fn advice(cx: &StatementCx<'_>, change: &Change<'_>) -> Option<Advice> {
    if !converts(change) || indexed(cx, change) {
        return None;
    }
    let scope = if cx.in_transaction() { "SET LOCAL" } else { "SET" };
    let sql = format!("{scope} timezone = 'UTC';\n{};", cx.text.trim_end());
    let detail = "Only if the column holds times of UTC: then the stored values stay the same, and the server knows it while the session's \
                  time zone is UTC. No row is written.";
    Some(steps::split("Change it while the session's time zone is UTC", detail, sql, Vec::new()))
}
