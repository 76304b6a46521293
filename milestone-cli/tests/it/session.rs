//! Sessions: put down, taken up, by people and agents, in one clone and in several.
//!
//! Start at `a_session_is_put_down_and_taken_up`.

use crate::support::TestEnv;

/// A project with one milestone of three tasks; nobody's session is named.
fn env() -> TestEnv {
    let env = TestEnv::new().set("MILESTONE_SESSION", "");
    env.run("init --name shop");
    env.run("new \"API Development\" --task Auth --task Endpoints --task Testing");
    env
}

/// The name of the session that is open or was put down last.
fn newest(env: &TestEnv) -> String {
    let list = env.run("session list --fields session").stdout;
    list.lines().next().expect("there is one").to_owned()
}

#[test]
fn a_session_is_put_down_and_taken_up() {
    let env = env();
    let started = env.run("session start api/endpoints");
    assert_eq!(started.code, 0, "{}", started.stderr);
    let id = newest(&env);
    env.run("progress api/endpoints 50%");
    let log = env.run("log --limit 1 --json").stdout;
    assert!(log.contains(&format!("\"session_id\":\"{id}\"")), "{log}");
    env.run("session suspend -m \"orders done\" --next refunds");
    let after = env.run("note api loose --json").stdout;
    assert_eq!((after.contains(&id), newest(&env)), (false, id.clone()));
    env.run("--actor sam done api/auth");
    env.run("--actor agent:robo note api \"hello\"");
    let point = env.run("resume").stdout.replace(&id, "SESSION");
    insta::assert_snapshot!(point, @"
    Session   SESSION  suspended by dana  Thu 03-12 10:00
    On        api-development/endpoints  Endpoints
    Note      orders done
    Next      refunds
    Since     2 changes by agent:robo, sam
              agent:robo  api-development noted  \"hello\"
              sam  api-development/auth done
    Continue  milestone show api-development/endpoints
    ");
    // It is open here by now: it is shown again, and nothing is recorded.
    let count = env.run("log").stdout.lines().count();
    assert_eq!(env.run("resume").code, 0);
    assert_eq!(env.run("log").stdout.lines().count(), count);
    let ended = env.run("session end -m \"all of it\"").stdout.replace(&id, "SESSION");
    assert_eq!(ended, "Ended session SESSION\n");
    insta::assert_snapshot!(env.block("resume"), @r#"
    $ milestone resume
    ! error[session.none]: there is no session to go on with
    !   = nothing was changed
    ! hint: milestone session start REF
    exit 5
    "#);
    let again = env.run(&format!("session resume {id}"));
    assert_eq!(again.code, 8, "{}", again.stderr);
}

#[test]
fn a_person_takes_up_what_an_agent_left() {
    let env = env();
    env.run("--actor agent:robo session start api/auth --next \"check the keys\"");
    env.run("--actor agent:robo session suspend");
    let id = newest(&env);
    assert_eq!(env.run("resume").code, 0);
    let list = env.run("session list --json").stdout;
    assert!(list.contains("\"by\":\"dana\"") && list.contains("\"status\":\"open\""), "{list}");
    let log = env.run("note api mine --json").stdout;
    let log = log + &env.run("log --limit 1 --json").stdout;
    assert!(log.contains(&format!("\"session_id\":\"{id}\"")), "{log}");
}

#[test]
fn several_sessions_are_open_at_once() {
    let env = env();
    assert_eq!(env.run("session start api").code, 0);
    let second = env.run("session start api");
    assert_eq!(second.code, 8, "{}", second.stderr);
    // Somebody else, and a session with a name, do not meet.
    assert_eq!(env.run("--actor sam session start api").code, 0);
    let named = env.set("MILESTONE_SESSION", "night");
    assert_eq!(named.run("session start api").code, 0);
    let list = named.run("session list --fields session,status").stdout;
    assert_eq!(list.lines().filter(|line| line.ends_with("open")).count(), 3, "{list}");
    assert_eq!(named.run("session suspend").stdout, "Suspended session night\n");
    assert_eq!(named.run("session suspend").code, 8);
    assert_eq!(named.run("resume nig").code, 0);
    assert_eq!(named.run("resume s-").code, 6);
    assert_eq!(named.run("session show nothing").code, 5);
}

#[test]
fn without_local_files_a_session_is_taken_up_again() {
    let env = env();
    env.run("session start api/auth");
    let id = newest(&env);
    std::fs::remove_file(env.path().join(".milestones/local/sessions.json")).unwrap();
    let log = env.run("note api loose").code;
    assert_eq!(log, 0);
    assert!(!env.run("log --limit 1 --json").stdout.contains(&id));
    assert_eq!(env.run("resume").code, 0);
    env.run("note api mine");
    assert!(env.run("log --limit 1 --json").stdout.contains(&id));
}

#[test]
fn a_point_has_at_most_twelve_lines_however_much_there_is_to_say() {
    let env = env();
    let long = "many words of it ".repeat(11);
    env.run(&format!("session start api/auth --branch feature/x --next \"{long}\""));
    env.run(&format!("session suspend -m \"{long}\""));
    for number in 0..9 {
        env.run(&format!("--actor p{number} note api \"{long}\""));
    }
    let point = env.run("resume").stdout;
    assert!(point.lines().count() <= 12, "{point}");
    assert!(point.lines().all(|line| line.chars().count() <= 80), "{point}");
    let last = point.lines().last().unwrap_or_default();
    assert!(last.starts_with("Continue  milestone start "), "{point}");
}

#[test]
fn sessions_are_seen_as_they_were_and_cannot_be_undone() {
    let env = env();
    env.run("session start api/auth");
    let record = env.run("log --limit 1 --json").stdout;
    let at = record.find("\"record\":\"").expect("it has one") + 10;
    let undone = env.run(&format!("undo {}", &record[at..at + 16]));
    assert_eq!(undone.code, 8, "{}", undone.stderr);
    // What one undoes is the last change of the plan.
    assert_eq!(env.run("undo").code, 0);
    assert_eq!(env.run("session list --as-of #2").stdout, "");
    let dry = env.run("session suspend --dry-run").stdout;
    assert!(dry.contains("session_suspended"), "{dry}");
    assert!(env.run("session list").stdout.contains("open"));
}
