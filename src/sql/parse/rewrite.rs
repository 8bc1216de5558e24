//! Length-preserving rewrites: what sqlparser 0.63 does not take is overwritten with blanks, or with something of the
//! same meaning that it does take.

use std::ops::Range;

use super::template::{self, Stands};
use crate::sql::facts::Span;
use crate::sql::keyword::Keyword as K;
use crate::sql::lexer::TokenKind as T;
use crate::sql::tokens::Tokens;

/// Items of a list that are kept when a statement is large.
const KEPT_ITEMS: usize = 100;
/// Statements with fewer tokens keep their lists whole.
const LARGE: usize = 5_000;

pub(super) struct Copy<'t, 'a> {
    tokens: &'a Tokens<'t>,
    bytes: Vec<u8>,
    changed: bool,
    pub templated: bool,
    pub cut_tokens: usize,
    pub cut_bytes: usize,
    pub cut_links: usize,
}

impl<'t, 'a> Copy<'t, 'a> {
    pub fn new(tokens: &'a Tokens<'t>) -> Self {
        Copy {
            tokens,
            bytes: tokens.text.as_bytes().to_vec(),
            changed: false,
            templated: false,
            cut_tokens: 0,
            cut_bytes: 0,
            cut_links: 0,
        }
    }

    pub fn text(&self) -> &str {
        // Whole tokens are overwritten, always with ASCII.
        std::str::from_utf8(&self.bytes).unwrap_or(self.tokens.text)
    }

    fn blank(&mut self, range: Range<usize>) {
        let span = self.tokens.span(&range);
        self.bytes[span.start..span.end].fill(b' ');
        self.changed |= span.start < span.end;
    }

    /// Overwrites a range with `text`, padded with blanks; only if it fits.
    fn write(&mut self, range: Range<usize>, text: &str) {
        let span = self.tokens.span(&range);
        if text.len() <= span.end - span.start {
            self.blank(range);
            self.bytes[span.start..span.start + text.len()].copy_from_slice(text.as_bytes());
        }
    }

    /// Overwrites bytes between token boundaries; only if `text` fits.
    fn put(&mut self, span: Span, text: &str) {
        if text.len() <= span.end - span.start {
            self.bytes[span.start..span.end].fill(b' ');
            self.bytes[span.start..span.start + text.len()].copy_from_slice(text.as_bytes());
        }
    }

    fn cut(&mut self, range: Range<usize>) {
        let span = self.tokens.span(&range);
        self.cut_tokens += range.len();
        self.cut_bytes += span.end - span.start;
        self.cut_links +=
            range.clone().filter(|&index| matches!(self.tokens.kind(index), Some(T::Operator | T::Cast))).count();
        self.blank(range);
    }
}

/// In a large statement, keeps the first items of lists after IN and ARRAY, and the first row of VALUES.
pub(super) fn cut_lists(copy: &mut Copy<'_, '_>) {
    let tokens = copy.tokens;
    if tokens.len() < LARGE {
        return;
    }
    let mut index = 0;
    while index < tokens.len() {
        let list = match (tokens.keyword(index), tokens.kind(index + 1)) {
            (K::In, Some(T::LeftParen)) | (K::Array, Some(T::LeftBracket)) => cut_items(copy, index + 1),
            (K::Values, Some(T::LeftParen)) => cut_rows(copy, index + 1),
            _ => None,
        };
        index = list.unwrap_or(index + 1);
    }
}

/// Gives the index after the list, if it was one.
fn cut_items(copy: &mut Copy<'_, '_>, open: usize) -> Option<usize> {
    let inside = copy.tokens.inside(open);
    if matches!(copy.tokens.keyword(inside.start), K::Select | K::With | K::Values) {
        return None;
    }
    let items = copy.tokens.split_commas(&inside);
    if let Some(last) = items.get(KEPT_ITEMS - 1)
        && items.len() > KEPT_ITEMS
    {
        copy.cut(last.end..inside.end);
    }
    Some(inside.end)
}

