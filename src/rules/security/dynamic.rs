//! The words of a PL/pgSQL routine in; places at which a caller's text becomes SQL out.

use crate::rules::words::Words;
use crate::sql::TokenKind;
use crate::sql::facts::Span;

/// CREATE FUNCTION or PROCEDURE, as far as dynamic SQL is concerned.
pub struct Routine<'t> {
    /// Without its quotes.
    pub body: &'t str,
    /// Where the body begins in the statement.
    pub offset: usize,
    /// Parameters of text types; `$1` for those without a name.
    pub texts: Vec<String>,
    pub definer: bool,
}

/// A value that is not quoted, in the body.
pub struct Injected {
    pub name: String,
    pub span: Span,
}

const TEXTS: &[&str] = &["bpchar", "char", "character", "citext", "json", "jsonb", "name", "text", "varchar"];
const QUOTING: &[&str] = &["quote_ident", "quote_literal", "quote_nullable"];
/// Words at which the text of EXECUTE ends.
const ENDS: &[&str] = &["into", "loop", "using"];

impl<'t> Routine<'t> {
    /// `None` for a routine in another language, or whose body is no constant in dollar quotes.
    pub fn of(words: &Words<'t>) -> Option<Self> {
        let open = (0..words.len()).find(|at| words.kind(*at) == Some(TokenKind::LeftParen))?;
        let close = words.closing(open);
        let language = (close..words.len()).find(|at| words.is(*at, "language"))?;
        if !words.text(language + 1).trim_matches(['\'', '"']).eq_ignore_ascii_case("plpgsql") {
            return None;
        }
        let body = (close..words.len()).find(|at| words.text(*at).starts_with('$') && words.string(*at).is_some())?;
        let tag = words.text(body).get(1..)?.find('$')? + 2;
        let definer = (close..words.len()).any(|at| words.is(at, "security") && words.is(at + 1, "definer"));
        Some(Routine {
            body: words.string(body)?,
            offset: words.span(body).start + tag,
            texts: parameters(words, open + 1, close),
            definer,
        })
    }
}

fn parameters(words: &Words<'_>, from: usize, to: usize) -> Vec<String> {
    let mut texts = Vec::new();
    for (number, (start, end)) in commas(words, from, to).into_iter().enumerate() {
        let start = start + usize::from(words.is_any(start, &["in", "inout", "variadic"]));
        if words.is(start, "out") {
            continue;
        }
        let end = (start..end).find(|at| words.is(*at, "default") || words.text(*at) == "=").unwrap_or(end);
        // One word is a type, two are a name and a type (types of two words begin with none of these).
        let named = end > start + 1 && !TEXTS.contains(&words.text(start).to_ascii_lowercase().as_str());
        let type_name = words.text(start + usize::from(named)).to_ascii_lowercase();
        if TEXTS.contains(&type_name.as_str()) {
            texts.push(format!("${}", number + 1));
            if named {
                texts.push(words.text(start).to_ascii_lowercase());
            }
        }
    }
    texts
}

