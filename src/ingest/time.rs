//! Log timestamps to microseconds UTC: `2026-11-20 23:58:01.123 CET`, `… +01`, and the epoch of `%n`.
//!
//! Most records stand in the same minute and zone as the one before, so that minute is remembered.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use super::event::Micros;
use super::zones;

const MINUTE: usize = "2026-11-20 23:58".len();
const ZONE_MAX: usize = 12;

/// Parses timestamps; keeps the last minute and zone.
#[derive(Debug, Default)]
pub struct Clock {
    minute: [u8; MINUTE],
    zone: [u8; ZONE_MAX],
    zone_len: usize,
    /// The remembered minute's start; `None` until a first timestamp was read.
    base: Option<Micros>,
    zone_is_known: bool,
}

/// A parsed timestamp and how many bytes it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub at: Micros,
    pub len: usize,
    /// False when the abbreviation is not known; the time was then taken as UTC.
    pub zone_is_known: bool,
}

impl Clock {
    /// Reads `YYYY-MM-DD HH:MM:SS[.fff] ZONE` at the start of `text`. `zone` says how to read abbreviations.
    #[inline]
    pub fn parse(&mut self, text: &[u8], zone: &Zone) -> Option<Stamp> {
        let head: &[u8; MINUTE] = text.first_chunk()?;
        let rest = &text[MINUTE..];
        let seconds = match rest {
            [b':', tens @ b'0'..=b'6', ones @ b'0'..=b'9', ..] => i64::from(tens - b'0') * 10 + i64::from(ones - b'0'),
            _ => return None,
        };
        let mut len = 3;
        let mut micros = 0;
        if rest.get(len) == Some(&b'.') {
            len += 1;
            let mut scale = 100_000;
            while let Some(digit @ b'0'..=b'9') = rest.get(len) {
                micros += i64::from(digit - b'0') * scale;
                scale /= 10;
                len += 1;
            }
        }
        let within = seconds * 1_000_000 + micros;
        if let Some(base) = self.base
            && *head == self.minute
            && let Some(after) = rest[len..].strip_prefix(&self.zone[..self.zone_len])
            && !after.first().is_some_and(u8::is_ascii_alphanumeric)
        {
            let len = MINUTE + len + self.zone_len;
            return Some(Stamp { at: base + within, len, zone_is_known: self.zone_is_known });
        }
        self.parse_new_minute(head, &rest[len..], zone).map(|(base, zone_len)| Stamp {
            at: base + within,
            len: MINUTE + len + zone_len,
            zone_is_known: self.zone_is_known,
        })
    }

    #[cold]
    fn parse_new_minute(&mut self, head: &[u8; MINUTE], rest: &[u8], zone: &Zone) -> Option<(Micros, usize)> {
        let local = local_minute(head)?;
        // A log without a zone is never Postgres's own, but some collectors cut it.
        let word_len = rest.strip_prefix(b" ").map_or(0, zone_len);
        let taken = if word_len == 0 { 0 } else { word_len + 1 };
        let word = &rest[taken - word_len..taken];
        let (offset, known) = zone.offset(word, local);
        let base = (local - offset) * 1_000_000;
        self.minute = *head;
        self.zone_len = taken;
        self.zone[..taken].copy_from_slice(&rest[..taken]);
        self.zone_is_known = known;
        self.base = Some(base);
        Some((base, taken))
    }

    /// Another zone setting makes the remembered minute wrong.
    pub(crate) fn forget(&mut self) {
        self.base = None;
    }
}

/// `%n`: seconds since the epoch with three decimals.
#[inline]
pub fn parse_epoch(text: &[u8]) -> Option<Stamp> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(9..=11).contains(&digits) || text.get(digits) != Some(&b'.') {
        return None;
    }
    let seconds = super::record::number(&text[..digits])?;
    let mut micros = 0;
    let mut scale = 100_000;
    let mut len = digits + 1;
    while let Some(digit @ b'0'..=b'9') = text.get(len) {
        micros += i64::from(digit - b'0') * scale;
        scale /= 10;
        len += 1;
    }
    Some(Stamp { at: seconds * 1_000_000 + micros, len, zone_is_known: true })
}

/// How the zone of a timestamp is understood.
#[derive(Clone, Debug, Default)]
pub struct Zone {
    /// `--timezone`: the server's `log_timezone`; decides all abbreviations but UTC and numeric offsets.
    named: Option<TimeZone>,
}

impl Zone {
    /// `name` is an IANA name (`Europe/Paris`).
    pub fn named(name: &str) -> Result<Self, jiff::Error> {
        Ok(Self { named: Some(TimeZone::get(name)?) })
    }

    /// Whether the word could mean another offset than the one taken for it.
    pub(crate) fn is_ambiguous(&self, word: &[u8]) -> bool {
        self.named.is_none() && zones::is_ambiguous(word)
    }

    /// Offset from UTC in seconds for a local time (seconds since the epoch as if it were UTC), and whether the word
    /// was understood.
    fn offset(&self, word: &[u8], local: i64) -> (i64, bool) {
        if let Some(fixed) = zones::numeric(word) {
            return (fixed, true);
        }
        if matches!(word, b"UTC" | b"GMT" | b"UCT" | b"Z") {
            return (0, true);
        }
        if let Some(named) = &self.named {
            return (offset_in(named, word, local), true);
        }
        match zones::abbreviation(word) {
            Some(offset) => (offset, true),
            None => (0, word.is_empty()),
        }
    }
}

