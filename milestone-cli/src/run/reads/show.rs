//! `show`: one milestone or one task.
//!
//! Start at [`run`]. A milestone is a tree at level 0 and a frame at level 1; a task is a page.
//!
//! - **Invariant.** The tree of level 0 has nothing beside it: notes and the like of a milestone
//!   are shown from level 1 on, in Markdown and in JSON. What has ended says so, and what was put
//!   away has its review, always.

use std::sync::Arc;

use milestone_core::domain::{
    Item, Milestone, Plan, Stage, Task, effective_stage, reference_of, status_word, waits_for,
};
use milestone_core::projection::State;
use milestone_core::words::{StreamId, StreamName, Timestamp};

use super::look_back::{LookBack, archived};
use super::phase::look_at;
use super::reason::reason_of;
use super::{judged, print, refs};
use crate::args::global::Format;
use crate::run::backend::counted;
use crate::run::context::{Context, Moment, Ran};
use crate::run::docs::{MilestoneShow, TaskShow};
use crate::run::phases::WorkflowLook;
use crate::run::ties;
use crate::run::views::{self, Eye};
use crate::ui::error::Problem;
use crate::ui::glyph::Status;
use crate::ui::page::{Page, Section};
use crate::ui::style::Style;
use crate::ui::view::{MilestoneView, TaskView};
use crate::ui::{dates, frame, markdown, spoken, tree};

/// Cells before the value of a fact of a task: the longest name, and blanks.
const FACT_INDENT: usize = 15;

/// Shows what `asked` means, the current milestone if nothing was asked for.
pub(super) fn run(context: &mut Context, asked: Option<&str>, verb: &str) -> Ran {
    let moment = context.moment()?;
    let stream = refs::find(context, &moment, asked.unwrap_or("@"), verb)?;
    one(context, &moment, &stream, verb)
}

/// Shows a milestone or a task.
pub(super) fn one(context: &mut Context, moment: &Moment, stream: &StreamId, verb: &str) -> Ran {
    let format = print::format(context, verb, print::PAGE, false)?;
    let (state, eye) = (&moment.state, Eye::of(context));
    let look = match state.task(stream.as_str()) {
        Some(task) => look_at(context, moment, &task)?,
        None => None,
    };
    let back = match stream.name() {
        StreamName::Milestone(id) => archived(context, moment, id)?,
        _ => None,
    };
    let health = match stream.name() {
        StreamName::Milestone(id) => judged::health_of(context, moment, id)?,
        _ => None,
    };
    let mut more: Vec<Fact> = Vec::new();
    more.extend(reason_of(context, moment, stream)?.map(|reason| ("Reason", reason)));
    more.extend(reported(state, stream).map(|report| ("Reported", report)));
    more.extend(lapsed(context, moment, stream)?);
    let context = &*context;
    let stdout = match stream.name() {
        StreamName::Task(..) => match state.task(stream.as_str()) {
            Some(task) => show_task(context, moment, &eye, (&task, look, more), format)?,
            None => String::new(),
        },
        _ => match state.milestone(stream.as_str()) {
            Some(milestone) => {
                let mut view = eye.milestone(state, &milestone);
                view.health = health;
                let shown = Shown { milestone: &milestone, view, back: back.as_ref(), more };
                show_milestone(context, moment, &eye, shown, format)?
            }
            None => String::new(),
        },
    };
    Ok(print::under_banner(context, moment, stdout))
}

type Text = Result<String, Box<Problem>>;

