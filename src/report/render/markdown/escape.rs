//! Text made safe for GitHub's and GitLab's Markdown: it shows as it is, makes no markup, no HTML, no link, and calls nobody.

use crate::report::escape;

/// An empty comment: it is dropped when shown, and what stands on its two sides is no mention, reference or address.
const NOTHING: &str = "<!-- -->";

/// For a line of prose; line feeds become spaces.
pub fn inline(text: &str) -> String {
    let text = escape::line(text);
    let mut out = String::with_capacity(text.len() + 16);
    for (i, c) in text.char_indices() {
        let rest = &text[i + c.len_utf8()..];
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' | '#' | '!' | '%' | '~' | '$' if rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') => {
                out.push('\\');
                out.push(c);
                out.push_str(NOTHING);
            }
            // `http://x`, `owner/repo`, `www.x` would become links.
            ':' if rest.starts_with("//") => out.push_str(&format!(":{NOTHING}")),
            '.' if out.len() >= 3 && out[..].to_ascii_lowercase().ends_with("www") => {
                out.push_str(&format!("{NOTHING}."));
            }
            // What begins a list, a rule or the underline of a heading.
            '-' | '+' | '=' if out.is_empty() => {
                out.push('\\');
                out.push(c);
            }
            '\\' | '`' | '*' | '_' | '[' | ']' | '{' | '}' | '#' | '!' | '|' | '~' | '^' | '$' | '@' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    // A number and a full stop at the beginning would be a list.
    match out.split_once('.') {
        Some((number, rest)) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{number}\\.{rest}")
        }
        _ => out,
    }
}

/// For a cell of a table.
pub fn cell(text: &str) -> String {
    inline(text)
}

/// A code span: nothing in it is read, but a pipe would end the cell of a table.
pub fn code(text: &str) -> String {
    let text = escape::line(text).replace('|', "\\|");
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A block of SQL, fenced by more backticks than stand in it.
pub fn block(text: &str) -> String {
    let text = escape::block(text);
    let fence = "`".repeat(longest_run(&text).max(2) + 1);
    format!("{fence}sql\n{}\n{fence}\n\n", text.trim_end())
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_shows_as_it_is() {
        assert_eq!(inline("Building an index on public.orders, 3 of 4"), "Building an index on public.orders, 3 of 4");
        assert_eq!(inline("a|b `c` *d* <img>"), "a\\|b \\`c\\` \\*d\\* &lt;img&gt;");
        assert_eq!(inline("1. x"), "1\\. x");
        assert_eq!(inline("- a-b"), "\\- a-b");
        assert_eq!(inline("a\nb\u{202e}"), "a b&lt;U+202E&gt;");
    }

    #[test]
    fn nobody_is_called_and_nothing_is_linked() {
        for text in ["@everyone", "#12", "!34", "http://x.y", "www.x.y", "WWW.x"] {
            assert!(inline(text).contains(NOTHING), "{}", inline(text));
        }
    }

    #[test]
    fn code_is_fenced_by_more_than_it_holds() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`a|b"), "`` `a\\|b ``");
        assert!(block("```\nx").starts_with("````sql\n"));
    }
}
