//! Literals and parameters: what folds to `?`, what it adds to the hash of literals, and which numbers stay.

use xxhash_rust::xxh3::xxh3_64;

use super::lists::FrameKind;
use super::words::ends_ordinals;
use super::{Await, Folder};
use crate::sql::facts::Bound;
use crate::sql::keyword::Keyword;
use crate::sql::lexer::{Token, TokenKind};

/// A target list has at most 1664 entries (`MaxTupleAttributeNumber`): a longer number is no ordinal.
const LONGEST_ORDINAL: usize = 4;
/// The longest type modifier kept; a longer number is a literal.
const LONGEST_MODIFIER: usize = 9;

impl Folder<'_> {
    #[inline(always)]
    pub(super) fn number(&mut self, token: Token) {
        let bytes = token.bytes(self.text);
        if self.frame_kind() == FrameKind::TypeModifiers && is_plain(bytes, LONGEST_MODIFIER) {
            self.emit(bytes);
            return;
        }
        let listed = self.previous_keyword == Keyword::By || self.previous == TokenKind::Comma;
        if listed && self.overflow == 0 && self.top().ordinals && is_plain(bytes, LONGEST_ORDINAL) {
            self.ordinal = Some((self.out.len(), token));
            self.unsettled = true;
            self.emit(bytes);
            return;
        }
        self.literal(token);
    }

    #[inline(always)]
    pub(super) fn literal(&mut self, token: Token) {
        if let Some(start) = self.sign {
            self.out.truncate(start);
        }
        self.emit(b"?");
        let bound = self.await_bound;
        self.hash(token.bytes(self.text), bound);
        if bound != Await::Nothing {
            self.bound(token);
        }
    }

    #[inline(always)]
    pub(super) fn hash(&mut self, bytes: &[u8], bound: Await) {
        let value = xxh3_64(bytes);
        let mix = |sum: u64| (sum.rotate_left(5) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.literals = mix(self.literals);
        if bound != Await::Offset {
            self.literals_but_offset = mix(self.literals_but_offset);
        }
    }

    fn bound(&mut self, token: Token) {
        let bytes = token.bytes(self.text);
        let number = |bytes: &[u8]| {
            let text = std::str::from_utf8(bytes).ok()?;
            text.parse::<u64>().ok()
        };
        let bound = match token.kind {
            TokenKind::Number => number(bytes).map(Bound::Number),
            TokenKind::String => {
                bytes.strip_prefix(b"'").and_then(|rest| rest.strip_suffix(b"'")).and_then(number).map(Bound::Number)
            }
            TokenKind::Parameter => {
                number(&bytes[1..]).and_then(|number| u16::try_from(number).ok()).map(Bound::Parameter)
            }
            _ => None,
        };
        self.set_bound(self.await_bound, bound.unwrap_or(Bound::Unknown));
        self.last_bound = self.await_bound;
        self.unsettled = true;
        self.await_bound = Await::Nothing;
    }

    fn set_bound(&mut self, which: Await, bound: Bound) {
        match which {
            Await::Offset => self.offset = Some(bound),
            _ => self.limit = Some(bound),
        }
    }

    /// The token after a number in ORDER BY, or after a bound, tells what that was.
    #[cold]
    pub(super) fn settle(&mut self, next: TokenKind) {
        self.unsettled = false;
        if self.last_bound != Await::Nothing && next == TokenKind::Operator {
            self.set_bound(self.last_bound, Bound::Unknown);
        }
        self.last_bound = Await::Nothing;
        self.settle_ordinal(next, Keyword::None);
    }

    /// As [`Self::settle`] for a word that is in the stream already, from `before` on.
    #[cold]
    pub(super) fn settle_before_word(&mut self, keyword: Keyword, before: usize) {
        self.unsettled = false;
        self.last_bound = Await::Nothing;
        let word = self.out.split_off(before);
        self.settle_ordinal(TokenKind::Word, keyword);
        self.out.extend_from_slice(&word);
    }

    /// `1 DESC` is an ordinal, `1 + x` is not.
    fn settle_ordinal(&mut self, next: TokenKind, keyword: Keyword) {
        use Keyword as K;
        let stays = match next {
            TokenKind::Comma | TokenKind::RightParen | TokenKind::Semicolon => true,
            TokenKind::Word => {
                ends_ordinals(keyword) || matches!(keyword, K::Asc | K::Desc | K::Nulls | K::On | K::Order)
            }
            _ => false,
        };
        if let Some((start, token)) = self.ordinal.take()
            && !stays
        {
            self.out.truncate(start);
            self.emit(b"?");
            self.hash(token.bytes(self.text), Await::Nothing);
        }
    }
}

fn is_plain(bytes: &[u8], longest: usize) -> bool {
    bytes.len() <= longest && bytes.iter().all(u8::is_ascii_digit)
}
