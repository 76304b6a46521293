//! `why`: the rule and the records behind a status, a percentage, a block, a date.
//!
//! Start at [`run`]. Each row says one thing and names the records that made it so.
//!
//! - **Invariant.** Nothing is guessed: a row without a record follows from what others say, and
//!   its sentence says how.

mod outlook;
mod parts;

use std::collections::BTreeSet;

use milestone_core::domain::{
    Hold, HoldWhy, Item, Plan, Stage, effective_stage, milestone_progress, reference_of,
    status_word, task_percent, task_status_word, waits_for, waits_to_finish,
};
use milestone_core::projection::State;
use milestone_core::words::{RecordId, Slug, StreamId, StreamName};
use milestone_project::Entry;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use parts::{PhaseSum, Sum};

use super::reason::{events_of, reason};
use super::{print, refs};
use crate::args::milestone::ShowArgs;
use crate::run::context::{Context, Moment, Ran};
use crate::run::schema::RecordText;
use crate::run::ties;
use crate::ui::glyph::Paint;
use crate::ui::report::wrapped;
use crate::ui::style::Style;
use crate::ui::table::{Cell, Column, Fit, Table};
use crate::ui::text::sanitize;

/// A row of `why`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct WhyDoc {
    what: &'static str,
    is: String,
    because: String,
    #[schemars(with = "Vec<RecordText>")]
    records: Vec<RecordId>,
}

/// What `why` is about, and the records to cite.
struct Asked<'a> {
    state: &'a State,
    stream: StreamId,
    entries: Vec<Entry>,
    rows: Vec<WhyDoc>,
}

/// Says why something stands as it does.
pub(super) fn run(context: &mut Context, args: &ShowArgs) -> Ran {
    let mut moment = context.moment()?;
    let stream = match &args.reference {
        Some(asked) => refs::find(context, &moment, asked, "why")?,
        None => {
            let current = context.current(&moment.state)?;
            refs::find(context, &moment, &current, "why")?
        }
    };
    let entries = entries(context, &moment, &stream)?;
    let mut asked = Asked { state: &moment.state, stream, entries, rows: Vec::new() };
    asked.answer();
    asked.forced();
    if moment.as_of.is_none() {
        let (project, task) = (context.project()?, moment.state.task(asked.stream.as_str()));
        let lapsed = task.map(|task| project.lapsed(&task)).unwrap_or_default();
        lapsed.iter().for_each(|(phase, changed)| asked.lapsed(phase, changed));
    }
    let (mut rows, stream) = (asked.rows, asked.stream);
    if let StreamName::Milestone(id) = stream.name()
        && let Ok(id) = Slug::new(id)
    {
        let (more, back) = outlook::rows(context, moment, id)?;
        rows.extend(more);
        moment = back;
    }
    let text = || rows.iter().map(|row| told(row, &context.style)).collect();
    print::Listing {
        verb: "why",
        kind: "why",
        table: || table(&rows),
        items: || rows.clone(),
        text: Some(&text),
        md: None,
        total: Some(rows.len()),
        empty: "There is nothing to say.".to_owned(),
        hints: Vec::new(),
    }
    .print(context, &moment)
}

/// The events of the thing, of its milestone, and of what it waits for, oldest first.
fn entries(
    context: &mut Context,
    moment: &Moment,
    stream: &StreamId,
) -> Result<Vec<Entry>, Box<crate::ui::error::Problem>> {
    let state = &moment.state;
    // What was undone is said of the project.
    let mut streams = BTreeSet::from([stream.clone(), StreamId::project()]);
    let home = state.brief(stream.as_str()).map(|task| StreamId::milestone(&task.home));
    streams.extend(home);
    if let StreamName::Milestone(id) = stream.name() {
        streams.extend(state.rows(id).iter().map(|row| row.stream.clone()));
    }
    for held in streams.clone() {
        let holds = waits_for(state, &held).into_iter().chain(waits_to_finish(state, &held));
        streams.extend(holds.filter_map(|hold| hold.stream()));
    }
    events_of(context, moment, streams)
}

