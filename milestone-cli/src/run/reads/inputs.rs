//! What `validate` finds in the files that people write themselves: templates and workflows, and in
//! what they handed over.
//!
//! Start at [`templates`] and [`workflows`].

use milestone_core::domain::Plan;
use milestone_project::WorkflowError;

use super::validate::{Found, Report, Sound, found};
use super::verify::plural;
use crate::run::context::Context;
use crate::run::shelf::Shelf;
use crate::ui::error::Problem;

/// The project's templates.
pub(super) fn templates(context: &mut Context, report: &mut Report) -> Result<(), Box<Problem>> {
    let shelf = Shelf::of(context)?;
    let (mut own, mut bad) = (0, 0);
    for held in shelf.all().iter().filter(|held| held.path.is_some()) {
        own += 1;
        for finding in held.read().err().unwrap_or_default() {
            bad += 1;
            let what = format!("{}; {}", finding.fault, finding.fault.remedy());
            report.found.push(Found {
                file: Some(held.place()),
                line: Some(finding.line as u64),
                mend: Some(format!("edit {}, then milestone template check", held.place())),
                ..found("quick", "error", what)
            });
        }
    }
    if bad == 0 {
        let what = match own {
            0 => "the project has no templates of its own".to_owned(),
            own => format!("{} of the project can be used", plural(own, "template")),
        };
        report.sound.push(Sound { check: "quick", what });
    }
    Ok(())
}

/// The project's workflows, and what was handed over in them.
pub(super) fn workflows(context: &mut Context, report: &mut Report) -> Result<(), Box<Problem>> {
    let project = context.project()?;
    let (mut good, before) = (0, report.found.len());
    for held in project.workflows() {
        match held.content {
            Ok(_) => good += u64::from(held.path.is_some()),
            Err(error) => {
                let what = match &error {
                    WorkflowError::Bad { fault, .. } => fault.to_string(),
                    WorkflowError::Unreadable { source, .. } => {
                        format!("it cannot be read: {source}")
                    }
                    error => error.to_string(),
                };
                let root = project.root().parent();
                let file = held.path.map(|path| {
                    let near = root.and_then(|root| path.strip_prefix(root).ok());
                    near.unwrap_or(&path).display().to_string()
                });
                report.found.push(Found {
                    mend: file.as_ref().map(|file| format!("milestone workflow check {file}")),
                    file,
                    ..found("kiro", "error", what)
                });
            }
        }
    }
    let (state, mut phases) = (project.state(), 0);
    for task in state.task_streams().iter().filter_map(|stream| state.task(stream.as_str())) {
        for phase in task.workflow.iter().flat_map(|held| &held.phases) {
            phases += 1;
            for name in project.changed_since(phase) {
                let what = format!(
                    "{name} of the phase {} is not what was handed over (now {})",
                    phase.name,
                    phase.status.word()
                );
                let reference = task.reference().to_string();
                report.found.push(Found {
                    mend: Some(format!("milestone phase show {reference}")),
                    r#ref: Some(reference),
                    ..found("kiro", "warn", what)
                });
            }
        }
    }
    if report.found.len() == before {
        let mut what = match good {
            0 => "the project has no workflows of its own".to_owned(),
            good => format!("{} of the project can be used", plural(good, "workflow")),
        };
        if phases > 0 {
            let phases = plural(phases, "phase");
            what.push_str(&format!("; {phases}: what was handed over is what it was"));
        }
        report.sound.push(Sound { check: "kiro", what });
    }
    Ok(())
}
