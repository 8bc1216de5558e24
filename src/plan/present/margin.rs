//! What stands in front of every line: `> ` of mail, numbers of editors, TABs and prefixes of logs.

use super::row::Row;
use super::shape::{Shape, figures, shape};

/// Takes off as many margins as there are, one in another.
pub fn strip(rows: &mut Vec<Row<'_>>) {
    single(rows);
    trailing_quotes(rows);
    for _ in 0..4 {
        let changed = syslog(rows) | log(rows) | quoted(rows) | numbered(rows);
        if !changed {
            break;
        }
    }
    for row in rows.iter_mut().filter(|row| row.text.contains('\t')) {
        row.text = expand(&row.text).into();
    }
}

/// A blank line behind every line.
fn single(rows: &mut Vec<Row<'_>>) {
    let spaced = rows.len() > 4 && rows.iter().skip(1).step_by(2).all(Row::is_blank);
    if spaced && rows.iter().step_by(2).filter(|row| row.is_blank()).count() * 4 < rows.len() {
        let mut at = 0;
        rows.retain(|_| {
            at += 1;
            at % 2 == 1
        });
    }
}

/// A quote behind every line, or behind the last one, that nothing opens.
fn trailing_quotes(rows: &mut [Row<'_>]) {
    let stray = |row: &Row<'_>| row.text.trim_end().ends_with('"') && row.text.matches('"').count() % 2 == 1;
    let full = || rows.iter().filter(|row| !row.is_blank());
    let every = full()
        .all(|row| row.text.trim_end().ends_with('"') && (row.text.trim() == "\"" || !row.text.starts_with('"')))
        && full().any(stray);
    let last = rows.iter().rposition(|row| !row.is_blank());
    let ends = last.is_some_and(|at| rows[at].text.trim_end().ends_with(" ms\"") && !rows[0].text.starts_with('"'));
    for (at, row) in rows.iter_mut().enumerate() {
        if every && !row.is_blank() || ends && Some(at) == last {
            let end = row.text.trim_end().len() - 1;
            *row = row.slice(0..end);
        }
    }
}

/// Calls `strip` for each run of at least two rows in which `is` holds.
fn runs<'a>(
    rows: &mut [Row<'a>],
    is: impl Fn(&[Row<'a>], usize) -> bool,
    strip: impl Fn(&mut [Row<'a>]) -> bool,
) -> bool {
    let mut changed = false;
    let mut at = 0;
    while at < rows.len() {
        let start = at;
        while at < rows.len() && is(rows, at) {
            at += 1;
        }
        if at - start >= 2 {
            changed |= strip(&mut rows[start..at]);
        }
        at = at.max(start + 1);
    }
    changed
}

fn quoted(rows: &mut [Row<'_>]) -> bool {
    let is = |rows: &[Row<'_>], at: usize| rows[at].text.trim_start().starts_with('>');
    runs(rows, is, |run| {
        let cut = |row: &Row<'_>| row.text.find('>').map_or(0, |at| at + 1);
        let spaced = run.iter().all(|row| matches!(row.text.as_bytes().get(cut(row)), None | Some(b' ' | b'>')));
        for row in run {
            let from = cut(row);
            let blank = spaced && row.text[from..].starts_with(' ');
            *row = row.slice(from + usize::from(blank)..row.text.len());
        }
        true
    })
}

/// Number and length of `12. `, `12: `, `12) `, `  12 | `, `12<TAB>`, `12 `.
fn number(text: &str) -> Option<(u64, usize)> {
    let body = text.trim_start_matches([' ', '\t']);
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let number = body.get(..digits).filter(|_| (1..=6).contains(&digits))?.parse().ok()?;
    let rest = &body[digits..];
    let cut = match rest.as_bytes() {
        [] => 0,
        [b'.' | b':' | b')' | b'|' | b'\t', ..] => 1,
        [b' ', b'|', ..] => 2,
        [b' ', 0xE2, 0x94, 0x82, ..] => 4,
        [b' ', ..] => 0,
        _ => return None,
    };
    Some((number, text.len() - rest.len() + cut))
}

fn numbered(rows: &mut [Row<'_>]) -> bool {
    let is = |rows: &[Row<'_>], at: usize| {
        let Some((here, _)) = number(&rows[at].text) else { return false };
        let neighbour =
            |at: Option<usize>| at.and_then(|at| rows.get(at)).and_then(|row| number(&row.text)).map(|n| n.0);
        neighbour(at.checked_sub(1)).is_some_and(|n| n + 1 == here) || neighbour(Some(at + 1)) == Some(here + 1)
    };
    runs(rows, is, |run| {
        if run.len() < 3 {
            return false;
        }
        let cut = |row: &Row<'_>| number(&row.text).map_or(0, |(_, cut)| cut);
        let spaced = run.iter().all(|row| row.text[cut(row)..].is_empty() || row.text[cut(row)..].starts_with(' '));
        for row in run {
            let from = (cut(row) + usize::from(spaced)).min(row.text.len());
            *row = row.slice(from..row.text.len());
        }
        true
    })
}

/// `Nov 21 03:10:24 db postgres[12]: [7-2] #011Sort …`: each line of one message has the message's number.
fn syslog(rows: &mut [Row<'_>]) -> bool {
    let is = |rows: &[Row<'_>], at: usize| chunk(&rows[at].text).is_some();
    runs(rows, is, |run| {
        for row in run {
            let from = chunk(&row.text).unwrap_or(0);
            *row = row.slice(from..row.text.len());
        }
        true
    })
}

/// Length of what stands up to `[7-2] `.
fn chunk(text: &str) -> Option<usize> {
    let head = super::region::prefix(text, 200);
    let open = head.find("[").filter(|_| head.contains("]: [") || head.contains("] ["))?;
    let mut at = open;
    while let Some(next) = head[at..].find('[') {
        let from = at + next + 1;
        let end = from + head[from..].find(']')?;
        let numbers = head[from..end].split_once('-');
        let digits = |n: &str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit());
        if from > 16 && numbers.is_some_and(|(message, line)| digits(message) && digits(line)) {
            let rest = &text[end + 1..];
            return Some(text.len() - rest.strip_prefix(' ').unwrap_or(rest).len());
        }
        at = end;
    }
    None
}

/// The server writes a TAB in front of each line of a message but the first (`elog.c`, `append_with_tabs`); syslog
/// daemons write it as `#011`.
fn log(rows: &mut [Row<'_>]) -> bool {
    let tab = |text: &str| if text.starts_with('\t') { 1 } else { 4 * usize::from(text.starts_with("#011")) };
    let mut changed = false;
    let mut inside = false;
    for at in 0..rows.len() {
        let text = &rows[at].text;
        if tab(text) == 0 {
            inside = is_plan_message(text);
            continue;
        }
        // Without the message's first line: when what follows is the plan's first.
        inside |= at == 0 || rows[at - 1].is_blank() || is_begin(&text[tab(text)..]);
        if inside {
            let escaped = text.starts_with("#011");
            rows[at] = rows[at].slice(tab(text)..text.len());
            if escaped && rows[at].text.contains("#011") {
                rows[at].text = rows[at].text.replace("#011", "\t").into();
            }
            changed = true;
        }
    }
    changed
}

fn is_begin(text: &str) -> bool {
    text.starts_with("Query Text:") || shape(text) == Shape::Root && figures(text)
}

/// auto_explain's first line (`auto_explain.c`, `explain_ExecutorEnd`).
pub fn is_plan_message(text: &str) -> bool {
    text.trim_end().ends_with("ms  plan:") && text.contains("duration: ")
}

/// Blanks for TABs, eight columns each.
fn expand(text: &str) -> String {
    let body = text.trim_start_matches(['\t', ' ']);
    let mut out = String::with_capacity(text.len() + 16);
    for c in text[..text.len() - body.len()].chars() {
        let blanks = if c == '\t' { 8 - out.len() % 8 } else { 1 };
        out.extend(std::iter::repeat_n(' ', blanks));
    }
    out.push_str(body);
    out
}
