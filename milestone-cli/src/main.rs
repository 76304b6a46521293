//! The process edge: words, environment, clock, terminal and signals in; bytes and a code out.
//!
//! - **Invariant.** A closed pipe is success: whoever reads us had enough.
//! - **Invariant.** The first Ctrl-C lets a running append finish; the second ends the process.
//! - **Invariant.** SIGXFSZ is caught, so that a file size limit is an error and not a death.

use std::ffi::OsString;
use std::io::{IsTerminal, Read, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{SystemTime, UNIX_EPOCH};

use milestone_cli::args::{parse, wants_json};
use milestone_cli::run::{Output, Surroundings, answer, failed, stopped};
use milestone_cli::ui::error::{Exit, Problem};
use milestone_cli::ui::style::Terminal;
use milestone_core::words::Timestamp;
use rustix::event::{PollFd, PollFlags, poll};

/// File size exceeded, as POSIX numbers it on the systems we run on.
const SIGXFSZ: i32 = 25;

fn main() -> ExitCode {
    // With a handler in place the write fails with EFBIG, and is taken back and told.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
    let words: Vec<OsString> = std::env::args_os().collect();
    let json = wants_json(&words);
    let (cli, around) = match (parse(&words), surroundings(&words)) {
        (Ok(cli), Ok(around)) => (cli, around),
        (Err(stop), around) => return finish(&stopped(stop, around.ok(), json), false),
        (Ok(_), Err(problem)) => return finish(&failed(&problem, json, None), false),
    };
    let writes = cli.command.as_ref().is_some_and(|command| !command.is_read());
    if writes {
        heed_interrupts(&around.interrupted);
    }
    finish(&answer(&cli, around, json), writes && !cli.global.dry_run)
}

/// The first Ctrl-C is noted, and whatever is being appended is finished; the second one ends the
/// process at once.
fn heed_interrupts(interrupted: &Arc<AtomicBool>) {
    use signal_hook::consts::SIGINT;
    // Without a handler Ctrl-C ends the process wherever it is, which a log bears, too.
    let _ = signal_hook::flag::register_conditional_default(SIGINT, Arc::clone(interrupted));
    let _ = signal_hook::flag::register(SIGINT, Arc::clone(interrupted));
}

/// Asks on standard error; only `y` and `yes` are yes.
fn ask(question: &str) -> bool {
    let mut stderr = std::io::stderr().lock();
    if stderr.write_all(question.as_bytes()).and_then(|()| stderr.flush()).is_err() {
        return false;
    }
    let answer = typed().unwrap_or_default();
    matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

/// Asks on standard error; the answer is a line, without its end, and none after Ctrl-C.
fn prompt(question: &str) -> Option<String> {
    show(question);
    typed()
}

/// The line that is typed. A read goes on after a signal, so what is waited for is the terminal.
fn typed() -> Option<String> {
    let keys = std::io::stdin();
    if keys.is_terminal() {
        let mut watched = [PollFd::new(&keys, PollFlags::IN)];
        poll(&mut watched, None).ok()?;
    }
    let mut answer = String::new();
    match std::io::stdin().read_line(&mut answer) {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(answer.trim_end_matches(['\n', '\r']).to_owned()),
    }
}

/// Prints a part of the result; false if nobody reads it.
fn print(text: &str) -> bool {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).is_ok()
}

/// Shows something on standard error; nobody need look.
fn show(text: &str) {
    let mut stderr = std::io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

/// What the clock of this machine says.
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_micros()).unwrap_or(0))
}

fn surroundings(words: &[OsString]) -> Result<Surroundings, Box<Problem>> {
    let cwd = std::env::current_dir().map_err(|error| {
        Problem::new("env.cwd", Exit::Failed, "the working directory cannot be read")
            .fact(error.to_string())
            .hint("cd to a directory that is there")
    })?;
    let env = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let mut seed = [0; 32];
    std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut seed)).map_err(
        |error| {
            Problem::new("env.random", Exit::Failed, "there is no source of randomness")
                .fact(error.to_string())
        },
    )?;
    let terminal = |tty: bool| {
        let size = tty.then(terminal_size::terminal_size).flatten();
        let (columns, rows) = (size.map(|size| size.0.0), size.map(|size| size.1.0));
        Terminal { tty, columns, rows }
    };
    Ok(Surroundings {
        env,
        cwd,
        stdout: terminal(std::io::stdout().is_terminal()),
        stderr: terminal(std::io::stderr().is_terminal()),
        stdin_tty: std::io::stdin().is_terminal(),
        now: now(),
        clock: now,
        seed,
        pid: std::process::id(),
        words: words.iter().skip(1).map(|word| word.to_string_lossy().into_owned()).collect(),
        ends: true,
        interrupted: Arc::new(AtomicBool::new(false)),
        ask,
        prompt,
        print,
        show,
    })
}

fn finish(output: &Output, writes: bool) -> ExitCode {
    let paged = output.pager.as_deref().is_some_and(|program| page(program, &output.stdout));
    let text = if paged { "" } else { &output.stdout };
    let (mut stdout, mut stderr) = (std::io::stdout().lock(), std::io::stderr().lock());
    for line in &output.ahead {
        let _ = writeln!(stderr, "{line}");
    }
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    for line in &output.stderr {
        let _ = writeln!(stderr, "{line}");
    }
    match written {
        // What ended a command says more than that nobody could be told.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe && output.exit == Exit::Ok => {
            let _ = writeln!(stderr, "error[output.failed]: cannot write the result: {error}");
            if writes {
                let _ = writeln!(stderr, "  = what it was to record is recorded");
            }
            ExitCode::from(Exit::Failed.code())
        }
        _ => ExitCode::from(output.exit.code()),
    }
}

/// Shows a text through a pager; false if there is no such program.
fn page(program: &str, text: &str) -> bool {
    let mut command = std::process::Command::new("sh");
    command.args(["-c", program]).stdin(std::process::Stdio::piped());
    if std::env::var_os("LESS").is_none() {
        // Leave at once what fits the screen, keep colours, and leave the text on the screen.
        command.env("LESS", "FRX");
    }
    let Ok(mut pager) = command.spawn() else { return false };
    if let Some(mut stdin) = pager.stdin.take() {
        // Whoever leaves the pager early had enough.
        let _ = stdin.write_all(text.as_bytes());
    }
    // As the shell says it: the program cannot be run, or is not there.
    !matches!(pager.wait().map(|status| status.code()), Err(_) | Ok(Some(126 | 127)))
}
