//! A condition as EXPLAIN prints it in; its AND-ed conjuncts, each as SQL about one table alone, out.
//!
//! EXPLAIN deparses the planner's tree (`ruleutils.c`): columns are qualified as soon as the plan reads more than one
//! relation, literals carry their types, a varchar column is relabelled (`(status)::text`), LIKE is `~~`, and what another
//! node delivers is a column of that relation, `$n`, or `(InitPlan 1).col1`.

use crate::sql::TokenKind as T;

use super::pieces::{Kind, Piece, Pieces, bare, closing, cut, split, type_after, write};

/// What a condition's names mean.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    /// The alias of the table at hand.
    pub own: &'a str,
    /// Whether a cast of this column to text changes nothing but the label.
    pub relabels: &'a dyn Fn(&str) -> bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conjunct {
    /// With bare column names, and `$1` for whatever is known before the scan begins.
    pub sql: String,
    /// A qualified column of the table itself.
    pub own: bool,
    /// A column of another relation.
    pub foreign: bool,
}

const COMPARISONS: [&str; 7] = ["=", "<>", "<", ">", "<=", ">=", "!="];

/// The conjuncts of a condition, `None` for each that cannot be said of the table alone (sub-plans of each row, whole rows,
/// operators that only the planner uses).
pub fn conjuncts(condition: &str, names: Names<'_>) -> Vec<Option<Conjunct>> {
    let pieces = cut(condition);
    flat(&pieces).into_iter().map(|part| conjunct(part, names)).collect()
}

/// The conjuncts as they are printed, with qualified names, without the parentheses around each.
pub fn printed(condition: &str) -> Vec<String> {
    flat(&cut(condition)).into_iter().map(write).collect()
}

/// The conjuncts in one line, as they are printed: an OR beside them keeps its parentheses.
pub fn in_words(condition: &str) -> String {
    match printed(condition).as_slice() {
        [alone] => alone.clone(),
        all => all.iter().map(|conjunct| grouped(conjunct)).collect::<Vec<_>>().join(" AND "),
    }
}

/// An OR beside an AND needs its parentheses.
pub fn grouped(conjunct: &str) -> String {
    let or = split(&cut(conjunct), |p| p.word("or")).len() > 1;
    if or { format!("({conjunct})") } else { conjunct.to_owned() }
}

/// A sort key list; `None` when another relation takes part.
pub fn order(keys: &str, names: Names<'_>) -> Option<String> {
    let pieces = cut(keys);
    let parts: Option<Vec<String>> = split(&pieces, |p| p.is(T::Comma))
        .into_iter()
        .map(|part| conjunct(part, names).filter(|key| !key.foreign).map(|key| key.sql))
        .collect();
    parts.map(|parts| parts.join(", "))
}

fn flat(pieces: &[Piece]) -> Vec<&[Piece]> {
    let pieces = bare(pieces);
    let parts = split(pieces, |p| p.word("and"));
    if parts.len() == 1 { vec![pieces] } else { parts.into_iter().flat_map(flat).collect() }
}

fn conjunct(part: &[Piece], names: Names<'_>) -> Option<Conjunct> {
    let (pieces, own, foreign) = resolve(part, names.own)?;
    let pieces = operators(arrays(literals(labels(pieces, names))))?;
    Some(Conjunct { sql: write(bare(&pieces)), own, foreign })
}

/// Own columns bare, everything that comes from elsewhere `$1`.
fn resolve(part: &[Piece], own: &str) -> Option<(Pieces, bool, bool)> {
    let (mut out, mut mine, mut others, mut at): (Pieces, _, _, _) = (Vec::new(), false, false, 0);
    while at < part.len() {
        let piece = &part[at];
        let next = |n: usize| part.get(at + n);
        let behind = |kind: T| out.last().is_some_and(|p: &Piece| p.is(kind));
        if piece.word("SubPlan") {
            return None;
        }
        if piece.is(T::LeftParen) && next(1).is_some_and(|p| p.word("InitPlan")) {
            at = closing(part, at) + 1;
            if part.get(at).is_some_and(|p| p.is(T::Dot)) {
                at += 2;
            }
            out.push(given(piece.space));
            continue;
        }
        let qualified = piece.is_name() && next(1).is_some_and(|p| p.is(T::Dot)) && !behind(T::Cast) && !behind(T::Dot);
        if qualified && next(2).is_some_and(|p| p.is(T::Operator)) {
            return None;
        }
        let column = next(2).filter(|p| p.is_name() && !next(3).is_some_and(|p| p.is(T::LeftParen) && !p.space));
        if let Some(column) = column.filter(|_| qualified && !out.last().is_some_and(|p| p.word("collate"))) {
            if unquoted(&piece.text) == own {
                mine = true;
                out.push(Piece { kind: Kind::Own, text: column.text.clone(), space: piece.space });
            } else {
                others = true;
                out.push(given(piece.space));
            }
            at += 3;
            continue;
        }
        if piece.is(T::Parameter) || piece.is(T::Placeholder) {
            out.push(given(piece.space));
        } else {
            out.push(piece.clone());
        }
        at += 1;
    }
    Some((out, mine, others))
}

