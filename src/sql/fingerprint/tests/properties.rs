//! What holds for any text: no literal survives, and the display text is a fixed point.

use proptest::prelude::*;

use super::*;

/// Every notation of a literal that holds the secret `s` (lower-case letters and digits only).
fn notations(secret: u64) -> Vec<String> {
    let word = format!("zq{secret:x}qz");
    vec![
        format!("'{word}'"),
        format!("'it''s {word}'"),
        format!(r"E'\'{word}\\'"),
        format!("$${word}$$"),
        format!("$t${word} $$ $t$"),
        format!("'a'\n '{word}'"),
        format!("U&'{word}'"),
        format!("N'{word}'"),
        format!("-{secret}"),
        format!("{secret}"),
        format!("{secret}.5e3"),
        format!("0.{secret}"),
        format!(".{secret}"),
        format!("1e{secret}"),
        format!("0x{secret:x}"),
        format!("{secret}zq"),
        format!("'{word}'::text"),
        format!("date '{word}'"),
        format!("'{word}"),
        format!("$$ {word}"),
        format!("/* {word} */ 1"),
    ]
}

/// The notations that run to the end of the text.
const UNCLOSED: [usize; 2] = [18, 19];

const TEMPLATES: &[&str] = &[
    "select L from t where a = L and b in (L, L) order by L",
    "select a from t where b between L and L limit L offset L",
    "insert into t (a, b) values (L, L), (L, now()), (null, L) on conflict do update set a = L",
    "update t set a = L, b = b + L where c = any(array[L, L])",
    "select f(L, a-L) -- L\n from t group by 1, L having count(*) > L",
    "execute s1(L, L)",
    "select (a, b) in ((L, L), (L, L)), case when x = L then L else L end",
    "select a[L:L], x::numeric(10,2) * L, interval L",
    "alter role r password L",
    "set x = L",
    "select L || L",
];

fn statement() -> impl Strategy<Value = (String, u64)> {
    let secret = 1_000_000_007u64..9_999_999_999;
    (0..TEMPLATES.len(), secret, proptest::collection::vec(0usize..21, 8)).prop_map(|(template, secret, picks)| {
        let notations = notations(secret);
        let mut text = std::string::String::new();
        let mut picks = picks.into_iter().cycle();
        let parts: Vec<&str> = TEMPLATES[template].split('L').collect();
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                let pick = picks.next().expect("a cycle never ends");
                // What is never closed can only be the end of a text that was cut.
                let pick = if UNCLOSED.contains(&pick) && index + 1 < parts.len() { 0 } else { pick };
                text.push_str(&notations[pick]);
            }
            text.push_str(part);
        }
        (text, secret)
    })
}

/// Text made of pieces that mean something to the lexer, so that their combinations are tried.
fn soup() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "select",
        "values",
        "in",
        "array",
        "row",
        "order by",
        "group by",
        "limit",
        "offset",
        "fetch",
        "first",
        "null",
        "true",
        "default",
        "declare",
        "savepoint",
        "rollback to",
        "execute",
        "deallocate",
        "numeric",
        "::",
        "::x",
        "current of",
        "with",
        "update",
        "(",
        "(",
        ")",
        ")",
        "[",
        "]",
        ",",
        ",",
        ";",
        ".",
        "..",
        "...",
        ":",
        ":a",
        ":=",
        "1",
        "12",
        ".5",
        "1.",
        "$1",
        "?",
        "'a'",
        "'",
        "$$",
        "$a$",
        "$",
        "\"A\"",
        "\"",
        "U&\"",
        "a",
        "b",
        "e",
        "-",
        "+",
        "=",
        "<",
        "?|",
        "@",
        "@?",
        "!=",
        "*",
        "/",
        "/*",
        "*/",
        "--",
        "\n",
        " ",
        " ",
        "\\",
        "é",
        "desc",
        "prepare",
        "by",
    ];
    proptest::collection::vec((0..PIECES.len(), any::<bool>()), 0..40).prop_map(|picks| {
        picks.into_iter().map(|(index, blank)| format!("{}{}", PIECES[index], if blank { " " } else { "" })).collect()
    })
}

const CASES: u32 = 600;

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_literal_survives((text, secret) in statement()) {
        let shown = shown(&text);
        prop_assert!(!shown.contains("zq"), "{} -> {}", text, shown);
        prop_assert!(!shown.contains(&secret.to_string()), "{} -> {}", text, shown);
        prop_assert!(!shown.contains(&format!("{secret:x}")), "{} -> {}", text, shown);
    }

    #[test]
    fn normalised_text_is_a_fixed_point(text in prop_oneof![soup(), statement().prop_map(|(text, _)| text)]) {
        let once = shown(&text);
        prop_assert_eq!(&shown(&once), &once, "from {:?}", text);
        prop_assert_eq!(fingerprint(once.as_bytes()), fingerprint(text.as_bytes()), "from {:?}", text);
    }

    #[test]
    fn any_bytes_do(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut scratch = Scratch::default();
        let first = scan(&bytes, &mut scratch);
        prop_assert_eq!(scan(&bytes, &mut scratch), first, "the scratch carries nothing over");
        normalize(&bytes);
    }
}
