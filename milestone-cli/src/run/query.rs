//! Queries on the command line: from words and flags to a `Query`, and what is said of mistakes.
//!
//! Start at [`Asked`].
//!
//! - **Invariant.** Flags build the same conditions as words: there is one way to find things.
//! - **Absent on purpose.** The hint and the exit code of a mistake: `problem` decides them.

use milestone_core::domain::{Plan, Stage, resolve};
use milestone_core::projection::State;
use milestone_core::query::{
    Condition, Cursor, Field, Flag, LinkField, Match, Query, QueryError, QueryFault, SavedView,
    Scope, Selection, Sort, Test, TextField, Viewer, parse, select, views,
};
use milestone_core::words::{StreamId, fold, nearest};

use super::context::{Context, Moment};
use super::problem;
use crate::args::milestone::{PageArgs, StatusFilter};
use crate::ui::error::{Exit, Problem};
use crate::ui::style::Style;
use crate::ui::text::sanitize;

/// How many cells of a query are shown on each side of a mistake.
const AROUND_CELLS: usize = 36;

/// A query as it was asked, to be narrowed by flags.
pub(super) struct Asked {
    /// What is asked.
    pub(super) query: Query,
}

impl Asked {
    /// Reads the words of a query; references are those of `state`.
    pub(super) fn read(
        context: &Context,
        state: &State,
        words: &[String],
    ) -> Result<Self, Box<Problem>> {
        Self::read_as(context, state, words, None)
    }

    /// The same, as the view of this name will be read: with this text.
    pub(super) fn read_as(
        context: &Context,
        state: &State,
        words: &[String],
        saving: Option<(&str, &str)>,
    ) -> Result<Self, Box<Problem>> {
        let text = words.join(" ");
        let exact = context.env("MILESTONE_EXACT").is_some();
        let viewer = Viewer {
            clock: context.clock,
            me: &|| context.actor(),
            find: &|asked| {
                // What `@` means may be unclear; then it is looked for as it stands.
                let words = context.reference(asked, state).unwrap_or_else(|_| asked.to_owned());
                resolve(state, &words, None, exact)
            },
            view: &|name| {
                if let Some((_, text)) = saving.filter(|(saved, _)| *saved == name) {
                    return Ok(text.to_owned());
                }
                let all = views(&state.project());
                let held = all.iter().find(|view| view.name == name);
                held.map(|view| view.query.clone()).ok_or_else(|| near(&all, name))
            },
        };
        match parse(&text, &viewer) {
            Ok(query) => Ok(Self { query }),
            Err(error) => Err(wrong(&context.style_err, &text, &error)),
        }
    }

    /// Only those for which this holds, too.
    pub(super) fn also(&mut self, condition: impl Into<Condition>) {
        self.query.also(condition.into());
    }

    /// Only those with one of these statuses, as `--status` says.
    pub(super) fn of_status(&mut self, filters: &[StatusFilter]) {
        if !filters.is_empty() {
            self.also(Condition::any(filters.iter().map(|filter| of_status(*filter)).collect()));
        }
    }

    /// Only those of somebody, as `--owner` says.
    pub(super) fn of_person(&mut self, context: &Context, who: Option<&str>) {
        if let Some(who) = who {
            let name = if who == "me" { context.actor() } else { who.to_owned() };
            self.also(Test::Text(TextField::Who, Match::Whole, fold(&name)));
        }
    }

    /// Only those that carry every one of these labels.
    pub(super) fn with_labels(&mut self, labels: &[String]) {
        for label in labels {
            self.also(Test::Text(TextField::Label, Match::Whole, fold(label)));
        }
    }

    /// Leaves out what was archived or cancelled, milestones and their tasks, unless the query
    /// speaks of that, or of the milestone whose tasks are meant. Returns true if it does so.
    pub(super) fn hide_shelved(&mut self, scope: Scope) -> bool {
        let speaks = |test: &Test| match test {
            Test::Status(Stage::Archived) | Test::Flag(Flag::Shelved) => true,
            Test::Status(Stage::Cancelled) => scope == Scope::Milestones,
            Test::Link(LinkField::In, _) => scope == Scope::Tasks,
            _ => false,
        };
        let hide = !self.query.condition.mentions(&speaks);
        if hide {
            self.also(Condition::from(Test::Flag(Flag::Shelved)).negated());
        }
        hide
    }

    /// Puts in what `--limit` and `--cursor` say.
    pub(super) fn page(&mut self, args: &PageArgs) -> Result<(), Box<Problem>> {
        if let Some(limit) = args.limit {
            once("limit", self.query.limit.is_some())?;
            self.query.limit = Some(limit);
        }
        if let Some(text) = &args.cursor {
            once("cursor", self.query.after.is_some())?;
            let cursor = Cursor::read(text);
            self.query.after = Some(cursor.ok_or_else(|| Box::new(problem::bad_cursor()))?);
        }
        Ok(())
    }

