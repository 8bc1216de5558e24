//! Names and strings as written in; as Postgres stores them out.

/// Postgres cuts identifiers at `NAMEDATALEN - 1` bytes (`src/backend/parser/scansup.c`, `truncate_identifier`).
const LONGEST_NAME: usize = 63;

/// The stored form of an identifier as written.
pub(crate) fn identifier(raw: &str) -> String {
    let quoted = raw.strip_prefix("U&").or_else(|| raw.strip_prefix("u&")).unwrap_or(raw);
    let mut text = match quoted.strip_prefix('"') {
        Some(inner) => inner.strip_suffix('"').unwrap_or(inner).replace("\"\"", "\""),
        None => raw.to_ascii_lowercase(),
    };
    let mut end = text.len().min(LONGEST_NAME);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

pub(super) fn string_value(raw: &str) -> String {
    if let Some(body) = raw.strip_prefix('$') {
        let Some(tag_end) = body.find('$') else { return raw.to_owned() };
        let inner = &body[tag_end + 1..];
        return inner.get(..inner.len().saturating_sub(tag_end + 2)).unwrap_or_default().to_owned();
    }
    let Some(open) = raw.find('\'') else { return raw.to_owned() };
    let inner = &raw[open + 1..];
    inner.strip_suffix('\'').unwrap_or(inner).replace("''", "'")
}
