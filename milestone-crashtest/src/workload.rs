//! What is done to a log before it crashes: some writers in one clone, some of whom are killed or
//! refused, a git that replaces their files, a view, repairs.
//!
//! Start at [`play`].
//!
//! - **Invariant.** Every line is a correct record that builds on what its writer saw.
//! - **Invariant.** The order of all operations follows from the seed: writers take turns, and in
//!   the middle of an operation of one the others come in by [`SimulatedDisk::meanwhile_at`].

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use milestone_core::domain::{Body, Created, Edited, Event, Field, Value};
use milestone_core::log::{
    AppendError, Checkpoint, Draft, LogStore, NewLine, Pending, ReadError, Step, scan,
};
use milestone_core::projection::{project, rebuild};
use milestone_core::words::{RecordId, Text, Timestamp};
use milestone_store_file::view::YamlView;
use milestone_store_file::{Disk, FileStore, Options};

use crate::image::{Effect, Image};
use crate::random::Random;
use crate::simulated::{Fault, SimulatedDisk, When};

/// Where the log is.
pub(crate) const ROOT: &str = "/p/.milestones";
/// How many steps a workload has.
const STEPS: usize = 16;
/// What every writer's clock says.
const NOW: Timestamp = Timestamp(1_795_354_145_123_457);
/// How long the log's files become: short, so that many are filled and archived.
const FILE_BYTES_MAX: u64 = 2_500;
/// How much of a write that fails reaches the disk at most: a line and more.
const FAULT_BYTES_MAX: usize = 1_600;
/// The same, of a write that is known to be the one of a line: mostly a part of it.
const LINE_FAULT_BYTES_MAX: usize = 700;
/// Most writers.
const WRITERS_MAX: usize = 3;
/// The store of a simulated disk.
pub(crate) type Store = FileStore<SimulatedDisk>;

/// A record that somebody tried to write.
#[derive(Debug, Clone)]
pub(crate) struct Issued {
    pub(crate) line: String,
    pub(crate) prev: Vec<RecordId>,
}

/// What was done, and what is known of it.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) seed: u64,
    /// The disk before anything was done.
    pub(crate) base: Image,
    /// Everything that was done to it.
    pub(crate) effects: Vec<Effect>,
    /// Every record that somebody tried to write.
    pub(crate) issued: HashMap<RecordId, Issued>,
    /// A number made of all of it.
    pub(crate) trace: u64,
}

pub(crate) fn open(disk: &SimulatedDisk) -> Store {
    let options =
        Options { trust_foreign_owner: true, file_bytes_max: FILE_BYTES_MAX, ..Options::default() };
    FileStore::open_on(disk.clone(), Path::new(ROOT), options).expect("a folder is there")
}

/// What is in the log.
pub(crate) struct Seen {
    pub(crate) lines: HashMap<RecordId, String>,
    pub(crate) checkpoint: Checkpoint,
}

/// Reads the whole log.
pub(crate) fn look<D: Disk>(store: &FileStore<D>) -> Result<Seen, ReadError> {
    let mut lines = HashMap::new();
    let checkpoint = scan(store, |step| match step {
        Step::Restart => lines.clear(),
        Step::Line(line, _) => drop(lines.insert(line.record.id, line.text.to_owned())),
    })?;
    Ok(Seen { lines, checkpoint })
}

/// A record that makes a milestone of that name and gives it a title: one command, two events.
pub(crate) fn record(
    name: &str,
    pad: usize,
    prev: &[RecordId],
    max_clock: u64,
) -> (RecordId, u64, Issued) {
    let mut edited = Edited::default();
    edited.set.put(Field::Title, Value::Text("long ".repeat(pad / 5).into()));
    let events = [
        Event::of(name, Body::MilestoneCreated(Created::default())),
        Event::of(name, Body::MilestoneEdited(edited)),
    ];
    let reads = std::iter::once((Text::from(name), Vec::new())).collect();
    let encoded = Draft {
        prev,
        max_clock,
        now: NOW,
        actor: "ann",
        session_id: "s",
        user_context: None,
        command_id: None,
        reads: &reads,
        events: &events,
    }
    .encode();
    let issued = Issued { line: encoded.line, prev: prev.to_vec() };
    (encoded.id, encoded.clock, issued)
}

