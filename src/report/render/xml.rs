//! Text made safe for XML 1.0: no markup, no character that the standard forbids, nothing that acts or hides.

use std::fmt::Write;

use crate::report::escape;

/// The value of an attribute, without its quotation marks. Line feeds survive as references.
pub fn attribute(text: &str) -> String {
    markup(&escape::block(text), |out, c| match c {
        '\n' => out.push_str("&#10;"),
        c => out.push(c),
    })
}

/// The content of an element.
pub fn text(text: &str) -> String {
    markup(&escape::block(text), String::push)
}

fn markup(text: &str, other: impl Fn(&mut String, char)) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // XML 1.0, production [2] Char: the only ones that escaping for a terminal leaves.
            '\u{fffe}' | '\u{ffff}' => write!(out, "&lt;U+{:04X}&gt;", c as u32).expect("writing to a String"),
            c => other(&mut out, c),
        }
    }
    out
}
