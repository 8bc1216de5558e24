//! `security/plaintext_password`: a password in the text of a statement. Silent about SCRAM verifiers and about
//! placeholders that a tool fills in.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;

use crate::rules::words::{Words, begins};
use crate::sql::TokenKind;
use crate::sql::ddl::Ddl;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        // Cheaper than words.
        if !matches!(cx.ddl(), Some(Ddl::Role(_) | Ddl::Other(_) | Ddl::AlterObject(_))) {
            return;
        }
        let verbs: [&[&str]; 10] = [
            &["create", "role"],
            &["alter", "role"],
            &["create", "user"],
            &["alter", "user"],
            &["create", "group"],
            &["alter", "group"],
            &["create", "subscription"],
            &["alter", "subscription"],
            &["create", "server"],
            &["alter", "server"],
        ];
        if !verbs.iter().any(|verb| begins(cx.text, verb)) {
            return;
        }
        let words = Words::of(cx.text);
        for at in 0..words.len() {
            let Some(text) = words.string(at) else { continue };
            let named = words.is(at.wrapping_sub(1), "password");
            let connection = words.is_any(at.wrapping_sub(1), &["connection"]).then(|| in_connection(text)).flatten();
            let secret = if named { Some(text) } else { connection };
            // `:'password'` is psql's, filled in when the script runs.
            let variable = words.kind(at.wrapping_sub(1)) == Some(TokenKind::Colon);
            if secret.is_none_or(|secret| variable || !is_plain(secret)) {
                continue;
            }
            out.find(cx.draft(
        words.span(at),
        "A password stands in a migration in plain text",
        "Whoever can read the repository, its history, the build's output, the server's log (log_statement, a slow \
         statement or an error is enough) or pg_stat_activity at that moment can read it. Take it as used up: set \
         another one, by psql's \\password or with a SCRAM verifier made elsewhere.",
    ));
        }
    }
}

fn in_connection(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("password=")?;
    rest.split([' ', '\'']).next()
}

fn is_plain(secret: &str) -> bool {
    let hash = secret
        .strip_prefix("md5")
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let filled_in = ["${", "{{", "<%", "%(", "$(", "#{"].iter().any(|mark| secret.contains(mark))
        || secret.starts_with(['$', ':', '%']);
    !secret.is_empty() && !secret.starts_with("SCRAM-SHA-256$") && !hash && !filled_in
}
