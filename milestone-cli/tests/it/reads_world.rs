//! The project `shop` that the reading commands look at, made through the library.
//!
//! Start at [`shop`]; [`clones`] makes two copies that go on by themselves.
//!
//! - **Invariant.** The same calls give the same log, byte for byte but for the names of its files.

use std::path::Path;

use milestone_core::domain::{
    Body, Command, Created, Event, Field, Fields, ListField, NewTask, ProgressValue, Terms, Value,
};
use milestone_core::log::record::{Draft, Reads};
use milestone_core::words::{Date, Text, Timestamp};
use milestone_project::{Caller, Options, Project};

use crate::support::TestEnv;

/// A project that is written to through the library.
pub(crate) struct World {
    /// The project.
    pub(crate) project: Project,
}

fn text(text: &str) -> Value<'static> {
    Value::Text(Text::from(text.to_owned()))
}

/// Fields of an edit or a creation.
pub(crate) fn fields(set: &[(Field, &str)]) -> Fields<'static> {
    let value = |(field, value): &(Field, &str)| {
        let value = match field {
            Field::Due | Field::Start => Value::Date(Date::parse(value).unwrap()),
            Field::Estimate | Field::Weight => Value::Number(value.parse().unwrap()),
            _ => text(value),
        };
        (*field, value)
    };
    Fields { set: set.iter().map(value).collect(), lists: Vec::new() }
}

/// A task to add.
pub(crate) fn task(title: &str, estimate: &str, after: &[&str]) -> NewTask {
    NewTask {
        title: title.to_owned(),
        fields: fields(&[(Field::Estimate, estimate)]),
        after: after.iter().map(|after| (*after).to_owned()).collect(),
        ..NewTask::default()
    }
}

/// References.
pub(crate) fn of(references: &[&str]) -> Vec<String> {
    references.iter().map(|reference| (*reference).to_owned()).collect()
}

impl World {
    /// Begins a project in `dir`.
    pub(crate) fn begin(dir: &Path) -> Self {
        let caller = caller("dana", "2026-03-02T09:00:00Z");
        let begun = Project::init(dir, "shop", false, Options::default(), &caller).unwrap();
        Self { project: begun.project }
    }

    /// Opens the project of `dir`.
    pub(crate) fn open(dir: &Path) -> Self {
        let project = Project::open(&dir.join(".milestones"), Options::default()).unwrap();
        Self { project }
    }

    /// Carries out a command.
    pub(crate) fn does(&mut self, who: &str, at: &str, command: Command) {
        self.project.execute(&command, &caller(who, at)).unwrap();
    }

    /// Creates a milestone with tasks.
    pub(crate) fn plans(&mut self, at: &str, title: &str, due: Option<&str>, tasks: Vec<NewTask>) {
        let mut given = vec![(Field::Owner, "dana")];
        given.extend(due.map(|due| (Field::Due, due)));
        let mut all = fields(&given);
        all.lists.push((ListField::Labels, vec![Text::from("backend".to_owned())]));
        self.does(
            "dana",
            at,
            Command::CreateMilestone {
                title: title.to_owned(),
                id: None,
                fields: all,
                criteria: Vec::new(),
                tasks,
                after: Vec::new(),
            },
        );
    }

    /// Appends a record that the rules would refuse: a milestone with any title.
    pub(crate) fn writes_by_hand(&mut self, id: &str, title: &str) {
        let checkpoint = self.project.checkpoint();
        let created = Created { fields: fields(&[(Field::Title, title)]), ..Created::default() };
        let events = [Event::of(id, Body::MilestoneCreated(created))];
        let reads = [(Text::from(id.to_owned()), Vec::new())].into_iter().collect::<Reads<'_>>();
        let draft = Draft {
            prev: &checkpoint.heads,
            max_clock: checkpoint.max_clock,
            now: Timestamp::parse("2026-03-02T11:00:00Z").unwrap(),
            actor: "sly",
            session_id: "s-test",
            user_context: None,
            command_id: None,
            reads: &reads,
            events: &events,
        };
        let line = draft.encode().line + "\n";
        std::fs::write(self.project.root().join("log/byhand22-0001.jsonl"), line).unwrap();
    }

    /// Records so many notes at once.
    pub(crate) fn notes(&mut self, target: &str, count: u32) {
        let note = |n| Command::Note { target: target.to_owned(), text: format!("note {n}") };
        let commands = (0..count).map(|n| (None, note(n)));
        let caller = caller("dana", "2026-03-12T09:55:00Z");
        let outcomes = self.project.execute_all(commands, &caller, |_| true).unwrap();
        assert!(outcomes.iter().all(Result::is_ok));
    }

    /// Begins something.
    pub(crate) fn start(&mut self, at: &str, reference: &str) {
        self.does("dana", at, Command::Start { targets: of(&[reference]), force: None });
    }

    /// Finishes something.
    pub(crate) fn done(&mut self, at: &str, reference: &str) {
        let targets = of(&[reference]);
        let (force, note) = (None, None);
        self.does(
            "dana",
            at,
            Command::Complete { targets, force, note, time_spent: 0, contents: Vec::new() },
        );
    }

    /// Reports progress.
    pub(crate) fn progress(&mut self, who: &str, at: &str, done: u32, note: Option<&str>) {
        let target = "api/endpoints".to_owned();
        let value = ProgressValue::Of { done, of: 6 };
        let note = note.map(ToOwned::to_owned);
        self.does(who, at, Command::Progress { target, value, note, time_spent: 0 });
    }
}

