//! What is found, and in which order.
//!
//! Start at [`best`].
//!
//! - **Invariant.** The order follows from the texts and the times of creation alone: it is the
//!   same in every file that was made from the same records, however it was made.
//! - **Invariant.** A page costs what it shows. Every rank is one walk down the list of a word, and
//!   it ends when the page is full; nothing is scored that is not shown.
//! - **Absent on purpose.** bm25: it reads every item that has the word before it knows the best,
//!   and titles and notes are too short for it to tell them apart.

use milestone_core::words::StreamId;
use rusqlite::{Connection, Row, params};

use super::words::Typed;
use super::{FOUND, Hit, SNIPPET_WORDS, pieces};
use crate::error::odd_value;

/// The ranks, the best first. In each of them the newest come first.
const RANKS: [(&str, Whole); 4] = [
    ("{title title_folded} : ", Whole::Words),
    ("", Whole::Words),
    ("{title title_folded} : ", Whole::Beginnings),
    ("", Whole::Beginnings),
];

/// Must a word of the text be all of what was typed?
#[derive(Clone, Copy)]
enum Whole {
    Words,
    Beginnings,
}

/// The best `limit` of what has every word that was typed.
pub(super) fn best(
    connection: &Connection,
    typed: &Typed,
    limit: usize,
) -> rusqlite::Result<Vec<Hit>> {
    let mut statement = connection.prepare_cached(
        "SELECT i.stream, snippet(texts, -1, ?2, ?3, '…', ?4)
         FROM texts JOIN items i ON i.id = texts.rowid
         WHERE texts MATCH ?1 ORDER BY texts.rowid DESC LIMIT ?5",
    )?;
    let [begin, end] = FOUND.map(String::from);
    let mut ask = |column: &str, whole: Whole, limit: usize| {
        let words = match whole {
            Whole::Words => typed.words(),
            Whole::Beginnings => typed.beginnings(),
        };
        let asked = params![format!("{column}({words})"), begin, end, SNIPPET_WORDS, limit];
        statement.query_map(asked, hit)?.collect::<rusqlite::Result<Vec<_>>>()
    };
    let mut hits: Vec<Hit> = Vec::new();
    for (column, whole) in RANKS {
        // Nothing begins so anywhere: then no title does.
        let (title, beginnings) = (!column.is_empty(), matches!(whole, Whole::Beginnings));
        let none = title && beginnings && hits.is_empty() && ask("", whole, 1)?.is_empty();
        if none || hits.len() >= limit {
            break;
        }
        // Those of the ranks before may come again, so they are asked for too.
        for hit in ask(column, whole, limit)? {
            if hits.len() < limit && hits.iter().all(|known| known.stream != hit.stream) {
                hits.push(hit);
            }
        }
    }
    Ok(hits)
}

/// How many have every word that was typed, counted up to `most`.
pub(super) fn count(
    connection: &Connection,
    typed: &Typed,
    most: usize,
) -> rusqlite::Result<usize> {
    let mut statement = connection
        .prepare_cached("SELECT count(*) FROM (SELECT 1 FROM texts WHERE texts MATCH ? LIMIT ?)")?;
    // Whole words are also beginnings, and much cheaper to count.
    let whole = statement.query_row(params![typed.words(), most], |row| row.get(0))?;
    match whole < most {
        true => statement.query_row(params![typed.beginnings(), most], |row| row.get(0)),
        false => Ok(whole),
    }
}

fn hit(row: &Row<'_>) -> rusqlite::Result<Hit> {
    let (stream, snippet) = (row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_str()?);
    Ok(Hit {
        stream: StreamId::parse(stream).ok_or_else(|| odd_value("no stream"))?,
        snippet: pieces(snippet),
    })
}
