//! Taking in what somebody wrote into a view by hand.
//!
//! Start at [`Project::adopt`].
//!
//! - **Invariant.** Three ways: a field that was changed only in the file becomes one event; one
//!   that was changed here as well, to another value, is refused. Nothing is overwritten that was
//!   not taken in.
//! - **Invariant.** Whatever is not taken in is named, with the reason.
//! - **Invariant.** Edits are decided one on top of the other, as if they had been typed so.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use milestone_core::domain::{
    Asker, Command, Field, Fields, ListField, NewCriterion, NewTask, Plan, Priority, Terms, Value,
};
use milestone_core::projection::{Document, ProjectionError, State};
use milestone_core::words::{Date, Ids, RecordId, Text};
use milestone_store_file::view::{EditedView, ViewFile, YamlView};
use serde_json::Value as Json;

use crate::as_of::{ancestors, fold};
use crate::caller::Caller;
use crate::error::HistoryError;
use crate::execute::Warning;
use crate::project::Project;
use crate::trial::Trial;

/// A line of a view that was not taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The file.
    pub path: PathBuf,
    /// What it is about: a reference and the name of a member.
    pub what: String,
    /// Why it was not taken in.
    pub why: String,
}

/// What became of the edits in views.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdoptReport {
    /// How many files had been edited.
    pub files: usize,
    /// What was taken in: a reference and the name of a member.
    pub adopted: Vec<String>,
    /// What was not.
    pub refused: Vec<Refused>,
    /// The record that says so, if there was anything to record.
    pub record: Option<RecordId>,
    /// What the caller should know besides.
    pub warnings: Vec<Warning>,
}

/// One difference, and the command that would bring it here.
struct Difference {
    what: String,
    command: Result<Command, String>,
}

impl Project {
    /// Takes in the edits of views: of `paths`, or of all.
    ///
    /// # Errors
    ///
    /// [`HistoryError`] if a view or the log cannot be read, or the record not be written. What the
    /// rules refuse is in the report.
    pub fn adopt(
        &mut self,
        paths: &[PathBuf],
        caller: &Caller,
    ) -> Result<AdoptReport, HistoryError> {
        self.refresh()?;
        let edited = self.view.edited_files().map_err(engine)?;
        let mut report = AdoptReport::default();
        let (mut differences, mut read) = (Vec::new(), Vec::new());
        for edit in edited {
            if !paths.is_empty() && !paths.iter().any(|path| same_file(path, &edit.path)) {
                continue;
            }
            report.files += 1;
            let file = match &edit.content {
                Ok(file) => file.clone(),
                Err(why) => {
                    let (path, what) = (edit.path.clone(), edit.milestone.to_string());
                    report.refused.push(Refused { path, what, why: why.clone() });
                    continue;
                }
            };
            let found = self.differences(&edit, &file)?;
            differences.extend(found.into_iter().map(|found| (edit.path.clone(), found)));
            read.push(edit);
        }
        let commands = self.try_out(differences, caller, &mut report);
        let sound = |edit: &EditedView| report.refused.iter().all(|held| held.path != edit.path);
        let released: Vec<EditedView> = read.into_iter().filter(sound).collect();
        if !caller.dry_run {
            released.iter().for_each(|edit| self.view.release(edit));
        }
        if !commands.is_empty() {
            let outcome = self.execute(&Command::Adopt { edits: commands }, caller);
            if outcome.is_err() {
                // Nothing was taken in, so nothing may be written over.
                self.view = YamlView::new(&self.root);
            }
            let outcome = outcome?;
            (report.record, report.warnings) = (outcome.record, outcome.warnings);
        }
        if !caller.dry_run && report.refused.is_empty() {
            // Files that say what is so already are given back their header.
            let ids: Vec<_> = released.iter().map(|edit| edit.milestone.clone()).collect();
            self.view.overwrite(&ids, &self.state, &self.checkpoint.heads).map_err(engine)?;
        }
        Ok(report)
    }

