//! A forecast in words.
//!
//! Start at [`render`].

use milestone_analytics::figures::DAYS_PER_WEEK;
use milestone_analytics::forecast::{
    DAYS_MAX, DAYS_WITH_FINISH_MIN, Dates, FINISHED_MIN, Forecast, Model, Moved, tasks_left,
};

use milestone_core::domain::{Plan, waits_for, waits_to_finish};
use milestone_core::words::StreamId;

use super::super::evidence::{date, tasks};
use super::Told;
use crate::args::usage::quoted;
use crate::run::context::Context;
use crate::run::ties;
use crate::ui::chart::{bar_of, chance, sparkline};
use crate::ui::dates;
use crate::ui::glyph::{Glyphs, Paint};
use crate::ui::style::{Style, WIDTH_SLIM};
use crate::ui::text::sanitize;

/// Most lines of weeks.
const WEEKS_SHOWN_MAX: usize = 8;
/// Cells of the longest bar.
const BAR_CELLS: usize = 28;

/// Renders a forecast; ends with a newline.
pub(super) fn render(context: &Context, told: &Told<'_>) -> String {
    let style = &context.style;
    let mut lines = vec![Paint::Heading.over(&head(told), style.color)];
    match &told.forecast {
        Forecast::NothingLeft => lines.extend(nothing_left(told)),
        Forecast::Paused => lines.extend(paused(told)),
        Forecast::NotEnough => lines.extend(not_enough(told)),
        Forecast::Dates(dates) => {
            lines.push(String::new());
            for percent in told.percents() {
                lines.push(row(told, dates, percent, style));
            }
            lines.push(String::new());
            lines.extend(by(told));
            lines.extend(due(told, style));
            lines.extend(weeks(told, dates, style));
            lines.extend(moved(told));
            lines.push(basis(told, style));
        }
    }
    lines.join("\n") + "\n"
}

fn head(told: &Told<'_>) -> String {
    let left = tasks_left(&told.situation, told.options.more);
    let asked = match told.options.more {
        0 => String::new(),
        more => format!(" ({more:+})"),
    };
    let due = match told.due {
        Some(due) => format!(", due {}", dates::with_day(date(due))),
        None if told.evidence.about.is_some() => ", no due date".to_owned(),
        None => String::new(),
    };
    format!("{}: {} left{asked}{due}", told.evidence.title(), tasks(left.into()))
}

fn row(told: &Told<'_>, found: &Dates, percent: u8, style: &Style) -> String {
    let Some(days) = found.shown().within(percent) else {
        let end = date(told.situation.today + i64::from(DAYS_MAX));
        return format!("  {percent:>2}%  after {end}: out of reach at this pace");
    };
    let day = told.situation.today + i64::from(days);
    let mut line = format!("  {percent:>2}%  by {}", dates::with_day(date(day)));
    if percent == told.args.confidence {
        let arrow = match (style.accessible, style.glyphs) {
            (true, _) => ":",
            (_, Glyphs::Ascii) => "   <-",
            _ => "   ←",
        };
        let than_due = match told.due.map(|due| day - due) {
            None => String::new(),
            Some(0) => "; on the due date".to_owned(),
            Some(late @ 1..) => format!("; {} after due", dates::days(late.unsigned_abs())),
            Some(early) => format!("; {} before due", dates::days(early.unsigned_abs())),
        };
        line.push_str(&format!("{arrow} plan with this{than_due}"));
        line = Paint::Heading.over(&line, style.color);
    }
    line
}

fn by(told: &Told<'_>) -> Vec<String> {
    let Some(by) = &told.by else { return Vec::new() };
    let left = tasks_left(&told.situation, told.options.more);
    let mut lines = vec![format!("By {}", dates::with_day(date(by.day)))];
    for (percent, count) in &by.tasks {
        lines.push(format!("  {percent:>2}%  {} or more", tasks((*count).into())));
    }
    if let Some(share) = told.chance(by.day) {
        lines.push(format!("  {} chance of all {left}", chance(share)));
    }
    lines.push(String::new());
    lines
}

