//! A state of an earlier moment that begins at the index: what was touched since is folded anew
//! when it is asked for, and everything else is what it is now.
//!
//! Start at [`Past::new`].
//!
//! - **Invariant.** It says what the fold of the moment's records says.
//! - **Invariant.** What cannot be read is answered as if it were not there, and the index is no
//!   longer trusted: whoever relies on an answer looks at `Project::is_damaged` first.
//! - **Absent on purpose.** Keys of commands and who recorded something: nobody asks the past for
//!   them, so they come from the whole fold.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use milestone_core::domain::{Item, Milestone, Plan, ProjectState, Task, TaskRow};
use milestone_core::log::{LogStore, Record, record};
use milestone_core::projection::{Base, CommandEntry, CommandKey, Folder, Framed, State};
use milestone_core::words::{RecordId, Slug, StreamId, StreamName, Timestamp};
use milestone_store_file::FileStore;
use milestone_store_sqlite::{Cut, IndexBase, LinePlace, Touched};

use crate::as_of::fold;

/// When so many lines were read one by one, reading the whole log is no slower: one in so many.
const LINES_PART: u64 = 4;

/// The least number of lines that are read one by one, however small the log.
const LINES_MIN: u64 = 1_000;

/// An earlier moment of an index.
pub(crate) struct Past {
    index: Arc<IndexBase>,
    store: FileStore,
    cut: Cut,
    held: Mutex<HashMap<StreamId, Held>>,
    lines_read: AtomicU64,
    whole: OnceLock<State>,
}

/// What a stream was at the moment.
#[derive(Clone)]
enum Held {
    Milestone(Arc<Framed<Milestone>>),
    Task(Arc<Framed<Task>>),
    /// It had no record yet.
    Nothing,
}

impl Past {
    /// The moment that has all records of the index but those that `cut` leaves out.
    pub(crate) fn new(index: Arc<IndexBase>, store: FileStore, cut: Cut) -> Self {
        let (held, lines_read) = (Mutex::default(), AtomicU64::new(0));
        Self { index, store, cut, held, lines_read, whole: OnceLock::new() }
    }

    /// The heads of the moment, newest first, each with its clock; `None` if a line is not what the
    /// index says.
    pub(crate) fn heads(&self) -> Option<Vec<(u64, RecordId)>> {
        let id = |head: &milestone_store_sqlite::IndexedRecord| {
            let line = read_line(&self.store, &head.line)?;
            let record = record::parse(&line).ok()?;
            (record.id.key() == head.key).then_some((record.clock, record.id))
        };
        self.cut.heads.iter().map(id).collect()
    }

    fn touched(&self, stream: &str) -> bool {
        self.cut.touched.contains_key(stream)
    }

    fn held(&self, stream: &str) -> Held {
        let lock = || self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = lock().get(stream) {
            return held.clone();
        }
        let Some(id) = StreamId::parse(stream) else { return Held::Nothing };
        let state = self.folded(&id);
        let frontier = state.frontier(stream);
        let held = match id.name() {
            StreamName::Project => Held::Nothing,
            StreamName::Milestone(name) => state.milestone(name).map_or(Held::Nothing, |held| {
                Held::Milestone(Arc::new(Framed { value: (*held).clone(), frontier }))
            }),
            StreamName::Task(..) => state.task(stream).map_or(Held::Nothing, |held| {
                Held::Task(Arc::new(Framed { value: (*held).clone(), frontier }))
            }),
        };
        lock().insert(id, held.clone());
        held
    }

    /// A state that knows of one stream at least, and of that all.
    fn folded(&self, stream: &StreamId) -> State {
        if let Some(whole) = self.whole.get() {
            return whole.clone();
        }
        let mut places = self.index.lines_of(stream.as_str());
        places.retain(|record| !self.cut.left_out.contains(&record.key));
        let count = places.len() as u64;
        let read = self.lines_read.fetch_add(count, Ordering::Relaxed) + count;
        if read > LINES_MIN.max(self.index.checkpoint().count / LINES_PART) {
            return self.whole().clone();
        }
        if places.is_empty() {
            return State::new();
        }
        let mut folder = Folder::refold(State::new(), HashSet::from([stream.clone()]));
        for place in places {
            let line = read_line(&self.store, &place.line);
            let record = line.as_deref().and_then(|line| record::parse(line).ok());
            match record.filter(|record| record.id.key() == place.key) {
                Some(record) => {
                    let first = self.is_first(&record);
                    folder
                        .fold_alone(&record, first)
                        .expect("a fold with histories takes every record");
                }
                None => self.index.distrust(),
            }
        }
        folder.state
    }

    /// True unless an earlier record carried out the command of this one. The moment has that, too:
    /// where a command became several records, only the end of the order is left out.
    fn is_first(&self, record: &Record<'_>) -> bool {
        let Some(command_id) = &record.command_id else { return true };
        let (key, content) = CommandKey::split(command_id);
        let earlier = |entry: &CommandEntry| entry.content == content && entry.record != record.id;
        !self.index.command(&key).iter().any(earlier)
    }

