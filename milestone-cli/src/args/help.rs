//! Help in words: the short page, the list of all commands, and the topics.
//!
//! Start at [`render`]. The texts are in `help/*.txt`.
//!
//! - **Invariant.** A page is at most 78 columns wide; the short page fits 24 lines.
//! - **Invariant.** Every command that a page names exists (checked by a test).
//! - **Absent on purpose.** Manual pages: `run/manual.rs` makes them of the same tree.

use super::parse::command;
use super::project::HelpArgs;
use crate::ui::codes::{self, Code, named};
use crate::ui::error::{Exit, Problem};
use milestone_core::words::nearest;

/// The page of `milestone help` and `milestone -h`.
pub const SHORT: &str = include_str!("help/short.txt");

/// How wide the short page is.
pub const SHORT_WIDTH: usize = 78;
/// Where its verbs begin, how wide their column is, and where those on the right begin.
const VERBS: (usize, usize, usize) = (11, 12, 49);

/// The short page with one command a line, for terminals that it is too wide for.
#[must_use]
pub fn slender() -> String {
    let (margin, wide, half) = VERBS;
    let mut page = String::new();
    for line in SHORT.lines() {
        let halves = line.split_at_checked(half).filter(|(left, _)| left.ends_with("  "));
        let Some((left, right)) = halves else {
            // A sentence that goes on is one line; it breaks elsewhere.
            let begun = page.ends_with('\n') && !page.ends_with("\n\n");
            if begun && line.starts_with(char::is_lowercase) {
                page.pop();
                page.push(' ');
            }
            page.push_str(&format!("{line}\n"));
            continue;
        };
        // A verb of two words has one space behind it, where it fills its column.
        let verb = wide - 2;
        let (verb, about) = right.split_at_checked(verb).unwrap_or((right, ""));
        page.push_str(&format!("{}\n{:margin$}{verb:<wide$}{about}\n", left.trim_end(), ""));
    }
    page
}

/// The topics: name, one line about it, text.
pub const TOPICS: [(&str, &str, &str); 11] = [
    ("refs", "how milestones and tasks are named", include_str!("help/refs.txt")),
    ("query", "which milestones and tasks are meant", include_str!("help/query.txt")),
    ("exit-codes", "what the exit codes mean", include_str!("help/exit-codes.txt")),
    ("json", "the documents of --json", include_str!("help/json.txt")),
    ("time", "dates, durations and the past", include_str!("help/time.txt")),
    ("forecasting", "when it will be done", include_str!("help/forecasting.txt")),
    ("workflows", "phases of a task", include_str!("help/workflows.txt")),
    ("templates", "milestones to use again", include_str!("help/templates.txt")),
    ("levels", "plain and rich views", include_str!("help/levels.txt")),
    ("glyphs", "symbols, colour and width", include_str!("help/glyphs.txt")),
    ("environment", "variables and files", include_str!("help/environment.txt")),
];

/// Returns the page that `milestone help …` asks for.
///
/// # Errors
///
/// [`Problem`] `usage.unknown_topic` if there is neither such a topic nor such a command.
pub fn render(args: &HelpArgs) -> Result<String, Box<Problem>> {
    if args.all {
        return Ok(all());
    }
    let Some(first) = args.words.first() else {
        return Ok(SHORT.to_owned());
    };
    if let [name] = args.words.as_slice()
        && let Some((_, _, text)) = TOPICS.iter().find(|(topic, _, _)| topic == name)
    {
        return Ok((*text).to_owned());
    }
    if let [word] = args.words.as_slice()
        && let Some(page) = code_page(word).or_else(|| exit_page(word))
    {
        return Ok(page);
    }
    let mut tree = command();
    tree.build();
    let mut place = &mut tree;
    for word in &args.words {
        match place.find_subcommand_mut(word) {
            Some(next) => place = next,
            None => return Err(Box::new(unknown(first, &args.words.join(" ")))),
        }
    }
    Ok(place.render_long_help().to_string())
}

