//! All templates at hand: those of the project, then those that come with the program; and the
//! workflows that they may name.
//!
//! Start at [`Shelf::of`].
//!
//! - **Invariant.** A template of the project goes before the built-in one of the same name.
//! - **Invariant.** A template that is wrong is shown with what is wrong, and never used.

use std::path::Path;
use std::rc::Rc;

use milestone_core::words::nearest;
use milestone_interop::template::{BUILT_IN, Finding, Template, Workflows, parse};
use milestone_project::{TEMPLATES, WorkflowError, known_workflows, template_files};

use super::context::Context;
use crate::ui::error::{Exit, Problem};

/// A template, and where it is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    /// What it is called.
    pub(super) name: String,
    /// Its file, as it is shown; `None` for one that comes with the program.
    pub(super) path: Option<String>,
    /// What is in the file.
    pub(super) bytes: Vec<u8>,
    /// True if it is used in place of a built-in one.
    pub(super) overrides: bool,
    /// The workflows that it may name.
    pub(super) workflows: Rc<Workflows>,
}

impl Held {
    /// The template, or what is wrong with it.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, by line.
    pub(super) fn read(&self) -> Result<Template, Vec<Finding>> {
        parse(&self.bytes, &self.workflows).map_err(|findings| findings.0)
    }

    /// The file, or its name and where it is from.
    pub(super) fn place(&self) -> String {
        self.path.clone().unwrap_or_else(|| format!("{} (built in)", self.name))
    }

    /// The template.
    ///
    /// # Errors
    ///
    /// What is wrong with it, for people.
    pub(super) fn template(&self) -> Result<Template, Box<Problem>> {
        self.read().map_err(|findings| {
            let place = self.place();
            let message = format!("the template {} cannot be used", self.name);
            let mut problem = Problem::new("template.bad", Exit::Integrity, message);
            for finding in &findings {
                problem = problem.fact(format!("{place}:{finding}"));
            }
            let check = format!("milestone template check {}", self.name);
            Box::new(problem.datum("findings", findings.len()).unchanged().hint(check))
        })
    }
}

/// The workflows of the project whose directory is `root`, as templates name them.
pub(super) fn workflows(root: Option<&Path>) -> Workflows {
    let known = known_workflows(root).into_iter().map(|held| {
        let content = match held.content {
            Ok(file) if file.enabled => Ok(file.workflow),
            Ok(_) => Err("it is switched off".to_owned()),
            Err(WorkflowError::Bad { fault, .. }) => Err(fault.to_string()),
            Err(error) => Err(error.to_string()),
        };
        (held.name, content)
    });
    Workflows::new(known.collect())
}

/// All templates at hand, by name.
pub(super) struct Shelf(Vec<Held>);

impl Shelf {
    /// Those of the project that is worked in, if there is one, and the built-in ones.
    ///
    /// # Errors
    ///
    /// A file or the directory that cannot be read.
    pub(super) fn of(context: &Context) -> Result<Self, Box<Problem>> {
        let unreadable = |what: String, error: &std::io::Error| {
            Box::new(
                Problem::new("template.unreadable", Exit::NotFound, format!("cannot read {what}"))
                    .fact(error.to_string())
                    .unchanged()
                    .hint("mend its permissions, or move it away"),
            )
        };
        let root = context.root();
        let files = root.as_deref().map(template_files).unwrap_or_else(|| Ok(Vec::new()));
        let shown = |name: &str| format!(".milestones/{TEMPLATES}/{name}");
        let files =
            files.map_err(|error| unreadable(format!(".milestones/{TEMPLATES}"), &error))?;
        let workflows = Rc::new(workflows(root.as_deref()));
        let mut all = Vec::new();
        for file in files {
            let path = shown(&format!("{}.md", file.name));
            let bytes = file.read().map_err(|error| unreadable(path.clone(), &error))?;
            let overrides = BUILT_IN.iter().any(|(name, _)| *name == file.name);
            let workflows = Rc::clone(&workflows);
            all.push(Held { name: file.name, path: Some(path), bytes, overrides, workflows });
        }
        for (name, text) in BUILT_IN {
            if !all.iter().any(|held| held.name == name) {
                let bytes = text.as_bytes().to_vec();
                let (name, workflows) = (name.to_owned(), Rc::clone(&workflows));
                all.push(Held { name, path: None, bytes, overrides: false, workflows });
            }
        }
        Ok(Self(all))
    }

    /// The templates, those of the project first.
    pub(super) fn all(&self) -> &[Held] {
        &self.0
    }

    /// Their names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|held| held.name.as_str())
    }

    /// True if there is one of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names().any(|held| held == name)
    }

    /// The template of that name.
    ///
    /// # Errors
    ///
    /// There is none.
    pub(super) fn find(&self, name: &str) -> Result<&Held, Box<Problem>> {
        self.0.iter().find(|held| held.name == name).ok_or_else(|| {
            let names: Vec<&str> = self.names().collect();
            let near = nearest(name, self.names());
            let hint = match near {
                Some(near) => format!("milestone template show {near}"),
                None => "milestone template list".to_owned(),
            };
            let message = format!("no template is called \"{name}\"");
            let mut problem = Problem::new("template.not_found", Exit::NotFound, message)
                .fact(format!("templates: {}", names.join(", ")));
            if let Some(near) = near {
                problem = problem.alternative(near);
            }
            Box::new(problem.unchanged().hint(hint))
        })
    }
}