    /// The commands that the rules let through, in an order in which each holds on what those
    /// before it leave: what is refused is asked again once others have been taken in.
    fn try_out(
        &self,
        differences: Vec<(PathBuf, Difference)>,
        caller: &Caller,
        report: &mut AdoptReport,
    ) -> Vec<Command> {
        let (actor, now, at) = (caller.actor.as_str(), caller.now, caller.at);
        let (asker, mut ids) = (Asker { actor, now, at, exact: true }, Ids::new(caller.seed));
        let mut trial = Trial::on(&self.state, self.checkpoint.max_clock, &asker, &mut ids);
        let (mut commands, mut asked) = (Vec::new(), Vec::new());
        for (path, Difference { what, command }) in differences {
            match command {
                Ok(command) => asked.push((path, what, command)),
                Err(why) => report.refused.push(Refused { path, what, why }),
            }
        }
        loop {
            let (mut again, mut refused, many) = (Vec::new(), Vec::new(), asked.len());
            for (path, what, command) in asked {
                match trial.decide(&command) {
                    Ok(events) => {
                        report.adopted.push(what);
                        commands.extend((!events.is_empty()).then_some(command));
                    }
                    Err(refusal) => {
                        let (path_of, what_of) = (path.clone(), what.clone());
                        refused.push(Refused { path, what, why: refusal.to_string() });
                        again.push((path_of, what_of, command));
                    }
                }
            }
            if again.is_empty() || again.len() == many {
                report.refused.extend(refused);
                return commands;
            }
            asked = again;
        }
    }

    /// Where the file differs from what it was made of.
    fn differences(
        &self,
        edit: &EditedView,
        file: &ViewFile,
    ) -> Result<Vec<Difference>, HistoryError> {
        let base = self.base_of(edit)?;
        let id = edit.milestone.as_str();
        let mut found: Vec<Difference> = Vec::new();
        if let Some(theirs) = &file.milestone {
            let was = base.milestone(id).map(|held| Document::of_milestone(&held));
            let now = self.state.milestone(id).map(|held| Document::of_milestone(&held));
            match (was, now) {
                (Some(was), Some(now)) => compare(id, &was, &now, theirs, &mut found),
                _ => found.push(refused(id, "there is no such milestone; make it with `new`")),
            }
        }
        let tasks = |state: &State| -> BTreeMap<String, Document> {
            let documents = state.tasks_of(id);
            documents.iter().map(|task| (task.slug.to_string(), Document::of_task(task))).collect()
        };
        let (was, now) = (tasks(&base), tasks(&self.state));
        for theirs in &file.tasks {
            let reference = format!("{id}/{}", theirs.id);
            match (was.get(&theirs.id), now.get(&theirs.id)) {
                (Some(was), Some(now)) => compare(&reference, was, now, theirs, &mut found),
                (Some(_), None) => found.push(refused(&reference, "the task is no longer here")),
                (None, Some(_)) => {
                    found.push(refused(&reference, "a task of that id was added meanwhile"));
                }
                (None, None) => found.push(new_task(id, &reference, theirs)),
            }
        }
        for slug in was.keys().filter(|slug| now.contains_key(*slug)) {
            if !file.tasks.iter().any(|theirs| theirs.id == *slug) {
                let reference = format!("{id}/{slug}");
                let why = format!("a task is removed with `milestone task remove {reference}`");
                found.push(refused(&reference, &why));
            }
        }
        for command in found.iter_mut().filter_map(|difference| difference.command.as_mut().ok()) {
            if let Command::Complete { targets, contents, .. } = command {
                *contents = self.contents_of(targets, true);
            }
        }
        Ok(found)
    }

    /// The state that the file was made of. A file without a header is compared with the present.
    fn base_of(&self, edit: &EditedView) -> Result<State, HistoryError> {
        if edit.heads.is_empty() {
            return Ok(self.state.clone());
        }
        let known = ancestors(&self.store, &edit.heads)?;
        Ok(fold(&self.store, |record| known.contains(&record.id))?.0)
    }
}

