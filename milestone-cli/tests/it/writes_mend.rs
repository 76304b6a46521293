//! `doctor --repair` over a damaged log: what it would do, what it did, and what is left.
//!
//! - **Absent on purpose.** Where lines are found: tests of `milestone-project`.

use std::fs;

use crate::support::TestEnv;
use crate::writes_flow::shop;

/// A shop whose second line was changed.
fn damaged() -> TestEnv {
    let env = shop();
    let file = &env.log_files()[0];
    let text = fs::read_to_string(file).unwrap();
    fs::write(file, text.replacen("Checkout", "Chekcout", 1)).unwrap();
    env
}

/// The block with the name of the log file, which nobody chose, made plain.
fn plain(env: &TestEnv, line: &str) -> String {
    let writer = env.log_files()[0].file_name().unwrap().to_str().unwrap()[..8].to_owned();
    env.block(line).replace(&writer, "WRITER")
}

#[test]
fn a_damaged_line_is_mended() {
    let env = damaged();
    insta::assert_snapshot!(plain(&env, "doctor --repair --dry-run"), @r"
    $ milestone doctor --repair --dry-run
    Would bring back 1 record (1 kept here) and set aside what cannot be used of log/WRITER-\
        0001.jsonl
    Would write the YAML files again from the log
    ");
    insta::assert_snapshot!(plain(&env, "doctor --repair --yes"), @"
    $ milestone doctor --repair --yes
    Brought back 1 record (1 kept here)
    Cleaned log/WRITER-0001.jsonl; as it was: local/recovered/WRITER-0001.jsonl-1
    Wrote the YAML files again
    ");
    let sound = env.run("log verify");
    assert_eq!(sound.code, 0, "{}", sound.stdout);
}

#[test]
fn what_is_lost_is_named() {
    let env = damaged();
    fs::remove_dir_all(env.path().join(".milestones/local")).unwrap();
    insta::assert_snapshot!(plain(&env, "doctor --repair --yes"), @"
    $ milestone doctor --repair --yes
    Cleaned log/WRITER-0001.jsonl; as it was: local/recovered/WRITER-0001.jsonl-1
    Found nowhere: record 9741baf5957c0a89
    ! 1 alert: 2 findings in the log (milestone alerts)
    ");
    assert_eq!(env.run("log verify").code, 10, "a record is missing for good");
}
