//! The opposite of what happened, for `undo`.
//!
//! Start at [`opposite`].
//!
//! - **Invariant.** Undoing appends: the opposite is made of ordinary events, decided from the
//!   state before the record. What was created is cancelled, what was added is removed.
//! - **Absent on purpose.** Whether the plan as it is now still allows it: the caller has to look.
//! - **Absent on purpose.** Taking back time that was spent: it was.

use super::event::{Body, Event};
use super::fields::{Field, Fields, ListField, Value};
use super::item::{Item, Stage};
use super::milestone::{PLANNED, UNDONE};
use super::opposite_phase::{phase_touches, phases_back};
use super::opposite_risk::{risk_back, risk_touch};
use super::payload::{
    BlockerCleared, BlockerRaised, CriterionAdded, Dependency, Edited, LinkAdded, NoteAdded, Part,
    Progress, SettingChanged, TaskMoved, Transition,
};
use super::plan::Plan;
use super::raw_text::RawText;
use super::tie::{Terms, Tie};
use crate::words::{Ids, RecordKey, StreamName, Text, Timestamp};

/// What two events may both be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touch {
    /// Everything of the stream.
    Whole,
    /// The status.
    Status,
    /// The milestone a task is in, and its place there.
    Home,
    /// The progress reported.
    Progress,
    /// One field.
    Field(&'static str),
    /// One part, by its id, or one dependency.
    Part(String),
}

impl Touch {
    /// True if undoing one would undo what the other built on.
    pub fn meets(&self, other: &Self) -> bool {
        self == other || matches!(self, Self::Whole)
    }
}

/// What an event is about.
pub fn touches(body: &Body<'_>) -> Vec<Touch> {
    let names = |fields: &Fields<'_>| -> Vec<Touch> {
        let set = fields.set.iter().map(|(field, _)| match field {
            Field::Position => Touch::Home,
            field => Touch::Field(field.name()),
        });
        set.chain(fields.lists.iter().map(|(field, _)| Touch::Field(field.name()))).collect()
    };
    match body {
        Body::MilestoneCreated(_) | Body::TaskAdded(_) => vec![Touch::Whole],
        Body::MilestoneEdited(edited) | Body::TaskEdited(edited) => {
            [&edited.set, &edited.add, &edited.remove].into_iter().flat_map(names).collect()
        }
        Body::TaskMoved(_) => vec![Touch::Home],
        Body::ProgressUpdated(_) => vec![Touch::Progress],
        Body::SettingChanged(setting) => vec![Touch::Part(setting.key.to_string())],
        Body::CriterionAdded(added) => vec![Touch::Part(added.criterion.to_string())],
        Body::CriterionChecked(part)
        | Body::CriterionUnchecked(part)
        | Body::CriterionRemoved(part)
        | Body::NoteRemoved(part)
        | Body::LinkRemoved(part) => vec![Touch::Part(part.id.to_string())],
        Body::NoteAdded(added) => vec![Touch::Part(added.note.to_string())],
        Body::LinkAdded(added) => vec![Touch::Part(added.link.to_string())],
        Body::DependencyAdded(on) | Body::DependencyRemoved(on) => {
            vec![Touch::Part(on.on.to_string())]
        }
        Body::BlockerRaised(raised) => vec![Touch::Part(raised.blocker.to_string())],
        Body::BlockerCleared(cleared) => vec![Touch::Part(cleared.blocker.to_string())],
        Body::MilestoneStarted(_)
        | Body::MilestonePaused(_)
        | Body::MilestoneResumed(_)
        | Body::MilestoneCompleted(_)
        | Body::MilestoneReopened(_)
        | Body::MilestoneCancelled(_)
        | Body::MilestoneArchived(_)
        | Body::MilestoneRestored(_)
        | Body::TaskStarted(_)
        | Body::TaskCompleted(_)
        | Body::TaskReopened(_)
        | Body::TaskCancelled(_)
        | Body::TaskRemoved(_) => vec![Touch::Status],
        body => risk_touch(body).map_or_else(|| phase_touches(body), |touch| vec![touch]),
    }
}

