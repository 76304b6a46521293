//! One thing as a query sees it: a milestone, or a task by its row, the whole of it only if asked.
//!
//! Start at [`Thing::passes`].
//!
//! - **Invariant.** A test that a row can answer reads no more than the row.

use std::cell::OnceCell;
use std::sync::Arc;

use super::ast::{Condition, Kind, Match, Test};
use super::cursor::Key;
use super::field::{DayField, Field, Flag, LinkField, MomentField, NumberField, TextField};
use super::order::{PRIORITY_RANKS, status_rank};
use crate::domain::{
    Item, Milestone, Plan, Stage, Task, TaskRow, effective_stage, milestone_progress, task_percent,
    waits_for,
};
use crate::words::{Date, Slug, StreamId, Timestamp, fold};

/// A milestone with what its tasks share of it.
pub(super) struct Home<'p> {
    plan: &'p dyn Plan,
    milestone: Arc<Milestone>,
    pub(super) rows: Arc<Vec<TaskRow>>,
    stage: Stage,
    waits: OnceCell<bool>,
}

impl<'p> Home<'p> {
    pub(super) fn of(plan: &'p dyn Plan, id: &Slug) -> Option<Self> {
        let milestone = plan.milestone(id.as_str())?;
        let rows = plan.rows(id.as_str());
        let stage = effective_stage(&milestone, &rows);
        Some(Self { plan, milestone, rows, stage, waits: OnceCell::new() })
    }

    /// True if its tasks may be begun, as far as it is up to it.
    fn lets_begin(&self) -> bool {
        let open = matches!(self.stage, Stage::Open | Stage::Underway);
        let waits = || {
            *self.waits.get_or_init(|| !waits_for(self.plan, &self.milestone.stream()).is_empty())
        };
        open && self.milestone.item.open_blockers().next().is_none() && !waits()
    }
}

/// One thing.
pub(super) struct Thing<'h> {
    home: &'h Home<'h>,
    /// The row of a task and its number; `None` for the milestone itself.
    row: Option<(&'h TaskRow, u32)>,
    task: OnceCell<Option<Arc<Task>>>,
}

impl<'h> Thing<'h> {
    pub(super) fn milestone(home: &'h Home<'h>) -> Self {
        Self { home, row: None, task: OnceCell::new() }
    }

    pub(super) fn task(home: &'h Home<'h>, row: &'h TaskRow, number: u32) -> Self {
        Self { home, row: Some((row, number)), task: OnceCell::new() }
    }

    pub(super) fn stream(&self) -> StreamId {
        match self.row {
            Some((row, _)) => row.stream.clone(),
            None => self.home.milestone.stream(),
        }
    }

    pub(super) fn reference(&self) -> String {
        match self.row {
            Some((row, _)) => format!("{}/{}", self.home.milestone.id, row.slug),
            None => self.home.milestone.id.to_string(),
        }
    }

    pub(super) fn number_of_task(&self) -> Option<u32> {
        self.row.map(|(_, number)| number)
    }

    fn item(&self) -> Option<&Item> {
        let Some((row, _)) = self.row else { return Some(&self.home.milestone.item) };
        let task = self.task.get_or_init(|| self.home.plan.task(row.stream.as_str()));
        task.as_ref().map(|task| &task.item)
    }

    fn stage(&self) -> Stage {
        self.row.map_or(self.home.stage, |(row, _)| row.stage)
    }

    fn is_open(&self) -> bool {
        self.stage().is_left()
    }

    pub(super) fn passes(&self, condition: &Condition) -> bool {
        match condition {
            Condition::All(all) => all.iter().all(|inner| self.passes(inner)),
            Condition::Any(any) => any.iter().any(|inner| self.passes(inner)),
            Condition::Not(inner) => !self.passes(inner),
            Condition::Test(test) => self.passes_test(test),
        }
    }

