//! Shapes of prefix parts that can be told without a template: timestamps, session ids, addresses.

/// A timestamp's extent and whether it has milliseconds (`%m`) or not (`%t`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimeShape {
    pub len: usize,
    pub millis: bool,
}

/// `YYYY-MM-DD HH:MM:SS[.mmm] ZONE`
pub(crate) fn timestamp(text: &[u8]) -> Option<TimeShape> {
    const SHAPE: &[u8] = b"0000-00-00 00:00:00";
    let head = text.get(..SHAPE.len())?;
    let fits = |(byte, shape): (&u8, &u8)| if *shape == b'0' { byte.is_ascii_digit() } else { byte == shape };
    if !head.iter().zip(SHAPE).all(fits) {
        return None;
    }
    let mut len = SHAPE.len();
    let mut millis = false;
    if text.get(len) == Some(&b'.') {
        millis = true;
        len += 1 + text[len + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    }
    if let Some(zone) = text[len..].strip_prefix(b" ") {
        let zone_len = crate::ingest::time::zone_len(zone);
        // A word that is the severity (`%t LOG:`) is no zone.
        if zone_len > 0 && crate::ingest::severity::heading(zone).is_none() {
            len += 1 + zone_len;
        }
    }
    Some(TimeShape { len, millis })
}

/// `%n`: ten digits, a point, three digits.
pub(crate) fn epoch(text: &[u8]) -> Option<usize> {
    crate::ingest::time::parse_epoch(text).map(|stamp| stamp.len)
}

/// `%c`: start in hexadecimal, a point, process id in hexadecimal.
pub(crate) fn session(text: &[u8]) -> Option<usize> {
    let start = text.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    if !(7..=9).contains(&start) || text.get(start) != Some(&b'.') {
        return None;
    }
    let pid = text[start + 1..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    (1..=8).contains(&pid).then_some(start + 1 + pid)
}

/// `[local]`, an IPv4 address, an IPv6 address; `true` when a port in parentheses follows (`%r`).
pub(crate) fn remote(text: &[u8]) -> Option<(usize, bool)> {
    let len = if text.starts_with(b"[local]") {
        return Some(("[local]".len(), false));
    } else {
        let len = text.iter().take_while(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':')).count();
        let host = std::str::from_utf8(&text[..len]).ok()?;
        // `%r:%u` glues a colon to the address.
        let host = host.strip_suffix(':').filter(|host| !host.ends_with(':')).unwrap_or(host);
        host.parse::<std::net::IpAddr>().ok()?;
        host.len()
    };
    let port = text[len..].strip_prefix(b"(").and_then(|inside| {
        let digits = inside.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (digits > 0 && inside.get(digits) == Some(&b')')).then_some(digits + 2)
    });
    Some((len + port.unwrap_or(0), port.is_some()))
}
