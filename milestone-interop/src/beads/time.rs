//! Points in time as Beads writes them: RFC 3339, any offset, 0 to 9 digits of a second's fraction.
//!
//! - **Start here.** [`parse`].
//! - **Invariant.** A time that is read is between the years 0 and 9999, so it prints as one.
//! - **Absent on purpose.** Reading RFC 3339 itself, which is [`Timestamp::parse`]; and times
//!   without an offset: a guess would be a wrong fact in the log.

use milestone_core::words::{Date, Timestamp};

const SECOND: i64 = 1_000_000;
/// 0001-01-01T00:00:00Z, which the exporter writes for "never".
const NEVER: i64 = -62_135_596_800 * SECOND;
const YEAR_0: i64 = -62_167_219_200 * SECOND;
const YEAR_10000: i64 = 253_402_300_800 * SECOND;

/// What a time's text turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parsed {
    /// A time; `cut` if digits below a microsecond were not zero.
    At { time: Timestamp, cut: bool },
    /// The exporter's zero value.
    Never,
    /// Not RFC 3339.
    Bad,
}

/// Reads an RFC 3339 time.
pub(crate) fn parse(text: &str) -> Parsed {
    match Timestamp::parse(text) {
        Some(Timestamp(NEVER)) => Parsed::Never,
        Some(time) if (YEAR_0..YEAR_10000).contains(&time.0) => {
            Parsed::At { time, cut: is_cut(text) }
        }
        _ => Parsed::Bad,
    }
}

/// True if digits behind the microseconds say something.
fn is_cut(text: &str) -> bool {
    let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
    let digits = fraction.bytes().take_while(u8::is_ascii_digit);
    digits.skip(6).any(|digit| digit != b'0')
}

/// The date part `YYYY-MM-DD` that a time or a plain date begins with, if that is a real day.
pub(crate) fn date(text: &str) -> Option<&str> {
    let day = text.get(..10)?;
    Date::parse(day)?;
    let whole = text.len() == 10 || matches!(parse(text), Parsed::At { .. });
    whole.then_some(day)
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
            let time = Timestamp(micros);
            prop_assert_eq!(parse(&time.to_string()), Parsed::At { time, cut: false });
        }

        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,40}") {
            let _ = (parse(&text), date(&text));
        }
    }
}
