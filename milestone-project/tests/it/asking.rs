//! Commands at random: few names, so that they meet; ordinary texts, and texts that nobody should
//! get away with.
//!
//! Start at [`act`]. Every kind of command that a person can ask for is among them.

use milestone_core::domain::{
    Command, Field, Fields, ImportedEdge, ImportedItem, ListField, NewCriterion, NewTask, Place,
    Priority, ProgressValue, Remark, SourceJson, Stage, Terms, Value,
};
use milestone_core::words::{Date, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;

use crate::asking_phases::{phases, workflow};
use crate::asking_risks::risks;

/// Something that is done to a project.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Ask for this.
    Do(Box<Command>),
    /// Undo the record that is so far from the newest.
    Undo(usize),
}

const REFS: [&str; 14] = [
    "api",
    "api",
    "web",
    "docs",
    "api/plan",
    "api/build",
    "web/plan",
    "web/build",
    "docs/plan",
    "api/1",
    "web/2",
    "do",
    "plan",
    "t-1",
];
const BAD_REFS: [&str; 8] =
    ["", "/", "api/", "../log", "api/0", "nobody", "@project", "api/plan/build"];
const TITLES: [&str; 8] =
    ["Api", "Web", "Docs", "Plan", "Build", "1", "Überblick 🚀 בדיקה", "plan: \"- [x]\" # no"];
const BAD_TEXTS: [&str; 5] = ["", " ", "bell \u{7}", "\u{1b}[31mred", "two\nlines"];

/// Anything that may be done.
pub(crate) fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        30 => command().prop_map(|command| Act::Do(Box::new(command))),
        3 => (0usize..12).prop_map(Act::Undo),
    ]
}

/// Anything that may be asked.
pub(crate) fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => create(),
        3 => (reference(), tasks(1..3)).prop_map(|(on, tasks)| Command::AddTasks { on, tasks }),
        12 => status(),
        4 => edit(),
        6 => relation(),
        6 => part(),
        1 => foreign(),
        6 => phases(),
        4 => risks(),
        1 => text().prop_map(|name| Command::CreateProject { name, demo: false }),
    ]
}

pub(crate) fn reference() -> impl Strategy<Value = String> {
    prop_oneof![12 => select(&REFS[..]), 1 => select(&BAD_REFS[..])].prop_map(str::to_owned)
}

fn references() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(reference(), 1..3)
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        16 => select(&TITLES[..]).prop_map(str::to_owned),
        1 => select(&BAD_TEXTS[..]).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => (190usize..210).prop_map(|count| "é".repeat(count)),
    ]
}

fn force() -> impl Strategy<Value = Option<String>> {
    proptest::option::weighted(0.3, text())
}

fn date() -> impl Strategy<Value = Date> {
    (20_700i64..20_710).prop_map(Date::from_days)
}

fn field() -> impl Strategy<Value = (Field, Value<'static>)> {
    let texts = [Field::Title, Field::Description, Field::Owner, Field::Template];
    let texts = [&texts[..], &[Field::ExternalId]].concat();
    let words = [Priority::Low, Priority::High, Priority::Critical];
    prop_oneof![
        4 => (select(texts), text()).prop_map(|(field, text)| (field, Value::Text(text.into()))),
        3 => (select(vec![Field::Start, Field::Due]), date())
            .prop_map(|(field, date)| (field, Value::Date(date))),
        1 => select(words.to_vec()).prop_map(|word| (Field::Priority, Value::Priority(word))),
        1 => (select(vec![Field::Estimate, Field::Weight]), -1i64..2_000_000)
            .prop_map(|(field, number)| (field, Value::Number(number))),
        1 => select(Field::ALL[1..8].to_vec()).prop_map(|field| (field, Value::Null)),
    ]
}

