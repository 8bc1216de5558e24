//! TRUNCATE, LOCK, REINDEX, CLUSTER, VACUUM, ANALYZE, REFRESH MATERIALIZED VIEW.

use super::cursor::{Cursor, Parsed};
use super::model::{
    Analyze, Cleaned, Cluster, Ddl, LockTable, Name, QualifiedName, Refresh, Reindex, ReindexTarget, Truncate, Vacuum,
};
use crate::sql::lexer::TokenKind;

/// `[ONLY] a [*], …`; whether ONLY was there.
fn relations(c: &mut Cursor<'_>) -> Parsed<(Vec<QualifiedName>, bool)> {
    let (mut names, mut any_only) = (Vec::new(), false);
    loop {
        let only = c.eat(&["only"]);
        any_only |= only;
        if only && c.eat_kind(TokenKind::LeftParen) {
            names.push(c.qualified()?);
            c.need_kind(TokenKind::RightParen, ")")?;
        } else {
            names.push(c.qualified()?);
        }
        c.eat_operator("*");
        if !c.eat_kind(TokenKind::Comma) {
            return Ok((names, any_only));
        }
    }
}

pub(super) fn truncate(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    c.eat(&["table"]);
    let (tables, only) = relations(c)?;
    let restart_identity = c.eat(&["restart", "identity"]);
    if !restart_identity {
        c.eat(&["continue", "identity"]);
    }
    let cascade = c.eat(&["cascade"]);
    c.eat(&["restrict"]);
    c.end("the end of TRUNCATE")?;
    Ok(Ddl::Truncate(Truncate { tables, only, restart_identity, cascade }))
}

pub(super) fn lock(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    const MODES: &[(&[&str], &str)] = &[
        (&["access", "share"], "AccessShareLock"),
        (&["row", "share"], "RowShareLock"),
        (&["row", "exclusive"], "RowExclusiveLock"),
        (&["share", "update", "exclusive"], "ShareUpdateExclusiveLock"),
        (&["share", "row", "exclusive"], "ShareRowExclusiveLock"),
        (&["share"], "ShareLock"),
        (&["exclusive"], "ExclusiveLock"),
        (&["access", "exclusive"], "AccessExclusiveLock"),
    ];
    c.eat(&["table"]);
    let (tables, only) = relations(c)?;
    let mut mode = "AccessExclusiveLock";
    if c.eat(&["in"]) {
        mode = match c.choose(MODES) {
            Some(mode) => mode,
            None => return c.refuse("a lock mode"),
        };
        c.need(&["mode"], "MODE")?;
    }
    let nowait = c.eat(&["nowait"]);
    c.end("the end of LOCK")?;
    Ok(Ddl::Lock(LockTable { tables, only, mode, nowait }))
}

pub(super) fn refresh(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    c.need(&["materialized", "view"], "MATERIALIZED VIEW")?;
    let concurrently = c.eat(&["concurrently"]);
    let name = c.qualified()?;
    let with_data = !c.eat(&["with", "no", "data"]);
    c.eat(&["with", "data"]);
    c.end("the end of REFRESH MATERIALIZED VIEW")?;
    Ok(Ddl::RefreshMaterializedView(Refresh { name, concurrently, with_data }))
}

/// The words and values of `(FULL, VERBOSE false, TABLESPACE x)`.
struct Flags(Vec<(Name, Option<Name>)>);

impl Flags {
    fn read(c: &mut Cursor<'_>) -> Parsed<Self> {
        let mut found = Vec::new();
        if !c.eat_kind(TokenKind::LeftParen) {
            return Ok(Flags(found));
        }
        loop {
            let name = c.name()?;
            let start = c.start();
            let value = if c.is_name() { Some(c.name()?) } else { None };
            if value.is_none() {
                c.skip_to_comma();
            }
            let span = c.span_from(start);
            let number = (span.start < span.end).then(|| Name { text: c.slice(span).to_owned(), span });
            found.push((name, value.or(number)));
            if !c.eat_kind(TokenKind::Comma) {
                c.need_kind(TokenKind::RightParen, ", or )")?;
                return Ok(Flags(found));
            }
        }
    }

    fn value(&self, name: &str) -> Option<&Option<Name>> {
        self.0.iter().rev().find(|(found, _)| found.text == name).map(|(_, value)| value)
    }

    /// A bare name is true (`defGetBoolean`).
    fn is(&self, name: &str) -> bool {
        self.value(name).is_some_and(|value| {
            value
                .as_ref()
                .is_none_or(|value| !matches!(value.text.as_str(), "false" | "off" | "0" | "'false'" | "'off'"))
        })
    }
}

pub(super) fn reindex(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    const TARGETS: &[(&[&str], ReindexTarget)] = &[
        (&["index"], ReindexTarget::Index),
        (&["table"], ReindexTarget::Table),
        (&["schema"], ReindexTarget::Schema),
        (&["database"], ReindexTarget::Database),
        (&["system"], ReindexTarget::System),
    ];
    let flags = Flags::read(c)?;
    let Some(target) = c.choose(TARGETS) else {
        return c.refuse("INDEX, TABLE, SCHEMA, DATABASE or SYSTEM");
    };
    let concurrently = c.eat(&["concurrently"]) || flags.is("concurrently");
    let name = if c.done() { None } else { Some(c.qualified()?) };
    if name.is_none() && !matches!(target, ReindexTarget::Database | ReindexTarget::System) {
        return c.refuse("a name");
    }
    c.end("the end of REINDEX")?;
    let tablespace = flags.value("tablespace").cloned().flatten();
    Ok(Ddl::Reindex(Reindex { target, name, concurrently, tablespace }))
}

pub(super) fn cluster(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    Flags::read(c)?;
    c.eat(&["verbose"]);
    let mut cluster = Cluster { table: None, index: None };
    if !c.done() {
        let first = c.qualified()?;
        if c.eat(&["on"]) {
            // The form before 8.4: CLUSTER index ON table.
            cluster = Cluster { table: Some(c.qualified()?), index: Some(first) };
        } else {
            let index = if c.eat(&["using"]) { Some(c.qualified()?) } else { None };
            cluster = Cluster { table: Some(first), index };
        }
    }
    c.end("the end of CLUSTER")?;
    Ok(Ddl::Cluster(cluster))
}

pub(super) fn vacuum(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let flags = Flags::read(c)?;
    let full = c.eat(&["full"]) || flags.is("full");
    let freeze = c.eat(&["freeze"]) || flags.is("freeze");
    c.eat(&["verbose"]);
    let analyze = c.eat_any(&["analyze", "analyse"]) || flags.is("analyze") || flags.is("analyse");
    let tables = with_columns(c)?;
    c.end("the end of VACUUM")?;
    Ok(Ddl::Vacuum(Vacuum { full, analyze, freeze, tables }))
}

pub(super) fn analyze(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    Flags::read(c)?;
    c.eat(&["verbose"]);
    let tables = with_columns(c)?;
    c.end("the end of ANALYZE")?;
    Ok(Ddl::Analyze(Analyze { tables }))
}

/// `a [(x, y)], …`, or nothing.
fn with_columns(c: &mut Cursor<'_>) -> Parsed<Vec<Cleaned>> {
    let mut tables = Vec::new();
    while !c.done() {
        let only = c.eat(&["only"]);
        tables.push(Cleaned { name: c.qualified()?, only });
        c.eat_operator("*");
        if c.kind() == Some(TokenKind::LeftParen) {
            c.name_list()?;
        }
        if !c.eat_kind(TokenKind::Comma) {
            break;
        }
    }
    Ok(tables)
}
