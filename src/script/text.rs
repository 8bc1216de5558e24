//! Texts of many small files in; the same in few pieces of memory, each of which goes back as a whole when its last file is let go of,
//! out.
//!
//! What thousands of small texts leave behind between what is made meanwhile is of no use to anybody else.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::{Arc, LazyLock};

use xxhash_rust::xxh3::xxh3_64;

/// The text of one file, alone or a part of a piece.
#[derive(Clone)]
pub struct FileText {
    piece: Arc<String>,
    part: Range<usize>,
}

/// Bytes of a piece. A text of a quarter of it stands alone.
const PIECE: usize = 256 << 10;

/// A text that is longer is not put into a piece.
pub const SMALL: usize = PIECE / 4;

/// Texts of one length and digest are the same.
pub fn digest(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
}

impl Deref for FileText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.piece[self.part.clone()]
    }
}

impl From<String> for FileText {
    fn from(text: String) -> Self {
        FileText { part: 0..text.len(), piece: Arc::new(text) }
    }
}

impl From<&str> for FileText {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Default for FileText {
    fn default() -> Self {
        static NOTHING: LazyLock<Arc<String>> = LazyLock::new(Arc::default);
        FileText { piece: Arc::clone(&NOTHING), part: 0..0 }
    }
}

impl fmt::Debug for FileText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// Collects texts.
#[derive(Default)]
pub struct Packer {
    piece: String,
    /// Of those in the piece: which text it is, and where it stands.
    parts: Vec<(usize, Range<usize>)>,
    packed: Vec<FileText>,
}

impl Packer {
    pub fn push(&mut self, text: &str) {
        if text.len() > SMALL {
            return self.push_alone(text.to_owned());
        }
        if self.piece.len() + text.len() > PIECE {
            self.close();
        }
        if self.piece.is_empty() {
            self.piece.reserve_exact(PIECE);
        }
        let start = self.piece.len();
        self.piece.push_str(text);
        self.parts.push((self.packed.len(), start..self.piece.len()));
        self.packed.push(FileText::default());
    }

    pub fn push_alone(&mut self, text: String) {
        self.packed.push(text.into());
    }

    /// In the order in which they came.
    pub fn finish(mut self) -> Vec<FileText> {
        self.close();
        self.packed
    }

    fn close(&mut self) {
        let piece = Arc::new(std::mem::take(&mut self.piece));
        for (at, part) in self.parts.drain(..) {
            self.packed[at] = FileText { piece: Arc::clone(&piece), part };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_out_as_they_went_in() {
        let texts: Vec<String> = [0, 1, 70_000, 60_000, 60_000, 60_000, 60_000, 60_000, 300_000, 0, 7]
            .iter()
            .enumerate()
            .map(|(number, length)| format!("{number}é").repeat(*length / 4))
            .collect();
        let mut packer = Packer::default();
        texts.iter().for_each(|text| packer.push(text));
        let packed = packer.finish();
        assert!(packed.iter().map(|one| &**one).eq(texts.iter().map(String::as_str)));
        let shared = |one: &&FileText| Arc::strong_count(&one.piece) > 1;
        assert_eq!(packed.iter().filter(shared).count(), 10, "all but the long one");
    }
}
