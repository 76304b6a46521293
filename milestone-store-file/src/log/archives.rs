//! Reading archived files of the log as if they were plain: listed under their old names, unpacked
//! when their bytes are asked for.
//!
//! Start at [`Archives::list`] and [`Archives::read_at`].
//!
//! - **Invariant.** Listing unpacks nothing, but where a file is there plain *and* archived: then
//!   an archive that says nothing else is left out, and any other is a file of its own.
//! - **Invariant.** What cannot be unpacked whole is [`ReadError::Damaged`]: never a part of it,
//!   but for the first bytes, by which readers only choose an order.
//! - **Invariant.** No more than [`UNPACKED_BYTES_MAX`] are held, the newest first; a file among
//!   them is unpacked once.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use milestone_core::log::{FileStat, ReadError};

use super::manifest::{self, Entry};
use super::paths::{ARCHIVE_SUFFIX, Paths, archived_name, shown};
use super::read;
use crate::disk::{Disk, How, Reader};

/// The longest file that is archived, and that an archive is unpacked to, in bytes.
pub const ARCHIVED_BYTES_MAX: u64 = 8 << 20;
/// How much of unpacked archives is held in memory, in bytes; one file more at a time.
pub const UNPACKED_BYTES_MAX: usize = 16 << 20;
/// So many first bytes of a longer file are unpacked alone: readers look at the first line of every
/// file before they read any.
const HEAD_BYTES: usize = 4096;
/// Where a zstd frame says how long its content is, at the latest.
const FRAME_HEADER_BYTES: usize = 18;

/// The archives of a log, as one process knows them.
#[derive(Debug, Default)]
pub(super) struct Archives(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// The archives as last listed, by the name that they were listed under.
    listed: BTreeMap<String, FileStat>,
    /// Whether an archive only repeats the plain file, for these two.
    twins: HashMap<String, (FileStat, FileStat, bool)>,
    unpacked: VecDeque<(FileStat, Arc<Vec<u8>>)>,
}

impl Archives {
    fn known(&self) -> MutexGuard<'_, Known> {
        // What is known is replaced whole, so a thread that died in between spoiled nothing.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True if the file that was listed under this name is an archive.
    pub(super) fn has(&self, name: &str) -> bool {
        self.known().listed.contains_key(name)
    }

    /// The files of the log, given those that are plain and those that are archives, by name.
    pub(super) fn list<D: Disk>(
        &self,
        paths: &Paths<D>,
        plain: Vec<FileStat>,
        archives: Vec<FileStat>,
        may_write: bool,
    ) -> Vec<FileStat> {
        let mut files: BTreeMap<String, FileStat> =
            plain.into_iter().map(|stat| (stat.name.clone(), stat)).collect();
        let mut listed = BTreeMap::new();
        let entries = if archives.is_empty() { HashMap::new() } else { manifest::load(paths) };
        let mut new = Vec::new();
        for archive in archives {
            let known = entries.get(&archive.name).filter(|entry| entry.archive == archive);
            let entry = known.cloned().unwrap_or_else(|| {
                let entry = first_seen(paths, &archive);
                new.push(entry.clone());
                entry
            });
            let mut stat = entry.listed;
            if let Some(other) = files.get(&stat.name) {
                let is_plain = !listed.contains_key(&stat.name);
                if is_plain && self.is_twin(paths, other, &archive) {
                    continue;
                }
                // Two versions of one file: what each of them says counts.
                stat.name.clone_from(&archive.name);
            }
            listed.insert(stat.name.clone(), archive);
            files.insert(stat.name.clone(), stat);
        }
        self.known().listed = listed;
        if may_write && !new.is_empty() {
            // The next process reads the lengths off the archives again, then.
            let _ = manifest::add(paths, new, |_| true);
        }
        files.into_values().collect()
    }

    /// True if the archive says nothing that the plain file does not say.
    fn is_twin<D: Disk>(&self, paths: &Paths<D>, plain: &FileStat, archive: &FileStat) -> bool {
        if let Some((was, of, twin)) = self.known().twins.get(&archive.name)
            && (was, of) == (plain, archive)
        {
            return *twin;
        }
        let same = || -> Option<bool> {
            let archived = self.unpacked(paths, archive).ok()?;
            let mut file = open(paths, plain).ok()?;
            let mut begin = vec![0; archived.len()];
            file.read_exact(&mut begin).ok()?;
            Some(begin == **archived)
        };
        let twin = same().unwrap_or(false);
        let verdict = (plain.clone(), archive.clone(), twin);
        self.known().twins.insert(archive.name.clone(), verdict);
        twin
    }