fn due(told: &Told<'_>, style: &Style) -> Vec<String> {
    let word = match told.health() {
        Some("on_track") => Some(("On track", Paint::Plain)),
        Some("at_risk") => Some(("At risk", Paint::AtRisk)),
        Some("late") => Some(("Late", Paint::Blocked)),
        Some("blocked") => Some(("Blocked: every task that is left is", Paint::Blocked)),
        _ => None,
    };
    let word = word.map(|(word, paint)| paint.over(word, style.color));
    let said = told.due.and_then(|due| Some((due, told.chance(due)?))).map(|(due, share)| {
        let day = dates::with_day(date(due));
        match due < told.situation.today {
            true => format!("Due date {day} has passed."),
            false => {
                let share = chance(share);
                let an = share.starts_with('8') || share == "11%" || share == "18%";
                format!("Due date {day} has {} {share} chance.", if an { "an" } else { "a" })
            }
        }
    });
    match (said, word) {
        (None, None) => Vec::new(),
        (said, word) => {
            let line: Vec<String> = said.into_iter().chain(word).collect();
            vec![line.join("  "), String::new()]
        }
    }
}

/// The shares of the weeks, or of several weeks where there are too many.
fn weeks(told: &Told<'_>, found: &Dates, style: &Style) -> Vec<String> {
    if style.accessible || style.width < WIDTH_SLIM {
        return Vec::new();
    }
    let (shares, later, step) = super::doc::weeks(told, found, WEEKS_SHOWN_MAX);
    if shares.is_empty() {
        return Vec::new();
    }
    let most = shares.iter().map(|(_, share)| *share).fold(later, f64::max);
    let heading = match step {
        1 => "Week of".to_owned(),
        step => format!("Weeks from, {step} at a time"),
    };
    let what = if step == 1 { "it" } else { "them" };
    let mut lines = vec![format!("{heading} (share of trials that end in {what})")];
    let mut line = |name: String, share: f64| {
        let bar = style.ruler().pad(&bar_of(share, most, BAR_CELLS, style), BAR_CELLS);
        lines.push(format!("  {name:<10}  {bar} {:>5.1}%", share * 100.0));
    };
    for (monday, share) in shares {
        line(date(monday).to_string(), share);
    }
    if later > 0.0 {
        line("later".to_owned(), later);
    }
    lines.push(String::new());
    lines
}

fn moved(told: &Told<'_>) -> Vec<String> {
    let Some(moved) = &told.moved else { return Vec::new() };
    let Moved { since, before, now, .. } = *moved;
    let days = dates::days((now - before).unsigned_abs());
    let how = match now - before {
        0 => "did not move".to_owned(),
        1.. => format!("moved from {} to {}, {days} later", date(before), date(now)),
        _ => format!("moved from {} to {}, {days} sooner", date(before), date(now)),
    };
    let part = |days: i64| match days {
        0 => "0 days".to_owned(),
        days => format!("{}{}", if days > 0 { "+" } else { "-" }, dates::days(days.unsigned_abs())),
    };
    let mut parts = vec![
        format!("scope {:+}: {}", moved.added, part(moved.by_scope)),
        format!("{} done: {}", moved.finished, part(moved.by_progress)),
        format!("pace: {}", part(moved.by_pace)),
    ];
    if moved.by_order != 0 {
        parts.push(format!("order: {}", part(moved.by_order)));
    }
    let percent = told.args.confidence;
    vec![
        format!("Since {} the {percent}% date {how}:", dates::with_day(date(since))),
        format!("  {}", parts.join("; ")),
        String::new(),
    ]
}

fn basis(told: &Told<'_>, style: &Style) -> String {
    let basis = &told.situation.basis;
    let weeks: Vec<u32> =
        basis.pace.days.rchunks(DAYS_PER_WEEK).rev().map(|w| w.iter().sum()).collect();
    let zeros = basis.pace.days.len() - basis.days_with_any as usize;
    let zeros = dates::days(zeros as u64);
    let line = match style.accessible {
        true => String::new(),
        false => format!("per week {}, ", sparkline(&weeks, style)),
    };
    let days = dates::days(basis.pace.days.len() as u64);
    let finished = match basis.finished {
        1 => "1 finished task".to_owned(),
        count => format!("{count} finished tasks"),
    };
    format!("Based on {finished} in {days} ({line}{zeros} with none)")
}

