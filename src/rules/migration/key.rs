//! A key to be added in; out: its index built CONCURRENTLY before, and taken over.

use crate::catalog::model::TableKind;
use crate::effect::LockMode;
use crate::report::model::Applicability;
use crate::rules::draft::Advice;
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::model::{Action, ActionKind, AlterTable, ConstraintDef, KeyDef};

use super::steps::{LATER, Step, named, not_null_steps, spelled, split, without};

/// A UNIQUE or PRIMARY KEY clause of ALTER TABLE.
pub struct Key<'a> {
    pub alter: &'a AlterTable,
    pub action: &'a Action,
    pub def: &'a ConstraintDef,
    pub key: &'a KeyDef,
    /// `UNIQUE` or `PRIMARY KEY`.
    pub word: &'static str,
    /// What Postgres ends the name of an unnamed one with.
    pub suffix: &'static str,
}

/// `None` for a partitioned table, which takes no index over, and for WITHOUT OVERLAPS, which is no plain unique index
/// (documentation, ALTER TABLE … ADD table_constraint_using_index).
pub fn index_first(cx: &StatementCx<'_>, key: &Key<'_>) -> Option<Advice> {
    let known = cx.replay.table(&key.alter.name).map(|(_, table)| table);
    if key.key.without_overlaps || known.is_some_and(|table| table.kind == TableKind::Partitioned) {
        return None;
    }
    let table = spelled(cx, &key.alter.name);
    let bare = key.alter.name.name.as_str();
    let joined = key.key.columns.iter().map(|column| column.text.as_str()).collect::<Vec<_>>().join("_");
    let name = match (&key.def.name, key.suffix) {
        (Some(name), _) => name.span.of(cx.text).to_owned(),
        (None, "pkey") => named(&[bare, "pkey"]),
        (None, suffix) => named(&[bare, &joined, suffix]),
    };
    let list = |names: &[crate::sql::ddl::model::Name]| {
        names.iter().map(|name| name.span.of(cx.text)).collect::<Vec<_>>().join(", ")
    };
    let include = match key.key.include.as_slice() {
        [] => String::new(),
        columns => format!(" INCLUDE ({})", list(columns)),
    };
    let nulls = if key.key.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
    let columns = list(&key.key.columns);
    let build = format!("CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({columns}){include}{nulls};");
    let deferrable = match (key.def.deferrable, key.def.initially_deferred) {
        (true, true) => " DEFERRABLE INITIALLY DEFERRED",
        (true, false) => " DEFERRABLE",
        (false, _) => "",
    };
    let take = format!("ALTER TABLE {table} ADD CONSTRAINT {name} {} USING INDEX {name}{deferrable};", key.word);
    let mut then: Vec<Step> = Vec::new();
    let adds = matches!(key.action.kind, ActionKind::AddColumn { .. });
    let first = if adds {
        then.push(("then, outside of a transaction", build));
        format!("ALTER TABLE {table} {};", without(cx.text, key.action.span, key.def.span))
    } else {
        build
    };
    if key.suffix == "pkey" {
        for column in &key.key.columns {
            let nullable = known.and_then(|table| table.column(&column.text)).is_none_or(|column| !column.not_null);
            if nullable {
                then.extend(not_null_steps(table, bare, column.span.of(cx.text), &column.text));
            }
        }
    }
    then.push((LATER, take));
    let detail = "Outside of a transaction: CONCURRENTLY lets reads and writes go on. Taking the index over needs its lock for a moment. \
                  If the build fails on a duplicate, drop the invalid index that it leaves.";
    let mut advice = split("Build the index CONCURRENTLY, then take it over", detail, first, then);
    advice.lock = Some(LockMode::ShareUpdateExclusive.name().to_owned());
    advice.applicability = Applicability::Review;
    Some(advice)
}
