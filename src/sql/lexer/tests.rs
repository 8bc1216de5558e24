use super::*;
use TokenKind::*;

fn tokens(text: &str) -> Vec<(TokenKind, &str)> {
    Lexer::new(text.as_bytes()).map(|token| (token.kind, &text[token.start..token.end])).collect()
}

/// The one token that `text` is.
fn single(text: &str) -> TokenKind {
    let found = tokens(text);
    assert_eq!(found.len(), 1, "{text} gives {found:?}");
    found[0].0
}

#[test]
fn every_string_notation_is_one_token() {
    for text in [
        "'it''s'",
        r"E'it\'s'",
        r"e'\\'",
        "b'01'",
        "X'1F'",
        "N'x'",
        r"U&'d\0061t'",
        "$$it's$$",
        "$tag$ $$ $x$ $tag$",
        "'a'\n  'b'",
        "'a' -- why\n 'b'",
        "''",
        "$é$x$é$",
    ] {
        assert_eq!(single(text), String, "{text}");
    }
    assert_eq!(tokens("'a' 'b'").len(), 2, "no continuation without a newline");
}

#[test]
fn every_number_notation_is_one_token() {
    for text in
        ["1", "1_000", "1.", ".5", "1.5", "5.3e10", "1e-5", "1.e+5", "0x1F", "0o17", "0b1_0", "12abc", "1_000.5_0e1_0"]
    {
        assert_eq!(single(text), Number, "{text}");
    }
    assert_eq!(tokens("1..10"), [(Number, "1"), (DotDot, ".."), (Number, "10")]);
    assert_eq!(tokens("a-1"), [(Word, "a"), (Operator, "-"), (Number, "1")]);
}

#[test]
fn operators_follow_the_rule_about_trailing_signs() {
    assert_eq!(tokens("a>-1"), [(Word, "a"), (Operator, ">"), (Operator, "-"), (Number, "1")]);
    assert_eq!(tokens("a @- 1"), [(Word, "a"), (Operator, "@-"), (Number, "1")]);
    assert_eq!(tokens("a*-- x\n1"), [(Word, "a"), (Operator, "*"), (Comment, "-- x"), (Number, "1")]);
    assert_eq!(tokens("a+/* x */1"), [(Word, "a"), (Operator, "+"), (Comment, "/* x */"), (Number, "1")]);
    assert_eq!(tokens("a->>'b'"), [(Word, "a"), (Operator, "->>"), (String, "'b'")]);
    assert_eq!(tokens("a#-'{b}'")[1], (Operator, "#-"), "the trailing minus stays after #");
}

#[test]
fn placeholders_and_jsonb_operators() {
    assert_eq!(
        tokens("a=? and b>=?"),
        [
            (Word, "a"),
            (Operator, "="),
            (Placeholder, "?"),
            (Word, "and"),
            (Word, "b"),
            (Operator, ">="),
            (Placeholder, "?"),
        ]
    );
    assert_eq!(tokens("a ?| b")[1], (Operator, "?|"));
    assert_eq!(tokens("a @? b")[1], (Operator, "@?"));
    assert_eq!(tokens("(?||'x')")[1..3], [(Placeholder, "?"), (Operator, "||")]);
    assert_eq!(tokens("= :name")[1], (NamedParameter, ":name"));
    assert_eq!(tokens("a[1:n]")[3..5], [(Colon, ":"), (Word, "n")]);
    assert_eq!(tokens("a::int := $1"), [(Word, "a"), (Cast, "::"), (Word, "int"), (Assign, ":="), (Parameter, "$1")]);
}

#[test]
fn identifiers_keep_dollars_quotes_and_high_bytes() {
    assert_eq!(tokens("a$b$c"), [(Word, "a$b$c")]);
    assert_eq!(tokens("straße"), [(Word, "straße")]);
    assert_eq!(tokens("\"a\"\"b\""), [(QuotedIdentifier, "\"a\"\"b\"")]);
    assert_eq!(tokens("U&\"x\""), [(QuotedIdentifier, "U&\"x\"")]);
    assert_eq!(tokens("u & x").len(), 3);
    assert_eq!(tokens("f(...)")[1..], [(LeftParen, "("), (Ellipsis, "..."), (RightParen, ")")]);
}

#[test]
fn comments_nest() {
    assert_eq!(tokens("/* a /* b */ c */ x"), [(Comment, "/* a /* b */ c */"), (Word, "x")]);
}

#[test]
fn what_is_cut_off_is_flagged() {
    for text in ["'a", "\"a", "/* a", "$$a", "$x$a$y$", r"E'\'", "E'\\"] {
        let mut lexer = Lexer::new(text.as_bytes());
        assert_eq!(lexer.by_ref().count(), 1, "{text}");
        assert!(lexer.unterminated(), "{text}");
    }
}

#[test]
fn hostile_sizes_take_linear_time() {
    let started = std::time::Instant::now();
    for piece in [
        "/*",
        "*/",
        "(",
        "'",
        "''",
        "'\n",
        "'a' -- b\n",
        "$a",
        "$a$",
        "+",
        "-+",
        "--",
        "\"",
        "?",
        ":a",
        ".",
        "1_",
        "E'\\",
        "$",
        "@-",
    ] {
        let text = piece.repeat(2_000_000 / piece.len());
        assert!(Lexer::new(text.as_bytes()).count() <= text.len());
    }
    assert!(started.elapsed().as_secs() < 60);
}
