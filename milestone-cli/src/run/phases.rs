//! What is shown of workflows: phases with what was delivered, and whether an approval still holds.
//!
//! Start at [`WorkflowLook::of`], which compares deliverables with the files as they are.
//!
//! - **Invariant.** What no longer is what was submitted is always said, in words as in JSON.
//! - **Absent on purpose.** That comparison under `--as-of`: files have no past here.

use milestone_core::domain::{Phase, PhaseStatus, Task, Workflow};
use milestone_core::projection::{DeliverableDoc, PhaseDoc};
use milestone_core::words::Timestamp;
use milestone_project::Project;
use schemars::JsonSchema;
use serde::Serialize;

use super::schema::TimeText;
use crate::ui::dates;
use crate::ui::glyph::Status;
use crate::ui::style::Style;

/// Microseconds of a minute.
const MINUTE_MICROS: i64 = 60_000_000;

/// A deliverable, with every member.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DeliverableLook {
    /// Its name.
    pub name: String,
    wanted: bool,
    path: Option<String>,
    url: Option<String>,
    text: Option<String>,
    sha256: Option<String>,
    #[schemars(with = "Option<TimeText>")]
    at: Option<Timestamp>,
    by: Option<String>,
    /// True if its file is not what was submitted.
    pub changed: bool,
}

/// A phase, with every member.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PhaseLook {
    /// `api-development/endpoints:design`.
    pub r#ref: String,
    /// Its name.
    pub phase: String,
    /// Where it stands.
    pub status: &'static str,
    weight: u32,
    minutes_min: Option<u32>,
    minutes_max: Option<u32>,
    /// Minutes from its start to its last submission, or until now.
    minutes: Option<i64>,
    approval_required: bool,
    #[schemars(with = "Option<TimeText>")]
    started_at: Option<Timestamp>,
    /// When it was last submitted.
    #[schemars(with = "Option<TimeText>")]
    pub submitted_at: Option<Timestamp>,
    /// By whom.
    pub submitted_by: Option<String>,
    #[schemars(with = "Option<TimeText>")]
    decided_at: Option<Timestamp>,
    decided_by: Option<String>,
    /// What is wanted, and what was delivered.
    pub deliverables: Vec<DeliverableLook>,
    missing: Vec<String>,
    /// The deliverables that are not what was submitted.
    pub changed: Vec<String>,
    criteria: Vec<CriterionLook>,
    comment: Option<String>,
    #[serde(skip)]
    stands: PhaseStatus,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct CriterionLook {
    number: usize,
    text: String,
    checked: bool,
}

/// A workflow, with every member.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WorkflowLook {
    name: String,
    current: Option<String>,
    /// Its phases, in their order.
    pub phases: Vec<PhaseLook>,
}

impl WorkflowLook {
    /// The workflow of a task, if it has one. `project` is asked for the files, if they are to be
    /// compared; `now` ends what goes on.
    pub fn of(task: &Task, project: Option<&Project>, now: Option<Timestamp>) -> Option<Self> {
        let workflow = task.workflow.as_ref()?;
        let look = |phase: &Phase| {
            let changed = project.map(|project| project.changed_since(phase)).unwrap_or_default();
            PhaseLook::of(task, phase, changed, now)
        };
        Some(Self {
            name: workflow.name.to_string(),
            current: workflow.current().map(|phase| phase.name.to_string()),
            phases: workflow.phases.iter().map(look).collect(),
        })
    }

    /// `✅ design → 🔎 spec (submitted) → ⏳ task → ⏳ execute`.
    pub fn strip(&self, style: &Style) -> String {
        let between = match style.accessible {
            true => ", ".to_owned(),
            false => format!(" {} ", style.arrow()),
        };
        self.steps(style).join(&between)
    }

    /// The phases of the strip, one by one, for where it is too long.
    pub fn steps(&self, style: &Style) -> Vec<String> {
        let one = |phase: &PhaseLook| {
            let word = phase.stands_in_words();
            if style.accessible {
                return format!("{} {word}", phase.phase);
            }
            let mark = phase.mark().glyph(style.glyphs);
            match phase.stands {
                PhaseStatus::Pending => format!("{mark} {}", phase.phase),
                PhaseStatus::Approved | PhaseStatus::Done if phase.changed.is_empty() => {
                    format!("{mark} {}", phase.phase)
                }
                _ => format!("{mark} {} ({word})", phase.phase),
            }
        };
        self.phases.iter().map(one).collect()
    }

    /// What the workflow is called.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl PhaseLook {
    fn of(task: &Task, phase: &Phase, changed: Vec<String>, now: Option<Timestamp>) -> Self {
        let doc = PhaseDoc::of(phase);
        let end = match phase.status {
            PhaseStatus::InProgress | PhaseStatus::ChangesRequested => now,
            _ => phase.submitted_at,
        };
        let minutes = |from: Timestamp, to: Timestamp| (to.0 - from.0).max(0) / MINUTE_MICROS;
        let criteria = task.item.criteria.iter().enumerate();
        let own = criteria.filter(|(_, held)| held.phase.as_deref() == Some(&*phase.name));
        let said = task.item.notes.iter().rev().find(|note| {
            Some(note.at) == phase.decided_at && Some(&note.by) == phase.decided_by.as_ref()
        });
        let deliverable = |held: DeliverableDoc| DeliverableLook {
            changed: changed.contains(&held.name),
            name: held.name,
            wanted: held.wanted,
            path: held.path,
            url: held.url,
            text: held.text,
            sha256: held.sha256,
            at: held.at,
            by: held.by,
        };
        Self {
            r#ref: format!("{}:{}", task.reference(), phase.name),
            minutes: phase.started_at.zip(end).map(|(from, to)| minutes(from, to)),
            missing: phase.missing().map(str::to_owned).collect(),
            criteria: own
                .map(|(place, held)| CriterionLook {
                    number: place + 1,
                    text: held.text.to_string(),
                    checked: held.checked,
                })
                .collect(),
            comment: said.map(|note| note.text.to_string()),
            status: phase.status.word(),
            stands: phase.status,
            deliverables: doc.deliverables.into_iter().map(deliverable).collect(),
            phase: doc.name,
            weight: doc.weight,
            minutes_min: doc.minutes_min,
            minutes_max: doc.minutes_max,
            approval_required: doc.approval_required,
            started_at: doc.started_at,
            submitted_at: doc.submitted_at,
            submitted_by: doc.submitted_by,
            decided_at: doc.decided_at,
            decided_by: doc.decided_by,
            changed,
        }
    }

