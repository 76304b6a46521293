//! `list`: the milestones that a query asks for.
//!
//! - **Invariant.** Archived and cancelled ones are hidden unless they are asked for.
//! - **Invariant.** The flags narrow the query; there is one way to find milestones.

use std::sync::Arc;

use milestone_core::domain::{Milestone, Plan};
use milestone_core::query::{
    Condition, DayField, Field, MILESTONE_ORDER, MomentField, NumberField, Op, Scope, Sort as Key,
    Test, TextField,
};
use milestone_core::words::Date;

use super::judged;
use super::print::{self, Listing};
use crate::args::global::Format;
use crate::args::milestone::{ListArgs, Sort};
use crate::args::values::{Sense, when};
use crate::run::context::{Context, Ran};
use crate::run::docs::MilestoneDoc;
use crate::run::query::{Asked, by};
use crate::run::views::Eye;
use crate::ui::error::{Exit, Problem};
use crate::ui::view::MilestoneView;
use crate::ui::{lists, markdown};

type Row = (Arc<Milestone>, MilestoneView);

/// Lists milestones.
pub(super) fn run(context: &mut Context, args: &ListArgs) -> Ran {
    let moment = context.moment()?;
    context.begun(&moment)?;
    let (state, eye) = (&moment.state, Eye::of(context));
    let (asked, hidden) = asked(context, state, args)?;
    let selection = asked.answer_at(context, &moment, Scope::Milestones, MILESTONE_ORDER)?;
    // An index knows how they stand without their tasks.
    let index = context.project()?;
    let row = |stream: &str| {
        let milestone = state.milestone(stream)?;
        let known = moment.as_of.is_none().then(|| index.standing(stream)).flatten();
        let view = match known {
            Some(known) => eye.standing_row(&milestone, known),
            None => eye.milestone_row(state, &milestone),
        };
        Some((milestone, view))
    };
    let found = selection.found.iter();
    let mut rows: Vec<Row> = found.filter_map(|found| row(found.stream.as_str())).collect();
    // Of the formats those that programs read have it.
    if matches!(print::format(context, "list", print::LIST, true)?, Format::Json | Format::Ndjson) {
        judged::judge(context, &moment, rows.iter_mut().map(|(_, view)| view))?;
    }
    let views: Vec<MilestoneView> = rows.iter().map(|(_, view)| view.clone()).collect();
    let empty = match (selection.total, hidden) {
        (0, _) if state.milestone_ids().is_empty() => {
            "No milestones yet. Begin with: milestone new TITLE"
        }
        (_, true) => "No milestone fits. All of them: milestone list --all",
        (_, false) => "No milestone fits.",
    };
    let text = || {
        let risks = rows.iter().map(|(held, _)| held.item.open_risks().count()).sum();
        let table = lists::milestones(&views, &context.style).render(&context.style);
        table + &lists::programme(&views, risks, &context.style) + "\n"
    };
    let programme = context.style.level >= 3 && !context.style.accessible && !views.is_empty();
    Listing {
        verb: "list",
        kind: "milestone.list",
        table: || lists::milestones(&views, &context.style),
        items: || {
            let doc = |(held, view): &Row| MilestoneDoc::of(state, held, view.clone());
            rows.iter().map(doc).collect()
        },
        text: programme.then_some(&text as &dyn Fn() -> String),
        md: Some(&|| markdown::list(&views)),
        total: Some(selection.total),
        empty: empty.to_owned(),
        hints: Vec::new(),
    }
    .print_page(context, &moment, selection.next.as_ref())
}

/// The query of the words and the flags, and whether it hides something.
fn asked(
    context: &Context,
    state: &milestone_core::projection::State,
    args: &ListArgs,
) -> Result<(Asked, bool), Box<Problem>> {
    let mut asked = Asked::read(context, state, &args.query)?;
    asked.of_status(&args.status);
    asked.of_person(context, args.owner.as_deref());
    if let Some(text) = &args.due_before {
        let before = when(text, &context.clock, Sense::Plan).map_err(|error| {
            Problem::new("usage.bad_value", Exit::Usage, format!("--due-before: {error}"))
                .unchanged()
                .hint("milestone list --due-before +14d")
        })?;
        let day = before.day(&context.clock);
        let due = |day| Condition::from(Test::Day(DayField::Due, Op::Lt, Date(day)));
        let none = || Condition::from(Test::Has(Field::Day(DayField::Due))).negated();
        asked.also(day.map_or_else(none, due));
    }
    asked.with_labels(&args.labels);
    asked.sort(args.sort.map(order))?;
    asked.page(&args.page)?;
    let hidden = !args.all && asked.hide_shelved(Scope::Milestones);
    Ok((asked, hidden))
}

/// What `--sort` means.
fn order(sort: Sort) -> Key {
    match sort {
        Sort::Due => by(Field::Day(DayField::Due), false),
        Sort::Title => by(Field::Text(TextField::Title), false),
        Sort::Progress => by(Field::Number(NumberField::Progress), true),
        Sort::Priority => by(Field::Number(NumberField::Priority), true),
        Sort::Created => by(Field::Moment(MomentField::Created), true),
        Sort::Changed => by(Field::Moment(MomentField::Changed), true),
    }
}

/// The person that `me` means, or as typed.
pub(super) fn who(context: &Context, asked: Option<&str>) -> Option<String> {
    match asked {
        Some("me") => Some(context.actor()),
        asked => asked.map(ToOwned::to_owned),
    }
}