/// What is shared with whoever comes in between.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<HashMap<RecordId, Issued>>>);

impl Shared {
    fn issue(&self, id: RecordId, issued: Issued) {
        self.0.lock().expect("nobody panics with it").insert(id, issued);
    }

    fn count(&self) -> usize {
        self.0.lock().expect("nobody panics with it").len()
    }
}

/// A writer between its append and its sync.
struct Waiting {
    store: Store,
    ids: Vec<RecordId>,
    pending: Pending,
}

struct Player {
    disk: SimulatedDisk,
    random: Random,
    issued: Shared,
    waiting: Vec<Waiting>,
    writers: usize,
    /// How long titles are at most.
    pad_max: usize,
    /// Something goes wrong with what is done now.
    faulty: bool,
}

/// Plays the workload of a seed.
pub(crate) fn play(seed: u64) -> Played {
    let disk = SimulatedDisk::with_folder(seed, Path::new(ROOT));
    let mut base = disk.image();
    let mut random = Random::new(seed ^ 0x5eed);
    let writers = 1 + random.below(WRITERS_MAX);
    let pad_max = if random.once_in(8) { 3_000 } else { 150 };
    let (issued, waiting) = (Shared::default(), Vec::new());
    let mut player = Player { disk, random, issued, waiting, writers, pad_max, faulty: false };
    for _ in 0..STEPS {
        player.step();
    }
    while !player.waiting.is_empty() {
        player.finish();
    }
    let Player { disk, issued, .. } = player;
    let issued = std::mem::take(&mut *issued.0.lock().expect("nobody panics with it"));
    base.make_room_as(&disk.image());
    Played { seed, base, effects: disk.effects(), issued, trace: disk.trace() }
}

impl Player {
    fn step(&mut self) {
        match self.random.below(50) {
            0..=14 if self.waiting.len() < self.writers => self.begin(),
            0..=23 => self.finish(),
            24 => self.ask_again(),
            25 => self.archive(),
            26..=28 => self.killed(),
            29..=32 => self.refused(),
            33..=34 => self.in_the_middle(),
            35..=36 => {
                let what = self.random.below(4);
                replace_some_file(&self.disk, what, self.random.next(), &self.issued);
            }
            37 => self.repair(),
            38 => self.archive(),
            39 => self.view(),
            40..=45 => self.refused(),
            46 => self.short(),
            _ => self.in_the_middle_of_a_refused(),
        }
    }

    /// One writer appends: one line, or a few under one lock.
    fn begin(&mut self) {
        let count = if self.random.once_in(5) { 2 + self.random.below(2) } else { 1 };
        let pads: Vec<usize> = (0..count).map(|_| self.random.below(self.pad_max)).collect();
        match append(&self.disk, &self.issued, &pads) {
            Ok(waiting) => self.waiting.push(waiting),
            Err(not) => not.note(&self.disk),
        }
    }

    /// One writer that has appended syncs, and tells its caller.
    fn finish(&mut self) {
        if self.waiting.is_empty() {
            return self.begin();
        }
        let at = self.random.below(self.waiting.len());
        let Waiting { store, ids, pending } = self.waiting.swap_remove(at);
        if store.sync(pending).is_ok() {
            // A disk that refuses something may have refused the kept line: that fails no command.
            let told = |id| match self.faulty {
                true => Effect::Repeated { id },
                false => Effect::Acknowledged { id },
            };
            ids.into_iter().for_each(|id| self.disk.note(told(id)));
        }
    }

    /// Somebody repeats a command whose first caller waits for its sync, and is told that it is
    /// recorded already.
    fn ask_again(&mut self) {
        let Some(Waiting { ids, .. }) = self.waiting.last() else { return self.begin() };
        let store = open(&self.disk);
        let there = look(&store).is_ok_and(|seen| ids.iter().all(|id| seen.lines.contains_key(id)));
        if there && store.sync_newest().is_ok() {
            ids.iter().for_each(|&id| self.disk.note(Effect::Repeated { id }));
        }
    }

