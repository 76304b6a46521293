//! Search: what is found, in which order and which scripts, whatever is typed, and that nothing of
//! it goes wrong.

use milestone_core::domain::{Body, Created, Event, Field, NoteAdded, Value};
use milestone_core::projection::{Projection, build, project, restore};
use milestone_core::query::{Match, Query, Scope, Test, TextField, select};
use milestone_core::words::fold;
use milestone_store_sqlite::{Hit, Search};
use milestone_testkit::{
    MemoryBase, MemoryStore, Replica, check_damage, check_projection, histories,
};
use proptest::prelude::*;

use crate::spoil::Spoiler;
use crate::support::{cases, each_log, folded};

const TEXTS: [(&str, &str, &str); 7] = [
    ("api", "Größere Änderungen am Parser", "naïve café"),
    ("web", "データベース設計の見直し", "東京で会議"),
    ("docs", "Проверка документации", "готово"),
    ("ops", "Release parser v1.2.3", "it's \"quoted\" OR not"),
    ("zh", "数据库迁移", "第一阶段"),
    ("ko", "데이터베이스 설계", "회의"),
    ("aside", "Something else", "the parser comes up in a note"),
];

fn searchable() -> (tempfile::TempDir, Search) {
    let mut ann = Replica::new("ann");
    for (id, title, note) in TEXTS {
        let mut created = Created::default();
        created.fields.put(Field::Title, Value::Text(title.into()));
        let note = NoteAdded { task: None, note: "aaaaaaaa".into(), text: note.into() };
        ann.write(&[
            Event::of(id, Body::MilestoneCreated(created)),
            Event::of(id, Body::NoteAdded(note)),
        ]);
    }
    let dir = tempfile::tempdir().unwrap();
    let mut search = Search::new(dir.path().join("search.sqlite"));
    build(ann.store(), &mut search).unwrap();
    (dir, search)
}

fn streams(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.stream.as_str()).collect()
}

#[test]
fn words_are_found_in_every_script() {
    let (_dir, mut search) = searchable();
    for (typed, found) in [
        ("grossere", vec!["api"]),
        ("größere", vec!["api"]),
        ("GROSSERE anderungen", vec!["api"]),
        ("anderungen", vec!["api"]),
        ("NAIVE cafe", vec!["api"]),
        ("проверка", vec!["docs"]),
        ("ПРОВ", vec!["docs"]),
        ("設", vec!["web"]),
        ("設計", vec!["web"]),
        ("ベース", vec!["web"]),
        ("京", vec!["web"]),
        ("据库", vec!["zh"]),
        ("段", vec!["zh"]),
        ("터베", vec!["ko"]),
        ("설계", vec!["ko"]),
        ("計設", vec![]),
        ("v1.2", vec!["ops"]),
        ("parser release", vec!["ops"]),
        ("🚀", vec![]),
        ("", vec![]),
    ] {
        let hits = search.search(typed, 10).unwrap();
        assert_eq!(streams(&hits), found, "{typed}");
    }
}

/// Words in several spellings, none of them part of another.
const SPELLINGS: [&[&str]; 8] = [
    &["straße", "STRASSE", "Straẞe", "strasse"],
    &["İzmir", "izmir", "IZMIR", "ızmir", "I\u{307}zmir"],
    &["ＡＰＩ", "api", "Api"],
    &["Cafe\u{301}", "café", "cafe", "CAFÉ"],
    &["oﬃce", "OFFICE", "office"],
    &["οδος", "ΟΔΟΣ", "οδός"],
    &["план", "ПЛАН"],
    &["Ångström", "angstrom", "A\u{30a}ngstro\u{308}m"],
];

fn spelling() -> impl Strategy<Value = (usize, &'static str)> {
    (0..SPELLINGS.len()).prop_flat_map(|word| {
        (0..SPELLINGS[word].len()).prop_map(move |way| (word, SPELLINGS[word][way]))
    })
}

