//! What a command does in; every statement that it may send to a server out, with `{words}` for what is only known then.
//!
//! The texts are those that are sent, and a live test compares them with what a server logs of real runs, in both directions.

use super::planner::{self, Depth};
use super::session::{MARK, begin, greeting};
use super::{catalog, connect, health, hypopg, names, rights, seen, statements, values, verify};

/// What is done, and the statements for it, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub what: &'static str,
    pub statements: Vec<String>,
}

fn step(what: &'static str, statements: impl IntoIterator<Item = impl Into<String>>) -> Step {
    Step { what, statements: statements.into_iter().map(|text| text.into().trim_end().to_owned()).collect() }
}

/// Every connection.
pub fn connection() -> Vec<Step> {
    vec![
        step(
            "Each statement below stands in one or a few transactions of its own, which begin and end so, unless it says otherwise",
            [begin("{ms}", "{ms}"), "ROLLBACK".to_owned()],
        ),
        step("Where target_session_attrs asks for it", connect::TARGET),
        step("The server's version, and whether there is a pooler between", [greeting()]),
    ]
}

/// Every command that takes its catalog from a server.
pub fn catalog() -> Vec<Step> {
    vec![step("The catalog; large ones in pieces", catalog::texts()), step("What this role may see", [rights::SQL])]
}

pub fn health() -> Vec<Step> {
    vec![step("Counters and health, as far as the version has them", health::texts())]
}

pub fn queries() -> Vec<Step> {
    let first = [statements::FIND, statements::LOADED, statements::SETTINGS].map(str::to_owned);
    vec![step(
        "pg_stat_statements, where it is; with --interval twice",
        first.into_iter().chain(statements::texts("{schema}")),
    )]
}

pub fn values() -> Vec<Step> {
    vec![step("Values of columns, from their statistics", [values::READ])]
}

fn guarded() -> Step {
    step("Names that no statement may use that is sent to be planned", [names::SQL])
}

/// A statement of the user's is planned, or executed.
pub fn explained(depth: Depth) -> Vec<Step> {
    let what = match depth {
        Depth::Plan | Depth::Shown => "The generic plan of each statement that passed the guard; nothing is executed",
        Depth::Timed | Depth::Measured => "Each SELECT that passed the guard, executed; others only planned",
    };
    vec![guarded(), step(what, planner::texts("BEGIN READ ONLY", "", depth, ""))]
}

/// Indexes that exist only for the planner are tried.
pub fn tried() -> Vec<Step> {
    vec![
        guarded(),
        step(
            "Texts that may show constants which pg_stat_statements does not keep",
            [seen::STATEMENTS, seen::DEFINITIONS],
        ),
        step("Schemas of extensions, for the search_path", [names::EXTENSIONS]),
        step("Whether HypoPG is there", [hypopg::open::FIND]),
        step(
            "Each statement that passed the guard is planned under hypothetical indexes; {path} sets the search_path of the roles that \
             run it, {change} and {reset} stand for statements of the next step",
            planner::texts("BEGIN READ ONLY", "{change}", Depth::Plan, "{reset}"),
        ),
        step("HypoPG creates, measures and drops indexes that never exist on disk", hypopg::texts::all()),
    ]
}

/// `--verify`: to the server that `--dsn` names, and to the copy, the only place where anything is changed.
pub fn verified() -> Vec<Step> {
    let (advised, copy) = verify::texts();
    vec![
        step(
            "To tell the copy from the server itself: a lock on a number of nobody's, for the length of one question",
            advised,
        ),
        step(
            "On the copy that --verify names, beside what every connection sends: indexes are built, statements executed with and \
             without them, and the indexes dropped",
            copy,
        ),
    ]
}

/// The pieces between `{` and `}` aside, whether `sent` is this text.
pub fn fits(text: &str, sent: &str) -> bool {
    let (text, sent) = (words(text), words(sent));
    match pieces(&text).as_slice() {
        [only] => *only == sent,
        [first, middle @ .., last] => sent.strip_prefix(first).is_some_and(|rest| follow(middle, rest, last)),
        [] => false,
    }
}

/// As [`fits`], of a text that may stand among others in what was sent.
pub fn stands_in(text: &str, sent: &str) -> bool {
    let (text, sent) = (words(text), words(sent));
    follow(&pieces(&text), &sent, "")
}

fn words(text: &str) -> String {
    text.replace(MARK, " ").split_whitespace().collect::<Vec<_>>().join(" ").replace(" ;", ";")
}

/// Whether the pieces stand in the text one after the other, and it ends with the last.
fn follow(pieces: &[&str], text: &str, last: &str) -> bool {
    let mut rest = text;
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// What stands around the `{words}`.
fn pieces(text: &str) -> Vec<&str> {
    let (mut pieces, mut left) = (Vec::new(), text);
    while let Some((before, after)) = hole(left) {
        pieces.push(before);
        left = after;
    }
    pieces.push(left);
    pieces
}

/// What stands before and behind the first `{word}`.
fn hole(text: &str) -> Option<(&str, &str)> {
    let mut from = 0;
    while let Some(open) = text[from..].find('{').map(|at| from + at) {
        let close = open + text[open..].find('}')?;
        let name = &text[open + 1..close];
        if !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
            return Some((&text[..open], &text[close + 1..]));
        }
        from = open + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_stand_for_anything_and_the_rest_for_itself() {
        assert!(fits("SET a = {number}; b '{}' {x}", "SET a = 10;\n b '{}' c"));
        assert!(!fits("SET a = {number}; b", "SET a = 10; c"));
        assert!(!fits("ROLLBACK", "ROLLBACK TO SAVEPOINT x"));
        assert!(fits("{a} FROM {b}", "x FROM y"));
        assert!(stands_in("SELECT {a}.f()", "BEGIN; SELECT s.f(); ROLLBACK") && !stands_in("b {a} c", "c b"));
    }
}
