//! The facts of a statement in; its parameters that stand inside an expression of one table's columns, out, with what each means there.

use crate::catalog::access::{Scope, columns_of, table_name};
use crate::catalog::model::{Catalog, Column, Table, TableName};
use crate::sql::facts::{Operand, Predicate, Relation, Span, Test, Value};
use crate::sql::lexer::{Lexer, Token, TokenKind};

/// What a parameter means in its expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// `meta ->> $1`; the second of `a -> $1 ->> $2` has the first before it.
    JsonKey,
    /// `meta #>> $1`
    JsonPath,
    /// `date_trunc($1, at)`
    Unit,
    /// `at AT TIME ZONE $1`
    Zone,
    /// `to_tsvector($1, body)`
    SearchConfig,
    /// `coalesce(a, $1)`
    Default,
    /// `extract($1 FROM at)`
    Field,
    /// `at + $1`, where `at` is a time
    Moved,
    /// `a + $1`, a number
    Arithmetic,
    /// `similarity(name, $1)`
    Similarity,
    /// The length in `left(a, $1)`
    Beginning,
    /// An argument of another function, or a part of another expression.
    Other,
    /// `a LIKE $1`: no part of an expression, but it decides on the kind of the index.
    Pattern,
}

impl Role {
    /// An index could be of use once the constant is known.
    pub fn is_indexable(&self) -> bool {
        !matches!(self, Role::Moved | Role::Similarity | Role::Beginning | Role::Arithmetic)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Hole<'a> {
    pub number: u16,
    pub role: Role,
    /// The parameter in the text.
    pub at: Span,
    /// The expression in the text.
    pub operand: Span,
    pub name: TableName,
    pub table: &'a Table,
    /// The first column of the expression.
    pub column: &'a Column,
    /// The only condition of its block.
    pub alone: bool,
}

#[derive(Debug, Default)]
pub(super) struct Found<'a> {
    /// Those of one expression beside each other.
    pub operands: Vec<Vec<Hole<'a>>>,
    pub patterns: Vec<Hole<'a>>,
    /// Conditions that no index answers whatever the constant.
    pub useless: Vec<String>,
}

pub(super) fn of<'a>(scope: &Scope<'a>, catalog: &'a Catalog) -> Found<'a> {
    let mut found = Found::default();
    for (number, block) in scope.facts.blocks.iter().enumerate() {
        let alone =
            block.filters.len() == 1 && block.sources.len() == 1 && !block.has_aggregate && block.limit.is_none();
        let walk = Walk { scope, catalog, block: number, alone };
        block.filters.iter().for_each(|predicate| walk.predicate(predicate, &mut found));
        block.sources.iter().flat_map(|source| &source.on).for_each(|predicate| walk.predicate(predicate, &mut found));
    }
    found
}

struct Walk<'s, 'a> {
    scope: &'s Scope<'a>,
    catalog: &'a Catalog,
    block: usize,
    alone: bool,
}

