//! The set that was chosen in; its recommendations, and why a query gets none, out.

use crate::advise::constants::Put;
use crate::advise::index::candidate::Method;
use crate::advise::index::name::Names;
use crate::advise::index::{NewIndex, ddl, effect, reason, table_of};
use crate::advise::{id, impact};
use crate::catalog::access::{Inverted, quote_table};
use crate::catalog::model::{Index, TableKind, TableName};
use crate::report::model::{Applicability, Recommendation, RecommendationKind, SqlPart, VerifiedBy};
use crate::report::units;
use crate::rules::context::WorkloadCx;
use crate::workload::model::QueryIndex;

use super::{Chosen, Outcome, Risk, benefit};

/// Each index of the set with its recommendation, the one that saves most first.
pub fn recommendations(outcome: &Outcome, cx: &WorkloadCx<'_>, names: &mut Names) -> Vec<(NewIndex, Recommendation)> {
    outcome
        .chosen
        .iter()
        .map(|chosen| {
            let name = names.choose(&chosen.candidate);
            let recommendation = recommendation(chosen, &name, outcome, cx, names);
            let index = NewIndex { candidate: chosen.candidate.clone(), name, drafts: Default::default() };
            (index, recommendation)
        })
        .collect()
}

/// Why the set has nothing for a query; `None` when it has, or the planner was not asked about it.
pub fn refusals(outcome: &Outcome, query: QueryIndex) -> Option<String> {
    if let Some((_, reason)) = outcome.unserved.iter().find(|(known, _)| *known == query) {
        return Some(format!("no index is advised: {reason}"));
    }
    let judged = outcome.queries.iter().find(|judged| judged.query == query)?;
    if outcome.chosen.iter().any(|chosen| chosen.serves.iter().any(|service| service.query == query)) {
        return None;
    }
    Some(if judged.bound < judged.base * 0.9 {
        format!(
            "no index for it is in the set: {} others save the workload more, or it costs more to keep than it saves (with every \
             candidate its planner cost would be {} instead of {})",
            outcome.chosen.len(),
            units::figure(judged.bound),
            units::figure(judged.base)
        )
    } else {
        "no index is advised: the planner was asked, and none of those that were tried makes it cheaper".to_owned()
    })
}

fn recommendation(
    chosen: &Chosen,
    name: &str,
    outcome: &Outcome,
    cx: &WorkloadCx<'_>,
    names: &mut Names,
) -> Recommendation {
    let candidate = &chosen.candidate;
    let table = table_of(&candidate.table, cx);
    let queries: Vec<QueryIndex> = chosen.serves.iter().map(|service| service.query).collect();
    let written = ddl::write(candidate, name, cx.catalog, names);
    let mut more_sql = written.more;
    more_sql.extend(reason::made_redundant(candidate, table));
    let undo = reason::undo(candidate, table, written.undo);
    let calls = |query: QueryIndex| cx.workload.queries.get(query).map_or(1, |known| known.calls.max(1)) as f64;
    let sum = |cost: fn(&super::Service) -> f64| {
        chosen.serves.iter().map(|service| cost(service) * calls(service.query)).sum::<f64>()
    };
    let proven = !chosen.estimated && chosen.assumed.is_empty();
    let how = if proven { VerifiedBy::Hypopg } else { VerifiedBy::Estimate };
    let partitioned = table.is_some_and(|table| table.kind == TableKind::Partitioned);
    let sure = !chosen.estimated && !partitioned && chosen.assumed.is_empty();
    Recommendation {
        id: id(RecommendationKind::CreateIndex, &written.create),
        kind: RecommendationKind::CreateIndex,
        title: format!("Create an index on {} {}", candidate.table.name, ddl::definition(candidate)).into(),
        detail: detail(chosen, outcome, cx, &more_sql).into(),
        sql: written.create,
        more_sql,
        applicability: if sure { Applicability::Machine } else { Applicability::Review },
        lock: Some(written.lock.to_owned()),
        undo: Some(undo),
        verified_by: how,
        before: Some(sum(|service| service.without)),
        after: Some(sum(|service| service.with)),
        unit: "planner cost".into(),
        queries: impact::fingerprints(&queries, cx.workload),
        size_bytes: chosen.size.map(|size| size.bytes),
        cost: effect::cost(candidate, cx),
        impact_ms_per_day: impact::per_day_ms(chosen.gain_ms * 1000.0, cx.workload),
        edits: Vec::new(),
        range: if proven { benefit::range(&chosen.serves, cx) } else { None },
    }
}

