//! Statement by statement through a PL/pgSQL body.

use super::super::literal;
use super::super::variables::{Variables, replace};
use super::{Found, Sql};
use crate::sql::facts::Span;
use crate::sql::lexer::{Lexer, Token, TokenKind as T};
use crate::sql::split;

/// What encloses a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Block,
    /// The handlers of a block.
    Handlers,
    Choice,
    Loop,
}

pub(super) struct Walker<'b> {
    body: &'b str,
    tokens: Vec<Token>,
    at: usize,
    open: Vec<Open>,
    /// How many of those are loops, and how many make it uncertain whether a statement runs.
    loops: usize,
    choices: usize,
    /// Those that are blocks without handlers yet, by their places.
    blocks: Vec<usize>,
    variables: Variables,
    found: Vec<Found>,
}

/// First words of SQL statements that a body may hold as they are.
const SQL: &[&str] = &[
    "select", "insert", "update", "delete", "merge", "with", "values", "create", "alter", "drop", "truncate", "lock",
    "grant", "revoke", "comment", "refresh", "reindex", "analyze", "analyse", "vacuum", "cluster", "copy", "set",
    "reset", "call", "commit", "rollback", "notify", "listen", "unlisten", "import", "security", "reassign", "do",
];

const QUERIES: &[&str] = &["select", "insert", "update", "delete", "merge", "with", "values", "perform", "table"];

impl<'b> Walker<'b> {
    pub fn new(body: &'b str, variables: Variables) -> Self {
        let tokens = Lexer::new(body.as_bytes()).filter(|token| token.kind != T::Comment).collect();
        Walker {
            body,
            tokens,
            at: 0,
            open: Vec::new(),
            loops: 0,
            choices: 0,
            blocks: Vec::new(),
            variables,
            found: Vec::new(),
        }
    }

    pub fn walk(mut self) -> Vec<Found> {
        while self.at < self.tokens.len() {
            let before = self.at;
            self.statement();
            self.at = self.at.max(before + 1);
        }
        self.found
    }