impl Asked<'_> {
    fn say(&mut self, what: &'static str, is: String, because: String, records: Vec<RecordId>) {
        self.rows.push(WhyDoc { what, is, because, records });
    }

    /// The last event of a stream that fits.
    fn last(&self, stream: &StreamId, fits: impl Fn(&Entry, &Value) -> bool) -> Vec<RecordId> {
        let of = |entry: &&Entry| {
            let details = serde_json::from_str(entry.details.get()).unwrap_or(Value::Null);
            entry.stream.as_ref() == Some(stream) && fits(entry, &details)
        };
        self.entries.iter().rev().find(of).map(|entry| entry.record).into_iter().collect()
    }

    /// The records that set how far a task has come, and its weight.
    fn part_records(&self, stream: &StreamId) -> Vec<RecordId> {
        const REACHED: [&str; 9] = [
            "progress_updated",
            "task_completed",
            "task_reopened",
            "task_started",
            "phase_submitted",
            "phase_approved",
            "phase_rejected",
            "phase_changes_requested",
            "task_added",
        ];
        let mut records = self.last(stream, |entry, _| REACHED.contains(&&*entry.kind));
        let weight = |_: &Entry, details: &Value| {
            details.get("weight").is_some() || details["set"].get("weight").is_some()
        };
        records.extend(self.last(stream, weight));
        records.dedup();
        records
    }

    fn status_record(&self, stream: &StreamId) -> Vec<RecordId> {
        const ENDS: [&str; 9] = [
            "_created",
            "_started",
            "_paused",
            "_resumed",
            "_completed",
            "_reopened",
            "_cancelled",
            "_archived",
            "_restored",
        ];
        let status = |entry: &Entry, _: &Value| {
            let kind = entry.kind.as_str();
            let of_task = matches!(kind, "task_added" | "task_removed");
            let own = kind.starts_with("milestone_") || kind.starts_with("task_");
            of_task || (own && ENDS.iter().any(|end| kind.ends_with(end)))
        };
        self.last(stream, status)
    }

    /// What a stage means, and the reason that was given for it.
    fn because(&self, stage: Stage, records: &[RecordId]) -> String {
        let of = |entry: &&Entry| {
            entry.stream.as_ref() == Some(&self.stream) && records.contains(&entry.record)
        };
        let reason = self.entries.iter().rev().filter(of).find_map(reason);
        let because = reason.map(|reason| format!(", because: {reason}"));
        format!("{}{}", because_of(stage), because.unwrap_or_default())
    }

    fn answer(&mut self) {
        let stream = self.stream.clone();
        match stream.is_task() {
            true => {
                let Some(task) = self.state.task(stream.as_str()) else { return };
                let records = self.status_record(&stream);
                let stage = task.item.stage;
                let because = self.because(stage, &records);
                self.say("status", task_status_word(stage).to_owned(), because, records);
                let percent = task_percent(stage, task.fraction());
                // What was done and taken up again was not reported by that.
                let records = match (stage, &task.item.report) {
                    (Stage::Done, _) => self.last(&stream, |entry, _| {
                        ["progress_updated", "task_completed"].contains(&&*entry.kind)
                    }),
                    (_, Some(_)) => self.last(&stream, |entry, _| entry.kind == "progress_updated"),
                    (_, None) => Vec::new(),
                };
                let phases = task.workflow.as_ref().map(PhaseSum::of);
                let because = match (stage, &phases) {
                    (Stage::Done, _) => "it is done".to_owned(),
                    (_, Some(phases)) => phases.formula(),
                    (Stage::Underway, _) if records.is_empty() => {
                        "it was begun, and nothing was reported".to_owned()
                    }
                    _ if records.is_empty() => "nothing was reported".to_owned(),
                    _ => "what was reported last".to_owned(),
                };
                self.say("progress", format!("{percent}%"), because, records);
                for (phase, adds) in phases.iter().flat_map(PhaseSum::parts) {
                    let of_phase = |entry: &Entry, details: &Value| {
                        entry.kind.starts_with("phase_") && details["phase"] == *phase
                    };
                    let records = self.last(&stream, of_phase);
                    self.say("part", phase, adds, records);
                }
                let begun = task.item.stage != Stage::Open;
                self.waits(&stream, (&task.item, begun), "");
                let home = task.home.clone();
                if let Some(milestone) = self.state.milestone(home.as_str()) {
                    if task.item.stage.is_left() && milestone.item.stage == Stage::Paused {
                        let records = self.status_record(&milestone.stream());
                        let because = format!("its milestone {home} is paused");
                        self.say("waits", "to go on".to_owned(), because, records);
                    }
                    // A task waits for what its milestone waits for, even where that has begun.
                    self.waits(&milestone.stream(), (&milestone.item, begun), "its milestone ");
                }
                self.due(&stream, &task.item, &home);
            }
            false => self.answer_milestone(&stream),
        }
    }

    fn answer_milestone(&mut self, stream: &StreamId) {
        let Some(milestone) = self.state.milestone(stream.as_str()) else { return };
        let rows = self.state.rows(milestone.id.as_str());
        let (stage, own) = (effective_stage(&milestone, &rows), milestone.item.stage);
        let records = self.status_record(stream);
        let because = match stage == own {
            true => self.because(stage, &records),
            false => "it was completed, and a task is open that was not left open".to_owned(),
        };
        self.say("status", status_word(stage).to_owned(), because, records);
        let progress = milestone_progress(&milestone, &rows);
        let (sum, id) = (Sum::of(&milestone, &rows), milestone.id.clone());
        let because = match &sum {
            None if own == Stage::Done || milestone.item.archived_from == Some(Stage::Done) => {
                "it was completed, and has no tasks".to_owned()
            }
            None if milestone.item.report.is_none() => {
                "no tasks, and nothing was reported".to_owned()
            }
            None => "no tasks: what was reported last".to_owned(),
            Some(sum) => sum.formula(),
        };
        let records = match progress.of {
            0 => self.last(stream, |entry, _| entry.kind == "progress_updated"),
            _ => Vec::new(),
        };
        self.say("progress", format!("{}%", progress.percent), because, records);
        for row in sum.iter().flat_map(Sum::rows) {
            let records = self.part_records(&row.stream);
            let adds = sum.as_ref().map(|sum| sum.adds(row)).unwrap_or_default();
            self.say("part", format!("{id}/{}", row.slug), adds, records);
        }
        self.waits(stream, (&milestone.item, milestone.item.stage != Stage::Open), "");
        let home = milestone.id.clone();
        self.due(stream, &milestone.item, &home);
    }

    /// An approval that no longer holds.
    fn lapsed(&mut self, phase: &str, changed: &[String]) {
        let because = format!(
            "{} changed since, so it does not let the task go on: submit the phase again",
            changed.join(", ")
        );
        let approved = |entry: &Entry, details: &Value| {
            entry.kind == "phase_approved" && details["phase"] == *phase
        };
        let records = self.last(&self.stream, approved);
        self.say("lapsed", format!("the approval of {phase}"), because, records);
    }

    /// The steps that were forced, each with its reason: those of the thing, and of its tasks.
    fn forced(&mut self) {
        let own = |stream: &StreamId| {
            let above = self.state.brief(stream.as_str()).map(|task| task.home);
            *stream == self.stream
                || above.is_some_and(|home| StreamId::milestone(&home) == self.stream)
        };
        let mut rows = Vec::new();
        let details = |entry: &Entry| -> Value {
            serde_json::from_str(entry.details.get()).unwrap_or(Value::Null)
        };
        let undone = self.entries.iter().filter(|entry| entry.kind == "undone");
        let undone: BTreeSet<String> = undone
            .filter_map(|entry| Some(details(entry)["record"].as_str()?.to_owned()))
            .collect();
        for entry in &self.entries {
            let Some(stream) = entry.stream.as_ref().filter(|stream| own(stream)) else { continue };
            if undone.contains(&entry.record.to_string()) {
                continue;
            }
            let details = serde_json::from_str(entry.details.get()).unwrap_or(Value::Null);
            let Some(reason) = details["forced"].as_str() else { continue };
            let step = entry.kind.rsplit('_').next().unwrap_or(&entry.kind).to_owned();
            let is = match *stream == self.stream {
                true => step,
                false => format!("{step} {}", reference_of(self.state, stream)),
            };
            let because = format!("against a rule, because: {reason}");
            rows.push(WhyDoc { what: "forced", is, because, records: vec![entry.record] });
        }
        self.rows.extend(rows);
    }

    /// What holds a stream, with the records that say so and those by which the other stands so.
    fn waits(&mut self, stream: &StreamId, (item, begun): (&Item, bool), whose: &str) {
        if !item.stage.is_left() {
            return;
        }
        for (end, holds) in [
            ("start", waits_for(self.state, stream)),
            ("finish", waits_to_finish(self.state, stream)),
        ] {
            let over = end == "start" && begun;
            for hold in holds.iter().filter(|_| !over) {
                self.wait(stream, end, hold, whose);
            }
        }
        for blocker in item.open_blockers() {
            let records = self.last(stream, |entry, details| {
                entry.kind == "blocker_raised" && details["blocker"] == *blocker.id
            });
            let by = format!("{whose}blocked by {}", blocker.by);
            self.say("blocked", blocker.text.to_string(), by, records);
        }
    }

    fn wait(&mut self, stream: &StreamId, end: &str, hold: &Hold, whose: &str) {
        let mut records = self.last(stream, |entry, details| {
            entry.kind == "dependency_added" && details["on"] == *hold.on
        });
        let name = ties::name_of(self.state, hold);
        if let Some(on) = hold.stream() {
            records.extend(self.status_record(&on));
        }
        let why = match &hold.why {
            HoldWhy::Unstarted => "which has not started".to_owned(),
            HoldWhy::Unfinished => "which is not finished".to_owned(),
            HoldWhy::Until(until) => format!("and its lag lasts until {until:.16}Z"),
            HoldWhy::Unknown(why) => format!("of which nobody knows: {why}"),
        };
        let because = format!("{whose}comes after {name} ({}), {why}", hold.terms);
        self.say("waits", format!("to {end}"), because, records);
    }

    fn due(&mut self, stream: &StreamId, item: &Item, home: &Slug) {
        let set = |_: &Entry, details: &Value| {
            details.get("due").is_some() || details["set"].get("due").is_some()
        };
        if let Some(due) = item.due {
            let records = self.last(stream, set);
            self.say("due", due.to_string(), "it was set".to_owned(), records);
            return;
        }
        let above = StreamId::milestone(home);
        let due = self.state.milestone(home.as_str()).and_then(|held| held.item.due);
        if let Some(due) = due.filter(|_| above != *stream) {
            let records = self.last(&above, set);
            let name = reference_of(self.state, &above);
            self.say("due", due.to_string(), format!("its milestone {name} is due then"), records);
        }
    }
}

