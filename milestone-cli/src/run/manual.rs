//! `man`: manual pages, from the tree that lines are parsed with.
//!
//! Start at [`run`].
//!
//! - **Invariant.** A page says what `--help` says: both are made of the same tree.
//! - **Absent on purpose.** A date in the pages: the same program writes the same bytes.

use std::path::Path;

use clap_mangen::Man;

use super::context::{Context, Output, Ran};
use crate::args::command;
use crate::args::help::TOPICS;
use crate::args::manual::ManArgs;
use crate::ui::error::{Exit, Problem};

/// The heading of the flags that every command takes.
const SHARED: &str = "Flags of every command";

/// Prints a page, or writes all of them.
pub(super) fn run(context: &Context, args: &ManArgs) -> Ran {
    let mut tree = command();
    tree.build();
    let mut place = &tree;
    for word in &args.words {
        place = place.find_subcommand(word).ok_or_else(|| no_command(&args.words))?;
    }
    if let Some(into) = &args.output {
        return all(context, place, into);
    }
    page(place).map(Output::as_is).map_err(|error| unwritable(Path::new("the page"), &error))
}

/// One page; that of the program has the topics too.
fn page(of: &clap::Command) -> std::io::Result<String> {
    let name = of.get_display_name().unwrap_or_else(|| of.get_name()).to_owned();
    let mut of = of.clone();
    let before = of.get_before_help().map(ToString::to_string).unwrap_or_default();
    let topics: String = match name.as_str() {
        "milestone" => TOPICS.iter().map(|(_, _, text)| format!("{text}\n")).collect(),
        _ => String::new(),
    };
    // One page has the flags that every command takes, and the others name it.
    let whole = name == "milestone";
    let shared = |arg: &clap::Arg| arg.get_help_heading() == Some(SHARED);
    of = of.mut_args(|arg| match shared(&arg) {
        true if whole => arg.hide_short_help(false),
        true => arg.hide(true),
        false => arg,
    });
    let before = match whole {
        true => before,
        false => format!("{before}\n\nFlags of every command: milestone(1)"),
    };
    of = of.after_help(format!("{before}\n\n{topics}").trim().to_owned());
    let version = format!("milestone {}", env!("CARGO_PKG_VERSION"));
    let man = Man::new(of).title(name.to_uppercase()).source(version).manual("milestone");
    let mut out = Vec::new();
    man.render(&mut out)?;
    Ok(as_typed(&String::from_utf8_lossy(&out)))
}

/// Keeps the lines of the last section as they were typed: examples are no running text.
fn as_typed(page: &str) -> String {
    match page.split_once(".SH EXTRA\n") {
        Some((head, rest)) => {
            let (text, tail) = match rest.find("\n.SH ") {
                Some(end) => rest.split_at(end + 1),
                None => (rest, ""),
            };
            format!("{head}.SH NOTES\n.nf\n{text}.fi\n{tail}")
        }
        None => page.to_owned(),
    }
}

/// Writes the page of a command and those of all below it.
fn all(context: &Context, tree: &clap::Command, shown: &Path) -> Ran {
    let into = &context.dir().join(shown);
    let mut pages = Vec::new();
    collect(tree, &mut pages);
    if !context.global.dry_run {
        std::fs::create_dir_all(into).map_err(|error| unwritable(into, &error))?;
        for (name, page) in &pages {
            let path = into.join(name);
            let text = page.as_ref().map_err(|error| unwritable(&path, error))?;
            std::fs::write(&path, text).map_err(|error| unwritable(&path, &error))?;
        }
    }
    let names = pages.iter().map(|(name, _)| format!("{name}\n"));
    let output = Output::of(names.collect::<String>());
    let count =
        if pages.len() == 1 { "1 page".to_owned() } else { format!("{} pages", pages.len()) };
    Ok(match (context.global.quiet, context.global.dry_run) {
        (true, _) => output,
        (false, true) => output.say("Nothing was written (--dry-run)."),
        (false, false) => output.say(format!("{count} in {}", shown.display())),
    })
}

fn collect(of: &clap::Command, pages: &mut Vec<(String, std::io::Result<String>)>) {
    let name = of.get_display_name().unwrap_or_else(|| of.get_name());
    pages.push((format!("{name}.1"), page(of)));
    for verb in of.get_subcommands().filter(|verb| !verb.is_hide_set()) {
        collect(verb, pages);
    }
}

fn no_command(words: &[String]) -> Box<Problem> {
    let message = format!("there is no command \"{}\"", words.join(" "));
    Box::new(
        Problem::new("usage.unknown_topic", Exit::Usage, message)
            .unchanged()
            .hint("milestone help --all"),
    )
}

fn unwritable(path: &Path, error: &std::io::Error) -> Box<Problem> {
    let message = format!("cannot write {}", path.display());
    Box::new(
        Problem::new("output.unwritable", Exit::NotRecorded, message)
            .fact(error.to_string())
            .hint("name a directory that can be written to"),
    )
}
