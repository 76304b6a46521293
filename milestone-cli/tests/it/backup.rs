//! Backups and health as people and programs see them.
//!
//! Start at `what_was_lost_comes_back`.

use std::fs;

use crate::support::TestEnv;

fn env() -> TestEnv {
    let env = TestEnv::new();
    for line in ["init --name shop", "new Api", "task add Plan Build --on api", "note api first"] {
        assert_eq!(env.run(line).code, 0, "{line}");
    }
    env
}

/// How well something is packed differs with the names of writers: it is left out.
fn without_sizes(text: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    for word in text.split(' ') {
        let unit = word.starts_with("kB") || word.starts_with("bytes");
        if let Some(last) = out.last_mut().filter(|last| unit && last.parse::<f64>().is_ok()) {
            *last = "N";
        }
        out.push(word);
    }
    let mut text = out.join(" ");
    while text.contains("  N") {
        text = text.replace("  N", " N");
    }
    text
}

#[test]
fn making_listing_and_trying() {
    let env = env();
    insta::assert_snapshot!(without_sizes(&env.block("backup create")), @"
    $ milestone backup create
    Backup 1  full, 4 records, N kB
    local/backups/0001-asked
    brought back for a trial: it shows what the log shows
    ");
    env.run("note api second");
    env.run("backup create --no-verify");
    insta::assert_snapshot!(without_sizes(&env.block("backup list")), @"
    $ milestone backup list
       1  2026-03-12 10:00  full       asked           4 records N kB  good
       2  2026-03-12 10:00  new bytes  asked           5 records N bytes  untried
    ");
    insta::assert_snapshot!(without_sizes(&env.block("backup verify")), @"
    $ milestone backup verify
    2 of 2 backups whole; 4 files read, N kB
    Brought back for a trial: 2, same as the log
    ");
    insta::assert_snapshot!(env.block("backup schedule"), @r"
    $ milestone backup schedule
    Where   local/backups
    When    with the first command of a day that writes
    Full    every 7 days
    Keep    35 days, and the newest good one with all after it
    Newest  2, 2026-03-12 10:00
    Good    2, 2026-03-12 10:00
    ! Set: milestone config set backup.directory DIR; without commands: a timer that runs mile\
        stone maintain
    ");
    insta::assert_snapshot!(env.block("backup prune"), @"
    $ milestone backup prune
    Nothing to take away.
    ");
    let json: serde_json::Value =
        serde_json::from_str(&env.run("backup list --json").stdout).unwrap();
    assert_eq!(json["data"][1]["standing"], "good");
    assert_eq!((&json["kind"], &json["data"][0]["full"]), (&"backup.list".into(), &true.into()));
}

/// Shown red by: exit 0 where something is damaged.
#[test]
fn damage_is_named_with_what_it_takes_along() {
    let env = env();
    env.run("backup create");
    env.run("note api second");
    env.run("backup create");
    let object = env.path().join(".milestones/local/backups/0002-asked/0001.tar.zst");
    fs::write(&object, "spoiled").unwrap();
    insta::assert_snapshot!(without_sizes(&env.block("backup verify")), @"
    $ milestone backup verify
    error  0002-asked/0001.tar.zst: its bytes have changed
           cannot be brought back: 2, 2026-03-12 10:00
    1 of 2 backups whole; 4 files read, N kB
    Brought back for a trial: 1, same as the log
    exit 10
    ");
    insta::assert_snapshot!(env.block("backup restore 2 --into ../then"), @r"
    $ milestone backup restore 2 --into ../then
    ! error[backup.damaged]: backup 2 cannot be brought back: 0002-asked/0001.tar.zst: its byt\
        es have changed
    !   = nothing was changed
    ! hint: milestone backup verify
    exit 10
    ");
    insta::assert_snapshot!(env.block("backup restore 9 --into ../then"), @"
    $ milestone backup restore 9 --into ../then
    ! error[backup.not_found]: there is no backup 9
    !   = nothing was changed
    ! hint: milestone backup list
    exit 5
    ");
}

#[test]
fn what_was_lost_comes_back() {
    let env = env();
    insta::assert_snapshot!(env.block("backup restore"), @"
    $ milestone backup restore
    ! error[backup.not_found]: there are no backups in ~/.milestones/local/backups
    !   = nothing was changed
    ! hint: milestone backup list
    exit 5
    ");
    env.run("backup create");
    insta::assert_snapshot!(env.block("backup restore"), @"
    $ milestone backup restore
    Nothing is missing that backup 1 has
    ");
    let log = env.log_files().remove(0);
    fs::remove_file(&log).unwrap();
    let said = env.run("backup restore").stdout;
    let name = log.file_name().unwrap().to_string_lossy().into_owned();
    insta::assert_snapshot!(said.replace(&name, "<file>"), @"
    Brought back 4 records from backup 1 of 2026-03-12 10:00
      again   log/<file>
    Backup 2 has what was there before
    ");
    assert_eq!(env.run("log").stdout.lines().filter(|line| line.contains("note")).count(), 1);
    // The project itself is lost, and so is everything in it.
    let away = env.path().join("away");
    fs::rename(env.path().join(".milestones/local/backups"), &away).unwrap();
    fs::remove_dir_all(env.path().join(".milestones")).unwrap();
    insta::assert_snapshot!(env.block("backup restore --from away --into ."), @"
    $ milestone backup restore --from away --into .
    Restored 4 records into .
    from backup 1 of 2026-03-12 10:00
    ");
    assert_eq!(env.run("log").stdout.lines().filter(|line| line.contains("note")).count(), 1);
    insta::assert_snapshot!(env.block("backup restore --from away --into ."), @"
    $ milestone backup restore --from away --into .
    ! error[backup.in_the_way]: ~/./.milestones is there already
    !   = nothing was changed
    ! hint: milestone backup restore --into another directory
    exit 8
    ");
    insta::assert_snapshot!(env.block("backup restore --from away --into then --to git:HEAD"), @"
    $ milestone backup restore --from away --into then --to git:HEAD
    ! error[backup.moment]: backups know days, times, records and places, not commits and sessions
    !   = nothing was changed
    ! hint: milestone backup restore --into DIR --to 2026-03-05
    exit 2
    ");
}

#[test]
fn a_named_directory_has_every_command() {
    let env = env();
    let set = env.run("config set backup.directory shelf --local");
    assert_eq!(set.code, 0, "{}", set.stderr);
    assert_eq!(env.run("note api second").stderr, "");
    assert_eq!(env.run("note api third").stderr, "");
    let said = env.run("backup restore --from shelf --into then").stdout;
    assert!(said.contains("1 of them recorded after it"), "{said}");
    fs::rename(env.path().join("shelf"), env.path().join("unplugged")).unwrap();
    let answer = env.run("note api fourth");
    assert_eq!(answer.code, 0);
    assert!(answer.stderr.contains("recorded, and not backed up"), "{}", answer.stderr);
}

#[test]
fn alerts_name_what_is_overdue_and_what_this_machine_lacks() {
    let env = env();
    insta::assert_snapshot!(env.block("alerts"), @"
    $ milestone alerts
    Nothing to look at.
    ");
    env.run("edit api --due 2026-03-05");
    env.run("start api");
    env.run("block api/plan waiting");
    let later = env.set("MILESTONE_NOW", "2026-04-12T10:00:00Z");
    insta::assert_snapshot!(later.block("alerts"), @"
    $ milestone alerts
    overdue   api  overdue for 38 days
    blocked   api/plan  blocked for 31 days
    stalled   api  nothing recorded for 31 days
    !   milestone why api
    !   milestone why api/plan
    !   milestone show api
    ");
    assert_eq!(later.run("alerts --strict").code, 10);
    let said = later.run("note api/build hello").stderr;
    let expected = "2 alerts: api overdue for 38 days; api/plan blocked for 31 days";
    assert_eq!(said, format!("{expected} (milestone alerts)\n"));
    assert_eq!(later.run("note api/build again").stderr, "", "once a day");
    later.run("config set alerts.overdue_days off");
    let json: serde_json::Value = serde_json::from_str(&later.run("alerts --json").stdout).unwrap();
    let kinds: Vec<&str> =
        json["data"].as_array().unwrap().iter().filter_map(|held| held["kind"].as_str()).collect();
    assert_eq!(kinds, ["blocked"]);
}

#[test]
fn figures_are_there_for_prometheus() {
    let env = env();
    assert_eq!(env.run("done nothing").code, 5);
    let page = env.run("status --format prometheus").stdout;
    for line in [
        "milestone_records 4",
        "milestone_tasks{status=\"pending\"} 2",
        "milestone_commands_total{verb=\"task add\"} 1",
        "milestone_command_failures_total{verb=\"done\"} 1",
        "milestone_appends_total 4",
        "milestone_alerts{kind=\"overdue\"} 0",
        "# TYPE milestone_sync_seconds_total counter",
    ] {
        assert!(page.lines().any(|held| held == line), "{line} is not in\n{page}");
    }
    for line in page.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(name.starts_with("milestone_") && value.parse::<f64>().is_ok(), "{line}");
    }
    assert_eq!(env.run("list --format prometheus").code, 2);
    let errors = fs::read_to_string(env.path().join(".milestones/local/errors")).unwrap();
    assert!(errors.contains("\"code\":\"ref.not_found\""), "{errors}");
}

/// Shown red by: telling the title of a milestone; the message of an error; who did it.
#[test]
fn a_bundle_has_nothing_that_anybody_typed() {
    const PLANTED: [&str; 12] = [
        "zyxtitle",
        "zyxtask",
        "zyxnote",
        "zyxlabel",
        "zyxowner",
        "zyxblock",
        "zyxrisk",
        "zyxactor",
        "zyxsession",
        "zyxref",
        "zyxdir",
        "zyxassignee",
    ];
    let env =
        TestEnv::new().set("MILESTONE_ACTOR", "zyxactor").set("MILESTONE_SESSION", "zyxsession");
    for line in [
        "init --name zyxtitle",
        "new \"zyxtitle one\" --owner zyxowner --label zyxlabel --assignee zyxassignee",
        "task add zyxtask --on zyxtitle-one",
        "note zyxtitle-one \"zyxnote here\"",
        "block zyxtitle-one/zyxtask zyxblock",
        "risk add zyxtitle-one zyxrisk --probability 30%",
        "config set backup.directory zyxdir --local",
        "done zyxref",
        "backup create",
        "export --format json",
    ] {
        let answer = env.run(line);
        assert_eq!(answer.code, if line == "done zyxref" { 5 } else { 0 }, "{}", answer.stderr);
    }
    let log = env.log_files().remove(0);
    let mut bytes = fs::read(&log).unwrap();
    bytes.extend_from_slice(b"{\"zyxnote\": a line that is none}\n");
    fs::write(&log, bytes).unwrap();
    let answer = env.run("doctor --bundle report.tar.zst");
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let file = fs::File::open(env.path().join("report.tar.zst")).unwrap();
    let mut text = String::new();
    let mut names = Vec::new();
    for entry in tar::Archive::new(zstd::Decoder::new(file).unwrap()).entries().unwrap() {
        let mut entry = entry.unwrap();
        names.push(entry.path().unwrap().display().to_string());
        std::io::Read::read_to_string(&mut entry, &mut text).unwrap();
    }
    assert_eq!(names.len(), 8, "{names:?}");
    for word in PLANTED {
        assert!(!text.contains(word), "{word} is in the bundle");
    }
    let writer = log.file_name().unwrap().to_string_lossy().into_owned();
    assert!(!text.contains(&writer) && !text.contains(&env.path().display().to_string()));
    for word in ["ref.not_found", "NotARecord", "title_chars", "milestone-bundle"] {
        assert!(text.contains(word) || names[0].contains(word), "{word} is missing");
    }
    assert_eq!(env.run("doctor --bundle report.tar.zst").code, 14, "nothing is replaced");
}
