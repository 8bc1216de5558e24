//! `migration/newer_syntax`: a clause that the server's version does not know yet.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::{Sink, documented};
use crate::rules::lint::context::StatementCx;
use crate::rules::words::Words;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{Action, ActionKind, BodyForm, ColumnDef, ConstraintBody, ConstraintDef, GeneratedKind};
use crate::sql::facts::Span;

use super::compat::is_conditional;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

/// Words that stand side by side in a statement which begins with others, and the first major that reads them.
struct Clause {
    since: u32,
    begins: &'static [&'static str],
    words: &'static [&'static str],
    said: &'static str,
}

const fn clause(
    since: u32,
    begins: &'static [&'static str],
    words: &'static [&'static str],
    said: &'static str,
) -> Clause {
    Clause { since, begins, words, said }
}

/// `tests/it/live/newer_syntax.txt` has a statement of each, and what servers say of it.
const CLAUSES: &[Clause] = &[
    clause(18, &[], &["not", "enforced"], "NOT ENFORCED"),
    clause(18, &[], &["without", "overlaps"], "WITHOUT OVERLAPS"),
    clause(18, &["analyze", "only"], &["only"], "ANALYZE ONLY"),
    clause(18, &["vacuum", "only"], &["only"], "VACUUM ONLY"),
    clause(18, &[], &["returning", "with", "("], "RETURNING WITH (OLD …, NEW …)"),
    clause(17, &["alter", "table"], &["set", "expression", "as"], "SET EXPRESSION"),
    clause(17, &["alter"], &["set", "statistics", "default"], "SET STATISTICS DEFAULT"),
    clause(17, &["alter"], &["set", "access", "method", "default"], "SET ACCESS METHOD DEFAULT"),
    clause(17, &["grant", "maintain"], &["maintain"], "the privilege MAINTAIN"),
    clause(17, &["merge"], &["not", "matched", "by"], "WHEN NOT MATCHED BY SOURCE"),
    clause(17, &["merge"], &["returning"], "MERGE … RETURNING"),
    clause(17, &[], &["json_table", "("], "JSON_TABLE"),
    clause(16, &[], &["is", "json"], "IS JSON"),
    clause(16, &[], &["is", "not", "json"], "IS JSON"),
    clause(16, &["alter"], &["set", "storage", "default"], "SET STORAGE DEFAULT"),
    clause(16, &["grant"], &["with", "inherit"], "GRANT … WITH INHERIT"),
    clause(15, &[], &["nulls", "not", "distinct"], "NULLS NOT DISTINCT"),
    clause(15, &[], &["unique", "nulls", "distinct"], "NULLS DISTINCT"),
    clause(15, &["merge", "into"], &["merge"], "MERGE"),
    clause(15, &["alter", "table"], &["set", "access", "method"], "SET ACCESS METHOD"),
    clause(15, &["create"], &["with", "(", "security_invoker"], "security_invoker of a view"),
    clause(15, &[], &["on", "delete", "set", "null", "("], "ON DELETE SET NULL (column)"),
    clause(15, &[], &["on", "delete", "set", "default", "("], "ON DELETE SET DEFAULT (column)"),
    clause(15, &["create", "unlogged", "sequence"], &["unlogged"], "an unlogged sequence"),
    clause(15, &["create", "publication"], &["tables", "in", "schema"], "FOR TABLES IN SCHEMA"),
    clause(15, &["grant"], &["on", "parameter"], "GRANT … ON PARAMETER"),
    clause(14, &["create", "or", "replace", "trigger"], &["or", "replace", "trigger"], "CREATE OR REPLACE TRIGGER"),
    clause(14, &["alter"], &["set", "compression"], "SET COMPRESSION"),
    clause(14, &["with"], &["search", "depth", "first"], "SEARCH DEPTH FIRST"),
    clause(14, &["with"], &["search", "breadth", "first"], "SEARCH BREADTH FIRST"),
    clause(14, &[], &["group", "by", "distinct"], "GROUP BY DISTINCT"),
];

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let version = cx.version().0;
        // Nothing in here is newer than the newest.
        if version >= 18 || is_conditional(cx) {
            return;
        }
        let known = cx.ddl().is_some() || cx.facts().is_some();
        let words = Words::of(cx.text);
        let written = known.then(|| by_words(&words)).into_iter().flatten();
        let all = written.chain(cx.ddl().into_iter().flat_map(by_ddl));
        let Some((since, said, span)) = all.filter(|(since, ..)| *since > version).max_by_key(|(since, ..)| *since)
        else {
            return;
        };
        let draft = cx.draft(
            span,
            format!("{said} needs Postgres {since}, this is for {version}"),
            "The server does not know the clause and refuses the whole statement. Write it in a way that this version has, or raise the version \
             (`--pg-version`) where every server that the migration runs on has it.",
        );
        out.find(draft.evidence(documented("since", format!("Postgres {since}"))));
    }
}

