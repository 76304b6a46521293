//! Edges of the command line: values and flags that people type and that nobody tried before.
//!
//! Start at `a_template_is_taken_if_it_leads_clearly`; each test says what it was shown red by.

use milestone_cli::args::parse;
use milestone_cli::run::{Surroundings, run};

use crate::support::TestEnv;
use crate::writes_flow::shop;

/// Shown red by: `sure` that takes whatever has the most points; `seen` in place of `signals`.
#[test]
fn a_template_is_taken_if_it_leads_clearly() {
    let env = TestEnv::new();
    for (dir, files) in [
        ("tied", vec![("Dockerfile", "FROM x")]),
        ("near", vec![("Dockerfile", ""), ("ui/package.json", "react"), ("go.mod", "gin")]),
        ("clear", vec![("Cargo.toml", "axum = \"0.8\""), ("Dockerfile", "FROM x")]),
    ] {
        for (name, text) in files {
            let path = env.path().join(dir).join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }
    insta::assert_snapshot!(env.block("-C near init --template auto --no-hints"), @"
    $ milestone -C near init --template auto --no-hints
    Created .milestones/  (project near, template personal)
    ! Looking at this directory (read only)
    !   go.mod names gin; Dockerfile  api       +4
    !   ui/package.json names react   frontend  +3
    !   no history of git             personal  +1
    ! Template personal: api leads by 1 point, and auto takes it from 2 on.
    !   Commit .milestones/; it ignores its own local files. Nothing else was changed.
    ");
    let tied = env.run("-C tied init --template auto");
    assert!(tied.stderr.contains("\nTemplate personal: nothing leads.\n"), "{}", tied.block());
    insta::assert_snapshot!(env.block("-C clear init --explain --dry-run"), @r#"
    $ milestone -C clear init --explain --dry-run
    project_created  @project  {"name":"clear"}
    ! Looking at this directory (read only)
    !   Cargo.toml names axum  api       +3
    !   Dockerfile             api       +1
    !   no history of git      personal  +1
    !   Points: bugfix 0, api 4, frontend 0, team 0, personal 1
    ! Nothing was made (--dry-run).
    "#);
    insta::assert_snapshot!(env.block("-C clear init --template auto"), @"
    $ milestone -C clear init --template auto
    Created .milestones/  (project clear, template api)
    ! Looking at this directory (read only)
    !   Cargo.toml names axum; Dockerfile  api       +4
    !   no history of git                  personal  +1
    ! Template api: it leads by 3 points.
    !   Commit .milestones/; it ignores its own local files. Nothing else was changed.
    ! Next: milestone quickstart api 'API Development'
    ");
    insta::assert_snapshot!(env.block("-C clear init --explain"), @"
    $ milestone -C clear init --explain
    Already a milestone project (0 milestones)
    ! Looking at this directory (read only)
    !   Cargo.toml names axum  api       +3
    !   Dockerfile             api       +1
    !   no history of git      personal  +1
    !   Points: bugfix 0, api 4, frontend 0, team 0, personal 1
    ");
    insta::assert_snapshot!(env.block("init other --template apy"), @r#"
    $ milestone init other --template apy
    ! error[template.not_found]: no template is called "apy"
    !   = templates: personal, team, api, frontend, bugfix
    !   = nothing was changed
    ! hint: milestone template show api
    exit 5
    "#);
    assert!(!env.path().join("other").exists());
    let said = env.run("init other --template team --json").stdout;
    let document: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(document["data"]["template"], "team");
    assert_eq!(document["data"]["signals"][0]["template"], "personal");
}

/// Shown red by: levels by their words alone.
#[test]
fn a_risk_takes_the_numbers_of_the_matrix() {
    let env = TestEnv::new();
    assert_eq!(env.run("init").code, 0);
    assert_eq!(env.run("new Api").code, 0);
    let said = env.run("risk add api Late --probability 4 --impact 5").stdout;
    assert!(said.contains("Late  (70% (high), impact very-high)"), "{said}");
    let said = env.run("risk edit api --probability 4% --impact 1").stdout;
    assert!(said.contains("4% (very-low), impact very-low"), "{said}");
    insta::assert_snapshot!(env.block("risk edit api --impact 6"), @r#"
    $ milestone risk edit api --impact 6
    ! error[usage.bad_value]: --impact: "6" is no impact: very-low, low, medium, high or very-\
        high, or 1 to 5
    !   = nothing was changed
    ! hint: milestone help risk edit
    exit 2
    "#);
}

/// Shown red by: pages only with --all; saying names alone.
#[test]
fn manual_pages_are_written_to_a_directory() {
    let env = TestEnv::new();
    insta::assert_snapshot!(env.block("man phase plan -o deep/pages"), @"
    $ milestone man phase plan -o deep/pages
    milestone-phase-plan.1
    ! 1 page in deep/pages
    ");
    let all = env.run("man -o pages");
    let count = all.stdout.lines().count();
    assert!(count > 100, "{}", all.block());
    assert_eq!(all.stderr, format!("{count} pages in pages\n"));
    assert_eq!(std::fs::read_dir(env.path().join("pages")).unwrap().count(), count);
    assert_eq!(env.run("man -o new --dry-run").stderr, "Nothing was written (--dry-run).\n");
    assert!(!env.path().join("new").exists());
}

/// Shown red by: words as they come; the parser's own messages of numbers.
#[test]
fn a_value_may_begin_with_a_minus_sign() {
    let env = TestEnv::new();
    assert_eq!(env.run("init").code, 0);
    let new = env.run("new Api --start -5d --due -2d");
    assert!(new.stdout.contains("due Tue 2026-03-10"), "{}", new.block());
    assert_eq!(env.run("task add A B --on api --id -1x").code, 2);
    assert_eq!(env.run("log --since -3d").code, 0);
    for (line, said) in [
        ("forecast --window -3d", "\"-3d\" has a sign, and a window looks back anyhow: 3d"),
        ("stats --window soon", "days or weeks, from 1d to 36525d, such as 12w or 60d"),
        ("forecast --seed -1", "--seed: \"-1\" is no whole number from 0 on"),
        ("forecast --confidence -1", "--confidence: \"-1\" is no whole number from 1 to 99"),
        ("forecast --confidence 100", "--confidence: \"100\" is no whole number from 1 to 99"),
        ("forecast --confidence 85%", "--confidence: \"85%\" is no whole number from 1 to 99"),
        ("list --limit -1", "--limit: \"-1\" is no whole number from 1 on"),
        ("log --limit -1", "--limit: \"-1\" is no whole number from 0 on"),
        ("risk add api X --probability -3", "\"-3\" is no probability: 0% to 100%"),
        ("list --width -3", "--width: \"-3\" is no whole number from 20 to 1000"),
        ("progress api -5%", "a value that begins with a minus sign goes behind --: -- -5%"),
        ("progress api -- -5%", "PROGRESS: \"-5%\""),
        ("ready --mine -3", "\"-3\" is no flag of \"ready\""),
    ] {
        let answer = env.run(line);
        assert_eq!(answer.code, 2, "{}", answer.block());
        assert!(answer.stderr.contains(said), "{}", answer.block());
    }
    let due = env.run("list --due -5d");
    assert!(!due.stderr.contains("left out"), "{}", due.block());
}

/// Shown red by: taking every word for a path; telling the first fault alone.
#[test]
fn a_workflow_is_checked_by_its_name_and_as_a_whole() {
    let env = TestEnv::new();
    insta::assert_snapshot!(env.block("workflow check kiro"), @"
    $ milestone workflow check kiro
    kiro is a workflow: design, spec, task, execute
    ");
    assert_eq!(env.run("init").code, 0);
    let dir = env.path().join(".milestones/workflows");
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("own.yaml"), "phases: {write: , edit: }\n").unwrap();
    let text = "phases:\n  do: {weihgt: 1}\n  ship:\n    duration: soon\n    weight: heavy\n";
    std::fs::write(dir.join("bad.yaml"), text).unwrap();
    insta::assert_snapshot!(env.block("workflow check own"), @"
    $ milestone workflow check own
    own is a workflow: write, edit
    ");
    insta::assert_snapshot!(env.block("workflow check bad"), @r#"
    $ milestone workflow check bad
    ! error[workflow.bad]: ~/.milestones/workflows/bad.yaml: line 2: unknown field `weihgt`, e\
        xpected one of duration, weight, approval_required, deliverables, criteria
    !   = line 4: "soon" is no duration such as "15-30 minutes", "2h" or "variable"
    !   = line 5: invalid u32
    !   = nothing was changed
    ! hint: milestone workflow show kiro, for one that is right
    exit 2
    "#);
    insta::assert_snapshot!(env.block("workflow check kiri"), @r#"
    $ milestone workflow check kiri
    ! error[workflow.not_found]: no workflow is called "kiri"
    !   = there are: bad, kiro, own
    !   = nothing was changed
    ! hint: milestone workflow list
    exit 5
    "#);
    assert_eq!(env.run("workflow check gone.yaml").code, 5);
    assert_eq!(env.run("workflow check .milestones/workflows/own.yaml").code, 0);
}

/// Shown red by: asking for the future alone.
#[test]
fn nothing_happened_before_1970() {
    let env = shop();
    insta::assert_snapshot!(env.block("start checkout/cart --at 0001-01-01"), @r#"
    $ milestone start checkout/cart --at 0001-01-01
    ! error[usage.bad_value]: --at: "0001-01-01" is before 1970-01-01; nothing is recorded of then
    !   = nothing was changed
    ! hint: --at 2026-03-05T14:00, --at "2h ago" or --at yesterday
    exit 2
    "#);
    for line in ["done checkout/cart --at 1969-12-31T23:59", "done checkout/cart --at 3026-01-01"] {
        assert_eq!(env.run(line).code, 2, "{line}");
    }
    assert_eq!(env.run("done checkout/cart --at 1970-01-01").code, 0);
}

/// Shown red by: guesses of tasks alone.
#[test]
fn what_is_guessed_of_a_milestone_is_marked() {
    let env = shop();
    for line in
        ["task edit checkout/cart --estimate 2d", "task edit checkout/testing --estimate 1d"]
    {
        assert_eq!(env.run(line).code, 0);
    }
    insta::assert_snapshot!(env.block("dep critical --format text"), @"
    $ milestone dep critical --format text
    REF               TAKES  FROM  TO  LATEST FROM  LATEST TO  FLOAT  FREE
    checkout          3d?    0     3d  0            3d         0      0     critical
    checkout/cart     2d     0     2d  0            2d         0      0     critical
    checkout/payment  1d?    0     1d  1d           2d         1d     1d
    checkout/testing  1d     2d    3d  2d           3d         0      0     critical

    Critical path: checkout/cart → checkout/testing
    End: 3d of work from now
    ? no estimate: 1d is taken (1 such)
    ");
    assert_eq!(env.run("task edit checkout/payment --estimate 1d").code, 0);
    let known = env.run("dep critical --format text").stdout;
    assert!(!known.contains('?'), "{known}");
}

/// Shown red by: a line for each event.
#[test]
fn an_undo_tells_each_fact_once() {
    let env = shop();
    assert_eq!(env.run("task add W --on checkout --check one --check two --check three").code, 0);
    assert_eq!(env.run("check checkout/w 1 2 3").code, 0);
    let undone = env.run("undo");
    assert_eq!(
        undone.stdout.lines().skip(1).collect::<Vec<_>>(),
        ["  criterion_unchecked  checkout/w  three, two, one"]
    );
    let redo = undone.stderr.trim_end().strip_prefix("Redo: milestone ").unwrap().to_owned();
    let redone = env.run(&redo).stdout;
    let lines: Vec<&str> = redone.lines().skip(1).collect();
    assert_eq!(lines, ["  criterion_checked  checkout/w  one, two, three"]);
    assert_eq!(env.run("dep add checkout/w --after checkout/cart,checkout/payment").code, 0);
    let undone = env.run("undo").stdout;
    let line = "  dependency_removed  checkout/w  checkout/payment, checkout/cart\n";
    assert!(undone.ends_with(line), "{undone}");
}

/// Shown red by: offering every milestone and task to every verb.
#[test]
fn completion_offers_what_a_verb_can_act_on() {
    let env = shop();
    for line in ["new Old --task Gone", "done old/gone", "done old", "done checkout/cart"] {
        assert_eq!(env.run(line).code, 0, "{line}");
    }
    let asked = |line: &str| -> Vec<String> {
        let mut command = env.command();
        command.args(["__complete", "elvish", "--", "milestone"]).args(line.split(' '));
        let stdout = String::from_utf8(command.output().unwrap().stdout).unwrap();
        stdout.lines().map(str::to_owned).collect()
    };
    let (payment, testing) = ("checkout/payment", "checkout/testing");
    // The milestone is begun, and its open tasks are not.
    assert_eq!(asked("start "), [payment, testing]);
    assert_eq!(asked("done "), ["checkout", payment, testing]);
    assert_eq!(asked("done checkout/"), [payment, testing]);
    assert_eq!(asked("reopen "), ["checkout", "old"]);
    assert_eq!(asked("reopen checkout/"), ["checkout/cart"]);
    assert_eq!(asked("reopen old/"), ["old/gone"]);
    assert_eq!(asked("archive old"), ["old"]);
    assert_eq!(asked("unarchive "), [""; 0]);
    assert_eq!(asked("unblock "), [""; 0]);
    assert_eq!(asked("pause "), ["checkout"]);
    // Other verbs, and flags, take everything.
    assert_eq!(asked("show "), ["checkout", "old"]);
    assert_eq!(asked("start --on "), ["checkout", "old"]);
    assert_eq!(asked("start --on=o"), ["--on=old", "--on=old/gone"]);
}

/// Shown red by: an answer that nobody looks at.
#[test]
fn init_asks_for_a_template_where_somebody_answers() {
    type Prompt = fn(&str) -> Option<String>;
    let answers: [(Prompt, &str); 4] = [
        (|_| Some(String::new()), "template personal"),
        (|_| Some("2".to_owned()), "template team"),
        (|_| Some(" BugFix ".to_owned()), "template bugfix"),
        (|_| None, "template personal"),
    ];
    for (prompt, template) in answers {
        let env = TestEnv::new();
        let words: Vec<std::ffi::OsString> = ["milestone", "init"].map(Into::into).into();
        let cli = parse(&words).expect("it is a command line");
        let output = run(&cli, Surroundings { prompt, ..env.on_a_terminal(80) })
            .unwrap_or_else(|problem| panic!("{}", problem.to_text()));
        assert!(output.stdout.contains(template), "{template}: {}", output.stdout);
        assert!(output.ahead.is_empty(), "it was seen: {:?}", output.ahead);
    }
    // Nobody is asked who says so.
    let env = TestEnv::new();
    assert!(!env.run("init --no-input").stdout.contains("template"));
}
