//! Liquibase's formatted SQL in, its changesets out (documentation, "SQL changelog example", "Changeset attributes").

use super::directive::{Directive, comment_lines, directive};
use super::model::{Direction, Framework, Wrapping};
use super::sections::{Section, Sections, outside, whole};
use crate::sql::facts::Span;

/// Each changeset is a transaction of its own; its `--rollback` lines go down.
pub(super) fn sections(text: &str, wrapping: Wrapping, direction: Direction) -> Sections {
    let mut reader = Reader {
        text,
        wrapping,
        direction,
        out: Sections::default(),
        current: whole("", wrapping, direction),
        delimiter: None,
        group: 0,
    };
    for (at, line) in comment_lines(text) {
        match directive(line) {
            Some((Framework::Liquibase, Directive::Changeset(attributes))) => reader.changeset(at, attributes),
            Some((Framework::Liquibase, Directive::Rollback(sql))) => reader.rollback(at, line, sql),
            _ => {}
        }
    }
    reader.close(text.len());
    reader.out
}

struct Reader<'t> {
    text: &'t str,
    wrapping: Wrapping,
    direction: Direction,
    out: Sections,
    /// What goes up in the changeset that is being read.
    current: Section,
    delimiter: Option<String>,
    group: u32,
}

impl Reader<'_> {
    fn close(&mut self, at: usize) {
        let span = Span { start: self.current.span.start, end: at };
        if span.start < span.end {
            self.out.list.push(Section { span, ..self.current });
            self.ends(span);
        }
    }

    /// Blanks the changeset's own delimiter: it stands in a line of its own, or at the end of one. What it ended is ended by
    /// cutting the section there.
    fn ends(&mut self, span: Span) {
        let Some(delimiter) = &self.delimiter else { return };
        let mut cuts = Vec::new();
        let mut at = span.start;
        for line in span.of(self.text).split_inclusive('\n') {
            let content = line.trim_end();
            if let Some(tail) = content.len().checked_sub(delimiter.len())
                && content.get(tail..).is_some_and(|tail| tail.eq_ignore_ascii_case(delimiter))
                && content.get(..tail).is_some_and(|head| !head.trim_start().starts_with("--"))
            {
                let stop = Span { start: at + tail, end: at + content.len() };
                self.out.blanks.push(stop);
                cuts.push(stop.end);
            }
            at += line.len();
        }
        let Some(whole) = self.out.list.pop() else { return };
        let mut start = span.start;
        for cut in cuts {
            self.out.list.push(Section { span: Span { start, end: cut }, ..whole });
            start = cut;
        }
        self.out.list.push(Section { span: Span { start, end: span.end }, ..whole });
    }

    fn changeset(&mut self, at: usize, attributes: &str) {
        self.close(at);
        self.group += 1;
        let attribute = |name: &str| attribute(attributes, name);
        let is_false = |name: &str| attribute(name).is_some_and(|value| value.eq_ignore_ascii_case("false"));
        let mut wrapping = self.wrapping;
        if is_false("splitStatements") {
            wrapping = match wrapping {
                Wrapping::Apart | Wrapping::Message => Wrapping::Message,
                Wrapping::Transaction | Wrapping::TransactionMessage => Wrapping::TransactionMessage,
            };
        }
        if is_false("runInTransaction") {
            wrapping = outside(wrapping);
        }
        self.delimiter = attribute("endDelimiter").map(|value| delimiter(&value)).filter(|found| !found.is_empty());
        self.current = Section {
            span: Span { start: at, end: at },
            direction: self.direction,
            wrapping,
            group: self.group,
            skipped: attribute("dbms").is_some_and(|products| !for_postgres(&products)),
            unmarked: false,
        };
    }

    /// `--rollback` lines are cut out of the changeset; the words after it are SQL that goes down.
    fn rollback(&mut self, at: usize, line: &str, sql: &str) {
        self.close(at);
        let end = at + line.len();
        let no_sql = ["", "empty", "not", "changesetid:", "changesetauthor:", "changesetpath:"];
        let first = sql.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
        let skipped =
            self.current.skipped || no_sql.iter().any(|word| first.split(':').next() == word.split(':').next());
        // The words are what the line ends in.
        let head = line.trim_end().len() - sql.len();
        self.out.blanks.push(Span { start: at, end: at + head });
        self.group += 1;
        self.out.list.push(Section {
            span: Span { start: at, end },
            direction: Direction::Down,
            wrapping: self.wrapping,
            group: self.group,
            skipped,
            unmarked: false,
        });
        // What goes on upwards after a rollback is of the same changeset.
        self.current.span = Span { start: end, end };
    }
}

