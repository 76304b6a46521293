//! Queries: what is typed, what is printed, and what is found.
//!
//! `query_words` has the examples of people. Here: any text is a query or an error, printing and
//! parsing are each other's opposite, finding agrees with a plain search through all documents, and
//! pages of any size are the whole answer.

use milestone_core::domain::{
    Plan, Stage, effective_stage, milestone_progress, numbered, ready, task_percent, waits_for,
};
use milestone_core::projection::{Document, PhaseDoc, State};
use milestone_core::query::{
    Condition, DayField, Field, Flag, Kind, LinkField, Match, MomentField, NumberField, Query,
    Scope, Sort, Test, TextField, parse, select,
};
use milestone_core::words::{Date, StreamId, Timestamp, fold};
use milestone_testkit::{conditions, held_words, orders, single_writer};
use proptest::prelude::*;

use crate::common::{cases, folded};
use crate::query_words::viewer;

/// One thing with all that can be asked of it, worked out the long way.
struct Plain {
    stream: StreamId,
    home: String,
    reference: String,
    number: Option<i64>,
    stage: Stage,
    home_stage: Stage,
    progress: i64,
    weight: Option<i64>,
    flags: Vec<Flag>,
    blocks: Vec<StreamId>,
    doc: Document,
}

fn everything(state: &State) -> Vec<Plain> {
    let (now, _) = ready(state, Date::from_days(0));
    let ready: Vec<_> = now.into_iter().map(|row| row.stream).collect();
    let mut all = Vec::new();
    for milestone in state.milestones() {
        let id = milestone.id.to_string();
        let rows = state.rows(&id);
        let stage = effective_stage(&milestone, &rows);
        let plain = |stream: StreamId, doc: Document, stage_of: Stage, reference: String| Plain {
            home: id.clone(),
            number: None,
            stage: stage_of,
            home_stage: stage,
            progress: i64::from(milestone_progress(&milestone, &rows).percent),
            weight: None,
            flags: flags(state, &stream, &doc, stage_of, &ready),
            blocks: blocks(state, &stream),
            reference,
            stream,
            doc,
        };
        let doc = Document::of_milestone(&milestone);
        all.push(plain(milestone.stream(), doc, stage, id.clone()));
        for (at, row) in numbered(state, &id).into_iter().enumerate() {
            let task = state.task(row.stream.as_str()).expect("it has a row");
            let doc = Document::of_task(&task);
            all.push(Plain {
                number: Some(i64::try_from(at).expect("a few") + 1),
                progress: i64::from(task_percent(task.item.stage, task.fraction())),
                weight: Some(task.weight().into()),
                ..plain(row.stream, doc, task.item.stage, task.reference())
            });
        }
    }
    all
}

fn blocks(state: &State, stream: &StreamId) -> Vec<StreamId> {
    let of_milestones = state.milestones().into_iter().map(|m| (m.stream(), m.item.clone()));
    let of_tasks = state.task_streams().into_iter().map(|stream| {
        let item = state.task(stream.as_str()).expect("it is listed").item.clone();
        (stream, item)
    });
    let depend = of_milestones.chain(of_tasks).filter(|(_, i)| i.dependencies.contains(stream));
    depend.map(|(stream, _)| stream).collect()
}

fn flags(
    state: &State,
    stream: &StreamId,
    doc: &Document,
    stage: Stage,
    ready: &[StreamId],
) -> Vec<Flag> {
    let open = matches!(stage, Stage::Open | Stage::Underway | Stage::Paused);
    let blocked = doc.blockers.iter().any(|blocker| blocker.cleared_at.is_none());
    let mut flags = Vec::new();
    flags.extend((open && blocked).then_some(Flag::Blocked));
    flags.extend((open && !waits_for(state, stream).is_empty()).then_some(Flag::Waiting));
    flags.extend(ready.contains(stream).then_some(Flag::Ready));
    flags.extend((!doc.conflicts.is_empty()).then_some(Flag::Conflicted));
    flags
}

impl Plain {
    fn texts(&self, of: TextField) -> Vec<String> {
        let doc = &self.doc;
        let notes = || doc.notes.iter().map(|note| note.text.clone());
        let one = |text: &Option<String>| text.iter().cloned().collect::<Vec<_>>();
        match of {
            TextField::Any => one(&doc.description)
                .into_iter()
                .chain([doc.title.clone()])
                .chain(notes())
                .collect(),
            TextField::Id => vec![doc.id.clone(), self.reference.clone()],
            TextField::Title => vec![doc.title.clone()],
            TextField::Description => one(&doc.description),
            TextField::Note => notes().collect(),
            TextField::Owner => one(&doc.owner),
            TextField::Assignee => doc.assignees.clone(),
            TextField::Who => [one(&doc.owner), doc.assignees.clone()].concat(),
            TextField::Label => doc.labels.clone(),
            TextField::Template => one(&doc.template),
            TextField::External => one(&doc.external_id),
            TextField::Workflow => doc.workflow.iter().map(|held| held.name.clone()).collect(),
            TextField::Phase => {
                let phases = doc.workflow.iter().flat_map(|held| &held.phases);
                let open = |phase: &&PhaseDoc| !phase.status.is_finished();
                phases.filter(open).take(1).map(|phase| phase.name.clone()).collect()
            }
        }
    }

