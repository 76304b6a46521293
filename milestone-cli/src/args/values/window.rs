//! A window: how far back figures look, `12w` or `60d`.
//!
//! Start at [`window`]. Days and weeks are those of the calendar, unlike those of a DURATION.

use std::fmt;

use milestone_core::words::{REACH_DAYS_MAX, ValueError};

/// So many calendar days up to today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window(pub u32);

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 % 7 {
            0 => write!(f, "{}w", self.0 / 7),
            _ => write!(f, "{}d", self.0),
        }
    }
}

/// Reads a window.
///
/// # Errors
///
/// [`ValueError`] if it is no whole number of days or weeks, from a day to a hundred years.
pub fn window(text: &str) -> Result<Window, ValueError> {
    let text = text.trim();
    days(text).map(Window).ok_or_else(|| {
        let meant = text.strip_prefix(['-', '+']).filter(|rest| days(rest).is_some());
        ValueError(match meant {
            Some(rest) => format!("\"{text}\" has a sign, and a window looks back anyhow: {rest}"),
            None => {
                let bounds = format!("days or weeks, from 1d to {REACH_DAYS_MAX}d");
                format!("\"{text}\" is no time back: {bounds}, such as 12w or 60d")
            }
        })
    })
}

/// The days of a window, if it is one.
fn days(text: &str) -> Option<u32> {
    let (number, days) = match text.strip_suffix('w') {
        Some(number) => (number, 7),
        None => (text.strip_suffix('d').unwrap_or(""), 1),
    };
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    let days = number.parse::<u32>().ok().filter(|_| digits).and_then(|n| n.checked_mul(days));
    days.filter(|days| (1..=REACH_DAYS_MAX).contains(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_print_as_they_are_typed() {
        for text in ["12w", "60d", "1d", "36525d"] {
            assert_eq!(window(text).map(|window| window.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "12", "0d", "+3w", "-3d", "1m", "36526d", "99999999999w", "w"] {
            assert!(window(text).is_err(), "{text}");
        }
    }
}
