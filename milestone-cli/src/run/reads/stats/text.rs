//! Figures in words: a line for each, and more lines where there is more to say.
//!
//! Start at [`render`].

use milestone_analytics::figures::{DAYS_PER_WEEK, PERCENTS, PhaseTimes, Times};

use super::super::evidence::{Evidence, date, tasks};
use super::Figures;
use crate::ui::chart::sparkline;
use crate::ui::dates;
use crate::ui::glyph::Paint;
use crate::ui::report::wrapped;
use crate::ui::style::{Style, WIDTH_SLIM};
use crate::ui::text::sanitize;

/// Most lines under a figure.
const ROWS_MAX: usize = 5;
/// A trend needs so many weeks.
const SPARK_WEEKS_MIN: usize = 2;
/// Most signs of a trend; more weeks go together.
const SPARK_CELLS_MAX: usize = 26;

/// Renders all figures; ends with a newline.
pub(super) fn render(style: &Style, evidence: &Evidence, figures: &Figures) -> String {
    let window = figures.window;
    let head = format!(
        "{}: {}, {} to {}",
        evidence.title(),
        dates::days(window.len() as u64),
        dates::with_day(date(window.from)),
        dates::with_day(date(window.to)),
    );
    let mut out = Paint::Heading.over(&head, style.color) + "\n\n";
    let rows = [
        ("Burn-up", burn(style, figures)),
        ("Burn-down", burn_down(style, figures)),
        ("Cumulative flow", flow(figures)),
        ("Throughput", throughput(style, figures)),
        ("Velocity", velocity(style, figures)),
        ("Cycle time", times(&figures.cycle, "had no recorded start")),
        ("Lead time", times(&figures.lead, "had no recorded beginning")),
        ("Work item age", ages(figures)),
        ("Blocked time", blocked(figures)),
        ("Flow efficiency", efficiency(figures)),
        ("Little's law", little(figures)),
        ("Workload", workload(figures)),
        ("Estimate accuracy", accuracy(figures)),
        ("Success rate", success(figures)),
        ("Phases", phases(figures)),
    ];
    let ruler = style.ruler();
    let wide = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, lines) in rows {
        if style.accessible {
            let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
            out.push_str(&format!("{name}: {}.\n", lines.join("; ")));
            continue;
        }
        if style.width < WIDTH_SLIM {
            out.push_str(&(Paint::Muted.over(name, style.color) + "\n"));
            out.extend(lines.iter().map(|line| wrapped(line, "  ", style)));
            continue;
        }
        for (place, line) in lines.iter().enumerate() {
            let name = if place == 0 { name } else { "" };
            let name = Paint::Muted.over(&format!("{name:<wide$}"), style.color);
            let line = match ruler.width(line) + wide + 2 <= style.width {
                true => format!("{name}  {line}"),
                false => {
                    let below = wrapped(line, &" ".repeat(wide + 2), style);
                    format!("{name}  {}", below.trim_start())
                }
            };
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    out
}

/// A weight as people write it: whole where it is.
fn weight(weight: f64) -> String {
    let text = format!("{weight:.1}");
    text.strip_suffix(".0").map(ToOwned::to_owned).unwrap_or(text)
}

/// The last day of every week of the window.
fn weekly<T: Copy>(days: &[T]) -> Vec<T> {
    days.rchunks(DAYS_PER_WEEK).rev().filter_map(|week| week.last().copied()).collect()
}

fn spark(style: &Style, numbers: &[u32]) -> String {
    match style.accessible || numbers.len() < SPARK_WEEKS_MIN {
        true => String::new(),
        false => {
            let together = numbers.len().div_ceil(SPARK_CELLS_MAX);
            let mean = |part: &[u32]| {
                let sum: u64 = part.iter().map(|number| u64::from(*number)).sum();
                u32::try_from(sum / part.len() as u64).unwrap_or(u32::MAX)
            };
            let numbers: Vec<u32> = numbers.rchunks(together).rev().map(mean).collect();
            format!("   {}", sparkline(&numbers, style))
        }
    }
}

pub(in crate::run::reads) fn burn(style: &Style, figures: &Figures) -> Vec<String> {
    let (Some(first), Some(last)) = (figures.burn.first(), figures.burn.last()) else {
        return vec!["no days".to_owned()];
    };
    let done: Vec<u32> = weekly(&figures.burn).iter().map(|burn| burn.done as u32).collect();
    vec![format!(
        "done {} to {} of scope {} to {}{}",
        weight(first.done),
        weight(last.done),
        weight(first.scope),
        weight(last.scope),
        spark(style, &done)
    )]
}

pub(in crate::run::reads) fn burn_down(style: &Style, figures: &Figures) -> Vec<String> {
    let (Some(first), Some(last)) = (figures.burn.first(), figures.burn.last()) else {
        return vec!["no days".to_owned()];
    };
    let left: Vec<u32> = weekly(&figures.burn).iter().map(|burn| burn.left() as u32).collect();
    let share = last.share().map(|share| crate::ui::chart::chance(share) + " done");
    let share = share.unwrap_or_else(|| "nothing in scope".to_owned());
    let spark = spark(style, &left);
    vec![format!("left {} to {}, {share}{spark}", weight(first.left()), weight(last.left()))]
}

pub(in crate::run::reads) fn flow(figures: &Figures) -> Vec<String> {
    match figures.flow.last() {
        Some(last) => vec![format!(
            "{} came, {} of them begun, {} ended; {} under way",
            tasks(last.added.into()),
            last.started,
            last.ended,
            last.under_way
        )],
        None => vec!["no days".to_owned()],
    }
}

pub(in crate::run::reads) fn throughput(style: &Style, figures: &Figures) -> Vec<String> {
    let done = &figures.throughput;
    let days = figures.window.len().max(1) as f64;
    let rate = f64::from(done.total()) * DAYS_PER_WEEK as f64 / days;
    let cancelled = match done.cancelled {
        0 => String::new(),
        count => format!(", {count} cancelled"),
    };
    vec![format!(
        "{} finished on {}, {rate:.1} a week{cancelled}{}",
        tasks(done.total().into()),
        dates::days(done.days_with_any().into()),
        spark(style, &done.weeks)
    )]
}

fn velocity(style: &Style, figures: &Figures) -> Vec<String> {
    let Some(weeks) = &figures.throughput.estimate_weeks else {
        return vec!["too few of the finished tasks had an estimate".to_owned()];
    };
    let days = figures.window.len().max(1) as f64;
    let rate = weeks.iter().sum::<u64>() as f64 * DAYS_PER_WEEK as f64 / days;
    let weeks: Vec<u32> =
        weeks.iter().map(|minutes| u32::try_from(*minutes).unwrap_or(u32::MAX)).collect();
    vec![format!("{} of estimates a week{}", dates::duration(rate as u32), spark(style, &weeks))]
}

pub(in crate::run::reads) fn times(times: &Times, left_out: &str) -> Vec<String> {
    let out = match times.left_out {
        0 => String::new(),
        count => format!("; {count} {left_out}"),
    };
    if times.days.is_empty() {
        return vec![format!("no task to measure{out}")];
    }
    let within = |percent: u8| {
        let days = times.within(percent).unwrap_or(0);
        format!("{percent}% {days}")
    };
    let of = tasks(times.days.len() as u64);
    vec![format!("{} days   (of {of}{out})", PERCENTS.map(within).join("   "))]
}

pub(in crate::run::reads) fn ages(figures: &Figures) -> Vec<String> {
    let ages = &figures.ages;
    if ages.is_empty() {
        return vec!["nothing is under way".to_owned()];
    }
    let row = |age: &milestone_analytics::figures::Age| {
        let pace = age.pace.map(|pace| format!(", older than {pace}% of what was finished"));
        let blocked = if age.blocked { ", blocked" } else { "" };
        let paused = if age.paused { ", its milestone is paused" } else { "" };
        let days = dates::days(age.days.into());
        format!("{days}  {}{}{blocked}{paused}", age.reference, pace.unwrap_or_default())
    };
    let mut lines: Vec<String> = ages.iter().take(ROWS_MAX).map(row).collect();
    if ages.len() > ROWS_MAX {
        lines.push(format!("and {} more under way", ages.len() - ROWS_MAX));
    }
    lines
}

pub(in crate::run::reads) fn minutes(minutes: u64) -> String {
    let (days, hours) = (minutes / 1_440, minutes % 1_440 / 60);
    match (days, hours) {
        (0, 0) => format!("{minutes} min"),
        (0, hours) => format!("{hours} h"),
        (days, 0) => format!("{days} d"),
        (days, hours) => format!("{days} d {hours} h"),
    }
}

pub(in crate::run::reads) fn blocked(figures: &Figures) -> Vec<String> {
    let found = &figures.blocked;
    if found.causes.is_empty() {
        return vec!["nothing was blocked".to_owned()];
    }
    let mut lines = vec![format!("{} in {}", minutes(found.minutes), tasks(found.tasks.into()))];
    lines.extend(found.causes.iter().take(ROWS_MAX).map(|cause| {
        let open = if cause.open > 0 { ", still in the way" } else { "" };
        let text = match sanitize(&cause.text) {
            text if text.is_empty() => "without a reason".into(),
            text => text,
        };
        format!("  {}  {text}{open}", minutes(cause.minutes))
    }));
    lines
}

pub(in crate::run::reads) fn efficiency(figures: &Figures) -> Vec<String> {
    let spent = &figures.efficiency;
    vec![match spent.percent() {
        None => "no time was recorded".to_owned(),
        Some(percent) => format!(
            "{percent}% (estimate): active {}, waiting {}, blocked {}",
            minutes(spent.active),
            minutes(spent.waiting),
            minutes(spent.blocked)
        ),
    }]
}

fn little(figures: &Figures) -> Vec<String> {
    let Some(law) = &figures.little else {
        return vec!["too little was begun and finished to compare".to_owned()];
    };
    let verdict = match law.agrees() {
        true => "they agree",
        false => "they differ: work is ageing, or much crosses the window",
    };
    vec![
        format!("{:.1} under way, {:.2} begun a day", law.in_progress, law.begun_per_day),
        format!("{:.1} days by the law, {:.1} measured: {verdict}", law.days, law.measured_days),
    ]
}

pub(in crate::run::reads) fn workload(figures: &Figures) -> Vec<String> {
    if figures.workload.is_empty() {
        return vec!["nothing is left to do".to_owned()];
    }
    let row = |load: &milestone_analytics::figures::Load| {
        let who = load.who.as_deref().map_or("nobody".into(), sanitize);
        let work = match load.minutes {
            0 => "no estimates".to_owned(),
            left => dates::duration(u32::try_from(left).unwrap_or(u32::MAX)) + " left",
        };
        let percent =
            load.percent.map(|percent| format!(", {percent}% of the time to the due date"));
        let without = match load.unestimated {
            some @ 1.. if load.minutes > 0 => format!(", {some} without estimate"),
            _ => String::new(),
        };
        let open = tasks(load.tasks.into());
        format!("{who}: {open}, {work}{}{without}", percent.unwrap_or_default())
    };
    let mut lines: Vec<String> = figures.workload.iter().take(ROWS_MAX).map(row).collect();
    if figures.workload.len() > ROWS_MAX {
        lines.push(format!("and {} more", figures.workload.len() - ROWS_MAX));
    }
    lines
}

pub(in crate::run::reads) fn accuracy(figures: &Figures) -> Vec<String> {
    let found = &figures.accuracy;
    let times = |percent| found.within(percent).map(|share| f64::from(share) / 100.0);
    vec![match (times(50), times(10), times(90)) {
        (Some(middle), Some(low), Some(high)) => format!(
            "median {middle:.2} x the estimate, 10-90% {low:.2} to {high:.2}   (of {})",
            tasks(found.percents.len() as u64)
        ),
        _ => "no finished task has an estimate and recorded work".to_owned(),
    }]
}

pub(in crate::run::reads) fn success(figures: &Figures) -> Vec<String> {
    let ended = &figures.success;
    let Some(percent) = ended.percent() else {
        return vec!["no milestone ended".to_owned()];
    };
    let all = ended.completed + ended.cancelled;
    let on_time = match ended.on_time_percent() {
        Some(percent) => format!("; {percent}% on time ({} of {})", ended.on_time, ended.with_due),
        None => "; none of them had a due date".to_owned(),
    };
    vec![format!("{percent}% of the project's milestones ({} of {all}){on_time}", ended.completed)]
}

/// How one phase went: what it took beside its plan; how long it waited, and of how many tasks.
pub(in crate::run::reads) fn phase(phase: &PhaseTimes) -> [String; 2] {
    let open = if phase.open > 0 { format!("; {} in it", phase.open) } else { String::new() };
    let of = format!("of {}{open}", tasks(phase.worked.len() as u64));
    let Some(half) = phase.within(50) else {
        return ["nobody finished it".to_owned(), of];
    };
    let most = phase.within(85).unwrap_or(half);
    let mut took = format!("50% {}, 85% {}", minutes(half), minutes(most));
    if let Some(percent) = phase.percent() {
        let each = u64::from(phase.planned.max(1));
        let (least, most) = (phase.planned_min / each, phase.planned_max / each);
        took.push_str(&format!("; plan {} to {}, {percent}%", minutes(least), minutes(most)));
    }
    let waited = phase.waited_within(50).map(|waited| format!("waited {}, ", minutes(waited)));
    [took, waited.unwrap_or_default() + &of]
}

/// How phases went: two lines for each.
pub(in crate::run::reads) fn phases(figures: &Figures) -> Vec<String> {
    if figures.phases.is_empty() {
        return vec!["no task went through a phase".to_owned()];
    }
    let lines = |held: &PhaseTimes| {
        let [took, waited] = phase(held);
        [format!("{}: {took}", held.phase), format!("  {waited}")]
    };
    figures.phases.iter().flat_map(lines).collect()
}
