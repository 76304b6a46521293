//! The program in a directory of its own, with a clock that stands still.
//!
//! Start at [`TestEnv::run`]: the answer is one block of text, as it would stand in a transcript.
//!
//! - **Invariant.** The environment is empty but for what a test sets, so that a test says the same
//!   on every machine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use milestone_cli::run::Surroundings;
use milestone_cli::ui::ansi::runs;
use milestone_cli::ui::style::Terminal;
use milestone_cli::ui::text::Ruler;
use milestone_core::words::Timestamp;

/// The present moment of every test: Thursday.
pub(crate) const NOW: &str = "2026-03-12T10:00:00Z";

/// A directory with an environment.
pub(crate) struct TestEnv {
    dir: tempfile::TempDir,
    env: BTreeMap<String, String>,
}

/// What the program answered.
pub(crate) struct Answer {
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
    /// What it exited with.
    pub(crate) code: i32,
    /// The words, for the block.
    words: String,
}

impl TestEnv {
    /// An empty directory.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let pairs = [
            ("MILESTONE_NOW", NOW),
            ("MILESTONE_SEED", "7"),
            ("MILESTONE_SESSION", "s-test"),
            ("MILESTONE_ACTOR", "dana"),
            ("TZ", "UTC"),
            ("LANG", "C.UTF-8"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_CEILING_DIRECTORIES", "/"),
        ];
        let mut env: BTreeMap<String, String> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        env.insert("PATH".to_owned(), std::env::var("PATH").unwrap_or_default());
        env.insert("HOME".to_owned(), dir.path().display().to_string());
        Self { dir, env }
    }

    /// The directory that commands run in.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The files of the log, sorted.
    pub(crate) fn log_files(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(self.path().join(".milestones/log"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        files
    }

    /// Sets a variable.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Runs the program with the words of `line`; quotes hold words together.
    pub(crate) fn run(&self, line: &str) -> Answer {
        let output = self.command().args(words(line)).stdin(Stdio::null()).output().unwrap();
        self.answer(line, output)
    }

    fn answer(&self, line: &str, output: Output) -> Answer {
        let here = self.path().canonicalize().unwrap().display().to_string();
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).expect("the program prints UTF-8");
            text.replace(&here, "~").replace(&self.path().display().to_string(), "~")
        };
        Answer {
            stdout: text(output.stdout),
            stderr: text(output.stderr),
            code: output.status.code().expect("it was not killed"),
            words: line.to_owned(),
        }
    }

    /// What the program is surrounded by on a terminal so many columns wide, for what runs in this
    /// process.
    pub(crate) fn on_a_terminal(&self, columns: u16) -> Surroundings {
        let terminal = Terminal { tty: true, columns: Some(columns), rows: Some(24) };
        Surroundings {
            env: self.env.clone(),
            cwd: self.path().to_owned(),
            stdout: terminal,
            stderr: terminal,
            stdin_tty: true,
            now: Timestamp(0),
            clock: || Timestamp(0),
            seed: [7; 32],
            pid: 1,
            ends: false,
            words: Vec::new(),
            interrupted: std::sync::Arc::default(),
            ask: |_| false,
            prompt: |_| None,
            print: |_| true,
            show: |_| {},
        }
    }

    /// The program, in the directory and with the environment of this test.
    pub(crate) fn command(&self) -> Command {
        self.command_of(env!("CARGO_BIN_EXE_milestone"))
    }

    /// Any program, likewise.
    pub(crate) fn command_of(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path()).env_clear().envs(&self.env);
        command
    }

    /// Runs the program with `input` on standard input and renders the block.
    pub(crate) fn fed(&self, line: &str, input: &[u8]) -> String {
        let path = self.path().join("input");
        std::fs::write(&path, input).unwrap();
        let stdin = std::fs::File::open(&path).unwrap();
        let output = self.command().args(words(line)).stdin(stdin).output().unwrap();
        self.answer(line, output).block()
    }

    /// Runs the program and renders the block.
    pub(crate) fn block(&self, line: &str) -> String {
        self.run(line).block()
    }
}

impl Answer {
    /// The command, its result, its talk under a mark, and its exit code unless that is 0.
    pub(crate) fn block(&self) -> String {
        self.whole().lines().map(|line| folded(line) + "\n").collect()
    }

    /// The same, with lines of any length.
    pub(crate) fn whole(&self) -> String {
        let mut block = format!("$ milestone {}\n{}", self.words, self.stdout);
        for line in self.stderr.lines() {
            block.push_str(&format!("! {line}\n"));
        }
        if self.code != 0 {
            block.push_str(&format!("exit {}\n", self.code));
        }
        block
    }
}

/// A line that a snapshot has room for: what is longer goes on below, behind a mark.
fn folded(line: &str) -> String {
    let letters: Vec<char> = line.chars().collect();
    let parts = letters.chunks(90).map(|part| part.iter().collect::<String>());
    if letters.len() <= 96 { line.to_owned() } else { parts.collect::<Vec<_>>().join("\\\n    ") }
}

/// Words apart by spaces; double quotes hold together.
pub(crate) fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => {
                words.extend(Some(std::mem::take(&mut word)).filter(|w| !w.is_empty()));
            }
            c => word.push(c),
        }
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

/// The lines of a page that are wider than so many columns, and not a single word. What is quoted
/// is one.
pub(crate) fn too_wide(page: &str, columns: usize) -> Vec<String> {
    let ruler = Ruler { ambiguous_wide: false, mark: "…" };
    let plain = |line: &str| runs(line).into_iter().map(|run| run.text).collect::<String>();
    // What is drawn over again is a line each time.
    let lines = page.split(['\n', '\r']).map(plain);
    lines
        .filter(|line| ruler.width(line) > columns)
        .filter(|line| several_words(line.trim_end_matches('\\').trim()))
        .collect()
}

/// True if a line can be broken: a space stands in it outside of quotes.
fn several_words(line: &str) -> bool {
    let (mut quote, mut before) = (None, ' ');
    for c in line.chars() {
        match (c, quote) {
            (' ', None) => return true,
            ('"' | '\'', None) if before == ' ' => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
        before = c;
    }
    false
}
