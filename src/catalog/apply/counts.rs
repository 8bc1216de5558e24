//! How many there are of each: whether there is one is asked without going through all.

use std::hash::Hash;

use rustc_hash::FxHashMap;

#[derive(Debug)]
pub(super) struct Counts<K>(FxHashMap<K, usize>);

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Counts(FxHashMap::default())
    }
}

impl<K: Clone + Eq + Hash> Counts<K> {
    pub fn add(&mut self, key: &K) {
        *self.0.entry(key.clone()).or_default() += 1;
    }

    pub fn remove(&mut self, key: &K) {
        if let Some(count) = self.0.get_mut(key) {
            *count -= 1;
            if *count == 0 {
                self.0.remove(key);
            }
        }
    }

    pub fn of(&self, key: &K) -> usize {
        self.0.get(key).copied().unwrap_or_default()
    }

    pub fn has(&self, key: &K) -> bool {
        self.0.contains_key(key)
    }
}
