//! `timeline`: plans and what came of them, a bar a line.
//!
//! Start at [`run`]. Milestones have a line each; those that are named have their tasks below.
//!
//! - **Invariant.** A bar never says anything that the dates beside it, or the document, do not.

use milestone_analytics::{Life, TaskFacts};
use milestone_core::domain::{Plan, Stage, task_status_word};
use milestone_core::words::Slug;
use schemars::JsonSchema;
use serde::Serialize;

use super::evidence::{Evidence, date};
use super::print::{self, under_banner};
use crate::args::analytics::TimelineArgs;
use crate::args::global::Format;
use crate::run::context::{Context, Ran};
use crate::run::views::milestone_state;
use crate::ui::error::{Exit, Problem};
use crate::ui::glyph::{Glyphs, Paint};
use crate::ui::markdown;
use crate::ui::style::{Style, WIDTH_SLIM};
use crate::ui::table::{Cell, Column, Fit, Table};
use crate::ui::text::sanitize;

const FORMATS: &[Format] = &[Format::Text, Format::Plain, Format::Json, Format::Md, Format::Csv];
/// Most cells of a name.
const NAME_CELLS_MAX: usize = 24;
/// Fewest cells of a bar.
const BAR_CELLS_MIN: usize = 12;
/// Days shown before and after, where nobody said which.
const MARGIN_DAYS: i64 = 1;

/// Days before and after today that are shown at most, where nobody said which: five years.
const REACH_DAYS_MAX: i64 = 5 * 366;

/// One line.
#[derive(Serialize, JsonSchema)]
struct Row {
    r#ref: String,
    title: String,
    status: &'static str,
    planned_from: Option<String>,
    planned_to: Option<String>,
    started: Option<String>,
    ended: Option<String>,
    #[serde(skip)]
    task: bool,
    #[serde(skip)]
    plan: Option<(i64, i64)>,
    #[serde(skip)]
    due: Option<i64>,
    #[serde(skip)]
    actual: Option<(i64, i64)>,
    #[serde(skip)]
    stage: Stage,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct TimelineDoc<'a> {
    from: String,
    to: String,
    today: String,
    rows: &'a [Row],
}

/// Draws plans over time.
pub(super) fn run(context: &mut Context, args: &TimelineArgs) -> Ran {
    let format = print::format(context, "timeline", FORMATS, false)?;
    let mut evidence = Evidence::of(context)?;
    let mut named: Vec<Slug> = Vec::new();
    for asked in &args.references {
        evidence = evidence.about(context, asked, "timeline")?;
        named.extend(evidence.about.clone().filter(|id| !named.contains(id)));
    }
    let rows = rows(&evidence, &named);
    let day = |flag: &str, text: &Option<String>| {
        text.as_deref().map(|text| evidence.day_of(context, flag, text)).transpose()
    };
    let (from, to) = (day("--from", &args.from)?, day("--to", &args.to)?);
    let (first, last) = reach(&rows, evidence.today());
    let today = evidence.today();
    let (least, most) = (today - REACH_DAYS_MAX, today + REACH_DAYS_MAX);
    let clipped = (from.is_none() && first < least, to.is_none() && last > most);
    let (from, to) = (from.unwrap_or(first.max(least)), to.unwrap_or(last.min(most)));
    if to < from {
        let message = format!("--to {} is before --from {}", date(to), date(from));
        let problem = Problem::new("usage.bad_value", Exit::Usage, message).unchanged();
        return Err(Box::new(problem.hint("milestone timeline --from 2026-03-01 --to +4w")));
    }
    let stdout = match format {
        Format::Json => {
            let (from, to, today) = (date(from), date(to), date(evidence.today()));
            let doc = TimelineDoc {
                from: from.to_string(),
                to: to.to_string(),
                today: today.to_string(),
                rows: &rows,
            };
            print::object(context, &evidence.moment, "timeline", &doc)?
        }
        Format::Csv => table(&rows).csv(&context.global.fields).map_err(|e| print::unknown(&e))?,
        Format::Plain => table(&rows)
            .tsv(&context.global.fields, context.global.header)
            .map_err(|error| print::unknown(&error))?,
        Format::Md => markdown::table(&table(&rows)),
        _ => Drawn { style: &context.style, from, to, today: evidence.today() }.render(&rows),
    };
    let output = under_banner(context, &evidence.moment, stdout);
    Ok(match (rows.is_empty() && print::talks(context), beyond(clipped)) {
        (true, _) => output.say("No milestone is open: milestone timeline REF shows a closed one."),
        (_, Some(line)) if print::talks(context) => output.say(line),
        _ => output,
    })
}