    /// True if somebody has to look at it: it waits, or its approval no longer holds.
    pub fn wants_a_look(&self) -> bool {
        let finished = self.stands.is_finished() && self.approval_required;
        self.stands == PhaseStatus::Submitted || (finished && !self.changed.is_empty())
    }

    /// The symbol of its status.
    pub fn mark(&self) -> Status {
        match self.stands {
            _ if !self.changed.is_empty() => Status::Blocked,
            PhaseStatus::Pending => Status::Pending,
            PhaseStatus::InProgress => Status::InProgress,
            PhaseStatus::Submitted => Status::InReview,
            PhaseStatus::ChangesRequested => Status::Blocked,
            PhaseStatus::Approved | PhaseStatus::Done => Status::Done,
        }
    }

    /// Its status in a word or two: never clipped, and what changed is never left out.
    pub fn stands_shortly(&self) -> String {
        let word = self.status.replace('_', " ");
        if self.changed.is_empty() { word } else { format!("{word}, changed") }
    }

    /// Its status in words.
    pub fn stands_in_words(&self) -> String {
        let word = self.status.replace('_', " ");
        match self.changed.is_empty() {
            true => word,
            false => format!("{word}, but {} changed since", self.changed.join(", ")),
        }
    }

    /// `15m to 30m`, or nothing where that is open.
    pub fn plan(&self) -> String {
        planned(self.minutes_min, self.minutes_max)
    }

    /// How long it took, or has taken.
    pub fn took(&self) -> String {
        let minutes = self.minutes.and_then(|minutes| u32::try_from(minutes).ok());
        minutes
            .map(|minutes| if minutes == 0 { "0m".to_owned() } else { dates::duration(minutes) })
            .unwrap_or_default()
    }

    /// `1 of 2`, or nothing if nothing is wanted.
    pub fn delivered(&self) -> String {
        let given = self.deliverables.iter().filter(|held| held.at.is_some()).count();
        match self.deliverables.len() {
            0 => String::new(),
            of => format!("{given} of {of}"),
        }
    }

    /// Who submitted and who judged it.
    pub fn who(&self) -> String {
        let judged = self.decided_by.as_ref().map(|by| match self.stands {
            PhaseStatus::Approved => format!("approved by {by}"),
            PhaseStatus::Pending => format!("rejected by {by}"),
            _ => format!("changes asked by {by}"),
        });
        let submitted = self.submitted_by.as_ref().map(|by| format!("by {by}"));
        submitted.into_iter().chain(judged).collect::<Vec<_>>().join(", ")
    }

    /// A line for each deliverable, wanted or given.
    pub fn delivery_lines(&self) -> Vec<String> {
        let line = |held: &DeliverableLook| {
            let what = [&held.path, &held.url, &held.text].into_iter().flatten();
            let what: Vec<&str> = what.map(String::as_str).collect();
            let state = match (held.at.is_some(), held.changed) {
                (false, _) => "  (not delivered)".to_owned(),
                (true, true) => format!("  {}  (changed since)", what.join("  ")),
                (true, false) => format!("  {}{}", what.join("  "), hash(held)),
            };
            format!("{}{state}", held.name)
        };
        self.deliverables.iter().map(line).collect()
    }

    /// A line for each criterion.
    pub fn criterion_lines(&self) -> Vec<String> {
        let line = |held: &CriterionLook| {
            format!("{} [{}] {}", held.number, if held.checked { "x" } else { " " }, held.text)
        };
        self.criteria.iter().map(line).collect()
    }

    /// What was said with the last judgement.
    pub fn comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }
}

/// The beginning of what a file was when it was submitted.
fn hash(held: &DeliverableLook) -> String {
    let begin = held.sha256.as_deref().and_then(|hash| hash.get(..12));
    begin.map(|hash| format!("  sha256 {hash}")).unwrap_or_default()
}

/// `15m to 30m`, or nothing where that is open.
pub fn planned(min: Option<u32>, max: Option<u32>) -> String {
    match (min, max) {
        (Some(min), Some(max)) if min == max => dates::duration(max),
        (Some(min), Some(max)) => format!("{} to {}", dates::duration(min), dates::duration(max)),
        (Some(min), None) => format!("from {}", dates::duration(min)),
        (None, Some(max)) => format!("up to {}", dates::duration(max)),
        (None, None) => String::new(),
    }
}

/// `design, spec, task, execute`.
pub fn names(workflow: &Workflow) -> String {
    let names: Vec<&str> = workflow.phases.iter().map(|phase| &*phase.name).collect();
    names.join(", ")
}

/// A task's reference and the phase behind it: `api/endpoints:spec`.
pub fn split(asked: &str) -> (&str, Option<&str>) {
    match asked.rsplit_once(':') {
        Some((reference, phase)) if !reference.is_empty() && !phase.is_empty() => {
            (reference, Some(phase))
        }
        _ => (asked, None),
    }
}
