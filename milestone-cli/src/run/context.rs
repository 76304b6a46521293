//! What a command runs in: flags, environment, clock, terminal, project.
//!
//! Start at [`Context`]. It is made once by `main`, from [`Surroundings`] that the process (or a
//! test) brings along.
//!
//! - **Invariant.** The environment, the clock and randomness are read here and nowhere below.
//! - **Invariant.** The project is opened when a command first asks for it, and once.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Local, Offset, TimeZone, Utc};
use milestone_core::domain::Plan;
use milestone_core::projection::State;
use milestone_core::words::{Date, RecordId, RecordKey, Seed, Timestamp};
use milestone_project::{Caller, Expect, Git, Options, Project, offered_level};

use super::problem;
use crate::args::global::{Choice, Format, Global};
use crate::args::values::Clock;
use crate::config::Config;
use crate::ui::error::{Exit, Problem};
use crate::ui::json::Meta;
use crate::ui::style::{Flags, Style, Terminal, decide};

/// What the process is surrounded by.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The environment.
    pub env: BTreeMap<String, String>,
    /// Where the process was started.
    pub cwd: PathBuf,
    /// Standard output.
    pub stdout: Terminal,
    /// Standard error.
    pub stderr: Terminal,
    /// True if standard input is a terminal.
    pub stdin_tty: bool,
    /// What the clock says.
    pub now: Timestamp,
    /// The clock itself, for the time of a record: it is taken once the lock is held.
    pub clock: fn() -> Timestamp,
    /// Bits that nobody can guess.
    pub seed: Seed,
    /// This process, for the id of a session that nobody opened.
    pub pid: u32,
    /// The words behind the program's name, for hints that repeat them.
    pub words: Vec<String>,
    /// True if the process ends with this command, so that no memory need be given back.
    pub ends: bool,
    /// Set when Ctrl-C was pressed.
    pub interrupted: Arc<AtomicBool>,
    /// Shows a question on standard error and returns true for yes.
    pub ask: fn(&str) -> bool,
    /// Shows a question on standard error and returns the answer; `None` at its end.
    pub prompt: fn(&str) -> Option<String>,
    /// Prints a part of the result at once; false if nobody reads any more.
    pub print: fn(&str) -> bool,
    /// Shows something on standard error at once: how far a long command has come.
    pub show: fn(&str),
}

/// Everything a command runs in.
pub struct Context {
    /// The flags every command accepts.
    pub global: Global,
    /// What the process is surrounded by.
    pub around: Surroundings,
    /// Looks and habits.
    pub config: Config,
    /// How to draw on standard output.
    pub style: Style,
    /// How to draw on standard error.
    pub style_err: Style,
    /// The present moment, where the user is.
    pub clock: Clock,
    /// What the command wrote about, the thing itself first.
    pub wrote: Vec<String>,
    project: Option<Project>,
}

/// What a command prints, and what the process ends with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The result.
    pub stdout: String,
    /// The talk that comes before the result, line by line.
    pub ahead: Vec<String>,
    /// The talk that comes after it.
    pub stderr: Vec<String>,
    /// What the process ends with.
    pub exit: Exit,
    /// The program that the result is shown through, if it is long.
    pub pager: Option<String>,
    /// The result is no prose: its lines are what they are on every terminal.
    pub as_is: bool,
}

/// What running a command comes to.
pub type Ran = Result<Output, Box<Problem>>;

impl Output {
    /// A result without talk.
    pub fn of(stdout: impl Into<String>) -> Self {
        let (stdout, ahead, stderr) = (stdout.into(), Vec::new(), Vec::new());
        Self { stdout, ahead, stderr, exit: Exit::Ok, pager: None, as_is: false }
    }

    /// A script, a file, a document: what is kept or run, and not only read.
    pub fn as_is(text: impl Into<String>) -> Self {
        Self { as_is: true, ..Self::of(text) }
    }

    /// Adds a line of talk.
    #[must_use]
    pub fn say(mut self, line: impl Into<String>) -> Self {
        self.stderr.push(line.into());
        self
    }
}

/// A state to read from: the present one, or an earlier one.
pub struct Moment {
    /// The plan.
    pub state: State,
    /// The heads of the log it was made of.
    pub heads: Vec<RecordId>,
    /// How many records it was made of.
    pub count: u64,
    /// The place of the last of them in the order.
    pub last: Option<(u64, RecordId)>,
    /// The moment asked for; `None` for now.
    pub as_of: Option<String>,
    /// What stands above the result, on standard error.
    pub banner: Option<String>,
    /// Only records up to this clock, where the moment is a time.
    pub clock_max: Option<u64>,
}

