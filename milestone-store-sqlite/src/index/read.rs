//! Documents, made of what the index shows and of nothing else.
//!
//! Start at [`documents`].
//!
//! - **Invariant.** Neither `frames` nor a derived column is read here, so a wrong value in any
//!   column that people see gives another fingerprint.

use milestone_core::domain::{PhaseStatus, Priority, Stage, Terms, Tie, TieKind};
use milestone_core::projection::{
    BlockerDoc, ConflictDoc, CriterionDoc, DeliverableDoc, Document, LinkDoc, NoteDoc, PhaseDoc,
    ReportDoc, RiskDoc, WorkflowDoc,
};
use milestone_core::words::{Date, RecordKey, StreamId, Timestamp};
use rusqlite::{Connection, Row, Rows};

use super::base::stream_at;
use crate::error::odd_value;

/// Items in the order of their numbers, and their lists likewise: all are read side by side.
const ITEMS: &str = "
    SELECT i.id, s.name, h.name, i.slug, i.title, i.description, i.status, i.stage,
        i.archived_from, i.priority, i.owner, i.start, i.due, i.estimate, i.weight, i.position,
        i.template, i.external_id, i.time_spent, i.reported_done, i.reported_of,
        i.reported_percent, i.created_at, i.created_by, i.changed_at, i.started_at, i.completed_at,
        i.home, i.workflow
    FROM items i JOIN streams s ON s.id = i.id LEFT JOIN streams h ON h.id = i.home
    ORDER BY i.id";

const LISTS: [&str; 12] = [
    "SELECT item, label FROM labels ORDER BY item, place",
    "SELECT item, name FROM assignees ORDER BY item, place",
    "SELECT d.item, coalesce(d.elsewhere, s.name), d.kind, d.lag
     FROM dependencies d JOIN streams s ON s.id = d.target ORDER BY d.item, d.place",
    "SELECT l.item, s.name FROM left_open l JOIN streams s ON s.id = l.task
     ORDER BY l.item, l.place",
    "SELECT item, id, text, checked, phase FROM criteria ORDER BY item, place",
    "SELECT item, id, at, by, text FROM notes ORDER BY item, place",
    "SELECT item, id, kind, target FROM links ORDER BY item, place",
    "SELECT item, id, text, waits_on, until, at, by, cleared_at FROM blockers
     ORDER BY item, place",
    "SELECT item, id, title, likelihood, probability, impact, delay, mitigation, owner, trigger,
         outcome, closing_note, closed_at FROM risks ORDER BY item, place",
    "SELECT item, id, about, records, kept, other FROM conflicts ORDER BY item, place",
    "SELECT item, name, status, weight, minutes_min, minutes_max, approval, started_at,
         submitted_at, submitted_by, decided_at, decided_by FROM phases ORDER BY item, place",
    // Behind phases, which they are put into.
    "SELECT item, phase, name, wanted, path, url, text, sha256, at, by FROM deliverables
     ORDER BY item, place",
];

/// Every milestone and task but removed ones, as the index shows them.
pub(super) fn documents(connection: &Connection) -> rusqlite::Result<Vec<(StreamId, Document)>> {
    let mut statements = Vec::new();
    for sql in LISTS {
        statements.push(connection.prepare(sql)?);
    }
    let mut lists = Vec::new();
    for (which, statement) in statements.iter_mut().enumerate() {
        let mut list = List { which, rows: statement.query([])?, head: None };
        list.advance()?;
        lists.push(list);
    }
    let mut items = connection.prepare(ITEMS)?;
    let mut rows = items.query([])?;
    let mut documents = Vec::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let stream = stream_at(row, 1)?;
        let mut document = item(row, &stream)?;
        for list in &mut lists {
            list.take(id, &mut document)?;
        }
        let is_task = row.get::<_, Option<i64>>(27)?.is_some();
        if is_task != row.get_ref(2)?.as_str_or_null()?.is_some() {
            return Err(odd_value("a task is in no milestone"));
        }
        if !is_task || row.get::<_, u8>(7)? != Stage::Removed as u8 {
            documents.push((stream, document));
        }
    }
    match lists.iter().any(|list| list.head.is_some()) {
        true => Err(odd_value("a list belongs to no item")),
        false => Ok(documents),
    }
}

/// A row of a list.
enum Part {
    Label(String),
    Assignee(String),
    Dependency(Tie),
    LeftOpen(StreamId),
    Criterion(CriterionDoc),
    Note(NoteDoc),
    Link(LinkDoc),
    Blocker(BlockerDoc),
    Risk(RiskDoc),
    Conflict(ConflictDoc),
    Phase(PhaseDoc),
    Deliverable(usize, DeliverableDoc),
}

