//! Names for new indexes, in the manner of Postgres's own (`ChooseIndexName` in indexcmds.c): table, columns, `idx`.

use std::collections::BTreeSet;

use crate::catalog::access::Key;
use crate::catalog::model::Catalog;
use crate::catalog::text::Text;

use super::candidate::Candidate;

/// Bytes that Postgres keeps of a name (NAMEDATALEN - 1).
const LONGEST: usize = 63;

/// Names already used, so that no two new indexes clash with each other or with what exists.
#[derive(Debug, Default)]
pub struct Names(BTreeSet<(Text, Text)>);

impl Names {
    pub fn of(catalog: Option<&Catalog>) -> Self {
        let mut used = BTreeSet::new();
        for (table, known) in catalog.iter().flat_map(|c| &c.tables) {
            used.insert((table.schema.clone(), table.name.clone()));
            used.extend(known.indexes.iter().map(|i| (table.schema.clone(), i.name.clone())));
            used.extend(known.constraints.iter().map(|c| (table.schema.clone(), c.name.clone())));
        }
        Names(used)
    }

    pub fn take(&mut self, schema: &str, name: &str) {
        self.0.insert((schema.into(), name.into()));
    }

    pub fn choose(&mut self, candidate: &Candidate) -> String {
        let parts: Vec<String> = candidate.keys.iter().map(|k| part(&k.key)).collect();
        self.unused(&candidate.table.schema, &format!("{}_{}", candidate.table.name, parts.join("_")))
    }

    /// `stem_idx`, cut to fit and numbered until it is new.
    pub fn unused(&mut self, schema: &str, stem: &str) -> String {
        for n in 0.. {
            let suffix = if n == 0 { "_idx".to_owned() } else { format!("_idx{n}") };
            let name = format!("{}{suffix}", cut(stem, LONGEST - suffix.len()));
            if self.0.insert((schema.into(), name.as_str().into())) {
                return name;
            }
        }
        unreachable!("the numbers do not end")
    }
}

fn part(key: &Key) -> String {
    match key {
        Key::Column(name) => name.clone(),
        Key::Expression(sql) => {
            let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let words: Vec<&str> = sql.split(|c| !word(c)).filter(|w| !w.is_empty()).take(4).collect();
            words.join("_").to_lowercase()
        }
    }
}

fn cut(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
