//! A document that was changed on the way comes in: quotes escaped or doubled, lines broken. One as it was goes out.

use super::super::document::Lines;

/// No terminal is narrower.
const NARROWEST: usize = 20;

/// `None` when the quotes are plain. Lines of the result point at the lines of the input.
pub(super) fn repair(text: &str, lines: &Lines) -> Option<(String, Lines)> {
    let (open, _) = text.match_indices('{').next()?;
    let mut rest = &text[open + 1..];
    loop {
        let trimmed = rest.trim_start();
        rest = ["\\n", "\\r", "\\t"].iter().find_map(|blank| trimmed.strip_prefix(blank)).unwrap_or(trimmed);
        if rest.len() == trimmed.len() {
            break;
        }
    }
    if rest.starts_with("\\\"") || rest.starts_with("\\\\") {
        return Some(unescape(text, lines));
    }
    let is_doubled =
        rest.strip_prefix("\"\"").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
    is_doubled.then(|| (text.replace("\"\"", "\""), lines.clone()))
}

/// Takes one layer of escapes away; what stands around the string stays, it is skipped later.
fn unescape(text: &str, lines: &Lines) -> (String, Lines) {
    let mut plain = String::with_capacity(text.len());
    let mut numbers = vec![lines.of(0)];
    let mut line = 0;
    let mut from = 0;
    let bytes = text.as_bytes();
    while let Some(stop) = memchr::memchr2(b'\\', b'\n', &bytes[from..]).map(|at| from + at) {
        plain.push_str(&text[from..stop]);
        from = stop + 1;
        if bytes[stop] == b'\n' {
            line += 1;
            plain.push('\n');
            numbers.push(lines.of(line));
            continue;
        }
        match bytes.get(from) {
            Some(b'n') => {
                plain.push('\n');
                numbers.push(lines.of(line));
            }
            Some(b't') => plain.push('\t'),
            Some(b'r') => plain.push('\r'),
            Some(quote @ (b'"' | b'\\' | b'/' | b'\'')) => plain.push(char::from(*quote)),
            // Left to the lexer: \u00e9 means the same one layer further in.
            _ => {
                plain.push('\\');
                continue;
            }
        }
        from += 1;
    }
    plain.push_str(&text[from..]);
    (plain, Lines::Each(numbers))
}

/// Puts lines together that a terminal broke at its width; `None` if none did. Of the lines of the greatest width those go on
/// of which `goes_on` says so, if there are at least so many.
pub(super) fn unwrap(
    text: &str,
    lines: &Lines,
    goes_on: fn(&str, &str) -> bool,
    least: usize,
) -> Option<(String, Lines)> {
    let width = |line: &str| line.trim_end_matches('\r').chars().count();
    let widest = text.lines().map(width).max().filter(|&widest| widest >= NARROWEST)?;
    let pairs = || text.lines().zip(text.lines().skip(1));
    let breaks = |line: &str, next: &str| width(line) == widest && goes_on(line, next);
    pairs().filter(|(line, next)| breaks(line, next)).nth(least.checked_sub(1)?)?;
    let mut joined = String::with_capacity(text.len());
    let mut numbers = vec![lines.of(0)];
    for (index, (line, next)) in pairs().enumerate() {
        joined.push_str(line.trim_end_matches('\r'));
        if !breaks(line, next) {
            joined.push('\n');
            numbers.push(lines.of(index + 1));
        }
    }
    joined.push_str(text.lines().next_back().unwrap_or_default());
    Some((joined, Lines::Each(numbers)))
}
