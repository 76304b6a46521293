//! Charts as SVG that stands in a page.
//!
//! Start at [`draw`].
//!
//! - **Invariant.** No colour is named here: classes take the tokens of the page, so that light,
//!   dark and print each have theirs. A series is told by its dash and marker as well.
//! - **Invariant.** Whatever the numbers are, every coordinate is finite and inside the picture.
//! - **Absent on purpose.** Scripts, fonts, addresses.

use super::html::Markup;
use super::plot::{Kind, Line, PlanBar, Plot, Wedge, date, short};

/// Width of a chart; the page scales it.
const WIDE: f64 = 320.0;
/// Height of a chart with days.
const HIGH: f64 = 168.0;
/// Room for numbers at the left, and for dates below.
const LEFT: f64 = 34.0;
const BELOW: f64 = 18.0;
const ABOVE: f64 = 22.0;
const RIGHT: f64 = 10.0;
/// Height of a bar with its gap.
const ROW: f64 = 26.0;
/// Most points of a line: more are thinned out.
const POINTS_MAX: usize = 160;

/// The classes of series, in their order.
const SERIES: [&str; 4] = ["s0", "s1", "s2", "s3"];

/// Draws a chart; `number` tells its parts from those of other charts of the page.
pub fn draw(plot: &Plot, number: usize) -> Markup {
    let high = match &plot.kind {
        Kind::Bars(all) => ROW * all.len() as f64 + 8.0,
        Kind::Plans(all) => ROW * all.len() as f64 + 26.0,
        Kind::Dates { .. } => 78.0,
        _ => HIGH,
    };
    let id = format!("chart-{number}");
    let mut svg = Markup::new();
    svg.put("<svg viewBox=\"0 0 ").number(WIDE).put(" ").number(high);
    svg.put("\" role=\"img\" aria-labelledby=\"").text(&id).put("-title ").text(&id);
    svg.put("-answer\"><title id=\"").text(&id).put("-title\">").text(plot.title);
    svg.put("</title><desc id=\"").text(&id).put("-answer\">").text(&plot.answer).put("</desc>");
    match &plot.kind {
        Kind::Lines { first, lines, wedge, due } => {
            days(&mut svg, *first, lines, wedge.as_ref(), *due, false);
        }
        Kind::Areas { first, lines } => days(&mut svg, *first, lines, None, None, true),
        Kind::Columns(all) => columns(&mut svg, all),
        Kind::Bars(all) => bars(&mut svg, all),
        Kind::Plans(all) => plans(&mut svg, all),
        Kind::Dates { today, by, due } => dates(&mut svg, *today, by, *due),
    }
    svg.put("</svg>");
    svg
}

/// A small burn-up for a row of a table: scope and done, a value a day.
pub fn small(burn: &[(f64, f64)]) -> Markup {
    let mut svg = Markup::new();
    let top = burn.iter().map(|(scope, _)| *scope).fold(1.0, f64::max);
    svg.put("<svg class=\"small\" viewBox=\"0 0 80 20\" aria-hidden=\"true\">");
    let step = burn.len().div_ceil(24).max(1);
    for (class, of) in [("s0", 0), ("s1", 1)] {
        svg.put("<polyline class=\"").put(class).put("\" points=\"");
        for (place, point) in burn.iter().enumerate() {
            if place % step != 0 && place + 1 != burn.len() {
                continue;
            }
            let value = if of == 0 { point.0 } else { point.1 };
            let along = place as f64 / burn.len().saturating_sub(1).max(1) as f64;
            svg.number(1.0 + 78.0 * along).put(",");
            svg.number(18.0 - 16.0 * (value / top).clamp(0.0, 1.0)).put(" ");
        }
        svg.put("\"/>");
    }
    svg.put("</svg>");
    svg
}

/// From days and values to places in the picture.
struct Scale {
    first: i64,
    days: f64,
    top: f64,
}

impl Scale {
    fn x(&self, day: i64) -> f64 {
        let share = day.saturating_sub(self.first) as f64 / self.days;
        LEFT + (WIDE - LEFT - RIGHT) * share.clamp(0.0, 1.0)
    }

    fn y(&self, value: f64) -> f64 {
        let share = if value.is_finite() { value / self.top } else { 0.0 };
        HIGH - BELOW - (HIGH - BELOW - ABOVE) * share.clamp(0.0, 1.0)
    }
}

/// A text at a place; `end` lets it end there.
fn label(svg: &mut Markup, x: f64, y: f64, end: bool, text: &str) {
    svg.put("<text x=\"").number(x).put("\" y=\"").number(y).put("\"");
    svg.put(if end { " text-anchor=\"end\">" } else { ">" }).text(text).put("</text>");
}

fn rect(svg: &mut Markup, class: &'static str, from: (f64, f64), size: (f64, f64)) {
    svg.put("<rect class=\"").put(class).put("\" x=\"").number(from.0);
    svg.put("\" y=\"").number(from.1).put("\" width=\"").number(size.0.max(0.0));
    svg.put("\" height=\"").number(size.1.max(0.0)).put("\"/>");
}

