//! The word that follows a stderr line's prefix: the severity of a record, or the heading of one of its further fields.

use super::event::Severity;

/// What a raw stderr line adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heading {
    /// Begins a record.
    Primary(Severity),
    Detail,
    Hint,
    Context,
    Statement,
    /// QUERY, LOCATION, BACKTRACE: belong to the record, nothing in an event.
    Ignored,
}

/// `LOG:  message`: the heading and how many bytes it takes (colon and blanks included). Two blanks are Postgres's own,
/// one is what collectors that squeeze blanks leave.
#[inline]
pub(crate) fn heading(text: &[u8]) -> Option<(Heading, usize)> {
    let (heading, len) = match text {
        [b'L', b'O', b'G', b':', ..] => (Heading::Primary(Severity::Log), 4),
        [b'D', b'E', b'T', b'A', b'I', b'L', b':', ..] => (Heading::Detail, 7),
        [b'S', b'T', b'A', b'T', b'E', b'M', b'E', b'N', b'T', b':', ..] => (Heading::Statement, 10),
        [b'E', b'R', b'R', b'O', b'R', b':', ..] => (Heading::Primary(Severity::Error), 6),
        [b'C', b'O', b'N', b'T', b'E', b'X', b'T', b':', ..] => (Heading::Context, 8),
        [b'H', b'I', b'N', b'T', b':', ..] => (Heading::Hint, 5),
        [b'A'..=b'Z', ..] => rare(text)?,
        _ => return None,
    };
    match &text[len..] {
        [b' ', b' ', ..] => Some((heading, len + 2)),
        [b' ', ..] => Some((heading, len + 1)),
        // The line was cut, or an empty message lost its trailing blanks.
        [] => Some((heading, len)),
        _ => None,
    }
}

fn rare(text: &[u8]) -> Option<(Heading, usize)> {
    const WORDS: [(&[u8], Heading); 10] = [
        (b"WARNING:", Heading::Primary(Severity::Warning)),
        (b"FATAL:", Heading::Primary(Severity::Fatal)),
        (b"PANIC:", Heading::Primary(Severity::Panic)),
        (b"NOTICE:", Heading::Primary(Severity::Notice)),
        (b"INFO:", Heading::Primary(Severity::Info)),
        (b"DEBUG:", Heading::Primary(Severity::Debug)),
        (b"QUERY:", Heading::Ignored),
        (b"LOCATION:", Heading::Ignored),
        (b"BACKTRACE:", Heading::Ignored),
        (b"DEBUG1:", Heading::Primary(Severity::Debug)),
    ];
    if let [b'D', b'E', b'B', b'U', b'G', b'2'..=b'5', b':', ..] = text {
        return Some((Heading::Primary(Severity::Debug), 7));
    }
    WORDS.iter().find(|(word, _)| text.starts_with(word)).map(|(word, heading)| (*heading, word.len()))
}

/// Where the first severity word stands after a blank or at the line's start (two blanks after it); for inference.
pub(crate) fn find(line: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(line, b":  ").find_map(|colon| {
        let start = line[..colon].iter().rposition(|byte| !byte.is_ascii_uppercase() && !byte.is_ascii_digit());
        let start = start.map_or(0, |before| before + 1);
        // A prefix may end in anything: try the shortest suffix of the word that is a heading.
        (start..colon).find(|at| heading(&line[*at..]).is_some_and(|(_, len)| at + len == colon + 3))
    })
}
