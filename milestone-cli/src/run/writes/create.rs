//! Creating: `new`, `task add`.
//!
//! Start at [`new`].
//!
//! - **Invariant.** All of a plan is one record: all tasks are there, or none.

use milestone_core::domain::{
    Command, Field, Fields, ListField, NewTask, Plan as _, Priority, Stage, Value,
    milestone_progress, numbered,
};
use milestone_core::words::{Text, slug_of};

use super::super::context::{Context, Ran};
use super::act::{act, act_noting};
use super::flow::{target, targets};
use super::input;
use super::outline::{self, Plan};
use super::seen::Thing;
use super::told::{Said, Told, few, labelled};
use crate::args::milestone::{NewArgs, Priority as PriorityArg};
use crate::args::task::TaskAddArgs;
use crate::args::usage::quoted;
use crate::ui::error::{Exit, Problem};
use crate::ui::glyph::Status;
use crate::ui::text::sanitize;
use crate::ui::view::{MilestoneView, State as ViewState, TaskView};
use crate::ui::{dates, tree};

/// The priority that was typed.
pub(super) fn priority(typed: PriorityArg) -> Value<'static> {
    Value::Priority(match typed {
        PriorityArg::Low => Priority::Low,
        PriorityArg::Medium => Priority::Medium,
        PriorityArg::High => Priority::High,
        PriorityArg::Critical => Priority::Critical,
    })
}

/// A text as the value of a field.
pub(super) fn text(typed: &str) -> Value<'static> {
    Value::Text(Text::from(typed.to_owned()))
}

fn put<T>(
    fields: &mut Fields<'static>,
    field: Field,
    value: Option<T>,
    of: fn(T) -> Value<'static>,
) {
    if let Some(value) = value {
        fields.put(field, of(value));
    }
}

fn put_list(fields: &mut Fields<'static>, field: ListField, list: &[String]) {
    if !list.is_empty() {
        let texts = list.iter().map(|text| Text::from(text.clone())).collect();
        fields.lists.push((field, texts));
    }
}

/// `milestone new`.
pub(in crate::run) fn new(context: &mut Context, args: &NewArgs) -> Ran {
    let plan = Plan::of(context, args)?;
    let typed = Some(args.title_text()).filter(|_| !args.title.is_empty());
    let title = typed.or_else(|| plan.title.clone()).ok_or_else(|| match &args.template {
        Some(template) => super::quickstart::no_title(template),
        None => Box::new(
            Problem::new("plan.no_title", Exit::Usage, "the outline has no title")
                .unchanged()
                .hint("begin it with a line \"# Title\", or give a TITLE beside -F"),
        ),
    })?;
    let mut fields = plan.fields;
    put(&mut fields, Field::Description, args.desc.as_deref(), text);
    put(&mut fields, Field::Priority, args.priority, priority);
    let owner = args.owner.as_ref().map(|owner| context.person(owner));
    put(&mut fields, Field::Owner, owner.as_deref(), text);
    for (field, flag, typed) in
        [(Field::Start, "--start", &args.start), (Field::Due, "--due", &args.due)]
    {
        if let Some(typed) = typed {
            put(&mut fields, field, input::day(context, flag, typed)?, Value::Date);
        }
    }
    put(&mut fields, Field::Estimate, args.estimate, |minutes| Value::Number(minutes.into()));
    put_list(&mut fields, ListField::Assignees, &args.assignees);
    add_labels(&mut fields, &args.labels);
    let after = targets(context, &args.after)?;
    let (id, tasks) = (args.id.clone(), plan.tasks);
    let criteria = plan.criteria.into_iter().chain(args.checks.clone()).collect();
    let command = Command::CreateMilestone { title, id, fields, criteria, tasks, after };
    act_noting(context, &command, &plan.notes, created)
}

