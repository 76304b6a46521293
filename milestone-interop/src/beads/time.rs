//! Points in time as Beads writes them: RFC 3339, any offset, 0 to 9 digits of a second's fraction.
//!
//! - **Start here.** [`parse`].
//! - **Invariant.** A [`Time`] is UTC at a precision of one microsecond, between the years 0 and
//!   9999, and always prints as 27 characters.
//! - **Absent on purpose.** The present time, zones by name, and times without an offset: a guess
//!   would be a wrong fact in the log.

use std::fmt;

use serde::{Serialize, Serializer};

const SECOND: i64 = 1_000_000;
const DAY_SECONDS: i64 = 86_400;
/// 0001-01-01T00:00:00Z, which the exporter writes for "never".
const NEVER: i64 = -62_135_596_800 * SECOND;
const YEAR_0: i64 = -62_167_219_200 * SECOND;
const YEAR_10000: i64 = 253_402_300_800 * SECOND;

/// A point in time: UTC microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub micros: i64,
}

/// What a time's text turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parsed {
    /// A time; `cut` if digits below a microsecond were not zero.
    At { time: Time, cut: bool },
    /// The exporter's zero value.
    Never,
    /// Not RFC 3339.
    Bad,
}

/// Reads an RFC 3339 time.
pub(crate) fn parse(text: &str) -> Parsed {
    match parts(text.as_bytes()) {
        None => Parsed::Bad,
        Some((NEVER, _)) => Parsed::Never,
        Some((micros, cut)) => Parsed::At { time: Time { micros }, cut },
    }
}

/// The date part `YYYY-MM-DD` that a time or a plain date begins with, if that is a real day.
pub(crate) fn date(text: &str) -> Option<&str> {
    let day = text.get(..10)?;
    days(day.as_bytes())?;
    let whole = text.len() == 10 || matches!(parse(text), Parsed::At { .. });
    whole.then_some(day)
}

fn parts(text: &[u8]) -> Option<(i64, bool)> {
    let (day, clock) = (text.get(..10)?, text.get(11..)?);
    if !matches!(text.get(10), Some(b'T' | b't' | b' ')) {
        return None;
    }
    if clock.len() < 9 || clock[2] != b':' || clock[5] != b':' {
        return None;
    }
    let (hour, minute, second) =
        (number(&clock[..2])?, number(&clock[3..5])?, number(&clock[6..8])?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (fraction, cut, zone) = fraction(&clock[8..])?;
    let seconds = days(day)? * DAY_SECONDS + hour * 3600 + minute * 60 + second - offset(zone)?;
    let micros = seconds * SECOND + fraction;
    (YEAR_0..YEAR_10000).contains(&micros).then_some((micros, cut))
}

/// The fraction in microseconds, whether digits were cut off, and what follows.
fn fraction(text: &[u8]) -> Option<(i64, bool, &[u8])> {
    let Some(digits) = text.strip_prefix(b".") else {
        return Some((0, false, text));
    };
    let count = digits.iter().take_while(|digit| digit.is_ascii_digit()).count();
    if count == 0 {
        return None;
    }
    let (digits, zone) = digits.split_at(count);
    let micros = (0..6).fold(0, |sum, place| {
        sum * 10 + digits.get(place).map_or(0, |digit| i64::from(digit - b'0'))
    });
    Some((micros, digits.iter().skip(6).any(|&digit| digit != b'0'), zone))
}

fn offset(zone: &[u8]) -> Option<i64> {
    match zone {
        b"Z" | b"z" => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?);
            let seconds = hours * 3600 + minutes * 60;
            let signed = if *sign == b'-' { -seconds } else { seconds };
            (hours < 24 && minutes < 60).then_some(signed)
        }
        _ => None,
    }
}

/// Days since 1970 of a `YYYY-MM-DD` (Gregorian, by the era arithmetic of Howard Hinnant).
fn days(day: &[u8]) -> Option<i64> {
    if day.len() != 10 || day[4] != b'-' || day[7] != b'-' {
        return None;
    }
    let (year, month, date) = (number(&day[..4])?, number(&day[5..7])?, number(&day[8..])?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if date < 1 || date > longest {
        return None;
    }
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + date - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |sum, digit| {
        digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0'))
    })
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, micros) = (self.micros.div_euclid(SECOND), self.micros.rem_euclid(SECOND));
        let (days, clock) = (seconds.div_euclid(DAY_SECONDS), seconds.rem_euclid(DAY_SECONDS));
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let slot = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * slot + 2) / 5 + 1;
        let month = if slot < 10 { slot + 3 } else { slot - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        match parse(text) {
            Parsed::At { time, .. } => time.to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn offsets_and_fractions_become_utc_microseconds() {
        for (text, expected) in [
            ("2025-11-22T13:29:05.123456789-08:00", "2025-11-22T21:29:05.123456Z"),
            ("2025-11-22T13:29:05+11:00", "2025-11-22T02:29:05.000000Z"),
            ("2025-11-22t13:29:05.1z", "2025-11-22T13:29:05.100000Z"),
            ("2024-02-29 23:59:60Z", "2024-03-01T00:00:00.000000Z"),
            ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
            ("0001-01-01T00:00:00Z", "Never"),
            ("2025-11-22T13:29:05", "Bad"),
            ("2025-02-29T13:29:05Z", "Bad"),
            ("2025-11-22T24:00:00Z", "Bad"),
            ("2025-11-22T13:29:05.Z", "Bad"),
            ("9999-12-31T23:59:59-01:00", "Bad"),
            ("", "Bad"),
            ("yesterday", "Bad"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn only_digits_that_say_something_count_as_cut() {
        let cut = |text| matches!(parse(text), Parsed::At { cut: true, .. });
        assert!(cut("2025-11-22T13:29:05.000000001Z"));
        assert!(!cut("2025-11-22T13:29:05.123456000Z"));
    }

    #[test]
    fn a_due_day_is_the_day_as_written() {
        assert_eq!(date("2026-03-01T23:30:00-08:00"), Some("2026-03-01"));
        assert_eq!(date("2026-03-01"), Some("2026-03-01"));
        assert_eq!(date("2026-03-01 soon"), None);
        assert_eq!(date("2026-02-30"), None);
        assert_eq!(date("éééééé"), None);
    }

    proptest! {
        #[test]
        fn a_printed_time_reads_as_itself(micros in YEAR_0..YEAR_10000) {
            prop_assume!(micros != NEVER);
            let time = Time { micros };
            prop_assert_eq!(parse(&time.to_string()), Parsed::At { time, cut: false });
        }

        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,40}") {
            let _ = (parse(&text), date(&text));
        }
    }
}
