//! A disk in memory that does what it is told, remembers the order of it, and loses power on
//! request.
//!
//! Start at [`SimulatedDisk`]. What was not synced may be dropped, reordered and torn at any byte;
//! names may be lost without a sync of their folder. [`SimulatedDisk::effects`] is the list from
//! which `points` makes every crash.
//!
//! - **Invariant.** The same seed and the same calls give the same effects and random bits:
//!   nothing here asks a clock, an address or a hash with a random key.
//! - **Invariant.** A disk that died does nothing more, until [`SimulatedDisk::revive`].
//! - **Absent on purpose.** Links, owners, permissions; a device that says it has synced and has
//!   not.

use std::fs::TryLockError;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use milestone_store_file::{Disk, How, Kind, Stat};

use crate::image::{Effect, Image, Inode, Share};
use crate::random::Random;

/// What goes wrong at an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The system refuses it, with this number; of a write so many first bytes are there.
    Refused {
        /// The error's number.
        errno: i32,
        /// How many bytes of a write reach the file before.
        bytes: usize,
        /// True if every operation after it that changes something is refused too.
        lasting: bool,
    },
    /// So many bytes of a write are written, and that is what it returns.
    Short {
        /// How many.
        bytes: usize,
    },
    /// The process dies in it; of a write so many first bytes are there.
    Killed {
        /// How many.
        bytes: usize,
    },
}

/// The operation that something happens at, of those that change something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The one of this number.
    Change(u64),
    /// The next one that appends to a file.
    Append,
}

impl When {
    fn is(self, change: u64, appends: bool) -> bool {
        match self {
            Self::Change(at) => at == change,
            Self::Append => appends,
        }
    }
}

/// Called before an operation.
type Meanwhile = Box<dyn FnOnce(&SimulatedDisk) + Send>;

#[derive(Default)]
struct World {
    image: Image,
    effects: Vec<Effect>,
    /// How many operations there were that change something.
    changes: u64,
    fault: Option<(When, Fault)>,
    dead: bool,
    refusing: Option<i32>,
    meanwhile: Option<(When, Meanwhile)>,
    locks: Vec<(Inode, u64)>,
    descriptors: u64,
    random: Random,
}

/// A disk in memory. Clones of it are the same disk.
#[derive(Clone)]
pub struct SimulatedDisk(Arc<Mutex<World>>);

impl std::fmt::Debug for SimulatedDisk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimulatedDisk").finish_non_exhaustive()
    }
}

/// An open file of a [`SimulatedDisk`].
#[derive(Debug)]
pub struct SimulatedFile {
    disk: SimulatedDisk,
    inode: Inode,
    descriptor: u64,
    how: How,
}

impl Drop for SimulatedFile {
    fn drop(&mut self) {
        let mut world = self.disk.world();
        world.locks.retain(|(_, descriptor)| *descriptor != self.descriptor);
    }
}

impl SimulatedDisk {
    /// A disk on which one folder is, durably.
    pub fn with_folder(seed: u64, folder: &Path) -> Self {
        let mut image = Image::default();
        let ancestors = folder.ancestors().filter(|path| path.parent().is_some());
        for path in ancestors {
            let inode = image.add(true, 0);
            image.names.insert(path.to_owned(), inode);
        }
        Self::of_image(seed, image)
    }

    pub(crate) fn of_image(seed: u64, image: Image) -> Self {
        let world = World { image, random: Random::new(seed), ..World::default() };
        Self(Arc::new(Mutex::new(world)))
    }

    fn world(&self) -> MutexGuard<'_, World> {
        // A test that failed holds nothing that another one could want.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What has happened so far, in order.
    pub(crate) fn effects(&self) -> Vec<Effect> {
        self.world().effects.clone()
    }

    pub(crate) fn image(&self) -> Image {
        self.world().image.clone()
    }

    /// How many operations there were that change something.
    pub fn changes(&self) -> u64 {
        self.world().changes
    }

    /// Lets something go wrong at an operation.
    pub fn fail_at(&self, when: When, fault: Fault) {
        self.world().fault = Some((when, fault));
    }

