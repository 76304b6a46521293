//! Dates and durations in words: `Fri 2026-03-20`, `8 days left`, `Day 2 of 3`, `2d`.
//!
//! Start at [`left`]. How they are typed is in `args::values`.
//!
//! - **Invariant.** `today` is an argument; nothing here knows the time.
//! - **Invariant.** A date is always written whole: `2026-03-20`, never `03/20`.

use chrono::{Datelike, NaiveDate};

use super::view::DayOf;
use crate::args::values::{MINUTES_PER_DAY, MINUTES_PER_HOUR};

const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

fn name(date: NaiveDate) -> &'static str {
    let place = usize::try_from(date.weekday().num_days_from_monday());
    DAYS[place.expect("a week has seven days")]
}

/// Returns `Fri 2026-03-20`.
#[must_use]
pub fn with_day(date: NaiveDate) -> String {
    format!("{} {date}", &name(date)[..3])
}

/// Returns `Friday 2026-03-20`, for reading aloud.
#[must_use]
pub fn with_full_day(date: NaiveDate) -> String {
    format!("{} {date}", name(date))
}

/// Returns `1 day` or `3 days`.
#[must_use]
pub fn days(count: u64) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}

/// Returns `8 days left`, `due today` or `2 days late`.
#[must_use]
pub fn left(due: NaiveDate, today: NaiveDate) -> String {
    let between = due.signed_duration_since(today).num_days();
    match between {
        0 => "due today".to_owned(),
        1.. => format!("{} left", days(between.unsigned_abs())),
        _ => format!("{} late", days(between.unsigned_abs())),
    }
}

/// Returns `on time`, `2 days early` or `1 day late` for something that was finished.
#[must_use]
pub fn finished(due: NaiveDate, completed: NaiveDate) -> String {
    let between = due.signed_duration_since(completed).num_days();
    match between {
        0 => "on time".to_owned(),
        1.. => format!("{} early", days(between.unsigned_abs())),
        _ => format!("{} late", days(between.unsigned_abs())),
    }
}

/// Returns `Day 2 of 3`, or `Day 2` without an estimate.
#[must_use]
pub fn day_of(day: DayOf) -> String {
    match day.of {
        Some(of) => format!("Day {} of {of}", day.day),
        None => format!("Day {}", day.day),
    }
}

/// Returns minutes of work as they are typed: `2d`, `4h`, `1d4h`.
#[must_use]
pub fn duration(minutes: u32) -> String {
    let parts = [
        (minutes / MINUTES_PER_DAY, 'd'),
        (minutes % MINUTES_PER_DAY / MINUTES_PER_HOUR, 'h'),
        (minutes % MINUTES_PER_HOUR, 'm'),
    ];
    let text: String = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    if text.is_empty() { "0m".to_owned() } else { text }
}

/// Returns minutes of work in words: `2 days`, `1 day 4 hours`.
#[must_use]
pub fn duration_spoken(minutes: u32) -> String {
    let parts = [
        (minutes / MINUTES_PER_DAY, "day"),
        (minutes % MINUTES_PER_DAY / MINUTES_PER_HOUR, "hour"),
        (minutes % MINUTES_PER_HOUR, "minute"),
    ];
    let plural = |count: u32| if count == 1 { "" } else { "s" };
    let words: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}{}", plural(*count)))
        .collect();
    if words.is_empty() { "0 minutes".to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::values::duration_minutes;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a good date")
    }

    #[test]
    fn dates_have_their_day() {
        assert_eq!(with_day(date("2026-03-20")), "Fri 2026-03-20");
        assert_eq!(with_full_day(date("2026-03-12")), "Thursday 2026-03-12");
    }

    #[test]
    fn distances_are_in_words() {
        let today = date("2026-03-12");
        assert_eq!(left(date("2026-03-20"), today), "8 days left");
        assert_eq!(left(date("2026-03-13"), today), "1 day left");
        assert_eq!(left(today, today), "due today");
        assert_eq!(left(date("2026-03-10"), today), "2 days late");
        assert_eq!(finished(date("2026-03-20"), date("2026-03-18")), "2 days early");
        assert_eq!(finished(today, today), "on time");
        assert_eq!(finished(today, date("2026-03-13")), "1 day late");
        assert_eq!(day_of(DayOf { day: 2, of: Some(3) }), "Day 2 of 3");
        assert_eq!(day_of(DayOf { day: 2, of: None }), "Day 2");
    }

    #[test]
    fn durations_print_as_they_are_typed() {
        for text in ["30m", "4h", "3d", "10d", "1d4h", "1d4h30m"] {
            let minutes = duration_minutes(text).expect("a good duration");
            assert_eq!(duration(minutes), text);
        }
        assert_eq!(duration(0), "0m");
        assert_eq!(duration_spoken(960), "2 days");
        assert_eq!(duration_spoken(480 + 61), "1 day 1 hour 1 minute");
    }
}
