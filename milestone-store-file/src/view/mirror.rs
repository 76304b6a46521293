//! The projection: every milestone's file brought to what the log says, and no other touched.
//!
//! Start at [`YamlView::apply`](Projection::apply).
//!
//! - **Invariant.** A file is written only if its body changes, and never over an edit that was not
//!   released. What could not be written is remembered and tried again with every batch.
//! - **Invariant.** A milestone has one file. While either of its places holds an edit, neither is
//!   changed.
//! - **Invariant.** The checkpoint is written last, so a crash makes the same batch come again, and
//!   a batch that comes again finds its files as they should be.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use milestone_core::domain::{Body, Plan, ProjectState, Stage, milestone_progress};
use milestone_core::log::Checkpoint;
use milestone_core::projection::{
    Batch, Document, Fingerprint, Locality, Projection, ProjectionError, Spec, State,
};
use milestone_core::words::{RecordId, Slug, StreamId};
use serde::{Deserialize, Serialize};

use super::disk;
use super::file::{Stored, ViewFile, project_yaml, sha256, with_header};
use crate::disk::{Disk, RealDisk};

/// The version of the form of the files and of `local/view.json`, and of what the fold makes of
/// events: with another one all files are written anew.
const SCHEMA: u32 = 2;

/// What stands in `local/view.json` while the view is half there.
const BROKEN: &[u8] = b"{}\n";

/// The YAML view of a project.
#[derive(Debug)]
pub struct YamlView<D: Disk = RealDisk> {
    pub(super) disk: D,
    pub(super) folders: Folders,
    /// The heads of the log as of the last batch, for batches that do not name them.
    heads: Vec<RecordId>,
    /// Milestones whose files could not be written because they hold edits; `None` if not read yet.
    pending: Option<BTreeSet<Slug>>,
    /// The files that the last batch would have written, but for an edit.
    unadopted: BTreeSet<PathBuf>,
    /// Edits that were taken in, by path and content.
    pub(super) released: HashMap<PathBuf, [u8; 32]>,
}

/// The places of the view.
#[derive(Debug)]
pub(super) struct Folders {
    pub(super) active: PathBuf,
    pub(super) archived: PathBuf,
    project: PathBuf,
    local: PathBuf,
}

/// `local/view.json`.
#[derive(Deserialize)]
struct Kept {
    schema: u32,
    pending: BTreeSet<Slug>,
    checkpoint: Checkpoint,
}

/// [`Kept`], on its way to the disk.
#[derive(Serialize)]
struct Keep<'a> {
    schema: u32,
    pending: &'a BTreeSet<Slug>,
    checkpoint: &'a Checkpoint,
}

/// Whether an edit that was not released may be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edits {
    Spare,
    Discard,
}

impl Folders {
    /// Refuses symbolic links in place of the folders that hold view files.
    pub(super) fn check<D: Disk>(&self, disk: &D) -> Result<(), ProjectionError> {
        disk::is_folder(disk, &self.active)?;
        disk::is_folder(disk, &self.archived)?;
        Ok(())
    }

    /// Every file that is named after a milestone, by id.
    pub(super) fn list<D: Disk>(&self, disk: &D) -> Result<Vec<(Slug, PathBuf)>, ProjectionError> {
        let mut files = disk::list(disk, &self.active)?;
        files.extend(disk::list(disk, &self.archived)?);
        files.sort();
        Ok(files)
    }

    fn checkpoint(&self) -> PathBuf {
        self.local.join("view.json")
    }
}

impl YamlView {
    /// The view in `dir`, the project's folder `.milestones`. Nothing is read or made yet.
    pub fn new(dir: impl AsRef<Path>) -> Self {
        Self::on(RealDisk, dir.as_ref())
    }
}

impl<D: Disk> YamlView<D> {
    /// As [`YamlView::new`], on a disk of the caller's.
    pub fn on(disk: D, dir: &Path) -> Self {
        Self {
            disk,
            folders: Folders {
                active: dir.join("active"),
                archived: dir.join("archived"),
                project: dir.join("project.yaml"),
                local: dir.join("local"),
            },
            heads: Vec::new(),
            pending: None,
            unadopted: BTreeSet::new(),
            released: HashMap::new(),
        }
    }

