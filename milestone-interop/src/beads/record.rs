//! One line of an issues file as a typed record that has lost nothing of the line.
//!
//! - **Start here.** [`IssueRecord::read`], then [`IssueRecord::take`] for each member that is
//!   mapped; [`IssueRecord::leftovers`] is what has to be kept.
//! - **Invariant.** Every member of the line is in `known` or in `rest`; one written twice is in
//!   `repeated` as well, its earlier value being gone.
//! - **Absent on purpose.** A check that a value makes sense: that needs the other lines.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::member::{COUNT, Member, Shape};
use super::scalar::{Name, Scalar};

/// A line of an issues file.
#[derive(Debug)]
pub(crate) struct IssueRecord<'a> {
    known: Box<[Scalar<'a>; COUNT]>,
    /// Members that are not understood, in the order written.
    pub(crate) rest: Vec<(Cow<'a, str>, &'a RawValue)>,
    /// Names that the line has more than once.
    pub(crate) repeated: Vec<Cow<'a, str>>,
}

impl<'a> IssueRecord<'a> {
    /// Reads one line.
    pub(crate) fn read(line: &'a [u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(line)
    }

    /// The value of a member.
    pub(crate) fn get(&self, member: Member) -> &Scalar<'a> {
        &self.known[member as usize]
    }

    /// The text of a member that is a string.
    pub(crate) fn text(&self, member: Member) -> Option<&str> {
        match self.get(member) {
            Scalar::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Takes a member's value out: from here on it is not a leftover.
    pub(crate) fn take(&mut self, member: Member) -> Scalar<'a> {
        std::mem::take(&mut self.known[member as usize])
    }

    /// Takes a member that is a string; one of another type stays.
    pub(crate) fn take_text(&mut self, member: Member) -> Option<Cow<'a, str>> {
        match self.take(member) {
            Scalar::Text(text) => Some(text),
            other => {
                self.put(member, other);
                None
            }
        }
    }

    /// Puts a value back.
    pub(crate) fn put(&mut self, member: Member, value: Scalar<'a>) {
        self.known[member as usize] = value;
    }

    /// The members that are understood and still there.
    pub(crate) fn leftovers(&mut self) -> impl Iterator<Item = (Member, Scalar<'a>)> {
        let known = std::mem::replace(&mut *self.known, [const { Scalar::Absent }; COUNT]);
        Member::ALL.into_iter().zip(known).filter(|(_, value)| !value.is_absent())
    }

    /// Whether the line is of the backup form, which writes every column even when it is empty.
    pub(crate) fn is_flat(&self) -> bool {
        self.rest.iter().any(|(name, _)| matches!(&**name, "timeout_ns" | "crystallizes"))
    }

    fn set(&mut self, member: Member, value: Scalar<'a>) {
        if !self.get(member).is_absent() {
            self.repeated.push(Cow::Borrowed(member.name()));
        }
        self.put(member, value);
    }

    fn keep(&mut self, name: Cow<'a, str>, value: &'a RawValue) {
        if let Some(earlier) = self.rest.iter_mut().find(|(earlier, _)| *earlier == name) {
            earlier.1 = value;
            self.repeated.push(name);
        } else {
            self.rest.push((name, value));
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for IssueRecord<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(IssueVisitor)
    }
}

struct IssueVisitor;

impl<'de> Visitor<'de> for IssueVisitor {
    type Value = IssueRecord<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut record = IssueRecord {
            known: Box::new([const { Scalar::Absent }; COUNT]),
            rest: Vec::new(),
            repeated: Vec::new(),
        };
        while let Some(Name(name)) = map.next_key()? {
            match Member::named(&name) {
                Some(member) if member.shape() == Shape::Scalar => {
                    record.set(member, map.next_value()?);
                }
                Some(member) => record.set(member, Scalar::Raw(map.next_value()?)),
                None => record.keep(name, map.next_value()?),
            }
        }
        Ok(record)
    }
}
