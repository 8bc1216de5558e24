//! The lines where something stands, with their numbers, the place underlined. In go locations and texts, out go lines
//! that fit: of a long statement its first line and those that are meant, of a long line the part around the place.
//!
//! Drawn here, not by a crate: what is shown must be escaped and cut to the width before columns are counted.

use unicode_width::UnicodeWidthChar;

use super::View;
use crate::report::escape;
use crate::report::model::{Location, Severity};
use crate::report::render::palette::paint;
use crate::report::render::table::place;
use crate::report::source::{Source, Sources};

/// Lines of a long place that are shown: the first ones, and the last.
const FIRST: u64 = 4;
/// Lines above the place, of the same statement, that are shown as they are.
const NEAR: u64 = 2;
/// How far up the beginning of the statement is looked for.
const FAR: u64 = 40;
/// Further places that are named.
const OTHERS: usize = 2;
/// Room for the line's own text is never less.
const LEAST: usize = 20;

/// Gives the width of the gutter, so that what follows stands below it.
pub fn render(
    out: &mut String,
    locations: &[Location],
    sources: &Sources<'_>,
    severity: Severity,
    view: &View,
) -> usize {
    let Some(first) = locations.first() else { return 1 };
    let last = first.end_line.unwrap_or(first.line).max(first.line);
    let gutter = digits(last);
    let arrow = paint(view.palette.dim, "-->");
    out.push_str(&format!("{:gutter$}{arrow} {}\n", "", place(first)));
    let Some(source) = sources.get(&first.path).filter(|source| source.line(first.line).is_some()) else {
        others(out, locations, gutter, view);
        return gutter;
    };
    let mut draw = Drawing { out, gutter, view, severity };
    draw.bare();
    draw.above(&source, first.line);
    draw.place(&source, first, last);
    others(out, locations, gutter, view);
    gutter
}

fn others(out: &mut String, locations: &[Location], gutter: usize, view: &View) {
    for location in locations.iter().skip(1).take(OTHERS) {
        out.push_str(&format!("{:gutter$}{} {}\n", "", paint(view.palette.dim, ":::"), place(location)));
    }
    if let Some(left) = locations.len().checked_sub(1 + OTHERS).filter(|left| *left > 0) {
        out.push_str(&format!("{:gutter$}{} and {left} more\n", "", paint(view.palette.dim, ":::")));
    }
}

fn digits(n: u64) -> usize {
    n.to_string().len() + 1
}

struct Drawing<'a> {
    out: &'a mut String,
    gutter: usize,
    view: &'a View,
    severity: Severity,
}

impl Drawing<'_> {
    /// `   |`
    fn bare(&mut self) {
        let bar = paint(self.view.palette.dim, &format!("{:width$}|", "", width = self.gutter));
        self.out.push_str(&format!("{bar}\n"));
    }

    fn gap(&mut self) {
        self.out.push_str(&format!("{}\n", paint(self.view.palette.dim, "...")));
    }

    fn numbered(&mut self, number: u64, text: &str) {
        let width = self.gutter - 1;
        let lead = paint(self.view.palette.dim, &format!("{number:>width$} |"));
        self.out.push_str(&format!("{lead}{}{text}\n", if text.is_empty() { "" } else { " " }));
    }

    fn room(&self) -> usize {
        self.view.width.saturating_sub(self.gutter + 2).max(LEAST)
    }

    /// What of the statement stands above the place: its first line, and the nearest ones.
    fn above(&mut self, source: &Source<'_>, line: u64) {
        let mut top = line;
        while top > 1 && line - top < FAR && source.line(top - 1).is_some_and(continues) {
            top -= 1;
        }
        if line - top >= FAR {
            return;
        }
        let shown = if line - top <= NEAR { top..line } else { top..top + 1 };
        for number in shown.clone() {
            let text = source.line(number).unwrap_or_default();
            let cut = window(text, 0, 0, self.room());
            self.numbered(number, &cut.text);
        }
        if shown.end < line {
            self.gap();
        }
    }

    fn place(&mut self, source: &Source<'_>, location: &Location, last: u64) {
        let column = location.column.unwrap_or(1).max(1) as usize - 1;
        if last == location.line {
            let text = source.line(location.line).unwrap_or_default();
            let end = match (location.column, location.end_column) {
                (Some(_), Some(end)) => end.max(1) as usize - 1,
                (Some(_), None) => column + 1,
                (None, _) => text.chars().count(),
            };
            let cut = window(text, column, end.max(column + 1), self.room());
            self.numbered(location.line, &cut.text);
            let style = self.view.palette.severity(self.severity);
            let bar = paint(self.view.palette.dim, &format!("{:width$}|", "", width = self.gutter));
            let line = format!("{:skip$}{}", "", paint(style, &"^".repeat(cut.width)), skip = cut.skip);
            self.out.push_str(&format!("{bar} {line}\n"));
            return;
        }
        let style = self.view.palette.severity(self.severity);
        for number in location.line..=last {
            let hidden = number >= location.line + FIRST && number < last;
            if hidden && last - location.line > FIRST + 1 {
                if number == location.line + FIRST {
                    self.gap();
                }
                continue;
            }
            let Some(text) = source.line(number) else { break };
            let mark = paint(style, if number == location.line { "/" } else { "|" });
            let cut = window(text, 0, 0, self.room() - 2);
            let space = if cut.text.is_empty() { "" } else { " " };
            self.numbered(number, &format!("{mark}{space}{}", cut.text));
        }
        let bar = paint(self.view.palette.dim, &format!("{:width$}|", "", width = self.gutter));
        let to = source.line(last).map_or(0, |text| end_of(text, location.end_column, self.room() - 2));
        self.out.push_str(&format!("{bar} {}\n", paint(style, &format!("|{}^", "_".repeat(to.max(1))))));
    }
}