    /// Puts in the order of `--sort`.
    pub(super) fn sort(&mut self, by: Option<Sort>) -> Result<(), Box<Problem>> {
        if let Some(by) = by {
            once("sort", !self.query.sort.is_empty())?;
            self.query.sort = vec![by];
        }
        Ok(())
    }

    /// The answer from a plan; in this order if none was asked for.
    pub(super) fn answer(
        mut self,
        plan: &dyn Plan,
        scope: Scope,
        order: &[Sort],
    ) -> Result<Selection, Box<Problem>> {
        self.order(order)?;
        Ok(select(plan, scope, &self.query))
    }

    /// The answer at a moment, off the index where it is the present one.
    pub(super) fn answer_at(
        mut self,
        context: &mut Context,
        moment: &Moment,
        scope: Scope,
        order: &[Sort],
    ) -> Result<Selection, Box<Problem>> {
        if moment.as_of.is_some() {
            return self.answer(&moment.state, scope, order);
        }
        self.order(order)?;
        Ok(context.project()?.select(scope, &self.query))
    }

    fn order(&mut self, otherwise: &[Sort]) -> Result<(), Box<Problem>> {
        self.query.ordered(otherwise).map_err(|error| Box::new(problem::query(&error.fault)))
    }
}

fn near(all: &[SavedView], name: &str) -> Option<String> {
    nearest(name, all.iter().map(|view| view.name.as_str())).map(ToOwned::to_owned)
}

/// What is said of a view that is not there.
pub(super) fn no_view(all: &[SavedView], name: &str) -> Box<Problem> {
    let (name, near) = (name.to_owned(), near(all, name));
    Box::new(problem::query(&QueryFault::UnknownView { name, near }))
}

/// Refuses a flag for what the query says already.
fn once(word: &str, said: bool) -> Result<(), Box<Problem>> {
    if !said {
        return Ok(());
    }
    let message = format!("--{word} and {word}: in the query exclude each other");
    Err(Box::new(
        Problem::new("usage.conflict", Exit::Usage, message)
            .unchanged()
            .hint("milestone help query"),
    ))
}

fn of_status(filter: StatusFilter) -> Condition {
    let test = match filter {
        StatusFilter::Planned | StatusFilter::Pending => Test::Status(Stage::Open),
        StatusFilter::Active | StatusFilter::InProgress => Test::Status(Stage::Underway),
        StatusFilter::Paused => Test::Status(Stage::Paused),
        StatusFilter::Completed | StatusFilter::Done => Test::Status(Stage::Done),
        StatusFilter::Archived => Test::Status(Stage::Archived),
        StatusFilter::Cancelled => Test::Status(Stage::Cancelled),
        StatusFilter::Blocked => Test::Flag(Flag::Blocked),
        StatusFilter::Waiting => Test::Flag(Flag::Waiting),
    };
    test.into()
}

/// What is in a milestone.
pub(super) fn within(milestone: &StreamId) -> Condition {
    Test::Link(LinkField::In, milestone.clone()).into()
}

/// An order by one field.
pub(super) const fn by(field: Field, descending: bool) -> Sort {
    Sort { by: field, descending }
}

/// A mistake, with the query and a mark under the place.
fn wrong(style: &Style, text: &str, error: &QueryError) -> Box<Problem> {
    let mut problem = problem::query(&error.fault);
    let [shown, mark] = marked(style, text, error);
    problem.facts.splice(..0, [shown, mark]);
    let at = vec![error.at.start, error.at.end];
    Box::new(problem.datum("query", text).datum("at", at))
}

/// The query around a mistake, and the line under it.
fn marked(style: &Style, text: &str, error: &QueryError) -> [String; 2] {
    let ruler = style.ruler();
    let piece =
        |range: std::ops::Range<usize>| sanitize(text.get(range).unwrap_or_default()).into_owned();
    let (before, there) = (piece(0..error.at.start), piece(error.at.clone()));
    let behind = piece(error.at.end..text.len());
    // The end of what stands before, which `clip` cuts off at its beginning, is turned around.
    let turned = |text: &str| text.chars().rev().collect::<String>();
    let before = turned(&ruler.clip(&turned(&before), AROUND_CELLS));
    let (there, behind) = (ruler.clip(&there, AROUND_CELLS), ruler.clip(&behind, AROUND_CELLS));
    let carets = "^".repeat(ruler.width(&there).max(1));
    let blank = " ".repeat(ruler.width(&before));
    [format!("{before}{there}{behind}"), format!("{blank}{carets}")]
}
