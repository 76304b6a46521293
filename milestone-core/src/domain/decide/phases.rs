//! The phases of a task: their order, their gates, and who may open them.
//!
//! Start at [`Deciding::phase`].
//!
//! - **Invariant.** Agents and people submit; only people judge, and nobody approves what they
//!   submitted themselves.
//! - **Invariant.** A phase begins when every phase before it is finished and what was approved
//!   there is still what was submitted.

use std::collections::BTreeSet;

use super::super::command::{FileContent, NewDelivery, NewWorkflow, Step};
use super::super::event::{Body, Event};
use super::super::item::Stage;
use super::super::payload::{Part, Transition};
use super::super::refusal::Refusal;
use super::super::steps::{Content, Delivery, PhaseChange, WorkflowEnabled};
use super::super::workflow::{
    DELIVERABLES_MAX, PHASES_MAX, Phase, PhaseStatus, Workflow, is_agent,
};
use super::create::{ESTIMATE_MINUTES_MAX, WEIGHT_MAX};
use super::gates::{changed, unchanged};
use super::{Deciding, Target, prose, wrong_status};
use crate::words::{Slug, Text, check_id_text, fold};

/// A phase that a command is about.
struct At<'a> {
    target: &'a Target,
    workflow: &'a Workflow,
    phase: &'a Phase,
}

impl At<'_> {
    fn wrong(&self, action: &'static str) -> Refusal {
        let (reference, phase) = (self.target.reference(), self.phase.name.to_string());
        Refusal::WrongPhaseStatus { reference, phase, status: self.phase.status.word(), action }
    }

    fn change(&self, notes: Option<Text<'static>>) -> PhaseChange<'static> {
        let phase = Text::from(self.phase.name.to_string());
        PhaseChange { task: self.target.task(), phase, notes, ..PhaseChange::default() }
    }

    /// Refuses to hand over nothing where the workflow asks for something. Part of it will do: what
    /// is missing is for whoever approves to judge.
    fn has_delivered(&self) -> Result<(), Refusal> {
        let held = &self.phase.deliverables;
        if held.is_empty() || held.iter().any(|held| held.given.is_some()) {
            return Ok(());
        }
        let wanted = held.iter().map(|held| held.name.to_string()).collect();
        let (reference, phase) = (self.target.reference(), self.phase.name.to_string());
        Err(Refusal::NothingDelivered { reference, phase, wanted })
    }

    /// Refuses a phase before whose turn it is, and one behind a gate that no longer holds.
    fn in_turn(&self, contents: &[FileContent]) -> Result<(), Refusal> {
        let reference = self.target.reference();
        for before in self.workflow.phases.iter().take_while(|held| held.name != self.phase.name) {
            if !before.status.is_finished() {
                let (phase, status) = (self.phase.name.to_string(), before.status.word());
                let before = before.name.to_string();
                return Err(Refusal::PhaseOutOfOrder { reference, phase, before, status });
            }
            if before.approval_required {
                unchanged(&reference, before, contents)?;
            }
        }
        Ok(())
    }
}