/// What an error code means and what to do.
fn code_page(word: &str) -> Option<String> {
    let Code { name, exit, means, remedy } = named(word)?;
    let exit = exit.code();
    Some(format!(
        "{name}  (exit {exit})\n\n  means  {means}\n  do     {remedy}\n\n\
         All of exit {exit}: milestone help {exit}\n"
    ))
}

/// What an exit code means, in the words of the topic, and the error codes that end with it.
fn exit_page(word: &str) -> Option<String> {
    let number: u8 = word.parse().ok()?;
    let (_, _, topic) = TOPICS.iter().find(|(topic, _, _)| *topic == "exit-codes")?;
    let is_code = |line: &&str| line.trim_start().starts_with(|first: char| first.is_ascii_digit());
    let mut lines = topic
        .lines()
        .skip_while(|line| !is_code(line) || line.split_whitespace().next() != Some(word));
    let mut page = format!("{}\n", lines.next()?);
    let more = lines.take_while(|line| !line.is_empty() && !is_code(line));
    more.for_each(|line| page.push_str(&format!("{line}\n")));
    let codes = codes::all().filter(|code| code.exit.code() == number);
    let codes: Vec<String> =
        codes.map(|code| format!("  {:<23} {}\n", code.name, code.means)).collect();
    if !codes.is_empty() {
        page.push_str(&format!("\nError codes with it\n{}", codes.concat()));
        page.push_str("\nWhat to do about one of them: milestone help CODE\n");
    }
    Some(page)
}

fn unknown(first: &str, typed: &str) -> Problem {
    let tree = command();
    let shown = tree.get_subcommands().filter(|verb| !verb.is_hide_set());
    let verbs = shown.map(clap::Command::get_name);
    let codes = codes::all().map(|code| code.name);
    let near = nearest(first, TOPICS.iter().map(|(topic, _, _)| *topic).chain(verbs).chain(codes));
    let message = format!("there is no help on \"{typed}\"");
    let topics: Vec<&str> = TOPICS.iter().map(|(topic, _, _)| *topic).collect();
    Problem::new("usage.unknown_topic", Exit::Usage, message)
        .fact(format!("topics: {}", topics.join(", ")))
        .hint(
            near.map_or("milestone help --all".to_owned(), |near| format!("milestone help {near}")),
        )
}

/// Returns the list of all commands and topics.
fn all() -> String {
    let tree = command();
    let mut lines = vec!["Commands".to_owned()];
    for verb in tree.get_subcommands().filter(|verb| !verb.is_hide_set()) {
        list(verb, "", &mut lines);
    }
    lines.push(String::new());
    lines.push("Topics".to_owned());
    for (topic, about, _) in TOPICS {
        lines.push(format!("  help {topic:<20} {about}"));
    }
    lines.push(format!("  {:<25} {}", "help CODE", "an exit code or an error code: what to do"));
    lines.push(String::new());
    lines.push("Flags of every command: milestone help show".to_owned());
    lines.join("\n") + "\n"
}