/// The rows of a list, read as far as some item.
struct List<'s> {
    which: usize,
    rows: Rows<'s>,
    head: Option<(i64, Part)>,
}

impl List<'_> {
    fn advance(&mut self) -> rusqlite::Result<()> {
        self.head = match self.rows.next()? {
            Some(row) => Some((row.get(0)?, part(self.which, row)?)),
            None => None,
        };
        Ok(())
    }

    /// Moves the rows of an item into its document.
    fn take(&mut self, id: i64, document: &mut Document) -> rusqlite::Result<()> {
        while let Some((_, part)) = self.head.take_if(|(item, _)| *item == id) {
            match part {
                Part::Label(label) => document.labels.push(label),
                Part::Assignee(name) => document.assignees.push(name),
                Part::Dependency(tie) => need(document, tie)?,
                Part::LeftOpen(task) => document.left_open.push(task),
                Part::Criterion(part) => document.criteria.push(part),
                Part::Note(part) => document.notes.push(part),
                Part::Link(part) => document.links.push(part),
                Part::Blocker(part) => document.blockers.push(part),
                Part::Risk(part) => document.risks.push(part),
                Part::Conflict(part) => document.conflicts.push(part),
                Part::Phase(part) => match &mut document.workflow {
                    Some(workflow) => workflow.phases.push(part),
                    None => return Err(odd_value("a phase belongs to no workflow")),
                },
                Part::Deliverable(phase, part) => {
                    let phases = document.workflow.as_mut().map(|workflow| &mut workflow.phases);
                    let phase = phases.and_then(|phases| phases.get_mut(phase));
                    let phase = phase.ok_or_else(|| odd_value("a deliverable is of no phase"))?;
                    phase.deliverables.push(part);
                }
            }
            self.advance()?;
        }
        Ok(())
    }
}

fn need(document: &mut Document, tie: Tie) -> rusqlite::Result<()> {
    let beyond = tie.is_elsewhere();
    if !beyond {
        let on = StreamId::parse(&tie.on);
        document.dependencies.push(on.ok_or_else(|| odd_value("no stream"))?);
    }
    if beyond || !tie.terms().is_plain() {
        let place = document.ties.partition_point(|held| held.on < tie.on);
        document.ties.insert(place, tie);
    }
    Ok(())
}

/// The terms of a dependency, as two columns have them.
pub(super) fn terms(kind: &str, lag: i32) -> rusqlite::Result<Terms> {
    let named = TieKind::named(kind);
    Ok(Terms { kind: named.ok_or_else(|| odd_value(format!("{kind:?} is no kind")))?, lag })
}

fn risk(row: &Row<'_>) -> rusqlite::Result<RiskDoc> {
    Ok(RiskDoc {
        id: row.get(1)?,
        title: row.get(2)?,
        likelihood: row.get(3)?,
        probability: row.get(4)?,
        impact: row.get(5)?,
        delay: row.get(6)?,
        mitigation: row.get(7)?,
        owner: row.get(8)?,
        trigger: date_at(row, 9)?,
        outcome: row.get(10)?,
        closing_note: row.get(11)?,
        closed_at: time_at(row, 12)?,
    })
}