fn cut_rows(copy: &mut Copy<'_, '_>, open: usize) -> Option<usize> {
    let after_first = copy.tokens.next_at_level(open);
    let mut end = after_first;
    while copy.tokens.kind(end) == Some(T::Comma) && copy.tokens.kind(end + 1) == Some(T::LeftParen) {
        end = copy.tokens.next_at_level(end + 1);
    }
    if end > after_first {
        copy.cut(after_first..end);
    }
    Some(end)
}

/// What would be misread rather than refused, and what normalised text writes for lists.
pub(super) fn always(copy: &mut Copy<'_, '_>) {
    let tokens = copy.tokens;
    let mut index = 0;
    while index < tokens.len() {
        if let Some(found) = template::at(tokens, index) {
            copy.templated |= matches!(found.stands, Stands::Name(_) | Stands::Nothing);
            match &found.stands {
                Stands::Value => copy.put(found.span, "$1"),
                Stands::List => copy.put(found.span, "(0)"),
                Stands::Name(name) => copy.put(found.span, &format!("\"{name}\"")),
                Stands::Row(name) => copy.put(found.span, &format!("{name}.*")),
                Stands::Nothing => copy.put(found.span, ""),
            }
            index = found.next;
            continue;
        }
        match (tokens.keyword(index), tokens.kind(index)) {
            (K::Only, _) if is_inheritance_only(tokens, index) => copy.blank(index..index + 1),
            (_, Some(T::Placeholder | T::Ellipsis)) if is_operand(tokens, index) => {
                copy.write(index..index + 1, "0");
            }
            _ => {}
        }
        index += 1;
    }
}

/// `?` is the jsonb operator when it stands between two operands.
fn is_operand(tokens: &Tokens<'_>, index: usize) -> bool {
    let Some(previous) = index.checked_sub(1) else {
        return true;
    };
    let after_operand = matches!(
        tokens.kind(previous),
        Some(T::QuotedIdentifier | T::String | T::Number | T::Parameter | T::RightParen | T::RightBracket)
    ) || (tokens.kind(previous) == Some(T::Word) && tokens.keyword(previous) == K::None);
    let before_operand = matches!(
        tokens.kind(index + 1),
        Some(T::QuotedIdentifier | T::String | T::Parameter | T::Placeholder | T::Number | T::LeftParen)
    ) || tokens.keyword(index + 1) == K::Array;
    !(after_operand && before_operand)
}

fn is_inheritance_only(tokens: &Tokens<'_>, index: usize) -> bool {
    let previous = index.checked_sub(1).map(|index| tokens.keyword(index));
    let named = matches!(tokens.kind(index + 1), Some(T::Word | T::QuotedIdentifier | T::LeftParen));
    named && !matches!(previous, None | Some(K::Row | K::Rows))
}

/// Blanks what sqlparser refuses; whether there was anything.
pub(super) fn on_failure(copy: &mut Copy<'_, '_>) -> bool {
    copy.changed = false;
    for index in 0..copy.tokens.len() {
        rewrite_at(copy, index);
    }
    copy.changed
}

