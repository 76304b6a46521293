//! A command with any one of its system calls refused: what it says of its record is so.
//!
//! Start at [`what_a_command_says_is_so_whatever_call_is_refused`]. By `strace`; where that does
//! not work the test says so and shows nothing.
//!
//! Shown red by: a sync that failed, told as if nothing were recorded.

use std::collections::BTreeMap;
use std::process::Stdio;

use crate::support::TestEnv;

/// The calls of a command that can fail, and with what.
const FAULTS: [(&str, &[&str]); 13] = [
    ("openat", &["EIO", "EMFILE", "EACCES"]),
    ("read", &["EIO", "EINTR"]),
    ("pread64", &["EIO"]),
    ("getdents64", &["EIO"]),
    ("statx", &["EIO"]),
    ("write", &["EIO", "ENOSPC"]),
    ("pwrite64", &["EIO", "ENOSPC"]),
    ("ftruncate", &["EIO"]),
    ("fdatasync", &["EIO"]),
    ("fsync", &["EIO"]),
    ("rename", &["EIO", "EACCES"]),
    ("unlink", &["EIO"]),
    ("flock", &["EIO"]),
];

/// The result could not be written, or nobody knows whether the record was.
const RECORDED: &str = "what it was to record is recorded";
const UNKNOWN: i32 = 15;

/// How often a command makes each call; `None` if nobody can look.
fn counted(env: &TestEnv) -> Option<BTreeMap<String, usize>> {
    let trace = env.path().join("trace");
    let mut strace = env.command_of("strace");
    strace.args(["-f", "-o"]).arg(&trace).arg(env!("CARGO_BIN_EXE_milestone"));
    let ran = strace.args(["note", "goal", "traced"]).stdin(Stdio::null()).output();
    ran.ok().filter(|output| output.status.success())?;
    let mut counts = BTreeMap::new();
    for line in std::fs::read_to_string(trace).ok()?.lines() {
        let call = line.split_whitespace().nth(1).and_then(|rest| rest.split('(').next());
        *counts.entry(call.unwrap_or_default().to_owned()).or_default() += 1;
    }
    Some(counts)
}

/// How often a text stands in the log.
fn recorded(env: &TestEnv, text: &str) -> usize {
    let files = env.log_files().into_iter().map(|file| std::fs::read_to_string(file).unwrap());
    files.map(|file| file.matches(text).count()).sum()
}

/// Gives a command whose call is refused, and then others as if nothing had been.
fn refuse(env: &TestEnv, (call, error, time): (&str, &str, usize)) {
    let text = format!("{call}-{time}-{error}-end");
    let mut strace = env.command_of("strace");
    strace.args(["-f", "-o", "trace", "-e", &format!("trace={call}")]);
    strace.args(["-e", &format!("inject={call}:error={error}:when={time}")]);
    strace.arg(env!("CARGO_BIN_EXE_milestone")).args(["note", "goal", &text]);
    let output = strace.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let (code, found) = (output.status.code(), recorded(env, &text));
    let what = format!("{text}, exit {code:?}, {found} in the log: {said}");
    assert!(!said.contains("panicked"), "{what}");
    match code {
        Some(0) => assert_eq!(found, 1, "{what}"),
        Some(UNKNOWN) => assert!(found <= 1, "{what}"),
        _ => assert_eq!(found, usize::from(said.contains(RECORDED)), "{what}"),
    }
    for line in ["note goal afterwards", "log verify", "replay --check"] {
        let answer = env.run(line);
        assert_eq!(answer.code, 0, "after {what}\n{}", answer.whole());
    }
    assert_eq!(recorded(env, &text), found, "{what}");
}

#[test]
fn what_a_command_says_is_so_whatever_call_is_refused() {
    let env = TestEnv::new();
    for line in ["init", "new Goal", "note goal begun"] {
        assert_eq!(env.run(line).code, 0, "{line}");
    }
    let Some(counts) = counted(&env) else {
        eprintln!("SKIPPED: strace does not work here");
        return;
    };
    for (call, errors) in FAULTS {
        for time in 1..=counts.get(call).copied().unwrap_or_default() {
            errors.iter().for_each(|error| refuse(&env, (call, error, time)));
        }
    }
}
