//! The captured plans, read once for all tests.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::OnceLock;

use flate2::read::GzDecoder;
use rayon::prelude::*;
use sqlsift::plan::model::Format;
use sqlsift::plan::read::{Reading, read};

pub const MAJORS: [u32; 6] = [13, 14, 15, 16, 17, 18];
pub const FORMATS: [(Format, &str); 4] =
    [(Format::Text, "text"), (Format::Json, "json"), (Format::Yaml, "yaml"), (Format::Xml, "xml")];

/// One plan as the server printed it.
pub struct Captured {
    pub major: u32,
    pub format: Format,
    pub label: String,
    /// Name of the set of EXPLAIN options (`fixtures/capture/plans/queries.rs`).
    pub options: String,
    /// Actual rows and loops differ from run to run.
    pub unstable: bool,
    pub text: String,
    pub reading: Reading,
}

impl Captured {
    pub fn name(&self) -> String {
        format!("{} {} {} {:?}", self.major, self.label, self.options, self.format)
    }
}

/// All plans, in the order of majors, formats and files.
pub fn corpus() -> &'static [Captured] {
    static CORPUS: OnceLock<Vec<Captured>> = OnceLock::new();
    CORPUS.get_or_init(|| {
        let files: Vec<(u32, Format, &str)> =
            MAJORS.iter().flat_map(|&major| FORMATS.map(|(format, name)| (major, format, name))).collect();
        files
            .into_par_iter()
            .flat_map(|(major, format, name)| {
                blocks(&unpack(&format!("{major}/{name}.txt.gz"))).into_par_iter().map(move |(head, text)| {
                    let words: Vec<&str> = head.split(' ').collect();
                    Captured {
                        major,
                        format,
                        label: words[0].to_owned(),
                        options: words[1].to_owned(),
                        unstable: words.contains(&"unstable"),
                        reading: read(text.as_bytes()),
                        text,
                    }
                })
            })
            .collect()
    })
}

/// The same statement under the same options, by format.
pub fn groups() -> BTreeMap<(u32, &'static str, &'static str), BTreeMap<Format, &'static Captured>> {
    let mut groups: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for one in corpus() {
        groups.entry((one.major, one.label.as_str(), one.options.as_str())).or_default().insert(one.format, one);
    }
    groups
}

/// Of a file of `fixtures/plans`.
pub fn unpack(path: &str) -> String {
    let path = folder().join(path);
    let mut text = String::new();
    let file = std::fs::File::open(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    GzDecoder::new(file).read_to_string(&mut text).expect("UTF-8");
    text
}

pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/plans")
}

/// Heads without `=== `, and what stands below each.
pub fn blocks(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some(head) = line.strip_prefix("=== ") {
            found.push((head.trim_end().to_owned(), String::new()));
        } else if let Some((_, body)) = found.last_mut() {
            body.push_str(line);
        }
    }
    found
}