fn fields() -> impl Strategy<Value = Fields<'static>> {
    (proptest::collection::vec(field(), 0..3), lists()).prop_map(|(set, lists)| {
        let mut fields = lists;
        set.into_iter().for_each(|(field, value)| fields.put(field, value));
        fields
    })
}

fn lists() -> impl Strategy<Value = Fields<'static>> {
    let list = (select(ListField::ALL.to_vec()), proptest::collection::vec(text(), 1..3));
    proptest::collection::vec(list, 0..2).prop_map(|lists| {
        let own = |(field, list): (ListField, Vec<String>)| {
            (field, list.into_iter().map(Into::into).collect())
        };
        Fields { set: Vec::new(), lists: lists.into_iter().map(own).collect() }
    })
}

fn id() -> impl Strategy<Value = Option<String>> {
    let ids = ["api", "web", "docs", "plan", "build", "7", "../x", "con", "list", "v1.0"];
    proptest::option::weighted(0.4, select(ids.to_vec()).prop_map(str::to_owned))
}

fn tasks(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<NewTask>> {
    let after = prop_oneof![4 => Just(Vec::new()), 1 => references()];
    let workflow = proptest::option::weighted(0.4, workflow());
    let task = (text(), id(), fields(), after, any::<bool>(), 0usize..3, workflow);
    let task = task.prop_map(|(title, id, fields, after, done, criteria, workflow)| {
        let criterion =
            |number| NewCriterion { text: format!("criterion {number}"), checked: number == 1 };
        let criteria = (0..criteria).map(criterion).collect();
        NewTask { title, id, fields, criteria, after, done, workflow }
    });
    proptest::collection::vec(task, count)
}

fn create() -> impl Strategy<Value = Command> {
    let after = prop_oneof![4 => Just(Vec::new()), 1 => references()];
    (text(), id(), fields(), tasks(0..3), after).prop_map(|(title, id, fields, tasks, after)| {
        let criteria = vec!["it works".to_owned()];
        Command::CreateMilestone { title, id, fields, criteria, tasks, after }
    })
}

fn status() -> impl Strategy<Value = Command> {
    let progress = prop_oneof![
        (0u32..110).prop_map(ProgressValue::Percent),
        (0u32..9, 0u32..9).prop_map(|(done, of)| ProgressValue::Of { done, of }),
    ];
    let note = || proptest::option::weighted(0.3, text());
    prop_oneof![
        2 => (references(), force()).prop_map(|(targets, force)| Command::Start { targets, force }),
        3 => (references(), force(), note(), 0u32..90).prop_map(|(targets, force, note, time)| {
            Command::Complete { targets, force, note, time_spent: time, contents: Vec::new() }
        }),
        2 => (references(), note())
            .prop_map(|(targets, reason)| Command::Pause { targets, reason }),
        1 => (references(), note())
            .prop_map(|(targets, reason)| Command::Resume { targets, reason }),
        2 => (references(), text())
            .prop_map(|(targets, reason)| Command::Cancel { targets, reason }),
        3 => (references(), note())
            .prop_map(|(targets, reason)| Command::Reopen { targets, reason }),
        2 => (references(), note())
            .prop_map(|(targets, review)| Command::Archive { targets, review }),
        2 => references().prop_map(|targets| Command::Restore { targets }),
        1 => references().prop_map(|targets| Command::RemoveTasks { targets }),
        1 => (reference(), progress, note(), 0u32..90).prop_map(|(target, value, note, time)| {
            Command::Progress { target, value, note, time_spent: time }
        }),
    ]
}

fn edit() -> impl Strategy<Value = Command> {
    let place =
        prop_oneof![Just(Place::First), Just(Place::Last), reference().prop_map(Place::After),];
    prop_oneof![
        2 => (references(), fields(), lists(), lists()).prop_map(|(targets, set, add, remove)| {
            Command::Edit { targets, set, add, remove }
        }),
        1 => (reference(), proptest::option::of(reference()), place)
            .prop_map(|(target, to, place)| Command::MoveTask { target, to, place }),
    ]
}

fn relation() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => (reference(), references())
            .prop_map(|(target, after)| {
                let terms = Terms::default();
                Command::AddDependencies { target, after, terms }
            }),
        2 => (reference(), references())
            .prop_map(|(target, after)| Command::RemoveDependencies { target, after }),
        1 => (reference(), text(), text())
            .prop_map(|(target, kind, to)| Command::Link { target, kind, to }),
    ]
}

