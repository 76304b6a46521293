//! Who stands elsewhere because something changed: found, and brought up to date.
//!
//! Start at [`Standings::follow`].
//!
//! - **Invariant.** After a batch every derived column says what it would say if all were worked
//!   out anew. What is worked out is bounded by the neighbours of what changed, and by the tasks of
//!   milestones whose gate opened or closed.

use std::collections::{BTreeMap, BTreeSet};

use milestone_core::domain::{Milestone, Plan, Task, cycles, path_with};
use milestone_core::projection::State;
use milestone_core::words::{Slug, StreamId, StreamName};
use rusqlite::{Connection, OptionalExtension};

use super::items::{put_cyclic, put_standing};
use super::names;
use super::standing::{Gate, Standing, gate_of, is_open, is_paused, of_milestone, of_task};

/// Where items stand, worked out once each.
pub(super) struct Standings<'s> {
    state: &'s State,
    gates: BTreeMap<Slug, Option<Gate>>,
}

/// What changed, and what was around it before.
#[derive(Debug, Default)]
pub(super) struct Changed {
    /// What was touched: its own rows are up to date.
    pub(super) touched: BTreeSet<StreamId>,
    /// The milestones of touched tasks, before and after, and those that were touched.
    pub(super) homes: BTreeSet<Slug>,
    /// What they depended on before.
    pub(super) depended_on: BTreeSet<StreamId>,
    /// The gates of `homes` before; `None` for a milestone that was not there.
    pub(super) gates: BTreeMap<Slug, Option<Gate>>,
}

impl<'s> Standings<'s> {
    /// Over a state.
    pub(super) fn new(state: &'s State) -> Self {
        Self { state, gates: BTreeMap::new() }
    }

    /// Where a milestone stands.
    pub(super) fn milestone(&mut self, milestone: &Milestone) -> Standing {
        let standing = of_milestone(self.state, milestone);
        self.gates.insert(milestone.id.clone(), Some(gate_of(&standing)));
        standing
    }

    /// Where a task stands.
    pub(super) fn task(&mut self, task: &Task) -> Standing {
        if !self.gates.contains_key(&task.home) {
            match self.state.milestone(task.home.as_str()) {
                Some(milestone) => drop(self.milestone(&milestone)),
                None => drop(self.gates.insert(task.home.clone(), None)),
            }
        }
        of_task(self.state, task, self.gates[&task.home].as_ref())
    }

    /// Brings everybody up to date who stands elsewhere because of what changed.
    pub(super) fn follow(
        &mut self,
        connection: &Connection,
        changed: &Changed,
    ) -> rusqlite::Result<()> {
        let mut others: BTreeSet<StreamId> = changed.depended_on.clone();
        others.extend(cyclic(connection)?);
        if changed.touched.iter().any(|stream| self.is_on_cycle(stream)) {
            // So seldom that all of them may be looked for.
            others.extend(cycles(self.state).into_iter().flatten());
            others.extend(self.homeless());
        }
        for stream in &changed.touched {
            others.extend(self.state.dependents(stream.as_str()));
            others.extend(self.dependencies(stream));
        }
        // A milestone that opens or closes matters to its tasks, and to who waits for it.
        let mut milestones: BTreeSet<Slug> = changed.homes.clone();
        let mut looked_at: BTreeSet<Slug> = BTreeSet::new();
        loop {
            let more = others.iter().filter(|stream| !stream.is_task());
            milestones.extend(more.filter_map(|stream| Slug::new(stream.as_str()).ok()));
            let Some(id) = milestones.difference(&looked_at).next().cloned() else { break };
            let before = match changed.gates.get(&id) {
                Some(gate) => gate.clone(),
                None => gate(connection, &id)?,
            };
            self.look_at(connection, &id, before.as_ref(), &mut others)?;
            looked_at.insert(id);
        }
        for stream in others.iter().filter(|stream| stream.is_task()) {
            if changed.touched.contains(stream) {
                continue;
            }
            if let Some(task) = self.state.task(stream.as_str()) {
                let standing = self.task(&task);
                put_if_there(connection, stream, &standing)?;
            }
        }
        Ok(())
    }

