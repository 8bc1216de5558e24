//! The text of a statement with `$n` in; a text that PREPARE can type, out.
//!
//! pg_stat_statements puts `$n` where a constant stood, also where the grammar wants a constant (`date $1`) and where
//! nothing but the constant told the type (`sum(CASE … THEN $1 …)`). A cast takes the place of what was lost. It changes the
//! estimate only where the type does.

use super::error::DbError;
use crate::sql::lexer::{Lexer, Token, TokenKind};

/// A text whose parameters are numbered from 1 without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prepared {
    pub text: String,
    pub parameters: usize,
}

/// Types that can stand before a string constant (documentation, "Constants of Other Types"). `interval` keeps the fields
/// behind the constant: `$1::interval day` is a type too.
const TYPES: [&str; 51] = [
    "bigint",
    "bit",
    "bool",
    "boolean",
    "box",
    "bytea",
    "cidr",
    "circle",
    "citext",
    "date",
    "daterange",
    "decimal",
    "float4",
    "float8",
    "hstore",
    "inet",
    "int2",
    "int4",
    "int8",
    "int4range",
    "int8range",
    "integer",
    "interval",
    "json",
    "jsonb",
    "jsonpath",
    "line",
    "lseg",
    "ltree",
    "macaddr",
    "money",
    "numeric",
    "numrange",
    "path",
    "point",
    "polygon",
    "real",
    "regclass",
    "regconfig",
    "smallint",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "tsquery",
    "tsrange",
    "tstzrange",
    "tsvector",
    "varchar",
    "uuid",
];

/// Makes what is written legal, wherever that needs no server to tell.
pub(super) fn prepared(text: &str) -> Prepared {
    let mut edits = Edits::of(text);
    for index in 0..edits.tokens.len() {
        if edits.kind(index) == Some(TokenKind::Parameter) {
            edits.typed_constant(index);
            edits.extract(index);
        }
    }
    numbered(&edits.finish())
}

/// What can be done about the server's answer to PREPARE; `None` if nothing would be sound.
pub(super) fn repaired(prepared: &Prepared, error: &DbError) -> Option<Prepared> {
    let mut edits = Edits::of(&prepared.text);
    match error.sqlstate.as_deref()? {
        // could not determine data type of parameter $3
        "42P18" => {
            let number: usize = error.message.rsplit('$').next()?.trim().parse().ok()?;
            edits.cast_all("text", |edits, index| edits.word(index) == format!("${number}"));
        }
        // function generate_series(unknown, unknown) is not unique
        "42725" | "42883" if series(&error.message) => {
            let steps = (0..edits.tokens.len()).any(|index| edits.is(index, "interval"));
            let to = if steps { "timestamptz" } else { "integer" };
            edits.cast_all(to, |edits, index| edits.argument_of(index, "generate_series"));
        }
        // operator is not unique: unknown + unknown
        "42725" => edits.cast_all("integer", |edits, index| {
            let arithmetic = |at: usize| matches!(edits.word(at), "+" | "-" | "*" | "/" | "%");
            arithmetic(index + 1) || index > 0 && arithmetic(index - 1)
        }),
        // function sum(text) does not exist; operator does not exist: integer + text
        "42883" => edits.cast_all("integer", |edits, index| {
            let before = index.checked_sub(1).map(|at| edits.word(at).to_ascii_lowercase());
            matches!(before.as_deref(), Some("then" | "else"))
        }),
        _ => return None,
    }
    let text = edits.finish();
    (text != prepared.text).then_some(Prepared { text, parameters: prepared.parameters })
}

fn series(message: &str) -> bool {
    message.starts_with("function generate_series(")
}