/// The events that take back one event of the record `key`, given the plan before that record.
///
/// # Errors
///
/// Why there is no opposite, in words.
pub fn opposite(
    before: &dyn Plan,
    event: &Event<'_>,
    key: RecordKey,
    index: usize,
    ids: &mut Ids,
) -> Result<Vec<Event<'static>>, String> {
    let none = || format!("{} has no opposite", event.kind());
    if matches!(event.body, Body::Undone(_)) {
        return Ok(Vec::new());
    }
    if let Body::SettingChanged(setting) = &event.body {
        return Ok(vec![Event::project(setting_back(before, setting))]);
    }
    let stream = event.stream().ok_or_else(none)?;
    if let Some(events) = phases_back(before, &stream, event, (key, index)) {
        return events.ok_or_else(none);
    }
    let mut left_open = Vec::new();
    let (item, home) = match stream.name() {
        StreamName::Project => return Err(none()),
        StreamName::Milestone(id) => {
            let held = before.milestone(id);
            left_open = held.as_ref().map(|held| held.left_open.clone()).unwrap_or_default();
            (held.map(|held| held.item.clone()), None)
        }
        StreamName::Task(..) => {
            let task = before.task(stream.as_str());
            (task.as_ref().map(|held| held.item.clone()), task)
        }
    };
    let item = item.unwrap_or_else(|| Item::unborn(""));
    let task = match stream.name() {
        StreamName::Task(_, slug) => Some(Text::from(slug.to_owned())),
        _ => None,
    };
    let mut bodies = match &event.body {
        Body::TaskMoved(_) => {
            let home = home.ok_or_else(none)?;
            let moved = TaskMoved {
                task: task.clone().ok_or_else(none)?,
                to: home.home.to_string().into(),
                slug: home.slug.to_string().into(),
                position: item.position,
            };
            vec![Body::TaskMoved(moved)]
        }
        Body::MilestoneEdited(edited) => {
            vec![Body::MilestoneEdited(edit_back(task.clone(), &item, edited))]
        }
        Body::TaskEdited(edited) => vec![Body::TaskEdited(edit_back(task.clone(), &item, edited))],
        body => match status_back(body, &item, task.as_ref()) {
            Some(bodies) => bodies,
            None => part_back(body, &item, task.clone(), ids).ok_or_else(none)?,
        },
    };
    if has_note(&event.body) {
        let id = Text::from(format!("{key}-{index}"));
        bodies.push(Body::NoteRemoved(Part { task, id }));
    }
    let milestone = stream.milestone_part().expect("it is of a milestone or a task");
    let again = bodies.into_iter().map(|mut body| {
        if let Body::MilestoneCompleted(change) = &mut body {
            change.open = left_open.iter().map(|open| Text::from(open.to_string())).collect();
        }
        let at = time_of(&body, &event.body, &item);
        Event { at, ..Event::of(milestone, body) }
    });
    Ok(again.collect())
}

