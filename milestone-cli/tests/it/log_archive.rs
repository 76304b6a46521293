//! `log archive`: what it says, and that nobody notices afterwards.
//!
//! Start at [`filled`].
//!
//! - **Absent on purpose.** Crashes, and every command over any set of archived files: tests of
//!   `milestone-store-file` and `milestone-project`.

use std::fs;
use std::path::PathBuf;

use crate::support::TestEnv;
use crate::writes_flow::shop;

/// Length of a note, so that a file is full of 17 of them.
const NOTE_BYTES: usize = 63_000;
/// What everybody sees of a project.
const READS: [&str; 6] =
    ["list", "show checkout --json", "ready", "log --json", "log verify --json", "replay --check"];

/// A project whose first log file is full.
fn filled() -> TestEnv {
    let env = shop();
    for number in 0..18_u8 {
        let note: String = (0..NOTE_BYTES).map(|at| letter(at, number)).collect();
        fs::write(env.path().join("note"), note).unwrap();
        assert_eq!(env.run("note checkout -F note").code, 0);
    }
    fs::remove_file(env.path().join("note")).unwrap();
    env
}

/// Letters that do not repeat too soon, or nothing would be left of them.
fn letter(at: usize, seed: u8) -> char {
    let mixed = (at as u32).wrapping_mul(2_654_435_761).rotate_left(u32::from(seed) + 7) >> 5;
    char::from(b'a' + (mixed % 26) as u8)
}

fn answers(env: &TestEnv) -> Vec<String> {
    READS.iter().map(|line| env.run(line).whole()).collect()
}

/// The block with names and lengths that follow from what is drawn made plain.
fn plain(env: &TestEnv, line: &str) -> String {
    let writer = env.log_files()[0].file_name().unwrap().to_str().unwrap()[..8].to_owned();
    let block = env.block(line).replace(&writer, "WRITER");
    let mut out = String::new();
    for line in block.lines() {
        let cut = line.find(" as ").filter(|_| line.contains("rchive"));
        out.push_str(&match cut {
            Some(at) => format!("{} as …\n", &line[..at]),
            None => format!("{line}\n"),
        });
    }
    out
}

fn archive(env: &TestEnv) -> PathBuf {
    let is_archive = |path: &PathBuf| path.extension().is_some_and(|end| end == "zst");
    env.log_files().into_iter().find(is_archive).expect("something was archived")
}

#[test]
fn a_full_file_is_archived_and_nobody_notices() {
    let env = filled();
    let before = answers(&env);
    insta::assert_snapshot!(plain(&env, "log archive -n"), @"
    $ milestone log archive -n
    Would archive 1 file: 1.0 MB as …
    ! Nothing was archived (--dry-run).
    ");
    assert_eq!(answers(&env), before);
    insta::assert_snapshot!(plain(&env, "log archive"), @"
    $ milestone log archive
    Archived 1 file: 1.0 MB as …
    ");
    assert_eq!(answers(&env), before);
    insta::assert_snapshot!(plain(&env, "log archive"), @"
    $ milestone log archive
    Nothing to archive: no file of this clone is full and plain
    ");
    assert_eq!(env.run("note checkout more").code, 0);
    assert_eq!(env.run("validate").code, 0, "{}", env.block("validate"));
    let size = fs::metadata(archive(&env)).unwrap().len();
    assert!(size < 1_000_000, "{size}");
}

#[test]
fn documents_and_quiet_say_the_same() {
    let env = filled();
    let said = env.run("log archive --json -n").stdout;
    let document: serde_json::Value = serde_json::from_str(&said).unwrap();
    let data = &document["data"];
    assert_eq!((&document["kind"], &data["dry_run"]), (&"log.archive".into(), &true.into()));
    let name = data["archived"][0]["archive"].as_str().unwrap();
    assert_eq!(env.run("log archive -q").stdout, format!("{name}\n"));
    assert!(archive(&env).ends_with(name));
}

#[test]
fn a_damaged_archive_is_a_finding() {
    let env = filled();
    assert_eq!(env.run("log archive").code, 0);
    let (path, whole) = (archive(&env), fs::read(archive(&env)).unwrap());
    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let said = env.run("validate standard");
    let found: String =
        said.whole().lines().filter(|line| line.contains(".zst")).collect::<Vec<_>>().join("\n");
    let found = found.replace(&name, "ARCHIVE").replace("; take", ";\n  take");
    insta::assert_snapshot!(found.replace("read: it", "read:\n  it"), @"
    error  standard  ARCHIVE: the archive is damaged and was not read:
      it is cut off, or is no archive;
      take it from a commit, another clone or a backup
           mend      git checkout COMMIT -- .milestones/log/ARCHIVE
    ");
    assert_eq!(said.code, 10);
    assert_eq!(env.run("list").code, 0);
    fs::write(&path, &whole).unwrap();
    assert_eq!(env.run("validate").code, 0, "{}", env.block("validate"));
}

#[test]
fn there_may_be_nothing_to_archive() {
    insta::assert_snapshot!(shop().block("log archive"), @"
    $ milestone log archive
    Nothing to archive: no file of this clone is full and plain
    ");
    insta::assert_snapshot!(TestEnv::new().block("log archive"), @"
    $ milestone log archive
    ! error[project.none]: there is no .milestones in ~ or above it
    !   = nothing was changed
    ! hint: milestone init
    exit 5
    ");
}
