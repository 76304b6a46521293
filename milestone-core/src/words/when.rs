//! WHEN: a date or a moment, absolute or seen from now.
//!
//! Start at [`when`]. Forms: `2026-03-20`, `2026-03-20T14:00`, RFC 3339, `+5d`, `-3d`, `3d` or
//! `3d ago`, `today`, `tomorrow`, `yesterday`, `now`, `fri`, `next fri`, `last fri`, `none`.
//!
//! - **Invariant.** No clock and no time zone database inside: [`Clock`] brings both.
//! - **Invariant.** Days here are calendar days; a DURATION's day is 8 hours of work.
//! - **Absent on purpose.** `03/04/2026` and the like: half the world reads them differently.

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use chrono::{NaiveTime, Weekday};

/// Why a value was refused, as one lower-case sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ValueError(pub String);

/// The furthest a relative WHEN may reach, in days: a hundred years.
pub const REACH_DAYS_MAX: u32 = 36_525;

/// What time it is, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// The present moment.
    pub now: DateTime<Utc>,
    /// Minutes to add to UTC for local time, `60` for +01:00.
    pub offset_minutes: i32,
}

/// Which way a bare distance or weekday points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// Forward: due dates and plans. `fri` is the first Friday after today.
    Plan,
    /// Backward: `--as-of`, `--since`. `3d` is three days ago, `fri` the last Friday before today.
    Past,
}

/// A WHEN that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// `none`: no date.
    None,
    /// A calendar day in local time.
    Date(NaiveDate),
    /// A moment.
    At(DateTime<Utc>),
}

impl Clock {
    /// Returns the local calendar day.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.local(self.now).date()
    }

    /// Returns `moment` as local wall-clock time.
    #[must_use]
    pub fn local(&self, moment: DateTime<Utc>) -> NaiveDateTime {
        moment.with_timezone(&self.offset()).naive_local()
    }

    /// Returns the moment of a local wall-clock time.
    #[must_use]
    pub fn moment(&self, local: NaiveDateTime) -> DateTime<Utc> {
        let shift = TimeDelta::seconds(i64::from(self.offset().local_minus_utc()));
        local.checked_sub_signed(shift).unwrap_or(local).and_utc()
    }

    fn offset(&self) -> FixedOffset {
        let utc = FixedOffset::east_opt(0).expect("zero is an offset");
        self.offset_minutes.checked_mul(60).and_then(FixedOffset::east_opt).unwrap_or(utc)
    }
}

impl When {
    /// Returns the local day, `None` for `none`.
    #[must_use]
    pub fn day(self, clock: &Clock) -> Option<NaiveDate> {
        match self {
            Self::None => None,
            Self::Date(date) => Some(date),
            Self::At(moment) => Some(clock.local(moment).date()),
        }
    }

    /// Returns the last moment meant: of a day, the end of that day. For `--as-of`, `--until`.
    #[must_use]
    pub fn end(self, clock: &Clock) -> Option<DateTime<Utc>> {
        match self {
            Self::None => None,
            Self::Date(date) => {
                let next = date.checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN);
                clock.moment(next).checked_sub_signed(TimeDelta::microseconds(1))
            }
            Self::At(moment) => Some(moment),
        }
    }

    /// Returns the first moment meant: of a day, its beginning. For `--since`, `--at`.
    #[must_use]
    pub fn begin(self, clock: &Clock) -> Option<DateTime<Utc>> {
        match self {
            Self::None => None,
            Self::Date(date) => Some(clock.moment(date.and_time(NaiveTime::MIN))),
            Self::At(moment) => Some(moment),
        }
    }
}

/// Reads a WHEN.
///
/// # Errors
///
/// [`ValueError`] if the text has none of the forms, or points against `sense`.
pub fn when(text: &str, clock: &Clock, sense: Sense) -> Result<When, ValueError> {
    let word = text.trim().to_ascii_lowercase();
    let day = |date: Option<NaiveDate>| date.map(When::Date).ok_or_else(|| out_of_reach(text));
    let today = clock.today();
    match word.as_str() {
        "none" => return Ok(When::None),
        "now" => return Ok(When::At(clock.now)),
        "today" => return Ok(When::Date(today)),
        "tomorrow" => return day(today.succ_opt()),
        "yesterday" => return day(today.pred_opt()),
        _ => {}
    }
    if let Some(absolute) = absolute(text.trim(), clock) {
        return Ok(absolute);
    }
    if let Some(date) = weekday(&word, today, sense) {
        return day(date);
    }
    relative(&word, text, clock, sense)
}

