//! A store that fails when it is told to, for tests of what happens then.
//!
//! Start at [`FaultyStore`].
//!
//! - **Invariant.** A refused operation changes nothing. A torn append changes what a crash would:
//!   some first bytes of it are written, and after that the store does nothing any more.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use milestone_core::log::{
    AppendError, FileStat, LockError, LockGuard, LogStore, NewLine, Pending, ReadError, SyncError,
};

/// An operation of a store that can be made to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// [`LogStore::files`].
    Files,
    /// [`LogStore::read_at`].
    Read,
    /// [`LogStore::lock`].
    Lock,
    /// [`LogStore::append`].
    Append,
    /// [`LogStore::sync`].
    Sync,
}

/// Writes the first bytes of a torn append into a store.
type Tear<S> = Box<dyn Fn(&mut S, &[u8])>;

/// What goes wrong, and when.
enum Fault<S> {
    Refuse,
    Tear { byte: usize, tear: Tear<S> },
}

/// A store that passes everything on to another one, but for one operation.
///
/// ```
/// use milestone_core::log::LogStore;
/// use milestone_testkit::{FaultyStore, MemoryStore, Operation};
///
/// let store = FaultyStore::refusing(MemoryStore::new(), Operation::Files, 1);
/// assert!(store.files().is_ok());
/// assert!(store.files().is_err());
/// assert!(store.files().is_ok());
/// ```
pub struct FaultyStore<S> {
    inner: S,
    operation: Operation,
    /// How many such operations go well before the one that fails.
    spared: usize,
    fault: Fault<S>,
    seen: AtomicUsize,
    dead: AtomicBool,
}

impl<S> std::fmt::Debug for FaultyStore<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FaultyStore")
            .field("operation", &self.operation)
            .field("spared", &self.spared)
            .finish_non_exhaustive()
    }
}

impl<S: LogStore> FaultyStore<S> {
    /// Refuses one `operation`, after `spared` that went well. Those after it go well again.
    pub fn refusing(inner: S, operation: Operation, spared: usize) -> Self {
        Self::with(inner, operation, spared, Fault::Refuse)
    }

    /// Dies in an append, after `spared` that went well: `tear` is to write the bytes it is given,
    /// the first `byte` of what should have been appended, to the end of the writer's own file.
    pub fn tearing(
        inner: S,
        spared: usize,
        byte: usize,
        tear: impl Fn(&mut S, &[u8]) + 'static,
    ) -> Self {
        let fault = Fault::Tear { byte, tear: Box::new(tear) };
        Self::with(inner, Operation::Append, spared, fault)
    }

    fn with(inner: S, operation: Operation, spared: usize, fault: Fault<S>) -> Self {
        let (seen, dead) = (AtomicUsize::new(0), AtomicBool::new(false));
        Self { inner, operation, spared, fault, seen, dead }
    }

    /// True once the fault has happened.
    pub fn has_failed(&self) -> bool {
        self.seen.load(Ordering::SeqCst) > self.spared
    }

    /// The store behind it, as the fault left it.
    pub fn into_inner(self) -> S {
        self.inner
    }

    /// True if this operation is the one that fails.
    fn strikes(&self, operation: Operation) -> bool {
        self.operation == operation && self.seen.fetch_add(1, Ordering::SeqCst) == self.spared
    }

    fn check(&self, operation: Operation) -> Result<(), io::Error> {
        if self.dead.load(Ordering::SeqCst) {
            return Err(io::Error::other("this store died in an append"));
        }
        if self.strikes(operation) {
            return Err(io::Error::other("a planned fault"));
        }
        Ok(())
    }
}

impl FaultyStore<crate::MemoryStore> {
    /// [`FaultyStore::tearing`] over a store in memory.
    pub fn tearing_memory(inner: crate::MemoryStore, spared: usize, byte: usize) -> Self {
        Self::tearing(inner, spared, byte, |store, bytes| store.push_own(bytes))
    }
}

