//! Figures for a person: three digits that matter, and the unit that fits.

/// Milliseconds.
pub fn duration(ms: f64) -> String {
    let magnitude = ms.abs();
    if magnitude < 1000.0 {
        format!("{} ms", figure(ms))
    } else if magnitude < 60_000.0 {
        format!("{} s", figure(ms / 1000.0))
    } else if magnitude < 3_600_000.0 {
        format!("{} min", figure(ms / 60_000.0))
    } else if magnitude < 86_400_000.0 {
        format!("{} h", figure(ms / 3_600_000.0))
    } else {
        match figure(ms / 86_400_000.0).as_str() {
            "1" => "1 day".into(),
            days => format!("{days} days"),
        }
    }
}

pub fn maybe_duration(ms: Option<f64>) -> String {
    ms.map_or_else(|| "-".into(), duration)
}

pub fn bytes(n: u64) -> String {
    const STEPS: [(f64, &str); 4] = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    match STEPS.iter().find(|(size, _)| n as f64 >= *size) {
        Some((size, unit)) => format!("{} {unit}", figure(n as f64 / size)),
        None => format!("{n} bytes"),
    }
}

/// `1234567` as `1,234,567`.
pub fn count(n: u64) -> String {
    grouped(&n.to_string())
}

/// An estimate of many: `98 million`, `1.2 billion`, `120,000`.
pub fn rounded(n: f64) -> String {
    match n {
        n if n >= 1e9 => format!("{} billion", figure(n / 1e9)),
        n if n >= 1e6 => format!("{} million", figure(n / 1e6)),
        n => figure(n),
    }
}

/// `1 query`, `2 queries`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// A figure as its unit is said: `1.5 s` for 1500 `ms`, `1 row`, `3 rows`.
pub fn with_unit(value: f64, unit: &str) -> String {
    match (unit, figure(value).as_str()) {
        ("ms", _) => duration(value),
        ("bytes", _) => bytes(value.max(0.0) as u64),
        ("", number) => number.to_owned(),
        (unit, "1") => format!("1 {}", one(unit)),
        (unit, number) => format!("{number} {unit}"),
    }
}

/// Of a single English word in the plural, the singular.
fn one(unit: &str) -> String {
    let longer = ["ches", "xes", "shes", "sses"].iter().any(|end| unit.ends_with(end));
    match unit {
        unit if unit.len() < 3 || unit.contains(' ') => unit.to_owned(),
        unit if unit.ends_with("ies") => format!("{}y", &unit[..unit.len() - 3]),
        unit if longer => unit[..unit.len() - 2].to_owned(),
        unit => unit.strip_suffix('s').unwrap_or(unit).to_owned(),
    }
}

/// Three digits that matter: `0.0123`, `1.23`, `12.3`, `123`, `12,345`.
pub fn figure(value: f64) -> String {
    let magnitude = value.abs();
    let digits = match magnitude {
        m if m == 0.0 || m >= 99.95 => 0,
        m if m >= 9.995 => 1,
        m if m >= 0.0995 => 2,
        m if m >= 0.00995 => 3,
        _ => 4,
    };
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    match text.strip_prefix('-') {
        Some(rest) => format!("-{}", grouped(rest)),
        None => grouped(text),
    }
}

fn grouped(number: &str) -> String {
    let (whole, fraction) = number.split_at(number.find('.').unwrap_or(number.len()));
    let mut out = String::with_capacity(number.len() + 4);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + fraction
}

/// A bar of `width` places for a share of 0 to 1; anything above zero shows at least one place.
pub fn bar(share: f64, width: usize) -> String {
    let filled = (share.clamp(0.0, 1.0) * width as f64).round() as usize;
    let filled = if share > 0.0 { filled.max(1) } else { filled };
    format!("{}{}", "#".repeat(filled), ".".repeat(width - filled))
}

/// One glyph a value, scaled to the largest.
pub fn sparkline(values: &[f64]) -> String {
    const GLYPHS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let top = values.iter().copied().fold(0.0, f64::max);
    let glyph = |v: f64| match top {
        t if t <= 0.0 || v <= 0.0 => ' ',
        t => GLYPHS[((v / t * 8.0).ceil() as usize).clamp(1, 8) - 1],
    };
    values.iter().map(|v| glyph(*v)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_said_in_the_singular() {
        for (value, unit, said) in [
            (1.0, "deadlocks", "1 deadlock"),
            (1.0, "queries", "1 query"),
            (1.0, "batches", "1 batch"),
            (1.0, "indexes", "1 index"),
            (1.0, "times", "1 time"),
            (1.2, "times", "1.2 times"),
            (1.0, "s", "1 s"),
            (1.0, "s ago", "1 s ago"),
            (1.0, "planner cost", "1 planner cost"),
            (2.0, "rows", "2 rows"),
            (1.0, "", "1"),
            (1500.0, "ms", "1.5 s"),
            (1500.0, "bytes", "1.5 kB"),
        ] {
            assert_eq!(with_unit(value, unit), said);
        }
    }

    #[test]
    fn durations_take_the_unit_that_fits() {
        let cases: [(f64, &str); 9] = [
            (0.0, "0 ms"),
            (0.042, "0.042 ms"),
            (12.34, "12.3 ms"),
            (999.0, "999 ms"),
            (1234.0, "1.23 s"),
            (60_000.0, "1 min"),
            (5_400_000.0, "1.5 h"),
            (86_400_000.0, "1 day"),
            (8.64e12, "100,000 days"),
        ];
        for (ms, text) in cases {
            assert_eq!(duration(ms), text);
        }
    }

    #[test]
    fn counts_and_bytes() {
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(12), "12");
        assert_eq!(bytes(4_211_000), "4.21 MB");
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(rounded(97_950_000.0), "98 million");
        assert_eq!(rounded(120_000.0), "120,000");
        assert_eq!(figure(-1234.5), "-1,234");
        assert_eq!(figure(100.0), "100");
    }

    #[test]
    fn bars_and_sparklines_keep_their_width() {
        assert_eq!(bar(0.5, 10), "#####.....");
        assert_eq!(bar(0.001, 10), "#.........");
        assert_eq!(bar(0.0, 4), "....");
        assert_eq!(sparkline(&[0.0, 1.0, 8.0]), " ▁█");
        assert_eq!(sparkline(&[0.0]), " ");
    }
}
