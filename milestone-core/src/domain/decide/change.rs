//! Changing fields and moving tasks.
//!
//! - **Invariant.** Only what changes is recorded; an edit that changes nothing records nothing.

use super::super::command::Place;
use super::super::derived::path;
use super::super::event::Body;
use super::super::fields::{Field, Fields, Value};
use super::super::item::Item;
use super::super::payload::{Edited, TaskMoved};
use super::super::plan::TaskRow;
use super::super::refusal::Refusal;
use super::super::task::Task;
use super::create::{POSITION_STEP, check_dates, checked_fields};
use super::{Deciding, Target, wrong_status};
use crate::words::{Slug, StreamId, Text};

impl Deciding<'_> {
    pub(super) fn edit(
        &mut self,
        asked: &str,
        set: &Fields<'static>,
        add: &Fields<'static>,
        remove: &Fields<'static>,
    ) -> Result<(), Refusal> {
        let target = self.writable(asked, "edited")?;
        // One thing may be asked for under two names.
        let stream = target.stream();
        if self.events.iter().any(|event| event.stream().as_ref() == Some(&stream)) {
            return Ok(());
        }
        let item = target.item();
        let set = changed(item, checked_fields(set)?);
        let mut add = checked_fields(add)?;
        let mut remove = checked_fields(remove)?;
        for (field, list) in &mut add.lists {
            list.retain(|text| !item.list(*field).iter().any(|held| **held == **text));
        }
        for (field, list) in &mut remove.lists {
            list.retain(|text| item.list(*field).iter().any(|held| **held == **text));
        }
        add.lists.retain(|(_, list)| !list.is_empty());
        remove.lists.retain(|(_, list)| !list.is_empty());
        if set.is_empty() && add.is_empty() && remove.is_empty() {
            return Ok(());
        }
        check_dates(&set, item.start, item.due)?;
        let edited = Edited { task: target.task(), set, add, remove, source: None };
        self.events.push(target.event(match target {
            Target::Milestone(_) => Body::MilestoneEdited(edited),
            Target::Task(..) => Body::TaskEdited(edited),
        }));
        Ok(())
    }

    pub(super) fn move_task(
        &mut self,
        asked: &str,
        to: Option<&str>,
        place: &Place,
    ) -> Result<(), Refusal> {
        let target = self.writable(asked, "moved")?;
        let Target::Task(task, home) = &target else {
            return Err(Refusal::NotATask { reference: target.reference() });
        };
        let goal = match to {
            None => Target::Milestone(home.clone()),
            Some(to) => self.writable(to, "given tasks")?,
        };
        let Target::Milestone(milestone) = &goal else {
            return Err(Refusal::NotAMilestone { reference: goal.reference() });
        };
        let others = |row: &&TaskRow| row.stream != task.stream;
        let rows = self.plan.rows(milestone.id.as_str());
        let rows: Vec<TaskRow> = rows.iter().filter(others).cloned().collect();
        let position = self.position(milestone.id.as_str(), &rows, place)?;
        if milestone.id == home.id {
            let set =
                Fields { set: vec![(Field::Position, Value::Number(position))], lists: vec![] };
            let edited = Edited { task: target.task(), set, ..Edited::default() };
            self.events.push(target.event(Body::TaskEdited(edited)));
            return Ok(());
        }
        if !self.stage_of(milestone).is_left() {
            return Err(wrong_status(&goal, "given tasks"));
        }
        self.no_cycle_in(&task.stream, &milestone.stream())?;
        let slug = self.slug_there(&milestone.id, &rows, task)?;
        let moved = TaskMoved {
            task: target.task().expect("it is a task"),
            to: Text::from(milestone.id.to_string()),
            slug: Text::from(slug.to_string()),
            position,
        };
        self.events.push(target.event(Body::TaskMoved(moved)));
        Ok(())
    }

    /// The slug a task gets in another milestone: its own, or numbered if that is taken.
    fn slug_there(&self, to: &Slug, rows: &[TaskRow], task: &Task) -> Result<Slug, Refusal> {
        let coming_home = StreamId::task(to, &task.slug) == task.stream;
        if coming_home && rows.iter().all(|row| row.slug != task.slug) {
            return Ok(task.slug.clone());
        }
        let numbered = (2..).map(|number| task.slug.numbered(number));
        std::iter::once(task.slug.clone())
            .chain(numbered)
            .find(|slug| !self.plan.has_slug(to.as_str(), slug.as_str()))
            .ok_or_else(|| Refusal::IdTaken { id: format!("{to}/{}", task.slug) })
    }

    /// A task in `milestone` makes the milestone wait for what the task waits for, and the task for
    /// what the milestone waits for: neither may come back to where it began.
    fn no_cycle_in(&self, task: &StreamId, milestone: &StreamId) -> Result<(), Refusal> {
        let dependencies = |stream: &StreamId| {
            self.target_of(stream).map(|held| held.item().dependencies.clone()).unwrap_or_default()
        };
        let own = dependencies(task).into_iter().map(|on| (on, milestone));
        let theirs = dependencies(milestone).into_iter().map(|on| (on, task));
        for (on, back) in own.chain(theirs) {
            if let Some(way) = path(self.plan, &on, back) {
                return Err(Refusal::Cycle {
                    path: way.iter().map(|at| self.name_of(at)).collect(),
                });
            }
        }
        Ok(())
    }

    fn position(&self, milestone: &str, rows: &[TaskRow], place: &Place) -> Result<i64, Refusal> {
        let at = |row: Option<&TaskRow>| row.map(|row| row.position);
        let (before, after) = match place {
            Place::First => (None, at(rows.first())),
            Place::Last => (at(rows.last()), None),
            Place::After(asked) => {
                let stream = self.target_within(asked, Some(milestone))?.stream();
                let found = rows.iter().position(|row| row.stream == stream);
                let found = found.ok_or_else(|| Refusal::UnknownRef { asked: asked.clone() })?;
                (at(rows.get(found)), at(rows.get(found + 1)))
            }
        };
        Ok(match (before, after) {
            (None, None) => POSITION_STEP,
            (Some(before), None) => before.saturating_add(POSITION_STEP),
            (None, Some(after)) => after.saturating_sub(POSITION_STEP),
            (Some(before), Some(after)) => {
                // Positions of a log may be any numbers: their distance need not be one.
                before.saturating_add(after.saturating_sub(before) / 2)
            }
        })
    }
}

/// The fields of `set` whose values differ from what `item` has.
fn changed(item: &Item, set: Fields<'static>) -> Fields<'static> {
    let differs = |(field, value): &(Field, Value<'static>)| {
        let mut copy = item.clone();
        copy.store(*field, value);
        copy.field_text(*field) != item.field_text(*field)
    };
    Fields { set: set.set.into_iter().filter(differs).collect(), lists: set.lists }
}