/// What gives a setting its earlier value.
fn setting_back(before: &dyn Plan, changed: &SettingChanged<'_>) -> Body<'static> {
    let project = before.project();
    let held = project.settings.get(&*changed.key).and_then(|held| held.value.clone());
    let (key, value) = (changed.key.clone().into_owned(), held.map(|json| RawText(json.into())));
    Body::SettingChanged(SettingChanged { key, value })
}

/// When what `body` brings back really happened: what is begun again was begun when it was.
fn time_of(body: &Body<'_>, undone: &Body<'_>, item: &Item) -> Option<Timestamp> {
    match body {
        Body::TaskStarted(_) => item.started_at,
        Body::MilestoneReopened(change)
            if change.to.is_none() && matches!(undone, Body::MilestoneReopened(_)) =>
        {
            item.started_at
        }
        Body::TaskCompleted(_) | Body::MilestoneCompleted(_) => item.completed_at,
        Body::RiskClosed(closed) => {
            item.risks.iter().find(|held| *held.id == *closed.risk)?.closed_at
        }
        _ => None,
    }
}

/// True if the event brought a note along that has no id of its own.
fn has_note(body: &Body<'_>) -> bool {
    match body {
        Body::ProgressUpdated(progress) => progress.notes.is_some(),
        Body::BlockerCleared(cleared) => cleared.notes.is_some(),
        Body::MilestoneStarted(change)
        | Body::MilestonePaused(change)
        | Body::MilestoneResumed(change)
        | Body::MilestoneCompleted(change)
        | Body::MilestoneReopened(change)
        | Body::MilestoneCancelled(change)
        | Body::TaskStarted(change)
        | Body::TaskCompleted(change)
        | Body::TaskReopened(change)
        | Body::TaskCancelled(change) => change.notes.is_some(),
        _ => false,
    }
}

/// The edit that gives the fields their earlier values.
fn edit_back(task: Option<Text<'static>>, item: &Item, edited: &Edited<'_>) -> Edited<'static> {
    let mut back = Edited { task, ..Edited::default() };
    for (field, _) in &edited.set.set {
        back.set.put(*field, value_of(item, *field));
    }
    let texts = |list: &[Text<'_>], held: bool, field: ListField| -> Vec<Text<'static>> {
        let was = |text: &&Text<'_>| item.list(field).iter().any(|had| **had == ***text) == held;
        list.iter().filter(was).map(|text| text.clone().into_owned()).collect()
    };
    for (field, list) in &edited.add.lists {
        back.remove.lists.push((*field, texts(list, false, *field)));
    }
    for (field, list) in &edited.remove.lists {
        back.add.lists.push((*field, texts(list, true, *field)));
    }
    back
}

fn value_of(item: &Item, field: Field) -> Value<'static> {
    let number = |number: Option<u32>| number.map_or(Value::Null, |n| Value::Number(n.into()));
    match field {
        Field::Priority => item.priority.map_or(Value::Null, Value::Priority),
        Field::Start => item.start.map_or(Value::Null, Value::Date),
        Field::Due => item.due.map_or(Value::Null, Value::Date),
        Field::Estimate => number(item.estimate),
        Field::Weight => number(item.weight),
        Field::Position => Value::Number(item.position),
        field => item.field_text(field).map_or(Value::Null, |text| Value::Text(text.into())),
    }
}

/// The status events that lead back to the stage before; `None` if this is no status event.
fn status_back(
    body: &Body<'_>,
    item: &Item,
    task: Option<&Text<'static>>,
) -> Option<Vec<Body<'static>>> {
    let change = || Transition { task: task.cloned(), ..Transition::default() };
    let undone = || Transition { reason: Some(UNDONE.into()), ..change() };
    // Reopening forgets when work began, so that is said again.
    let after_start = |body: &Body<'_>, end| match (body, item.started_at) {
        (Body::TaskReopened(_), Some(_)) => vec![Body::TaskStarted(change()), end],
        _ => vec![end],
    };
    let done = || Transition { tasks_completed: task.cloned().into_iter().collect(), ..change() };
    Some(match body {
        Body::MilestoneCreated(_) => vec![Body::MilestoneCancelled(undone())],
        Body::TaskAdded(_) => vec![Body::TaskRemoved(change())],
        Body::TaskStarted(_)
        | Body::TaskCompleted(_)
        | Body::TaskReopened(_)
        | Body::TaskCancelled(_)
        | Body::TaskRemoved(_) => match item.stage {
            Stage::Open => vec![Body::TaskReopened(change())],
            Stage::Underway | Stage::Paused => {
                vec![Body::TaskReopened(change()), Body::TaskStarted(change())]
            }
            Stage::Done => after_start(body, Body::TaskCompleted(done())),
            Stage::Cancelled | Stage::Archived => after_start(body, Body::TaskCancelled(undone())),
            Stage::Removed => vec![Body::TaskRemoved(change())],
        },
        Body::MilestoneArchived(_) => vec![Body::MilestoneRestored(change())],
        Body::MilestoneRestored(_) => vec![Body::MilestoneArchived(change())],
        Body::MilestoneStarted(_)
        | Body::MilestonePaused(_)
        | Body::MilestoneResumed(_)
        | Body::MilestoneCompleted(_)
        | Body::MilestoneReopened(_)
        | Body::MilestoneCancelled(_) => match item.stage {
            Stage::Open => {
                let to = Some(PLANNED.into());
                vec![Body::MilestoneReopened(Transition { to, ..change() })]
            }
            Stage::Underway if matches!(body, Body::MilestonePaused(_)) => {
                vec![Body::MilestoneResumed(change())]
            }
            Stage::Underway => vec![Body::MilestoneReopened(change())],
            Stage::Paused => vec![Body::MilestonePaused(change())],
            Stage::Done => vec![Body::MilestoneCompleted(change())],
            Stage::Cancelled | Stage::Removed => vec![Body::MilestoneCancelled(undone())],
            Stage::Archived => vec![Body::MilestoneArchived(change())],
        },
        _ => return None,
    })
}

