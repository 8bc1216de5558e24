//! Matches a compiled prefix against the beginning of a line: in comes the line, out go the fields and where the message
//! begins. One pass without backtracking for nearly all lines; names may hold the very text that follows them, so a text
//! field tries the next place where its terminator stands (bounded).

use memchr::memmem;

use crate::ingest::event::{Micros, Who};
use crate::ingest::record::{host_of, number};
use crate::ingest::severity::{Heading, heading};
use crate::ingest::time::{Clock, Zone, parse_epoch};

use super::{Field, Piece, Prefix};

/// Places that the text fields of one line may try altogether.
const TRIES: u32 = 64;

/// What the prefix of one line says. Absent fields are empty or zero.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    pub(crate) at: Micros,
    pub(crate) zone_is_known: bool,
    pub(crate) pid: u32,
    pub(crate) session: &'a [u8],
    pub(crate) start: &'a [u8],
    pub(crate) who: Who<'a>,
    pub(crate) sqlstate: &'a [u8],
    pub(crate) query_id: i64,
    pub(crate) heading: Heading,
    /// Offset of the message within the line.
    pub(crate) message: usize,
}

impl<'a> Head<'a> {
    const EMPTY: Self = Self {
        at: 0,
        zone_is_known: true,
        pid: 0,
        session: b"",
        start: b"",
        who: Who { database: b"", user: b"", application: b"", remote: b"" },
        sqlstate: b"",
        query_id: 0,
        heading: Heading::Ignored,
        message: 0,
    };

    /// How many of the fields say something.
    pub(crate) fn filled(&self) -> usize {
        // A template that stops too early leaves the rest of the prefix in a name: such names tell against it.
        let plain = |name: &&[u8]| !name.is_empty() && !name.iter().any(|byte| b" =[]<>|,;".contains(byte));
        let free = |name: &&[u8]| !name.is_empty() && !name.iter().any(|byte| b"=[]<>|".contains(byte));
        let Who { database, user, application, remote } = self.who;
        usize::from(free(&application))
            + [database, user, remote, self.session, self.sqlstate]
                .iter()
                .filter(|name| plain(name) || *name == b"[local]")
                .count()
            + usize::from(self.pid != 0)
            + usize::from(self.query_id != 0)
    }

    #[inline]
    fn set(&mut self, field: Field, value: &'a [u8]) -> bool {
        match field {
            Field::User => self.who.user = known(value),
            Field::Database => self.who.database = known(value),
            Field::Application => self.who.application = known(value),
            Field::Remote => self.who.remote = host_of(known(value)),
            _ => {}
        }
        true
    }
}

/// Postgres writes `[unknown]` where csvlog and jsonlog leave the field empty (`elog.c`, `log_line_prefix`).
#[inline]
fn known(value: &[u8]) -> &[u8] {
    if value == b"[unknown]" { b"" } else { value }
}

impl Prefix {
    /// `None` when the line does not begin with this prefix and a severity.
    #[inline]
    pub(crate) fn matches<'a>(&self, line: &'a [u8], clock: &mut Clock, zone: &Zone) -> Option<Head<'a>> {
        let mut head = Head::EMPTY;
        let mut tries = TRIES;
        pieces(&self.pieces, line, 0, clock, zone, &mut head, &mut tries).then_some(head)
    }
}

/// Matches `pieces` and then the heading at offset `at`.
fn pieces<'a>(
    pieces: &[Piece],
    line: &'a [u8],
    mut at: usize,
    clock: &mut Clock,
    zone: &Zone,
    head: &mut Head<'a>,
    tries: &mut u32,
) -> bool {
    for (index, piece) in pieces.iter().enumerate() {
        let rest = &line[at..];
        match piece {
            Piece::Literal(literal) => {
                // Literals are a few bytes: comparing them here is cheaper than a call.
                if rest.len() < literal.len() || !literal.iter().zip(rest).all(|(wanted, byte)| wanted == byte) {
                    return false;
                }
                at += literal.len();
            }
            Piece::Quit => {
                if finish(line, at, head) {
                    return true;
                }
            }
            Piece::Field { field, padded } => {
                if *padded {
                    at += rest.iter().take_while(|byte| **byte == b' ').count();
                }
                if matches!(field, Field::User | Field::Database | Field::Application | Field::Remote | Field::Text) {
                    return text_field(*field, &pieces[index + 1..], line, at, clock, zone, head, tries);
                }
                match plain_field(*field, &line[at..], clock, zone, head) {
                    Some(len) => at += len,
                    None => return false,
                }
                if *padded {
                    at += line[at..].iter().take_while(|byte| **byte == b' ').count();
                }
            }
        }
    }
    finish(line, at, head)
}