/// The value of `name:value`, without quotes.
fn attribute(attributes: &str, name: &str) -> Option<String> {
    let lower = attributes.to_ascii_lowercase();
    let mut from = 0;
    let key = format!("{}:", name.to_ascii_lowercase());
    while let Some(found) = lower[from..].find(&key) {
        let at = from + found;
        if at == 0 || lower.as_bytes()[at - 1].is_ascii_whitespace() {
            let rest = &attributes[at + key.len()..];
            return Some(match rest.chars().next() {
                Some(quote @ ('"' | '\'')) => rest[1..].split(quote).next().unwrap_or_default().to_owned(),
                _ => rest.split_whitespace().next().unwrap_or_default().to_owned(),
            });
        }
        from = at + key.len();
    }
    None
}

/// `\n/` and `/` mean the same to us; a `;` is what ends statements anyway.
fn delimiter(value: &str) -> String {
    let text = value.replace("\\n", "").replace("\\r", "").replace("\\s*", "").replace("\\", "");
    if text.trim() == ";" { String::new() } else { text.trim().to_owned() }
}

/// `dbms:postgresql,h2`, `dbms:!mysql`, `dbms:all`.
fn for_postgres(products: &str) -> bool {
    let list: Vec<&str> = products.split(',').map(str::trim).collect();
    let names = |name: &str| list.iter().any(|one| one.eq_ignore_ascii_case(name));
    let only_excludes = list.iter().all(|one| one.starts_with('!'));
    !names("!postgresql") && (names("postgresql") || names("all") || only_excludes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<(String, Direction, Wrapping, u32)> {
        let found = sections(text, Wrapping::Transaction, Direction::Up);
        let mut bytes = text.as_bytes().to_vec();
        for blank in &found.blanks {
            bytes[blank.start..blank.end].fill(b' ');
        }
        let text = String::from_utf8(bytes).unwrap();
        let code = |span: Span| -> String {
            let lines = span.of(&text).lines().filter(|line| !line.starts_with("--"));
            lines.map(str::trim).collect::<Vec<_>>().join("|").trim_matches('|').to_owned()
        };
        let kept = found.list.iter().filter(|one| !one.skipped);
        let list = kept.map(|one| (code(one.span), one.direction, one.wrapping, one.group));
        list.filter(|(code, ..)| !code.is_empty()).collect()
    }

    #[test]
    fn each_changeset_is_a_transaction_and_rollbacks_go_down() {
        use Direction::*;
        use Wrapping::*;
        let text = "--liquibase formatted sql\n\n--changeset a:1\na;\n--rollback b;\n--rollback c\nd;\n--changeset a:2 runInTransaction:false\ne;\n--rollback empty\n--changeset a:3 dbms:mysql\nf;";
        assert_eq!(
            shown(text),
            [
                ("a;".to_owned(), Up, Transaction, 1),
                ("b;".to_owned(), Down, Transaction, 2),
                ("c".to_owned(), Down, Transaction, 3),
                ("d;".to_owned(), Up, Transaction, 1),
                ("e;".to_owned(), Up, Apart, 4),
            ]
        );
    }

    #[test]
    fn a_changeset_may_have_a_delimiter_of_its_own() {
        let codes: Vec<String> = shown("--changeset a:1 endDelimiter:/\na\n/\nb 4/2 /\n--changeset a:2\nc /\n")
            .into_iter()
            .map(|(code, ..)| code)
            .collect();
        assert_eq!(codes, ["a", "b 4/2", "c /"]);
    }

    #[test]
    fn products_are_lists_with_exclusions() {
        for (products, expected) in [
            ("postgresql", true),
            ("h2, PostgreSQL", true),
            ("mysql", false),
            ("!mysql", true),
            ("!postgresql", false),
            ("all", true),
        ] {
            assert_eq!(for_postgres(products), expected, "{products}");
        }
    }
}
