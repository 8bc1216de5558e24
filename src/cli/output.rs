//! Where results go: `-o` in, open files out. Files are opened before the work, so that a typing error costs nothing,
//! and emptied only when there is something to write.

use std::fs::{File, OpenOptions};
use std::io::Write;

use super::args::Format;
use super::failure::Failure;

/// What `analyze` and `explain` write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Table,
    Json,
    Digest,
    /// The recommended statements as a script.
    Sql,
}

/// Kinds by the word before `=`.
pub const KINDS: &[(&str, Kind)] =
    &[("table", Kind::Table), ("json", Kind::Json), ("digest", Kind::Digest), ("sql", Kind::Sql)];

impl From<Format> for Kind {
    fn from(format: Format) -> Self {
        match format {
            Format::Table => Kind::Table,
            Format::Json => Kind::Json,
        }
    }
}

#[derive(Debug)]
pub struct Output<K = Kind> {
    pub kind: K,
    target: Target,
}

#[derive(Debug)]
enum Target {
    Stdout,
    File { name: String, file: File },
}

/// All outputs of a run: the main one first (standard output, unless a plain FILE takes its place).
pub fn open<K: Copy>(arguments: &[String], main: K, kinds: &[(&str, K)]) -> Result<Vec<Output<K>>, Failure> {
    let mut outputs = Vec::new();
    let mut stdout = Some(Output { kind: main, target: Target::Stdout });
    for argument in arguments {
        let named = argument.split_once('=');
        let known = named.and_then(|(word, name)| Some((kinds.iter().find(|(kind, _)| *kind == word)?.1, name)));
        let (kind, name) = match (known, named) {
            (Some(known), _) => known,
            (None, Some((word, _))) if !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()) => {
                let words: Vec<&str> = kinds.iter().map(|(word, _)| *word).collect();
                return Err(Failure::new(
                    format!("there is no output of the kind {word:?}"),
                    format!("the kinds are {}; for a file of that name: -o ./{argument}", listed(&words)),
                ));
            }
            _ => {
                stdout = None;
                (main, argument.as_str())
            }
        };
        if name == "-" {
            stdout = Some(Output { kind, target: Target::Stdout });
        } else {
            outputs.push(Output { kind, target: file(name)? });
        }
    }
    Ok(stdout.into_iter().chain(outputs).collect())
}

/// `a, b and c`
fn listed(words: &[&str]) -> String {
    match words {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => words.concat(),
    }
}

fn file(name: &str) -> Result<Target, Failure> {
    let opened = OpenOptions::new().write(true).create(true).truncate(false).open(name);
    let file = opened.map_err(|e| {
        Failure::new(format!("cannot open {name:?} for writing: {e}"), "give another name: -o FILE or -o json=FILE")
    })?;
    Ok(Target::File { name: name.into(), file })
}

impl<K> Output<K> {
    pub fn is_stdout(&self) -> bool {
        matches!(self.target, Target::Stdout)
    }

    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.stream(|out| out.write_all(bytes))
    }

    /// As [`Output::write`], for what is never whole in memory.
    pub fn stream(&mut self, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<(), Failure> {
        match &mut self.target {
            Target::Stdout => print_with(write),
            Target::File { name, file } => {
                // A pipe or a device cannot be emptied, and need not be.
                let _ = file.set_len(0);
                write(file).and_then(|()| file.flush()).map_err(|e| Failure::writing(name, &e))
            }
        }
    }
}

pub fn print(text: &str) -> Result<(), Failure> {
    print_with(|out| out.write_all(text.as_bytes()))
}

fn print_with(write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    write(&mut stdout).and_then(|()| stdout.flush()).map_err(|e| Failure::writing("standard output", &e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_file_takes_the_place_of_standard_output() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let kinds = |arguments: &[String], format| -> Vec<(Kind, bool)> {
            open(arguments, Kind::from(format), KINDS).unwrap().iter().map(|o| (o.kind, o.is_stdout())).collect()
        };
        assert_eq!(kinds(&[], Format::Table), [(Kind::Table, true)]);
        assert_eq!(kinds(&[path("a")], Format::Json), [(Kind::Json, false)]);
        assert_eq!(
            kinds(&[format!("json={}", path("b")), format!("digest={}", path("c"))], Format::Table),
            [(Kind::Table, true), (Kind::Json, false), (Kind::Digest, false)]
        );
        assert_eq!(kinds(&["digest=-".into()], Format::Table), [(Kind::Digest, true)]);
    }

    #[test]
    fn a_misspelt_kind_is_no_file_name() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("a=b").display().to_string();
        assert!(open(&[name], Kind::Table, KINDS).is_ok());
        let failure = open(&["jsn=report.json".into()], Kind::Table, KINDS).expect_err("no such kind").to_string();
        assert!(failure.contains("jsn") && failure.contains("table, json, digest and sql"), "{failure}");
    }

    #[test]
    fn a_file_is_emptied_only_when_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.txt");
        std::fs::write(&path, "an older and longer report").unwrap();
        let mut outputs = open(&[path.display().to_string()], Kind::Table, KINDS).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "an older and longer report");
        outputs[0].write(b"new").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_before_the_work() {
        let failure = open(&["no/such/folder/x.json".into()], Kind::Json, KINDS).unwrap_err().to_string();
        assert!(failure.contains("no/such/folder/x.json"), "{failure}");
    }
}
