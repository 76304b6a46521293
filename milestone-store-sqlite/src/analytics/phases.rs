//! Facts about the phases of workflows: how long each was worked on, and how long it lay waiting.
//!
//! Start at [`PhaseFacts::of`].
//!
//! - **Invariant.** Spans follow from the stream's own events, in the order in which they really
//!   happened; plans are those of the workflow as it is now.

use milestone_core::domain::{Body, PhaseStatus, Workflow};
use rusqlite::{Connection, Row, params};

use super::facts::{Happened, Moment, Span, settle};
use super::rows::moment;
use crate::error::odd_value;

/// Something that happened in a phase.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    pub(super) moment: Moment,
    pub(super) phase: String,
    pub(super) becomes: String,
}

impl Happened for Turn {
    fn moment(&self) -> Moment {
        self.moment
    }
    fn take_effect(&mut self, at: i64) {
        self.moment.at = at;
    }
}

/// How long a phase should take, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Planned {
    phase: String,
    workflow: String,
    minutes_min: Option<u32>,
    minutes_max: Option<u32>,
    status: String,
}

/// What is known of the phases of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct PhaseFacts {
    spans: Vec<(String, Span)>,
    plans: Vec<Planned>,
}

/// What an event makes of a phase: its name and its status.
pub(super) fn turn<'a>(body: &'a Body<'_>) -> Option<(&'a str, PhaseStatus)> {
    let (change, status) = match body {
        Body::PhaseStarted(change) => (change, PhaseStatus::InProgress),
        Body::PhaseSubmitted(change) => (change, PhaseStatus::Submitted),
        Body::PhaseApproved(change) => (change, PhaseStatus::Approved),
        Body::PhaseChangesRequested(change) => (change, PhaseStatus::ChangesRequested),
        Body::PhaseRejected(change) => (change, PhaseStatus::Pending),
        _ => return None,
    };
    Some((&change.phase, status))
}

impl PhaseFacts {
    /// The facts of a stream, to whose phases `turns` happened.
    pub(super) fn of(turns: &[Turn], workflow: Option<&Workflow>) -> Self {
        let mut spans: Vec<(String, Span)> = Vec::new();
        let turns = settle(turns, |turn| Some(turn.phase.clone()));
        for turn in turns.iter() {
            let of_phase = |span: &&mut (String, Span)| span.0 == turn.phase;
            let open = spans.iter_mut().rev().find(of_phase).filter(|held| held.1.end_at.is_none());
            if let Some((_, span)) = open {
                if span.what == turn.becomes {
                    continue;
                }
                span.end_at = Some(turn.moment.at);
            }
            let phase = workflow.and_then(|held| held.phase(&turn.phase));
            let submitted = turn.becomes == PhaseStatus::Submitted.word();
            let passed = submitted && phase.is_some_and(|phase| !phase.approval_required);
            let ends = [PhaseStatus::Approved.word(), PhaseStatus::Pending.word()];
            if !passed && !ends.contains(&turn.becomes.as_str()) {
                let (what, begin_at) = (turn.becomes.clone(), turn.moment.at);
                spans.push((turn.phase.clone(), Span { what, begin_at, end_at: None }));
            }
        }
        let planned = |workflow: &Workflow| {
            let name = workflow.name.to_string();
            let plan = |phase: &milestone_core::domain::Phase| Planned {
                phase: phase.name.to_string(),
                workflow: name.clone(),
                minutes_min: phase.minutes_min,
                minutes_max: phase.minutes_max,
                status: phase.status.word().to_owned(),
            };
            workflow.phases.iter().map(plan).collect()
        };
        Self { spans, plans: workflow.map(planned).unwrap_or_default() }
    }

    /// Writes the facts of a stream in place of those that are there; `new` streams have none.
    pub(super) fn put(
        &self,
        connection: &Connection,
        stream: &str,
        new: bool,
    ) -> rusqlite::Result<()> {
        if !new {
            for sql in [
                "DELETE FROM phase_spans WHERE stream = ?",
                "DELETE FROM phase_plans WHERE stream = ?",
            ] {
                connection.prepare_cached(sql)?.execute([stream])?;
            }
        }
        for (place, (phase, span)) in self.spans.iter().enumerate() {
            let Span { what, begin_at, end_at } = span;
            connection
                .prepare_cached("INSERT INTO phase_spans VALUES (?, ?, ?, ?, ?, ?)")?
                .execute(params![stream, place, phase, what, begin_at, end_at])?;
        }
        for (place, plan) in self.plans.iter().enumerate() {
            connection
                .prepare_cached("INSERT INTO phase_plans VALUES (?, ?, ?, ?, ?, ?, ?)")?
                .execute(params![
                    stream,
                    place,
                    plan.phase,
                    plan.workflow,
                    plan.minutes_min,
                    plan.minutes_max,
                    plan.status,
                ])?;
        }
        Ok(())
    }

    /// The facts of a stream as its rows have them.
    pub(super) fn read(connection: &Connection, stream: &str) -> rusqlite::Result<Self> {
        let in_place = |place: usize, found: usize| match place == found {
            true => Ok(()),
            false => Err(odd_value("a row of a phase is missing")),
        };
        let mut facts = Self::default();
        let mut spans = connection.prepare_cached(
            "SELECT phase, state, begin_at, end_at, place FROM phase_spans WHERE stream = ?
             ORDER BY place",
        )?;
        let mut rows = spans.query([stream])?;
        while let Some(row) = rows.next()? {
            in_place(row.get(4)?, facts.spans.len())?;
            let (what, begin_at, end_at) = (row.get(1)?, row.get(2)?, row.get(3)?);
            facts.spans.push((row.get(0)?, Span { what, begin_at, end_at }));
        }
        let mut plans = connection.prepare_cached(
            "SELECT phase, workflow, minutes_min, minutes_max, status, place FROM phase_plans
             WHERE stream = ? ORDER BY place",
        )?;
        let mut rows = plans.query([stream])?;
        while let Some(row) = rows.next()? {
            in_place(row.get(5)?, facts.plans.len())?;
            facts.plans.push(Planned {
                phase: row.get(0)?,
                workflow: row.get(1)?,
                minutes_min: row.get(2)?,
                minutes_max: row.get(3)?,
                status: row.get(4)?,
            });
        }
        Ok(facts)
    }
}

/// Adds something that happened in a phase.
pub(super) fn put_turn(connection: &Connection, stream: &str, turn: &Turn) -> rusqlite::Result<()> {
    let Moment { at, clock, record, place } = turn.moment;
    connection
        .prepare_cached("INSERT OR IGNORE INTO phase_changes VALUES (?, ?, ?, ?, ?, ?, ?)")?
        .execute(params![stream, at, clock, record, place, turn.phase, turn.becomes])?;
    Ok(())
}

/// What happened in the phases of a stream, in the order in which it did.
pub(super) fn turns(connection: &Connection, stream: &str) -> rusqlite::Result<Vec<Turn>> {
    let mut statement = connection.prepare_cached(
        "SELECT at, clock, record, place, phase, becomes FROM phase_changes WHERE stream = ?
         ORDER BY at, clock, record, place",
    )?;
    let turn =
        |row: &Row<'_>| Ok(Turn { moment: moment(row)?, phase: row.get(4)?, becomes: row.get(5)? });
    statement.query_map([stream], turn)?.collect()
}
