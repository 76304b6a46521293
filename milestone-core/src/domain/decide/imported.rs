//! What comes from another tool: one thing, one record, with its own times and authors.
//!
//! - **Invariant.** A thing that is here already, by its foreign id, becomes edits of what differs;
//!   nothing that was done here since is taken back.
//! - **Invariant.** A rule that a finished thing breaks is overridden with the reason `imported`.

use std::collections::BTreeSet;

use super::super::command::NewCriterion;
use super::super::event::{Body, Event};
use super::super::fields::{Field, Fields, ListField, Value};
use super::super::import::{ImportedEdge, ImportedItem, Remark};
use super::super::item::{Item, Stage};
use super::super::payload::{
    BlockerRaised, Created, CriterionAdded, Dependency, Edited, LinkAdded, NoteAdded, Part,
    Transition,
};
use super::super::raw_text::RawText;
use super::super::refusal::Refusal;
use super::super::tie::Terms;
use super::create::{POSITION_STEP, free};
use super::{Deciding, Target, title};
use crate::words::{Slug, StreamId, Text, Timestamp, slug_of};

/// Why an imported thing may break a rule.
const FORCED: &str = "imported";

/// The title there, if it is one.
fn titled(item: &ImportedItem) -> Option<&str> {
    item.fields.text(Field::Title).filter(|title| !title.trim().is_empty())
}

/// The title here: without one a thing is called by its id.
fn title_of(item: &ImportedItem) -> Result<&str, Refusal> {
    match titled(item) {
        Some(title) => Ok(title),
        None => title("title", &item.external_id).map(|_| item.external_id.as_str()),
    }
}