proptest! {
    #![proptest_config(cases(64))]

    /// `list WORD` and `search WORD` fold alike: each finds what has the word in any spelling.
    #[test]
    fn lists_and_searches_find_the_same(
        titles in prop::collection::vec(prop::collection::vec(spelling(), 1..4), 1..6),
        asked in spelling(),
    ) {
        let mut ann = Replica::new("ann");
        let mut having = Vec::new();
        for (number, words) in titles.iter().enumerate() {
            let id = format!("m{number}");
            let title = words.iter().map(|(_, way)| *way).collect::<Vec<_>>().join(" ");
            let mut created = Created::default();
            created.fields.put(Field::Title, Value::Text(title.into()));
            ann.write(&[Event::of(&id, Body::MilestoneCreated(created))]);
            if words.iter().any(|(word, _)| *word == asked.0) {
                having.push(id);
            }
        }
        let state = ann.state();
        let mut search = Search::in_memory(state).unwrap();
        let mut searched: Vec<String> =
            search.search(asked.1, 99).unwrap().iter().map(|hit| hit.stream.to_string()).collect();
        searched.sort_unstable();
        prop_assert_eq!(&searched, &having, "search {}", asked.1);
        let words = Test::Text(TextField::Any, Match::Part, fold(asked.1));
        let query = Query { condition: words.into(), ..Query::default() };
        let listed = select(state, Scope::Milestones, &query).found.into_iter();
        let mut listed: Vec<String> = listed.map(|found| found.stream.to_string()).collect();
        listed.sort_unstable();
        prop_assert_eq!(&listed, &having, "list {}", asked.1);
    }
}

#[test]
fn a_word_in_a_title_counts_more_than_one_in_a_note() {
    let (_dir, mut search) = searchable();
    let hits = search.search("parser", 10).unwrap();
    let found = streams(&hits);
    assert_eq!(found.len(), 3);
    assert_eq!(found[2], "aside");
    assert_eq!(streams(&search.search("parser", 1).unwrap()).len(), 1);
}

#[test]
fn a_snippet_says_what_was_found() {
    let (_dir, mut search) = searchable();
    let mut snippet = |typed| search.search(typed, 1).unwrap().remove(0).snippet;
    let piece = |text: &str, found| (text.to_owned(), found);
    assert_eq!(
        snippet("設計"),
        [piece("データベース", false), piece("設計", true), piece("の見直し", false)]
    );
    assert_eq!(snippet("rel"), [piece("Release", true), piece(" parser v1.2.3", false)]);
}

#[test]
fn whatever_is_typed_is_taken_for_words() {
    let (_dir, mut search) = searchable();
    let hostile = [
        "\"",
        "\"\"\"",
        "' OR 1=1 --",
        "NEAR(",
        "title:parser",
        "parser AND",
        "NOT NOT",
        "(((",
        "*",
        "parser*",
        "^parser",
        "a\0b",
        "-parser",
        "{title}: x",
        "\u{200b}",
        "\u{e000}",
        "; DROP TABLE x",
        "pars\"er",
        "parser\" OR title : \"x",
        "\"parser",
    ];
    for typed in hostile {
        assert!(search.search(typed, 10).is_ok(), "{typed:?}");
    }
    assert!(search.search(&"parser \" ".repeat(1_200), 10).is_ok());
    assert!(search.search(&"設".repeat(3_500), 10).is_ok());
}

#[test]
fn it_is_a_projection() {
    let dir = tempfile::tempdir().unwrap();
    check_projection(|| Search::new(dir.path().join("search.sqlite")));
}

#[test]
fn the_check_sees_every_column() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("search.sqlite");
    let mut spoiler = Spoiler::new(&path);
    // What SQLite keeps of its own to find its pages, and its version.
    let shown = |table: &str, _: &str| !["texts_config", "texts_idx"].contains(&table);
    let damaged = |search: &mut Search, log: &MemoryStore| {
        !search.check(&folded(log).state).is_ok_and(|faults| faults.is_empty())
    };
    check_damage(|| Search::new(&path), |number| spoiler.damage(number, shown), damaged);
}

