//! Values in quotes: each line as pgAdmin and other grids copy them, or csv, where one value may go over lines.

use super::row::Row;
use super::shape::{Shape, shape};
use super::table::{Table, footer, is_structured};

/// The values that begin in this row.
pub fn take<'a>(rows: &[Row<'a>], start: usize) -> Option<Table<'a>> {
    let first = rows[start].text.trim();
    let titled = matches!(first, "\"QUERY PLAN\"" | "QUERY PLAN" | "'QUERY PLAN'");
    let from = if titled { start + 1 } else { start };
    let quote = match rows.get(from)?.text.trim_start().as_bytes().first() {
        Some(b'\'') => '\'',
        Some(b'"') => '"',
        // Unaligned, or csv in which only later lines have quotes.
        _ if titled => '"',
        _ => return None,
    };
    if !titled && !begins(rows, from, quote) {
        return None;
    }
    let bottom = footer(rows, from).filter(|_| titled);
    // Csv has no count, but a literal may have a line like one.
    let ends = |at: usize| {
        bottom == Some(at) && rows.get(at + 1).is_none_or(|row| row.is_blank() || shape(&row.text) != Shape::Other)
    };
    let mut cells = Vec::new();
    let mut at = from;
    let mut count = None;
    while let Some(row) = rows.get(at) {
        if let Some((mut value, end)) = value(rows, at, quote) {
            cells.append(&mut value);
            at = end;
            continue;
        }
        match shape(&row.text) {
            Shape::Count(n) if ends(at) => {
                count = Some(n);
                at += 1;
                break;
            }
            Shape::Title | Shape::Rule => break,
            Shape::Blank if titled => cells.push(row.clone()),
            _ if titled && row.text.trim() != "\"QUERY PLAN\"" => cells.push(row.clone()),
            _ => break,
        }
        at += 1;
    }
    (at > from).then_some(Table { cells, count, end: at })
}

/// Csv puts only those lines in quotes that hold a comma or a quote; without a title nothing else tells.
pub fn lone<'a>(rows: &[Row<'a>]) -> Option<Vec<Row<'a>>> {
    let is = |row: &Row<'_>| {
        let inside = row.text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        inside.is_some_and(|inside| matches!(shape(inside), Shape::Arrow | Shape::Property | Shape::Footer))
    };
    let plain = |row: &Row<'_>| matches!(shape(&row.text), Shape::Root | Shape::Arrow | Shape::Property);
    (rows.iter().any(is) && rows.iter().any(plain)).then(|| {
        let plain = |at: usize| value(rows, at, '"').filter(|_| is(&rows[at])).map(|(lines, _)| lines);
        (0..rows.len()).flat_map(|at| plain(at).unwrap_or_else(|| vec![rows[at].clone()])).collect()
    })
}

/// The first line of a plan, in quotes.
fn begins(rows: &[Row<'_>], at: usize, quote: char) -> bool {
    let content = rows[at].text.trim_start().trim_start_matches(quote).trim_end().trim_end_matches([',', ';']);
    let content = content.trim_end_matches(quote);
    let text = matches!(shape(content), Shape::Root | Shape::Arrow);
    (text || is_structured(content) && !rows[at].text.contains('\\')) && value(rows, at, quote).is_some()
}

/// A quoted value and the row after it; none when the quotes do not close at the end of a line.
fn value<'a>(rows: &[Row<'a>], start: usize, quote: char) -> Option<(Vec<Row<'a>>, usize)> {
    let first = &rows[start].text;
    let lead = first.len() - first.trim_start().strip_prefix(quote)?.len();
    let (single, doubled) = if quote == '\'' { ("'", "''") } else { ("\"", "\"\"") };
    let mut lines = Vec::new();
    let mut from = lead;
    for (at, row) in rows.iter().enumerate().skip(start).take(LINES) {
        let end = row.text.trim_end().trim_end_matches([',', ';']).len();
        let text = row.text.get(from..end.max(from))?;
        let quotes = text.bytes().rev().take_while(|&byte| byte == quote as u8).count();
        let closes = quotes % 2 == 1 || quote == '\'' && quotes > 0;
        let body = if closes { &text[..text.len() - 1] } else { &row.text[from..] };
        if memchr::memchr(quote as u8, body.as_bytes()).is_none() {
            lines.push(row.slice(from..from + body.len()));
            if closes {
                return Some((lines, at + 1));
            }
            from = 0;
            continue;
        }
        if has_single(body, quote as u8) {
            // Quotes inside that are not doubled: a grid that does not know better, or no quoted value at all.
            let whole = closes && at == start;
            return whole.then(|| (vec![row.with(body.to_owned())], at + 1));
        }
        let plain = body.replace(doubled, single);
        let odd = quote == '\'' && plain.matches(quote).count() % 2 == 1;
        lines.push(row.with(if odd { body.to_owned() } else { plain }));
        if closes {
            return Some((lines, at + 1));
        }
        from = 0;
    }
    None
}

/// Whether a quote stands there that is not doubled.
fn has_single(text: &str, quote: u8) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr::memchr(quote, &bytes[at..]) {
        at += found;
        let run = bytes[at..].iter().take_while(|byte| **byte == quote).count();
        if run % 2 == 1 {
            return true;
        }
        at += run;
    }
    false
}

/// A value is not longer.
const LINES: usize = 200_000;
