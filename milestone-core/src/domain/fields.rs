//! The fields of a milestone or a task that can be given, edited and merged one by one.
//!
//! Start at [`Fields`], which `milestone_created`, `task_added` and the edits carry.
//!
//! - **Invariant.** One list of fields for everything that has fields: what is created, edited,
//!   merged, adopted from a view and compared after a merge is named by the same [`Field`].
//! - **Invariant.** A member that is no field, or whose value does not fit, is skipped here and
//!   stays in the line.

use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::words::{Date, Text};

/// A field with one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The title, one line.
    Title,
    /// The description, several lines.
    Description,
    /// How important it is.
    Priority,
    /// Who answers for it.
    Owner,
    /// The planned first day.
    Start,
    /// The planned last day.
    Due,
    /// The estimate, in minutes of work.
    Estimate,
    /// The weight in the progress of its milestone; 1 unless given.
    Weight,
    /// The place among the tasks of its milestone.
    Position,
    /// The template it was made from.
    Template,
    /// Its id in another tool.
    ExternalId,
}

/// A field with a set of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListField {
    /// Who works on it.
    Assignees,
    /// Labels.
    Labels,
}

/// How important something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Least.
    Low,
    /// The usual.
    Medium,
    /// More than usual.
    High,
    /// Most.
    Critical,
}

/// A value of a [`Field`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// Cleared.
    Null,
    /// A text.
    Text(Text<'a>),
    /// A whole number.
    Number(i64),
    /// A day.
    Date(Date),
    /// A priority.
    Priority(Priority),
}

/// Fields with the values they are given, in the order they stand in the line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields<'a> {
    /// One value each; [`Value::Null`] clears.
    pub set: Vec<(Field, Value<'a>)>,
    /// Values of sets.
    pub lists: Vec<(ListField, Vec<Text<'a>>)>,
}

impl Field {
    /// Every field, in the order in which they are written.
    pub const ALL: [Self; 11] = [
        Self::Title,
        Self::Description,
        Self::Priority,
        Self::Owner,
        Self::Start,
        Self::Due,
        Self::Estimate,
        Self::Weight,
        Self::Position,
        Self::Template,
        Self::ExternalId,
    ];

    /// The member's name in `details`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Description => "description",
            Self::Priority => "priority",
            Self::Owner => "owner",
            Self::Start => "start",
            Self::Due => "due",
            Self::Estimate => "estimate",
            Self::Weight => "weight",
            Self::Position => "position",
            Self::Template => "template",
            Self::ExternalId => "external_id",
        }
    }

    /// The field of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

impl ListField {
    /// Every field that is a set.
    pub const ALL: [Self; 2] = [Self::Assignees, Self::Labels];

    /// The member's name in `details`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Assignees => "assignees",
            Self::Labels => "labels",
        }
    }

    /// The field of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

impl Priority {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The priority of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High, Self::Critical]
            .into_iter()
            .find(|priority| priority.name() == name)
    }
}

impl<'a> Fields<'a> {
    /// True if nothing is given.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.lists.is_empty()
    }

    /// The value given for `field`, if any.
    pub fn get(&self, field: Field) -> Option<&Value<'a>> {
        self.set.iter().rev().find(|(named, _)| *named == field).map(|(_, value)| value)
    }

    /// The text given for `field`, if any.
    pub fn text(&self, field: Field) -> Option<&str> {
        match self.get(field) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Gives `field` a value, in place of one it may have.
    pub fn put(&mut self, field: Field, value: Value<'a>) {
        self.set.retain(|(named, _)| *named != field);
        self.set.push((field, value));
    }

    /// The values given for a set, if any.
    pub fn list(&self, field: ListField) -> &[Text<'a>] {
        self.lists.iter().find(|(named, _)| *named == field).map_or(&[], |(_, list)| list)
    }

    /// The same fields, with nothing borrowed.
    pub fn into_owned(self) -> Fields<'static> {
        let own = |value: Value<'_>| match value {
            Value::Null => Value::Null,
            Value::Text(text) => Value::Text(text.into_owned()),
            Value::Number(number) => Value::Number(number),
            Value::Date(date) => Value::Date(date),
            Value::Priority(priority) => Value::Priority(priority),
        };
        let texts = |list: Vec<Text<'_>>| list.into_iter().map(Text::into_owned).collect();
        Fields {
            set: self.set.into_iter().map(|(field, value)| (field, own(value))).collect(),
            lists: self.lists.into_iter().map(|(field, list)| (field, texts(list))).collect(),
        }
    }

    /// Takes one member of a map if it is a field; tells the map what was done.
    pub(super) fn take<'de: 'a, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        map: &mut A,
    ) -> Result<bool, A::Error> {
        if let Some(field) = Field::named(name) {
            if let Some(value) = map.next_value_seed(ValueSeed(field))? {
                self.set.push((field, value));
            }
        } else if let Some(field) = ListField::named(name) {
            self.lists.push((field, map.next_value()?));
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// Writes the fields as members of a map.
    pub(super) fn write<M: serde::ser::SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        for (field, value) in &self.set {
            map.serialize_entry(field.name(), value)?;
        }
        for (field, list) in &self.lists {
            map.serialize_entry(field.name(), list)?;
        }
        Ok(())
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_none(),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Number(number) => serializer.serialize_i64(*number),
            Value::Date(date) => date.serialize(serializer),
            Value::Priority(priority) => serializer.serialize_str(priority.name()),
        }
    }
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(Some(self.set.len() + self.lists.len()))?;
        self.write(&mut map)?;
        map.end()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;

        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of fields")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Fields::default();
                while let Some(name) = map.next_key::<Text<'de>>()? {
                    if !fields.take(&name, &mut map)? {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(fields)
            }
        }

        deserializer.deserialize_map(FieldsVisitor)
    }
}

/// Reads a value as its field wants it; `None` if it does not fit.
struct ValueSeed(Field);

impl<'de> DeserializeSeed<'de> for ValueSeed {
    type Value = Option<Value<'de>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed {
    type Value = Option<Value<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a value of {}", self.0.name())
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Some(Value::Null))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(match self.0 {
            Field::Position => Some(Value::Number(number)),
            Field::Estimate | Field::Weight if number >= 0 => Some(Value::Number(number)),
            _ => None,
        })
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Self::Value, E> {
        i64::try_from(number).map_or(Ok(None), |number| self.visit_i64(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(self.of_text(Text::from(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(self.of_text(Text::from(text.to_owned())))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

impl ValueSeed {
    fn of_text(self, text: Text<'_>) -> Option<Value<'_>> {
        match self.0 {
            Field::Start | Field::Due => Date::parse(&text).map(Value::Date),
            Field::Priority => Priority::named(&text).map(Value::Priority),
            Field::Estimate | Field::Weight | Field::Position => None,
            _ => Some(Value::Text(text)),
        }
    }
}