/// A row of the list at that place of [`LISTS`].
fn part(which: usize, row: &Row<'_>) -> rusqlite::Result<Part> {
    Ok(match which {
        0 => Part::Label(row.get(1)?),
        1 => Part::Assignee(row.get(1)?),
        2 => {
            let terms = terms(row.get_ref(2)?.as_str()?, row.get(3)?)?;
            Part::Dependency(Tie::new(row.get_ref(1)?.as_str()?, terms))
        }
        3 => Part::LeftOpen(stream_at(row, 1)?),
        4 => {
            let (id, text, checked) = (row.get(1)?, row.get(2)?, row.get(3)?);
            Part::Criterion(CriterionDoc { id, text, checked, phase: row.get(4)? })
        }
        5 => {
            let (id, at, by, text) =
                (row.get(1)?, Timestamp(row.get(2)?), row.get(3)?, row.get(4)?);
            Part::Note(NoteDoc { id, at, by, text })
        }
        6 => Part::Link(LinkDoc { id: row.get(1)?, kind: row.get(2)?, to: row.get(3)? }),
        7 => Part::Blocker(BlockerDoc {
            id: row.get(1)?,
            text: row.get(2)?,
            on: row.get(3)?,
            until: date_at(row, 4)?,
            at: Timestamp(row.get(5)?),
            by: row.get(6)?,
            cleared_at: time_at(row, 7)?,
        }),
        8 => Part::Risk(risk(row)?),
        9 => {
            let keys = row.get_ref(3)?.as_str()?;
            let key =
                |hex: &str| RecordKey::parse(hex.as_bytes()).ok_or_else(|| odd_value("no record"));
            let records: rusqlite::Result<_> =
                keys.split(' ').filter(|hex| !hex.is_empty()).map(key).collect();
            Part::Conflict(ConflictDoc {
                id: row.get(1)?,
                about: row.get(2)?,
                records: records?,
                kept: row.get(4)?,
                other: row.get(5)?,
            })
        }
        10 => Part::Phase(phase(row)?),
        _ => Part::Deliverable(
            row.get(1)?,
            DeliverableDoc {
                name: row.get(2)?,
                wanted: row.get(3)?,
                path: row.get(4)?,
                url: row.get(5)?,
                text: row.get(6)?,
                sha256: row.get(7)?,
                at: time_at(row, 8)?,
                by: row.get(9)?,
            },
        ),
    })
}

fn phase(row: &Row<'_>) -> rusqlite::Result<PhaseDoc> {
    let word = row.get_ref(2)?.as_str()?;
    let status = PhaseStatus::ALL.into_iter().find(|status| status.word() == word);
    Ok(PhaseDoc {
        name: row.get(1)?,
        status: status.ok_or_else(|| odd_value(format!("{word:?} is no status of a phase")))?,
        weight: row.get(3)?,
        minutes_min: row.get(4)?,
        minutes_max: row.get(5)?,
        approval_required: row.get(6)?,
        started_at: time_at(row, 7)?,
        submitted_at: time_at(row, 8)?,
        submitted_by: row.get(9)?,
        decided_at: time_at(row, 10)?,
        decided_by: row.get(11)?,
        deliverables: Vec::new(),
    })
}

/// A row of [`ITEMS`], without its lists.
fn item(row: &Row<'_>, stream: &StreamId) -> rusqlite::Result<Document> {
    let id: String = row.get(3)?;
    let home: Option<String> = row.get(2)?;
    let reference = home.as_ref().map(|home| format!("{home}/{id}"));
    let origin = reference.filter(|reference| reference != stream.as_str());
    let reported = match (row.get(19)?, row.get(20)?, row.get(21)?) {
        (Some(done), Some(of), Some(percent)) => Some(ReportDoc { done, of, percent }),
        _ => None,
    };
    Ok(Document {
        id,
        origin: origin.map(|_| stream.clone()),
        title: row.get(4)?,
        status: row.get(6)?,
        archived_from: row.get(8)?,
        description: row.get(5)?,
        priority: priority(row.get(9)?)?,
        owner: row.get(10)?,
        assignees: Vec::new(),
        start: date_at(row, 11)?,
        due: date_at(row, 12)?,
        labels: Vec::new(),
        estimate: row.get(13)?,
        weight: row.get(14)?,
        position: row.get(15)?,
        template: row.get(16)?,
        external_id: row.get(17)?,
        dependencies: Vec::new(),
        ties: Vec::new(),
        workflow: row.get::<_, Option<String>>(28)?.map(|name| {
            let phases = Vec::new();
            WorkflowDoc { name, phases }
        }),
        criteria: Vec::new(),
        blockers: Vec::new(),
        risks: Vec::new(),
        notes: Vec::new(),
        links: Vec::new(),
        time_spent: row.get(18)?,
        reported,
        left_open: Vec::new(),
        created_at: time_at(row, 22)?,
        created_by: row.get(23)?,
        changed_at: Timestamp(row.get(24)?),
        started_at: time_at(row, 25)?,
        completed_at: time_at(row, 26)?,
        conflicts: Vec::new(),
    })
}

fn priority(number: Option<u8>) -> rusqlite::Result<Option<Priority>> {
    let all = [Priority::Low, Priority::Medium, Priority::High, Priority::Critical];
    let named =
        |number: u8| all.get(usize::from(number)).copied().ok_or_else(|| odd_value("no priority"));
    number.map(named).transpose()
}

fn date_at(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Date>> {
    let text = row.get_ref(column)?.as_str_or_null()?;
    text.map(|text| Date::parse(text).ok_or_else(|| odd_value(format!("{text:?} is no date"))))
        .transpose()
}

fn time_at(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp))
}
