//! Lists and maps that most tables have none of.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value that takes the room of a pointer as long as it is empty: a history has thousands of tables, of which few have a policy or a
/// storage parameter. In JSON it is what it holds.
#[derive(Clone)]
pub struct Rare<T>(Option<Box<T>>);

/// A type with an empty value that is made without any room.
pub trait Empty: Sized + 'static {
    const EMPTY: &'static Self;
}

impl<V: 'static> Empty for Vec<V> {
    const EMPTY: &'static Self = &Vec::new();
}

impl<K: 'static, V: 'static> Empty for BTreeMap<K, V> {
    const EMPTY: &'static Self = &BTreeMap::new();
}

impl<T> Rare<T> {
    /// `None` where it is empty.
    pub fn some_mut(&mut self) -> Option<&mut T> {
        self.0.as_deref_mut()
    }
}

impl<T> Default for Rare<T> {
    fn default() -> Self {
        Rare(None)
    }
}

impl<T: Empty> Deref for Rare<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_deref().unwrap_or(T::EMPTY)
    }
}

/// It takes room from then on, whatever is done: to change what may be empty there is [`Rare::some_mut`].
impl<T: Empty + Default> DerefMut for Rare<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.get_or_insert_default()
    }
}

impl<T: Empty + Default + PartialEq> From<T> for Rare<T> {
    fn from(value: T) -> Self {
        Rare((value != *T::EMPTY).then(|| Box::new(value)))
    }
}

impl<T: Empty + PartialEq> PartialEq for Rare<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Empty + fmt::Debug> fmt::Debug for Rare<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Empty + Serialize> Serialize for Rare<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(to)
    }
}

impl<'d, T: Empty + Default + PartialEq + Deserialize<'d>> Deserialize<'d> for Rare<T> {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        T::deserialize(from).map(Rare::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_is_a_pointer_and_what_is_not_reads_as_what_it_holds() {
        assert_eq!(size_of::<Rare<BTreeMap<String, String>>>(), size_of::<usize>());
        let mut list: Rare<Vec<u8>> = Rare::default();
        assert!(list.is_empty() && list.0.is_none());
        assert_eq!(list, Rare::from(Vec::new()));
        list.push(7);
        assert_eq!(serde_json::to_string(&list).unwrap(), "[7]");
        assert_eq!(serde_json::from_str::<Rare<Vec<u8>>>("[7]").unwrap(), list);
        assert!(serde_json::from_str::<Rare<Vec<u8>>>("[]").unwrap().0.is_none());
    }
}
