//! What stands in files of SQL before a tool or a driver has filled it in: tokens in, what each such place stands for out.
//!
//! sqlc (`sqlc.arg(x)`, `sqlc.narg`, `sqlc.slice`, `sqlc.embed`, `@x`), pgTyped (`:x`, `:x!`, `IN :list`), HugSQL (`:v:x`,
//! `:i:column`, `:v*:list`), psql (`:'x'`, `:"x"`), psycopg (`%s`, `%(x)s`), MyBatis (`#{x}`), Flyway (`${x}`), Jinja and dbt
//! (`{{ x }}`, `{% … %}`). Formats as their own documentation gives them.

use crate::sql::facts::Span;
use crate::sql::keyword::Keyword as K;
use crate::sql::lexer::{TokenKind as T, ends_operand};
use crate::sql::tokens::Tokens;

/// What is to be put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    Value,
    /// Values in parentheses.
    List,
    /// A table, a column or a condition.
    Name(String),
    /// All columns of a table.
    Row(String),
    /// A directive of the template.
    Nothing,
}

pub(super) struct Template {
    pub stands: Stands,
    pub span: Span,
    /// The token after it.
    pub next: usize,
}

/// The template that begins with this token.
pub(super) fn at(tokens: &Tokens<'_>, index: usize) -> Option<Template> {
    match tokens.kind(index)? {
        T::NamedParameter => Some(named(tokens, index)),
        T::Colon => quoted(tokens, index),
        T::Word if tokens.is_word(index, "sqlc") => sqlc(tokens, index),
        T::Operator => operator(tokens, index),
        T::Unknown => braces(tokens, index),
        _ => None,
    }
}

fn template(tokens: &Tokens<'_>, stands: Stands, start: usize, next: usize) -> Template {
    let end = tokens.span(&(next - 1..next)).end;
    Template { stands, span: Span { start, end }, next }
}

fn start_of(tokens: &Tokens<'_>, index: usize) -> usize {
    tokens.span(&(index..index + 1)).start
}

/// `:x`, `:x!`, `:v:x`, `:v*:x`
fn named(tokens: &Tokens<'_>, index: usize) -> Template {
    let kind = tokens.str(index).trim_start_matches(':').to_ascii_lowercase();
    let mut last = index;
    let mut name = None;
    let typed = tokens.touches_next(index) && tokens.touches_next(index + 1);
    let many = tokens.str(index + 1) == "*" && tokens.kind(index + 2) == Some(T::NamedParameter);
    if typed && (many || (tokens.kind(index + 1) == Some(T::Colon) && tokens.kind(index + 2) == Some(T::Word))) {
        last = index + 2;
        let is_name = matches!(kind.as_str(), "i" | "identifier" | "sql" | "snip" | "snip*");
        name = is_name.then(|| tokens.str(last).trim_start_matches(':').to_owned());
    }
    if tokens.touches_next(last) && tokens.str(last + 1) == "!" {
        last += 1;
    }
    let previous = index.checked_sub(1).map_or(K::None, |at| tokens.keyword(at));
    let stands = match name {
        Some(name) => Stands::Name(name),
        None if matches!(previous, K::In | K::Values) => Stands::List,
        None => Stands::Value,
    };
    let start = start_of(tokens, index);
    // `(0)` wants three bytes.
    let short = stands == Stands::List && tokens.text[..start].ends_with(' ');
    template(tokens, stands, start - usize::from(short), last + 1)
}

/// `:'x'` and `:"x"`
fn quoted(tokens: &Tokens<'_>, index: usize) -> Option<Template> {
    if !tokens.touches_next(index) {
        return None;
    }
    match tokens.kind(index + 1)? {
        T::String => Some(template(tokens, Stands::Value, start_of(tokens, index), index + 2)),
        T::QuotedIdentifier => Some(template(tokens, Stands::Nothing, start_of(tokens, index), index + 1)),
        _ => None,
    }
}

