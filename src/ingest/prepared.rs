//! `EXECUTE name(…)` of SQL's own PREPARE: Postgres logs the text that was prepared in DETAIL. The event gets that text,
//! as pg_stat_statements counts the call there, and the arguments as `$1 = …` parameters.

use super::event::Statement;

/// `source` is what follows `prepare: ` in DETAIL, e.g. `prepare p(int) as select * from t where id = $1;`.
pub(crate) fn resolve<'a>(statement: &mut Statement<'a>, source: &'a [u8], buffer: &'a mut Vec<u8>) {
    let Some((name, arguments)) = execute_parts(statement.text) else { return };
    let Some(text) = prepared_text(source) else { return };
    statement.name = name;
    statement.text = text;
    buffer.clear();
    number_arguments(arguments, buffer);
    statement.parameters = buffer;
}

/// Name and the inside of the parentheses (empty without them).
fn execute_parts(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.trim_ascii();
    let (word, rest) = text.split_at_checked("execute".len())?;
    if !word.eq_ignore_ascii_case(b"execute") || !rest.first()?.is_ascii_whitespace() {
        return None;
    }
    let rest = rest.trim_ascii().strip_suffix(b";").unwrap_or(rest.trim_ascii()).trim_ascii_end();
    match memchr::memchr(b'(', rest) {
        Some(open) => Some((rest[..open].trim_ascii(), rest[open + 1..].strip_suffix(b")")?)),
        None => Some((rest, b"")),
    }
}

/// The statement after `AS` in `PREPARE name [(types)] AS statement`.
fn prepared_text(source: &[u8]) -> Option<&[u8]> {
    let trimmed = source.trim_ascii_start();
    let (word, mut rest) = trimmed.split_at_checked("prepare".len())?;
    if !word.eq_ignore_ascii_case(b"prepare") {
        return None;
    }
    // The type list may hold `numeric(10,2)`, so the keyword counts only outside of parentheses.
    let mut depth = 0usize;
    while let Some((&byte, tail)) = rest.split_first() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            byte if depth == 0 && (byte.is_ascii_whitespace()) => {
                let (keyword, after) = tail.split_at_checked(2)?;
                if keyword.eq_ignore_ascii_case(b"as") && after.first().is_some_and(u8::is_ascii_whitespace) {
                    return Some(after.trim_ascii_start());
                }
            }
            _ => {}
        }
        // `(int)AS` without a blank
        if byte == b')' && depth == 0 && tail.len() > 2 && tail[..2].eq_ignore_ascii_case(b"as") {
            return Some(tail[2..].trim_ascii_start());
        }
        rest = tail;
    }
    None
}

/// Splits at commas outside of quotes and parentheses.
fn number_arguments(arguments: &[u8], out: &mut Vec<u8>) {
    if arguments.trim_ascii().is_empty() {
        return;
    }
    let (mut depth, mut quote, mut start, mut index) = (0usize, None, 0, 1u32);
    for (at, &byte) in arguments.iter().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'(' | b'[') => depth += 1,
            (None, b')' | b']') => depth = depth.saturating_sub(1),
            (None, b',') if depth == 0 => {
                push(index, &arguments[start..at], out);
                index += 1;
                start = at + 1;
            }
            _ => {}
        }
    }
    push(index, &arguments[start..], out);
}

fn push(index: u32, value: &[u8], out: &mut Vec<u8>) {
    if index > 1 {
        out.extend_from_slice(b", ");
    }
    out.push(b'$');
    out.extend_from_slice(index.to_string().as_bytes());
    out.extend_from_slice(b" = ");
    out.extend_from_slice(value.trim_ascii());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::event::Phase;

    #[test]
    fn an_execute_becomes_the_prepared_statement() {
        let mut buffer = Vec::new();
        let text = &b"execute p('a,b', 7);"[..];
        let mut statement = Statement { phase: Phase::Simple, duration_us: Some(1), text, parameters: b"", name: b"" };
        resolve(&mut statement, b"prepare p(text, numeric(10,2)) as select * from t where a=$1 and b=$2;", &mut buffer);
        assert_eq!(statement.text, b"select * from t where a=$1 and b=$2;");
        assert_eq!(statement.name, b"p");
        assert_eq!(statement.parameters, b"$1 = 'a,b', $2 = 7");
    }

    #[test]
    fn another_statement_is_left_alone() {
        let mut buffer = Vec::new();
        let text = &b"explain execute p(1)"[..];
        let mut statement = Statement { phase: Phase::Simple, duration_us: None, text, parameters: b"", name: b"" };
        resolve(&mut statement, b"prepare p(int) as select 1", &mut buffer);
        assert_eq!(statement.text, text);
    }
}
