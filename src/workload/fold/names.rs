//! Names of databases, users, applications, addresses and tag sets, each kept once.

use rustc_hash::FxHashMap;

/// Different names that are kept; later ones are all called [`Names::OTHER`].
const LIMIT: usize = 50_000;

/// The empty name is number 0.
pub(super) struct Names {
    index: FxHashMap<Box<str>, u32>,
    list: Vec<String>,
}

impl Default for Names {
    fn default() -> Self {
        Self { index: FxHashMap::from_iter([("".into(), 0)]), list: vec![String::new()] }
    }
}

impl Names {
    const OTHER: &str = "(other)";

    pub fn id(&mut self, name: &str) -> u32 {
        if let Some(&id) = self.index.get(name) {
            return id;
        }
        if self.list.len() >= LIMIT && name != Self::OTHER {
            return self.id(Self::OTHER);
        }
        let id = self.list.len() as u32;
        self.list.push(name.to_owned());
        self.index.insert(name.into(), id);
        id
    }

    pub fn get(&self, id: u32) -> &str {
        self.list.get(id as usize).map_or("", String::as_str)
    }

    pub fn into_list(self) -> Vec<String> {
        self.list
    }
}

/// Calls by name, for one query.
#[derive(Default)]
pub(super) struct Tally(Vec<(u32, u64)>);

impl Tally {
    #[inline]
    pub fn add(&mut self, name: u32) {
        let full = self.0.len() > super::Counts::LIMIT;
        match self.0.iter().position(|(known, _)| *known == name) {
            Some(at) => self.0[at].1 += 1,
            None if self.0.len() < super::Counts::LIMIT => self.0.push((name, 1)),
            None if full => self.0[super::Counts::LIMIT].1 += 1,
            None => self.0.push((u32::MAX, 1)),
        }
    }

    /// Names that hold several (tags, joined by line feeds) count for each.
    pub fn counts(&self, names: &Names) -> super::Counts {
        let mut counts = super::Counts::default();
        for &(name, count) in &self.0 {
            if name == u32::MAX {
                counts.add(super::Counts::OTHER, count);
                continue;
            }
            for part in names.get(name).split('\n') {
                counts.add(part, count);
            }
        }
        counts
    }
}
