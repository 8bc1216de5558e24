//! Forms of statements with places for names, and the names of a schema put into them.

use sqlsift::catalog::apply::Replay;
use sqlsift::catalog::model::{Column, ConstraintKind, Table, TableKind, TableName};

use super::schema::Random;

/// Those that a server of this major knows.
pub fn forms(major: u32) -> Vec<String> {
    let lines = include_str!("forms.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .filter_map(|line| match line.split_once(": ") {
            Some((since, rest)) if since.parse::<u32>().is_ok() => {
                since.parse::<u32>().is_ok_and(|since| since <= major).then(|| rest.to_owned())
            }
            _ => Some(line.to_owned()),
        })
        .collect()
}

/// The form with names of this schema in it, if it has some that fit.
pub fn fill(form: &str, replay: &Replay, random: &mut Random) -> Option<String> {
    (0..40).find_map(|_| fill_once(form, replay, random))
}

const ROOTS: [&str; 8] = ["people", "orders", "items", "notes", "tags", "events", "beings", "dogs"];

fn fill_once(form: &str, replay: &Replay, random: &mut Random) -> Option<String> {
    let plain = form.contains("{plain}") || form.contains("{typed}");
    let roots = if plain { &ROOTS[..5] } else { &ROOTS[..] };
    let root = *random.pick(roots)?;
    let (_, table) = table_named(replay, root)?;
    let mut filled = form.to_owned();
    let mut column = None;
    while let Some(start) = filled.find('{') {
        let end = start + filled[start..].find('}')?;
        let key = filled[start + 1..end].to_owned();
        let value = value(&key, replay, (root, table), &mut column, random)?;
        filled.replace_range(start..=end, &value);
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
        let fitting: Vec<&str> = table.constraints.iter().filter(|one| wanted(one)).map(|one| &*one.name).collect();
        random.pick(&fitting).map(|name| (*name).to_owned())
    };
    let index = |wanted: &dyn Fn(&sqlsift::catalog::model::Index) -> bool, random: &mut Random| {
        let fitting: Vec<&str> = table.indexes.iter().filter(|one| wanted(one)).map(|one| &*one.name).collect();
        random.pick(&fitting).map(|name| (*name).to_owned())
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
                *chosen = random.pick(&names).map(|column| column.name.to_string());
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
            *chosen = random.pick(&names).map(|column| column.name.to_string());
            chosen.clone()
        }
    }
}
