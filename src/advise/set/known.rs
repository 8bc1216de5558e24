//! What the planner has said about one statement in; what follows from it for sets of indexes that it was not asked about, out.
//!
//! A plan made under C that uses U is the plan under every set between U and C: each index more could only offer a cheaper one,
//! and it was not taken; each index less is one that it does not use. So an answer gives an upper bound for every set that
//! holds U, and a lower bound for every set within C.

/// Place of an index in the pool.
pub type IndexAt = usize;

/// A set of indexes of the pool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bits(Vec<u64>);

impl Bits {
    pub fn of(members: &[IndexAt]) -> Self {
        let mut bits = Bits::default();
        members.iter().for_each(|&m| bits.insert(m));
        bits
    }

    pub fn insert(&mut self, at: IndexAt) {
        if self.0.len() <= at / 64 {
            self.0.resize(at / 64 + 1, 0);
        }
        self.0[at / 64] |= 1 << (at % 64);
    }

    pub fn remove(&mut self, at: IndexAt) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word &= !(1 << (at % 64));
        }
    }

    pub fn contains(&self, at: IndexAt) -> bool {
        self.0.get(at / 64).is_some_and(|word| word & (1 << (at % 64)) != 0)
    }

    pub fn iter(&self) -> impl Iterator<Item = IndexAt> + '_ {
        self.0
            .iter()
            .enumerate()
            .flat_map(|(w, &word)| (0..64).filter(move |b| word & (1 << b) != 0).map(move |b| w * 64 + b))
    }
}

/// An answer: with `used` there is a plan of this cost.
#[derive(Clone, Debug)]
struct Atom {
    used: Vec<IndexAt>,
    cost: f64,
    /// The table of all the indexes used, when it is one.
    table: Option<usize>,
}

/// One question with its answer.
#[derive(Clone, Debug)]
struct Asked {
    offered: Bits,
    used: Vec<IndexAt>,
    cost: f64,
}

/// All answers about one statement.
#[derive(Clone, Debug)]
pub struct Known {
    pub base: f64,
    atoms: Vec<Atom>,
    asked: Vec<Asked>,
    /// What an index is thought to be worth alone, before that was asked.
    guesses: Vec<Atom>,
}

/// What is known of the cost under a set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    pub least: f64,
    pub most: f64,
    /// Between the two: from the nearest answer, with what new indexes save on different tables added up.
    pub likely: f64,
}

impl Cost {
    pub fn is_exact(&self) -> bool {
        self.most - self.least <= 1e-6 * self.most
    }
}

/// Work space of [`Known::cost`]: the greatest saving by table, of all indexes of a set and of those that an answer knew.
#[derive(Debug, Default)]
pub struct Scratch(Vec<(usize, f64, f64)>, Bits);

impl Known {
    pub fn new(base: f64) -> Self {
        let nothing = Asked { offered: Bits::default(), used: Vec::new(), cost: base };
        Known { base, atoms: Vec::new(), asked: vec![nothing], guesses: Vec::new() }
    }

    /// Notes an answer. `tables` gives the table of an index of the pool.
    pub fn note(&mut self, offered: &[IndexAt], used: Vec<IndexAt>, cost: f64, tables: &[usize]) {
        if let [alone] = offered {
            self.guesses.retain(|guess| guess.used != [*alone]);
        }
        if !used.is_empty() {
            match self.atoms.iter_mut().find(|a| a.used == used) {
                Some(atom) => atom.cost = atom.cost.min(cost),
                None => self.atoms.push(Atom { table: one_table(&used, tables), used: used.clone(), cost }),
            }
        }
        self.asked.push(Asked { offered: Bits::of(offered), used, cost });
    }

    pub fn guess(&mut self, index: IndexAt, cost: f64, table: usize) {
        let asked = |asked: &Asked| asked.offered.contains(index) && asked.offered.iter().count() == 1;
        if self.asked.iter().any(asked) {
            return;
        }
        self.guesses.retain(|guess| guess.used != [index]);
        self.guesses.push(Atom { used: vec![index], cost, table: Some(table) });
    }

