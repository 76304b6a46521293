//! The rules: a command and the plan as it stands become events, or a refusal.
//!
//! Start at [`decide`]. Each family of commands has its file: `create`, `status`, `change`,
//! `parts`, `relate`, `phases`, `risks`, `session`, `imported`.
//!
//! - **Invariant.** Pure: the same plan, asker, ids and command give the same events.
//! - **Invariant.** All or nothing: a command on five tasks is decided for all five or refused.

mod change;
mod create;
mod gates;
mod imported;
mod parts;
mod pause;
mod phases;
mod relate;
mod risks;
mod session;
mod signed;
mod status;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::command::{Asker, Command};
use super::derived::effective_stage;
use super::event::{Body, Event};
use super::item::{Item, Stage};
use super::milestone::{Milestone, status_word};
use super::payload::{ConflictResolved, ProjectCreated, SettingChanged, Undone};
use super::plan::Plan;
use super::raw_text::RawText;
use super::reference::{reference_of, resolve};
use super::refusal::Refusal;
use super::task::Task;
use crate::words::{Ids, RecordId, StreamId, StreamName, Text};
use crate::words::{check_id_text, check_prose, check_title};

/// Checks a command against the rules and says what happens.
///
/// No events means that there is nothing to record: what was asked for is so already.
///
/// # Errors
///
/// [`Refusal`] names the thing, the rule, and by its kind the way out.
pub fn decide(
    plan: &dyn Plan,
    asker: &Asker<'_>,
    ids: &mut Ids,
    command: &Command,
) -> Result<Vec<Event<'static>>, Refusal> {
    let mut deciding = Deciding {
        plan,
        asker,
        ids,
        events: Vec::new(),
        started: BTreeSet::new(),
        finished: BTreeSet::new(),
    };
    deciding.command(command)?;
    let mut events = deciding.events;
    for event in &mut events {
        event.at = event.at.or(asker.at);
    }
    Ok(events)
}

/// A command while it is decided: the plan, and what the command has done to it so far.
struct Deciding<'d> {
    plan: &'d dyn Plan,
    asker: &'d Asker<'d>,
    ids: &'d mut Ids,
    events: Vec<Event<'static>>,
    /// Streams that this command begins.
    started: BTreeSet<StreamId>,
    /// Streams that this command finishes.
    finished: BTreeSet<StreamId>,
}

/// What a reference leads to.
#[derive(Clone)]
enum Target {
    Milestone(Arc<Milestone>),
    Task(Arc<Task>, Arc<Milestone>),
}

impl Target {
    fn item(&self) -> &Item {
        match self {
            Self::Milestone(milestone) => &milestone.item,
            Self::Task(task, _) => &task.item,
        }
    }

    fn stream(&self) -> StreamId {
        match self {
            Self::Milestone(milestone) => milestone.stream(),
            Self::Task(task, _) => task.stream.clone(),
        }
    }

    fn reference(&self) -> String {
        match self {
            Self::Milestone(milestone) => milestone.id.to_string(),
            Self::Task(task, _) => task.reference(),
        }
    }

    fn status(&self) -> &'static str {
        match self {
            Self::Milestone(milestone) => milestone.status(),
            Self::Task(task, _) => task.status(),
        }
    }

    /// The milestone it is, or is in.
    fn home(&self) -> &Arc<Milestone> {
        match self {
            Self::Milestone(milestone) | Self::Task(_, milestone) => milestone,
        }
    }

    /// The slug of a task at its origin, for `details`.
    fn task(&self) -> Option<Text<'static>> {
        match self {
            Self::Milestone(_) => None,
            Self::Task(task, _) => match task.stream.name() {
                StreamName::Task(_, slug) => Some(Text::from(slug.to_owned())),
                _ => None,
            },
        }
    }

    /// An event on this stream.
    fn event(&self, body: Body<'static>) -> Event<'static> {
        let stream = self.stream();
        Event::of(stream.milestone_part().expect("milestones and tasks are in one"), body)
    }
}

