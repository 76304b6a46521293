//! Planning, looked at closely: templates with workflows of the project, the reasons of `why`, the
//! past of what has one, far dates, and values that are refused.
//!
//! Shown red by: phases that are always those of `kiro`; a past that is the present; an axis of
//! eight thousand years; a time of day that is dropped.

use crate::support::TestEnv;
use crate::{reads_figures, reads_world};

const EDITORIAL: &str = "editorial_workflow:\n  phases:\n    write:\n      weight: 30\n      \
    deliverables: [draft]\n      criteria: [read aloud]\n    edit:\n      weight: 70\n      \
    approval_required: true\n";

const ARTICLE: &str = "---\nworkflow: editorial\n---\n\n# Article\n\n- Text (2h)\n  - phase: edit\n\
    \u{20} - deliverable: draft\n  - deliverable: proofs\n- Pictures\n  - workflow: none\n\
    \u{20} - deliverable: a photo\n";

/// A project with a workflow and a template that names it.
fn magazine() -> TestEnv {
    let env = TestEnv::new();
    let dir = env.path().join(".milestones");
    for (folder, name, text) in
        [("workflows", "editorial.yaml", EDITORIAL), ("templates", "article.md", ARTICLE)]
    {
        std::fs::create_dir_all(dir.join(folder)).unwrap();
        std::fs::write(dir.join(folder).join(name), text).unwrap();
    }
    env
}

fn wanted(env: &TestEnv, task: &str) -> String {
    env.block(&format!("phase show {task} --fields ref,delivered --format plain"))
}