    /// The fold of all records of the moment.
    fn whole(&self) -> &State {
        self.whole.get_or_init(|| {
            let wanted = |record: &Record<'_>| !self.cut.left_out.contains(&record.id.key());
            match fold(&self.store, wanted) {
                Ok((state, _)) => state,
                Err(_) => {
                    self.index.distrust();
                    State::new()
                }
            }
        })
    }

    fn task_at(&self, stream: &str) -> Option<Arc<Framed<Task>>> {
        match self.held(stream) {
            Held::Task(task) => Some(task),
            _ => None,
        }
    }

    fn item_fits(&self, stream: &StreamId, fits: impl Fn(&Item) -> bool) -> bool {
        match self.held(stream.as_str()) {
            Held::Milestone(held) => fits(&held.value.item),
            Held::Task(held) => fits(&held.value.item),
            Held::Nothing => false,
        }
    }

    /// Streams that were touched in a way that matters.
    fn touched_so(&self, so: impl Fn(&Touched) -> bool) -> impl Iterator<Item = &StreamId> {
        self.cut.touched.iter().filter(move |(_, touched)| so(touched)).map(|(stream, _)| stream)
    }

    /// Those of `present`, and of `others` that were touched, of which it is so at the moment.
    fn those(
        &self,
        present: Vec<StreamId>,
        others: Vec<StreamId>,
        fits: impl Fn(&Item) -> bool,
    ) -> Vec<StreamId> {
        let (touched, mut all): (Vec<_>, Vec<_>) =
            present.into_iter().partition(|stream| self.touched(stream.as_str()));
        let more = touched.into_iter().chain(others);
        all.extend(more.filter(|stream| self.item_fits(stream, &fits)));
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The line that stands at a place.
pub(crate) fn read_line(store: &FileStore, place: &LinePlace) -> Option<String> {
    let mut bytes = vec![0; place.len_bytes.min(milestone_core::log::LINE_BYTES_MAX)];
    let mut filled = 0;
    while filled < bytes.len() {
        let at = place.offset.checked_add(filled as u64)?;
        match store.read_at(&place.file, at, &mut bytes[filled..]) {
            Ok(0) | Err(_) => return None,
            Ok(count) => filled += count,
        }
    }
    String::from_utf8(bytes).ok()
}

impl Base for Past {
    fn project(&self) -> Framed<ProjectState> {
        match self.touched(StreamId::PROJECT) {
            true => self.folded(&StreamId::project()).framed_project(),
            false => self.index.project(),
        }
    }

    fn milestone(&self, id: &str) -> Option<Framed<Milestone>> {
        if !self.touched(id) {
            return self.index.milestone(id);
        }
        match self.held(id) {
            Held::Milestone(held) => Some((*held).clone()),
            _ => None,
        }
    }

    fn task(&self, stream: &str) -> Option<Framed<Task>> {
        match self.touched(stream) {
            true => self.task_at(stream).map(|held| (*held).clone()),
            false => self.index.task(stream),
        }
    }

    fn milestone_ids(&self) -> Vec<Slug> {
        let mut ids = self.index.milestone_ids();
        ids.retain(|id| {
            !self.touched(id.as_str()) || !matches!(self.held(id.as_str()), Held::Nothing)
        });
        ids
    }

    fn task_streams(&self) -> Vec<StreamId> {
        let mut streams = self.index.task_streams();
        streams.retain(|stream| {
            !self.touched(stream.as_str()) || self.task_at(stream.as_str()).is_some()
        });
        streams
    }

    fn rows(&self, milestone: &str) -> Vec<TaskRow> {
        let (touched, mut rows): (Vec<_>, Vec<_>) = self
            .index
            .rows(milestone)
            .into_iter()
            .partition(|row| self.touched(row.stream.as_str()));
        let mut streams: Vec<StreamId> = touched.into_iter().map(|row| row.stream).collect();
        streams.extend(self.touched_so(|touched| touched.moved).cloned());
        streams.sort_unstable();
        streams.dedup();
        let tasks = streams.iter().filter_map(|stream| self.task_at(stream.as_str()));
        let here = tasks.filter(|task| task.value.home.as_str() == milestone);
        rows.extend(here.map(|task| TaskRow::of(&task.value)));
        rows
    }

    fn dependents(&self, stream: &str) -> Vec<StreamId> {
        let freed = self.touched_so(|touched| touched.freed).cloned().collect();
        self.those(self.index.dependents(stream), freed, |item| item.depends_on(stream))
    }

    fn external(&self, id: &str) -> Vec<StreamId> {
        let mut ever = self.index.ever_external(id);
        ever.retain(|stream| self.touched(stream.as_str()));
        let named = |item: &Item| item.external_id.as_deref() == Some(id);
        self.those(self.index.external(id), ever, named)
    }

    fn command(&self, key: &CommandKey) -> Vec<CommandEntry> {
        self.whole().command(key)
    }

    fn actors(&self) -> Vec<(String, Timestamp)> {
        self.whole().actors()
    }

    fn commands(&self) -> Vec<(CommandKey, CommandEntry)> {
        self.whole().commands()
    }
}
