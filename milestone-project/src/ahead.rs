//! The whole log in its order, with other threads reading and checking files ahead.
//!
//! Start at [`scan_on`].
//!
//! - **Invariant.** The same records come in the same order as from `scan`; only the reading,
//!   parsing and hashing of files is shared out.
//! - **Invariant.** No more than a few files are read ahead of the one that was asked for last,
//!   however slow whoever follows is: memory stays bounded.
//! - **Absent on purpose.** What comes when: the merge is the core's, which knows no threads.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use milestone_core::log::{
    Checkpoint, FileLines, FileStat, LinesAhead, LogStore, ParsedLines, ReadError, Visit,
    opening_order, scan, scan_opened,
};
use self_cell::self_cell;

/// How many files are read beyond the one that was asked for last.
const FILES_AHEAD: usize = 3;

type Read = Result<Box<Parsed>, ReadError>;

self_cell!(
    /// A file with the records that are borrowed from its bytes.
    struct Parsed {
        owner: FileLines,
        #[covariant]
        dependent: ParsedLines,
    }
);

impl LinesAhead for Parsed {
    fn lines(&self) -> &ParsedLines<'_> {
        self.borrow_dependent()
    }
}

fn read_whole<S: LogStore + ?Sized>(store: &S, stat: &FileStat) -> Read {
    let lines = FileLines::read(store, stat, None)?;
    Ok(Box::new(Parsed::new(lines, |lines| lines.parsed(&stat.name))))
}

/// Reads the whole log in order on `threads` threads, of which the calling one merges.
///
/// # Errors
///
/// As [`scan`].
pub fn scan_on<S: LogStore + Sync + ?Sized>(
    store: &S,
    threads: usize,
    visit: &mut Visit<'_>,
) -> Result<Checkpoint, ReadError> {
    let files = store.files()?;
    // A file is the least that is shared out.
    if threads < 2 || files.len() < 2 {
        return scan(store, visit);
    }
    let order = opening_order(store, &files)?;
    let ahead = Ahead { order: &order, desk: Mutex::default(), changed: Condvar::new() };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(|| ahead.read_on(store));
        }
        // Also if whoever visits panics: the readers are waited for.
        let _over = Over(&ahead);
        let open = |place, stat: &FileStat| -> Result<Box<dyn LinesAhead>, ReadError> {
            Ok(ahead.open(store, place, stat)?)
        };
        scan_opened(store, &files, open, visit)
    })
}

/// Files that are read before they are asked for, by their places in the order.
struct Ahead<'r> {
    order: &'r [FileStat],
    desk: Mutex<Desk>,
    changed: Condvar,
}

/// Who reads what.
#[derive(Default)]
struct Desk {
    /// The first place that was never asked for.
    asked: usize,
    /// The first place that nobody took.
    next: usize,
    ready: HashMap<usize, Read>,
    over: bool,
}

impl Desk {
    /// A place to read, unless enough lies ready.
    fn take(&mut self) -> Option<usize> {
        let place = self.next;
        self.next += usize::from(place < self.asked + FILES_AHEAD);
        (self.next > place).then_some(place)
    }
}

impl Ahead<'_> {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        // It is whole after each step.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'d>(&self, desk: MutexGuard<'d, Desk>) -> MutexGuard<'d, Desk> {
        self.changed.wait(desk).unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads one file after the other, until there is none or nobody asks any more.
    fn read_on<S: LogStore + ?Sized>(&self, store: &S) {
        // Nobody waits for what a panic leaves unread.
        let over = Over(self);
        let mut desk = self.desk();
        while !desk.over && desk.next < self.order.len() {
            desk = match desk.take() {
                Some(place) => {
                    drop(desk);
                    self.read(store, place)
                }
                None => self.wait(desk),
            };
        }
        drop(desk);
        std::mem::forget(over);
    }

    fn read<S: LogStore + ?Sized>(&self, store: &S, place: usize) -> MutexGuard<'_, Desk> {
        let read = self.order.get(place).map(|stat| read_whole(store, stat));
        let mut desk = self.desk();
        desk.ready.extend(read.map(|read| (place, read)));
        self.changed.notify_all();
        desk
    }

    /// The file at a place: one that is ready, or else the merging thread reads as well.
    fn open<S: LogStore + ?Sized>(&self, store: &S, place: usize, stat: &FileStat) -> Read {
        let mut desk = self.desk();
        // After a restart it begins again, in another order.
        if place < desk.asked || self.order.get(place) != Some(stat) {
            drop(desk);
            return read_whole(store, stat);
        }
        desk.asked = place + 1;
        self.changed.notify_all();
        loop {
            if let Some(read) = desk.ready.remove(&place) {
                return read;
            }
            desk = match desk.take() {
                Some(other) => {
                    drop(desk);
                    self.read(store, other)
                }
                None if desk.over => {
                    drop(desk);
                    return read_whole(store, stat);
                }
                None => self.wait(desk),
            };
        }
    }
}

/// Lets the readers go.
struct Over<'o, 'r>(&'o Ahead<'r>);

impl Drop for Over<'_, '_> {
    fn drop(&mut self) {
        self.0.desk().over = true;
        self.0.changed.notify_all();
    }
}
