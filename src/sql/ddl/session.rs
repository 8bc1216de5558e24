//! Transactions and settings.

use super::cursor::{Cursor, Parsed, identifier};
use super::model::{Ddl, Name, Scope, SetConstraints, Setting, Transaction};
use crate::sql::facts::Span;
use crate::sql::lexer::TokenKind;

/// The path of a new session (documentation, `search_path`: `"$user", public`).
fn default_path(scope: Scope) -> Ddl {
    Ddl::SearchPath(vec!["public".into()], scope)
}

fn block(c: &mut Cursor<'_>) {
    c.eat_any(&["work", "transaction"]);
}

/// `BEGIN` and `START TRANSACTION`; the cursor stands after the first word.
pub(super) fn begin(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    block(c);
    c.skip_to_end();
    Ok(Ddl::Transaction(Transaction::Begin))
}

/// `AND [NO] CHAIN`.
fn chain(c: &mut Cursor<'_>) -> Parsed<bool> {
    let chain = c.eat(&["and", "chain"]);
    if !chain {
        c.eat(&["and", "no", "chain"]);
    }
    c.end("the end of the statement")?;
    Ok(chain)
}

fn global_id(c: &mut Cursor<'_>) -> Parsed<()> {
    if c.string().is_none() {
        c.name()?;
    }
    c.end("the end of the statement")
}

pub(super) fn commit(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    if c.eat(&["prepared"]) {
        global_id(c)?;
        return Ok(Ddl::Transaction(Transaction::CommitPrepared));
    }
    block(c);
    Ok(Ddl::Transaction(Transaction::Commit { chain: chain(c)? }))
}

pub(super) fn rollback(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    if c.eat(&["prepared"]) {
        global_id(c)?;
        return Ok(Ddl::Transaction(Transaction::RollbackPrepared));
    }
    block(c);
    if c.eat(&["to"]) {
        c.eat(&["savepoint"]);
        return named(c, Transaction::RollbackTo);
    }
    Ok(Ddl::Transaction(Transaction::Rollback { chain: chain(c)? }))
}

pub(super) fn savepoint(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    named(c, Transaction::Savepoint)
}

pub(super) fn release(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    c.eat(&["savepoint"]);
    named(c, Transaction::Release)
}

fn named(c: &mut Cursor<'_>, make: fn(Name) -> Transaction) -> Parsed<Ddl> {
    let name = c.name()?;
    c.end("the end of the statement")?;
    Ok(Ddl::Transaction(make(name)))
}

/// `PREPARE TRANSACTION 'id'`; the cursor stands after these words.
pub(super) fn prepare_transaction(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    global_id(c)?;
    Ok(Ddl::Transaction(Transaction::Prepare))
}

/// The cursor stands after SET.
pub(super) fn set(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let start = c.start();
    if c.eat(&["constraints"]) {
        let names = if c.eat(&["all"]) { Vec::new() } else { c.qualified_list()? };
        let deferred = c.eat(&["deferred"]);
        if !deferred {
            c.need(&["immediate"], "DEFERRED or IMMEDIATE")?;
        }
        c.end("the end of SET CONSTRAINTS")?;
        return Ok(Ddl::SetConstraints(SetConstraints { names, deferred }));
    }
    if c.is("transaction") || c.are(&["session", "characteristics"]) || c.are(&["local", "transaction"]) {
        c.skip_to_end();
        return Ok(Ddl::SetTransaction(c.span_from(start)));
    }
    let scope = if c.is("local") && !is_assignment(c, 1) { Scope::Local } else { Scope::Session };
    if !is_assignment(c, 1) && !c.are(&["session", "authorization"]) {
        c.eat_any(&["session", "local"]);
    }
    let setting = Setting { scope, ..setting(c)? };
    c.end("the end of SET")?;
    if setting.name != "search_path" {
        return Ok(Ddl::Set(setting));
    }
    Ok(match setting.value {
        None => default_path(scope),
        Some(_) => Ddl::SearchPath(path(c, setting.span), scope),
    })
}

/// `session`, `local` and `constraints` may be the name of a setting only by force; `=` or TO tells.
fn is_assignment(c: &Cursor<'_>, ahead: usize) -> bool {
    c.is_at(ahead, "to") || (c.kind_at(ahead) == Some(TokenKind::Operator) && c.token_text(ahead) == "=")
}

