//! What stands behind a title: `(2d)` for how much work it is, `!due 2026-05-01` for a day.
//!
//! Start at [`tail`].
//!
//! - **Invariant.** What is not understood stays in the title, and is told in words.

use milestone_core::words::{Clock, Date, Sense, When, duration_minutes, when};

/// The mark of a day.
const DUE: &str = "!due";

/// A title and what stands behind it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tail {
    /// The title alone.
    pub title: String,
    /// How much work it is, in minutes.
    pub estimate: Option<u32>,
    /// When it is due.
    pub due: Option<Date>,
    /// What looks like one of those and is none: what became of it and why.
    pub odd: Vec<String>,
}

/// Takes estimate and day off the end of a title, in either order. Without a clock a day is one
/// that is written out: `2026-05-01`.
#[must_use]
pub fn tail(text: &str, clock: Option<&Clock>) -> Tail {
    tail_behind(text, 0, clock)
}

/// The same where attributes begin behind the first `fixed` bytes.
pub(super) fn tail_behind(text: &str, fixed: usize, clock: Option<&Clock>) -> Tail {
    let text = text.trim_end();
    let least = text.get(..fixed).map_or(text.len(), |kept| kept.trim_end().len());
    let mut odd = Vec::new();
    let (rest, mut estimate) = estimated(text, least);
    let mut title = rest;
    let mut due = None;
    // A day that is not understood, which goes back behind the title.
    let mut kept = "";
    if let Some((before, mark, typed)) = marked(rest, least) {
        match day(typed, clock) {
            Ok(day) if !before.is_empty() => due = day,
            read => {
                let why = read.err().unwrap_or_else(|| "no title stands before it".to_owned());
                odd.push(format!("\"{mark}\" is kept in the title: {why}"));
                kept = mark;
            }
        }
        title = before;
        if estimate.is_none() {
            (title, estimate) = estimated(before, least);
        }
    }
    if let (None, Some(inside)) = (estimate, looks_like_duration(title, least)) {
        let why = duration_minutes(inside).err().map(|why| why.to_string()).unwrap_or_default();
        odd.insert(0, format!("\"({inside})\" is kept in the title: {why}"));
    }
    for word in strangers(title, least) {
        let known = "at the end \"(2d)\" and \"!due DAY\" are understood";
        odd.push(format!("\"{word}\" is kept in the title: {known}"));
    }
    let title = match (title.is_empty(), kept.is_empty()) {
        (false, false) => format!("{title} {kept}"),
        (true, _) => kept.to_owned(),
        (_, true) => title.to_owned(),
    };
    Tail { title, estimate, due, odd }
}

/// Takes the estimate off: `Refund flow (3d)`.
fn estimated(text: &str, least: usize) -> (&str, Option<u32>) {
    let inner = text.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    match inner.map(|(title, inside)| (title.trim_end(), duration_minutes(inside))) {
        Some((title, Ok(minutes))) if title.len() >= least.max(1) => (title, Some(minutes)),
        _ => (text, None),
    }
}

/// What stands before the last mark of a day, from the mark on, and behind the mark.
fn marked(text: &str, least: usize) -> Option<(&str, &str, &str)> {
    // Of the same length, byte by byte.
    let small = text.to_ascii_lowercase();
    let at = small.rmatch_indices(DUE).map(|(at, _)| at).find(|&at| {
        let behind = &text[at + DUE.len()..];
        let begins = text[..at].chars().next_back().is_none_or(char::is_whitespace);
        begins && at >= least && behind.chars().next().is_none_or(|c| c == ':' || c.is_whitespace())
    })?;
    let typed = text[at + DUE.len()..].trim_start_matches(':').trim();
    Some((text[..at].trim_end(), &text[at..], typed))
}

/// A planned day; `none` is one, too.
fn day(typed: &str, clock: Option<&Clock>) -> Result<Option<Date>, String> {
    let Some(clock) = clock else {
        let day = Date::parse(typed).map(Some);
        return day.ok_or_else(|| format!("\"{typed}\" is not a day like 2026-05-01"));
    };
    planned(typed, clock)
}

/// A planned day, as it is seen from now.
pub(super) fn planned(typed: &str, clock: &Clock) -> Result<Option<Date>, String> {
    if typed.is_empty() {
        return Err("it wants a day behind it, like 2026-05-01, fri or +5d".to_owned());
    }
    let read = when(typed, clock, Sense::Plan).map_err(|error| error.to_string())?;
    if matches!(read, When::At(_)) && typed.starts_with(|first: char| first.is_ascii_digit()) {
        return Err(format!("\"{typed}\" has a time of day, and plans are made of days"));
    }
    Ok(read.day(clock).map(Date))
}

/// True if there is the mark of a day in a title, understood or not.
pub(crate) fn has_mark_of_day(title: &str) -> bool {
    marked(title, 0).is_some()
}

/// What stands in brackets at the end and was meant as a duration, but is none: `3 days`.
pub(crate) fn looks_like_duration(title: &str, least: usize) -> Option<&str> {
    let (before, inside) = title.strip_suffix(')')?.rsplit_once('(')?;
    let digits = inside.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ',');
    let unit = digits.trim().to_lowercase();
    let units = ["m", "min", "mins", "h", "hr", "hrs", "d", "w", "minute", "hour", "day", "week"];
    let known = units.contains(&unit.as_str()) || units.contains(&unit.trim_end_matches('s'));
    (before.len() >= least && digits.len() < inside.len() && known).then_some(inside)
}

/// Words that look like marks of attributes that there are not: `!start`, or `!due` once more.
fn strangers(title: &str, least: usize) -> impl Iterator<Item = &str> {
    title.get(least..).unwrap_or_default().split_whitespace().filter(|word| {
        let name = word.strip_prefix('!').map(|name| name.trim_end_matches(':'));
        name.is_some_and(|name| name.len() > 1 && name.bytes().all(|b| b.is_ascii_lowercase()))
    })
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
            ("A !Due: 2026-05-01", "A", None, day),
            ("A !due soon", "A !due soon", None, None),
            ("A (2h) !due soon", "A !due soon", Some(120), None),
            ("(2h)", "(2h)", None, None),
            ("!due 2026-05-01", "!due 2026-05-01", None, None),
            ("Late (maybe)", "Late (maybe)", None, None),
        ] {
            let read = tail(text, None);
            assert_eq!((read.title.as_str(), read.estimate, read.due), (title, estimate, due));
        }
        // Code and links are no attributes.
        assert_eq!(tail_behind("Call frob(2d)", 13, None).title, "Call frob(2d)");
        assert_eq!(tail_behind("Call frob (2d)", 9, None).estimate, Some(960));
    }

    #[test]
    fn near_misses_are_seen() {
        for text in ["A (3 days)", "A (1.5d)", "A (2 hrs)", "A (90min)"] {
            assert!(looks_like_duration(text, 0).is_some(), "{text}");
        }
        for text in ["A (3)", "A (2nd try)", "A (days)", "A", "A (v2)"] {
            assert!(looks_like_duration(text, 0).is_none(), "{text}");
        }
        for text in ["A (999999w)", "A !due", "A !due soon", "A !start fri", "!due fri"] {
            assert_eq!(tail(text, None).odd.len(), 1, "{text}: {:?}", tail(text, None));
        }
        for text in ["Done!", "A != b", "Hi !", "A !B", "A!due x"] {
            assert!(tail(text, None).odd.is_empty(), "{text}");
        }
    }
}