fn list(verb: &clap::Command, before: &str, lines: &mut Vec<String>) {
    let path = format!("{before}{}", verb.get_name());
    let alias: Vec<&str> = verb.get_visible_aliases().collect();
    let shown =
        if alias.is_empty() { path.clone() } else { format!("{path} ({})", alias.join(", ")) };
    let about = verb.get_about().map(ToString::to_string).unwrap_or_default();
    lines.push(format!("  {shown:<25} {about}"));
    for inner in verb.get_subcommands() {
        list(inner, &format!("{path} "), lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(words: &[&str]) -> Result<String, Box<Problem>> {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        render(&HelpArgs { all: false, words })
    }

    #[test]
    fn pages_fit_a_terminal() {
        assert!(SHORT.lines().count() <= 24, "the short page has {}", SHORT.lines().count());
        for (topic, _, text) in TOPICS.iter().chain([&("short", "", SHORT)]) {
            for line in text.lines() {
                assert!(line.chars().count() <= 78, "{topic}: {line}");
            }
        }
    }

    /// Shown red by: a right half that is left out; sentences that keep their breaks.
    #[test]
    fn the_slender_page_says_the_same() {
        let sorted = |page: &str| {
            let mut words: Vec<String> = page.split_whitespace().map(str::to_owned).collect();
            words.sort();
            words
        };
        let page = slender();
        assert_eq!(sorted(&page), sorted(SHORT));
        assert!(page.contains("\n           task add    add tasks\n"), "{page}");
        assert!(page.contains("or @ for the current one."), "{page}");
    }

    #[test]
    fn commands_on_pages_exist() {
        let tree = command();
        let pages = TOPICS.iter().map(|(_, _, text)| *text).chain([SHORT]);
        for line in pages.flat_map(str::lines) {
            let Some((_, rest)) = line.split_once("  milestone ") else { continue };
            let verb = rest.split_whitespace().find(|word| !word.starts_with('-'));
            let verb = verb.expect("a verb follows");
            assert!(tree.find_subcommand(verb).is_some(), "no such command: {line}");
        }
    }

    #[test]
    fn every_verb_says_what_it_does() {
        fn check(verb: &clap::Command) {
            assert!(verb.get_about().is_some(), "{} has no line", verb.get_name());
            verb.get_subcommands().for_each(check);
        }
        command().get_subcommands().for_each(check);
    }

    #[test]
    fn short_help_of_verbs_fits_24_lines() {
        let mut tree = command();
        tree.build();
        for name in tree.get_subcommands().map(|v| v.get_name().to_owned()).collect::<Vec<_>>() {
            let verb = tree.find_subcommand_mut(&name).expect("it was just listed");
            let lines = verb.render_help().to_string().lines().count();
            assert!(lines <= 32, "{name}: {lines} lines");
        }
    }

    #[test]
    fn topics_and_commands_are_found() {
        assert!(help(&["refs"]).is_ok_and(|text| text.contains("api/3")));
        assert!(help(&["task", "add"]).is_ok_and(|text| text.contains("--estimate")));
        assert!(help(&["t", "rm"]).is_ok());
        let problem = help(&["exitcodes"]).expect_err("there is none").to_text();
        assert!(
            problem.starts_with("error[usage.unknown_topic]: there is no help on"),
            "{problem}"
        );
        assert!(TOPICS.iter().all(|(topic, ..)| problem.contains(topic)), "{problem}");
        assert!(problem.ends_with("hint: milestone help exit-codes\n"), "{problem}");
    }

    #[test]
    fn every_code_has_a_page_that_fits() {
        for code in codes::all() {
            let page = help(&[code.name]).expect("it has a page");
            assert!(page.contains(code.remedy), "{page}");
            assert!(page.lines().all(|line| line.chars().count() <= 78), "{page}");
            let exit = help(&[&code.exit.code().to_string()]).expect("its exit has a page");
            assert!(exit.contains(code.means), "{exit}");
            assert!(exit.lines().all(|line| line.chars().count() <= 78), "{exit}");
        }
        assert!(help(&["4"]).is_err() && help(&["task.nothing"]).is_err());
        insta::assert_snapshot!(help(&["task.waiting"]).expect("it is there"), @"
        task.waiting  (exit 8)

          means  it waits for others that are not done
          do     finish those first, or give --force WHY

        All of exit 8: milestone help 8
        ");
        insta::assert_snapshot!(help(&["15"]).expect("it is there"), @"
           15  unknown whether it was recorded             retry with the same
                                                           --idempotency-key

        Error codes with it
          log.unknown             nobody knows whether the record is durable

        What to do about one of them: milestone help CODE
        ");
        let problem = help(&["task.wating"]).expect_err("there is none");
        assert_eq!(problem.hint.as_deref(), Some("milestone help task.waiting"));
    }

    #[test]
    fn all_lists_everything() {
        let text = render(&HelpArgs { all: true, words: Vec::new() }).expect("it always exists");
        for needle in ["  task remove (rm)", "  log verify", "  conflicts resolve", "  help time"] {
            assert!(text.contains(needle), "{needle} is missing:\n{text}");
        }
    }
}