#[inline]
fn finish(line: &[u8], at: usize, head: &mut Head<'_>) -> bool {
    match heading(&line[at..]) {
        Some((heading, len)) => {
            head.heading = heading;
            head.message = at + len;
            true
        }
        None => false,
    }
}

/// Text up to a place where all the rest of the prefix fits.
#[allow(clippy::too_many_arguments)]
#[inline]
fn text_field<'a>(
    field: Field,
    after: &[Piece],
    line: &'a [u8],
    at: usize,
    clock: &mut Clock,
    zone: &Zone,
    head: &mut Head<'a>,
    tries: &mut u32,
) -> bool {
    let rest = &line[at..];
    let mut from = 0;
    loop {
        let len = match after.first() {
            Some(Piece::Literal(literal)) => {
                let hit = match &**literal {
                    [byte] => rest[from..].iter().position(|candidate| candidate == byte),
                    literal => memmem::find(&rest[from..], literal),
                };
                match hit {
                    Some(hit) => from + hit,
                    None => return false,
                }
            }
            _ if from <= rest.len() => from,
            _ => return false,
        };
        head.set(field, rest[..len].trim_ascii_end());
        if pieces(after, line, at + len, clock, zone, head, tries) {
            return true;
        }
        *tries = tries.saturating_sub(1);
        if *tries == 0 {
            return false;
        }
        from = len + 1;
        if from > rest.len() {
            return false;
        }
    }
}

/// Fields whose bytes tell where they end.
#[inline]
fn plain_field<'a>(field: Field, rest: &'a [u8], clock: &mut Clock, zone: &Zone, head: &mut Head<'a>) -> Option<usize> {
    let count = |wanted: fn(&u8) -> bool| rest.iter().take_while(|byte| wanted(byte)).count();
    match field {
        Field::Time => {
            let stamp = clock.parse(rest, zone)?;
            head.at = stamp.at;
            head.zone_is_known = stamp.zone_is_known;
            Some(stamp.len)
        }
        Field::Epoch => {
            let stamp = parse_epoch(rest)?;
            head.at = stamp.at;
            Some(stamp.len)
        }
        Field::Start => {
            // Empty for processes without a session. Another clock would forget the minute of the record's own time.
            let len = super::shape::timestamp(rest).map_or(0, |shape| shape.len);
            head.start = &rest[..len];
            Some(len)
        }
        Field::Pid => {
            let len = count(u8::is_ascii_digit);
            head.pid = u32::try_from(number(&rest[..len])?).ok()?;
            Some(len)
        }
        Field::Session => {
            let len = count(|byte| byte.is_ascii_hexdigit() || *byte == b'.');
            let dot = memchr::memchr(b'.', &rest[..len])?;
            head.session = &rest[..len];
            if head.pid == 0 {
                head.pid = rest[dot + 1..len]
                    .iter()
                    .try_fold(0u32, |pid, byte| Some((pid << 4) | char::from(*byte).to_digit(16)?))?;
            }
            Some(len)
        }
        Field::SqlState => {
            let state = rest.get(..5)?;
            state.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()).then_some(())?;
            head.sqlstate = state;
            Some(5)
        }
        Field::QueryId => {
            let len = count(|byte| byte.is_ascii_digit() || *byte == b'-');
            head.query_id = number(&rest[..len])?;
            Some(len)
        }
        Field::Counter => Some(count(|byte| byte.is_ascii_digit() || *byte == b'/')),
        Field::User | Field::Database | Field::Application | Field::Remote | Field::Text => Some(0),
    }
}
