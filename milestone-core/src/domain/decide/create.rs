//! Creating milestones and adding tasks.
//!
//! - **Invariant.** An id that is made from a title is made unique; one that was given is refused
//!   if it is taken.

use std::collections::BTreeSet;

use super::super::command::{Command, NewCriterion, NewTask};
use super::super::derived::path;
use super::super::event::{Body, Event};
use super::super::fields::{Field, Fields, ListField, Value};
use super::super::item::Stage;
use super::super::payload::{Created, CriterionAdded, Dependency, Part, Transition};
use super::super::refusal::Refusal;
use super::super::tie::Terms;
use super::{Deciding, Target, prose, title, wrong_status};
use crate::words::{Date, RESERVED_HANDLES, Slug, StreamId, Text, check_id_text, slug_of};

/// The distance between tasks that are added one after the other: room for others between them.
pub(super) const POSITION_STEP: i64 = 1024;

/// Largest estimate, in minutes: a hundred years.
pub(super) const ESTIMATE_MINUTES_MAX: i64 = 100 * 366 * 24 * 60;

/// Largest distance of a position from 0: a number that every reader of JSON keeps, with room for
/// more tasks behind it than a log can hold.
const POSITION_MAX: i64 = 1 << 52;

/// Largest weight of a task.
pub(super) const WEIGHT_MAX: i64 = 1_000_000;

