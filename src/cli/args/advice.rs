//! What the indexes that are advised may take.

use std::time::Duration;

use clap::{Args as ClapArgs, ValueEnum};

use super::duration;

#[derive(Clone, Debug, ClapArgs)]
pub struct IndexAdvice {
    /// Bytes that all new indexes together may take: 336MB, 2GiB
    #[arg(long, value_name = "BYTES", value_parser = bytes, help_heading = "Indexes")]
    pub budget: Option<u64>,
    /// Most new indexes
    #[arg(long, value_name = "N", help_heading = "Indexes")]
    pub max_indexes: Option<usize>,
    /// Longest time that the search for the best set of indexes may take: 10s, 1m
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration, help_heading = "Indexes")]
    pub time_limit: Duration,
    /// Whose sizes count against the budget
    #[arg(long, value_name = "MODEL", default_value = "own", help_heading = "Indexes")]
    pub size_model: Sizes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Sizes {
    /// As they will be on disk
    Own,
    /// As HypoPG has them, up to six times as large: for comparison with published figures
    Hypopg,
}

/// `336MB` is 336,000,000, `2GiB` is 2,147,483,648; a number alone is bytes.
fn bytes(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let factor: f64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        "tb" => 1e12,
        "kib" => 1024.0,
        "mib" => 1024.0 * 1024.0,
        "gib" => 1024.0 * 1024.0 * 1024.0,
        "tib" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return Err("a size is expected: 336MB, 2GiB".to_owned()),
    };
    let number: f64 = number.parse().map_err(|_| "a size is expected: 336MB, 2GiB".to_owned())?;
    Ok((number * factor) as u64)
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_are_read_in_both_systems() {
        for (text, expected) in
            [("336MB", 336_000_000), ("2GiB", 2_147_483_648), ("1.5 kB", 1_500), ("8192", 8_192), ("1mib", 1_048_576)]
        {
            assert_eq!(bytes(text), Ok(expected), "{text}");
        }
        assert!(bytes("many").is_err() && bytes("5 parsecs").is_err());
    }
}
