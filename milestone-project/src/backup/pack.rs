//! The objects of a backup: what it holds, packed, and its manifest, which says what is where.
//!
//! Start at [`Packer`] for writing and [`unpack`] for reading. An object is a `.tar.zst` that any
//! tool opens: `zstd -dc 0001.tar.zst | tar t`. The new bytes of a file that has grown are an entry
//! `FILE@OFFSET`.
//!
//! - **Invariant.** An object is read only if its SHA-256 is the one that the manifest names, and
//!   a manifest only if it is the one that the chain names.
//! - **Invariant.** A path is one of those that backups are made of: no name in a hostile manifest
//!   leads anywhere else.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::SOURCES;
use super::chain::hex;

/// How hard is compressed: 3 is zstd's own choice, 276 MB/s at a ratio of 3.7 for logs.
const LEVEL: i32 = 3;

/// An object is closed once it holds so many bytes, so that one that is damaged takes little along.
const OBJECT_BYTES: u64 = 16 << 20;

/// No object is unpacked beyond so many bytes.
const UNPACKED_BYTES_MAX: u64 = 1 << 30;

/// The manifest, in the folder of a backup.
pub(super) const MANIFEST: &str = "manifest.json.zst";

/// What a backup holds, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// The format of all this: 1.
    pub(super) format: u32,
    /// The backup's number.
    pub(super) backup: u64,
    /// Its files, sorted by path.
    pub(super) files: Vec<FileEntry>,
    /// The objects that it needs, its own and those of backups before it.
    pub(super) objects: Vec<ObjectEntry>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileEntry {
    /// Its path in the project's directory.
    pub(super) path: String,
    /// Its length.
    pub(super) bytes: u64,
    /// SHA-256 of all of it.
    pub(super) sha256: String,
    /// When it had been modified, in nanoseconds since 1970.
    pub(super) mtime_ns: i64,
    /// Which file it was.
    pub(super) inode: u64,
    /// Its bytes, in order.
    pub(super) pieces: Vec<Piece>,
}

/// A part of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Piece {
    /// The backup that has it.
    pub(super) backup: u64,
    /// In which of its objects.
    pub(super) object: String,
    /// Under which name.
    pub(super) entry: String,
    /// How long it is.
    pub(super) bytes: u64,
}

/// One object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct ObjectEntry {
    /// The backup that it was written for.
    pub(super) backup: u64,
    /// Its name in that one's folder.
    pub(super) name: String,
    /// Its length.
    pub(super) bytes: u64,
    /// SHA-256 of its bytes.
    pub(super) sha256: String,
}

/// Why something of a backup cannot be used.
#[derive(Debug)]
pub(super) enum Unusable {
    /// It is not there.
    Missing,
    /// It is not what was written.
    Changed,
    /// It cannot be read.
    Io(io::Error),
}

impl Unusable {
    /// In words.
    pub(super) fn why(&self) -> String {
        match self {
            Self::Missing => "it is missing".to_owned(),
            Self::Changed => "its bytes have changed".to_owned(),
            Self::Io(error) => format!("it cannot be read: {error}"),
        }
    }
}

impl Manifest {
    /// Writes it, durably; its hash and its length.
    pub(super) fn write(&self, folder: &Path) -> io::Result<(String, u64)> {
        let bytes = zstd::encode_all(&*serde_json::to_vec(self)?, LEVEL)?;
        write_synced(&folder.join(MANIFEST), &bytes)?;
        Ok((hex(&Sha256::digest(&bytes)), bytes.len() as u64))
    }

    /// Reads the one in `folder`, whose hash is `sha256`.
    pub(super) fn read(folder: &Path, sha256: &str) -> Result<Self, Unusable> {
        let bytes = checked(&folder.join(MANIFEST), sha256)?;
        let decoder = zstd::Decoder::new(&*bytes).map_err(Unusable::Io)?;
        let read: Self = serde_json::from_reader(decoder.take(UNPACKED_BYTES_MAX))
            .map_err(|_| Unusable::Changed)?;
        let sound = read.files.iter().all(|file| is_ours(&file.path));
        if sound { Ok(read) } else { Err(Unusable::Changed) }
    }
}