fn rewrite_at(copy: &mut Copy<'_, '_>, index: usize) {
    let tokens = copy.tokens;
    let next = tokens.keyword(index + 1);
    let previous = index.checked_sub(1).map_or(K::None, |at| tokens.keyword(at));
    match tokens.keyword(index) {
        K::Operator if tokens.kind(index + 1) == Some(T::LeftParen) => {
            let inside = tokens.inside(index + 1);
            let name = tokens.str(inside.end.saturating_sub(1)).to_owned();
            copy.write(index..inside.end + 1, &name);
        }
        K::For if next == K::No && tokens.keyword(index + 2) == K::Key => {
            copy.blank(index + 1..index + 3);
        }
        K::For if next == K::Key => copy.blank(index + 1..index + 2),
        K::Of if matches!(previous, K::Update | K::Share) => {
            copy.blank(index..end_of_lock(tokens, index));
        }
        K::Exclude if is_frame_exclusion(tokens, index) => {
            let words = if matches!(next, K::Current | K::No) { 3 } else { 2 };
            copy.blank(index..index + words);
        }
        K::Variadic | K::Symmetric => copy.blank(index..index + 1),
        K::Search | K::Cycle if tokens.kind(index.wrapping_sub(1)) == Some(T::RightParen) => {
            copy.blank(index..end_of_search(tokens, index));
        }
        K::Both | K::Leading | K::Trailing if next == K::From => {
            copy.blank(index + 1..index + 2);
        }
        K::Similar if next != K::To => copy.blank(index..end_of_call(tokens, index)),
        K::Distinct if previous == K::By => copy.blank(index..index + 1),
        K::Rows if next == K::From && tokens.kind(index + 2) == Some(T::LeftParen) => rows_from(copy, index),
        K::Default if next == K::Values && previous == K::Insert => copy.write(index..index + 2, "VALUES (0)"),
        K::For if tokens.is_word(index.wrapping_sub(1), "collation") => copy.blank(index..index + 1),
        K::Overriding => copy.blank(index..index + 3),
        K::Conflict if tokens.kind(index + 1) == Some(T::LeftParen) => {
            let end = (index..tokens.len()).find(|&at| tokens.keyword(at) == K::Do).unwrap_or(index + 1);
            copy.blank(index + 1..end);
        }
        K::Collate => copy.blank(index..index + 2),
        K::Current if next == K::Of => copy.write(index..index + 3, "true"),
        K::Set => blank_subscripts(copy, index),
        K::Into => blank_column_subscripts(copy, index),
        K::Extract if tokens.kind(index + 2) == Some(T::Parameter) => {
            copy.write(index + 2..index + 3, "d");
        }
        K::Using => blank_join_alias(copy, index),
        _ => rewrite_by_kind(copy, index),
    }
    // `interval $1` and the like are what pg_stat_statements makes of `interval '1 day'`.
    let is_type = tokens.kind(index) == Some(T::Word)
        && (matches!(
            tokens.keyword(index),
            K::Interval | K::Timestamp | K::Timestamptz | K::Time | K::Date | K::Numeric | K::Timetz
        ) || (tokens.keyword(index) == K::None && !matches!(previous, K::Extract)));
    let parameter = matches!(tokens.kind(index + 1), Some(T::Parameter | T::Placeholder | T::NamedParameter));
    if is_type && parameter && tokens.kind(index.wrapping_sub(1)) != Some(T::Dot) {
        copy.blank(index..index + 1);
    }
}

fn rewrite_by_kind(copy: &mut Copy<'_, '_>, index: usize) {
    let tokens = copy.tokens;
    match tokens.kind(index) {
        // `(x).*`
        Some(T::Dot) if tokens.kind(index.wrapping_sub(1)) == Some(T::RightParen) && tokens.str(index + 1) == "*" => {
            copy.blank(index..index + 2);
        }
        // `t.*::text`
        Some(T::Dot) if tokens.str(index + 1) == "*" && tokens.kind(index + 2) == Some(T::Cast) => {
            copy.blank(index..index + 2);
        }
        Some(T::Word) if tokens.is_word(index, "at") && tokens.is_word(index + 1, "local") => {
            copy.blank(index..index + 2);
        }
        // `FROM t*`
        Some(T::Operator)
            if tokens.str(index) == "*"
                && matches!(index.checked_sub(2).map(|at| tokens.keyword(at)), Some(K::From | K::Join | K::Update)) =>
        {
            copy.blank(index..index + 1);
        }
        // `'1 day'::interval PRECEDING`
        Some(T::Cast) if matches!(tokens.str(index + 2).to_ascii_lowercase().as_str(), "preceding" | "following") => {
            copy.blank(index..index + 2);
        }
        _ => {}
    }
}

