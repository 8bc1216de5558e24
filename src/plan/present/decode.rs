//! Bytes of a file or a pipe in; text out. UTF-8 with or without a byte order mark, and UTF-16 as PowerShell's `>`
//! writes it.

use std::borrow::Cow;

use crate::plan::model::Warning;

/// Never fails: what is no text is replaced by U+FFFD, and the first place is named.
pub fn decode(input: &[u8]) -> (Cow<'_, str>, Option<Warning>) {
    match input {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        // No mark, but every other byte of the first characters is zero.
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => utf16(input, u16::from_le_bytes),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => utf16(input, u16::from_be_bytes),
        _ => utf8(input),
    }
}

fn utf8(input: &[u8]) -> (Cow<'_, str>, Option<Warning>) {
    match std::str::from_utf8(input) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(error) => {
            let line = memchr::memchr_iter(b'\n', &input[..error.valid_up_to()]).count() + 1;
            (Cow::Owned(String::from_utf8_lossy(input).into_owned()), Some(broken(line)))
        }
    }
}

fn utf16(input: &[u8], unit: fn([u8; 2]) -> u16) -> (Cow<'_, str>, Option<Warning>) {
    let (pairs, rest) = input.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    let mut damaged = None;
    for decoded in char::decode_utf16(pairs.iter().map(|&pair| unit(pair))) {
        match decoded {
            Ok(char) => text.push(char),
            Err(_) => {
                damaged.get_or_insert(text.len());
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }
    if !rest.is_empty() {
        damaged.get_or_insert(text.len());
    }
    let warning = damaged.map(|at| broken(memchr::memchr_iter(b'\n', &text.as_bytes()[..at]).count() + 1));
    (Cow::Owned(text), warning)
}

fn broken(line: usize) -> Warning {
    Warning::new(
        u32::try_from(line).unwrap_or(u32::MAX),
        "bytes that are no text were replaced",
        "Save the plan as UTF-8; names and literals with such characters are not exact.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_utf16_are_understood() {
        let plan = "Seq Scan on bücher\n";
        let le: Vec<u8> = plan.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = plan.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let with = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        for input in [
            plan.as_bytes().to_vec(),
            with(b"\xEF\xBB\xBF", plan.as_bytes()),
            with(b"\xFF\xFE", &le),
            with(b"\xFE\xFF", &be),
            le.clone(),
            be.clone(),
        ] {
            assert_eq!(decode(&input), (Cow::Borrowed(plan), None));
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_named_by_line() {
        let (text, warning) = decode(b"Seq Scan\n  Filter: (a = '\xFF')\n");
        assert_eq!(text, "Seq Scan\n  Filter: (a = '\u{FFFD}')\n");
        assert_eq!(warning.map(|w| w.line), Some(2));
        let (text, warning) = decode(b"\xFF\xFEa\0\n\0\x00\xD8x");
        assert_eq!(text, "a\n\u{FFFD}");
        assert_eq!(warning.map(|w| w.line), Some(2));
    }
}