    /// The files that the last batch left alone because they hold edits that were not taken in.
    pub fn unadopted(&self) -> Vec<PathBuf> {
        self.unadopted.iter().cloned().collect()
    }

    /// True if there is a view that was kept up to date once, and not taken away since.
    pub fn is_kept(&self) -> bool {
        self.disk.stat_at(&self.folders.checkpoint()).is_ok()
    }

    /// Takes the view away, but for files that hold edits: at most so many files now, so that
    /// nobody waits long for whoever holds the lock. True if it is gone; until then the view
    /// [is kept](Self::is_kept) still, though not taken for a whole one: ask again.
    ///
    /// # Errors
    ///
    /// [`ProjectionError`] if a file cannot be removed.
    pub fn clear(&mut self, files_max: usize) -> Result<bool, ProjectionError> {
        let gone = self.wipe_some(files_max)?;
        if gone {
            disk::remove(&self.disk, &self.folders.checkpoint())?;
        }
        Ok(gone)
    }

    /// Removes at most so many files that hold no edits; true if those were all.
    fn wipe_some(&mut self, files_max: usize) -> Result<bool, ProjectionError> {
        self.folders.check(&self.disk)?;
        // First, so that a view that is half gone, or half there, is known to be one, and is not
        // taken for a whole one.
        disk::make_folder(&self.disk, &self.folders.local)?;
        // Once: it is synced, and whoever waits for the lock waits for that too.
        let mark = self.folders.checkpoint();
        if disk::read(&self.disk, &mark)?.as_deref() != Some(BROKEN) {
            disk::replace(&self.disk, &mark, BROKEN)?;
        }
        let Folders { active, archived, local, .. } = &self.folders;
        [active, archived, local]
            .into_iter()
            .try_for_each(|folder| disk::sweep(&self.disk, folder))?;
        self.heads.clear();
        self.unadopted.clear();
        self.pending = Some(BTreeSet::new());
        let files = self.folders.list(&self.disk)?.into_iter().map(|(_, path)| path);
        let mut removed = 0;
        for path in files.chain([self.folders.project.clone()]) {
            if removed == files_max {
                return Ok(false);
            }
            if disk::read(&self.disk, &path)?.is_some_and(|bytes| !Stored::new(&bytes).is_edited())
            {
                disk::remove(&self.disk, &path)?;
                removed += 1;
            }
        }
        Ok(true)
    }

    /// What was kept by the last batch, if it can be read.
    fn kept(&self) -> Option<Kept> {
        let bytes = disk::read(&self.disk, &self.folders.checkpoint()).ok()??;
        serde_json::from_slice(&bytes).ok().filter(|kept: &Kept| kept.schema == SCHEMA)
    }

    pub(super) fn load_pending(&mut self) {
        if self.pending.is_none() {
            self.pending = self.kept().map(|kept| kept.pending);
        }
    }

    fn keep(&mut self, checkpoint: &Checkpoint) -> Result<(), ProjectionError> {
        let pending = self.pending.get_or_insert_default();
        let bytes = serde_json::to_vec(&Keep { schema: SCHEMA, pending, checkpoint })
            .expect("a checkpoint has string keys and no floats");
        disk::make_folder(&self.disk, &self.folders.local)?;
        disk::replace(&self.disk, &self.folders.checkpoint(), &bytes)
    }

    /// The heads of the log after a batch. While a view is built, only the last batch names them.
    fn heads_after(&self, batch: &Batch<'_>) -> Vec<RecordId> {
        if let Some(next) = batch.next.filter(|next| !next.heads.is_empty()) {
            return next.heads.clone();
        }
        let mut heads = self.heads.clone();
        for record in batch.records.iter().map(|placed| placed.record) {
            heads.retain(|head| !record.prev.contains(head) && *head != record.id);
            heads.push(record.id);
        }
        heads.sort_unstable();
        heads
    }

