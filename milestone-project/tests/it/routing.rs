//! Which template fits: the files of a directory, the words of a title, and what adds up to it.
//!
//! - **Start here.** `directories_speak_for_templates`.

use std::collections::BTreeMap;

use milestone_core::words::Date;
use milestone_project::{Clues, ROUTES, route};
use proptest::prelude::*;

/// The template for files in a directory, without git, and a title.
fn routed(files: &[(&str, &str)], title: &str) -> &'static str {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let mut clues = Clues::gather(dir.path(), Date::from_days(20_000));
    clues.authors = None;
    route(&clues, title).template
}

#[test]
fn directories_speak_for_templates() {
    let react = ("package.json", "{\"dependencies\":{\"react\":\"19\"}}");
    for (files, title, template) in [
        (vec![], "", "personal"),
        (vec![("Cargo.toml", "[package]\nname = \"x\"")], "Parser", "personal"),
        (vec![("Cargo.toml", "axum = \"0.8\"")], "", "api"),
        (vec![("server/go.mod", "require github.com/gin-gonic/gin v1")], "", "api"),
        (vec![("pyproject.toml", "dependencies = [\"fastapi\"]")], "", "api"),
        (vec![("docs/openapi.json", "{}")], "", "api"),
        (vec![("Dockerfile", "FROM x")], "", "api"),
        (vec![react], "", "frontend"),
        (vec![react, ("openapi.yaml", ""), ("Dockerfile", "")], "", "api"),
        (vec![("node_modules/package.json", react.1)], "", "personal"),
        (vec![("package.json", "\u{0}not json \u{fffd}")], "", "personal"),
        (vec![react], "Fix the login", "bugfix"),
        (vec![], "Orders API", "api"),
        (vec![], "Settings page", "frontend"),
        (vec![], "Prefix and fixture", "personal"),
    ] {
        assert_eq!(routed(&files, title), template, "{files:?} {title}");
    }
}

#[test]
fn people_speak_for_a_team() {
    for (authors, template) in [(None, "personal"), (Some(0), "personal"), (Some(1), "personal")] {
        assert_eq!(route(&Clues { authors, ..Clues::default() }, "").template, template);
    }
    let many = Clues { authors: Some(2), ..Clues::default() };
    assert_eq!(route(&many, "").template, "team");
    assert_eq!(Clues::gather("/nowhere/at/all".as_ref(), Date::from_days(0)), Clues::default());
}

fn found() -> impl Strategy<Value = BTreeMap<String, Option<String>>> {
    prop::collection::btree_map("[a-z]{1,4}", prop::option::of("[a-z]{1,4}"), 0..3)
}

proptest! {
    /// Shown red by: taking the template with the fewest points.
    #[test]
    fn the_signals_add_up(
        servers in found(), interfaces in found(),
        contracts in prop::collection::vec("[a-z]", 0..3),
        containers in prop::collection::vec("[a-z]", 0..3), authors in prop::option::of(0..9usize),
        title in "(fix|api|ui|[a-z]{0,4})( page| bug| \\PC{0,4}){0,2}",
    ) {
        let clues = Clues { servers, interfaces, contracts, containers, authors };
        let chosen = route(&clues, &title);
        prop_assert_eq!(&chosen, &route(&clues, &title));
        for other in ROUTES {
            prop_assert!(chosen.points(chosen.template) >= chosen.points(other));
        }
        for signal in &chosen.signals {
            prop_assert!(ROUTES.contains(&signal.template));
        }
    }
}