    /// Lets somebody else use the disk right before an operation.
    pub fn meanwhile_at(
        &self,
        when: When,
        meanwhile: impl FnOnce(&SimulatedDisk) + Send + 'static,
    ) {
        self.world().meanwhile = Some((when, Box::new(meanwhile)));
    }

    /// True if the process was killed in an operation.
    pub fn is_dead(&self) -> bool {
        self.world().dead
    }

    /// Another process: nothing of the last one is held, and nothing goes wrong.
    pub fn revive(&self) {
        let mut world = self.world();
        (world.dead, world.fault, world.refusing) = (false, None, None);
        world.locks.clear();
        world.meanwhile = None;
    }

    /// Puts what somebody was told into the order of what was done.
    pub(crate) fn note(&self, told: Effect) {
        self.world().effects.push(told);
    }

    /// What git does to a file of the work tree: another file gets its name, or none. It is done at
    /// once and durably, for a work tree that git leaves undone is git's to mend.
    pub fn replace_like_git(&self, path: &Path, bytes: Option<&[u8]>) {
        let mut world = self.world();
        let folder = path.parent().unwrap_or(path).to_owned();
        world.effects.push(Effect::GitCame);
        match bytes {
            Some(bytes) => {
                let now = world.now();
                let inode = world.image.add(false, now);
                let bytes = Arc::new(bytes.to_vec());
                world.take(Effect::Write { inode, offset: 0, bytes }, Share::All);
                world.take(Effect::Sync { inode }, Share::All);
                let from = folder.join("git's");
                world.take(Effect::Rename { from, to: path.to_owned(), inode }, Share::All);
            }
            None => world.take(Effect::Remove { path: path.to_owned() }, Share::All),
        }
        world.take(Effect::SyncFolder { path: folder }, Share::All);
    }

    /// The bytes of a file, if it is there.
    pub fn bytes(&self, path: &Path) -> Option<Vec<u8>> {
        let world = self.world();
        let inode = world.image.find(path).ok()?;
        Some(world.image.nodes[inode].bytes.to_vec())
    }

    /// The files in a folder, by their paths.
    pub fn files(&self, folder: &Path) -> Vec<PathBuf> {
        let world = self.world();
        let files = world.image.entries(folder);
        let files = files.filter(|(_, inode)| !world.image.nodes[*inode].is_folder);
        files.map(|(path, _)| path.to_owned()).collect()
    }

    /// True if nothing was done to a file that a power cut could take back.
    pub(crate) fn is_durable(&self, path: &Path) -> bool {
        let world = self.world();
        let Ok(found) = world.image.find(path) else { return false };
        let last = world.effects.iter().rev().find(|effect| match effect {
            Effect::Write { inode, .. } | Effect::SetLen { inode, .. } | Effect::Sync { inode } => {
                *inode == found
            }
            _ => false,
        });
        matches!(last, Some(Effect::Sync { .. }))
    }