impl Deciding<'_> {
    pub(super) fn create_milestone(&mut self, command: &Command) -> Result<(), Refusal> {
        let Command::CreateMilestone { title: asked, id, fields, criteria, tasks, after } = command
        else {
            return Ok(());
        };
        let name = title("title", asked)?;
        let id = self.milestone_id(id.as_deref(), &name)?;
        let mut all = Fields { set: vec![(Field::Title, Value::Text(name))], lists: Vec::new() };
        extend(&mut all, checked_fields(fields)?);
        check_dates(&all, None, None)?;
        let created = Created { task: None, fields: all, source: None };
        self.events.push(Event::of(id.as_str(), Body::MilestoneCreated(created)));
        for text in criteria {
            self.criterion(id.as_str(), None, None, &text.as_str().into())?;
        }
        let stream = StreamId::milestone(&id);
        for asked in after {
            let on = self.target(asked)?.stream();
            if on == stream {
                return Err(Refusal::DependsOnItself { reference: id.to_string() });
            }
            let dependency = Dependency::of(None, on.to_string(), Terms::default());
            self.events.push(Event::of(id.as_str(), Body::DependencyAdded(dependency)));
        }
        self.tasks_into(&id, tasks)
    }

    fn milestone_id(&self, given: Option<&str>, title: &str) -> Result<Slug, Refusal> {
        if let Some(given) = given {
            let id =
                Slug::new(given).map_err(|fault| Refusal::BadId { id: given.to_owned(), fault })?;
            if RESERVED_HANDLES.contains(&id.as_str()) {
                return Err(Refusal::ReservedId { id: id.to_string() });
            }
            if self.plan.milestone(id.as_str()).is_some() {
                return Err(Refusal::IdTaken { id: id.to_string() });
            }
            return Ok(id);
        }
        let taken = |id: &Slug| {
            RESERVED_HANDLES.contains(&id.as_str()) || self.plan.milestone(id.as_str()).is_some()
        };
        Ok(free(slug_of(title), taken))
    }

    pub(super) fn add_tasks(&mut self, on: &str, tasks: &[NewTask]) -> Result<(), Refusal> {
        let target = self.writable(on, "added to")?;
        let Target::Milestone(milestone) = &target else {
            return Err(Refusal::NotAMilestone { reference: target.reference() });
        };
        let stage = self.stage_of(milestone);
        if !stage.is_left() {
            return Err(wrong_status(&target, "given new tasks"));
        }
        if stage == Stage::Paused && tasks.iter().any(|task| task.done) {
            return Err(wrong_status(&target, "given tasks that are done"));
        }
        self.tasks_into(&milestone.id, tasks)
    }

    fn tasks_into(&mut self, milestone: &Slug, tasks: &[NewTask]) -> Result<(), Refusal> {
        let mut slugs: BTreeSet<Slug> = BTreeSet::new();
        let mut position = self.plan.last_position(milestone.as_str());
        let mut new: Vec<(Slug, StreamId)> = Vec::new();
        for task in tasks {
            let name = title("title", &task.title)?;
            let slug = self.task_slug(milestone, &slugs, task.id.as_deref(), &name)?;
            position = position.saturating_add(POSITION_STEP);
            let mut fields = Fields { set: vec![(Field::Title, Value::Text(name))], lists: vec![] };
            extend(&mut fields, checked_fields(&task.fields)?);
            check_dates(&fields, None, None)?;
            fields.put(Field::Position, Value::Number(position));
            let stream = StreamId::task(milestone, &slug);
            let text = || Text::from(slug.to_string());
            let created = Created { task: Some(text()), fields, source: None };
            self.events.push(Event::of(milestone.as_str(), Body::TaskAdded(created)));
            for criterion in &task.criteria {
                self.criterion(milestone.as_str(), Some(text()), None, criterion)?;
            }
            if let Some(workflow) = &task.workflow {
                self.workflow_of(milestone.as_str(), &text(), workflow)?;
            }
            for asked in &task.after {
                let on = self.dependency_of_new(milestone, &new, asked)?;
                let dependency = Dependency::of(Some(text()), on.to_string(), Terms::default());
                self.events.push(Event::of(milestone.as_str(), Body::DependencyAdded(dependency)));
            }
            if task.done {
                self.done_at_once(milestone, text());
            }
            slugs.insert(slug.clone());
            new.push((slug, stream));
        }
        Ok(())
    }

    /// A task that was done before it was written down.
    fn done_at_once(&mut self, milestone: &Slug, task: Text<'static>) {
        let stream = StreamId::milestone(milestone);
        let planned = self
            .plan
            .milestone(milestone.as_str())
            .is_none_or(|held| held.item.stage == Stage::Open);
        if planned && self.started.insert(stream) {
            let started = Body::MilestoneStarted(Transition::default());
            self.events.push(Event::of(milestone.as_str(), started));
        }
        let tasks_completed = vec![task.clone()];
        let change = Transition { task: Some(task), tasks_completed, ..Transition::default() };
        self.events.push(Event::of(milestone.as_str(), Body::TaskCompleted(change)));
    }

    /// What a new task waits for: one of those added with it, or anything that is there.
    fn dependency_of_new(
        &self,
        milestone: &Slug,
        new: &[(Slug, StreamId)],
        asked: &str,
    ) -> Result<StreamId, Refusal> {
        if let Some((_, stream)) = new.iter().find(|(slug, _)| slug.as_str() == asked) {
            return Ok(stream.clone());
        }
        let on = self.target_within(asked, Some(milestone.as_str()))?.stream();
        let home = StreamId::milestone(milestone);
        // A new task waits, and its milestone with it: what it waits for must not need that.
        match path(self.plan, &on, &home) {
            None => Ok(on),
            Some(way) => {
                Err(Refusal::Cycle { path: way.iter().map(|at| self.name_of(at)).collect() })
            }
        }
    }

    pub(super) fn task_slug(
        &self,
        milestone: &Slug,
        taken_now: &BTreeSet<Slug>,
        given: Option<&str>,
        title: &str,
    ) -> Result<Slug, Refusal> {
        let taken = |slug: &Slug| {
            taken_now.contains(slug) || self.plan.has_slug(milestone.as_str(), slug.as_str())
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(given) = given {
            let slug =
                Slug::new(given).map_err(|fault| Refusal::BadId { id: given.to_owned(), fault })?;
            if digits(given) {
                return Err(Refusal::NumberId { id: given.to_owned() });
            }
            if taken(&slug) {
                return Err(Refusal::IdTaken { id: format!("{milestone}/{slug}") });
            }
            return Ok(slug);
        }
        let mut slug = slug_of(title);
        if digits(slug.as_str()) {
            slug = Slug::new(&format!("t-{slug}")).expect("a slug of digits stays one");
        }
        Ok(free(slug, taken))
    }

    pub(super) fn criterion(
        &mut self,
        milestone: &str,
        task: Option<Text<'static>>,
        phase: Option<&str>,
        new: &NewCriterion,
    ) -> Result<(), Refusal> {
        let text = prose("criterion", &new.text)?;
        let id = Text::from(self.ids.draw());
        let phase = phase.map(|phase| Text::from(phase.to_owned()));
        let added = CriterionAdded { task: task.clone(), criterion: id.clone(), text, phase };
        self.events.push(Event::of(milestone, Body::CriterionAdded(added)));
        if new.checked {
            self.events.push(Event::of(milestone, Body::CriterionChecked(Part { task, id })));
        }
        Ok(())
    }
}