impl Deciding<'_> {
    fn command(&mut self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::CreateProject { name, demo } => self.create_project(name, *demo),
            Command::CreateMilestone { .. } => self.create_milestone(command),
            Command::AddTasks { on, tasks } => self.add_tasks(on, tasks),
            Command::Edit { targets, set, add, remove } => {
                targets.iter().try_for_each(|target| self.edit(target, set, add, remove))
            }
            Command::Start { targets, force } => self.start(targets, force.as_deref()),
            Command::Progress { target, value, note, time_spent } => {
                self.progress(target, *value, note.as_deref(), *time_spent)
            }
            Command::Complete { targets, force, note, time_spent, contents } => {
                let with = (*time_spent, contents.as_slice());
                self.complete(targets, force.as_deref(), note.as_deref(), with)
            }
            Command::Pause { targets, reason } => self.pause(targets, reason.as_deref()),
            Command::Resume { targets, reason } => self.resume(targets, reason.as_deref()),
            Command::Cancel { targets, reason } => self.cancel(targets, reason),
            Command::Reopen { targets, reason } => self.reopen(targets, reason.as_deref()),
            Command::Archive { targets, review } => self.archive(targets, review.as_deref()),
            Command::Restore { targets } => self.restore(targets),
            Command::RemoveTasks { targets } => self.remove_tasks(targets),
            Command::MoveTask { target, to, place } => self.move_task(target, to.as_deref(), place),
            Command::Block { target, text, on, until } => {
                self.block(target, text, on.as_deref(), *until)
            }
            Command::Unblock { target, blocker, note } => {
                self.unblock(target, blocker.as_deref(), note.as_deref())
            }
            Command::Note { target, text } => self.note(target, text),
            Command::Link { target, kind, to } => self.link(target, kind, to),
            Command::AddDependencies { target, after, terms } => {
                self.add_dependencies(target, after, *terms)
            }
            Command::RemoveDependencies { target, after } => {
                self.remove_dependencies(target, after)
            }
            Command::EnableWorkflow { targets, workflow } => self.enable(targets, workflow),
            Command::Phase { target, phase, step } => self.phase(target, phase.as_deref(), step),
            Command::Risk { target, step } => self.risk(target, step),
            Command::Check { target, items, checked } => self.check(target, items, *checked),
            Command::AddCriteria { target, texts } => self.add_criteria(target, texts),
            Command::ResolveConflict { conflict, note } => {
                self.resolve_conflict(conflict, note.as_deref())
            }
            Command::Session { session, step, on, branch, next, notes } => {
                self.session(&session::Asked {
                    session,
                    step: *step,
                    on: on.as_deref(),
                    branch: branch.as_deref(),
                    next: next.as_deref(),
                    notes: notes.as_deref(),
                })
            }
            Command::ChangeSetting { key, value } => self.change_setting(key, value.as_deref()),
            Command::SignCheckpoint(signed) => self.sign(signed),
            Command::Undo { record, opposite } => self.undo(*record, opposite),
            Command::Adopt { edits } => edits.iter().try_for_each(|edit| self.command(edit)),
            Command::Import(item) => self.import(item),
            Command::ImportEdge(edge) => self.import_edge(edge),
            Command::Custom { kind, target, details } => {
                self.custom(kind, target.as_deref(), details)
            }
        }
    }

    fn undo(&mut self, record: RecordId, opposite: &[Event<'static>]) -> Result<(), Refusal> {
        self.may_bring_back(opposite)?;
        self.events.extend(opposite.iter().cloned());
        self.events.push(Event::project(Body::Undone(Undone { record })));
        Ok(())
    }

    fn create_project(&mut self, name: &str, demo: bool) -> Result<(), Refusal> {
        let project = self.plan.project();
        if project.created_at.is_some() {
            return Err(Refusal::ProjectExists { name: project.name.clone() });
        }
        let name = title("name", name)?;
        self.events.push(Event::project(Body::ProjectCreated(ProjectCreated { name, demo })));
        Ok(())
    }

    fn change_setting(&mut self, key: &str, value: Option<&str>) -> Result<(), Refusal> {
        let bad = |what| move |fault| Refusal::BadText { what, fault };
        let key = check_id_text(key).map_err(bad("name of the setting"))?;
        let value = value.map(check_prose).transpose().map_err(bad("value of the setting"))?;
        let project = self.plan.project();
        let json = value.map(|text| serde_json::Value::from(text).to_string());
        let held = project.settings.get(key);
        let settled = held.is_none_or(|held| held.rivals.is_empty());
        if settled && held.and_then(|held| held.value.as_deref()) == json.as_deref() {
            return Ok(());
        }
        let (key, value) = (key.to_owned().into(), json.map(|json| RawText(json.into())));
        self.events.push(Event::project(Body::SettingChanged(SettingChanged { key, value })));
        Ok(())
    }

    /// What `asked` leads to. Removed tasks cannot be found.
    fn target(&self, asked: &str) -> Result<Target, Refusal> {
        self.target_within(asked, None)
    }

    fn target_within(&self, asked: &str, within: Option<&str>) -> Result<Target, Refusal> {
        let stream = resolve(self.plan, asked, within, self.asker.exact)?;
        self.target_of(&stream).ok_or_else(|| Refusal::UnknownRef { asked: asked.to_owned() })
    }

    fn target_of(&self, stream: &StreamId) -> Option<Target> {
        match stream.name() {
            StreamName::Project => None,
            StreamName::Milestone(id) => self.plan.milestone(id).map(Target::Milestone),
            StreamName::Task(..) => {
                let task = self.plan.task(stream.as_str())?;
                // The milestone of a task may be missing from a log that was cut.
                let home = self
                    .plan
                    .milestone(task.home.as_str())
                    .unwrap_or_else(|| Arc::new(Milestone::unborn(task.home.clone())));
                Some(Target::Task(task, home))
            }
        }
    }

    /// The same, each thing once, in the order asked.
    fn targets(&self, asked: &[String]) -> Result<Vec<Target>, Refusal> {
        let mut seen = BTreeSet::new();
        let mut targets = Vec::new();
        for asked in asked {
            let target = self.target(asked)?;
            if seen.insert(target.stream()) {
                targets.push(target);
            }
        }
        Ok(targets)
    }

    /// Like [`Deciding::target`], and refuses whatever is in an archived milestone.
    fn writable(&self, asked: &str, action: &'static str) -> Result<Target, Refusal> {
        let target = self.target(asked)?;
        self.not_archived(&target, action)?;
        Ok(target)
    }

    fn not_archived(&self, target: &Target, action: &'static str) -> Result<(), Refusal> {
        match target {
            Target::Milestone(milestone) if milestone.item.stage == Stage::Archived => {
                Err(wrong_status(target, action))
            }
            Target::Task(task, home) if home.item.stage == Stage::Archived => {
                Err(Refusal::MilestoneClosed {
                    milestone: home.id.to_string(),
                    status: home.status(),
                    reference: task.reference(),
                    action,
                })
            }
            _ => Ok(()),
        }
    }

    /// Refuses what cannot be done in a milestone that is finished, given up or put away.
    fn home_open(&self, target: &Target, action: &'static str) -> Result<(), Refusal> {
        self.home_lets(target, action, Stage::is_left)
    }

    /// Refuses work in a milestone that is over, or paused.
    fn home_at_work(&self, target: &Target, action: &'static str) -> Result<(), Refusal> {
        self.home_lets(target, action, |stage| stage.is_left() && stage != Stage::Paused)
    }

    fn home_lets(
        &self,
        target: &Target,
        action: &'static str,
        lets: fn(Stage) -> bool,
    ) -> Result<(), Refusal> {
        let home = target.home();
        let stage = self.stage_of(home);
        if lets(stage) {
            return Ok(());
        }
        Err(Refusal::MilestoneClosed {
            milestone: home.id.to_string(),
            status: status_word(stage),
            reference: target.reference(),
            action,
        })
    }

    /// The stage of a milestone as it counts now.
    fn stage_of(&self, milestone: &Milestone) -> Stage {
        effective_stage(milestone, &self.plan.rows(milestone.id.as_str()))
    }

    fn name_of(&self, stream: &StreamId) -> String {
        reference_of(self.plan, stream)
    }

    fn resolve_conflict(&mut self, asked: &str, note: Option<&str>) -> Result<(), Refusal> {
        let mut fits = Vec::new();
        let mut look = |target: Target| {
            let stream = target.stream();
            for conflict in &target.item().conflicts {
                let id = conflict.id(&stream);
                if !asked.is_empty() && id.starts_with(asked) {
                    fits.push((id, target.clone()));
                }
            }
        };
        for id in self.plan.milestone_ids() {
            let rows = self.plan.rows(id.as_str());
            let streams = rows.iter().map(|row| row.stream.clone());
            for stream in std::iter::once(StreamId::milestone(&id)).chain(streams) {
                self.target_of(&stream).into_iter().for_each(&mut look);
            }
        }
        let (id, target) = match fits.as_slice() {
            [one] => one.clone(),
            [] => return Err(Refusal::UnknownConflict { asked: asked.to_owned() }),
            many => {
                let candidates = many.iter().map(|(id, _)| id.clone()).collect();
                return Err(Refusal::AmbiguousRef { asked: asked.to_owned(), candidates });
            }
        };
        let notes = note.map(|note| prose("note", note)).transpose()?;
        let resolved = ConflictResolved { task: target.task(), conflict: id.into(), notes };
        self.events.push(target.event(Body::ConflictResolved(resolved)));
        Ok(())
    }

    fn custom(&mut self, kind: &str, target: Option<&str>, details: &str) -> Result<(), Refusal> {
        let parts: Vec<&str> = kind.split('.').collect();
        let plain = |part: &&str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        if parts.len() < 3 || parts[0] != "x" || !parts.iter().all(plain) {
            return Err(Refusal::BadKind { kind: kind.to_owned() });
        }
        let bad = || Refusal::BadDetails { kind: kind.to_owned() };
        let mut members: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(details).map_err(|_| bad())?;
        if members.values().any(has_float) {
            return Err(bad());
        }
        let body = |details: String| Body::Unknown {
            kind: Text::from(kind.to_owned()),
            details: RawText(details.into()),
        };
        let Some(target) = target else {
            self.events.push(Event::project(body(serde_json::Value::Object(members).to_string())));
            return Ok(());
        };
        let target = self.writable(target, "written to")?;
        match target.task() {
            Some(task) => members.insert("task".into(), task.to_string().into()),
            None => members.remove("task"),
        };
        self.events.push(target.event(body(serde_json::Value::Object(members).to_string())));
        Ok(())
    }
}

fn has_float(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Number(number) => number.is_f64(),
        serde_json::Value::Array(list) => list.iter().any(has_float),
        serde_json::Value::Object(members) => members.values().any(has_float),
        _ => false,
    }
}

fn wrong_status(target: &Target, action: &'static str) -> Refusal {
    Refusal::WrongStatus { reference: target.reference(), status: target.status(), action }
}

/// A title that was typed.
fn title(what: &'static str, text: &str) -> Result<Text<'static>, Refusal> {
    let text = check_title(text).map_err(|fault| Refusal::BadText { what, fault })?;
    Ok(Text::from(text.to_owned()))
}

/// A text of several lines that was typed.
fn prose(what: &'static str, text: &str) -> Result<Text<'static>, Refusal> {
    let text = check_prose(text).map_err(|fault| Refusal::BadText { what, fault })?;
    Ok(Text::from(text.to_owned()))
}
