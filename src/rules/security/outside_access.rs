//! `security/outside_access`: a statement that runs a program, reads or writes files of the server, or connects to another one.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;

use crate::rules::words::{Words, begins};
use crate::sql::{StatementKind, TokenKind};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let copies = begins(cx.text, &["copy"]);
        let queries =
            cx.facts().is_some_and(|facts| !matches!(facts.kind, StatementKind::Utility)) || begins(cx.text, &["do"]);
        if !copies && !queries && !begins(cx.text, &["perform"]) {
            return;
        }
        let words = Words::of(cx.text);
        for at in 0..words.len() {
            let called = words.kind(at + 1) == Some(TokenKind::LeftParen);
            let calls = FUNCTIONS.iter().find(|(name, _)| called && words.is(at, name)).map(|(_, does)| *does);
            let from_or_to = words.is_any(at, &["from", "to"]);
            let copy = match () {
                () if !copies || !from_or_to => None,
                () if words.is(at + 1, "program") => Some("runs a program on the server"),
                () if words.kind(at + 1) == Some(TokenKind::String) => Some("reads or writes a file of the server"),
                () => None,
            };
            let Some(does) = copy.or(calls) else { continue };
            out.find(cx.draft(
        words.span(if copy.is_some() { at + 1 } else { at }),
        format!("This {does}"),
        "It needs a superuser's rights or nearly so, works on one machine and not on its standby, and is what an \
         intruder looks for first. Copy through the client (\\copy, COPY … FROM STDIN), and let a job of its own \
         talk to other servers.",
    ));
            return;
        }
    }
}

const FUNCTIONS: &[(&str, &str)] = &[
    ("dblink", "connects from the server to another database"),
    ("dblink_connect", "connects from the server to another database"),
    ("dblink_exec", "connects from the server to another database"),
    ("lo_export", "writes a file of the server"),
    ("lo_import", "reads a file of the server"),
    ("pg_file_write", "writes a file of the server"),
    ("pg_ls_dir", "reads a folder of the server"),
    ("pg_read_binary_file", "reads a file of the server"),
    ("pg_read_file", "reads a file of the server"),
];