/// `sqlc.arg(x)`
fn sqlc(tokens: &Tokens<'_>, index: usize) -> Option<Template> {
    if tokens.kind(index + 1) != Some(T::Dot) || tokens.kind(index + 3) != Some(T::LeftParen) {
        return None;
    }
    let inside = tokens.inside(index + 3);
    let stands = match tokens.str(index + 2).to_ascii_lowercase().as_str() {
        "arg" | "narg" | "slice" => Stands::Value,
        "embed" => Stands::Row(tokens.span(&inside).of(tokens.text).to_owned()),
        _ => return None,
    };
    Some(template(tokens, stands, start_of(tokens, index), (inside.end + 1).min(tokens.len())))
}

/// `@x`, `%s`, `%(x)s`, `#{x}`; also glued to a comparison (`=@x`).
fn operator(tokens: &Tokens<'_>, index: usize) -> Option<Template> {
    let text = tokens.str(index);
    let sign = *text.as_bytes().last()?;
    let glued = matches!(text.get(..text.len() - 1)?, "=" | ">=" | "<=" | "<>" | "!=");
    let alone = text.len() == 1
        && !index
            .checked_sub(1)
            .is_some_and(|at| tokens.kind(at).is_some_and(|kind| ends_operand(kind, tokens.keyword(at))));
    if !(glued || alone) || !tokens.touches_next(index) {
        return None;
    }
    let next = match (sign, tokens.kind(index + 1)?) {
        (b'@', T::Word) => index + 2,
        (b'%', T::Word) if tokens.str(index + 1) == "s" => index + 2,
        (b'%', T::LeftParen) => {
            let close = tokens.inside(index + 1).end;
            (tokens.touches_next(close) && tokens.str(close + 1) == "s").then_some(close + 2)?
        }
        (b'#', T::Unknown) if tokens.str(index + 1) == "{" => closing(tokens, index + 2)? + 1,
        _ => return None,
    };
    Some(template(tokens, Stands::Value, tokens.span(&(index..index + 1)).end - 1, next))
}

/// `{{ x }}`, `{% … %}`, `{# … #}` and `${x}`
fn braces(tokens: &Tokens<'_>, index: usize) -> Option<Template> {
    if !tokens.touches_next(index) {
        return None;
    }
    let start = start_of(tokens, index);
    let second = tokens.str(index + 1);
    match tokens.str(index) {
        "$" if second == "{" => {
            let close = closing(tokens, index + 2)?;
            Some(template(tokens, value_or_name(tokens, index, close), start, close + 1))
        }
        "{" if second == "{" => {
            let close = closing(tokens, index + 2).filter(|&at| tokens.str(at + 1) == "}")?;
            Some(template(tokens, value_or_name(tokens, index, close + 1), start, close + 2))
        }
        "{" if second.starts_with(['%', '#']) => {
            Some(template(tokens, Stands::Nothing, start, closing(tokens, index + 2)? + 1))
        }
        _ => None,
    }
}

/// The next closing brace; templates are short.
fn closing(tokens: &Tokens<'_>, from: usize) -> Option<usize> {
    const LONGEST: usize = 200;
    (from..tokens.len().min(from + LONGEST)).find(|&at| tokens.str(at) == "}")
}

/// A template where a table or column must stand is a name.
fn value_or_name(tokens: &Tokens<'_>, index: usize, last: usize) -> Stands {
    let previous = index.checked_sub(1);
    let after = previous.map_or(K::None, |at| tokens.keyword(at));
    let names = matches!(after, K::From | K::Join | K::Into | K::Update | K::Table | K::Only)
        || previous.is_some_and(|at| tokens.kind(at) == Some(T::Dot))
        || tokens.kind(last + 1) == Some(T::Dot);
    if !names {
        return Stands::Value;
    }
    let text = tokens.span(&(index..last + 1)).of(tokens.text);
    Stands::Name(text.trim_matches(['{', '}', '$', ' ', '-']).replace('"', "'"))
}
