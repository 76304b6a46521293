//! What stands behind a title: `(2d)` for how much work it is, `!due 2026-05-01` for a day.
//!
//! Start at [`split`].
//!
//! - **Invariant.** What is not understood stays in the title.

use milestone_core::words::{Date, duration_minutes};

/// Takes the estimate off the end of a title: `Refund flow (3d)`.
#[must_use]
pub fn estimated(text: &str) -> (&str, Option<u32>) {
    let inner = text.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    match inner.map(|(title, inside)| (title.trim_end(), duration_minutes(inside))) {
        Some((title, Ok(minutes))) if !title.is_empty() => (title, Some(minutes)),
        _ => (text, None),
    }
}

/// Takes estimate and day off the end of a title, in either order.
pub(super) fn split(text: &str) -> (&str, Option<u32>, Option<Date>) {
    let (rest, mut estimate) = estimated(text);
    let (rest, due) = due(rest);
    let mut title = rest;
    if due.is_some() && estimate.is_none() {
        (title, estimate) = estimated(rest);
    }
    (title, estimate, due)
}

fn due(text: &str) -> (&str, Option<Date>) {
    match text.rsplit_once("!due ").map(|(title, day)| (title.trim_end(), Date::parse(day.trim())))
    {
        Some((title, Some(date))) if !title.is_empty() => (title, Some(date)),
        _ => (text, None),
    }
}

/// What stands in brackets at the end and was meant as a duration, but is none: `3 days`.
pub(crate) fn looks_like_duration(title: &str) -> Option<&str> {
    let (_, inside) = title.strip_suffix(')')?.rsplit_once('(')?;
    let digits = inside.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ',');
    let unit = digits.trim().to_lowercase();
    let units = ["m", "min", "mins", "h", "hr", "hrs", "d", "w", "minute", "hour", "day", "week"];
    let known = units.contains(&unit.as_str()) || units.contains(&unit.trim_end_matches('s'));
    (digits.len() < inside.len() && known).then_some(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_understood_is_taken_off() {
        let day = Date::parse("2026-05-01");
        for (text, title, estimate, due) in [
            ("Refund flow (3d)", "Refund flow", Some(1440), None),
            ("A (2h) !due 2026-05-01", "A", Some(120), day),
            ("A !due 2026-05-01 (2h)", "A", Some(120), day),
            ("A !due soon", "A !due soon", None, None),
            ("(2h)", "(2h)", None, None),
            ("Late (maybe)", "Late (maybe)", None, None),
        ] {
            assert_eq!(split(text), (title, estimate, due), "{text}");
        }
    }

    #[test]
    fn near_misses_are_seen() {
        for text in ["A (3 days)", "A (1.5d)", "A (2 hrs)", "A (90min)"] {
            assert!(looks_like_duration(text).is_some(), "{text}");
        }
        for text in ["A (3)", "A (2nd try)", "A (days)", "A", "A (v2)"] {
            assert!(looks_like_duration(text).is_none(), "{text}");
        }
    }
}
