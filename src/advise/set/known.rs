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
        self.0.iter().enumerate().flat_map(|(w, &word)| (0..64).filter(move |b| word & (1 << b) != 0).map(move |b| w * 64 + b))
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

/// All answers about one statement.
#[derive(Clone, Debug)]
pub struct Known {
    pub base: f64,
    atoms: Vec<Atom>,
    /// Offered sets with their cost.
    asked: Vec<(Bits, f64)>,
    /// What an index is thought to be worth alone, before that was asked.
    guesses: Vec<Atom>,
}

/// What is known of the cost under a set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    pub least: f64,
    pub most: f64,
    /// Between the two: gains on different tables taken to add up.
    pub likely: f64,
}

impl Cost {
    pub fn is_exact(&self) -> bool {
        self.most - self.least <= 1e-6 * self.most
    }
}

impl Known {
    pub fn new(base: f64) -> Self {
        Known { base, atoms: Vec::new(), asked: vec![(Bits::default(), base)], guesses: Vec::new() }
    }

    /// Notes an answer. `tables` gives the table of an index of the pool.
    pub fn note(&mut self, offered: Bits, used: Vec<IndexAt>, cost: f64, tables: &[usize]) {
        if !used.is_empty() {
            match self.atoms.iter_mut().find(|a| a.used == used) {
                Some(atom) => atom.cost = atom.cost.min(cost),
                None => self.atoms.push(Atom { table: one_table(&used, tables), used, cost }),
            }
        }
        self.asked.push((offered, cost));
    }

    pub fn guess(&mut self, index: IndexAt, cost: f64, table: usize) {
        self.guesses.retain(|g| g.used != [index] || g.cost < cost);
        if !self.guesses.iter().any(|g| g.used == [index]) {
            self.guesses.push(Atom { used: vec![index], cost, table: Some(table) });
        }
    }

    /// `set` holds only indexes that the statement could use, ascending.
    pub fn cost(&self, set: &[IndexAt], scratch: &mut Vec<(usize, f64)>) -> Cost {
        if set.is_empty() {
            return Cost { least: self.base, most: self.base, likely: self.base };
        }
        let within = |atom: &&Atom| atom.used.iter().all(|u| set.binary_search(u).is_ok());
        let mut most = self.base;
        scratch.clear();
        let mut best = |table: Option<usize>, cost: f64| {
            let Some(table) = table else { return };
            match scratch.iter_mut().find(|(t, _)| *t == table) {
                Some((_, least)) => *least = least.min(cost),
                None => scratch.push((table, cost)),
            }
        };
        for atom in self.atoms.iter().filter(within) {
            most = most.min(atom.cost);
            best(atom.table, atom.cost);
        }
        for guess in self.guesses.iter().filter(within) {
            best(guess.table, guess.cost);
        }
        let covers = |(offered, _): &&(Bits, f64)| set.iter().all(|&s| offered.contains(s));
        let least = self.asked.iter().filter(covers).map(|(_, cost)| *cost).fold(0.0, f64::max).min(most);
        let together: f64 = scratch.iter().map(|(_, cost)| (self.base - cost).max(0.0)).sum();
        Cost { least, most, likely: (self.base - together).clamp(least, most) }
    }

    /// The cost under everything that was ever offered.
    pub fn bound(&self) -> f64 {
        self.asked.iter().map(|(_, cost)| *cost).fold(self.base, f64::min)
    }
}

fn one_table(used: &[IndexAt], tables: &[usize]) -> Option<usize> {
    let first = tables[*used.first()?];
    used.iter().all(|&u| tables[u] == first).then_some(first)
}
