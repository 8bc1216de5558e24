//! `host=db dbname='my shop'` in; names and values in their order out.
//!
//! Quoting as in libpq-connect, "Keyword/Value Connection Strings" (libpq: `conninfo_parse`).

use super::super::error::DbError;

/// No message of this module repeats what it could not read: it may be half a password.
pub fn parse(text: &str) -> Result<Vec<(String, String)>, DbError> {
    let mut chars = text.char_indices().peekable();
    let mut found = Vec::new();
    loop {
        while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {}
        let Some(&(start, _)) = chars.peek() else { return Ok(found) };
        let mut name = String::new();
        while let Some((_, c)) = chars.next_if(|(_, c)| !c.is_whitespace() && *c != '=') {
            name.push(c);
        }
        while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {}
        if chars.next_if(|(_, c)| *c == '=').is_none() {
            return Err(DbError::settings(format!(
                "the word at byte {start} of the connection string has no `=`; values with spaces stand in single quotes"
            )));
        }
        while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {}
        let value = if chars.next_if(|(_, c)| *c == '\'').is_some() { quoted(&mut chars)? } else { plain(&mut chars) };
        found.push((name, value));
    }
}

type Chars<'t> = std::iter::Peekable<std::str::CharIndices<'t>>;

fn plain(chars: &mut Chars<'_>) -> String {
    let mut value = String::new();
    while let Some((_, c)) = chars.next_if(|(_, c)| !c.is_whitespace()) {
        value.extend(if c == '\\' { chars.next().map(|(_, next)| next) } else { Some(c) });
    }
    value
}

fn quoted(chars: &mut Chars<'_>) -> Result<String, DbError> {
    let mut value = String::new();
    loop {
        match chars.next() {
            Some((_, '\'')) => return Ok(value),
            Some((_, '\\')) => value.extend(chars.next().map(|(_, next)| next)),
            Some((_, c)) => value.push(c),
            None => return Err(DbError::settings("a quoted value of the connection string does not end".into())),
        }
    }
}