    fn number(&self, of: NumberField) -> Option<i64> {
        match of {
            NumberField::Priority => self.doc.priority.map(|priority| {
                let names = ["low", "medium", "high", "critical"];
                let rank = names.iter().position(|name| *name == priority.name());
                i64::try_from(rank.expect("a priority")).expect("a few")
            }),
            NumberField::Progress => Some(self.progress),
            NumberField::Estimate => self.doc.estimate.map(i64::from),
            NumberField::Spent => Some(self.doc.time_spent.into()),
            NumberField::Weight => self.weight,
            NumberField::Number => self.number,
        }
    }

    fn day(&self, of: DayField) -> Option<Date> {
        match of {
            DayField::Due => self.doc.due,
            DayField::Start => self.doc.start,
        }
    }

    fn moment(&self, of: MomentField) -> Option<Timestamp> {
        match of {
            MomentField::Created => self.doc.created_at,
            MomentField::Changed => Some(self.doc.changed_at),
            MomentField::Started => self.doc.started_at,
            MomentField::Completed => self.doc.completed_at,
        }
    }

    fn passes(&self, test: &Test) -> bool {
        match test {
            Test::Flag(Flag::Shelved) => {
                matches!(self.home_stage, Stage::Archived | Stage::Cancelled)
            }
            Test::Flag(flag) => self.flags.contains(flag),
            Test::Has(Field::Text(of)) => !self.texts(*of).is_empty(),
            Test::Has(Field::Number(of)) => self.number(*of).is_some(),
            Test::Has(Field::Day(of)) => self.day(*of).is_some(),
            Test::Has(Field::Moment(of)) => self.moment(*of).is_some(),
            Test::Has(Field::Link(LinkField::After)) => {
                !self.doc.dependencies.is_empty() || !self.doc.ties.is_empty()
            }
            Test::Has(Field::Link(LinkField::Blocks)) => !self.blocks.is_empty(),
            Test::Has(_) => true,
            Test::Kind(kind) => self.number.is_some() == (*kind == Kind::Task),
            Test::Status(stage) => self.stage == *stage,
            Test::Text(of, how, needle) => self.texts(*of).iter().any(|text| match how {
                Match::Whole => fold(text) == *needle,
                Match::Part => fold(text).contains(needle),
            }),
            Test::Number(of, op, given) => self.number(*of).is_some_and(|n| op.holds(&n, given)),
            Test::Day(of, op, given) => self.day(*of).is_some_and(|day| op.holds(&day, given)),
            Test::Moment(of, op, given) => self.moment(*of).is_some_and(|m| op.holds(&m, given)),
            Test::Link(LinkField::In, stream) => stream.as_str() == self.home,
            Test::Link(LinkField::After, stream) => self.doc.dependencies.contains(stream),
            Test::Link(LinkField::Blocks, stream) => self.blocks.contains(stream),
        }
    }

    fn fits(&self, condition: &Condition) -> bool {
        match condition {
            Condition::All(all) => all.iter().all(|inner| self.fits(inner)),
            Condition::Any(any) => any.iter().any(|inner| self.fits(inner)),
            Condition::Not(inner) => !self.fits(inner),
            Condition::Test(test) => self.passes(test),
        }
    }
}

fn references(state: &State, query: &Query) -> Vec<String> {
    select(state, Scope::Both, query).found.into_iter().map(|found| found.reference).collect()
}

fn of(condition: Condition) -> Query {
    Query { condition, ..Query::default() }
}

