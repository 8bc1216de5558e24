//! The text of a file before and after in; the file written anew, or a patch on standard output, out.

use std::path::Path;

use crate::cli::failure::Failure;
use crate::cli::output;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Keeps a byte order mark. Refuses to write over what somebody else wrote meanwhile.
pub fn write(path: &str, before: &str, after: &str) -> Result<(), Failure> {
    let bytes = std::fs::read(path).map_err(|e| Failure::new(format!("cannot read {path}: {e}"), "run it again"))?;
    let mark = mark(&bytes);
    if bytes[mark.len()..] != *before.as_bytes() {
        return Err(Failure::new(format!("{path} was changed meanwhile; it was left as it is"), "run it again"));
    }
    std::fs::write(path, [mark, after].concat()).map_err(|e| Failure::writing(path, &e))
}

pub fn patch(path: &str, before: &str, after: &str) -> Result<(), Failure> {
    // What can be read but once has no byte order mark any more.
    let file = Path::new(path);
    let bytes = if file.is_file() { std::fs::read(file).unwrap_or_default() } else { Vec::new() };
    let mark = mark(&bytes);
    let patch = similar::TextDiff::from_lines([mark, before].concat().as_str(), [mark, after].concat().as_str())
        .unified_diff()
        .context_radius(3)
        .header(&format!("a/{path}"), &format!("b/{path}"))
        .to_string();
    output::print(&patch)
}

fn mark(bytes: &[u8]) -> &'static str {
    if bytes.starts_with(BYTE_ORDER_MARK.as_bytes()) { BYTE_ORDER_MARK } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_stays_and_nothing_of_others_is_overwritten() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let path = file.path().to_string_lossy().into_owned();
        let text = || std::fs::read_to_string(&path).expect("it is there");
        std::fs::write(&path, "\u{feff}one").expect("it is written");
        write(&path, "one", "two").expect("it is as it was read");
        assert_eq!(text(), "\u{feff}two");
        assert!(write(&path, "one", "three").is_err());
        assert_eq!(text(), "\u{feff}two");
    }
}
