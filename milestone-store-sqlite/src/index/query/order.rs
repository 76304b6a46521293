//! Orders as SQL, and places in them.
//!
//! Start at [`keys`].
//!
//! - **Invariant.** SQLite orders numbers before texts before blobs. So what lacks a key gets the
//!   empty blob, or for the greatest first a number below all others: either way it comes last, and
//!   a place is compared without a case for NULL.

use milestone_core::query::{Cursor, Field, Key, LinkField, Sort, TextField};
use milestone_core::words::Date;
use rusqlite::Row;
use rusqlite::types::{Value, ValueRef};

use super::condition::{Bound, day, day_text, moment, number};
use crate::error::odd_value;

/// Days of the calendar that a cursor can name, from 1970: far more than columns can hold.
const DAYS_MAX: i64 = 10_000_000;

/// One key of an order.
#[derive(Debug)]
pub(super) struct Column {
    /// Its value, never NULL.
    pub(super) sql: String,
    /// True for the greatest first.
    pub(super) descending: bool,
    is_day: bool,
}

/// The keys of an order, of things whose milestone is the alias `home`.
pub(super) fn keys(sort: &[Sort], home: &str) -> Vec<Column> {
    let key = |key: &Sort| Column {
        sql: column(key, home),
        descending: key.descending,
        is_day: matches!(key.by, Field::Day(_)),
    };
    sort.iter().map(key).collect()
}

fn column(key: &Sort, home: &str) -> String {
    let value = match key.by {
        Field::Kind => return "(t.home IS NOT NULL)".to_owned(),
        Field::Status => return "t.list_order".to_owned(),
        Field::Number(of) => number(of).to_owned(),
        Field::Day(of) => day(of).to_owned(),
        Field::Moment(of) => moment(of).to_owned(),
        Field::Text(TextField::Id) => return "fold(t.reference)".to_owned(),
        Field::Text(TextField::Title) => return "fold(t.title)".to_owned(),
        Field::Text(TextField::Owner) => "fold(t.owner)".to_owned(),
        Field::Text(TextField::Template) => "fold(t.template)".to_owned(),
        Field::Text(TextField::External) => "fold(t.external_id)".to_owned(),
        Field::Link(LinkField::In) => return format!("fold({home}.slug)"),
        Field::Text(_) | Field::Link(_) => "NULL".to_owned(),
    };
    let absent = if key.descending { "-9e999" } else { "x''" };
    format!("coalesce({value}, {absent})")
}

/// The order, with `name` telling equals apart.
pub(super) fn ordered(keys: &[Column], name: &str) -> String {
    let mut order = String::new();
    for key in keys {
        order.push_str(&key.sql);
        order.push_str(if key.descending { " DESC, " } else { ", " });
    }
    order + name
}

/// What comes behind a place; `None` if it is no place of this order.
pub(super) fn behind(
    keys: &[Column],
    name: &str,
    cursor: &Cursor,
    bound: &mut Bound,
) -> Option<String> {
    if cursor.keys.len() != keys.len() {
        return None;
    }
    let mut behind = format!("{name} > {}", bound.put(cursor.stream.as_str().to_owned()));
    for (column, key) in keys.iter().zip(&cursor.keys).rev() {
        let (sql, sign) = (&column.sql, if column.descending { '<' } else { '>' });
        let place = bound.put(bound_key(column, key.as_ref())?);
        behind = format!("{sql} {sign}= {place} AND ({sql} {sign} {place} OR {behind})");
    }
    Some(behind)
}

fn bound_key(column: &Column, key: Option<&Key>) -> Option<Value> {
    Some(match key {
        None if column.descending => Value::Real(f64::NEG_INFINITY),
        None => Value::Blob(Vec::new()),
        Some(Key::Number(days)) if column.is_day => {
            let known = (-DAYS_MAX..DAYS_MAX).contains(days);
            Value::Text(day_text(known.then(|| Date::from_days(*days))?)?)
        }
        Some(Key::Text(_)) if column.is_day => return None,
        Some(Key::Number(number)) => Value::Integer(*number),
        Some(Key::Text(text)) => Value::Text(text.clone()),
    })
}

/// The key at a column of a row.
pub(super) fn key_at(row: &Row<'_>, at: usize, column: &Column) -> rusqlite::Result<Option<Key>> {
    Ok(match row.get_ref(at)? {
        ValueRef::Null | ValueRef::Blob(_) | ValueRef::Real(_) => None,
        ValueRef::Integer(number) => Some(Key::Number(number)),
        ValueRef::Text(_) => {
            let text = row.get_ref(at)?.as_str()?;
            let day = || {
                let day = Date::parse(text).map(|day| Key::Number(day.days()));
                day.ok_or_else(|| odd_value(format!("{text:?} is no date")))
            };
            Some(if column.is_day { day()? } else { Key::Text(text.to_owned()) })
        }
    })
}