    /// Brings a milestone up to date; adds to `others` who must follow.
    fn look_at(
        &mut self,
        connection: &Connection,
        id: &Slug,
        before: Option<&Gate>,
        others: &mut BTreeSet<StreamId>,
    ) -> rusqlite::Result<()> {
        let stream = StreamId::milestone(id);
        let now = match self.state.milestone(id.as_str()) {
            Some(milestone) => {
                let standing = self.milestone(&milestone);
                put_if_there(connection, &stream, &standing)?;
                Some(gate_of(&standing))
            }
            None => None,
        };
        if now.as_ref() != before {
            let rows = self.state.rows(id.as_str());
            others.extend(rows.iter().map(|row| row.stream.clone()));
        }
        let open = |gate: Option<&Gate>| gate.is_some_and(|gate| gate.open);
        if open(now.as_ref()) != open(before) {
            others.extend(self.state.dependents(stream.as_str()));
            others.extend(self.dependencies(&stream));
        }
        Ok(())
    }

    fn dependencies(&self, stream: &StreamId) -> Vec<StreamId> {
        match stream.name() {
            StreamName::Project => Vec::new(),
            StreamName::Task(..) => {
                self.state.brief(stream.as_str()).map(|held| held.dependencies).unwrap_or_default()
            }
            StreamName::Milestone(id) => {
                let milestone = self.state.milestone(id);
                milestone.map(|held| held.item.dependencies.clone()).unwrap_or_default()
            }
        }
    }

    /// Tasks of milestones that are not there, where cycles are not looked for.
    fn homeless(&self) -> Vec<StreamId> {
        let mut streams = self.state.task_streams();
        streams.retain(|stream| {
            let task = self.state.brief(stream.as_str());
            task.is_some_and(|task| self.state.milestone(task.home.as_str()).is_none())
        });
        streams
    }

    /// True if something requires itself, over others. Only merges bring that about.
    fn is_on_cycle(&self, stream: &StreamId) -> bool {
        let (mut starts, mut more) = (self.dependencies(stream), Vec::new());
        match stream.name() {
            StreamName::Project => {}
            StreamName::Task(..) => {
                let home = self.state.brief(stream.as_str()).map(|task| task.home);
                starts
                    .extend(home.iter().flat_map(|id| self.dependencies(&StreamId::milestone(id))));
            }
            // Its tasks wait for what it waits for, so a cycle may go by one of them.
            StreamName::Milestone(id) if !starts.is_empty() => {
                let rows = self.state.rows(id);
                more.extend(rows.iter().map(|row| (row.stream.clone(), stream.clone())));
            }
            StreamName::Milestone(_) => {}
        }
        starts.iter().any(|from| path_with(self.state, from, stream, &more).is_some())
    }
}

/// The gate of a milestone as its row has it.
pub(super) fn gate(connection: &Connection, id: &Slug) -> rusqlite::Result<Option<Gate>> {
    let mut statement = connection.prepare_cached(
        "SELECT effective, waiting, blocked, due_order FROM items
         WHERE id = (SELECT id FROM streams WHERE name = ?) AND home IS NULL",
    )?;
    let gate = |row: &rusqlite::Row<'_>| {
        Ok(Gate {
            open: is_open(row.get_ref(0)?.as_str()?),
            paused: is_paused(row.get_ref(0)?.as_str()?),
            waiting: row.get(1)?,
            blocked: row.get(2)?,
            due_order: row.get(3)?,
        })
    };
    statement.query_row([id.as_str()], gate).optional()
}

/// Who has a dependency that closes a cycle.
fn cyclic(connection: &Connection) -> rusqlite::Result<Vec<StreamId>> {
    let mut statement = connection.prepare_cached(
        "SELECT s.name FROM dependencies d INDEXED BY dependencies_cyclic
         JOIN streams s ON s.id = d.item WHERE d.cyclic",
    )?;
    let mut rows = statement.query([])?;
    let mut streams = Vec::new();
    while let Some(row) = rows.next()? {
        streams.extend(StreamId::parse(row.get_ref(0)?.as_str()?));
    }
    Ok(streams)
}

fn put_if_there(
    connection: &Connection,
    stream: &StreamId,
    standing: &Standing,
) -> rusqlite::Result<()> {
    if let Some(id) = names::stream(connection, stream.as_str())? {
        put_standing(connection, id, standing)?;
        put_cyclic(connection, id, standing, false)?;
    }
    Ok(())
}
