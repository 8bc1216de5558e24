//! Lines that a terminal cut at its last column or a mail program broke between words, put together again.

use super::row::{Row, indent, width};
use super::shape;

/// A row of a plan, and how it stands to the one above.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    pub row: Row<'a>,
    pub place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It begins a line of the server's.
    Fresh,
    /// It goes on where the row above was broken.
    Wrapped,
    /// It stands inside of a literal: the literal has a line end, or the row above was broken there.
    Literal,
}

/// Widths at which terminals and clients cut, where nothing else tells.
const USUAL: [usize; 6] = [80, 100, 120, 132, 160, 200];

/// Lines as the server wrote them, without the indentation that all share. `count`: rows that the client said it printed;
/// when there are as many, none is broken.
pub fn join<'a>(mut parts: Vec<Part<'a>>, count: Option<u64>) -> Vec<Row<'a>> {
    let whole = count == u64::try_from(parts.len()).ok();
    let columns: Vec<usize> = parts.iter().map(|part| width(&part.row.text)).collect();
    let cut = if whole { Cut::Nowhere } else { Cut::of(&parts, &columns) };
    dedent(&mut parts);
    let mut lines: Vec<Row<'a>> = Vec::with_capacity(parts.len());
    let mut above = 0;
    for (Part { row, place }, columns) in parts.into_iter().zip(columns) {
        let glue = if place == Place::Fresh { None } else { cut.glue(place, above) };
        match (lines.last_mut(), glue) {
            (Some(last), Some(Glue::Pad(blanks))) => {
                let mut text = std::mem::take(&mut last.text).into_owned();
                text.extend(std::iter::repeat_n(' ', blanks));
                text.push_str(&row.text);
                last.text = text.into();
            }
            (Some(last), Some(Glue::Words)) => {
                let mut text = std::mem::take(&mut last.text).into_owned();
                text.truncate(text.trim_end().len());
                let rest = row.text.trim_start();
                text.push_str(between(&text, rest));
                text.push_str(rest);
                last.text = text.into();
            }
            _ => lines.push(row),
        }
        above = columns;
    }
    for line in &mut lines {
        let end = line.text.trim_end().len();
        *line = line.slice(0..end);
    }
    lines
}

/// Takes the indentation away that all lines of the plan share. Rows that continue others have it too where a client
/// broke the lines, not where a terminal did.
fn dedent(parts: &mut [Part<'_>]) {
    let lines = parts.iter().filter(|part| part.place == Place::Fresh);
    let shared = lines.map(|part| indent(&part.row.text)).min().unwrap_or(0);
    let everywhere = parts.iter().all(|part| part.row.is_blank() || indent(&part.row.text) >= shared);
    for part in parts.iter_mut().filter(|part| shared > 0 && (everywhere || part.place != Place::Wrapped)) {
        let from = shared.min(indent(&part.row.text));
        part.row = part.row.slice(from..part.row.text.len());
    }
}

enum Glue {
    /// Nothing, or the blanks that were lost at the end of the row above.
    Pad(usize),
    Words,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    Nowhere,
    /// Exactly here.
    At(usize),
    /// Between words.
    Words,
    /// In front of a node's figures only.
    Figures,
}

impl Cut {
    fn of(parts: &[Part<'_>], columns: &[usize]) -> Cut {
        let widest = columns.iter().copied().max().unwrap_or(0);
        let above =
            |(at, part): (usize, &Part<'_>), place| (part.place == place).then(|| columns[at.saturating_sub(1)]);
        let broken = |place: Place| parts.iter().enumerate().filter_map(move |part| above(part, place));
        let full = |columns: usize| columns + 2 >= widest;
        let (mut wrapped, mut at_edge) = (0, 0);
        for columns in broken(Place::Wrapped) {
            wrapped += 1;
            at_edge += usize::from(full(columns));
        }
        if wrapped == 0 {
            let literal = broken(Place::Literal).any(|columns| columns == widest) && USUAL.contains(&widest);
            return if literal { Cut::At(widest) } else { Cut::Nowhere };
        }
        let figures = |part: &Part<'_>| {
            ["loops=", "rows=", "(actual", "(cost="].iter().any(|start| part.row.text.starts_with(start))
        };
        if parts.iter().filter(|part| part.place == Place::Wrapped).all(figures) {
            return Cut::Figures;
        }
        let pairs = parts.windows(2).filter(|pair| pair[1].place == Place::Wrapped);
        let split = pairs.filter(|pair| is_split(&pair[0].row.text, &pair[1].row.text)).count();
        let exact = broken(Place::Wrapped).filter(|&columns| columns == widest).count();
        let sure = split > 0 || USUAL.contains(&widest) || exact > 2;
        if at_edge == wrapped && sure && exact + split > 0 { Cut::At(widest) } else { Cut::Words }
    }

    /// How a row is put behind one of so many columns; `None`: not at all, a line ends there.
    fn glue(self, place: Place, above: usize) -> Option<Glue> {
        match (self, place) {
            (Cut::At(edge), _) if above + 2 >= edge => Some(Glue::Pad(edge.saturating_sub(above))),
            (Cut::Words, Place::Literal) if above < 60 => None,
            (Cut::Words, _) | (_, Place::Wrapped) => Some(Glue::Words),
            _ => None,
        }
    }
}

/// A number, a pair or a call is broken: no program that breaks between words does that.
fn is_split(above: &str, below: &str) -> bool {
    let end = above.trim_end();
    if let Some(at) = end.rfind('(')
        && (end[at..].starts_with("(cost=") || end[at..].starts_with("(actual "))
        && !end[at..].contains(')')
    {
        return !["rows=", "width=", "loops=", "time="].iter().any(|word| below.starts_with(word));
    }
    let ends = end.ends_with(['(', '.']) || end.ends_with('=') && !end.ends_with(" =") || end.ends_with(" '");
    let begins = below.starts_with([')', ',', '=', '.', ':']) && !below.starts_with("= ");
    ends && end.len() == above.len() || begins || below.starts_with(' ') && !below.starts_with("  ")
}

/// Blanks that stood where a line was broken between words.
fn between(above: &str, below: &str) -> &'static str {
    let pairs = above.contains(": ") && shape::key(below).is_some();
    if is_split(above, below) {
        return "";
    }
    if below.starts_with("(cost=") || above.ends_with("->") || pairs { "  " } else { " " }
}
