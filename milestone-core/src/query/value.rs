//! Values: from `field`, a comparison and what stands behind it to a condition.
//!
//! Start at [`condition`].
//!
//! - **Invariant.** A quoted value is never a word of the grammar: `owner:none` has no owner,
//!   `owner:"none"` is somebody's.

use chrono::{DateTime, Utc};

use super::ast::{Condition, Kind, Match, Op, Test};
use super::error::{QueryError, QueryFault};
use super::field::{DayField, Field, FieldSpec, FlagSpec, FlagWord, MomentField, NumberField};
use super::field::{LinkField, TextField};
use super::order::PRIORITY_RANKS;
use super::parse::Viewer;
use super::scan::{Sign, Typed};
use crate::domain::{Refusal, Stage};
use crate::words::{
    Date, Sense, Slug, StreamId, Timestamp, ValueError, When, duration_minutes, fold, nearest, when,
};

/// The word for a field that is not there.
const NONE: &str = "none";

/// Between the ends of a range.
const RANGE: &str = "..";

/// What a field, a comparison and values ask.
pub(super) fn condition(
    spec: &'static FieldSpec,
    sign: Sign,
    values: &[Typed],
    viewer: &Viewer<'_>,
) -> Result<Condition, QueryError> {
    let wide = !matches!(sign, Sign::Colon | Sign::Eq | Sign::Ne | Sign::Part);
    if let (true, Some(second)) = (wide, values.get(1)) {
        let fault = QueryFault::OneValue { field: spec.name, sign: sign.text() };
        return Err(QueryError { at: second.at.clone(), fault });
    }
    let one = |typed: &Typed| one(spec, sign, typed, viewer);
    let any = Condition::any(values.iter().map(one).collect::<Result<_, _>>()?);
    Ok(if sign == Sign::Ne { any.negated() } else { any })
}

fn fault(typed: &Typed, fault: QueryFault) -> QueryError {
    QueryError { at: typed.at.clone(), fault }
}

fn bad(spec: &FieldSpec, typed: &Typed, expected: &str) -> QueryError {
    bad_word(spec, typed, expected.to_owned(), &[])
}

