//! Writing a snapshot.
//!
//! - **Invariant.** The file appears whole, by one rename, or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use milestone_core::domain::{Plan, Task, TaskRow};
use milestone_core::log::Checkpoint;
use milestone_core::projection::{CommandEntry, CommandKey, Framed, State};
use milestone_core::words::{Slug, StreamId, StreamName};
use serde::Serialize;

use super::format::{
    BUCKETS, CHECK_BYTES, Header, MAGIC, MilestoneEntry, PRELUDE_BYTES, Section, TaskEntry,
    bucket_of, check,
};

/// Writes the snapshot of `state`, the fold of the records of `checkpoint`, to `path`, if `sound`
/// still says yes when all of the state has been read.
///
/// # Errors
///
/// What the file system says; there is then no new snapshot.
pub(crate) fn write(
    path: &Path,
    state: &State,
    checkpoint: &Checkpoint,
    sound: impl FnOnce() -> bool,
) -> io::Result<()> {
    let mut sections = Sections { bytes: vec![0; PRELUDE_BYTES] };
    let tasks = tasks_by_origin(state);
    let mut rows: BTreeMap<Slug, Vec<TaskRow>> = BTreeMap::new();
    let mut dependents: BTreeMap<StreamId, BTreeSet<StreamId>> = BTreeMap::new();
    let mut external: BTreeMap<String, BTreeSet<StreamId>> = BTreeMap::new();
    for task in tasks.values().flatten() {
        rows.entry(task.home.clone()).or_default().push(TaskRow::of(task));
        note(&mut dependents, &mut external, &task.stream, &task.item);
    }
    let ids: BTreeSet<Slug> = state
        .milestone_ids()
        .into_iter()
        .chain(tasks.keys().cloned())
        .chain(rows.keys().cloned())
        .collect();
    let mut entries = Vec::new();
    let mut aggregates = tasks.values().map(|tasks| tasks.len() as u64).sum();
    for id in ids {
        let mut entry = MilestoneEntry {
            milestone: Section::default(),
            rows: sections.put(rows.get(&id).unwrap_or(&Vec::new()))?,
            tasks: Section::default(),
            id,
        };
        if let Some(milestone) = state.milestone(entry.id.as_str()) {
            note(&mut dependents, &mut external, &milestone.stream(), &milestone.item);
            let frontier = state.frontier(entry.id.as_str());
            aggregates += 1;
            entry.milestone = sections.put(&Framed { value: &*milestone, frontier })?;
        }
        let mut index = Vec::new();
        for task in tasks.get(&entry.id).into_iter().flatten() {
            let StreamName::Task(_, slug) = task.stream.name() else { continue };
            let slug = Slug::new(slug).expect("a stream is named by slugs");
            let frontier = state.frontier(task.stream.as_str());
            let framed = Framed { value: &**task, frontier };
            index.push(TaskEntry { slug, task: sections.put(&framed)? });
        }
        entry.tasks = sections.put(&index)?;
        entries.push(entry);
    }
    let header = Header {
        checkpoint: checkpoint.clone(),
        project: state.framed_project(),
        aggregates,
        actors: state.actors(),
        milestones: sections.put(&entries)?,
        dependents: sections.table(dependents.iter().map(|(key, list)| (key.as_str(), list)))?,
        external: sections.table(external.iter().map(|(key, list)| (key.as_str(), list)))?,
        commands: sections.commands(state.commands())?,
    };
    if !sound() {
        return Err(io::Error::other("the snapshot before is damaged"));
    }
    save(path, sections, &header)
}

fn save(path: &Path, mut sections: Sections, header: &Header) -> io::Result<()> {
    let header = sections.put(header)?;
    sections.bytes[..16].copy_from_slice(MAGIC);
    sections.bytes[16..24].copy_from_slice(&header.at.to_le_bytes());
    sections.bytes[24..28].copy_from_slice(&header.len.to_le_bytes());
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&sections.bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn tasks_by_origin(state: &State) -> BTreeMap<Slug, Vec<Arc<Task>>> {
    let mut tasks: BTreeMap<Slug, Vec<Arc<Task>>> = BTreeMap::new();
    for stream in state.task_streams() {
        if let (Some(task), Some(origin)) = (state.task(stream.as_str()), stream.milestone_part()) {
            let origin = Slug::new(origin).expect("a stream is named by slugs");
            tasks.entry(origin).or_default().push(task);
        }
    }
    tasks
}

fn note(
    dependents: &mut BTreeMap<StreamId, BTreeSet<StreamId>>,
    external: &mut BTreeMap<String, BTreeSet<StreamId>>,
    stream: &StreamId,
    item: &milestone_core::domain::Item,
) {
    for on in &item.dependencies {
        dependents.entry(on.clone()).or_default().insert(stream.clone());
    }
    if item.depends_on(StreamId::PROJECT) {
        dependents.entry(StreamId::project()).or_default().insert(stream.clone());
    }
    if let Some(id) = &item.external_id {
        external.entry(id.to_string()).or_default().insert(stream.clone());
    }
}

/// The bytes of the file while they grow.
struct Sections {
    bytes: Vec<u8>,
}

impl Sections {
    fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> io::Result<Section> {
        let at = self.bytes.len();
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.extend_from_slice(&[0; CHECK_BYTES]);
        self.bytes = postcard::to_extend(value, bytes).map_err(io::Error::other)?;
        let (sum, body) = self.bytes[at..].split_at_mut(CHECK_BYTES);
        sum.copy_from_slice(&check(body));
        let len = u32::try_from(self.bytes.len() - at).map_err(io::Error::other)?;
        Ok(Section { at: at as u64, len })
    }

    /// A table of lists of streams, in parts by the hash of the name.
    fn table<'a>(
        &mut self,
        entries: impl Iterator<Item = (&'a str, &'a BTreeSet<StreamId>)>,
    ) -> io::Result<Section> {
        let mut buckets: Vec<Vec<(&str, &BTreeSet<StreamId>)>> = vec![Vec::new(); BUCKETS];
        for (name, list) in entries {
            buckets[bucket_of(name.as_bytes())].push((name, list));
        }
        let buckets =
            buckets.iter().map(|bucket| self.put(bucket)).collect::<io::Result<Vec<_>>>()?;
        self.put(&buckets)
    }

    fn commands(&mut self, commands: Vec<(CommandKey, CommandEntry)>) -> io::Result<Section> {
        let mut buckets: Vec<Vec<(CommandKey, CommandEntry)>> = vec![Vec::new(); BUCKETS];
        for (key, entry) in commands {
            buckets[usize::from(key.0[0])].push((key, entry));
        }
        let buckets =
            buckets.iter().map(|bucket| self.put(bucket)).collect::<io::Result<Vec<_>>>()?;
        self.put(&buckets)
    }
}
