//! Parameter lists as Postgres logs them (`$1 = '5', $2 = NULL`) in, values by number out.

use crate::workload::model::Query;

/// The values that parameter `$number` had in the query's samples; NULLs and values that were cut short are left out.
pub fn values(query: &Query, number: u16) -> Vec<String> {
    query.samples.iter().filter_map(|sample| value(&sample.parameters, number)).collect()
}

/// The value of one parameter in a logged list.
pub fn value(list: &str, number: u16) -> Option<String> {
    let mut rest = list;
    loop {
        rest = rest.trim_start_matches([' ', ',']).strip_prefix('$')?;
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let current: u16 = rest[..digits].parse().ok()?;
        rest = rest[digits..].trim_start().strip_prefix('=')?.trim_start();
        let (value, after) = one(rest)?;
        if current == number {
            return value;
        }
        rest = after;
    }
}

/// A quoted value with doubled quotes, or NULL; and what follows.
fn one(text: &str) -> Option<(Option<String>, &str)> {
    let Some(inner) = text.strip_prefix('\'') else {
        return text.strip_prefix("NULL").map(|after| (None, after));
    };
    let mut value = String::new();
    let mut letters = inner.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter != '\'' {
            value.push(letter);
        } else if letters.next_if(|(_, next)| *next == '\'').is_some() {
            value.push('\'');
        } else {
            let after = &inner[at + 1..];
            // `'abc...'` is a value that log_parameter_max_length cut short.
            let cut = value.ends_with("...");
            return Some(((!cut).then_some(value), after));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_nulls_and_commas() {
        let list = "$1 = '5', $2 = NULL, $3 = 'it''s, $4 = ', $10 = 'abc...'";
        assert_eq!(value(list, 1).as_deref(), Some("5"));
        assert_eq!(value(list, 2), None);
        assert_eq!(value(list, 3).as_deref(), Some("it's, $4 = "));
        assert_eq!(value(list, 10), None);
        assert_eq!(value(list, 4), None);
        assert_eq!(value("", 1), None);
    }
}
