//! Parentheses and brackets: lists whose items collapse, rows of VALUES, type modifiers.

use super::{Await, Folder, TypeName};
use crate::sql::keyword::Keyword;
use crate::sql::lexer::TokenKind;
use crate::sql::verb::Verb;

/// Frames deeper than this are not told apart: nothing in them collapses.
pub(super) const DEEPEST: usize = 256;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum FrameKind {
    #[default]
    Plain,
    /// Items that collapse: after `IN` and `ARRAY`, a row of `VALUES`, a row inside one of these.
    List,
    /// `numeric(10,2)`: numbers stay.
    TypeModifiers,
}

/// What is open: the statement, a parenthesis or a bracket.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Frame {
    pub kind: FrameKind,
    /// Rows of `VALUES` follow each other here.
    pub values: bool,
    /// Between `GROUP BY` or `ORDER BY` and the next clause: bare numbers are ordinals.
    pub ordinals: bool,
    /// This frame is a row of VALUES, and this is where it starts.
    row: Option<usize>,
    /// Where the current item starts in the stream.
    item: usize,
    /// The last different item (or row of `VALUES`) in the stream.
    previous: (usize, usize),
}

impl Frame {
    pub fn end_clauses(&mut self) {
        self.ordinals = false;
        self.values = false;
    }

    pub fn begin_values(&mut self) {
        self.values = true;
        self.previous = (0, 0);
    }
}

impl Folder<'_> {
    /// The kind of the innermost frame, as far as frames are told apart.
    #[inline(always)]
    pub(super) fn frame_kind(&self) -> FrameKind {
        match self.frames.last() {
            Some(frame) if self.overflow == 0 => frame.kind,
            _ => FrameKind::Plain,
        }
    }

    #[inline(always)]
    pub(super) fn comma(&mut self) {
        self.end_item();
        self.emit(b",");
        let end = self.out.len();
        self.top().item = end;
    }

    pub(super) fn open(&mut self, token: TokenKind) {
        let start = self.out.len();
        let kind = self.frame_opened_by(token);
        self.emit(if token == TokenKind::LeftParen { b"(" } else { b"[" });
        self.await_bound = Await::Nothing;
        if self.frames.len() >= DEEPEST {
            self.overflow += 1;
            return;
        }
        let row = self.top().values.then_some(start);
        self.frames.push(Frame { kind, row, item: self.out.len(), ..Frame::default() });
    }

    fn frame_opened_by(&mut self, token: TokenKind) -> FrameKind {
        use Keyword as K;
        let nested = self.frame_kind() == FrameKind::List && (self.at_item_start() || self.previous_keyword == K::Row);
        if token == TokenKind::LeftBracket {
            return if nested || self.previous_keyword == K::Array { FrameKind::List } else { FrameKind::Plain };
        }
        let defines = matches!(self.head, Some(Verb::Create | Verb::Alter));
        if self.top().values || nested || self.previous_keyword == K::In {
            FrameKind::List
        } else if self.type_name == TypeName::Given
            || takes_modifiers(self.previous_keyword)
            || (defines && takes_modifiers_in_definitions(self.previous_keyword))
        {
            FrameKind::TypeModifiers
        } else {
            FrameKind::Plain
        }
    }

    pub(super) fn close(&mut self, token: TokenKind) {
        self.end_item();
        self.emit(if token == TokenKind::RightParen { b")" } else { b"]" });
        self.await_bound = Await::Nothing;
        if self.overflow > 0 {
            self.overflow -= 1;
            return;
        }
        if self.frames.len() == 1 {
            return;
        }
        let Some(Frame { row: Some(start), .. }) = self.frames.pop() else {
            return;
        };
        self.keep_if_new(start);
    }

    /// In a list: writes a bare literal as `...`, and drops an item that equals the one before.
    #[inline(always)]
    fn end_item(&mut self) {
        if self.frame_kind() != FrameKind::List {
            return;
        }
        let item = self.top().item;
        if self.out.len() == item + 2 && self.out[item + 1] == b'?' {
            self.out.truncate(item);
            self.out.extend_from_slice(b" ...");
        }
        self.keep_if_new(item);
    }

    /// Drops what the stream holds from `start` on if it equals the item before it, else remembers it.
    fn keep_if_new(&mut self, start: usize) {
        let (from, to) = self.top().previous;
        if from < to && self.out[from..to] == self.out[start..] {
            self.out.truncate(to);
        } else {
            let end = self.out.len();
            self.top().previous = (start, end);
        }
    }

    /// What follows a row of VALUES and is no comma ends them.
    pub(super) fn end_rows(&mut self, kind: TokenKind, keyword: Keyword) {
        let goes_on =
            matches!(kind, TokenKind::Comma | TokenKind::LeftParen | TokenKind::RightParen | TokenKind::RightBracket);
        if !goes_on && keyword != Keyword::Values {
            self.top().values = false;
        }
    }

    /// Keeps track of the name of a type after `::`.
    pub(super) fn follow_type_name(&mut self, kind: TokenKind, keyword: Keyword) {
        let names_type =
            keyword == Keyword::None || takes_modifiers(keyword) || takes_modifiers_in_definitions(keyword);
        self.type_name = match (kind, self.type_name) {
            (TokenKind::Cast, _) | (TokenKind::Dot, TypeName::Given) => TypeName::Expected,
            (TokenKind::QuotedIdentifier, TypeName::Expected) => TypeName::Given,
            (TokenKind::Word, TypeName::Expected) if names_type => TypeName::Given,
            _ => TypeName::No,
        };
    }
}

/// Type names that cannot be functions (`col_name_keyword` in `gram.y`), so what follows in parentheses are modifiers.
fn takes_modifiers(keyword: Keyword) -> bool {
    use Keyword as K;
    matches!(
        keyword,
        K::Bit
            | K::Char
            | K::Character
            | K::Dec
            | K::Decimal
            | K::Float
            | K::Interval
            | K::Nchar
            | K::Numeric
            | K::Time
            | K::Timestamp
            | K::Varchar
            | K::Varying
    )
}

fn takes_modifiers_in_definitions(keyword: Keyword) -> bool {
    use Keyword as K;
    matches!(keyword, K::Timestamptz | K::Timetz | K::Varbit | K::Bpchar | K::Vector | K::Halfvec)
}
