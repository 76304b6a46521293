//! PROGRESS: evidence, typed as `67%`, `67` or `4/6`.
//!
//! Start at [`progress`].
//!
//! - **Invariant.** A count keeps both numbers: "4 of 6" says more than 67 %, and the scope may
//!   grow later.
//! - **Absent on purpose.** No fractions of a percent: progress is whole percent everywhere.

use super::ValueError;

/// A report of progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Whole percent, 0 to 100.
    Percent(u8),
    /// So many of so many; `done <= of` and `of > 0`.
    Counted {
        /// What is done.
        done: u32,
        /// What there is.
        of: u32,
    },
}

/// Reads a PROGRESS.
///
/// # Errors
///
/// [`ValueError`] if the text is neither a percentage of 0 to 100 nor a count.
pub fn progress(text: &str) -> Result<Progress, ValueError> {
    let trimmed = text.trim();
    if let Some((done, of)) = trimmed.split_once('/') {
        let number = |part: &str| part.trim().parse::<u32>().ok();
        return match (number(done), number(of)) {
            (Some(done), Some(of)) if of > 0 && done <= of => Ok(Progress::Counted { done, of }),
            (Some(_), Some(0)) => Err(ValueError(format!("\"{text}\" counts nothing; of what?"))),
            (Some(done), Some(of)) => {
                Err(ValueError(format!("\"{text}\" is more than all: {done} of {of}")))
            }
            _ => Err(not_progress(text)),
        };
    }
    let digits = trimmed.strip_suffix('%').unwrap_or(trimmed).trim_end();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(not_progress(text));
    }
    match digits.parse::<u8>() {
        Ok(percent) if percent <= 100 => Ok(Progress::Percent(percent)),
        _ => Err(ValueError(format!("\"{text}\" is over 100%"))),
    }
}

fn not_progress(text: &str) -> ValueError {
    ValueError(format!("\"{text}\" is not progress like 67% or 4/6"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_and_counts_are_taken() {
        assert_eq!(progress("67%"), Ok(Progress::Percent(67)));
        assert_eq!(progress("67"), Ok(Progress::Percent(67)));
        assert_eq!(progress("0"), Ok(Progress::Percent(0)));
        assert_eq!(progress("100 %"), Ok(Progress::Percent(100)));
        assert_eq!(progress("4/6"), Ok(Progress::Counted { done: 4, of: 6 }));
        assert_eq!(progress("0/6"), Ok(Progress::Counted { done: 0, of: 6 }));
    }

    #[test]
    fn what_is_no_progress_is_refused() {
        for text in ["", "%", "101", "256%", "7/6", "0/0", "4/", "/6", "-1", "66.7%", "half", "+5"]
        {
            assert!(progress(text).is_err(), "{text:?} was taken");
        }
    }
}
