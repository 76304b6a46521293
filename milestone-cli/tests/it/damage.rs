//! A read model that is not as it should be, under a live project: the log answers, and is not
//! touched.
//!
//! Start at `a_damaged_index_is_borne`.
//!
//! - **Absent on purpose.** Damage that only a check of every column sees: tests of
//!   `milestone-store-sqlite`.

use std::fs;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::migrate::at;
use crate::support::TestEnv;

/// Where SQLite keeps the schema's version.
const USER_VERSION: u64 = 60;

const READS: [&str; 5] = ["list", "show checkout", "ready", "log --json", "search cart"];

pub(crate) fn index(env: &TestEnv) -> PathBuf {
    env.path().join(".milestones/local/gen-2/index.sqlite")
}

fn log(env: &TestEnv) -> Vec<Vec<u8>> {
    env.log_files().iter().map(|file| fs::read(file).unwrap()).collect()
}

fn answers(env: &TestEnv) -> Vec<String> {
    READS.iter().map(|line| env.run(line).whole()).collect()
}

/// The file as it would be without what SQLite holds back beside it.
fn alone(path: &Path) {
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(path.with_file_name(format!("index.sqlite{end}")));
    }
}

/// Damages the index of every backend that has one: reads answer alike, the log stays, and a write
/// goes on.
fn borne(damage: impl Fn(&Path)) {
    for backend in ["hybrid", "database"] {
        let env = at(backend);
        let (before, log_before) = (answers(&env), log(&env));
        alone(&index(&env));
        damage(&index(&env));
        assert_eq!(answers(&env), before, "{backend}");
        assert_eq!(log(&env), log_before, "{backend}");
        damage(&index(&env));
        let wrote = env.run("note checkout hello");
        assert_eq!((wrote.code, wrote.stderr.as_str()), (0, ""), "{}", wrote.block());
        assert!(log(&env)[0].starts_with(&log_before[0]), "{backend}");
        assert!(env.run("show checkout --json").stdout.contains("hello"), "{backend}");
        assert!(env.run("replay --check").stdout.contains("read model"), "{backend}");
    }
}

#[test]
fn a_damaged_index_is_borne() {
    borne(|path| fs::write(path, "this is no database, and never was one").unwrap());
}

#[test]
fn a_truncated_index_is_borne() {
    borne(|path| {
        let file = fs::File::options().write(true).open(path).unwrap();
        let half = file.metadata().unwrap().len() / 2;
        file.set_len(half).unwrap();
    });
    borne(|path| fs::write(path, "").unwrap());
}

#[test]
fn a_deleted_index_is_borne() {
    borne(|path| fs::remove_file(path).unwrap());
    borne(|path| fs::remove_dir_all(path.parent().unwrap()).unwrap());
}

#[test]
fn an_index_of_a_newer_schema_is_borne() {
    borne(|path| {
        let file = fs::File::options().write(true).open(path).unwrap();
        file.write_all_at(&99_u32.to_be_bytes(), USER_VERSION).unwrap();
    });
}

/// Nobody but this process may write for a while, and nobody need.
#[test]
fn a_locked_index_is_read() {
    let env = at("hybrid");
    let before = answers(&env);
    let held = rusqlite::Connection::open(index(&env)).unwrap();
    held.execute_batch("BEGIN EXCLUSIVE").unwrap();
    assert_eq!(answers(&env), before);
    held.execute_batch("ROLLBACK").unwrap();
}

fn set_modes(path: &Path, dirs: u32, files: u32) {
    let is_dir = path.is_dir();
    let mode = fs::Permissions::from_mode(if is_dir { dirs } else { files });
    if is_dir {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        for entry in fs::read_dir(path).unwrap() {
            set_modes(&entry.unwrap().path(), dirs, files);
        }
    }
    fs::set_permissions(path, mode).unwrap();
}

#[test]
fn a_directory_that_may_only_be_read_is_read() {
    for backend in ["hybrid", "database"] {
        let env = at(backend);
        let (before, log_before) = (answers(&env), log(&env));
        let root = env.path().join(".milestones");
        set_modes(&root, 0o555, 0o444);
        let after = answers(&env);
        set_modes(&root, 0o755, 0o644);
        assert_eq!(after, before, "{backend}");
        assert_eq!(log(&env), log_before);
    }
}

