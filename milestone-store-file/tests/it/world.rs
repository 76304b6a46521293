//! A `.milestones` folder to play with, lines to write, and children to crash.
//!
//! Start at [`World`]. Nothing here asserts, so that each test says what it is about.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use milestone_core::log::{AppendError, LogStore, NewLine, Pending, SyncError};
use milestone_core::words::RecordId;
use milestone_store_file::{FileStore, Options};

/// Where a child finds its world.
const CHILD_DIR: &str = "STORE_FILE_TEST_DIR";
/// How long a test waits for the lock.
pub(crate) const WAIT: Duration = Duration::from_secs(30);

/// A folder with a `.milestones` in it.
pub(crate) struct World {
    dir: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::in_temporary(tempfile::tempdir().unwrap())
    }

    /// A world where a sync costs nothing, if there is such a place.
    pub(crate) fn in_memory() -> Self {
        Self::in_temporary(
            tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap(),
        )
    }

    fn in_temporary(temporary: tempfile::TempDir) -> Self {
        let world = Self { dir: temporary.path().to_owned(), _temporary: Some(temporary) };
        fs::create_dir(world.root()).unwrap();
        world
    }

    /// A world in a folder that belongs to somebody else.
    pub(crate) fn at(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), _temporary: None }
    }

    /// The world of the parent; `None` when not run as a child.
    pub(crate) fn of_parent() -> Option<Self> {
        std::env::var_os(CHILD_DIR).map(|dir| Self::at(Path::new(&dir)))
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.dir.join(".milestones")
    }

    pub(crate) fn local(&self, name: &str) -> PathBuf {
        self.root().join("local").join(name)
    }

    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.root().join("log").join(name)
    }

    pub(crate) fn store(&self) -> FileStore {
        FileStore::open(&self.root(), Options::default()).unwrap()
    }

    /// Appends as one command in a fresh process does, without syncing.
    pub(crate) fn append(&self, lines: &[Line]) -> Result<Pending, AppendError> {
        let mut store = self.store();
        let guard = store.lock(WAIT).unwrap();
        let lines: Vec<NewLine<'_>> = lines.iter().map(Line::as_new).collect();
        store.append(&guard, &lines)
    }

    /// Appends and syncs.
    pub(crate) fn write(&self, line: &Line) {
        self.sync(self.append(std::slice::from_ref(line)).unwrap()).unwrap();
    }

    pub(crate) fn sync(&self, pending: Pending) -> Result<(), SyncError> {
        self.store().sync(pending)
    }

    /// The names of the log's files.
    pub(crate) fn names(&self) -> Vec<String> {
        self.store().files().unwrap().into_iter().map(|file| file.name).collect()
    }

    /// The one file of the log.
    pub(crate) fn only_file(&self) -> PathBuf {
        let names = self.names();
        assert_eq!(names.len(), 1, "{names:?}");
        self.log(&names[0])
    }

    /// Every line of every file, through the store, a few bytes at a time.
    pub(crate) fn lines(&self) -> Vec<String> {
        let store = self.store();
        let mut lines = Vec::new();
        for file in store.files().unwrap() {
            let mut bytes = Vec::new();
            let mut block = [0; 4099];
            loop {
                let read = store.read_at(&file.name, bytes.len() as u64, &mut block).unwrap();
                bytes.extend_from_slice(&block[..read]);
                if read == 0 {
                    break;
                }
            }
            lines.extend(String::from_utf8(bytes).unwrap().lines().map(str::to_owned));
        }
        lines
    }

    /// Runs one `child_` test in another process, in this world, prepared by a shell command.
    pub(crate) fn child(&self, test: &str, shell: &str) -> Command {
        let mut command = Command::new("sh");
        let script = format!("{shell}\nexec \"$0\" \"$@\"");
        command
            .args(["-c", &script])
            .arg(std::env::current_exe().unwrap())
            .args([test, "--exact", "--nocapture", "--test-threads=1"])
            .env(CHILD_DIR, &self.dir);
        command
    }
}

/// One line, as a record looks from outside.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) id: RecordId,
    pub(crate) text: String,
}

impl Line {
    /// A line whose id is made of `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        Self::of_bytes(seed, 0)
    }

    /// A line of at least that many bytes, LF not counted.
    pub(crate) fn of_bytes(seed: u64, bytes: usize) -> Self {
        let mut id = [0; 32];
        id[..8].copy_from_slice(&seed.to_be_bytes());
        let id = RecordId(id);
        let frame = format!("{{\"id\":\"{id}\",\"v\":1,\"pad\":\"\"}}").len();
        let pad = "x".repeat(bytes.saturating_sub(frame));
        Self { id, text: format!("{{\"id\":\"{id}\",\"v\":1,\"pad\":\"{pad}\"}}") }
    }

    pub(crate) fn as_new(&self) -> NewLine<'_> {
        NewLine { id: self.id, bytes: self.text.as_bytes() }
    }
}

/// What a child said, if it went wrong.
#[track_caller]
pub(crate) fn expect_success(output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}\n{out}\n{said}", output.status);
    assert!(out.contains("1 passed"), "the child ran no test:\n{out}\n{said}");
}

/// Says loudly that a test could not be run here.
pub(crate) fn skip(test: &str, why: &str) {
    // Not `eprintln!`, which the test harness swallows.
    let mut stderr = std::io::stderr();
    writeln!(stderr, "\n*** SKIPPED {test}: {why} ***").unwrap();
}

/// Returns true if this process may do anything.
pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|found| found.uid() == 0)
}
