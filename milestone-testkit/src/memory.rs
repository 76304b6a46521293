//! A log in memory: the smallest complete store, and the model of every other.
//!
//! Start at [`MemoryStore`]. Several handles may share one log, as processes share a folder; a
//! [`MemoryStore::copy`] is a log of its own.
//!
//! - **Invariant.** Like every store it knows lines and nothing of what they say.
//! - **Invariant.** A file that ends without LF gets one before the next line is appended to it.
//! - **Absent on purpose.** Faults. They are in [`FaultyStore`](crate::FaultyStore).

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use milestone_core::log::{
    AppendError, FileStat, LINE_BYTES_MAX, LockError, LockGuard, LogStore, NewLine, Pending,
    ReadError, SyncError,
};

/// The file that a store writes to unless it is told another one.
const OWN_FILE: &str = "memory-0001.jsonl";

/// One file.
#[derive(Debug, Clone, Default)]
struct MemoryFile {
    bytes: Vec<u8>,
    /// How many of the bytes survive a power cut.
    durable: usize,
    changed: i64,
    inode: u64,
}

#[derive(Debug, Clone, Default)]
struct Files {
    by_name: BTreeMap<String, MemoryFile>,
    /// Counts changes; stands in for the time of modification.
    changes: i64,
}

/// A log in memory.
#[derive(Debug)]
pub struct MemoryStore {
    files: Arc<Mutex<Files>>,
    locked: Arc<AtomicBool>,
    own: String,
}

/// What must be made durable: a file, and up to which byte.
struct Written {
    files: Arc<Mutex<Files>>,
    file: String,
    up_to: usize,
}

/// Unlocks when it is dropped.
struct Unlock(Arc<AtomicBool>);

impl Drop for Unlock {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryStore {
    /// An empty log.
    pub fn new() -> Self {
        Self { files: Arc::default(), locked: Arc::default(), own: OWN_FILE.to_owned() }
    }

    /// A log of one file with these lines, each without its LF.
    pub fn from_lines<L: AsRef<[u8]>>(lines: impl IntoIterator<Item = L>) -> Self {
        let store = Self::new();
        let mut bytes = Vec::new();
        for line in lines {
            bytes.extend_from_slice(line.as_ref());
            bytes.push(b'\n');
        }
        store.put(OWN_FILE, bytes);
        store
    }

    /// A log of files with their bytes.
    pub fn with_files<N: Into<String>, B: Into<Vec<u8>>>(
        files: impl IntoIterator<Item = (N, B)>,
    ) -> Self {
        let store = Self::new();
        files.into_iter().for_each(|(name, bytes)| store.put(&name.into(), bytes));
        store
    }

    /// Lines dealt out over files: `deal[n]` is the file of line `n`, and lines beyond it go to
    /// file 0. Lines keep their order inside a file.
    pub fn dealt(lines: &[String], deal: &[u8]) -> Self {
        let mut files: BTreeMap<u8, Vec<u8>> = BTreeMap::new();
        for (place, line) in lines.iter().enumerate() {
            let file = files.entry(deal.get(place).copied().unwrap_or(0)).or_default();
            file.extend_from_slice(line.as_bytes());
            file.push(b'\n');
        }
        Self::with_files(
            files.into_iter().map(|(file, bytes)| (format!("f{file:03}.jsonl"), bytes)),
        )
    }

    /// Another handle to the same log, which appends to `own`: another process, so to speak.
    pub fn handle(&self, own: &str) -> Self {
        let (files, locked) = (Arc::clone(&self.files), Arc::clone(&self.locked));
        Self { files, locked, own: own.to_owned() }
    }

    /// A log of its own with the same files, which appends to `own`.
    pub fn copy(&self, own: &str) -> Self {
        let files = Arc::new(Mutex::new(self.lock_files().clone()));
        Self { files, locked: Arc::default(), own: own.to_owned() }
    }

    /// The file that this handle appends to.
    pub fn own_file(&self) -> &str {
        &self.own
    }

    /// The files and their bytes, by name.
    pub fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        let files = self.lock_files();
        files.by_name.iter().map(|(name, file)| (name.clone(), file.bytes.clone())).collect()
    }

