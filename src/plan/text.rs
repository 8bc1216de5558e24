//! The text format: a [`Document`] in, a [`Plan`] out.
//!
//! | file | a line |
//! |---|---|
//! | `lines` | is cut out, literals with newlines are put together |
//! | `grammar` | is told apart: node, property, header |
//! | `title`, `head`, `figures` | of a node is taken apart |
//! | `tree` | finds its parent by its column |
//! | `property`, `usage` | of a property is taken apart into the vocabulary of JSON |
//! | `preamble`, `footer` | above and below the tree |
//! | `check` | that does not fit is named |
//!
//! Everything is linear in the length of the input, without recursion: it is hostile.

mod body;
mod check;
mod figures;
mod footer;
pub(in crate::plan) mod grammar;
mod head;
mod inner;
mod lines;
mod number;
mod preamble;
mod property;
mod title;
mod tree;
mod usage;

#[cfg(test)]
mod tests;

/// Bytes of the shortest line of a node that is worth to make room for.
const NODE: usize = 48;

use super::document::{self, Document};
use super::model::{Format, Plan, settle};
use body::Reader;
pub(in crate::plan) use lines::column;
use lines::{Line, Lines, without_end};

/// The plan; `None` if there is not a single node line. What could not be read is a warning of the plan.
pub fn parse(document: &Document<'_>) -> Option<Plan> {
    let mut plan = Plan::new(Format::Text, document.lines.of(0));
    plan.query.clone_from(&document.query);
    plan.warnings.clone_from(&document.warnings);
    plan.nodes.reserve_exact(nodes(document));
    let skipped = preamble::read(&document.text, &mut plan);
    let mut reader = Reader::new(document, plan);
    if let document::Lines::Cut(_, cuts) = &document.lines {
        for (index, cut) in cuts.iter().enumerate().skip(skipped) {
            let text = without_end(&document.text[cut.start as usize..cut.end as usize]);
            reader.line(&Line { index, column: cut.column as usize, text: text.into(), open: false });
        }
    } else {
        for line in Lines::new(&document.text).skip_while(|line| line.index < skipped) {
            reader.line(&line);
        }
    }
    let mut plan = reader.finish()?;
    settle(&mut plan);
    check::document(document, &mut plan);
    super::check::check(&mut plan);
    Some(plan)
}

/// About how many nodes there are: room for one takes more than its line.
fn nodes(document: &Document<'_>) -> usize {
    let bytes = document.text.as_bytes();
    if let document::Lines::Cut(_, cuts) = &document.lines {
        return cuts.iter().filter(|cut| bytes[cut.start as usize] == b'-').count() + 1;
    }
    let (tips, shafts) = (bytes.get(1..).unwrap_or_default(), &bytes[..bytes.len().saturating_sub(1)]);
    // Few enough bytes for a sum in one byte: the compiler adds up many lanes at once.
    let few = |(tips, shafts): (&[u8], &[u8])| {
        tips.iter().zip(shafts).fold(0u8, |sum, (&tip, &shaft)| sum + u8::from(tip == b'>' && shaft == b'-'))
    };
    let arrows: usize = tips.chunks(240).zip(shafts.chunks(240)).map(|both| usize::from(few(both))).sum();
    (1 + arrows).min(1 + bytes.len() / NODE)
}