    /// The milestones whose files a batch may change.
    fn touched(&self, batch: &Batch<'_>) -> Result<BTreeSet<Slug>, ProjectionError> {
        let mut ids: BTreeSet<Slug> = self.pending.iter().flatten().cloned().collect();
        ids.extend(batch.milestones.iter().map(|milestone| milestone.id.clone()));
        ids.extend(batch.tasks.iter().map(|task| task.home.clone()));
        let mut moved = BTreeSet::new();
        for event in batch.records.iter().flat_map(|placed| &placed.record.events) {
            let Body::TaskMoved(change) = &event.body else { continue };
            let homes = [event.milestone_id.as_deref(), Some(&*change.to)];
            ids.extend(homes.into_iter().flatten().filter_map(|home| Slug::new(home).ok()));
            moved.insert(&*change.task);
        }
        if moved.is_empty() {
            return Ok(ids);
        }
        // Where a task was before is not in the batch: whatever names it is looked at. A task that
        // is away from its origin is shown with the name of its stream, so its slug is in the text.
        for (id, path) in self.folders.list(&self.disk)? {
            let bytes = disk::read(&self.disk, &path)?.unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            if moved.iter().any(|slug| text.contains(*slug)) {
                ids.insert(id);
            }
        }
        Ok(ids)
    }

    /// Brings the file of one milestone to what the log says, unless there is an edit in the way.
    pub(super) fn mirror(
        &mut self,
        id: &Slug,
        state: &State,
        heads: &[RecordId],
        edits: Edits,
    ) -> Result<(), ProjectionError> {
        let milestone = state.milestone(id.as_str());
        let archived = milestone.as_ref().is_some_and(|found| found.item.stage == Stage::Archived);
        let (to, from) = match archived {
            true => (&self.folders.archived, &self.folders.active),
            false => (&self.folders.active, &self.folders.archived),
        };
        let (folder, path, old) = (to.clone(), disk::place(to, id), disk::place(from, id));
        let body = body_of(id, state);

        let (here, there) = (disk::read(&self.disk, &path)?, disk::read(&self.disk, &old)?);
        let held = |path: &Path, bytes: &Option<Vec<u8>>| {
            let bytes = bytes.as_deref().filter(|_| edits == Edits::Spare);
            bytes.is_some_and(|bytes| !self.is_free(path, bytes, body.as_deref()))
        };
        let held = [(held(&path, &here), &path), (held(&old, &there), &old)];
        let held: Vec<PathBuf> =
            held.into_iter().filter(|(held, _)| *held).map(|(_, path)| path.clone()).collect();
        let pending = self.pending.get_or_insert_default();
        if !held.is_empty() {
            pending.insert(id.clone());
            self.unadopted.extend(held);
            return Ok(());
        }
        pending.remove(id);
        match &body {
            Some(body) if here.as_deref().is_some_and(|bytes| is_right(bytes, body)) => {}
            Some(body) => {
                disk::make_folder(&self.disk, &folder)?;
                disk::replace(&self.disk, &path, with_header(body, heads).as_bytes())?;
            }
            None if here.is_some() => disk::remove(&self.disk, &path)?,
            None => {}
        }
        self.released.remove(&path);
        if there.is_some() {
            disk::remove(&self.disk, &old)?;
            self.released.remove(&old);
        }
        Ok(())
    }

    /// True if nothing would be lost with these bytes when `body` comes in their place.
    fn is_free(&self, path: &Path, bytes: &[u8], body: Option<&str>) -> bool {
        let stored = Stored::new(bytes);
        !stored.is_edited()
            || body.is_some_and(|body| stored.body == body.as_bytes())
            || self.released.get(path).is_some_and(|released| *released == sha256(bytes))
    }

    fn mirror_project(
        &mut self,
        project: &ProjectState,
        heads: &[RecordId],
    ) -> Result<(), ProjectionError> {
        if project.created_at.is_none() {
            return Ok(());
        }
        let (body, path) = (project_yaml(project), &self.folders.project);
        if let Some(bytes) = disk::read(&self.disk, path)? {
            if is_right(&bytes, &body) {
                return Ok(());
            }
            if !self.is_free(path, &bytes, Some(&body)) {
                self.unadopted.insert(path.clone());
                return Ok(());
            }
        }
        disk::replace(&self.disk, path, with_header(&body, heads).as_bytes())
    }
}

