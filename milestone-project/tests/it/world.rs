//! A project to play with: its folder, clones of it, who asks, and children to kill.
//!
//! Start at [`World`] for a folder and [`Hand`] for somebody who asks. Time and ids are counted,
//! not drawn: the same test does the same in every run, but for the names of log files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Output};

use milestone_core::domain::{Command, Fields, NewTask, Terms};
use milestone_core::log::{Step, scan};
use milestone_core::projection::{Fingerprint, Projection, State, rebuild};
use milestone_core::words::{RecordId, Timestamp};
use milestone_project::{Caller, ExecuteError, Options, Outcome, Project, Warning};
use milestone_store_file::view::YamlView;
use milestone_testkit::EPOCH;

/// Where a child finds its world.
const CHILD_DIR: &str = "PROJECT_TEST_DIR";
/// How much later each command is than the one before, in microseconds.
const STEP_US: i64 = 1_000_000;

/// A folder with a project in it.
pub(crate) struct World {
    dir: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

impl World {
    /// An empty folder where a sync costs nothing, if there is such a place.
    pub(crate) fn empty() -> Self {
        let temporary = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        Self { dir: temporary.path().to_owned(), _temporary: Some(temporary) }
    }

    /// A project that has begun, and who began it.
    pub(crate) fn begun() -> (Self, Hand) {
        let (world, mut hand) = (Self::empty(), Hand::new("ann"));
        world.begin(&mut hand);
        (world, hand)
    }

    pub(crate) fn begin(&self, hand: &mut Hand) {
        let made = Project::init(&self.dir, "Proof", false, Options::default(), &hand.caller());
        assert!(made.unwrap().created);
    }

    /// The world of the parent; `None` when not run as a child.
    pub(crate) fn of_parent() -> Option<Self> {
        let dir = PathBuf::from(std::env::var_os(CHILD_DIR)?);
        Some(Self { dir, _temporary: None })
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.dir.join(".milestones")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    pub(crate) fn snapshot(&self) -> PathBuf {
        self.path("local/gen-1/state.snapshot")
    }

    pub(crate) fn open(&self) -> Project {
        Project::open(&self.root(), Options::default()).unwrap()
    }

    pub(crate) fn read_only(&self) -> Project {
        let options = Options { read_only: true, ..Options::default() };
        Project::open(&self.root(), options).unwrap()
    }

    /// What `git clone` gives: everything but what git ignores.
    pub(crate) fn cloned(&self) -> Self {
        let clone = Self::empty();
        fs::create_dir_all(clone.path("log")).unwrap();
        for name in [".gitattributes", ".gitignore"] {
            fs::copy(self.path(name), clone.path(name)).unwrap();
        }
        clone.take_log_of(self);
        clone
    }

    /// Brings in the other's log files. Each clone has files of its own; the longer one is newer.
    pub(crate) fn take_log_of(&self, other: &Self) {
        for (name, bytes) in other.log_files() {
            let path = self.path("log").join(name);
            if fs::read(&path).map_or(0, |held| held.len()) < bytes.len() {
                fs::write(path, bytes).unwrap();
            }
        }
    }

    /// The log's files by name.
    pub(crate) fn log_files(&self) -> BTreeMap<String, Vec<u8>> {
        let files = fs::read_dir(self.path("log")).unwrap().map(|entry| entry.unwrap());
        let name = |entry: &fs::DirEntry| entry.file_name().into_string().unwrap();
        files.map(|entry| (name(&entry), fs::read(entry.path()).unwrap())).collect()
    }

    /// The ids of all records, in the order of the log.
    pub(crate) fn ids(&self) -> Vec<RecordId> {
        ids_of(&self.open())
    }

    pub(crate) fn id_set(&self) -> BTreeSet<RecordId> {
        self.ids().into_iter().collect()
    }

    /// What is in a file of the view.
    pub(crate) fn view(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Changes a file of the view by hand.
    #[track_caller]
    pub(crate) fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.view(name);
        assert!(text.contains(from), "{from:?} is not in\n{text}");
        fs::write(self.path(name), text.replacen(from, to, 1)).unwrap();
    }

    /// Every file with its bytes, by its path, but what is in `local/`.
    pub(crate) fn bytes(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut open = vec![self.dir.clone()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path == self.path("local") {
                    continue;
                }
                match path.is_dir() {
                    true => {
                        found.insert(path.clone(), Vec::new());
                        open.push(path);
                    }
                    false => drop(found.insert(path.clone(), fs::read(&path).unwrap())),
                }
            }
        }
        found
    }

