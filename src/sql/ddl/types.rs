//! A type name as written in, the spelling of `format_type` out.
//!
//! Aliases and modifiers follow `src/backend/parser/gram.y` (`Typename`) and the output of
//! `src/backend/utils/adt/format_type.c` (`format_type_extended`).

use super::cursor::{Cursor, Parsed};
use super::model::TypeName;
use crate::sql::lexer::TokenKind;

pub(super) fn type_name(c: &mut Cursor<'_>) -> Parsed<TypeName> {
    let start = c.start();
    c.eat(&["setof"]);
    let (mut canonical, serial) = base(c)?;
    if is_array(c)? {
        canonical.push_str("[]");
    }
    Ok(TypeName { canonical, serial, span: c.span_from(start) })
}

fn base(c: &mut Cursor<'_>) -> Parsed<(String, bool)> {
    if c.kind() == Some(TokenKind::Word)
        && c.kind_at(1) != Some(TokenKind::Dot)
        && let Some(found) = built_in(c)?
    {
        return Ok(found);
    }
    let name = c.qualified()?;
    if name.schema.as_deref() == Some("pg_catalog")
        && let Some(found) = renamed(&name.name)
    {
        return Ok((format!("{found}{}", modifiers(c)?), false));
    }
    let schema = match name.schema.as_deref() {
        None | Some("public" | "pg_catalog") => String::new(),
        Some(schema) => format!("{}.", quoted_if_needed(schema)),
    };
    Ok((format!("{schema}{}{}", quoted_if_needed(&name.name), modifiers(c)?), false))
}

/// Names of one word that are printed otherwise.
fn renamed(word: &str) -> Option<&'static str> {
    Some(match word {
        "int" | "int4" | "integer" => "integer",
        "int2" | "smallint" => "smallint",
        "int8" | "bigint" => "bigint",
        "bool" | "boolean" => "boolean",
        "float4" | "real" => "real",
        "float8" => "double precision",
        "numeric" | "decimal" | "dec" => "numeric",
        "varchar" => "character varying",
        "varbit" => "bit varying",
        _ => return None,
    })
}

fn serial(word: &str) -> Option<&'static str> {
    Some(match word {
        "serial" | "serial4" => "integer",
        "bigserial" | "serial8" => "bigint",
        "smallserial" | "serial2" => "smallint",
        _ => return None,
    })
}

fn built_in(c: &mut Cursor<'_>) -> Parsed<Option<(String, bool)>> {
    let word = c.lower_word();
    if let Some(integer) = serial(&word) {
        c.advance();
        return Ok(Some((integer.into(), true)));
    }
    let text = match &*word {
        "numeric" | "decimal" | "dec" => {
            c.advance();
            let modifiers = modifiers(c)?;
            // One number is the precision: the scale is then 0 (documentation, "Arbitrary Precision Numbers").
            let full = match modifiers.strip_suffix(')') {
                Some(open) if !open.contains(',') => format!("{open},0)"),
                _ => modifiers,
            };
            format!("numeric{full}")
        }
        "float" => {
            c.advance();
            let digits = modifiers(c)?;
            let bits = digits.trim_matches(['(', ')']).parse().unwrap_or(53u32);
            if bits <= 24 { "real".into() } else { "double precision".into() }
        }
        "double" if c.is_at(1, "precision") => {
            c.eat(&["double", "precision"]);
            "double precision".into()
        }
        "national" => {
            c.advance();
            if !c.eat_any(&["character", "char"]) {
                return c.refuse("character");
            }
            character(c)?
        }
        "character" | "char" | "nchar" => {
            c.advance();
            character(c)?
        }
        "bpchar" => {
            c.advance();
            match modifiers(c)? {
                none if none.is_empty() => "bpchar".into(),
                length => format!("character{length}"),
            }
        }
        "bit" => {
            c.advance();
            if c.eat(&["varying"]) {
                format!("bit varying{}", modifiers(c)?)
            } else {
                format!("bit{}", or_one(modifiers(c)?))
            }
        }
        "time" | "timestamp" | "timetz" | "timestamptz" => time(c, &word)?,
        "interval" => interval(c)?,
        _ => match renamed(&word) {
            Some(printed) => {
                c.advance();
                format!("{printed}{}", modifiers(c)?)
            }
            None => return Ok(None),
        },
    };
    Ok(Some((text, false)))
}

fn character(c: &mut Cursor<'_>) -> Parsed<String> {
    if c.eat(&["varying"]) {
        return Ok(format!("character varying{}", modifiers(c)?));
    }
    Ok(format!("character{}", or_one(modifiers(c)?)))
}

/// `char` and `bit` without a length have length 1 (documentation, "Character Types").
fn or_one(modifiers: String) -> String {
    if modifiers.is_empty() { "(1)".into() } else { modifiers }
}

fn time(c: &mut Cursor<'_>, word: &str) -> Parsed<String> {
    c.advance();
    let precision = modifiers(c)?;
    let (kind, mut zone) = match word.strip_suffix("tz") {
        Some(kind) => (kind, "with"),
        None => (word, "without"),
    };
    if c.eat(&["with", "time", "zone"]) {
        zone = "with";
    } else {
        c.eat(&["without", "time", "zone"]);
    }
    Ok(format!("{kind}{precision} {zone} time zone"))
}

fn interval(c: &mut Cursor<'_>) -> Parsed<String> {
    const FIELDS: &[&str] = &["year", "month", "day", "hour", "minute", "second"];
    c.advance();
    let mut text = String::from("interval");
    if c.is_any(FIELDS) {
        text = format!("{text} {}", c.word());
        c.advance();
        if c.eat(&["to"]) {
            text = format!("{text} to {}", c.word());
            c.advance();
        }
    }
    Ok(format!("{text}{}", modifiers(c)?))
}

/// `(10, 2)` as `(10,2)`; empty when there is none.
fn modifiers(c: &mut Cursor<'_>) -> Parsed<String> {
    if c.kind() != Some(TokenKind::LeftParen) {
        return Ok(String::new());
    }
    let inside = c.parenthesised()?.text;
    let compact: String = inside.split(',').map(str::trim).collect::<Vec<_>>().join(",");
    Ok(format!("({compact})"))
}

/// `[]`, `[3][4]`, `ARRAY`, `ARRAY[4]`: the number of dimensions is not stored.
fn is_array(c: &mut Cursor<'_>) -> Parsed<bool> {
    let mut array = c.eat(&["array"]);
    while c.eat_kind(TokenKind::LeftBracket) {
        c.eat_kind(TokenKind::Number);
        c.need_kind(TokenKind::RightBracket, "]")?;
        array = true;
    }
    Ok(array)
}

/// Quotes what `quote_identifier` would quote for its characters (key words are left alone).
pub(crate) fn quoted_if_needed(name: &str) -> String {
    let plain =
        |(at, byte): (usize, u8)| byte.is_ascii_lowercase() || byte == b'_' || (at > 0 && byte.is_ascii_digit());
    if !name.is_empty() && name.bytes().enumerate().all(plain) {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}
