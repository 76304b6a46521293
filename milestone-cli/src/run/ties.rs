//! What something waits for, and on which terms, in words and in documents.
//!
//! - **Invariant.** What is plain, finish-start without lag in this project, is said as it always
//!   was: only its name.

use milestone_core::domain::{
    Hold, HoldWhy, Item, Terms, Tie, TieKind, reference_of, terms_of, waits_for, waits_to_finish,
};
use milestone_core::projection::State;
use milestone_core::words::{
    MINUTES_PER_DAY, MINUTES_PER_HOUR, StreamId, ValueError, duration_minutes,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::schema::TieText;
use super::views::title_of;

/// A dependency that is not plain.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TieDoc {
    on: String,
    #[schemars(with = "TieText")]
    kind: TieKind,
    lag_minutes: i32,
    /// What is still to come, if anything.
    waiting: Option<String>,
}

/// The name of what is waited for.
pub fn name_of(state: &State, hold: &Hold) -> String {
    hold.stream().map_or_else(|| hold.on.to_string(), |on| reference_of(state, &on))
}

/// The title of what is waited for.
pub fn title_held(state: &State, hold: &Hold) -> String {
    hold.stream().map_or_else(|| hold.on.to_string(), |on| title_of(state, &on))
}

/// What is waited for, with what has not come yet if that is not its end.
pub fn said(state: &State, hold: &Hold) -> String {
    let name = name_of(state, hold);
    match &hold.why {
        HoldWhy::Unfinished => name,
        HoldWhy::Unstarted => format!("{name} to start"),
        HoldWhy::Until(until) => format!("{name}, until {until:.16}Z"),
        HoldWhy::Unknown(why) => format!("{name} (unknown: {why})"),
    }
}

/// The terms of a dependency where they are not plain: ` (ss+2d)`.
pub fn tail(item: &Item, on: &StreamId) -> String {
    let terms = terms_of(&item.ties, on);
    if terms.is_plain() { String::new() } else { format!(" [{terms}]") }
}

/// The dependencies of something on other projects.
pub fn elsewhere(item: &Item) -> impl Iterator<Item = &Tie> {
    item.ties.iter().filter(|tie| tie.is_elsewhere())
}

/// How something in another project is said that `stream` depends on.
pub fn said_elsewhere(state: &State, stream: &StreamId, tie: &Tie) -> String {
    let held = waits_for(state, stream).into_iter().chain(waits_to_finish(state, stream));
    let held = held.into_iter().find(|hold| hold.on == tie.on);
    let terms = if tie.terms().is_plain() { String::new() } else { format!(" [{}]", tie.terms()) };
    match held.map(|hold| hold.why) {
        None => format!("{}{terms} (has come)", tie.on),
        Some(HoldWhy::Unfinished) => format!("{}{terms} (not finished)", tie.on),
        Some(HoldWhy::Unstarted) => format!("{}{terms} (not started)", tie.on),
        Some(HoldWhy::Until(until)) => format!("{}{terms} (until {until:.16}Z)", tie.on),
        Some(HoldWhy::Unknown(why)) => format!("{}{terms} (unknown: {why})", tie.on),
    }
}

/// The dependencies of an item that are not plain, and those on other projects.
pub fn docs(state: &State, item: &Item, stream: &StreamId) -> Vec<TieDoc> {
    if item.ties.is_empty() {
        return Vec::new();
    }
    let mut held = waits_for(state, stream);
    held.extend(waits_to_finish(state, stream));
    let doc = |tie: &Tie| TieDoc {
        on: StreamId::parse(&tie.on)
            .map_or_else(|| tie.on.to_string(), |on| reference_of(state, &on)),
        kind: tie.kind,
        lag_minutes: tie.lag,
        waiting: held.iter().find(|hold| hold.on == tie.on).map(|hold| match &hold.why {
            HoldWhy::Unfinished => "not finished".to_owned(),
            HoldWhy::Unstarted => "not started".to_owned(),
            HoldWhy::Until(until) => format!("until {until}"),
            HoldWhy::Unknown(why) => format!("unknown: {why}"),
        }),
    };
    item.ties.iter().map(doc).collect()
}

/// Reads what `--kind` and `--lag` say.
///
/// # Errors
///
/// [`ValueError`] if one of them is none.
pub fn terms(kind: Option<&str>, lag: Option<&str>) -> Result<Terms, ValueError> {
    let word = kind.unwrap_or(TieKind::default().word());
    let kind = TieKind::named(word)
        .ok_or_else(|| ValueError(format!("\"{word}\" is no kind: fs, ss, ff or sf")))?;
    let lag = match lag.map(str::trim) {
        None | Some("0") => 0,
        Some(text) => {
            let (sign, length) = match text.strip_prefix(['-', '−']) {
                Some(length) => (-1, length),
                None => (1, text.strip_prefix('+').unwrap_or(text)),
            };
            let minutes = duration_minutes(length)?;
            sign * i32::try_from(minutes).unwrap_or(i32::MAX)
        }
    };
    Ok(Terms { kind, lag })
}

/// Working minutes as people read them, also below zero: `2d`, `-4h`, `1d 4h`.
pub fn minutes(minutes: i64) -> String {
    let (sign, mut left) = (if minutes < 0 { "-" } else { "" }, minutes.unsigned_abs());
    let mut parts = Vec::new();
    for (unit, size) in [("d", MINUTES_PER_DAY), ("h", MINUTES_PER_HOUR), ("m", 1)] {
        let count = left / u64::from(size);
        if count > 0 {
            parts.push(format!("{count}{unit}"));
            left %= u64::from(size);
        }
    }
    if parts.is_empty() { "0".to_owned() } else { format!("{sign}{}", parts.join(" ")) }
}