/// Pieces of queries, whole and torn.
fn pieces() -> impl Strategy<Value = String> {
    let pieces = [
        "status:",
        "active",
        "due<",
        "+7d",
        "label:api,",
        "-",
        "not ",
        "and ",
        "or ",
        "(",
        ")",
        "\"",
        "\\",
        "owner:me",
        "..",
        "2026-03-20",
        "has:",
        "is:",
        "sort:",
        "limit:1",
        "progress",
        ">=",
        "!=",
        "~",
        "=",
        "\u{202e}",
        "\u{1b}",
        "é",
        "🚀",
        "שלום",
        "'; DROP TABLE",
        "view:a",
    ];
    let piece = proptest::sample::select(pieces.to_vec()).prop_map(str::to_owned);
    let any = prop_oneof![8 => piece, 1 => any::<String>(), 2 => Just(" ".to_owned())];
    prop::collection::vec(any, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn any_text_is_a_query_or_an_error_in_its_place(text in pieces()) {
        match parse(&text, &viewer()) {
            Ok(query) => {
                let printed = query.to_string();
                prop_assert_eq!(parse(&printed, &viewer()), Ok(query), "{}", printed);
            }
            Err(error) => {
                prop_assert!(text.get(error.at.clone()).is_some(), "{error:?}");
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }

    #[test]
    fn what_is_printed_is_what_was_meant(
        condition in conditions("[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+".boxed()),
        sort in orders(),
        limit in prop::option::of(1..1_000u32),
    ) {
        let query = Query { condition, sort, limit, after: None };
        let printed = query.to_string();
        prop_assert_eq!(parse(&printed, &viewer()), Ok(query), "{}", printed);
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn finding_is_a_plain_search(
        history in single_writer(40),
        conditions in prop::collection::vec(conditions(held_words()), 8),
    ) {
        let state = folded(&history.union()).state;
        let all = everything(&state);
        for condition in conditions {
            let mut expected: Vec<&Plain> =
                all.iter().filter(|plain| plain.fits(&condition)).collect();
            expected.sort_by(|one, other| one.stream.cmp(&other.stream));
            let expected: Vec<_> = expected.iter().map(|plain| plain.stream.clone()).collect();
            let found = select(&state, Scope::Both, &of(condition.clone()));
            prop_assert_eq!(found.total, expected.len());
            let found: Vec<_> = found.found.into_iter().map(|found| found.stream).collect();
            prop_assert_eq!(found, expected, "{}", condition);
        }
    }

    #[test]
    fn pages_of_any_size_are_the_whole_answer(
        history in single_writer(30),
        condition in conditions(held_words()),
        sort in orders(),
        size in 1..6u32,
    ) {
        let state = folded(&history.union()).state;
        let mut query = Query { sort, ..of(condition) };
        let whole = select(&state, Scope::Both, &query);
        prop_assert_eq!(whole.total, whole.found.len());
        query.limit = Some(size);
        let mut pages = Vec::new();
        loop {
            let page = select(&state, Scope::Both, &query);
            prop_assert_eq!(page.total, whole.total);
            prop_assert!(page.found.len() <= size as usize);
            pages.extend(page.found);
            prop_assert!(pages.len() <= whole.found.len(), "a page begins where the last one did");
            let Some(next) = page.next else { break };
            let text = next.to_string();
            query.after = milestone_core::query::Cursor::read(&text);
            prop_assert_eq!(&query.after, &Some(next));
        }
        prop_assert_eq!(pages, whole.found);
    }

    #[test]
    fn an_order_is_the_order_of_the_keys(history in single_writer(30), sort in orders()) {
        let state = folded(&history.union()).state;
        let mut all = everything(&state);
        let number = |plain: &Plain, by: Field| match by {
            Field::Number(of) => Some(plain.number(of)),
            Field::Day(of) => Some(plain.day(of).map(Date::days)),
            Field::Moment(of) => Some(plain.moment(of).map(|moment| moment.0)),
            _ => None,
        };
        // Stable sorts by the last key first make the order of all keys.
        all.sort_by(|one, other| one.stream.cmp(&other.stream));
        let numeric = |key: &&Sort| number(&all[0], key.by).is_some();
        let keys: Vec<Sort> = match all.is_empty() {
            true => Vec::new(),
            false => sort.iter().filter(numeric).copied().collect(),
        };
        for key in keys.iter().rev() {
            all.sort_by_key(|plain| {
                let value = number(plain, key.by).flatten();
                (value.is_none(), value.map(|v| if key.descending { -v } else { v }))
            });
        }
        let expected: Vec<_> = all.into_iter().map(|plain| plain.reference).collect();
        prop_assert_eq!(references(&state, &Query { sort: keys, ..Query::default() }), expected);
    }

    #[test]
    fn logic_is_that_of_two_values(
        history in single_writer(30),
        one in conditions(held_words()),
        other in conditions(held_words()),
    ) {
        let state = folded(&history.union()).state;
        let (a, b) = (|| one.clone(), || other.clone());
        let same = |left: Condition, right: Condition| {
            assert_eq!(references(&state, &of(left)), references(&state, &of(right)));
        };
        let both = Condition::all(vec![a(), b()]);
        same(both.negated(), Condition::any(vec![a().negated(), b().negated()]));
        let either = Condition::any(vec![a(), b()]);
        same(either.negated(), Condition::all(vec![a().negated(), b().negated()]));
        same(Condition::any(vec![a(), a().negated()]), Condition::everything());
    }
}