#[test]
fn a_template_names_any_workflow_of_the_project() {
    let env = magazine();
    insta::assert_snapshot!(env.block("template show article"), @"
    $ milestone template show article
    article
    .milestones/templates/article.md · workflow editorial

      1  Text      2h
           write: draft
           edit: proofs
      2  Pictures
           workflow none
           - Deliverable: a photo
    ! Next: milestone quickstart article Article
    ");
    // The workflow is there before the project is.
    assert_eq!(env.run("quickstart article First").code, 0);
    insta::assert_snapshot!(wanted(&env, "first/text"), @"
    $ milestone phase show first/text --fields ref,delivered --format plain
    first/text:write	0 of 1
    first/text:edit	0 of 1
    ");
    let text = env.run("show first/text --json").stdout;
    assert!(text.contains("\"name\":\"proofs\",\"wanted\":true"), "{text}");
    let pictures = env.run("show first/pictures").stdout;
    assert!(pictures.contains("Deliverable: a photo"), "{pictures}");
    for line in ["template use article Second", "new Third --template article"] {
        assert_eq!(env.run(line).code, 0, "{line}");
    }
    assert_eq!(wanted(&env, "second/text").replace("second", "first"), wanted(&env, "first/text"));
    assert_eq!(wanted(&env, "third/text").replace("third", "first"), wanted(&env, "first/text"));
}

#[test]
fn what_was_saved_of_a_workflow_is_used_again() {
    let env = magazine();
    assert_eq!(env.run("quickstart article First").code, 0);
    insta::assert_snapshot!(env.block("template save again first"), @"
    $ milestone template save again first
    Wrote .milestones/templates/again.md  (2 tasks)
    ! Next: milestone template check again
    ");
    let path = env.path().join(".milestones/templates/again.md");
    insta::assert_snapshot!(std::fs::read_to_string(&path).unwrap(), @r#"
    ---
    about: "As First was made"
    ---

    # First

    ## Tasks

    1. Text (2h)
       - workflow: editorial
       - deliverable: edit: proofs
       - label: edit
    2. Pictures
       - deliverable: a photo
    "#);
    assert_eq!(env.run("template use again Second").code, 0);
    assert_eq!(wanted(&env, "second/text").replace("second", "first"), wanted(&env, "first/text"));
    assert_eq!(
        env.run("phase show second/pictures").code,
        env.run("phase show first/pictures").code
    );
    // The file of the workflow goes: that is told, here and by the check.
    std::fs::remove_file(env.path().join(".milestones/workflows/editorial.yaml")).unwrap();
    let gone = env.run("template save without first");
    assert!(
        gone.stderr.contains("the workflow editorial, which cannot be used now"),
        "{gone:?}",
        gone = gone.block()
    );
    insta::assert_snapshot!(env.block("template check article again"), @r#"
    $ milestone template check article again
    .milestones/templates/article.md:2: there is no workflow "editorial"; workflows are kiro
    .milestones/templates/again.md:10: there is no workflow "editorial"; workflows are kiro
    exit 10
    "#);
}

#[test]
fn why_tells_what_was_forced_and_the_weights_of_phases() {
    let env = magazine();
    assert_eq!(env.run("quickstart article First").code, 0);
    env.run("phase deliver first/text draft --text done");
    env.run("phase submit first/text:write");
    let why = env.block("why first/text --format text");
    let why: Vec<&str> = why.lines().filter(|line| !line.starts_with("  by ")).collect();
    insta::assert_snapshot!(why.join("\n"), @"
    $ milestone why first/text --format text
    status: in_progress
      it was started
    progress: 30%
      weights of the finished phases / all weights: (write 30) / 100 = 30.00%
    part: write
      weight 30 of 100, done: adds 30.00 points
    part: edit
      weight 70 of 100, pending: adds 0.00 points
    ");
    env.run("done first/text --force \"the printer waits\"");
    let task = env.run("why first/text").stdout;
    assert!(
        task.contains("forced\tcompleted\tagainst a rule, because: the printer waits\t"),
        "{task}"
    );
    let home = env.run("why first").stdout;
    assert!(home.contains("forced\tcompleted first/text\tagainst a rule"), "{home}");
}

#[test]
fn why_tells_the_health_and_what_the_date_rests_on() {
    let env = reads_figures::worked(TestEnv::new());
    let why = env.block("why checkout --format text --width 80");
    let from = why.find("health: ").expect("it has a row for it");
    insta::assert_snapshot!(&why[from..], @"
    health: At risk
      the due date has a 73% chance; 50% by Wed 2026-03-25, 85% by Mon 2026-03-30, 3
      days after due. A chance of 85% or more is on track, one under 50% is late
    forecast: 85% by Mon 2026-03-30
      6 tasks left; trials draw from the 24 tasks that this milestone finished on 12
      of the last 57 days, and keep what waits for what. milestone forecast shows
      all of it
    ");
    let closed = TestEnv::new();
    closed.run("init");
    closed.run("new Done --task X");
    closed.run("done done/1 done");
    assert!(!closed.run("why done").stdout.contains("health"));
}

#[test]
fn what_has_a_past_shows_it() {
    let env = TestEnv::new();
    reads_world::shop(&env);
    insta::assert_snapshot!(env.block("scale --as-of #1"), @"
    $ milestone scale --as-of #1
    Backend     file, found by counting (storage.backend = auto)
    Milestones  0
    People      1 in the last 30 days: dana; agents do not count
    Fits        file: fewer than 25 milestones and fewer than 5 people
    Next        hybrid with 25 more milestones or 4 more people
    ! AS OF #1 · record 1 of 16 · read only · a merge may move places
    ");
    insta::assert_snapshot!(env.block("validate --as-of 2026-03-05"), @r"
    $ milestone validate --as-of 2026-03-05
    ok     standard  1 milestone and 4 tasks: references, order, dates and completion
    info   standard  the log's files, what is made from it, templates, workflows: not looked a\
        t, for they are as they are now
    0 errors, 0 warnings, 1 info
    ! AS OF 2026-03-05 · record 5 of 16 · read only
    ");
    for line in ["validate hybrid", "doctor", "watch", "template list", "workflow list"] {
        let refused = env.run(&format!("{line} --as-of 3d"));
        assert_eq!(refused.code, 2, "{}", refused.block());
        assert!(refused.stderr.contains("looks at what is there now"), "{}", refused.block());
    }
}

/// Runs a line at a day and hour of March.
fn at(env: &TestEnv, moment: &str, line: &str) {
    let moment = format!("2026-03-{moment}:00:00Z");
    let mut command = env.command();
    command.env("MILESTONE_NOW", moment).env("MILESTONE_SESSION", "work");
    assert!(command.args(line.split(' ')).status().unwrap().success(), "{line}");
}

#[test]
fn alerts_of_work_have_a_past() {
    let env = TestEnv::new();
    at(&env, "01T09", "init");
    at(&env, "01T10", "new Old --due 2026-03-05 --task One");
    at(&env, "02T10", "block old/one keys");
    at(&env, "11T09", "unblock old/one");
    at(&env, "11T10", "done old/one old");
    assert_eq!(env.run("alerts").stdout, "Nothing to look at.\n");
    insta::assert_snapshot!(env.block("alerts --as-of 2026-03-10"), @"
    $ milestone alerts --as-of 2026-03-10
    overdue   old  overdue for 5 days
    blocked   old/one  blocked for 8 days
    ! AS OF 2026-03-10 · record 3 of 5 · read only
    !   milestone why old
    !   milestone why old/one
    ");
    assert_eq!(env.run("alerts --as-of 2026-03-10 --strict").code, 10);
    assert_eq!(env.run("alerts --as-of 2026-03-03").stdout, "Nothing to look at.\n");
}

#[test]
fn a_session_is_shown_as_it_was() {
    let env = TestEnv::new();
    let at = |moment: &str, line: &str| at(&env, moment, line);
    at("01T09", "init");
    at("01T10", "new Api --task One");
    at("02T09", "session start api");
    at("02T10", "session suspend work -m first");
    at("03T09", "note api hello --actor sam");
    at("04T09", "resume work");
    at("04T10", "session suspend work -m second");
    at("05T09", "note api again --actor sam");
    insta::assert_snapshot!(env.block("session show work --as-of 2026-03-03"), @r#"
    $ milestone session show work --as-of 2026-03-03
    Session   work  suspended by dana  Mon 03-02 10:00
    On        api  Api
    Note      first
    Since     1 change by sam
              sam  api noted  "hello"
    Continue  milestone start api/one
    ! AS OF 2026-03-03 · record 5 of 8 · read only
    "#);
    insta::assert_snapshot!(env.block("session show work"), @r#"
    $ milestone session show work
    Session   work  suspended by dana  Wed 03-04 10:00
    On        api  Api
    Note      second
    Since     1 change by sam
              sam  api noted  "again"
    Continue  milestone start api/one
    "#);
    assert_eq!(env.run("session show work --as-of 2026-03-01").code, 5);
    let past = env.run("session list --all --as-of 2026-03-03 --format plain").stdout;
    assert!(past.contains("first"), "{past}");
}

#[test]
fn a_far_date_leaves_the_timeline_readable() {
    let env = TestEnv::new();
    env.run("init");
    env.run("new Soon --start 2026-03-01 --due 2026-04-01");
    env.run("new Far --start 0001-01-01 --due 9999-12-31");
    insta::assert_snapshot!(env.block("timeline --format text"), @r"
    $ milestone timeline --format text
          2021-03-08                                                      2031-03-16
    Far   ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░│░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
    Soon                                      │◆
          ░ planned  █ actual  ◆ due  │ today
    ! Clipped: dates over five years before and after today are beyond the edge; --from and --\
        to shows more.
    ");
    insta::assert_snapshot!(env.block("timeline soon --format text"), @"
    $ milestone timeline soon --format text
          2026-02-28                                                      2026-04-02
    Soon    ░░░░░░░░░░░░░░░░░░░░░░░░│░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░◆░
          ░ planned  █ actual  ◆ due  │ today
    ");
}

#[test]
fn values_that_cannot_be_meant_are_refused() {
    let env = TestEnv::new();
    env.run("init --name shop");
    insta::assert_snapshot!(env.block("new A --due 2026-03-29T02:30"), @r#"
    $ milestone new A --due 2026-03-29T02:30
    ! error[usage.bad_value]: --due: "2026-03-29T02:30" has a time of day, and plans are made \
        of days
    !   = nothing was changed
    ! hint: --due 2026-03-29
    exit 2
    "#);
    assert_eq!(env.run("new A --due +3h").code, 0);
    insta::assert_snapshot!(env.block("forecast a --tasks +1e9"), @r#"
    $ milestone forecast a --tasks +1e9
    ! error[usage.bad_value]: --tasks: "+1e9" is no whole number such as +3 or -1
    !   = nothing was changed
    ! hint: milestone help forecast
    exit 2
    "#);
    insta::assert_snapshot!(env.block("forecast a --tasks 1000000000"), @r#"
    $ milestone forecast a --tasks 1000000000
    ! error[usage.bad_value]: --tasks: "1000000000" is over 100000 tasks more or fewer
    !   = nothing was changed
    ! hint: milestone help forecast
    exit 2
    "#);
    insta::assert_snapshot!(env.block("forecast --calibrate"), @"
    $ milestone forecast --calibrate
    shop: there is no past yet to look back on
    ");
    let small = TestEnv::new();
    reads_world::shop(&small);
    insta::assert_snapshot!(small.block("forecast --calibrate"), @r"
    $ milestone forecast --calibrate
    shop: there are no cases yet; at none of 1 time that could be asked about was there enough\
         history. A forecast needs 20 finished tasks on 10 days or more.
    ");
    std::fs::create_dir_all(env.path().join(".milestones/workflows")).unwrap();
    std::fs::write(env.path().join(".milestones/workflows/none.yaml"), "phases: {}\n").unwrap();
    insta::assert_snapshot!(env.block("workflow check --format text"), @"
    $ milestone workflow check --format text
    NAME  PHASES                                FILE
    kiro  design, spec, task, execute           built in
    none  line 1: it has no phases; 1 to 16 c…  ~/.milestones/workflo…
    exit 10
    ");
    insta::assert_snapshot!(env.block("workflow check .milestones/workflows/none.yaml"), @r"
    $ milestone workflow check .milestones/workflows/none.yaml
    ! error[workflow.bad]: ~/.milestones/workflows/none.yaml: line 1: it has no phases; 1 to 1\
        6 can be
    !   = nothing was changed
    ! hint: milestone workflow show kiro, for one that is right
    exit 2
    ");
}

/// Shown red by: a header without the fields that were asked for.
#[test]
fn a_table_of_values_begins_with_its_fields() {
    let env = TestEnv::new();
    reads_world::shop(&env);
    let head = |line: &str| env.run(line).stdout.lines().next().unwrap_or_default().to_owned();
    insta::assert_snapshot!(head("list --format csv"), @"
    ref,title,status,progress,tasks,due,owner,labels
    ");
    insta::assert_snapshot!(head("task list --format csv"), @"
    ref,title,status,progress,estimate_minutes,due,owner,labels
    ");
    assert_eq!(head("list --format csv --fields title,due"), "title,due");
    assert_eq!(head("list owner:nobody --format csv --fields ref"), "ref");
}

/// Shown red by: a result that prints every line.
#[test]
fn thousands_of_tasks_are_told_in_few_lines() {
    let env = TestEnv::new();
    env.run("init");
    let plan: String = (1..=3000).map(|number| format!("- Task {number}\n")).collect();
    let told = env.fed("new Big -F -", format!("# Big\n{plan}").as_bytes());
    assert!(told.lines().count() < 30, "{told}");
    assert!(told.contains("(3000 tasks)") && told.contains(" more\n"), "{told}");
    let told = env.fed("task add - --on big", plan.replace("- ", "").as_bytes());
    assert!(told.lines().count() < 30, "{told}");
    assert!(told.contains("3000 tasks added."), "{told}");
}

/// Shown red by: talk that all comes after the result.
#[test]
fn what_a_choice_rests_on_is_said_before_the_result() {
    for line in ["init", "quickstart Shop"] {
        let env = TestEnv::new();
        let both = std::fs::File::create(env.path().join("both")).unwrap();
        let mut command = env.command();
        command.args(line.split(' ')).stdout(both.try_clone().unwrap()).stderr(both);
        assert!(command.status().unwrap().success());
        let said = std::fs::read_to_string(env.path().join("both")).unwrap();
        let places = ["Looking at", "Created", "Next: "].map(|word| said.find(word).unwrap());
        assert!(places.is_sorted(), "{said}");
    }
}

/// Shown red by: a mark of the encoding that is taken for text.
#[test]
fn a_plan_may_begin_with_a_byte_order_mark() {
    let env = TestEnv::new();
    env.run("init");
    let said = env.fed("new -F -", "\u{feff}# Bom\n- x\n".as_bytes());
    assert!(said.contains("Created milestone bom"), "{said}");
}

/// Shown red by: what was done once, told as a report of nothing.
#[test]
fn why_cites_no_report_where_there_was_none() {
    let env = TestEnv::new();
    for line in ["init", "new Api --task one", "done api/one", "reopen api/one --reason bad"] {
        assert_eq!(env.run(line).code, 0, "{line}");
    }
    let said = env.run("why api/one").whole();
    assert!(said.contains("nothing was reported"), "{said}");
    assert!(!said.contains("reported last"), "{said}");
}

/// Shown red by: an end at any time, which no figure then counts.
#[test]
fn nothing_was_finished_before_it_began() {
    let env = TestEnv::new();
    for line in ["init", "new Api --task one", "start api/one --at 2026-03-10"] {
        assert_eq!(env.run(line).code, 0, "{line}");
    }
    insta::assert_snapshot!(env.block("done api/one --at 2026-03-05"), @r"
    $ milestone done api/one --at 2026-03-05
    ! error[dates.order]: api/one began 2026-03-10T00:00:00.000000Z, so it was not finished 20\
        26-03-05T00:00:00.000000Z
    !   = nothing was changed
    ! hint: give an end that is not before the beginning
    exit 8
    ");
    assert_eq!(env.run("done api/one --at 2026-03-10").code, 0);
}
