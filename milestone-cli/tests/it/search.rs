//! `search`: what is found, and that every backend finds the same.
//!
//! Start at `words_are_found_wherever_they_are`.

use std::fs;

use crate::support::TestEnv;
use crate::writes_flow::shop;

fn searchable() -> TestEnv {
    let env = shop();
    for line in [
        "new \"Größere Änderungen am Parser\" --desc \"what the Naïve one cannot do\"",
        "new データベース設計 --task \"Parser tables\"",
        "note checkout/cart \"the parser comes up in a note\"",
    ] {
        assert_eq!(env.run(line).code, 0, "{line}");
    }
    env
}

#[test]
fn words_are_found_wherever_they_are() {
    let env = searchable();
    insta::assert_snapshot!(env.block("search PARSER"), @"
    $ milestone search PARSER
    detabesushe-ji/parser-tables	Parser tables	Parser tables
    grossere-anderungen-am-parser	Größere Änderungen am Parser	Größere Änderungen am Parser
    checkout/cart	Cart	the parser comes up in a note
    ");
    insta::assert_snapshot!(env.block("search naive pars --json"), @r#"
    $ milestone search naive pars --json
    {"kind":"search","v":1,"data":[{"ref":"grossere-anderungen-am-parser","title":"Größere Änd\
        erungen am Parser","kind":"milestone","snippet":[{"text":"Größere Änderungen am ","found":\
        false},{"text":"Parser","found":true}]}],"meta":{"heads":["6ef7aad0b4eddeba2bce8122bfd2bd1\
        ae1c5f2b791431316e8b67e8036830175"],"as_of":null,"project":"shop","level":0,"total":1,"nex\
        t_cursor":null},"hints":[]}
    "#);
    insta::assert_snapshot!(env.block("search parser --limit 1"), @"
    $ milestone search parser --limit 1
    detabesushe-ji/parser-tables	Parser tables	Parser tables
    ! 2 more: give another word, or a greater --limit
    ");
    insta::assert_snapshot!(env.block("search nothing like it"), @"
    $ milestone search nothing like it
    ! Nothing found.
    ");
    insta::assert_snapshot!(env.block("search"), @r#"
    $ milestone search
    ! error[usage.missing]: "search" needs WORDS...
    !   = nothing was changed
    ! hint: milestone help search
    exit 2
    "#);
    assert_eq!(env.run("search nowhere --fail-empty").code, 3);
    assert_eq!(env.run("search 設計 --fields ref").stdout.lines().count(), 1);
    assert_eq!(env.run("search parser --as-of #3").stdout, "", "it was not there yet");
}

#[test]
fn every_backend_finds_the_same() {
    let env = searchable();
    let lines =
        ["search parser --json", "search 設 --json", "search am naive --json", "search \"'\""];
    let ask = || lines.map(|line| env.run(line).whole());
    let file = ask();
    for backend in ["hybrid", "database"] {
        assert_eq!(env.run(&format!("migrate run --to {backend} --yes")).code, 0);
        assert_eq!(ask(), file, "{backend}");
    }
    env.run("note checkout/payment \"parser again\"");
    let behind = env.run("search parser --fields ref");
    assert!(behind.stdout.contains("checkout/payment"), "{}", behind.block());
}

#[test]
fn a_search_file_that_cannot_be_used_is_made_anew() {
    let env = searchable();
    env.run("migrate run --to database --yes");
    let whole = env.run("search parser").whole();
    let path = env.path().join(".milestones/local/gen-2/search.sqlite");
    let damages: [&dyn Fn(); 3] = [
        &|| fs::write(&path, "no database").unwrap(),
        &|| fs::remove_file(&path).unwrap(),
        &|| fs::File::options().write(true).open(&path).unwrap().set_len(5_000).unwrap(),
    ];
    for damage in damages {
        damage();
        assert_eq!(env.run("search parser").whole(), whole);
        assert_eq!(env.run("search parser").whole(), whole, "and again");
        assert!(fs::metadata(&path).unwrap().len() > 5_000, "it is a whole one again");
    }
}
