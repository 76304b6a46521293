//! Times: microseconds since 1970 in UTC, and calendar dates.
//!
//! - **Invariant.** A [`Timestamp`] is written in exactly one form, RFC 3339 with microseconds and
//!   `Z`, and read from any RFC 3339 text.
//! - **Absent on purpose.** The clock and time zones: `now` comes in from the edges.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Largest value of a record's `clock`: what a number in JSON holds exactly, in the year 2255.
pub const CLOCK_MAX: u64 = (1 << 53) - 1;

pub(crate) const MICROS_PER_DAY: i64 = 86_400_000_000;

/// A moment, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

/// A day of the calendar, written `2026-11-22`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub NaiveDate);

impl Timestamp {
    /// Reads RFC 3339, any offset; digits behind the microseconds are cut off.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_own(text.as_bytes()).or_else(|| {
            DateTime::parse_from_rfc3339(text).ok().map(|time| Self(time.timestamp_micros()))
        })
    }

    /// Reads our own form, 27 bytes wide, about ten times faster than the general one.
    fn parse_own(text: &[u8]) -> Option<Self> {
        if text.len() != 27 || text[26] != b'Z' {
            return None;
        }
        let shape = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.')];
        if shape.iter().any(|&(place, byte)| text[place] != byte) {
            return None;
        }
        let number = |from: usize, to: usize| {
            text[from..to].iter().try_fold(0i64, |sum, byte| {
                byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0'))
            })
        };
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        // A leap second and every other oddity go the general way.
        if hour > 23 || minute > 59 || second > 59 || !(1..=12).contains(&month) {
            return None;
        }
        if day < 1 || day > days_in_month(year, month) {
            return None;
        }
        let seconds = ((days_from_civil(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
        Some(Self(seconds * 1_000_000 + number(20, 26)?))
    }

    /// The day in UTC shifted by `offset_minutes`.
    pub fn date(self, offset_minutes: i32) -> Date {
        let local = self.0.saturating_add(i64::from(offset_minutes) * 60_000_000);
        Date::from_days(local.div_euclid(MICROS_PER_DAY))
    }
}

impl Date {
    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        // Digits alone: a year with a sign would be another day when it is written down.
        let number = |from: usize, to: usize| {
            bytes[from..to].iter().try_fold(0u32, |sum, byte| {
                byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0'))
            })
        };
        let year = i32::try_from(number(0, 4)?).ok()?;
        NaiveDate::from_ymd_opt(year, number(5, 7)?, number(8, 10)?).map(Self)
    }

    /// Days since 1970-01-01.
    pub fn days(self) -> i64 {
        i64::from(self.0.num_days_from_ce()) - 719_163
    }

    /// The day that many days after 1970-01-01, clamped to what a calendar holds.
    pub fn from_days(days: i64) -> Self {
        let days = i32::try_from(days + 719_163).unwrap_or(i32::MAX);
        Self(NaiveDate::from_num_days_from_ce_opt(days).unwrap_or(NaiveDate::MAX))
    }

    /// The first moment of this day at `offset_minutes` east of UTC.
    pub fn start(self, offset_minutes: i32) -> Timestamp {
        Timestamp(self.days() * MICROS_PER_DAY - i64::from(offset_minutes) * 60_000_000)
    }

    /// The last microsecond of this day at `offset_minutes` east of UTC.
    pub fn end(self, offset_minutes: i32) -> Timestamp {
        Timestamp(self.start(offset_minutes).0 + MICROS_PER_DAY - 1)
    }
}

/// Days since 1970-01-01 of a day of the Gregorian calendar.
///
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The day of the Gregorian calendar that many days after 1970-01-01.
///
/// Source: as `days_from_civil`, its inverse `civil_from_days`.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, micros) = (self.0.div_euclid(MICROS_PER_DAY), self.0.rem_euclid(MICROS_PER_DAY));
        let (year, month, day) = civil_from_days(days);
        if !(0..=9999).contains(&year) {
            // No calendar that people use; still a text that reads back as nothing else.
            return write!(f, "{}us", self.0);
        }
        let mut text = *b"0000-00-00T00:00:00.000000Z";
        let mut put = |at: usize, digits: usize, number: i64| {
            let mut rest = number;
            for place in (at..at + digits).rev() {
                text[place] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
                rest /= 10;
            }
        };
        let seconds = micros / 1_000_000;
        put(0, 4, year);
        put(5, 2, month);
        put(8, 2, day);
        put(11, 2, seconds / 3600);
        put(14, 2, seconds / 60 % 60);
        put(17, 2, seconds % 60);
        put(20, 6, micros % 1_000_000);
        f.pad(std::str::from_utf8(&text).expect("digits are ASCII"))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_i64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return i64::deserialize(deserializer).map(Self);
        }
        let text = super::Text::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("this is no RFC 3339 time"))
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_i64(self.days())
        }
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return i64::deserialize(deserializer).map(Self::from_days);
        }
        let text = super::Text::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("this is no date (YYYY-MM-DD)"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The fast reader agrees with the general one on every moment that is written.
        #[test]
        fn every_time_reads_back(micros in -60_000_000_000_000_000..CLOCK_MAX as i64) {
            let text = Timestamp(micros).to_string();
            let same = DateTime::from_timestamp_micros(micros).unwrap();
            prop_assert_eq!(&text, &same.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string());
            prop_assert_eq!(Timestamp::parse_own(text.as_bytes()), Some(Timestamp(micros)));
            let general = DateTime::parse_from_rfc3339(&text).unwrap().timestamp_micros();
            prop_assert_eq!(general, micros);
            prop_assert_eq!(Timestamp(micros).date(0).to_string(), &text[..10]);
        }

        #[test]
        fn every_date_reads_back(days in -100_000i64..100_000) {
            let date = Date::from_days(days);
            prop_assert_eq!(date.days(), days);
            prop_assert_eq!(date.start(0).date(0), date);
            prop_assert_eq!(date.end(90).date(90), date);
        }

        /// The fast reader accepts nothing that the general one refuses.
        #[test]
        fn odd_times_are_refused_alike(
            date in "[0-9]{4}-[0-9]{2}-[0-9]{2}",
            time in "[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}",
        ) {
            let text = format!("{date}T{time}Z");
            let general = DateTime::parse_from_rfc3339(&text).ok();
            let general = general.map(|time| time.timestamp_micros());
            prop_assert_eq!(Timestamp::parse(&text).map(|time| time.0), general);
        }
    }

    #[test]
    fn offsets_and_fractions_of_others_are_read() {
        for (text, same) in [
            ("2025-11-02T21:58:07.295058-08:00", "2025-11-03T05:58:07.295058Z"),
            ("2025-12-16T02:51:43+11:00", "2025-12-15T15:51:43.000000Z"),
            ("2026-01-11T10:33:47.123456789Z", "2026-01-11T10:33:47.123456Z"),
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), same);
        }
        assert_eq!(Timestamp::parse("yesterday"), None);
        assert_eq!(Date::parse("2026-02-30"), None);
        assert_eq!(Date::parse("2026-2-3"), None);
    }
}