fn given(space: bool) -> Piece {
    Piece { kind: Kind::Given, text: "$1".to_owned(), space }
}

pub fn unquoted(name: &str) -> String {
    match name.strip_prefix('"').and_then(|n| n.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => name.to_owned(),
    }
}

/// `(status)::text` of a varchar column, and `($1)::text`.
fn labels(pieces: Pieces, names: Names<'_>) -> Pieces {
    let (mut out, mut at): (Pieces, _) = (Vec::new(), 0);
    while at < pieces.len() {
        let open = pieces[at].is(T::LeftParen) && !out.last().is_some_and(|p: &Piece| p.is_name() && !pieces[at].space);
        let single = pieces.get(at + 1).filter(|p| p.is_name() || matches!(p.kind, Kind::Own | Kind::Given));
        let cast = |n: usize| pieces.get(at + n).is_some_and(|p| p.is(T::RightParen)).then_some(at + n + 1);
        if let (true, Some(inner), Some(colons)) = (open, single, cast(2))
            && pieces.get(colons).is_some_and(|p| p.is(T::Cast))
            && let Some((name, end)) = type_after(&pieces, colons)
        {
            let label = match inner.kind {
                Kind::Given => true,
                _ => matches!(name.as_str(), "text" | "character varying") && (names.relabels)(&unquoted(&inner.text)),
            };
            if label {
                out.push(Piece { space: pieces[at].space, ..inner.clone() });
                at = end;
                continue;
            }
        }
        out.push(pieces[at].clone());
        at += 1;
    }
    out
}

/// `'x'::text` as `'x'`, `'5'::bigint` as `5`; other types stay where nothing beside the literal tells them.
fn literals(pieces: Pieces) -> Pieces {
    let (mut out, mut at): (Pieces, _) = (Vec::new(), 0);
    while at < pieces.len() {
        let piece = &pieces[at];
        let colons = at + 1;
        if matches!(piece.kind, Kind::Given) && pieces.get(colons).is_some_and(|p| p.is(T::Cast)) {
            out.push(piece.clone());
            at = type_after(&pieces, colons).map_or(at + 1, |(_, end)| end);
            continue;
        }
        let literal = piece.is(T::String) && pieces.get(colons).is_some_and(|p| p.is(T::Cast));
        let Some((name, end)) = literal.then(|| type_after(&pieces, colons)).flatten() else {
            out.push(piece.clone());
            at += 1;
            continue;
        };
        let inside = piece.text.trim_matches('\'');
        let compared = out.last().is_some_and(|p| p.is_operator(&COMPARISONS))
            || pieces.get(end).is_some_and(|p| p.is_operator(&COMPARISONS));
        match name.as_str() {
            "smallint" | "integer" | "bigint" | "numeric" | "double precision" | "real" if is_number(inside) => {
                out.push(Piece { kind: Kind::Token(T::Number), text: inside.to_owned(), space: piece.space });
            }
            "text" | "character varying" | "bpchar" => out.push(piece.clone()),
            other if compared && !other.ends_with("[]") => out.push(piece.clone()),
            _ => out.extend(pieces[at..end].iter().cloned()),
        }
        at = end;
    }
    out
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.parse::<f64>().is_ok() && text.bytes().all(|b| b.is_ascii_digit() || b"-+.e".contains(&b))
}