/// Reads `2026-03-20`, a local date and time, or RFC 3339.
fn absolute(text: &str, clock: &Clock) -> Option<When> {
    if text.len() == 10 {
        return NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(When::Date);
    }
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(When::At(moment.with_timezone(&Utc)));
    }
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map(|local| When::At(clock.moment(local)))
}

/// Reads `fri`, `next fri` (in the week after this one) and `last fri`.
fn weekday(word: &str, today: NaiveDate, sense: Sense) -> Option<Option<NaiveDate>> {
    let (lead, name) = match word.split_once(' ') {
        Some((lead, name)) => (lead, name.trim()),
        None => ("", word),
    };
    let target = weekday_named(name)?.num_days_from_monday();
    let present = today.weekday().num_days_from_monday();
    let ahead = u64::from((target + 7 - present) % 7);
    let behind = u64::from((present + 7 - target) % 7);
    let week = |days: u64| if days == 0 { 7 } else { days };
    match (lead, sense) {
        ("", Sense::Plan) => Some(today.checked_add_days(Days::new(week(ahead)))),
        ("", Sense::Past) | ("last", _) => Some(today.checked_sub_days(Days::new(week(behind)))),
        ("next", _) => Some(today.checked_add_days(Days::new(u64::from(7 - present + target)))),
        _ => None,
    }
}

fn weekday_named(name: &str) -> Option<Weekday> {
    let full = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let place = full.iter().position(|full| *full == name || &full[..3] == name)?;
    Weekday::try_from(u8::try_from(place).ok()?).ok()
}

/// Reads `+5d`, `-3d`, `3d` and `3d ago`.
fn relative(word: &str, text: &str, clock: &Clock, sense: Sense) -> Result<When, ValueError> {
    let wrong = || {
        let known = "2026-03-20, 2026-03-20T14:00, +5d, fri, today";
        ValueError(format!("\"{text}\" is not a date or time like {known}"))
    };
    let (forward, rest) = if let Some(rest) = word.strip_prefix('+') {
        (Some(true), rest)
    } else if let Some(rest) = word.strip_prefix('-') {
        (Some(false), rest)
    } else if let Some(rest) = word.strip_suffix("ago") {
        (Some(false), rest.trim_end())
    } else {
        (None, word)
    };
    let unit = rest.chars().last().filter(char::is_ascii_lowercase).ok_or_else(wrong)?;
    let digits = &rest[..rest.len() - 1];
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let count: u32 = digits.parse().map_err(|_| out_of_reach(text))?;
    let minutes_each: u32 = match unit {
        'm' => 1,
        'h' => 60,
        'd' => 1_440,
        'w' => 10_080,
        _ => return Err(wrong()),
    };
    let minutes = u64::from(count) * u64::from(minutes_each);
    if minutes > u64::from(REACH_DAYS_MAX) * 1_440 {
        return Err(out_of_reach(text));
    }
    let forward = match (forward, sense) {
        (None, Sense::Plan) => {
            return Err(ValueError(format!("\"{text}\" is a distance; write +{rest} for then")));
        }
        (None, Sense::Past) => false,
        (Some(true), Sense::Past) => {
            return Err(ValueError(format!("\"{text}\" is not in the past; write {rest}")));
        }
        (Some(forward), _) => forward,
    };
    let signed = i64::try_from(minutes).expect("a hundred years of minutes fit");
    let delta = TimeDelta::minutes(if forward { signed } else { -signed });
    let then = clock.now.checked_add_signed(delta).ok_or_else(|| out_of_reach(text))?;
    let whole_days = matches!(unit, 'd' | 'w') && sense == Sense::Plan;
    Ok(if whole_days { When::Date(clock.local(then).date()) } else { When::At(then) })
}