/// A word that is none of `words`.
fn bad_word(
    spec: &FieldSpec,
    typed: &Typed,
    expected: String,
    words: &[&'static str],
) -> QueryError {
    let (field, value) = (spec.name.to_owned(), typed.text.clone());
    let near = nearest(&value, words.iter().copied());
    let near = near.and_then(|near| words.iter().copied().find(|word| *word == near));
    fault(typed, QueryFault::BadValue { field, value, expected, near })
}

fn unreadable(spec: &'static FieldSpec, typed: &Typed, why: ValueError) -> QueryError {
    fault(typed, QueryFault::Unreadable { field: spec.name, why })
}

/// What one value asks; `!=` as `=`.
fn one(
    spec: &'static FieldSpec,
    sign: Sign,
    typed: &Typed,
    viewer: &Viewer<'_>,
) -> Result<Condition, QueryError> {
    if typed.text.is_empty() {
        let field = spec.name.to_owned();
        return Err(fault(typed, QueryFault::NoValue { field, values: spec.values }));
    }
    if !typed.quoted
        && typed.text.eq_ignore_ascii_case(NONE)
        && matches!(sign, Sign::Colon | Sign::Eq | Sign::Ne)
    {
        return has(spec, typed).map(Condition::negated);
    }
    match spec.field {
        Field::Text(of) => text(spec, of, sign, typed, viewer),
        _ if sign == Sign::Part => Err(operator(spec, sign, typed)),
        Field::Kind => {
            let kind = [Kind::Milestone, Kind::Task]
                .into_iter()
                .find(|kind| kind.name().eq_ignore_ascii_case(&typed.text));
            let kind = kind.ok_or_else(|| bad(spec, typed, "milestone or task"))?;
            same(spec, sign, typed).map(|()| Test::Kind(kind).into())
        }
        Field::Status => {
            same(spec, sign, typed)?;
            status(typed).ok_or_else(|| bad_word(spec, typed, statuses().join(", "), &statuses()))
        }
        Field::Link(of) => {
            same(spec, sign, typed)?;
            link(of, typed, viewer)
        }
        Field::Number(of) => ranged(sign, typed, &|op, typed| {
            let number = number(spec, of, typed)?;
            Ok(Test::Number(of, op, number).into())
        }),
        Field::Day(of) => ranged(sign, typed, &|op, typed| day(spec, of, op, typed, viewer)),
        Field::Moment(of) => ranged(sign, typed, &|op, typed| moment(spec, of, op, typed, viewer)),
    }
}

/// The field is there.
pub(super) fn has(spec: &'static FieldSpec, typed: &Typed) -> Result<Condition, QueryError> {
    match spec.optional {
        true => Ok(Test::Has(spec.field).into()),
        false => Err(fault(typed, QueryFault::AlwaysThere { field: spec.name })),
    }
}

fn operator(spec: &'static FieldSpec, sign: Sign, typed: &Typed) -> QueryError {
    let has = match spec.field {
        Field::Text(_) => "one of : = != ~",
        Field::Kind | Field::Status | Field::Link(_) => "one of : = !=",
        Field::Number(_) | Field::Day(_) | Field::Moment(_) => "one of : = != < <= > >=",
    };
    fault(typed, QueryFault::BadOperator { field: spec.name, sign: sign.text(), has })
}

/// Refuses everything but `:`, `=` and `!=`.
fn same(spec: &'static FieldSpec, sign: Sign, typed: &Typed) -> Result<(), QueryError> {
    match sign {
        Sign::Colon | Sign::Eq | Sign::Ne => Ok(()),
        _ => Err(operator(spec, sign, typed)),
    }
}

fn text(
    spec: &'static FieldSpec,
    of: TextField,
    sign: Sign,
    typed: &Typed,
    viewer: &Viewer<'_>,
) -> Result<Condition, QueryError> {
    let prose =
        matches!(of, TextField::Any | TextField::Title | TextField::Description | TextField::Note);
    let how = match sign {
        Sign::Part => Match::Part,
        Sign::Colon if prose => Match::Part,
        Sign::Colon | Sign::Eq | Sign::Ne => Match::Whole,
        _ => return Err(operator(spec, sign, typed)),
    };
    let person = matches!(of, TextField::Owner | TextField::Assignee | TextField::Who);
    let me = person && !typed.quoted && how == Match::Whole && typed.text == "me";
    let needle = if me { fold(&(viewer.me)()) } else { fold(&typed.text) };
    if needle.is_empty() && !me {
        let field = spec.name.to_owned();
        return Err(fault(typed, QueryFault::NoValue { field, values: spec.values }));
    }
    Ok(Test::Text(of, how, needle).into())
}

/// What `status:word` asks: a status, or a flag that people take for one.
fn status(typed: &Typed) -> Option<Condition> {
    match FlagSpec::named(&typed.text)?.word {
        FlagWord::Status(stage) => Some(Test::Status(stage).into()),
        FlagWord::Flag(flag) => Some(Test::Flag(flag).into()),
        FlagWord::Open => Some(open()),
        FlagWord::Closed => Some(closed()),
        FlagWord::Overdue | FlagWord::Mine => None,
    }
}

fn statuses() -> Vec<&'static str> {
    let words = super::field::FLAGS.iter().filter_map(|flag| match flag.word {
        FlagWord::Status(_) | FlagWord::Open | FlagWord::Closed => Some(flag.name),
        _ => None,
    });
    words.collect()
}

/// Finished, given up or put away.
fn closed() -> Condition {
    let over = [Stage::Done, Stage::Cancelled, Stage::Archived];
    Condition::any(over.into_iter().map(|stage| Test::Status(stage).into()).collect())
}

/// Neither finished, given up nor put away.
fn open() -> Condition {
    let left = [Stage::Open, Stage::Underway, Stage::Paused];
    Condition::any(left.into_iter().map(|stage| Test::Status(stage).into()).collect())
}

/// What the word of a flag asks.
pub(super) fn flag(word: FlagWord, viewer: &Viewer<'_>) -> Condition {
    match word {
        FlagWord::Flag(flag) => Test::Flag(flag).into(),
        FlagWord::Status(stage) => Test::Status(stage).into(),
        FlagWord::Open => open(),
        FlagWord::Closed => closed(),
        FlagWord::Overdue => {
            let today = Date(viewer.clock.today());
            Condition::all(vec![open(), Test::Day(DayField::Due, Op::Lt, today).into()])
        }
        FlagWord::Mine => Test::Text(TextField::Who, Match::Whole, fold(&(viewer.me)())).into(),
    }
}

fn link(of: LinkField, typed: &Typed, viewer: &Viewer<'_>) -> Result<Condition, QueryError> {
    let found = (viewer.find)(&typed.text);
    let stream: StreamId =
        found.map_err(|refusal| fault(typed, QueryFault::Reference { refusal }))?;
    if of == LinkField::In && (stream.is_task() || Slug::check(stream.as_str()).is_err()) {
        let refusal = Refusal::NotAMilestone { reference: typed.text.clone() };
        return Err(fault(typed, QueryFault::Reference { refusal }));
    }
    Ok(Test::Link(of, stream).into())
}

