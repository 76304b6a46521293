//! Which charts a report has, and what each says.
//!
//! Start at [`all`].
//!
//! - **Invariant.** A chart without anything to draw is left out.

use milestone_analytics::figures::{Burn, DAYS_PER_WEEK, PERCENTS, PhaseTimes, Times};
use milestone_analytics::health::Standing;

use super::super::evidence::date;
use super::super::stats::{Figures, text};
use crate::ui::plot::{Kind, Line, PlanBar, Plot, Wedge};
use crate::ui::style::Style;

/// Every chart of what figures are about.
pub(super) fn all(style: &Style, figures: &Figures, standing: Option<&Standing>) -> Vec<Plot> {
    let mut plots: Vec<Plot> = Vec::new();
    plots.extend(burn_up(style, figures, standing));
    plots.extend(standing.and_then(|standing| dates(figures, standing)));
    plots.extend(burn_down(style, figures, standing));
    plots.extend(flow(figures));
    plots.extend(throughput(style, figures));
    plots.extend(times("Cycle time", &figures.cycle, "had no recorded start"));
    plots.extend(times("Lead time", &figures.lead, "had no recorded beginning"));
    plots.extend(phases(figures));
    plots
}

/// The charts of one of many milestones.
pub(super) fn few(style: &Style, figures: &Figures, standing: &Standing) -> Vec<Plot> {
    burn_up(style, figures, Some(standing)).into_iter().chain(dates(figures, standing)).collect()
}

/// The figures that no chart shows.
pub(super) fn beside(figures: &Figures) -> Vec<(&'static str, String)> {
    let all = [
        ("Work item age", text::ages(figures)),
        ("Blocked time", text::blocked(figures)),
        ("Flow efficiency", text::efficiency(figures)),
        ("Workload", text::workload(figures)),
        ("Estimate accuracy", text::accuracy(figures)),
        ("Success rate", text::success(figures)),
    ];
    let joined = |lines: Vec<String>| {
        lines.iter().map(String::as_str).map(str::trim).collect::<Vec<_>>().join("; ")
    };
    all.into_iter().map(|(name, lines)| (name, joined(lines))).collect()
}

fn first(lines: Vec<String>) -> String {
    lines.into_iter().next().unwrap_or_default()
}

/// The burn-up of a window, with where it may lead.
pub(super) fn burn_up(
    style: &Style,
    figures: &Figures,
    standing: Option<&Standing>,
) -> Option<Plot> {
    let last = figures.burn.last().filter(|_| figures.burn.iter().any(|burn| burn.scope > 0.0))?;
    let wedge = standing.and_then(by).map(|by| Wedge {
        day: last.day,
        from: last.done,
        to: last.scope,
        by,
    });
    Some(Plot {
        title: "Burn-up",
        answer: first(text::burn(style, figures)),
        kind: Kind::Lines {
            first: figures.window.from,
            lines: vec![
                line("scope", figures.burn.iter().map(|burn| burn.scope)),
                line("done", figures.burn.iter().map(|burn| burn.done)),
            ],
            wedge,
            due: standing.and_then(|standing| standing.due),
        },
    })
}

fn burn_down(style: &Style, figures: &Figures, standing: Option<&Standing>) -> Option<Plot> {
    figures.burn.iter().find(|burn| burn.scope > 0.0)?;
    Some(Plot {
        title: "Burn-down",
        answer: first(text::burn_down(style, figures)),
        kind: Kind::Lines {
            first: figures.window.from,
            lines: vec![line("left", figures.burn.iter().map(Burn::left))],
            wedge: None,
            due: standing.and_then(|standing| standing.due),
        },
    })
}

fn line(name: &'static str, values: impl Iterator<Item = f64>) -> Line {
    Line { name, values: values.collect() }
}

/// The days of a forecast with their percentages.
fn by(standing: &Standing) -> Option<Vec<(u8, i64)>> {
    Some(vec![(50, standing.p50?), (85, standing.p85?), (95, standing.p95?)])
}

fn dates(figures: &Figures, standing: &Standing) -> Option<Plot> {
    let by = by(standing)?;
    let words: Vec<String> =
        by.iter().map(|(percent, day)| format!("{percent}% by {}", date(*day))).collect();
    let chance = standing.chance.map(crate::ui::chart::chance);
    let chance = chance.map(|chance| format!("; the due date has a {chance} chance"));
    Some(Plot {
        title: "Forecast",
        answer: format!("{}{}", words.join(", "), chance.unwrap_or_default()),
        kind: Kind::Dates { today: figures.window.to, by, due: standing.due },
    })
}

fn flow(figures: &Figures) -> Option<Plot> {
    figures.flow.iter().find(|day| day.added > 0)?;
    let of = |value: fn(&milestone_analytics::figures::FlowDay) -> u32| {
        figures.flow.iter().map(move |day| f64::from(value(day)))
    };
    Some(Plot {
        title: "Cumulative flow",
        answer: first(text::flow(figures)),
        kind: Kind::Areas {
            first: figures.window.from,
            lines: vec![
                line("came", of(|day| day.added)),
                line("begun", of(|day| day.started)),
                line("ended", of(|day| day.ended)),
            ],
        },
    })
}

fn throughput(style: &Style, figures: &Figures) -> Option<Plot> {
    let weeks = &figures.throughput.weeks;
    weeks.iter().find(|count| **count > 0)?;
    let days = i64::try_from(DAYS_PER_WEEK).unwrap_or(7);
    let begin = |place: usize| {
        let back = i64::try_from(weeks.len() - place).unwrap_or(0) * days - 1;
        (figures.window.to - back).max(figures.window.from)
    };
    let week = |(place, count): (usize, &u32)| (date(begin(place)).to_string(), f64::from(*count));
    Some(Plot {
        title: "Throughput",
        answer: first(text::throughput(style, figures)),
        kind: Kind::Columns(weeks.iter().enumerate().map(week).collect()),
    })
}

fn times(title: &'static str, times: &Times, left_out: &str) -> Option<Plot> {
    let bar = |percent: u8| {
        let days = times.within(percent)?;
        Some((format!("{percent}%"), f64::from(days), crate::ui::dates::days(days.into())))
    };
    let bars: Option<Vec<_>> = PERCENTS.into_iter().map(bar).collect();
    let answer = first(text::times(times, left_out));
    Some(Plot { title, answer, kind: Kind::Bars(bars?) })
}

fn phases(figures: &Figures) -> Option<Plot> {
    figures.phases.first()?;
    let words = |phase: &PhaseTimes| format!("{}: {}", phase.phase, text::phase(phase).join("; "));
    let bar = |phase: &PhaseTimes| {
        let each = f64::from(phase.planned.max(1));
        let mean = |sum: u64| sum as f64 / each;
        PlanBar {
            name: phase.phase.to_string(),
            planned: (phase.planned > 0)
                .then(|| (mean(phase.planned_min), mean(phase.planned_max))),
            actual: phase.within(50).map(|minutes| minutes as f64),
            words: text::phase(phase).join("; "),
        }
    };
    Some(Plot {
        title: "Phases",
        answer: figures.phases.iter().map(words).collect::<Vec<_>>().join(". "),
        kind: Kind::Plans(figures.phases.iter().map(bar).collect()),
    })
}
