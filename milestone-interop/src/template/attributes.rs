//! What the items below a task of a template say of it: `- after: Endpoints`, `- label: api`.
//!
//! Start at [`Draft::of`].
//!
//! - **Invariant.** `word: text` without a box is an attribute; everything else is a criterion. A
//!   word that is no attribute is found, unless it has capitals or a box: `- [ ] note: like this`.

use milestone_core::domain::Priority;
use milestone_core::words::{Slug, check_prose, check_title, duration_minutes, nearest};

use super::fault::{Fault, Found};
use super::front::{label, priority};
use super::workflows::{NONE, Through, Workflows, handover};
use super::{DELIVERABLE, Handover};
use crate::outline::{Check, OutlineTask, has_mark_of_day, looks_like_duration};

/// The attributes of a task.
const KEYS: &[&str] = &[
    "after",
    "check",
    "deliverable",
    "estimate",
    "id",
    "label",
    "phase",
    "priority",
    "title",
    "weight",
    "workflow",
];

/// A task whose relations are not looked up yet.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) line: usize,
    pub(super) id: Option<(Slug, usize)>,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) estimate: Option<u32>,
    pub(super) weight: Option<u32>,
    pub(super) priority: Option<Priority>,
    pub(super) labels: Vec<String>,
    pub(super) criteria: Vec<String>,
    pub(super) workflow: Option<String>,
    pub(super) deliverables: Vec<Handover>,
    /// Names of other tasks, with their lines.
    pub(super) after: Vec<(String, usize)>,
}

impl Draft {
    /// Reads a task and everything below it.
    pub(super) fn of(
        task: OutlineTask,
        usual: Through<'_>,
        workflows: &Workflows,
        found: &mut Found,
    ) -> Self {
        let own = said(&task.checks, "workflow");
        let through = match own {
            Some((NONE, _)) => Through::Nothing,
            Some((asked, line)) => match found.take(line, workflows.find(asked)) {
                Some(workflow) => Through::Workflow(workflow),
                None => Through::Unknown,
            },
            None => usual,
        };
        let phase = said(&task.checks, "phase").map(|(phase, _)| phase);
        let mut draft = Self {
            line: task.line,
            id: None,
            title: String::new(),
            description: String::new(),
            estimate: task.estimate,
            weight: None,
            priority: None,
            labels: Vec::new(),
            criteria: Vec::new(),
            workflow: through.name(),
            deliverables: Vec::new(),
            after: Vec::new(),
        };
        if let (None, Some(text)) = (task.estimate, looks_like_duration(&task.title, 0)) {
            found.add(task.line, Fault::Duration { text: text.to_owned() });
        }
        if let Some(due) = task.due {
            let why = format!("a template has no days, and this is due {due}");
            found.add(task.line, Fault::BadValue { key: "!due", why });
        } else if has_mark_of_day(&task.title) {
            let why = "a template has no days".to_owned();
            found.add(task.line, Fault::BadValue { key: "!due", why });
        }
        let title = check_title(&task.title).map(str::to_owned);
        let title = title.map_err(|fault| Fault::BadText { what: "title", fault });
        draft.title = found.take(task.line, title).unwrap_or_default();
        if !task.description.trim().is_empty() {
            let prose = check_prose(&task.description).map(str::to_owned);
            let prose = prose.map_err(|fault| Fault::BadText { what: "description", fault });
            draft.description = found.take(task.line, prose).unwrap_or_default();
        }
        for check in &task.checks {
            match attribute(check) {
                Some(("deliverable", value)) => {
                    draft.hand_over(through, phase, value, check.line, found);
                }
                Some(("phase", value)) => {
                    let known = found.take(check.line, through.check_phase(value)).is_some();
                    draft.labels.extend(
                        Some(value.to_owned()).filter(|_| known && !draft.is_labelled(value)),
                    );
                }
                Some((key, value)) => draft.put(key, value, check.line, found),
                None => draft.criterion(&check.text, check.line, found),
            }
        }
        draft
    }

    fn criterion(&mut self, text: &str, line: usize, found: &mut Found) {
        self.criteria.extend(found.take(line, criterion(text)));
    }

    fn is_labelled(&self, label: &str) -> bool {
        self.labels.iter().any(|held| held == label)
    }

    fn hand_over(
        &mut self,
        through: Through<'_>,
        phase: Option<&str>,
        value: &str,
        line: usize,
        found: &mut Found,
    ) {
        let Through::Workflow(workflow) = through else {
            return self.criterion(&format!("{DELIVERABLE}{value}"), line, found);
        };
        let new = found.take(line, handover(workflow, phase, &self.deliverables, value));
        self.deliverables.extend(new.filter(|new| !self.deliverables.contains(new)));
    }

    fn put(&mut self, key: &str, value: &str, line: usize, found: &mut Found) {
        let names = || value.split(',').map(str::trim).filter(|name| !name.is_empty());
        match key {
            "after" => self.after.extend(names().map(|name| (name.to_owned(), line))),
            "check" => self.criterion(value, line, found),
            "estimate" => {
                let minutes = duration_minutes(value)
                    .map_err(|why| Fault::BadValue { key: "estimate", why: why.to_string() });
                self.estimate = found.take(line, minutes).or(self.estimate);
            }
            "id" => self.id = found.take(line, id(value)).map(|id| (id, line)),
            "label" => {
                for name in names() {
                    let label = found.take(line, label(name));
                    self.labels.extend(label.filter(|label| !self.labels.contains(label)));
                }
            }
            "priority" => self.priority = found.take(line, priority(value)),
            "title" => {
                let title = check_title(value).map(str::to_owned);
                let title = title.map_err(|fault| Fault::BadText { what: "title", fault });
                self.title = found.take(line, title).unwrap_or_default();
            }
            "weight" => self.weight = found.take(line, weight(value)),
            // Looked up before everything else.
            "workflow" => {}
            _ => {
                let near = nearest(key, KEYS.iter().copied());
                found.add(line, Fault::UnknownKey { key: key.to_owned(), known: KEYS, near });
            }
        }
    }
}

/// A criterion that may be used.
pub(super) fn criterion(text: &str) -> Result<String, Fault> {
    let checked = check_prose(text).map(str::to_owned);
    checked.map_err(|fault| Fault::BadText { what: "criterion", fault })
}

/// Key and value of `key: value`, if the item is meant so.
pub(super) fn attribute(check: &Check) -> Option<(&str, &str)> {
    let (key, value) = check.written.split_once(": ").or_else(|| {
        let key = check.written.strip_suffix(':')?;
        Some((key, ""))
    })?;
    let word = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase());
    (word && !check.boxed).then_some((key, value.trim()))
}

/// The value of the last attribute of that name, and its line.
fn said<'c>(checks: &'c [Check], key: &str) -> Option<(&'c str, usize)> {
    let all = checks.iter().filter_map(|check| Some((attribute(check)?, check.line)));
    let own = all.filter(|((held, _), _)| *held == key);
    own.map(|((_, value), line)| (value, line)).next_back()
}

fn id(text: &str) -> Result<Slug, Fault> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let slug = Slug::new(text).ok().filter(|_| !digits);
    slug.ok_or_else(|| Fault::BadId { id: text.to_owned() })
}

fn weight(text: &str) -> Result<u32, Fault> {
    let weight: Option<u32> = text.parse().ok().filter(|weight| *weight <= WEIGHT_MAX);
    let why = format!("\"{text}\" is no whole number up to {WEIGHT_MAX}");
    weight.ok_or(Fault::BadValue { key: "weight", why })
}

/// The largest weight that a task may have.
const WEIGHT_MAX: u32 = 1_000_000;
