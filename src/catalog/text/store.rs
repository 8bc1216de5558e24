//! All texts of the process, by number and by content. Reading one takes no lock.

use std::num::NonZeroU32;
use std::sync::{Mutex, OnceLock, PoisonError};

use xxhash_rust::xxh3::xxh3_64;

/// Texts in the first block; each block has room for twice as many as the one before.
const FIRST: u32 = 512;

/// Blocks that hold the texts up to the last number.
const BLOCKS: usize = 23;

static TEXTS: [OnceLock<Box<[OnceLock<&'static str>]>>; BLOCKS] = [const { OnceLock::new() }; BLOCKS];

static INDEX: Mutex<Index> = Mutex::new(Index { places: Vec::new(), texts: 0, room: &mut [] });

/// Where to find a text's number.
struct Index {
    /// Open addressing with linear probing: the upper half of the hash, and the number; `None` is free.
    places: Vec<Option<(NonZeroU32, u32)>>,
    texts: u32,
    /// What is left of the last piece of memory for texts.
    room: &'static mut [u8],
}

/// Memory for texts comes in pieces of so many bytes.
const PIECE: usize = 1 << 14;

pub(super) fn hash(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
}

/// The number of a text that was made.
pub(super) fn known(text: &str, hash: u64) -> Option<NonZeroU32> {
    INDEX.lock().unwrap_or_else(PoisonError::into_inner).find(text, hash).ok()
}

/// The number of a text, which is made if it is new.
pub(super) fn number(text: &str, hash: u64) -> Option<NonZeroU32> {
    let mut index = INDEX.lock().unwrap_or_else(PoisonError::into_inner);
    match index.find(text, hash) {
        Ok(number) => Some(number),
        Err(_) => Some(index.add(text, hash)),
    }
}

/// The text with that number; the empty one is nowhere written.
pub(super) fn text(number: NonZeroU32) -> &'static str {
    let (block, at) = place(number);
    TEXTS[block].get().and_then(|block| block.get(at)?.get()).copied().unwrap_or_default()
}

fn place(number: NonZeroU32) -> (usize, usize) {
    let number = number.get() - 1 + FIRST;
    let block = number.ilog2() - FIRST.ilog2();
    (block as usize, (number - (FIRST << block)) as usize)
}

impl Index {
    /// The number, or the place for it.
    fn find(&self, text: &str, hash: u64) -> Result<NonZeroU32, usize> {
        let Some(last) = self.places.len().checked_sub(1) else { return Err(0) };
        let mut at = hash as usize & last;
        while let Some((number, tag)) = self.places[at] {
            if tag == tag_of(hash) && self::text(number) == text {
                return Ok(number);
            }
            at = (at + 1) & last;
        }
        Err(at)
    }

    fn add(&mut self, text: &str, hash: u64) -> NonZeroU32 {
        self.make_room();
        // The empty text has number 1.
        self.texts =
            self.texts.max(1).checked_add(1).filter(|last| *last < u32::MAX - FIRST).expect("memory holds fewer");
        let number = NonZeroU32::new(self.texts).expect("more than none");
        let kept = self.keep(text);
        let (block, at) = place(number);
        let block = TEXTS[block].get_or_init(|| (0..(FIRST as usize) << block).map(|_| OnceLock::new()).collect());
        block[at].set(kept).expect("numbers are given once");
        if let Err(at) = self.find(text, hash) {
            self.places[at] = Some((number, tag_of(hash)));
        }
        number
    }

    /// Keeps a quarter of the places free.
    fn make_room(&mut self) {
        if (self.texts as usize + 1) * 4 < self.places.len() * 3 {
            return;
        }
        let more = (self.places.len() * 2).max(1024);
        let before = std::mem::replace(&mut self.places, vec![None; more]);
        for one in before.into_iter().flatten() {
            let mut at = hash(text(one.0)) as usize & (more - 1);
            while self.places[at].is_some() {
                at = (at + 1) & (more - 1);
            }
            self.places[at] = Some(one);
        }
    }

    fn keep(&mut self, text: &str) -> &'static str {
        if text.len() > PIECE / 8 {
            return Box::leak(Box::from(text));
        }
        if self.room.len() < text.len() {
            self.room = Box::leak(vec![0; PIECE].into_boxed_slice());
        }
        let (own, rest) = std::mem::take(&mut self.room).split_at_mut(text.len());
        self.room = rest;
        own.copy_from_slice(text.as_bytes());
        std::str::from_utf8(own).expect("it is a copy of a text")
    }
}

/// What of a hash does not decide about the place.
fn tag_of(hash: u64) -> u32 {
    (hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_follow_each_other_without_a_gap() {
        let at = |number: u32| place(NonZeroU32::new(number).expect("not 0"));
        assert_eq!(at(1), (0, 0));
        assert_eq!(at(FIRST), (0, FIRST as usize - 1));
        assert_eq!(at(FIRST + 1), (1, 0));
        assert_eq!(at(3 * FIRST), (1, 2 * FIRST as usize - 1));
        assert_eq!(at(3 * FIRST + 1), (2, 0));
        assert_eq!(at(u32::MAX - FIRST).0, BLOCKS - 1);
    }
}
