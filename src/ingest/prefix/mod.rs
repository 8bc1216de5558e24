//! `log_line_prefix`: a template comes in, a matcher for the beginning of lines goes out.
//!
//! Escapes are those of `log_line_prefix` in Postgres's documentation, "Error Reporting and Logging", up to 18.

pub mod infer;
mod matcher;
mod shape;
mod words;

pub use matcher::Head;

/// What an escape stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// `%t` and `%m`
    Time,
    /// `%n`
    Epoch,
    /// `%s`
    Start,
    /// `%p`
    Pid,
    /// `%c`
    Session,
    User,
    Database,
    Application,
    /// `%r` and `%h`
    Remote,
    /// `%e`
    SqlState,
    /// `%Q`
    QueryId,
    /// Digits, slashes and the like that no event needs: `%l %x %v %P`
    Counter,
    /// Text that no event needs: `%i %b %L`
    Text,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Literal(Box<[u8]>),
    /// Padding (`%-10u`) puts blanks around the value.
    Field {
        field: Field,
        padded: bool,
    },
    /// `%q`: processes without a session stop here.
    Quit,
}

/// A compiled template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix {
    template: String,
    pieces: Vec<Piece>,
}

impl Prefix {
    /// Unknown escapes are errors: they name the escape.
    pub fn compile(template: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut literal = Vec::new();
        let mut bytes = template.bytes().peekable();
        while let Some(byte) = bytes.next() {
            if byte != b'%' {
                literal.push(byte);
                continue;
            }
            let mut padded = false;
            while let Some(b'-' | b'0'..=b'9') = bytes.peek() {
                padded = true;
                bytes.next();
            }
            let Some(escape) = bytes.next() else {
                return Err(format!("log_line_prefix '{template}' ends in a lone %"));
            };
            if escape == b'%' {
                literal.push(b'%');
                continue;
            }
            if !literal.is_empty() {
                pieces.push(Piece::Literal(std::mem::take(&mut literal).into()));
            }
            pieces.push(match escape {
                b'q' => Piece::Quit,
                _ => Piece::Field { field: field_of(escape, template)?, padded },
            });
        }
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal.into()));
        }
        Ok(Self { template: template.to_owned(), pieces })
    }

    pub fn template(&self) -> &str {
        &self.template
    }

    pub(crate) fn has(&self, wanted: &[Field]) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Field { field, .. } if wanted.contains(field)))
    }

    /// `%t`, `%m` or `%n` is there.
    pub fn has_time(&self) -> bool {
        self.has(&[Field::Time, Field::Epoch])
    }
}

fn field_of(escape: u8, template: &str) -> Result<Field, String> {
    Ok(match escape {
        b't' | b'm' => Field::Time,
        b'n' => Field::Epoch,
        b's' => Field::Start,
        b'p' => Field::Pid,
        b'c' => Field::Session,
        b'u' => Field::User,
        b'd' => Field::Database,
        b'a' => Field::Application,
        b'r' | b'h' => Field::Remote,
        b'e' => Field::SqlState,
        b'Q' => Field::QueryId,
        b'l' | b'x' | b'v' | b'P' => Field::Counter,
        b'i' | b'b' | b'L' => Field::Text,
        other => {
            return Err(format!("log_line_prefix '{template}' has the unknown escape %{}", char::from(other)));
        }
    })
}

/// Length of the timestamp at the start of `text`, if one stands there.
pub(crate) fn timestamp_len(text: &[u8]) -> Option<usize> {
    shape::timestamp(text).map(|time| time.len)
}
