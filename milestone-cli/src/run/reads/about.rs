//! `version`.
//!
//! - **Invariant.** It needs no project.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::bare::bare;
use super::print;
use crate::args::global::Format;
use crate::run::context::{Context, Output, Ran};

/// `data` of `version`.
#[derive(Serialize, JsonSchema)]
pub(super) struct VersionDoc {
    version: &'static str,
    log_format: u32,
    now: Option<String>,
}

/// Prints the version; `-v` also says a clock that was fixed.
pub(in crate::run) fn version(context: &Context) -> Ran {
    let version = env!("CARGO_PKG_VERSION");
    let fixed = context.env("MILESTONE_NOW").map(ToOwned::to_owned);
    if print::format(context, "version", print::REPORT, false)? == Format::Json {
        let log_format = milestone_core::log::record::FORMAT_VERSION;
        let data = VersionDoc { version, log_format, now: fixed };
        return bare(context, "version", data);
    }
    let mut output = Output::of(format!("milestone {version}\n"));
    if let Some(now) = fixed.filter(|_| context.global.verbose > 0) {
        output = output.say(format!("the clock is fixed: MILESTONE_NOW={now}"));
    }
    Ok(output)
}
