//! Sessions on this machine: which one is open here, and what others did since one was put down.
//!
//! Start at [`Project::open_session`] and [`Project::changes_since`].
//!
//! - **Invariant.** A session is what the log says it is. `local/sessions.json` only says which one
//!   each actor works in here, so that other clones' sessions do not get this one's records;
//!   without it a session is taken up again with one command.
//! - **Invariant.** What a session had not seen is what its last step does not build on: also what
//!   was recorded earlier elsewhere, and came with a merge.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::io::{self, Write};

use milestone_core::domain::{Plan, Session};
use milestone_core::log::{ParsedLine, Step, record, scan};
use milestone_core::projection::State;
use milestone_core::words::{Ids, RecordId, RecordKey};
use sha2::{Digest, Sha256};

use crate::error::HistoryError;
use crate::history::{Entry, HistoryFilter, entries_of};
use crate::past::read_line;
use crate::project::Project;

/// Which session each actor works in here, in the project's directory.
const OPEN_HERE: &str = "local/sessions.json";

/// Most changes that are told one by one.
pub const CHANGES_TOLD_MAX: usize = 100;

/// What others did since a session was put down.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// How many events.
    pub count: usize,
    /// How many of whom.
    pub by: BTreeMap<String, usize>,
    /// The newest [`CHANGES_TOLD_MAX`] of them, oldest first.
    pub newest: Vec<Entry>,
}

/// What a word may mean among sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionFound {
    /// This one.
    One(String, Session),
    /// Nothing is called that.
    None,
    /// Several begin like that.
    Many(Vec<String>),
}

impl Project {
    /// The session that `actor` works in here, if it is open still.
    pub fn open_session(&self, actor: &str) -> Option<String> {
        let mut here = self.open_here();
        let session = here.remove(actor)?;
        self.state.project().sessions.get(&session)?.is_open().then_some(session)
    }

    /// Remembers which session `actor` works in here; `None`: in none.
    ///
    /// # Errors
    ///
    /// What the file system says. The session itself is in the log whatever becomes of this.
    pub fn remember_session(&self, actor: &str, session: Option<&str>) -> io::Result<()> {
        let mut here = self.open_here();
        let before = here.clone();
        // Those that ended, or that another branch of the log knows of, are left out.
        let sessions = &self.state.project().sessions;
        here.retain(|_, id| sessions.get(id).is_some_and(Session::is_open));
        match session {
            Some(session) => here.insert(actor.to_owned(), session.to_owned()),
            None => here.remove(actor),
        };
        if here == before {
            return Ok(());
        }
        let path = self.root.join(OPEN_HERE);
        let folder = path.parent().unwrap_or(&self.root);
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer(&mut file, &here)?;
        file.write_all(b"\n")?;
        file.persist(&path).map_err(|error| error.error)?;
        Ok(())
    }