/// A line of a page, with its name.
type Fact = (&'static str, String);

/// What was reported where the progress that counts is worked out from something else.
fn reported(state: &State, stream: &StreamId) -> Option<String> {
    let report = match state.task(stream.as_str()) {
        Some(task) => task.item.report.filter(|_| task.workflow.is_some()),
        None => {
            let held = state.milestone(stream.as_str())?;
            held.item.report.filter(|_| !state.rows(stream.as_str()).is_empty())
        }
    }?;
    Some(match report.percent {
        true => format!("{}%", report.done),
        false => format!("{} of {}", report.done, report.of),
    })
}

/// The tasks of a milestone behind an approval that no longer holds, as facts.
fn lapsed(
    context: &mut Context,
    moment: &Moment,
    stream: &StreamId,
) -> Result<Vec<Fact>, Box<Problem>> {
    if stream.is_task() || moment.as_of.is_some() {
        return Ok(Vec::new());
    }
    let project = context.project()?;
    let tasks = moment.state.tasks_of(stream.as_str()).into_iter();
    let lapsed = tasks.flat_map(|task| {
        let of_phase = |(phase, changed): (String, Vec<String>)| {
            format!("{}:{phase}, {} since it was approved", task.slug, changed.join(", "))
        };
        project.lapsed(&task).into_iter().map(of_phase).collect::<Vec<_>>()
    });
    Ok(lapsed.map(|lapsed| ("Changed", lapsed)).collect())
}

/// A milestone, and what is known of it beside its state.
struct Shown<'a> {
    milestone: &'a Milestone,
    view: MilestoneView,
    back: Option<&'a LookBack>,
    /// The reason for its status, and approvals that no longer hold.
    more: Vec<Fact>,
}

fn show_milestone(
    context: &Context,
    moment: &Moment,
    eye: &Eye,
    shown: Shown<'_>,
    format: Format,
) -> Text {
    let Shown { milestone, view, back, more } = shown;
    let (state, style) = (&moment.state, &context.style);
    if format == Format::Json {
        let data = MilestoneShow::of(state, milestone, (view, back.map(LookBack::doc)));
        return print::object(context, moment, "milestone.show", &data);
    }
    let mut item = milestone.item.clone();
    item.notes.retain(|note| back.is_none_or(|back| !back.has_said(note)));
    let mut page = Page {
        head: String::new(),
        facts: milestone_facts(eye, state, milestone),
        sections: sections(eye, &item, &milestone.stream()),
    };
    page.facts.extend(more.iter().cloned());
    page.sections.splice(..0, back.map(LookBack::section));
    Ok(match format {
        Format::Md => markdown::show(&view) + &page.markdown(),
        _ if style.accessible => spoken::milestone(&view) + &page.spoken(),
        _ if style.level == 0 => {
            page = Page {
                facts: ended(eye, state, milestone).into_iter().chain(more).collect(),
                sections: back.map(LookBack::section).into_iter().collect(),
                ..Page::default()
            };
            tree::render(&view, style) + &page.render(style)
        }
        _ => frame::render(&view, style) + &page.render(style),
    })
}

/// How a milestone ended, if it has, or that it is paused: its tasks do not say so.
fn ended(eye: &Eye, state: &State, milestone: &Milestone) -> Option<(&'static str, String)> {
    let item = &milestone.item;
    let stage = effective_stage(milestone, &state.rows(milestone.id.as_str()));
    let mut said = match (stage, item.archived_from) {
        (Stage::Paused, _) => return Some(("Status", "Paused".to_owned())),
        (Stage::Done, _) => "Completed".to_owned(),
        (Stage::Cancelled, _) => "Cancelled".to_owned(),
        (Stage::Archived, Some(from)) => format!("Archived, {}", status_word(from)),
        (Stage::Archived, None) => "Archived".to_owned(),
        _ => return None,
    };
    if let Some(at) = item.completed_at {
        said.push_str(&format!(" on {}", dates::with_day(at.date(eye.offset_minutes).0)));
    }
    // What was given up since is left open no more.
    let left =
        |on: &&StreamId| state.task(on.as_str()).is_some_and(|task| task.item.stage.is_left());
    let open = milestone.left_open.iter().filter(left).count();
    if open > 0 {
        said.push_str(&format!(", {} left open", counted(open, "task", "tasks")));
    }
    Some(("Status", said))
}

