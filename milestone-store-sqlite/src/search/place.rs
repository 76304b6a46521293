//! Places: the number that an item has in the search file.
//!
//! - **Invariant.** Of two items the one that was created in a later second has the greater number,
//!   so a walk down the numbers, which FTS5 does by itself, goes from the newest to the oldest.
//! - **Invariant.** A number does not depend on when or in which order items were written, but for
//!   two of one second whose names have the same 30 bits of a hash: the second takes the next.

use milestone_core::words::{StreamId, Timestamp};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

/// Bits for the items of one second: 10,000 of them meet in one number once in 20 seconds.
const WITHIN_BITS: u32 = 30;

/// The last second that has a number: in 2242.
const SECONDS_MAX: i64 = (1 << 33) - 1;

const MICROS_PER_SECOND: i64 = 1_000_000;

/// Where an item belongs; one that nobody created, or before 1970, with the oldest.
pub(super) fn of(stream: &StreamId, created_at: Option<Timestamp>) -> i64 {
    let seconds = created_at.map_or(0, |at| at.0.div_euclid(MICROS_PER_SECOND));
    let hash = Sha256::digest(stream.as_str());
    let within = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]) >> (32 - WITHIN_BITS);
    (seconds.clamp(0, SECONDS_MAX) << WITHIN_BITS) | i64::from(within)
}

/// The second of a place.
pub(super) fn second(place: i64) -> i64 {
    place >> WITHIN_BITS
}

/// The first number from `place` on that nobody has.
pub(super) fn free(connection: &Connection, place: i64) -> rusqlite::Result<i64> {
    let mut taken = connection.prepare_cached("SELECT 1 FROM items WHERE id = ?")?;
    let mut free = place;
    while taken.exists([free])? {
        free += 1;
    }
    Ok(free)
}
