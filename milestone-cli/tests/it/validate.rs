//! `validate`: faults that are planted must be found, named and mended.
//!
//! Start at `a_sound_project_is_said_to_be_one`.
//!
//! - **Absent on purpose.** Every column of a table: tests of `milestone-store-sqlite`.

use std::fs;
use std::path::PathBuf;

use crate::damage::index;
use crate::migrate::at;
use crate::support::TestEnv;
use crate::writes_flow::shop;

fn log_file(env: &TestEnv) -> PathBuf {
    env.log_files().remove(0)
}

/// The block with the name of the writer, which is drawn, made plain.
fn plain(env: &TestEnv, line: &str) -> String {
    let name = log_file(env).file_name().unwrap().to_str().unwrap().to_owned();
    env.block(line).replace(&name, "FILE")
}

/// A record from nowhere, as another program may write one.
fn foreign(env: &TestEnv, events: &str) {
    use sha2::Digest as _;
    let body = format!(
        "{{\"v\":1,\"prev\":[],\"clock\":1,\"timestamp\":\"2026-03-01T00:00:00.000000Z\",\
         \"actor\":\"eve\",\"session_id\":\"s\",\"reads\":{{}},\"events\":[{events}]}}"
    );
    let id: String = sha2::Sha256::digest(&body).iter().map(|b| format!("{b:02x}")).collect();
    let line = format!("{{\"id\":\"{id}\",{}\n", &body[1..]);
    fs::write(env.path().join(".milestones/log/foreign0-0001.jsonl"), line).unwrap();
}

