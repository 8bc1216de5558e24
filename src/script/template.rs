//! SQL with placeholders of a template in; SQL of the same length out, so that every offset stays valid.
//!
//! `${schema}` (Flyway, goose), `{{ schema }}` (Jinja, Go), `{schema}` (Python), `<%= schema %>` (ERB), `@schema@` and `$SCHEMA`
//! become a name; `{% … %}`, `{# … #}` and `<% … %>` become blanks. What stands in strings, quoted names and comments is left as it is.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use memchr::{memchr, memchr3};

use super::query_file::{self, Style};
use crate::sql::facts::Span;
use crate::sql::lexer::{Lexer, Token, TokenKind};

/// A text with its placeholders filled in.
#[derive(Debug)]
pub(super) struct Filled<'t> {
    pub text: Cow<'t, str>,
    /// Where placeholders stood, in order.
    pub placeholders: Vec<Span>,
}

impl Filled<'_> {
    /// The names that stand in for placeholders, in lower case as Postgres folds them, each with what `text` has there; once each.
    pub fn names(&self, text: &str) -> Vec<(String, String)> {
        let is_name =
            |name: &&str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let named = |span: &Span| Some((span.of(&self.text), span.of(text))).filter(|(name, _)| is_name(name));
        let found: BTreeMap<String, String> = self
            .placeholders
            .iter()
            .filter_map(named)
            .map(|(name, was)| (name.to_ascii_lowercase(), was.to_owned()))
            .collect();
        found.into_iter().collect()
    }

    /// Whether a placeholder stands in that stretch of the text.
    pub fn touches(&self, span: Span) -> bool {
        let first = self.placeholders.partition_point(|placeholder| placeholder.end <= span.start);
        self.placeholders.get(first).is_some_and(|placeholder| placeholder.start < span.end)
    }
}

/// Blanks `blanks` and fills placeholders in.
pub(super) fn fill<'t>(text: &'t str, blanks: &[Span], style: Style) -> Filled<'t> {
    if blanks.is_empty() && style == Style::Plain && !may_hold_placeholders(text) {
        return Filled { text: Cow::Borrowed(text), placeholders: Vec::new() };
    }
    let mut copy = Copy { text, bytes: text.as_bytes().to_vec(), placeholders: Vec::new() };
    for blank in blanks {
        copy.blank(*blank);
    }
    copy.placeholders();
    if style != Style::Plain {
        query_file::parameters(&mut copy, style);
    }
    // Whole placeholders are overwritten with ASCII, so this is text again.
    let filled = String::from_utf8(copy.bytes).map_or(Cow::Borrowed(text), Cow::Owned);
    Filled { text: filled, placeholders: copy.placeholders }
}

/// A quick look at the bytes: something that begins a placeholder of a template.
fn may_hold_placeholders(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut from = 0;
    if memchr(b'@', bytes).is_some() {
        return true;
    }
    while let Some(found) = memchr3(b'{', b'%', b'$', &bytes[from..]) {
        let at = from + found;
        let next = bytes.get(at + 1).copied().unwrap_or_default();
        let starts = match bytes[at] {
            b'{' => true,
            b'%' => next == b'(' || (at > 0 && bytes[at - 1] == b'<'),
            _ => next == b'{' || next.is_ascii_alphabetic() || next == b'_',
        };
        if starts {
            return true;
        }
        from = at + 1;
    }
    false
}

pub(super) struct Copy<'t> {
    pub text: &'t str,
    pub bytes: Vec<u8>,
    pub placeholders: Vec<Span>,
}

