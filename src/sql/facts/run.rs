//! Statements in, facts out, on a thread with a large stack; a failing parser is no failure of ours.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Sender, SyncSender};
use std::thread::Builder;

use super::{Facts, build, fallback};
use crate::sql::parse;
use crate::sql::tokens::Tokens;

/// What one statement says; for many statements see [`facts_of_many`].
pub fn facts(text: &str) -> Facts {
    let (reply, answer) = mpsc::sync_channel(1);
    let asked = parser().and_then(|parser| parser.send(Asked { text: text.to_owned(), reply }).ok());
    asked
        .and_then(|()| answer.recv().ok())
        .unwrap_or_else(|| fallback::facts(&Tokens::new(text), "no thread could be started to parse it"))
}

struct Asked {
    text: String,
    reply: SyncSender<Facts>,
}

/// A thread with a large stack that lasts as long as the process: rules ask for the conditions of ten thousand plans one by
/// one, and to start a thread for each takes longer than to parse it.
fn parser() -> Option<&'static Sender<Asked>> {
    static PARSER: OnceLock<Option<Sender<Asked>>> = OnceLock::new();
    let start = || {
        let (sender, asked) = mpsc::channel::<Asked>();
        // Who asked may have given up.
        let work = move || asked.into_iter().for_each(|asked| drop(asked.reply.send(guarded(&asked.text))));
        thread().spawn(work).ok().map(|_| sender)
    };
    PARSER.get_or_init(start).as_ref()
}

fn thread() -> Builder {
    Builder::new().name("sql-parse".to_owned()).stack_size(parse::STACK_BYTES)
}

/// What each of these statements says, in their order; parsed on one thread with a large stack.
pub fn facts_of_many(texts: &[&str]) -> Vec<Facts> {
    let work = || texts.iter().map(|text| guarded(text)).collect();
    let parsed =
        std::thread::scope(|scope| thread().spawn_scoped(scope, work).ok().and_then(|thread| thread.join().ok()));
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