/// The parts between the commas that stand in no parentheses.
fn commas(words: &Words<'_>, from: usize, to: usize) -> Vec<(usize, usize)> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (from, from);
    while at < to {
        match words.kind(at) {
            Some(TokenKind::LeftParen) => at = words.closing(at),
            Some(TokenKind::Comma) => {
                parts.push((start, at));
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    parts.push((start, to));
    parts
}

/// Each place at which one of these, or a column of NEW or OLD, becomes SQL unquoted.
pub fn injected(body: &Words<'_>, texts: &[String]) -> Vec<Injected> {
    let mut found: Vec<Injected> = Vec::new();
    let mut executed: Vec<String> = Vec::new();
    for at in 0..body.len() {
        let declares = body.is_any(at + 1, &["function", "procedure", "on"])
            || body.is_any(at.wrapping_sub(1), &["grant", "revoke"]);
        if !body.is(at, "execute") || declares {
            continue;
        }
        let end = end_of_expression(body, at + 1);
        if end == at + 2 && body.kind(at + 1) == Some(TokenKind::Word) {
            executed.push(body.text(at + 1).to_ascii_lowercase());
        }
        found.extend(parts(body, at + 1, end, texts));
    }
    for at in 0..body.len() {
        let assigned =
            executed.contains(&body.text(at).to_ascii_lowercase()) && matches!(body.text(at + 1), ":=" | "=");
        let statement = matches!(body.text(at.wrapping_sub(1)), ";" | "")
            || body.is_any(at.wrapping_sub(1), &["begin", "then", "else", "loop"]);
        if assigned && statement {
            let end =
                (at + 2..body.len()).find(|at| body.kind(*at) == Some(TokenKind::Semicolon)).unwrap_or(body.len());
            found.extend(parts(body, at + 2, end, texts));
        }
    }
    found.sort_by_key(|one| one.span.start);
    found.dedup_by(|a, b| a.span == b.span);
    found
}

fn end_of_expression(body: &Words<'_>, from: usize) -> usize {
    let mut at = from;
    while at < body.len() {
        match body.kind(at) {
            Some(TokenKind::LeftParen) => at = body.closing(at),
            Some(TokenKind::Semicolon) => return at,
            _ if body.is_any(at, ENDS) => return at,
            _ => {}
        }
        at += 1;
    }
    body.len()
}

/// Of one expression that gives the text of a statement.
fn parts(body: &Words<'_>, from: usize, to: usize, texts: &[String]) -> Vec<Injected> {
    if to == from + 1 {
        return caller_text(body, from, to, texts).into_iter().collect();
    }
    let mut found = Vec::new();
    let mut at = from;
    while at < to {
        let calls = body.kind(at + 1) == Some(TokenKind::LeftParen);
        let end = if calls { body.closing(at + 1) } else { at };
        if calls && body.is_any(at, QUOTING) {
            at = end;
        } else if calls && body.is(at, "format") {
            found.extend(formatted(body, at + 2, end, texts));
            at = end;
        } else if calls && body.is_any(at, &["concat", "concat_ws"]) {
            let arguments = commas(body, at + 2, end);
            found.extend(arguments.into_iter().filter_map(|(from, to)| caller_text(body, from, to, texts)));
        } else if body.text(at) == "||" {
            let length = if body.kind(at + 2) == Some(TokenKind::Dot) { 3 } else { 1 };
            let before = if body.kind(at.wrapping_sub(2)) == Some(TokenKind::Dot) { 3 } else { 1 };
            // `a || b::regclass` and `f(x)` are something else than a and x; `p.x` is a column.
            if !matches!(body.kind(at + 1 + length), Some(TokenKind::Cast | TokenKind::LeftParen)) {
                found.extend(caller_text(body, at + 1, at + 1 + length, texts));
            }
            if at >= from + before {
                found.extend(caller_text(body, at - before, at, texts));
            }
        }
        at += 1;
    }
    found
}

/// The arguments that `%s` takes as they are.
fn formatted(body: &Words<'_>, from: usize, to: usize, texts: &[String]) -> Vec<Injected> {
    let arguments = commas(body, from, to);
    let Some(pattern) = arguments.first().filter(|(from, to)| to - from == 1).and_then(|(at, _)| body.string(*at))
    else {
        return Vec::new();
    };
    let plain = positions(pattern).into_iter().filter_map(|position| arguments.get(position));
    plain.filter_map(|(from, to)| caller_text(body, *from, *to, texts)).collect()
}

/// Which arguments, counted from 1, `%s` stands for (documentation, "format").
fn positions(pattern: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut next = 1;
    let mut rest = pattern;
    while let Some(at) = rest.find('%') {
        rest = &rest[at + 1..];
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let explicit = rest[digits..].starts_with('$').then(|| rest[..digits].parse().ok()).flatten();
        if explicit.is_some() {
            rest = &rest[digits + 1..];
        }
        rest = rest.trim_start_matches(|c: char| c == '-' || c.is_ascii_digit());
        match rest.chars().next() {
            Some(kind @ ('s' | 'I' | 'L')) => {
                let position = explicit.unwrap_or(next);
                next = position + 1;
                if kind == 's' {
                    found.push(position);
                }
            }
            // `%%`, or a pattern that format refuses.
            Some('%') => rest = &rest[1..],
            _ => {}
        }
    }
    found
}

/// The expression, if it is nothing but a parameter or a column of NEW or OLD.
fn caller_text(body: &Words<'_>, from: usize, to: usize, texts: &[String]) -> Option<Injected> {
    let row = to == from + 3 && body.is_any(from, &["new", "old"]) && body.kind(from + 1) == Some(TokenKind::Dot);
    let parameter = to == from + 1 && texts.contains(&body.text(from).to_ascii_lowercase());
    let span = Span { start: body.span(from).start, end: body.span(to - 1).end };
    let name: String = (from..to).map(|at| body.text(at)).collect();
    (row || parameter).then_some(Injected { name, span })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(signature: &str, body: &str) -> Vec<String> {
        let text = format!("CREATE FUNCTION f({signature}) RETURNS void LANGUAGE plpgsql AS $x$ BEGIN {body} END $x$");
        let words = Words::of(&text);
        let routine = Routine::of(&words).unwrap();
        assert_eq!(&text[routine.offset..][..routine.body.len()], routine.body);
        injected(&Words::of(routine.body), &routine.texts).into_iter().map(|one| one.name).collect()
    }

    #[test]
    fn what_a_caller_gives_and_nothing_quotes() {
        for (signature, body) in [
            ("a text", "EXECUTE 'x' || a;"),
            ("a text", "EXECUTE a || 'x' INTO n;"),
            ("a varchar(10) DEFAULT 'x'", "EXECUTE concat('x', a) USING b;"),
            ("a text", "EXECUTE format('%I %s', b, a);"),
            ("a text", "EXECUTE format('%2$s %1$I', b, a);"),
            ("IN a text", "q := 'x' || a; EXECUTE q;"),
            ("a text", "EXECUTE a;"),
        ] {
            assert_eq!(found(signature, body), ["a"], "{signature}: {body}");
        }
        assert_eq!(found("text", "EXECUTE 'x' || $1;"), ["$1"]);
        assert_eq!(found("", "EXECUTE 'x' || NEW.name || 'y';"), ["NEW.name"]);
    }

    #[test]
    fn what_is_quoted_or_no_text() {
        for (signature, body) in [
            ("a text", "EXECUTE 'x' || quote_ident(a);"),
            ("a text", "EXECUTE format('%I %L %1$I %%s', a, a);"),
            ("a text", "EXECUTE 'x' USING a;"),
            ("a text", "RAISE NOTICE '%', 'x' || a; EXECUTE 'x';"),
            ("a text", "EXECUTE 'x' || a::regclass;"),
            ("a regclass, b integer", "EXECUTE 'x' || a || b;"),
            ("a text", "GRANT EXECUTE ON FUNCTION g() TO a;"),
            ("a text", "EXECUTE 'x' || r.a || TG_TABLE_NAME;"),
        ] {
            assert_eq!(found(signature, body), Vec::<String>::new(), "{signature}: {body}");
        }
    }
}
