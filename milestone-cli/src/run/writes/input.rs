//! What comes in beside the words: files, standard input, moments.
//!
//! Start at [`text_from`].
//!
//! - **Invariant.** A command that needs standard input and finds a terminal there says so; it
//!   never hangs.
//! - **Invariant.** Ctrl-C is heeded while waiting for standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use chrono::DateTime;
use milestone_core::words::{Date, Timestamp};

use super::super::context::Context;
use super::act::not_interrupted;
use crate::args::values::{Sense, When, when};
use crate::ui::error::{Exit, Problem};

/// The most that is read of any input, in bytes: far more than a record can hold.
const INPUT_BYTES_MAX: u64 = 64 << 20;

/// How often waiting for standard input looks for Ctrl-C.
const POLL: Duration = Duration::from_millis(20);

fn usage(code: &'static str, message: String) -> Problem {
    Problem::new(code, Exit::Usage, message).unchanged()
}

/// The text of a file, or of standard input for `-`.
pub(super) fn text_from(context: &Context, path: &Path) -> Result<String, Box<Problem>> {
    let mut bytes = if path.as_os_str() == "-" {
        stdin(context)?
    } else {
        let path = context.dir().join(path);
        let read = || read_all(File::open(&path)?);
        read().map_err(|error| {
            usage("input.unreadable", format!("cannot read {}", path.display()))
                .fact(error.to_string())
                .hint("give another file, or - for standard input")
        })?
    };
    if bytes.len() as u64 > INPUT_BYTES_MAX {
        let limit = INPUT_BYTES_MAX >> 20;
        return Err(Box::new(
            usage("input.too_large", format!("the input is over {limit} MiB"))
                .hint("say it in several commands"),
        ));
    }
    // Some editors begin a file with a mark of its encoding.
    if bytes.starts_with("\u{feff}".as_bytes()) {
        bytes.drain(.."\u{feff}".len());
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Box::new(
            usage("input.not_utf8", "the input is no UTF-8 text".to_owned())
                .fact(format!("byte {at} begins no character"))
                .hint("iconv -t UTF-8 FILE | milestone … -F -"),
        )
    })
}

fn read_all(mut from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.by_ref().take(INPUT_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn stdin(context: &Context) -> Result<Vec<u8>, Box<Problem>> {
    if context.around.stdin_tty {
        return Err(Box::new(
            usage("usage.stdin", "nothing comes from standard input: it is a terminal".to_owned())
                .hint("git log -1 --format=%B | milestone note REF -F -"),
        ));
    }
    let (sender, receiver) = channel();
    // A read cannot be woken by a signal, so that somebody else waits for it.
    std::thread::spawn(move || sender.send(read_all(io::stdin().lock())));
    loop {
        match receiver.recv_timeout(POLL) {
            Ok(Ok(bytes)) => return Ok(bytes),
            Ok(Err(error)) => {
                return Err(Box::new(
                    usage("input.unreadable", "cannot read standard input".to_owned())
                        .fact(error.to_string())
                        .hint("give the text as an argument, or a file with -F"),
                ));
            }
            Err(RecvTimeoutError::Timeout) => not_interrupted(context)?,
            Err(RecvTimeoutError::Disconnected) => return Ok(Vec::new()),
        }
    }
}

/// A planned day: `--due`, `--start`, `--until`. `None` for `none`. A time of day is refused, for
/// it would be lost.
pub(super) fn day(context: &Context, flag: &str, text: &str) -> Result<Option<Date>, Box<Problem>> {
    let read = when(text, &context.clock, Sense::Plan)
        .map_err(|error| bad_when(flag, &error.to_string()))?;
    // A moment that was written out; `now` and `+3h` are meant as the day that they are in.
    if let (When::At(_), Some((day, _))) = (read, text.split_once(['T', 't', ' ']))
        && day.starts_with(|first: char| first.is_ascii_digit())
    {
        let message = format!("\"{text}\" has a time of day, and plans are made of days");
        let problem = usage("usage.bad_value", format!("{flag}: {message}"));
        return Err(Box::new(problem.hint(format!("{flag} {day}"))));
    }
    Ok(read.day(&context.clock).map(Date))
}

/// When something really happened: `--at`. Never in the future, and not before 1970: such a day is
/// mistyped, and every figure would reach back to it.
pub(super) fn at(context: &Context, text: Option<&str>) -> Result<Option<Timestamp>, Box<Problem>> {
    let Some(text) = text else { return Ok(None) };
    let read = when(text, &context.clock, Sense::Past)
        .map_err(|error| bad_when("--at", &error.to_string()))?;
    let moment = match read {
        When::None => return Err(bad_when("--at", "\"none\" is no moment")),
        read => read.begin(&context.clock).unwrap_or(context.clock.now),
    };
    if moment > context.clock.now {
        return Err(bad_when("--at", &format!("\"{text}\" is in the future")));
    }
    if moment < DateTime::UNIX_EPOCH {
        let why = format!("\"{text}\" is before 1970-01-01; nothing is recorded of then");
        return Err(bad_when("--at", &why));
    }
    Ok(Some(Timestamp(moment.timestamp_micros())))
}

/// The last moment that is meant: `--until` of a replay.
pub(super) fn until(context: &Context, text: &str) -> Result<Timestamp, Box<Problem>> {
    let read = when(text, &context.clock, Sense::Past)
        .map_err(|error| bad_when("--until", &error.to_string()))?;
    match read.end(&context.clock) {
        Some(moment) => Ok(Timestamp(moment.timestamp_micros())),
        None => Err(bad_when("--until", "\"none\" is no moment")),
    }
}

fn bad_when(flag: &str, message: &str) -> Box<Problem> {
    let hint = match flag {
        "--at" => "--at 2026-03-05T14:00, --at \"2h ago\" or --at yesterday",
        "--until" => "--until 2026-03-31",
        _ => "2026-03-20, +5d, fri, or none",
    };
    Box::new(usage("usage.bad_value", format!("{flag}: {message}")).hint(hint))
}
