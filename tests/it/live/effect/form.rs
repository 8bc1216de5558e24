//! Forms of statements with places for names, and the names of a schema put into them.

use sqlsift::catalog::apply::Replay;
use sqlsift::catalog::model::{Column, ConstraintKind, Table, TableKind, TableName};

use super::schema::Random;

#[derive(Clone, Debug)]
pub struct Form {
    pub text: String,
    /// What holds the statement up, one after the other; `None`: it runs in a transaction.
    pub blockers: Option<Vec<String>>,
}

pub fn forms(major: u32) -> Vec<Form> {
    let lines = include_str!("forms.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(|line| form(line, major)).collect()
}

fn form(line: &str, major: u32) -> Option<Form> {
    let (since, line) = match line.split_once(": ") {
        Some((since, rest)) if since.parse::<u32>().is_ok() => (since.parse().unwrap_or_default(), rest),
        _ => (0, line),
    };
    if since > major {
        return None;
    }
    let Some(rest) = line.strip_prefix("! ") else { return Some(Form { text: line.to_owned(), blockers: None }) };
    let (blockers, text) = rest.split_once(" | ")?;
    let blockers = blockers.split(" & ").map(str::to_owned).collect();
    Some(Form { text: text.to_owned(), blockers: Some(blockers) })
}

/// The form with names of this schema in it, if it has some that fit.
pub fn fill(form: &Form, replay: &Replay, random: &mut Random) -> Option<Form> {
    (0..40).find_map(|_| fill_once(form, replay, random))
}

const ROOTS: [&str; 8] = ["people", "orders", "items", "notes", "tags", "events", "beings", "dogs"];

fn fill_once(form: &Form, replay: &Replay, random: &mut Random) -> Option<Form> {
    let plain = form.text.contains("{plain}") || form.text.contains("{typed}");
    let roots = if plain { &ROOTS[..5] } else { &ROOTS[..] };
    let root = *random.pick(roots)?;
    let (_, table) = table_named(replay, root)?;
    let mut filled = form.clone();
    let mut column = None;
    while let Some(start) = filled.text.find('{') {
        let end = start + filled.text[start..].find('}')?;
        let key = filled.text[start + 1..end].to_owned();
        let value = value(&key, replay, (root, table), &mut column, random)?;
        let replace = |text: &str| text.replace(&format!("{{{key}}}"), &value);
        filled.text = replace(&filled.text);
        for blocker in filled.blockers.iter_mut().flatten() {
            *blocker = replace(blocker);
        }
    }
    Some(filled)
}

pub fn table_named<'r>(replay: &'r Replay, name: &str) -> Option<(TableName, &'r Table)> {
    let name = TableName { schema: "public".into(), name: name.into() };
    let table = replay.catalog().tables.get(&name)?;
    Some((name, table))
}

fn value(
    key: &str,
    replay: &Replay,
    (root, table): (&str, &Table),
    chosen: &mut Option<String>,
    random: &mut Random,
) -> Option<String> {
    let constraint = |wanted: &dyn Fn(&sqlsift::catalog::model::Constraint) -> bool, random: &mut Random| {
        let fitting: Vec<&String> = table.constraints.iter().filter(|one| wanted(one)).map(|one| &one.name).collect();
        random.pick(&fitting).map(|name| (*name).clone())
    };
    let index = |wanted: &dyn Fn(&sqlsift::catalog::model::Index) -> bool, random: &mut Random| {
        let fitting: Vec<&String> = table.indexes.iter().filter(|one| wanted(one)).map(|one| &one.name).collect();
        random.pick(&fitting).map(|name| (*name).clone())
    };
    match key {
        "t" | "plain" | "typed" => Some(root.to_owned()),
        "ref" => {
            let fits = |name: &&&str| {
                **name != root
                    && table_named(replay, name).is_some_and(|(_, table)| {
                        table.kind == TableKind::Table && table.primary_key().is_some_and(|key| key == ["id"])
                    })
            };
            let fitting: Vec<&&str> = ROOTS.iter().filter(fits).collect();
            random.pick(&fitting).map(|name| (**name).to_owned())
        }
        "c" => match chosen {
            Some(column) => Some(column.clone()),
            None => {
                let indexable = |column: &&Column| column.name != "id" && column.type_name != "jsonb";
                let names: Vec<&Column> = table.columns.iter().filter(indexable).collect();
                *chosen = random.pick(&names).map(|column| column.name.clone());
                chosen.clone()
            }
        },
        "i" => index(&|_| true, random),
        "free" => index(&|index| !index.constraint, random),
        "unique" => index(
            &|index| {
                index.unique
                    && !index.constraint
                    && index.predicate.is_none()
                    && index.keys.iter().all(|k| !k.expression)
            },
            random,
        ),
        "pk" => constraint(&|one| one.kind == ConstraintKind::PrimaryKey, random),
        "fk" => constraint(&|one| matches!(one.kind, ConstraintKind::ForeignKey { .. }), random),
        "later" => constraint(&|one| !one.validated, random),
        "valid" => constraint(&|one| one.validated && matches!(one.kind, ConstraintKind::Check { .. }), random),
        prefix => {
            let prefix = match prefix {
                "varchar" => "character varying",
                "char" => "character(",
                "varbit" => "bit varying",
                "timestamp" => "timestamp",
                other => other,
            };
            let without_zone = |column: &&Column| prefix != "timestamp" || !column.type_name.contains("with time zone");
            let fits = |column: &&Column| column.type_name.starts_with(prefix) && without_zone(column);
            let names: Vec<&Column> = table.columns.iter().filter(fits).collect();
            *chosen = random.pick(&names).map(|column| column.name.clone());
            chosen.clone()
        }
    }
}