impl Context {
    /// Makes the context of a command line.
    ///
    /// # Errors
    ///
    /// A configuration file that cannot be read, or a variable that makes no sense.
    pub fn new(global: Global, around: Surroundings) -> Result<Self, Box<Problem>> {
        let now = match around.env.get("MILESTONE_NOW") {
            None => around.now,
            Some(text) => Timestamp::parse(text).ok_or_else(|| {
                Problem::new(
                    "env.now",
                    Exit::Usage,
                    format!("MILESTONE_NOW is no time: \"{text}\""),
                )
                .hint("MILESTONE_NOW=2026-03-12T09:00:00Z milestone list")
            })?,
        };
        let around = Surroundings { now, ..around };
        let utc = DateTime::<Utc>::from_timestamp_micros(now.0).unwrap_or_default();
        let offset = Local.offset_from_utc_datetime(&utc.naive_utc()).fix();
        let clock = Clock { now: utc, offset_minutes: offset.local_minus_utc() / 60 };
        let mut context = Self {
            config: Config::default(),
            style: Style::plain(crate::ui::glyph::Glyphs::Ascii),
            style_err: Style::plain(crate::ui::glyph::Glyphs::Ascii),
            clock,
            global,
            around,
            wrote: Vec::new(),
            project: None,
        };
        if context.env("MILESTONE_AGENT").is_some() {
            context.global.no_input = true;
            context.global.no_hints = true;
            context.global.color.get_or_insert(Choice::Never);
        }
        context.config = Config::load(&context.around.env, context.root().as_deref());
        let flags = Flags {
            color: context.global.color,
            glyphs: context.global.glyphs,
            width: context.global.width,
            level: context.global.level,
            accessible: context.global.accessible,
        };
        let mut settings = context.config.settings();
        // What is no terminal keeps its look, whatever the project reaches.
        if context.config.level().is_none() && context.around.stdout.tty {
            let root = context.root();
            settings.level = root.and_then(|root| offered_level(&root)).unwrap_or(0);
        }
        let env = |name: &str| context.around.env.get(name).cloned();
        context.style = decide(&flags, &settings, &env, context.around.stdout);
        context.style_err = decide(&flags, &settings, &env, context.around.stderr);
        Ok(context)
    }

