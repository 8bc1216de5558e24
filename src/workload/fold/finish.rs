//! The end of a fold: numbers become indexes, names are filled in, everything gets its order.

use std::cmp::Reverse;
use std::mem;

use super::super::model::{Query, QueryIndex, Workload};
use super::super::singles::Singles;
use super::state::State;
use super::table::{Place, Table};

pub(super) fn finish(mut state: State, unpacked: usize) -> Workload {
    let mut workload = Workload { window: state.window, ..Workload::default() };
    workload.repeats = mem::take(&mut state.patterns.repeats).into_values().collect();
    workload.pairs = mem::take(&mut state.patterns.pairs).into_values().collect();
    workload.walks = mem::take(&mut state.patterns.walks).into_values().collect();
    workload.neighbours = state.patterns.take_neighbours();
    (workload.errors, workload.lock_waits) = state.trouble.take();
    workload.deadlocks = mem::take(&mut state.trouble.deadlocks);
    workload.server = mem::take(&mut state.server);
    workload.seen = mem::take(&mut state.seen);
    workload.seen.overflowed = state.table.overflowed;
    workload.seen.units = state.patterns.units;
    workload.seen.units_cut = state.patterns.units_cut;
    unpack(&workload, &mut state.table, unpacked);
    let indexes = queries(&mut workload, state.table);
    // Whatever is referred to was unpacked, and so has an index.
    workload.refer(|id| indexes[id]);
    workload.sort();
    workload
}

/// Unpacks what something refers to, and the most expensive ones.
fn unpack(workload: &Workload, table: &mut Table, most: usize) {
    let mut wanted: Vec<u32> = workload.references().map(|id| id as u32).collect();
    let mut costs: Vec<(Reverse<u64>, u64, u32)> = Vec::new();
    for (id, entry) in table.entries.iter().enumerate() {
        if let Place::Single(at) = entry.place {
            costs.push((Reverse(table.singles[at as usize].total_us()), entry.fingerprint.0, id as u32));
        }
    }
    if costs.len() > most {
        costs.select_nth_unstable(most);
        costs.truncate(most);
    }
    wanted.extend(costs.into_iter().map(|(_, _, id)| id));
    for id in wanted {
        table.full(id);
    }
}

/// Moves the table into the workload; gives the index of each number (`usize::MAX` for packed ones).
fn queries(workload: &mut Workload, mut table: Table) -> Vec<QueryIndex> {
    let mut order: Vec<u32> = (0..table.entries.len() as u32).collect();
    let names = &table.names;
    order.sort_unstable_by(|a, b| {
        let [a, b] = [a, b].map(|id| &table.entries[*id as usize]);
        names.get(a.database).cmp(names.get(b.database)).then(a.fingerprint.cmp(&b.fingerprint))
    });
    let mut indexes = vec![usize::MAX; table.entries.len()];
    let mut single_order = vec![u32::MAX; table.singles.len()];
    let mut singles = 0;
    for id in order {
        let entry = &mut table.entries[id as usize];
        match entry.place {
            // Seen in a step whose time was not logged: nothing to tell.
            Place::Unseen => {}
            Place::Single(at) => {
                table.singles[at as usize].text = mem::take(&mut entry.text);
                single_order[at as usize] = singles;
                singles += 1;
            }
            Place::Full(at) => {
                let full = &mut table.fulls[at as usize];
                let mut query = mem::replace(&mut full.query, Query::new("", entry.fingerprint, entry.kind, ""));
                query.database = names.get(entry.database).to_owned();
                query.text = mem::take(&mut entry.text).into();
                query.users = full.users.counts(names);
                query.applications = full.applications.counts(names);
                query.tags = full.tags.counts(names);
                if query.samples.is_empty() {
                    query.samples = mem::take(&mut full.plan_samples);
                }
                query.query_ids.sort_unstable();
                indexes[id as usize] = workload.queries.len();
                workload.queries.push(query);
            }
        }
    }
    // Places that were unpacked stay behind and are cut off at the end.
    let mut entries = mem::take(&mut table.singles);
    let mut keyed: Vec<(u32, u32)> = single_order.iter().enumerate().map(|(at, order)| (*order, at as u32)).collect();
    keyed.sort_unstable();
    keyed.truncate(singles as usize);
    permute(&mut entries, &keyed);
    entries.truncate(singles as usize);
    entries.shrink_to_fit();
    workload.singles = Singles { entries, names: table.names.into_list() };
    indexes
}

/// Brings `keyed[n].1` to place `n`, in place.
fn permute<T>(list: &mut [T], keyed: &[(u32, u32)]) {
    let mut wanted: Vec<u32> = keyed.iter().map(|&(_, from)| from).collect();
    for to in 0..wanted.len() {
        // What stood at `from` may have been swapped away by an earlier step: follow it.
        let mut from = wanted[to] as usize;
        while from < to {
            from = wanted[from] as usize;
        }
        wanted[to] = from as u32;
        list.swap(to, from);
    }
}

impl Workload {
    /// Every query that something refers to, with duplicates.
    pub(in super::super) fn references(&self) -> impl Iterator<Item = QueryIndex> + '_ {
        self.repeats
            .iter()
            .map(|repeat| repeat.query)
            .chain(self.pairs.iter().flat_map(|pair| [pair.child, pair.parent]))
            .chain(self.walks.iter().map(|walk| walk.query))
            .chain(self.neighbours.iter().flat_map(|pair| [pair.first, pair.second]))
            .chain(self.errors.iter().filter_map(|group| group.query))
            .chain(self.lock_waits.iter().filter_map(|group| group.query))
            .chain(self.deadlocks.iter().filter_map(|sample| sample.query))
    }

    /// Renames every query that something refers to.
    pub(in super::super) fn refer(&mut self, index: impl Fn(QueryIndex) -> QueryIndex) {
        for repeat in &mut self.repeats {
            repeat.query = index(repeat.query);
        }
        for pair in &mut self.pairs {
            (pair.child, pair.parent) = (index(pair.child), index(pair.parent));
        }
        for walk in &mut self.walks {
            walk.query = index(walk.query);
        }
        for pair in &mut self.neighbours {
            (pair.first, pair.second) = (index(pair.first), index(pair.second));
        }
        let optional = self.errors.iter_mut().map(|group| &mut group.query);
        let optional = optional.chain(self.lock_waits.iter_mut().map(|group| &mut group.query));
        for query in optional.chain(self.deadlocks.iter_mut().map(|sample| &mut sample.query)) {
            *query = query.map(&index);
        }
    }

    /// Patterns by their queries; what follows from sketches is filled in.
    pub(in super::super) fn sort(&mut self) {
        self.repeats.sort_unstable_by_key(|repeat| repeat.query);
        self.pairs.sort_unstable_by_key(|pair| (pair.child, pair.parent));
        self.walks.sort_unstable_by_key(|walk| walk.query);
        self.neighbours.sort_unstable_by_key(|pair| (pair.first, pair.second));
        self.errors.sort_unstable_by(|a, b| a.key().cmp(&b.key()));
        self.lock_waits
            .sort_unstable_by(|a, b| (&a.mode, &a.target_kind, a.query).cmp(&(&b.mode, &b.target_kind, b.query)));
        self.deadlocks.sort_unstable_by_key(|sample| (sample.at, sample.origin));
        self.repeats.iter_mut().for_each(super::super::model::Repeat::settle);
        self.pairs.iter_mut().for_each(super::super::model::Pair::settle);
    }
}
