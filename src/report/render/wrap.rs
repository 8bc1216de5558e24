//! Lines that fit: wrapping, indenting and shortening text that is already escaped.
//!
//! Widths are counted in characters: logs are mostly ASCII, and a line that is a little too wide only wraps.

/// Words of `text` in lines of at most `width` characters; a longer word stands alone and whole.
pub fn words(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        let mut length = 0;
        for word in paragraph.split_whitespace() {
            let size = word.chars().count();
            if length > 0 && length + 1 + size > width {
                lines.push(std::mem::take(&mut line));
                length = 0;
            }
            if length > 0 {
                line.push(' ');
                length += 1;
            }
            line.push_str(word);
            length += size;
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    lines
}

/// `items` joined by `separator`, as many as fit on a line.
pub fn items(items: &[String], separator: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for item in items {
        match lines.last_mut() {
            Some(line) if line.chars().count() + separator.len() + item.chars().count() <= width => {
                line.push_str(separator);
                line.push_str(item);
            }
            _ => lines.push(item.clone()),
        }
    }
    lines
}

/// At most `width` characters of a query. The middle goes: the tables and conditions at its end say more than the end
/// of a select list.
pub fn shorten(text: &str, width: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = text.chars().count();
    if length <= width || width < 12 {
        return text.chars().take(width.max(12)).collect();
    }
    const GAP: &str = " ... ";
    let room = width - GAP.len();
    let start: String = text.chars().take(room * 2 / 5).collect();
    let start = start.rsplit_once(' ').map_or(start.as_str(), |(words, _)| words);
    let end: String = text.chars().skip(length - (room - start.chars().count())).collect();
    let end = end.split_once(' ').map_or(end.as_str(), |(_, words)| words);
    format!("{start}{GAP}{end}")
}

/// Clauses that begin a line when a statement does not fit one.
const CLAUSES: [&str; 16] = [
    "FROM",
    "WHERE",
    "GROUP",
    "HAVING",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "JOIN",
    "LEFT",
    "RIGHT",
    "INNER",
    "CROSS",
    "UNION",
    "SET",
    "VALUES",
    "RETURNING",
];

/// SQL to copy: a line that is too long is broken before clauses, and else between words. Line breaks are the only change,
/// and none falls into a string, a quoted name or behind the beginning of a comment.
pub fn sql(text: &str, width: usize) -> Vec<String> {
    text.lines().flat_map(|line| sql_line(line, width)).collect()
}

fn sql_line(line: &str, width: usize) -> Vec<String> {
    let dollar_quote = line.split('$').skip(1).any(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()));
    let hazard = dollar_quote || ["--", "/*", "\\"].iter().any(|mark| line.contains(mark));
    if line.chars().count() <= width || hazard {
        return vec![line.to_string()];
    }
    let indent = line.len() - line.trim_start().len();
    let clauses = clauses(line.trim_start());
    let pad = " ".repeat(indent);
    let mut out = Vec::new();
    for clause in clauses {
        let mut current = pad.clone();
        for word in &clause {
            if current.trim().is_empty() {
                current.push_str(word);
            } else if current.chars().count() + 1 + word.chars().count() <= width {
                current.push(' ');
                current.push_str(word);
            } else {
                out.push(std::mem::replace(&mut current, format!("{pad}  {word}")));
            }
        }
        out.push(current);
    }
    out
}

/// Words of a statement (quoted parts whole), a new list at each clause outside of parentheses.
fn clauses(line: &str) -> Vec<Vec<String>> {
    let mut out: Vec<Vec<String>> = vec![Vec::new()];
    let (mut word, mut quote, mut depth, mut depth_before) = (String::new(), None, 0_i32, 0_i32);
    for c in line.chars().chain([' ']) {
        match (c, quote) {
            (' ', None) => {
                let last = out.last().and_then(|clause| clause.last()).cloned().unwrap_or_default();
                let joined = matches!(last.as_str(), "LEFT" | "RIGHT" | "INNER" | "CROSS" | "DELETE" | "FOR" | "OUTER");
                if depth_before == 0 && !joined && CLAUSES.contains(&word.as_str()) {
                    out.push(Vec::new());
                }
                if let (Some(clause), false) = (out.last_mut(), word.is_empty()) {
                    clause.push(std::mem::take(&mut word));
                }
                depth_before = depth;
                continue;
            }
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            ('(', None) => depth += 1,
            (')', None) => depth -= 1,
            _ => {}
        }
        word.push(c);
    }
    if quote.is_some() {
        return vec![vec![line.to_string()]];
    }
    out.retain(|clause| !clause.is_empty());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_fit_and_long_ones_stay_whole() {
        assert_eq!(words("one two three", 7), ["one two", "three"]);
        assert_eq!(words("CREATE extraordinarily long", 6), ["CREATE", "extraordinarily", "long"]);
        assert!(words(" \n ", 5).is_empty());
    }

    #[test]
    fn shortening_keeps_both_ends() {
        let text = "select id, name, email, created_at, updated_at from orders where customer_id = $1";
        let short = shorten(text, 50);
        assert!(short.chars().count() <= 50, "{short}");
        assert!(short.starts_with("select id"), "{short}");
        assert!(short.ends_with("customer_id = $1"), "{short}");
        assert_eq!(shorten("select\n 1", 50), "select 1");
    }

    #[test]
    fn sql_breaks_at_clauses_and_never_in_a_string() {
        let text =
            "SELECT id, note FROM orders WHERE note = 'a  FROM b' AND id IN (SELECT id FROM x) ORDER BY id LIMIT 5";
        assert_eq!(
            sql(text, 60),
            [
                "SELECT id, note",
                "FROM orders",
                "WHERE note = 'a  FROM b' AND id IN (SELECT id FROM x)",
                "ORDER BY id",
                "LIMIT 5"
            ]
        );
        assert_eq!(sql("SELECT 1", 60), ["SELECT 1"]);
        let comment = "SELECT 1 -- a comment that is much longer than the line can be";
        assert_eq!(sql(comment, 20), [comment]);
        for open in ["SELECT 'never closed and very long', 'x y", "SELECT E'it\\'s a string FROM x', y FROM z"] {
            assert_eq!(sql(open, 20), [open]);
        }
        let joins = "SELECT a.id FROM a LEFT JOIN b ON b.a_id = a.id";
        assert_eq!(sql(joins, 40), ["SELECT a.id", "FROM a", "LEFT JOIN b ON b.a_id = a.id"]);
    }

    #[test]
    fn items_share_lines() {
        let list = ["aa".to_string(), "bb".into(), "cc".into()];
        assert_eq!(items(&list, ", ", 6), ["aa, bb", "cc"]);
    }
}
