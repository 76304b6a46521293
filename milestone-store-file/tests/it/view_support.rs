//! What the tests of the view stand on: a log in memory, a pen that writes it, folders to look at.
//!
//! - **Absent on purpose.** `decide`. The pen writes any event, sensible or not, as merges do.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use milestone_core::domain::{
    Body, Created, Dependency, Edited, Event, Field, Fields, NoteAdded, Priority, Progress,
    ProjectCreated, TaskMoved, Transition, Value,
};
use milestone_core::log::{
    AppendError, Draft, FileStat, LockError, LockGuard, LogStore, NewLine, Pending, ReadError,
    Reads, Step, SyncError, record, scan,
};
use milestone_core::projection::{Caught, Folder, Projection, Work, project, rebuild};
use milestone_core::words::{Date, RecordId, Text, Timestamp};
use milestone_store_file::view::YamlView;

/// Texts that YAML readers take for something else.
pub(crate) const NASTY: &[&str] = &[
    "yes",
    "no",
    "null",
    "~",
    "2026-12-01",
    "2026-11-22T13:29:05.123456Z",
    "1e3",
    "0x1F",
    "- a",
    "a: b",
    "#",
    "a # b",
    "trailing ",
    " leading",
    "tab\tin",
    "\ttab",
    "🚀",
    "a\u{2028}b",
    "'",
    "\"",
    "a\nb",
    "a\n\n b\n",
    "\n",
    "  two\nlines",
    "|",
    "%",
    "@x",
    "",
    "12:30:45",
    "=",
    "<<",
    ".inf",
    "*a",
    "&a",
    "!t",
    "{a}",
    "[b]",
    "?",
    "-",
    "---",
    "...",
    "0o17",
    "1_000",
    "y",
    "Off",
    "a\r\nb",
    "\u{85}",
    "\u{feff}b",
    "back\\slash",
    "\u{7}",
    "a:",
    ":a",
    "`c`",
    "trailing\n \n",
    "\u{a0}x",
    "\ttab\n\n  yes",
];

/// A log in memory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory(pub(crate) BTreeMap<String, String>);

impl LogStore for Memory {
    fn files(&self) -> Result<Vec<FileStat>, ReadError> {
        let stat = |(name, text): (&String, &String)| FileStat {
            name: name.clone(),
            len_bytes: text.len() as u64,
            mtime_ns: text.len() as i64,
            inode: 1,
        };
        Ok(self.0.iter().map(stat).collect())
    }

    fn read_at(&self, file: &str, offset: u64, into: &mut [u8]) -> Result<usize, ReadError> {
        let bytes = self.0.get(file).map(String::as_bytes).unwrap_or_default();
        let rest = bytes.get(offset as usize..).unwrap_or_default();
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn lock(&self, _wait: Duration) -> Result<LockGuard, LockError> {
        Ok(LockGuard::new(()))
    }

    fn append(&mut self, _: &LockGuard, lines: &[NewLine<'_>]) -> Result<Pending, AppendError> {
        let file = self.0.entry("only".into()).or_default();
        lines.iter().for_each(|line| {
            file.push_str(std::str::from_utf8(line.bytes).unwrap());
            file.push('\n');
        });
        Ok(Pending::new(()))
    }

    fn sync(&self, _: Pending) -> Result<(), SyncError> {
        Ok(())
    }
}

/// Somebody who writes records, each on top of all that he knows.
#[derive(Debug)]
pub(crate) struct Pen {
    pub(crate) store: Memory,
    name: &'static str,
    folder: Folder,
    pub(crate) heads: Vec<RecordId>,
    max_clock: u64,
    now: i64,
}

impl Pen {
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            store: Memory::default(),
            name,
            folder: Folder::new(),
            heads: Vec::new(),
            max_clock: 0,
            now: 1_795_354_145_000_000,
        }
    }