/// `name {TO | =} value, …`, and the settings with a syntax of their own; the search path as other settings.
pub(super) fn setting(c: &mut Cursor<'_>) -> Parsed<Setting> {
    const OWN: &[(&[&str], &str)] = &[
        (&["time", "zone"], "timezone"),
        (&["role"], "role"),
        (&["session", "authorization"], "session_authorization"),
        (&["names"], "client_encoding"),
        (&["schema"], "search_path"),
        (&["xml", "option"], "xmloption"),
        (&["catalog"], "catalog"),
    ];
    let own = if is_assignment(c, 1) { None } else { c.choose(OWN) };
    let name = match own {
        Some(name) => name.to_owned(),
        None => {
            let mut name = c.name()?.text.to_ascii_lowercase();
            while c.eat_kind(TokenKind::Dot) {
                name.push('.');
                name.push_str(&c.name()?.text);
            }
            if c.eat(&["from", "current"]) {
                return Ok(Setting { name, span: c.span_from(c.start()), ..Setting::default() });
            }
            if !c.eat(&["to"]) && !c.eat_operator("=") {
                return c.refuse("TO or =");
            }
            name
        }
    };
    let (value, span) = values(c, own.is_some())?;
    Ok(Setting { name, value, scope: Scope::Session, span })
}

/// `default` and `local` are no value.
fn values(c: &mut Cursor<'_>, optional: bool) -> Parsed<(Option<String>, Span)> {
    let start = c.start();
    if c.eat(&["default"]) || (optional && c.eat(&["local"])) || (optional && c.done()) {
        return Ok((None, c.span_from(start)));
    }
    let mut text = value(c)?;
    while c.eat_kind(TokenKind::Comma) {
        text.push_str(", ");
        text.push_str(&value(c)?);
    }
    Ok((Some(text), c.span_from(start)))
}

fn value(c: &mut Cursor<'_>) -> Parsed<String> {
    if let Some(text) = c.string() {
        return Ok(text);
    }
    let start = c.start();
    if c.eat(&["interval"]) {
        if c.eat_kind(TokenKind::LeftParen) {
            c.integer()?;
            c.need_kind(TokenKind::RightParen, ")")?;
        }
        let Some(text) = c.string() else { return c.refuse("a string") };
        while c.is_name() {
            c.advance();
        }
        return Ok(text);
    }
    if c.eat_operator("-") || c.eat_operator("+") || c.kind() == Some(TokenKind::Number) {
        c.need_kind(TokenKind::Number, "a number")?;
        return Ok(c.slice(c.span_from(start)).to_owned());
    }
    if c.eat_kind(TokenKind::Parameter) || c.eat_kind(TokenKind::Placeholder) {
        return Ok(c.slice(c.span_from(start)).to_owned());
    }
    Ok(c.name()?.text)
}

/// The schemas of a search path as written.
fn path(c: &Cursor<'_>, span: Span) -> Vec<String> {
    let mut list = Cursor::new(c.slice(span));
    let mut path = Vec::new();
    while !list.done() {
        match list.string() {
            // A list inside one string is one (odd) schema name; an empty one is none.
            Some(text) if text.is_empty() => {}
            Some(text) => path.push(text),
            None => match list.name() {
                Ok(name) => path.push(name.text),
                Err(_) => list.advance(),
            },
        }
        list.eat_kind(TokenKind::Comma);
    }
    path
}

/// The cursor stands after RESET.
pub(super) fn reset(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let start = c.start();
    let name = if c.eat(&["all"]) {
        None
    } else if c.eat(&["session", "authorization"]) {
        Some(Name { text: "session_authorization".into(), span: c.span_from(start) })
    } else if c.eat(&["time", "zone"]) {
        Some(Name { text: "timezone".into(), span: c.span_from(start) })
    } else if c.eat(&["transaction", "isolation", "level"]) {
        Some(Name { text: "transaction_isolation".into(), span: c.span_from(start) })
    } else {
        c.qualified()?;
        let span = c.span_from(start);
        Some(Name { text: c.slice(span).to_ascii_lowercase(), span })
    };
    c.end("the end of RESET")?;
    Ok(match name {
        Some(name) if name.text == "search_path" => default_path(Scope::Session),
        name => Ddl::Reset(name),
    })
}

/// `SELECT [pg_catalog.]set_config('name', 'value', local)`; the cursor stands after SELECT.
pub(super) fn set_config(c: &mut Cursor<'_>) -> Option<Ddl> {
    let function = c.qualified().ok()?;
    if function.name != "set_config" || !c.eat_kind(TokenKind::LeftParen) {
        return None;
    }
    let name = c.string()?.to_ascii_lowercase();
    c.eat_kind(TokenKind::Comma);
    let start = c.start();
    let value = c.string();
    c.skip_to_comma();
    let span = c.span_from(start);
    c.eat_kind(TokenKind::Comma);
    let scope = if c.is("true") { Scope::Local } else { Scope::Session };
    if name == "search_path" {
        let value = value?;
        let names = value.split(',').map(|name| identifier(name.trim()));
        return Some(Ddl::SearchPath(names.filter(|name| !name.is_empty()).collect(), scope));
    }
    Some(Ddl::Set(Setting { name, value, scope, span }))
}