fn milestone_facts(eye: &Eye, state: &State, milestone: &Milestone) -> Vec<(&'static str, String)> {
    let item = &milestone.item;
    let mut facts: Vec<_> = ended(eye, state, milestone).into_iter().collect();
    if let Some(priority) = item.priority {
        facts.push(("Priority", priority.name().to_owned()));
    }
    let after = |on| format!("{}{}", standing(state, on, None), ties::tail(item, on));
    facts.extend(item.dependencies.iter().map(|on| ("After", after(on))));
    let (stream, ties) = (milestone.stream(), ties::elsewhere(item));
    facts.extend(ties.map(|tie| ("After", ties::said_elsewhere(state, &stream, tie))));
    facts
}

fn show_task(
    context: &Context,
    moment: &Moment,
    eye: &Eye,
    (task, look, more): (&Task, Option<WorkflowLook>, Vec<Fact>),
    format: Format,
) -> Text {
    let (state, style) = (&moment.state, &context.style);
    let view = eye.task(state, task, views::number_of(state, task));
    if format == Format::Json {
        let data = TaskShow::of(state, task, view, look);
        return print::object(context, moment, "task.show", &data);
    }
    let head = match format {
        Format::Md => format!("{} ({}%)", view.title, view.progress),
        _ => format!("TASK: {} (Progress: {}%)", view.title, view.progress),
    };
    // Symbols are for terminals; where it is pasted or read aloud the words suffice.
    let words = Style { accessible: style.accessible || format == Format::Md, ..*style };
    let mut facts = task_facts(eye, state, task, &view, &words);
    facts.extend(more);
    let mut sections = sections(eye, &task.item, &task.stream);
    if let Some(look) = &look {
        let strip = look.strip(&words);
        let long = style.ruler().width(&strip) + FACT_INDENT > style.width;
        match style.tty && !words.accessible && long {
            true => sections.insert(0, Section { title: "Phases", lines: look.steps(&words) }),
            false => facts.push(("Phases", strip)),
        }
    }
    let page = Page { head, facts, sections };
    Ok(match format {
        Format::Md => page.markdown(),
        _ if style.accessible => page.spoken(),
        _ => page.render(style),
    })
}

fn task_facts(
    eye: &Eye,
    state: &State,
    task: &Task,
    view: &TaskView,
    style: &Style,
) -> Vec<(&'static str, String)> {
    let item = &task.item;
    let mut status = vec![match view.status {
        Status::Waiting => "Waiting".to_owned(),
        status => status.word().to_owned(),
    }];
    if !style.accessible {
        status[0] = format!("{} {}", view.status.glyph(style.glyphs), status[0]);
    }
    status.extend(view.evidence.map(|(done, of)| format!("{done} of {of}")));
    status.extend(view.day.map(dates::day_of));
    status.extend(view.took_days.map(|took| format!("took {}", dates::days(u64::from(took)))));
    let place = format!("{} (task {})", task.reference(), view.number);
    let mut home = views::title_of(state, &StreamId::milestone(&task.home));
    let paused = |held: &Arc<Milestone>| held.item.stage == Stage::Paused;
    if !item.is_closed() && state.milestone(task.home.as_str()).as_ref().is_some_and(paused) {
        home.push_str(" (paused)");
    }
    let mut facts = vec![("Ref", place), ("Status", status.join(", ")), ("Milestone", home)];
    facts.extend(view.due.map(|due| {
        let left = match item.is_closed() {
            true => String::new(),
            false => format!(", {}", dates::left(due, eye.today)),
        };
        ("Due", format!("{}{left}", dates::with_day(due)))
    }));
    facts.extend(item.start.map(|start| ("Start", dates::with_day(start.0))));
    facts.extend(view.owner.clone().map(|owner| ("Owner", owner)));
    if !item.assignees.is_empty() {
        facts.push(("Assignees", item.assignees.join(", ")));
    }
    facts.extend(view.estimate_minutes.map(|minutes| ("Estimate", dates::duration(minutes))));
    if item.time_spent > 0 {
        facts.push(("Spent", dates::duration(item.time_spent)));
    }
    facts.extend(item.priority.map(|priority| ("Priority", priority.name().to_owned())));
    facts.extend(item.weight.map(|weight| ("Weight", weight.to_string())));
    if !view.labels.is_empty() {
        facts.push(("Labels", view.labels.join(", ")));
    }
    facts.extend(item.external_id.as_ref().map(|id| ("External id", id.to_string())));
    let after = |on| format!("{}{}", standing(state, on, Some(style)), ties::tail(item, on));
    facts.extend(item.dependencies.iter().map(|on| ("After", after(on))));
    let elsewhere = ties::elsewhere(item);
    facts.extend(elsewhere.map(|tie| ("After", ties::said_elsewhere(state, &task.stream, tie))));
    // What its milestone waits for holds it as well.
    let above = waits_for(state, &StreamId::milestone(&task.home));
    let above = above.iter().filter(|_| item.stage == Stage::Open);
    facts.extend(
        above.map(|hold| ("After", format!("{} (its milestone)", ties::said(state, hold)))),
    );
    facts
}

