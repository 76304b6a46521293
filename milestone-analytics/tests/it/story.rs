//! What happened in a project, told in few words, and the facts of it.
//!
//! Start at [`Story::told`]; day 1 is Sunday, the 1st of March 2026.

use milestone_analytics::{Collector, Facts};
use milestone_core::domain::{
    BlockerCleared, BlockerRaised, Body, Created, Dependency, Event, Field, Progress, TaskMoved,
    Transition, Value,
};
use milestone_core::log::{LogStore, Step, scan};
use milestone_core::projection::rebuild;
use milestone_core::words::{Date, Slug, Timestamp};
use milestone_testkit::Replica;

/// The facts of a log, in UTC.
pub(crate) fn facts_of<S: LogStore>(store: &S) -> Facts {
    let state = rebuild(store, "for a test").unwrap().state;
    let mut collector = Collector::new();
    scan(store, |step| match step {
        Step::Restart => collector = Collector::new(),
        Step::Line(line, _) => collector.take(&line.record, &state),
    })
    .unwrap();
    Facts::of(&collector, &state, 0)
}

/// Day `day` of March 2026 and after, as days since 1970-01-01.
pub(crate) fn day(day: i64) -> i64 {
    Date::parse("2026-03-01").unwrap().days() + day - 1
}

pub(crate) fn slug(text: &str) -> Slug {
    Slug::new(text).unwrap()
}

/// Who writes down what happened.
pub(crate) struct Story(pub(crate) Replica);

impl Story {
    /// With a milestone `api`, created on day 1 and due on day 20.
    pub(crate) fn told() -> Self {
        let mut story = Self(Replica::new("ann"));
        story.milestone(1, "api", Some(20));
        story
    }

    pub(crate) fn facts(&self) -> Facts {
        facts_of(self.0.store())
    }

    /// Records that `body` happened at ten o'clock on a day.
    pub(crate) fn on(&mut self, on: i64, milestone: &str, body: Body<'_>) {
        self.at(on, 10, milestone, body);
    }

    pub(crate) fn at(&mut self, on: i64, hour: i64, milestone: &str, body: Body<'_>) {
        let at = Date::from_days(day(on)).start(0).0 + hour * 3_600_000_000;
        let event = Event { at: Some(Timestamp(at)), ..Event::of(milestone, body) };
        self.0.write(&[event]);
    }

    pub(crate) fn milestone(&mut self, on: i64, id: &str, due: Option<i64>) {
        let mut created = Created::default();
        if let Some(due) = due {
            created.fields.put(Field::Due, Value::Date(Date::from_days(day(due))));
        }
        self.on(on, id, Body::MilestoneCreated(created));
    }

    pub(crate) fn complete(&mut self, on: i64, id: &str) {
        self.on(on, id, Body::MilestoneCompleted(Transition::default()));
    }

    pub(crate) fn add(&mut self, on: i64, task: &str) {
        self.add_with(on, task, &[]);
    }

    pub(crate) fn add_with(&mut self, on: i64, task: &str, fields: &[(Field, i64)]) {
        let (milestone, slug) = task.split_once('/').unwrap();
        let mut created = Created { task: Some(slug.into()), ..Created::default() };
        for (field, value) in fields {
            created.fields.put(*field, Value::Number(*value));
        }
        self.on(on, milestone, Body::TaskAdded(created));
    }

    pub(crate) fn start(&mut self, on: i64, task: &str) {
        self.change(on, task, Body::TaskStarted);
    }

    pub(crate) fn done(&mut self, on: i64, task: &str) {
        self.change(on, task, Body::TaskCompleted);
    }

    pub(crate) fn cancel(&mut self, on: i64, task: &str) {
        self.change(on, task, Body::TaskCancelled);
    }

    pub(crate) fn reopen(&mut self, on: i64, task: &str) {
        self.change(on, task, Body::TaskReopened);
    }

    fn change<'a>(&mut self, on: i64, task: &'a str, body: impl Fn(Transition<'a>) -> Body<'a>) {
        let (milestone, slug) = task.split_once('/').unwrap();
        self.on(on, milestone, body(Transition { task: Some(slug.into()), ..Default::default() }));
    }

    pub(crate) fn spend(&mut self, on: i64, task: &str, minutes: u32) {
        let (milestone, slug) = task.split_once('/').unwrap();
        let progress =
            Progress { task: Some(slug.into()), time_spent: minutes, ..Progress::default() };
        self.on(on, milestone, Body::ProgressUpdated(progress));
    }

    pub(crate) fn percent(&mut self, on: i64, task: &str, percent: u32) {
        let (milestone, slug) = task.split_once('/').unwrap();
        let progress = Progress {
            task: Some(slug.into()),
            progress_percentage: Some(percent),
            ..Progress::default()
        };
        self.on(on, milestone, Body::ProgressUpdated(progress));
    }

    pub(crate) fn shift(&mut self, on: i64, task: &str, to: &str) {
        let (milestone, slug) = task.split_once('/').unwrap();
        let moved =
            TaskMoved { task: slug.into(), to: to.into(), slug: slug.into(), position: 1024 };
        self.on(on, milestone, Body::TaskMoved(moved));
    }

    pub(crate) fn after(&mut self, on: i64, task: &str, before: &str) {
        let (milestone, slug) = task.split_once('/').unwrap();
        let needed =
            Dependency { task: Some(slug.into()), on: before.into(), ..Dependency::default() };
        self.on(on, milestone, Body::DependencyAdded(needed));
    }

    pub(crate) fn block(&mut self, on: i64, hour: i64, task: &str, why: &str) {
        let (milestone, slug) = task.split_once('/').unwrap();
        let raised = BlockerRaised {
            task: Some(slug.into()),
            blocker: "aaaaaaaa".into(),
            blockers_encountered: vec![why.into()],
            ..BlockerRaised::default()
        };
        self.at(on, hour, milestone, Body::BlockerRaised(raised));
    }

    pub(crate) fn unblock(&mut self, on: i64, hour: i64, task: &str) {
        let (milestone, slug) = task.split_once('/').unwrap();
        let cleared =
            BlockerCleared { task: Some(slug.into()), blocker: "aaaaaaaa".into(), notes: None };
        self.at(on, hour, milestone, Body::BlockerCleared(cleared));
    }
}