fn nothing_left(told: &Told<'_>) -> Vec<String> {
    let line = match (told.finished, told.due) {
        (Some(done), Some(due)) => {
            let when = dates::finished(date(due), date(done));
            format!("Finished {}, {when}.", dates::with_day(date(done)))
        }
        (Some(done), None) => format!("Finished {}.", dates::with_day(date(done))),
        (None, _) if told.is_empty() => {
            "There are no tasks that a forecast could be made of.".to_owned()
        }
        (None, _) => "Nothing is left to do, so there is no date to foresee.".to_owned(),
    };
    vec![line]
}

fn paused(told: &Told<'_>) -> Vec<String> {
    let since = told.situation.paused.map(|since| dates::with_day(date(since)));
    let since = since.map(|since| format!(" since {since}")).unwrap_or_default();
    let evidence = &told.evidence;
    let held = evidence.about.as_ref().and_then(|id| evidence.facts.milestones.get(id));
    let why = held.and_then(|held| held.pause_reason_at(evidence.now));
    let why = why.map(|why| format!(" ({})", sanitize(why))).unwrap_or_default();
    vec![format!("Paused{since}{why}: nobody works on it, so there is no date to foresee.")]
}

fn not_enough(told: &Told<'_>) -> Vec<String> {
    let (situation, basis) = (&told.situation, &told.situation.basis);
    let mut lines = vec![format!(
        "Not enough history ({} finished on {} in the last {}).",
        tasks(basis.finished.into()),
        dates::days(basis.days_with_any.into()),
        dates::days(basis.pace.days.len() as u64),
    )];
    lines.push(match situation.estimated {
        Some((least, most, without)) => {
            let day = |days: u32| match days < DAYS_MAX {
                true => dates::with_day(date(situation.today + i64::from(days))),
                false => "a day out of reach".to_owned(),
            };
            let without = match without {
                0 => String::new(),
                without => format!("; {without} without one count as the mean of the others"),
            };
            format!("Estimates give {} to {}{without}.", day(least), day(most))
        }
        None => "No task that is left has an estimate either.".to_owned(),
    });
    if told.args.by.is_some() {
        lines.push("So nobody can say how many will be done by that day.".to_owned());
    }
    lines.push(format!(
        "A forecast needs {FINISHED_MIN} finished tasks on {DAYS_WITH_FINISH_MIN} days or more."
    ));
    lines
}

/// What a forecast takes for granted.
pub(super) fn asides(told: &Told<'_>) -> Vec<String> {
    let Forecast::Dates(found) = &told.forecast else {
        return risks_left_out(told).into_iter().chain(beside(told)).collect();
    };
    let (situation, basis) = (&told.situation, &told.situation.basis);
    let days = basis.pace.days.len() as u64;
    let scope = match basis.scope_change {
        0 => "Scope did not change in that time.".to_owned(),
        more @ 1.. => format!("Scope grew by {} in that time.", tasks(more.unsigned_abs())),
        less => format!("Scope shrank by {} in that time.", tasks(less.unsigned_abs())),
    };
    let mut lines =
        vec![format!("Assumes the days to come are like the last {}. {scope}", dates::days(days))];
    if told.evidence.about.is_some() && basis.project {
        lines.push(
            "Too little of it is of this milestone: the pace is that of the whole project, as if \
             all that is left of it were done in random order."
                .to_owned(),
        );
    }
    if found.model == Model::Network {
        lines.push(format!(
            "What waits for what decides: by pace alone the {}% date would be sooner.",
            told.args.confidence
        ));
    }
    lines.extend(risks(told));
    let came: i32 = basis.pace.arrivals.iter().sum();
    if came > 0 {
        let came = tasks(came.unsigned_abs().into());
        lines.push(format!(
            "New work is taken to go on arriving as in that time: {came} added, those that were \
             dropped again not counted."
        ));
    }
    if !basis.pace.growth.is_empty() {
        let count = basis.pace.growth.len();
        lines.push(format!("Grows in each trial as one of {count} finished milestones did."));
    }
    if situation.blocked > 0 {
        let blocked = tasks(situation.blocked.into());
        lines.push(format!("{blocked} blocked: counted as if nothing were in the way."));
    }
    lines.extend(beside(told));
    lines
}

