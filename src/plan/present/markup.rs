//! Tables in HTML, AsciiDoc, LaTeX and troff, as psql writes them (`print.c`).

use super::glyph;
use super::row::Row;
use super::table::Table;

/// The table that begins in this row.
pub fn take<'a>(rows: &[Row<'a>], start: usize) -> Option<Table<'a>> {
    let text = rows[start].text.trim();
    let (close, cell): (&str, fn(&mut Cells<'a>, &Row<'a>)) = match text {
        "|====" => ("|====", asciidoc),
        ".TS" => (".TE", troff),
        _ if text.starts_with("<table") => ("</table>", html),
        _ if text.starts_with("\\begin{tabular}") => ("\\end{tabular}", latex),
        _ if text.starts_with("\\begin{longtable}") => ("\\end{longtable}", latex),
        _ => return None,
    };
    let ends = |row: &Row<'_>| {
        let text = row.text.trim();
        text.ends_with(close) || ["<table", ".TS", "\\begin{"].iter().any(|open| text.starts_with(open))
    };
    let end = (start + 1..rows.len()).find(|&at| ends(&rows[at])).unwrap_or(rows.len());
    let mut cells = Cells::default();
    for row in &rows[start + 1..end] {
        cell(&mut cells, row);
    }
    (!cells.rows.is_empty()).then_some(Table { cells: cells.rows, count: None, end: (end + 1).min(rows.len()) })
}

#[derive(Default)]
struct Cells<'a> {
    rows: Vec<Row<'a>>,
    /// Inside of a cell that goes over lines.
    open: bool,
}

impl<'a> Cells<'a> {
    fn push(&mut self, row: &Row<'a>, text: String) {
        self.rows.push(row.with(text));
    }
}

fn html<'a>(cells: &mut Cells<'a>, row: &Row<'a>) {
    let text = &*row.text;
    let from = match text.find("<td") {
        Some(_) if text.contains("colspan") => return,
        Some(at) => text[at..].find('>').map_or(text.len(), |end| at + end + 1),
        None if cells.open => 0,
        None => return,
    };
    let (body, closed) = match text[from..].find("</td>") {
        Some(end) => (&text[from..from + end], true),
        None => (&text[from..], false),
    };
    cells.open = !closed;
    for line in body.trim_end_matches("<br />").trim_end_matches("<br>").split("<br />") {
        cells.push(row, glyph::unescape(line));
    }
}

fn asciidoc<'a>(cells: &mut Cells<'a>, row: &Row<'a>) {
    let text = &*row.text;
    let cell =
        text.strip_prefix("<l|QUERY PLAN <l|").or_else(|| text.strip_prefix('|')).or_else(|| text.strip_prefix("<l|"));
    if text.starts_with("^l|") || text.starts_with("2+") {
        return;
    }
    if let Some(body) = cell.or((!cells.rows.is_empty()).then_some(text)) {
        cells.push(row, body.replace("\\|", "|"));
    }
}

fn troff<'a>(cells: &mut Cells<'a>, row: &Row<'a>) {
    let text = &*row.text;
    let layout =
        text.starts_with(['.', '_', '\\']) || matches!(text.trim(), "center;" | "l." | "c s." | "c | l." | "c l;");
    if !layout {
        let text = text.strip_prefix("QUERY PLAN").map_or(text, str::trim_start);
        cells.push(row, text.replace("\\(rs", "\\"));
    }
}

fn latex<'a>(cells: &mut Cells<'a>, row: &Row<'a>) {
    let text = row.text.trim_end();
    let skip = ["\\hline", "\\textit{", "\\small", "\\midrule", "\\endfirsthead", "\\endhead", "\\multicolumn"];
    if skip.iter().any(|command| text.starts_with(command)) {
        return;
    }
    let text = text.strip_prefix("QUERY PLAN & ").unwrap_or(text);
    let text = text.strip_suffix(" \\\\").or_else(|| text.strip_suffix(" \\tabularnewline")).unwrap_or(text);
    let text = text.strip_prefix("\\raggedright{").and_then(|text| text.strip_suffix('}')).unwrap_or(text);
    for line in text.split("\\\\") {
        let mut line = line.to_owned();
        for (command, char) in COMMANDS {
            line = line.replace(command, char);
        }
        cells.push(row, line);
    }
}

const COMMANDS: [(&str, &str); 14] = [
    ("\\textgreater{}", ">"),
    ("\\textless{}", "<"),
    ("\\textbar{}", "|"),
    ("\\^{}", "^"),
    ("\\~{}", "~"),
    ("\\#", "#"),
    ("\\$", "$"),
    ("\\%", "%"),
    ("\\&", "&"),
    ("\\_", "_"),
    ("\\{", "{"),
    ("\\}", "}"),
    ("\\textbackslash{}", "\\"),
    ("\\textasciicircum{}", "^"),
];
