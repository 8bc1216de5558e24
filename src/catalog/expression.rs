//! Texts of expressions (index expressions, predicates, checks): compared and renamed by their tokens.

use crate::catalog::access::quote_ident;
use crate::catalog::model::Column;
use crate::catalog::text::Text;
use crate::sql::ddl::cursor::identifier;
use crate::sql::ddl::quoted_if_needed;
use crate::sql::lexer::{Lexer, Token, TokenKind};

fn tokens(text: &str) -> Vec<Token> {
    Lexer::new(text.as_bytes()).filter(|token| token.kind != TokenKind::Comment).collect()
}

fn slice<'t>(text: &'t str, token: &Token) -> &'t str {
    text.get(token.start..token.end).unwrap_or_default()
}

/// The expression without parentheses around the whole of it.
pub fn strip_parens(text: &str) -> &str {
    let text = text.trim();
    if !text.contains('(') {
        return text;
    }
    let tokens = tokens(text);
    let layers = layers(&tokens);
    let Some(outermost) = layers.checked_sub(1) else { return text };
    let (open, close) = (&tokens[outermost], &tokens[tokens.len() - layers]);
    text.get(open.end..close.start).map_or(text, str::trim)
}

/// How many pairs of parentheses stand around all of the tokens.
fn layers(tokens: &[Token]) -> usize {
    let depths: Vec<isize> = tokens
        .iter()
        .scan(0, |depth, token| {
            *depth += match token.kind {
                TokenKind::LeftParen => 1,
                TokenKind::RightParen => -1,
                _ => 0,
            };
            Some(*depth)
        })
        .collect();
    let is_pair = |layer: &usize| {
        tokens[*layer].kind == TokenKind::LeftParen && tokens[tokens.len() - 1 - layer].kind == TokenKind::RightParen
    };
    let pairs = (0..tokens.len() / 2).take_while(is_pair).count();
    // The shallowest place between the parentheses of a layer, from the innermost layer outwards.
    let end = tokens.len() - pairs;
    let mut shallowest = depths.get(pairs..end.saturating_sub(1)).into_iter().flatten().copied().min();
    let mut holding = 0;
    for layer in (0..pairs).rev() {
        let here = depths[layer].min(depths[tokens.len() - 2 - layer]);
        shallowest = Some(shallowest.map_or(here, |deep| deep.min(here)));
        // A layer counts only if all around it do.
        holding = if shallowest > Some(layer as isize) { holding + 1 } else { 0 };
    }
    holding
}

/// One spelling for expressions that differ only in case, white space, comments, outer parentheses, needless quotes and
/// the casts that the server adds to constants (`'paid'::text`). Not an equivalence test: different spellings of the
/// same condition stay different.
pub fn normalise(text: &str) -> String {
    let text = strip_parens(text);
    let tokens = without_parens_before_casts(text, tokens(text));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if token.kind == TokenKind::Cast && at > 0 && is_constant(text, &tokens[at - 1]) {
            at = after_type(text, &tokens, at + 1);
            continue;
        }
        let written = slice(text, token);
        if !out.is_empty() {
            out.push(' ');
        }
        match token.kind {
            TokenKind::Word => out.push_str(&written.to_ascii_lowercase()),
            TokenKind::QuotedIdentifier => out.push_str(&quoted_if_needed(&identifier(written))),
            TokenKind::Operator if written == "!=" => out.push_str("<>"),
            _ => out.push_str(written),
        }
        at += 1;
    }
    out
}

/// `(5)::numeric` and `(email)::text`, as the server prints them, are `5::numeric` and `email::text`.
fn without_parens_before_casts(text: &str, mut tokens: Vec<Token>) -> Vec<Token> {
    use TokenKind::{Cast, LeftParen, QuotedIdentifier, RightParen, Word};
    let mut at = 0;
    while at + 3 < tokens.len() {
        let operand = matches!(tokens[at + 1].kind, Word | QuotedIdentifier) || is_constant(text, &tokens[at + 1]);
        let before = at.checked_sub(1).map(|before| &tokens[before]);
        let call = before.is_some_and(|token| {
            matches!(token.kind, Word | QuotedIdentifier)
                && !BEFORE_OPERAND.contains(&slice(text, token).to_ascii_lowercase().as_str())
        });
        let kinds = (tokens[at].kind, tokens[at + 2].kind, tokens[at + 3].kind);
        if operand && !call && kinds == (LeftParen, RightParen, Cast) {
            tokens.remove(at + 2);
            tokens.remove(at);
        }
        at += 1;
    }
    tokens
}

/// Words after which a parenthesis holds an operand, not the arguments of a function.
const BEFORE_OPERAND: &[&str] =
    &["and", "or", "not", "when", "then", "else", "case", "is", "in", "like", "ilike", "between", "distinct", "from"];