impl Copy<'_> {
    /// Overwrites with blanks; lines stay where they are.
    pub fn blank(&mut self, span: Span) {
        for byte in &mut self.bytes[span.start..span.end] {
            if !matches!(*byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }

    /// Overwrites with a name of the same length.
    fn name(&mut self, span: Span) {
        self.placeholders.push(span);
        for (index, byte) in self.bytes[span.start..span.end].iter_mut().enumerate() {
            if !(byte.is_ascii_alphabetic() || (index > 0 && byte.is_ascii_digit())) {
                *byte = b'_';
            }
        }
    }

    /// Overwrites with `text` and blanks; it has to fit.
    pub fn write(&mut self, span: Span, text: &str) {
        if text.len() <= span.end - span.start {
            self.blank(span);
            self.bytes[span.start..span.start + text.len()].copy_from_slice(text.as_bytes());
        }
    }

    fn placeholders(&mut self) {
        let bytes = self.bytes.clone();
        let mut lexer = Lexer::new(&bytes);
        let mut closing = Closing { text: self.text, absent: BTreeSet::new() };
        while let Some(token) = lexer.next() {
            let Some((end, what)) = self.placeholder(&bytes, token, &mut closing) else { continue };
            let span = Span { start: token.start, end };
            match what {
                What::Name => self.name(span),
                What::Nothing => {
                    self.placeholders.push(span);
                    self.blank(span);
                }
                What::Parameter => self.write(span, "$1"),
            }
            lexer.seek(end);
        }
    }

    /// The placeholder that begins at a token: where it ends and what it stands for.
    fn placeholder(&self, bytes: &[u8], token: Token, closing: &mut Closing<'_>) -> Option<(usize, What)> {
        let rest = self.text.get(token.start..)?;
        let mut until = |close: &'static str| closing.after(token.start, close);
        match token.kind {
            TokenKind::Unknown if rest.starts_with("${") => Some((until("}")?, What::Name)),
            TokenKind::Unknown if rest.starts_with("{{") => Some((until("}}")?, What::Name)),
            TokenKind::Unknown if rest.starts_with("{%") => Some((until("%}")?, What::Nothing)),
            TokenKind::Unknown if rest.starts_with("{#") => Some((until("#}")?, What::Nothing)),
            TokenKind::Unknown if rest.starts_with('{') => {
                let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
                let end = 1 + rest[1..].find(|c| !name(c))?;
                (end > 1 && rest[end..].starts_with('}')).then_some((token.start + end + 1, What::Name))
            }
            TokenKind::Unknown if rest.starts_with('$') => {
                let end = rest[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len() - 1);
                (end > 0).then_some((token.start + 1 + end, What::Name))
            }
            TokenKind::Operator if rest.starts_with("<%=") => Some((until("%>")?, What::Name)),
            TokenKind::Operator if rest.starts_with("<%") => Some((until("%>")?, What::Nothing)),
            // `@extschema@` in the scripts of extensions.
            TokenKind::Operator if rest.starts_with('@') && token.end == token.start + 1 => {
                let name = rest[1..].find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | ':'))?;
                let closed = name > 0 && rest[1 + name..].starts_with('@');
                closed.then_some((token.start + name + 2, What::Name))
            }
            // psycopg's `%(name)s`
            TokenKind::Operator if bytes[token.end - 1] == b'%' && self.text[token.end..].starts_with('(') => {
                let inside = &self.text[token.end + 1..];
                let length = inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
                let one = inside[length..].starts_with(")s") && token.end - token.start == 1;
                one.then_some((token.end + 1 + length + 2, What::Parameter))
            }
            _ => None,
        }
    }
}

/// Finds what closes a placeholder; what was missed once is not looked for again, so that time stays linear.
struct Closing<'t> {
    text: &'t str,
    absent: BTreeSet<&'static str>,
}

impl Closing<'_> {
    fn after(&mut self, from: usize, close: &'static str) -> Option<usize> {
        if self.absent.contains(close) {
            return None;
        }
        let found = self.text.get(from..)?.find(close).map(|at| from + at + close.len());
        if found.is_none() {
            self.absent.insert(close);
        }
        found
    }
}

enum What {
    Name,
    Nothing,
    Parameter,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_become_names_of_the_same_length() {
        for (text, expected) in [
            ("create table ${schema}.t (a int)", "create table __schema_.t (a int)"),
            ("create table {{ app.schema }}.t ()", "create table ___app_schema___.t ()"),
            ("{% if a\n%}select 1{# é #}", "       \n  select 1        "),
            ("<% if x %>drop table <%= t %>", "          drop table ____t___"),
            ("select '{{1,2}}', \"${a}\" -- ${b}", "select '{{1,2}}', \"${a}\" -- ${b}"),
            ("grant all on t to app_${db};", "grant all on t to app_$_db_;"),
            ("comment on database {db} is '{db}';", "comment on database _db_ is '{db}';"),
            ("grant all on t to $APP_USER;", "grant all on t to _APP_USER;"),
            ("select $$ ${x} $$, $1, $a$ {{ }} $a$", "select $$ ${x} $$, $1, $a$ {{ }} $a$"),
            ("select * from t where a = %(id)s", "select * from t where a = $1    "),
            ("select a % (b) from t", "select a % (b) from t"),
            ("create function @extschema@.f() ", "create function _extschema_.f() "),
            ("select @a, b @> c@d", "select @a, b @> c@d"),
            ("select ${", "select ${"),
        ] {
            let filled = fill(text, &[], Style::Plain);
            assert_eq!(filled.text, expected, "{text}");
            assert_eq!(filled.text.len(), text.len());
        }
    }
}
