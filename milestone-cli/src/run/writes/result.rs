//! What was written, for programs: `--json`, `-q`, `-n`.
//!
//! Start at [`Written::of`].
//!
//! - **Invariant.** References are whole and are those after the command.

use milestone_core::domain::{Event, reference_of};
use milestone_core::words::{RecordId, StreamId};
use milestone_project::{HistoryFilter, Outcome};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::super::context::Context;
use super::super::problem;
use super::act::warning;
use super::seen::Seen;
use crate::run::schema::AnyJson;
use crate::ui::error::{Exit, Problem};
use crate::ui::json::{Envelope, Meta};
use crate::ui::text::sanitize;

/// What a write came to.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Written {
    record: Option<String>,
    duplicate: bool,
    dry_run: bool,
    events: Vec<EventJson>,
    /// What it was about.
    pub(super) refs: Vec<String>,
    /// What the caller should know besides, a line each.
    warnings: Vec<String>,
}

/// One event, with the members of the specification.
#[derive(Debug, Serialize, JsonSchema)]
struct EventJson {
    event_type: String,
    milestone_id: Option<String>,
    #[schemars(with = "AnyJson")]
    details: Box<RawValue>,
    #[serde(skip)]
    stream: String,
}

impl EventJson {
    fn of(event: &Event<'_>) -> Option<Self> {
        #[derive(Deserialize)]
        struct Details {
            details: Box<RawValue>,
        }
        let text = serde_json::to_string(event).ok()?;
        let Details { details } = serde_json::from_str(&text).ok()?;
        Some(Self {
            event_type: event.kind().to_owned(),
            milestone_id: event.milestone_id.as_ref().map(ToString::to_string),
            details,
            stream: event.stream().map_or_else(|| StreamId::PROJECT.to_owned(), |s| s.to_string()),
        })
    }
}

impl Written {
    /// What `outcome` wrote; what the first call with this key wrote, if it is a repetition.
    pub(super) fn of(
        context: &mut Context,
        seen: &Seen,
        outcome: &Outcome,
    ) -> Result<Self, Box<Problem>> {
        let dry_run = context.global.dry_run;
        let mut events: Vec<EventJson> = outcome.events.iter().filter_map(EventJson::of).collect();
        if let (true, Some(record)) = (outcome.duplicate, outcome.record) {
            events = first_time(context, record)?;
        }
        let state = context.project()?.state();
        let name = |stream: &StreamId| reference_of(state, stream);
        let created = |kind: &str| {
            let streams = events.iter().filter(|event| event.event_type == kind);
            streams.filter_map(|event| StreamId::parse(&event.stream)).collect::<Vec<_>>()
        };
        let mut about = created("milestone_created");
        if about.is_empty() {
            about = created("task_added");
        }
        about.extend(seen.subjects.iter().map(super::seen::Thing::stream));
        if about.is_empty() {
            let streams = events.iter().filter(|event| event.milestone_id.is_some());
            about.extend(streams.filter_map(|event| StreamId::parse(&event.stream)));
        }
        let mut refs: Vec<String> = Vec::new();
        for reference in about.iter().map(name) {
            if !refs.contains(&reference) {
                refs.push(reference);
            }
        }
        let record = outcome.record.map(|record| record.to_string());
        let warnings = outcome.warnings.iter().map(warning).collect();
        Ok(Self { record, duplicate: outcome.duplicate, dry_run, events, refs, warnings })
    }

    /// What `outcome` would write where there is no project yet.
    pub(super) fn planning(outcome: &Outcome) -> Self {
        let events = outcome.events.iter().filter_map(EventJson::of).collect();
        let (refs, warnings) = (Vec::new(), Vec::new());
        Self { record: None, duplicate: false, dry_run: true, events, refs, warnings }
    }

    /// What was written, and further members in front of it.
    pub(super) fn with<'w, M: Serialize>(&'w self, members: &'w M) -> impl Serialize + 'w {
        #[derive(Serialize)]
        struct With<'w, M> {
            #[serde(flatten)]
            members: &'w M,
            #[serde(flatten)]
            written: &'w Written,
        }
        With { members, written: self }
    }

    /// The id of what was made and has no reference of its own: a risk, a session.
    pub(super) fn made(&self) -> Option<String> {
        let id = |event: &EventJson| {
            let name = match event.event_type.as_str() {
                "risk_identified" => "risk",
                "session_started" => "session",
                _ => return None,
            };
            let details: serde_json::Value = serde_json::from_str(event.details.get()).ok()?;
            details[name].as_str().map(str::to_owned)
        };
        self.events.iter().find_map(id)
    }

    /// The document of `--json`.
    pub(super) fn json(&self, context: &mut Context) -> Result<String, Box<Problem>> {
        document(context, "write", self)
    }

    /// The events that would be appended, a line each.
    pub(super) fn planned(&self) -> String {
        if self.events.is_empty() {
            return "Nothing to change: it is so already.\n".to_owned();
        }
        let widest = |of: fn(&EventJson) -> &str| {
            self.events.iter().map(|event| of(event).len()).max().unwrap_or(0)
        };
        let (kinds, streams) = (widest(|event| &event.event_type), widest(|event| &event.stream));
        let line = |event: &EventJson| {
            let (kind, stream) = (&event.event_type, &event.stream);
            format!("{kind:<kinds$}  {stream:<streams$}  {}\n", sanitize(event.details.get()))
        };
        self.events.iter().map(line).collect()
    }
}

/// A document about the project.
pub(in crate::run) fn document<T: Serialize>(
    context: &mut Context,
    kind: &str,
    data: T,
) -> Result<String, Box<Problem>> {
    let (level, tty) = (context.style.level, context.style.tty);
    let project = context.project()?;
    let name = project.project().name.clone();
    let meta = Meta {
        heads: project.checkpoint().heads.iter().map(ToString::to_string).collect(),
        project: (!name.is_empty()).then_some(name),
        level,
        ..Meta::default()
    };
    Envelope::new(kind, data, meta)
        .render(tty)
        .map_err(|error| Box::new(Problem::new("json.failed", Exit::Failed, error.to_string())))
}

/// The events of an earlier record.
fn first_time(context: &mut Context, record: RecordId) -> Result<Vec<EventJson>, Box<Problem>> {
    let project = context.project()?;
    let entries =
        project.history(&HistoryFilter::default()).map_err(|error| problem::history(&error))?;
    let own = entries.into_iter().filter(|entry| entry.record == record);
    Ok(own
        .map(|entry| EventJson {
            event_type: entry.kind,
            milestone_id: entry.milestone_id,
            details: entry.details,
            stream: entry.stream.map_or_else(|| StreamId::PROJECT.to_owned(), |s| s.to_string()),
        })
        .collect())
}
