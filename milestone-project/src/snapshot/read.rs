//! Reading a snapshot: only what is asked for.
//!
//! Start at [`Snapshot::open`].
//!
//! - **Invariant.** Opening reads the header; a milestone, a task or a command costs one small read
//!   each. A section that does not pass its check marks the snapshot as damaged and answers as if
//!   it were empty: whoever asked looks at [`Snapshot::is_damaged`] before relying on it.

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use milestone_core::domain::{Milestone, ProjectState, Task, TaskRow};
use milestone_core::log::Checkpoint;
use milestone_core::projection::{Base, CommandEntry, CommandKey, Framed};
use milestone_core::words::{Slug, StreamId, StreamName, Timestamp};
use serde::de::DeserializeOwned;

use super::format::{
    BUCKETS, CHECK_BYTES, Header, MAGIC, MilestoneEntry, PRELUDE_BYTES, Section, TaskEntry,
    bucket_of, check,
};

/// Most bytes that a section may have: a snapshot that says otherwise is damaged.
const SECTION_BYTES_MAX: u32 = 1 << 30;

/// The parts of a table of lists of streams, each read when it is first asked for.
type Lists = OnceLock<Vec<(Section, OnceLock<HashMap<String, Vec<StreamId>>>)>>;

/// A snapshot that is open.
#[derive(Debug)]
pub(crate) struct Snapshot {
    file: File,
    header: Header,
    milestones: OnceLock<Vec<MilestoneEntry>>,
    /// The indices of tasks that were asked for, by origin.
    tasks: Mutex<HashMap<String, Arc<Vec<TaskEntry>>>>,
    dependents: Lists,
    external: Lists,
    damaged: AtomicBool,
}

impl Snapshot {
    /// Opens the snapshot at `path`; `None` if there is none that can be used.
    pub(crate) fn open(path: &Path) -> Option<Self> {
        let file = File::open(path).ok()?;
        let mut prelude = [0; PRELUDE_BYTES];
        file.read_exact_at(&mut prelude, 0).ok()?;
        if prelude[..16] != *MAGIC {
            return None;
        }
        let at = u64::from_le_bytes(prelude[16..24].try_into().ok()?);
        let len = u32::from_le_bytes(prelude[24..28].try_into().ok()?);
        let header = read_section(&file, Section { at, len })?;
        let (milestones, tasks, damaged) = Default::default();
        let (dependents, external) = Default::default();
        Some(Self { file, header, milestones, tasks, dependents, external, damaged })
    }

    /// The records it was made of.
    pub(crate) fn checkpoint(&self) -> &Checkpoint {
        &self.header.checkpoint
    }

    /// How many milestones and tasks it holds.
    pub(crate) fn aggregates(&self) -> u64 {
        self.header.aggregates
    }

    /// True if something of it could not be read: what it answered is not to be relied on.
    pub(crate) fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Relaxed)
    }

    fn get<T: DeserializeOwned>(&self, section: Section) -> Option<T> {
        if section.len == 0 {
            return None;
        }
        let value = read_section(&self.file, section);
        if value.is_none() {
            self.damaged.store(true, Ordering::Relaxed);
        }
        value
    }

    fn entries(&self) -> &[MilestoneEntry] {
        self.milestones.get_or_init(|| self.get(self.header.milestones).unwrap_or_default())
    }

    fn entry(&self, id: &str) -> Option<&MilestoneEntry> {
        let entries = self.entries();
        let at = entries.binary_search_by(|entry| entry.id.as_str().cmp(id)).ok()?;
        Some(&entries[at])
    }

    /// The tasks that were born in a milestone, sorted by slug.
    fn index(&self, origin: &str) -> Arc<Vec<TaskEntry>> {
        let mut known = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = known.get(origin) {
            return Arc::clone(index);
        }
        let read = self.entry(origin).and_then(|entry| self.get(entry.tasks)).unwrap_or_default();
        let index = Arc::new(read);
        known.insert(origin.to_owned(), Arc::clone(&index));
        index
    }

    fn bucket<T: DeserializeOwned>(&self, table: Section, bucket: usize) -> Vec<T> {
        let buckets: Vec<Section> = self.get(table).unwrap_or_default();
        buckets.get(bucket).and_then(|section| self.get(*section)).unwrap_or_default()
    }

    fn listed(&self, lists: &Lists, table: Section, name: &str) -> Vec<StreamId> {
        let parts = lists.get_or_init(|| {
            let places: Vec<Section> = self.get(table).unwrap_or_default();
            places.into_iter().map(|place| (place, OnceLock::new())).collect()
        });
        let Some((place, part)) = parts.get(bucket_of(name.as_bytes())) else { return Vec::new() };
        let part = part.get_or_init(|| self.get(*place).unwrap_or_default());
        part.get(name).cloned().unwrap_or_default()
    }
}

fn read_section<T: DeserializeOwned>(file: &File, section: Section) -> Option<T> {
    if (section.len as usize) < CHECK_BYTES || section.len > SECTION_BYTES_MAX {
        return None;
    }
    let mut bytes = vec![0; section.len as usize];
    file.read_exact_at(&mut bytes, section.at).ok()?;
    let (sum, body) = bytes.split_at(CHECK_BYTES);
    if check(body) != sum {
        return None;
    }
    postcard::from_bytes(body).ok()
}

impl Base for Snapshot {
    fn project(&self) -> Framed<ProjectState> {
        self.header.project.clone()
    }

    fn milestone(&self, id: &str) -> Option<Framed<Milestone>> {
        self.get(self.entry(id)?.milestone)
    }

    fn task(&self, stream: &str) -> Option<Framed<Task>> {
        let StreamName::Task(origin, slug) = StreamName::of(stream) else { return None };
        let index = self.index(origin);
        let at = index.binary_search_by(|entry| entry.slug.as_str().cmp(slug)).ok()?;
        self.get(index[at].task)
    }

    fn milestone_ids(&self) -> Vec<Slug> {
        let there = |entry: &&MilestoneEntry| entry.milestone.len > 0;
        self.entries().iter().filter(there).map(|entry| entry.id.clone()).collect()
    }

    fn task_streams(&self) -> Vec<StreamId> {
        let mut streams = Vec::new();
        for entry in self.entries() {
            let index = self.index(entry.id.as_str());
            streams.extend(index.iter().map(|task| StreamId::task(&entry.id, &task.slug)));
        }
        streams.sort_unstable();
        streams
    }

    fn rows(&self, milestone: &str) -> Vec<TaskRow> {
        self.entry(milestone).and_then(|entry| self.get(entry.rows)).unwrap_or_default()
    }

    fn dependents(&self, stream: &str) -> Vec<StreamId> {
        self.listed(&self.dependents, self.header.dependents, stream)
    }

    fn external(&self, id: &str) -> Vec<StreamId> {
        self.listed(&self.external, self.header.external, id)
    }

    fn command(&self, key: &CommandKey) -> Vec<CommandEntry> {
        let bucket: Vec<(CommandKey, CommandEntry)> =
            self.bucket(self.header.commands, usize::from(key.0[0]));
        bucket.into_iter().filter(|(held, _)| held == key).map(|(_, entry)| entry).collect()
    }

    fn actors(&self) -> Vec<(String, Timestamp)> {
        self.header.actors.clone()
    }

    fn commands(&self) -> Vec<(CommandKey, CommandEntry)> {
        (0..BUCKETS).flat_map(|bucket| self.bucket(self.header.commands, bucket)).collect()
    }
}
