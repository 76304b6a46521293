//! The whole log in its order, with other threads reading and checking files ahead.
//!
//! Start at [`scan_on`].
//!
//! - **Invariant.** The same records come in the same order as from `scan`; only the reading,
//!   parsing and hashing of files is shared out.
//! - **Invariant.** No more than a few files are read ahead: memory stays bounded.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::checkpoint::Checkpoint;
use super::lines::{FileLines, LateLines, read_lines};
use super::scan::{Lines, Step, opening_plan, scan_files, scan_listed};
use super::store::{FileStat, LogStore, ReadError};

/// How many files may lie ready for the thread that merges.
const FILES_AHEAD: usize = 3;

type Read = Result<FileLines, ReadError>;

/// Reads the whole log in order on `threads` threads, of which the calling one merges.
///
/// # Errors
///
/// As [`scan`](super::scan).
pub fn scan_on<S: LogStore + Sync + ?Sized>(
    store: &S,
    threads: usize,
    mut visit: impl FnMut(Step<'_, '_>),
) -> Result<Checkpoint, ReadError> {
    let files = store.files()?;
    // A file is the least that is shared out.
    if threads < 2 || files.len() < 2 {
        return scan_listed(store, files, &mut visit);
    }
    let order = opening_plan(store, &files)?;
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let (send, receive) = sync_channel(FILES_AHEAD);
        for _ in 1..threads {
            let (order, next, send) = (&order, &next, send.clone());
            scope.spawn(move || read_ahead(store, order, next, &send));
        }
        drop(send);
        let mut ready =
            Ready { order: &order, next: &next, receive, stash: HashMap::new(), beyond: 0 };
        let mut open = |place: usize, stat: &FileStat, _: LateLines| {
            ready.open(store, place, stat).map(Lines::Ahead)
        };
        scan_files(store, files, &mut open, &mut visit)
    })
}

fn read_ahead<S: LogStore + ?Sized>(
    store: &S,
    order: &[FileStat],
    next: &AtomicUsize,
    send: &SyncSender<(usize, Read)>,
) {
    loop {
        let place = next.fetch_add(1, Ordering::Relaxed);
        let Some(stat) = order.get(place) else { return };
        if send.send((place, read_lines(store, stat, None))).is_err() {
            return;
        }
    }
}

/// The files that were read and are not asked for yet.
struct Ready<'r> {
    order: &'r [FileStat],
    next: &'r AtomicUsize,
    receive: Receiver<(usize, Read)>,
    stash: HashMap<usize, Read>,
    /// The first place that was never asked for.
    beyond: usize,
}

impl Ready<'_> {
    /// The file at a place: one that is ready, or else the merging thread reads one itself.
    fn open<S: LogStore + ?Sized>(&mut self, store: &S, place: usize, stat: &FileStat) -> Read {
        // After a restart it begins again, in another order.
        if place < self.beyond || self.order.get(place) != Some(stat) {
            return read_lines(store, stat, None);
        }
        self.beyond = place + 1;
        loop {
            if let Some(read) = self.stash.remove(&place) {
                return read;
            }
            // One after the other: what stays with the readers keeps them from reading on.
            if let Ok((place, read)) = self.receive.try_recv() {
                self.stash.insert(place, read);
                continue;
            }
            let may_read = self.stash.len() < FILES_AHEAD;
            let mine = may_read.then(|| self.next.fetch_add(1, Ordering::Relaxed));
            if let Some((mine, stat)) = mine.and_then(|at| Some((at, self.order.get(at)?))) {
                self.stash.insert(mine, read_lines(store, stat, None));
                continue;
            }
            match self.receive.recv() {
                Ok((place, read)) => drop(self.stash.insert(place, read)),
                Err(_) => return read_lines(store, stat, None),
            }
        }
    }
}
