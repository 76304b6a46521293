//! What is on a disk: files, folders and the names that lead to them.
//!
//! Start at [`Image`]. [`Effect`] is one change of it; a disk that lost power is an image to which
//! only some of the last effects were applied.
//!
//! - **Invariant.** Applying an effect never fails: on a disk that lost some of them, a name may
//!   lead to a file that nothing was written to, and a write may belong to a file without a name.
//! - **Absent on purpose.** Folders that change their names; hard links.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use milestone_core::words::RecordId;

/// A file or a folder, by its place in [`Image::nodes`].
pub(crate) type Inode = usize;

/// What a name leads to.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) is_folder: bool,
    pub(crate) bytes: Arc<Vec<u8>>,
    pub(crate) mtime: i64,
}

/// Everything on a disk at one moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Image {
    pub(crate) nodes: Vec<Node>,
    pub(crate) names: BTreeMap<PathBuf, Inode>,
}

/// One change of an image, or a promise about those before it.
#[derive(Debug, Clone)]
pub(crate) enum Effect {
    /// Bytes were written into a file.
    Write { inode: Inode, offset: usize, bytes: Arc<Vec<u8>> },
    /// A file was cut or made longer.
    SetLen { inode: Inode, len: usize },
    /// A name was made for something new.
    Create { path: PathBuf, inode: Inode },
    /// Something has another name now.
    Rename { from: PathBuf, to: PathBuf, inode: Inode },
    /// A name was taken away.
    Remove { path: PathBuf },
    /// What was done to a file until here is durable.
    Sync { inode: Inode },
    /// What was done to the names in a folder until here is durable.
    SyncFolder { path: PathBuf },
    /// Somebody was told that this record is recorded.
    Acknowledged { id: RecordId },
    /// Somebody was told that this record is recorded, and nobody promised to keep a copy of it:
    /// a command was repeated, or the disk refused something.
    Repeated { id: RecordId },
    /// Somebody was told that this record is not recorded.
    Refused { id: RecordId },
    /// Git put a file in the place of another, or none.
    GitCame,
    /// Git took this record out of the work tree; whether it was durable there by then.
    Shelved { id: RecordId, durable: bool },
}

impl Image {
    pub(crate) fn add(&mut self, is_folder: bool, mtime: i64) -> Inode {
        self.nodes.push(Node { is_folder, bytes: Arc::default(), mtime });
        self.nodes.len() - 1
    }

    /// Numbers everything as `other` has it, empty and without names: whatever of it is written or
    /// named later finds it there.
    pub(crate) fn make_room_as(&mut self, other: &Self) {
        for node in &other.nodes[self.nodes.len()..] {
            self.add(node.is_folder, 0);
        }
    }

    /// What a path leads to.
    pub(crate) fn find(&self, path: &Path) -> io::Result<Inode> {
        self.names.get(path).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Fails unless the folder that a path is in is there.
    pub(crate) fn has_parent(&self, path: &Path) -> io::Result<()> {
        let parent = path.parent().unwrap_or(path);
        match parent.as_os_str().is_empty() || parent == Path::new("/") {
            true => Ok(()),
            false => self.find(parent).map(drop),
        }
    }

    /// The names in a folder, and what they lead to.
    pub(crate) fn entries<'a>(
        &'a self,
        folder: &'a Path,
    ) -> impl Iterator<Item = (&'a Path, Inode)> + 'a {
        let inside = self.names.range(folder.to_owned()..);
        let inside = inside.take_while(move |(path, _)| path.starts_with(folder));
        inside
            .filter(move |(path, _)| path.parent() == Some(folder))
            .map(|(path, inode)| (&**path, *inode))
    }

    /// Applies an effect; of a write only what `share` says.
    pub(crate) fn apply(&mut self, effect: &Effect, share: Share, now: i64) {
        match effect {
            Effect::Write { inode, offset, bytes } => {
                let node = &mut self.nodes[*inode];
                node.mtime = now;
                share.write(Arc::make_mut(&mut node.bytes), *offset, bytes);
            }
            Effect::SetLen { inode, len } => {
                let node = &mut self.nodes[*inode];
                node.mtime = now;
                Arc::make_mut(&mut node.bytes).resize(*len, 0);
            }
            Effect::Create { path, inode } => self.name(path, *inode, now),
            Effect::Rename { from, to, inode } => {
                self.names.remove(from);
                self.name(to, *inode, now);
            }
            Effect::Remove { path } => {
                self.names.remove(path);
                self.touch_parent(path, now);
            }
            _ => {}
        }
    }

    fn name(&mut self, path: &Path, inode: Inode, now: i64) {
        self.names.insert(path.to_owned(), inode);
        self.touch_parent(path, now);
    }

    fn touch_parent(&mut self, path: &Path, now: i64) {
        if let Some(parent) = path.parent().and_then(|parent| self.names.get(parent)) {
            self.nodes[*parent].mtime = now;
        }
    }

    /// Takes away names in folders that are not there.
    pub(crate) fn drop_unreachable(&mut self) {
        let names = std::mem::take(&mut self.names);
        for (path, inode) in names {
            // Folders come before what is in them.
            if self.has_parent(&path).is_ok() {
                self.names.insert(path, inode);
            }
        }
    }
}

/// How much of a write reached the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    /// All of it.
    All,
    /// So many first bytes.
    First(usize),
    /// The blocks whose bits are set; the others read as zeros or as what was there.
    Blocks(u64),
}

/// A device writes so many bytes at once.
const BLOCK_BYTES: usize = 512;

impl Share {
    fn write(self, file: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
        let bytes = match self {
            Self::First(count) => &bytes[..count.min(bytes.len())],
            Self::All | Self::Blocks(_) => bytes,
        };
        let end = offset + bytes.len();
        if file.len() < end && !bytes.is_empty() {
            file.resize(end, 0);
        }
        let mut at = 0;
        while at < bytes.len() {
            let block = (offset + at) / BLOCK_BYTES;
            let next = ((block + 1) * BLOCK_BYTES - offset).min(bytes.len());
            let there = match self {
                Self::Blocks(bits) => bits >> (block % 64) & 1 == 1,
                Self::All | Self::First(_) => true,
            };
            if there {
                file[offset + at..offset + next].copy_from_slice(&bytes[at..next]);
            }
            at = next;
        }
    }
}

impl Effect {
    /// True for a change that a power cut may take back, unless something after it made it durable.
    pub(crate) fn is_change(&self) -> bool {
        matches!(
            self,
            Self::Write { .. }
                | Self::SetLen { .. }
                | Self::Create { .. }
                | Self::Rename { .. }
                | Self::Remove { .. }
        )
    }

    /// True for what makes something durable.
    pub(crate) fn is_sync(&self) -> bool {
        matches!(self, Self::Sync { .. } | Self::SyncFolder { .. })
    }

    /// True if `self` makes `earlier` durable.
    pub(crate) fn settles(&self, earlier: &Self) -> bool {
        match (self, earlier) {
            (
                Self::Sync { inode: synced },
                Self::Write { inode, .. } | Self::SetLen { inode, .. },
            ) => synced == inode,
            (
                Self::SyncFolder { path: synced },
                Self::Create { path, .. } | Self::Remove { path },
            ) => path.parent() == Some(synced),
            (Self::SyncFolder { path: synced }, Self::Rename { to, .. }) => {
                to.parent() == Some(synced)
            }
            _ => false,
        }
    }
}
