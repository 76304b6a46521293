//! Saved views: queries with a name, which everybody who works on the project shares.
//!
//! Start at [`views`].
//!
//! - **Invariant.** A view is a setting of the project, `view.NAME`, whose value is the text of a
//!   query as it was typed: `today` and `me` keep their meaning for whoever uses it.
//! - **Absent on purpose.** Whether the text is a query. It was when it was saved; what it says may
//!   have gone since.

use crate::domain::ProjectState;

/// What the keys of views begin with.
pub const VIEW_PREFIX: &str = "view.";

/// A saved view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Its name.
    pub name: String,
    /// The text of its query.
    pub query: String,
    /// What other clones saved under this name without knowing of it; `None` where it was removed.
    pub others: Vec<Option<String>>,
}

/// The views of a project, by name.
pub fn views(project: &ProjectState) -> Vec<SavedView> {
    let text = |json: &str| serde_json::from_str::<String>(json).ok();
    let view = |(key, held): (&String, &crate::domain::Setting)| {
        let name = key.strip_prefix(VIEW_PREFIX)?.to_owned();
        let query = text(held.value.as_deref()?)?;
        let others = held.rivals.iter().map(|rival| text(rival.value.as_deref()?)).collect();
        Some(SavedView { name, query, others })
    };
    project.settings.iter().filter_map(view).collect()
}