/// Who asks, when; ids are drawn from the moment.
pub(crate) fn caller(who: &str, at: &str) -> Caller {
    let now = Timestamp::parse(at).unwrap();
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&now.0.to_le_bytes());
    Caller::new(who, "s-test", now, seed)
}

/// The project of the transcripts: `api-development` at 67 %, and three that begin with `c`.
pub(crate) fn shop(env: &TestEnv) {
    let mut world = World::begin(env.path());
    let tasks = vec![
        task("Authentication", "960", &[]),
        task("Database Setup", "960", &[]),
        task("Endpoints", "1440", &[]),
        task("Testing", "960", &["endpoints"]),
    ];
    world.plans("2026-03-02T10:05:00Z", "API Development", Some("2026-03-20"), tasks);
    world.start("2026-03-03T09:00:00Z", "api/authentication");
    world.done("2026-03-04T17:00:00Z", "api/authentication");
    world.start("2026-03-05T09:00:00Z", "api/database-setup");
    world.done("2026-03-06T16:00:00Z", "api/database-setup");
    let checkout = vec![
        task("Cart totals", "480", &[]),
        task("Payment", "1440", &["cart-totals"]),
        task("Tax table", "480", &[]),
    ];
    world.plans("2026-03-07T09:00:00Z", "Checkout v2", Some("2026-04-10"), checkout);
    world.plans("2026-03-07T09:10:00Z", "Cleanup logs", None, vec![task("Rotate", "30", &[])]);
    world.plans("2026-03-07T09:20:00Z", "CSV import", None, Vec::new());
    world.start("2026-03-07T09:30:00Z", "csv-import");
    world.done("2026-03-08T09:30:00Z", "csv-import");
    world.does(
        "dana",
        "2026-03-09T09:30:00Z",
        Command::Block {
            target: "api/endpoints".into(),
            text: "waiting for sandbox keys".into(),
            on: Some("sam".into()),
            until: None,
        },
    );
    world.does(
        "sam",
        "2026-03-10T17:55:00Z",
        Command::Unblock { target: "api/endpoints".into(), blocker: None, note: None },
    );
    world.start("2026-03-11T09:14:00Z", "api/endpoints");
    world.progress("agent:robo-1", "2026-03-11T16:20:00Z", 3, None);
    world.progress("dana", "2026-03-12T09:41:07Z", 4, Some("orders and payments done"));
}

/// A task of `shop` that has one of everything.
pub(crate) fn adorned(env: &TestEnv) {
    let mut world = World::open(env.path());
    let target = || "checkout/payment".to_owned();
    let texts = of(&["card", "voucher"]);
    world.does("dana", "2026-03-12T09:50:00Z", Command::AddCriteria { target: target(), texts });
    world.does(
        "dana",
        "2026-03-12T09:51:00Z",
        Command::Check { target: target(), items: vec![1], checked: true },
    );
    let note = "two lines\nof a note".to_owned();
    world.does("sam", "2026-03-12T09:52:00Z", Command::Note { target: target(), text: note });
    let (kind, to) = ("relates-to".to_owned(), "bd-12".to_owned());
    world.does("sam", "2026-03-12T09:53:00Z", Command::Link { target: target(), kind, to });
    let (text, on, until) = ("no contract".to_owned(), None, None);
    world.does("sam", "2026-03-12T09:54:00Z", Command::Block { target: target(), text, on, until });
}

/// Two copies of one project, at `a` and `b` in the directory, and what merges `b` into `a`.
pub(crate) fn clones(env: &TestEnv) -> (World, World) {
    let (a, b) = (env.path().join("a"), env.path().join("b"));
    let mut first = World::begin(&a);
    let tasks = vec![task("One", "60", &[]), task("Two", "60", &[]), task("Three", "60", &[])];
    first.plans("2026-03-02T10:00:00Z", "Alpha", Some("2026-03-20"), tasks);
    copy(&a.join(".milestones/log"), &b.join(".milestones/log"));
    (World::open(&a), World::open(&b))
}

/// Copies what `b` has in its log beside what `a` has.
pub(crate) fn merge(env: &TestEnv) {
    copy(&env.path().join("b/.milestones/log"), &env.path().join("a/.milestones/log"));
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if !to.join(entry.file_name()).exists() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// Says that one task comes after another.
pub(crate) fn after(reference: &str, on: &str) -> Command {
    Command::AddDependencies {
        target: reference.to_owned(),
        after: of(&[on]),
        terms: Terms::default(),
    }
}

/// Blocks whose long lines are folded.
pub(crate) trait Pages {
    /// Runs the program and renders the block.
    fn page(&self, line: &str) -> String;
}

impl Pages for TestEnv {
    fn page(&self, line: &str) -> String {
        self.run(line).whole().lines().map(|line| folded(line) + "\n").collect()
    }
}

/// A long line over several, broken behind a comma or a space, so that it fits a page of source.
fn folded(line: &str) -> String {
    const CELLS: usize = 84;
    let (mut out, mut rest) = (String::new(), line);
    while rest.chars().count() > CELLS {
        let end = rest.char_indices().nth(CELLS).map_or(rest.len(), |(at, _)| at);
        let cut = rest[..end].rfind([',', ' ']).filter(|at| *at > CELLS / 2);
        let (first, after) = rest.split_at(cut.map_or(end, |at| at + 1));
        out.push_str(&format!("{first}\\\n  "));
        rest = after;
    }
    out + rest
}
