//! `doctor --bundle FILE`: what a report of a fault needs, without what people typed.
//!
//! - **Invariant.** Of the settings only the names are told. A file that is there is not replaced.

use std::path::Path;

use serde_json::json;

use super::backend::bytes;
use super::context::{Context, Output, Ran};
use super::writes::document;
use crate::config::Key;
use crate::ui::error::{Exit, Problem};
use crate::ui::text::sanitize;

/// Writes the bundle.
pub(super) fn run(context: &mut Context, file: &Path) -> Ran {
    super::reads::present_only(context, "doctor --bundle FILE")?;
    let (path, now) = (context.dir().join(file), context.around.now);
    let settings = Key::ALL.into_iter().filter(|key| context.config.setting(*key).is_some());
    let settings: Vec<&str> = settings.map(Key::name).collect();
    let about = [
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("settings", settings.join(" ")),
        ("settings_faults", context.config.faults().len().to_string()),
        ("terminal", context.style.tty.to_string()),
    ];
    let written = context.project()?.bundle(&path, now, &about);
    let length = written.map_err(|error| {
        let message = format!("the bundle was not written to {}", path.display());
        Problem::new("bundle.failed", Exit::NotRecorded, message)
            .fact(error.to_string())
            .unchanged()
            .hint("milestone doctor --bundle FILE, a new one where you may write")
    })?;
    if context.json() {
        let data = json!({"file": path, "bytes": length});
        return document(context, "doctor.bundle", data).map(Output::of);
    }
    let file = sanitize(&file.display().to_string()).into_owned();
    Ok(Output::of(format!("Wrote {file}, {}\n", bytes(length)))
        .say("No title, text, name or path is in it: zstd -dc FILE | tar x, and look"))
}