/// Adds labels to those that are there.
pub(super) fn add_labels(fields: &mut Fields<'static>, labels: &[String]) {
    let mut all = fields.list(ListField::Labels).to_vec();
    for label in labels.iter().map(|label| Text::from(label.clone())) {
        if !all.contains(&label) {
            all.push(label);
        }
    }
    fields.lists.retain(|(field, _)| *field != ListField::Labels);
    if !all.is_empty() {
        fields.lists.push((ListField::Labels, all));
    }
}

pub(super) fn created(told: &Told<'_>) -> Said {
    let Some(milestone) = told.refs.first().and_then(|id| told.state.milestone(id)) else {
        return Said::default();
    };
    let view = view(told, &milestone);
    let count = match view.tasks.len() {
        1 => "1 task".to_owned(),
        count => format!("{count} tasks"),
    };
    let due = view.due.map(|due| format!(", due {}", dates::with_day(due))).unwrap_or_default();
    let mut said = Said::of(format!(
        "Created milestone {}  ({count}{due})\n{}",
        milestone.id,
        few(&tree::render(&view, &told.style))
    ));
    let plain = slug_of(&milestone.item.title);
    if plain != milestone.id && milestone.id.as_str().starts_with(&format!("{plain}-")) {
        let id = &milestone.id;
        said.stderr.push(match told.state.milestone(plain.as_str()) {
            Some(_) => format!("There was a milestone {plain} already; this one is {id}."),
            None => format!("{plain} is a word of references; this milestone is {id}."),
        });
    }
    let home = told.short_milestone(milestone.id.as_str());
    let rows = numbered(told.state, milestone.id.as_str());
    let open = rows.iter().position(|row| row.stage == Stage::Open);
    said.next(Some(match open {
        Some(at) if !told.exact => format!("start {home}/{}", at + 1),
        Some(at) => format!("start {home}/{}", rows[at].slug),
        None => format!("task add TITLE --on {home}"),
    }))
}

/// What the tree of a new milestone is drawn from.
fn view(told: &Told<'_>, milestone: &milestone_core::domain::Milestone) -> MilestoneView {
    let id = milestone.id.as_str();
    let progress = milestone_progress(milestone, &told.state.rows(id));
    let mut tasks = Vec::new();
    for (at, row) in numbered(told.state, id).iter().enumerate() {
        let Some(task) = told.state.task(row.stream.as_str()) else { continue };
        tasks.push(TaskView {
            reference: task.reference(),
            number: u32::try_from(at + 1).unwrap_or(u32::MAX),
            title: task.item.title.to_string(),
            status: if task.item.stage == Stage::Done { Status::Done } else { Status::Pending },
            progress: Thing::Task(task.clone()).percent(told.state),
            evidence: None,
            day: None,
            took_days: None,
            estimate_minutes: task.item.estimate,
            owner: task.item.owner.as_deref().map(str::to_owned),
            due: task.item.due.map(|due| due.0),
            waits_for: Vec::new(),
            blocked_by: None,
            labels: Vec::new(),
        });
    }
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    MilestoneView {
        reference: id.to_owned(),
        title: milestone.item.title.to_string(),
        state: if milestone.item.stage == Stage::Open {
            ViewState::Planned
        } else {
            ViewState::Active
        },
        blocked: false,
        progress: progress.percent,
        tasks_done: count(progress.done),
        tasks_total: count(progress.of),
        due: milestone.item.due.map(|due| due.0),
        completed: None,
        today: told.clock.today(),
        owner: milestone.item.owner.as_deref().map(str::to_owned),
        labels: Vec::new(),
        health: None,
        tasks,
    }
}