/// The event that takes back a note, a criterion and so on; `None` if there is none.
fn part_back(
    body: &Body<'_>,
    item: &Item,
    task: Option<Text<'static>>,
    ids: &mut Ids,
) -> Option<Vec<Body<'static>>> {
    let part = |id: &str| Part { task: task.clone(), id: id.to_owned().into() };
    if let Some(back) = risk_back(body, item, task.as_ref()) {
        return Some(vec![back]);
    }
    Some(vec![match body {
        Body::ProgressUpdated(_) => {
            let mut progress = Progress { task, ..Progress::default() };
            match item.report {
                Some(report) if !report.percent => {
                    (progress.done, progress.of) = (Some(report.done), Some(report.of));
                }
                report => progress.progress_percentage = Some(report.map_or(0, |held| held.done)),
            }
            Body::ProgressUpdated(progress)
        }
        Body::CriterionAdded(added) => Body::CriterionRemoved(part(&added.criterion)),
        Body::CriterionChecked(held) => Body::CriterionUnchecked(part(&held.id)),
        Body::CriterionUnchecked(held) => Body::CriterionChecked(part(&held.id)),
        Body::CriterionRemoved(held) => {
            let was = item.criteria.iter().find(|had| *had.id == *held.id)?;
            let (criterion, text) = (was.id.to_string().into(), was.text.to_string().into());
            let phase = was.phase.as_ref().map(|phase| phase.to_string().into());
            Body::CriterionAdded(CriterionAdded { task, criterion, text, phase })
        }
        Body::NoteAdded(added) => Body::NoteRemoved(part(&added.note)),
        Body::NoteRemoved(held) => {
            let was = item.notes.iter().find(|had| *had.id == *held.id)?;
            let (note, text) = (was.id.to_string().into(), was.text.to_string().into());
            Body::NoteAdded(NoteAdded { task, note, text })
        }
        Body::LinkAdded(added) => Body::LinkRemoved(part(&added.link)),
        Body::LinkRemoved(held) => {
            let was = item.links.iter().find(|had| *had.id == *held.id)?;
            let (link, kind) = (was.id.to_string().into(), was.kind.to_string().into());
            let to = was.to.to_string().into();
            Body::LinkAdded(LinkAdded { task, link, kind, to, source: None })
        }
        Body::DependencyAdded(on) => {
            Body::DependencyRemoved(Dependency::of(task, on.on.to_string(), Terms::default()))
        }
        Body::DependencyRemoved(on) => {
            let tie = item.ties.iter().find(|tie| *tie.on == *on.on);
            let terms = tie.map(Tie::terms).unwrap_or_default();
            Body::DependencyAdded(Dependency::of(task, on.on.to_string(), terms))
        }
        Body::BlockerRaised(raised) => {
            let blocker = raised.blocker.clone().into_owned();
            Body::BlockerCleared(BlockerCleared { task, blocker, notes: None })
        }
        Body::BlockerCleared(cleared) => {
            let was = item.blockers.iter().find(|had| *had.id == *cleared.blocker)?;
            Body::BlockerRaised(BlockerRaised {
                task,
                blocker: ids.draw().into(),
                blockers_encountered: vec![was.text.to_string().into()],
                on: was.on.as_ref().map(|on| on.to_string().into()),
                until: was.until,
            })
        }
        _ => return None,
    }])
}
