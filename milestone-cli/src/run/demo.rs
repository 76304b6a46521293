//! `milestone demo`: a small project of six weeks, played through the real commands and left to
//! explore.
//!
//! Start at [`run`]; the story is [`STORY`].
//!
//! - **Invariant.** Every event is decided like any other; only the clock and the ids are set: the
//!   clock begins six weeks before now, so `--as-of` works in it.
//! - **Invariant.** A directory that has something in it is left as it is.

use milestone_core::domain::{
    Command, Field, Fields, ListField, NewTask, Priority, ProgressValue, Terms, Value,
};
use milestone_core::words::{Date, Text, Timestamp};
use milestone_project::{Caller, Project};

use schemars::JsonSchema;
use serde::Serialize;

use super::context::{Context, Output, Ran};
use super::schema::Kind;
use super::{problem, reads};
use crate::args::global::Format;
use crate::args::project::DemoArgs;
use crate::args::usage::quoted;
use crate::ui::error::{Exit, Problem};
use crate::ui::json::{Envelope, Meta};

/// Where the demonstration goes if nothing else is said.
const DIRECTORY: &str = "milestone-demo";

/// What was created, for programs.
#[derive(Serialize, JsonSchema)]
struct DemoDoc {
    path: String,
    project: &'static str,
    records: u64,
}

/// The document of `demo`.
pub(super) const KIND: Kind = Kind::of::<DemoDoc>("demo", "demo");

/// How long the story is, in days.
const STORY_DAYS: i64 = 42;

const MINUTES_PER_DAY: i64 = 24 * 60;

