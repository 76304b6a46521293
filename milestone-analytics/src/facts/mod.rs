//! What happened to every milestone and task, with times: what all figures are made of.
//!
//! Start at [`Facts::of`]; a [`Collector`] reads the records, [`past`] answers what was so when.
//!
//! - **Invariant.** The past stays as it was: whatever is asked about a day follows from what had
//!   happened by then, so a task that is moved, cancelled or reopened later changes no day before.
//! - **Invariant.** Something happened when it really did (`at`), not when it was recorded.
//! - **Absent on purpose.** What is only known of today: titles, labels, owners, dates, risks and
//!   estimates are those of the state, for no figure asks what they used to be.

mod collect;
mod past;
mod plan;

pub use collect::{COLLECTED_FORM, Collector};
pub use past::Extent;
pub use plan::{PhaseFacts, Saying, SayingKind};

use std::collections::{BTreeMap, BTreeSet};

use milestone_core::domain::{Item, Plan, RiskEntry, Stage, WEIGHT_DEFAULT};
use milestone_core::projection::State;
use milestone_core::words::{Date, Slug, StreamId, Timestamp};

use collect::{Becomes, Happened};

/// A time during which something was in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The blocker's id.
    pub what: Box<str>,
    /// What it says.
    pub text: Box<str>,
    /// Since when.
    pub from: Timestamp,
    /// Until when; `None` while it lasts.
    pub to: Option<Timestamp>,
}

/// A time during which one thing had to be done before another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// What must be done before.
    pub on: StreamId,
    /// Since when.
    pub from: Timestamp,
    /// Until when; `None` while it lasts.
    pub to: Option<Timestamp>,
}

/// An open risk of which a forecast can make something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Risk {
    /// How likely it is, in percent.
    pub percent: u32,
    /// By how much it would delay, in minutes of work.
    pub delay: u32,
}

/// What happened to a milestone or a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// The stages it went through, each with when it began; none follows itself.
    pub stages: Vec<(Stage, Timestamp)>,
    /// When it was created, as far as that is known.
    pub created_at: Option<Timestamp>,
    /// What was in its way.
    pub blocked: Vec<Span>,
    /// What had to be done before.
    pub needs: Vec<Need>,
    /// What it is called now.
    pub title: Box<str>,
    /// When it is due.
    pub due: Option<Date>,
    /// When it was due, each with since when; nothing if it never was.
    pub dues: Vec<(Option<Date>, Timestamp)>,
    /// The planned first day.
    pub start: Option<Date>,
    /// What may delay it.
    pub risks: Vec<Risk>,
    /// Open risks that say no chance or no delay.
    pub vague_risks: u32,
}

/// What happened to a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskFacts {
    /// The name of its stream.
    pub stream: StreamId,
    /// `<milestone>/<slug>`, as it is called now.
    pub reference: String,
    /// What happened to it.
    pub life: Life,
    /// The milestones it was in, each with since when; the first since ever.
    pub homes: Vec<(Slug, Timestamp)>,
    /// Its weights, each with since when; the first since ever.
    pub weights: Vec<(u32, Timestamp)>,
    /// Reported progress, so many of so many, each with when.
    pub reports: Vec<(u32, u32, Timestamp)>,
    /// The estimate, in minutes of work.
    pub estimate: Option<u32>,
    /// Work done, in minutes.
    pub time_spent: u32,
    /// Who answers for it, else who works on it.
    pub people: Vec<Box<str>>,
    /// Its labels.
    pub labels: Vec<Box<str>>,
    /// The phases of its workflow.
    pub phases: Vec<PhaseFacts>,
}

/// What happened to a milestone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MilestoneFacts {
    /// Its id.
    pub id: Slug,
    /// What happened to it.
    pub life: Life,
    /// What was said when its status changed, in order.
    pub said: Vec<Saying>,
}

/// What happened, at one moment of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Every task, by stream, removed ones included.
    pub tasks: BTreeMap<StreamId, TaskFacts>,
    /// Every milestone, by id.
    pub milestones: BTreeMap<Slug, MilestoneFacts>,
    /// When the last of what is known was recorded.
    pub recorded_until: Option<Timestamp>,
    /// Minutes to add to UTC for the days that figures count in.
    pub offset_minutes: i32,
    /// The tasks that are or were in each milestone.
    inside: BTreeMap<Slug, Vec<StreamId>>,
}

