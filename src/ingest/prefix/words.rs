//! Words that Postgres itself puts into a prefix: backend types (`%b`) and command tags (`%i`).

/// `miscinit.c`, `GetBackendTypeDesc`.
const BACKEND_TYPES: [&str; 17] = [
    "client backend",
    "not initialized",
    "autovacuum launcher",
    "autovacuum worker",
    "background worker",
    "background writer",
    "checkpointer",
    "postmaster",
    "startup",
    "walreceiver",
    "walsender",
    "walwriter",
    "archiver",
    "logger",
    "parallel worker",
    "logical replication launcher",
    "logical replication worker",
];

/// The beginnings of `cmdtaglist.h`, and what `ps` shows besides.
const TAGS: [&str; 30] = [
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "MERGE",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "PARSE",
    "BIND",
    "EXECUTE",
    "PREPARE",
    "DEALLOCATE",
    "DECLARE",
    "FETCH",
    "CLOSE",
    "COPY",
    "EXPLAIN",
    "VACUUM",
    "ANALYZE",
    "CREATE",
    "ALTER",
    "DROP",
    "TRUNCATE",
    "SET",
    "SHOW",
    "DO",
    "CALL",
    "authentication",
    "idle",
];

/// The escape and the length of the word at the start of `text`.
pub(crate) fn known(text: &[u8]) -> Option<(&'static str, usize)> {
    let ends = |len: usize| {
        text.get(len).is_none_or(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'@' | b'_' | b'='))
    };
    if let Some(name) = BACKEND_TYPES.iter().find(|name| text.starts_with(name.as_bytes()) && ends(name.len())) {
        return Some(("%b", name.len()));
    }
    let tag = TAGS.iter().find(|tag| text.starts_with(tag.as_bytes()) && ends(tag.len()))?;
    // `CREATE TABLE`, `DROP INDEX`: upper-case words go on.
    let mut len = tag.len();
    while text.get(len) == Some(&b' ') {
        let word = text[len + 1..].iter().take_while(|byte| byte.is_ascii_uppercase()).count();
        // The severity is not part of the tag.
        if word == 0 || text.get(len + 1 + word) == Some(&b':') || tag.as_bytes()[0].is_ascii_lowercase() {
            break;
        }
        len += 1 + word;
    }
    Some(("%i", len))
}