/// One thing that somebody does: on which day, at which minute of it, who, and what.
type Step = (i64, i64, &'static str, fn(&Days) -> Command);

/// The days of the story, for due dates.
struct Days {
    begin: Date,
}

impl Days {
    fn day(&self, number: i64) -> Date {
        Date::from_days(self.begin.days() + number)
    }
}

/// What happens in those six weeks.
const STORY: &[Step] = &[
    (0, 545, "dana", |days| milestone("API Development", days.day(40), "dana", API_TASKS)),
    (0, 560, "dana", |_| {
        depends("api-development/endpoints", &["database-setup", "authentication"])
    }),
    (0, 562, "dana", |_| depends("api-development/testing", &["endpoints"])),
    (1, 570, "dana", |_| start("api-development/authentication")),
    (1, 600, "sam", |_| start("api-development/database-setup")),
    (2, 605, "sam", |days| milestone("Search", days.day(25), "sam", SEARCH_TASKS)),
    (3, 560, "sam", |days| milestone("New hosts", days.day(39), "sam", HOSTS_TASKS)),
    (3, 930, "dana", |_| {
        progress("api-development/authentication", 3, 5, "tokens work, refresh is left")
    }),
    (4, 660, "sam", |_| done(&["new-hosts/inventory"], "")),
    (5, 1010, "dana", |_| done(&["api-development/authentication"], "PR 131")),
    (6, 640, "sam", |_| block("api-development/database-setup", "waiting for sandbox keys", "ops")),
    (7, 660, "sam", |_| done(&["new-hosts/accounts", "new-hosts/firewall"], "")),
    (8, 700, "sam", |_| unblock("api-development/database-setup", "keys arrived")),
    (9, 660, "sam", |_| done(&["new-hosts/images"], "")),
    (10, 980, "sam", |_| done(&["api-development/database-setup"], "PR 135")),
    (11, 660, "sam", |_| done(&["new-hosts/staging"], "")),
    (12, 555, "dana", |_| start("api-development/endpoints")),
    (13, 620, "sam", |_| start("search/index")),
    (14, 660, "sam", |_| done(&["new-hosts/metrics", "new-hosts/logs"], "")),
    (16, 900, "sam", |_| done(&["search/index"], "PR 138")),
    (17, 600, "sam", |_| done(&["search/query-syntax"], "PR 139")),
    (18, 660, "sam", |_| done(&["new-hosts/alerts"], "")),
    (19, 610, "agent:robo-1", |_| start("search/ranking")),
    (20, 1000, "agent:robo-1", |_| progress("search/ranking", 2, 4, "BM25 in place")),
    (21, 660, "sam", |_| done(&["new-hosts/backups"], "")),
    (22, 940, "agent:robo-1", |_| done(&["search/ranking"], "PR 144")),
    (23, 600, "sam", |_| done(&["search"], "shipped in 1.4")),
    (24, 560, "dana", |days| milestone("Checkout v2", days.day(60), "dana", CHECKOUT_TASKS)),
    (24, 565, "dana", |_| depends("checkout-v2", &["api-development"])),
    (25, 660, "sam", |_| done(&["new-hosts/certificates", "new-hosts/names"], "")),
    (26, 620, "dana", |_| archive("search")),
    (27, 660, "sam", |_| done(&["new-hosts/queue"], "")),
    (28, 640, "dana", |_| progress("api-development/endpoints", 2, 6, "")),
    (30, 660, "sam", |_| done(&["new-hosts/copy-of-the-data"], "")),
    (31, 700, "dana", |_| note("api-development", "Partners want the batch endpoint first.")),
    (32, 660, "sam", |_| done(&["new-hosts/rehearsal"], "")),
    (33, 980, "agent:robo-1", |_| progress("api-development/endpoints", 3, 6, "")),
    (34, 610, "sam", |_| {
        risk("checkout-v2/payment", "The provider changes its sandbox in autumn.")
    }),
    (35, 660, "sam", |_| done(&["new-hosts/switch"], "")),
    (36, 600, "dana", |_| Command::Check {
        target: "api-development/endpoints".into(),
        items: vec![1],
        checked: true,
    }),
    (38, 600, "sam", |_| cancel("checkout-v2/gift-cards", "nobody asked for them")),
    (39, 660, "sam", |_| done(&["new-hosts/old-hosts-off"], "")),
    (39, 670, "sam", |_| done(&["new-hosts"], "the old ones are gone")),
    (39, 680, "dana", |_| archive("new-hosts")),
    (40, 641, "dana", |_| progress("api-development/endpoints", 4, 6, "orders and payments done")),
];

/// Titles with estimates in days, and what can be checked off.
const API_TASKS: &[(&str, u32, &[&str])] = &[
    ("Authentication", 2, &[]),
    ("Database Setup", 2, &[]),
    ("Endpoints", 3, &["Orders", "Payments", "Refunds"]),
    ("Testing", 2, &[]),
];
const SEARCH_TASKS: &[(&str, u32, &[&str])] =
    &[("Index", 3, &[]), ("Query syntax", 1, &[]), ("Ranking", 3, &["Typos", "Synonyms"])];
const HOSTS_TASKS: &[(&str, u32, &[&str])] = &[
    ("Inventory", 1, &[]),
    ("Accounts", 1, &[]),
    ("Firewall", 1, &[]),
    ("Images", 1, &[]),
    ("Staging", 1, &[]),
    ("Metrics", 1, &[]),
    ("Logs", 1, &[]),
    ("Alerts", 1, &[]),
    ("Backups", 1, &[]),
    ("Certificates", 1, &[]),
    ("Names", 1, &[]),
    ("Queue", 1, &[]),
    ("Copy of the data", 1, &[]),
    ("Rehearsal", 1, &[]),
    ("Switch", 1, &[]),
    ("Old hosts off", 1, &[]),
];
const CHECKOUT_TASKS: &[(&str, u32, &[&str])] = &[
    ("Cart totals", 1, &[]),
    ("Payment", 4, &["Cards", "Bank transfer"]),
    ("Receipts by e-mail", 2, &[]),
    ("Gift cards", 3, &[]),
];

/// Plays the story into a directory.
pub(super) fn run(context: &mut Context, args: &DemoArgs) -> Ran {
    let format = reads::chosen_format(context, "demo", &[Format::Text, Format::Json])?;
    let target = args.target.clone().unwrap_or_else(|| DIRECTORY.into());
    let dir = context.dir().join(&target);
    let shown = target.display().to_string();
    if let Ok(mut entries) = std::fs::read_dir(&dir)
        && entries.next().is_some()
    {
        return Err(Box::new(
            Problem::new("demo.not_empty", Exit::Refused, format!("{shown} is not empty"))
                .fact("the demonstration only goes where nothing is")
                .unchanged()
                .hint(format!("milestone -C {} list, or milestone demo DIR", quoted(&shown))),
        ));
    }
    if context.global.dry_run {
        let output = Output::of(format!("Would create {shown}  (project shop)\n"));
        return Ok(output.say("Nothing was written (--dry-run)."));
    }
    std::fs::create_dir_all(&dir).map_err(|error| {
        Problem::new("demo.unwritable", Exit::NotRecorded, format!("cannot make {shown}"))
            .fact(error.to_string())
            .unchanged()
            .hint("milestone demo DIR, where you may write")
    })?;
    let mut caller = context.caller()?;
    caller.session_id = "demo".into();
    let records = play(context, &dir, caller)?;
    if format == Format::Json {
        let doc = DemoDoc { path: shown, project: "shop", records };
        let meta = Meta { project: Some("shop".to_owned()), ..Meta::default() };
        let text = Envelope::new("demo", doc, meta).render(context.style.tty);
        return Ok(Output::of(text.expect("strings and numbers are JSON")));
    }
    let mut text = format!("Created {shown}  (project shop, {records} records over six weeks)\n");
    let within = format!("milestone -C {}", quoted(&shown));
    for (command, what) in [
        ("list", "its milestones"),
        ("show api-development", "one of them, with its tasks"),
        ("ready --blocked", "what waits, and for what"),
        ("forecast api-development", "when it will be done"),
        ("show api-development --as-of 3w", "the same three weeks ago"),
        ("log api-development/endpoints", "what happened to a task"),
        ("log verify", "that nothing was changed since"),
    ] {
        text.push_str(&format!("  {within} {command:<34} {what}\n"));
    }
    Ok(Output::of(text))
}

fn play(
    context: &mut Context,
    dir: &std::path::Path,
    mut caller: Caller,
) -> Result<u64, Box<Problem>> {
    let now = context.around.now;
    // The story ends yesterday evening, so that nothing in it is in the future.
    let first = Date::from_days(now.date(0).days() - STORY_DAYS);
    let days = Days { begin: first };
    let at = |day: i64, minute: i64| {
        Timestamp(first.start(0).0 + (day * MINUTES_PER_DAY + minute) * 60_000_000)
    };
    // Each record has its place in the story.
    caller.clock = None;
    caller.now = at(0, 540);
    caller.actor = "dana".into();
    let begun = Project::init(dir, "shop", true, context.options(), &caller)
        .map_err(|error| problem::init(&error))?;
    let mut project = begun.project;
    for (number, (day, minute, who, what)) in STORY.iter().enumerate() {
        caller.now = at(*day, *minute);
        caller.actor = (*who).to_owned();
        caller.seed[31] = u8::try_from(number).unwrap_or(u8::MAX);
        project.execute(&what(&days), &caller).map_err(|error| problem::execute(&error))?;
    }
    let records = project.checkpoint().count;
    context.adopt_project(project);
    Ok(records)
}

fn milestone(
    title: &str,
    due: Date,
    owner: &'static str,
    tasks: &[(&str, u32, &[&str])],
) -> Command {
    let task = |(title, days, criteria): &(&str, u32, &[&str])| NewTask {
        title: (*title).to_owned(),
        fields: Fields {
            set: vec![(Field::Estimate, Value::Number(i64::from(*days) * 480))],
            lists: Vec::new(),
        },
        criteria: criteria.iter().map(|text| (*text).into()).collect(),
        ..NewTask::default()
    };
    Command::CreateMilestone {
        title: title.to_owned(),
        id: None,
        fields: Fields {
            set: vec![
                (Field::Due, Value::Date(due)),
                (Field::Owner, Value::Text(Text::from(owner))),
                (Field::Priority, Value::Priority(Priority::High)),
            ],
            lists: vec![(ListField::Labels, vec![Text::from("demo")])],
        },
        criteria: Vec::new(),
        tasks: tasks.iter().map(task).collect(),
        after: Vec::new(),
    }
}

fn depends(target: &str, after: &[&str]) -> Command {
    let after = after.iter().map(ToString::to_string).collect();
    Command::AddDependencies { target: target.to_owned(), after, terms: Terms::default() }
}

fn start(target: &str) -> Command {
    Command::Start { targets: vec![target.to_owned()], force: None }
}

fn progress(target: &str, done: u32, of: u32, note: &str) -> Command {
    let note = (!note.is_empty()).then(|| note.to_owned());
    let value = ProgressValue::Of { done, of };
    Command::Progress { target: target.to_owned(), value, note, time_spent: 120 }
}

fn done(targets: &[&str], note: &str) -> Command {
    let targets = targets.iter().map(ToString::to_string).collect();
    let note = (!note.is_empty()).then(|| note.to_owned());
    Command::Complete { targets, force: None, note, time_spent: 60, contents: Vec::new() }
}

fn block(target: &str, text: &str, on: &str) -> Command {
    let (target, text, on) = (target.to_owned(), text.to_owned(), Some(on.to_owned()));
    Command::Block { target, text, on, until: None }
}

fn unblock(target: &str, note: &str) -> Command {
    Command::Unblock { target: target.to_owned(), blocker: None, note: Some(note.to_owned()) }
}

fn archive(target: &str) -> Command {
    Command::Archive { targets: vec![target.to_owned()], review: None }
}

fn note(target: &str, text: &str) -> Command {
    Command::Note { target: target.to_owned(), text: text.to_owned() }
}

fn risk(target: &str, text: &str) -> Command {
    Command::Note { target: target.to_owned(), text: format!("Risk: {text}") }
}

fn cancel(target: &str, reason: &str) -> Command {
    Command::Cancel { targets: vec![target.to_owned()], reason: reason.to_owned() }
}
