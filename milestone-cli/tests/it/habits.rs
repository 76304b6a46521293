//! Levels, hints and keeping house: what the program says of itself, on a terminal that is played.
//!
//! Start at `a_level_is_offered_once`.

use std::collections::BTreeMap;
use std::ffi::OsString;

use milestone_cli::args::parse;
use milestone_cli::run::{Output, Surroundings, run};
use milestone_cli::ui::style::Terminal;

use crate::support::{NOW, TestEnv};

const TTY: Terminal = Terminal { tty: true, columns: Some(80), rows: Some(24) };

/// Somebody at a terminal.
struct Person<'e> {
    env: &'e TestEnv,
    vars: BTreeMap<&'static str, String>,
    tty: bool,
}

impl<'e> Person<'e> {
    fn at(env: &'e TestEnv) -> Self {
        let vars = [
            ("MILESTONE_ACTOR", "dana"),
            ("MILESTONE_NOW", NOW),
            ("TERM", "xterm"),
            ("LANG", "C.UTF-8"),
        ];
        let vars = vars.map(|(name, value)| (name, value.to_owned())).into();
        Self { env, vars, tty: true }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.vars.insert(name, value.to_owned());
        self
    }

    fn piped(mut self) -> Self {
        self.tty = false;
        self
    }

    fn does(&self, line: &str) -> Output {
        let words = std::iter::once("milestone").chain(line.split(' '));
        let words: Vec<OsString> = words.map(OsString::from).collect();
        let cli = parse(&words).expect("it is a command line");
        let terminal = if self.tty { TTY } else { Terminal::default() };
        let vars = self.vars.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let mut seed = [7; 32];
        seed[0] = u8::try_from(line.len() % 256).expect("it is less");
        let around = Surroundings {
            env: vars.collect(),
            stdout: terminal,
            stderr: terminal,
            stdin_tty: self.tty,
            seed,
            ..self.env.on_a_terminal(80)
        };
        run(&cli, around).unwrap_or_else(|problem| panic!("{line}: {}", problem.to_text()))
    }

    /// The lines that begin like this.
    fn told(&self, line: &str, begins: &str) -> Vec<String> {
        let lines = self.does(line).stderr.into_iter();
        lines.filter(|line| line.starts_with(begins)).collect()
    }
}

/// A project with so many milestones of one task.
fn env(milestones: usize) -> TestEnv {
    let env = TestEnv::new();
    env.run("init --name shop");
    for number in 1..=milestones {
        env.run(&format!("new \"Goal {number}\" --owner dana --task Work"));
        env.run(&format!("done goal-{number}/work"));
    }
    env
}

/// Shown red by: offering it off a terminal; not keeping that it was offered; counting agents.
#[test]
fn a_level_is_offered_once() {
    let env = env(5);
    let dana = Person::at(&env);
    for goal in ["goal-1", "goal-2"] {
        assert!(dana.told(&format!("done {goal}"), "Level").is_empty());
    }
    // Nobody who could take it is there: an agent, a pipe, a program, a rehearsal.
    assert!(Person::at(&env).piped().told("done goal-3", "Level").is_empty());
    assert!(dana.told("done goal-4 --json", "Level").is_empty());
    assert!(dana.told("reopen goal-4 --quiet", "Level").is_empty());
    assert!(dana.told("done goal-4 --json", "Level").is_empty());
    let agent = Person::at(&env).with("MILESTONE_AGENT", "robo");
    assert!(agent.told("note goal-5 hello --actor agent:robo", "Level").is_empty());
    assert!(dana.told("done goal-5 --dry-run", "Level").is_empty());
    assert!(dana.does("show goal-5").stdout.starts_with("MILESTONE: "), "the look is the old one");
    assert_eq!(
        dana.told("done goal-5", "Level"),
        ["Level 1 reached: rich view from the next command on. Keep the old one: \
          milestone\n  level pin 0"]
    );
    assert!(dana.told("reopen goal-5", "Level").is_empty());
    assert!(dana.told("done goal-5", "Level").is_empty(), "it is said once");
    assert!(dana.does("show goal-5").stdout.contains("Progress:"));
    assert!(dana.does("show goal-5").stdout.contains('─'));
    let piped = Person::at(&env).piped().does("show goal-5").stdout;
    assert!(piped.starts_with("MILESTONE: "), "off a terminal nothing changes by itself: {piped}");
    let journal = std::fs::read_to_string(env.path().join(".milestones/local/journal.jsonl"));
    assert!(journal.unwrap().contains("\"deed\":\"level_offered\",\"level\":1"));
    // A second person.
    let sam = Person::at(&env).with("MILESTONE_ACTOR", "sam");
    assert_eq!(sam.told("note goal-5 hello", "Level 2 reached: team view").len(), 1);
    assert!(dana.does("show goal-5").stdout.contains("Owner: dana"));
    assert!(dana.told("note goal-5 hello", "Level").is_empty());
}

