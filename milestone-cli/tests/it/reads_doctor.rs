//! `log verify`, `log has`, `doctor` and `replay`: sound logs, and each oddity.
//!
//! Start at `a_sound_log_says_what_it_shows`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::reads_world::{Pages, World, clones, merge, shop};
use crate::support::TestEnv;

fn env() -> TestEnv {
    let env = TestEnv::new();
    shop(&env);
    env
}

/// Rewrites the one file of the log, and gives the block of a command with its name made plain.
fn damaged(line: &str, damage: impl Fn(Vec<u8>) -> Vec<u8>) -> String {
    let env = env();
    let file = env.log_files()[0].clone();
    fs::write(&file, damage(fs::read(&file).unwrap())).unwrap();
    plain(&env, &env.page(line))
}

fn plain(env: &TestEnv, block: &str) -> String {
    env.log_files().iter().enumerate().fold(block.to_owned(), |block, (place, file)| {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        block.replace(&name, &format!("file{}.jsonl", place + 1))
    })
}

/// The lines about findings, and how it ended.
fn findings(block: &str) -> String {
    let wanted =
        |line: &&str| ["error", "warn", "info ", "exit"].iter().any(|word| line.starts_with(word));
    block.lines().filter(wanted).collect::<Vec<_>>().join("\n")
}

fn lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8(bytes.to_vec()).unwrap().lines().map(ToOwned::to_owned).collect()
}

fn joined(lines: &[String]) -> Vec<u8> {
    (lines.join("\n") + "\n").into_bytes()
}

