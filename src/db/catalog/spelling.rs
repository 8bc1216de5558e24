//! The server's spelling of types and expressions under an empty search_path in; the spelling of DDL that is written for
//! schema `public` out.

use crate::sql::lexer::{Lexer, Token, TokenKind};

/// Casts that make a name of a string.
const NAMES: [&str; 4] = ["regclass", "regproc", "regprocedure", "regtype"];

/// The text without `public.` before names and within `'public.t'::regclass`, and with `+` for `OPERATOR(public.+)`.
/// `None` if nothing is to be taken out.
pub fn without_public(text: &str) -> Option<String> {
    if !text.contains("public.") {
        return None;
    }
    let tokens: Vec<Token> = Lexer::new(text.as_bytes()).filter(|token| token.kind != TokenKind::Comment).collect();
    let word = |at: usize, wanted: &str| {
        tokens.get(at).is_some_and(|token| token.kind == TokenKind::Word && &text[token.start..token.end] == wanted)
    };
    let kind = |at: usize| tokens.get(at).map(|token| token.kind);
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    let mut at = 0;
    while at < tokens.len() {
        let token = tokens[at];
        if word(at, "OPERATOR") && kind(at + 1) == Some(TokenKind::LeftParen) && word(at + 2, "public") {
            let end = (at + 3..tokens.len()).find(|&end| tokens[end].kind == TokenKind::RightParen);
            if let (Some(end), Some(TokenKind::Dot)) = (end, kind(at + 3)) {
                out.push_str(&text[copied..token.start]);
                out.push_str(&text[tokens[at + 3].end..tokens[end].start]);
                copied = tokens[end].end;
                at = end;
            }
        } else if word(at, "public")
            && kind(at + 1) == Some(TokenKind::Dot)
            && at.checked_sub(1).and_then(kind) != Some(TokenKind::Dot)
        {
            out.push_str(&text[copied..token.start]);
            copied = tokens[at + 1].end;
            at += 1;
        } else if token.kind == TokenKind::String
            && text[token.start..].starts_with("'public.")
            && kind(at + 1) == Some(TokenKind::Cast)
            && NAMES.iter().any(|name| word(at + 2, name))
        {
            out.push_str(&text[copied..=token.start]);
            copied = token.start + "'public.".len();
        }
        at += 1;
    }
    out.push_str(&text[copied..]);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_public_lose_it_and_texts_keep_theirs() {
        for (told, written) in [
            ("public.mood[]", "mood[]"),
            ("public.\"Mood\"", "\"Mood\""),
            ("nextval('public.t_id_seq'::regclass)", "nextval('t_id_seq'::regclass)"),
            ("'public.t'::text", "'public.t'::text"),
            ("public.f((a)::public.mood)", "f((a)::mood)"),
            ("(name OPERATOR(public.%) 'public.x'::text)", "(name % 'public.x'::text)"),
            ("app.public.x", "app.public.x"),
            ("'public.a'::public.mood", "'public.a'::mood"),
        ] {
            assert_eq!(without_public(told).as_deref(), Some(written), "{told}");
        }
        assert_eq!(without_public("integer"), None);
    }
}