impl Facts {
    /// Makes facts of what was collected from the log that `state` is the fold of. Days are those
    /// of a clock `offset_minutes` east of UTC.
    pub fn of(collector: &Collector, state: &State, offset_minutes: i32) -> Self {
        let nothing = Happened::default();
        let of = |stream: &StreamId| {
            let mut happened = collector.streams.get(stream).unwrap_or(&nothing).clone();
            happened.sort();
            happened
        };
        let mut facts =
            Self { offset_minutes, recorded_until: collector.newest, ..Self::default() };
        for stream in state.task_streams() {
            let Some(task) = state.task(stream.as_str()) else { continue };
            let Some(origin) = stream.milestone_part().and_then(|id| Slug::new(id).ok()) else {
                continue;
            };
            let (item, happened) = (&task.item, of(&stream));
            let since_ever = Timestamp(i64::MIN);
            let homes = happened.homes.iter().map(|(moment, home)| (home.clone(), moment.at));
            let weight = |weight: &Option<u32>| weight.unwrap_or(WEIGHT_DEFAULT);
            let weights = happened.weights.iter().map(|(moment, of)| (weight(of), moment.at));
            let reports =
                happened.reports.iter().map(|(moment, (done, of))| (*done, *of, moment.at));
            let one = TaskFacts {
                reference: task.reference(),
                life: Life::of(&happened, item),
                homes: std::iter::once((origin, since_ever)).chain(homes).collect(),
                weights: std::iter::once((WEIGHT_DEFAULT, since_ever)).chain(weights).collect(),
                reports: reports.collect(),
                estimate: item.estimate,
                time_spent: item.time_spent,
                people: people(item),
                labels: item.labels.clone(),
                phases: PhaseFacts::all(task.workflow.as_ref(), &happened.turns),
                stream: stream.clone(),
            };
            let homes: BTreeSet<&Slug> = one.homes.iter().map(|(home, _)| home).collect();
            for home in homes {
                facts.inside.entry(home.clone()).or_default().push(stream.clone());
            }
            facts.tasks.insert(stream, one);
        }
        for milestone in state.milestones() {
            let happened = of(&milestone.stream());
            let life = Life::of(&happened, &milestone.item);
            let said = happened.said.into_iter().map(|(_, said)| said).collect();
            let id = milestone.id.clone();
            facts.milestones.insert(id.clone(), MilestoneFacts { id, life, said });
        }
        facts
    }

    /// The day of a moment.
    pub fn day(&self, at: Timestamp) -> i64 {
        at.date(self.offset_minutes).days()
    }

    /// The last moment of a day.
    pub fn end_of(&self, day: i64) -> Timestamp {
        Date::from_days(day).end(self.offset_minutes)
    }
}

fn people(item: &Item) -> Vec<Box<str>> {
    let mut people: Vec<Box<str>> = item.owner.iter().cloned().collect();
    if people.is_empty() {
        people.clone_from(&item.assignees);
    }
    people
}

impl Life {
    fn of(happened: &Happened, item: &Item) -> Self {
        let created = happened.becomes.iter().find(|(_, becomes)| *becomes == Becomes::Created);
        let risk = |held: &RiskEntry| Some(Risk { percent: held.percent()?, delay: held.delay? });
        let risks: Vec<Risk> = item.open_risks().filter_map(risk).collect();
        let vague = item.open_risks().count() - risks.len();
        Self {
            stages: stages(happened),
            created_at: created.map(|(moment, _)| moment.at),
            blocked: blocked(happened),
            needs: needs(happened),
            title: item.title.clone(),
            due: item.due,
            dues: happened.dues.iter().map(|(moment, due)| (*due, moment.at)).collect(),
            start: item.start,
            vague_risks: u32::try_from(vague).unwrap_or(u32::MAX),
            risks,
        }
    }
}

/// The stages that something went through, each with when it began.
fn stages(happened: &Happened) -> Vec<(Stage, Timestamp)> {
    let mut stages: Vec<(Stage, Timestamp)> = Vec::new();
    let mut archived_from = None;
    for (moment, becomes) in &happened.becomes {
        let now = stages.last().map(|(stage, _)| *stage);
        let to = match becomes {
            // A second clone that made the same thing changes nothing.
            Becomes::Created => now.unwrap_or(Stage::Open),
            Becomes::Restored => archived_from.take().unwrap_or(Stage::Done),
            Becomes::Stage(stage) => *stage,
        };
        if to == Stage::Archived && now != Some(Stage::Archived) {
            archived_from = Some(now.unwrap_or(Stage::Open));
        }
        if now != Some(to) {
            stages.push((to, moment.at));
        }
    }
    stages
}

fn blocked(happened: &Happened) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for (moment, (blocker, raised)) in &happened.blocks {
        let open = spans.iter_mut().find(|span| span.what == *blocker && span.to.is_none());
        match (open, raised) {
            (Some(span), None) => span.to = Some(moment.at),
            (None, Some(text)) => {
                let (what, text) = (blocker.clone(), text.clone());
                spans.push(Span { what, text, from: moment.at, to: None });
            }
            _ => {}
        }
    }
    spans
}

fn needs(happened: &Happened) -> Vec<Need> {
    let mut needs: Vec<Need> = Vec::new();
    for (moment, (on, added)) in &happened.needs {
        let open = needs.iter_mut().find(|need| need.on == *on && need.to.is_none());
        match (open, added) {
            (Some(need), false) => need.to = Some(moment.at),
            (None, true) => needs.push(Need { on: on.clone(), from: moment.at, to: None }),
            _ => {}
        }
    }
    needs
}
