//! A script in, its statements out: byte spans and line numbers, as psql would cut it.
//!
//! The rules are those of `src/fe_utils/psqlscan.l`: a `;` ends a statement outside parentheses, strings and the
//! `BEGIN … END` body of a function in the SQL standard's form. Lines that start with `\` are psql's own; the data of
//! `COPY … FROM stdin` runs to a line `\.`. What tools fill in before the server sees the script (`{{ x }}`, `{% if %}`,
//! `{# … #}`) is stepped over as a whole, whatever stands in it.

use memchr::{memchr, memchr_iter, memmem};

use super::facts::Span;
use super::keyword::Keyword;
use super::lexer::{Lexer, Token, TokenKind};

/// One statement of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// From its first to its last token, without the `;`.
    pub span: Span,
    /// Line of its first token, from 1.
    pub line: usize,
    /// What stands between the statement before and this one: comments and psql's own lines.
    pub leading: Span,
    /// The data lines of `COPY … FROM stdin`, without the `\.`.
    pub data: Option<Span>,
    /// A string, a comment or a parenthesis is open at the end of the script.
    pub truncated: bool,
}

/// A command of psql (`\i other.sql`, `\connect shop`, `\if :x`): from its backslash to the end of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    pub span: Span,
    /// From 1.
    pub line: usize,
}

/// Cuts `script` into its statements. Empty ones are left out.
pub fn split(script: &[u8]) -> Vec<Statement> {
    split_with_commands(script).0
}

/// As [`split`], with the commands of psql between (and inside) the statements.
pub fn split_with_commands(script: &[u8]) -> (Vec<Statement>, Vec<Command>) {
    let mut splitter = Splitter {
        script,
        lexer: Lexer::new(script),
        statements: Vec::new(),
        commands: Vec::new(),
        without_close: [0; CLOSES.len()],
        open: Open::default(),
        leading: 0,
        line: 1,
        counted: 0,
    };
    while let Some(token) = splitter.lexer.next() {
        splitter.token(token);
    }
    splitter.open.depth += usize::from(splitter.lexer.unterminated());
    splitter.end(script.len());
    (splitter.statements, splitter.commands)
}

/// What opens and closes a piece of a template, after its `{`.
const CLOSES: [(u8, &[u8]); 3] = [(b'{', b"}}"), (b'%', b"%}"), (b'#', b"#}")];
/// A longer piece is none.
const LONGEST_PIECE: usize = 4096;

struct Splitter<'a> {
    script: &'a [u8],
    lexer: Lexer<'a>,
    statements: Vec<Statement>,
    commands: Vec<Command>,
    /// Up to where each of [`CLOSES`] is known not to come.
    without_close: [usize; CLOSES.len()],
    open: Open,
    /// Where the text before the next statement starts.
    leading: usize,
    /// Line at `counted`.
    line: usize,
    counted: usize,
}

/// The statement that is being read.
#[derive(Default)]
struct Open {
    span: Option<Span>,
    line: usize,
    depth: usize,
    /// Words so far, counted up to the few that tell what is created.
    words: usize,
    head: [Option<Keyword>; 4],
    begins: usize,
    previous: Option<Keyword>,
    reads_stdin: bool,
}

impl Open {
    /// `CREATE [OR REPLACE] FUNCTION | PROCEDURE`.
    fn is_routine(&self) -> bool {
        use Keyword as K;
        let made = if self.head[1] == Some(K::Or) { self.head[3] } else { self.head[1] };
        self.head[0] == Some(K::Create) && matches!(made, Some(K::Function | K::Procedure))
    }
}

