//! A list and a name that most nodes have not, and that take the room of a pointer then.

use std::fmt;
use std::ops::{Deref, DerefMut};

use super::Text;

/// Reads like a slice.
#[derive(Clone, PartialEq)]
pub struct Rare<T>(Option<Box<All<T>>>);

#[derive(Clone, PartialEq)]
struct All<T>(Vec<T>);

/// Reads like an [`Option`] of a [`str`].
#[derive(Clone, Default, PartialEq)]
pub struct Label(Option<Box<Text>>);

impl Label {
    pub fn as_deref(&self) -> Option<&str> {
        self.0.as_deref().map(Text::as_str)
    }

    pub fn is_some(&self) -> bool {
        self.0.is_some()
    }

    pub fn is_none(&self) -> bool {
        self.0.is_none()
    }
}

impl From<&str> for Label {
    fn from(name: &str) -> Self {
        Self(Some(name.into()))
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_deref(), f)
    }
}

impl<T> Rare<T> {
    pub fn push(&mut self, one: T) {
        self.0.get_or_insert_with(|| Box::new(All(Vec::new()))).0.push(one);
    }

    pub fn as_slice(&self) -> &[T] {
        self.0.as_deref().map_or(&[], |all| &all.0)
    }
}

impl<T> Default for Rare<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Deref for Rare<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.as_slice()
    }
}

impl<T> DerefMut for Rare<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.0.as_deref_mut().map_or(&mut [], |all| &mut all.0)
    }
}

impl<T> FromIterator<T> for Rare<T> {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Self {
        let all: Vec<T> = all.into_iter().collect();
        Self((!all.is_empty()).then(|| Box::new(All(all))))
    }
}

impl<T> From<Vec<T>> for Rare<T> {
    fn from(all: Vec<T>) -> Self {
        Self((!all.is_empty()).then(|| Box::new(All(all))))
    }
}

impl<T> From<Rare<T>> for Vec<T> {
    fn from(all: Rare<T>) -> Self {
        all.0.map(|all| all.0).unwrap_or_default()
    }
}

impl<'a, T> IntoIterator for &'a Rare<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T> IntoIterator for &'a mut Rare<T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<T: fmt::Debug> fmt::Debug for Rare<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_slice(), f)
    }
}