    /// What is done next fails somewhere on its way.
    fn with_fault(&mut self, fault: Fault) {
        let finishes = !self.waiting.is_empty() && self.random.once_in(2);
        let operations = if finishes { 3 } else { 9 };
        let at = self.disk.changes() + 1 + self.random.below(operations) as u64;
        self.disk.fail_at(When::Change(at), fault);
        self.faulty = true;
        if finishes {
            self.finish();
        } else {
            self.begin();
        }
        self.faulty = false;
        self.disk.revive();
    }

    fn killed(&mut self) {
        let bytes = self.random.below(FAULT_BYTES_MAX);
        self.with_fault(Fault::Killed { bytes });
    }

    fn errno(&mut self) -> i32 {
        let errnos = [libc::EIO, libc::ENOSPC, libc::EDQUOT, libc::EROFS, libc::EFBIG];
        errnos[self.random.below(errnos.len())]
    }

    fn refused(&mut self) {
        let errno = self.errno();
        let bytes = self.random.below(FAULT_BYTES_MAX);
        let fault = match self.random.below(4) {
            0 => Fault::Short { bytes },
            kind => Fault::Refused { errno, bytes, lasting: kind == 1 },
        };
        self.with_fault(fault);
    }

    /// A line is written in part, and another writer comes before the first one looks at it again.
    fn short(&mut self) {
        let bytes = self.random.below(LINE_FAULT_BYTES_MAX);
        self.disk.fail_at(When::Append, Fault::Short { bytes });
        self.faulty = true;
        self.begin();
        self.disk.revive();
        self.begin();
        self.faulty = false;
    }

    /// Another writer comes before a line is written, and then that write is refused: only the lock
    /// keeps what the other one wrote from being taken back with it.
    fn in_the_middle_of_a_refused(&mut self) {
        let (errno, bytes) = (self.errno(), self.random.below(LINE_FAULT_BYTES_MAX));
        let at = self.disk.changes() + 1 + self.random.below(4) as u64;
        let issued = self.issued.clone();
        self.disk.fail_at(When::Append, Fault::Refused { errno, bytes, lasting: false });
        self.disk.meanwhile_at(When::Change(at), move |disk| append_and_sync(disk, &issued));
        self.faulty = true;
        self.begin();
        self.faulty = false;
        self.disk.revive();
    }

    /// Git, or another writer, comes in the middle of what is done next.
    fn in_the_middle(&mut self) {
        let at = self.disk.changes() + 1 + self.random.below(7) as u64;
        let (what, number) = (self.random.below(4), self.random.next());
        let issued = self.issued.clone();
        let is_git = self.random.once_in(2);
        let finishes = !self.waiting.is_empty() && self.random.once_in(2);
        self.disk.meanwhile_at(When::Change(at), move |disk| match is_git {
            true => replace_some_file(disk, what, number, &issued),
            false => append_and_sync(disk, &issued),
        });
        if finishes {
            self.finish();
        } else {
            self.begin();
        }
        self.disk.revive();
    }

    fn repair(&mut self) {
        let store = open(&self.disk);
        let (Ok(guard), Ok(files)) = (store.lock(Duration::ZERO), store.files()) else { return };
        for file in files {
            let _ = store.repair_torn_tail(&guard, &file.name);
        }
    }

    fn archive(&mut self) {
        let store = open(&self.disk);
        let (Ok(guard), Ok(files)) = (store.lock(Duration::ZERO), store.archivable()) else {
            return;
        };
        for file in files {
            let _ = store.archive(&guard, &file);
        }
    }

    fn view(&mut self) {
        let store = open(&self.disk);
        let Ok(caught) = rebuild(&store, "to show it") else { return };
        let mut view = YamlView::on(self.disk.clone(), Path::new(ROOT));
        let _ = project(&store, &caught.state, &caught.checkpoint, &mut view);
    }
}

