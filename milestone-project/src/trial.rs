//! Trying out: what the plan would be, had some events happened.
//!
//! Start at [`Trial`]. What is decided one on top of the other, and what must leave no rule broken,
//! is tried on a copy of the state first.
//!
//! - **Invariant.** A trial writes nothing and changes no state but its own.

use std::collections::BTreeSet;

use milestone_core::domain::{
    Asker, Body, Command, Event, Item, Plan, Refusal, Stage, decide, effective_stage, path,
    reference_of,
};
use milestone_core::log::{Reads, Record, record};
use milestone_core::projection::{Folder, State};
use milestone_core::words::{Ids, RecordId, Slug, StreamId, StreamName, Text};
use sha2::{Digest, Sha256};

/// A copy of the state, on which things happen that are not recorded yet.
pub(crate) struct Trial<'t> {
    /// The plan as it would be.
    pub(crate) state: State,
    asker: &'t Asker<'t>,
    ids: &'t mut Ids,
    clock: u64,
}

impl<'t> Trial<'t> {
    /// A trial on `state`, whose newest record has `max_clock`.
    pub(crate) fn on(
        state: &State,
        max_clock: u64,
        asker: &'t Asker<'t>,
        ids: &'t mut Ids,
    ) -> Self {
        Self { state: state.clone(), asker, ids, clock: max_clock }
    }

    /// Decides a command on what was decided before it.
    pub(crate) fn decide(&mut self, command: &Command) -> Result<Vec<Event<'static>>, Refusal> {
        let events = decide(&self.state, self.asker, self.ids, command)?;
        self.happen(&events);
        Ok(events)
    }

    /// Lets the events happen in this state.
    pub(crate) fn happen(&mut self, events: &[Event<'static>]) {
        if events.is_empty() {
            return;
        }
        self.clock = self.clock.saturating_add(1);
        let streams: BTreeSet<StreamId> = events.iter().filter_map(Event::stream).collect();
        let reads: Reads<'_> = streams
            .iter()
            .map(|stream| (Text::from(stream.to_string()), self.state.frontier(stream.as_str())))
            .collect();
        let record = Record {
            // No record of the log: any name that no other has will do.
            id: RecordId(Sha256::digest(self.clock.to_be_bytes()).into()),
            v: record::FORMAT_VERSION,
            prev: Vec::new().into(),
            clock: self.clock,
            timestamp: self.asker.now,
            actor: Text::from(self.asker.actor),
            session_id: Text::from(""),
            user_context: None,
            command_id: None,
            reads,
            events: events.to_vec().into(),
        };
        let mut folder = Folder::onto(std::mem::take(&mut self.state));
        folder.fold(&record).expect("a record that read every head follows them");
        self.state = folder.state;
    }
}

