//! A logged parameter list (`$1 = '5', $2 = NULL`) comes in; hashes of its values and a chosen value go out.

use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

/// What a list says when one of its parameters is set apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Apart {
    /// Hash of all other parameters.
    pub others: u64,
    /// The parameter set apart, as a number.
    pub value: Option<u64>,
}

/// Hash of the whole list; 0 for none.
#[inline]
pub(super) fn hash(list: &[u8]) -> u64 {
    if list.is_empty() { 0 } else { xxh3_64(list) }
}

/// Sets `$number` apart from the rest.
pub(super) fn apart(list: &[u8], number: u16) -> Apart {
    let mut others = Xxh3Default::new();
    let mut value = None;
    for (name, text) in Parameters(list) {
        if std::str::from_utf8(name).ok().and_then(|name| name.parse().ok()) == Some(number) {
            value = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
        } else {
            others.update(name);
            others.update(text);
            others.update(b"\0");
        }
    }
    Apart { others: others.digest(), value }
}

/// Number and value of each parameter, without the quotes around the value.
struct Parameters<'a>(&'a [u8]);

impl<'a> Iterator for Parameters<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let start = memchr::memchr(b'$', self.0)?;
        let rest = &self.0[start + 1..];
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (name, rest) = rest.split_at(digits);
        let rest = rest.strip_prefix(b" = ").unwrap_or(rest);
        let Some(quoted) = rest.strip_prefix(b"'") else {
            let end = memchr::memchr(b',', rest).unwrap_or(rest.len());
            self.0 = &rest[end..];
            return Some((name, &rest[..end]));
        };
        // Quotes inside are doubled, so the first single one ends the value.
        let mut at = 0;
        while let Some(quote) = memchr::memchr(b'\'', &quoted[at..]) {
            at += quote;
            if quoted.get(at + 1) != Some(&b'\'') {
                self.0 = &quoted[at + 1..];
                return Some((name, &quoted[..at]));
            }
            at += 2;
        }
        self.0 = b"";
        Some((name, quoted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_look_like_a_list() {
        let list = b"$1 = 'it''s, $2 = ''x''', $2 = '40', $3 = NULL";
        let all: Vec<_> = Parameters(list).collect();
        assert_eq!(all, [(&b"1"[..], &b"it''s, $2 = ''x''"[..]), (b"2", b"40"), (b"3", b"NULL")]);
        assert_eq!(apart(list, 2).value, Some(40));
        assert_eq!(apart(list, 2).others, apart(b"$1 = 'it''s, $2 = ''x''', $2 = '60', $3 = NULL", 2).others);
        assert_ne!(apart(list, 2).others, apart(b"$1 = 'other', $2 = '40', $3 = NULL", 2).others);
    }

    #[test]
    fn broken_lists_end() {
        for list in [&b"$"[..], b"$1", b"$1 = '", b"$1 = 'x", b"$1 = ,,,$", b"no list"] {
            assert!(Parameters(list).count() < 4);
        }
    }
}