    fn text(&self, at: usize) -> &'b str {
        self.tokens.get(at).and_then(|token| self.body.get(token.start..token.end)).unwrap_or_default()
    }

    fn is(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.text(at).eq_ignore_ascii_case(word))
    }

    fn kind(&self, at: usize) -> Option<T> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// The next `;`, or the end.
    fn semicolon(&self, from: usize) -> usize {
        (from..self.tokens.len()).find(|at| self.kind(*at) == Some(T::Semicolon)).unwrap_or(self.tokens.len())
    }

    /// The word that ends an expression (THEN, LOOP), before the next `;`; that of a CASE expression is not it.
    fn word_before_semicolon(&self, from: usize, word: &str) -> Option<usize> {
        let mut cases = 0usize;
        for at in from..self.tokens.len() {
            if self.kind(at) == Some(T::Semicolon) {
                return None;
            } else if self.is(at, &["case"]) {
                cases += 1;
            } else if cases > 0 && self.is(at, &["end"]) {
                cases -= 1;
            } else if cases == 0 && self.is(at, &[word]) {
                return Some(at);
            }
        }
        None
    }

    fn statement(&mut self) {
        let at = self.at;
        if self.kind(at) == Some(T::Semicolon) {
            return;
        }
        if self.kind(at) == Some(T::Operator) && self.text(at) == "<<" {
            // A label.
            self.at += 3;
            return;
        }
        if self.text(at) == "#" {
            // An option of the compiler: `#variable_conflict use_column`.
            self.at += 3;
            return;
        }
        let head = self.text(at).to_ascii_lowercase();
        let assigns = self.kind(at + 1) == Some(T::Assign) || self.text(at + 1) == "=";
        if self.kind(at) != Some(T::Word) || assigns {
            return self.expression(at, self.semicolon(at));
        }
        match head.as_str() {
            "declare" => self.declarations(),
            "begin" => self.enter(Open::Block, at),
            "exception" => {
                if let Some(block) = self.blocks.pop() {
                    self.open[block] = Open::Handlers;
                    self.choices += 1;
                }
                self.at += 1;
            }
            "if" => self.until("then", at + 1, Some(Open::Choice)),
            "elsif" | "elseif" | "when" => self.until("then", at + 1, None),
            "case" => {
                self.push_open(Open::Choice);
                let mut stops = (at + 1..self.tokens.len())
                    .filter(|at| self.kind(*at) == Some(T::Semicolon) || self.is(*at, &["when"]));
                let end = stops.next().filter(|at| self.is(*at, &["when"])).unwrap_or(at + 1);
                self.expression(at + 1, end);
                self.at = end;
            }
            "else" => self.at += 1,
            "loop" => self.enter(Open::Loop, at),
            "while" => {
                // What it asks, it asks at every turn.
                self.push_open(Open::Loop);
                self.until("loop", at + 1, None);
            }
            "for" | "foreach" => self.for_loop(),
            "end" => {
                self.close();
                self.at = self.semicolon(at) + 1;
            }
            "perform" => self.sql(at, self.semicolon(at)),
            "execute" => self.execute(at, self.semicolon(at)),
            "return" if self.is(at + 1, &["query"]) => {
                let end = self.semicolon(at);
                if self.is(at + 2, &["execute"]) { self.execute(at + 2, end) } else { self.sql(at + 2, end) }
            }
            "open" => self.open_cursor(),
            word if SQL.contains(&word) => self.sql(at, self.semicolon(at)),
            _ => self.expression(at + 1, self.semicolon(at)),
        }
    }

    fn enter(&mut self, what: Open, at: usize) {
        self.push_open(what);
        self.at = at + 1;
    }

    fn push_open(&mut self, what: Open) {
        match what {
            Open::Block => self.blocks.push(self.open.len()),
            Open::Handlers | Open::Choice => self.choices += 1,
            Open::Loop => self.loops += 1,
        }
        self.open.push(what);
    }

    fn close(&mut self) {
        match self.open.pop() {
            Some(Open::Block) => drop(self.blocks.pop()),
            Some(Open::Handlers | Open::Choice) => self.choices -= 1,
            Some(Open::Loop) => self.loops -= 1,
            None => {}
        }
    }

    /// An expression up to a word; where the word is missing, up to the `;`.
    fn until(&mut self, word: &str, from: usize, opens: Option<Open>) {
        let end = self.word_before_semicolon(from, word).unwrap_or_else(|| self.semicolon(from));
        self.expression(from, end);
        self.at = end + 1;
        if let Some(what) = opens {
            self.push_open(what);
        }
    }

    /// `name [CONSTANT] type …;`, `name CURSOR [(…)] FOR | IS query;`, up to BEGIN.
    fn declarations(&mut self) {
        self.at += 1;
        while self.at < self.tokens.len() && !self.is(self.at, &["begin"]) {
            let (start, end) = (self.at, self.semicolon(self.at));
            self.variables.declare(self.text(start));
            let query = (start + 1..end).find(|at| self.is(*at, &["for", "is"]) && self.is(*at + 1, QUERIES));
            match query {
                Some(word) => self.sql(word + 1, end),
                None => self.expression(start + 1, end),
            }
            self.at = end + 1;
        }
    }

    /// `FOR target IN query | EXECUTE … | from..to LOOP`.
    fn for_loop(&mut self) {
        let at = self.at;
        let end = self.word_before_semicolon(at, "loop").unwrap_or_else(|| self.semicolon(at));
        self.variables.declare(self.text(at + 1));
        let list = (at + 1..end).find(|at| self.is(*at, &["in"])).map_or(end, |word| word + 1);
        // The query itself runs once, before the first turn.
        if self.is(list, &["execute"]) {
            self.execute(list, end);
        } else if self.is(list, QUERIES) {
            self.sql(list, end);
        } else {
            self.expression(list, end);
        }
        self.push_open(Open::Loop);
        self.at = end + 1;
    }

    /// `OPEN c [NO SCROLL] FOR query | EXECUTE …`.
    fn open_cursor(&mut self) {
        let (at, end) = (self.at, self.semicolon(self.at));
        match (at + 1..end).find(|at| self.is(*at, &["for"])) {
            Some(word) if self.is(word + 1, &["execute"]) => self.execute(word + 1, end),
            Some(word) => self.sql(word + 1, end),
            None => self.expression(at + 1, end),
        }
    }

    /// Queries in parentheses: `x := (SELECT …)`, `IF EXISTS (SELECT …)`.
    fn expression(&mut self, from: usize, end: usize) {
        let mut at = from;
        while at < end {
            if self.kind(at) == Some(T::LeftParen) && self.is(at + 1, &["select", "with"]) {
                let close = self.closing(at, end);
                self.sql(at + 1, close);
                at = close;
            }
            at += 1;
        }
        self.at = end + 1;
    }

    fn closing(&self, open: usize, end: usize) -> usize {
        let mut depth = 0usize;
        for at in open..end {
            match self.kind(at) {
                Some(T::LeftParen) => depth += 1,
                Some(T::RightParen) => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return at;
            }
        }
        end
    }

    /// The SQL in a range of tokens.
    fn sql(&mut self, from: usize, end: usize) {
        self.at = end + 1;
        let end = end.min(self.tokens.len());
        if from >= end {
            return;
        }
        let span = Span { start: self.tokens[from].start, end: self.tokens[end - 1].end };
        let mut text = span.of(self.body).as_bytes().to_vec();
        let tokens = &self.tokens[from..end];
        if self.is(from, QUERIES) {
            replace(self.body, tokens, &self.variables, span.start, &mut text);
            self.blank_targets(from, end, span.start, &mut text);
        }
        if self.is(from, &["perform"]) {
            text[.."perform".len()].copy_from_slice(b"SELECT ");
        }
        // Whole tokens were overwritten with ASCII.
        if let Ok(text) = String::from_utf8(text) {
            self.push(span, Sql::Text(text));
        }
    }

    /// `INTO [STRICT] a, b.c, d[1]` of a query says where its row goes.
    fn blank_targets(&self, from: usize, end: usize, base: usize, text: &mut [u8]) {
        let mut depth = 0usize;
        for at in from..end {
            match self.kind(at) {
                Some(T::LeftParen) => depth += 1,
                Some(T::RightParen) => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > 0 || !self.is(at, &["into"]) || at == from || self.is(at - 1, &["insert", "merge"]) {
                continue;
            }
            let mut last = at + 1 + usize::from(self.is(at + 1, &["strict"]));
            while last + 1 < end {
                match self.kind(last + 1) {
                    Some(T::Dot | T::Comma) => last += 2,
                    Some(T::LeftBracket) => {
                        let close = (last..end).find(|at| self.kind(*at) == Some(T::RightBracket));
                        last = close.unwrap_or(end - 1);
                    }
                    _ => break,
                }
            }
            let stop = self.tokens[last.min(end - 1)].end;
            for byte in &mut text[self.tokens[at].start - base..stop - base] {
                if !matches!(*byte, b'\n' | b'\r') {
                    *byte = b' ';
                }
            }
            return;
        }
    }

    /// EXECUTE of a literal is the SQL in it; of anything else, SQL that nobody can read.
    fn execute(&mut self, from: usize, end: usize) {
        self.at = end + 1;
        let end = end.min(self.tokens.len());
        let alone = from + 2 == end || self.is(from + 2, &["into", "using"]);
        if self.kind(from + 1) == Some(T::String) && alone && from + 1 < end {
            let token = self.tokens[from + 1];
            if let Some((inside, sql)) = literal::inside(self.body, Span { start: token.start, end: token.end }) {
                for one in split(sql.as_bytes()) {
                    let span = Span { start: inside.start + one.span.start, end: inside.start + one.span.end };
                    self.push(span, Sql::Text(one.span.of(&sql).to_owned()));
                }
                return;
            }
        }
        if from < end {
            self.push(Span { start: self.tokens[from].start, end: self.tokens[end - 1].end }, Sql::Dynamic);
        }
    }

    fn push(&mut self, span: Span, sql: Sql) {
        self.found.push(Found { span, looped: self.loops > 0, conditional: self.choices > 0, sql });
    }
}