    /// Writes one record.
    pub(crate) fn write(&mut self, events: &[Event<'_>]) {
        self.now += 1_000_000;
        let mut streams: Vec<_> = events.iter().filter_map(Event::stream).collect();
        streams.sort();
        streams.dedup();
        let frontier = |stream: &str| self.folder.state.frontier(stream);
        let reads = streams.iter().map(|on| (Text::from(on.as_str()), frontier(on.as_str())));
        let draft = Draft {
            prev: &self.heads,
            max_clock: self.max_clock,
            now: Timestamp(self.now),
            actor: self.name,
            session_id: "s",
            user_context: None,
            command_id: None,
            reads: &reads.collect::<Reads<'_>>(),
            events,
        };
        let encoded = draft.encode();
        self.folder.fold(&record::parse(&encoded.line).unwrap()).unwrap();
        (self.heads, self.max_clock) = (vec![encoded.id], encoded.clock);
        let file = self.store.0.entry(self.name.to_owned()).or_default();
        file.push_str(&encoded.line);
        file.push('\n');
    }

    /// Learns all that another one wrote.
    pub(crate) fn pull(&mut self, other: &Self) {
        for (name, text) in &other.store.0 {
            let mine = self.store.0.entry(name.clone()).or_default();
            if mine.len() < text.len() {
                mine.clone_from(text);
            }
        }
        let mut folder = Folder::new();
        let checkpoint = scan(&self.store, |step| match step {
            Step::Restart => folder = Folder::new(),
            Step::Line(line, _) => folder.fold(&line.record).unwrap(),
        })
        .unwrap();
        (self.folder, self.heads, self.max_clock) =
            (folder, checkpoint.heads, checkpoint.max_clock);
    }

    /// The fold of what this one knows.
    pub(crate) fn caught(&self) -> Caught {
        rebuild(&self.store, "a test asks").unwrap()
    }

    /// Brings a view up to date.
    pub(crate) fn project(&self, view: &mut dyn Projection) -> Work {
        let caught = self.caught();
        project(&self.store, &caught.state, &caught.checkpoint, view).unwrap()
    }
}

fn titled(task: Option<&str>, title: &str, place: i64) -> Created<'static> {
    let mut fields = Fields::default();
    fields.put(Field::Title, Value::Text(title.to_owned().into()));
    if task.is_some() {
        fields.put(Field::Position, Value::Number(place));
    }
    Created { task: task.map(|task| task.to_owned().into()), fields, source: None }
}

pub(crate) fn created(id: &str, title: &str) -> Event<'static> {
    Event::of(id, Body::MilestoneCreated(titled(None, title, 0)))
}

pub(crate) fn added(id: &str, task: &str, title: &str) -> Event<'static> {
    Event::of(id, Body::TaskAdded(titled(Some(task), title, 1024)))
}

pub(crate) fn change(task: Option<&str>) -> Transition<'static> {
    Transition { task: task.map(|task| task.to_owned().into()), ..Transition::default() }
}

pub(crate) fn moved(origin: &str, task: &str, to: &str, slug: &str) -> Event<'static> {
    let own = |text: &str| Text::from(text.to_owned());
    let to = TaskMoved { task: own(task), to: own(to), slug: own(slug), position: 7 };
    Event::of(origin, Body::TaskMoved(to))
}

/// Gives every field that holds a text this one.
pub(crate) fn edited(id: &str, task: Option<&str>, text: &str) -> Event<'static> {
    let mut set = Fields::default();
    for field in [Field::Title, Field::Description, Field::Owner, Field::ExternalId] {
        set.put(field, Value::Text(text.to_owned().into()));
    }
    set.put(Field::Due, Value::Date(Date::parse("2026-12-01").unwrap()));
    set.put(Field::Priority, Value::Priority(Priority::High));
    set.put(Field::Estimate, Value::Number(90));
    let add = Fields {
        set: vec![],
        lists: vec![(milestone_core::domain::ListField::Labels, vec![text.to_owned().into()])],
    };
    let task = task.map(|task| task.to_owned().into());
    let edited = Edited { task: task.clone(), set, add, ..Edited::default() };
    let is_task = task.is_some();
    Event::of(id, if is_task { Body::TaskEdited(edited) } else { Body::MilestoneEdited(edited) })
}

