//! Are the facts those of the log?
//!
//! Start at [`Analytics::check`], which folds the log in memory and compares.
//!
//! - **Invariant.** Nothing of the file is used to find out what it should say.

use std::collections::{BTreeMap, BTreeSet};

use milestone_core::domain::{Item, Plan, Workflow};
use milestone_core::log::{LogStore, Step, scan};
use milestone_core::projection::{EngineError, State};
use rusqlite::Connection;

use super::activity::Activity;
use super::facts::{Block, Change, Fact, Facts};
use super::phases::{self, PhaseFacts, Turn};
use super::{Analytics, applies, each_fact, rows};

/// Most faults that a check names.
const FAULTS_MAX: usize = 100;

/// What a fold in memory makes of the log.
#[derive(Default)]
struct Folded {
    changes: BTreeMap<String, Vec<Change>>,
    blocks: BTreeMap<String, Vec<Block>>,
    turns: BTreeMap<String, Vec<Turn>>,
    activity: Activity,
}

impl Analytics {
    /// Says what is not as the log has it, of which `state` is the fold; empty if all is. Names at
    /// most 100 faults.
    ///
    /// # Errors
    ///
    /// [`EngineError`] if the log or the file cannot be read.
    pub fn check<S: LogStore + ?Sized>(
        &mut self,
        store: &S,
        state: &State,
    ) -> Result<Vec<String>, EngineError> {
        let mut folded = Folded::default();
        scan(store, |step| match step {
            Step::Restart => folded = Folded::default(),
            Step::Line(line, _) if applies(state, &line.record) => {
                let taken = each_fact(&line.record, |stream, fact| {
                    match fact {
                        Fact::Status(change) => {
                            folded.changes.entry(stream.into()).or_default().push(change);
                        }
                        Fact::Block(block) => {
                            folded.blocks.entry(stream.into()).or_default().push(block);
                        }
                        Fact::Phase(turn) => {
                            folded.turns.entry(stream.into()).or_default().push(turn);
                        }
                    }
                    Ok(())
                });
                taken.expect("lists in memory take everything");
                let record = &line.record;
                record.events.iter().for_each(|event| folded.activity.count(record, event));
            }
            Step::Line(..) => {}
        })?;
        folded.changes.values_mut().for_each(|changes| changes.sort());
        folded.blocks.values_mut().for_each(|blocks| blocks.sort());
        folded.turns.values_mut().for_each(|turns| turns.sort());
        let mut faults = self.ask(|connection| compare(connection, &folded, state))?;
        faults.truncate(FAULTS_MAX);
        Ok(faults)
    }
}

fn compare(
    connection: &Connection,
    folded: &Folded,
    state: &State,
) -> rusqlite::Result<Vec<String>> {
    let (mut faults, mut streams) = (Vec::new(), BTreeSet::new());
    let mut one = |stream: &str, item: &Item, home: Option<&str>, workflow: Option<&Workflow>| {
        streams.insert(stream.to_owned());
        let changes = folded.changes.get(stream).map(Vec::as_slice).unwrap_or_default();
        let blocks = folded.blocks.get(stream).map(Vec::as_slice).unwrap_or_default();
        let should = Facts::of(changes, blocks, item, home);
        let is = rows::read(connection, stream)?;
        if rows::changes(connection, stream)? != changes {
            faults.push(format!("changes of {stream} should be {changes:?}"));
        }
        if rows::blocks(connection, stream)? != blocks {
            faults.push(format!("blocks of {stream} should be {blocks:?}"));
        }
        if is.as_ref() != Some(&should) {
            faults.push(format!("{stream} is {is:?} and should be {should:?}"));
        }
        let turns = folded.turns.get(stream).map(Vec::as_slice).unwrap_or_default();
        if phases::turns(connection, stream)? != turns {
            faults.push(format!("what happened in phases of {stream} should be {turns:?}"));
        }
        let (is, should) = (PhaseFacts::read(connection, stream)?, PhaseFacts::of(turns, workflow));
        if is != should && home.is_some() {
            faults.push(format!("phases of {stream} are {is:?} and should be {should:?}"));
        }
        Ok::<_, rusqlite::Error>(())
    };
    for milestone in state.milestones() {
        one(milestone.id.as_str(), &milestone.item, None, None)?;
    }
    for stream in state.task_streams() {
        if let Some(task) = state.task(stream.as_str()) {
            one(stream.as_str(), &task.item, Some(task.home.as_str()), task.workflow.as_ref())?;
        }
    }
    let mut statement = connection.prepare(
        "SELECT stream FROM changes UNION SELECT stream FROM blocks UNION
         SELECT stream FROM spans UNION SELECT stream FROM blocked UNION
         SELECT stream FROM lifetimes UNION SELECT stream FROM steps UNION
         SELECT stream FROM phase_changes UNION SELECT stream FROM phase_spans UNION
         SELECT stream FROM phase_plans",
    )?;
    let held = statement.query_map([], |row| row.get(0))?;
    for stream in held.collect::<rusqlite::Result<BTreeSet<String>>>()?.difference(&streams) {
        faults.push(format!("there is no {stream}"));
    }
    let mut statement = connection.prepare("SELECT * FROM activity")?;
    let row = |row: &rusqlite::Row<'_>| {
        let key = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok((key, (row.get(3)?, row.get(4)?)))
    };
    let activity: BTreeMap<_, _> = statement.query_map([], row)?.collect::<Result<_, _>>()?;
    if activity != folded.activity.rows() {
        faults.push(format!("activity is {activity:?}"));
    }
    Ok(faults)
}
