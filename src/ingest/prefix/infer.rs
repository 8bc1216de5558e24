//! Finds the `log_line_prefix` of a log from its lines: well-known templates and templates read off the shapes of lines
//! compete; the one that fits the most lines wins, then the one that tells more.

use crate::ingest::severity;
use crate::ingest::time::{Clock, Zone};

use super::{Field, Prefix, shape, words};

/// Lines with a severity that are looked at.
const SAMPLE: usize = 2_000;
/// Lines whose shapes become candidates.
const SHAPED: usize = 64;

/// What the sample says when no usable template fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// No line has a severity word (`LOG:  `, `ERROR:  `, …).
    Severity,
    /// Lines have no `%t`, `%m` or `%n`.
    Time,
    /// Lines have neither `%p` nor `%c`.
    Process,
    /// Both are there, but no template fits.
    Template,
}

/// Well-known prefixes: Postgres's default, Debian's, pgBadger's, RDS's, and the usual variations.
const KNOWN: &[&str] = &[
    "%m [%p] ",
    "%m [%p] %q%u@%d ",
    "%m [%p] %q%u@%d/%a ",
    "%m [%p] %q%u@%d/%a %Q ",
    "%m [%p] %q[user=%u,db=%d,app=%a] ",
    "%m [%p] %q%u@%d %a ",
    "%m [%p] %q%a ",
    "%m [%p] %Q %q%u@%d/%a ",
    "%m [%p] %q%u@%d/%a [%c:%l] ",
    "%m [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
    "%m [%p]: ",
    "%t [%p]: ",
    "%t [%p]: [%l-1] ",
    "%t [%p]: [%l-1] user=%u,db=%d ",
    "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
    "%t [%p]: [%l-1] user=%u,db=%d,client=%h ",
    "%t [%p]: [%l-1] db=%d,user=%u,app=%a,client=%h ",
    "%t [%p]: user=%u,db=%d,app=%a,client=%h ",
    "%t [%p]: user=%u,db=%d,app=%a,client=%h,query_id=%Q ",
    "%t [%p-%l] %q%u@%d ",
    "%t [%p] ",
    "%t:%r:%u@%d:[%p]:",
    "%t:%r:%u@%d:[%p]:%l:%e:%s:%v:%x:%c:%q%a:",
    "%t-%c-",
    "%m %p %u@%d from %h [vxid:%v txid:%x] [%i] ",
    "%m %u %d %p %r %a %c %e ",
    "%m|%u|%d|%p|%r|%a|%c|%e|",
    "%n [%p] ",
    "[%m] [%p] [%u@%d] [%a] ",
    "< %m >",
    "<%m %u %d %p >",
    "%m [%p] %e ",
    "%m [%p] %c ",
    "%m [%c] ",
];

/// The best template, and further ones for the lines that it leaves (the setting changed within the sample).
pub fn infer<'a>(lines: impl Iterator<Item = &'a [u8]>, zone: &Zone) -> Result<Vec<Prefix>, Missing> {
    let mut sample: Vec<(&[u8], usize)> =
        lines.filter_map(|line| severity::find(line).map(|at| (line, at))).take(SAMPLE).collect();
    if sample.is_empty() {
        return Err(Missing::Severity);
    }
    let all = sample.len();
    let mut found = Vec::new();
    let mut missing = Missing::Template;
    while !sample.is_empty() && found.len() < 4 {
        match best(&sample, zone) {
            Ok(prefix) => {
                let before = sample.len();
                let mut clock = Clock::default();
                sample.retain(|(line, _)| prefix.matches(line, &mut clock, zone).is_none());
                // A severity word inside a statement is no line of the log: one odd line is not worth a template.
                if found.is_empty() || before - sample.len() > 1 {
                    found.push(prefix);
                } else {
                    break;
                }
            }
            Err(reason) => {
                missing = reason;
                break;
            }
        }
    }
    if found.is_empty() {
        return Err(missing);
    }
    // A guess that explains few lines would pass the rest off as noise.
    if (all - sample.len()) * 4 < all { Err(Missing::Template) } else { Ok(found) }
}

fn best(sample: &[(&[u8], usize)], zone: &Zone) -> Result<Prefix, Missing> {
    let mut templates: Vec<String> = KNOWN.iter().map(|known| (*known).to_owned()).collect();
    for (line, at) in sample.iter().take(SHAPED) {
        for template in read_off(&line[..*at]) {
            if !templates.contains(&template) {
                templates.push(template);
            }
        }
    }
    let millis = sample.iter().any(|(line, _)| shape::timestamp(line).is_some_and(|time| time.millis));
    let mut lacking = None;
    let mut winner: Option<(Score, Prefix)> = None;
    for template in templates {
        let prefix = Prefix::compile(&template).expect("templates made here use known escapes");
        let score = score(&prefix, sample, zone, millis);
        if score.hits == 0 {
            continue;
        }
        if let Some(reason) = lacks(&prefix) {
            if lacking.is_none_or(|(most, _)| score.hits > most) {
                lacking = Some((score.hits, reason));
            }
            continue;
        }
        if winner.as_ref().is_none_or(|(best, _)| score > *best) {
            winner = Some((score, prefix));
        }
    }
    match (winner, lacking) {
        (Some((score, prefix)), lacking) if lacking.is_none_or(|(most, _)| score.hits * 2 >= most) => Ok(prefix),
        (_, Some((_, reason))) => Err(reason),
        _ => Err(Missing::Template),
    }
}

