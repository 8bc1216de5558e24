//! A statement's text in, sqlparser's tree out, or the reason why there is none.
//!
//! What sqlparser 0.63 is handed is a copy of the same length, so that every offset stays valid: long lists are cut,
//! and syntax that it does not know is blanked. Statements that are too large or too deep for it are not handed over:
//! its tree would be large and its recursion is not bounded everywhere.

mod rewrite;
mod template;

use sqlparser::ast::Statement;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

use super::facts::Span;
use super::tokens::Tokens;
use rewrite::Copy;

const MOST_BYTES: usize = 200_000;
const MOST_TOKENS: usize = 20_000;
const DEEPEST: usize = 400;
const MOST_LINKS: usize = 4_000;
/// Stack of the thread that parses: sqlparser needs it for 400 levels, and its trees for 4,000 links when dropped.
pub(super) const STACK_BYTES: usize = 64 << 20;

/// A parsed statement and where its text lines start.
pub(super) struct Parsed {
    pub statement: Statement,
    pub lines: Lines,
    /// Names or clauses of it are filled in by a template.
    pub templated: bool,
}

/// Parses one statement. To be called on a thread with [`STACK_BYTES`] of stack.
pub(super) fn parse(tokens: &Tokens<'_>) -> Result<Parsed, String> {
    let mut copy = Copy::new(tokens);
    rewrite::cut_lists(&mut copy);
    rewrite::always(&mut copy);
    guard(tokens, &copy)?;
    let templated = copy.templated;
    let parsed = |parsed: Parsed| Parsed { templated, ..parsed };
    match attempt(copy.text()) {
        Ok(found) => Ok(parsed(found)),
        Err(first) => {
            if !rewrite::on_failure(&mut copy) {
                return Err(first);
            }
            attempt(copy.text()).map(parsed).map_err(|_| first)
        }
    }
}

fn guard(tokens: &Tokens<'_>, copy: &Copy<'_, '_>) -> Result<(), String> {
    if tokens.unterminated {
        return Err("the text is cut off".to_owned());
    }
    // Without the lists that were cut.
    let count = tokens.len() - copy.cut_tokens;
    let bytes = tokens.text.len() - copy.cut_bytes;
    if bytes > MOST_BYTES {
        return Err(format!("longer than {MOST_BYTES} bytes"));
    }
    if count > MOST_TOKENS {
        return Err(format!("more than {MOST_TOKENS} tokens"));
    }
    if tokens.depth > DEEPEST {
        return Err(format!("nested deeper than {DEEPEST} levels"));
    }
    if tokens.links - copy.cut_links > MOST_LINKS {
        return Err(format!("more than {MOST_LINKS} operators"));
    }
    Ok(())
}

fn attempt(text: &str) -> Result<Parsed, String> {
    let mut parser = Parser::new(&PostgreSqlDialect {})
        .with_recursion_limit(DEEPEST)
        .try_with_sql(text)
        .map_err(|error| error.to_string())?;
    let statement = parser.parse_statement().map_err(|error| error.to_string())?;
    let next = parser.peek_token();
    match next.token {
        sqlparser::tokenizer::Token::EOF | sqlparser::tokenizer::Token::SemiColon => {
            Ok(Parsed { statement, lines: Lines::new(text), templated: false })
        }
        _ => Err(format!(
            "unexpected {} at line {}, column {}",
            next.token, next.span.start.line, next.span.start.column
        )),
    }
}

/// Turns the line and column of sqlparser into byte offsets.
pub(super) struct Lines {
    /// Byte offset of every line's start.
    starts: Vec<usize>,
    /// Byte offset of every character, and the first character of every line; empty if the text is ASCII.
    characters: Vec<usize>,
    first_characters: Vec<usize>,
    length: usize,
}

impl Lines {
    fn new(text: &str) -> Self {
        let mut lines =
            Lines { starts: vec![0], characters: Vec::new(), first_characters: vec![0], length: text.len() };
        lines.starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        if !text.is_ascii() {
            for (character, (byte, value)) in text.char_indices().enumerate() {
                lines.characters.push(byte);
                if value == '\n' {
                    lines.first_characters.push(character + 1);
                }
            }
        }
        lines
    }

    fn byte(&self, location: sqlparser::tokenizer::Location) -> Option<usize> {
        let line = usize::try_from(location.line).ok()?.checked_sub(1)?;
        let column = usize::try_from(location.column).ok()?.checked_sub(1)?;
        if self.characters.is_empty() {
            return Some((self.starts.get(line)? + column).min(self.length));
        }
        let character = self.first_characters.get(line)? + column;
        Some(self.characters.get(character).copied().unwrap_or(self.length))
    }

    /// The bytes of a span of sqlparser; `None` where it has none.
    pub fn span(&self, span: sqlparser::tokenizer::Span) -> Option<Span> {
        Some(Span { start: self.byte(span.start)?, end: self.byte(span.end)? })
    }
}