const WHAT: &str = "a faulty store";

impl<S: LogStore> LogStore for FaultyStore<S> {
    fn files(&self) -> Result<Vec<FileStat>, ReadError> {
        self.check(Operation::Files)
            .map_err(|source| ReadError::Io { what: WHAT.into(), source })?;
        self.inner.files()
    }

    fn read_at(&self, file: &str, offset: u64, into: &mut [u8]) -> Result<usize, ReadError> {
        self.check(Operation::Read)
            .map_err(|source| ReadError::Io { what: file.to_owned(), source })?;
        self.inner.read_at(file, offset, into)
    }

    fn lock(&self, wait: Duration) -> Result<LockGuard, LockError> {
        self.check(Operation::Lock)
            .map_err(|source| LockError::Io { what: WHAT.into(), source })?;
        self.inner.lock(wait)
    }

    fn append(&mut self, guard: &LockGuard, lines: &[NewLine<'_>]) -> Result<Pending, AppendError> {
        if let Err(source) = self.check(Operation::Append) {
            if let Fault::Tear { byte, tear } = &self.fault
                && !self.dead.swap(true, Ordering::SeqCst)
            {
                let all: Vec<u8> =
                    lines.iter().flat_map(|line| [line.bytes, b"\n"]).flatten().copied().collect();
                tear(&mut self.inner, &all[..(*byte).min(all.len())]);
            }
            return Err(AppendError::Io { what: WHAT.into(), source });
        }
        self.inner.append(guard, lines)
    }

    fn sync(&self, pending: Pending) -> Result<(), SyncError> {
        self.check(Operation::Sync)
            .map_err(|source| SyncError::Io { what: WHAT.into(), source })?;
        self.inner.sync(pending)
    }
}

#[cfg(test)]
mod tests {
    use milestone_core::words::RecordId;

    use super::*;
    use crate::MemoryStore;

    fn append<S: LogStore>(store: &mut S, text: &str) -> Result<Pending, AppendError> {
        let guard = store
            .lock(Duration::ZERO)
            .map_err(|_| AppendError::TooLarge { bytes: 0, bytes_max: 0 })?;
        store.append(&guard, &[NewLine { id: RecordId([0; 32]), bytes: text.as_bytes() }])
    }

    #[test]
    fn a_refused_append_leaves_nothing_and_the_next_one_goes_well() {
        let mut store = FaultyStore::refusing(MemoryStore::new(), Operation::Append, 1);
        assert!(append(&mut store, "one").is_ok());
        assert!(append(&mut store, "two").is_err());
        assert!(store.has_failed());
        assert!(append(&mut store, "three").is_ok());
        assert_eq!(store.into_inner().lines(), ["one", "three"]);
    }

    #[test]
    fn a_torn_append_leaves_its_first_bytes_and_a_dead_store() {
        let mut store = FaultyStore::tearing_memory(MemoryStore::new(), 1, 2);
        assert!(append(&mut store, "one").is_ok());
        assert!(append(&mut store, "two").is_err());
        assert!(store.files().is_err());
        let mut inner = store.into_inner();
        assert_eq!(inner.contents()["memory-0001.jsonl"], b"one\ntw");
        assert!(append(&mut inner, "three").is_ok());
        assert_eq!(inner.lines(), ["one", "tw", "three"]);
    }

    #[test]
    fn each_operation_can_fail() {
        let failing = |operation| FaultyStore::refusing(MemoryStore::new(), operation, 0);
        assert!(failing(Operation::Read).read_at("a", 0, &mut [0]).is_err());
        assert!(failing(Operation::Lock).lock(Duration::ZERO).is_err());
        let mut store = failing(Operation::Sync);
        let pending = append(&mut store, "one").unwrap();
        assert!(matches!(store.sync(pending), Err(SyncError::Io { .. })));
    }
}