fn by_words(words: &Words<'_>) -> Vec<(u32, &'static str, Span)> {
    let is = |at: usize, word: &str| if word == "(" { words.text(at) == "(" } else { words.is(at, word) };
    let stands = |at: usize, list: &[&str]| list.iter().enumerate().all(|(after, word)| is(at + after, word));
    let mut found = Vec::new();
    for clause in CLAUSES.iter().filter(|clause| stands(0, clause.begins)) {
        // `t.maintain` is a name.
        let here = (0..words.len()).find(|at| stands(*at, clause.words) && (*at == 0 || words.text(*at - 1) != "."));
        if let Some(at) = here {
            let last = at + clause.words.iter().filter(|word| **word != "(").count().max(1) - 1;
            found.push((clause.since, clause.said, Span { start: words.span(at).start, end: words.span(last).end }));
        }
    }
    found
}

fn by_ddl(ddl: &Ddl) -> Vec<(u32, &'static str, Span)> {
    match ddl {
        Ddl::CreateTable(table) => {
            let columns = table.columns.iter().filter_map(of_column);
            columns.chain(table.constraints.iter().filter_map(of_constraint)).collect()
        }
        Ddl::AlterTable(alter) => alter.actions.iter().filter_map(of_action).collect(),
        Ddl::Routine(routine) => {
            let form = routine.body.as_ref().map(|body| (body.form, body.span));
            match form {
                Some((BodyForm::Atomic, span)) => vec![(14, "BEGIN ATOMIC", span)],
                Some((BodyForm::Return, span)) => vec![(14, "RETURN as a body", span)],
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

fn of_action(action: &Action) -> Option<(u32, &'static str, Span)> {
    match &action.kind {
        ActionKind::AddColumn { column, constraints, .. } => {
            of_column(column).or_else(|| constraints.iter().find_map(of_constraint))
        }
        ActionKind::AddConstraint(def) => of_constraint(def),
        ActionKind::DetachPartition { concurrently: true, .. } => {
            Some((14, "DETACH PARTITION … CONCURRENTLY", action.span))
        }
        ActionKind::DetachPartition { finalize: true, .. } => Some((14, "DETACH PARTITION … FINALIZE", action.span)),
        _ => None,
    }
}

fn of_column(column: &ColumnDef) -> Option<(u32, &'static str, Span)> {
    match column.generated_kind? {
        GeneratedKind::Stored => None,
        GeneratedKind::Virtual => Some((18, "A VIRTUAL generated column", column.span)),
        GeneratedKind::Unsaid => Some((18, "A generated column without STORED", column.span)),
    }
}

fn of_constraint(def: &ConstraintDef) -> Option<(u32, &'static str, Span)> {
    match &def.body {
        ConstraintBody::NotNull(_) => Some((18, "NOT NULL as a constraint of its own", def.span)),
        _ => None,
    }
}