fn is_constant(text: &str, token: &Token) -> bool {
    matches!(token.kind, TokenKind::String | TokenKind::Number) || slice(text, token).eq_ignore_ascii_case("null")
}

/// Index of the token after the type name that begins at `at`.
fn after_type(text: &str, tokens: &[Token], mut at: usize) -> usize {
    let is = |at: usize, words: &[&str]| {
        tokens.get(at).is_some_and(|token| words.iter().any(|word| slice(text, token).eq_ignore_ascii_case(word)))
    };
    let kind = |at: usize| tokens.get(at).map(|token| token.kind);
    at += 1;
    while kind(at) == Some(TokenKind::Dot) {
        at += 2;
    }
    while is(at, &["varying", "precision"]) {
        at += 1;
    }
    if kind(at) == Some(TokenKind::LeftParen) {
        while !matches!(kind(at), None | Some(TokenKind::RightParen)) {
            at += 1;
        }
        at += 1;
    }
    if is(at, &["with", "without"]) && is(at + 1, &["time"]) && is(at + 2, &["zone"]) {
        at += 3;
    }
    while kind(at) == Some(TokenKind::LeftBracket) {
        while !matches!(kind(at), None | Some(TokenKind::RightBracket)) {
            at += 1;
        }
        at += 1;
    }
    at
}

/// The members of AND at the top of an expression; the expression itself when there is none.
pub fn conjuncts(expression: &str) -> Vec<&str> {
    members(expression, "and")
}

/// The members of OR at the top of an expression; the expression itself when there is none.
pub fn disjuncts(expression: &str) -> Vec<&str> {
    members(expression, "or")
}

fn members<'e>(expression: &'e str, word: &str) -> Vec<&'e str> {
    let expression = strip_parens(expression);
    let mut parts = Vec::new();
    let mut start = 0;
    for found in top_level(expression, word) {
        parts.push(&expression[start..found.start]);
        start = found.end;
    }
    parts.push(&expression[start..]);
    parts
}

/// Where the word joins the members of the whole expression; the AND of BETWEEN does not. AND binds tighter: beside an OR it
/// joins none.
fn top_level(text: &str, wanted: &str) -> Vec<std::ops::Range<usize>> {
    let (mut depth, mut between, mut found) = (0i32, 0, Vec::new());
    for token in tokens(text) {
        let is = |word: &str| token.kind == TokenKind::Word && slice(text, &token).eq_ignore_ascii_case(word);
        match token.kind {
            TokenKind::LeftParen | TokenKind::LeftBracket => depth += 1,
            TokenKind::RightParen | TokenKind::RightBracket => depth -= 1,
            _ if depth > 0 => {}
            _ if is("between") => between += 1,
            _ if is("and") && between > 0 => between -= 1,
            _ if is("or") && wanted == "and" => return Vec::new(),
            _ if is(wanted) => found.push(token.start..token.end),
            _ => {}
        }
    }
    found
}

/// Tokens of `text` that may name a column: identifiers that are no function's name and have no qualifier after them.
fn column_tokens(text: &str) -> Vec<Token> {
    let tokens = tokens(text);
    let names = tokens.iter().enumerate().filter(|(at, token)| {
        matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier)
            && !matches!(tokens.get(at + 1).map(|next| next.kind), Some(TokenKind::LeftParen | TokenKind::Dot))
            && (*at == 0 || tokens[at - 1].kind != TokenKind::Cast)
    });
    names.map(|(_, token)| *token).collect()
}

/// The column, when the expression is nothing but one: an index on `((a))` is an index on `a`.
pub fn only_column(text: &str) -> Option<String> {
    match tokens(text).as_slice() {
        [token] if matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier) => {
            Some(identifier(slice(text, token)))
        }
        _ => None,
    }
}

/// The names that may be columns' in the expression, some of them more than once.
pub fn names_in(text: &str) -> impl Iterator<Item = String> {
    column_tokens(text).into_iter().map(move |token| identifier(slice(text, &token)))
}

/// Whether the expression uses this column.
pub fn mentions(text: &str, column: &str) -> bool {
    names_in(text).any(|name| name == column)
}

/// The columns that the expression uses, each once, in order of appearance.
pub fn columns_in(text: &str, columns: &[Column]) -> Vec<Text> {
    let mut found: Vec<Text> = Vec::new();
    for token in column_tokens(text) {
        let name = identifier(slice(text, &token));
        let Some(name) = Text::known(&name).filter(|name| !found.contains(name)) else { continue };
        found.extend(columns.iter().find(|column| column.name == name).map(|column| column.name.clone()));
    }
    found
}

