//! How things stand, and reports of it, as people see them: `status`, `report`.
//!
//! Start at [`three`], a project in which not all is well.

use crate::reads_figures::busy;
use crate::support::TestEnv;

/// What somebody says of a milestone, looking back.
const WORDS: &str = "Ask for test data first.\n<b>Estimates</b> were too low.";

/// A milestone at risk, one that nothing happens in, one without a date.
fn three() -> TestEnv {
    let env = busy();
    for line in [
        "new \"<script>alert(1)</script> & \\\"Search\\\"\" --id search --due 2026-03-20",
        "task add --on search Index Ranking",
        "start search/index --at 2026-03-01",
        "new Later",
        "task add --on later Think",
        "start later",
    ] {
        let answer = env.run(line);
        assert_eq!(answer.code, 0, "{line}: {}", answer.stderr);
    }
    env
}

#[test]
fn health_comes_with_its_reasons() {
    let env = three();
    insta::assert_snapshot!(env.block("status --format text"), @r#"
    $ milestone status --format text
    3 open milestones: 1 late, 1 at risk, 1 no due date

    <script>alert(1)</script> & \Search\ (search)  ▲▲ Late
      1%, 0 of 2 tasks done; due Fri 2026-03-20, 8 days left
      the due date has a 16% chance
      50% by Sat 2026-03-28, 85% by Mon 2026-04-06, 17 days after due
      scope grew from 1 to 2 since it was begun

    Checkout (checkout)  ▲ At risk
      80%, 24 of 30 tasks done; due Fri 2026-03-27, 15 days left
      the due date has a 73% chance
      50% by Wed 2026-03-25, 85% by Mon 2026-03-30, 3 days after due

    Later (later)  No due date
      0%, 0 of 1 tasks done; no due date
      1 task left
      50% by Tue 2026-03-24, 85% by Fri 2026-04-03
    "#);
    insta::assert_snapshot!(env.block("status checkout --format md"), @r"
    $ milestone status checkout --format md
    1 open milestone: 1 at risk

    | Milestone | Health | Progress | Due | Why |
    | --- | --- | ---: | --- | --- |
    | Checkout | At risk | 80% (24/30) | 2026-03-27 | the due date has a 73% chance; 50% by We\
        d 2026-03-25, 85% by Mon 2026-03-30, 3 days after due |
    ");
    insta::assert_snapshot!(env.block("status checkout --accessible"), @r"
    $ milestone status checkout --accessible
    1 open milestone: 1 at risk
    Checkout. At risk. 80%, 24 of 30 tasks done, due Fri 2026-03-27, 15 days left. The due dat\
        e has a 73% chance. 50% by Wed 2026-03-25, 85% by Mon 2026-03-30, 3 days after due.
    ");
    insta::assert_snapshot!(env.block("status search --json"), @r#"
    $ milestone status search --json
    {"kind":"milestone.status","v":1,"data":[{"ref":"search","title":"<script>alert(1)</script\
        > & \\Search\\","owner":null,"status":"active","health":"late","reasons":["the due date ha\
        s a 16% chance","50% by Sat 2026-03-28, 85% by Mon 2026-04-06, 17 days after due","scope g\
        rew from 1 to 2 since it was begun"],"progress":1,"tasks_done":0,"tasks":2,"left":2,"block\
        ed":0,"due":"2026-03-20","slip_days_30":0,"chance":0.1641,"p50":"2026-03-28","p85":"2026-0\
        4-06","estimates_from":null,"estimates_to":null,"quiet_days":0,"scope_at_begin":1}],"meta"\
        :{"heads":["6ce3e1b2de136fb49365b1ea5cadfaabc6ef45bf59db0ff8424554a7d439dbf9"],"as_of":nul\
        l,"project":"shop","level":0,"total":1,"next_cursor":null},"hints":[]}
    "#);
    insta::assert_snapshot!(env.block("status --as-of 2026-02-01"), @r"
    $ milestone status --as-of 2026-02-01
    checkout	Checkout	not_enough_history	33	10/30	2026-03-27	-	-	-	0	dana	20 tasks left; too l\
        ittle was finished to say when; estimates give Sun 2026-02-22 to Sun 2026-04-05
    ! AS OF 2026-02-01 · record 19 of 48 · read only
    ");
    assert_eq!(env.run("status nothing").code, 5);
    let forecast = env.run("forecast checkout --json").stdout;
    assert!(forecast.contains("\"health\":\"at_risk\""));
}

/// A milestone that was begun, grew, slipped, was blocked, and ended late and by force.
fn ended() -> TestEnv {
    let at = |day: &str| format!("2026-03-{day}T09:00:00Z");
    let mut env = TestEnv::new();
    for (day, line) in [
        ("01", "init --name shop"),
        ("01", "new Search --due 2026-03-08 --task Index --task Ranking --task Synonyms"),
        ("01", "edit search/index --estimate 1d"),
        ("02", "start search"),
        ("03", "done search/index --time 12h"),
        ("04", "task add Typos --on search"),
        ("05", "block search/ranking \"no test data\""),
        ("06", "unblock search/ranking"),
        ("07", "edit search --due 2026-03-10"),
        ("09", "done search/ranking"),
        ("11", "cancel search/synonyms --reason later"),
        ("12", "done search --force \"typos can wait\""),
    ] {
        env = env.set("MILESTONE_NOW", &at(day));
        let answer = env.run(line);
        assert_eq!(answer.code, 0, "{line}: {}", answer.stderr);
    }
    env.set("MILESTONE_NOW", &at("13"))
}

#[test]
fn archiving_looks_back() {
    let env = ended();
    insta::assert_snapshot!(env.block("report retro search"), @"
    $ milestone report retro search
    Retrospective of shop
    1 milestone was completed; 0 of 1 by the first due date, half 4 days after it or
    sooner.
    As of 2026-03-13, from 12 records. Window 2026-03-01 to 2026-03-13.

    Milestones
    REF     TITLE   ENDED       LATE  SLIPS  DAYS  DONE
    search  Search  2026-03-12     4      1    11     2

    Search (search)
      Planned    due Sun 2026-03-08
      Actual     Mon 2026-03-02 to Thu 2026-03-12, 11 days, 2 days late, 4 days late
                 by the first due date
      Due date   moved once, 2 days later in all: 2026-03-08 to 2026-03-10 (on
                 2026-03-07)
      Tasks      2 done, 1 cancelled, 1 left open
      Scope      3 tasks when it was begun; 1 added since (+33%)
      Estimates  1d4h spent of 1d estimated, 150% (in 1 task)
      Blocked    1 d in 1 task: no test data (1 d)
      Forced     completed although something was open: typos can wait
      Burn-up  done 0 to 2 of scope 3 to 3
    ");
    std::fs::write(env.path().join("review.md"), WORDS).unwrap();
    insta::assert_snapshot!(env.block("archive search -F review.md"), @r"
    $ milestone archive search -F review.md
    Archived search  Search
      Planned    due Sun 2026-03-08
      Actual     Mon 2026-03-02 to Thu 2026-03-12, 11 days, 2 days late, 4 days late by the fi\
        rst due date
      Due date   moved once, 2 days later in all: 2026-03-08 to 2026-03-10 (on 2026-03-07)
      Tasks      2 done, 1 cancelled, 1 left open
      Scope      3 tasks when it was begun; 1 added since (+33%)
      Estimates  1d4h spent of 1d estimated, 150% (in 1 task)
      Blocked    1 d in 1 task: no test data (1 d)
      Forced     completed although something was open: typos can wait
    ! Undo: milestone undo
    ");
}

/// The same, put away with a few words.
fn put_away() -> TestEnv {
    let env = ended();
    std::fs::write(env.path().join("review.md"), WORDS).unwrap();
    env.run("archive search -F review.md");
    env
}

#[test]
fn what_was_put_away_shows_its_review() {
    let env = put_away();
    insta::assert_snapshot!(env.block("show search"), @r"
    $ milestone show search
    MILESTONE: Search (Progress: 67%)
    ├── Index ●
    ├── Ranking ●
    ├── Synonyms ✗ (Cancelled)
    └── Typos ○ (Pending)
      Status  Archived, completed on Thu 2026-03-12, 1 task left open
    Review
      Planned: due Sun 2026-03-08
      Actual: Mon 2026-03-02 to Thu 2026-03-12, 11 days, 2 days late, 4 days late by the first\
         due date
      Due date: moved once, 2 days later in all: 2026-03-08 to 2026-03-10 (on 2026-03-07)
      Tasks: 2 done, 1 cancelled, 1 left open
      Scope: 3 tasks when it was begun; 1 added since (+33%)
      Estimates: 1d4h spent of 1d estimated, 150% (in 1 task)
      Blocked: 1 d in 1 task: no test data (1 d)
      Forced: completed although something was open: typos can wait
      dana, Fri 2026-03-13
        Ask for test data first.
        <b>Estimates</b> were too low.
    ");
    insta::assert_snapshot!(env.block("show search --format md"), @r"
    $ milestone show search --format md
    ## Search (67%)

    Due 2026-03-10 (finished 2 days late) · 2 of 3 tasks done

    - [x] Index
    - [x] Ranking
    - [ ] ~~Synonyms~~ (Cancelled)
    - [ ] Typos (Pending)

    - Status: Archived, completed on Thu 2026-03-12, 1 task left open

    ### Review

    - Planned: due Sun 2026-03-08
    - Actual: Mon 2026-03-02 to Thu 2026-03-12, 11 days, 2 days late, 4 days late by the first\
         due date
    - Due date: moved once, 2 days later in all: 2026-03-08 to 2026-03-10 (on 2026-03-07)
    - Tasks: 2 done, 1 cancelled, 1 left open
    - Scope: 3 tasks when it was begun; 1 added since (+33%)
    - Estimates: 1d4h spent of 1d estimated, 150% (in 1 task)
    - Blocked: 1 d in 1 task: no test data (1 d)
    - Forced: completed although something was open: typos can wait
    - dana, Fri 2026-03-13
    - Ask for test data first.
    - &lt;b>Estimates&lt;/b> were too low.
    ");
}

#[test]
fn a_retrospective_has_the_words_and_the_figures() {
    let env = put_away();
    insta::assert_snapshot!(env.block("report retro --format md"), @r#"
    $ milestone report retro --format md
    # Retrospective of shop

    1 milestone was completed; 0 of 1 by the first due date, half 4 days after it or sooner.

    As of 2026-03-13, from 13 records. Window 2026-03-01 to 2026-03-13.

    ## Milestones

    | ref | title | ended | late_days | slips | days | tasks_done | tasks_added | tasks_cancel\
        led | tasks_moved_away | accuracy_percent | blocked_minutes |
    | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    | search | Search | 2026-03-12 | 4 | 1 | 11 | 2 | 1 | 1 | 0 | 150 | 1440 |

    ## Search (search)

    - Planned: due Sun 2026-03-08
    - Actual: Mon 2026-03-02 to Thu 2026-03-12, 11 days, 2 days late, 4 days late by the first\
         due date
    - Due date: moved once, 2 days later in all: 2026-03-08 to 2026-03-10 (on 2026-03-07)
    - Tasks: 2 done, 1 cancelled, 1 left open
    - Scope: 3 tasks when it was begun; 1 added since (+33%)
    - Estimates: 1d4h spent of 1d estimated, 150% (in 1 task)
    - Blocked: 1 d in 1 task: no test data (1 d)
    - Forced: completed although something was open: typos can wait

    > Ask for test data first.
    > &lt;b>Estimates&lt;/b> were too low.
    >
    > dana, Fri 2026-03-13

    - Burn-up: done 0 to 2 of scope 3 to 3

    ## The project

    - Burn-up: done 0 to 2 of scope 3 to 2
    - Burn-down: left 3 to 0, 100% done
    - Cumulative flow: 4 tasks came, 3 of them begun, 3 ended; 0 under way
    - Throughput: 2 tasks finished on 2 days, 1.1 a week, 1 cancelled
    - Lead time: 50% 3   70% 9   85% 9   95% 9 days   (of 2 tasks)

    - Work item age: nothing is under way
    - Blocked time: 1 d in 1 task; 1 d  no test data
    - Flow efficiency: no time was recorded
    - Workload: nothing is left to do
    - Estimate accuracy: median 1.50 x the estimate, 10-90% 1.50 to 1.50   (of 1 task)
    - Success rate: 100% of the project's milestones (1 of 1); 0% on time (0 of 1)
    "#);
    insta::assert_snapshot!(env.block("report retro --format csv"), @r"
    $ milestone report retro --format csv
    ref,title,ended,late_days,slips,days,tasks_done,tasks_added,tasks_cancelled,tasks_moved_aw\
        ay,accuracy_percent,blocked_minutes
    search,Search,2026-03-12,4,1,11,2,1,1,0,150,1440
    ");
}

#[test]
fn a_review_is_there_as_long_as_it_is_put_away() {
    let env = put_away();
    let show = env.run("show search --json").stdout;
    assert!(show.contains("\"words\":[{\"at\":\"2026-03-13T09:00:00.000000Z\""), "{show}");
    assert!(show.contains("\"late_days\":4") && show.contains("\"slip_days\":2"), "{show}");
    let page = env.run("report retro --format html").stdout;
    assert!(page.contains("<bdi>&lt;b&gt;Estimates&lt;/b&gt; were too low.</bdi>"), "{page}");
    // Without words the figures are there all the same; before it ended there is no review.
    assert!(!env.run("show search --as-of 2026-03-11").stdout.contains("Review"));
    let code = env.run("reopen search").code;
    assert_eq!(code, 8, "an archived milestone is brought back first");
    assert_eq!(env.run("unarchive search").code, 0);
    assert_eq!(env.run("reopen search").code, 0);
    assert!(env.run("report retro search").stdout.contains("still open"));
    assert_eq!(env.run("archive search --review x").code, 8, "it is open");
}

#[test]
fn a_page_needs_nothing_and_runs_nothing() {
    let env = three();
    let rtl = "new \"\u{5d0}\u{5d1} x\" --due 2026-04-01";
    assert_eq!(env.run(rtl).code, 0);
    for name in ["status", "retro", "portfolio"] {
        let page = env.run(&format!("report {name} --format html")).stdout;
        assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"), "{name}");
        for never in ["<script", "http:", "https:", "url(", "@import", "src=", "NaN"] {
            assert!(!page.contains(never), "{name} has {never}");
        }
        assert!(page.contains("default-src 'none'"));
        let count = |of: &str| page.matches(of).count();
        assert!(name == "retro" || page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; "));
        let charts = count("<figure>");
        assert!(charts >= 6, "{name} has {charts} charts");
        for of in ["role=\"img\"", "<figcaption>", "<details>", "<desc id="] {
            assert_eq!(count(of), charts, "{name}: {of}");
        }
        assert_eq!(count("<title id="), charts);
        for tag in ["section", "table", "figure", "svg", "tr", "td", "th", "bdi", "dl", "ul"] {
            let open = count(&format!("<{tag}>")) + count(&format!("<{tag} "));
            assert_eq!(open, count(&format!("</{tag}>")), "{name}: {tag}");
        }
        assert_eq!(page, env.run(&format!("report {name} --format html")).stdout);
    }
}

#[test]
fn a_report_says_the_same_in_every_form() {
    let env = busy();
    insta::assert_snapshot!(env.block("report status"), @"
    $ milestone report status
    Status of shop
    1 open milestone: 1 at risk.
    As of 2026-03-12, from 42 records. Window 2026-01-15 to 2026-03-12.

    Milestones
    REF       TITLE     HEALTH     %  TASKS  DUE         CHANCE
    checkout  Checkout  At risk  80%  24/30  2026-03-27     73%

    The project
      Burn-up          done 0 to 24 of scope 30 to 30
      Burn-down        left 30 to 6, 80% done
      Cumulative flow  30 tasks came, 25 of them begun, 24 ended; 1 under way
      Throughput       24 tasks finished on 12 days, 2.9 a week
      Cycle time       50% 1 70% 1 85% 1 95% 1 days (of 24 tasks)
      Lead time        50% 20 70% 34 85% 48 95% 55 days (of 24 tasks)
      Work item age      3 days checkout/part-25, older than 100% of what was
                         finished, blocked
      Blocked time       2 d 6 h in 1 task; 2 d 6 h sandbox keys, still in the way
      Flow efficiency    100% (estimate): active 8 d, waiting 0 min, blocked 0 min
      Workload           nobody: 6 tasks, 7d left, 58% of the time to the due date
      Estimate accuracy  median 1.25 x the estimate, 10-90% 1.25 to 1.25 (of 12
                         tasks)
      Success rate       no milestone ended

    Checkout (checkout)
      the due date has a 73% chance
      50% by Wed 2026-03-25, 85% by Mon 2026-03-30, 3 days after due
      Burn-up          done 0 to 24 of scope 30 to 30
      Forecast         50% by 2026-03-25, 85% by 2026-03-30, 95% by 2026-04-01; the
                       due date has a 73% chance
      Burn-down        left 30 to 6, 80% done
      Cumulative flow  30 tasks came, 25 of them begun, 24 ended; 1 under way
      Throughput       24 tasks finished on 12 days, 2.9 a week
      Cycle time       50% 1 70% 1 85% 1 95% 1 days (of 24 tasks)
      Lead time        50% 20 70% 34 85% 48 95% 55 days (of 24 tasks)
    ");
}

#[test]
fn markdown_and_tables_can_be_taken_along() {
    let env = busy();
    insta::assert_snapshot!(env.block("report status checkout --format md"), @r"
    $ milestone report status checkout --format md
    # Status of shop

    1 open milestone: 1 at risk.

    As of 2026-03-12, from 42 records. Window 2026-01-15 to 2026-03-12.

    ## Milestones

    | ref | title | health | progress | tasks | due | chance | p50 | p85 | slip_days_30 | owne\
        r | reasons |
    | --- | --- | --- | ---: | ---: | --- | ---: | --- | --- | ---: | --- | --- |
    | checkout | Checkout | at\_risk | 80 | 24/30 | 2026-03-27 | 73 | 2026-03-25 | 2026-03-30 \
        | 0 | dana | the due date has a 73% chance; 50% by Wed 2026-03-25, 85% by Mon 2026-03-30, \
        3 days after due |

    ## Checkout (checkout)

    - the due date has a 73% chance
    - 50% by Wed 2026-03-25, 85% by Mon 2026-03-30, 3 days after due

    - Burn-up: done 0 to 24 of scope 30 to 30
    - Forecast: 50% by 2026-03-25, 85% by 2026-03-30, 95% by 2026-04-01; the due date has a 73\
        % chance
    - Burn-down: left 30 to 6, 80% done
    - Cumulative flow: 30 tasks came, 25 of them begun, 24 ended; 1 under way
    - Throughput: 24 tasks finished on 12 days, 2.9 a week
    - Cycle time: 50% 1   70% 1   85% 1   95% 1 days   (of 24 tasks)
    - Lead time: 50% 20   70% 34   85% 48   95% 55 days   (of 24 tasks)
    ");
    insta::assert_snapshot!(env.block("report portfolio --format csv"), @r#"
    $ milestone report portfolio --format csv
    ref,title,health,progress,tasks,due,chance,p50,p85,slip_days_30,owner,reasons
    checkout,Checkout,at_risk,80,24/30,2026-03-27,73,2026-03-25,2026-03-30,0,dana,"the due dat\
        e has a 73% chance; 50% by Wed 2026-03-25, 85% by Mon 2026-03-30, 3 days after due"
    "#);
    let json = env.run("report status --json").stdout;
    assert!(json.starts_with("{\"kind\":\"report.status\",\"v\":1,\"data\":{\"report\""), "{json}");
    for of in ["\"health\":\"at_risk\"", "\"p85\":\"2026-03-30\"", "\"phases\":[]"] {
        assert!(json.contains(of), "{of}");
    }
    assert_eq!(env.run("report nothing").code, 2);
    assert_eq!(env.run("report status nothing").code, 5);
    assert_eq!(env.run("report status --format plain").code, 2);
}

#[test]
fn a_file_is_written_whole_and_never_over_another() {
    let env = busy();
    insta::assert_snapshot!(env.block("report portfolio -o out.html"), @"
    $ milestone report portfolio -o out.html
    ! Portfolio of shop written to ~/out.html
    ");
    let file = env.path().join("out.html");
    let page = std::fs::read_to_string(&file).unwrap();
    assert_eq!(page, env.run("report portfolio --format html").stdout);
    insta::assert_snapshot!(env.block("report status -o out.html"), @"
    $ milestone report status -o out.html
    ! error[export.exists]: there is a file ~/out.html already
    !   = nothing was changed
    ! hint: milestone report NAME --force, or another -o FILE
    exit 8
    ");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), page);
    assert_eq!(env.run("report status -o out.html --force -n").code, 0);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), page);
    assert_eq!(env.run("report status -o out.html --force").code, 0);
    assert_ne!(std::fs::read_to_string(&file).unwrap(), page);
    assert_eq!(env.run("report status -o nowhere/out.md").code, 14);
    assert_eq!(env.run("report status -o .").code, 14);
    let page = env.run("report status -o - --format html").stdout;
    assert!(page.starts_with("<!"), "{page}");
    let refused = env.run("report status -o out.pdf");
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("no format is named after out.pdf"), "{}", refused.stderr);
    let left = std::fs::read_dir(env.path()).unwrap().flatten();
    let part = left.filter(|entry| entry.file_name().to_string_lossy().ends_with(".part"));
    assert_eq!(part.count(), 0);
}