    /// Every line that has an end, file by file, without its LF. Lines that are not UTF-8 are left
    /// out.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for bytes in self.contents().values() {
            let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
            let parts = bytes[..whole].split_inclusive(|&byte| byte == b'\n');
            lines.extend(
                parts
                    .filter_map(|line| std::str::from_utf8(&line[..line.len() - 1]).ok())
                    .map(str::to_owned),
            );
        }
        lines
    }

    /// Gives `file` these bytes, whatever it had, as a checkout would: under a new identity.
    pub fn put(&self, file: &str, bytes: impl Into<Vec<u8>>) {
        let mut files = self.lock_files();
        files.changes += 1;
        let (changed, bytes) = (files.changes, bytes.into());
        let durable = bytes.len();
        let file_now = MemoryFile { bytes, durable, changed, inode: changed.unsigned_abs() };
        files.by_name.insert(file.to_owned(), file_now);
    }

    /// Writes raw bytes to the end of `file`, whole lines or not, and does not sync them.
    pub fn push_raw(&self, file: &str, bytes: &[u8]) {
        let mut files = self.lock_files();
        files.push(file, bytes);
    }

    /// Writes raw bytes to the end of the file that this handle appends to.
    pub fn push_own(&self, bytes: &[u8]) {
        self.push_raw(&self.own, bytes);
    }

    /// Removes `file`; true if there was one.
    pub fn remove(&self, file: &str) -> bool {
        self.lock_files().by_name.remove(file).is_some()
    }

    /// Forgets whatever was appended and not synced, as a power cut would at worst.
    pub fn power_cut(&self) {
        let mut files = self.lock_files();
        files.changes += 1;
        let changed = files.changes;
        for file in files.by_name.values_mut() {
            file.bytes.truncate(file.durable);
            file.changed = changed;
        }
    }

    /// Takes in every line of `other` that is not there yet, file by file, as `git merge` does
    /// with the driver `union`. A torn tail of `other` stays behind.
    pub fn union(&self, other: &Self) {
        for (name, theirs) in other.contents() {
            let mut files = self.lock_files();
            let held = files.by_name.get(&name).map(|file| file.bytes.clone()).unwrap_or_default();
            let ours: std::collections::HashSet<&[u8]> =
                held.split(|&byte| byte == b'\n').collect();
            let whole = theirs.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
            let missing: Vec<u8> = theirs[..whole]
                .split_inclusive(|&byte| byte == b'\n')
                .filter(|line| !ours.contains(&line[..line.len() - 1]))
                .flatten()
                .copied()
                .collect();
            if !missing.is_empty() || !files.by_name.contains_key(&name) {
                files.end_line(&name);
                files.push(&name, &missing);
                files.make_durable(&name, usize::MAX);
            }
        }
    }

    fn lock_files(&self) -> MutexGuard<'_, Files> {
        lock(&self.files)
    }
}

/// A poisoned lock is taken all the same: a test that panicked has been reported already.
fn lock(files: &Mutex<Files>) -> MutexGuard<'_, Files> {
    files.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Files {
    /// Appends, and returns the length before.
    fn push(&mut self, file: &str, bytes: &[u8]) -> usize {
        self.changes += 1;
        let changes = self.changes;
        let file = self.by_name.entry(file.to_owned()).or_insert_with(|| MemoryFile {
            inode: changes.unsigned_abs(),
            ..MemoryFile::default()
        });
        let before = file.bytes.len();
        file.bytes.extend_from_slice(bytes);
        file.changed = changes;
        before
    }

    /// Ends a torn last line.
    fn end_line(&mut self, file: &str) {
        let torn = |file: &MemoryFile| file.bytes.last().is_some_and(|&byte| byte != b'\n');
        if self.by_name.get(file).is_some_and(torn) {
            self.push(file, b"\n");
        }
    }

    fn make_durable(&mut self, file: &str, up_to: usize) {
        if let Some(file) = self.by_name.get_mut(file) {
            file.durable = file.durable.max(up_to.min(file.bytes.len()));
        }
    }
}

impl LogStore for MemoryStore {
    fn files(&self) -> Result<Vec<FileStat>, ReadError> {
        let files = self.lock_files();
        let stat = |(name, file): (&String, &MemoryFile)| FileStat {
            name: name.clone(),
            len_bytes: file.bytes.len() as u64,
            mtime_ns: file.changed,
            inode: file.inode,
        };
        Ok(files.by_name.iter().map(stat).collect())
    }

