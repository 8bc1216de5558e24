//! Statements in, facts out, on a thread with a large stack; a failing parser is no failure of ours.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Facts, build, fallback};
use crate::sql::parse;
use crate::sql::tokens::Tokens;

/// What one statement says. Starts a thread: for many statements see [`facts_of_many`].
pub fn facts(text: &str) -> Facts {
    let mut all = facts_of_many(&[text]);
    all.pop().unwrap_or_else(|| fallback::facts(&Tokens::new(text), "nothing came back"))
}

/// What each of these statements says, in their order; parsed on one thread with a large stack.
pub fn facts_of_many(texts: &[&str]) -> Vec<Facts> {
    let work = || texts.iter().map(|text| guarded(text)).collect();
    let parsed = std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name("sql-parse".to_owned())
            .stack_size(parse::STACK_BYTES)
            .spawn_scoped(scope, work)
            .ok()
            .and_then(|thread| thread.join().ok())
    });
    parsed.unwrap_or_else(|| {
        let reason = "no thread could be started to parse it";
        texts.iter().map(|text| fallback::facts(&Tokens::new(text), reason)).collect()
    })
}

/// Facts from the parse, or from the tokens if the parser refuses or fails.
fn guarded(text: &str) -> Facts {
    let tokens = Tokens::new(text);
    catch_unwind(AssertUnwindSafe(|| build::facts(&tokens)))
        .unwrap_or_else(|_| fallback::facts(&tokens, "the parser failed on it"))
}