/// What is said where the axis ends before what is drawn on it does.
fn beyond(clipped: (bool, bool)) -> Option<String> {
    let (what, flag) = match clipped {
        (false, false) => return None,
        (true, false) => ("before today", "--from"),
        (false, true) => ("after today", "--to"),
        (true, true) => ("before and after today", "--from and --to"),
    };
    Some(format!("Clipped: dates over five years {what} are beyond the edge; {flag} shows more."))
}

fn rows(evidence: &Evidence, named: &[Slug]) -> Vec<Row> {
    let facts = &evidence.facts;
    let mut rows = Vec::new();
    let open = |id: &&Slug| facts.milestones[*id].life.open_at(evidence.now);
    let chosen: Vec<&Slug> = match named {
        [] => facts.milestones.keys().filter(open).collect(),
        named => named.iter().collect(),
    };
    for id in chosen {
        let Some(milestone) = facts.milestones.get(id) else { continue };
        rows.push(row(evidence, id.to_string(), &milestone.life, None));
        if named.is_empty() {
            continue;
        }
        let mut tasks: Vec<&TaskFacts> =
            facts.tasks.values().filter(|task| task.home_at(evidence.now) == id).collect();
        tasks.retain(|task| task.life.stage_at(evidence.now) != Some(Stage::Removed));
        // What was not begun stands as it does in the plan.
        let plan = evidence.moment.state.rows(id.as_str());
        tasks.sort_by_key(|task| {
            let begun = task.life.started_by(evidence.now).or(task.finished_by(evidence.now));
            (begun.is_none(), begun, plan.iter().position(|row| row.stream == task.stream))
        });
        for task in tasks {
            rows.push(row(evidence, task.reference.clone(), &task.life, Some(task)));
        }
    }
    rows
}

fn row(evidence: &Evidence, reference: String, life: &Life, task: Option<&TaskFacts>) -> Row {
    let (facts, now) = (&evidence.facts, evidence.now);
    let stage = life.stage_at(now).unwrap_or(Stage::Open);
    let day = |at| facts.day(at);
    let started = life.started_by(now).map(day);
    let ended = (!life.open_at(now)).then(|| life.stages.iter().rev().find(|(_, at)| *at <= now));
    let ended = ended.flatten().map(|(_, at)| day(*at));
    let due = life.due.map(milestone_core::words::Date::days);
    let begin = life.start.map(milestone_core::words::Date::days);
    let begin = begin.or_else(|| life.begin().map(day));
    let plan = begin.zip(due).filter(|(from, to)| from <= to);
    let actual = match (started.or(ended.filter(|_| stage == Stage::Done)), ended) {
        (Some(from), Some(to)) => Some((from.min(to), to)),
        (Some(from), None) => Some((from, evidence.today().max(from))),
        _ => None,
    };
    let text = |day: i64| date(day).to_string();
    Row {
        r#ref: reference,
        title: life.title.to_string(),
        status: match task {
            Some(_) => task_status_word(stage),
            None => milestone_state(stage).json(),
        },
        planned_from: plan.map(|(from, _)| text(from)),
        planned_to: due.map(text),
        started: started.map(text),
        ended: ended.map(text),
        task: task.is_some(),
        plan,
        due,
        actual,
        stage,
    }
}

/// The lines as records.
fn table(rows: &[Row]) -> Table {
    let columns = [
        ("ref", "REF"),
        ("title", "TITLE"),
        ("status", "STATUS"),
        ("planned_from", "FROM"),
        ("planned_to", "DUE"),
        ("started", "STARTED"),
        ("ended", "ENDED"),
    ];
    let columns = columns.map(|(field, title)| Column::new(field, title, Fit::Key));
    let day = |day: &Option<String>| Cell::new(day.as_deref().unwrap_or_default());
    let row = |row: &Row| {
        let days = [&row.planned_from, &row.planned_to, &row.started, &row.ended].map(day);
        let names = [&row.r#ref, &row.title].map(Cell::new);
        names.into_iter().chain([Cell::new(row.status)]).chain(days).collect()
    };
    Table { columns: columns.into(), rows: rows.iter().map(row).collect() }
}

/// The days from the first to the last that anything is drawn on.
fn reach(rows: &[Row], today: i64) -> (i64, i64) {
    let spans = rows.iter().flat_map(|row| [row.plan, row.actual, row.due.map(|due| (due, due))]);
    let (mut first, mut last) = (today, today);
    for (from, to) in spans.flatten() {
        (first, last) = (first.min(from), last.max(to));
    }
    (first - MARGIN_DAYS, last + MARGIN_DAYS)
}

/// How lines are drawn.
struct Drawn<'a> {
    style: &'a Style,
    from: i64,
    to: i64,
    today: i64,
}