#[test]
fn a_sound_log_says_what_it_shows() {
    insta::assert_snapshot!(env().page("log verify"), @r"
    $ milestone log verify
    Read       16 records in 1 file, 8726 bytes
    From       2026-03-02T09:00:00.000000Z to 2026-03-12T09:41:07.000000Z
    Head       36605b2a993e19c979f26cf2bf9633b2d6565f6fbc49a886f9d1a447658c381a
    State      e8e2d3ac54776cc27bb33d61fb4c9fbe494a18fcaab5e78e95692d04aa4b2206
    Shown      every line hashes to the id it carries: none was changed
    Shown      every record that another builds on is there: none is missing in between
    Shown      every record is later than those it builds on
    Not shown  that no newest records were cut off: only what is put down elsewhere \
      shows that (--against COMMIT|FILE, --pin)
    Not shown  who wrote a record: names are what writers said, hashed and not signed
    0 errors, 0 warnings, 0 info
    ");
}

#[test]
fn each_oddity_is_a_finding() {
    let verify = |damage: &dyn Fn(Vec<u8>) -> Vec<u8>| findings(&damaged("log verify", damage));
    insta::assert_snapshot!(verify(&|mut bytes| {
        bytes.extend(b"{\"id\":\"torn");
        bytes
    }), @r"
    info   file1.jsonl:17 (byte 8726)  the last line has no end: an append that \
    ");
    insta::assert_snapshot!(verify(&|bytes| {
        let mut lines = lines(&bytes);
        lines.push(lines[3].clone());
        joined(&lines)
    }), @r"
    info   file1.jsonl:17 (byte 8726)  record 537ef6244e40d50c is there twice; \
    ");
    insta::assert_snapshot!(verify(&|bytes| {
        String::from_utf8(bytes).unwrap().replace('\n', "\r\n").into_bytes()
    }), @"info   file1.jsonl  lines end in CR LF");
    insta::assert_snapshot!(verify(&|bytes| {
        let mut lines = lines(&bytes);
        lines.insert(2, "<<<<<<< HEAD".to_owned());
        joined(&lines)
    }), @r"
    warn   file1.jsonl:3 (byte 1601)  a conflict marker of git; both sides count
    exit 10
    ");
    insta::assert_snapshot!(verify(&|bytes| {
        let mut lines = lines(&bytes);
        lines.remove(4);
        joined(&lines)
    }), @r"
    error  record 795c1e370da49311 is missing, and others build on it
    warn   record d8a0683da937a59e has read 795c1e370da49311, which is not in the log
    exit 10
    ");
    insta::assert_snapshot!(verify(&|bytes| {
        let mut lines = lines(&bytes);
        lines[4] = lines[4].replacen("dana", "dora", 1);
        joined(&lines)
    }), @r"
    error  record 795c1e370da49311 is missing, and others build on it
    error  file1.jsonl:5 (byte 2628)  the line of record 795c1e370da49311 was \
    warn   record d8a0683da937a59e has read 795c1e370da49311, which is not in the log
    exit 10
    ");
    insta::assert_snapshot!(verify(&|bytes| {
        let mut lines = lines(&bytes);
        lines.insert(2, "what is this".to_owned());
        joined(&lines)
    }), @r"
    error  file1.jsonl:3 (byte 1601)  this line is no record: it does not begin \
    exit 10
    ");
}

#[test]
fn reading_goes_on_over_damage() {
    let block = damaged("list --fields ref", |bytes| {
        let mut lines = lines(&bytes);
        let last = lines.len() - 1;
        lines[last] = "gone".to_owned();
        joined(&lines)
    });
    insta::assert_snapshot!(block, @r"
    $ milestone list --fields ref
    api-development
    checkout-v2
    cleanup-logs
    csv-import
    ! warning: 1 finding in the log (milestone doctor)
    ");
}

#[test]
fn anchors_show_what_was_cut_off() {
    let env = env();
    let file = env.log_files()[0].clone();
    let whole = lines(&fs::read(&file).unwrap());
    let head = whole.last().unwrap()[7..71].to_owned();
    fs::write(env.path().join("anchors"), format!("Milestone-Head: {head}\n")).unwrap();
    let there = env.run("log verify --against anchors");
    assert_eq!(there.code, 0);
    assert!(there.stdout.contains("Against    anchors: 1 of 1 there\n"), "{}", there.stdout);
    fs::write(&file, joined(&whole[..whole.len() - 1])).unwrap();
    assert_eq!(env.run("log verify").code, 0, "nothing inside the log shows it");
    insta::assert_snapshot!(findings(&env.page("log verify --against anchors")), @r"
    error  record 36605b2a993e19c9 was here once and is missing: the log was cut off
    exit 10
    ");
    insta::assert_snapshot!(findings(&env.page(&format!("log verify --against {head}"))), @r"
    error  record 36605b2a993e19c9 was here once and is missing: the log was cut off
    exit 10
    ");
    insta::assert_snapshot!(env.page("log verify --against no-such-commit"), @r#"
    $ milestone log verify --against no-such-commit
    ! error[git.unreadable]: git cannot read the log at "no-such-commit": fatal: not a \
      git repository (or any of the parent directories): .git
    ! hint: git log -- .milestones
    exit 5
    "#);
}

#[test]
fn records_are_looked_up() {
    let env = env();
    let head = lines(&fs::read(&env.log_files()[0]).unwrap())[0][7..71].to_owned();
    assert_eq!(env.run(&format!("log has {}", &head[..12])).stdout, format!("{head}\n"));
    insta::assert_snapshot!(env.page("log has ffffffffffff"), @r#"
    $ milestone log has ffffffffffff
    ! No record begins with "ffffffffffff".
    exit 5
    "#);
    insta::assert_snapshot!(env.page("log has ff"), @r#"
    $ milestone log has ff
    ! error[usage.bad_value]: "ff" is too short for a record's id
    !   = give at least 4 hex digits
    !   = nothing was changed
    ! hint: milestone log --format plain
    exit 2
    "#);
}

#[test]
fn doctor_reads_and_says() {
    let env = env();
    insta::assert_snapshot!(env.page("doctor"), @"
    $ milestone doctor
    ok    store        file, generation 1, 16 records in 1 file, chain verified to #16
    ok    findings     none
    ok    read model   shows what a replay gives
    ok    view         shows what a replay gives
    ok    snapshot     usable, or not needed yet
    ok    own files    as this clone left them
    ok    clock        no record is from the future
    ok    git          no repository here; the rules are in place
    ok    config       every setting is one, and can be understood
    ok    terminal     pipe, 80 columns, no colour, unicode symbols
    0 warnings, 0 errors. Nothing was changed.
    ");
    fs::write(env.path().join(".milestones/.gitignore"), "/local/\n").unwrap();
    let file = env.log_files()[0].clone();
    let mut bytes = fs::read(&file).unwrap();
    bytes.extend(b"garbage\n");
    fs::write(&file, bytes).unwrap();
    insta::assert_snapshot!(plain(&env, &env.page("doctor")), @r#"
    $ milestone doctor
    ok    store        file, generation 1, 16 records in 1 file
    error findings     1 error, 0 warn, 0 info
          error  file1.jsonl:17 (byte 8726)  this line is no record: it does \
      not begin with an id
    ok    read model   shows what a replay gives
    ok    view         shows what a replay gives
    ok    snapshot     usable, or not needed yet
    ok    own files    as this clone left them
    ok    clock        no record is from the future
    warn  git          rules missing in .milestones: /active/, /archived/, /project.yaml
    ok    config       every setting is one, and can be understood
    ok    terminal     pipe, 80 columns, no colour, unicode symbols
    1 warning, 1 error. Nothing was changed.
    !   milestone doctor --repair
    !   milestone doctor --repair
    "#);
    assert_eq!(env.run("doctor --strict").code, 10);
}

#[test]
fn doctor_sees_a_clock_that_is_ahead() {
    let env = env().set("MILESTONE_NOW", "2026-03-09T00:00:00Z");
    let said = env.run("doctor").stdout;
    assert!(said.contains("warn  clock        record 36605b2a993e19c9 is 81 h ahead"), "{said}");
}

#[test]
fn doctor_names_edited_views() {
    let env = env();
    let view = env.path().join(".milestones/active/api-development.yaml");
    let text = fs::read_to_string(&view).unwrap().replace("API Development", "API");
    fs::write(&view, text).unwrap();
    let said = env.run("doctor");
    assert!(said.stdout.contains("warn  view"), "{}", said.stdout);
    assert!(said.stderr.contains("milestone adopt --dry-run"), "{}", said.stderr);
}

#[test]
fn a_replay_gives_what_is_there() {
    let env = env();
    insta::assert_snapshot!(env.page("replay --check"), @r"
    $ milestone replay --check
    ok     read model  shows what a replay gives
    ok     YAML view   shows what a replay gives
    ");
    insta::assert_snapshot!(env.page("replay"), @r"
    $ milestone replay
    Replayed   16 records into 4 milestones and 8 tasks
    State      e8e2d3ac54776cc27bb33d61fb4c9fbe494a18fcaab5e78e95692d04aa4b2206
    Head       36605b2a993e19c979f26cf2bf9633b2d6565f6fbc49a886f9d1a447658c381a
    ! Nothing was written. Into files: milestone replay --into DIR
    ");
    insta::assert_snapshot!(env.page("replay --until 2026-03-05"), @r"
    $ milestone replay --until 2026-03-05
    Replayed   5 records into 1 milestone and 4 tasks
    State      3d7db8bb427c6c5ec203e63257c3bf9982e6a3ac2647d2322871c4e93350f8d7
    Head       795c1e370da49311959f62a1e0c7cb9900498f143cc73d291eac70ae8578404c
    ! AS OF 2026-03-05 · record 5 of 16 · read only
    ! Nothing was written. Into files: milestone replay --into DIR
    ");
    insta::assert_snapshot!(env.page("replay --check --until 2026-03-05"), @r"
    $ milestone replay --check --until 2026-03-05
    ! error[usage.conflict]: --check compares the present state; --until cannot be \
      given with it
    !   = nothing was changed
    ! hint: milestone replay --check
    exit 2
    ");
}

#[test]
fn what_is_derived_can_be_deleted() {
    let env = TestEnv::new();
    let (mut a, mut b) = clones(&env);
    a.start("2026-03-03T09:00:00Z", "alpha/one");
    b.start("2026-03-03T10:00:00Z", "alpha/two");
    merge(&env);
    let commands = [
        "list",
        "ready",
        "show alpha",
        "log",
        "audit",
        "task list",
        "dep tree",
        "conflicts",
        "log verify",
    ];
    let answers = || -> Vec<(String, i32)> {
        let lines = commands.iter().flat_map(|line| [(*line).to_owned(), format!("{line} --json")]);
        lines.map(|line| env.run(&format!("-C a {line}"))).map(|a| (a.stdout, a.code)).collect()
    };
    let before = answers();
    for name in ["active", "local"] {
        fs::remove_dir_all(env.path().join("a/.milestones").join(name)).unwrap();
    }
    assert_eq!(answers(), before);
}

#[test]
fn a_damaged_snapshot_is_answered_from_the_log() {
    let env = env();
    World::open(env.path()).notes("cleanup/rotate", 1_100);
    let snapshot = env.path().join(".milestones/local/gen-1/state.snapshot");
    let commands = ["list", "show api/endpoints", "ready", "task list"];
    let answers = || commands.map(|line| env.run(line).whole());
    let (before, bytes) = (answers(), fs::read(&snapshot).unwrap());
    for at in (0..bytes.len()).step_by(bytes.len() / 24) {
        let mut broken = bytes.clone();
        broken[at] ^= 0x55;
        fs::write(&snapshot, broken).unwrap();
        assert!(answers() == before, "byte {at} of {}: {:?}", bytes.len(), answers());
    }
}

/// Every file of the project but those of this machine, with its bytes and when it was changed.
fn shared_files(dir: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("local") {
            files.extend(shared_files(&path));
        } else if path.is_file() {
            let modified = path.metadata().unwrap().modified().unwrap();
            files.insert(path.clone(), (fs::read(&path).unwrap(), modified));
        }
    }
    files
}

#[test]
fn reading_changes_nothing_outside_local() {
    let env = env();
    // Behind, edited and missing views must all be left as they are.
    let active = env.path().join(".milestones/active");
    fs::remove_file(active.join("csv-import.yaml")).unwrap();
    fs::write(active.join("checkout-v2.yaml"), "edited: true\n").unwrap();
    let before = shared_files(env.path());
    let commands = [
        "",
        "list --all",
        "show api",
        "show api/3 --json",
        "ready --mine",
        "ready --blocked",
        "task list",
        "dep tree",
        "dep check",
        "log",
        "audit --verify",
        "log verify",
        "log has 0000",
        "replay",
        "replay --check",
        "conflicts",
        "doctor",
        "undo --list",
        "list --as-of 3d",
    ];
    for line in commands {
        let answer = env.run(line);
        assert!([0, 5, 10].contains(&answer.code), "{}", answer.whole());
        assert_eq!(shared_files(env.path()), before, "after {line}");
    }
}

#[cfg(unix)]
#[test]
fn reading_works_where_nothing_can_be_written() {
    use std::os::unix::fs::PermissionsExt;
    let env = env();
    let root = env.path().join(".milestones");
    let mode = |mode| {
        for dir in [root.clone(), root.join("log"), root.join("local"), root.join("active")] {
            fs::set_permissions(dir, fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    let before = env.run("list").stdout;
    mode(0o555);
    let commands = ["list", "log", "doctor", "log verify", "replay --check"];
    let codes: Vec<i32> = commands.iter().map(|line| env.run(line).code).collect();
    let after = env.run("list").stdout;
    mode(0o755);
    assert_eq!((after, codes), (before, vec![0; 5]));
}

/// A setting that nobody reads is said, with the one that was meant; a mended file is well.
#[test]
fn unknown_settings_are_said() {
    let env = env();
    let path = env.path().join(".milestones/config.toml");
    fs::write(&path, "[ui]\nglyhps = \"ascii\"\ndate = \"iso\"\n").unwrap();
    let answer = env.run("doctor --strict");
    assert_eq!(answer.code, 10, "{}", answer.block());
    let said = "~/.milestones/config.toml:2: no setting is called ui.glyhps (ui.glyphs?)";
    assert!(answer.stdout.contains("warn  config"), "{}", answer.block());
    assert!(answer.stdout.contains(said), "{}", answer.block());
    assert!(answer.stdout.contains("no setting is called ui.date"), "{}", answer.block());
    fs::write(&path, "[ui]\nhints = 7\n").unwrap();
    let answer = env.run("doctor");
    assert!(answer.stdout.contains("config.toml:2: ui.hints is one of"), "{}", answer.block());
    fs::write(&path, "[ui]\nhints = false\n").unwrap();
    assert_eq!(env.run("doctor --strict").code, 0);
}