    /// The value of an environment variable, if it is set and not empty.
    pub fn env(&self, name: &str) -> Option<&str> {
        self.around.env.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The directory that commands start from: `-C`, else where the process was started.
    pub fn dir(&self) -> PathBuf {
        match &self.global.dir {
            Some(dir) => self.around.cwd.join(dir),
            None => self.around.cwd.clone(),
        }
    }

    /// The `.milestones` of the project, if there is one.
    pub fn root(&self) -> Option<PathBuf> {
        match self.env("MILESTONE_DIR") {
            Some(dir) => Some(self.around.cwd.join(dir).join(".milestones")),
            None => Project::discover(&self.dir()),
        }
    }

    /// How the result is printed, if that was said.
    pub fn format(&self) -> Option<Format> {
        self.global.format_asked().or_else(|| match self.env("MILESTONE_FORMAT")? {
            "text" => Some(Format::Text),
            "plain" => Some(Format::Plain),
            "json" => Some(Format::Json),
            "ndjson" => Some(Format::Ndjson),
            "md" => Some(Format::Md),
            "csv" => Some(Format::Csv),
            "html" => Some(Format::Html),
            _ => None,
        })
    }

    /// True if the result is a JSON document.
    pub fn json(&self) -> bool {
        self.format() == Some(Format::Json)
    }

    /// True if hints and `Next:` lines are wanted.
    pub fn hints(&self) -> bool {
        !self.global.no_hints && !self.global.quiet && !self.json() && self.config.hints()
    }

    /// True if Ctrl-C was pressed.
    pub fn interrupted(&self) -> bool {
        self.around.interrupted.load(Ordering::Relaxed)
    }

    /// Today, where the user is.
    pub fn today(&self) -> Date {
        Date(self.clock.today())
    }

    /// Opens the project, or gives the one that is open.
    ///
    /// # Errors
    ///
    /// There is none, or it cannot be opened.
    pub fn project(&mut self) -> Result<&mut Project, Box<Problem>> {
        if self.project.is_none() {
            let root = self.root().unwrap_or_else(|| self.dir().join(".milestones"));
            let project = Project::open(&root, self.options());
            self.adopt_project(project.map_err(|error| problem::open(&error))?);
        }
        Ok(self.project.as_mut().expect("it was just opened"))
    }

    /// True if the command opened the project.
    pub fn is_open(&self) -> bool {
        self.project.is_some()
    }

    /// Goes on with a project that was just opened or begun.
    pub fn adopt_project(&mut self, mut project: Project) {
        project.set_policy(self.config.policy());
        project.set_backup_policy(self.config.backups(project.root(), self.env("HOME")));
        project.look_around(self.around.now);
        self.project = Some(project);
    }

    /// How projects are opened.
    pub fn options(&self) -> Options {
        let trusted = self.env("MILESTONE_TRUST_OWNER").is_some();
        Options { trust_foreign_owner: trusted, ..Options::default() }
    }

    /// Who is meant: whoever acts, if that is `me`.
    pub fn person(&self, name: &str) -> String {
        if is_me(name.trim()) { self.actor() } else { name.to_owned() }
    }

    /// Who acts: the flag, the variable, the agent, the name kept here, git's, the system's user.
    pub fn actor(&self) -> String {
        let named = [self.global.actor.as_deref(), self.env("MILESTONE_ACTOR")];
        let mut named = named.into_iter().flatten().map(str::trim);
        if let Some(actor) = named.find(|actor| !is_me(actor)) {
            return actor.to_owned();
        }
        if let Some(agent) = self.env("MILESTONE_AGENT") {
            return format!("agent:{agent}");
        }
        let kept = self.root().map(|root| root.join("local/actor"));
        if let Some(name) = kept.as_ref().and_then(|path| std::fs::read_to_string(path).ok())
            && !name.trim().is_empty()
        {
            return name.trim().to_owned();
        }
        let user =
            || self.env("USER").or_else(|| self.env("LOGNAME")).unwrap_or("someone").to_owned();
        let name = Git::of(&self.dir()).user_name().unwrap_or_else(user);
        // Asking git costs a process; for another name there are `--actor` and the variable.
        if let Some(path) = kept.filter(|path| path.parent().is_some_and(std::path::Path::is_dir)) {
            let _ = std::fs::write(path, format!("{name}\n"));
        }
        name
    }

    /// The session: `MILESTONE_SESSION`, else the one that `actor` has open here, else one drawn
    /// for this process.
    pub fn session(&self, actor: &str) -> String {
        let open = || self.project.as_ref().and_then(|project| project.open_session(actor));
        match self.env("MILESTONE_SESSION").map(str::to_owned).or_else(open) {
            Some(session) => session,
            None => {
                let bits: String =
                    self.around.seed[..4].iter().map(|byte| format!("{byte:02x}")).collect();
                format!("p{}-{bits}", self.around.pid)
            }
        }
    }

    /// The caller of a write, with what the flags say.
    ///
    /// # Errors
    ///
    /// `--expect` that names no record.
    pub fn caller(&mut self) -> Result<Caller, Box<Problem>> {
        let actor = self.actor();
        let session = self.session(&actor);
        let mut caller = Caller::new(&actor, &session, self.around.now, self.seed());
        caller.clock = self.env("MILESTONE_NOW").is_none().then_some(self.around.clock);
        caller.key.clone_from(&self.global.idempotency_key);
        caller.exact = self.env("MILESTONE_EXACT").is_some();
        caller.dry_run = self.global.dry_run;
        if let Some(expect) = &self.global.expect {
            let key = |text: &str| RecordKey::parse(text.trim().as_bytes().get(..16)?);
            let heads: Option<Vec<RecordKey>> = expect.split(',').map(key).collect();
            let heads = heads.ok_or_else(|| {
                Problem::new("usage.expect", Exit::Usage, format!("\"{expect}\" names no record"))
                    .fact("--expect takes the heads of the task or milestone, as --json gives them")
                    .unchanged()
                    .hint("milestone show REF --json")
            })?;
            caller.expect = Some(Expect { heads });
        }
        Ok(caller)
    }

    /// Where random ids come from; `MILESTONE_SEED` fixes it for tests and demonstrations.
    fn seed(&self) -> Seed {
        match self.env("MILESTONE_SEED").and_then(|text| text.parse::<u64>().ok()) {
            Some(number) => {
                let mut seed = [0; 32];
                seed[..8].copy_from_slice(&number.to_le_bytes());
                seed[8..16].copy_from_slice(&self.around.now.0.to_le_bytes());
                // A clock that stands still must not give two commands the same ids.
                let count = self.project.as_ref().map_or(0, |project| project.checkpoint().count);
                seed[16..24].copy_from_slice(&count.to_le_bytes());
                seed
            }
            None => self.around.seed,
        }
    }

    /// What a result is about, for its JSON.
    pub fn meta(&self, moment: &Moment, total: Option<usize>) -> Meta {
        let name = moment.state.project().name.clone();
        Meta {
            heads: moment.heads.iter().map(ToString::to_string).collect(),
            as_of: moment.as_of.clone(),
            project: (!name.is_empty()).then_some(name),
            level: self.style.level,
            total: total.map(|total| total as u64),
            next_cursor: None,
        }
    }

    /// What `@` means: `--on`, `MILESTONE_ON`, the branch's milestone, the only active one.
    ///
    /// # Errors
    ///
    /// Nothing, or several things, may be meant.
    pub fn current(&self, state: &State) -> Result<String, Box<Problem>> {
        if let Some(on) = &self.global.on {
            return Ok(on.clone());
        }
        if let Some(on) = self.env("MILESTONE_ON") {
            return Ok(on.to_owned());
        }
        let branch = Git::of(&self.dir()).branch();
        if let Some(id) = branch.as_deref().and_then(|branch| branch.strip_prefix("milestone/"))
            && state.milestone(id).is_some()
        {
            return Ok(id.to_owned());
        }
        let active: Vec<Arc<_>> = state
            .milestones()
            .into_iter()
            .filter(|held| held.item.stage == milestone_core::domain::Stage::Underway)
            .collect();
        match active.as_slice() {
            [one] => Ok(one.id.to_string()),
            [] => Err(Box::new(
                Problem::new("ref.no_current", Exit::NotFound, "there is no current milestone")
                    .fact(
                        "@ is --on, MILESTONE_ON, the branch milestone/ID, or the only active one",
                    )
                    .hint("milestone list"),
            )),
            many => {
                let mut problem =
                    Problem::new("ref.ambiguous", Exit::Ambiguous, "several milestones are active");
                for milestone in many {
                    problem = problem.alternative(milestone.id.to_string());
                }
                Err(Box::new(problem.hint(format!("milestone --on {} …", many[0].id))))
            }
        }
    }

    /// What every command says besides: settings that cannot be understood, and findings whose
    /// number changed since it was last said, unless the result `tells_findings` itself. Nothing
    /// with `-q` and `--json`.
    pub fn asides(&self, tells_findings: bool) -> Vec<String> {
        if self.global.quiet || self.json() {
            return Vec::new();
        }
        let mut lines: Vec<String> = Vec::new();
        for fault in self.config.faults() {
            let place = match fault.line {
                0 => fault.path.display().to_string(),
                line => format!("{}:{line}", fault.path.display()),
            };
            lines.push(format!("warning: {place}: {} (ignored)", fault.why));
        }
        lines.extend(self.findings().filter(|_| !tells_findings));
        lines
    }

    fn findings(&self) -> Option<String> {
        let project = self.project.as_ref()?;
        let [_, warn, error] = project.checkpoint().finding_counts;
        let said = project.root().join("local/said");
        let now = format!("{warn} {error}\n");
        let before = std::fs::read_to_string(&said).ok();
        if before.as_deref().unwrap_or("0 0\n") == now {
            return None;
        }
        // What cannot be remembered is said again.
        let _ = std::fs::write(&said, now);
        match warn + error {
            0 => None,
            1 => Some("warning: 1 finding in the log (milestone doctor)".to_owned()),
            count => Some(format!("warning: {count} findings in the log (milestone doctor)")),
        }
    }

    /// A reference with `@` put in words.
    ///
    /// # Errors
    ///
    /// As [`Context::current`].
    pub fn reference(&self, asked: &str, state: &State) -> Result<String, Box<Problem>> {
        match asked.strip_prefix('@') {
            Some("") => self.current(state),
            Some(task) if task.starts_with('/') => Ok(format!("{}{task}", self.current(state)?)),
            _ => Ok(asked.to_owned()),
        }
    }
}

/// True for the word that means whoever acts.
fn is_me(name: &str) -> bool {
    name.eq_ignore_ascii_case("me")
}