/// Numbers the parameters anew: PREPARE cannot tell the type of one that is not used.
fn numbered(text: &str) -> Prepared {
    let mut edits = Edits::of(text);
    let mut numbers: Vec<u32> = Vec::new();
    for index in 0..edits.tokens.len() {
        if edits.kind(index) == Some(TokenKind::Parameter) {
            numbers.extend(edits.word(index)[1..].parse::<u32>());
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    for index in 0..edits.tokens.len() {
        if edits.kind(index) == Some(TokenKind::Parameter) {
            let place = edits.word(index)[1..].parse().ok().and_then(|number| numbers.binary_search(&number).ok());
            if let Some(place) = place {
                edits.replace(index, index, format!("${}", place + 1));
            }
        }
    }
    Prepared { text: edits.finish(), parameters: numbers.len() }
}

/// A text and what is to stand in the place of some of its tokens.
struct Edits<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    /// Start and end in bytes, ascending.
    replaced: Vec<(usize, usize, String)>,
}

impl<'t> Edits<'t> {
    fn of(text: &'t str) -> Self {
        let tokens = Lexer::new(text.as_bytes()).filter(|token| token.kind != TokenKind::Comment).collect();
        Edits { text, tokens, replaced: Vec::new() }
    }

    fn kind(&self, index: usize) -> Option<TokenKind> {
        self.tokens.get(index).map(|token| token.kind)
    }

    fn word(&self, index: usize) -> &'t str {
        self.tokens.get(index).and_then(|token| self.text.get(token.start..token.end)).unwrap_or_default()
    }

    fn is(&self, index: usize, word: &str) -> bool {
        self.kind(index) == Some(TokenKind::Word) && self.word(index).eq_ignore_ascii_case(word)
    }

    fn replace(&mut self, first: usize, last: usize, by: String) {
        self.replaced.push((self.tokens[first].start, self.tokens[last].end, by));
    }

    /// Gives every parameter for which `wanted` holds a type, unless it has one.
    fn cast_all(&mut self, to: &str, wanted: impl Fn(&Self, usize) -> bool) {
        for index in 0..self.tokens.len() {
            let parameter = self.kind(index) == Some(TokenKind::Parameter);
            if parameter && self.kind(index + 1) != Some(TokenKind::Cast) && wanted(self, index) {
                self.replace(index, index, format!("{}::{to}", self.word(index)));
            }
        }
    }

    /// The token stands in the parentheses of this function, not in those of another one within.
    fn argument_of(&self, index: usize, function: &str) -> bool {
        let mut depth = 0usize;
        for before in (0..index).rev() {
            match self.kind(before) {
                Some(TokenKind::RightParen) => depth += 1,
                Some(TokenKind::LeftParen) if depth > 0 => depth -= 1,
                Some(TokenKind::LeftParen) => return before > 0 && self.is(before - 1, function),
                _ => {}
            }
        }
        false
    }

    /// `date $1`, `timestamp(3) with time zone $1`: from the type's first token on.
    fn typed_constant(&mut self, parameter: usize) {
        let Some(mut start) = parameter.checked_sub(1) else { return };
        if start >= 2 && self.is(start, "zone") && self.is(start - 1, "time") {
            start = if self.is(start - 2, "with") || self.is(start - 2, "without") {
                start.saturating_sub(3)
            } else {
                return;
            };
        }
        if self.kind(start) == Some(TokenKind::RightParen)
            && start >= 3
            && self.kind(start - 2) == Some(TokenKind::LeftParen)
        {
            start -= 3;
        }
        let name = self.word(start).to_ascii_lowercase();
        let qualified = start.checked_sub(1).is_some_and(|before| self.kind(before) == Some(TokenKind::Dot));
        if self.kind(start) != Some(TokenKind::Word) || !TYPES.contains(&name.as_str()) || qualified {
            return;
        }
        let written = &self.text[self.tokens[start].start..self.tokens[parameter - 1].end];
        self.replace(start, parameter, format!("{}::{written}", self.word(parameter)));
    }

    /// `extract($1 from x)`, for which the field was a string.
    fn extract(&mut self, parameter: usize) {
        if parameter < 2 || !self.is(parameter - 2, "extract") || !self.is(parameter + 1, "from") {
            return;
        }
        let number = self.word(parameter);
        self.replace(parameter - 2, parameter + 1, format!("pg_catalog.date_part({number}::text,"));
    }

    fn finish(mut self) -> String {
        self.replaced.sort();
        let mut text = String::with_capacity(self.text.len() + 16);
        let mut at = 0;
        for (start, end, by) in &self.replaced {
            if *start >= at {
                text.push_str(&self.text[at..*start]);
                text.push_str(by);
                at = *end;
            }
        }
        text.push_str(&self.text[at..]);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::error::DbErrorKind;

    fn error(sqlstate: &str, message: &str) -> DbError {
        DbError { kind: DbErrorKind::Refused, message: message.into(), sqlstate: Some(sqlstate.into()) }
    }

    #[test]
    fn constants_of_a_type_become_casts() {
        for (text, expected) in [
            ("SELECT date $1, timestamptz $2", "SELECT $1::date, $2::timestamptz"),
            ("SELECT 1 WHERE a > timestamp(3) with time zone $1", "SELECT 1 WHERE a > $1::timestamp(3) with time zone"),
            ("SELECT now() - interval $1 day", "SELECT now() - $1::interval day"),
            ("SELECT extract($1 from a) FROM t", "SELECT pg_catalog.date_part($1::text, a) FROM t"),
            (
                "SELECT extract(year from a), t.date, 'date $1' FROM t WHERE b = $1",
                "SELECT extract(year from a), t.date, 'date $1' FROM t WHERE b = $1",
            ),
            (
                "SELECT a FROM t WHERE b = $7 AND c = $2 AND d = $7",
                "SELECT a FROM t WHERE b = $2 AND c = $1 AND d = $2",
            ),
        ] {
            assert_eq!(prepared(text).text, expected);
        }
        assert_eq!(prepared("SELECT $9").parameters, 1);
    }

    #[test]
    fn the_answer_of_the_server_says_which_type_is_missing() {
        let sum = prepared("SELECT sum(CASE WHEN a THEN $1 ELSE $2 END) FROM t");
        let text = repaired(&sum, &error("42883", "function sum(text) does not exist")).expect("repaired").text;
        assert_eq!(text, "SELECT sum(CASE WHEN a THEN $1::integer ELSE $2::integer END) FROM t");
        let plus = repaired(&prepared("SELECT $1 + $2"), &error("42725", "operator is not unique: unknown + unknown"));
        assert_eq!(plus.expect("repaired").text, "SELECT $1::integer + $2::integer");
        let unknown = prepared("SELECT $1 IS NULL OR a = $2 FROM t");
        let unknown = repaired(&unknown, &error("42P18", "could not determine data type of parameter $1"));
        assert_eq!(unknown.expect("repaired").text, "SELECT $1::text IS NULL OR a = $2 FROM t");
        let series =
            |text: &str, message: &str| repaired(&prepared(text), &error("42725", message)).expect("repaired").text;
        assert_eq!(
            series(
                "SELECT generate_series($1, (SELECT $2), $3)",
                "function generate_series(unknown, unknown, unknown) is not unique"
            ),
            "SELECT generate_series($1::integer, (SELECT $2), $3::integer)"
        );
        assert_eq!(
            series(
                "SELECT generate_series($1, $2, interval $3)",
                "function generate_series(unknown, unknown, interval) is not unique"
            ),
            "SELECT generate_series($1::timestamptz, $2::timestamptz, $3::interval)"
        );
        assert_eq!(repaired(&plus_again(), &error("42725", "operator is not unique")), None);
        assert_eq!(repaired(&sum, &error("42P01", "relation t does not exist")), None);
    }

    fn plus_again() -> Prepared {
        Prepared { text: "SELECT $1::integer + $2::integer".into(), parameters: 2 }
    }
}