/// The columns of the line as it is shown up to the last character of the place, that one included; `end_column` is behind it.
fn end_of(text: &str, end_column: Option<u32>, room: usize) -> usize {
    let characters = end_column.map_or(usize::MAX, |end| end.saturating_sub(1) as usize);
    let columns: usize = text.trim_end().chars().take(characters.min(room)).map(|c| shown(c).1).sum();
    columns.min(room)
}

/// Does a statement go on behind this line? Told from the line alone, for what is shown, not for what is true.
fn continues(line: &str) -> bool {
    let line = line.trim();
    !(line.is_empty()
        || line.ends_with(';')
        || line.starts_with("--")
        || line.ends_with("*/")
        || line.starts_with('\\'))
}

/// A part of a line as it is shown.
struct Window {
    text: String,
    /// Columns before the place, and of it.
    skip: usize,
    width: usize,
}

const CUT: &str = "...";

/// `text` escaped, at most `room` columns of it, with the characters `from..to` among them; they may be cut short.
fn window(text: &str, from: usize, to: usize, room: usize) -> Window {
    // The place is looked for among characters, so what a character becomes is kept together. A line may be megabytes long:
    // nothing far from the place is escaped.
    let back = from.saturating_sub(room);
    let near: Vec<(String, usize)> = text.chars().skip(back).take(from - back + 2 * room).map(shown).collect();
    let (from, to) = (from - back, to.saturating_sub(back));
    let width = |cells: &[(String, usize)]| cells.iter().map(|cell| cell.1).sum::<usize>();
    let whole = back == 0 && text.chars().nth(near.len()).is_none();
    if whole && width(&near) <= room {
        let (from, to) = (from.min(near.len()), to.min(near.len()));
        let text: String = near.iter().map(|cell| cell.0.as_str()).collect();
        return Window {
            text: text.trim_end().to_owned(),
            skip: width(&near[..from]),
            width: width(&near[from..to]).max(1),
        };
    }
    // Part of the room stands before the place, so that it is seen in its surroundings.
    let mut start = from.min(near.len());
    let before = if width(&near[..start]) + CUT.len() <= room / 2 { room / 2 } else { room / 4 };
    let mut taken = 0;
    while start > 0 && taken + near[start - 1].1 <= before {
        start -= 1;
        taken += near[start].1;
    }
    let cut_left = back > 0 || start > 0;
    let mut out = if cut_left { CUT.to_owned() } else { String::new() };
    let mut used = out.len();
    let (mut skip, mut marked) = (used, 0);
    let mut cut_right = false;
    for (i, (cell, columns)) in near.iter().enumerate().skip(start) {
        if used + columns + CUT.len() > room {
            cut_right = true;
            break;
        }
        out.push_str(cell);
        used += columns;
        if i < from {
            skip = used;
        } else if i < to {
            marked += columns;
        }
    }
    if cut_right || !whole {
        out.push_str(CUT);
    }
    Window { text: out, skip, width: marked.max(1) }
}

/// A character as it is shown, and the columns that it takes.
fn shown(c: char) -> (String, usize) {
    let text = escape::line(c.encode_utf8(&mut [0; 4])).into_owned();
    let columns = text.chars().map(|c| c.width().unwrap_or(0)).sum();
    (text, columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_long_line_is_cut_out_and_stays_marked() {
        let line = format!("{}NEEDLE{}", "a ".repeat(500), " b".repeat(500));
        let cut = window(&line, 1000, 1006, 60);
        assert!(cut.text.len() <= 60, "{}", cut.text);
        assert_eq!(&cut.text[cut.skip..cut.skip + cut.width], "NEEDLE");
        assert!(cut.text.starts_with(CUT) && cut.text.ends_with(CUT));
    }

    #[test]
    fn a_place_of_several_lines_ends_under_its_last_character() {
        for (text, end_column, columns) in [
            ("    add b int;", Some(14), 13),
            ("    add b int", None, 13),
            ("漢字;", Some(3), 4),
            (";", Some(2), 1),
            ("", Some(1), 0),
        ] {
            assert_eq!(end_of(text, end_column, 60), columns, "{text}");
        }
        assert_eq!(end_of(&"a".repeat(500), None, 60), 60);
    }

    #[test]
    fn wide_and_escaped_characters_count_as_what_is_shown() {
        let cut = window("漢\x1bx", 2, 3, 60);
        assert_eq!((cut.text.as_str(), cut.skip, cut.width), ("漢\\x1bx", 6, 1));
        assert_eq!(window("ab  ", 4, 5, 60).skip, 4, "behind the end");
    }

    proptest::proptest! {
        #[test]
        fn a_window_fits_and_its_mark_lies_in_it(
            text in "[a-z \u{4e00}\u{301}\x00-\x1f\u{202e}]{0,300}", from in 0usize..320, length in 1usize..100, room in 20usize..120
        ) {
            let cut = window(&text, from, from + length, room);
            let columns: usize = cut.text.chars().map(|c| c.width().unwrap_or(0)).sum();
            proptest::prop_assert!(columns <= room, "{columns} of {room}: {:?}", cut.text);
            proptest::prop_assert!(cut.skip + cut.width <= room + 1, "{} + {} of {room}", cut.skip, cut.width);
        }
    }
}
