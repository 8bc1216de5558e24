//! Characters that stand for others: what editors, chats and browsers make of blanks, dots, quotes and arrows.

use std::borrow::Cow;

use super::row::Row;

pub fn restore(rows: &mut [Row<'_>]) {
    for row in rows.iter_mut() {
        if row.text.contains('\u{1b}') {
            row.text = without_escapes(&row.text).into();
        }
        if !row.text.is_ascii()
            && let Cow::Owned(text) = plain(&row.text)
        {
            row.text = text.into();
        }
    }
    for row in rows.iter_mut().filter(|row| row.text.starts_with('<') || row.text.ends_with('>')) {
        let (from, to) = without_tags(&row.text);
        if (from, to) != (0, row.text.len()) {
            *row = row.slice(from..to);
        }
    }
    if is_escaped(rows) {
        for row in rows.iter_mut().filter(|row| row.text.contains('&')) {
            row.text = unescape(&row.text).into();
        }
    }
}

/// Whether there may be anything to restore.
pub fn stands_for_others(text: &str) -> bool {
    let entity = |at: usize| ENTITY.iter().any(|entity| text[at..].starts_with(entity));
    memchr::memchr_iter(b'&', text.as_bytes()).any(entity)
        || !text.is_ascii() && text.bytes().any(may_stand_for) && matches!(plain(text), Cow::Owned(_))
}

/// The first bytes of all characters that [`plain`] replaces, which letters of most scripts do not begin with.
fn may_stand_for(byte: u8) -> bool {
    matches!(byte, 0xC2 | 0xE2 | 0xE3 | 0xEF)
}

/// What only the source of a page has.
const ENTITY: [&str; 4] = ["&gt;", "&lt;", "&quot;", "&nbsp;"];

/// Entities, and none of what they stand for: the whole was copied from the source of a page.
fn is_escaped(rows: &[Row<'_>]) -> bool {
    let entity = |text: &str| ENTITY.iter().any(|entity| text.contains(entity));
    let raw = |text: &str| text.trim_start_matches(['>', ' ']).contains(['<', '>']);
    let mut nbsp = false;
    let mut found = false;
    for row in rows {
        if row.text.contains('&') && entity(&row.text) {
            found = true;
            nbsp |= row.text.trim_start().starts_with("&nbsp;");
        }
    }
    found && (nbsp || !rows.iter().any(|row| raw(&row.text))) && !rows.iter().any(|row| row.text.contains("<td"))
}

/// What is left between the tags that begin and end a block of text as it is.
fn without_tags(text: &str) -> (usize, usize) {
    let (mut from, mut to) = (0, text.len());
    for tag in ["<pre>", "<code>"] {
        from += if text[from..to].starts_with(tag) { tag.len() } else { 0 };
    }
    for tag in ["</pre>", "</code>", "</pre>"] {
        to -= if text[from..to].ends_with(tag) { tag.len() } else { 0 };
    }
    (from, to)
}

/// Outside of literals, where every character counts.
fn plain(text: &str) -> Cow<'_, str> {
    let mut literal = false;
    let mut before = ' ';
    // Up to where the text was looked at, if something in it was replaced.
    let mut out: Option<String> = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        literal ^= c == '\'';
        let mut next = || chars.peek().map(|(_, next)| *next);
        let other = match c {
            _ if literal || c.is_ascii() => None,
            '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{2002}' | '\u{2003}' | '\u{3000}' => Some(" "),
            '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}' => Some(""),
            '\u{2018}' | '\u{2019}' => Some("'"),
            '\u{201c}' | '\u{201d}' => Some("\""),
            '\u{2026}' if before.is_ascii_digit() && next().is_some_and(|next| next.is_ascii_digit()) => Some(".."),
            '\u{2192}' => Some("->"),
            '\u{2013}' | '\u{2014}' if next() == Some('>') => Some("-"),
            _ => None,
        };
        before = c;
        match (other, &mut out) {
            (Some(other), out) => out.get_or_insert_with(|| text[..at].to_owned()).push_str(other),
            (None, Some(out)) => out.push(c),
            (None, None) => {}
        }
    }
    out.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Without the colours of a terminal (`ESC [ … letter`).
fn without_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(sequence) = rest.strip_prefix('[') {
            let end = sequence.find(|c: char| c.is_ascii_alphabetic()).map_or(sequence.len(), |end| end + 1);
            rest = &sequence[end..];
        }
    }
    out.push_str(rest);
    out
}

/// The entities that HTML sources have; unknown ones stay.
pub fn unescape(text: &str) -> String {
    const ENTITIES: [(&str, &str); 9] = [
        ("&gt;", ">"),
        ("&lt;", "<"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&apos;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (name, char) = ENTITIES.iter().find(|(name, _)| rest.starts_with(name)).unwrap_or(&("&", "&"));
        out.push_str(char);
        rest = &rest[name.len()..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glyphs_are_restored_outside_of_literals() {
        assert_eq!(plain("\u{a0}\u{a0}→  Sort (cost=0.10…0.20)"), "  ->  Sort (cost=0.10..0.20)");
        assert_eq!(plain("Filter: (a = ‘x’::text)"), "Filter: (a = 'x'::text)");
        assert_eq!(plain("Filter: (a = '…“→\u{a0}'::text)"), "Filter: (a = '…“→\u{a0}'::text)");
    }

    #[test]
    fn entities_and_colours_go() {
        assert_eq!(unescape("-&gt; &amp;lt; &unknown; &"), "-> &lt; &unknown; &");
        assert_eq!(without_escapes("\u{1b}[1;32mSeq Scan\u{1b}[0m on a"), "Seq Scan on a");
    }
}
