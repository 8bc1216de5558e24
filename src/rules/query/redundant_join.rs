//! `query/redundant_join`: a join that neither adds nor takes away a row nor gives a column, with the constraint that proves it.
//! Silent wherever the proof fails: see `join_proof`.

use serde::Deserialize;

use crate::catalog::access::quote_ident;
use crate::report::model::{Confidence, Severity};
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, documented};
use crate::rules::{rewrite, scope};
use crate::sql::StatementKind;
use crate::sql::facts::{Block, Join, Output, Relation};

use super::join_proof::{ByForeignKey, by_foreign_key, by_unique_key};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        if !matches!(cx.facts.kind, StatementKind::Select | StatementKind::Insert) || cx.catalog.is_none() {
            return;
        }
        for (index, block) in cx.facts.blocks.iter().enumerate() {
            if can_be_judged(block) {
                out.drafts.extend((0..block.sources.len()).filter_map(|source| judge(cx, index, block, source)));
            }
        }
    }
}

/// `*` fetches from every source; a lock is taken on every source; RIGHT, FULL, NATURAL and USING change what names and rows
/// mean.
fn can_be_judged(block: &Block) -> bool {
    let unusual =
        |s: &crate::sql::facts::Source| matches!(s.join, Join::Right | Join::Full) || s.natural || !s.using.is_empty();
    block.sources.len() > 1
        && block.locking.is_none()
        && !block.projection.iter().any(|output| matches!(output, Output::Star { qualifier: None, .. }))
        && !block.sources.iter().any(unusual)
}

fn judge(cx: &QueryCx<'_>, index: usize, block: &Block, source: usize) -> Option<Draft> {
    let joined = &block.sources[source];
    let Relation::Table(relation) = &joined.relation else { return None };
    if is_used_whole(cx.text, &joined.alias) {
        return None;
    }
    let fetched = |output: &Output| matches!(output, Output::Star { qualifier: Some(q), .. } if *q == joined.alias);
    if block.projection.iter().any(fetched) {
        return None;
    }
    if joined.join == Join::Left {
        return by_unique_key(cx, index, block, source).map(|proof| left(cx, source, block, &relation.name, &proof));
    }
    by_foreign_key(cx, index, block, source).map(|proof| inner(cx, block, source, &relation.name, &proof))
}

/// `alias.*`, as an output or an argument (`count(c.*)`), takes every column without naming one.
fn is_used_whole(text: &str, alias: &str) -> bool {
    let tokens = crate::sql::Lexer::new(text.as_bytes()).filter(|token| token.kind != crate::sql::TokenKind::Comment);
    let words: Vec<&str> = tokens.filter_map(|token| text.get(token.start..token.end)).collect();
    words.windows(3).any(|three| {
        let name = three[0].trim_matches('"');
        name.eq_ignore_ascii_case(alias) && three[1] == "." && three[2] == "*"
    })
}

/// Cutting a relation out of a parenthesised join can leave parentheses around a single one, which is no join.
fn is_parenthesised(block: &Block) -> bool {
    block.sources.iter().any(|source| source.nested)
}

fn left(cx: &QueryCx<'_>, source: usize, block: &Block, name: &str, constraint: &str) -> Draft {
    let span = block.sources[source].join_span;
    let draft = Draft::about(
        cx,
        format!("LEFT JOIN {name} gives nothing: no column of it is used and it has one row at most"),
        "The join can neither add nor take away a row, because the key that it joins on is unique, and nothing of it is used. \
         The planner usually leaves it out by itself; reading, planning and the next change of the query get simpler \
         without it.",
    )
    .severity(Severity::Info)
    .at(span)
    .evidence(documented("proved by", constraint.to_owned()));
    if is_parenthesised(block) {
        return draft;
    }
    let sql = rewrite::replace(cx.text, vec![rewrite::instead(span, "")]);
    draft.ask(Ask::Ready(Advice::rewrite(format!("Leave out {name}"), "The same rows.", sql)))
}

fn inner(cx: &QueryCx<'_>, block: &Block, source: usize, name: &str, proof: &ByForeignKey<'_>) -> Draft {
    let span = block.sources[source].join_span;
    let mut draft = Draft::about(
        cx,
        format!("JOIN {name} gives nothing: the foreign key says that there is exactly one row"),
        "Every row has its partner, because a foreign key says so, and no column of the partner is used but the key, which the \
         row has itself. The planner does not know this: it looks up the partner each time. (Proved for tables whose \
         foreign keys are enforced: not where triggers are disabled or session_replication_role is replica.)",
    )
    .at(span)
    .confidence(match cx.catalog.map(|catalog| &catalog.origin) {
        Some(crate::catalog::model::Origin::Ddl) | None => Confidence::Medium,
        Some(_) => Confidence::High,
    })
    .evidence(documented("proved by", proof.statement.clone()));
    if !proof.nullable.is_empty() {
        draft = draft.severity(Severity::Info).evidence(documented("can be NULL", proof.nullable.join(", ")));
    }
    match without(cx, block, source, proof) {
        Some(sql) => {
            let detail = if proof.nullable.is_empty() {
                "The same rows without the lookup."
            } else {
                "The same rows without the lookup; rows without a partner are left out by the condition instead."
            };
            draft.ask(Ask::Ready(Advice::rewrite(format!("Leave out {name}"), detail, sql)))
        }
        None => draft,
    }
}

/// The statement without the parent; `None` where its place in FROM does not allow to cut it out.
fn without(cx: &QueryCx<'_>, block: &Block, source: usize, proof: &ByForeignKey<'_>) -> Option<String> {
    let joined = &block.sources[source];
    if is_parenthesised(block) {
        return None;
    }
    let mut replacements = Vec::new();
    let cut = if source == 0 {
        // `FROM parent p JOIN child c ON c.fk = p.id`: the child takes the parent's place.
        let child = block.sources.get(1).filter(|child| proof.child == 1 && child.join == Join::Inner)?;
        let only_link = child.on.len() == proof.links.len() && child.on.iter().all(|on| proof.links.contains(&on.span));
        if !only_link {
            return None;
        }
        let span = crate::sql::facts::Span { start: joined.span.start, end: child.join_span.end };
        replacements.push(rewrite::instead(span, child.span.of(cx.text)));
        span
    } else {
        let only_link = joined.join == Join::Inner
            && joined.on.len() == proof.links.len()
            && joined.on.iter().all(|on| proof.links.contains(&on.span));
        if !only_link {
            return None;
        }
        replacements.push(rewrite::instead(joined.join_span, ""));
        joined.join_span
    };
    let child = quote_ident(&block.sources[proof.child].alias);
    for (used, column) in &proof.replaced {
        if used.start < cut.start || used.start >= cut.end {
            replacements.push(rewrite::instead(*used, format!("{child}.{}", quote_ident(column))));
        }
    }
    if !proof.nullable.is_empty() {
        let tests: Vec<String> =
            proof.nullable.iter().map(|column| format!("{child}.{} IS NOT NULL", quote_ident(column))).collect();
        let (first, last) = (block.filters.first()?, block.filters.last()?);
        if matches!(first.test, crate::sql::facts::Test::Or(_)) {
            return None;
        }
        let text = cx.text.get(first.span.start..last.span.end)?;
        if !rewrite::is_balanced(text) {
            return None;
        }
        replacements.push(rewrite::insert(first.span.start, format!("{} AND ", tests.join(" AND "))));
    }
    let sql = rewrite::replace(cx.text, replacements);
    (scope::table_of(cx.catalog?, joined).is_some()).then_some(sql)
}
