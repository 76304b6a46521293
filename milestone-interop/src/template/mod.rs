//! Templates: a milestone with its tasks as a file of Markdown, to be used again and again.
//!
//! Start at [`parse`]; [`BUILT_IN`] are the templates that come with the program, [`write()`] makes
//! the file of one. `docs/templates.md` describes the format for those who write them.
//!
//! - **Invariant.** A template that was parsed can be used: its ids are ids, its texts have the
//!   length that texts may have, its order has no cycle. Whatever is wrong is a [`Finding`] with
//!   the line, and all of them are found at once.
//! - **Invariant.** What [`write()`] wrote is parsed as the same template.
//! - **Absent on purpose.** Files: the caller reads them. People and days: a template is used by
//!   others, at another time.

mod attributes;
mod fault;
mod front;
mod order;
mod parse;
mod workflows;
mod write;

use std::collections::HashMap;

use milestone_core::domain::{Field, Fields, ListField, NewCriterion, NewTask, Priority, Value};
use milestone_core::words::{Slug, Text};

pub use fault::{FINDINGS_MAX, Fault, Finding, Findings};
pub use parse::parse;
pub use workflows::Workflows;
pub use write::{STARTER, is_writable, write};

/// The phases that a task without a workflow may stand for, in their order.
pub const PHASES: [&str; 4] = ["design", "spec", "task", "execute"];

/// What stands before a deliverable among the criteria of a task without a workflow.
pub const DELIVERABLE: &str = "Deliverable: ";

/// The templates that come with the program: name and text.
pub const BUILT_IN: [(&str, &str); 5] = [
    ("personal", include_str!("../../templates/personal.md")),
    ("team", include_str!("../../templates/team.md")),
    ("api", include_str!("../../templates/api.md")),
    ("frontend", include_str!("../../templates/frontend.md")),
    ("bugfix", include_str!("../../templates/bugfix.md")),
];

/// A milestone with its tasks, to be used again and again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template {
    /// What it is for, in a line.
    pub about: String,
    /// The title of the milestone, where none is given.
    pub title: Option<String>,
    /// The description of the milestone.
    pub description: String,
    /// Labels of the milestone.
    pub labels: Vec<String>,
    /// How important the milestone is.
    pub priority: Option<Priority>,
    /// The workflow that its tasks go through, unless they say another.
    pub workflow: Option<String>,
    /// What must hold in the end.
    pub criteria: Vec<String>,
    /// The tasks; each stands behind those that it comes after.
    pub tasks: Vec<TemplateTask>,
}

/// A task of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateTask {
    /// Its id in the milestone.
    pub id: Slug,
    /// Its title.
    pub title: String,
    /// Its description.
    pub description: String,
    /// How much work it is, in minutes.
    pub estimate: Option<u32>,
    /// How much it counts in the progress of the milestone.
    pub weight: Option<u32>,
    /// How important it is.
    pub priority: Option<Priority>,
    /// Its labels; a phase is one of them.
    pub labels: Vec<String>,
    /// What can be checked off; without a workflow, a deliverable is one of them.
    pub criteria: Vec<String>,
    /// The workflow that it goes through.
    pub workflow: Option<String>,
    /// What it hands over in the phases of its workflow.
    pub deliverables: Vec<Handover>,
    /// The ids of the tasks that must be done before.
    pub after: Vec<Slug>,
}

/// Something that a task with a workflow hands over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// The phase that it belongs to.
    pub phase: String,
    /// What it is called.
    pub name: String,
}

impl Template {
    /// The fields of the milestone that it makes; `name` is what the template is called.
    #[must_use]
    pub fn fields(&self, name: &str) -> Fields<'static> {
        let mut fields = Fields::default();
        put_text(&mut fields, Field::Description, &self.description);
        if let Some(priority) = self.priority {
            fields.put(Field::Priority, Value::Priority(priority));
        }
        put_text(&mut fields, Field::Template, name);
        put_labels(&mut fields, &self.labels);
        fields
    }

    /// The tasks that it makes. `workflows` are those that it was read with.
    #[must_use]
    pub fn new_tasks(&self, workflows: &Workflows) -> Vec<NewTask> {
        self.tasks.iter().map(|task| task.new_task(workflows)).collect()
    }

    /// The same template with each task behind those that it comes after, as [`write()`] wants it.
    /// Tasks that wait for each other stay where they are.
    #[must_use]
    pub fn ordered(mut self) -> Self {
        let places: HashMap<&Slug, usize> =
            self.tasks.iter().enumerate().map(|(place, task)| (&task.id, place)).collect();
        let after: Vec<Vec<usize>> = self
            .tasks
            .iter()
            .map(|task| task.after.iter().filter_map(|id| places.get(id).copied()).collect())
            .collect();
        if let Ok(order) = order::sorted(&after) {
            let mut tasks: Vec<Option<TemplateTask>> =
                std::mem::take(&mut self.tasks).into_iter().map(Some).collect();
            self.tasks = order.into_iter().filter_map(|place| tasks[place].take()).collect();
        }
        self
    }

    /// How much work it is altogether, in minutes.
    #[must_use]
    pub fn estimate(&self) -> u64 {
        self.tasks.iter().filter_map(|task| task.estimate).map(u64::from).sum()
    }
}

impl TemplateTask {
    fn new_task(&self, workflows: &Workflows) -> NewTask {
        let mut new = NewTask { title: self.title.clone(), ..NewTask::default() };
        new.id = Some(self.id.to_string());
        put_text(&mut new.fields, Field::Description, &self.description);
        if let Some(priority) = self.priority {
            new.fields.put(Field::Priority, Value::Priority(priority));
        }
        for (field, number) in [(Field::Estimate, self.estimate), (Field::Weight, self.weight)] {
            if let Some(number) = number {
                new.fields.put(field, Value::Number(number.into()));
            }
        }
        put_labels(&mut new.fields, &self.labels);
        new.criteria = self.criteria.iter().map(|text| NewCriterion::from(text.as_str())).collect();
        new.after = self.after.iter().map(ToString::to_string).collect();
        let workflow = self.workflow.as_deref().and_then(|name| workflows.get(name));
        new.workflow = workflow.map(|workflow| workflows::with(workflow, &self.deliverables));
        new
    }
}

fn put_text(fields: &mut Fields<'static>, field: Field, text: &str) {
    if !text.is_empty() {
        fields.put(field, Value::Text(Text::from(text.to_owned())));
    }
}

fn put_labels(fields: &mut Fields<'static>, labels: &[String]) {
    if !labels.is_empty() {
        let texts = labels.iter().map(|text| Text::from(text.clone())).collect();
        fields.lists.push((ListField::Labels, texts));
    }
}
