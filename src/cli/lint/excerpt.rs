//! Scripts in; their texts, and columns in them, out, read again from the files where they were not kept: a report shows a few lines of thousands of files.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::report::model::{Location, Report};
use crate::report::source::Sources;
use crate::script::{Script, decode_owned, digest};

pub fn sources(scripts: &[Script]) -> Sources<'_> {
    let by_path: BTreeMap<&str, &Script> = scripts.iter().map(|script| (script.path.as_str(), script)).collect();
    Sources::new(move |path| text(by_path.get(path)?))
}

/// Gives places of which only the line is known their columns: what stands on the line.
pub fn columns(report: &mut Report, sources: &Sources<'_>) {
    let without = |place: &&mut Location| place.column.is_none() && place.line > 0;
    for place in report.findings.iter_mut().flat_map(|finding| &mut finding.locations).filter(without) {
        let Some(source) = sources.get(&place.path) else { continue };
        let Some(line) = source.line(place.line).filter(|line| !line.trim().is_empty()) else { continue };
        let column = |bytes: usize| u32::try_from(line[..bytes].chars().count() + 1).ok();
        place.column = column(line.len() - line.trim_start().len());
        place.end_line = Some(place.line);
        place.end_column = column(line.trim_end().len());
    }
}

/// `None` of a file that was changed meanwhile: what stands at a place now is not what was judged.
fn text(script: &Script) -> Option<Cow<'_, str>> {
    let is_it = |text: &str| text.len() as u64 == script.bytes && digest(text) == script.digest;
    if is_it(&script.text) {
        return Some(Cow::Borrowed(&script.text));
    }
    let (text, _) = decode_owned(std::fs::read(&script.path).ok()?);
    is_it(&text).then_some(Cow::Owned(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::{FileText, Options, Source, scripts};

    #[test]
    fn a_text_is_read_again_as_long_as_it_is_the_same() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(&file, "\u{feff}SELECT 'é'").expect("it is written");
        let path = file.path().to_string_lossy().into_owned();
        let one = |path: &str| Source { path: path.to_owned(), text: "SELECT 'é'".into() };
        let mut scripts = scripts(vec![one(&path), one("-")], &[], Options::default());
        for script in scripts.iter_mut().filter(|script| script.path != "-") {
            script.text = FileText::default();
        }
        let shown = |path: &str| sources(&scripts).get(path).map(|source| source.text.clone().into_owned());
        assert_eq!(shown(&path).as_deref(), Some("SELECT 'é'"));
        assert_eq!(shown("-").as_deref(), Some("SELECT 'é'"));
        assert_eq!(shown("other.sql"), None);
        std::fs::write(&file, "SELECT 'è'").expect("it is written");
        assert_eq!(shown(&path), None);
    }
}
