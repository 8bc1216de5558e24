//! `security/weak_password_hash`: a password that is hashed by something fast.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;

use crate::rules::words::Words;
use crate::sql::TokenKind;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let lower = cx.text.to_ascii_lowercase();
        if !["md5", "sha1", "digest", "gen_salt", "sha256"].iter().any(|name| lower.contains(name)) {
            return;
        }
        let words = Words::of(cx.text);
        for at in 0..words.len() {
            if words.kind(at + 1) != Some(TokenKind::LeftParen) {
                continue;
            }
            let end = words.closing(at + 1);
            let inside = || at + 2..end;
            let password = inside().any(|at| {
                words.kind(at) != Some(TokenKind::String)
                    && ["passw", "passphrase", "pwd"]
                        .iter()
                        .any(|part| words.text(at).to_ascii_lowercase().contains(part))
            });
            let salt =
                words.is(at, "gen_salt") && inside().any(|at| matches!(words.string(at), Some("md5" | "des" | "xdes")));
            if !(salt || password && words.is_any(at, &["md5", "sha1", "sha224", "sha256", "sha512", "digest"])) {
                continue;
            }
            out.find(cx.draft(
        words.span(at),
        format!("{} of a password can be guessed by the billion", words.text(at)),
        "These functions are made to be fast: one graphics card tries tens of billions of them a second. A password \
         needs one that is slow by design and takes a salt.",
    ));
        }
    }
}