fn part() -> impl Strategy<Value = Command> {
    let option = || proptest::option::weighted(0.3, text());
    let details = ["{}", "{\"a\":[1,null]}", "{\"a\":1.5}", "[1]", "{\"task\":\"no\"}"];
    let kinds = ["x.acme.ping", "x.acme", "note_added", "x..a"];
    prop_oneof![
        2 => (reference(), text()).prop_map(|(target, text)| Command::Note { target, text }),
        2 => (reference(), text(), option(), proptest::option::of(date()))
            .prop_map(|(target, text, on, until)| Command::Block { target, text, on, until }),
        2 => (reference(), option())
            .prop_map(|(target, note)| Command::Unblock { target, blocker: None, note }),
        2 => (reference(), proptest::collection::vec(0usize..3, 1..3), any::<bool>())
            .prop_map(|(target, items, checked)| Command::Check { target, items, checked }),
        1 => (reference(), proptest::collection::vec(text(), 0..3))
            .prop_map(|(target, texts)| Command::AddCriteria { target, texts }),
        1 => (select(kinds.to_vec()), proptest::option::of(reference()), select(details.to_vec()))
            .prop_map(|(kind, target, details)| {
                Command::Custom { kind: kind.into(), target, details: details.into() }
            }),
        1 => (text(), proptest::option::of(text()))
            .prop_map(|(key, value)| Command::ChangeSetting { key, value }),
        1 => text().prop_map(|conflict| Command::ResolveConflict { conflict, note: None }),
    ]
}

/// What comes from another tool.
fn foreign() -> impl Strategy<Value = Command> {
    let stages = [Stage::Open, Stage::Underway, Stage::Paused, Stage::Done, Stage::Cancelled];
    let remark = |text: &str| Remark {
        text: text.to_owned(),
        at: Some(Timestamp(1_700_000_000_000_000)),
        by: Some("zoe".to_owned()),
    };
    let title = select(TITLES.to_vec());
    let item = (0u8..4, proptest::option::of(0u8..4), title, select(stages.to_vec()));
    let item = item.prop_map(move |(id, within, title, stage)| {
        // What another tool left open in a milestone that is completed is shown as active again.
        let stage = match (within, stage) {
            (Some(_), _) => Stage::Done,
            (None, Stage::Done) => Stage::Underway,
            (None, stage) => stage,
        };
        let ended = matches!(stage, Stage::Done | Stage::Cancelled);
        let mut fields = Fields::default();
        fields.put(Field::Title, Value::Text(title.into()));
        Command::Import(Box::new(ImportedItem {
            external_id: format!("bd-{id}"),
            within: within.map(|id| format!("bd-{id}")),
            fields,
            criteria: vec![NewCriterion { text: "it was checked".to_owned(), checked: true }],
            notes: vec![remark("a comment")],
            blocker: None,
            stage,
            created: remark(""),
            started_at: None,
            ended: ended.then(|| remark("it was over")),
            source: Some(SourceJson("{\"was\":1}".to_owned())),
        }))
    });
    let edge = (0u8..4, 0u8..4, any::<bool>()).prop_map(|(from, to, dependency)| {
        Command::ImportEdge(ImportedEdge {
            from: format!("bd-{from}"),
            kind: "blocks".to_owned(),
            to: format!("bd-{to}"),
            dependency,
            at: None,
            by: None,
            source: None,
        })
    });
    prop_oneof![2 => item, 1 => edge]
}