/// A line from one place to another.
fn line(svg: &mut Markup, class: &'static str, from: (f64, f64), to: (f64, f64)) {
    svg.put("<line class=\"").put(class).put("\" x1=\"").number(from.0).put("\" y1=\"");
    svg.number(from.1).put("\" x2=\"").number(to.0).put("\" y2=\"").number(to.1).put("\"/>");
}

fn days(
    svg: &mut Markup,
    first: i64,
    lines: &[Line],
    wedge: Option<&Wedge>,
    due: Option<i64>,
    filled: bool,
) {
    let count = lines.iter().map(|line| line.values.len()).max().unwrap_or(0);
    let last = first + i64::try_from(count.saturating_sub(1)).unwrap_or(0);
    let far = wedge.and_then(|wedge| wedge.by.last()).map_or(last, |(_, day)| *day);
    // A due date far away must not squeeze all the rest together.
    let reach = last.max(far).saturating_add((last - first).max(14));
    let due = due.filter(|due| (first..=reach).contains(due));
    let end = last.max(far.min(reach)).max(due.unwrap_or(last));
    let highest = lines.iter().flat_map(|line| line.values.iter().copied()).fold(1.0, f64::max);
    let scale = Scale { first, days: (end - first).max(1) as f64, top: highest };
    line(svg, "axis", (LEFT, scale.y(0.0)), (WIDE - RIGHT, scale.y(0.0)));
    line(svg, "grid", (LEFT, scale.y(highest)), (WIDE - RIGHT, scale.y(highest)));
    label(svg, LEFT - 4.0, scale.y(highest) + 4.0, true, &short(highest));
    label(svg, LEFT - 4.0, scale.y(0.0), true, "0");
    label(svg, LEFT, HIGH - 4.0, false, &date(first));
    label(svg, WIDE - RIGHT, HIGH - 4.0, true, &date(end));
    if let Some(wedge) = wedge {
        let (mut from, point) = (None, (scale.x(wedge.day), scale.y(wedge.from)));
        for ((_, day), class) in wedge.by.iter().zip(["band0", "band1", "band2"]) {
            let begin = from.unwrap_or(*day);
            svg.put("<polygon class=\"").put(class).put("\" points=\"");
            let there = scale.y(wedge.to);
            for (x, y) in [point, (scale.x(begin), there), (scale.x(*day), there)] {
                svg.number(x).put(",").number(y).put(" ");
            }
            svg.put("\"/>");
            from = Some(*day);
        }
    }
    let step = count.div_ceil(POINTS_MAX).max(1);
    for (line, class) in lines.iter().zip(SERIES) {
        series(svg, &scale, line, class, step, filled);
    }
    if let Some(due) = due {
        line(svg, "due", (scale.x(due), ABOVE - 4.0), (scale.x(due), scale.y(0.0)));
        label(svg, scale.x(due) - 3.0, ABOVE + 6.0, true, "due");
    }
    legend(svg, lines, filled);
}

fn series(
    svg: &mut Markup,
    scale: &Scale,
    line: &Line,
    class: &'static str,
    step: usize,
    filled: bool,
) {
    let count = line.values.len();
    let day = |place: usize| scale.first + i64::try_from(place).unwrap_or(0);
    let mut points = Markup::new();
    for (place, value) in line.values.iter().enumerate() {
        if place % step == 0 || place + 1 == count {
            points.number(scale.x(day(place))).put(",").number(scale.y(*value)).put(" ");
        }
    }
    if filled {
        svg.put("<polygon class=\"fill ").put(class).put("\" points=\"").add(&points);
        svg.number(scale.x(day(count.saturating_sub(1)))).put(",").number(scale.y(0.0)).put(" ");
        svg.number(scale.x(scale.first)).put(",").number(scale.y(0.0)).put("\"/>");
    }
    svg.put("<polyline class=\"").put(class).put("\" points=\"").add(&points).put("\"/>");
    if let Some(value) = line.values.last() {
        marker(svg, class, scale.x(day(count - 1)), scale.y(*value));
    }
}

/// The marker of a series: a disc, a square, a triangle, a diamond.
fn marker(svg: &mut Markup, class: &'static str, x: f64, y: f64) {
    svg.put("<path class=\"mark ").put(class).put("\" d=\"M").number(x).put(" ").number(y);
    svg.put(match class {
        "s0" => "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z\"/>",
        "s1" => "m-3 -3h6v6h-6z\"/>",
        "s2" => "m0 -4l4 7h-8z\"/>",
        _ => "m0 -4l4 4l-4 4l-4 -4z\"/>",
    });
}