/// True if a file has this body and a header that vouches for it.
fn is_right(bytes: &[u8], body: &str) -> bool {
    let stored = Stored::new(bytes);
    stored.body == body.as_bytes() && !stored.is_edited()
}

/// What the file of a milestone should say; `None` if there is nothing to say.
fn body_of(id: &Slug, state: &State) -> Option<String> {
    let milestone = state.milestone(id.as_str());
    let rows = state.rows(id.as_str());
    let kept = rows.iter().filter(|row| row.stage != Stage::Removed);
    let tasks: Vec<_> = kept.filter_map(|row| state.task(row.stream.as_str())).collect();
    if milestone.is_none() && tasks.is_empty() {
        return None;
    }
    let file = ViewFile::of(milestone.as_deref(), tasks.iter().map(|task| &**task));
    Some(file.to_yaml(milestone.map(|milestone| milestone_progress(&milestone, &rows).percent)))
}

impl<D: Disk> Projection for YamlView<D> {
    fn spec(&self) -> Spec {
        Spec { name: "yaml view", schema: SCHEMA, locality: Locality::Shared }
    }

    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, ProjectionError> {
        // Whoever removed the folder wants it back, whatever the checkpoint says.
        if !disk::is_folder(&self.disk, &self.folders.active)? {
            return Ok(None);
        }
        let Some(kept) = self.kept() else { return Ok(None) };
        self.pending = Some(kept.pending);
        self.heads.clone_from(&kept.checkpoint.heads);
        Ok(Some(kept.checkpoint))
    }

    fn apply(&mut self, batch: &Batch<'_>) -> Result<(), ProjectionError> {
        let heads = self.heads_after(batch);
        if batch.next.is_none() && batch.milestones.is_empty() && batch.tasks.is_empty() {
            // A build: every milestone comes at its end.
            self.heads = heads;
            return Ok(());
        }
        self.folders.check(&self.disk)?;
        disk::make_folder(&self.disk, &self.folders.active)?;
        self.load_pending();
        let touched = self.touched(batch)?;
        self.unadopted.clear();
        for id in &touched {
            self.mirror(id, batch.view, &heads, Edits::Spare)?;
        }
        if let Some(next) = batch.next {
            self.mirror_project(batch.project, &heads)?;
            self.keep(next)?;
        }
        self.heads = heads;
        Ok(())
    }

    fn wipe(&mut self) -> Result<(), ProjectionError> {
        self.wipe_some(usize::MAX).map(drop)
    }

    fn fingerprint(&mut self) -> Result<Fingerprint, ProjectionError> {
        self.folders.check(&self.disk)?;
        let mut documents = Vec::new();
        for (home, path) in self.folders.list(&self.disk)? {
            let damaged =
                |why: String| ProjectionError::Damaged { what: path.display().to_string(), why };
            let bytes = disk::read(&self.disk, &path)?.unwrap_or_default();
            let file = ViewFile::parse_bytes(&bytes).map_err(damaged)?;
            let own = file.milestone.into_iter().map(|document| (document, false));
            for (document, is_task) in own.chain(file.tasks.into_iter().map(|task| (task, true))) {
                let stream = stream_of(&document, &home, is_task)
                    .ok_or_else(|| damaged(format!("{:?} is no id", document.id)))?;
                documents.push((stream, document));
            }
        }
        Ok(Fingerprint::of_documents(documents))
    }
}

/// The stream that a document in the file of `home` is about.
fn stream_of(document: &Document, home: &Slug, is_task: bool) -> Option<StreamId> {
    let id = Slug::new(&document.id).ok()?;
    match (is_task, &document.origin) {
        (false, _) => Some(StreamId::milestone(&id)),
        (true, Some(origin)) => Some(origin.clone()),
        (true, None) => Some(StreamId::task(home, &id)),
    }
}