/// What is said of what is not in the forecast.
fn beside(told: &Told<'_>) -> impl Iterator<Item = String> {
    resting(told).into_iter().chain(abroad(told))
}

/// What is said of what is left to do that waits for other projects.
fn abroad(told: &Told<'_>) -> Option<String> {
    let (evidence, state) = (told.evidence, &told.evidence.moment.state);
    let waits = |stream: &StreamId| {
        let holds = waits_for(state, stream).into_iter().chain(waits_to_finish(state, stream));
        holds.filter(|hold| hold.stream().is_none()).count() > 0
    };
    let left = evidence.facts.left(evidence.extent(), evidence.now);
    let left = left.filter(|task| {
        let own = state.task(task.stream.as_str());
        own.is_some_and(|task| ties::elsewhere(&task.item).next().is_some()) && waits(&task.stream)
    });
    let own = evidence.about.as_ref().map(StreamId::milestone);
    let lines = match (left.count(), own.is_some_and(|own| waits(&own))) {
        (_, true) => "It waits for another project".to_owned(),
        (0, false) => return None,
        (1, false) => "1 task waits for another project".to_owned(),
        (many, false) => format!("{many} tasks wait for other projects"),
    };
    Some(format!("{lines}, of which this knows nothing: counted as if nothing were in the way."))
}

/// What is said of paused milestones that what is left is in, or waits for.
fn resting(told: &Told<'_>) -> Option<String> {
    let (resting, own) = (&told.situation.resting, told.evidence.about.as_ref());
    let names = resting.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let one = resting.len() == 1;
    let (are, go) = if one { ("is", "it") } else { ("are", "they") };
    let waits = if own.is_some() { "waits for what" } else { "counts in what" };
    let shown = !resting.is_empty() && told.forecast != Forecast::Paused;
    shown.then(|| {
        format!("{names} {are} paused, and this {waits} is left there: as if {go} went on today.")
    })
}

/// What is said of open risks where there are no dates that they could move.
fn risks_left_out(told: &Told<'_>) -> Vec<String> {
    let (known, vague) = (told.situation.known_risks, told.situation.vague_risks);
    let asked = told.args.with_risks && told.forecast == Forecast::NotEnough;
    let line = match known + vague {
        0 => "No open risk is recorded, so none is left out.".to_owned(),
        1 => "1 open risk is left out of this: risks delay trials, and without history there are \
              none."
            .to_owned(),
        all => format!(
            "{all} open risks are left out of this: risks delay trials, and without history there \
             are none."
        ),
    };
    Some(line).filter(|_| asked).into_iter().collect()
}

/// What is said of open risks.
fn risks(told: &Told<'_>) -> Vec<String> {
    let (known, vague) = (told.situation.known_risks, told.situation.vague_risks);
    let risks = |count: u32| match count {
        1 => "1 open risk".to_owned(),
        count => format!("{count} open risks"),
    };
    if !told.args.with_risks {
        let line = format!("{} not counted: --with-risks lets them happen.", risks(known));
        return Some(line).filter(|_| known > 0).into_iter().collect();
    }
    let mut lines = vec![match known {
        0 => "No open risk says how likely it is and by how much it delays.".to_owned(),
        known => format!(
            "{} played along: each happens in its share of the trials, and delays what it \
             threatens.",
            risks(known)
        ),
    }];
    if vague > 0 {
        lines.push(format!("{} left out, without a chance or a delay.", risks(vague)));
    }
    lines
}

/// What may be done next.
pub(super) fn hint(told: &Told<'_>) -> Option<String> {
    let reference = told.evidence.about.as_ref()?;
    let name = quoted(reference.as_str());
    if told.forecast == Forecast::NothingLeft {
        return match (told.finished, told.is_empty()) {
            _ if !told.is_open() => None,
            (Some(_), _) => None,
            (None, true) => Some(format!("Next: milestone task add TITLE --on {name}")),
            (None, false) => Some(format!("Next: milestone done {name}")),
        };
    }
    if told.forecast == Forecast::Paused {
        return Some(format!("As if it went on today: milestone forecast {name} --resumed"));
    }
    let drop = told.drop?;
    let (what, more) = (tasks(drop.into()), told.options.more.saturating_sub_unsigned(drop));
    Some(format!("What would help: drop {what}: milestone forecast {name} --tasks {more}"))
}
