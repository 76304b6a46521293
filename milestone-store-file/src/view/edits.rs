//! Files that people changed by hand: found, read, and given back once they were taken in.
//!
//! Start at [`YamlView::edited_files`].
//!
//! - **Invariant.** An edit that was made after the files were read is not released with them: what
//!   is released is a content, not a path.
//! - **Absent on purpose.** What an edit means. Here it is only read.

use std::path::PathBuf;

use milestone_core::projection::{ProjectionError, State};
use milestone_core::words::{RecordId, Slug};

use super::disk;
use super::file::{Stored, ViewFile, sha256};
use super::mirror::{Edits, YamlView};
use crate::disk::Disk;

/// A view file that somebody changed by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedView {
    /// The file.
    pub path: PathBuf,
    /// The milestone whose file it is, by its name.
    pub milestone: Slug,
    /// The heads of the log when its body was written; none if its header is gone.
    pub heads: Vec<RecordId>,
    /// What it says, or why that cannot be read: the line, and what is wrong there.
    pub content: Result<ViewFile, String>,
    /// What it was when it was read.
    sha256: [u8; 32],
}

impl<D: Disk> YamlView<D> {
    /// Every milestone's file that was changed by hand, with what it says now, sorted by id.
    ///
    /// # Errors
    ///
    /// [`ProjectionError`] if a file or folder cannot be read, or is a symbolic link.
    pub fn edited_files(&self) -> Result<Vec<EditedView>, ProjectionError> {
        let mut edited = Vec::new();
        for (milestone, path) in self.folders.list(&self.disk)? {
            let Some(bytes) = disk::read(&self.disk, &path)? else { continue };
            let stored = Stored::new(&bytes);
            if stored.is_edited() {
                let content =
                    ViewFile::parse_bytes(&bytes).and_then(|file| named(file, &milestone));
                let heads = stored.heads;
                edited.push(EditedView { path, milestone, heads, content, sha256: sha256(&bytes) });
            }
        }
        Ok(edited)
    }

    /// Says that an edit was taken in: the next batch that touches its milestone may write over it.
    /// An edit that was made to the file in between is not given up.
    pub fn release(&mut self, edit: &EditedView) {
        self.released.insert(edit.path.clone(), edit.sha256);
    }

    /// Brings the files of these milestones to what `state` says, whatever is in them: edits that
    /// were not taken in are lost. `heads` are those of the log that `state` is the fold of.
    ///
    /// # Errors
    ///
    /// [`ProjectionError`] if a file cannot be written; those before it are.
    pub fn overwrite(
        &mut self,
        milestones: &[Slug],
        state: &State,
        heads: &[RecordId],
    ) -> Result<(), ProjectionError> {
        self.folders.check(&self.disk)?;
        self.load_pending();
        for id in milestones {
            self.mirror(id, state, heads, Edits::Discard)?;
        }
        Ok(())
    }
}

/// Refuses a file that is named after another milestone than it is about.
fn named(file: ViewFile, name: &Slug) -> Result<ViewFile, String> {
    match &file.milestone {
        Some(document) if document.id != name.as_str() => Err(format!(
            "the file is named after `{name}` and says `id: {}`: an id cannot be changed",
            document.id
        )),
        _ => Ok(file),
    }
}
