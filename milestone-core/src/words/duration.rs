//! DURATION: working time, typed as `30m`, `4h`, `3d`, `2w` or `1d4h`, kept as minutes.
//!
//! Start at [`duration_minutes`]. How a duration is printed is up to the edge.
//!
//! - **Invariant.** A day is 8 hours and a week is 5 days of work, whatever the calendar says.
//! - **Absent on purpose.** No months and no fractions: people mean different things by them.

use super::ValueError;

/// Minutes of work in an hour.
pub const MINUTES_PER_HOUR: u32 = 60;
/// Minutes of work in a day: 8 hours.
pub const MINUTES_PER_DAY: u32 = 8 * MINUTES_PER_HOUR;
/// Minutes of work in a week: 5 days.
pub const MINUTES_PER_WEEK: u32 = 5 * MINUTES_PER_DAY;
/// The longest duration that is taken: 1,000 weeks.
pub const DURATION_MINUTES_MAX: u32 = 1_000 * MINUTES_PER_WEEK;

/// Reads a DURATION as minutes of work.
///
/// Parts go from large to small, each at most once: `2w`, `1d4h`, `1w 2d`.
///
/// # Errors
///
/// [`ValueError`] if the text is not a duration, is zero, or is over [`DURATION_MINUTES_MAX`].
pub fn duration_minutes(text: &str) -> Result<u32, ValueError> {
    let wrong = || ValueError(format!("\"{text}\" is not a duration like 30m, 4h, 3d or 2w"));
    let mut total = 0_u32;
    let mut number: Option<u32> = None;
    let mut last_unit = u32::MAX;
    for c in text.trim().chars() {
        if c == ' ' && number.is_none() {
            continue;
        }
        if let Some(digit) = c.to_digit(10) {
            let grown = number.unwrap_or(0).checked_mul(10).and_then(|n| n.checked_add(digit));
            number = Some(grown.ok_or_else(too_long)?);
            continue;
        }
        let unit = unit_minutes(c).ok_or_else(wrong)?;
        let count = number.take().ok_or_else(wrong)?;
        if unit >= last_unit {
            return Err(wrong());
        }
        last_unit = unit;
        let part = count.checked_mul(unit).ok_or_else(too_long)?;
        total = total.checked_add(part).ok_or_else(too_long)?;
    }
    if number.is_some() {
        let hint = format!("\"{text}\" has no unit; write {text}m, {text}h or {text}d");
        return Err(if total == 0 { ValueError(hint) } else { wrong() });
    }
    if total == 0 {
        return Err(wrong());
    }
    if total > DURATION_MINUTES_MAX { Err(too_long()) } else { Ok(total) }
}

/// Returns the minutes of one unit, `None` for a letter that is none.
fn unit_minutes(letter: char) -> Option<u32> {
    match letter {
        'm' => Some(1),
        'h' => Some(MINUTES_PER_HOUR),
        'd' => Some(MINUTES_PER_DAY),
        'w' => Some(MINUTES_PER_WEEK),
        _ => None,
    }
}

fn too_long() -> ValueError {
    ValueError("a duration is at most 1000w".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_working_time() {
        assert_eq!(duration_minutes("30m"), Ok(30));
        assert_eq!(duration_minutes("4h"), Ok(240));
        assert_eq!(duration_minutes("3d"), Ok(1440));
        assert_eq!(duration_minutes("2w"), Ok(4800));
        assert_eq!(duration_minutes("1d4h"), Ok(720));
        assert_eq!(duration_minutes(" 1w 2d "), Ok(2400 + 960));
        assert_eq!(duration_minutes("1000w"), Ok(DURATION_MINUTES_MAX));
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in ["", "d", "0m", "4", "4x", "4h1d", "2d2d", "-3d", "1.5d", "1001w", "3d4", "٣d"]
        {
            assert!(duration_minutes(text).is_err(), "{text:?} was taken");
        }
        assert!(duration_minutes("99999999999w").is_err());
        assert!(duration_minutes("4294967295w").is_err());
        let message = duration_minutes("4").expect_err("a unit is missing").to_string();
        assert_eq!(message, "\"4\" has no unit; write 4m, 4h or 4d");
    }
}
