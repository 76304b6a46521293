//! `log`, `audit`, `dep`, `conflicts` and `undo --list`.
//!
//! Start at `the_log_is_told_newest_first`.

use milestone_core::domain::{Command, Field};

use crate::reads_world::{Pages, World, adorned, after, clones, fields, merge, of, shop};
use crate::support::TestEnv;

fn env() -> TestEnv {
    let env = TestEnv::new();
    shop(&env);
    env
}

#[test]
fn the_log_is_told_newest_first() {
    let env = env();
    insta::assert_snapshot!(env.page("log api/3 --format text"), @r#"
    $ milestone log api/3 --format text
    #16  Thu 03-12 09:41  dana          progress 3/6 → 4/6  "orders and payments done"
    #15  Wed 03-11 16:20  agent:robo-1  progress 3/6
    #14  Wed 03-11 09:14  dana          started
    #13  Tue 03-10 17:55  sam           unblocked after 1 d 8 h
    #12  Mon 03-09 09:30  dana          blocked  "waiting for sandbox keys"  by sam
    #2   Mon 03-02 10:05  dana          created  "Endpoints", estimate 3d
    "#);
    insta::assert_snapshot!(env.page("log api --format text --since 2026-03-10"), @r#"
    $ milestone log api --format text --since 2026-03-10
    #16  Thu 03-12 09:41  dana          progress 3/6 → 4/6  "orders and payments done"
    #15  Wed 03-11 16:20  agent:robo-1  progress 3/6
    #14  Wed 03-11 09:14  dana          started
    #13  Tue 03-10 17:55  sam           unblocked
    "#);
    adorned(&env);
    insta::assert_snapshot!(env.page("log checkout/payment --format text --glyphs ascii"), @r#"
    $ milestone log checkout/payment --format text --glyphs ascii
    #21  Thu 03-12 09:54  sam   blocked  "no contract"
    #20  Thu 03-12 09:53  sam   linked relates-to bd-12
    #19  Thu 03-12 09:52  sam   noted  "two lines of a note"
    #18  Thu 03-12 09:51  dana  checked fknzoapl
    #17  Thu 03-12 09:50  dana  added to the checklist  "voucher"
    #17  Thu 03-12 09:50  dana  added to the checklist  "card"
    #7   Sat 03-07 09:00  dana  comes after checkout-v2/cart-totals
    #7   Sat 03-07 09:00  dana  created  "Payment", estimate 3d
    "#);
    insta::assert_snapshot!(env.page("log --limit 2 --fields number,timestamp,ref,what"), @r#"
    $ milestone log --limit 2 --fields number,timestamp,ref,what
    21	2026-03-12T09:54:00.000000Z	checkout-v2/payment	blocked  "no contract"
    20	2026-03-12T09:53:00.000000Z	checkout-v2/payment	linked relates-to bd-12
    "#);
    insta::assert_snapshot!(env.page("log --kind milestone_completed --format md"), @r"
    $ milestone log --kind milestone_completed --format md
    - Sun 03-08 09:30 dana: csv-import done
    ");
    insta::assert_snapshot!(env.page("log --who nobody"), @r"
    $ milestone log --who nobody
    ! Nothing happened that fits.
    ");
}

#[test]
fn events_have_the_members_of_the_specification() {
    let answer = env().run("log api/3 --limit 1 --format ndjson");
    let lines: Vec<&str> = answer.stdout.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with(r#"{"kind":"event.list","v":1,"meta":{"#));
    let begin = concat!(
        r#"{"timestamp":"2026-03-12T09:41:07.000000Z","event_type":"progress_updated","#,
        r#""milestone_id":"api-development","details":{"task":"endpoints","done":4,"of":6,"#,
        r#""notes":"orders and payments done"},"session_id":"s-test","user_context":null,"#,
    );
    assert!(lines[1].starts_with(begin), "{}", lines[1]);
}

#[test]
fn the_log_of_a_moment_has_what_its_state_was_made_of() {
    let env = env();
    let all = env.run("log --fields number").stdout.lines().count();
    let until = |moment: &str| env.run(&format!("log --fields number --as-of {moment}")).stdout;
    let third = until("#3");
    assert_eq!(third, until("2026-03-04T12:00:00Z"), "both end at record 3");
    assert_eq!(third.lines().next(), Some("3"));
    let record = env.run("log --fields record --until 2026-03-04T12:00").stdout;
    assert_eq!(third, until(record.lines().next().unwrap()));
    assert!(third.lines().count() < all);
}

#[test]
fn audit_is_for_proof() {
    let env = env();
    insta::assert_snapshot!(env.page("audit api/3 --format text --verify"), @r"
    $ milestone audit api/3 --format text --verify
    #16  api-development/endpoints v6  progress_updated  actor dana  session s-test
          read f77f0903fd9a776b  prev f77f0903fd9a776b
          at 2026-03-12T09:41:07.000000Z  hash 36605b2a993e19c979f26cf2bf9633b2d6565f6fb\
      c49a886f9d1a447658c381a
    #15  api-development/endpoints v5  progress_updated  actor agent:robo-1  session \
      s-test
          read a5158d55960e8bec  prev a5158d55960e8bec
          at 2026-03-11T16:20:00.000000Z  hash f77f0903fd9a776bce587e8e5f16f7128ea5385d0\
      3fab987a172bbdeb7f7ea8e
    #14  api-development/endpoints v4  task_started  actor dana  session s-test
          read ede87efaa7b92805  prev ede87efaa7b92805
          at 2026-03-11T09:14:00.000000Z  hash a5158d55960e8becfcdbdd2e5be144cd12180eb0c\
      ff9c41cd73a38141b7ff5ac
    #13  api-development/endpoints v3  blocker_cleared  actor sam  session s-test
          read f1441045002a622f  prev f1441045002a622f
          at 2026-03-10T17:55:00.000000Z  hash ede87efaa7b92805c42bbf93943fa3685c654d497\
      bb74c7a7fdece472155a2bb
    #12  api-development/endpoints v2  blocker_raised  actor dana  session s-test
          read 1bb94e0cd97c70a8  prev 01b8f6d96030545c
          at 2026-03-09T09:30:00.000000Z  hash f1441045002a622fe8631ce3ddbddfea7313a0256\
      a769cb25408669661cfc13b
    #2  api-development/endpoints v1  task_added  actor dana  session s-test
          read none  prev dfc38d1a0b3571f7
          at 2026-03-02T10:05:00.000000Z  hash 1bb94e0cd97c70a8993bb3a36ba7511ccb47e6c17\
      df768555cbc5bcf6fb1e8dd
    Chain  verified #1 to #16, head 36605b2a993e19c979f26cf2bf9633b2d6565f6fbc49a886f9d1\
      a447658c381a
    ");
    let rows = env.run("audit api/3 --fields version,event_type").stdout;
    assert_eq!(rows.lines().next(), Some("6\tprogress_updated"), "{rows}");
}

#[test]
fn what_can_be_undone_is_listed() {
    let env = env();
    insta::assert_snapshot!(env.page("undo --list --format text"), @r#"
    $ milestone undo --list --format text
     N  TIME             RECORD            WHAT
     1  Thu 03-12 09:41  36605b2a993e19c9  api-development/endpoints progress 4/6…
     2  Wed 03-11 09:14  a5158d55960e8bec  api-development/endpoints started
     3  Mon 03-09 09:30  f1441045002a622f  api-development/endpoints blocked  "wait…
     4  Sun 03-08 09:30  01b8f6d96030545c  csv-import done
     5  Sat 03-07 09:30  2d643fb76cd973fb  csv-import started
     6  Sat 03-07 09:20  ff9a3124b797912f  csv-import created  "CSV import", owner…
     7  Sat 03-07 09:10  548b32653cece223  cleanup-logs created  "Cleanup logs", ow…
     8  Sat 03-07 09:00  4e688cf14ae0c326  checkout-v2 created  "Checkout v2", due…
     9  Fri 03-06 16:00  d8a0683da937a59e  api-development/database-setup done
    10  Thu 03-05 09:00  795c1e370da49311  api-development/database-setup started
    11  Wed 03-04 17:00  537ef6244e40d50c  api-development/authentication done
    12  Tue 03-03 09:00  fd5162d2dbadcc85  api-development started; api-development…
    13  Mon 03-02 10:05  1bb94e0cd97c70a8  api-development created  "API Developmen…
    "#);
    let others = env.run("undo --list --actor nobody");
    assert_eq!(others.stderr, "Nothing of nobody can be undone.\n");
}

#[test]
fn order_is_a_tree() {
    let env = env();
    let mut world = World::open(env.path());
    world.does("dana", "2026-03-12T09:50:00Z", after("checkout", "api"));
    world.does("dana", "2026-03-12T09:51:00Z", after("checkout/tax-table", "payment"));
    world.does("dana", "2026-03-12T09:52:00Z", after("checkout/tax-table", "cart-totals"));
    insta::assert_snapshot!(env.page("dep tree --format text"), @r"
    $ milestone dep tree --format text
    api-development/testing ○ (Waiting)
    └── after api-development/endpoints ◐ (In Progress)
    checkout-v2 ○ (Planned)
    └── after api-development ◐ (Active)
    checkout-v2/tax-table ○ (Waiting)
    ├── after checkout-v2/cart-totals ○ (Pending)
    └── after checkout-v2/payment ○ (Waiting)
        └── after checkout-v2/cart-totals ○ (Pending)
    ");
    insta::assert_snapshot!(env.page("dep tree checkout/payment"), @r"
    $ milestone dep tree checkout/payment
    checkout-v2/payment	checkout-v2/cart-totals	open	-	fs
    ");
    insta::assert_snapshot!(env.page("dep tree --accessible"), @r"
    $ milestone dep tree --accessible
    api-development/testing after api-development/endpoints.
    checkout-v2 after api-development.
    checkout-v2/payment after checkout-v2/cart-totals.
    checkout-v2/tax-table after checkout-v2/cart-totals.
    checkout-v2/tax-table after checkout-v2/payment.
    ");
    insta::assert_snapshot!(env.page("dep check"), @r"
    $ milestone dep check
    No cycles, and everything that is waited for exists.
    ");
}

#[test]
fn a_merge_can_close_a_cycle_and_disagree() {
    let env = TestEnv::new();
    let (mut a, mut b) = clones(&env);
    a.does("dana", "2026-03-03T09:00:00Z", after("alpha/one", "two"));
    b.does("sam", "2026-03-03T10:00:00Z", after("alpha/two", "one"));
    let due = |due| Command::Edit {
        targets: of(&["alpha"]),
        set: fields(&[(Field::Due, due)]),
        add: fields(&[]),
        remove: fields(&[]),
    };
    a.does("dana", "2026-03-04T09:00:00Z", due("2026-03-25"));
    b.does("sam", "2026-03-04T10:00:00Z", due("2026-03-30"));
    for (world, at) in [(&mut a, "2026-03-05T09:00:00Z")] {
        for task in ["alpha/one", "alpha/two", "alpha/three"] {
            let (targets, force, contents) = (of(&[task]), Some("hurry".to_owned()), Vec::new());
            let done = Command::Complete { targets, force, note: None, time_spent: 0, contents };
            world.does("dana", at, done);
        }
        world.done("2026-03-05T10:00:00Z", "alpha");
    }
    b.does(
        "sam",
        "2026-03-05T11:00:00Z",
        Command::AddTasks {
            on: "alpha".to_owned(),
            tasks: vec![crate::reads_world::task("Four", "60", &[])],
        },
    );
    merge(&env);
    insta::assert_snapshot!(env.page("-C a dep tree --format text"), @r"
    $ milestone -C a dep tree --format text
    alpha/one ● (Done)
    └── after alpha/two ● (Done)
        └── after alpha/one ● (Done) (cycle)
    ");
    insta::assert_snapshot!(env.page("-C a dep check"), @r"
    $ milestone -C a dep check
    cycle    alpha/one after alpha/two after alpha/one
    ! Take one away with: milestone dep remove REF --after REF
    exit 10
    ");
    insta::assert_snapshot!(env.page("-C a conflicts --format text --width 110"), @r"
    $ milestone -C a conflicts --format text --width 110
    ID                REF        ABOUT       HOLDS                          DOES NOT \
      HOLD
    9cc7af876e7face7  alpha      due         2026-03-30                     2026-03-25
                      alpha      completion  active again: open alpha/four  completed
                      alpha/one  cycle       alpha/one after alpha/two
    ! Close one as it stands: milestone conflicts resolve 9cc7af876e7face7
    ! Break a cycle: milestone dep remove REF --after REF
    ");
    insta::assert_snapshot!(env.page("-C a show alpha"), @r"
    $ milestone -C a show alpha
    MILESTONE: Alpha (Progress: 75%)
    ├── One ●
    ├── Two ●
    ├── Three ●
    └── Four ○ (Pending)
    ");
    let quiet = env.run("-C b conflicts");
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", "No conflicts.\n"));
}
