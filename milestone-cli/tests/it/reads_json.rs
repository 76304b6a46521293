//! The documents of `--json`: every member, in the documented order.
//!
//! Start at `a_task_has_every_member`.

use serde_json::Value;

use crate::reads_world::{Pages, adorned, shop};
use crate::support::TestEnv;

fn env() -> TestEnv {
    let env = TestEnv::new();
    shop(&env);
    adorned(&env);
    env
}

fn value(env: &TestEnv, line: &str) -> Value {
    let answer = env.run(line);
    assert_eq!(answer.stderr, "", "{line}");
    serde_json::from_str(&answer.stdout).unwrap()
}

#[test]
fn a_task_has_every_member() {
    insta::assert_snapshot!(env().page("task show checkout/payment --json"), @r#"
    $ milestone task show checkout/payment --json
    {"kind":"task.show","v":1,"data":{"ref":"checkout-v2/payment","number":2,\
      "title":"Payment","status":"blocked","progress":0,"evidence":null,\
      "estimate_minutes":1440,"owner":null,"claim":null,\
      "after":["checkout-v2/cart-totals"],"heads":["b00129e3dbf0451f"],"stage":"pending",\
      "milestone":"checkout-v2","assignees":[],"labels":[],"priority":null,"start":null,\
      "due":null,"waits_for":["checkout-v2/cart-totals"],"blockers":[{"id":"vdnot4yy",\
      "text":"no contract","on":null,"until":null,"at":"2026-03-12T09:54:00.000000Z",\
      "by":"sam","cleared_at":null}],"day":null,"took_days":null,"description":null,\
      "template":null,"external_id":null,"time_spent_minutes":0,"reported":null,\
      "criteria":[{"number":1,"id":"fknzoapl","text":"card","checked":true},{"number":2,\
      "id":"6ylaqfrw","text":"voucher","checked":false}],"notes":[{"id":"scaknqui",\
      "at":"2026-03-12T09:52:00.000000Z","by":"sam","text":"two lines\nof a note"}],\
      "links":[{"id":"uhze4dj7","kind":"relates-to","to":"bd-12"}],"risks":[],\
      "conflicts":[],"created_by":"dana","stream":"checkout-v2/payment","weight":1,\
      "workflow":null,"created_at":"2026-03-07T09:00:00.000000Z",\
      "changed_at":"2026-03-12T09:54:00.000000Z","started_at":null,"completed_at":null},\
      "meta":{"heads":["b00129e3dbf0451fc79af24920409f8acb1f3bca3fe6e86652b1a9802b05988d"]\
      ,"as_of":null,"project":"shop","level":0,"total":null,"next_cursor":null},\
      "hints":[]}
    "#);
}

#[test]
fn rows_of_lists_have_every_member() {
    let env = env();
    insta::assert_snapshot!(env.page("list --json --status active"), @r#"
    $ milestone list --json --status active
    {"kind":"milestone.list","v":1,"data":[{"ref":"api-development","title":"API \
      Development","status":"active","progress":67,"tasks":{"done":2,"of":4},\
      "due":"2026-03-20","owner":"dana","labels":["backend"],"assignees":[],\
      "priority":null,"start":null,"estimate_minutes":null,"health":"not_enough_history",\
      "stage":"active","after":[],"waits_for":[],"blockers":[],\
      "heads":["fd5162d2dbadcc85"],"created_at":"2026-03-02T10:05:00.000000Z",\
      "changed_at":"2026-03-03T09:00:00.000000Z","started_at":"2026-03-03T09:00:00.000000Z\
      ","completed_at":null}],"meta":{"heads":["b00129e3dbf0451fc79af24920409f8acb1f3bca3f\
      e6e86652b1a9802b05988d"],"as_of":null,"project":"shop","level":0,"total":1,\
      "next_cursor":null},"hints":[]}
    "#);
    insta::assert_snapshot!(env.page("ready --json --limit 1"), @r#"
    $ milestone ready --json --limit 1
    {"kind":"ready.list","v":1,"data":[{"ref":"checkout-v2/cart-totals","number":1,\
      "title":"Cart totals","status":"pending","progress":0,"evidence":null,\
      "estimate_minutes":480,"owner":null,"claim":null,"after":[],\
      "heads":["4e688cf14ae0c326"],"stage":"pending","milestone":"checkout-v2",\
      "assignees":[],"labels":[],"priority":null,"start":null,"due":null,"waits_for":[],\
      "blockers":[],"day":null,"took_days":null,"why":"1 task waits for it",\
      "overdue":false,"waited_for_by":1}],"meta":{"heads":["b00129e3dbf0451fc79af24920409f\
      8acb1f3bca3fe6e86652b1a9802b05988d"],"as_of":null,"project":"shop","level":0,\
      "total":3,"next_cursor":"5b22222c5b312c32303535332c2d312c313737323837343030303030303\
      030302c2234653638386366313461653063333236222c22636865636b6f75742d76322f636172742d746\
      f74616c73225d2c22636865636b6f75742d76322f636172742d746f74616c73225d"},\
      "hints":["milestone start checkout-v2/cart-totals"]}
    "#);
}

#[test]
fn milestones_have_their_tasks() {
    let document = value(&env(), "show api --json");
    assert_eq!(document["kind"], "milestone.show");
    let tasks = document["data"]["task_list"].as_array().unwrap();
    let refs: Vec<&str> = tasks.iter().map(|task| task["ref"].as_str().unwrap()).collect();
    assert_eq!(refs[2], "api-development/endpoints");
    assert_eq!(tasks[2]["evidence"]["done"], 4);
    assert_eq!(tasks[3]["waits_for"][0], "api-development/endpoints");
    assert_eq!(tasks[3]["status"], "waiting");
    assert_eq!(tasks[3]["stage"], "pending");
}

#[test]
fn fields_choose_members_in_their_order() {
    let env = env();
    insta::assert_snapshot!(env.page("task list api --format ndjson --fields status,ref"), @r#"
    $ milestone task list api --format ndjson --fields status,ref
    {"kind":"task.list","v":1,"meta":{"heads":["b00129e3dbf0451fc79af24920409f8acb1f3bca\
      3fe6e86652b1a9802b05988d"],"as_of":null,"project":"shop","level":0,"total":4,\
      "next_cursor":null}}
    {"status":"done","ref":"api-development/authentication"}
    {"status":"done","ref":"api-development/database-setup"}
    {"status":"in_progress","ref":"api-development/endpoints"}
    {"status":"waiting","ref":"api-development/testing"}
    "#);
    insta::assert_snapshot!(env.page("list --json --fields ref,oops"), @r#"
    $ milestone list --json --fields ref,oops
    ! {"kind":"error","v":1,"error":{"code":"usage.unknown_field","exit":2,\
      "message":"there is no field \"oops\"","facts":{"nothing_changed":true},\
      "notes":["fields: after, assignees, blockers, changed_at, completed_at, created_at, \
      due, estimate_minutes, heads, health, labels, owner, priority, progress, ref, stage,\
       start, started_at, status, tasks, title, waits_for"],"retry_after_ms":null,\
      "alternatives":[],"hint":"milestone help json"}}
    exit 2
    "#);
    let show = value(&env, "show api --json --fields title,progress");
    assert_eq!(show["data"].to_string(), r#"{"progress":67,"title":"API Development"}"#);
}

#[test]
fn every_document_says_what_it_is() {
    let env = env();
    let kinds = [
        ("list", "milestone.list"),
        ("show api", "milestone.show"),
        ("show api/3", "task.show"),
        ("task list", "task.list"),
        ("ready", "ready.list"),
        ("ready --blocked", "ready.list"),
        ("log", "event.list"),
        ("audit", "audit"),
        ("dep tree", "dep.tree"),
        ("dep check", "dep.check"),
        ("dep critical", "dep.critical"),
        ("why api", "why"),
        ("conflicts", "conflict.list"),
        ("log verify", "log.verify"),
        ("log has 0000", "log.has"),
        ("doctor", "doctor"),
        ("replay --check", "replay.check"),
        ("replay", "replay"),
        ("undo --list", "undo.list"),
        ("version", "version"),
    ];
    for (command, kind) in kinds {
        let document = value(&env, &format!("{command} --json"));
        assert_eq!(document["kind"], kind, "{command}");
        assert_eq!(document["v"], 1, "{command}");
        assert!(document["meta"]["heads"].is_array() && document["hints"].is_array(), "{command}");
    }
}

#[test]
fn the_past_says_when_it_is_and_nothing_else() {
    let document = value(&env(), "list --json --as-of 2026-03-05");
    assert_eq!(document["meta"]["as_of"], "2026-03-05T23:59:59.999999Z");
    assert_eq!(document["data"].as_array().unwrap().len(), 1);
}