    /// A number made of everything that happened, in its order; but for the number of the process,
    /// which stands in the lock.
    pub fn trace(&self) -> u64 {
        let world = self.world();
        let is_lock = |effect: &&Effect| match effect {
            Effect::Write { bytes, .. } => bytes.starts_with(b"pid "),
            _ => false,
        };
        let effects = world.effects.iter().filter(|effect| !is_lock(effect));
        let text = effects.map(|effect| format!("{effect:?}\n"));
        text.fold(0, |sum: u64, line| {
            line.bytes()
                .fold(sum, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
        })
    }

    /// Before an operation that changes something. What goes wrong with it does so for whoever
    /// asked for it, not for those who come in between.
    fn begin(&self, appends: bool) -> io::Result<Option<Fault>> {
        let mut world = self.world();
        if world.dead {
            return Err(killed());
        }
        world.changes += 1;
        let change = world.changes;
        let fault = world.fault.take_if(|(when, _)| when.is(change, appends));
        let meanwhile = world.meanwhile.take_if(|(when, _)| when.is(change, appends));
        if let Some((_, meanwhile)) = meanwhile {
            let later = world.fault.take();
            drop(world);
            meanwhile(self);
            world = self.world();
            world.fault = later;
        }
        if let Some(errno) = world.refusing {
            return Err(io::Error::from_raw_os_error(errno));
        }
        let fault = fault.map(|(_, fault)| fault);
        match fault {
            Some(Fault::Killed { .. }) => world.dead = true,
            Some(Fault::Refused { errno, lasting: true, .. }) => world.refusing = Some(errno),
            _ => {}
        }
        Ok(fault)
    }

    /// An operation that happens whole or not at all.
    fn change(&self, effect: impl FnOnce(&mut World) -> io::Result<Effect>) -> io::Result<()> {
        match self.begin(false)? {
            Some(Fault::Refused { errno, .. }) => Err(io::Error::from_raw_os_error(errno)),
            Some(Fault::Killed { .. }) => Err(killed()),
            Some(Fault::Short { .. }) | None => {
                let mut world = self.world();
                let effect = effect(&mut world)?;
                world.take(effect, Share::All);
                Ok(())
            }
        }
    }

    /// Writes at an offset, or, without one, where the file ends.
    fn write(&self, inode: Inode, offset: Option<usize>, bytes: &[u8]) -> io::Result<usize> {
        let fault = self.begin(offset.is_none())?;
        let count = match fault {
            Some(
                Fault::Refused { bytes, .. } | Fault::Short { bytes } | Fault::Killed { bytes },
            ) => bytes,
            None => usize::MAX,
        };
        let written = &bytes[..count.min(bytes.len())];
        let mut world = self.world();
        let offset = offset.unwrap_or(world.image.nodes[inode].bytes.len());
        if !written.is_empty() {
            let bytes = Arc::new(written.to_vec());
            world.take(Effect::Write { inode, offset, bytes }, Share::All);
        }
        match fault {
            Some(Fault::Refused { errno, .. }) => Err(io::Error::from_raw_os_error(errno)),
            Some(Fault::Killed { .. }) => Err(killed()),
            Some(Fault::Short { .. }) | None => Ok(written.len()),
        }
    }

    /// Reading is not counted, but the dead do not read either.
    fn reading(&self) -> io::Result<MutexGuard<'_, World>> {
        let world = self.world();
        if world.dead { Err(killed()) } else { Ok(world) }
    }
}

fn killed() -> io::Error {
    io::Error::other("this process was killed")
}

impl World {
    fn now(&self) -> i64 {
        i64::try_from(self.effects.len()).unwrap_or(0) + 1
    }

    fn take(&mut self, effect: Effect, share: Share) {
        let now = self.now();
        self.image.apply(&effect, share, now);
        self.effects.push(effect);
    }

    fn stat(&self, inode: Inode) -> Stat {
        let node = &self.image.nodes[inode];
        let kind = if node.is_folder { Kind::Folder } else { Kind::File };
        let (len, mtime_ns) = (node.bytes.len() as u64, node.mtime);
        Stat { kind, len, mtime_ns, inode: (1, inode as u64 + 1), uid: 0 }
    }
}

impl Disk for SimulatedDisk {
    type File = SimulatedFile;

