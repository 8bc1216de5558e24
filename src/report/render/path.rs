//! Paths as other tools want them: in goes a path as it was given, out goes one relative to the folder, or a URI.

use std::borrow::Cow;
use std::fmt::Write;

/// With `/` between its parts and without a leading `./`.
pub fn relative(path: &str) -> Cow<'_, str> {
    let path = path.strip_prefix("./").unwrap_or(path);
    if cfg!(windows) && path.contains('\\') { path.replace('\\', "/").into() } else { path.into() }
}

pub fn is_absolute(path: &str) -> bool {
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
    path.starts_with('/') || (cfg!(windows) && drive)
}

/// A URI reference (RFC 3986): `file:///…` of an absolute path, else relative, with everything that has a meaning escaped.
pub fn uri(path: &str) -> String {
    let path = relative(path);
    let mut out = String::with_capacity(path.len() + 8);
    if is_absolute(&path) {
        out.push_str(if path.starts_with('/') { "file://" } else { "file:///" });
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => write!(out, "%{byte:02X}").expect("writing to a String"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_escape_what_has_a_meaning() {
        assert_eq!(uri("./migrations/1 ü:#.sql"), "migrations/1%20%C3%BC%3A%23.sql");
        assert_eq!(uri("/srv/a.sql"), "file:///srv/a.sql");
        assert_eq!(uri("-"), "-");
    }
}
