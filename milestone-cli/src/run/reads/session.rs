//! `session list` and `session show`: sessions, and where one stopped.
//!
//! Start at [`Point::of`]: what `resume` prints, too.
//!
//! - **Invariant.** A resume point has at most [`POINT_LINES_MAX`] lines, and ends with one command
//!   that can be typed as it stands.

use std::collections::BTreeMap;

use milestone_core::domain::{
    Plan, Session, SessionRival, Stage, numbered, reference_of, waits_for,
};
use milestone_core::projection::State;
use milestone_core::words::{RecordKey, StreamId, StreamName, Timestamp};
use milestone_project::{Changes, Project, SessionFound};
use schemars::JsonSchema;
use serde::Serialize;

use super::history::{about, known_at, local_time};
use super::print::{self, Listing, REPORT, object, under_banner};
use super::sentence::Teller;
use crate::args::global::Format;
use crate::args::session::{SessionArgs, SessionListArgs};
use crate::args::usage::quoted;
use crate::run::context::{Context, Moment, Ran};
use crate::run::problem;
use crate::run::schema::{HeadText, TimeText};
use crate::ui::error::{Exit, Problem};
use crate::ui::style::WIDTH_SLIM;
use crate::ui::table::{Cell, Column, Fit, Table};
use crate::ui::text::sanitize;

/// Most lines of a resume point.
pub(in crate::run) const POINT_LINES_MAX: usize = 12;

/// Most changes of others that a resume point names.
const CHANGES_SHOWN_MAX: usize = 3;

/// A session, for programs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(in crate::run) struct SessionDoc {
    session: String,
    status: &'static str,
    by: String,
    #[schemars(with = "TimeText")]
    started_at: Timestamp,
    #[schemars(with = "TimeText")]
    changed_at: Timestamp,
    on: Option<String>,
    branch: Option<String>,
    next: Option<String>,
    notes: Option<String>,
    /// Steps of those who did not know of the last one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rivals: Vec<RivalDoc>,
}

/// A step that does not hold beside the one that does.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct RivalDoc {
    status: &'static str,
    by: String,
    #[schemars(with = "TimeText")]
    at: Timestamp,
    #[schemars(with = "HeadText")]
    record: RecordKey,
    on: Option<String>,
    branch: Option<String>,
    next: Option<String>,
    notes: Option<String>,
}

impl RivalDoc {
    fn of(state: &State, rival: &SessionRival) -> Self {
        Self {
            status: rival.step.status(),
            by: rival.by.clone(),
            at: rival.at,
            record: rival.record,
            on: rival.on.as_ref().map(|on| reference_of(state, on)),
            branch: rival.branch.clone(),
            next: rival.next.clone(),
            notes: rival.notes.clone(),
        }
    }
}

impl SessionDoc {
    fn of(state: &State, id: &str, held: &Session) -> Self {
        Self {
            session: id.to_owned(),
            status: held.step.status(),
            by: held.by.clone(),
            started_at: held.started_at,
            changed_at: held.changed_at,
            on: held.on.as_ref().map(|on| reference_of(state, on)),
            branch: held.branch.clone(),
            next: held.next.clone(),
            notes: held.notes.clone(),
            rivals: held.rivals.iter().map(|rival| RivalDoc::of(state, rival)).collect(),
        }
    }
}

/// A change that somebody else made.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct ChangeDoc {
    #[schemars(with = "TimeText")]
    at: Timestamp,
    actor: String,
    event_type: String,
    what: String,
}

/// Where a session stopped, what others did since, and how to go on.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(in crate::run) struct Point {
    #[serde(flatten)]
    session: SessionDoc,
    title: Option<String>,
    here: Option<String>,
    changes: usize,
    changes_by: BTreeMap<String, usize>,
    newest: Vec<ChangeDoc>,
    /// What to type to go on.
    pub(in crate::run) command: String,
}

impl Point {
    /// The point of a session, as the plan stands.
    pub(in crate::run) fn of(
        state: &State,
        id: &str,
        held: &Session,
        changes: &Changes,
        here: Option<String>,
    ) -> Self {
        let mut teller = Teller::default();
        let told = |entry: &milestone_project::Entry| ChangeDoc {
            at: entry.at.unwrap_or(entry.timestamp),
            actor: entry.actor.clone(),
            event_type: entry.kind.clone(),
            what: format!("{} {}", about(state, entry), teller.tell(entry)),
        };
        Self {
            session: SessionDoc::of(state, id, held),
            title: held.on.as_ref().and_then(|on| title(state, on)),
            here,
            changes: changes.count,
            changes_by: changes.by.clone(),
            newest: changes.newest.iter().map(told).collect(),
            command: go_on(state, held.on.as_ref()),
        }
    }

