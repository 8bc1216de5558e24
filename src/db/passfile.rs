//! `~/.pgpass` in; the password of a host, port, database and user out (libpq-pgpass; libpq: `passwordFromFile`).

use std::path::Path;

use super::conninfo::open_to_others;
use super::secret::Secret;

/// Whether the file was named, or only might be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Named,
    Default,
}

/// Lines that could be taken apart, in their order: the first that fits counts.
#[derive(Debug, Default)]
pub struct Passfile {
    lines: Vec<([Field; 4], Secret)>,
}

#[derive(Debug)]
enum Field {
    Any,
    Is(String),
}

impl Field {
    fn fits(&self, value: &str) -> bool {
        match self {
            Field::Any => true,
            Field::Is(wanted) => wanted == value,
        }
    }
}

impl Passfile {
    pub fn password(&self, host: &str, port: u16, database: &str, user: &str) -> Option<Secret> {
        let port = port.to_string();
        let values = [host, &port, database, user];
        let line =
            self.lines.iter().find(|(fields, _)| fields.iter().zip(values).all(|(field, value)| field.fits(value)));
        line.map(|(_, password)| password.clone())
    }
}

/// A file that others may read is not used, as libpq does not; neither is what is no file.
pub fn read(path: &Path, asked: Asked, warnings: &mut Vec<String>) -> Passfile {
    let name = path.display();
    let meta = match std::fs::metadata(path) {
        Ok(meta) => meta,
        Err(_) if asked == Asked::Default => return Passfile::default(),
        Err(error) => {
            warnings.push(format!("password file {name}: {error}"));
            return Passfile::default();
        }
    };
    if !meta.is_file() {
        if asked == Asked::Named && path != Path::new("/dev/null") {
            warnings.push(format!("password file {name}: not a plain file, so it is not read"));
        }
        return Passfile::default();
    }
    if open_to_others(path) {
        warnings.push(format!("password file {name}: others may read it, so it is not used; chmod 600 {name}"));
        return Passfile::default();
    }
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&text),
        Err(error) => {
            warnings.push(format!("password file {name}: {error}"));
            Passfile::default()
        }
    }
}

pub fn parse(text: &str) -> Passfile {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    Passfile { lines: lines.filter_map(line).collect() }
}

/// `host:port:database:user:password`, with `\:` and `\\`; a `*` alone fits everything.
fn line(text: &str) -> Option<([Field; 4], Secret)> {
    let mut parts: Vec<(String, bool)> = vec![(String::new(), false)];
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let count = parts.len();
        let (part, escaped) = parts.last_mut()?;
        match c {
            '\\' => {
                part.extend(chars.next());
                *escaped = true;
            }
            // What follows the password's field is not looked at.
            ':' if count == 5 => break,
            ':' => parts.push((String::new(), false)),
            _ => part.push(c),
        }
    }
    let (password, _) = parts.get(4)?.clone();
    let mut fields = parts.into_iter().take(4).map(
        |(part, escaped)| {
            if part == "*" && !escaped { Field::Any } else { Field::Is(part) }
        },
    );
    let fields = [fields.next()?, fields.next()?, fields.next()?, fields.next()?];
    (!password.is_empty()).then(|| (fields, Secret::new(password)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_counts() {
        let file = parse(
            "# db:5432:shop:web:no\n\nbroken line\ndb:5432:shop:web:one\ndb:*:*:web:two\\:with\\\\both\n*:*:*:*:rest\n\\*:1:a:b:star\n",
        );
        let of = |host, port, database, user| file.password(host, port, database, user).unwrap().reveal().to_owned();
        assert_eq!(of("db", 5432, "shop", "web"), "one");
        assert_eq!(of("db", 5433, "shop", "web"), "two:with\\both");
        assert_eq!(of("other", 1, "a", "b"), "rest");
        assert!(!format!("{file:?}").contains("rest"));
    }

    #[test]
    fn no_line_no_password() {
        assert!(parse("db:5432:shop:web:secret").password("db", 5432, "shop", "admin").is_none());
        assert!(parse("db:5432:shop:web:").password("db", 5432, "shop", "web").is_none());
        assert!(parse("db:5432:shop").password("db", 5432, "shop", "web").is_none());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_not_used() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pass");
        std::fs::write(&path, "*:*:*:*:secret").unwrap();
        for (mode, used) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let mut warnings = Vec::new();
            let file = read(&path, Asked::Default, &mut warnings);
            assert_eq!(file.password("h", 1, "d", "u").is_some(), used, "{mode:o}");
            assert_eq!(warnings.len(), usize::from(!used));
        }
    }
}