impl Deciding<'_> {
    pub(super) fn import(&mut self, item: &ImportedItem) -> Result<(), Refusal> {
        match self.foreign(&item.external_id) {
            Some(target) => self.import_changes(item, &target),
            None => self.import_new(item),
        }
    }

    /// What has this id in another tool.
    fn foreign(&self, id: &str) -> Option<Target> {
        self.plan.external(id).first().and_then(|stream| self.target_of(stream))
    }

    fn import_new(&mut self, item: &ImportedItem) -> Result<(), Refusal> {
        let title = title_of(item)?;
        let mut fields = item.fields.clone();
        fields.put(Field::Title, Value::Text(Text::from(title.to_owned())));
        let external_id = Text::from(item.external_id.clone());
        fields.put(Field::ExternalId, Value::Text(external_id));
        let source = item.source.as_ref().map(|source| RawText(source.0.clone().into()));
        let (milestone, task) = match &item.within {
            None => (self.free_milestone(title), None),
            Some(home) => {
                let home = self.home_of_import(home)?;
                let position = self.plan.last_position(home.as_str());
                fields.put(Field::Position, Value::Number(position.saturating_add(POSITION_STEP)));
                let slug = self.task_slug(&home, &BTreeSet::new(), None, title)?;
                (home, Some(slug))
            }
        };
        let text = task.as_ref().map(|slug| Text::from(slug.to_string()));
        let created = Created { task: text.clone(), fields, source };
        let body = match task {
            None => Body::MilestoneCreated(created),
            Some(_) => Body::TaskAdded(created),
        };
        self.said(&milestone, &item.created, body);
        self.import_parts(&milestone, text.as_ref(), item);
        self.import_status(&milestone, text.as_ref(), Stage::Open, item);
        if let Some(slug) = &text
            && item.stage.is_left()
        {
            self.left_open_there(&milestone, slug);
        }
        Ok(())
    }

    /// An open task that comes to a milestone which was finished there: it was left open there too,
    /// so the completion is said again with its name, at its own time.
    fn left_open_there(&mut self, milestone: &Slug, slug: &str) {
        let Some(home) = self.plan.milestone(milestone.as_str()) else { return };
        if home.item.stage != Stage::Done {
            return;
        }
        let task = format!("{milestone}/{slug}");
        let open = home.left_open.iter().map(ToString::to_string).chain([task]);
        let again = Transition {
            forced: Some(FORCED.into()),
            open: open.map(Text::from).collect(),
            ..Transition::default()
        };
        let at = home.item.completed_at;
        self.said_at(milestone, at, None, Body::MilestoneCompleted(again));
    }

    fn free_milestone(&self, title: &str) -> Slug {
        let slug = slug_of(title);
        let taken = |slug: &Slug| {
            crate::words::RESERVED_HANDLES.contains(&slug.as_str())
                || self.plan.milestone(slug.as_str()).is_some()
        };
        free(slug, taken)
    }

    /// The milestone of an imported task: a foreign id, or one of ours.
    fn home_of_import(&self, home: &str) -> Result<Slug, Refusal> {
        if let Some(target) = self.foreign(home) {
            return Ok(target.home().id.clone());
        }
        Ok(self.target(home)?.home().id.clone())
    }

    fn said(&mut self, milestone: &Slug, remark: &Remark, body: Body<'static>) {
        self.said_at(milestone, remark.at, remark.by.as_deref(), body);
    }

    fn said_at(
        &mut self,
        milestone: &Slug,
        at: Option<Timestamp>,
        by: Option<&str>,
        body: Body<'static>,
    ) {
        let by = by.map(|by| Text::from(by.to_owned()));
        self.events.push(Event { at, by, ..Event::of(milestone.as_str(), body) });
    }

    fn import_parts(
        &mut self,
        milestone: &Slug,
        task: Option<&Text<'static>>,
        item: &ImportedItem,
    ) {
        for new in &item.criteria {
            self.import_criterion(milestone, task, new, &item.created);
        }
        for note in &item.notes {
            self.import_note(milestone, task, note);
        }
        if let Some(blocker) = &item.blocker {
            let raised = BlockerRaised {
                task: task.cloned(),
                blocker: self.ids.draw().into(),
                blockers_encountered: vec![Text::from(blocker.clone())],
                ..BlockerRaised::default()
            };
            self.said(milestone, &item.created, Body::BlockerRaised(raised));
        }
    }

    fn import_criterion(
        &mut self,
        milestone: &Slug,
        task: Option<&Text<'static>>,
        new: &NewCriterion,
        said: &Remark,
    ) {
        let (id, task) = (Text::from(self.ids.draw()), task.cloned());
        let text = Text::from(new.text.clone());
        let added = CriterionAdded { task: task.clone(), criterion: id.clone(), text, phase: None };
        self.said(milestone, said, Body::CriterionAdded(added));
        if new.checked {
            self.said(milestone, said, Body::CriterionChecked(Part { task, id }));
        }
    }

    /// What can be checked off there and not here, and what was checked off there since. A check
    /// that was set here stays.
    fn import_criteria(
        &mut self,
        milestone: &Slug,
        task: Option<&Text<'static>>,
        here: &Item,
        item: &ImportedItem,
    ) {
        let now = Remark { text: String::new(), at: None, by: None };
        for new in &item.criteria {
            match here.criteria.iter().find(|held| *held.text == *new.text) {
                None => self.import_criterion(milestone, task, new, &now),
                Some(held) if new.checked && !held.checked => {
                    let id = Text::from(held.id.to_string());
                    let part = Part { task: task.cloned(), id };
                    self.said(milestone, &now, Body::CriterionChecked(part));
                }
                Some(_) => {}
            }
        }
    }

    fn import_note(&mut self, milestone: &Slug, task: Option<&Text<'static>>, note: &Remark) {
        let (id, text) = (self.ids.draw().into(), Text::from(note.text.clone()));
        let added = NoteAdded { task: task.cloned(), note: id, text };
        self.said(milestone, note, Body::NoteAdded(added));
    }

    /// Brings a thing from the stage it has here to the one it has there.
    fn import_status(
        &mut self,
        milestone: &Slug,
        task: Option<&Text<'static>>,
        from: Stage,
        item: &ImportedItem,
    ) {
        if from == item.stage {
            return;
        }
        let is_task = task.is_some();
        let change = |reason: Option<&str>, forced: bool| Transition {
            task: task.cloned(),
            reason: reason.filter(|text| !text.is_empty()).map(|text| Text::from(text.to_owned())),
            forced: forced.then(|| FORCED.into()),
            ..Transition::default()
        };
        if matches!(from, Stage::Done | Stage::Cancelled) {
            let body = if is_task { Body::TaskReopened } else { Body::MilestoneReopened };
            self.said_at(milestone, None, None, body(change(None, false)));
        }
        let under_way = matches!(item.stage, Stage::Underway | Stage::Paused);
        let begins = under_way || item.started_at.is_some();
        if begins && matches!(from, Stage::Open) {
            let at = item.started_at.or(item.created.at);
            let body = if is_task { Body::TaskStarted } else { Body::MilestoneStarted };
            self.said_at(milestone, at, None, body(change(None, false)));
        }
        let nothing = Remark { text: String::new(), at: None, by: None };
        let ended = item.ended.as_ref().unwrap_or(&nothing);
        match item.stage {
            Stage::Paused if !is_task => {
                self.said(
                    milestone,
                    ended,
                    Body::MilestonePaused(change(Some(&ended.text), false)),
                );
            }
            Stage::Done => {
                let mut done = change(Some(&ended.text), !is_task);
                done.tasks_completed.extend(task.cloned());
                if !is_task {
                    done.open = self.open_tasks(milestone);
                }
                let body = if is_task { Body::TaskCompleted } else { Body::MilestoneCompleted };
                self.said(milestone, ended, body(done));
            }
            Stage::Cancelled => {
                let body = if is_task { Body::TaskCancelled } else { Body::MilestoneCancelled };
                self.said(milestone, ended, body(change(Some(&ended.text), false)));
            }
            _ => {}
        }
    }

    /// The tasks that an import leaves open when it finishes their milestone.
    fn open_tasks(&self, milestone: &Slug) -> Vec<Text<'static>> {
        let rows = self.plan.rows(milestone.as_str());
        let open = rows.iter().filter(|row| row.stage.is_left());
        open.map(|row| Text::from(row.stream.to_string())).collect()
    }

    /// A thing that is here already: what differs becomes edits.
    fn import_changes(&mut self, item: &ImportedItem, target: &Target) -> Result<(), Refusal> {
        let here = target.item();
        let stream = target.stream();
        let origin = stream.milestone_part().expect("milestones and tasks are in one");
        let origin = Slug::new(origin).expect("a stream is named by slugs");
        let task = target.task();
        let mut set = Fields::default();
        let nameless = |field: Field| field == Field::Title && titled(item).is_none();
        for (field, value) in item.fields.set.iter().filter(|(field, _)| !nameless(*field)) {
            let mut copy = here.clone();
            copy.store(*field, value);
            if copy.field_text(*field) != here.field_text(*field) {
                set.set.push((*field, value.clone()));
            }
        }
        let mut add = Fields::default();
        for field in ListField::ALL {
            let missing =
                |text: &&Text<'static>| !here.list(field).iter().any(|held| **held == ***text);
            let new: Vec<_> = item.fields.list(field).iter().filter(missing).cloned().collect();
            if !new.is_empty() {
                add.lists.push((field, new));
            }
        }
        let source = item.source.as_ref().map(|source| RawText(source.0.clone().into()));
        // The edit is recorded even if no field of ours differs: the source did change.
        let edited = Edited { task: task.clone(), set, add, remove: Fields::default(), source };
        self.events.push(target.event(match target {
            Target::Milestone(_) => Body::MilestoneEdited(edited),
            Target::Task(..) => Body::TaskEdited(edited),
        }));
        self.import_criteria(&origin, task.as_ref(), here, item);
        let new = |note: &&Remark| !here.notes.iter().any(|held| *held.text == *note.text);
        for note in item.notes.iter().filter(new) {
            self.import_note(&origin, task.as_ref(), note);
        }
        if !matches!(here.stage, Stage::Archived | Stage::Removed) {
            self.import_status(&origin, task.as_ref(), here.stage, item);
        }
        Ok(())
    }

    pub(super) fn import_edge(&mut self, edge: &ImportedEdge) -> Result<(), Refusal> {
        let missing = |id: &str| Refusal::UnknownForeign { id: id.to_owned() };
        let from = self.foreign(&edge.from).ok_or_else(|| missing(&edge.from))?;
        let to = self.foreign(&edge.to).map(|target| target.stream());
        let source = edge.source.as_ref().map(|source| RawText(source.0.clone().into()));
        let body = if edge.dependency {
            let on = to.ok_or_else(|| missing(&edge.to))?;
            if from.item().dependencies.contains(&on) {
                return Ok(());
            }
            self.no_cycle(&from.stream(), &on)?;
            Body::DependencyAdded(Dependency {
                source,
                ..Dependency::of(from.task(), on.to_string(), Terms::default())
            })
        } else {
            let to = to.map_or_else(|| edge.to.clone(), |stream: StreamId| stream.to_string());
            Body::LinkAdded(LinkAdded {
                task: from.task(),
                link: self.ids.draw().into(),
                kind: Text::from(edge.kind.clone()),
                to: Text::from(to),
                source,
            })
        };
        let by = edge.by.as_deref().map(|by| Text::from(by.to_owned()));
        self.events.push(Event { at: edge.at, by, ..from.event(body) });
        Ok(())
    }
}