/// Shown red by: forgetting what was said; a level that a flag cannot change.
#[test]
fn a_level_is_kept_and_gone_back_from() {
    let env = env(3);
    let dana = Person::at(&env);
    dana.does("level pin 0");
    assert!(dana.told("done goal-1 goal-2 goal-3", "Level").is_empty(), "it was said already");
    assert!(dana.does("show goal-1").stdout.starts_with("MILESTONE: "));
    assert!(dana.does("show goal-1 --level 1").stdout.contains('─'));
    assert!(!dana.does("show goal-1 --level 1").stdout.contains("Owner"));
    assert!(dana.does("show goal-1 --level 2").stdout.contains("Owner: dana"));
    let list = dana.does("list --all --level 3").stdout;
    assert!(list.ends_with("Programme: 3 shown · 3 of 3 tasks done\n"), "{list}");
    let json = dana.does("level --json").stdout;
    assert!(json.contains("\"pinned\": true") && json.contains("\"reached\": 1"), "{json}");
    dana.does("level auto");
    assert!(dana.does("show goal-1").stdout.contains('─'));
    insta::assert_snapshot!(dana.does("level why").stdout, @"
    Shown     1, rich view  (found by counting)
    Reached   1, rich view
    Level 0   reached: every project begins here
              shows the tree: one line a task
    Level 1   reached: 3 completed, 3 of them not late; it takes 3, and 80 %
              shows a frame with bar, due date and days; notes and the like below it
    Level 2   not yet: 1 person recorded something, agents not counted; it takes 2
              adds owners, in every frame and list
    Level 3   not yet: the file backend; it takes the database backend (milestone
              scale)
              adds a line about the whole programme below every list
    ");
}

/// Shown red by: clipping the line where it ends, whatever stands there.
#[test]
fn a_log_says_what_happened_at_every_width() {
    let env = env(1);
    let long = Person::at(&env).with("MILESTONE_ACTOR", "Somebody With A Long Name f2967e49");
    long.does("note goal-1 \"the keys came\"");
    for width in [28, 40, 50, 60, 80, 100] {
        let log = long.does(&format!("log --width {width}")).stdout;
        let words = log.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("the keys came"), "{width}:\n{log}");
        assert!(log.lines().all(|line| line.chars().count() <= width), "{width}:\n{log}");
    }
}

/// Shown red by: a hint without its switch; two of them; one for an agent, a pipe, `--no-hints`.
#[test]
fn a_hint_follows_what_was_done() {
    let env = TestEnv::new();
    env.run("init --name shop");
    env.run("new Api --task One --task Two");
    let dana = Person::at(&env);
    for text in ["blocked-by", "waits-for-it"] {
        assert!(dana.told(&format!("note api {text}"), "tip").is_empty());
    }
    env.run("note api \"blocked by the sandbox\"");
    env.run("note api \"waiting for keys\"");
    env.run("note api/one \"Blocked on legal\"");
    assert!(Person::at(&env).piped().told("note api more", "tip").is_empty());
    assert!(Person::at(&env).with("MILESTONE_AGENT", "r").told("note api m", "tip").is_empty());
    assert!(dana.told("note api more --no-hints", "tip").is_empty());
    assert!(dana.told("note api more --json", "tip").is_empty());
    assert!(dana.told("show api", "tip").is_empty(), "only what was written about");
    let tip = dana.told("note api/two more", "tip");
    assert_eq!(
        tip,
        ["tip: 3 notes speak of what is in the way: milestone block REF REASON records it\n  \
          (off: milestone hint off block)"]
    );
    assert!(dana.told("note api more", "tip").is_empty(), "once a week");
    let later = Person::at(&env).with("MILESTONE_NOW", "2026-03-19T10:00:00Z");
    assert_eq!(later.told("note api more", "tip").len(), 1);
    later.does("hint off block");
    let still_later = Person::at(&env).with("MILESTONE_NOW", "2026-04-19T10:00:00Z");
    assert!(still_later.told("note api more", "tip").is_empty());
    let list = Person::at(&env).piped().does("hint list").stdout;
    assert!(list.starts_with("block\toff\t2\t"), "{list}");
    still_later.does("hint on all");
    assert_eq!(still_later.told("note api more", "tip").len(), 1);
    still_later.does("block api/one keys");
    still_later.does("hint on all");
    assert!(still_later.told("note api more", "tip").is_empty(), "it is marked by now");
    insta::assert_snapshot!(env.block("hint off nothing"), @r#"
    $ milestone hint off nothing
    ! error[hint.unknown]: there is no hint "nothing"
    !   = hints: block, owner, order, forecast, session, all
    !   = nothing was changed
    ! hint: milestone hint list
    exit 5
    "#);
}

/// Shown red by: keeping house twice a day; saying something when nothing was done.
#[test]
fn the_first_command_of_a_day_keeps_house() {
    let env = env(1);
    let local = env.path().join(".milestones/local");
    let stale = |number: u32| local.join(format!(".tmp{number}"));
    let make = || {
        for number in 1..=2 {
            std::fs::write(stale(number), "left behind").unwrap();
            let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
            let times = std::fs::FileTimes::new().set_modified(long_ago);
            let file = std::fs::File::options().write(true).open(stale(number)).unwrap();
            file.set_times(times).unwrap();
        }
    };
    make();
    // It was done today already, when the project began.
    assert_eq!(env.run("note goal-1 hello").stderr, "");
    assert!(stale(1).exists());
    let dry = env.run("maintain --dry-run").stdout;
    assert_eq!(dry, "Would remove 2 stale files, 1 KiB\n");
    let next_day = Person::at(&env).piped().with("MILESTONE_NOW", "2026-03-13T10:00:00Z");
    assert!(next_day.does("list").stderr.is_empty(), "what only looks leaves it alone");
    assert!(stale(1).exists());
    assert_eq!(next_day.told("note goal-1 hello", "Removed"), ["Removed 2 stale files, 1 KiB"]);
    assert!(!stale(1).exists() && !stale(2).exists());
    make();
    assert!(next_day.told("note goal-1 hello", "Removed").is_empty());
    insta::assert_snapshot!(env.block("maintain"), @"
    $ milestone maintain
    Removed 2 stale files, 1 KiB
    ");
    insta::assert_snapshot!(env.block("maintain"), @"
    $ milestone maintain
    Nothing to do.
    ");
    let status = env.run("migrate status").stdout;
    assert!(status.contains("took 2 old files away"), "{status}");
}
