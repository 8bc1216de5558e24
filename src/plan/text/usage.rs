//! `Buffers:`, `I/O Timings:`, `WAL:` and the lines below `JIT:` (`explain.c`, `show_buffer_usage`, `show_wal_usage`,
//! `ExplainPrintJIT`).

use super::super::model::{Blocks, Jit, NodeUsage};
use super::number::{Cursor, leading};

/// Which groups of figures a line gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    Buffers,
    Io,
    Wal,
}

/// Takes a group, a name and a number; whether they were known.
type Add = fn(&mut NodeUsage, &str, &str, f64) -> bool;

/// `None` if the key is another one; whether every word was understood otherwise.
pub(super) fn read(usage: &mut NodeUsage, key: &str, value: &str) -> Option<(Counted, bool)> {
    let (counted, add): (Counted, Add) = match key {
        "Buffers" => (Counted::Buffers, buffers),
        "I/O Timings" => (Counted::Io, io),
        "WAL" => (Counted::Wal, wal),
        _ => return None,
    };
    if counted == Counted::Buffers && as_printed(usage, value).is_some() {
        return Some((counted, true));
    }
    // `buffers full=4`: words before `=` that are no group of their own belong to the name.
    let (mut group, mut understood) = ("", true);
    let mut rest = value;
    while let Some((word, behind)) = next(rest) {
        rest = behind;
        match word {
            Word::Group(name) => group = name,
            Word::Pair(name, number) => {
                match leading(number) {
                    Some((number, "")) => understood &= add(usage, group, name, number),
                    _ => understood = false,
                }
                if counted == Counted::Wal {
                    group = "";
                }
            }
        }
    }
    Some((counted, understood))
}

/// `shared hit=3 read=2, temp read=1`, each blank and comma where the server puts it. `None`, and nothing is taken, if there is
/// anything else.
fn as_printed(usage: &mut NodeUsage, value: &str) -> Option<()> {
    let mut buffers = usage.buffers;
    let mut cursor = Cursor::new(value);
    loop {
        let blocks = if cursor.skip("shared ").is_some() {
            Some(&mut buffers.shared)
        } else if cursor.skip("local ").is_some() {
            Some(&mut buffers.local)
        } else {
            cursor.skip("temp ")?;
            None
        };
        match blocks {
            Some(Blocks { hit, read, dirtied, written }) => {
                fields(&mut cursor, [("hit=", hit), ("read=", read), ("dirtied=", dirtied), ("written=", written)])?;
            }
            None => {
                let (read, written) = (&mut buffers.temp_read, &mut buffers.temp_written);
                fields(&mut cursor, [("read=", read), ("written=", written)])?;
            }
        }
        if cursor.is_done() {
            usage.buffers = buffers;
            return Some(());
        }
        cursor.skip(", ")?;
    }
}

/// Names with their numbers, a blank between two.
fn fields<const N: usize>(cursor: &mut Cursor<'_>, mut fields: [(&str, &mut f64); N]) -> Option<()> {
    loop {
        let (_, field) = fields.iter_mut().find(|(name, _)| cursor.skip(name).is_some())?;
        **field = cursor.number()?;
        if cursor.skip(" ").is_none() {
            return Some(());
        }
    }
}

/// What stands between blanks and commas.
enum Word<'a> {
    Group(&'a str),
    /// `hit=3`
    Pair(&'a str, &'a str),
}

/// The first word, and what stands behind it.
fn next(text: &str) -> Option<(Word<'_>, &str)> {
    let ends = |byte: u8| matches!(byte, b' ' | b',');
    let text = &text[text.bytes().position(|byte| !ends(byte))?..];
    let mut equals = None;
    let mut end = text.len();
    for (at, byte) in text.bytes().enumerate() {
        if ends(byte) {
            end = at;
            break;
        }
        if byte == b'=' && equals.is_none() {
            equals = Some(at);
        }
    }
    let word = match equals {
        None => Word::Group(&text[..end]),
        Some(at) => Word::Pair(&text[..at], &text[at + 1..end]),
    };
    Some((word, &text[end..]))
}

fn buffers(usage: &mut NodeUsage, group: &str, name: &str, number: f64) -> bool {
    let buffers = &mut usage.buffers;
    let field = match (group, name) {
        ("temp", "read") => &mut buffers.temp_read,
        ("temp", "written") => &mut buffers.temp_written,
        ("shared" | "local", _) => {
            let blocks = if group == "shared" { &mut buffers.shared } else { &mut buffers.local };
            match name {
                "hit" => &mut blocks.hit,
                "read" => &mut blocks.read,
                "dirtied" => &mut blocks.dirtied,
                "written" => &mut blocks.written,
                _ => return false,
            }
        }
        _ => return false,
    };
    *field = number;
    true
}

/// Three shapes: `read=` (up to 14), `shared/local read=` (15, 16), `shared read=` (17 and later).
fn io(usage: &mut NodeUsage, group: &str, name: &str, number: f64) -> bool {
    let io = usage.io_mut();
    let field = match (group, name) {
        ("" | "shared" | "shared/local", "read") => &mut io.shared_read,
        ("" | "shared" | "shared/local", "write") => &mut io.shared_write,
        ("local", "read") => &mut io.local_read,
        ("local", "write") => &mut io.local_write,
        ("temp", "read") => &mut io.temp_read,
        ("temp", "write") => &mut io.temp_write,
        _ => return false,
    };
    *field = number;
    true
}

fn wal(usage: &mut NodeUsage, group: &str, name: &str, number: f64) -> bool {
    let wal = usage.wal_mut();
    let field = match (group, name) {
        ("buffers", "full") => &mut wal.buffers_full,
        ("fpi", "bytes") => &mut wal.fpi_bytes,
        (_, "records") => &mut wal.records,
        (_, "fpi") => &mut wal.fpi,
        (_, "bytes") => &mut wal.bytes,
        _ => return false,
    };
    *field = number;
    true
}

/// One of the three lines below `JIT:`; whether it was one.
pub(super) fn jit(jit: &mut Jit, key: &str, value: &str) -> bool {
    match key {
        "Functions" => leading(value).map(|(number, _)| jit.functions = number).is_some(),
        "Options" => {
            for option in value.split(", ") {
                let (name, on) = option.split_once(' ').unwrap_or((option, ""));
                let on = on == "true";
                match name {
                    "Inlining" => jit.inlining = on,
                    "Optimization" => jit.optimization = on,
                    "Expressions" => jit.expressions = on,
                    "Deforming" => jit.deforming = on,
                    _ => return false,
                }
            }
            true
        }
        "Timing" => {
            for time in value.split([',', '(']) {
                let (name, ms) = time.trim().split_once(' ').unwrap_or((time, ""));
                let ms = leading(ms).map(|(ms, _)| ms);
                match name {
                    "Generation" => jit.generation_ms = ms,
                    "Deform" => jit.deform_ms = ms,
                    "Inlining" => jit.inlining_ms = ms,
                    "Optimization" => jit.optimization_ms = ms,
                    "Emission" => jit.emission_ms = ms,
                    "Total" => jit.total_ms = ms,
                    _ => return false,
                }
            }
            true
        }
        _ => false,
    }
}
