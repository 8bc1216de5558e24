//! JSON, YAML and XML whose lines a terminal or a mail program broke: what the server never does inside of a value.

use super::region::{dedent, scan_brackets};
use super::row::{Row, width};
use crate::plan::model::Format;

/// The lines as the server wrote them.
pub fn join(format: Format, rows: Vec<Row<'_>>) -> Vec<Row<'_>> {
    let widest = rows.iter().map(|row| width(&row.text)).max().unwrap_or(0);
    let continues = match format {
        Format::Json if is_cut(&rows, widest) => vec![true; rows.len()],
        Format::Json => json(&rows),
        Format::Yaml => yaml(&rows),
        _ => xml(&rows, widest),
    };
    if !continues.contains(&true) {
        return rows;
    }
    let mut joined: Vec<Row<'_>> = Vec::with_capacity(rows.len());
    let mut above = 0;
    for (row, goes_on) in rows.into_iter().zip(continues) {
        let columns = width(&row.text);
        match joined.last_mut() {
            Some(last) if goes_on => {
                let mut text = std::mem::take(&mut last.text).into_owned();
                // Blanks at the end of a line are lost when it is copied; a mail program takes the one between words.
                let lost = if above + 2 >= widest { widest - above } else { 1 };
                text.extend(std::iter::repeat_n(' ', lost));
                text.push_str(&row.text);
                last.text = text.into();
            }
            _ => joined.push(row),
        }
        above = columns;
    }
    dedent(joined)
}

/// One long line, cut into pieces of the same width.
fn is_cut(rows: &[Row<'_>], widest: usize) -> bool {
    let (Some((last, full)), true) = (rows.split_last(), widest >= 40) else { return false };
    let whole = full.iter().all(|row| width(&row.text) == widest);
    rows.len() > 2 && whole && width(&last.text) <= widest && !rows[1].text.starts_with("  ")
}

/// For each row whether it goes on where the row above ended: inside of a string, or in column 0, where the server writes
/// only brackets.
fn json(rows: &[Row<'_>]) -> Vec<bool> {
    let indented = rows.iter().any(|row| row.text.starts_with("  "));
    let mut depth = 0;
    let mut string = None;
    let own = |row: &Row<'_>| row.is_blank() || row.text.starts_with([' ', '[', ']', '{', '}', '"', '\t']);
    let goes_on = |row: &Row<'_>| {
        let inside = string == Some(b'"');
        scan_brackets(&row.text, &mut depth, &mut string);
        inside || indented && !own(row)
    };
    rows.iter().map(goes_on).collect()
}

/// The server writes a string on one line.
fn yaml(rows: &[Row<'_>]) -> Vec<bool> {
    let mut open = false;
    let goes_on = |row: &Row<'_>| {
        let inside = open;
        open ^= open_quote(&row.text);
        inside
    };
    rows.iter().map(goes_on).collect()
}

/// Every line of the server's begins with a tag, but for those inside of SQL literals. If there are no others, and no line
/// fills a terminal, nothing was broken.
fn xml(rows: &[Row<'_>], widest: usize) -> Vec<bool> {
    let goes_on: Vec<bool> =
        rows.iter().map(|row| !row.is_blank() && !row.text.trim_start().starts_with('<')).collect();
    let (mut in_literal, mut above) = (false, 0);
    let broken = rows.iter().zip(&goes_on).any(|(row, &goes_on)| {
        let inside = in_literal && (goes_on || row.is_blank());
        let broken = goes_on && (!inside || above == widest && is_terminal(widest));
        in_literal = inside != (row.text.matches('\'').count() % 2 == 1);
        above = width(&row.text);
        broken
    });
    if broken { goes_on } else { vec![false; rows.len()] }
}

/// As wide as people make their windows; psql leaves a margin of one or two.
fn is_terminal(columns: usize) -> bool {
    [80, 100, 120, 132, 160].iter().any(|width| (columns..columns + 3).contains(width))
}

/// A string begins in this line and does not end in it.
pub fn open_quote(text: &str) -> bool {
    let (mut open, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            b'\\' if open => escaped = !escaped,
            b'"' if !escaped => open = !open,
            _ => escaped = false,
        }
    }
    open
}
