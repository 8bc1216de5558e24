//! Items in, a list of them out that grows without moving any: a vector that doubles holds all of its items twice for a moment.

use std::mem;
use std::ops::{Index, IndexMut};

/// Items of a chunk.
const CHUNK: usize = 4096;

/// All chunks but the last are full.
#[derive(Clone, Debug)]
pub(super) struct Chunks<T> {
    chunks: Vec<Vec<T>>,
}

impl<T> Chunks<T> {
    pub fn len(&self) -> usize {
        self.chunks.last().map_or(0, |last| (self.chunks.len() - 1) * CHUNK + last.len())
    }

    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    pub fn push(&mut self, item: T) {
        match self.chunks.last_mut() {
            Some(last) if last.len() < CHUNK => last.push(item),
            // A few items need no room for thousands.
            None => self.chunks.push(vec![item]),
            Some(_) => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(item);
                self.chunks.push(chunk);
            }
        }
    }

    pub fn swap(&mut self, one: usize, other: usize) {
        let (low, high) = (one.min(other), one.max(other));
        if low / CHUNK == high / CHUNK {
            self.chunks[low / CHUNK].swap(low % CHUNK, high % CHUNK);
        } else {
            let (before, from) = self.chunks.split_at_mut(high / CHUNK);
            mem::swap(&mut before[low / CHUNK][low % CHUNK], &mut from[0][high % CHUNK]);
        }
    }

    pub fn truncate(&mut self, len: usize) {
        if len >= self.len() {
            return;
        }
        self.chunks.truncate(len.div_ceil(CHUNK));
        if let Some(last) = self.chunks.last_mut() {
            last.truncate(len - (len - 1) / CHUNK * CHUNK);
            last.shrink_to_fit();
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.chunks.iter().flatten()
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.chunks.iter_mut().flatten()
    }
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self { chunks: Vec::new() }
    }
}

impl<T> Index<usize> for Chunks<T> {
    type Output = T;

    fn index(&self, at: usize) -> &T {
        &self.chunks[at / CHUNK][at % CHUNK]
    }
}

impl<T> IndexMut<usize> for Chunks<T> {
    fn index_mut(&mut self, at: usize) -> &mut T {
        &mut self.chunks[at / CHUNK][at % CHUNK]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_like_a_vector() {
        for len in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7] {
            let (mut chunks, mut list) = (Chunks::default(), Vec::new());
            for item in 0..len {
                chunks.push(item);
                list.push(item);
            }
            for at in (0..len).step_by(3) {
                let other = (at * 7919) % len;
                chunks.swap(at, other);
                list.swap(at, other);
                chunks[at] += 1;
                list[at] += 1;
            }
            let cut = len - len / 3;
            for keep in [len, cut, 0] {
                chunks.truncate(keep);
                list.truncate(keep);
                assert_eq!((chunks.len(), chunks.is_empty()), (list.len(), list.is_empty()), "{len} {keep}");
                assert!(chunks.iter().eq(&list), "{len} {keep}");
                assert!(list.iter().enumerate().all(|(at, item)| chunks[at] == *item), "{len} {keep}");
            }
        }
    }
}
