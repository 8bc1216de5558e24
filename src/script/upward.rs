//! One file in; the statements that go up out, cut and not yet read: for those who only need its DDL.

use super::detect;
use super::given::Given;
use super::markers::Markers;
use super::model::{Direction, Problem};
use super::name::is_down_file;
use super::nested::nested;
use super::outline::outline;
use super::plpgsql::Sql;
use super::read::Options;
use crate::sql::ddl::Ddl;
use crate::sql::facts::Span;

/// A statement of a file: its text is `span.of(text)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upward {
    pub span: Span,
    /// From 1.
    pub line: usize,
}

/// The statements that go up; all of them of a file that undoes a migration, which is wanted if it is given.
pub fn upward(path: &str, text: &str) -> (Vec<Upward>, Vec<Problem>) {
    let markers = Markers::default();
    let known = detect::by_text(text).or_else(|| detect::by_name(path, &markers));
    let outline = outline(Given { path, text }, known, &markers, Options::default());
    let wanted = |direction| direction == Direction::Up || is_down_file(path);
    let pieces = outline.pieces.iter().filter(|piece| wanted(piece.section.direction));
    (pieces.map(|piece| Upward { span: piece.span, line: piece.line }).collect(), outline.problems)
}

/// The SQL in the body of a DO block, with its place in `text`; nothing of another statement.
pub fn in_block(text: &str, ddl: &Ddl) -> Vec<(Span, String)> {
    let found = match ddl {
        Ddl::Do(_) => nested(text, ddl).map(|(_, found)| found).unwrap_or_default(),
        _ => Vec::new(),
    };
    found
        .into_iter()
        .filter_map(|one| match one.sql {
            Sql::Text(sql) => Some((one.span, sql)),
            Sql::Dynamic => None,
        })
        .collect()
}
