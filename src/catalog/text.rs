//! Names, types and pieces of SQL of a catalog: short texts of which most come again and again (`id`, `bigint`, `btree`, `now()`), so
//! that places with the same text share one.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use xxhash_rust::xxh3::xxh3_64;

/// A text that does not change; a copy costs nothing. In JSON a string like any other.
#[derive(Clone, Default, Eq, Hash)]
#[expect(clippy::derived_hash_with_manual_eq, reason = "texts that share are equal: it is the same relation")]
pub struct Text(Arc<str>);

/// Texts up to this long are looked for among those that were made before. Bytes.
const SHORT: usize = 48;

/// How many are remembered; a power of two.
const PLACES: usize = 4096;

thread_local! {
    /// The last text made for each place; the place is the text's hash. What falls out is only not shared any more.
    static RECENT: RefCell<Vec<Text>> = const { RefCell::new(Vec::new()) };
}

impl Text {
    pub fn new(text: &str) -> Self {
        if text.len() > SHORT {
            return Text(text.into());
        }
        RECENT.with_borrow_mut(|recent| {
            if recent.is_empty() {
                recent.resize(PLACES, Text::default());
            }
            let place = &mut recent[xxh3_64(text.as_bytes()) as usize % PLACES];
            if place.as_str() != text {
                *place = Text(text.into());
            }
            place.clone()
        })
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Most texts that are equal are one: schemas, above all.
impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        if Arc::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.0.cmp(&other.0) }
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Text::new(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Text::new(&text)
    }
}

impl From<&String> for Text {
    fn from(text: &String) -> Self {
        Text::new(text)
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.as_str().to_owned()
    }
}

impl From<&Text> for String {
    fn from(text: &Text) -> Self {
        text.as_str().to_owned()
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<String> for Text {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<Text> for str {
    fn eq(&self, other: &Text) -> bool {
        self == other.as_str()
    }
}

impl PartialEq<Text> for &str {
    fn eq(&self, other: &Text) -> bool {
        *self == other.as_str()
    }
}

impl PartialEq<Text> for String {
    fn eq(&self, other: &Text) -> bool {
        self == other.as_str()
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self)
    }
}

impl<'d> Deserialize<'d> for Text {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alike_texts_are_one() {
        let (first, second) = (Text::new("created_at"), Text::from("created_at".to_owned()));
        assert!(Arc::ptr_eq(&first.0, &second.0));
        assert_eq!(first, second);
    }

    #[test]
    fn a_text_is_what_was_given_however_many_came_between() {
        let texts: Vec<String> = (0..5_000).map(|number| format!("column_{number}")).collect();
        let made: Vec<Text> = texts.iter().map(Text::from).collect();
        assert!(made.iter().zip(&texts).all(|(made, text)| made == text));
        let long = "x".repeat(SHORT + 1);
        assert_eq!(Text::new(&long), long);
    }

    #[test]
    fn json_has_a_plain_string() {
        let text: Text = serde_json::from_str(r#""timestamp with time zone""#).unwrap();
        assert_eq!(text, "timestamp with time zone");
        assert_eq!(serde_json::to_string(&text).unwrap(), r#""timestamp with time zone""#);
    }
}
