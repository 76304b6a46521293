//! Queries over the index: the answers of `milestone_core::query::select`, off tables.
//!
//! Start at [`IndexBase::select`]. Conditions become SQL in `condition`, orders and places in them
//! in `order`.
//!
//! - **Invariant.** What was asked is bound, never spliced into a statement.
//! - **Absent on purpose.** Folded texts in columns. Texts are folded as they are read, which costs
//!   a query that reads all of them less than every build would pay.

mod condition;
mod order;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use milestone_core::query::{
    Condition, Cursor, Field, Found, Key, LinkField, NumberField, Query, Scope, Selection, Sort,
    Test,
};
use milestone_core::words::fold;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, Row, params_from_iter};

use super::base::{IndexBase, stream_at};
use condition::Bound;
use order::Column;

/// Conditions with more tests and connectives than this are left to whoever has the plan: SQLite
/// has limits of its own to how much one statement may ask.
const NODES_MAX: usize = 256;

/// Tasks and their numbers, their ranks in their milestones; which tasks is said behind it.
const NUMBERS: &str = "WITH numbers(id, number) AS MATERIALIZED (
    SELECT i.id, row_number() OVER (PARTITION BY i.home
        ORDER BY i.position, i.born_clock, i.born_record, o.name)
    FROM items i JOIN streams o ON o.id = i.id WHERE i.stage <> 5 AND i.home";

/// The tasks of a milestone in the order of their numbers.
const NUMBERED: &str = "SELECT i.id FROM items i INDEXED BY items_home
    JOIN streams s ON s.id = i.id WHERE i.home = ? AND i.stage <> 5
    ORDER BY i.position, i.born_clock, i.born_record, s.name";

/// The columns of a page before its keys.
const COLUMNS_BEFORE_KEYS: usize = 4;

/// Teaches SQLite to fold texts as queries do.
pub(super) fn add_functions(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("fold", 1, flags, |context| {
        Ok(context.get_raw(0).as_str_or_null()?.map(fold))
    })
}

/// A statement and what is bound to it.
struct Statement {
    sql: String,
    bound: Bound,
}

impl IndexBase {
    /// Answers a query as `milestone_core::query::select` does from the state that begins here;
    /// `None` if it cannot be put into SQL: it has more than 256 tests and connectives, it speaks
    /// of a day of five digits' years, or its cursor is of another order.
    pub fn select(&self, scope: Scope, query: &Query) -> Option<Selection> {
        let sort = &query.sort;
        let other = |cursor: &Cursor| cursor.sort != *sort;
        if nodes(&query.condition) > NODES_MAX || query.after.as_ref().is_some_and(other) {
            return None;
        }
        let keys = order::keys(sort, condition::home(scope));
        let (page, total) = (page(scope, query, &keys)?, total(scope, &query.condition)?);
        Some(self.ask(|connection| {
            let mut places = places(connection, &page, &keys)?;
            let limit = query.limit.map_or(usize::MAX, |limit| limit as usize);
            let all = places.len() <= limit && query.after.is_none();
            let total = if all { places.len() } else { count(connection, &total)? };
            let mut next = None;
            if places.len() > limit
                && let Some(last) = limit.checked_sub(1).and_then(|last| places.get(last))
            {
                let (keys, stream) = (last.keys.clone(), last.found.stream.clone());
                next = Some(Cursor { sort: sort.clone(), keys, stream });
            }
            places.truncate(limit);
            let found = numbered(connection, places)?;
            Ok(Selection { found, total, next })
        }))
    }
}

/// How much a condition asks.
fn nodes(condition: &Condition) -> usize {
    match condition {
        Condition::All(inner) | Condition::Any(inner) => 1 + inner.iter().map(nodes).sum::<usize>(),
        Condition::Not(inner) => 1 + nodes(inner),
        Condition::Test(_) => 1,
    }
}

/// The tables that a condition and an order read, and what always holds of them.
fn from(scope: Scope, query: (&Condition, &[Sort]), bound: &mut Bound) -> [String; 3] {
    let (condition, sort) = query;
    let (tables, among) = condition::from(scope);
    let number = Field::Number(NumberField::Number);
    let asks = |test: &Test| match test {
        Test::Has(field) => *field == number,
        Test::Number(of, ..) => *of == NumberField::Number,
        _ => false,
    };
    if !condition.mentions(&asks) && !sort.iter().any(|key| key.by == number) {
        return [String::new(), tables.to_owned(), among.to_owned()];
    }
    let only = |condition: &Condition| match condition {
        Condition::Test(Test::Link(LinkField::In, stream)) => Some(stream.as_str().to_owned()),
        _ => None,
    };
    let only = match condition {
        Condition::All(all) => all.iter().find_map(only),
        condition => only(condition),
    };
    let which = match only {
        Some(home) => format!("= (SELECT id FROM streams WHERE name = {})", bound.put(home)),
        None => "IS NOT NULL".to_owned(),
    };
    let tables = format!("{tables} LEFT JOIN numbers n ON n.id = t.id");
    [format!("{NUMBERS} {which})"), tables, among.to_owned()]
}

