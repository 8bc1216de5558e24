//! Time zone abbreviations as Postgres logs them, to seconds east of UTC.
//!
//! Offsets are those of Postgres's own `share/timezonesets/Default`; where several zones share an abbreviation that file
//! decides, and [`is_ambiguous`] says that `--timezone` should be given.

/// `+01`, `-0330`, `+05:30`, `+053015`; also the `<+01>` form is written by Postgres without its brackets.
pub(crate) fn numeric(word: &[u8]) -> Option<i64> {
    let (sign, digits) = match word {
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let mut parts = [0i64; 3];
    let mut count = 0;
    for byte in digits.iter().filter(|byte| **byte != b':') {
        let value = i64::from(byte.checked_sub(b'0').filter(|digit| *digit < 10)?);
        let part = parts.get_mut(count / 2)?;
        *part = *part * 10 + value;
        count += 1;
    }
    (count == 1 || count % 2 == 0 && count > 0).then(|| sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]))
}

/// `None` for a word that is in no table.
pub(crate) fn abbreviation(word: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(word).ok()?;
    TABLE.binary_search_by(|(name, _)| (*name).cmp(text)).ok().map(|index| i64::from(TABLE[index].1) * 60)
}

/// Abbreviations that mean different offsets in different countries.
pub(crate) fn is_ambiguous(word: &[u8]) -> bool {
    matches!(
        word,
        b"AMT"
            | b"AST"
            | b"BST"
            | b"CDT"
            | b"CST"
            | b"EDT"
            | b"EST"
            | b"GST"
            | b"IST"
            | b"MST"
            | b"PST"
            | b"SST"
            | b"WST"
    )
}

/// Minutes east of UTC, ascending by name.
const TABLE: &[(&str, i32)] = &[
    ("ACDT", 630),
    ("ACST", 570),
    ("ADT", -180),
    ("AEDT", 660),
    ("AEST", 600),
    ("AKDT", -480),
    ("AKST", -540),
    ("AST", -240),
    ("AWST", 480),
    ("BST", 60),
    ("CAT", 120),
    ("CDT", -300),
    ("CEST", 120),
    ("CET", 60),
    ("CST", -360),
    ("ChST", 600),
    ("EAT", 180),
    ("EDT", -240),
    ("EEST", 180),
    ("EET", 120),
    ("EST", -300),
    ("GMT", 0),
    ("HDT", -540),
    ("HKT", 480),
    ("HST", -600),
    ("IDT", 180),
    ("IST", 120),
    ("JST", 540),
    ("KST", 540),
    ("MDT", -360),
    ("MSD", 240),
    ("MSK", 180),
    ("MST", -420),
    ("NDT", -150),
    ("NST", -210),
    ("NZDT", 780),
    ("NZST", 720),
    ("PDT", -420),
    ("PKT", 300),
    ("PST", -480),
    ("SAST", 120),
    ("SST", -660),
    ("UCT", 0),
    ("UTC", 0),
    ("WAT", 60),
    ("WEST", 60),
    ("WET", 0),
    ("WIB", 420),
    ("WIT", 540),
    ("WITA", 480),
    ("Z", 0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(TABLE.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn numeric_offsets() {
        assert_eq!(numeric(b"+01"), Some(3600));
        assert_eq!(numeric(b"-0330"), Some(-12_600));
        assert_eq!(numeric(b"+05:45"), Some(20_700));
        assert_eq!(numeric(b"+"), None);
        assert_eq!(numeric(b"CET"), None);
    }
}
