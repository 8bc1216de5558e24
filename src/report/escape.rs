//! Text from logs, made safe for a terminal: in goes what strangers typed, out goes the same with every character that
//! could move the cursor, change colours, reorder or hide text replaced by a visible spelling.

use std::borrow::Cow;
use std::fmt::Write;
use std::io;

/// One line: line breaks and tabs become spaces, control characters a visible spelling.
pub fn line(text: &str) -> Cow<'_, str> {
    escape(text, |c| match c {
        '\n' | '\t' => Shown::Space,
        c => shown(c),
    })
}

/// Several lines: `\n` stays, a tab becomes a space, everything else as in [`line`].
pub fn block(text: &str) -> Cow<'_, str> {
    escape(text, |c| match c {
        '\n' => Shown::AsItIs,
        '\t' => Shown::Space,
        c => shown(c),
    })
}

/// JSON text: the same value, with every such character as a `\u` escape. In JSON they stand in strings only, but for the
/// line feeds between lines.
pub fn json(text: String) -> String {
    if text.chars().all(harmless_in_json) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 64);
    escaped_json(&text, &mut out);
    out
}

fn harmless_in_json(c: char) -> bool {
    c == '\n' || shown(c) == Shown::AsItIs
}

/// One byte that stands for itself, and for a whole character.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') | (byte == b'\n')
}

/// The first byte that is not plain.
fn first_other(bytes: &[u8]) -> Option<usize> {
    const TOGETHER: usize = 64;
    for (at, block) in bytes.chunks(TOGETHER).enumerate() {
        // Without a way out in the middle many are looked at together.
        if !block.iter().fold(true, |plain, byte| plain & is_plain(*byte)) {
            return Some(at * TOGETHER + block.iter().position(|byte| !is_plain(*byte))?);
        }
    }
    None
}

fn escaped_json(text: &str, out: &mut String) {
    let mut rest = text;
    // What is plain goes over as a whole.
    while let Some(at) = first_other(rest.as_bytes()) {
        let (plain, other) = rest.split_at(at);
        out.push_str(plain);
        let mut chars = other.chars();
        let Some(c) = chars.next() else { break };
        if harmless_in_json(c) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}").expect("writing to a String");
            }
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
}

/// Does to JSON on its way into a writer what [`json`] does to a text, many small pieces at once. It is given whole characters:
/// serde_json writes no others. What is left goes out with [`io::Write::flush`].
pub struct Json<W> {
    pieces: Vec<u8>,
    to: W,
}

/// Bytes that are written at once.
const AT_ONCE: usize = 1 << 15;

impl<W: io::Write> Json<W> {
    pub fn new(to: W) -> Self {
        Json { pieces: Vec::with_capacity(AT_ONCE + AT_ONCE / 8), to }
    }

    /// What it was to be written into; [`io::Write::flush`] comes before.
    pub fn into_inner(self) -> W {
        self.to
    }

    fn pass_on(&mut self) -> io::Result<()> {
        if first_other(&self.pieces).is_none() {
            self.to.write_all(&self.pieces)?;
        } else {
            let text = std::str::from_utf8(&self.pieces).map_err(io::Error::other)?;
            let mut out = String::with_capacity(text.len() + 64);
            escaped_json(text, &mut out);
            self.to.write_all(out.as_bytes())?;
        }
        self.pieces.clear();
        Ok(())
    }
}

impl<W: io::Write> io::Write for Json<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.pieces.extend_from_slice(bytes);
        if self.pieces.len() >= AT_ONCE { self.pass_on() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass_on()?;
        self.to.flush()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    AsItIs,
    Space,
    /// `\x1b`
    Byte,
    /// `<U+202E>`
    CodePoint,
}

/// C0 and C1 controls and DEL drive terminals; the bidirectional controls reorder what is read, and the invisible ones
/// make two different texts look alike (Unicode Technical Report 36, "Bidirectional Text Spoofing").
fn shown(c: char) -> Shown {
    match c {
        '\0'..='\x1f' | '\x7f' => Shown::Byte,
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => Shown::CodePoint,
        _ => Shown::AsItIs,
    }
}

fn escape(text: &str, how: impl Fn(char) -> Shown) -> Cow<'_, str> {
    if text.chars().all(|c| how(c) == Shown::AsItIs) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match how(c) {
            Shown::AsItIs => out.push(c),
            Shown::Space => out.push(' '),
            Shown::Byte => write!(out, "\\x{:02x}", c as u32).expect("a String takes every write"),
            Shown::CodePoint => write!(out, "<U+{:04X}>", c as u32).expect("a String takes every write"),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_its_value_and_shows_nothing_that_acts() {
        let value = serde_json::json!({"a\u{202e}": "x\x7f\u{9b}2J\u{e0041} line\nnext"});
        let text = json(serde_json::to_string_pretty(&value).unwrap());
        assert!(text.chars().all(|c| c == '\n' || shown(c) == Shown::AsItIs), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
        let mut written = Json::new(Vec::new());
        serde_json::to_writer_pretty(&mut written, &value).unwrap();
        io::Write::flush(&mut written).unwrap();
        assert_eq!(String::from_utf8(written.to).unwrap(), text);
    }

    #[test]
    fn controls_become_visible() {
        assert_eq!(line("a\x1b[2Jb"), "a\\x1b[2Jb");
        assert_eq!(line("a\rb\0\x7f"), "a\\x0db\\x00\\x7f");
        assert_eq!(line("\u{9b}31m"), "<U+009B>31m");
        assert_eq!(line("user\u{202e}txt\u{2066}\u{2069}"), "user<U+202E>txt<U+2066><U+2069>");
        assert_eq!(line("ad\u{200b}min\u{feff}"), "ad<U+200B>min<U+FEFF>");
    }

    #[test]
    fn line_breaks_stay_only_in_blocks() {
        assert_eq!(line("select 1\n\tfrom t"), "select 1  from t");
        assert_eq!(block("select 1\n\tfrom t\r\n"), "select 1\n from t\\x0d\n");
    }

    #[test]
    fn ordinary_text_is_not_copied() {
        assert!(matches!(line("naïve – „Größe“ 漢字"), Cow::Borrowed(_)));
    }

    proptest::proptest! {
        #[test]
        fn nothing_that_drives_a_terminal_is_left(text in "\\PC*|[\\x00-\\u{2100}]*") {
            for c in block(&text).chars() {
                proptest::prop_assert!(c == '\n' || shown(c) == Shown::AsItIs, "{:?}", c);
            }
        }
    }
}