/// A page and one thing more.
fn page(scope: Scope, query: &Query, keys: &[Column]) -> Option<Statement> {
    let mut bound = Bound::default();
    let [with, tables, among] = from(scope, (&query.condition, &query.sort), &mut bound);
    let fits = condition::rows(scope, &query.condition, &mut bound)?;
    // A milestone's stream is its id, and its index has that.
    let (streams, name) = match scope {
        Scope::Milestones => ("", "t.slug"),
        Scope::Tasks | Scope::Both => (" CROSS JOIN streams s ON s.id = t.id", "s.name"),
    };
    let behind = match &query.after {
        Some(cursor) => format!(" AND ({})", order::behind(keys, name, cursor, &mut bound)?),
        None => String::new(),
    };
    let limit = match query.limit {
        Some(limit) => format!(" LIMIT {}", bound.put(i64::from(limit) + 1)),
        None => String::new(),
    };
    let columns: String = keys.iter().map(|key| format!(", {}", key.sql)).collect();
    let order = order::ordered(keys, name);
    let sql = format!(
        "{with} SELECT {name}, t.reference, t.id, t.home{columns} FROM {tables}{streams}
         WHERE {among} AND {fits}{behind} ORDER BY {order}{limit}"
    );
    Some(Statement { sql, bound })
}

/// How many fit.
fn total(scope: Scope, condition: &Condition) -> Option<Statement> {
    let mut bound = Bound::default();
    let sql = match condition::counts(scope, condition) {
        Some(fits) => format!("SELECT coalesce(sum(items), 0) FROM counts WHERE {fits}"),
        None => {
            let [with, tables, among] = from(scope, (condition, &[]), &mut bound);
            let fits = condition::rows(scope, condition, &mut bound)?;
            format!("{with} SELECT count(*) FROM {tables} WHERE {among} AND {fits}")
        }
    };
    Some(Statement { sql, bound })
}

fn count(connection: &Connection, statement: &Statement) -> rusqlite::Result<usize> {
    let values = params_from_iter(&statement.bound.0);
    connection.prepare_cached(&statement.sql)?.query_row(values, |row| row.get(0))
}

/// A thing that fits, with its place in the order; a task without its number yet.
struct Place {
    found: Found,
    id: i64,
    home: Option<i64>,
    keys: Vec<Option<Key>>,
}

fn places(
    connection: &Connection,
    page: &Statement,
    keys: &[Column],
) -> rusqlite::Result<Vec<Place>> {
    let place = |row: &Row<'_>| {
        let (stream, reference) = (stream_at(row, 0)?, row.get(1)?);
        let key = |(at, key)| order::key_at(row, COLUMNS_BEFORE_KEYS + at, key);
        Ok(Place {
            found: Found { stream, reference, number: None },
            id: row.get(2)?,
            home: row.get(3)?,
            keys: keys.iter().enumerate().map(key).collect::<rusqlite::Result<_>>()?,
        })
    };
    let mut statement = connection.prepare_cached(&page.sql)?;
    statement.query_map(params_from_iter(&page.bound.0), place)?.collect()
}

/// Gives the tasks their numbers. A milestone's are worked out once.
fn numbered(connection: &Connection, places: Vec<Place>) -> rusqlite::Result<Vec<Found>> {
    let mut homes: HashMap<i64, HashMap<i64, u32>> = HashMap::new();
    let mut found = Vec::with_capacity(places.len());
    for mut place in places {
        if let Some(home) = place.home {
            let numbers = match homes.entry(home) {
                Entry::Occupied(held) => held.into_mut(),
                Entry::Vacant(free) => {
                    let mut statement = connection.prepare_cached(NUMBERED)?;
                    let ids = statement.query_map([home], |row| row.get(0))?.zip(1..);
                    free.insert(ids.map(|(id, number)| Ok((id?, number))).collect::<Result<
                        _,
                        rusqlite::Error,
                    >>(
                    )?)
                }
            };
            place.found.number = numbers.get(&place.id).copied();
        }
        found.push(place.found);
    }
    Ok(found)
}
