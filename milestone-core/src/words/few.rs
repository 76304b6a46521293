//! A short list that nearly always has one element, kept without an allocation.
//!
//! - **Invariant.** It reads and writes like a list: only its place in memory differs.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A list of few elements: none and one need no allocation.
#[derive(Clone, PartialEq, Eq)]
pub enum Few<T> {
    /// One element.
    One(T),
    /// None, or several.
    Many(Vec<T>),
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl<T> Few<T> {
    /// Adds an element at the end.
    pub fn push(&mut self, more: T) {
        *self = match std::mem::take(self) {
            Self::Many(list) if list.is_empty() => Self::One(more),
            Self::Many(mut list) => {
                list.push(more);
                Self::Many(list)
            }
            Self::One(first) => Self::Many(vec![first, more]),
        };
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(list) => list,
        }
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(list: Vec<T>) -> Self {
        Self::Many(list)
    }
}

impl<T> From<Few<T>> for Vec<T> {
    fn from(few: Few<T>) -> Self {
        match few {
            Few::One(one) => vec![one],
            Few::Many(list) => list,
        }
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        let mut few = Self::default();
        elements.into_iter().for_each(|element| few.push(element));
        few
    }
}

impl<'f, T> IntoIterator for &'f Few<T> {
    type Item = &'f T;
    type IntoIter = std::slice::Iter<'f, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: fmt::Debug> fmt::Debug for Few<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T: Serialize> Serialize for Few<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Few<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> serde::de::Visitor<'de> for Visitor<T> {
            type Value = Few<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A>(self, mut seq: A) -> Result<Few<T>, A::Error>
            where
                A: serde::de::SeqAccess<'de>,
            {
                let Some(first) = seq.next_element()? else { return Ok(Few::default()) };
                let Some(second) = seq.next_element()? else { return Ok(Few::One(first)) };
                let mut list = vec![first, second];
                while let Some(element) = seq.next_element()? {
                    list.push(element);
                }
                Ok(Few::Many(list))
            }
        }

        deserializer.deserialize_seq(Visitor(std::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_are_a_list() {
        for list in [vec![], vec![1], vec![1, 2], vec![1, 2, 3]] {
            let few: Few<i32> = list.iter().copied().collect();
            assert_eq!(&*few, &*list);
            let json = serde_json::to_string(&list).unwrap();
            assert_eq!(serde_json::to_string(&few).unwrap(), json);
            assert_eq!(&*serde_json::from_str::<Few<i32>>(&json).unwrap(), &*list);
        }
    }
}