    fn read_at(&self, file: &str, offset: u64, into: &mut [u8]) -> Result<usize, ReadError> {
        let files = self.lock_files();
        let bytes = files.by_name.get(file).map_or(&[][..], |file| &file.bytes);
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        let count = into.len().min(bytes.len() - from);
        into[..count].copy_from_slice(&bytes[from..from + count]);
        Ok(count)
    }

    fn lock(&self, wait: Duration) -> Result<LockGuard, LockError> {
        if self.locked.swap(true, Ordering::SeqCst) {
            let waited_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            return Err(LockError::Busy { holder: Some("another handle".into()), waited_ms });
        }
        Ok(LockGuard::new(Unlock(Arc::clone(&self.locked))))
    }

    fn append(&mut self, _: &LockGuard, lines: &[NewLine<'_>]) -> Result<Pending, AppendError> {
        for line in lines {
            let bytes = line.bytes.len() + 1;
            if bytes > LINE_BYTES_MAX {
                return Err(AppendError::TooLarge { bytes, bytes_max: LINE_BYTES_MAX });
            }
            if line.bytes.contains(&b'\n') {
                let source = io::Error::other("a line with a line end in it");
                return Err(AppendError::Io { what: self.own.clone(), source });
            }
        }
        let mut files = self.lock_files();
        files.end_line(&self.own);
        let mut up_to = files.by_name.get(&self.own).map_or(0, |file| file.bytes.len());
        for line in lines {
            files.push(&self.own, line.bytes);
            up_to = files.push(&self.own, b"\n") + 1;
        }
        drop(files);
        let files = Arc::clone(&self.files);
        Ok(Pending::new(Written { files, file: self.own.clone(), up_to }))
    }

    fn sync(&self, pending: Pending) -> Result<(), SyncError> {
        let written: Written = pending.into_inner().ok_or(SyncError::Foreign)?;
        if !Arc::ptr_eq(&written.files, &self.files) {
            return Err(SyncError::Foreign);
        }
        self.lock_files().make_durable(&written.file, written.up_to);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use milestone_core::words::RecordId;

    use super::*;

    fn append(store: &mut MemoryStore, line: &str) -> Pending {
        let guard = store.lock(Duration::ZERO).unwrap();
        store.append(&guard, &[NewLine { id: RecordId([0; 32]), bytes: line.as_bytes() }]).unwrap()
    }

    #[test]
    fn what_is_not_synced_does_not_survive() {
        let mut store = MemoryStore::new();
        let first = append(&mut store, "one");
        store.sync(first).unwrap();
        let _lost = append(&mut store, "two");
        assert_eq!(store.lines(), ["one", "two"]);
        store.power_cut();
        assert_eq!(store.lines(), ["one"]);
    }

    #[test]
    fn a_torn_tail_is_ended_before_the_next_line() {
        let mut store = MemoryStore::new();
        store.push_own(b"one\ntor");
        assert_eq!(store.lines(), ["one"]);
        let _pending = append(&mut store, "two");
        assert_eq!(store.lines(), ["one", "tor", "two"]);
    }

    #[test]
    fn one_handle_holds_the_lock_at_a_time() {
        let store = MemoryStore::new();
        let other = store.handle("other.jsonl");
        let guard = store.lock(Duration::ZERO).unwrap();
        assert!(matches!(other.lock(Duration::ZERO), Err(LockError::Busy { .. })));
        drop(guard);
        assert!(other.lock(Duration::ZERO).is_ok());
        assert!(store.copy("third.jsonl").lock(Duration::ZERO).is_ok());
    }

    #[test]
    fn a_union_takes_each_line_once() {
        let ours = MemoryStore::with_files([("a", "1\n2\n")]);
        let theirs = MemoryStore::with_files([("a", "1\n3\n"), ("b", "4\ntorn")]);
        ours.union(&theirs);
        ours.union(&theirs);
        assert_eq!(ours.lines(), ["1", "2", "3", "4"]);
    }

    #[test]
    fn another_stores_lines_are_refused() {
        let mut store = MemoryStore::new();
        let pending = append(&mut store, "one");
        assert!(matches!(MemoryStore::new().sync(pending), Err(SyncError::Foreign)));
        assert!(matches!(store.sync(Pending::new(7u8)), Err(SyncError::Foreign)));
    }
}
