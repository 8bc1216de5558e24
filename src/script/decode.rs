//! The bytes of a file in; its text out, and what is wrong with its encoding.

use std::borrow::Cow;

use super::model::{Problem, ProblemKind};

/// What begins a dump that is no SQL (`src/bin/pg_dump/pg_backup_archiver.c`, `ReadHead`).
const CUSTOM_FORMAT: &[u8] = b"PGDMP";

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// As [`decode`], without a copy of what is UTF-8 already.
pub fn decode_owned(bytes: Vec<u8>) -> (String, Option<Problem>) {
    let decoded = |bytes: &[u8]| {
        let (text, problem) = decode(bytes);
        (text.into_owned(), problem)
    };
    if bytes.starts_with(CUSTOM_FORMAT) || bytes.starts_with(BYTE_ORDER_MARK) {
        return decoded(&bytes);
    }
    String::from_utf8(bytes).map_or_else(|error| decoded(error.as_bytes()), |text| (text, None))
}

/// The text of a file. Without a byte order mark; UTF-16 and Latin-1 are translated, a binary dump is empty.
pub fn decode(bytes: &[u8]) -> (Cow<'_, str>, Option<Problem>) {
    if bytes.starts_with(CUSTOM_FORMAT) {
        return (
            Cow::Borrowed(""),
            problem(
                "this is a dump in pg_dump's custom format, not SQL",
                "pg_restore --schema-only -f schema.sql DUMP makes SQL of it",
            ),
        );
    }
    let utf16 = |order: fn([u8; 2]) -> u16| -> Cow<'_, str> {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| order([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units).into()
    };
    const ADVICE: &str = "save it as UTF-8: psql and most tools send the bytes as they are";
    match bytes {
        [0xff, 0xfe, ..] => (utf16(u16::from_le_bytes), problem("the file is UTF-16", ADVICE)),
        [0xfe, 0xff, ..] => (utf16(u16::from_be_bytes), problem("the file is UTF-16", ADVICE)),
        _ => {
            let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
            match std::str::from_utf8(bytes) {
                Ok(text) => (text.into(), None),
                Err(_) => {
                    let text = bytes.iter().map(|byte| char::from(*byte)).collect();
                    (text, problem("the file is not UTF-8; it was read as Latin-1", ADVICE))
                }
            }
        }
    }
}

fn problem(message: &str, hint: &str) -> Option<Problem> {
    Some(Problem {
        kind: ProblemKind::Unreadable,
        line: None,
        message: message.to_owned(),
        hint: Some(hint.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_and_translated() {
        for text in ["\u{feff}select 'é'", "select 'é'"] {
            assert_eq!(decode(text.as_bytes()), ("select 'é'".into(), None));
            assert_eq!(decode_owned(text.as_bytes().to_vec()), ("select 'é'".to_owned(), None));
        }
        for (bytes, expected) in [
            (&b"\xff\xfea\0b\0"[..], "ab"),
            (&b"\xfe\xff\0a\0b"[..], "ab"),
            (&b"caf\xe9"[..], "café"),
            (&b"PGDMP\x01\x0e"[..], ""),
        ] {
            let (text, problem) = decode(bytes);
            assert_eq!(text, expected);
            assert!(problem.is_some());
            assert_eq!(decode_owned(bytes.to_vec()), (text.into_owned(), problem));
        }
    }
}
