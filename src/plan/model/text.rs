//! Text of a plan: names and conditions are short, and most of them need no room of their own.

use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

/// A text of up to `N` bytes, where it stands.
#[derive(Clone, Copy)]
struct Short<const N: usize> {
    length: u8,
    /// UTF-8; behind the length all bytes are 0.
    bytes: [u8; N],
}

impl<const N: usize> Short<N> {
    fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; N];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self { length: text.len() as u8, bytes })
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).expect("it was copied from a str")
    }
}

macro_rules! texts {
    ($(#[$doc:meta])* $text:ident, $kept:ident, $short:literal, $long:ty) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $text($kept);

        #[derive(Clone)]
        enum $kept {
            Short(Short<$short>),
            Long($long),
        }

        impl $text {
            pub fn as_str(&self) -> &str {
                match &self.0 {
                    $kept::Short(text) => text.as_str(),
                    $kept::Long(text) => text,
                }
            }

            fn as_bytes(&self) -> &[u8] {
                match &self.0 {
                    $kept::Short(text) => text.as_bytes(),
                    $kept::Long(text) => text.as_bytes(),
                }
            }
        }

        impl Default for $text {
            fn default() -> Self {
                Self($kept::Short(Short { length: 0, bytes: [0; $short] }))
            }
        }

        impl From<&str> for $text {
            fn from(text: &str) -> Self {
                Self(Short::new(text).map_or_else(|| $kept::Long(text.into()), $kept::Short))
            }
        }

        impl From<String> for $text {
            fn from(text: String) -> Self {
                Self(Short::new(&text).map_or_else(|| $kept::Long(text.into()), $kept::Short))
            }
        }

        impl From<Cow<'_, str>> for $text {
            fn from(text: Cow<'_, str>) -> Self {
                match text {
                    Cow::Borrowed(text) => text.into(),
                    Cow::Owned(text) => text.into(),
                }
            }
        }

        impl From<$text> for String {
            fn from(text: $text) -> Self {
                text.as_str().to_owned()
            }
        }

        impl Deref for $text {
            type Target = str;

            fn deref(&self) -> &str {
                self.as_str()
            }
        }

        impl AsRef<str> for $text {
            fn as_ref(&self) -> &str {
                self
            }
        }

        impl Borrow<str> for $text {
            fn borrow(&self) -> &str {
                self
            }
        }

        impl PartialEq for $text {
            fn eq(&self, other: &Self) -> bool {
                self.as_bytes() == other.as_bytes()
            }
        }

        impl Eq for $text {}

        impl PartialEq<str> for $text {
            fn eq(&self, other: &str) -> bool {
                self.as_bytes() == other.as_bytes()
            }
        }

        impl PartialEq<&str> for $text {
            fn eq(&self, other: &&str) -> bool {
                self.as_bytes() == other.as_bytes()
            }
        }

        impl PartialOrd for $text {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $text {
            fn cmp(&self, other: &Self) -> Ordering {
                self.as_bytes().cmp(other.as_bytes())
            }
        }

        impl Hash for $text {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }

        impl fmt::Debug for $text {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self.as_str(), f)
            }
        }

        impl fmt::Display for $text {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self.as_str(), f)
            }
        }
    };
}

texts! {
    /// Reads like a [`str`]; cannot be changed. No larger than a [`String`].
    Text, KeptText, 22, Box<str>
}

texts! {
    /// The same for names, of which a node has several: two thirds of a [`Text`].
    Name, KeptName, 14, Box<Text>
}

impl From<&str> for Box<Text> {
    fn from(text: &str) -> Self {
        Box::new(text.into())
    }
}

impl From<String> for Box<Text> {
    fn from(text: String) -> Self {
        Box::new(text.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_larger_than_said() {
        assert_eq!(size_of::<Option<Text>>(), size_of::<String>());
        assert_eq!(size_of::<Option<Name>>(), 16);
    }

    proptest! {
        #[test]
        fn reads_like_the_text_that_it_was_made_of(a in "\\PC{0,30}", b in "\\PC{0,30}") {
            let (one, two) = (Text::from(a.as_str()), Text::from(b.clone()));
            prop_assert_eq!(one.as_str(), &a);
            prop_assert_eq!(String::from(two.clone()), &b[..]);
            prop_assert_eq!((one == two, one.cmp(&two)), (a == b, a.cmp(&b)));
            prop_assert_eq!(format!("{one:?} {one}"), format!("{a:?} {a}"));
            let (one, two) = (Name::from(a.as_str()), Name::from(b.clone()));
            prop_assert_eq!(one.as_str(), &a);
            prop_assert_eq!(String::from(two.clone()), &b[..]);
            prop_assert_eq!((one == two, one.cmp(&two)), (a == b, a.cmp(&b)));
        }
    }
}
