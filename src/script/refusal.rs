//! A statement that was not understood in; what to tell the reader of the file out.

use super::model::{Problem, ProblemKind};
use crate::sql::ddl::Refused;
use crate::sql::lexer::{Lexer, TokenKind};

/// Characters of what was found that are shown.
const SHOWN: usize = 40;

/// What is left open; where it begins is known.
const COMMENT: &str = "the end of the comment that begins here";
const NAME: &str = "the end of the quoted name that begins here";
const STRING: &str = "the end of the string that begins here";
pub(super) const PARENTHESIS: &str = "the parenthesis that closes this one";

/// `line` is that of the statement's first token.
pub(super) fn syntax(text: &str, line: usize, refused: &Refused) -> Problem {
    let found = match text.get(refused.at..).and_then(|rest| rest.split_whitespace().next()) {
        Some(word) => format!("\"{}\"", word.chars().take(SHOWN).collect::<String>()),
        None => "the end of the statement".into(),
    };
    let message = match [COMMENT, NAME, STRING, PARENTHESIS].contains(&refused.expected) {
        true => format!("syntax error: {} is missing: {found}", refused.expected),
        false => format!("syntax error: {} expected, found {found}", refused.expected),
    };
    Problem { kind: ProblemKind::Syntax, line: Some(line_of(text, line, refused.at)), message, hint: None }
}

/// The same of a statement in which a placeholder of a template stands: it may well be right once filled in.
pub(super) fn template(line: usize) -> Problem {
    Problem {
        kind: ProblemKind::NotRead,
        line: Some(line),
        message: "a placeholder stands where the statement cannot be read without its value".into(),
        hint: Some("lint the file that the template gives".into()),
    }
}

/// Where a statement that runs to the end of its section was left open.
pub(super) fn open_end(text: &str) -> Refused {
    let mut lexer = Lexer::new(text.as_bytes());
    let mut open = Vec::new();
    let mut last = None;
    for token in lexer.by_ref() {
        match token.kind {
            TokenKind::LeftParen => open.push(token.start),
            TokenKind::RightParen => {
                open.pop();
            }
            _ => {}
        }
        last = Some(token);
    }
    match last.filter(|_| lexer.unterminated()) {
        Some(token) => {
            let expected = match token.kind {
                TokenKind::Comment => COMMENT,
                TokenKind::QuotedIdentifier => NAME,
                _ => STRING,
            };
            Refused { at: token.start, expected }
        }
        None => match open.last() {
            Some(start) => Refused { at: *start, expected: PARENTHESIS },
            None => Refused { at: text.len(), expected: "END" },
        },
    }
}

fn line_of(text: &str, line: usize, at: usize) -> usize {
    line + memchr::memchr_iter(b'\n', &text.as_bytes()[..at.min(text.len())]).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_ends_are_told_with_their_place() {
        for (text, at, what) in [
            ("select 'a", 7, "string"),
            ("select $$ a", 7, "string"),
            ("select \"a", 7, "name"),
            ("select 1 /* a", 9, "comment"),
            ("select (a, (b)", 7, "parenthesis"),
        ] {
            let refused = open_end(text);
            assert_eq!(refused.at, at, "{text}");
            assert!(refused.expected.contains(what), "{text}: {}", refused.expected);
        }
        let refused = Refused { at: 10, expected: "a name" };
        assert_eq!(syntax("create\nx  ; y", 3, &refused).line, Some(4));
    }
}