fn because_of(stage: Stage) -> &'static str {
    match stage {
        Stage::Open => "it was made, or opened again, and not started",
        Stage::Underway => "it was started",
        Stage::Paused => "it was put down for now",
        Stage::Done => "it was finished",
        Stage::Cancelled => "it was given up",
        Stage::Archived => "it was put away",
        Stage::Removed => "it was taken out",
    }
}

/// A row in full, on as many lines as it takes: a reason that is cut off is none.
fn told(row: &WhyDoc, style: &Style) -> String {
    let head = sanitize(&format!("{}: {}", row.what, row.is)).into_owned();
    let mut out = Paint::Heading.over(&head, style.color) + "\n";
    out.push_str(&wrapped(&sanitize(&row.because), "  ", style));
    let records: Vec<String> = row.records.iter().map(|record| format!("{record:.16}")).collect();
    if !records.is_empty() {
        out.push_str(&wrapped(&format!("by {}", records.join(", ")), "  ", style));
    }
    out
}

fn table(rows: &[WhyDoc]) -> Table {
    let columns = vec![
        Column::new("what", "WHAT", Fit::Key),
        Column::new("is", "IS", Fit::Key),
        Column::new("because", "BECAUSE", Fit::Text),
        Column::new("records", "RECORDS", Fit::Key),
    ];
    let row = |row: &WhyDoc| {
        let records: Vec<String> =
            row.records.iter().map(|record| format!("{record:.16}")).collect();
        vec![
            Cell::new(row.what),
            Cell::new(&row.is),
            Cell::new(&row.because),
            Cell::new(records.join(" ")),
        ]
    };
    Table { columns, rows: rows.iter().map(row).collect() }
}