    /// `set` holds only indexes that the statement could use, ascending.
    pub fn cost(&self, set: &[IndexAt], scratch: &mut Scratch) -> Cost {
        if set.is_empty() {
            return Cost { least: self.base, most: self.base, likely: self.base };
        }
        let Scratch(by_table, members) = scratch;
        members.0.fill(0);
        set.iter().for_each(|&at| members.insert(at));
        let holds = |used: &[IndexAt]| used.iter().all(|&u| members.contains(u));
        let (mut least, mut most) = (0.0f64, self.base);
        // The answer that leaves the fewest indexes of the set unknown.
        let mut near: Option<(usize, f64, &Bits)> = None;
        for asked in &self.asked {
            let unknown = set.iter().filter(|&&at| !asked.offered.contains(at)).count();
            if unknown == 0 {
                least = least.max(asked.cost);
            }
            if holds(&asked.used) {
                most = most.min(asked.cost);
                let nearer = |&(fewest, cost, _): &(usize, f64, &Bits)| (unknown, asked.cost) < (fewest, cost);
                if near.as_ref().is_none_or(nearer) {
                    near = Some((unknown, asked.cost, &asked.offered));
                }
            }
        }
        let least = least.min(most);
        let Some((unknown, cost, offered)) = near.filter(|(unknown, ..)| *unknown > 0) else {
            return Cost { least, most, likely: most };
        };
        debug_assert!(unknown > 0);
        by_table.clear();
        for atom in self.atoms.iter().chain(&self.guesses) {
            let Some(table) = atom.table else { continue };
            if !holds(&atom.used) {
                continue;
            }
            let saved = (self.base - atom.cost).max(0.0);
            let old = if atom.used.iter().all(|&at| offered.contains(at)) { saved } else { 0.0 };
            match by_table.iter_mut().find(|(t, ..)| *t == table) {
                Some((_, all, known)) => (*all, *known) = (all.max(saved), known.max(old)),
                None => by_table.push((table, saved, old)),
            }
        }
        let more: f64 = by_table.iter().map(|(_, all, known)| all - known).sum();
        Cost { least, most, likely: (cost - more).clamp(least, most) }
    }

    /// What the planner would use of a set and at what cost, when that follows from what it said.
    pub fn answer(&self, set: &[IndexAt]) -> Option<(Vec<IndexAt>, f64)> {
        let cost = self.cost(set, &mut Scratch::default());
        if !cost.is_exact() {
            return None;
        }
        let within = |atom: &&Atom| atom.used.iter().all(|u| set.binary_search(u).is_ok());
        let best = self.atoms.iter().filter(within).find(|atom| atom.cost <= cost.most * (1.0 + 1e-9));
        Some((best.map(|atom| atom.used.clone()).unwrap_or_default(), cost.most))
    }

    pub fn was_offered(&self, at: IndexAt) -> bool {
        self.asked.iter().any(|asked| asked.offered.contains(at))
    }

    /// Takes it for one that was never offered.
    pub fn forget(&mut self, at: IndexAt) {
        self.asked.iter_mut().for_each(|asked| asked.offered.remove(at));
    }

    /// Some plan has it.
    pub fn uses(&self, at: IndexAt) -> bool {
        self.atoms.iter().any(|atom| atom.used.contains(&at))
    }

    /// Indexes that one plan uses several of, with its cost.
    pub fn together(&self) -> impl Iterator<Item = (&[IndexAt], f64)> {
        self.atoms.iter().filter(|atom| atom.used.len() > 1).map(|atom| (atom.used.as_slice(), atom.cost))
    }

    /// The cost under everything that was ever offered.
    pub fn bound(&self) -> f64 {
        self.asked.iter().map(|asked| asked.cost).fold(self.base, f64::min)
    }
}

fn one_table(used: &[IndexAt], tables: &[usize]) -> Option<usize> {
    let first = tables[*used.first()?];
    used.iter().all(|&u| tables[u] == first).then_some(first)
}
