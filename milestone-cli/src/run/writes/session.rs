//! `session start`, `suspend`, `resume` and `end`.
//!
//! - **Invariant.** The record of a session's step is itself written in that session.
//! - **Invariant.** What is already open here is shown again, and nothing is recorded.

use milestone_core::domain::{Command, SessionStep};
use milestone_project::{Git, session_id};

use super::super::context::{Context, Output, Ran};
use super::super::reads::{meant, point};
use super::act::{execute, finish, finish_as};
use super::result;
use super::seen::Seen;
use super::told::Said;
use crate::args::session::{SessionCommand, SessionStartArgs, SessionWordsArgs};
use crate::args::usage::quoted;
use crate::ui::error::{Exit, Problem};
use crate::ui::text::sanitize;

/// Carries out a command about sessions that writes.
pub(in crate::run) fn session(context: &mut Context, command: &SessionCommand) -> Ran {
    match command {
        SessionCommand::Start(args) => start(context, args),
        SessionCommand::Suspend(args) => put_down(context, args, SessionStep::Suspended),
        SessionCommand::End(args) => put_down(context, args, SessionStep::Ended),
        SessionCommand::Resume(args) => resume(context, args.session.as_deref()),
        SessionCommand::List(_) | SessionCommand::Show(_) => Ok(Output::of("")),
    }
}

fn start(context: &mut Context, args: &SessionStartArgs) -> Ran {
    let state = context.project()?.state().clone();
    let named = context.env("MILESTONE_SESSION").map(str::to_owned);
    let mut caller = context.caller()?;
    let open = context.project()?.open_session(&caller.actor);
    if let (None, Some(open)) = (&named, open) {
        let message = format!("the session {open} is open here already");
        return Err(Box::new(
            Problem::new("session.open", Exit::Refused, message)
                .fact("MILESTONE_SESSION=NAME opens another one beside it")
                .unchanged()
                .hint("milestone session suspend"),
        ));
    }
    // A repeated key must ask for the same session.
    let drawn_from = context.global.idempotency_key.clone().map(String::into_bytes);
    let drawn_from = drawn_from.unwrap_or_else(|| caller.seed.to_vec());
    let session = named.unwrap_or_else(|| session_id(&drawn_from));
    let on = match &args.reference {
        Some(asked) => Some(context.reference(asked, &state)?),
        None => context.current(&state).ok(),
    };
    let branch = args.branch.clone().or_else(|| Git::of(&context.dir()).branch());
    let command = Command::Session {
        session: session.clone(),
        step: SessionStep::Started,
        on: on.clone(),
        branch,
        next: args.next.clone(),
        notes: args.note.clone(),
    };
    caller.session_id.clone_from(&session);
    let outcome = execute(context, &command, &caller)?;
    let kept = keep(context, &caller.actor, Some(&session));
    let told = sanitize(&session).into_owned();
    let ran = finish(context, &Seen::default(), outcome, |_| {
        let on = on.map(|on| format!("  on {}", sanitize(&on))).unwrap_or_default();
        let said = Said::of(format!("Session {told}{on}\n"));
        said.next(Some("session suspend -m 'where you stopped' --next 'what comes next'".into()))
    });
    warned_of(ran, context, kept)
}

/// Suspends or ends a session.
fn put_down(context: &mut Context, args: &SessionWordsArgs, step: SessionStep) -> Ran {
    let state = context.project()?.state().clone();
    let (id, _) = meant(context, &state, args.session.as_deref())?;
    let on = args.reference.as_deref().map(|asked| context.reference(asked, &state)).transpose()?;
    let branch = Git::of(&context.dir()).branch();
    let command = Command::Session {
        session: id.clone(),
        step,
        on,
        branch,
        next: args.next.clone(),
        notes: args.note.clone(),
    };
    let mut caller = context.caller()?;
    caller.session_id.clone_from(&id);
    let outcome = execute(context, &command, &caller)?;
    let here = context.project()?.open_session(&caller.actor);
    let kept = keep(context, &caller.actor, here.as_deref().filter(|here| *here != id));
    let told = sanitize(&id).into_owned();
    let ran = finish(context, &Seen::default(), outcome, |_| match step {
        SessionStep::Ended => Said::of(format!("Ended session {told}\n")),
        _ => {
            let name = quoted(&id);
            Said::of(format!("Suspended session {told}\n")).next(Some(format!("resume {name}")))
        }
    });
    warned_of(ran, context, kept)
}

/// Takes a session up again and prints where it stopped.
pub(super) fn resume(context: &mut Context, asked: Option<&str>) -> Ran {
    let moment = context.moment()?;
    let (id, before) = meant(context, &moment.state, asked)?;
    // What it had not seen is worked out from its last step, so before the next one is recorded.
    let point = point(context, &moment, &id, &before)?;
    let mut caller = context.caller()?;
    let here = context.project()?.open_session(&caller.actor).is_some_and(|here| here == id);
    if here && before.is_open() {
        return shown(context, &point);
    }
    let command = Command::Session {
        session: id.clone(),
        step: SessionStep::Resumed,
        on: None,
        branch: None,
        next: None,
        notes: None,
    };
    caller.session_id.clone_from(&id);
    let outcome = execute(context, &command, &caller)?;
    let kept = keep(context, &caller.actor, Some(&id));
    let text = point.text(context);
    let own = Some(("session.resume", &point));
    let ran = finish_as(context, &Seen::default(), outcome, own, |_| Said::of(text));
    warned_of(ran, context, kept)
}

/// The point alone.
fn shown(context: &mut Context, point: &super::super::reads::Point) -> Ran {
    if context.json() {
        return result::document(context, "session.resume", point).map(Output::of);
    }
    Ok(Output::of(point.text(context)))
}

/// Remembers which session is open here; why it could not.
fn keep(context: &mut Context, actor: &str, session: Option<&str>) -> Option<String> {
    if context.global.dry_run || context.env("MILESTONE_SESSION").is_some() {
        return None;
    }
    let project = context.project().ok()?;
    project.remember_session(actor, session).err().map(|error| error.to_string())
}

fn warned_of(ran: Ran, context: &Context, why: Option<String>) -> Ran {
    let silent = context.json() || context.global.quiet;
    ran.map(|output| match why {
        Some(why) if !silent => output.say(format!(
            "warning: which session is open here could not be kept: {why} \
             (MILESTONE_SESSION says it)"
        )),
        _ => output,
    })
}
