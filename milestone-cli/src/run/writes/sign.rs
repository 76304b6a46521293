//! `log sign`: vouching for the log as it is, and pinning it.
//!
//! - **Invariant.** The pin is put down once the signature is recorded; a pin that cannot be
//!   written takes nothing back.

use milestone_project::SignError;

use super::super::context::{Context, Ran};
use super::super::{keys, problem};
use super::act::{act, not_interrupted};
use super::told::Said;
use crate::args::key::SignArgs;
use crate::ui::error::{Exit, Problem};

/// `milestone log sign`.
pub(in crate::run) fn sign(context: &mut Context, args: &SignArgs) -> Ran {
    context.project()?;
    not_interrupted(context)?;
    let ring = keys::ring(context)?;
    let known = ring.known().map_err(|error| keys::problem(&error))?;
    let key = ring.own(&args.key).map_err(|error| keys::problem(&error))?;
    let id = key.public.id();
    if known.iter().any(|known| known.revoked.is_some() && known.key.id() == id) {
        return Err(failed(&SignError::Revoked { name: key.public.name.clone() }));
    }
    let now = context.around.now;
    let signed = context.project()?.checkpoint_to_sign(&key, now);
    let (command, pin) = signed.map_err(|error| failed(&error))?;
    let s = if pin.count == 1 { "" } else { "s" };
    let line = format!("Signed {} record{s} with \"{}\" ({id})", pin.count, key.public.name);
    let mut output = act(context, &command, None, |_| Said::of(line + "\n"))?;
    if context.global.dry_run {
        return Ok(output);
    }
    if let Err(error) = keys::pins(context)?.put(&pin) {
        output.stderr.push(format!("The signature is recorded, but not pinned here: {error}"));
    }
    Ok(output)
}

fn failed(error: &SignError) -> Box<Problem> {
    match error {
        SignError::Unsound { .. } => {
            let problem = Problem::new("log.unsound", Exit::Integrity, error.to_string());
            Box::new(problem.unchanged().hint("milestone log verify"))
        }
        SignError::Revoked { name } => {
            let problem = Problem::new("key.revoked", Exit::Refused, error.to_string()).unchanged();
            Box::new(problem.hint(format!("milestone key new another, or key trust {name}.pub")))
        }
        SignError::Read(error) => problem::history(error),
        SignError::Key(error) => keys::problem(error),
        error => Box::new(Problem::new("key.io", Exit::Failed, error.to_string())),
    }
}