/// The expression with column `from` called `to`.
pub fn rename_column(text: &str, from: &str, to: &str) -> String {
    let (mut out, mut copied) = (String::with_capacity(text.len()), 0);
    for token in column_tokens(text) {
        if identifier(slice(text, &token)) == from {
            out.push_str(&text[copied..token.start]);
            out.push_str(&quote_ident(to));
            copied = token.end;
        }
    }
    out.push_str(&text[copied..]);
    out
}

/// The expression with its columns taken from a row of that name, as a trigger's `NEW`; a table's name before a column gives way to it.
pub fn of_row(text: &str, row: &str, is_column: impl Fn(&str) -> bool) -> String {
    let tokens = tokens(text);
    let mut out = text.to_owned();
    for (at, token) in tokens.iter().enumerate().rev() {
        let kind = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map(|token| token.kind);
        let is_name = matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier);
        let (before, behind) = (kind(at.checked_sub(1)), kind(Some(at + 1)));
        let elsewhere =
            matches!(before, Some(TokenKind::Cast)) || matches!(behind, Some(TokenKind::LeftParen | TokenKind::Dot));
        if !is_name || elsewhere || !is_column(&identifier(slice(text, token))) {
            continue;
        }
        let start = match at.checked_sub(2) {
            Some(qualifier) if before == Some(TokenKind::Dot) => tokens[qualifier].start,
            _ => token.start,
        };
        out.replace_range(start..token.start, &format!("{row}."));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_what_the_server_prints_and_what_people_write() {
        for (written, printed) in [
            ("finished_at IS NULL", "(finished_at IS NULL)"),
            ("status = 'paid'", "(status = 'paid'::text)"),
            ("Status != 'a b'", "(status <> 'a b'::character varying(20))"),
            ("\"status\" = 'x'", "(status = 'x'::public.order_status)"),
            ("at > '2026-01-01'", "(at > '2026-01-01'::timestamp with time zone)"),
            ("total > 5 AND total < 9", "((total > (5)::numeric) AND (total < (9)::numeric))"),
            ("lower(email::text)", "lower((email)::text)"),
            ("state IN ('a', 'b')", "state IN ('a', 'b')"),
        ] {
            assert_eq!(without_parens(&normalise(written)), without_parens(&normalise(printed)), "{written}");
        }
        assert_eq!(normalise("f(5)::numeric"), "f ( 5 ) :: numeric");
        assert_ne!(normalise("status = 'a'"), normalise("status = 'A'"));
        assert_ne!(normalise("\"Status\" = 1"), normalise("status = 1"));
    }

    /// Parentheses around the members of AND are not taken out: they may be needed.
    fn without_parens(text: &str) -> String {
        text.replace(['(', ')', ' '], "")
    }

    #[test]
    fn only_parentheses_around_the_whole_are_stripped() {
        assert_eq!(strip_parens("((a + b))"), "a + b");
        assert_eq!(strip_parens("(a) + (b)"), "(a) + (b)");
        assert_eq!(strip_parens("(')')"), "')'");
        assert_eq!(strip_parens("(a"), "(a");
        assert_eq!(strip_parens("( ( (a) = (b) ) )"), "(a) = (b)");
        assert_eq!(strip_parens("()"), "");
        assert_eq!(strip_parens("(/* why */ (a))"), "a");
        assert_eq!(strip_parens("((a)) + ((b))"), "((a)) + ((b))");
    }

    #[test]
    fn a_deep_nest_is_stripped_in_one_go() {
        let began = std::time::Instant::now();
        let deep = format!("{}a{}", "(".repeat(100_000), ")".repeat(100_000));
        assert_eq!(strip_parens(&deep), "a");
        assert_eq!(strip_parens(&format!("{deep} + 1")), format!("{deep} + 1"));
        assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
    }

    #[test]
    fn columns_are_taken_from_a_row() {
        let is_column = |name: &str| ["placed", "date", "n"].contains(&name);
        for (text, of_row_new) in [
            ("placed AT TIME ZONE 'UTC'", "NEW.placed AT TIME ZONE 'UTC'"),
            ("n::int + date(placed::date)", "NEW.n::int + date(NEW.placed::date)"),
            ("orders.n * (\"n\" + 1)", "NEW.n * (NEW.\"n\" + 1)"),
            ("'n' || other", "'n' || other"),
        ] {
            assert_eq!(of_row(text, "NEW", is_column), of_row_new);
        }
    }

    #[test]
    fn columns_are_renamed_but_not_functions_casts_or_strings() {
        assert_eq!(rename_column("lower(name) || name::name || 'name'", "name", "Label"), {
            "lower(\"Label\") || \"Label\"::name || 'name'"
        });
        assert!(mentions("lower(email)", "email"));
        assert!(!mentions("lower(email)", "lower"));
    }
}
