//! The formats of logs that are read, and how to read them.

use super::prefix::Prefix;
pub use super::syslog::SyslogFormat;
use super::time::Zone;

/// How the records of one input are told apart and read.
#[derive(Clone, Debug)]
pub enum Format {
    Stderr(StderrFormat),
    Csv(CsvFormat),
    Json(JsonFormat),
    /// stderr lines behind the headers of syslog.
    Syslog(SyslogFormat),
}

#[derive(Clone, Debug)]
pub struct StderrFormat {
    /// The first fits most lines; further ones are there when the setting changed within the file.
    pub prefixes: Vec<Prefix>,
    pub zone: Zone,
    pub line_ends: LineEnds,
}

/// How lines end. In a file with [`LineEnds::Lf`] a carriage return belongs to the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnds {
    Lf,
    CrLf,
}

#[derive(Clone, Debug)]
pub struct CsvFormat {
    /// 23 (Postgres 12 and older), 24 (13) or 26 (14 and later).
    pub columns: usize,
    pub zone: Zone,
}

#[derive(Clone, Debug)]
pub struct JsonFormat {
    pub zone: Zone,
}

impl Format {
    /// A name for people: `stderr with log_line_prefix '%m [%p] '`.
    pub fn name(&self) -> String {
        match self {
            Format::Stderr(stderr) => {
                let prefix = stderr.prefixes.first().map_or("", Prefix::template);
                format!("stderr with log_line_prefix '{prefix}'")
            }
            Format::Csv(csv) => {
                let versions = match csv.columns {
                    23 => "12 or older",
                    24 => "13",
                    _ => "14 or later",
                };
                format!("csvlog of Postgres {versions}")
            }
            Format::Json(_) => "jsonlog".to_owned(),
            Format::Syslog(syslog) => format!("syslog (times without a year are of {})", syslog.year),
        }
    }
}