    /// Runs one `child_` test in another process, in this world, prepared by a shell command.
    pub(crate) fn child(&self, test: &str, shell: &str) -> Process {
        let mut command = Process::new("sh");
        command
            .args(["-c", &format!("{shell} \"$0\" \"$@\"")])
            .arg(std::env::current_exe().unwrap())
            .args([test, "--exact", "--nocapture", "--test-threads=1"])
            .env(CHILD_DIR, &self.dir);
        command
    }
}

/// Somebody who asks, each time a little later and with another seed.
pub(crate) struct Hand {
    name: String,
    count: u64,
    /// What the clock says next.
    pub(crate) now: Timestamp,
}

impl Hand {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), count: 0, now: EPOCH }
    }

    /// Somebody who does not ask at the same moment as others who began at the same time.
    pub(crate) fn later(name: &str, by_us: i64) -> Self {
        Self { now: Timestamp(EPOCH.0 + by_us), ..Self::new(name) }
    }

    /// Somebody whose clock shows a little more than the newest record says.
    pub(crate) fn after(name: &str, project: &Project) -> Self {
        let newest = i64::try_from(project.checkpoint().max_clock).unwrap();
        Self { now: Timestamp(newest), ..Self::new(name) }
    }

    pub(crate) fn caller(&mut self) -> Caller {
        self.count += 1;
        self.now = Timestamp(self.now.0 + STEP_US);
        let name = self.name.bytes().fold(0u64, |sum, byte| sum * 31 + u64::from(byte));
        let seed = milestone_testkit::seed((name << 24) + self.count);
        Caller::new(&self.name, &format!("session-{}", self.name), self.now, seed)
    }

    pub(crate) fn keyed(&mut self, key: &str) -> Caller {
        Caller { key: Some(key.to_owned()), ..self.caller() }
    }

    /// Carries a command out that no rule refuses.
    #[track_caller]
    pub(crate) fn does(&mut self, project: &mut Project, command: &Command) -> Outcome {
        self.asks(project, command).unwrap_or_else(|error| panic!("{command:?}: {error}"))
    }

    pub(crate) fn asks(
        &mut self,
        project: &mut Project,
        command: &Command,
    ) -> Result<Outcome, ExecuteError> {
        project.execute(command, &self.caller())
    }

    /// Carries many commands out under one lock.
    #[track_caller]
    pub(crate) fn does_all(
        &mut self,
        project: &mut Project,
        commands: impl IntoIterator<Item = Command>,
    ) {
        self.does_all_told(project, commands);
    }

    /// The same; what they were told besides.
    #[track_caller]
    pub(crate) fn does_all_told(
        &mut self,
        project: &mut Project,
        commands: impl IntoIterator<Item = Command>,
    ) -> Vec<Warning> {
        let commands = commands.into_iter().map(|command| (None, command));
        let outcomes = project.execute_all(commands, &self.caller(), |_| true).unwrap();
        outcomes.into_iter().flat_map(|outcome| outcome.unwrap().warnings).collect()
    }
}

/// A milestone with tasks, each by its title.
pub(crate) fn milestone(title: &str, tasks: &[&str]) -> Command {
    Command::CreateMilestone {
        title: title.to_owned(),
        id: None,
        fields: Fields::default(),
        criteria: Vec::new(),
        tasks: tasks.iter().map(|title| task(title)).collect(),
        after: Vec::new(),
    }
}

pub(crate) fn task(title: &str) -> NewTask {
    NewTask { title: title.to_owned(), ..NewTask::default() }
}

pub(crate) fn note(target: &str, text: &str) -> Command {
    Command::Note { target: target.to_owned(), text: text.to_owned() }
}

pub(crate) fn start(target: &str) -> Command {
    Command::Start { targets: vec![target.to_owned()], force: None }
}

pub(crate) fn complete(target: &str) -> Command {
    let (force, note, time_spent) = (None, None, 0);
    Command::Complete {
        targets: vec![target.to_owned()],
        force,
        note,
        time_spent,
        contents: Vec::new(),
    }
}

pub(crate) fn cancel(target: &str) -> Command {
    Command::Cancel { targets: vec![target.to_owned()], reason: "no longer wanted".to_owned() }
}

pub(crate) fn archive(target: &str) -> Command {
    Command::Archive { targets: vec![target.to_owned()], review: None }
}

pub(crate) fn after(target: &str, on: &str) -> Command {
    Command::AddDependencies {
        target: target.to_owned(),
        after: vec![on.to_owned()],
        terms: Terms::default(),
    }
}

/// Gives one field a value.
pub(crate) fn set(
    target: &str,
    field: milestone_core::domain::Field,
    value: milestone_core::domain::Value<'static>,
) -> Command {
    let (mut set, add, remove) = (Fields::default(), Fields::default(), Fields::default());
    set.put(field, value);
    Command::Edit { targets: vec![target.to_owned()], set, add, remove }
}

pub(crate) fn title(target: &str, title: &str) -> Command {
    let value = milestone_core::domain::Value::Text(title.to_owned().into());
    set(target, milestone_core::domain::Field::Title, value)
}

/// The ids of all records, in the order of the log.
pub(crate) fn ids_of(project: &Project) -> Vec<RecordId> {
    let mut ids = Vec::new();
    scan(project.store(), |step| match step {
        Step::Restart => ids.clear(),
        Step::Line(line, _) => ids.push(line.record.id),
    })
    .unwrap();
    ids
}

pub(crate) fn print_of(state: &State) -> Fingerprint {
    Fingerprint::of_state(state)
}

/// What the log alone makes.
pub(crate) fn rebuilt(project: &Project) -> State {
    rebuild(project.store(), "to compare with").unwrap().state
}

/// What the YAML view shows.
pub(crate) fn view_print(project: &Project) -> Fingerprint {
    YamlView::new(project.root()).fingerprint().unwrap()
}

/// The state at hand is what the log makes, and so is the view.
#[track_caller]
pub(crate) fn assert_rebuilt(project: &Project) {
    let fresh = rebuilt(project);
    assert_eq!(print_of(project.state()), print_of(&fresh), "the state is not what the log says");
    assert_eq!(project.state().commands(), fresh.commands());
    assert_eq!(project.state().actors(), fresh.actors());
    assert_eq!(project.project(), milestone_core::domain::Plan::project(&fresh));
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
    let mut stderr = std::io::stderr();
    writeln!(stderr, "\n*** SKIPPED {test}: {why} ***").unwrap();
}

/// Returns true if this process may do anything.
pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|found| found.uid() == 0)
}
