//! Texts of many small files in; the same in few pieces of memory, each of which goes back as a whole when its last file is read, out.
//!
//! What thousands of small texts leave behind between what is made meanwhile is of no use to anybody else.

use std::ops::Range;
use std::sync::Arc;

/// The text of one file.
#[derive(Clone, Debug)]
pub(super) enum Packed {
    Alone(String),
    In(Arc<String>, Range<usize>),
}

/// Bytes of a piece. A text of a quarter of it stands alone.
const PIECE: usize = 256 << 10;

impl Packed {
    pub fn len(&self) -> usize {
        match self {
            Packed::Alone(text) => text.len(),
            Packed::In(_, range) => range.len(),
        }
    }

    pub fn take(self) -> String {
        match self {
            Packed::Alone(text) => text,
            Packed::In(piece, range) => piece[range].to_owned(),
        }
    }
}

/// The texts, in their order; each is let go of as soon as it is packed.
pub(super) fn pack(texts: impl Iterator<Item = String>) -> Vec<Packed> {
    let mut packed = Vec::new();
    let mut piece = String::new();
    let mut ranges: Vec<(usize, Range<usize>)> = Vec::new();
    for text in texts {
        if text.len() > PIECE / 4 {
            packed.push(Packed::Alone(text));
            continue;
        }
        if piece.len() + text.len() > PIECE {
            close(&mut piece, &mut ranges, &mut packed);
        }
        if piece.is_empty() {
            piece.reserve_exact(PIECE);
        }
        ranges.push((packed.len(), piece.len()..piece.len() + text.len()));
        piece.push_str(&text);
        packed.push(Packed::Alone(String::new()));
    }
    close(&mut piece, &mut ranges, &mut packed);
    packed
}

fn close(piece: &mut String, ranges: &mut Vec<(usize, Range<usize>)>, packed: &mut [Packed]) {
    let piece = Arc::new(std::mem::take(piece));
    for (at, range) in ranges.drain(..) {
        packed[at] = Packed::In(Arc::clone(&piece), range);
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
        let packed = pack(texts.clone().into_iter());
        assert!(packed.iter().zip(&texts).all(|(packed, text)| packed.len() == text.len()));
        assert!(packed.iter().any(|one| matches!(one, Packed::In(..))));
        let again: Vec<String> = packed.into_iter().map(Packed::take).collect();
        assert_eq!(again, texts);
    }
}