    /// The lines of it, for people.
    pub(in crate::run) fn text(&self, context: &Context) -> String {
        let style = &context.style;
        let mut lines = Vec::new();
        let SessionDoc { session, status, by, changed_at, on, branch, next, notes, rivals, .. } =
            &self.session;
        let mut line = |label: &str, text: String| {
            let first = text.lines().next().unwrap_or_default();
            let more = if text.lines().count() > 1 { " …" } else { "" };
            let whole = format!("{label:<10}{}{more}", sanitize(first));
            // Twelve lines are enough where they are not short.
            lines.push(match style.width < WIDTH_SLIM {
                true => whole.trim_end().to_owned(),
                false => style.ruler().clip(whole.trim_end(), style.width),
            });
        };
        line(
            "Session",
            format!("{session}  {status} by {by}  {}", local_time(context, *changed_at)),
        );
        if let Some(on) = on {
            line("On", format!("{on}  {}", self.title.as_deref().unwrap_or_default()));
        }
        if let Some(branch) = branch {
            let elsewhere = self.here.as_ref().filter(|here| *here != branch);
            let tail = elsewhere.map(|here| format!("  (here: {here}; git switch {branch})"));
            line("Branch", format!("{branch}{}", tail.unwrap_or_default()));
        }
        if let Some(notes) = notes {
            line("Note", notes.clone());
        }
        if let Some(next) = next {
            line("Next", next.clone());
        }
        for rival in rivals {
            let said =
                rival.notes.iter().chain(&rival.next).cloned().collect::<Vec<_>>().join("; ");
            let said = if said.is_empty() { said } else { format!(": {said}") };
            line("Beside", format!("{} by {}{said}", rival.status, rival.by));
        }
        match self.changes {
            0 => line("Since", "nothing by others".to_owned()),
            count => {
                let mut people: Vec<_> = self.changes_by.iter().collect();
                people.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
                let names: Vec<&str> =
                    people.iter().take(3).map(|(name, _)| name.as_str()).collect();
                let more = if people.len() > 3 { " and others" } else { "" };
                let changes = if count == 1 { "change" } else { "changes" };
                line("Since", format!("{count} {changes} by {}{more}", names.join(", ")));
            }
        }
        for change in self.newest.iter().rev().take(CHANGES_SHOWN_MAX) {
            line("", format!("{}  {}", change.actor, change.what));
        }
        if self.changes > CHANGES_SHOWN_MAX {
            line("", format!("and {} more: milestone log", self.changes - CHANGES_SHOWN_MAX));
        }
        line("Continue", format!("milestone {}", self.command));
        lines.truncate(POINT_LINES_MAX);
        lines.join("\n") + "\n"
    }
}

fn title(state: &State, stream: &StreamId) -> Option<String> {
    match stream.name() {
        StreamName::Project => None,
        StreamName::Milestone(id) => state.milestone(id).map(|held| held.item.title.to_string()),
        StreamName::Task(..) => state.task(stream.as_str()).map(|task| task.item.title.to_string()),
    }
}

/// The command to go on with: what is under way, else what can be begun, the task itself first.
fn go_on(state: &State, on: Option<&StreamId>) -> String {
    let Some(on) = on else { return "ready".to_owned() };
    let stands = |reference: &str, stage: Stage| match stage {
        Stage::Underway => Some(format!("show {}", quoted(reference))),
        Stage::Open => Some(format!("start {}", quoted(reference))),
        _ => None,
    };
    let free = |stream: &StreamId, stage: Stage| {
        stage != Stage::Open || waits_for(state, stream).is_empty()
    };
    let task = state.task(on.as_str());
    let home = task.as_ref().map(|task| task.home.as_str()).or(on.milestone_part());
    let home = home.unwrap_or_default().to_owned();
    if state.milestone(&home).is_some_and(|held| held.item.stage == Stage::Paused) {
        return format!("resume {}", quoted(&home));
    }
    if let Some(task) = task
        && let Some(command) = stands(&task.reference(), task.item.stage)
        && free(on, task.item.stage)
    {
        return command;
    }
    let rows = numbered(state, &home);
    let of = |stage: Stage| {
        let mut fits = rows.iter().filter(|row| row.stage == stage && !row.blocked);
        fits.find(|row| free(&row.stream, stage))
    };
    let next = of(Stage::Underway).or_else(|| of(Stage::Open));
    next.and_then(|row| stands(&format!("{home}/{}", row.slug), row.stage))
        .unwrap_or_else(|| "ready".to_owned())
}

