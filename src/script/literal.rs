//! The inside of a string literal in, the SQL that it holds out, of the same length.

use crate::sql::facts::Span;

/// Where the inside of a literal stands in `text`, and what it says; `None` for what is no plain literal (E'', U&'').
pub(super) fn inside(text: &str, literal: Span) -> Option<(Span, String)> {
    let raw = literal.of(text);
    let opening = match raw.strip_prefix('$') {
        Some(tagged) => tagged.find('$')? + 2,
        None => usize::from(raw.starts_with('\'')),
    };
    if opening == 0 || raw.len() < 2 * opening {
        return None;
    }
    let closing = if raw.starts_with('$') { opening } else { 1 };
    let span = Span { start: literal.start + opening, end: literal.end - closing };
    let body = span.of(text);
    Some((span, if raw.starts_with('$') { body.to_owned() } else { undoubled(body) }))
}

/// Takes back the doubling of quotes. A blank fills the place outside of the inner string; within it, where a quote of its
/// own is doubled twice, blanks become part of its value, which no reader of ours looks at.
pub(super) fn undoubled(body: &str) -> String {
    if !body.contains("''") {
        return body.to_owned();
    }
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    let mut open = false;
    while let Some(at) = rest.find("''") {
        out.push_str(&rest[..at]);
        rest = &rest[at + 2..];
        if open && rest.starts_with("''") {
            out.push_str("''  ");
            rest = &rest[2..];
        } else {
            out.push_str(if open { "' " } else { " '" });
            open = !open;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_taken_back_without_moving_anything() {
        for (text, expected) in [
            ("'drop table a'", "drop table a"),
            ("'a = ''b'' and c'", "a =  'b'  and c"),
            ("'a = ''it''''s'''", "a =  'it''  s' "),
            ("$q$a = 'b'$q$", "a = 'b'"),
            ("''", ""),
        ] {
            let (span, found) = inside(text, Span { start: 0, end: text.len() }).unwrap();
            assert_eq!(found, expected, "{text}");
            assert_eq!(found.len(), span.end - span.start, "{text}");
        }
        assert_eq!(inside("E'a'", Span { start: 0, end: 4 }), None);
    }
}
