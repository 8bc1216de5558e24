//! CREATE and ALTER of functions and procedures; DO.

use super::cursor::{Cursor, Parsed};
use super::model::{
    AlterRoutine, Body, BodyForm, Ddl, Do, Expr, MoveTo, ObjectAction, ObjectKind, QualifiedName, Routine, RoutineKind,
    RoutineOptions, Volatility,
};
use super::object::object;
use super::session;
use super::types::type_name;
use crate::sql::facts::Span;
use crate::sql::lexer::TokenKind;

/// The cursor stands after `CREATE [OR REPLACE] FUNCTION | PROCEDURE`.
pub(super) fn create(c: &mut Cursor<'_>, kind: RoutineKind, or_replace: bool) -> Parsed<Routine> {
    let mut routine = Routine {
        kind,
        name: c.qualified()?,
        or_replace,
        arguments: c.parenthesised()?,
        returns: None,
        language: None,
        body: None,
        options: RoutineOptions::default(),
    };
    while !c.done() {
        if c.eat(&["returns", "null", "on", "null", "input"]) {
            routine.options.strict = Some(true);
        } else if c.eat(&["returns"]) {
            routine.returns = Some(returns(c)?);
        } else if c.eat(&["language"]) {
            routine.language = Some(language(c)?);
        } else if c.eat(&["as"]) {
            routine.body = Some(quoted(c)?);
            if c.eat_kind(TokenKind::Comma) && c.string().is_none() {
                return c.refuse("the name of a symbol");
            }
        } else if c.eat(&["begin", "atomic"]) {
            routine.body = Some(atomic(c)?);
        } else if c.eat(&["return"]) {
            routine.body = Some(Body { span: c.rest(), form: BodyForm::Return });
        } else if c.eat(&["transform"]) {
            transforms(c)?;
        } else if c.eat(&["with"]) {
            c.skip_parenthesised()?;
        } else if !c.eat(&["window"]) && !option(c, &mut routine.options)? {
            return c.refuse("an option of the routine");
        }
    }
    Ok(routine)
}

fn returns(c: &mut Cursor<'_>) -> Parsed<Expr> {
    let start = c.start();
    if c.eat(&["table"]) {
        c.skip_parenthesised()?;
    } else {
        type_name(c)?;
        if c.eat_operator("%") {
            c.need(&["type"], "TYPE")?;
        }
    }
    Ok(c.expr_from(start))
}

fn language(c: &mut Cursor<'_>) -> Parsed<String> {
    match c.string() {
        Some(language) => Ok(language.to_ascii_lowercase()),
        None => Ok(c.name()?.text),
    }
}

fn transforms(c: &mut Cursor<'_>) -> Parsed<()> {
    loop {
        c.need(&["for", "type"], "FOR TYPE")?;
        type_name(c)?;
        if !c.eat_kind(TokenKind::Comma) {
            return Ok(());
        }
    }
}

/// A string as code: `$$ … $$` or `'…'`.
fn quoted(c: &mut Cursor<'_>) -> Parsed<Body> {
    let start = c.start();
    let raw = c.token_text(0);
    if c.kind() != Some(TokenKind::String) {
        return c.refuse("the body, as a string");
    }
    c.advance();
    let end = start + raw.len();
    let (opening, form) = match raw.strip_prefix('$') {
        Some(tagged) => (tagged.find('$').map_or(1, |at| at + 2), BodyForm::Dollar),
        None => (raw.find('\'').map_or(0, |at| at + 1), BodyForm::Quoted),
    };
    let closing = if form == BodyForm::Dollar { opening } else { 1 };
    let inner_start = (start + opening).min(end);
    Ok(Body { span: Span { start: inner_start, end: end.saturating_sub(closing).max(inner_start) }, form })
}

/// The cursor stands after BEGIN ATOMIC; the last END is the body's.
fn atomic(c: &mut Cursor<'_>) -> Parsed<Body> {
    let start = c.start();
    let left = c.left();
    if left == 0 || !c.is_at(left - 1, "end") {
        c.skip_to_end();
        return c.refuse("END");
    }
    c.skip(left - 1);
    let end = c.start();
    c.advance();
    Ok(Body { span: Span { start, end: end.max(start) }, form: BodyForm::Atomic })
}

