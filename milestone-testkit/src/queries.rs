//! Random queries.
//!
//! Start at [`conditions`].
//!
//! - **Invariant.** Every kind of test, of field and of flag comes up.
//! - **Absent on purpose.** Texts of queries, right and wrong: whoever reads such makes them.

use milestone_core::domain::Stage;
use milestone_core::query::{
    Condition, DayField, FIELDS, Field, Flag, Kind, LinkField, Match, MomentField, NumberField, Op,
    Sort, Test,
};
use milestone_core::words::{Date, StreamId, Timestamp, fold};
use proptest::prelude::*;

use crate::clock::EPOCH;

fn op() -> impl Strategy<Value = Op> {
    proptest::sample::select(vec![Op::Eq, Op::Lt, Op::Le, Op::Gt, Op::Ge])
}

fn field(fits: fn(&Field) -> bool) -> impl Strategy<Value = Field> {
    let fields: Vec<Field> = FIELDS.iter().map(|spec| spec.field).filter(fits).collect();
    proptest::sample::select(fields)
}

/// A test that histories of the testkit may pass; `words` gives the needles.
fn test(words: BoxedStrategy<String>) -> impl Strategy<Value = Test> {
    let stages = vec![
        Stage::Open,
        Stage::Underway,
        Stage::Paused,
        Stage::Done,
        Stage::Cancelled,
        Stage::Archived,
    ];
    let flags = vec![Flag::Blocked, Flag::Waiting, Flag::Ready, Flag::Shelved, Flag::Conflicted];
    let streams = ["api", "web", "docs", "api/plan", "api/build", "docs/plan", "no/where"];
    let stream = proptest::sample::select(streams.to_vec());
    let how = proptest::sample::select(vec![Match::Whole, Match::Part]);
    let number = field(|field| matches!(field, Field::Number(_)));
    let day = prop_oneof![Just(DayField::Due), Just(DayField::Start)];
    let moments = vec![
        MomentField::Created,
        MomentField::Changed,
        MomentField::Started,
        MomentField::Completed,
    ];
    prop_oneof![
        proptest::sample::select(flags).prop_map(Test::Flag),
        field(|field| field.spec().optional).prop_map(Test::Has),
        prop_oneof![Just(Kind::Milestone), Just(Kind::Task)].prop_map(Test::Kind),
        proptest::sample::select(stages).prop_map(Test::Status),
        (field(|field| matches!(field, Field::Text(_))), how, words).prop_map(|(of, how, word)| {
            let Field::Text(of) = of else { unreachable!("only texts were chosen") };
            Test::Text(of, how, fold(&word))
        }),
        (number, op(), 0..100i64).prop_map(|(of, op, number)| {
            let Field::Number(of) = of else { unreachable!("only numbers were chosen") };
            let number = if of == NumberField::Priority { number % 4 } else { number };
            Test::Number(of, op, number)
        }),
        (day, op(), 20_700..20_960i64).prop_map(|(of, op, day)| Test::Day(
            of,
            op,
            Date::from_days(day)
        )),
        (proptest::sample::select(moments), op(), -2..5_000_000i64)
            .prop_map(|(of, op, later)| { Test::Moment(of, op, Timestamp(EPOCH.0 + later)) }),
        (0..3usize, stream).prop_map(|(of, stream)| {
            let of = [LinkField::In, LinkField::After, LinkField::Blocks][of];
            let stream = StreamId::parse(stream).expect("a name");
            match of {
                LinkField::In => Test::Link(of, StreamId::parse("api").expect("a name")),
                of => Test::Link(of, stream),
            }
        }),
    ]
}

/// Conditions, nested; `words` gives the needles, which are folded here.
pub fn conditions(words: BoxedStrategy<String>) -> impl Strategy<Value = Condition> {
    test(words).prop_map(Condition::Test).prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::all),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::any),
            inner.prop_map(Condition::negated),
        ]
    })
}

/// Words that histories have, in other letters, and signs that mean something elsewhere.
pub fn held_words() -> BoxedStrategy<String> {
    let words = [
        "ONE",
        "two",
        "Ann",
        "api",
        "plan",
        "api/PLAN",
        "because",
        "KIRO",
        "design",
        "build",
        "\"quoted\"",
        "e",
        "%",
        "o_e",
        "'",
    ];
    proptest::sample::select(words.to_vec()).prop_map(str::to_owned).boxed()
}

/// Orders of at most three keys.
pub fn orders() -> impl Strategy<Value = Vec<Sort>> {
    let by = field(|field| field.spec().sortable);
    let key = (by, any::<bool>()).prop_map(|(by, descending)| Sort { by, descending });
    prop::collection::vec(key, 0..4)
}
