//! The lists of an item: labels, notes, blockers and the like, a table each.
//!
//! Start at [`put`].
//!
//! - **Invariant.** Of a list only what differs from before is written: a note on an item with a
//!   thousand notes is one row.

use milestone_core::domain::{Terms, terms_of};
use milestone_core::projection::{DeliverableDoc, Document, PhaseDoc};
use milestone_core::words::StreamId;
use rusqlite::{CachedStatement, Connection, params};

use super::names::{Names, Table};

/// A list: how its rows go and come.
struct List {
    delete: &'static str,
    insert: &'static str,
}

const LABELS: List = List {
    delete: "DELETE FROM labels WHERE item = ? AND place >= ?",
    insert: "INSERT INTO labels VALUES (?, ?, ?)",
};
const ASSIGNEES: List = List {
    delete: "DELETE FROM assignees WHERE item = ? AND place >= ?",
    insert: "INSERT INTO assignees VALUES (?, ?, ?)",
};
const DEPENDENCIES: List = List {
    delete: "DELETE FROM dependencies WHERE item = ? AND place >= ?",
    insert: "INSERT INTO dependencies VALUES (?, ?, ?, 0, ?, ?, ?)",
};
const LEFT_OPEN: List = List {
    delete: "DELETE FROM left_open WHERE item = ? AND place >= ?",
    insert: "INSERT INTO left_open VALUES (?, ?, ?)",
};
const CRITERIA: List = List {
    delete: "DELETE FROM criteria WHERE item = ? AND place >= ?",
    insert: "INSERT INTO criteria VALUES (?, ?, ?, ?, ?, ?)",
};
const NOTES: List = List {
    delete: "DELETE FROM notes WHERE item = ? AND place >= ?",
    insert: "INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?)",
};
const LINKS: List = List {
    delete: "DELETE FROM links WHERE item = ? AND place >= ?",
    insert: "INSERT INTO links VALUES (?, ?, ?, ?, ?)",
};
const BLOCKERS: List = List {
    delete: "DELETE FROM blockers WHERE item = ? AND place >= ?",
    insert: "INSERT INTO blockers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
};
const RISKS: List = List {
    delete: "DELETE FROM risks WHERE item = ? AND place >= ?",
    insert: "INSERT INTO risks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
};
const CONFLICTS: List = List {
    delete: "DELETE FROM conflicts WHERE item = ? AND place >= ?",
    insert: "INSERT INTO conflicts VALUES (?, ?, ?, ?, ?, ?, ?)",
};
const PHASES: List = List {
    delete: "DELETE FROM phases WHERE item = ? AND place >= ?",
    insert: "INSERT INTO phases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
};
const DELIVERABLES: List = List {
    delete: "DELETE FROM deliverables WHERE item = ? AND place >= ?",
    insert: "INSERT INTO deliverables VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
};

