//! Verbs about the project and the program: `init`, `config`, `doctor`, `import`, `demo`, `help`.
//!
//! Start at [`InitArgs`].
//!
//! - **Invariant.** `doctor` changes nothing unless `--repair` is given.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `milestone init [DIR]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone init\n  milestone init ~/shop --name shop\n  \
    milestone init --explain --dry-run\n\n\
    init looks at the directory, says which template fits, and proposes it. --template auto takes\n\
    the best one only if it leads by 2 points, else personal.")]
pub struct InitArgs {
    /// Where; here if absent
    #[arg(value_name = "DIR")]
    pub target: Option<PathBuf>,
    /// The name of the project; the directory's if absent
    #[arg(long)]
    pub name: Option<String>,
    /// The template to propose: a name, or auto
    #[arg(long, value_name = "NAME")]
    pub template: Option<String>,
    /// Print all that speaks for each template
    #[arg(long)]
    pub explain: bool,
}

/// `milestone doctor`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone doctor\n  milestone doctor --strict --json\n\n\
    Exit 0 whatever is found; with --strict exit 10 on a warning or an error.")]
pub struct DoctorArgs {
    /// Show a plan of repairs and carry it out when confirmed
    #[arg(long)]
    pub repair: bool,
    /// Exit 10 on a warning or an error
    #[arg(long)]
    pub strict: bool,
    /// Write versions, counts, findings and figures to a file, without any text
    #[arg(long, value_name = "FILE", conflicts_with_all = ["repair", "strict"])]
    pub bundle: Option<PathBuf>,
}

/// What can be done with settings.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum ConfigCommand {
    /// Print one setting
    Get(KeyArgs),
    /// Write one setting
    Set(ConfigSetArgs),
    /// Remove one setting from a file
    Unset(ConfigUnsetArgs),
    /// Print all settings
    List,
    /// Say where a setting comes from
    Explain(KeyArgs),
    /// Print the files that are read, lowest first
    Path,
}

impl ConfigCommand {
    /// Returns true if the command only reads.
    #[must_use]
    pub fn is_read(&self) -> bool {
        !matches!(self, Self::Set(_) | Self::Unset(_))
    }
}

/// One key of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct KeyArgs {
    /// A key, such as ui.glyphs
    #[arg(value_name = "KEY")]
    pub key: String,
}

/// `milestone config set KEY VALUE`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone config set ui.glyphs ascii --user\n  \
    milestone config set ui.hints false")]
pub struct ConfigSetArgs {
    /// A key, such as ui.glyphs
    #[arg(value_name = "KEY")]
    pub key: String,
    /// The value
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    pub value: String,
    /// Which file.
    #[command(flatten)]
    pub scope: ScopeArgs,
}

/// `milestone config unset KEY`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct ConfigUnsetArgs {
    /// A key, such as ui.glyphs
    #[arg(value_name = "KEY")]
    pub key: String,
    /// Which file.
    #[command(flatten)]
    pub scope: ScopeArgs,
}

/// Which configuration file is written; the local one if none is named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[group(multiple = false)]
pub struct ScopeArgs {
    /// The file of this user
    #[arg(long)]
    pub user: bool,
    /// The committed file of the project
    #[arg(long)]
    pub project: bool,
    /// The ignored file of this copy (the default)
    #[arg(long)]
    pub local: bool,
}

/// What can be brought in.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum ImportCommand {
    /// Bring in issues of beads
    Beads(ImportBeadsArgs),
}

/// `milestone import beads FILE…`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone import beads .beads/issues.jsonl --dry-run\n  \
    milestone import beads issues.jsonl --into api --accept-loss")]
pub struct ImportBeadsArgs {
    /// Files of issues, one JSON object a line
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Put loose issues into this milestone
    #[arg(long, value_name = "MILESTONE")]
    pub into: Option<String>,
    /// Go on although the report names fields that cannot be kept
    #[arg(long)]
    pub accept_loss: bool,
}

/// `milestone demo [DIR]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone demo\n  milestone demo /tmp/shop")]
pub struct DemoArgs {
    /// Where; a new directory here if absent
    #[arg(value_name = "DIR")]
    pub target: Option<PathBuf>,
}

/// `milestone completion SHELL`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone completion bash > ~/.local/share/bash-completion/\
    completions/milestone\n  milestone completion fish | source")]
pub struct CompletionArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: Shell,
}

/// A shell that a completion script can be written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// GNU bash.
    Bash,
    /// The Z shell.
    Zsh,
    /// fish.
    Fish,
    /// PowerShell.
    #[value(name = "powershell")]
    PowerShell,
    /// Elvish.
    Elvish,
    /// Nushell.
    Nushell,
}

/// `milestone help [TOPIC|COMMAND|CODE…]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct HelpArgs {
    /// Every command
    #[arg(long)]
    pub all: bool,
    /// A topic, a command, an exit code or an error code
    #[arg(value_name = "TOPIC|COMMAND|CODE")]
    pub words: Vec<String>,
}
