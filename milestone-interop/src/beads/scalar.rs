//! One JSON value of a foreign line, whatever its type: borrowed where it is a plain string.
//!
//! - **Start here.** [`Scalar`] for a value, [`Row`] for an object whose members are all kept raw.
//! - **Invariant.** Reading never fails on a value of an unexpected type, so a member that cannot
//!   be mapped can still be kept.
//! - **Absent on purpose.** Meaning: which member is which is said in `member` and `edges`.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// A value as it was written.
#[derive(Debug, Default)]
pub(crate) enum Scalar<'a> {
    /// The member is not there.
    #[default]
    Absent,
    /// `null`.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer that fits.
    Int(i64),
    /// A string.
    Text(Cow<'a, str>),
    /// Anything, unread.
    Raw(&'a RawValue),
    /// Anything else, read.
    Json(Box<Value>),
}

impl<'a> Scalar<'a> {
    /// Whether the member is not there.
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self, Scalar::Absent)
    }

    /// Whether it says nothing: `null`, `""` or an empty list or object. In the flat form of a
    /// backup, where every column is always written, also `0`, `false` and `"{}"`.
    pub(crate) fn is_empty(&self, flat: bool) -> bool {
        match self {
            Scalar::Absent | Scalar::Null => true,
            Scalar::Text(text) => text.is_empty() || (flat && matches!(&**text, "{}" | "[]")),
            Scalar::Int(number) => flat && *number == 0,
            Scalar::Bool(truth) => flat && !truth,
            Scalar::Raw(raw) => raw_is_empty(raw, flat),
            Scalar::Json(value) => match &**value {
                Value::Array(items) => items.is_empty(),
                Value::Object(members) => members.is_empty(),
                _ => false,
            },
        }
    }

    /// The value for keeping; a number or a depth that cannot be held is kept as its text.
    pub(crate) fn into_value(self) -> Value {
        match self {
            Scalar::Absent | Scalar::Null => Value::Null,
            Scalar::Bool(truth) => Value::Bool(truth),
            Scalar::Int(number) => Value::from(number),
            Scalar::Text(text) => Value::String(text.into_owned()),
            Scalar::Raw(raw) => raw_value(raw),
            Scalar::Json(value) => *value,
        }
    }
}

/// The value of raw JSON, or its text where it is too deep or its numbers too large to hold.
pub(crate) fn raw_value(raw: &RawValue) -> Value {
    serde_json::from_str(raw.get()).unwrap_or_else(|_| Value::String(raw.get().to_owned()))
}

/// As [`Scalar::is_empty`], for a value that was not read.
pub(crate) fn raw_is_empty(raw: &RawValue, flat: bool) -> bool {
    match raw.get() {
        "null" | "\"\"" | "[]" | "{}" => true,
        "0" | "false" | "\"{}\"" | "\"[]\"" => flat,
        _ => false,
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(Scalar::Bool(truth))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Scalar::Int(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(match i64::try_from(number) {
            Ok(number) => Scalar::Int(number),
            Err(_) => Scalar::Json(Box::new(Value::from(number))),
        })
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Scalar::Json(Box::new(Value::from(number))))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(items)).map(Box::new).map(Scalar::Json)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(members)).map(Box::new).map(Scalar::Json)
    }
}

/// A member's name, borrowed unless it holds escapes.
pub(crate) struct Name<'a>(pub(crate) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member's name")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(text)))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(NameVisitor)
    }
}

/// An object with its members unread, in the order written.
#[derive(Debug, Default)]
pub(crate) struct Row<'a> {
    members: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Row<'a> {
    /// Reads one line.
    pub(crate) fn read(line: &'a [u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(line)
    }

    /// Whether it has a member of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.iter().any(|(member, _)| member == name)
    }

    /// The member of this name as text; of several, the last. A number gives its digits.
    pub(crate) fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        let (_, raw) = self.members.iter().rev().find(|(member, _)| member == name)?;
        text_of(raw)
    }

    /// Takes the member of this name as text, if it is text or a number that says something.
    pub(crate) fn take(&mut self, name: &str) -> Option<Cow<'a, str>> {
        let at = self.members.iter().rposition(|(member, _)| member == name)?;
        let text = text_of(self.members[at].1).filter(|text| !text.is_empty())?;
        self.members.remove(at);
        Some(text)
    }

    /// What was not taken.
    pub(crate) fn rest(self) -> Vec<(Cow<'a, str>, &'a RawValue)> {
        self.members
    }
}

fn text_of(raw: &RawValue) -> Option<Cow<'_, str>> {
    match serde_json::from_str(raw.get()).ok()? {
        Scalar::Text(text) => Some(text),
        Scalar::Int(_) => Some(Cow::Borrowed(raw.get())),
        _ => None,
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Row<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RowVisitor;
        impl<'de> Visitor<'de> for RowVisitor {
            type Value = Row<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(8);
                while let Some(Name(name)) = map.next_key()? {
                    members.push((name, map.next_value::<&'de RawValue>()?));
                }
                Ok(Row { members })
            }
        }
        deserializer.deserialize_map(RowVisitor)
    }
}