    fn open_here(&self) -> BTreeMap<String, String> {
        let text = std::fs::read(self.root.join(OPEN_HERE)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// The session of a state that `asked` means: its id, or the beginning of no other, unless
    /// names must be `exact`.
    pub fn find_session(state: &State, asked: &str, exact: bool) -> SessionFound {
        let project = state.project();
        if let Some(session) = project.sessions.get(asked) {
            return SessionFound::One(asked.to_owned(), session.clone());
        }
        let fits = project.sessions.iter();
        let fits: Vec<_> =
            fits.filter(|(id, _)| !exact && !asked.is_empty() && id.starts_with(asked)).collect();
        match fits.as_slice() {
            [] => SessionFound::None,
            [(id, session)] => SessionFound::One((*id).clone(), (*session).clone()),
            many => SessionFound::Many(many.iter().map(|(id, _)| (*id).clone()).collect()),
        }
    }

    /// The session of a state that `actor` would take up again: the last one that they put down,
    /// else the last one of anybody that was put down.
    pub fn last_session(state: &State, actor: &str) -> Option<(String, Session)> {
        let project = state.project();
        let waiting = project.sessions.iter().filter(|(_, held)| held.can_go_on());
        let best = waiting.max_by_key(|(id, held)| {
            let own = held.by == actor;
            // Of others only what nobody works in.
            (own, own || !held.is_open(), held.clock, (*id).clone())
        });
        best.filter(|(_, held)| held.by == actor || !held.is_open())
            .map(|(id, held)| (id.clone(), held.clone()))
    }

    /// What others than `session.by` recorded that the last step of the session had not seen. Of a
    /// past moment only its records are `known`.
    ///
    /// # Errors
    ///
    /// [`HistoryError`] if the log cannot be read.
    pub fn changes_since(
        &self,
        session: &Session,
        known: Option<(&[RecordId], &HashSet<RecordId>)>,
    ) -> Result<Changes, HistoryError> {
        let heads = known.map_or(&*self.checkpoint.heads, |(heads, _)| heads);
        let known: Option<HashSet<RecordKey>> =
            known.map(|(_, known)| known.iter().map(RecordId::key).collect());
        let is_known = |key: &RecordKey| known.as_ref().is_none_or(|known| known.contains(key));
        let mut unseen = Unseen::from(heads, session.record);
        let mut changes = Changes::default();
        let mut take = |entries: VecDeque<Entry>| {
            for entry in entries.into_iter().rev().filter(|entry| entry.actor != session.by) {
                changes.count += 1;
                *changes.by.entry(entry.actor.clone()).or_default() += 1;
                if changes.newest.len() < CHANGES_TOLD_MAX {
                    changes.newest.push(entry);
                }
            }
        };
        let (whole, mut found) = (HistoryFilter::default(), VecDeque::new());
        if let Some(index) = self.index() {
            index.newest_first(|place| {
                if is_known(&place.key) && unseen.visit(place.key, &place.prev) {
                    let text = read_line(&self.store, &place.line).unwrap_or_default();
                    if let Ok(record) = record::parse(&text) {
                        let line =
                            ParsedLine { record, text: &text, offset: place.line.offset, line: 0 };
                        entries_of(&line, &place.line.file, 0, &whole, &mut found);
                        take(std::mem::take(&mut found));
                    }
                }
                !unseen.is_over()
            });
        } else {
            let mut order: Vec<(RecordKey, Vec<RecordKey>)> = Vec::new();
            scan(&self.store, |step| match step {
                Step::Restart => order.clear(),
                Step::Line(line, _) => {
                    let prev = line.record.prev.iter().map(RecordId::key).collect();
                    order.push((line.record.id.key(), prev));
                }
            })?;
            let mut news = HashSet::new();
            for (key, prev) in order.iter().rev() {
                if unseen.is_over() {
                    break;
                }
                if is_known(key) && unseen.visit(*key, prev) {
                    news.insert(*key);
                }
            }
            scan(&self.store, |step| match step {
                Step::Restart => found.clear(),
                Step::Line(line, file) if news.contains(&line.record.id.key()) => {
                    entries_of(line, file, 0, &whole, &mut found);
                }
                Step::Line(..) => {}
            })?;
            take(found);
        }
        changes.newest.reverse();
        Ok(changes)
    }
}

/// Which records a moment had not seen, found from the newest on.
struct Unseen {
    /// What the moment builds on and that was not met yet.
    seen: HashSet<RecordKey>,
    /// What present records build on and that was not met yet.
    open: HashSet<RecordKey>,
}

impl Unseen {
    fn from(heads: &[RecordId], moment: RecordKey) -> Self {
        let open = heads.iter().map(RecordId::key).collect();
        Self { seen: HashSet::from([moment]), open }
    }

    /// Meets the next record; true if the moment had not seen it.
    fn visit(&mut self, key: RecordKey, prev: &[RecordKey]) -> bool {
        self.open.remove(&key);
        if self.seen.remove(&key) {
            self.seen.extend(prev);
            return false;
        }
        self.open.extend(prev);
        true
    }

    /// True if everything that is left had been seen.
    fn is_over(&self) -> bool {
        self.open.is_subset(&self.seen)
    }
}

/// The id of a session that was not given a name: short, and another one for other bits.
pub fn session_id(bits: &[u8]) -> String {
    let mut hash = Sha256::new();
    // The ids in the session's first record are drawn from the same bits.
    hash.update(b"session");
    hash.update(bits);
    format!("s-{}", Ids::new(hash.finalize().into()).draw())
}