impl Drawn<'_> {
    fn render(&self, rows: &[Row]) -> String {
        if rows.is_empty() {
            return String::new();
        }
        if self.style.accessible || self.style.width < WIDTH_SLIM {
            return rows.iter().map(spoken).collect();
        }
        let ruler = self.style.ruler();
        let names: Vec<String> = rows
            .iter()
            .map(|row| format!("{}{}", if row.task { "  " } else { "" }, sanitize(&row.title)))
            .collect();
        let wide = names.iter().map(|name| ruler.width(name)).max().unwrap_or(0);
        let wide = wide.min(NAME_CELLS_MAX);
        let cells = self.style.width.saturating_sub(wide + 2).max(BAR_CELLS_MIN);
        let (from, to) = (date(self.from).to_string(), date(self.to).to_string());
        let ends = format!("{from}{to:>0$}", cells.saturating_sub(from.len()));
        let mut out = format!("{}  {ends}\n", " ".repeat(wide));
        for (row, name) in rows.iter().zip(&names) {
            let name = ruler.fit(name, wide);
            let paint = match row.stage {
                Stage::Done => Paint::Done,
                Stage::Underway => Paint::InProgress,
                _ => Paint::Muted,
            };
            let late = row.due.is_some_and(|due| due < self.today && row.ended.is_none());
            let paint = if late { Paint::Blocked } else { paint };
            let bar = self.bar(row, cells);
            let line = format!("{name}  {}", paint.over(bar.trim_end(), self.style.color));
            out.push_str(line.trim_end());
            out.push('\n');
        }
        let signs = self.signs();
        let key = format!(
            "{} planned  {} actual  {} due  {} today",
            signs.plan, signs.actual, signs.due, signs.today
        );
        out.push_str(&format!(
            "{}  {}\n",
            " ".repeat(wide),
            Paint::Muted.over(&key, self.style.color)
        ));
        out
    }

    fn signs(&self) -> Signs {
        let drawing = self.style.drawing();
        let due = if self.style.glyphs == Glyphs::Ascii { "D" } else { "◆" };
        Signs { plan: drawing.empty, actual: drawing.full, due, today: drawing.vertical }
    }

    fn bar(&self, row: &Row, cells: usize) -> String {
        let signs = self.signs();
        let mut bar = vec![" "; cells];
        let days = self.to - self.from + 1;
        let place = |day: i64| {
            let part = (day - self.from).clamp(0, days - 1) * i64::try_from(cells).unwrap_or(1);
            usize::try_from(part / days).unwrap_or(0).min(cells - 1)
        };
        let mut fill = |span: Option<(i64, i64)>, sign: &'static str| {
            let Some((from, to)) = span.filter(|(from, to)| *to >= self.from && *from <= self.to)
            else {
                return;
            };
            // A cell belongs to every day that is drawn in it.
            let last = place(to + 1).saturating_sub(usize::from(to < self.to)).max(place(from));
            bar[place(from)..=last].fill(sign);
        };
        fill(row.plan, signs.plan);
        fill(row.actual, signs.actual);
        for (day, sign) in [(Some(self.today), signs.today), (row.due, signs.due)] {
            if let Some(day) = day.filter(|day| (self.from..=self.to).contains(day)) {
                bar[place(day)] = sign;
            }
        }
        bar.concat()
    }
}

/// What the parts of a bar are drawn with.
struct Signs {
    plan: &'static str,
    actual: &'static str,
    due: &'static str,
    today: &'static str,
}

/// One line in words, for narrow terminals and reading aloud.
fn spoken(row: &Row) -> String {
    let mut parts = vec![format!("{}: {}", sanitize(&row.title), row.status.replace('_', " "))];
    let mut say = |what: &str, day: &Option<String>| {
        parts.extend(day.as_ref().map(|day| format!("{what} {day}")));
    };
    say("planned from", &row.planned_from);
    say("due", &row.planned_to);
    say("started", &row.started);
    say("ended", &row.ended);
    format!("{}.\n", parts.join(", "))
}
