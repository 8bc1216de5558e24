//! The inside of a JSON string: where it ends, and what it says.

use memchr::{memchr, memchr2};

/// Offset of the closing quote; `text` begins after the opening one.
#[inline]
pub(crate) fn end(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let hit = at + memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[hit] == b'"' {
            return Some(hit);
        }
        at = hit + 2;
    }
}

/// Appends the unescaped text. Broken escapes are kept as they stand; lone surrogates become U+FFFD.
#[inline]
pub(crate) fn unescape(mut raw: &[u8], out: &mut Vec<u8>) {
    out.reserve(raw.len());
    while let Some(at) = memchr(b'\\', raw) {
        out.extend_from_slice(&raw[..at]);
        let (byte, taken) = match raw.get(at + 1) {
            Some(b'n') => (b'\n', 2),
            Some(b't') => (b'\t', 2),
            Some(b'r') => (b'\r', 2),
            Some(b'b') => (8, 2),
            Some(b'f') => (12, 2),
            Some(b'u') => {
                raw = &raw[at + unicode(&raw[at..], out)..];
                continue;
            }
            Some(&other @ (b'"' | b'\\' | b'/')) => (other, 2),
            _ => (b'\\', 1),
        };
        out.push(byte);
        raw = &raw[at + taken..];
    }
    out.extend_from_slice(raw);
}

/// `\u` and four hexadecimal digits, with a second one for a surrogate pair; gives the bytes taken.
fn unicode(raw: &[u8], out: &mut Vec<u8>) -> usize {
    let unit = |at: usize| -> Option<u32> {
        let digits = raw.get(at..at + 6)?.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0, |value, byte| Some(value * 16 + char::from(*byte).to_digit(16)?))
    };
    let Some(first) = unit(0) else {
        out.push(b'\\');
        return 1;
    };
    let (code, taken) = match (first, unit(6)) {
        (0xD800..=0xDBFF, Some(second @ 0xDC00..=0xDFFF)) => {
            (0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), 12)
        }
        _ => (first, 6),
    };
    let char = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unescapes() {
        let mut out = Vec::new();
        unescape(br#"a\"b\\c\n\u00e9\ud83d\ude00\ud800x\q\u12"#, &mut out);
        assert_eq!(String::from_utf8(out).expect("text"), "a\"b\\c\né😀\u{FFFD}x\\q\\u12");
        assert_eq!(end(br#"a\"b" rest"#), Some(4));
        assert_eq!(end(br"a\"), None);
    }
}
