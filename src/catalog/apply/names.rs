//! The names that Postgres gives to constraints and indexes which have none.
//!
//! `src/backend/commands/indexcmds.c` (`makeObjectName`, `ChooseRelationName`, `ChooseIndexName`,
//! `ChooseIndexColumnNames`) and `src/backend/catalog/pg_constraint.c` (`ChooseConstraintName`).

use rustc_hash::FxHashMap;

use crate::catalog::model::IndexKey;
use crate::catalog::text::Text;

/// `NAMEDATALEN - 1`.
const LONGEST: usize = 63;

/// `name1_name2_label`, the longer of the two names cut until it fits.
fn object_name(name1: &str, name2: &str, label: &str) -> String {
    let overhead = label.len() + 1 + if name2.is_empty() { 0 } else { 1 };
    let room = LONGEST.saturating_sub(overhead);
    let (mut first, mut second) = (name1.len(), name2.len());
    while first + second > room {
        if first > second { first -= 1 } else { second -= 1 }
    }
    let (first, second) = (clip(name1, first), clip(name2, second));
    if second.is_empty() { format!("{first}_{label}") } else { format!("{first}_{second}_{label}") }
}

fn clip(name: &str, mut length: usize) -> &str {
    while !name.is_char_boundary(length) {
        length -= 1;
    }
    &name[..length]
}

/// The first of `…_label`, `…_label1`, `…_label2`, … that is free.
pub fn choose(name1: &str, name2: &str, label: &str, taken: impl Fn(&str) -> bool) -> String {
    Passes::default().choose(name1, name2, label, taken)
}

/// Where the last search for a free name ended: of ten thousand alike, each goes on from there, as long as no name becomes free.
#[derive(Debug, Default)]
pub struct Passes(FxHashMap<String, usize>);

impl Passes {
    /// As [`choose`].
    pub fn choose(&mut self, name1: &str, name2: &str, label: &str, taken: impl Fn(&str) -> bool) -> String {
        let first = object_name(name1, name2, label);
        if !taken(&first) {
            return first;
        }
        let last = self.0.entry(first).or_insert(1);
        loop {
            let name = object_name(name1, name2, &format!("{label}{last}"));
            if !taken(&name) {
                return name;
            }
            *last += 1;
        }
    }
}

/// Column names joined for a name, no longer than a name may be (`ChooseIndexNameAddition`).
pub fn joined<'n>(columns: impl IntoIterator<Item = &'n str>) -> String {
    let mut text = String::new();
    for column in columns {
        if !text.is_empty() {
            text.push('_');
        }
        text.push_str(column);
        if text.len() > LONGEST {
            break;
        }
    }
    let length = text.len().min(LONGEST);
    clip(&text, length).to_owned()
}

/// What stands for each key in an index's name: the column, the function of an expression, else `expr`; made distinct. No more of
/// them than [`joined`] has room for.
pub fn index_columns(keys: &[IndexKey], include: &[Text]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let plain = keys.iter().map(key_name).chain(include.iter().map(Text::to_string));
    for base in plain.take(LONGEST + 1) {
        let mut name = base.clone();
        let mut pass = 0;
        while names.contains(&name) {
            pass += 1;
            name = format!("{base}{pass}");
        }
        names.push(name);
    }
    names
}

/// `FigureIndexColname` in `parse_target.c`, for the shapes that are common in indexes.
fn key_name(key: &IndexKey) -> String {
    if !key.expression {
        return key.text.to_string();
    }
    let function = key.text.split('(').next().unwrap_or_default().trim();
    let is_call = key.text.trim_end().ends_with(')')
        && crate::catalog::expression::strip_parens(&key.text[function.len()..]).len() + 2
            <= key.text.len() - function.len()
        && !function.is_empty()
        && function.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    if is_call { function.rsplit('.').next().unwrap_or(function).to_ascii_lowercase() } else { "expr".into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_as_postgres_cuts_them() {
        let table = "a".repeat(60);
        assert_eq!(choose(&table, "", "pkey", |_| false), format!("{}_pkey", "a".repeat(58)));
        assert_eq!(choose(&table, "customer_id", "fkey", |_| false).len(), 63);
        assert_eq!(choose("t", "", "pkey", |name| name == "t_pkey"), "t_pkey1");
    }

    #[test]
    fn a_search_goes_on_where_the_last_one_ended() {
        let mut passes = Passes::default();
        let mut taken: Vec<String> = Vec::new();
        for wanted in ["t_a_check", "t_a_check1", "t_a_check2"] {
            let name = passes.choose("t", "a", "check", |name| taken.iter().any(|one| one == name));
            assert_eq!(name, wanted);
            taken.push(name);
        }
        assert_eq!(passes.choose("t", "b", "check", |name| name == "t_b_check"), "t_b_check1");
        assert_eq!(choose("t", "a", "check", |name| name == "t_a_check"), "t_a_check1");
    }

    #[test]
    fn no_more_keys_are_named_than_a_name_has_room_for() {
        let key = IndexKey { text: "a".into(), ..IndexKey::default() };
        let names = index_columns(&vec![key; 10_000], &[]);
        assert_eq!(names.len(), LONGEST + 1);
        assert_eq!(names[..3], ["a", "a1", "a2"]);
        assert_eq!(joined(names.iter().map(String::as_str)).len(), LONGEST);
    }
}
