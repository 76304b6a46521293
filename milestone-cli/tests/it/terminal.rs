//! The board on a terminal of its own: a pseudo-terminal, with somebody at the keys.
//!
//! Start at [`Seat::take`].
//!
//! - **Invariant.** What is waited for is seen within [`PATIENCE`], or the test fails with the
//!   screen.
//!
//! Shown red by: a note that is written before Enter; a terminal that is left in raw mode.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Termios, Winsize, tcgetattr, tcsetwinsize};

use crate::reads_world::shop;
use crate::support::TestEnv;

const PATIENCE: Duration = Duration::from_secs(20);
/// What gives the screen back that was there before.
const BACK: &str = "\u{1b}[?1049l";

/// A terminal with the program on it.
struct Seat {
    child: Child,
    keys: File,
    /// The terminal's other end, kept open so that its state can be looked at.
    line: File,
    seen: Arc<Mutex<String>>,
}

impl Seat {
    fn take(env: &TestEnv, words: &[&str]) -> Self {
        let keys = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&keys).unwrap();
        unlockpt(&keys).unwrap();
        let name = ptsname(&keys, Vec::new()).unwrap().into_string().unwrap();
        let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&keys, size).unwrap();
        let line = File::options().read(true).write(true).open(name).unwrap();
        let end = || Stdio::from(line.try_clone().unwrap());
        let mut command = env.command();
        command.args(words).args(["--color", "always"]).env("TERM", "xterm");
        let child = command.stdin(end()).stdout(end()).stderr(end()).spawn().unwrap();
        let keys = File::from(keys);
        let seen = Arc::new(Mutex::new(String::new()));
        let (mut screen, into) = (keys.try_clone().unwrap(), Arc::clone(&seen));
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = screen.read(&mut bytes) {
                into.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
        });
        Self { child, keys, line, seen }
    }

    /// Waits until this is written to the screen, and forgets what was.
    fn sees(&self, text: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let mut seen = self.seen.lock().unwrap();
            if seen.contains(text) {
                seen.clear();
                return;
            }
            assert!(Instant::now() < end, "{text:?} is not in {seen:?}");
            drop(seen);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn types(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    fn modes(&self) -> LocalModes {
        let state: Termios = tcgetattr(&self.line).unwrap();
        state.local_modes
    }

    /// Waits for the end; what it exits with. The terminal is as it was.
    fn ends(mut self) -> Option<i32> {
        self.sees(BACK);
        let status = self.child.wait().unwrap();
        assert!(self.modes().contains(LocalModes::ICANON | LocalModes::ECHO));
        status.code()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn records(env: &TestEnv) -> usize {
    let lines = |path| std::fs::read_to_string(path).unwrap().lines().count();
    env.log_files().into_iter().map(lines).sum()
}

#[test]
fn the_board_is_worked_with_keys() {
    let env = TestEnv::new();
    shop(&env);
    let before = records(&env);
    let mut seat = Seat::take(&env, &["board", "api"]);
    seat.sees("q quit");
    assert!(!seat.modes().contains(LocalModes::ICANON), "keys come one by one");
    seat.types("nhalf of it");
    seat.sees("_");
    seat.types("\u{1b}");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(records(&env), before, "Esc writes nothing");
    seat.types("nall\r");
    seat.sees("Noted");
    assert_eq!(records(&env), before + 1);
    // What others do is seen without a key.
    assert_eq!(env.run("task add Elsewhere --on api").code, 0);
    seat.sees("Elsewhere");
    seat.types("q");
    assert_eq!(seat.ends(), Some(0));
}

#[test]
fn a_terminal_is_given_back_whatever_happens() {
    let env = TestEnv::new();
    shop(&env);
    for words in [&["board"][..], &["watch"], &["watch", "api"]] {
        let seat = Seat::take(&env, words);
        seat.sees("q ");
        let pid = Pid::from_raw(i32::try_from(seat.child.id()).unwrap()).unwrap();
        kill_process(pid, Signal::TERM).unwrap();
        assert_eq!(seat.ends(), Some(130), "{words:?}");
    }
    let mut seat = Seat::take(&env, &["board"]);
    seat.sees("q quit");
    seat.types("\u{3}");
    assert_eq!(seat.ends(), Some(130));
}

/// Shown red by: an end that is told as a success.
#[test]
fn a_review_that_is_interrupted_says_so() {
    let env = TestEnv::new();
    shop(&env);
    for line in [
        "task add Refunds --on checkout --workflow kiro",
        "phase deliver checkout/refunds api_design --text \"in the wiki\"",
        "phase submit checkout/refunds --actor agent:robo-1",
    ] {
        assert_eq!(env.run(line).code, 0, "{line}");
    }
    let before = records(&env);
    let mut seat = Seat::take(&env, &["review"]);
    seat.sees("[a]pprove");
    let pid = Pid::from_raw(i32::try_from(seat.child.id()).unwrap()).unwrap();
    kill_process(pid, Signal::INT).unwrap();
    assert_eq!(seat.child.wait().unwrap().code(), Some(130));
    assert_eq!(records(&env), before);
}

/// A window that is closed, or a connection that is lost, without a signal.
#[test]
fn a_terminal_that_is_hung_up_ends_it() {
    let env = TestEnv::new();
    shop(&env);
    for words in [["board"], ["watch"]] {
        // The child must not hold it open itself.
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let mut keys = openpt(flags).map(File::from).unwrap();
        grantpt(&keys).unwrap();
        unlockpt(&keys).unwrap();
        let name = ptsname(&keys, Vec::new()).unwrap().into_string().unwrap();
        let line = File::options().read(true).write(true).open(name).unwrap();
        let end = || Stdio::from(line.try_clone().unwrap());
        let mut command = env.command();
        command.args(words).env("TERM", "xterm");
        let mut child = command.stdin(end()).stdout(end()).stderr(end()).spawn().unwrap();
        let mut screen = [0; 64];
        assert!(keys.read(&mut screen).unwrap() > 0, "it draws");
        drop(keys);
        let latest = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > latest {
                child.kill().unwrap();
                panic!("{words:?} goes on without a terminal");
            }
            std::thread::sleep(Duration::from_millis(50));
        };
        assert_eq!(status.code(), Some(130), "{words:?} was ended by something");
    }
}
