//! A statement that holds a label of an enum as a string in; whether the server takes that string for a value of the enum, out.
//!
//! A string constant gets its type from where it stands (documentation, "Type Conversion"): from its cast, from the column that it is
//! compared with, written to, or the default of. `enum_in` is asked only where that is the enum.

use std::collections::BTreeSet;

use crate::catalog::apply::Replay;
use crate::catalog::model::{Table, TableName};
use crate::script::model::Content;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::cursor::identifier;
use crate::sql::ddl::model::{ActionKind, ColumnDef, QualifiedName};
use crate::sql::facts::Write;
use crate::sql::{Lexer, StatementKind, Token, TokenKind};

pub struct Label<'a> {
    pub value: &'a str,
    pub of: &'a QualifiedName,
}

/// Where one string stands.
enum Fate {
    Used,
    Other,
    Unknown,
}

struct Search<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    label: &'a Label<'a>,
    replay: &'a Replay,
    content: &'a Content,
}

/// `text` is the statement's, `start` where spans of `content` begin to count.
pub fn is_used(replay: &Replay, content: &Content, text: &str, label: &Label<'_>) -> bool {
    let quoted = format!("'{}'", label.value.replace('\'', "''"));
    if !text.contains(&quoted) {
        return false;
    }
    let tokens: Vec<Token> = Lexer::new(text.as_bytes()).filter(|token| token.kind != TokenKind::Comment).collect();
    let search = Search { text, tokens, label, replay, content };
    (0..search.tokens.len())
        .any(|at| search.kind(at) == Some(TokenKind::String) && search.of(at).ends_with(&quoted) && search.uses(at))
}