impl Deciding<'_> {
    pub(super) fn enable(
        &mut self,
        asked: &[String],
        workflow: &NewWorkflow,
    ) -> Result<(), Refusal> {
        for target in self.targets(asked)? {
            self.not_archived(&target, "given a workflow")?;
            let Target::Task(task, _) = &target else {
                return Err(Refusal::NotATask { reference: target.reference() });
            };
            if target.item().is_closed() {
                return Err(wrong_status(&target, "given a workflow"));
            }
            self.home_open(&target, "given a workflow")?;
            let held = task.workflow.as_ref();
            let specs = |held: &Workflow| held.phases.iter().map(Phase::spec).collect::<Vec<_>>();
            let asked: Vec<_> = workflow.phases.iter().map(|phase| phase.spec.clone()).collect();
            if held.is_some_and(|held| *held.name == *workflow.name && specs(held) == asked) {
                continue;
            }
            if let Some(held) = held.filter(|held| !held.phases.iter().all(Phase::is_untouched)) {
                let (reference, workflow) = (target.reference(), held.name.to_string());
                return Err(Refusal::WorkflowBegun { reference, workflow });
            }
            let slug = target.task().unwrap_or_default();
            let stream = target.stream();
            let milestone = stream.milestone_part().expect("a task is born in a milestone");
            let mut workflow = workflow.clone();
            self.keep_criteria(&target, &mut workflow);
            self.workflow_of(milestone, &slug, &workflow)?;
        }
        Ok(())
    }

    /// Takes out what could be checked off in phases that are gone, and leaves out of the new ones
    /// what is there already.
    fn keep_criteria(&mut self, target: &Target, workflow: &mut NewWorkflow) {
        for held in &target.item().criteria {
            let Some(phase) = &held.phase else { continue };
            let mut phases = workflow.phases.iter_mut();
            let wanted = phases.find(|new| *new.spec.phase == **phase).and_then(|new| {
                let place = new.criteria.iter().position(|text| **text == *held.text)?;
                Some(new.criteria.remove(place))
            });
            if wanted.is_none() {
                let id = Text::from(held.id.to_string());
                let gone = Part { task: target.task(), id };
                self.events.push(target.event(Body::CriterionRemoved(gone)));
            }
        }
    }

    /// Gives the task of that slug a workflow.
    pub(super) fn workflow_of(
        &mut self,
        milestone: &str,
        task: &Text<'static>,
        workflow: &NewWorkflow,
    ) -> Result<(), Refusal> {
        check(workflow)?;
        let enabled = WorkflowEnabled {
            task: Some(task.clone()),
            workflow: Some(Text::from(workflow.name.clone())),
            phases: workflow.phases.iter().map(|phase| phase.spec.clone()).collect(),
        };
        self.events.push(Event::of(milestone, Body::WorkflowEnabled(enabled)));
        for phase in &workflow.phases {
            for text in &phase.criteria {
                let (name, task) = (Some(phase.spec.phase.as_str()), Some(task.clone()));
                self.criterion(milestone, task, name, &text.as_str().into())?;
            }
        }
        Ok(())
    }

    pub(super) fn phase(
        &mut self,
        asked: &str,
        named: Option<&str>,
        step: &Step,
    ) -> Result<(), Refusal> {
        let target = self.writable(asked, "worked on")?;
        let reference = target.reference();
        let Target::Task(task, _) = &target else { return Err(Refusal::NotATask { reference }) };
        let task = task.clone();
        let Some(workflow) = &task.workflow else { return Err(Refusal::NoWorkflow { reference }) };
        if task.item.is_closed() {
            return Err(wrong_status(&target, "worked on"));
        }
        match step {
            Step::Plan { .. } => self.home_open(&target, "worked on")?,
            _ => self.home_at_work(&target, "worked on")?,
        }
        let phase = match named {
            Some(asked) => workflow.phase(asked).ok_or_else(|| Refusal::UnknownPhase {
                reference,
                asked: asked.to_owned(),
                phases: workflow.phases.iter().map(|phase| phase.name.to_string()).collect(),
            })?,
            None => workflow.current().ok_or(Refusal::PhasesFinished { reference })?,
        };
        let at = At { target: &target, workflow, phase };
        match step {
            Step::Start { contents } => self.start_phase(&at, contents),
            Step::Deliver { name, delivery, contents } => {
                self.deliver(&at, name, delivery, contents)
            }
            Step::TakeBack { name } => self.take_back(&at, name),
            Step::Submit { contents, note } => self.submit(&at, contents, note.as_deref()),
            Step::Approve { contents, note } => self.approve(&at, contents, note.as_deref()),
            Step::RequestChanges { note } => self.send_back(&at, note, false),
            Step::Reject { note } => self.send_back(&at, note, true),
            Step::Plan { minutes_min, minutes_max } => {
                self.plan_phase(&at, *minutes_min, *minutes_max)
            }
        }
    }

    fn start_phase(&mut self, at: &At<'_>, contents: &[FileContent]) -> Result<(), Refusal> {
        if !matches!(at.phase.status, PhaseStatus::Pending | PhaseStatus::ChangesRequested) {
            return Err(at.wrong("started"));
        }
        at.in_turn(contents)?;
        if at.target.item().stage == Stage::Open {
            self.may_begin(at.target, None, "started")?;
            self.begin_home(at.target);
            let change = Transition { task: at.target.task(), ..Transition::default() };
            self.events.push(at.target.event(Body::TaskStarted(change)));
        }
        self.events.push(at.target.event(Body::PhaseStarted(at.change(None))));
        Ok(())
    }

    fn deliver(
        &mut self,
        at: &At<'_>,
        name: &str,
        delivery: &NewDelivery,
        contents: &[FileContent],
    ) -> Result<(), Refusal> {
        let bad = |what| move |fault| Refusal::BadText { what, fault };
        let name = check_id_text(name).map_err(bad("deliverable"))?;
        let NewDelivery { path, url, text, sha256 } = delivery;
        if path.is_none() && url.is_none() && text.is_none() {
            return Err(Refusal::EmptyDelivery { name: name.to_owned() });
        }
        let line = |text: &Option<String>, what| {
            let checked = text.as_deref().map(check_id_text).transpose().map_err(bad(what));
            checked.map(|text| text.map(|text| Text::from(text.to_owned())))
        };
        let given = at.phase.deliverables.len();
        if given >= DELIVERABLES_MAX && at.phase.deliverable(name).is_none() {
            let (given, max) = (given as u64 + 1, DELIVERABLES_MAX as u64);
            return Err(Refusal::TooLarge { what: "number of deliverables", given, max });
        }
        let delivered = Delivery {
            task: at.target.task(),
            phase: Text::from(at.phase.name.to_string()),
            deliverable: Text::from(name.to_owned()),
            path: line(path, "path")?,
            url: line(url, "address")?,
            text: text.as_deref().map(|text| prose("text", text)).transpose()?,
            sha256: line(sha256, "hash")?,
        };
        match at.phase.status {
            PhaseStatus::Pending => self.start_phase(at, contents)?,
            PhaseStatus::InProgress | PhaseStatus::ChangesRequested => {}
            _ => return Err(at.wrong("delivered to")),
        }
        self.events.push(at.target.event(Body::DeliverableAdded(delivered)));
        Ok(())
    }

    fn take_back(&mut self, at: &At<'_>, name: &str) -> Result<(), Refusal> {
        if !matches!(at.phase.status, PhaseStatus::InProgress | PhaseStatus::ChangesRequested) {
            return Err(at.wrong("taken from"));
        }
        if at.phase.deliverable(name).and_then(|held| held.given.as_ref()).is_none() {
            let (reference, phase) = (at.target.reference(), at.phase.name.to_string());
            let name = name.to_owned();
            return Err(Refusal::UnknownDeliverable { reference, phase, name });
        }
        let taken = Delivery {
            task: at.target.task(),
            phase: Text::from(at.phase.name.to_string()),
            deliverable: Text::from(name.to_owned()),
            ..Delivery::default()
        };
        self.events.push(at.target.event(Body::DeliverableRemoved(taken)));
        Ok(())
    }

    /// Hands a phase over. One that was handed over already can be so again once a file changed.
    fn submit(
        &mut self,
        at: &At<'_>,
        contents: &[FileContent],
        note: Option<&str>,
    ) -> Result<(), Refusal> {
        let again = at.phase.submitted_at.is_some() && !changed(at.phase, contents).is_empty();
        match at.phase.status {
            PhaseStatus::InProgress | PhaseStatus::ChangesRequested => {}
            PhaseStatus::Submitted | PhaseStatus::Approved | PhaseStatus::Done if again => {}
            PhaseStatus::Pending => {
                at.in_turn(contents)?;
                return Err(at.wrong("submitted"));
            }
            _ => return Err(at.wrong("submitted")),
        }
        at.in_turn(contents)?;
        at.has_delivered()?;
        let mut change = at.change(note.map(|note| prose("note", note)).transpose()?);
        for held in &at.phase.deliverables {
            let Some(path) = held.given.as_ref().and_then(|given| given.path.as_deref()) else {
                continue;
            };
            let Some(now) = contents.iter().find(|content| content.path == path) else { continue };
            let Some(sha256) = now.sha256.clone() else {
                let (reference, phase) = (at.target.reference(), at.phase.name.to_string());
                let (name, path) = (held.name.to_string(), path.to_owned());
                return Err(Refusal::DeliverableUnreadable { reference, phase, name, path });
            };
            change.contents.push(Content { deliverable: held.name.to_string(), sha256 });
        }
        self.events.push(at.target.event(Body::PhaseSubmitted(change)));
        Ok(())
    }

    /// Refuses an agent that wants to judge.
    fn is_person(&self, at: &At<'_>, action: &'static str) -> Result<(), Refusal> {
        if !is_agent(self.asker.actor) {
            return Ok(());
        }
        let (reference, phase) = (at.target.reference(), at.phase.name.to_string());
        let submitted_by = at.phase.submitted_by.as_ref().map(ToString::to_string);
        Err(Refusal::AgentCannotJudge { reference, phase, action, submitted_by })
    }

    fn approve(
        &mut self,
        at: &At<'_>,
        contents: &[FileContent],
        note: Option<&str>,
    ) -> Result<(), Refusal> {
        self.is_person(at, "approve")?;
        if at.phase.status != PhaseStatus::Submitted {
            return Err(at.wrong("approved"));
        }
        // Another spelling is nobody else.
        let submitter = at.phase.submitted_by.as_deref().map(|by| fold(by.trim()));
        if submitter == Some(fold(self.asker.actor.trim())) {
            let (reference, phase) = (at.target.reference(), at.phase.name.to_string());
            let actor = self.asker.actor.to_owned();
            return Err(Refusal::OwnSubmission { reference, phase, actor });
        }
        unchanged(&at.target.reference(), at.phase, contents)?;
        let notes = note.map(|note| prose("note", note)).transpose()?;
        self.events.push(at.target.event(Body::PhaseApproved(at.change(notes))));
        Ok(())
    }

    fn send_back(&mut self, at: &At<'_>, note: &str, reject: bool) -> Result<(), Refusal> {
        let notes = Some(prose("note", note)?);
        if reject {
            self.is_person(at, "reject")?;
            if at.phase.status != PhaseStatus::Submitted {
                return Err(at.wrong("rejected"));
            }
            self.events.push(at.target.event(Body::PhaseRejected(at.change(notes))));
            return Ok(());
        }
        self.is_person(at, "ask for changes")?;
        if at.phase.status != PhaseStatus::Submitted && !at.phase.status.is_finished() {
            return Err(at.wrong("sent back for changes"));
        }
        self.events.push(at.target.event(Body::PhaseChangesRequested(at.change(notes))));
        Ok(())
    }

    fn plan_phase(
        &mut self,
        at: &At<'_>,
        minutes_min: Option<u32>,
        minutes_max: Option<u32>,
    ) -> Result<(), Refusal> {
        if (at.phase.minutes_min, at.phase.minutes_max) == (minutes_min, minutes_max) {
            return Ok(());
        }
        let mut phases: Vec<_> = at.workflow.phases.iter().map(Phase::spec).collect();
        for spec in phases.iter_mut().filter(|spec| *spec.phase == *at.phase.name) {
            (spec.minutes_min, spec.minutes_max) = (minutes_min, minutes_max);
            in_order(&at.workflow.name, spec.minutes_min, spec.minutes_max)?;
        }
        let workflow = Some(Text::from(at.workflow.name.to_string()));
        let enabled = WorkflowEnabled { task: at.target.task(), workflow, phases };
        self.events.push(at.target.event(Body::WorkflowEnabled(enabled)));
        Ok(())
    }

    /// Undoing must not be a way to an approval that could not be given.
    pub(super) fn may_bring_back(&self, opposite: &[Event<'_>]) -> Result<(), Refusal> {
        let mut submitter = None;
        for event in opposite {
            let change = match &event.body {
                Body::PhaseSubmitted(_) => {
                    submitter = event.by.as_deref().map(|by| fold(by.trim()));
                    continue;
                }
                Body::PhaseApproved(change) => change,
                _ => continue,
            };
            let actor = self.asker.actor;
            let reference = event.stream().map(|stream| self.name_of(&stream)).unwrap_or_default();
            let (phase, action, submitted_by) = (change.phase.to_string(), "approve", None);
            if is_agent(actor) {
                return Err(Refusal::AgentCannotJudge { reference, phase, action, submitted_by });
            }
            if submitter == Some(fold(actor.trim())) {
                return Err(Refusal::OwnSubmission { reference, phase, actor: actor.to_owned() });
            }
        }
        Ok(())
    }
}