/// `milestone task add`.
pub(in crate::run) fn add(context: &mut Context, args: &TaskAddArgs) -> Ran {
    if args.on.as_ref().is_some_and(|on| on.starts_with('@')) {
        // Here `--on` says where; it cannot mean itself.
        context.global.on = None;
    }
    let on = target(context, args.on.as_deref().unwrap_or("@"))?;
    let plan = match args.reads_stdin() {
        true => {
            outline::list(&input::text_from(context, std::path::Path::new("-"))?, &context.clock)?
        }
        false => {
            let task = |title: &String| NewTask { title: title.clone(), ..NewTask::default() };
            Plan { tasks: args.titles.iter().map(task).collect(), ..Plan::default() }
        }
    };
    let mut fields = Fields::default();
    put(&mut fields, Field::Estimate, args.estimate, |minutes| Value::Number(minutes.into()));
    put(&mut fields, Field::Weight, args.weight, |weight| Value::Number(weight.into()));
    let owner = args.owner.as_ref().map(|owner| context.person(owner));
    put(&mut fields, Field::Owner, owner.as_deref(), text);
    if let Some(due) = &args.due {
        put(&mut fields, Field::Due, input::day(context, "--due", due)?, Value::Date);
    }
    put_list(&mut fields, ListField::Labels, &args.labels);
    let after = targets(context, &args.after)?;
    let workflow = match &args.workflow {
        Some(name) => Some(super::phase::workflow(context, name)?),
        None => None,
    };
    let mut tasks = plan.tasks;
    for task in &mut tasks {
        let own = std::mem::replace(&mut task.fields, fields.clone());
        own.set.into_iter().for_each(|(field, value)| task.fields.put(field, value));
        task.id.clone_from(&args.id);
        task.after.clone_from(&after);
        task.criteria.extend(args.checks.iter().map(|text| text.as_str().into()));
        task.workflow.clone_from(&workflow);
    }
    let command = Command::AddTasks { on, tasks };
    match plan.notes.as_slice() {
        [] => act(context, &command, None, added),
        notes => act_noting(context, &command, notes, added),
    }
}

fn added(told: &Told<'_>) -> Said {
    let mut rows: Vec<(String, String, String)> = Vec::new();
    let mut first = None;
    for event in told.outcome.events.iter().filter(|event| event.kind() == "task_added") {
        let Some(thing) = event.stream().and_then(|stream| Thing::of(told.state, &stream)) else {
            continue;
        };
        let item = thing.item();
        let mut facts: Vec<String> = item.estimate.map(dates::duration).into_iter().collect();
        facts.extend(item.due.map(|due| format!("due {}", dates::with_day(due.0))));
        for on in &item.dependencies {
            let Some(on) = Thing::of(told.state, on) else { continue };
            facts.push(format!("after {}", told.named(&on)));
        }
        if item.stage == Stage::Done {
            facts.push("done".to_owned());
        }
        let facts =
            if facts.is_empty() { String::new() } else { format!("({})", facts.join(", ")) };
        rows.push((thing.reference(), sanitize(&item.title).into_owned(), facts));
        first.get_or_insert(thing);
    }
    let ruler = told.style.ruler();
    let refs = rows.iter().map(|row| row.0.len()).max().unwrap_or(0);
    let titles = rows.iter().map(|row| ruler.width(&row.1)).max().unwrap_or(0);
    let lines: String = rows
        .iter()
        .map(|(reference, title, facts)| {
            let line = format!("{reference:<refs$}  {}  {facts}", ruler.pad(title, titles));
            labelled(&[("Added", line.trim_end().to_owned())])
        })
        .collect();
    let mut said = Said::of(few(&lines));
    if rows.len() > 1 {
        said.stderr.push(format!("{} tasks added.", rows.len()));
    }
    match first {
        Some(_) if rows.len() > 1 => said.way_back(),
        Some(thing) => {
            let reference = told.short(&thing);
            let free = milestone_core::domain::waits_for(told.state, &thing.stream()).is_empty();
            said.next(Some(match free && thing.item().stage == Stage::Open {
                true => format!("start {reference}"),
                false => format!("show {}", quoted(thing.home())),
            }))
        }
        None => said,
    }
}