/// So many numbers are tried one after the other.
const NUMBERS_TRIED: usize = 16;

/// The first of `slug`, `slug-2`, `slug-3` … that is not taken. Beyond the first few, one of which
/// the number before is taken: a thousand things of one title are not counted a thousand times.
pub(super) fn free(slug: Slug, taken: impl Fn(&Slug) -> bool) -> Slug {
    if !taken(&slug) {
        return slug;
    }
    let taken = |number: usize| taken(&slug.numbered(number));
    if let Some(number) = (2..NUMBERS_TRIED).find(|number| !taken(*number)) {
        return slug.numbered(number);
    }
    let (mut used, mut unused) = (NUMBERS_TRIED - 1, NUMBERS_TRIED);
    while taken(unused) {
        (used, unused) = (unused, unused * 2);
    }
    while unused - used > 1 {
        let middle = used + (unused - used) / 2;
        if taken(middle) { used = middle } else { unused = middle }
    }
    slug.numbered(unused)
}

/// Adds the fields of `more` behind those that are there.
pub(super) fn extend(fields: &mut Fields<'static>, more: Fields<'static>) {
    more.set.into_iter().for_each(|(field, value)| fields.put(field, value));
    fields.lists.extend(more.lists);
}

/// Checks the values of fields that were typed.
pub(super) fn checked_fields(fields: &Fields<'static>) -> Result<Fields<'static>, Refusal> {
    let mut checked = Fields::default();
    for (field, value) in &fields.set {
        checked.set.push((*field, checked_value(*field, value)?));
    }
    for (field, list) in &fields.lists {
        let what = match field {
            ListField::Assignees => "name",
            ListField::Labels => "label",
        };
        let mut texts = Vec::new();
        for text in list {
            let text = check_id_text(text).map_err(|fault| Refusal::BadText { what, fault })?;
            texts.push(Text::from(text.to_owned()));
        }
        checked.lists.push((*field, texts));
    }
    Ok(checked)
}

fn checked_value(field: Field, value: &Value<'static>) -> Result<Value<'static>, Refusal> {
    let limit = |what, number: i64, max: i64| match u64::try_from(number) {
        Ok(given) if number > max => {
            Err(Refusal::TooLarge { what, given, max: max.unsigned_abs() })
        }
        _ => Ok(Value::Number(number)),
    };
    match (field, value) {
        (Field::Title, Value::Null) => title("title", "").map(Value::Text),
        (Field::Title, Value::Text(text)) => title("title", text).map(Value::Text),
        (Field::Description, Value::Text(text)) => prose("description", text).map(Value::Text),
        (_, Value::Text(text)) => {
            let what = field.name();
            let text = check_id_text(text).map_err(|fault| Refusal::BadText { what, fault })?;
            Ok(Value::Text(Text::from(text.to_owned())))
        }
        (Field::Estimate, Value::Number(minutes)) => {
            limit("estimate", *minutes, ESTIMATE_MINUTES_MAX)
        }
        (Field::Weight, Value::Number(weight)) => limit("weight", *weight, WEIGHT_MAX),
        (Field::Position, Value::Number(position)) => {
            let (given, max) = (position.unsigned_abs(), POSITION_MAX.unsigned_abs());
            match given > max {
                true => Err(Refusal::TooLarge { what: "position", given, max }),
                false => Ok(Value::Number(*position)),
            }
        }
        (_, value) => Ok(value.clone()),
    }
}

/// Refuses a due day before the first day, as both will be.
pub(super) fn check_dates(
    fields: &Fields<'_>,
    start: Option<Date>,
    due: Option<Date>,
) -> Result<(), Refusal> {
    let day = |field, present| match fields.get(field) {
        None => present,
        Some(Value::Date(date)) => Some(*date),
        Some(_) => None,
    };
    match (day(Field::Start, start), day(Field::Due, due)) {
        (Some(start), Some(due)) if due < start => Err(Refusal::DueBeforeStart { start, due }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shown red by: taking the middle for free when it is taken; doubling from a free number.
    #[test]
    fn the_number_behind_an_id_is_the_first_that_is_free() {
        let slug = Slug::new("api").unwrap();
        assert_eq!(free(slug.clone(), |_| false), slug);
        for count in 1..200 {
            let taken = |asked: &Slug| {
                (1..=count).any(|number| match number {
                    1 => *asked == slug,
                    number => *asked == slug.numbered(number),
                })
            };
            assert_eq!(free(slug.clone(), taken), slug.numbered(count + 1));
        }
    }
}