/// `EXCLUDE CURRENT ROW`, `GROUP`, `TIES`, `NO OTHERS` at the end of a window frame.
fn is_frame_exclusion(tokens: &Tokens<'_>, index: usize) -> bool {
    matches!(tokens.keyword(index + 1), K::Current | K::Group | K::No) || tokens.is_word(index + 1, "ties")
}

/// Where the arguments of the call around a token end.
fn end_of_call(tokens: &Tokens<'_>, index: usize) -> usize {
    tokens.enclosing(index).map_or(index + 1, |open| tokens.inside(open).end)
}

/// `ROWS FROM (f(), g())`: the first function is kept.
fn rows_from(copy: &mut Copy<'_, '_>, index: usize) {
    let inside = copy.tokens.inside(index + 2);
    let calls = copy.tokens.split_commas(&inside);
    let first = calls.first().map_or(inside.end, |call| call.end);
    copy.blank(index..index + 3);
    copy.blank(first..(inside.end + 1).min(copy.tokens.len()));
}

/// Where the tables of `FOR UPDATE OF a, b` end.
fn end_of_lock(tokens: &Tokens<'_>, from: usize) -> usize {
    (from + 1..tokens.len())
        .find(|&at| {
            matches!(tokens.keyword(at), K::Nowait | K::Skip | K::For | K::Limit | K::Offset)
                || matches!(tokens.kind(at), Some(T::RightParen | T::Semicolon))
        })
        .unwrap_or(tokens.len())
}

fn end_of_search(tokens: &Tokens<'_>, from: usize) -> usize {
    tokens
        .level(&(from + 1..tokens.len()))
        .find(|&at| {
            matches!(
                tokens.keyword(at),
                K::Select | K::Insert | K::Update | K::Delete | K::Values | K::Search | K::Cycle
            ) || tokens.kind(at) == Some(T::RightParen)
                || (tokens.kind(at) == Some(T::Comma)
                    && matches!(tokens.kind(at + 2), Some(T::LeftParen)) | (tokens.keyword(at + 2) == K::As))
        })
        .unwrap_or(tokens.len())
}

/// `SET a[1] = …`
fn blank_subscripts(copy: &mut Copy<'_, '_>, set: usize) {
    let tokens = copy.tokens;
    let end = tokens
        .level(&(set + 1..tokens.len()))
        .find(|&at| matches!(tokens.keyword(at), K::Where | K::From | K::Returning))
        .unwrap_or(tokens.len());
    for part in tokens.split_commas(&(set + 1..end)) {
        let target = part.clone().find(|&at| tokens.str(at) == "=").unwrap_or(part.start);
        let first = (part.start..target)
            .find(|&at| matches!(tokens.kind(at), Some(T::LeftBracket | T::Dot)) && at > part.start);
        if let Some(first) = first {
            copy.blank(first..target);
        }
    }
}

/// `INSERT INTO t (a[1], b.c)`
fn blank_column_subscripts(copy: &mut Copy<'_, '_>, into: usize) {
    let tokens = copy.tokens;
    let mut open = into + 2;
    while tokens.kind(open) == Some(T::Dot) {
        open += 2;
    }
    if tokens.kind(open) == Some(T::LeftParen) && tokens.keyword(open + 1) == K::None {
        for column in tokens.split_commas(&tokens.inside(open)) {
            copy.blank(column.start + 1..column.end);
        }
    }
}

/// `USING (a) AS j`
fn blank_join_alias(copy: &mut Copy<'_, '_>, using: usize) {
    let tokens = copy.tokens;
    if tokens.kind(using + 1) == Some(T::LeftParen) {
        let after = tokens.next_at_level(using + 1);
        if tokens.keyword(after) == K::As {
            copy.blank(after..after + 2);
        }
    }
}