impl Search<'_> {
    fn of(&self, at: usize) -> &str {
        self.tokens.get(at).and_then(|token| self.text.get(token.start..token.end)).unwrap_or_default()
    }

    fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    fn is(&self, at: usize, word: &str) -> bool {
        self.kind(at) == Some(TokenKind::Word) && self.of(at).eq_ignore_ascii_case(word)
    }

    fn name(&self, at: usize) -> Option<String> {
        matches!(self.kind(at)?, TokenKind::Word | TokenKind::QuotedIdentifier).then(|| identifier(self.of(at)))
    }

    fn uses(&self, at: usize) -> bool {
        match self.fate(at) {
            Fate::Used => true,
            Fate::Other => false,
            Fate::Unknown => self.may_meet_the_enum(),
        }
    }

    fn fate(&self, at: usize) -> Fate {
        let before = |back: usize| at.checked_sub(back);
        if self.kind(at + 1) == Some(TokenKind::Cast) {
            return self.fate_of_type(at + 2);
        }
        let cast =
            before(2).is_some_and(|cast| self.is(cast, "cast") && self.kind(cast + 1) == Some(TokenKind::LeftParen));
        if cast && self.is(at + 1, "as") {
            return self.fate_of_type(at + 2);
        }
        let Some(last) = before(1) else { return Fate::Unknown };
        if self.is(last, "default") {
            return self.fate_of_default(at);
        }
        if self.compares(last) {
            return last.checked_sub(1).map_or(Fate::Unknown, |left| self.fate_beside(left));
        }
        if self.compares(at + 1) {
            return self.fate_of_name(at + 2, at + 2);
        }
        if matches!(self.kind(last), Some(TokenKind::LeftParen | TokenKind::Comma)) {
            return self.fate_in_list(last);
        }
        Fate::Unknown
    }

    fn compares(&self, at: usize) -> bool {
        self.kind(at) == Some(TokenKind::Operator) && matches!(self.of(at), "=" | "<>" | "!=" | "<" | ">" | "<=" | ">=")
    }

    /// The type whose name begins here.
    fn fate_of_type(&self, at: usize) -> Fate {
        let last = if self.kind(at + 1) == Some(TokenKind::Dot) { at + 2 } else { at };
        match self.name(last) {
            Some(name) if name == self.label.of.name => Fate::Used,
            Some(_) => Fate::Other,
            None => Fate::Unknown,
        }
    }

    /// What ends here, left of an operator: a column, or something that is cast.
    fn fate_beside(&self, at: usize) -> Fate {
        let qualified = at >= 2 && self.kind(at - 1) == Some(TokenKind::Dot);
        let first = if qualified { at - 2 } else { at };
        if first >= 1 && self.kind(first - 1) == Some(TokenKind::Cast) {
            return self.fate_of_type(first);
        }
        self.fate_of_name(first, at)
    }

    /// The column whose name stands from `first` on.
    fn fate_of_name(&self, first: usize, last: usize) -> Fate {
        let last = if first == last && self.kind(first + 1) == Some(TokenKind::Dot) { first + 2 } else { last };
        if self.kind(last + 1) == Some(TokenKind::Cast) && last < self.tokens.len() {
            return self.fate_of_type(last + 2);
        }
        match self.name(last) {
            Some(column) if self.kind(last + 1) != Some(TokenKind::LeftParen) => self.fate_of_column(&column),
            _ => Fate::Unknown,
        }
    }

    fn fate_of_column(&self, column: &str) -> Fate {
        let tables = self.tables();
        let types: Vec<&str> = tables
            .iter()
            .filter_map(|(_, table)| table.column(column))
            .map(|column| column.type_name.as_str())
            .chain(self.own_columns().filter(|def| def.name.text == column).filter_map(type_of))
            .collect();
        match types.as_slice() {
            [] => Fate::Unknown,
            types if types.iter().any(|one| self.is_enum(one)) => Fate::Used,
            _ => Fate::Other,
        }
    }

    /// After the parenthesis or comma at `last`: a member of IN (…), or of a row of VALUES.
    fn fate_in_list(&self, last: usize) -> Fate {
        let (mut depth, mut place) = (0usize, 0usize);
        let open = (0..=last).rev().find(|at| match self.kind(*at) {
            Some(TokenKind::RightParen) => {
                depth += 1;
                false
            }
            Some(TokenKind::LeftParen) if depth == 0 => true,
            Some(TokenKind::LeftParen) => {
                depth -= 1;
                false
            }
            Some(TokenKind::Comma) => {
                place += usize::from(depth == 0);
                false
            }
            _ => false,
        });
        let Some(before) = open.and_then(|open| open.checked_sub(1)) else { return Fate::Unknown };
        if self.is(before, "in") {
            let left = before.checked_sub(1).filter(|at| !self.is(*at, "not")).or(before.checked_sub(2));
            return left.map_or(Fate::Unknown, |left| self.fate_beside(left));
        }
        let row = self.is(before, "values")
            || self.kind(before) == Some(TokenKind::Comma)
                && before >= 1
                && self.kind(before - 1) == Some(TokenKind::RightParen);
        match self
            .content
            .facts()
            .filter(|facts| row && facts.kind == StatementKind::Insert)
            .and_then(|facts| facts.write.as_ref())
        {
            Some(write) => self.fate_of_value(write, place),
            None => Fate::Unknown,
        }
    }

    /// The value at this place of a row that is inserted.
    fn fate_of_value(&self, write: &Write, place: usize) -> Fate {
        let target = QualifiedName {
            schema: write.target.schema.clone(),
            name: write.target.name.clone(),
            span: write.target_span,
        };
        let Some((_, table)) = self.replay.table(&target) else { return Fate::Unknown };
        let column = match write.columns.get(place) {
            Some(name) => table.column(name),
            None if write.columns.is_empty() => table.columns.get(place),
            None => None,
        };
        match column {
            Some(column) if self.is_enum(&column.type_name) => Fate::Used,
            Some(_) => Fate::Other,
            None => Fate::Unknown,
        }
    }

    fn fate_of_default(&self, at: usize) -> Fate {
        let place = self.tokens[at].start;
        if let Some(Ddl::AlterTable(alter)) = self.content.ddl() {
            let here = alter.actions.iter().find(|action| action.span.start <= place && place < action.span.end);
            if let Some(ActionKind::SetDefault { column, .. }) = here.map(|action| &action.kind) {
                return self.fate_of_column(&column.text);
            }
        }
        let mut own = self.own_columns().filter(|def| def.span.start <= place && place < def.span.end);
        match own.next().and_then(type_of) {
            Some(of) if self.is_enum(of) => Fate::Used,
            Some(_) => Fate::Other,
            None => Fate::Unknown,
        }
    }

    /// Columns that the statement defines.
    fn own_columns(&self) -> impl Iterator<Item = &ColumnDef> {
        let ddl = self.content.ddl();
        let created = match ddl {
            Some(Ddl::CreateTable(table)) => table.columns.as_slice(),
            _ => &[],
        };
        let actions = match ddl {
            Some(Ddl::AlterTable(alter)) => alter.actions.as_slice(),
            _ => &[],
        };
        let added = actions.iter().filter_map(|action| match &action.kind {
            ActionKind::AddColumn { column, .. } => Some(&**column),
            _ => None,
        });
        created.iter().chain(added)
    }

    /// Known tables whose names stand anywhere in the statement.
    fn tables(&self) -> Vec<(&TableName, &Table)> {
        let names: BTreeSet<String> = (0..self.tokens.len()).filter_map(|at| self.name(at)).collect();
        let tables = self.replay.catalog().tables.iter();
        tables.filter(|(name, _)| names.contains(name.name.as_str())).collect()
    }

    /// Whether a column of the type is at hand, or may be: a table is named of which nothing is known.
    fn may_meet_the_enum(&self) -> bool {
        if let Some(Ddl::Routine(_)) = self.content.ddl() {
            return false;
        }
        let stranger = self.content.facts().is_some_and(|facts| {
            facts.tables.iter().any(|(name, span)| {
                let name = QualifiedName { schema: name.schema.clone(), name: name.name.clone(), span: *span };
                self.replay.table(&name).is_none()
            })
        });
        let holds =
            |(_, table): &(&TableName, &Table)| table.columns.iter().any(|column| self.is_enum(&column.type_name));
        stranger || self.tables().iter().any(holds) || self.own_columns().filter_map(type_of).any(|of| self.is_enum(of))
    }

    fn is_enum(&self, type_name: &str) -> bool {
        let bare = |name: &str| {
            name.trim_end_matches("[]").rsplit('.').next().unwrap_or_default().trim_matches('"').to_owned()
        };
        let is_it = |name: &str| bare(name) == self.label.of.name;
        // A domain over it.
        let types = &self.replay.catalog().types;
        is_it(type_name) || types.get(type_name).is_some_and(|base| is_it(base))
    }
}

fn type_of(def: &ColumnDef) -> Option<&str> {
    def.type_name.as_ref().map(|of| of.canonical.as_str())
}
