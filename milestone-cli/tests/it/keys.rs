//! `key …`, `log sign` and `log verify --pin`: what they say, and what is said of a log that was
//! cut back.
//!
//! - **Absent on purpose.** What a signature holds against, change by change: tests of
//!   `milestone-project`.

use std::fs;

use crate::support::TestEnv;
use crate::writes_flow::shop;

/// A shop with somebody's keys outside of it.
fn signed() -> (TestEnv, tempfile::TempDir) {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name).display().to_string();
    let env = shop().set("XDG_CONFIG_HOME", &at("config")).set("XDG_STATE_HOME", &at("state"));
    let made = env.run("key new");
    assert_eq!((made.code, made.stderr.as_str()), (0, ""), "{}", made.stdout);
    let secret = fs::read_to_string(home.path().join("config/milestone/keys/default.key")).unwrap();
    let secret = secret.split_whitespace().nth(1).unwrap();
    assert!(!made.stdout.contains(secret), "a secret is never printed");
    (env, home)
}

/// The block with the id of the key, which nobody chose, made plain.
fn plain(env: &TestEnv, line: &str) -> String {
    let listed = env.run("key list --json").stdout;
    let id = listed.split("\"id\":\"").nth(1).unwrap()[..16].to_owned();
    env.block(line).replace(&id, "KEY").lines().map(cut).collect()
}

/// A line without the hashes in it, which follow from the key.
fn cut(line: &str) -> String {
    let hash = |word: &str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let words = line.split(' ').map(|word| if hash(word) { "HASH" } else { word });
    words.collect::<Vec<_>>().join(" ") + "\n"
}

#[test]
fn a_log_is_signed_and_pinned() {
    let (env, _home) = signed();
    insta::assert_snapshot!(plain(&env, "log sign"), @r#"
    $ milestone log sign
    Signed 3 records with "default" (KEY)
    "#);
    insta::assert_snapshot!(plain(&env, "key list"), @"
    $ milestone key list
    KEY  default           your own
    ");
    insta::assert_snapshot!(plain(&env, "log verify"), @r#"
    $ milestone log verify
    Read       4 records in 1 file, 2338 bytes
    From       2026-03-12T10:00:00.000000Z to 2026-03-12T10:00:00.000000Z
    Head       HASH
    State      HASH
    Shown      every line hashes to the id it carries: none was changed
    Shown      every record that another builds on is there: none is missing in between
    Shown      every record is later than those it builds on
    Shown      the holder of key "default" signed these 3 records on 2026-03-12T10:00:00.000000Z
    Shown      the log holds the 3 records pinned on 2026-03-12T10:00:00.000000Z
    Not shown  that nothing newer than the pin of 2026-03-12T10:00:00.000000Z was cut off
    Not shown  who wrote a record: names are what writers said, hashed and not signed
    0 errors, 0 warnings, 0 info
    "#);
    insta::assert_snapshot!(plain(&env, "log sign --key nobody"), @r#"
    $ milestone log sign --key nobody
    ! error[key.unknown]: no key is called "nobody"
    !   = nothing was changed
    ! hint: milestone key list
    exit 5
    "#);
    assert!(env.run("log --limit 1").stdout.contains("signed 3 records"));
    let undone = env.run("undo");
    assert_eq!(undone.code, 0, "what was done before the signature: {}", undone.stderr);
}

#[test]
fn a_log_that_was_cut_back_is_found_and_not_pinned_again() {
    let (env, _home) = signed();
    assert_eq!(env.run("log sign").code, 0);
    let file = &env.log_files()[0];
    let text = fs::read_to_string(file).unwrap();
    let kept: Vec<&str> = text.lines().take(2).collect();
    fs::write(file, kept.join("\n") + "\n").unwrap();
    insta::assert_snapshot!(plain(&env, "log verify"), @"
    $ milestone log verify
    Read       2 records in 1 file, 1102 bytes
    From       2026-03-12T10:00:00.000000Z to 2026-03-12T10:00:00.000000Z
    Head       HASH
    State      HASH
    Shown      every line hashes to the id it carries: none was changed
    Shown      every record that another builds on is there: none is missing in between
    Shown      every record is later than those it builds on
    Not shown  who wrote a record: names are what writers said, hashed and not signed
    error  not the log that was pinned: 1 of its 1 newest records are missing
    1 error, 0 warnings, 0 info
    ! hint: milestone log recover
    exit 10
    ");
    insta::assert_snapshot!(plain(&env, "log verify --pin"), @"
    $ milestone log verify --pin
    ! error[pin.broken]: not the log that was pinned: 1 of its 1 newest records are missing
    !   = the pin before is kept
    !   = nothing was changed
    ! hint: milestone log verify --pin --accept-rollback, if you know why
    exit 10
    ");
    assert_eq!(env.run("log verify --pin --accept-rollback").code, 10, "it says so once more");
    assert_eq!(env.run("log verify").code, 0);
}

#[test]
fn keys_inside_the_project_are_refused() {
    let env = shop();
    let inside = env.path().join("config").display().to_string();
    let env = env.set("XDG_CONFIG_HOME", &inside);
    let refused = env.run("key new");
    assert_eq!(refused.code, 8);
    assert!(refused.stderr.contains("is inside the project"), "{}", refused.stderr);
    assert!(!env.path().join("config").exists());
}

#[test]
fn keys_of_others_count_once_they_are_trusted() {
    let (env, home) = signed();
    assert_eq!(env.run("log sign").code, 0);
    let line = env.run("key show default").stdout;
    let elsewhere = home.path().join("other").display().to_string();
    let other = env.set("XDG_CONFIG_HOME", &elsewhere);
    let shown = other.run("log verify").stdout;
    assert!(shown.contains("Not shown  what 1 signature said: of keys not known here"), "{shown}");
    fs::write(other.path().join("dana.pub"), line).unwrap();
    assert_eq!(other.run("key trust dana.pub --name dana").code, 0);
    let shown = other.run("log verify").stdout;
    assert!(shown.contains("Shown      the holder of key \"dana\" signed these"), "{shown}");
    assert_eq!(other.run("key trust nonsense").code, 2);
    assert_eq!(other.run("key revoke dana").code, 0);
    assert!(other.run("log verify").stdout.contains("were revoked here"));
}
