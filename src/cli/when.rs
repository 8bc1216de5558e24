//! A moment as people type it, to microseconds UTC.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::failure::Failure;

/// RFC 3339, or date and time (or a date alone) in `zone`.
pub fn parse(option: &str, text: &str, zone: &TimeZone) -> Result<i64, Failure> {
    let moment = text.parse::<Timestamp>().or_else(|_| {
        let civil: DateTime = text.parse()?;
        zone.to_timestamp(civil)
    });
    moment.map(Timestamp::as_microsecond).map_err(|_| {
        Failure::new(
            format!("{option} {text:?} is no moment"),
            format!("write {option} 2026-11-20T10:00:00Z, or {option} '2026-11-20 10:00'"),
        )
    })
}

/// The zone of a moment that names none.
pub fn zone(name: Option<&str>) -> Result<TimeZone, Failure> {
    let Some(name) = name else { return Ok(TimeZone::UTC) };
    TimeZone::get(name).map_err(|_| {
        Failure::new(format!("there is no time zone {name:?}"), "give an IANA name: --timezone Europe/Paris")
    })
}

/// RFC 3339 with as many digits as it needs; `None` outside the calendar.
pub fn show(micros: i64) -> Option<String> {
    Timestamp::from_microsecond(micros).ok().map(|t| t.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_people_type_them() {
        let paris = zone(Some("Europe/Paris")).unwrap();
        let at = |text: &str| show(parse("--since", text, &paris).unwrap()).unwrap();
        assert_eq!(at("2026-11-20T10:00:00Z"), "2026-11-20T10:00:00Z");
        assert_eq!(at("2026-11-20T10:00:00.5+02:00"), "2026-11-20T08:00:00.5Z");
        assert_eq!(at("2026-11-20 10:00"), "2026-11-20T09:00:00Z");
        assert_eq!(at("2026-11-20 10:00:30"), "2026-11-20T09:00:30Z");
        assert_eq!(at("2026-07-01"), "2026-06-30T22:00:00Z");
    }

    #[test]
    fn what_is_no_moment_is_told_with_an_example() {
        let failure = parse("--until", "yesterday", &TimeZone::UTC).unwrap_err().to_string();
        assert!(failure.contains("yesterday") && failure.contains("--until 2026-"), "{failure}");
        assert!(zone(Some("Mars/Olympus")).is_err());
    }
}