/// The session that is meant: the one named, the one open here, else the one put down last.
pub(in crate::run) fn meant(
    context: &mut Context,
    state: &State,
    asked: Option<&str>,
) -> Result<(String, Session), Box<Problem>> {
    let (actor, exact) = (context.actor(), context.env("MILESTONE_EXACT").is_some());
    let here = context.env("MILESTONE_SESSION").map(str::to_owned);
    let project = context.project()?;
    let sessions = &state.project().sessions;
    let Some(asked) = asked else {
        let here = here.filter(|id| sessions.get(id).is_some_and(Session::can_go_on));
        // What is open in this clone is known of now; in the past it has to have been open, too.
        let open = || project.open_session(&actor);
        let here = here.or_else(open).filter(|id| sessions.contains_key(id));
        let found = match here {
            Some(id) => sessions.get(&id).map(|held| (id, held.clone())),
            None => Project::last_session(state, &actor),
        };
        return found.ok_or_else(|| {
            Box::new(
                Problem::new("session.none", Exit::NotFound, "there is no session to go on with")
                    .unchanged()
                    .hint("milestone session start REF"),
            )
        });
    };
    match Project::find_session(state, asked, exact) {
        SessionFound::One(id, session) => Ok((id, session)),
        SessionFound::None => {
            let message = format!("no session is called \"{}\"", sanitize(asked));
            Err(Box::new(
                Problem::new("session.unknown", Exit::NotFound, message)
                    .unchanged()
                    .hint("milestone session list --all"),
            ))
        }
        SessionFound::Many(ids) => {
            let message = format!("\"{}\" fits {} sessions", sanitize(asked), ids.len());
            let told = Problem::new("session.ambiguous", Exit::Ambiguous, message).unchanged();
            let told = ids.iter().fold(told, |told, id| told.alternative(id.clone()));
            Err(Box::new(told.hint(format!("milestone session show {}", quoted(&ids[0])))))
        }
    }
}

/// Where a session stopped, as it looks from a moment.
pub(in crate::run) fn point(
    context: &mut Context,
    moment: &Moment,
    id: &str,
    session: &Session,
) -> Result<Point, Box<Problem>> {
    let past = moment.as_of.is_some();
    let here = Some(milestone_project::Git::of(&context.dir())).filter(|_| !past);
    let known = if past { Some(known_at(context, moment)?) } else { None };
    let known = known.as_ref().map(|known| (moment.heads.as_slice(), known));
    let changes = context.project()?.changes_since(session, known);
    let changes = changes.map_err(|error| problem::history(&error))?;
    Ok(Point::of(&moment.state, id, session, &changes, here.and_then(|git| git.branch())))
}

/// Shows where a session stopped.
pub(super) fn show(context: &mut Context, args: &SessionArgs) -> Ran {
    let format = print::format(context, "session show", REPORT, false)?;
    let moment = context.moment()?;
    let found = meant(context, &moment.state, args.session.as_deref());
    let (id, session) = found.map_err(|problem| match problem.code {
        // Those that have ended are shown, too, if they are named.
        "session.none" => Box::new(problem.hint("milestone session list --all")),
        _ => problem,
    })?;
    let point = point(context, &moment, &id, &session)?;
    let stdout = match format {
        Format::Json => object(context, &moment, "session.show", &point)?,
        _ => point.text(context),
    };
    Ok(under_banner(context, &moment, stdout))
}

/// Lists sessions, the one that changed last first.
pub(super) fn list(context: &mut Context, args: &SessionListArgs) -> Ran {
    let moment = context.moment()?;
    let state = &moment.state;
    let project = state.project();
    let mut all: Vec<_> =
        project.sessions.iter().filter(|(_, held)| args.all || held.can_go_on()).collect();
    all.sort_by_key(|(id, held)| (std::cmp::Reverse(held.clock), (*id).clone()));
    let empty = match project.sessions.len() {
        0 => "No sessions. Begin one with: milestone session start REF".to_owned(),
        ended => format!("No open session; {ended} ended: milestone session list --all"),
    };
    let docs: Vec<SessionDoc> =
        all.iter().map(|(id, held)| SessionDoc::of(state, id, held)).collect();
    let view: &Context = context;
    let table = || {
        let columns = vec![
            Column::new("session", "SESSION", Fit::Key),
            Column::new("status", "STATUS", Fit::Key),
            Column::new("by", "BY", Fit::Key),
            Column::new("changed_at", "LAST", Fit::Count),
            Column::new("on", "ON", Fit::Key),
            Column::new("notes", "NOTE", Fit::Text),
        ];
        let text = |said: &Option<String>| said.clone().unwrap_or_default();
        let row = |doc: &SessionDoc| {
            vec![
                Cell::new(&doc.session),
                Cell::new(doc.status),
                Cell::new(&doc.by),
                Cell::new(local_time(view, doc.changed_at)).plain(doc.changed_at.to_string()),
                Cell::new(text(&doc.on)),
                Cell::new(text(&doc.notes)),
            ]
        };
        Table { columns, rows: docs.iter().map(row).collect() }
    };
    Listing {
        verb: "session list",
        kind: "session.list",
        table,
        items: || docs.clone(),
        text: None,
        md: None,
        total: Some(docs.len()),
        empty,
        hints: Vec::new(),
    }
    .print(context, &moment)
}
