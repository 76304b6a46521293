//! Hostile input and hostile surroundings: clear errors, nothing lost, never a panic.
//!
//! Start at `titles_may_be_anything_that_is_a_title`.

use std::os::unix::ffi::OsStrExt;

use crate::support::TestEnv;
use crate::writes_flow::shop;

#[test]
fn titles_may_be_anything_that_is_a_title() {
    let env = shop();
    insta::assert_snapshot!(env.block("new \"🚀 launch الدفع 日本\" --task 👨‍👩‍👧‍👦"), @r#"
    $ milestone new "🚀 launch الدفع 日本" --task 👨‍👩‍👧‍👦
    Created milestone rocket-launch-ldf-ri-ben  (1 task)
    MILESTONE: 🚀 launch الدفع 日本 (Progress: 0%)
    └── 👨‍👩‍👧‍👦 ○ (Pending)
    ! Next: milestone start rocket/1
    "#);
    let escape = env.run("new \u{1b}[2J");
    assert_eq!(escape.code, 2, "{}", escape.stderr);
    assert!(escape.stderr.contains("the control character U+001B"), "{}", escape.stderr);
    assert!(!escape.stderr.contains('\u{1b}'), "it would clear the screen");
    insta::assert_snapshot!(env.block("task add \"a\nb\" --on checkout"), @r#"
    $ milestone task add "a
    b" --on checkout
    ! error[value.bad]: the title cannot be used: it has the control character U+000A
    !   = nothing was changed
    ! hint: the title without that character
    exit 2
    "#);
    let long = env.run(&format!("new {}", "a".repeat(201)));
    assert_eq!(long.code, 2);
    assert!(long.stderr.contains("201 characters, over the limit of 200"), "{}", long.stderr);
    let evil = env.run("new \"\u{202e}evil\"");
    assert!(!(evil.stdout + &evil.stderr).contains('\u{202e}'), "it would turn the line around");
}

#[test]
fn ten_megabytes_are_refused_and_nothing_is_lost() {
    let env = shop();
    let before = std::fs::read(env.log_files().remove(0)).unwrap();
    let big = vec![b'a'; 10 << 20];
    insta::assert_snapshot!(env.fed("note checkout -F -", &big), @"
    $ milestone note checkout -F -
    ! error[value.bad]: the note cannot be used: it has 10485760 bytes, over the limit of 65536
    !   = nothing was changed
    ! hint: a shorter note
    exit 2
    ");
    insta::assert_snapshot!(env.fed("task add - --on checkout", &big), @"
    $ milestone task add - --on checkout
    ! error[input.too_large]: the input has 10485760 bytes; one command takes 1048576
    !   = nothing was changed
    ! hint: say it in several commands
    exit 2
    ");
    insta::assert_snapshot!(env.fed("new -F -", &big), @"
    $ milestone new -F -
    ! error[input.too_large]: the input has 10485760 bytes; one command takes 1048576
    !   = nothing was changed
    ! hint: say it in several commands
    exit 2
    ");
    insta::assert_snapshot!(env.fed("new -F -", b"\xff\xfe"), @"
    $ milestone new -F -
    ! error[input.not_utf8]: the input is no UTF-8 text
    !   = byte 0 begins no character
    !   = nothing was changed
    ! hint: iconv -t UTF-8 FILE | milestone … -F -
    exit 2
    ");
    let many = "a\n".repeat(300_000);
    insta::assert_snapshot!(env.fed("task add - --on checkout", many.as_bytes()), @"
    $ milestone task add - --on checkout
    ! error[plan.bad]: one command adds at most 5000 tasks
    !   = nothing was changed
    ! hint: one title a line; two spaces before it make it a checklist item
    exit 2
    ");
    assert_eq!(std::fs::read(env.log_files().remove(0)).unwrap(), before);
}

#[test]
fn words_that_are_no_text_are_refused() {
    let env = shop();
    let word = std::ffi::OsStr::from_bytes(b"\xff");
    let output = env.command().args(["note", "checkout"]).arg(word).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("UTF-8"));
}

/// Shown red by: a write that says nothing of its record.
#[test]
fn a_result_that_cannot_be_written_says_what_was_recorded() {
    let env = shop();
    let lines =
        [("note checkout full", true), ("note checkout full --dry-run", false), ("list", false)];
    for (line, recorded) in lines {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = env.command().args(line.split(' ')).stdout(full).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{line}: {said}");
        assert!(said.contains("error[output.failed]: cannot write the result: "), "{said}");
        assert_eq!(said.contains("what it was to record is recorded"), recorded, "{said}");
    }
    assert!(env.run("log checkout").stdout.contains("full"));
}

#[test]
fn without_utf8_everything_is_ascii() {
    let env = shop().set("LANG", "C").set("LC_ALL", "C");
    for line in ["start checkout/cart", "progress checkout/cart 1/2", "done checkout/cart"] {
        let block = env.block(line);
        assert!(block.is_ascii(), "{block}");
    }
    insta::assert_snapshot!(env.block("progress checkout/payment 1/2"), @"
    $ milestone progress checkout/payment 1/2
    Payment     0% -> 50%   ############............  1 of 2
    Checkout   33% -> 50%   due Fri 2026-03-20, 8 days left
    ");
}

#[test]
fn a_directory_that_cannot_be_written_to_is_told() {
    let env = TestEnv::new();
    let dir = env.path().join("locked");
    std::fs::create_dir(&dir).unwrap();
    let mode = |mode| std::os::unix::fs::PermissionsExt::from_mode(mode);
    std::fs::set_permissions(&dir, mode(0o555)).unwrap();
    if std::fs::write(dir.join("probe"), "").is_ok() {
        eprintln!("SKIPPED: this user may write into any directory");
        return;
    }
    let answer = env.run("init locked");
    std::fs::set_permissions(&dir, mode(0o755)).unwrap();
    assert_eq!(answer.code, 14, "{}", answer.block());
    assert!(answer.stderr.contains("cannot make"), "{}", answer.block());
}

#[test]
fn a_link_to_a_project_is_not_followed() {
    let env = shop();
    std::fs::create_dir(env.path().join("link")).unwrap();
    let target = env.path().join(".milestones");
    std::os::unix::fs::symlink(target, env.path().join("link/.milestones")).unwrap();
    insta::assert_snapshot!(env.block("-C link note checkout hello"), @"
    $ milestone -C link note checkout hello
    ! error[project.symlink]: ~/link/.milestones is a symbolic link
    !   = nothing was changed
    ! hint: put the project's own .milestones folder in its place
    exit 8
    ");
    insta::assert_snapshot!(env.block("init link"), @"
    $ milestone init link
    ! error[project.symlink]: ~/link/.milestones is a symbolic link
    !   = nothing was changed
    ! hint: put the project's own .milestones folder in its place
    exit 8
    ");
}

#[test]
fn a_full_disk_leaves_the_log_as_it_was() {
    let env = shop();
    let log = env.log_files().remove(0);
    let before = std::fs::read(&log).unwrap();
    let program = env!("CARGO_BIN_EXE_milestone");
    let text = "x".repeat(8_000);
    let script = format!("ulimit -f 4; exec '{program}' note checkout {text}");
    let output = env.command_of("sh").args(["-c", &script]).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(14), "{stderr}");
    assert!(stderr.contains("nothing was changed"), "{stderr}");
    assert_eq!(std::fs::read(&log).unwrap(), before);
    assert_eq!(env.run("note checkout small").code, 0);
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let env = shop();
    let mut command = env.command();
    command.args(["note", "checkout", "hello"]).stdout(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn ctrl_c_before_the_append_appends_nothing() {
    let env = shop();
    let before = std::fs::read(env.log_files().remove(0)).unwrap();
    let mut command = env.command();
    command.args(["note", "checkout", "-F", "-"]).stdin(std::process::Stdio::piped());
    let child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    // The signal is sent once the program has asked for it: bit 1 of the caught ones is SIGINT.
    for _ in 0..500 {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let caught = text.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let mask = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        if mask.unwrap_or(0) & 2 != 0 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let killed = env.command_of("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let mut child = child;
    // Standard input stays open: only the signal can end the wait.
    let stdin = child.stdin.take();
    let code = child.wait().unwrap().code();
    drop(stdin);
    let mut stderr = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut stderr).unwrap();
    assert_eq!(code, Some(130), "{stderr}");
    assert!(stderr.contains("interrupted; nothing was appended"), "{stderr}");
    assert_eq!(std::fs::read(env.log_files().remove(0)).unwrap(), before);
}
