//! Names, types and pieces of SQL of a catalog: short texts of which most come again and again (`id`, `bigint`, `btree`, `now()`), so
//! that each is kept once, and what is passed around is its number.

use std::borrow::Cow;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt;
use std::num::NonZeroU32;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

mod store;

/// A text that does not change; a copy costs nothing, and alike texts have one number. In JSON a string like any other. What was made
/// once stays until the process ends: for names, types and short expressions, of which there are no more than the input has.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Text(NonZeroU32);

/// How many each thread remembers; a power of two.
const PLACES: usize = 4096;

thread_local! {
    /// The last text that this thread asked for, for each place; the place is the text's hash. It spares the lock of all texts.
    static RECENT: RefCell<Vec<Text>> = const { RefCell::new(Vec::new()) };
}

impl Text {
    pub fn new(text: &str) -> Self {
        Text::at_hand(text, store::number).expect("a text that is not known is made")
    }

    /// The text if it was made before: what was not is no name of anything.
    pub fn known(text: &str) -> Option<Self> {
        Text::at_hand(text, store::known)
    }

    fn at_hand(text: &str, find: impl FnOnce(&str, u64) -> Option<NonZeroU32>) -> Option<Self> {
        if text.is_empty() {
            return Some(Text::default());
        }
        RECENT.with_borrow_mut(|recent| {
            if recent.is_empty() {
                recent.resize(PLACES, Text::default());
            }
            let hash = store::hash(text);
            let place = &mut recent[hash as usize % PLACES];
            if place.as_str() != text {
                *place = Text(find(text, hash)?);
            }
            Some(place.clone())
        })
    }

    pub fn as_str(&self) -> &'static str {
        store::text(self.0)
    }
}

/// The empty text has the first number.
impl Default for Text {
    fn default() -> Self {
        Text(NonZeroU32::MIN)
    }
}

/// `a, b`
pub fn listed(texts: &[Text]) -> String {
    texts.iter().map(Text::as_str).collect::<Vec<_>>().join(", ")
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.0 == other.0 { Ordering::Equal } else { self.as_str().cmp(other.as_str()) }
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
        self.as_str()
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self.as_str()
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

impl From<Text> for Cow<'static, str> {
    fn from(text: Text) -> Self {
        Cow::Borrowed(text.as_str())
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
        assert_eq!(first.0, second.0);
        assert_ne!(first, Text::new("created_on"));
        assert_eq!(Text::new(""), Text::default());
        assert_eq!(Text::default(), "");
        assert_eq!(size_of::<Option<Text>>(), 4);
    }

    #[test]
    fn a_text_is_what_was_given_however_many_came_between() {
        let texts: Vec<String> = (0..50_000).map(|number| format!("column_{number}")).collect();
        let made: Vec<Text> = texts.iter().map(Text::from).collect();
        assert!(made.iter().zip(&texts).all(|(made, text)| made == text));
        let again: Vec<Text> = texts.iter().map(Text::from).collect();
        assert_eq!(made, again);
        let long = "x".repeat(100_000);
        assert_eq!(Text::new(&long), long);
    }

    #[test]
    fn threads_share_texts() {
        let make = || (0..5_000).map(|number| Text::new(&format!("shared_{number}"))).collect::<Vec<Text>>();
        let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(make)).collect();
        let made: Vec<Vec<Text>> = threads.into_iter().map(|thread| thread.join().expect("it ends")).collect();
        assert!(made.windows(2).all(|pair| pair[0] == pair[1]));
        assert!(made[0].iter().enumerate().all(|(number, text)| *text == format!("shared_{number}")));
    }

    #[test]
    fn only_what_was_made_is_known() {
        assert_eq!(Text::known("a name that no test ever makes"), None);
        let made = Text::new("a name that this test makes");
        assert_eq!(Text::known("a name that this test makes"), Some(made));
    }

    #[test]
    fn texts_have_the_order_of_their_letters() {
        let (late, early) = (Text::new("zebra of the order test"), Text::new("ant of the order test"));
        assert!(early < late);
        assert_eq!(early.cmp(&early.clone()), Ordering::Equal);
    }

    #[test]
    fn json_has_a_plain_string() {
        let text: Text = serde_json::from_str(r#""timestamp with time zone""#).unwrap();
        assert_eq!(text, "timestamp with time zone");
        assert_eq!(serde_json::to_string(&text).unwrap(), r#""timestamp with time zone""#);
    }
}
