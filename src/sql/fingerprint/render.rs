//! The normalised token stream in, the text that is shown out: the same tokens with the blanks a reader expects.

use crate::sql::keyword::Keyword;
use crate::sql::lexer::{Lexer, Token, TokenKind};

pub(super) fn render(stream: &[u8]) -> String {
    let mut out: Vec<u8> = Vec::with_capacity(stream.len());
    let mut before_previous = Keyword::None;
    let mut previous: Option<Token> = None;
    for token in Lexer::new(stream) {
        if let Some(previous) = previous {
            let previous_keyword = previous.keyword(stream);
            if divided(previous, previous_keyword, before_previous, token.kind) {
                out.push(b' ');
            }
            // `schema.t (a)`: what counts is the word before the whole name.
            if previous.kind != TokenKind::Dot && token.kind != TokenKind::Dot {
                before_previous = previous_keyword;
            }
        }
        out.extend_from_slice(token.bytes(stream));
        previous = Some(token);
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn divided(previous: Token, previous_keyword: Keyword, before_previous: Keyword, next: TokenKind) -> bool {
    use TokenKind as T;
    let dotted = |kind| matches!(kind, T::Dot | T::DotDot | T::Ellipsis);
    if dotted(previous.kind) && dotted(next) {
        return true;
    }
    match (previous.kind, next) {
        (T::Number, T::Dot) | (T::Dot, T::Number) | (T::Colon, _) | (_, T::Colon) => true,
        (T::LeftParen | T::LeftBracket | T::Dot | T::Cast, T::Operator) => {
            previous.kind != T::LeftParen && previous.kind != T::Dot
        }
        (T::LeftParen | T::LeftBracket | T::Dot | T::Cast, _) => false,
        (_, T::Comma | T::RightParen | T::RightBracket | T::Semicolon | T::Dot | T::Cast) => false,
        (T::Word, T::LeftParen) => takes_blank(previous_keyword) || names_a_table(before_previous),
        (T::QuotedIdentifier, T::LeftParen) => names_a_table(before_previous),
        (T::Placeholder | T::RightBracket, T::LeftParen) => false,
        (T::Word | T::QuotedIdentifier | T::RightParen | T::RightBracket | T::Placeholder, T::LeftBracket) => false,
        _ => true,
    }
}

/// Before the name of a relation whose columns follow in parentheses.
fn names_a_table(keyword: Keyword) -> bool {
    matches!(
        keyword,
        Keyword::Copy | Keyword::Into | Keyword::Table | Keyword::On | Keyword::References | Keyword::Exists
    )
}

/// Keywords that are no function names: a parenthesis after them is not a call.
fn takes_blank(keyword: Keyword) -> bool {
    use Keyword as K;
    keyword.expects_operand() && !matches!(keyword, K::Any | K::All | K::Some | K::Default)
        || matches!(
            keyword,
            K::Exists
                | K::Over
                | K::Filter
                | K::Lateral
                | K::Join
                | K::Conflict
                | K::Materialized
                | K::Group
                | K::Set
                | K::Only
        )
}
