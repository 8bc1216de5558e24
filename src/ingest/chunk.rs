//! An input comes in, owned buffers of a few megabytes go out, each cut at record boundaries.

use std::io::Read;

use memchr::memchr_iter;

use super::cut::{cut, resume};
use super::format::Format;
use super::problem::Problem;
use super::source::Input;

/// A buffer is read to this size before it is cut.
const SIZE: usize = 1 << 20;
/// The cut is looked for in this much of a buffer's end.
const MARGIN: usize = 128 << 10;
/// A record longer than this is truncated.
const CAP: usize = 64 << 20;

/// Whole records of one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    pub bytes: Vec<u8>,
    /// 0, 1, 2, … within the input.
    pub index: u64,
    pub input: u32,
    /// 1-based line of the first byte.
    pub first_line: u64,
}

/// Reads an input to its end, chunk by chunk.
#[derive(Debug)]
pub struct Chunks {
    input: Input,
    number: u32,
    format: Format,
    size: usize,
    carry: Vec<u8>,
    index: u64,
    line: u64,
    ended: bool,
    bytes: u64,
    problems: Vec<Problem>,
}

impl Chunks {
    /// `number` is the input's index among all inputs.
    pub fn new(mut input: Input, number: u32, format: Format) -> Self {
        let carry = input.take_head();
        let bytes = carry.len() as u64;
        Self { input, number, format, size: SIZE, carry, index: 0, line: 1, ended: false, bytes, problems: Vec::new() }
    }

    /// Decompressed bytes read so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What went wrong while reading: a broken archive, a record that was too long.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Appends up to `wanted` bytes; remembers the end.
    fn fill(&mut self, buffer: &mut Vec<u8>, wanted: usize) {
        buffer.reserve(wanted);
        let before = buffer.len();
        let result = (&mut self.input.reader).take(wanted as u64).read_to_end(buffer);
        let got = buffer.len() - before;
        self.bytes += got as u64;
        match result {
            Ok(_) => self.ended = got < wanted,
            Err(error) => {
                self.ended = true;
                self.problems.push(Problem {
                    line: self.line + memchr_iter(b'\n', buffer).count() as u64,
                    cause: format!("reading {} stopped: {error}", self.input.name).into(),
                    next_step: "what was read before was used; check whether the file is complete".into(),
                });
            }
        }
    }

    /// Where to cut a buffer that is not the last; `None` when it holds no boundary but its beginning.
    fn boundary(&self, buffer: &[u8]) -> Option<usize> {
        let len = buffer.len();
        [len.saturating_sub(MARGIN), len / 2, 1]
            .into_iter()
            .map(|at| cut(&self.format, buffer, at.max(1)))
            .find(|at| *at < len)
    }

    /// After a record longer than [`CAP`]: reads on to the next record and drops what is between.
    fn drop_rest_of_record(&mut self, line: u64) -> (Vec<u8>, u64) {
        let mut dropped = 0;
        let mut block = Vec::new();
        while !self.ended {
            self.fill(&mut block, SIZE);
            if let Some(start) = resume(&self.format, &block) {
                dropped += memchr_iter(b'\n', &block[..start]).count() as u64;
                block.drain(..start);
                self.note_long_record(line);
                return (block, dropped);
            }
            // A boundary may straddle two blocks: the last line is looked at again.
            let keep = memchr::memrchr(b'\n', &block).map_or(block.len(), |newline| newline);
            let keep = keep.max(block.len().saturating_sub(MARGIN));
            dropped += memchr_iter(b'\n', &block[..keep]).count() as u64;
            block.drain(..keep);
        }
        self.note_long_record(line);
        (Vec::new(), dropped + memchr_iter(b'\n', &block).count() as u64)
    }

    fn note_long_record(&mut self, line: u64) {
        self.problems.push(Problem {
            line,
            cause: format!("record longer than {} MiB", CAP >> 20).into(),
            next_step: "its beginning was used, the rest was dropped".into(),
        });
    }
}

impl Iterator for Chunks {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        let mut buffer = std::mem::take(&mut self.carry);
        let first_line = self.line;
        if !self.ended && buffer.len() < self.size {
            let wanted = self.size - buffer.len();
            self.fill(&mut buffer, wanted);
        }
        let mut dropped = 0;
        while !self.ended {
            if let Some(at) = self.boundary(&buffer) {
                self.carry = Vec::with_capacity(self.size.max(buffer.len() - at));
                self.carry.extend_from_slice(&buffer[at..]);
                buffer.truncate(at);
                break;
            }
            if buffer.len() >= CAP {
                (self.carry, dropped) = self.drop_rest_of_record(first_line);
                break;
            }
            let wanted = buffer.len().max(self.size).min(CAP - buffer.len());
            self.fill(&mut buffer, wanted);
        }
        if buffer.is_empty() {
            return None;
        }
        self.line += memchr_iter(b'\n', &buffer).count() as u64 + dropped;
        let index = self.index;
        self.index += 1;
        Some(Chunk { bytes: buffer, index, input: self.number, first_line })
    }
}