    fn passes_test(&self, test: &Test) -> bool {
        match test {
            Test::Flag(flag) => self.is(*flag),
            Test::Has(field) => self.has(*field),
            Test::Kind(kind) => (*kind == Kind::Task) == self.row.is_some(),
            Test::Status(stage) => self.stage() == *stage,
            Test::Text(of, how, needle) => self.texts(*of, &|text| match how {
                Match::Whole => fold(text) == *needle,
                Match::Part => fold(text).contains(needle.as_str()),
            }),
            Test::Number(of, op, given) => {
                self.number(*of).is_some_and(|number| op.holds(&number, given))
            }
            Test::Day(of, op, given) => self.day(*of).is_some_and(|day| op.holds(&day, given)),
            Test::Moment(of, op, given) => {
                self.moment(*of).is_some_and(|moment| op.holds(&moment, given))
            }
            Test::Link(of, stream) => self.is_linked(*of, stream),
        }
    }

    fn is(&self, flag: Flag) -> bool {
        match (flag, self.row) {
            (Flag::Blocked, Some((row, _))) => row.blocked && self.is_open(),
            (Flag::Blocked, None) => {
                self.is_open() && self.home.milestone.item.open_blockers().next().is_some()
            }
            (Flag::Waiting, _) => self.is_open() && self.waits(),
            (Flag::Ready, None) => false,
            (Flag::Ready, Some((row, _))) => {
                row.stage == Stage::Open && !row.blocked && self.home.lets_begin() && !self.waits()
            }
            (Flag::Shelved, _) => {
                matches!(self.home.stage, Stage::Archived | Stage::Cancelled | Stage::Removed)
            }
            (Flag::Conflicted, _) => self.item().is_some_and(|item| !item.conflicts.is_empty()),
        }
    }

    fn waits(&self) -> bool {
        let depends = match self.row {
            Some((row, _)) => !row.dependencies.is_empty() || !row.ties.is_empty(),
            None => {
                let item = &self.home.milestone.item;
                !item.dependencies.is_empty() || !item.ties.is_empty()
            }
        };
        depends && !waits_for(self.home.plan, &self.stream()).is_empty()
    }

    fn has(&self, field: Field) -> bool {
        match field {
            Field::Kind | Field::Status => true,
            Field::Text(of) => self.texts(of, &|_| true),
            Field::Number(of) => self.number(of).is_some(),
            Field::Day(of) => self.day(of).is_some(),
            Field::Moment(of) => self.moment(of).is_some(),
            Field::Link(LinkField::In) => true,
            Field::Link(LinkField::After) => match self.row {
                Some((row, _)) => !row.dependencies.is_empty() || !row.ties.is_empty(),
                None => {
                    let item = &self.home.milestone.item;
                    !item.dependencies.is_empty() || !item.ties.is_empty()
                }
            },
            Field::Link(LinkField::Blocks) => {
                !self.home.plan.dependents(self.stream().as_str()).is_empty()
            }
        }
    }

    /// True if one of the texts fits.
    fn texts(&self, of: TextField, fits: &dyn Fn(&str) -> bool) -> bool {
        if of == TextField::Id {
            let slug =
                self.row.map_or(self.home.milestone.id.as_str(), |(row, _)| row.slug.as_str());
            return fits(slug) || self.row.is_some() && fits(&self.reference());
        }
        if matches!(of, TextField::Workflow | TextField::Phase) {
            return self.of_workflow(of).is_some_and(|text| fits(&text));
        }
        let Some(item) = self.item() else { return false };
        let one = |text: &Option<Box<str>>| text.as_deref().is_some_and(fits);
        let some = |list: &[Box<str>]| list.iter().any(|text| fits(text));
        match of {
            TextField::Id | TextField::Workflow | TextField::Phase => false,
            TextField::Any => {
                fits(&item.title)
                    || one(&item.description)
                    || item.notes.iter().any(|note| fits(&note.text))
            }
            TextField::Title => fits(&item.title),
            TextField::Description => one(&item.description),
            TextField::Note => item.notes.iter().any(|note| fits(&note.text)),
            TextField::Owner => one(&item.owner),
            TextField::Assignee => some(&item.assignees),
            TextField::Who => one(&item.owner) || some(&item.assignees),
            TextField::Label => some(&item.labels),
            TextField::Template => one(&item.template),
            TextField::External => one(&item.external_id),
        }
    }