/// In an hour that happens twice the abbreviation decides which of both it is.
fn offset_in(zone: &TimeZone, word: &[u8], local: i64) -> i64 {
    let Ok(datetime) = jiff::Timestamp::from_second(local).map(|at| Offset::UTC.to_datetime(at)) else { return 0 };
    let seconds = |offset: Offset| i64::from(offset.seconds());
    match zone.to_ambiguous_timestamp(datetime).offset() {
        AmbiguousOffset::Unambiguous { offset } => seconds(offset),
        AmbiguousOffset::Gap { before, .. } => seconds(before),
        AmbiguousOffset::Fold { before, after } => {
            if named_as(zone, after, datetime, word) {
                seconds(after)
            } else {
                seconds(before)
            }
        }
    }
}

fn named_as(zone: &TimeZone, offset: Offset, datetime: DateTime, word: &[u8]) -> bool {
    offset.to_timestamp(datetime).is_ok_and(|at| zone.to_offset_info(at).abbreviation().as_bytes() == word)
}

/// Length of the abbreviation or numeric offset at the start of `text`; Postgres prints neither colons nor brackets.
pub(crate) fn zone_len(text: &[u8]) -> usize {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let len = match text.first() {
        Some(b'+' | b'-') => 1 + digits(&text[1..]),
        _ => text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count(),
    };
    if (2..ZONE_MAX).contains(&len) || text.first() == Some(&b'Z') && len == 1 { len } else { 0 }
}

/// `YYYY-MM-DD HH:MM` as seconds since the epoch, as if it were UTC.
fn local_minute(text: &[u8; MINUTE]) -> Option<i64> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b' ' | b'T', h1, h2, b':', i1, i2] = *text else { return None };
    let two = |tens: u8, ones: u8| {
        (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
    };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let (month, day, hour, minute) = (two(m1, m2)?, two(d1, d2)?, two(h1, h2)?, two(i1, i2)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 24 || minute > 59 {
        return None;
    }
    Some((days_from_civil(year, month, day) * 24 + hour) * 3600 + minute * 60)
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar; years counted from March so that leap days come last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, zone: &Zone) -> Option<i64> {
        Clock::default().parse(text.as_bytes(), zone).map(|stamp| stamp.at)
    }

    #[test]
    fn reads_zones() {
        let plain = Zone::default();
        // `date -u -d '2026-11-20 22:58:01 UTC' +%s` = 1795215481
        assert_eq!(at("2026-11-20 22:58:01.123 UTC", &plain), Some(1_795_215_481_123_000));
        assert_eq!(at("2026-11-20 23:58:01.123 CET", &plain), Some(1_795_215_481_123_000));
        assert_eq!(at("2026-11-20 23:58:01 +01 [1]", &plain), Some(1_795_215_481_000_000));
        assert_eq!(at("2026-11-20 19:28:01 -0330", &plain), Some(1_795_215_481_000_000));
        assert_eq!(at("2026-11-20 22:58:01.5", &plain), Some(1_795_215_481_500_000));
        assert_eq!(at("2026-13-20 22:58:01 UTC", &plain), None);
        assert_eq!(at("1970-01-01 00:00:00 UTC", &plain), Some(0));
        assert_eq!(at("2024-02-29 12:00:00 UTC", &plain), Some(1_709_208_000_000_000));
    }

    #[test]
    fn a_repeated_hour_is_told_apart_by_its_abbreviation() {
        let paris = Zone::named("Europe/Paris").expect("bundled zone");
        let summer = at("2026-10-25 02:30:00 CEST", &paris).expect("time");
        let winter = at("2026-10-25 02:30:00 CET", &paris).expect("time");
        assert_eq!(winter - summer, 3_600_000_000);
        // China's CST needs the zone's name: without it the abbreviation means the American one.
        let shanghai = Zone::named("Asia/Shanghai").expect("bundled zone");
        assert_eq!(at("2026-11-20 08:00:00 CST", &shanghai), at("2026-11-20 00:00:00 UTC", &shanghai));
    }

    #[test]
    fn the_remembered_minute_does_not_leak_into_another_zone() {
        let (zone, mut clock) = (Zone::default(), Clock::default());
        let mut read = |text: &str| clock.parse(text.as_bytes(), &zone).expect("time");
        let first = read("2026-11-20 22:58:01.000 UTC [1]");
        assert_eq!(first.len, "2026-11-20 22:58:01.000 UTC".len());
        assert_eq!(read("2026-11-20 22:58:02.000 UTC").at - first.at, 1_000_000);
        assert_eq!(read("2026-11-20 23:58:02.000 CET").at - first.at, 1_000_000);
        assert_eq!(read("2026-11-21 00:58:02.000 CEST").at - first.at, 1_000_000);
        assert!(!read("2026-11-21 00:58:02.000 QQQ").zone_is_known);
    }

    #[test]
    fn reads_epochs() {
        assert_eq!(parse_epoch(b"1795215481.123 x").map(|s| (s.at, s.len)), Some((1_795_215_481_123_000, 14)));
        assert_eq!(parse_epoch(b"65.1"), None);
    }
}