/// Brings the file up to date, or makes it.
fn catch_up(search: &mut Search, log: &MemoryStore) {
    if search.checkpoint().unwrap().is_none() {
        build(log, search).unwrap();
    }
    let now = folded(log);
    project(log, &now.state, &now.checkpoint, search).unwrap();
}

/// Some of the words that a text may have.
fn words(many: std::ops::Range<usize>) -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(vec!["pars", "parse", "parser", "case"]), many)
}

/// What is to be found of items with these titles and notes, by the plain reading of the rule.
fn expected(items: &[(Vec<&str>, Vec<&str>, bool)], typed: &[&str]) -> Vec<String> {
    let every = |fits: &dyn Fn(&str) -> bool| typed.iter().all(|word| fits(word));
    let rank = |(title, note, _): &(Vec<&str>, Vec<&str>, bool)| {
        let both = || title.iter().chain(note);
        [
            every(&|word| title.contains(&word)),
            every(&|word| both().any(|held| *held == word)),
            every(&|word| title.iter().any(|held| held.starts_with(word))),
            every(&|word| both().any(|held| held.starts_with(word))),
        ]
        .iter()
        .position(|fits| *fits)
    };
    let numbered = items.iter().enumerate().rev();
    let mut found: Vec<_> =
        numbered.filter_map(|(number, item)| Some((rank(item)?, number))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, number)| format!("m{number}")).collect()
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn it_has_the_words_of_the_state(history in histories(3, 14)) {
        let dir = tempfile::tempdir().unwrap();
        let mut search = Search::new(dir.path().join("search.sqlite"));
        let mut before = folded(&MemoryStore::new());
        let mut faults = Vec::new();
        each_log(&history, &[], |log| {
            let base = MemoryBase::shared(&before.state);
            before = restore(log, &base, &before.checkpoint).unwrap();
            project(log, &before.state, &before.checkpoint, &mut search).unwrap();
            faults.extend(search.check(&before.state).unwrap());
        });
        prop_assert!(faults.is_empty(), "{faults:?}");
    }

    #[test]
    fn titles_come_first_then_whole_words_then_the_newest(
        items in prop::collection::vec((words(0..3), words(0..3), any::<bool>()), 1..12),
        typed in words(1..3),
        limit in 1_usize..14,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut search = Search::new(dir.path().join("search.sqlite"));
        let mut ann = Replica::new("ann");
        for (number, (title, note, begun)) in items.iter().enumerate() {
            let id = format!("m{number}");
            let mut created = Created::default();
            created.fields.put(Field::Title, Value::Text(format!("m {}", title.join(" ")).into()));
            let text = format!("n {}", note.join(" ")).into();
            let note = NoteAdded { task: None, note: "aaaaaaaa".into(), text };
            ann.write(&[Event::of(&id, Body::MilestoneCreated(created))]);
            ann.write(&[Event::of(&id, Body::NoteAdded(note))]);
            ann.clock_mut().shift(2_000_000);
            // Some are written at once when the file is made, the others when they come.
            if *begun {
                catch_up(&mut search, ann.store());
            }
        }
        catch_up(&mut search, ann.store());
        let hits = search.search(&typed.join(" "), limit).unwrap();
        let should = expected(&items, &typed);
        let shown: Vec<_> = should.iter().take(limit).map(String::as_str).collect();
        prop_assert_eq!(streams(&hits), shown);
        prop_assert_eq!(search.count(&typed.join(" "), 5).unwrap(), should.len().min(5));
        let state = folded(ann.store()).state;
        let memory = Search::in_memory(&state).unwrap().search(&typed.join(" "), limit).unwrap();
        prop_assert_eq!(memory, hits);
    }

    #[test]
    fn nothing_that_is_typed_fails(typed in "\\PC{0,40}|[\"'()*:^ a-z設計-]{0,30}") {
        let (_dir, mut search) = searchable();
        prop_assert!(search.search(&typed, 5).is_ok());
        prop_assert!(search.fingerprint().is_ok());
    }
}