/// `= ANY ('{1,2}'::integer[])` as `IN (1, 2)`.
fn arrays(pieces: Pieces) -> Pieces {
    let (mut out, mut at): (Pieces, _) = (Vec::new(), 0);
    while at < pieces.len() {
        if let Some((list, end)) = list_at(&pieces, at) {
            out.extend(list);
            at = end;
        } else {
            out.push(pieces[at].clone());
            at += 1;
        }
    }
    out
}

fn list_at(pieces: &[Piece], at: usize) -> Option<(Pieces, usize)> {
    let negated = match (pieces[at].text.as_str(), pieces.get(at + 1)?) {
        ("=", any) if any.word("any") => false,
        ("<>", all) if all.word("all") => true,
        _ => return None,
    };
    pieces.get(at + 2).filter(|p| p.is(T::LeftParen))?;
    let end = closing(pieces, at + 2);
    let inside = bare(pieces.get(at + 3..end)?);
    // `('{a,b}'::character varying[])::text[]`
    let literal = inside.iter().find(|p| !p.is(T::LeftParen)).filter(|p| p.is(T::String))?;
    let colons = inside.iter().position(|p| p.is(T::Cast))?;
    let (name, _) = type_after(inside, colons)?;
    let numbers = matches!(name.as_str(), "smallint[]" | "integer[]" | "bigint[]" | "numeric[]" | "double precision[]");
    let items = elements(literal.text.strip_prefix('\'')?.strip_suffix('\'')?)?;
    let written: Vec<String> = items
        .into_iter()
        .map(|item| match item {
            Element::Bare(text) if numbers && is_number(&text) => text,
            Element::Bare(text) if text.eq_ignore_ascii_case("null") => "NULL".to_owned(),
            Element::Bare(text) | Element::Quoted(text) => format!("'{text}'"),
        })
        .collect();
    if written.is_empty() {
        return None;
    }
    let text = format!("{}IN ({})", if negated { "NOT " } else { "" }, written.join(", "));
    let mut list = cut(&text);
    list[0].space = true;
    Some((list, end + 1))
}

enum Element {
    Bare(String),
    Quoted(String),
}

/// The elements of a one-dimensional array literal (documentation, "Array Input and Output Syntax"); quotes of the SQL literal
/// stay doubled.
fn elements(literal: &str) -> Option<Vec<Element>> {
    let inside = literal.strip_prefix('{')?.strip_suffix('}')?;
    let (mut items, mut item, mut quoted, mut in_quotes) = (Vec::new(), String::new(), false, false);
    let mut chars = inside.chars();
    let mut push = |item: &mut String, quoted: &mut bool| {
        let text = std::mem::take(item);
        items.push(if std::mem::take(quoted) { Element::Quoted(text) } else { Element::Bare(text) });
    };
    while let Some(char) = chars.next() {
        match char {
            '\\' => item.extend(chars.next()),
            '"' => (quoted, in_quotes) = (true, !in_quotes),
            ',' if !in_quotes => push(&mut item, &mut quoted),
            '{' if !in_quotes => return None,
            other => item.push(other),
        }
    }
    if !inside.is_empty() {
        push(&mut item, &mut quoted);
    }
    Some(items)
}

/// LIKE as it is written; `None` for what only the planner writes (`~>=~` of a prefix search).
fn operators(mut pieces: Pieces) -> Option<Pieces> {
    for piece in pieces.iter_mut().filter(|p| p.is(T::Operator)) {
        let word = match piece.text.as_str() {
            "~~" => "LIKE",
            "!~~" => "NOT LIKE",
            "~~*" => "ILIKE",
            "!~~*" => "NOT ILIKE",
            "~>=~" | "~<~" | "~>~" | "~<=~" => return None,
            _ => continue,
        };
        piece.text = word.to_owned();
    }
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn an_or_beside_an_and_keeps_its_parentheses() {
        let words = |condition: &str, expected: &str| assert_eq!(in_words(condition), expected);
        words(
            "((customer_id = 77) AND ((status = 'a'::text) OR (region = 5)))",
            "customer_id = 77 AND ((status = 'a'::text) OR (region = 5))",
        );
        words("((status = 'a'::text) OR (region = 5))", "(status = 'a'::text) OR (region = 5)");
        words("(CASE WHEN a OR b THEN 1 ELSE 2 END = 1)", "CASE WHEN a OR b THEN 1 ELSE 2 END = 1");
    }
}
