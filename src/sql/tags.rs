//! Comments in, the tags that applications put into them out: sqlcommenter's `/*key='value',…*/` (URL-encoded, `\'`
//! for a quote), and the `/*key:value,…*/` of marginalia and Rails. `-- …` comments and hints (`/*+ … */`) carry none.

use super::lexer::{Lexer, TokenKind};

/// All tags of a statement's text, wherever the comments stand; of equal keys the later value wins.
pub fn tags(text: &[u8]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for token in Lexer::new(text) {
        if token.kind == TokenKind::Comment {
            add_comment(token.bytes(text), &mut found);
        }
    }
    found
}

/// Adds the tags of one comment, delimiters included, to `found`. A comment that is no list of tags adds nothing.
pub fn add_comment(comment: &[u8], found: &mut Vec<(String, String)>) {
    let Some(inside) = comment.strip_prefix(b"/*").map(|rest| rest.strip_suffix(b"*/").unwrap_or(rest)) else {
        return;
    };
    let Some(pairs) = list(inside) else { return };
    for (key, value) in pairs {
        match found.iter_mut().find(|(known, _)| *known == key) {
            Some((_, old)) => *old = value,
            None => found.push((key, value)),
        }
    }
}

/// `None` if any part is no tag: then it is prose.
fn list(inside: &[u8]) -> Option<Vec<(String, String)>> {
    let mut rest = inside.trim_ascii();
    let mut pairs = Vec::new();
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| matches!(byte, b'=' | b':' | b','))?;
        let key = rest[..end].trim_ascii();
        let separator = rest[end];
        if !is_key(key) {
            return None;
        }
        rest = &rest[end + 1..];
        if separator == b',' {
            // A key without a value says nothing.
            continue;
        }
        let value;
        (value, rest) = match separator {
            b'=' => equals(rest)?,
            _ => colon(rest)?,
        };
        if !value.is_empty() {
            pairs.push((decode(key), value));
        }
    }
    Some(pairs)
}

fn is_key(key: &[u8]) -> bool {
    (1..=64).contains(&key.len())
        && key.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'%'))
}

/// A value after `=`, and what follows its comma.
fn equals(rest: &[u8]) -> Option<(String, &[u8])> {
    let rest = rest.trim_ascii_start();
    let Some(quoted) = rest.strip_prefix(b"'") else {
        let (value, rest) = to_comma(rest);
        return Some((decode(value), rest));
    };
    let mut value = Vec::new();
    let mut bytes = quoted.iter().enumerate();
    while let Some((at, &byte)) = bytes.next() {
        match byte {
            b'\\' => value.push(bytes.next().map_or(b'\\', |(_, &escaped)| escaped)),
            b'\'' => {
                let (between, rest) = to_comma(&quoted[at + 1..]);
                return between.trim_ascii().is_empty().then(|| (decode(&value), rest));
            }
            _ => value.push(byte),
        }
    }
    // Cut off: the value is not whole.
    None
}

/// A value after `:`, as marginalia writes it: without a blank, so that prose (`note: this …`) is told apart.
fn colon(rest: &[u8]) -> Option<(String, &[u8])> {
    if rest.first().is_some_and(u8::is_ascii_whitespace) || rest.starts_with(b"//") {
        return None;
    }
    let (value, rest) = to_comma(rest);
    Some((String::from_utf8_lossy(value).into_owned(), rest))
}

fn to_comma(rest: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b',', rest) {
        Some(at) => (rest[..at].trim_ascii(), &rest[at + 1..]),
        None => (rest.trim_ascii(), &[]),
    }
}

fn decode(bytes: &[u8]) -> String {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match hex {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<String> {
        tags(text.as_bytes()).into_iter().map(|(key, value)| format!("{key}={value}")).collect()
    }

    #[test]
    fn sqlcommenter() {
        assert_eq!(
            pairs("SELECT 1 /*action='%2Fparam*d',controller='index',route='a\\'b',traceparent='00-5bd6-01'*/"),
            ["action=/param*d", "controller=index", "route=a'b", "traceparent=00-5bd6-01"]
        );
        assert_eq!(pairs("/* job=nightly , k = 'v' */ select 1"), ["job=nightly", "k=v"]);
    }

    #[test]
    fn marginalia_and_rails() {
        assert_eq!(
            pairs("/*application:Shop,controller:orders,action:index,line:/app/a.rb:12:in `x'*/ select 1"),
            ["application=Shop", "controller=orders", "action=index", "line=/app/a.rb:12:in `x'"]
        );
    }

    #[test]
    fn several_comments_and_the_later_value_wins() {
        assert_eq!(pairs("/*a='1',b='2'*/ select 1 /*a='3'*/;"), ["a=3", "b=2"]);
    }

    #[test]
    fn prose_strings_and_hints_are_no_tags() {
        for text in [
            "select '/*a=''1''*/'",
            "select $$/*a='1'*/$$",
            "select 1 -- a='1'",
            "select 1 /* note: this is a hack */",
            "/* see http://example.com */ select 1",
            "/*+ SeqScan(t) rows=5 */ select 1",
            "/* a='cut",
            "/* a */ select 1",
            "/*a=,b:*/ select 1",
        ] {
            assert_eq!(pairs(text), Vec::<String>::new(), "{text}");
        }
    }
}