impl<'a> Walk<'_, 'a> {
    fn predicate(&self, predicate: &Predicate, found: &mut Found<'a>) {
        match &predicate.test {
            Test::Compare { left, right, .. } | Test::Operator { left, right, .. } => {
                if columns_of(right).is_empty() {
                    self.expression(left, found);
                }
                if columns_of(left).is_empty() {
                    self.expression(right, found);
                }
            }
            Test::InList { operand, .. } | Test::Between { operand, .. } | Test::IsNull { operand, .. } => {
                self.expression(operand, found);
            }
            Test::AnyArray { operand, array, .. } => {
                self.expression(operand, found);
                found.useless.extend(self.within(operand, array));
            }
            Test::Like { operand, pattern, .. } => {
                self.expression(operand, found);
                if let Value::Parameter(number) = pattern.value
                    && let Some(home) = self.home(operand)
                {
                    found.patterns.push(self.hole(number, Role::Pattern, pattern.span, pattern.span, home));
                }
            }
            Test::Truth(operand) => self.expression(operand, found),
            Test::Or(branches) => branches.iter().flatten().for_each(|one| self.predicate(one, found)),
            Test::Not(inner) => self.predicate(inner, found),
            Test::InQuery { .. } | Test::Exists { .. } | Test::Other { .. } => {}
        }
    }

    fn expression(&self, operand: &Operand, found: &mut Found<'a>) {
        found.operands.extend(self.holes(operand));
    }

    /// The parameters of an expression that has columns of one table that the catalog knows.
    fn holes(&self, operand: &Operand) -> Option<Vec<Hole<'a>>> {
        let home = self.home(operand)?;
        let written = operand.span.of(self.scope.text);
        let tokens: Vec<Token> =
            Lexer::new(written.as_bytes()).filter(|token| token.kind != TokenKind::Comment).collect();
        let words = Words { text: written, tokens: &tokens };
        let mut found = Vec::new();
        for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Parameter) {
            let number: u16 = written[token.start + 1..token.end].parse().ok()?;
            let span = Span { start: operand.span.start + token.start, end: operand.span.start + token.end };
            found.push(self.hole(number, role(&words, at, home.2), span, operand.span, home.clone()));
        }
        // A subquery has conditions of its own.
        let nested = (0..tokens.len()).any(|at| words.is(at, "select"));
        (!found.is_empty() && !nested).then_some(found)
    }

    fn home(&self, operand: &Operand) -> Option<(TableName, &'a Table, &'a Column)> {
        let columns = columns_of(operand);
        let home = self.scope.home(columns.first()?, self.block)?;
        if columns.iter().any(|column| self.scope.home(column, self.block) != Some(home)) {
            return None;
        }
        let table = self.scope.table(home.0, home.1)?;
        let Relation::Table(relation) = &self.scope.facts.blocks[home.0].sources[home.1].relation else { return None };
        Some((table_name(relation, Some(self.catalog)), table, table.column(&columns[0].name)?))
    }

    fn hole(
        &self,
        number: u16,
        role: Role,
        at: Span,
        operand: Span,
        (name, table, column): (TableName, &'a Table, &'a Column),
    ) -> Hole<'a> {
        Hole { number, role, at, operand, name, table, column, alone: self.alone }
    }

    /// `$1 = ANY (tags)`
    fn within(&self, operand: &Operand, array: &Operand) -> Option<String> {
        let (Value::Column(column), true) = (&array.value, columns_of(operand).is_empty()) else { return None };
        let (name, _, known) = self.home(array)?;
        known.type_name.ends_with("[]").then(|| {
            format!(
                "`{} = ANY ({column})` is answered by no index: write `{column} @> ARRAY[…]`, and CREATE INDEX CONCURRENTLY ON {} USING gin \
                 ({column})",
                operand.span.of(self.scope.text),
                crate::catalog::access::quote_table(&name),
                column = column.name,
            )
        })
    }
}

struct Words<'t> {
    text: &'t str,
    tokens: &'t [Token],
}

impl Words<'_> {
    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &self.text[token.start..token.end])
    }

    fn is(&self, at: usize, word: &str) -> bool {
        self.word(at).eq_ignore_ascii_case(word)
    }

    /// The function whose argument this is, and which of its arguments.
    fn call(&self, at: usize) -> Option<(String, usize)> {
        let (mut depth, mut place) = (0usize, 0usize);
        for before in (0..at).rev() {
            match self.tokens[before].kind {
                TokenKind::RightParen => depth += 1,
                TokenKind::LeftParen if depth > 0 => depth -= 1,
                TokenKind::LeftParen => {
                    let name = before.checked_sub(1).filter(|&name| self.tokens[name].kind == TokenKind::Word)?;
                    return Some((self.word(name).to_ascii_lowercase(), place));
                }
                TokenKind::Comma if depth == 0 => place += 1,
                _ => {}
            }
        }
        None
    }
}

fn role(words: &Words<'_>, at: usize, column: &Column) -> Role {
    let before = |back: usize| at.checked_sub(back).map_or("", |at| words.word(at));
    match before(1) {
        "->" | "->>" => return Role::JsonKey,
        "#>" | "#>>" => return Role::JsonPath,
        _ => {}
    }
    if before(1).eq_ignore_ascii_case("zone")
        && before(2).eq_ignore_ascii_case("time")
        && before(3).eq_ignore_ascii_case("at")
    {
        return Role::Zone;
    }
    let time = column.type_name.starts_with("timestamp")
        || column.type_name.starts_with("date")
        || column.type_name.starts_with("time");
    let sign = |word: &str| matches!(word, "+" | "-" | "*" | "/");
    // `at + $1`, `at + interval $1`, `at + $1::interval`, `at + $1 * interval …`
    let moves =
        sign(before(1)) || sign(words.word(at + 1)) || (before(1).eq_ignore_ascii_case("interval") && sign(before(2)));
    match words.call(at) {
        Some((name, place)) => match (name.as_str(), place) {
            ("date_trunc", 0) => Role::Unit,
            ("date_trunc", 2) | ("timezone", 0) => Role::Zone,
            ("extract" | "date_part", 0) => Role::Field,
            ("to_tsvector", 0) => Role::SearchConfig,
            ("coalesce", 1..) => Role::Default,
            ("jsonb_extract_path_text" | "json_extract_path_text" | "jsonb_extract_path", 1..) => Role::JsonKey,
            ("similarity" | "word_similarity" | "strict_word_similarity", _) => Role::Similarity,
            ("left", 1) => Role::Beginning,
            _ if moves && time => Role::Moved,
            _ => Role::Other,
        },
        None if moves && time => Role::Moved,
        None if sign(before(1)) || sign(words.word(at + 1)) => Role::Arithmetic,
        None => Role::Other,
    }
}