/// Compared in this order; the first template wins a tie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Score {
    hits: usize,
    /// Fields that came out filled, over all lines: a template with more of them tells more, but only if they are there.
    filled: usize,
    same_time_format: bool,
    /// The simpler one of two that tell the same.
    brevity: std::cmp::Reverse<usize>,
}

/// Lines that fit. A DETAIL or STATEMENT counts only where it follows a line of its own process: a line number that was
/// taken for the process id gives itself away there.
fn score(prefix: &Prefix, sample: &[(&[u8], usize)], zone: &Zone, millis: bool) -> Score {
    let mut clock = Clock::default();
    let (mut hits, mut filled) = (0, 0);
    let mut last = (0, &b""[..]);
    for (line, _) in sample {
        let Some(head) = prefix.matches(line, &mut clock, zone) else { continue };
        let owner = (head.pid, head.session);
        let is_primary = matches!(head.heading, severity::Heading::Primary(_));
        if is_primary {
            last = owner;
        }
        if owner == last {
            hits += 1;
            filled += head.filled();
        }
    }
    let same_time_format = prefix.template().contains("%m") == millis;
    Score { hits, filled, same_time_format, brevity: std::cmp::Reverse(prefix.pieces.len()) }
}

/// Templates that the text before a severity suggests: as it stands, and with `%q` before its first session field.
fn read_off(text: &[u8]) -> Vec<String> {
    let mut parts = Vec::new();
    let mut at = 0;
    while at < text.len() {
        at += next_part(text, at, &mut parts);
    }
    let plain: String = parts.concat();
    let mut templates = vec![plain];
    let session_field =
        |part: &String| ["%u", "%d", "%a", "%h", "%r", "%e", "%i"].iter().any(|escape| part.contains(escape));
    if let Some(first) = parts.iter().position(session_field) {
        // Everything from the last blank before the field is cut, `[user=` included.
        let mut cut = first;
        while cut > 0 && parts[cut - 1] != " " && !parts[cut - 1].starts_with('%') {
            cut -= 1;
        }
        let quit = |at: usize| [parts[..at].concat(), "%q".to_owned(), parts[at..].concat()].concat();
        templates.push(quit(cut));
        if cut != first {
            templates.push(quit(first));
        }
    }
    templates
}

/// Appends the next part of the template and gives how many bytes of `text` it stands for.
fn next_part(text: &[u8], at: usize, parts: &mut Vec<String>) -> usize {
    let rest = &text[at..];
    let has = |parts: &[String], escape: &str| parts.iter().any(|part| part == escape);
    let at_word = at == 0 || !text[at - 1].is_ascii_alphanumeric();
    if at_word {
        if let Some(time) = shape::timestamp(rest) {
            let escape = if has(parts, "%m") || has(parts, "%t") {
                "%s"
            } else if time.millis {
                "%m"
            } else {
                "%t"
            };
            parts.push(escape.to_owned());
            return time.len;
        }
        if let Some(len) = shape::epoch(rest) {
            parts.push("%n".to_owned());
            return len;
        }
        if let Some(len) = shape::session(rest) {
            parts.push("%c".to_owned());
            return len;
        }
        if let Some((escape, len)) = words::known(rest) {
            parts.push(escape.to_owned());
            return len;
        }
        if let Some((len, port)) = shape::remote(rest) {
            parts.push(if port { "%r" } else { "%h" }.to_owned());
            return len;
        }
        if let Some((escape, key_len)) = keyed(rest) {
            let value = &rest[key_len..];
            let len = value_len(value);
            parts.push(escape_key(&rest[..key_len]));
            let escape = if escape == "%h" && value[..len].ends_with(b")") { "%r" } else { escape };
            // The value may be a time or a number whose shape says more.
            parts.push(escape.to_owned());
            return key_len + len;
        }
        let word_len = rest.iter().take_while(|byte| is_word(**byte)).count();
        let word_len = first_number(&rest[..word_len]).unwrap_or(word_len);
        let word = &rest[..word_len];
        if word.iter().any(u8::is_ascii_alphanumeric) {
            let digits = word.iter().all(u8::is_ascii_digit);
            let escape = if digits && has(parts, "%c") && !is_pid_of_session(&text[..at], word) {
                "%l"
            } else if digits && !has(parts, "%p") && word_len <= 7 && word_len > 0 {
                "%p"
            } else if word_len == 5 && is_sqlstate(word) && !has(parts, "%e") {
                "%e"
            } else if digits
                && (text.get(at + word_len..at + word_len + 2) == Some(b"-1")
                    || matches!(&parts[..], [.., pid, hyphen] if pid == "%p" && hyphen == "-"))
            {
                "%l"
            } else if digits && text.get(at + word_len) == Some(&b'/') {
                let tail = rest[word_len + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                parts.push("%v".to_owned());
                return word_len + 1 + tail;
            } else if word.strip_prefix(b"-").unwrap_or(word).iter().all(u8::is_ascii_digit) {
                if word_len > 12 { "%Q" } else { "%x" }
            } else if text.get(at + word_len) == Some(&b'@') {
                "%u"
            } else if at > 0 && text[at - 1] == b'@' {
                "%d"
            } else {
                free_word(parts)
            };
            if escape == "literal" {
                parts.push(String::from_utf8_lossy(word).replace('%', "%%"));
            } else {
                parts.push(escape.to_owned());
            }
            return word_len;
        }
    }
    // `%l-1`: the constant after the line number.
    let len = if rest.starts_with(b"-1") && parts.last().is_some_and(|part| part == "%l") { 2 } else { 1 };
    parts.push(String::from_utf8_lossy(&rest[..len]).replace('%', "%%"));
    len
}

/// A number behind a session id is the process id only if it is the one in there.
fn is_pid_of_session(before: &[u8], word: &[u8]) -> bool {
    let pid = std::str::from_utf8(word).ok().and_then(|word| word.parse::<u64>().ok());
    let hex = pid.map(|pid| format!(".{pid:x}"));
    hex.is_some_and(|hex| memchr::memmem::find(before, hex.as_bytes()).is_some())
}

/// Words in the usual order: user, database, application; then constants.
fn free_word(parts: &[String]) -> &'static str {
    ["%u", "%d", "%a"].into_iter().find(|escape| !parts.iter().any(|part| part == escape)).unwrap_or("literal")
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$') || byte >= 0x80
}