/// `api-development/endpoints (In Progress)`.
fn standing(state: &State, on: &StreamId, style: Option<&Style>) -> String {
    let name = reference_of(state, on);
    let (mark, word) = match on.is_task() {
        true => match state.task(on.as_str()) {
            Some(task) => {
                let status = views::task_status(&task.item, false);
                (Some(status), status.word())
            }
            None => (None, "not there"),
        },
        false => match state.milestone(on.as_str()) {
            Some(milestone) => {
                let rows = state.rows(milestone.id.as_str());
                let stage = milestone_core::domain::effective_stage(&milestone, &rows);
                let stands = views::milestone_state(stage);
                (Some(stands.status()), stands.word())
            }
            None => (None, "not there"),
        },
    };
    match (mark, style.filter(|style| !style.accessible)) {
        (Some(mark), Some(style)) => format!("{name} {} ({word})", mark.glyph(style.glyphs)),
        _ => format!("{name} ({word})"),
    }
}

/// What there is of parts, in the order in which people ask for them.
fn sections(eye: &Eye, item: &Item, stream: &StreamId) -> Vec<Section> {
    let at = |moment: Timestamp| {
        let local = moment.0.saturating_add(i64::from(eye.offset_minutes) * 60_000_000);
        let time = Timestamp(local).to_string();
        format!("{} {}", dates::with_day(eye.day(moment)), time.get(11..16).unwrap_or_default())
    };
    let mut sections = Vec::new();
    let mut section = |title, lines: Vec<String>| {
        if !lines.is_empty() {
            sections.push(Section { title, lines });
        }
    };
    let text = item.description.iter().flat_map(|text| text.lines());
    section("Description", text.map(ToOwned::to_owned).collect());
    let check = |(place, held): (usize, &milestone_core::domain::Criterion)| {
        format!("{} [{}] {}", place + 1, if held.checked { "x" } else { " " }, held.text)
    };
    section("Checklist", item.criteria.iter().enumerate().map(check).collect());
    let blocker = |held: &milestone_core::domain::Blocker| {
        let on = held.on.as_ref().map(|on| format!(", on {on}")).unwrap_or_default();
        let until = held.until.map(|until| format!(", until {until}")).unwrap_or_default();
        let text = held.text.replace('\n', "; ");
        format!("{}  {text}  (since {}, by {}{on}{until})", held.id, at(held.at), held.by)
    };
    // Nothing is in the way of what has ended.
    let blockers = item.open_blockers().filter(|_| !item.is_closed());
    section("Blocked by", blockers.map(blocker).collect());
    section("Risks", item.open_risks().map(super::risk::line).collect());
    let notes = item.notes.iter().flat_map(|note| {
        let head = format!("{}  {}", at(note.at), note.by);
        std::iter::once(head).chain(note.text.lines().map(|line| format!("  {line}")))
    });
    section("Notes", notes.collect());
    let link = |held: &milestone_core::domain::Link| format!("{}  {}", held.kind, held.to);
    section("Links", item.links.iter().map(link).collect());
    let conflict = |held: &milestone_core::domain::Conflict| {
        let (id, about) = (held.id(stream), held.subject.name());
        format!("{id}  {about}: {} holds, not {}", held.kept, held.other)
    };
    section("Conflicts", item.conflicts.iter().map(conflict).collect());
    sections
}