/// True if a backup may hold a file of that path.
fn is_ours(path: &str) -> bool {
    let plain =
        Path::new(path).components().all(|component| matches!(component, Component::Normal(_)));
    let from = |source: &str| {
        path == source || path.strip_prefix(source).is_some_and(|rest| rest.starts_with('/'))
    };
    plain && SOURCES.iter().any(|source| from(source))
}

/// The bytes of a file whose hash is `sha256`.
pub(super) fn checked(path: &Path, sha256: &str) -> Result<Vec<u8>, Unusable> {
    let bytes = std::fs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Unusable::Missing,
        _ => Unusable::Io(error),
    })?;
    match hex(&Sha256::digest(&bytes)) == sha256 {
        true => Ok(bytes),
        false => Err(Unusable::Changed),
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Writes the objects of one backup.
pub(super) struct Packer {
    folder: PathBuf,
    backup: u64,
    open: Option<tar::Builder<zstd::Encoder<'static, Vec<u8>>>>,
    raw: u64,
    objects: Vec<ObjectEntry>,
}

impl Packer {
    /// Into `folder`, which is there.
    pub(super) fn new(folder: &Path, backup: u64) -> Self {
        let (open, raw, objects) = (None, 0, Vec::new());
        Self { folder: folder.to_owned(), backup, open, raw, objects }
    }

    /// Adds bytes under a name.
    pub(super) fn add(&mut self, entry: String, bytes: &[u8]) -> io::Result<Piece> {
        let mut builder = match self.open.take() {
            Some(builder) => builder,
            None => tar::Builder::new(zstd::Encoder::new(Vec::new(), LEVEL)?),
        };
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, &entry, bytes)?;
        self.open = Some(builder);
        self.raw += bytes.len() as u64;
        let object = self.name();
        if self.raw >= OBJECT_BYTES {
            self.close()?;
        }
        Ok(Piece { backup: self.backup, object, entry, bytes: bytes.len() as u64 })
    }

    fn name(&self) -> String {
        format!("{:04}.tar.zst", self.objects.len() + 1)
    }

    fn close(&mut self) -> io::Result<()> {
        let Some(builder) = self.open.take() else { return Ok(()) };
        let bytes = builder.into_inner()?.finish()?;
        let name = self.name();
        write_synced(&self.folder.join(&name), &bytes)?;
        let sha256 = hex(&Sha256::digest(&bytes));
        let (backup, bytes) = (self.backup, bytes.len() as u64);
        self.objects.push(ObjectEntry { backup, name, bytes, sha256 });
        self.raw = 0;
        Ok(())
    }

    /// What was written, each object durable.
    pub(super) fn finish(mut self) -> io::Result<Vec<ObjectEntry>> {
        self.close()?;
        Ok(self.objects)
    }
}

/// Where entries of an object go: by name, the file and where in it.
pub(super) type Targets = BTreeMap<String, Vec<(PathBuf, u64)>>;

/// Writes the entries of an object, whose bytes are given, where they belong.
pub(super) fn unpack(object: &[u8], targets: &Targets) -> io::Result<()> {
    let decoder = zstd::Decoder::new(object)?;
    let mut found = 0;
    for entry in tar::Archive::new(decoder.take(UNPACKED_BYTES_MAX)).entries()? {
        let mut entry = entry?;
        let name = entry.path()?.to_string_lossy().into_owned();
        let Some(places) = targets.get(&name) else { continue };
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        for (path, offset) in places {
            let file = File::options().write(true).create(true).truncate(false).open(path)?;
            file.write_all_at(&bytes, *offset)?;
        }
        found += 1;
    }
    match found == targets.len() {
        true => Ok(()),
        false => Err(io::Error::other("an entry is missing")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shown red by: taking every path for one of ours.
    #[test]
    fn no_path_leads_out() {
        for path in ["log/a.jsonl", "config.toml", "templates/x/y.md", "local/journal.jsonl"] {
            assert!(is_ours(path), "{path}");
        }
        for path in ["../log/a", "log/../../a", "/etc/passwd", "logs/a", "local/writer", ""] {
            assert!(!is_ours(path), "{path}");
        }
    }
}
