//! The ledger: one line of JSON for each long run, in `docs/ledger.jsonl`.
//!
//! Start at [`Entry`].
//!
//! - **Invariant.** An entry is added when its run has ended, whatever came of it. Nothing is taken
//!   out of the ledger.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What one run of a suite came to.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The suite.
    pub suite: &'static str,
    /// The words after the program's name that run it again.
    pub command: String,
    /// How long it took.
    pub took: Duration,
    /// What was counted, by name.
    pub counts: Vec<(&'static str, u64)>,
}

impl Entry {
    /// The entry as a line, LF included; `now` is the time since 1970.
    pub fn line(&self, now: Duration) -> String {
        let (year, month, day) = date(now.as_secs() / 86_400);
        let command: String =
            self.command.chars().filter(|c| !c.is_control() && *c != '"' && *c != '\\').collect();
        let mut line = format!(
            "{{\"date\":\"{year:04}-{month:02}-{day:02}\",\"suite\":\"{}\",\
             \"command\":\"{command}\",\"seconds\":{}",
            self.suite,
            self.took.as_secs()
        );
        for (name, count) in &self.counts {
            line.push_str(&format!(",\"{name}\":{count}"));
        }
        line + "}\n"
    }

    /// Adds the entry to the end of a ledger.
    ///
    /// # Errors
    ///
    /// [`io::Error`] if it cannot be written.
    pub fn add_to(&self, ledger: &Path) -> io::Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut file = File::options().append(true).create(true).open(ledger)?;
        file.write_all(self.line(now).as_bytes())
    }
}

/// Year, month and day of a number of days since 1970, in the proleptic Gregorian calendar
/// (Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`).
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_a_line_with_a_date() {
        let counts = vec![("points", 7), ("losses", 0)];
        let command = "crash --points 7".to_owned();
        let entry = Entry { suite: "crash", command, took: Duration::from_secs(3), counts };
        // 2024-02-29, and the day after.
        let day = Duration::from_secs(19_782 * 86_400);
        assert_eq!(
            entry.line(day),
            "{\"date\":\"2024-02-29\",\"suite\":\"crash\",\"command\":\"crash --points 7\",\
             \"seconds\":3,\"points\":7,\"losses\":0}\n"
        );
        assert!(entry.line(day + Duration::from_secs(86_400)).contains("2024-03-01"));
    }
}