    /// Reads bytes of an archived file, by the name that it was listed under; 0 if there is none.
    pub(super) fn read_at<D: Disk>(
        &self,
        paths: &Paths<D>,
        name: &str,
        offset: u64,
        into: &mut [u8],
    ) -> Result<usize, ReadError> {
        let known = self.known().listed.get(name).cloned();
        let archive = match known.and_then(|known| read::now(paths, &known.name)) {
            Some(archive) => archive,
            None => {
                // Archived, or taken back from an archive, since it was listed.
                read::files(paths, self, false)?;
                let Some(archive) = self.known().listed.get(name).cloned() else { return Ok(0) };
                archive
            }
        };
        if offset == 0 && into.len() == HEAD_BYTES && !self.holds(&archive) {
            let head = head(paths, &archive, into).unwrap_or(0);
            if head == HEAD_BYTES {
                return Ok(head);
            }
        }
        let bytes = match self.unpacked(paths, &archive) {
            Err(ReadError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                return Ok(0);
            }
            other => other?,
        };
        let rest = usize::try_from(offset).ok().and_then(|from| bytes.get(from..));
        let rest = rest.unwrap_or_default();
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn holds(&self, archive: &FileStat) -> bool {
        self.known().unpacked.iter().any(|(of, _)| of == archive)
    }

    /// The whole content of an archive.
    fn unpacked<D: Disk>(
        &self,
        paths: &Paths<D>,
        archive: &FileStat,
    ) -> Result<Arc<Vec<u8>>, ReadError> {
        if let Some((_, bytes)) = self.known().unpacked.iter().find(|(of, _)| of == archive) {
            return Ok(Arc::clone(bytes));
        }
        let path = paths.log.join(&archive.name);
        let read = || {
            let mut packed = Vec::new();
            open(paths, archive)?.read_to_end(&mut packed)?;
            Ok(packed)
        };
        let packed =
            read().map_err(|source: io::Error| ReadError::Io { what: shown(&path), source })?;
        let damaged = |why| ReadError::Damaged { what: archive.name.clone(), why };
        let bytes = Arc::new(unpack(&packed).map_err(damaged)?);
        let mut known = self.known();
        known.unpacked.push_front((archive.clone(), Arc::clone(&bytes)));
        let mut held = 0;
        known.unpacked.retain(|(_, bytes)| {
            held += bytes.len();
            held <= UNPACKED_BYTES_MAX || held == bytes.len()
        });
        Ok(bytes)
    }
}

fn open<'p, D: Disk>(paths: &'p Paths<D>, file: &FileStat) -> io::Result<Reader<'p, D>> {
    let opened = paths.disk.open(&paths.log_file(&file.name)?, How::Read)?;
    Ok(Reader::new(&paths.disk, opened))
}

/// An archive that this clone did not make, or no longer knows of: its length is read off it.
fn first_seen<D: Disk>(paths: &Paths<D>, archive: &FileStat) -> Entry {
    let mut header = [0; FRAME_HEADER_BYTES];
    let read = open(paths, archive).and_then(|mut file| file.read(&mut header));
    let len = read.ok().and_then(|read| content_bytes(&header[..read]));
    let name = archived_name(&archive.name);
    let len_bytes = len.unwrap_or(archive.len_bytes);
    Entry { archive: archive.clone(), listed: FileStat { name, len_bytes, ..archive.clone() } }
}

/// How long the content of a frame says that it is, if that is a length that we archive.
fn content_bytes(frame: &[u8]) -> Option<u64> {
    let said = zstd::zstd_safe::get_frame_content_size(frame).ok().flatten()?;
    (said <= ARCHIVED_BYTES_MAX).then_some(said)
}

/// The first bytes of an archive, unproved.
fn head<D: Disk>(paths: &Paths<D>, archive: &FileStat, into: &mut [u8]) -> io::Result<usize> {
    let mut decoder = zstd::Decoder::new(open(paths, archive)?)?.single_frame();
    let mut filled = 0;
    while filled < into.len() {
        match decoder.read(&mut into[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

/// Unpacks an archived file of the log, whole.
///
/// # Errors
///
/// Why it cannot be: it is cut off or damaged, was not made by `log archive`, or would be over
/// [`ARCHIVED_BYTES_MAX`].
pub fn unpack(archive: &[u8]) -> Result<Vec<u8>, String> {
    let frame = zstd::zstd_safe::find_frame_compressed_size(archive);
    if frame.ok() != Some(archive.len()) {
        return Err("it is cut off, or is no archive".to_owned());
    }
    let Some(len) = content_bytes(archive) else {
        return Err(format!("it does not say a length of at most {ARCHIVED_BYTES_MAX} bytes"));
    };
    let capacity = usize::try_from(len).expect("8 MiB fit in memory");
    let bytes = zstd::bulk::decompress(archive, capacity).map_err(|error| error.to_string())?;
    if bytes.len() != capacity {
        return Err(format!("it holds {} bytes and says {len}", bytes.len()));
    }
    Ok(bytes)
}

/// Returns true if a file of that name is an archived file of the log.
pub fn is_archive(name: &str) -> bool {
    name.ends_with(ARCHIVE_SUFFIX)
}
