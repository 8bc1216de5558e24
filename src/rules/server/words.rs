//! Figures in, words out: ages, sizes, counts.

/// `90 seconds`, `25 minutes`, `3 hours`, `12 days`: two digits or so of the largest unit that tells something.
pub fn age(seconds: u64) -> String {
    let (number, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    if number == 1 { format!("1 {unit}") } else { format!("{} {unit}s", count(number)) }
}

/// `12 kB`, `3.4 GB`: 1024 of each make the next, as the server counts.
pub fn size(bytes: f64) -> String {
    let mut number = bytes;
    let mut unit = "bytes";
    for next in ["kB", "MB", "GB", "TB"] {
        if number < 1024.0 {
            break;
        }
        number /= 1024.0;
        unit = next;
    }
    let digits = usize::from(number < 10.0 && unit != "bytes");
    format!("{number:.digits$} {unit}")
}

/// `1,234,567`
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Of a statement, as much as a title or a line of evidence takes.
pub fn start(text: &str) -> String {
    const LETTERS: usize = 160;
    match text.char_indices().nth(LETTERS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_as_people_do() {
        assert_eq!(
            [age(1), age(90), age(1500), age(10_800), age(1_036_800)].join(" | "),
            "1 second | 90 seconds | 25 minutes | 3 hours | 12 days"
        );
        assert_eq!([size(0.0), size(1536.0), size(1e9), size(5e12)].join(" | "), "0 bytes | 1.5 kB | 954 MB | 4.5 TB");
        assert_eq!([count(0), count(999), count(1_000), count(2_147_483_647)].join(" "), "0 999 1,000 2,147,483,647");
    }
}