/// A comparison with a value that can also be a range, `a..b`, `a..` or `..b`.
fn ranged(
    sign: Sign,
    typed: &Typed,
    test: &dyn Fn(Op, &Typed) -> Result<Condition, QueryError>,
) -> Result<Condition, QueryError> {
    let op = match sign {
        Sign::Lt => Op::Lt,
        Sign::Le => Op::Le,
        Sign::Gt => Op::Gt,
        Sign::Ge => Op::Ge,
        _ => Op::Eq,
    };
    let Some(dots) = typed.text.find(RANGE).filter(|_| op == Op::Eq && !typed.quoted) else {
        return test(op, typed);
    };
    let end = typed.at.start + dots;
    let from =
        Typed { text: typed.text[..dots].to_owned(), quoted: false, at: typed.at.start..end };
    let to = Typed {
        text: typed.text[dots + RANGE.len()..].to_owned(),
        quoted: false,
        at: end + RANGE.len()..typed.at.end,
    };
    let mut both = Vec::new();
    if !from.text.is_empty() || to.text.is_empty() {
        both.push(test(Op::Ge, &from)?);
    }
    if !to.text.is_empty() {
        both.push(test(Op::Le, &to)?);
    }
    Ok(Condition::all(both))
}

fn number(spec: &'static FieldSpec, of: NumberField, typed: &Typed) -> Result<i64, QueryError> {
    let text = typed.text.as_str();
    let plain = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u32>().ok().map(i64::from)).flatten()
    };
    match of {
        NumberField::Priority => PRIORITY_RANKS
            .iter()
            .find(|(word, ..)| word.eq_ignore_ascii_case(text))
            .map(|(_, _, rank)| *rank)
            .ok_or_else(|| {
                let words = PRIORITY_RANKS.map(|(word, ..)| word);
                bad_word(spec, typed, "low, medium, high or critical".to_owned(), &words)
            }),
        NumberField::Estimate | NumberField::Spent => {
            if text.strip_suffix('m').and_then(plain) == Some(0) || plain(text) == Some(0) {
                return Ok(0);
            }
            duration_minutes(text).map(i64::from).map_err(|why| unreadable(spec, typed, why))
        }
        NumberField::Progress => plain(text.strip_suffix('%').unwrap_or(text))
            .filter(|percent| *percent <= 100)
            .ok_or_else(|| bad(spec, typed, "0 to 100 percent")),
        NumberField::Weight | NumberField::Number => {
            plain(text).ok_or_else(|| bad(spec, typed, "a whole number"))
        }
    }
}

fn day(
    spec: &'static FieldSpec,
    of: DayField,
    op: Op,
    typed: &Typed,
    viewer: &Viewer<'_>,
) -> Result<Condition, QueryError> {
    let given = read_when(spec, typed, viewer, Sense::Plan)?;
    let day = given.day(&viewer.clock).ok_or_else(|| bad(spec, typed, "a day"))?;
    Ok(Test::Day(of, op, Date(day)).into())
}

/// A moment compares with a moment, or with all of a day.
fn moment(
    spec: &'static FieldSpec,
    of: MomentField,
    op: Op,
    typed: &Typed,
    viewer: &Viewer<'_>,
) -> Result<Condition, QueryError> {
    let micros = |moment: DateTime<Utc>| Timestamp(moment.timestamp_micros());
    let test = |op, moment| Condition::from(Test::Moment(of, op, moment));
    let given = read_when(spec, typed, viewer, Sense::Past)?;
    let ends = given.begin(&viewer.clock).zip(given.end(&viewer.clock));
    let (begin, end) = ends.ok_or_else(|| bad(spec, typed, "a day or a moment"))?;
    let (begin, end) = (micros(begin), micros(end));
    Ok(match op {
        Op::Eq if begin == end => test(Op::Eq, begin),
        Op::Eq => Condition::all(vec![test(Op::Ge, begin), test(Op::Le, end)]),
        Op::Lt | Op::Ge => test(op, begin),
        Op::Gt | Op::Le => test(op, end),
    })
}

fn read_when(
    spec: &'static FieldSpec,
    typed: &Typed,
    viewer: &Viewer<'_>,
    sense: Sense,
) -> Result<When, QueryError> {
    when(&typed.text, &viewer.clock, sense).map_err(|why| unreadable(spec, typed, why))
}