    fn open(&self, path: &Path, how: How) -> io::Result<SimulatedFile> {
        let found = self.reading()?.image.find(path);
        let may_make = !matches!(how, How::Read | How::Append);
        match (&found, how) {
            (Ok(_), How::New { .. }) => return Err(io::ErrorKind::AlreadyExists.into()),
            (Ok(inode), How::Rewrite) => {
                let inode = *inode;
                self.change(|_| Ok(Effect::SetLen { inode, len: 0 }))?;
            }
            (Err(_), _) if may_make => {
                let made = self.change(|world| {
                    // Somebody else may have come first: a kernel looks and makes in one step.
                    if world.image.find(path).is_ok() {
                        return Err(io::ErrorKind::AlreadyExists.into());
                    }
                    world.image.has_parent(path)?;
                    let now = world.now();
                    let inode = world.image.add(false, now);
                    Ok(Effect::Create { path: path.to_owned(), inode })
                });
                let is_new = matches!(how, How::New { .. });
                match made {
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !is_new => {}
                    made => made?,
                }
            }
            _ => {}
        }
        let mut world = self.world();
        let inode = world.image.find(path)?;
        if world.image.nodes[inode].is_folder {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        world.descriptors += 1;
        let descriptor = world.descriptors;
        drop(world);
        Ok(SimulatedFile { disk: self.clone(), inode, descriptor, how })
    }

    fn stat(&self, file: &SimulatedFile) -> io::Result<Stat> {
        Ok(self.reading()?.stat(file.inode))
    }

    fn stat_at(&self, path: &Path) -> io::Result<Stat> {
        let world = self.reading()?;
        Ok(world.stat(world.image.find(path)?))
    }

    fn list(
        &self,
        folder: &Path,
        wanted: &dyn Fn(&str) -> bool,
    ) -> io::Result<Vec<(String, Stat)>> {
        let world = self.reading()?;
        world.image.find(folder)?;
        let name = |path: &Path| Some(path.file_name()?.to_str()?.to_owned());
        let found = world.image.entries(folder);
        let found = found.filter_map(|(path, inode)| Some((name(path)?, world.stat(inode))));
        Ok(found.filter(|(name, _)| wanted(name)).collect())
    }

    fn read_at(&self, file: &SimulatedFile, into: &mut [u8], offset: u64) -> io::Result<usize> {
        let world = self.reading()?;
        let bytes = &world.image.nodes[file.inode].bytes;
        let rest = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..));
        let rest = rest.unwrap_or_default();
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn append(&self, file: &SimulatedFile, bytes: &[u8]) -> io::Result<usize> {
        assert!(matches!(file.how, How::Append | How::AppendOrNew | How::New { .. }));
        self.write(file.inode, None, bytes)
    }

    fn write_at(&self, file: &SimulatedFile, bytes: &[u8], offset: u64) -> io::Result<usize> {
        // Linux appends whatever the offset says if the file was opened so.
        let appends = !matches!(file.how, How::Write | How::Rewrite);
        let offset = usize::try_from(offset).map_err(|_| io::ErrorKind::FileTooLarge)?;
        self.write(file.inode, (!appends).then_some(offset), bytes)
    }

    fn set_len(&self, file: &SimulatedFile, len: u64) -> io::Result<()> {
        let len = usize::try_from(len).map_err(|_| io::ErrorKind::FileTooLarge)?;
        self.change(|_| Ok(Effect::SetLen { inode: file.inode, len }))
    }

    fn sync(&self, file: &SimulatedFile) -> io::Result<()> {
        self.change(|_| Ok(Effect::Sync { inode: file.inode }))
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.change(|world| {
            world.image.find(path)?;
            Ok(Effect::SyncFolder { path: path.to_owned() })
        })
    }

    fn make_folder(&self, path: &Path, _mode: u32) -> io::Result<()> {
        if self.reading()?.image.find(path).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.change(|world| {
            world.image.has_parent(path)?;
            let now = world.now();
            let inode = world.image.add(true, now);
            Ok(Effect::Create { path: path.to_owned(), inode })
        })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.change(|world| {
            let inode = world.image.find(from)?;
            Ok(Effect::Rename { from: from.to_owned(), to: to.to_owned(), inode })
        })
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.change(|world| {
            world.image.find(path)?;
            Ok(Effect::Remove { path: path.to_owned() })
        })
    }

    fn try_lock(&self, file: &SimulatedFile) -> Result<(), TryLockError> {
        let mut world = self.reading().map_err(TryLockError::Error)?;
        let held = world.locks.iter().find(|(inode, _)| *inode == file.inode);
        match held {
            Some((_, descriptor)) if *descriptor != file.descriptor => {
                Err(TryLockError::WouldBlock)
            }
            _ => {
                world.locks.push((file.inode, file.descriptor));
                Ok(())
            }
        }
    }

    fn random(&self) -> io::Result<u64> {
        Ok(self.reading()?.random.next())
    }
}