impl Splitter<'_> {
    fn token(&mut self, mut token: Token) {
        match token.kind {
            TokenKind::Comment => return,
            TokenKind::Unknown if self.script[token.start] == b'\\' => {
                self.backslash(token.start);
                return;
            }
            TokenKind::Unknown if self.script[token.start] == b'{' => match self.piece(token.start) {
                Some((b'{', end)) => {
                    self.lexer.seek(end);
                    token.end = end;
                }
                Some((_, end)) => return self.lexer.seek(end),
                None => {}
            },
            TokenKind::Semicolon if self.open.depth == 0 && self.open.begins == 0 => {
                self.end(token.end);
                return;
            }
            TokenKind::LeftParen => self.open.depth += 1,
            TokenKind::RightParen => self.open.depth = self.open.depth.saturating_sub(1),
            _ => {}
        }
        match &mut self.open.span {
            Some(span) => span.end = token.end,
            None => {
                self.open.line = self.line_at(token.start);
                self.open.span = Some(Span { start: token.start, end: token.end });
            }
        }
        if token.kind == TokenKind::Word {
            self.word(token);
        } else {
            self.open.previous = None;
        }
    }

    fn word(&mut self, token: Token) {
        use Keyword as K;
        let keyword = token.keyword(self.script);
        if let Some(slot) = self.open.head.get_mut(self.open.words) {
            *slot = Some(keyword);
            self.open.words += 1;
        }
        match keyword {
            K::Begin if self.open.depth == 0 && self.open.is_routine() => self.open.begins += 1,
            K::Case if self.open.begins > 0 => self.open.begins += 1,
            K::End if self.open.begins > 0 => self.open.begins -= 1,
            K::None
                if self.open.head[0] == Some(K::Copy)
                    && self.open.previous == Some(K::From)
                    && token.bytes(self.script).eq_ignore_ascii_case(b"stdin") =>
            {
                self.open.reads_stdin = true;
            }
            _ => {}
        }
        self.open.previous = Some(keyword);
    }

    /// Line of a place that does not lie before one asked for earlier.
    fn line_at(&mut self, at: usize) -> usize {
        self.line += memchr_iter(b'\n', &self.script[self.counted..at]).count();
        self.counted = at;
        self.line
    }

    /// The piece of a template that opens at this brace: the byte that says which kind, and its end.
    fn piece(&mut self, start: usize) -> Option<(u8, usize)> {
        let kind = *self.script.get(start + 1)?;
        let which = CLOSES.iter().position(|(opens, _)| *opens == kind)?;
        let from = self.without_close[which].max(start + 2);
        let to = self.script.len().min(start + LONGEST_PIECE);
        let close = CLOSES[which].1;
        match self.script.get(from..to).and_then(|text| memmem::find(text, close)) {
            Some(offset) => Some((kind, from + offset + close.len())),
            None => {
                // One byte less: the closing pair may lie across the end.
                self.without_close[which] = from.max(to.saturating_sub(1));
                None
            }
        }
    }

    /// psql's own command runs to the end of its line; `\g` and its kin send what was read.
    fn backslash(&mut self, start: usize) {
        let end = self.end_of_line(start);
        let line = self.line_at(start);
        self.commands.push(Command { span: Span { start, end: self.script[..end].trim_ascii_end().len() }, line });
        let sends = self.script.get(start + 1) == Some(&b'g') && self.open.span.is_some();
        if sends {
            self.end(start);
        }
        self.lexer.seek(end);
        if self.open.span.is_none() && sends {
            self.leading = start;
        }
    }

    fn end_of_line(&self, from: usize) -> usize {
        memchr(b'\n', &self.script[from..]).map_or(self.script.len(), |offset| from + offset + 1)
    }

    /// Ends the open statement, if there is one; `after` is where the rest of the script starts.
    fn end(&mut self, after: usize) {
        let open = std::mem::take(&mut self.open);
        let Some(span) = open.span else {
            // A stray `;` says nothing; the comments before it belong to what follows.
            return;
        };
        let mut rest = after;
        let data = open.reads_stdin.then(|| {
            let data = self.data(self.end_of_line(after));
            rest = self.end_of_line(data.end);
            self.lexer.seek(rest);
            data
        });
        self.statements.push(Statement {
            span,
            line: open.line,
            leading: Span { start: self.leading, end: span.start },
            data,
            truncated: open.depth > 0 || open.begins > 0,
        });
        self.leading = rest;
    }

    fn data(&self, start: usize) -> Span {
        let mut line = start;
        while line < self.script.len() {
            let end = self.end_of_line(line);
            if self.script[line..end].trim_ascii_end() == b"\\." {
                break;
            }
            line = end;
        }
        Span { start, end: line }
    }
}

#[cfg(test)]
mod tests;