/// Refuses a definition that makes no sense.
fn check(workflow: &NewWorkflow) -> Result<(), Refusal> {
    let bad = |why: String| Refusal::BadWorkflow { workflow: workflow.name.clone(), why };
    let id = |id: &str| Slug::new(id).map_err(|fault| Refusal::BadId { id: id.to_owned(), fault });
    id(&workflow.name)?;
    if !(1..=PHASES_MAX).contains(&workflow.phases.len()) {
        let count = match workflow.phases.len() {
            0 => "no".to_owned(),
            count => count.to_string(),
        };
        return Err(bad(format!("it has {count} phases, and 1 to {PHASES_MAX} can be followed")));
    }
    let mut seen = BTreeSet::new();
    for phase in &workflow.phases {
        let spec = &phase.spec;
        id(&spec.phase)?;
        if !seen.insert(&spec.phase) {
            return Err(bad(format!("the phase \"{}\" is there twice", spec.phase)));
        }
        if i64::from(spec.weight) > WEIGHT_MAX {
            return Err(bad(format!("the weight of \"{}\" is over {WEIGHT_MAX}", spec.phase)));
        }
        in_order(&workflow.name, spec.minutes_min, spec.minutes_max)?;
        if spec.deliverables.len() > DELIVERABLES_MAX {
            let name = &spec.phase;
            return Err(bad(format!("\"{name}\" wants over {DELIVERABLES_MAX} deliverables")));
        }
        let mut names = BTreeSet::new();
        for name in &spec.deliverables {
            check_id_text(name).map_err(|fault| Refusal::BadText { what: "deliverable", fault })?;
            if !names.insert(name) {
                return Err(bad(format!("\"{}\" wants \"{name}\" twice", spec.phase)));
            }
        }
    }
    Ok(())
}

/// Refuses a duration whose least is more than its most, or that nobody lives to see.
fn in_order(workflow: &str, min: Option<u32>, max: Option<u32>) -> Result<(), Refusal> {
    let bad = |why: String| Refusal::BadWorkflow { workflow: workflow.to_owned(), why };
    match (min, max) {
        (Some(min), Some(max)) if min > max => {
            Err(bad(format!("a duration goes from {min} down to {max} minutes")))
        }
        (min, max) if i64::from(min.max(max).unwrap_or(0)) > ESTIMATE_MINUTES_MAX => {
            Err(bad("a duration is over a hundred years".to_owned()))
        }
        _ => Ok(()),
    }
}