fn engine(error: ProjectionError) -> HistoryError {
    HistoryError::Engine(error.into())
}

fn same_file(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

fn refused(what: &str, why: &str) -> Difference {
    Difference { what: what.to_owned(), command: Err(why.to_owned()) }
}

/// A task that somebody wrote into the list.
fn new_task(milestone: &str, reference: &str, theirs: &Document) -> Difference {
    if theirs.workflow.is_some() {
        return refused(reference, "add the task first, then: milestone workflow enable");
    }
    let mut fields = Fields::default();
    for field in Field::ALL.into_iter().filter(|field| *field != Field::Title) {
        if let Some(Ok(value)) =
            theirs.members().get(field.name()).map(|json| value_of(field, json))
        {
            fields.put(field, value);
        }
    }
    for field in ListField::ALL {
        let list = theirs.members().get(field.name()).map(list_of).unwrap_or_default();
        if !list.is_empty() {
            fields.lists.push((field, list));
        }
    }
    fields.set.retain(|(field, _)| *field != Field::Position);
    let criteria = theirs
        .criteria
        .iter()
        .map(|criterion| NewCriterion { text: criterion.text.clone(), checked: criterion.checked });
    let task = NewTask {
        title: theirs.title.clone(),
        id: (!theirs.id.is_empty()).then(|| theirs.id.clone()),
        fields,
        criteria: criteria.collect(),
        after: theirs.dependencies.iter().map(ToString::to_string).collect(),
        done: theirs.status == "done",
        workflow: None,
    };
    let command = Command::AddTasks { on: milestone.to_owned(), tasks: vec![task] };
    Difference { what: format!("{reference} (new)"), command: Ok(command) }
}

/// Compares member by member. `was` is what the file was made of, `now` what holds here.
fn compare(
    reference: &str,
    was: &Document,
    now: &Document,
    theirs: &Document,
    found: &mut Vec<Difference>,
) {
    let (was, now, theirs_all) = (was.members(), now.members(), theirs.members());
    let names: std::collections::BTreeSet<&String> = was.keys().chain(theirs_all.keys()).collect();
    for name in names {
        let (old, new) = (was.get(name), theirs_all.get(name));
        if old == new || now.get(name) == new {
            continue;
        }
        let what = format!("{reference} {name}");
        if now.get(name) != old {
            let here = now.get(name).map_or("nothing".to_owned(), ToString::to_string);
            found.push(refused(&what, &format!("it was changed here too, to {here}")));
            continue;
        }
        let command = command_for(reference, name, old, new, theirs);
        found.push(Difference { what, command });
    }
}

/// The command that gives one member its new value, or why there is none.
fn command_for(
    reference: &str,
    name: &str,
    old: Option<&Json>,
    new: Option<&Json>,
    theirs: &Document,
) -> Result<Command, String> {
    let (target, targets) = (reference.to_owned(), vec![reference.to_owned()]);
    let (mut set, mut add, mut remove) = (Fields::default(), Fields::default(), Fields::default());
    if let Some(field) = Field::named(name) {
        set.put(field, new.map_or(Ok(Value::Null), |json| value_of(field, json))?);
        return Ok(Command::Edit { targets, set, add, remove });
    }
    if let Some(field) = ListField::named(name) {
        let (had, has) =
            (old.map(list_of).unwrap_or_default(), new.map(list_of).unwrap_or_default());
        let gone: Vec<_> = had.iter().filter(|text| !has.contains(text)).cloned().collect();
        let come: Vec<_> = has.into_iter().filter(|text| !had.contains(text)).collect();
        add.lists.extend((!come.is_empty()).then_some((field, come)));
        remove.lists.extend((!gone.is_empty()).then_some((field, gone)));
        return Ok(Command::Edit { targets, set, add, remove });
    }
    match name {
        "status" => {
            let paused = old.and_then(Json::as_str) == Some("paused");
            status_command(target, paused, &theirs.status)
        }
        "criteria" => criteria_command(target, old, theirs),
        "dependencies" => dependencies_command(target, old, theirs),
        "workflow" => Err(format!(
            "phases move on by `milestone phase`, which knows who did it: \
             milestone phase show {reference}"
        )),
        _ => Err("this follows from the log and cannot be edited here".to_owned()),
    }
}

fn status_command(target: String, paused: bool, status: &str) -> Result<Command, String> {
    let targets = vec![target];
    let (force, note, time_spent) = (None, None, 0);
    Ok(match status {
        "active" if paused => Command::Resume { targets, reason: None },
        "paused" => Command::Pause { targets, reason: None },
        "active" | "in_progress" => Command::Start { targets, force },
        "done" | "completed" => {
            Command::Complete { targets, force, note, time_spent, contents: Vec::new() }
        }
        "planned" | "pending" => Command::Reopen { targets, reason: None },
        "archived" => Command::Archive { targets, review: None },
        "cancelled" => return Err("cancelling wants a reason: use `milestone cancel`".to_owned()),
        other => return Err(format!("\"{other}\" is no status")),
    })
}

/// Checks that were set or taken back; the texts are as they were.
fn criteria_command(
    target: String,
    old: Option<&Json>,
    theirs: &Document,
) -> Result<Command, String> {
    let had: Vec<(String, bool)> = old
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(|item| Some((item["id"].as_str()?.to_owned(), item["checked"].as_bool()?)))
        .collect();
    let same = had.len() == theirs.criteria.len()
        && had.iter().zip(&theirs.criteria).all(|((id, _), criterion)| *id == criterion.id);
    let changed: Vec<(usize, bool)> = had
        .iter()
        .zip(&theirs.criteria)
        .enumerate()
        .filter(|(_, ((_, was), criterion))| *was != criterion.checked)
        .map(|(at, (_, criterion))| (at + 1, criterion.checked))
        .collect();
    let one_way = changed.iter().all(|(_, checked)| Some(*checked) == changed.first().map(|c| c.1));
    match changed.first() {
        Some(&(_, checked)) if same && one_way => {
            let items = changed.iter().map(|(item, _)| *item).collect();
            Ok(Command::Check { target, items, checked })
        }
        _ => Err("only checks can be set or taken back here, not both at once".to_owned()),
    }
}

fn dependencies_command(
    target: String,
    old: Option<&Json>,
    theirs: &Document,
) -> Result<Command, String> {
    let had = old.map(list_of).unwrap_or_default();
    let has: Vec<String> = theirs.dependencies.iter().map(ToString::to_string).collect();
    let come: Vec<String> =
        has.iter().filter(|on| !had.iter().any(|held| **held == **on)).cloned().collect();
    let gone: Vec<String> =
        had.iter().map(ToString::to_string).filter(|on| !has.contains(on)).collect();
    match (come.is_empty(), gone.is_empty()) {
        (false, true) => {
            Ok(Command::AddDependencies { target, after: come, terms: Terms::default() })
        }
        (true, false) => Ok(Command::RemoveDependencies { target, after: gone }),
        _ => Err("add and remove dependencies one after the other".to_owned()),
    }
}

fn value_of(field: Field, json: &Json) -> Result<Value<'static>, String> {
    let fault = || format!("{json} is no value of {}", field.name());
    Ok(match (field, json) {
        (_, Json::Null) => Value::Null,
        (Field::Start | Field::Due, Json::String(text)) => {
            Value::Date(Date::parse(text).ok_or_else(fault)?)
        }
        (Field::Priority, Json::String(text)) => {
            Value::Priority(Priority::named(text).ok_or_else(fault)?)
        }
        (Field::Estimate | Field::Weight | Field::Position, Json::Number(number)) => {
            Value::Number(number.as_i64().ok_or_else(fault)?)
        }
        (_, Json::String(text)) => Value::Text(Text::from(text.clone())),
        _ => return Err(fault()),
    })
}

fn list_of(json: &Json) -> Vec<Text<'static>> {
    let texts = json.as_array().into_iter().flatten().filter_map(Json::as_str);
    texts.map(|text| Text::from(text.to_owned())).collect()
}