fn legend(svg: &mut Markup, lines: &[Line], filled: bool) {
    let mut x = LEFT;
    for (held, class) in lines.iter().zip(SERIES) {
        if filled {
            svg.put("<rect class=\"fill ").put(class).put("\" x=\"").number(x);
            svg.put("\" y=\"4\" width=\"18\" height=\"8\"/>");
        } else {
            line(svg, class, (x, 8.0), (x + 18.0, 8.0));
            marker(svg, class, x + 9.0, 8.0);
        }
        label(svg, x + 22.0, 12.0, false, held.name);
        x += 34.0 + 6.5 * held.name.len() as f64;
    }
}

fn columns(svg: &mut Markup, all: &[(String, f64)]) {
    let top = all.iter().map(|(_, value)| *value).fold(1.0, f64::max);
    let scale = Scale { first: 0, days: 1.0, top };
    let room = (WIDE - LEFT - RIGHT) / all.len().max(1) as f64;
    line(svg, "grid", (LEFT, scale.y(top)), (WIDE - RIGHT, scale.y(top)));
    for (place, (_, value)) in all.iter().enumerate() {
        let (x, y) = (LEFT + room * place as f64, scale.y(*value));
        rect(svg, "fill s0", (x + room * 0.1, y), (room * 0.8, scale.y(0.0) - y));
    }
    line(svg, "axis", (LEFT, scale.y(0.0)), (WIDE - RIGHT, scale.y(0.0)));
    label(svg, LEFT - 4.0, scale.y(top) + 4.0, true, &short(top));
    label(svg, LEFT - 4.0, scale.y(0.0), true, "0");
    if let (Some((first, _)), Some((last, _))) = (all.first(), all.last()) {
        label(svg, LEFT, HIGH - 4.0, false, first);
        if all.len() > 1 {
            label(svg, WIDE - RIGHT, HIGH - 4.0, true, last);
        }
    }
}

fn bars(svg: &mut Markup, all: &[(String, f64, String)]) {
    let top = all.iter().map(|(_, value, _)| *value).fold(1.0, f64::max);
    for (place, (name, value, words)) in all.iter().enumerate() {
        let y = ROW * place as f64 + 6.0;
        label(svg, LEFT, y + 14.0, true, name);
        let long = (WIDE - LEFT - 80.0) * (value / top).clamp(0.0, 1.0);
        rect(svg, "fill s0", (LEFT + 6.0, y + 3.0), (long, 14.0));
        label(svg, LEFT + 12.0 + long, y + 14.0, false, words);
    }
}

fn plans(svg: &mut Markup, all: &[PlanBar]) {
    let most = |bar: &PlanBar| {
        let planned = bar.planned.map_or(0.0, |(_, most)| most);
        bar.actual.unwrap_or(0.0).max(planned)
    };
    let top = all.iter().map(most).fold(1.0, f64::max);
    let (left, room) = (80.0, WIDE - 80.0 - RIGHT);
    let x = |value: f64| left + room * (value / top).clamp(0.0, 1.0);
    for (place, bar) in all.iter().enumerate() {
        let y = ROW * place as f64 + 4.0;
        let name: String = bar.name.chars().take(11).collect();
        label(svg, left - 6.0, y + 14.0, true, &name);
        if let Some(actual) = bar.actual {
            rect(svg, "fill s0", (left, y + 6.0), (x(actual) - left, 8.0));
        }
        if let Some((least, most)) = bar.planned {
            rect(svg, "plan", (left, y + 1.0), (x(most) - left, 18.0));
            line(svg, "due", (x(least), y + 1.0), (x(least), y + 19.0));
        }
    }
    let y = ROW * all.len() as f64 + 18.0;
    label(svg, left, y, false, "outline: plan, least to most; filled: actual");
}

fn dates(svg: &mut Markup, today: i64, by: &[(u8, i64)], due: Option<i64>) {
    let far = by.last().map_or(today + 1, |(_, day)| *day);
    let reach = far.saturating_add(far.saturating_sub(today).max(14));
    let due = due.filter(|due| (today..=reach).contains(due));
    let end = far.max(due.unwrap_or(far)).max(today + 1);
    let scale = Scale { first: today, days: (end - today) as f64, top: 1.0 };
    let x = |day: i64| 4.0 + (scale.x(day) - LEFT) * (WIDE - 8.0) / (WIDE - LEFT - RIGHT);
    let mut from = today;
    for ((percent, day), class) in by.iter().zip(["band0", "band1", "band2"]) {
        rect(svg, class, (x(from), 24.0), (x(*day) - x(from), 22.0));
        if x(*day) - x(from) > 24.0 {
            label(svg, x(*day) - 2.0, 39.0, true, &format!("{percent} %"));
        }
        from = *day;
    }
    line(svg, "axis", (4.0, 46.0), (WIDE - 4.0, 46.0));
    label(svg, 4.0, 62.0, false, &date(today));
    label(svg, WIDE - 4.0, 62.0, true, &date(end));
    if let Some(due) = due {
        line(svg, "due", (x(due), 14.0), (x(due), 50.0));
        let end = x(due) > WIDE / 2.0;
        let at = if end { x(due) - 3.0 } else { x(due) + 3.0 };
        label(svg, at, 16.0, end, &format!("due {}", date(due)));
    }
}