impl List {
    /// Writes where `new` differs from `old`.
    fn put<T: PartialEq>(
        &self,
        connection: &Connection,
        item: i64,
        (old, new): (&[T], &[T]),
        mut insert: impl FnMut(&mut CachedStatement<'_>, usize, &T) -> rusqlite::Result<usize>,
    ) -> rusqlite::Result<()> {
        let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
        if same < old.len() {
            connection.prepare_cached(self.delete)?.execute(params![item, same])?;
        }
        if same < new.len() {
            let mut statement = connection.prepare_cached(self.insert)?;
            for (place, part) in new.iter().enumerate().skip(same) {
                insert(&mut statement, place, part)?;
            }
        }
        Ok(())
    }
}

/// Writes the lists of an item, which were as in `old`.
pub(super) fn put(
    connection: &Connection,
    names: &mut Names,
    item: i64,
    old: &Document,
    new: &Document,
) -> rusqlite::Result<()> {
    let text = |insert: &mut CachedStatement<'_>, place: usize, text: &String| {
        insert.execute(params![item, place, text])
    };
    LABELS.put(connection, item, (&old.labels, &new.labels), text)?;
    ASSIGNEES.put(connection, item, (&old.assignees, &new.assignees), text)?;
    let mut stream = |insert: &mut CachedStatement<'_>, place: usize, stream: &StreamId| {
        let target = names.id(connection, Table::Streams, stream.as_str())?;
        insert.execute(params![item, place, target])
    };
    LEFT_OPEN.put(connection, item, (&old.left_open, &new.left_open), &mut stream)?;
    let dependencies = (&*needs(old), &*needs(new));
    DEPENDENCIES.put(connection, item, dependencies, |insert, place, (on, terms)| {
        let stream = StreamId::parse(on);
        let target = stream.as_ref().map_or(StreamId::PROJECT, StreamId::as_str);
        let target = names.id(connection, Table::Streams, target)?;
        let elsewhere = stream.is_none().then_some(on);
        insert.execute(params![item, place, target, terms.kind.word(), terms.lag, elsewhere])
    })?;
    CRITERIA.put(connection, item, (&old.criteria, &new.criteria), |insert, place, part| {
        insert.execute(params![item, place, part.id, part.text, part.checked, part.phase])
    })?;
    NOTES.put(connection, item, (&old.notes, &new.notes), |insert, place, part| {
        insert.execute(params![item, place, part.id, part.at.0, part.by, part.text])
    })?;
    LINKS.put(connection, item, (&old.links, &new.links), |insert, place, part| {
        insert.execute(params![item, place, part.id, part.kind, part.to])
    })?;
    BLOCKERS.put(connection, item, (&old.blockers, &new.blockers), |insert, place, part| {
        insert.execute(params![
            item,
            place,
            part.id,
            part.text,
            part.on,
            part.until.map(|until| until.to_string()),
            part.at.0,
            part.by,
            part.cleared_at.map(|at| at.0),
        ])
    })?;
    put_risks(connection, item, old, new)?;
    CONFLICTS.put(connection, item, (&old.conflicts, &new.conflicts), |insert, place, part| {
        let records: Vec<String> = part.records.iter().map(ToString::to_string).collect();
        let records = records.join(" ");
        insert.execute(params![item, place, part.id, part.about, records, part.kept, part.other])
    })?;
    put_phases(connection, item, old, new)
}

fn put_risks(
    connection: &Connection,
    item: i64,
    old: &Document,
    new: &Document,
) -> rusqlite::Result<()> {
    RISKS.put(connection, item, (&old.risks, &new.risks), |insert, place, part| {
        insert.execute(params![
            item,
            place,
            part.id,
            part.title,
            part.likelihood,
            part.probability,
            part.impact,
            part.delay,
            part.mitigation,
            part.owner,
            part.trigger.map(|trigger| trigger.to_string()),
            part.outcome,
            part.closing_note,
            part.closed_at.map(|at| at.0),
        ])
    })
}

/// What a document depends on: first in this project, then in others.
fn needs(document: &Document) -> Vec<(&str, Terms)> {
    let ties = &document.ties;
    let here = document.dependencies.iter().map(|on| (on.as_str(), terms_of(ties, on)));
    let beyond = ties.iter().filter(|tie| tie.is_elsewhere()).map(|tie| (&*tie.on, tie.terms()));
    here.chain(beyond).collect()
}

/// The phases of a document, without what is delivered in them.
fn phases(document: &Document) -> Vec<PhaseDoc> {
    let phases = document.workflow.iter().flat_map(|workflow| &workflow.phases);
    phases.map(|phase| PhaseDoc { deliverables: Vec::new(), ..phase.clone() }).collect()
}

/// What is delivered in the phases of a document, each with the place of its phase.
fn deliverables(document: &Document) -> Vec<(usize, &DeliverableDoc)> {
    let phases = document.workflow.iter().flat_map(|workflow| &workflow.phases).enumerate();
    phases.flat_map(|(place, phase)| phase.deliverables.iter().map(move |d| (place, d))).collect()
}

fn put_phases(
    connection: &Connection,
    item: i64,
    old: &Document,
    new: &Document,
) -> rusqlite::Result<()> {
    if old.workflow == new.workflow {
        return Ok(());
    }
    PHASES.put(connection, item, (&phases(old), &phases(new)), |insert, place, part| {
        insert.execute(params![
            item,
            place,
            part.name,
            part.status.word(),
            part.weight,
            part.minutes_min,
            part.minutes_max,
            part.approval_required,
            part.started_at.map(|at| at.0),
            part.submitted_at.map(|at| at.0),
            part.submitted_by,
            part.decided_at.map(|at| at.0),
            part.decided_by,
        ])
    })?;
    let lists = (&*deliverables(old), &*deliverables(new));
    DELIVERABLES.put(connection, item, lists, |insert, place, (phase, part)| {
        insert.execute(params![
            item,
            place,
            phase,
            part.name,
            part.wanted,
            part.path,
            part.url,
            part.text,
            part.sha256,
            part.at.map(|at| at.0),
            part.by,
        ])
    })
}