pub(crate) fn noted(id: &str, task: Option<&str>, note: &str, text: &str) -> Event<'static> {
    let (note, text) = (note.to_owned().into(), text.to_owned().into());
    let task = task.map(|task| task.to_owned().into());
    Event::of(id, Body::NoteAdded(NoteAdded { task, note, text }))
}

const MILESTONES: [&str; 4] = ["api", "1e3", "no", "docs"];
const TASKS: [&str; 3] = ["one", "2026-12-01", "three"];

/// Any event, from four numbers.
pub(crate) fn any_event(
    (kind, milestone, task, text): (u8, usize, usize, usize),
) -> Event<'static> {
    let (id, slug) = (MILESTONES[milestone % 4], TASKS[task % 3]);
    let about = (text % 2 == 0).then_some(slug);
    let text = NASTY[text % NASTY.len()];
    let own = |text: &str| Some(Text::from(text.to_owned()));
    match kind % 15 {
        0 => created(id, text),
        1 | 2 => added(id, slug, text),
        3 => edited(id, about, text),
        4 => Event::of(id, Body::TaskStarted(change(Some(slug)))),
        5 => Event::of(id, Body::TaskCompleted(change(Some(slug)))),
        6 => Event::of(id, Body::TaskRemoved(change(Some(slug)))),
        7 => Event::of(id, Body::TaskCancelled(change(Some(slug)))),
        8 | 9 => moved(id, slug, MILESTONES[(milestone + task + 1) % 4], TASKS[task % 3]),
        10 => Event::of(id, Body::MilestoneArchived(change(None))),
        11 => Event::of(id, Body::MilestoneRestored(change(None))),
        12 => noted(id, about, &format!("n{}", text.len()), text),
        13 => {
            let percent = Some((text.len() * 7 % 101) as u32);
            let task = about.and_then(own);
            let progress = Progress { task, progress_percentage: percent, ..Progress::default() };
            Event::of(id, Body::ProgressUpdated(progress))
        }
        _ => {
            let on = MILESTONES[(milestone + 1) % 4].to_owned().into();
            Event::of(
                id,
                Body::DependencyAdded(Dependency {
                    task: about.and_then(own),
                    on,
                    ..Dependency::default()
                }),
            )
        }
    }
}

pub(crate) fn project_created() -> Event<'static> {
    Event::project(Body::ProjectCreated(ProjectCreated { name: "yes".into(), demo: false }))
}

/// A folder with a view in it.
pub(crate) struct Place {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) view: YamlView,
}

impl Place {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let view = YamlView::new(dir.path());
        Self { dir, view }
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.dir.path().join(file)
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    /// Changes a file by hand.
    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{file} has no {from:?}:\n{text}");
        fs::write(self.path(file), text.replace(from, to)).unwrap();
    }

    /// The files of the view, each with its body.
    pub(crate) fn bodies(&self) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        for file in self.files() {
            let text = self.read(&file);
            let body = text.split_once("# sha256: ").and_then(|(_, rest)| rest.split_once('\n'));
            all.insert(file, body.map_or_else(|| text.clone(), |(_, body)| body.to_owned()));
        }
        all
    }

    pub(crate) fn files(&self) -> Vec<String> {
        let mut all = Vec::new();
        for folder in ["active", "archived"] {
            let Ok(entries) = fs::read_dir(self.path(folder)) else { continue };
            let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
            all.extend(entries.map(|entry| format!("{folder}/{}", name(entry.unwrap()))));
        }
        all.sort();
        all
    }

    /// Which file is behind every name: a file that is written again is another one.
    pub(crate) fn inodes(&self) -> BTreeMap<String, u64> {
        let inode = |path: &Path| {
            use std::os::unix::fs::MetadataExt;
            fs::metadata(path).unwrap().ino()
        };
        self.files().into_iter().map(|file| (file.clone(), inode(&self.path(&file)))).collect()
    }
}