fn detail(chosen: &Chosen, outcome: &Outcome, cx: &WorkloadCx<'_>, more: &[SqlPart]) -> String {
    let mut said: Vec<String> = chosen.assumed.iter().map(assumption).collect();
    let share = chosen.gain_ms / outcome.base_ms.max(f64::MIN_POSITIVE) * 100.0;
    let others = outcome.chosen.len() - 1;
    let beside = match others {
        0 => String::new(),
        1 => " beside the other index".to_owned(),
        _ => format!(" beside the {others} other indexes"),
    };
    if chosen.estimated {
        let method = match chosen.candidate.method {
            Method::Btree => "indexes on this expression".to_owned(),
            other => format!("{} indexes", other.name()),
        };
        said.push(format!(
            "HypoPG does not know {method}, so the planner could not be asked: the effect (about {share:.1} % of the workload's \
             planner cost) is our own estimate."
        ));
    } else {
        said.push(format!("It takes {share:.1} % off the planner cost of the whole workload{beside}."));
    }
    for service in chosen.serves.iter().take(5) {
        let Some(query) = cx.workload.queries.get(service.query) else { continue };
        let both = service.base - service.without > service.base * 0.001;
        let with_others = if both { " (part of it by the others)" } else { "" };
        said.push(format!(
            "Query {}: {} -> {}{with_others}.",
            query.fingerprint,
            units::figure(service.base),
            units::figure(service.with)
        ));
    }
    if chosen.serves.len() > 5 {
        said.push(format!("It serves {} more queries.", chosen.serves.len() - 5));
    }
    if let Some(size) = chosen.size.filter(|size| size.most as f64 > size.bytes as f64 * 1.3) {
        said.push(format!("Size: {} to {}.", units::bytes(size.least), units::bytes(size.most)));
    }
    if let Some(predicate) = &chosen.candidate.predicate {
        said.push(format!(
            "Only rows with {predicate} are indexed: it serves only queries with that condition in their text."
        ));
    }
    if chosen.upkeep_ms > chosen.gain_ms * 0.01 && !chosen.candidate.served.is_empty() && chosen.upkeep_ms > 1.0 {
        said.push(format!("Writing it is charged with {}.", units::duration(chosen.upkeep_ms)));
    }
    match chosen.candidate.method {
        Method::Gin => {
            said.push("A GIN index is dearer to write than a btree; see fastupdate if writes matter.".into())
        }
        Method::Brin => said.push("The table is stored in this order, so block ranges are enough.".into()),
        Method::Btree | Method::Gist => {}
    }
    let unknown = |one: &Inverted| one.unknown_pattern && chosen.candidate.keys.iter().any(|key| key.key == one.key);
    if chosen.candidate.served.iter().any(|served| served.access.inverted.iter().any(unknown)) {
        said.push("The patterns are not known: it helps where they have three letters or digits in a row.".to_owned());
    }
    said.extend(in_place_of(chosen, cx, more));
    said.extend(chosen.risks.iter().filter_map(|risk| in_doubt(risk, cx)));
    said.extend(reason::unfinished(&chosen.candidate));
    said.join(" ")
}

fn assumption(put: &Put) -> String {
    format!(
        "Assumed: {} in `{}` is not in what was read (pg_stat_statements does not keep constants); {}. Compare it with the application before you \
         build the index: with another constant it serves nothing.",
        put.literal, put.expression, put.why
    )
}

/// How much more room it takes than the indexes that it replaces.
fn in_place_of(chosen: &Chosen, cx: &WorkloadCx<'_>, more: &[SqlPart]) -> Option<String> {
    let table = table_of(&chosen.candidate.table, cx)?;
    let dropped = |index: &&Index| {
        let name = TableName { schema: chosen.candidate.table.schema.clone(), name: index.name.clone() };
        more.iter().any(|part| part.sql == format!("DROP INDEX CONCURRENTLY {};", quote_table(&name)))
    };
    let old: Vec<&Index> = table.indexes.iter().filter(dropped).collect();
    let names: Vec<&str> = old.iter().map(|index| index.name.as_str()).collect();
    let known = old.iter().map(|index| index.bytes()).sum::<Option<u64>>().zip(chosen.size);
    let than = known.map_or(String::new(), |(bytes, size)| {
        let (more, word) =
            if size.bytes >= bytes { (size.bytes - bytes, "larger") } else { (bytes - size.bytes, "smaller") };
        format!(", and is {} {word} than what it replaces ({})", units::bytes(more), units::bytes(bytes))
    });
    (!old.is_empty()).then(|| format!("It does the work of {}{than}.", names.join(", ")))
}

fn in_doubt(risk: &Risk, cx: &WorkloadCx<'_>) -> Option<String> {
    let query = cx.workload.queries.get(risk.query)?;
    Some(format!(
        "Try it on a copy first (--verify): in query {} the planner now looks {} up row by row (nested loop), which it did not before, \
         because it expects {} rows, an estimate made of {} selectivities; with more than {} times as many the query becomes slower \
         than it is.",
        query.fingerprint,
        risk.table,
        units::figure(risk.rows),
        risk.guesses,
        units::figure(risk.margin)
    ))
}