#[test]
fn a_sound_project_is_said_to_be_one() {
    insta::assert_snapshot!(shop().block("validate"), @"
    $ milestone validate
    ok     standard  3 records in 1 file: every hash, link and clock holds
    ok     standard  1 milestone and 3 tasks: references, order, dates and completion
    ok     hybrid    read model: shows what a replay gives
    ok     hybrid    view: shows what a replay gives
    ok     hybrid    snapshot: usable, or not needed yet
    ok     quick     the project has no templates of its own
    ok     kiro      the project has no workflows of its own
    info   hybrid    index, search, analytics: the file backend has none
    0 errors, 0 warnings, 1 info
    ");
    insta::assert_snapshot!(at("database").block("validate hybrid"), @"
    $ milestone validate hybrid
    ok     hybrid    read model: shows what a replay gives
    ok     hybrid    view: not kept at the database backend: milestone replay --into DIR
    ok     hybrid    index: says what the log says
    ok     hybrid    analytics: says what the log says
    ok     hybrid    search: says what the log says
    0 errors, 0 warnings, 0 info
    ");
    insta::assert_snapshot!(shop().block("validate kiro"), @"
    $ milestone validate kiro
    ok     kiro      the project has no workflows of its own
    0 errors, 0 warnings, 0 info
    ");
    insta::assert_snapshot!(TestEnv::new().block("validate"), @"
    $ milestone validate
    ! error[project.none]: there is no .milestones in ~ or above it
    !   = nothing was changed
    ! hint: milestone init
    exit 5
    ");
    insta::assert_snapshot!(shop().block("validate everything"), @r#"
    $ milestone validate everything
    ! error[usage.bad_value]: WHAT cannot be "everything"
    !   = one of: standard, hybrid, quick, kiro, all
    !   = nothing was changed
    ! hint: milestone help validate
    exit 2
    "#);
}

#[test]
fn templates_and_workflows_that_cannot_be_used_are_found() {
    let env = shop();
    for (name, text) in [
        ("templates/mine.md", "---\nworkflow: waterfall\n---\n# Mine\n- One\n"),
        ("workflows/mine.yaml", "phases:\n  draft:\n    weight: 50\n  draft:\n    weight: 50\n"),
    ] {
        let path = env.path().join(".milestones").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    insta::assert_snapshot!(env.block("validate quick"), @r#"
    $ milestone validate quick
    error  quick     .milestones/templates/mine.md:2: there is no workflow "waterfall"; workfl\
        ows are kiro, mine
           mend      edit .milestones/templates/mine.md, then milestone template check
    1 error, 0 warnings, 0 info
    exit 10
    "#);
    insta::assert_snapshot!(env.block("validate kiro"), @"
    $ milestone validate kiro
    error  kiro      .milestones/workflows/mine.yaml: line 4: `draft` is here twice
           mend      milestone workflow check .milestones/workflows/mine.yaml
    1 error, 0 warnings, 0 info
    exit 10
    ");
}

#[test]
fn what_changed_after_it_was_handed_over_is_found() {
    let env = shop();
    fs::write(env.path().join("design.md"), "one").unwrap();
    for line in [
        "workflow enable kiro checkout/1",
        "phase start checkout/1",
        "phase deliver checkout/1 design --file design.md",
        "phase submit checkout/1",
    ] {
        let ran = env.run(line);
        assert_eq!(ran.code, 0, "{line}: {}", ran.stderr);
    }
    assert_eq!(env.run("validate kiro").code, 0);
    fs::write(env.path().join("design.md"), "two").unwrap();
    insta::assert_snapshot!(env.block("validate kiro"), @r#"
    $ milestone validate kiro
    warn   kiro      checkout/cart: design of the phase design is not what was handed over (no\
        w submitted)
           mend      milestone phase show checkout/cart
    0 errors, 1 warning, 0 info
    exit 10
    "#);
}

#[test]
fn a_changed_line_is_found() {
    let env = shop();
    let file = log_file(&env);
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("dana", "dora", 1)).unwrap();
    insta::assert_snapshot!(plain(&env, "validate standard"), @r#"
    $ milestone validate standard
    ok     standard  1 milestone and 3 tasks: references, order, dates and completion
    error  standard  record 74bf447b9a73c14c is missing, and others build on it
           mend      milestone log recover
    error  standard  FILE:1 (byte 0): the line of record 74bf447b9a73c14c was c\
        hanged or damaged
           mend      milestone log recover
    2 errors, 0 warnings, 0 info
    exit 10
    "#);
}

#[test]
fn what_cannot_be_is_found() {
    let env = shop();
    foreign(
        &env,
        "{\"event_type\":\"dependency_added\",\"milestone_id\":\"checkout\",\
         \"details\":{\"task\":\"cart\",\"on\":\"gone/away\"}},\
         {\"event_type\":\"milestone_edited\",\"milestone_id\":\"checkout\",\
         \"details\":{\"set\":{\"start\":\"2026-05-01\",\"due\":\"2026-04-01\"}}},\
         {\"event_type\":\"task_started\",\"milestone_id\":\"nowhere\",\
         \"details\":{\"task\":\"x\"}}",
    );
    insta::assert_snapshot!(env.block("validate standard"), @"
    $ milestone validate standard
    ok     standard  4 records in 2 files: every hash, link and clock holds
    error  standard  nowhere/x: the record that creates it is not in the log
           mend      milestone log recover
    error  standard  nowhere/x: it is in nowhere, which is not there
           mend      milestone log recover
    warn   standard  checkout: writers disagree on its due: 2026-03-20 holds, 2026-04-01 does not
           mend      milestone conflicts resolve 4da57198d662b4f8
    warn   standard  checkout: due 2026-03-20, before its start 2026-05-01
           mend      milestone edit checkout --due DATE
    warn   standard  checkout/cart: it waits for gone/away, which is not there
           mend      milestone dep remove checkout/cart --after gone/away
    2 errors, 3 warnings, 0 info
    exit 10
    ");
    insta::assert_snapshot!(env.block("validate standard --json"), @r#"
    $ milestone validate standard --json
    {"kind":"validate","v":1,"data":{"ok":false,"errors":2,"warnings":3,"infos":0,"planned":[]\
        ,"mended":[],"sound":[{"check":"standard","what":"4 records in 2 files: every hash, link a\
        nd clock holds"}],"findings":[{"check":"standard","level":"error","file":null,"line":null,\
        "offset":null,"ref":"nowhere/x","what":"the record that creates it is not in the log","men\
        d":"milestone log recover"},{"check":"standard","level":"error","file":null,"line":null,"o\
        ffset":null,"ref":"nowhere/x","what":"it is in nowhere, which is not there","mend":"milest\
        one log recover"},{"check":"standard","level":"warn","file":null,"line":null,"offset":null\
        ,"ref":"checkout","what":"writers disagree on its due: 2026-03-20 holds, 2026-04-01 does n\
        ot","mend":"milestone conflicts resolve 4da57198d662b4f8"},{"check":"standard","level":"wa\
        rn","file":null,"line":null,"offset":null,"ref":"checkout","what":"due 2026-03-20, before \
        its start 2026-05-01","mend":"milestone edit checkout --due DATE"},{"check":"standard","le\
        vel":"warn","file":null,"line":null,"offset":null,"ref":"checkout/cart","what":"it waits f\
        or gone/away, which is not there","mend":"milestone dep remove checkout/cart --after gone/\
        away"}]},"meta":{"heads":["a610da9a585c0b121098b86c6d2b4c37d2556a37965e7d50e719c7c6ae33f85\
        e","e7f2674caa94692f128beebbd2c944e61fc3c864ee7bfe6f402dc9149bce9d96"],"as_of":null,"proje\
        ct":"shop","level":0,"total":null,"next_cursor":null},"hints":["milestone log recover","mi\
        lestone conflicts resolve 4da57198d662b4f8","milestone edit checkout --due DATE","mileston\
        e dep remove checkout/cart --after gone/away"]}
    exit 10
    "#);
}

#[test]
fn what_is_derived_is_mended_and_the_log_is_not() {
    let env = at("hybrid");
    let log = fs::read(log_file(&env)).unwrap();
    let held = rusqlite::Connection::open(index(&env)).unwrap();
    held.execute_batch("UPDATE items SET title = 'Spoiled' WHERE title = 'Cart'").unwrap();
    drop(held);
    let view = env.path().join(".milestones/active/checkout.yaml");
    fs::remove_file(&view).unwrap();
    insta::assert_snapshot!(env.block("validate hybrid"), @r#"
    $ milestone validate hybrid
    ok     hybrid    read model: shows what a replay gives
    ok     hybrid    analytics: says what the log says
    warn   hybrid    view: differs from what a replay gives; the next write brings it up to date
           mend      milestone validate hybrid --repair
    warn   hybrid    index: damaged: items: title of Text("checkout/cart") is Text("Spoiled") \
        and should be Text("Cart")
           mend      milestone validate hybrid --repair
    0 errors, 2 warnings, 0 info
    exit 10
    "#);
    insta::assert_snapshot!(env.block("validate standard --repair"), @"
    $ milestone validate standard --repair
    ok     standard  3 records in 1 file: every hash, link and clock holds
    ok     standard  1 milestone and 3 tasks: references, order, dates and completion
    0 errors, 0 warnings, 0 info
    ");
    insta::assert_snapshot!(env.block("validate hybrid --repair -n"), @r#"
    $ milestone validate hybrid --repair -n
    Would write the YAML files again from the log
    Would make the index again from the log
    ok     hybrid    read model: shows what a replay gives
    ok     hybrid    analytics: says what the log says
    warn   hybrid    view: differs from what a replay gives; the next write brings it up to date
           mend      milestone validate hybrid --repair
    warn   hybrid    index: damaged: items: title of Text("checkout/cart") is Text("Spoiled") \
        and should be Text("Cart")
           mend      milestone validate hybrid --repair
    0 errors, 2 warnings, 0 info
    exit 10
    "#);
    insta::assert_snapshot!(env.block("validate hybrid --repair"), @"
    $ milestone validate hybrid --repair
    mended Wrote the YAML files again
    mended Made the index again
    ok     hybrid    read model: shows what a replay gives
    ok     hybrid    view: shows what a replay gives
    ok     hybrid    index: says what the log says
    ok     hybrid    analytics: says what the log says
    0 errors, 0 warnings, 0 info
    ");
    insta::assert_snapshot!(env.block("validate hybrid --repair"), @"
    $ milestone validate hybrid --repair
    ok     hybrid    read model: shows what a replay gives
    ok     hybrid    view: shows what a replay gives
    ok     hybrid    index: says what the log says
    ok     hybrid    analytics: says what the log says
    0 errors, 0 warnings, 0 info
    ");
    assert!(view.exists());
    assert_eq!(fs::read(log_file(&env)).unwrap(), log);
}

#[test]
fn what_was_edited_by_hand_is_not_mended() {
    let env = at("hybrid");
    let view = env.path().join(".milestones/active/checkout.yaml");
    let text = fs::read_to_string(&view).unwrap().replace("Cart", "Basket");
    fs::write(&view, &text).unwrap();
    insta::assert_snapshot!(env.block("validate hybrid --repair"), @"
    $ milestone validate hybrid --repair
    ok     hybrid    read model: shows what a replay gives
    ok     hybrid    index: says what the log says
    ok     hybrid    analytics: says what the log says
    warn   hybrid    view: 1 file was edited by hand; `milestone adopt` takes them in
           mend      milestone adopt --dry-run
    0 errors, 1 warning, 0 info
    exit 10
    ");
    assert_eq!(fs::read_to_string(&view).unwrap(), text);
}
