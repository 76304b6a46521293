//! Templates and the quick start: `quickstart`, `template …`.
//!
//! Start at [`QuickstartArgs`] and [`TemplateCommand`].
//!
//! - **Invariant.** A template's name is one word, so that `quickstart api Orders` is clear: a
//!   first word that names a template is one, unless the title is quoted as a whole.
//! - **Absent on purpose.** Questions. What was chosen is said, and how to choose another.

use clap::{Args, Subcommand};

/// `milestone quickstart [TEMPLATE] TITLE…`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone quickstart \"Orders API\"\n  \
    milestone quickstart bugfix \"Login fails\" --due +3d\n  \
    milestone quickstart --dry-run \"Orders API\"\n\n\
    Makes a project if there is none, and a milestone with the tasks of a template.\n\
    Without TEMPLATE the directory and the title say which one fits, and it is told why.\n\
    Templates: milestone template list.")]
pub struct QuickstartArgs {
    /// A template, if one is named, and the title; quote a title that begins like a template
    #[arg(value_name = "[TEMPLATE] TITLE", required = true)]
    pub words: Vec<String>,
    /// The template; then all words are the title
    #[arg(long, value_name = "NAME")]
    pub template: Option<String>,
    /// What further things are known.
    #[command(flatten)]
    pub given: GivenArgs,
}

/// What can be said of a milestone that a template makes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct GivenArgs {
    /// The id; made from the title if absent
    #[arg(long)]
    pub id: Option<String>,
    /// When it must be finished
    #[arg(long, value_name = "WHEN")]
    pub due: Option<String>,
    /// When work is meant to begin
    #[arg(long, value_name = "WHEN")]
    pub start: Option<String>,
    /// Who answers for it
    #[arg(long, value_name = "WHO")]
    pub owner: Option<String>,
    /// Further labels (repeat or separate by commas)
    #[arg(short = 'l', long = "label", value_name = "LABEL", value_delimiter = ',')]
    pub labels: Vec<String>,
}

/// What can be done with templates.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum TemplateCommand {
    /// List templates: those of the project and the built-in ones
    #[command(visible_alias = "ls")]
    List,
    /// Show what a template makes
    Show(TemplateShowArgs),
    /// Create a milestone from a template
    Use(TemplateUseArgs),
    /// Save a milestone as a template of the project
    Save(TemplateSaveArgs),
    /// Write a template file to begin with
    New(TemplateNewArgs),
    /// Check templates of the project; exit 10 if something is wrong
    Check(TemplateCheckArgs),
}

impl TemplateCommand {
    /// Returns true if the command only reads.
    #[must_use]
    pub fn is_read(&self) -> bool {
        matches!(self, Self::List | Self::Show(_) | Self::Check(_))
    }
}

/// `milestone template show NAME`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone template show api\n  \
    milestone template show api --source > .milestones/templates/service.md")]
pub struct TemplateShowArgs {
    /// The name of a template
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Print the file itself
    #[arg(long)]
    pub source: bool,
}

/// `milestone template use NAME [TITLE…]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(
    before_help = "Examples:\n  milestone template use api \"Orders API\" --due 2026-03-20\n  \
    milestone template use bugfix\n\n\
    The same as: milestone quickstart NAME TITLE."
)]
pub struct TemplateUseArgs {
    /// The name of a template
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The title; that of the template if absent
    #[arg(value_name = "TITLE")]
    pub title: Vec<String>,
    /// What further things are known.
    #[command(flatten)]
    pub given: GivenArgs,
}

/// `milestone template save NAME [REF]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone template save service api-development\n  \
    milestone template save service @ --dry-run\n\n\
    People, days, progress and cancelled tasks are left out: a template is used by others.")]
pub struct TemplateSaveArgs {
    /// What the template is called
    #[arg(value_name = "NAME")]
    pub name: String,
    /// A milestone; the current one if absent
    #[arg(value_name = "REF")]
    pub reference: Option<String>,
    /// What it is for, in a line
    #[arg(long, value_name = "TEXT")]
    pub about: Option<String>,
    /// Replace a template of this name
    #[arg(long)]
    pub replace: bool,
}

/// `milestone template new NAME`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone template new release\n  \
    milestone template new api --from api\n\n\
    A template of the project goes before the built-in one of the same name.")]
pub struct TemplateNewArgs {
    /// What the template is called
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Begin with a copy of this template
    #[arg(long, value_name = "NAME")]
    pub from: Option<String>,
}

/// `milestone template check [NAME…]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct TemplateCheckArgs {
    /// Which; all of the project if absent
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
}
