//! The path of a file in; what its name says of it out: version, direction, product.

use super::model::{Direction, Framework};

/// A path cut up.
#[derive(Clone, Copy, Debug)]
pub(super) struct FileName<'p> {
    /// Without its last separator; empty for a bare name.
    pub folder: &'p str,
    pub name: &'p str,
}

/// Flyway's kinds of files (documentation, "Migrations: naming").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prefix {
    Versioned,
    Undo,
    Baseline,
    Repeatable,
}

/// Whether the CLI should hand the file over as a [`super::Source`].
pub fn is_sql(path: &str) -> bool {
    FileName::of(path).extension().is_some_and(|extension| {
        ["sql", "psql", "pgsql", "ddl"].iter().any(|known| extension.eq_ignore_ascii_case(known))
    })
}

/// Whether a file takes a migration back: `7_x.down.sql` (golang-migrate), `2024…/down.sql` (diesel), `U7__x.sql`
/// (flyway undo).
pub fn is_down_file(path: &str) -> bool {
    FileName::of(path).direction() == Direction::Down
}

impl<'p> FileName<'p> {
    pub fn of(path: &'p str) -> Self {
        match path.rfind(['/', '\\']) {
            Some(at) => FileName { folder: &path[..at], name: &path[at + 1..] },
            None => FileName { folder: "", name: path },
        }
    }

    fn extension(&self) -> Option<&'p str> {
        self.name.rsplit_once('.').map(|(_, extension)| extension)
    }

    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The folder's own name.
    pub fn parent(&self) -> &'p str {
        self.folder.rsplit(['/', '\\']).next().unwrap_or_default()
    }

    pub fn direction(&self) -> Direction {
        let name = self.name.to_ascii_lowercase();
        let down = name == "down.sql"
            || name.ends_with(".down.sql")
            || name.ends_with("_down.sql")
            || self.flyway().is_some_and(|(prefix, _)| prefix == Prefix::Undo);
        if down { Direction::Down } else { Direction::Up }
    }

    /// Which way it goes for its framework: refinery's `U1__x.sql` are migrations whose versions may come out of order
    /// (its README, "Usage").
    pub fn direction_in(&self, framework: Framework) -> Direction {
        match self.flyway() {
            Some(_) if framework == Framework::Refinery => Direction::Up,
            _ => self.direction(),
        }
    }

    /// `x.up.sql` and `x.down.sql`, without these ends.
    pub fn without_direction(&self) -> Option<&'p str> {
        [".up.sql", ".down.sql"].iter().find_map(|end| {
            let at = self.name.len().checked_sub(end.len())?;
            let (stem, found) = self.name.is_char_boundary(at).then(|| self.name.split_at(at))?;
            found.eq_ignore_ascii_case(end).then_some(stem)
        })
    }

    /// `V7__x.sql`, `V1.2_3__x.sql`, `R__x.sql`: the prefix and the version.
    pub fn flyway(&self) -> Option<(Prefix, &'p str)> {
        let (head, _) = self.name.split_once("__")?;
        let (prefix, version) = (head.get(..1)?, head.get(1..)?);
        let numbers = !version.is_empty()
            && version.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'_'))
            && version.bytes().any(|byte| byte.is_ascii_digit());
        match prefix {
            "V" | "v" if numbers => Some((Prefix::Versioned, version)),
            "U" | "u" if numbers => Some((Prefix::Undo, version)),
            "B" | "b" if numbers => Some((Prefix::Baseline, version)),
            "R" | "r" if version.is_empty() => Some((Prefix::Repeatable, "")),
            _ => None,
        }
    }

    /// The number that the name begins with: `0007_x.sql`, `20240101120000_x.sql`; of `2023-02-01-100000_x` the date.
    pub fn number(&self) -> Option<&'p str> {
        number(self.name)
    }

    /// The number that the folder's name begins with (diesel, Prisma).
    pub fn folder_number(&self) -> Option<&'p str> {
        number(self.parent())
    }

    /// The other product that `x.mysql.up.sql` is written for (pop and its kin keep one file a product), or `mysql/x.sql` (one folder).
    pub fn other_product(&self) -> Option<&'static str> {
        const PRODUCTS: &[(&str, &str)] = &[
            ("mysql", "MySQL"),
            ("mariadb", "MariaDB"),
            ("sqlite", "SQLite"),
            ("sqlite3", "SQLite"),
            ("cockroach", "CockroachDB"),
            ("cockroachdb", "CockroachDB"),
            ("mssql", "SQL Server"),
            ("sqlserver", "SQL Server"),
            ("oracle", "Oracle"),
            ("clickhouse", "ClickHouse"),
        ];
        let parts = self.name.split('.').skip(1);
        let lower: Vec<String> = parts.map(str::to_ascii_lowercase).collect();
        // Oracles that are no database have tables too.
        let folder = |part: &str| part != "oracle" && self.below(&[part]);
        let product = PRODUCTS.iter().find(|(part, _)| lower.iter().any(|found| found == part) || folder(part));
        product.map(|(_, product)| *product)
    }

    /// Whether a folder on the way is called one of these.
    pub fn below(&self, names: &[&str]) -> bool {
        self.folder.split(['/', '\\']).any(|folder| names.iter().any(|name| folder.eq_ignore_ascii_case(name)))
    }
}

fn number(name: &str) -> Option<&str> {
    let end = name.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(name.len());
    let found = name[..end].trim_end_matches('-');
    found.starts_with(|c: char| c.is_ascii_digit()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_undo_are_known_by_their_names() {
        for path in ["db/7_add.down.sql", "migrations/2024-01-01_x/down.sql", "U7__drop.sql", "U1.2__x.sql"] {
            assert!(is_down_file(path), "{path}");
        }
        for path in ["db/7_add.up.sql", "users.sql", "U__x.sql", "V7__x.sql", "count_down_to_zero.sql"] {
            assert!(!is_down_file(path), "{path}");
        }
    }

    #[test]
    fn numbers_and_products_come_from_names() {
        assert_eq!(FileName::of("m/0007_x.sql").number(), Some("0007"));
        assert_eq!(FileName::of("m/2023-02-01-100000_x/up.sql").folder_number(), Some("2023-02-01-100000"));
        assert_eq!(FileName::of("users.sql").number(), None);
        assert_eq!(FileName::of("1_x.sqlite3.up.sql").other_product(), Some("SQLite"));
        assert_eq!(FileName::of("1_mysql.up.sql").other_product(), None);
        assert_eq!(FileName::of("db/clickhouse/migrations/1_x.sql").other_product(), Some("ClickHouse"));
        assert_eq!(FileName::of("src/oracle/1_x.sql").other_product(), None);
        assert_eq!(FileName::of("U1__x.sql").direction_in(Framework::Refinery), Direction::Up);
        assert!(is_sql("a/b.SQL") && !is_sql("a.sql.conf"));
    }
}