fn out_of_reach(text: &str) -> ValueError {
    ValueError(format!("\"{text}\" is more than a hundred years away"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Thursday 2026-03-12, 00:30 local time at +01:00: still Wednesday in UTC.
    fn clock() -> Clock {
        let now = NaiveDate::from_ymd_opt(2026, 3, 11)
            .and_then(|day| day.and_hms_opt(23, 30, 0))
            .expect("a good date");
        Clock { now: now.and_utc(), offset_minutes: 60 }
    }

    fn shown(text: &str, sense: Sense) -> String {
        match when(text, &clock(), sense) {
            Ok(When::None) => "none".to_owned(),
            Ok(When::Date(date)) => date.to_string(),
            Ok(When::At(moment)) => moment.to_rfc3339(),
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn absolute_forms() {
        assert_eq!(shown("2026-03-20", Sense::Plan), "2026-03-20");
        assert_eq!(shown("2026-03-20T14:00", Sense::Plan), "2026-03-20T13:00:00+00:00");
        assert_eq!(shown("2026-03-20 14:00", Sense::Plan), "2026-03-20T13:00:00+00:00");
        assert_eq!(shown("2026-03-20T14:00:00+02:00", Sense::Past), "2026-03-20T12:00:00+00:00");
        assert_eq!(shown("2026-03-20T14:00:00Z", Sense::Past), "2026-03-20T14:00:00+00:00");
    }

    #[test]
    fn words_are_seen_from_the_local_day() {
        assert_eq!(shown("today", Sense::Plan), "2026-03-12");
        assert_eq!(shown("Tomorrow", Sense::Plan), "2026-03-13");
        assert_eq!(shown("yesterday", Sense::Past), "2026-03-11");
        assert_eq!(shown("none", Sense::Plan), "none");
        assert_eq!(shown("now", Sense::Past), "2026-03-11T23:30:00+00:00");
    }

    #[test]
    fn weekdays_point_the_way_of_the_sense() {
        assert_eq!(shown("fri", Sense::Plan), "2026-03-13");
        assert_eq!(shown("thu", Sense::Plan), "2026-03-19", "never today");
        assert_eq!(shown("next fri", Sense::Plan), "2026-03-20");
        assert_eq!(shown("next monday", Sense::Plan), "2026-03-16");
        assert_eq!(shown("fri", Sense::Past), "2026-03-06");
        assert_eq!(shown("last thu", Sense::Past), "2026-03-05");
    }

    #[test]
    fn distances() {
        assert_eq!(shown("+5d", Sense::Plan), "2026-03-17");
        assert_eq!(shown("+2w", Sense::Plan), "2026-03-26");
        assert_eq!(shown("+4h", Sense::Plan), "2026-03-12T03:30:00+00:00");
        assert_eq!(shown("3d", Sense::Past), "2026-03-08T23:30:00+00:00");
        assert_eq!(shown("3d ago", Sense::Plan), "2026-03-09");
        assert_eq!(shown("-1w", Sense::Plan), "2026-03-05");
        assert_eq!(shown("-3d", Sense::Past), "2026-03-08T23:30:00+00:00");
        insta::assert_snapshot!(shown("3d", Sense::Plan),
            @r#"error: "3d" is a distance; write +3d for then"#);
        insta::assert_snapshot!(shown("+3d", Sense::Past),
            @r#"error: "+3d" is not in the past; write 3d"#);
    }

    #[test]
    fn what_is_no_when_is_refused() {
        for text in [
            "",
            "+",
            "d",
            "+d",
            "2026-02-30",
            "03/04/2026",
            "+99999999d",
            "soon",
            "next",
            "ага",
            "+5y",
        ] {
            assert!(shown(text, Sense::Plan).starts_with("error"), "{text:?} was taken");
        }
    }

    #[test]
    fn a_day_begins_and_ends_in_local_time() {
        let date = When::Date(NaiveDate::from_ymd_opt(2026, 3, 5).expect("a good date"));
        let end = date.end(&clock()).expect("it has an end").to_rfc3339();
        assert_eq!(end, "2026-03-05T22:59:59.999999+00:00");
        let begin = date.begin(&clock()).expect("it has a beginning").to_rfc3339();
        assert_eq!(begin, "2026-03-04T23:00:00+00:00");
    }
}