#[test]
fn a_current_that_cannot_be_read_means_the_log() {
    let env = at("hybrid");
    let before = answers(&env);
    fs::write(env.path().join(".milestones/local/current"), "{\"generation\":").unwrap();
    assert_eq!(answers(&env), before);
    assert_eq!(env.run("note checkout hello").code, 0);
}

/// The lines of `doctor` that speak of backends.
fn doctor(env: &TestEnv) -> String {
    let said = env.run("doctor").stdout;
    let names = ["store", "view", "index", "analytics", "search", "snapshot"];
    let about = |line: &&str| names.contains(&line.split_whitespace().nth(1).unwrap_or_default());
    said.lines().filter(about).map(|line| format!("{line}\n")).collect()
}

#[test]
fn doctor_says_how_the_tables_stand_and_mends_them() {
    let env = at("database");
    insta::assert_snapshot!(doctor(&env), @"
    ok    store        database, generation 2, 3 records in 1 file, chain verified to #3
    ok    view         not kept at the database backend: milestone replay --into DIR
    ok    index        says what the log says
    ok    analytics    says what the log says
    ok    search       says what the log says
    ");
    env.run("note checkout hello");
    insta::assert_snapshot!(doctor(&env), @"
    ok    store        database, generation 2, 4 records in 1 file, chain verified to #4
    ok    view         not kept at the database backend: milestone replay --into DIR
    ok    index        says what the log says
    ok    analytics    lacks 1 record; it follows every few records
    ok    search       lacks 1 record; whatever asks it brings it up to date
    ");
    let gen2 = index(&env).parent().unwrap().to_owned();
    fs::write(gen2.join("search.sqlite"), "no database").unwrap();
    fs::remove_file(gen2.join("analytics.sqlite")).unwrap();
    let held = rusqlite::Connection::open(index(&env)).unwrap();
    held.execute_batch("UPDATE items SET title = 'Spoiled' WHERE title = 'Cart'").unwrap();
    drop(held);
    insta::assert_snapshot!(doctor(&env).replace(" and should", "\\\n  and should"), @r#"
    ok    store        database, generation 2, 4 records in 1 file, chain verified to #4
    ok    view         not kept at the database backend: milestone replay --into DIR
    warn  index        damaged: items: title of Text("checkout/cart") is Text("Spoiled")\
      and should be Text("Cart")
    warn  analytics    not there
    warn  search       damaged: file is not a database
    "#);
    insta::assert_snapshot!(env.block("doctor --repair --yes"), @"
    $ milestone doctor --repair --yes
    Made the index again
    Made the analytics again
    Made the search again
    ");
    insta::assert_snapshot!(doctor(&env), @"
    ok    store        database, generation 2, 4 records in 1 file, chain verified to #4
    ok    view         not kept at the database backend: milestone replay --into DIR
    ok    index        says what the log says
    ok    analytics    says what the log says
    ok    search       says what the log says
    ");
    insta::assert_snapshot!(env.block("doctor --repair"), @"
    $ milestone doctor --repair
    Nothing to repair
    ");
}

/// Whatever is missing on both sides is alike on both.
#[test]
fn a_replay_does_not_pass_over_lines_that_cannot_be_read() {
    for backend in ["file", "hybrid", "database"] {
        let env = at(backend);
        assert_eq!(env.run("replay --check").code, 0);
        let file = &env.log_files()[0];
        let text = fs::read_to_string(file).unwrap();
        fs::write(file, text.replacen("Checkout", "Checkouts", 1)).unwrap();
        let ran = env.run("replay --check");
        assert_eq!(ran.code, 10, "{backend}: {}", ran.whole());
        assert!(ran.whole().contains("milestone log verify"), "{}", ran.whole());
    }
}

#[test]
fn a_log_file_that_was_only_touched_is_nothing_to_warn_of() {
    for backend in ["file", "hybrid", "database"] {
        let env = at(backend);
        let before = env.run("list").whole();
        let file = &env.log_files()[0];
        let bytes = fs::read(file).unwrap();
        fs::remove_file(file).unwrap();
        fs::write(file, bytes).unwrap();
        assert_eq!(env.run("list").whole(), before, "{backend}");
    }
}