    /// The workflow of a task, or the phase that is to be worked on.
    fn of_workflow(&self, of: TextField) -> Option<String> {
        self.row?;
        self.item()?;
        let workflow = self.task.get()?.as_ref()?.workflow.as_ref()?;
        Some(match of {
            TextField::Phase => workflow.current()?.name.to_string(),
            _ => workflow.name.to_string(),
        })
    }

    fn number(&self, of: NumberField) -> Option<i64> {
        match (of, self.row) {
            (NumberField::Weight, row) => row.map(|(row, _)| row.weight.into()),
            (NumberField::Number, row) => row.map(|(_, number)| number.into()),
            (NumberField::Progress, Some((row, _))) => {
                Some(task_percent(row.stage, row.fraction).into())
            }
            (NumberField::Progress, None) => {
                Some(milestone_progress(&self.home.milestone, &self.home.rows).percent.into())
            }
            (NumberField::Priority, _) => {
                let given = self.item()?.priority?;
                PRIORITY_RANKS.iter().find(|(_, held, _)| *held == given).map(|row| row.2)
            }
            (NumberField::Estimate, _) => self.item()?.estimate.map(i64::from),
            (NumberField::Spent, _) => Some(self.item()?.time_spent.into()),
        }
    }

    fn day(&self, of: DayField) -> Option<Date> {
        match (of, self.row) {
            (DayField::Due, Some((row, _))) => row.due,
            (DayField::Due, None) => self.home.milestone.item.due,
            (DayField::Start, _) => self.item()?.start,
        }
    }

    fn moment(&self, of: MomentField) -> Option<Timestamp> {
        let item = self.item()?;
        match of {
            MomentField::Created => item.created_at,
            MomentField::Changed => Some(item.changed_at),
            MomentField::Started => item.started_at,
            MomentField::Completed => item.completed_at,
        }
    }

    fn is_linked(&self, of: LinkField, stream: &StreamId) -> bool {
        match of {
            LinkField::In => *stream == self.home.milestone.stream(),
            LinkField::After => match self.row {
                Some((row, _)) => row.dependencies.contains(stream),
                None => self.home.milestone.item.dependencies.contains(stream),
            },
            LinkField::Blocks => dependencies(self.home.plan, stream).contains(&self.stream()),
        }
    }

    /// What the thing is sorted by.
    pub(super) fn key(&self, by: Field) -> Option<Key> {
        let text = |text: &str| Some(Key::Text(fold(text)));
        match by {
            Field::Kind => Some(Key::Number(self.row.is_some().into())),
            Field::Status => Some(Key::Number(status_rank(self.stage()))),
            Field::Number(of) => self.number(of).map(Key::Number),
            Field::Day(of) => self.day(of).map(|day| Key::Number(day.days())),
            Field::Moment(of) => self.moment(of).map(|moment| Key::Number(moment.0)),
            Field::Text(TextField::Id) => text(&self.reference()),
            Field::Text(TextField::Title) => text(&self.item()?.title),
            Field::Text(TextField::Owner) => text(self.item()?.owner.as_deref()?),
            Field::Text(TextField::Template) => text(self.item()?.template.as_deref()?),
            Field::Text(TextField::External) => text(self.item()?.external_id.as_deref()?),
            Field::Link(LinkField::In) => text(self.home.milestone.id.as_str()),
            Field::Text(_) | Field::Link(_) => None,
        }
    }
}

/// What a stream depends on itself.
fn dependencies(plan: &dyn Plan, stream: &StreamId) -> Vec<StreamId> {
    match stream.is_task() {
        true => plan.brief(stream.as_str()).map(|held| held.dependencies),
        false => plan.milestone(stream.as_str()).map(|held| held.item.dependencies.clone()),
    }
    .unwrap_or_default()
}
