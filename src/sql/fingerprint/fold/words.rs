//! Words: case, keywords that open a clause, names that applications generate.

use super::lists::FrameKind;
use super::{Await, Folder};
use crate::sql::facts::Bound;
use crate::sql::keyword::{self, Keyword};
use crate::sql::lexer::{Token, TokenKind};
use crate::sql::verb::Verb;

impl Folder<'_> {
    /// Gives what the token counts as from here on.
    #[inline(always)]
    pub(super) fn word(&mut self, token: Token) -> (TokenKind, Keyword) {
        let bytes = token.bytes(self.text);
        let before = self.out.len();
        self.emit(b"");
        let start = self.out.len();
        self.out.extend(bytes.iter().map(u8::to_ascii_lowercase));
        let keyword = keyword::lookup_lower(&self.out[start..]);
        if self.unsettled {
            self.settle_before_word(keyword, before);
        }
        match self.head {
            None => {
                let head = Verb::from_head(keyword);
                self.head = Some(head);
                self.verb = self.verb.or(Some(head));
            }
            Some(head) if self.names_something_generated(head, keyword) => {
                let length = bytes.len() + usize::from(start > 0);
                self.out.truncate(self.out.len() - length);
                self.fold_name(token);
                return (TokenKind::Placeholder, Keyword::None);
            }
            Some(_) => {}
        }
        if keyword == Keyword::None {
            self.await_bound = Await::Nothing;
            return (TokenKind::Word, keyword);
        }
        self.keyword(keyword, token)
    }

    pub(super) fn quoted(&mut self, token: Token) -> TokenKind {
        let generated = self.head.is_some_and(|head| self.names_something_generated(head, Keyword::None));
        if generated {
            self.fold_name(token);
            return TokenKind::Placeholder;
        }
        self.emit(token.bytes(self.text));
        TokenKind::QuotedIdentifier
    }

    fn keyword(&mut self, keyword: Keyword, token: Token) -> (TokenKind, Keyword) {
        use Keyword as K;
        let awaited = std::mem::replace(&mut self.await_bound, Await::Nothing);
        match keyword {
            K::Null | K::True | K::False if self.is_constant(keyword) => {
                match awaited {
                    Await::Limit => self.limit = None,
                    Await::Offset => self.offset = None,
                    _ => {}
                }
                match self.sign {
                    Some(start) => {
                        self.out.truncate(start);
                        self.emit(b"?");
                    }
                    None => {
                        self.out.truncate(self.out.len() - (token.end - token.start));
                        self.out.push(b'?');
                    }
                }
                self.hash(token.bytes(self.text), Await::Nothing);
                return (TokenKind::Placeholder, K::None);
            }
            K::Default if self.is_list_item() => {
                self.out.truncate(self.out.len() - (token.end - token.start));
                self.out.push(b'?');
                self.hash(token.bytes(self.text), Await::Nothing);
                return (TokenKind::Placeholder, K::None);
            }
            K::By => {
                let of_rows = matches!(self.previous_keyword, K::Order | K::Group);
                self.top().ordinals = of_rows;
            }
            K::Limit | K::Offset | K::First | K::Next if self.outermost() => {
                self.begin_bound(keyword);
            }
            K::All if awaited == Await::Limit => self.limit = None,
            K::Row | K::Rows if awaited == Await::FetchCount => {
                self.limit = Some(Bound::Number(1));
            }
            K::Select | K::With | K::Table if self.is_list_item() => {
                self.top().kind = FrameKind::Plain;
            }
            K::Values => {
                if self.is_list_item() {
                    self.top().kind = FrameKind::Plain;
                }
                self.top().begin_values();
                self.rows = true;
            }
            _ => {}
        }
        if ends_ordinals(keyword) {
            self.top().ordinals = false;
        }
        if self.verb == Some(Verb::With) && self.outermost() {
            let verb = Verb::from_head(keyword);
            if verb.is_query() && verb != Verb::With {
                self.verb = Some(verb);
            }
        }
        (TokenKind::Word, keyword)
    }

    /// `x = TRUE` has a literal, `x IS TRUE` is a test, `NOT NULL` in DDL a constraint. pg_stat_statements draws the same
    /// line, because its parser makes constants of the first kind only (gram.y, `AexprConst`).
    fn is_constant(&self, keyword: Keyword) -> bool {
        use Keyword as K;
        let (previous, before) = (self.previous_keyword, self.keyword_before);
        let tested = previous == K::Is || (previous == K::Not && before == K::Is);
        let behaviour = keyword == K::Null && previous == K::On;
        let holds_a_query = self.head.is_some_and(|head| {
            head.is_query() || matches!(head, Verb::Declare | Verb::Explain | Verb::Prepare | Verb::Execute)
        });
        self.is_list_item() || (holds_a_query && !tested && !behaviour)
    }

    fn is_list_item(&self) -> bool {
        self.frame_kind() == FrameKind::List && self.at_item_start()
    }

    fn begin_bound(&mut self, keyword: Keyword) {
        match keyword {
            Keyword::Limit => {
                self.limit = Some(Bound::Unknown);
                self.await_bound = Await::Limit;
            }
            Keyword::Offset => {
                self.offset = Some(Bound::Unknown);
                self.await_bound = Await::Offset;
            }
            _ if self.previous_keyword == Keyword::Fetch && !matches!(self.head, Some(Verb::Fetch | Verb::Move)) => {
                self.limit = Some(Bound::Unknown);
                self.await_bound = Await::FetchCount;
            }
            _ => {}
        }
    }

    /// Whether the word at hand is the name of a cursor, a savepoint or a prepared statement.
    #[inline(always)]
    fn names_something_generated(&self, head: Verb, keyword: Keyword) -> bool {
        match head {
            Verb::Select | Verb::Insert => false,
            head => self.names_by_verb(head, keyword),
        }
    }

    fn names_by_verb(&self, head: Verb, keyword: Keyword) -> bool {
        use Keyword as K;
        let previous = self.previous_keyword;
        match head {
            Verb::Update | Verb::Delete => previous == K::Of && self.keyword_before == K::Current,
            Verb::Declare | Verb::Savepoint | Verb::Execute => self.index == 1,
            Verb::Close => self.index == 1 && keyword != K::All,
            Verb::Prepare => self.index == 1 && keyword != K::Transaction,
            Verb::Deallocate => {
                keyword != K::All
                    && match self.index {
                        1 => keyword != K::Prepare,
                        index => index == 2 && previous == K::Prepare,
                    }
            }
            Verb::Release => match self.index {
                1 => keyword != K::Savepoint,
                index => index == 2 && previous == K::Savepoint,
            },
            Verb::Rollback => (previous == K::To && keyword != K::Savepoint) || previous == K::Savepoint,
            Verb::Fetch | Verb::Move => self.index > 0 && !is_direction(keyword),
            Verb::Explain => previous == K::Execute,
            _ => false,
        }
    }

    fn fold_name(&mut self, token: Token) {
        if let Some(start) = self.sign {
            self.out.truncate(start);
        }
        self.emit(b"?");
        self.hash(token.bytes(self.text), Await::Nothing);
        self.await_bound = Await::Nothing;
    }
}

/// The words of FETCH and MOVE that are no cursor's name.
fn is_direction(keyword: Keyword) -> bool {
    use Keyword as K;
    matches!(
        keyword,
        K::Next
            | K::Prior
            | K::First
            | K::Last
            | K::Absolute
            | K::Relative
            | K::Forward
            | K::Backward
            | K::All
            | K::From
            | K::In
    )
}

/// Words that end the list of `GROUP BY` or `ORDER BY`.
pub(super) fn ends_ordinals(keyword: Keyword) -> bool {
    use Keyword as K;
    matches!(
        keyword,
        K::Limit
            | K::Offset
            | K::Fetch
            | K::Having
            | K::Window
            | K::Union
            | K::Intersect
            | K::Except
            | K::For
            | K::Select
            | K::Where
            | K::Returning
            | K::Rows
            | K::Range
            | K::Groups
    )
}
