//! Texts in; SQL literals of them out, for statements of our own that take no parameters.

/// A string that means the same whatever `standard_conforming_strings` says.
pub(super) fn literal(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 8);
    quoted.push_str(" E'");
    for char in text.chars() {
        if matches!(char, '\'' | '\\') {
            quoted.push(char);
        }
        quoted.push(char);
    }
    quoted.push('\'');
    quoted
}

/// The text of an array of strings (Documentation, "Array Input and Output Syntax").
pub(super) fn array<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut array = String::from("{");
    for (place, text) in texts.into_iter().enumerate() {
        if place > 0 {
            array.push(',');
        }
        array.push('"');
        for char in text.chars() {
            if matches!(char, '"' | '\\') {
                array.push('\\');
            }
            array.push(char);
        }
        array.push('"');
    }
    array.push('}');
    array
}

/// A name in double quotes.
pub(super) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_stands_in_a_text_stays_in_it() {
        assert_eq!(literal(r"it's a \ b"), r" E'it''s a \\ b'");
        assert_eq!(array(["a", r#"b"c\d"#, ""]), r#"{"a","b\"c\\d",""}"#);
        assert_eq!(identifier("a\"b"), "\"a\"\"b\"");
    }
}