/// The length of the first of two numbers joined by a hyphen, as in `[%l-1]` and `[%p-%l]`: no name looks like that.
fn first_number(word: &[u8]) -> Option<usize> {
    let at = memchr::memchr(b'-', word)?;
    let digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    (digits(&word[..at]) && digits(&word[at + 1..])).then_some(at)
}

fn is_sqlstate(word: &[u8]) -> bool {
    word.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        && word.iter().filter(|byte| byte.is_ascii_digit()).count() >= 2
}

fn escape_key(key: &[u8]) -> String {
    String::from_utf8_lossy(key).replace('%', "%%")
}

/// `user=`, `db:` and the like: the escape, and the length of key and sign.
fn keyed(text: &[u8]) -> Option<(&'static str, usize)> {
    let key_len = text.iter().take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'_').count();
    let sign = *text.get(key_len)?;
    if key_len == 0 || !matches!(sign, b'=' | b':') {
        return None;
    }
    let escape = match text[..key_len].to_ascii_lowercase().as_slice() {
        b"user" | b"usr" | b"u" | b"username" | b"role" => "%u",
        b"db" | b"database" | b"d" | b"dbname" => "%d",
        b"app" | b"application" | b"a" | b"application_name" | b"appname" => "%a",
        b"client" | b"host" | b"remote" | b"h" | b"r" | b"ip" | b"addr" | b"from" => "%h",
        b"pid" | b"p" | b"process" => "%p",
        b"sess" | b"session" | b"sid" | b"session_id" => "%c",
        b"txid" | b"xid" | b"tx" | b"trans" => "%x",
        b"vxid" | b"vtxid" => "%v",
        b"line" | b"l" | b"num" => "%l",
        b"state" | b"sqlstate" | b"e" | b"err" | b"code" => "%e",
        b"query_id" | b"queryid" | b"qid" => "%Q",
        b"tag" | b"cmd" | b"command" => "%i",
        b"backend" | b"backend_type" | b"type" => "%b",
        _ => return None,
    };
    // `%u:%d` without keys: a user named `app` followed by a colon is rarer than the key.
    Some((escape, key_len + 1))
}

fn value_len(value: &[u8]) -> usize {
    if value.starts_with(b"[local]") || value.starts_with(b"[unknown]") {
        return memchr::memchr(b']', value).map_or(0, |close| close + 1);
    }
    value
        .iter()
        .position(|byte| matches!(byte, b',' | b' ' | b';' | b'|' | b']' | b'>' | b'/' | b'"'))
        .unwrap_or(value.len())
}

/// Whether a compiled template is without a field that later steps need.
pub(crate) fn lacks(prefix: &Prefix) -> Option<Missing> {
    if !prefix.has_time() {
        Some(Missing::Time)
    } else if !prefix.has(&[Field::Pid, Field::Session]) {
        Some(Missing::Process)
    } else {
        None
    }
}
