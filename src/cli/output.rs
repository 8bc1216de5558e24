//! Where results go: `-o` in, open files out. Files are opened before the work, so that a typing error costs nothing,
//! and emptied only when there is something to write.

use std::fs::{File, OpenOptions};
use std::io::Write;

use super::args::Format;
use super::failure::Failure;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Table,
    Json,
    Digest,
}

#[derive(Debug)]
pub struct Output {
    pub kind: Kind,
    target: Target,
}

#[derive(Debug)]
enum Target {
    Stdout,
    File { name: String, file: File },
}

/// All outputs of a run: the main one first (standard output, unless a plain FILE takes its place).
pub fn open(arguments: &[String], format: Format) -> Result<Vec<Output>, Failure> {
    let main = match format {
        Format::Table => Kind::Table,
        Format::Json => Kind::Json,
    };
    let mut outputs = Vec::new();
    let mut stdout = Some(Output { kind: main, target: Target::Stdout });
    for argument in arguments {
        let (kind, name) = match argument.split_once('=') {
            Some(("table", name)) => (Kind::Table, name),
            Some(("json", name)) => (Kind::Json, name),
            Some(("digest", name)) => (Kind::Digest, name),
            Some((word, _)) if !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()) => {
                return Err(Failure::new(
                    format!("there is no output of the kind {word:?}"),
                    format!("the kinds are table, json and digest; for a file of that name: -o ./{argument}"),
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

fn file(name: &str) -> Result<Target, Failure> {
    let opened = OpenOptions::new().write(true).create(true).truncate(false).open(name);
    let file = opened.map_err(|e| {
        Failure::new(format!("cannot open {name:?} for writing: {e}"), "give another name: -o FILE or -o json=FILE")
    })?;
    Ok(Target::File { name: name.into(), file })
}

impl Output {
    pub fn is_stdout(&self) -> bool {
        matches!(self.target, Target::Stdout)
    }

    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match &mut self.target {
            Target::Stdout => print_bytes(bytes),
            Target::File { name, file } => {
                // A pipe or a device cannot be emptied, and need not be.
                let _ = file.set_len(0);
                file.write_all(bytes).and_then(|()| file.flush()).map_err(|e| Failure::writing(name, &e))
            }
        }
    }
}

pub fn print(text: &str) -> Result<(), Failure> {
    print_bytes(text.as_bytes())
}

fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(|e| Failure::writing("standard output", &e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_file_takes_the_place_of_standard_output() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let kinds = |arguments: &[String], format| -> Vec<(Kind, bool)> {
            open(arguments, format).unwrap().iter().map(|o| (o.kind, o.is_stdout())).collect()
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
        assert!(open(&[name], Format::Table).is_ok());
        let failure = open(&["jsn=report.json".into()], Format::Table).expect_err("no such kind").to_string();
        assert!(failure.contains("jsn") && failure.contains("table, json and digest"), "{failure}");
    }

    #[test]
    fn a_file_is_emptied_only_when_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.txt");
        std::fs::write(&path, "an older and longer report").unwrap();
        let mut outputs = open(&[path.display().to_string()], Format::Table).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "an older and longer report");
        outputs[0].write(b"new").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_before_the_work() {
        let failure = open(&["no/such/folder/x.json".into()], Format::Json).unwrap_err().to_string();
        assert!(failure.contains("no/such/folder/x.json"), "{failure}");
    }
}