/// The rule that `events` break, which lead from `before` to `after`; what was broken before them
/// is not theirs.
pub(crate) fn broken(before: &State, after: &State, events: &[Event<'_>]) -> Option<String> {
    let streams: BTreeSet<StreamId> = events.iter().filter_map(Event::stream).collect();
    let mut homes: BTreeSet<Slug> = BTreeSet::new();
    for stream in &streams {
        match stream.name() {
            StreamName::Project => {}
            StreamName::Milestone(id) => homes.extend(Slug::new(id)),
            StreamName::Task(..) => {
                let tasks = [before, after].map(|plan| plan.task(stream.as_str()));
                homes.extend(tasks.into_iter().flatten().map(|task| task.home.clone()));
            }
        }
    }
    homes
        .iter()
        .find_map(|home| broken_in(before, after, home))
        .or_else(|| streams.iter().find_map(|stream| out_of_order(before, after, stream)))
        .or_else(|| closed_cycle(before, after, events))
}

/// What the milestone `id` and its tasks say against it.
fn broken_in(before: &State, after: &State, id: &Slug) -> Option<String> {
    let id = id.as_str();
    let (was, is) = (before.milestone(id), after.milestone(id)?);
    let stage_was = was.as_ref().map(|was| was.item.stage);
    if is.item.stage == Stage::Archived && stage_was == Some(Stage::Archived) {
        return Some(format!("{id} is archived; `milestone unarchive {id}` brings it back"));
    }
    let rows = after.rows(id);
    let open_again = |milestone: &milestone_core::domain::Milestone, plan: &State| {
        milestone.item.stage == Stage::Done
            && effective_stage(milestone, &plan.rows(id)) != Stage::Done
    };
    if open_again(&is, after) && !was.is_some_and(|was| open_again(&was, before)) {
        return Some(format!("{id} is completed and would have an open task; reopen it first"));
    }
    if is.item.stage == Stage::Open && stage_was != Some(Stage::Open) {
        let begun = rows.iter().find(|row| matches!(row.stage, Stage::Underway | Stage::Done));
        if let Some(row) = begun {
            let task = reference_of(after, &row.stream);
            return Some(format!("{id} would be planned, and work on {task} has begun"));
        }
    }
    let twice = |plan: &State| {
        let (mut slugs, rows) = (BTreeSet::new(), plan.rows(id));
        let mut here = rows.iter().filter(|row| row.stage != Stage::Removed);
        here.find(|row| !slugs.insert(row.slug.clone())).map(|row| row.slug.clone())
    };
    match (twice(before), twice(after)) {
        (None, Some(slug)) => Some(format!("there is another {id}/{slug} by now")),
        _ => None,
    }
}

fn item_of(plan: &State, stream: &StreamId) -> Option<Item> {
    match stream.name() {
        StreamName::Project => None,
        StreamName::Milestone(id) => plan.milestone(id).map(|held| held.item.clone()),
        StreamName::Task(..) => plan.task(stream.as_str()).map(|held| held.item.clone()),
    }
}

/// Due before it starts, and was not.
fn out_of_order(before: &State, after: &State, stream: &StreamId) -> Option<String> {
    let crossed = |plan: &State| {
        let item = item_of(plan, stream)?;
        item.start.zip(item.due).filter(|(start, due)| due < start)
    };
    let (start, due) = crossed(after).filter(|_| crossed(before).is_none())?;
    let what = reference_of(after, stream);
    Some(format!("{what} would be due {due}, before its start {start}"))
}

/// What `stream` itself and, for a task, its milestone wait for.
fn dependencies(plan: &State, stream: &StreamId) -> BTreeSet<StreamId> {
    let mut all: BTreeSet<StreamId> = BTreeSet::new();
    all.extend(item_of(plan, stream).into_iter().flat_map(|item| item.dependencies));
    if let Some(task) = plan.task(stream.as_str()) {
        let home = StreamId::milestone(&task.home);
        all.extend(item_of(plan, &home).into_iter().flat_map(|item| item.dependencies));
    }
    all
}

/// A cycle that was not there.
fn closed_cycle(before: &State, after: &State, events: &[Event<'_>]) -> Option<String> {
    let mut from: BTreeSet<StreamId> = BTreeSet::new();
    for event in events {
        let Some(stream) = event.stream() else { continue };
        match event.body {
            Body::DependencyAdded(_) => {
                // The tasks of a milestone wait for what it waits for.
                if let StreamName::Milestone(id) = stream.name() {
                    from.extend(after.rows(id).iter().map(|row| row.stream.clone()));
                }
            }
            Body::TaskMoved(_)
            | Body::TaskReopened(_)
            | Body::TaskStarted(_)
            | Body::TaskCompleted(_) => {}
            _ => continue,
        }
        from.insert(stream);
    }
    for stream in from {
        let had = dependencies(before, &stream);
        for on in dependencies(after, &stream) {
            let Some(mut way) = path(after, &on, &stream) else { continue };
            if had.contains(&on) && path(before, &on, &stream).is_some() {
                continue;
            }
            way.insert(0, stream);
            let way: Vec<_> = way.iter().map(|at| reference_of(after, at)).collect();
            return Some(format!("it would close a cycle: {}", way.join(" → ")));
        }
    }
    None
}
