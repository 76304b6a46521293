//! Names of records: the SHA-256 of what they say.
//!
//! - **Invariant.** A [`RecordId`] prints as 64 lower-case hex digits and parses from nothing else.
//! - **Absent on purpose.** Hashing. A record's id is computed in `log`, from its bytes.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The id of a record: 32 bytes, written as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub [u8; 32]);

/// The first 8 bytes of a [`RecordId`]: 16 hex digits, as `reads` of a record names others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey(pub u64);

impl RecordId {
    /// Parses 64 lower-case hex digits.
    pub fn parse(hex: &[u8]) -> Option<Self> {
        let mut bytes = [0; 32];
        if hex.len() != 64 {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            *byte = (nibble(pair[0])? << 4) | nibble(pair[1])?;
        }
        Some(Self(bytes))
    }

    /// The short form.
    pub fn key(&self) -> RecordKey {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        RecordKey(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
    }
}

impl RecordKey {
    /// Parses 16 lower-case hex digits.
    pub fn parse(hex: &[u8]) -> Option<Self> {
        if hex.len() != 16 {
            return None;
        }
        hex.iter()
            .try_fold(0u64, |sum, &digit| Some((sum << 4) | u64::from(nibble(digit)?)))
            .map(Self)
    }
}

/// Value of one lower-case hex digit, by table: hex is read several times for every record.
fn nibble(digit: u8) -> Option<u8> {
    match HEX_VALUES[digit as usize] {
        0xff => None,
        value => Some(value),
    }
}

static HEX_VALUES: [u8; 256] = {
    let mut table = [0xff; 256];
    let mut value = 0u8;
    while value < 16 {
        table[b"0123456789abcdef"[value as usize] as usize] = value;
        value += 1;
    }
    table
};

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut hex = [0; 64];
        for (pair, byte) in hex.chunks_exact_mut(2).zip(self.0) {
            pair[0] = b"0123456789abcdef"[usize::from(byte >> 4)];
            pair[1] = b"0123456789abcdef"[usize::from(byte & 15)];
        }
        f.pad(std::str::from_utf8(&hex).expect("hex digits are ASCII"))
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordId({self})")
    }
}

impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordKey({self})")
    }
}

impl Serialize for RecordId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for RecordId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return <[u8; 32]>::deserialize(deserializer).map(Self);
        }
        deserializer.deserialize_str(HexVisitor(Self::parse, "64 lower-case hex digits"))
    }
}

impl Serialize for RecordKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for RecordKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return u64::deserialize(deserializer).map(Self);
        }
        deserializer.deserialize_str(HexVisitor(Self::parse, "16 lower-case hex digits"))
    }
}

/// Reads one hex string without allocating.
struct HexVisitor<T>(fn(&[u8]) -> Option<T>, &'static str);

impl<T> serde::de::Visitor<'_> for HexVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.1)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text.as_bytes())
            .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}
