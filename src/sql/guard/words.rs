//! A name and what is called by it in; whether that may be planned, out.

use super::{Names, Refusal};
use crate::sql::lexer::{Token, TokenKind};

/// Functions of the system catalog that do more than compute: they wait, lock, write, signal, read files or run SQL that
/// they are given. Most are volatile and so never run by the planner, and a read-only transaction stops some; all are refused.
const DENIED: &[&str] = &[
    "binary_upgrade_create_empty_extension",
    "currtid2",
    "cursor_to_xml",
    "cursor_to_xmlschema",
    "database_to_xml",
    "database_to_xml_and_xmlschema",
    "database_to_xmlschema",
    "loread",
    "lowrite",
    "nextval",
    "notify",
    "pg_cancel_backend",
    "pg_current_xact_id",
    "pg_export_snapshot",
    "pg_import_system_collations",
    "pg_notify",
    "pg_promote",
    "pg_read_binary_file",
    "pg_read_file",
    "pg_reload_conf",
    "pg_rotate_logfile",
    "pg_stat_file",
    "pg_switch_wal",
    "pg_terminate_backend",
    "query_to_xml",
    "query_to_xml_and_xmlschema",
    "query_to_xmlschema",
    "schema_to_xml",
    "set_config",
    "setseed",
    "setval",
    "table_to_xml",
    "ts_rewrite",
    "ts_stat",
    "txid_current",
];

/// Families of them.
const DENIED_PREFIXES: &[&str] = &[
    "binary_upgrade_",
    "brin_desummarize",
    "brin_summarize",
    "dblink",
    "gin_clean_pending",
    "lo_",
    "pg_advisory_",
    "pg_backup_",
    "pg_create_",
    "pg_drop_",
    "pg_file_",
    "pg_log_",
    "pg_logical_",
    "pg_ls_",
    "pg_replication_",
    "pg_sleep",
    "pg_start_",
    "pg_stat_reset",
    "pg_try_advisory_",
];

/// Immutable functions whose result can be as large as a number says: planning computes them of constants.
const GROWING: [&str; 5] = ["array_fill", "factorial", "lpad", "repeat", "rpad"];
/// The longest number that is no danger in them.
const DIGITS: usize = 5;

/// `name(…)`: `rest` begins with the parenthesis. It may be no call at all (`INSERT INTO name (…)`), which is not told apart.
pub(super) fn called(name: &str, rest: &[Token], text: &str, names: &Names) -> Result<(), Refusal> {
    if DENIED.contains(&name) || DENIED_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
        return Err(Refusal::Denied(name.to_owned()));
    }
    if names.functions.contains(name) {
        return Err(Refusal::Function(name.to_owned()));
    }
    if GROWING.contains(&name) && grows(rest, text) {
        return Err(Refusal::Costly(name.to_owned()));
    }
    Ok(())
}

/// Whether a large number, or another function of that kind, stands between the parentheses.
fn grows(rest: &[Token], text: &str) -> bool {
    let mut depth = 0usize;
    for token in rest {
        let word = &text[token.start..token.end];
        match token.kind {
            TokenKind::LeftParen => depth += 1,
            TokenKind::RightParen if depth <= 1 => return false,
            TokenKind::RightParen => depth -= 1,
            TokenKind::Number if word.len() > DIGITS || word.contains(['e', 'E', 'x', 'X']) => return true,
            TokenKind::Operator if matches!(word, "*" | "^" | "<<") => return true,
            TokenKind::Word | TokenKind::QuotedIdentifier
                if fold(word).is_none_or(|name| GROWING.contains(&name.as_str())) =>
            {
                return true;
            }
            _ => {}
        }
    }
    true
}

/// A name as the server folds it (`src/backend/parser/scansup.c`, `downcase_identifier`; only ASCII is folded in UTF-8).
/// `None` for `U&"…"`, whose escapes are not undone here.
pub(super) fn fold(word: &str) -> Option<String> {
    match word.strip_prefix('"') {
        Some(quoted) => Some(quoted.strip_suffix('"').unwrap_or(quoted).replace("\"\"", "\"")),
        None if word.contains('"') => None,
        None => Some(word.to_ascii_lowercase()),
    }
}

/// Operators that a keyword stands for (`src/backend/parser/gram.y`, `a_expr` and `b_expr`; USING and NATURAL join by `=`).
pub(super) fn hidden_operators(word: &str) -> &'static [&'static str] {
    match word {
        "like" => &["~~", "!~~"],
        "ilike" => &["~~*", "!~~*"],
        "similar" => &["~", "!~"],
        "between" => &["<", "<=", ">", ">="],
        "in" | "case" | "using" | "natural" | "distinct" | "nullif" => &["=", "<>"],
        _ => &[],
    }
}