/// An append that did not work: what its caller is told.
struct Not {
    ids: Vec<RecordId>,
    is_refusal: bool,
}

impl Not {
    fn note(self, disk: &SimulatedDisk) {
        // Whoever was killed was told nothing, and "unknown" is no promise.
        if self.is_refusal && !disk.is_dead() {
            self.ids.into_iter().for_each(|id| disk.note(Effect::Refused { id }));
        }
    }
}

/// Appends records with titles of these lengths, each built on the one before, as one command does.
fn append(disk: &SimulatedDisk, issued: &Shared, pads: &[usize]) -> Result<Waiting, Not> {
    let nothing = |_| Not { ids: Vec::new(), is_refusal: false };
    let mut store = open(disk);
    let guard = store.lock(Duration::ZERO).map_err(|_| nothing(()))?;
    let seen = look(&store).map_err(|_| nothing(()))?;
    let (mut prev, mut clock) = (seen.checkpoint.heads, seen.checkpoint.max_clock);
    let mut records = Vec::new();
    for pad in pads {
        let (id, new_clock, made) = record(&format!("m-{}", issued.count()), *pad, &prev, clock);
        issued.issue(id, made.clone());
        (prev, clock) = (vec![id], new_clock);
        records.push((id, made.line));
    }
    let lines: Vec<NewLine<'_>> =
        records.iter().map(|(id, line)| NewLine { id: *id, bytes: line.as_bytes() }).collect();
    let ids: Vec<RecordId> = records.iter().map(|(id, _)| *id).collect();
    let appended = store.append(&guard, &lines);
    drop(guard);
    match appended {
        Ok(pending) => Ok(Waiting { store, ids, pending }),
        Err(error) => {
            let is_refusal = !matches!(error, AppendError::NotTakenBack { .. });
            Err(Not { ids, is_refusal })
        }
    }
}

/// A whole command of somebody else.
fn append_and_sync(disk: &SimulatedDisk, issued: &Shared) {
    match append(disk, issued, &[20]) {
        Ok(Waiting { store, ids, pending }) => {
            if store.sync(pending).is_ok() {
                ids.into_iter().for_each(|id| disk.note(Effect::Acknowledged { id }));
            }
        }
        Err(not) => not.note(disk),
    }
}

/// What git does to one of the log's files: writes it anew with somebody else's work in it, as an
/// earlier version, takes it away, or brings a file of another clone.
fn replace_some_file(disk: &SimulatedDisk, what: usize, number: u64, issued: &Shared) {
    let log = PathBuf::from(ROOT).join("log");
    let mut files = disk.files(&log);
    // Archives are binary to git, and never change.
    files.retain(|path| path.extension().is_some_and(|end| end == "jsonl"));
    let mut random = Random::new(number);
    if files.is_empty() {
        return;
    }
    let path = &files[random.below(files.len())];
    let bytes = disk.bytes(path).unwrap_or_default();
    let lines: Vec<&[u8]> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
    let kept = match what {
        0 | 1 => lines.len(),
        2 => random.below(lines.len() + 1),
        _ => 0,
    };
    let (stays, goes) = lines.split_at(kept);
    let removed = goes.iter().filter_map(|line| id_of(line));
    let still: HashSet<RecordId> = stays.iter().filter_map(|line| id_of(line)).collect();
    let durable = disk.is_durable(path);
    let removed = removed.filter(|id| !still.contains(id));
    removed.for_each(|id| disk.note(Effect::Shelved { id, durable }));
    let mut bytes = stays.concat();
    if what == 1 {
        let (id, _, made) = record(&format!("theirs-{}", issued.count()), 10, &[], 1);
        bytes.splice(0..0, format!("{}\n", made.line).into_bytes());
        issued.issue(id, made);
    }
    disk.replace_like_git(path, (what != 3).then_some(&bytes));
}

fn id_of(line: &[u8]) -> Option<RecordId> {
    RecordId::parse(line.strip_prefix(b"{\"id\":\"")?.get(..64)?)
}