/// Takes an option that CREATE and ALTER share (`common_func_opt_item`).
fn option(c: &mut Cursor<'_>, options: &mut RoutineOptions) -> Parsed<bool> {
    const VOLATILITY: &[(&[&str], Volatility)] = &[
        (&["immutable"], Volatility::Immutable),
        (&["stable"], Volatility::Stable),
        (&["volatile"], Volatility::Volatile),
    ];
    let start = c.start();
    if let Some(volatility) = c.choose(VOLATILITY) {
        options.volatility = Some(volatility);
    } else if c.eat(&["security", "definer"]) || c.eat(&["external", "security", "definer"]) {
        options.security_definer = Some(c.span_from(start));
    } else if c.eat(&["security", "invoker"]) || c.eat(&["external", "security", "invoker"]) {
        options.security_invoker = Some(c.span_from(start));
    } else if c.eat(&["strict"]) || c.eat(&["returns", "null", "on", "null", "input"]) {
        options.strict = Some(true);
    } else if c.eat(&["called", "on", "null", "input"]) {
        options.strict = Some(false);
    } else if c.eat(&["leakproof"]) {
        options.leakproof = Some(true);
    } else if c.eat(&["not", "leakproof"]) {
        options.leakproof = Some(false);
    } else if c.eat(&["parallel"]) {
        options.parallel = Some(c.name()?.text);
    } else if c.eat_any(&["cost", "rows"]) {
        c.eat_operator("-");
        c.advance();
    } else if c.eat(&["support"]) {
        c.qualified()?;
    } else if c.eat(&["set"]) {
        options.sets.push(session::setting(c)?.name);
    } else if c.eat(&["reset"]) {
        c.qualified()?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// The cursor stands after ALTER and the kind.
pub(super) fn alter(c: &mut Cursor<'_>, kind: ObjectKind) -> Parsed<AlterRoutine> {
    let found = object(c, kind)?;
    let mut options = RoutineOptions::default();
    let action = match object_action(c)? {
        Some(action) => action,
        None => {
            let mut any = false;
            while option(c, &mut options)? {
                any = true;
            }
            if !any {
                return c.refuse("a change of the routine");
            }
            c.eat(&["restrict"]);
            ObjectAction::Other
        }
    };
    c.end("the end of the statement")?;
    Ok(AlterRoutine { kind, name: found.name.unwrap_or_default(), arguments: found.arguments, action, options })
}

/// RENAME TO, SET SCHEMA, OWNER TO, DEPENDS ON EXTENSION.
pub(super) fn object_action(c: &mut Cursor<'_>) -> Parsed<Option<ObjectAction>> {
    Ok(Some(if c.eat(&["rename", "to"]) {
        ObjectAction::Move(MoveTo::Name(c.name()?))
    } else if c.eat(&["set", "schema"]) {
        ObjectAction::Move(MoveTo::Schema(c.name()?))
    } else if c.eat(&["owner", "to"]) {
        ObjectAction::OwnerTo(c.name()?)
    } else if c.eat(&["depends", "on", "extension"]) || c.eat(&["no", "depends", "on", "extension"]) {
        ObjectAction::DependsOnExtension(c.name()?)
    } else {
        return Ok(None);
    }))
}

/// The cursor stands after DO.
pub(super) fn anonymous(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let mut spoken = None;
    let mut body = None;
    while !c.done() {
        if c.eat(&["language"]) {
            spoken = Some(language(c)?);
        } else {
            body = Some(quoted(c)?);
        }
    }
    match body {
        Some(body) => Ok(Ddl::Do(Do { language: spoken.unwrap_or_else(|| "plpgsql".into()), body })),
        None => c.refuse("the body, as a string"),
    }
}

/// The function of a trigger: `EXECUTE FUNCTION | PROCEDURE name (…)`.
pub(super) fn executed(c: &mut Cursor<'_>) -> Parsed<QualifiedName> {
    c.need(&["execute"], "EXECUTE FUNCTION")?;
    if !c.eat_any(&["function", "procedure"]) {
        return c.refuse("FUNCTION");
    }
    let name = c.qualified()?;
    c.skip_parenthesised()?;
    Ok(name)
}
