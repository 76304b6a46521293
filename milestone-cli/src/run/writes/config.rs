//! Settings: `config get`, `set`, `unset`, `list`, `explain`, `path`.
//!
//! Start at [`run`].
//!
//! - **Invariant.** `set` and `unset` change one key of one file; every other byte stays.
//! - **Invariant.** A file is replaced as a whole or not at all.

use std::io::Write;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;

use super::super::bare::bare;
use super::super::context::{Context, Output, Ran};
use crate::args::global::{Choice, GlyphChoice};
use crate::args::project::{ConfigCommand, ScopeArgs};
use crate::config::{Key, Scope, Value, edit};
use crate::ui::error::{Exit, Problem};
use milestone_core::words::nearest;

/// A setting as it counts.
#[derive(Serialize, JsonSchema)]
pub(super) struct Row {
    key: &'static str,
    value: String,
    source: String,
    path: Option<PathBuf>,
    line: Option<usize>,
}

/// `milestone config`.
pub(in crate::run) fn run(context: &mut Context, command: &ConfigCommand) -> Ran {
    sound(context)?;
    match command {
        ConfigCommand::Get(args) => {
            let row = row(context, key(&args.key, "get")?);
            let output = printed(context, "config.get", &row, format!("{}\n", row.value))?;
            Ok(Output { as_is: true, ..output })
        }
        ConfigCommand::Explain(args) => {
            let row = row(context, key(&args.key, "explain")?);
            let text = format!("{} = {}\nfrom {}\n", row.key, row.value, row.source);
            printed(context, "config.explain", &row, text)
        }
        ConfigCommand::List => {
            let rows: Vec<Row> = Key::ALL.into_iter().map(|key| row(context, key)).collect();
            let tab = |row: &Row| format!("{}\t{}\t{}\n", row.key, row.value, row.source);
            let wide = |row: &Row| format!("{:<27}  {:<8}  {}\n", row.key, row.value, row.source);
            let line: &dyn Fn(&Row) -> String = if context.style.tty { &wide } else { &tab };
            let text = rows.iter().map(line).collect();
            printed(context, "config.list", &rows, text)
        }
        ConfigCommand::Path => {
            let paths: Vec<String> = context
                .config
                .sources()
                .iter()
                .map(|source| source.path.display().to_string())
                .collect();
            let text = paths.iter().map(|path| format!("{path}\n")).collect();
            printed(context, "config.path", &paths, text)
        }
        ConfigCommand::Set(args) => {
            let key = key(&args.key, "set")?;
            let value = key.parse(&args.value).ok_or_else(|| {
                Problem::new(
                    "config.bad_value",
                    Exit::Usage,
                    format!("\"{}\" is no value of {}", args.value, key.name()),
                )
                .fact(format!("one of {}", key.allowed()))
                .unchanged()
                .hint(format!(
                    "milestone config set {} {}",
                    key.name(),
                    key.built_in().text()
                ))
            })?;
            change(context, key, Some(&value), &args.scope)
        }
        ConfigCommand::Unset(args) => {
            let key = key(&args.key, "unset")?;
            change(context, key, None, &args.scope)
        }
    }
}

fn printed<T: Serialize>(context: &Context, kind: &str, data: &T, text: String) -> Ran {
    if context.json() { bare(context, kind, data) } else { Ok(Output::of(text)) }
}

/// Refuses to go on with a file that is no TOML: what it says cannot be told.
fn sound(context: &Context) -> Result<(), Box<Problem>> {
    let Some(fault) = context.config.faults().iter().find(|fault| fault.whole_file) else {
        return Ok(());
    };
    let place = fault.path.display();
    let message = match fault.line {
        0 => format!("{place} cannot be read"),
        line => format!("{place}, line {line}, is no TOML"),
    };
    Err(Box::new(
        Problem::new("config.unreadable", Exit::Usage, message)
            .fact(fault.why.clone())
            .unchanged()
            .datum("line", fault.line as u64)
            .hint(format!("mend {place} with an editor")),
    ))
}

fn key(name: &str, verb: &str) -> Result<Key, Box<Problem>> {
    Key::named(name).ok_or_else(|| {
        let problem = Problem::new(
            "config.unknown_key",
            Exit::NotFound,
            format!("there is no setting \"{name}\""),
        )
        .unchanged();
        let names = Key::ALL.map(Key::name);
        let whole = Key::ALL.into_iter().find(|key| key.parts().1 == name).map(Key::name);
        let found = whole.or_else(|| nearest(name, names));
        Box::new(match found {
            Some(found) => problem.hint(format!("milestone config {verb} {found}")),
            None => problem.hint("milestone config list"),
        })
    })
}

/// A setting as it counts: flag, variable, file, built in.
fn row(context: &Context, key: Key) -> Row {
    let simple = |value: String, source: String| Row {
        key: key.name(),
        value,
        source,
        path: None,
        line: None,
    };
    if let Some((value, flag)) = flagged(context, key) {
        return simple(value, flag.to_owned());
    }
    let variable = key.variable().and_then(|name| Some((name, context.env(name)?)));
    if let Some((name, value)) = variable.filter(|(_, value)| key.parse(value).is_some()) {
        return simple(value.to_owned(), name.to_owned());
    }
    match context.config.setting(key) {
        Some(setting) => Row {
            key: key.name(),
            value: setting.value.text(),
            source: format!("{}:{}", setting.path.display(), setting.line),
            path: Some(setting.path.clone()),
            line: Some(setting.line),
        },
        None => simple(key.built_in().text(), "built in".to_owned()),
    }
}

/// What a flag of this command line says.
fn flagged(context: &Context, key: Key) -> Option<(String, &'static str)> {
    let global = &context.global;
    let choice = |choice: Choice| match choice {
        Choice::Auto => "auto",
        Choice::Always => "always",
        Choice::Never => "never",
    };
    let glyphs = |glyphs: GlyphChoice| match glyphs {
        GlyphChoice::Auto => "auto",
        GlyphChoice::Emoji => "emoji",
        GlyphChoice::Unicode => "unicode",
        GlyphChoice::Ascii => "ascii",
    };
    match key {
        Key::Level => global.level.map(|level| (level.to_string(), "--level")),
        Key::Glyphs => global.glyphs.map(|asked| (glyphs(asked).to_owned(), "--glyphs")),
        Key::Color => global.color.map(|asked| (choice(asked).to_owned(), "--color")),
        Key::Pager => global.pager_asked().map(|asked| (choice(asked).to_owned(), "--pager")),
        Key::Accessible => global.accessible.then(|| ("true".to_owned(), "--accessible")),
        Key::Hints => global.no_hints.then(|| ("false".to_owned(), "--no-hints")),
        _ => None,
    }
}

fn change(context: &mut Context, key: Key, value: Option<&Value>, scope: &ScopeArgs) -> Ran {
    if key.local_only() && value.is_some() && (scope.user || scope.project) {
        return Err(local_only(key));
    }
    if let Some(value) = value {
        in_order(context, key, value)?;
    }
    let path = path_of(context, scope)?;
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(unwritable(&path, &error)),
    };
    let edited = match value {
        Some(value) => edit::set(&text, key, value),
        None if !has(context, key, &path) => Some(text.clone()),
        None => edit::unset(&text, key),
    };
    let edited = edited.ok_or_else(|| {
        Problem::new(
            "config.shape",
            Exit::Refused,
            format!("{} cannot be changed in {} alone", key.name(), path.display()),
        )
        .fact("it is in an inline table or on a line with others")
        .unchanged()
        .hint(format!("change {} with an editor", path.display()))
    })?;
    let dry_run = context.global.dry_run;
    if edited != text && !dry_run {
        replace(&path, &edited).map_err(|error| unwritable(&path, &error))?;
    }
    let said = match value {
        Some(value) => format!("{} = {}", key.name(), value.text()),
        None if edited == text => format!("{} was not set there", key.name()),
        None => format!("{} unset", key.name()),
    };
    let output = match (context.json(), context.global.quiet) {
        (true, _) => {
            let data = serde_json::json!({
                "key": key.name(),
                "value": value.map(Value::text),
                "path": path,
                "changed": edited != text,
                "dry_run": dry_run,
            });
            return printed(context, "config.write", &data, String::new());
        }
        (false, true) => Output::of(""),
        (false, false) => Output::of(format!("{said}  ({})\n", path.display())),
    };
    Ok(if dry_run { output.say("Nothing was written (--dry-run).") } else { output })
}

/// Refuses a threshold behind which the larger backend would come before the smaller one.
fn in_order(context: &Context, key: Key, value: &Value) -> Result<(), Box<Problem>> {
    let Value::Number(number) = value else { return Ok(()) };
    let (number, policy) = (*number as usize, context.config.policy());
    let (smaller, larger, other) = match key {
        Key::HybridMilestones => (number, policy.database.milestones, Key::DatabaseMilestones),
        Key::HybridPeople => (number, policy.database.people, Key::DatabasePeople),
        Key::DatabaseMilestones => (policy.hybrid.milestones, number, Key::HybridMilestones),
        Key::DatabasePeople => (policy.hybrid.people, number, Key::HybridPeople),
        _ => return Ok(()),
    };
    if smaller <= larger {
        return Ok(());
    }
    let held = if larger == number { smaller } else { larger };
    let message = format!("{} = {number}: hybrid must not begin after database", key.name());
    Err(Box::new(
        Problem::new("config.order", Exit::Usage, message)
            .fact(format!("{} is {held}", other.name()))
            .unchanged()
            .hint(format!("milestone config set {} {number}, first", other.name())),
    ))
}

fn local_only(key: Key) -> Box<Problem> {
    let message = format!("{} is a matter of each machine", key.name());
    Box::new(
        Problem::new("config.local_only", Exit::Usage, message)
            .fact("it only counts in .milestones/local/config.toml, which git ignores")
            .unchanged()
            .hint(format!("milestone config set {} VALUE --local", key.name())),
    )
}

/// True if the file itself has the key; a nearer file may have it too.
fn has(context: &Context, key: Key, path: &Path) -> bool {
    let nearest = context.config.setting(key).is_some_and(|setting| setting.path == path);
    nearest || std::fs::read_to_string(path).is_ok_and(|text| edit::unset(&text, key).is_some())
}

fn path_of(context: &Context, scope: &ScopeArgs) -> Result<PathBuf, Box<Problem>> {
    let wanted = match (scope.user, scope.project) {
        (true, _) => Scope::User,
        (_, true) => Scope::Project,
        _ => Scope::Local,
    };
    let found = context.config.sources().iter().find(|source| source.scope == wanted);
    found.map(|source| source.path.clone()).ok_or_else(|| {
        let problem = match wanted {
            Scope::User => Problem::new(
                "config.no_home",
                Exit::NotFound,
                "neither XDG_CONFIG_HOME nor HOME is set",
            )
            .hint("milestone config set KEY VALUE --project"),
            _ => Problem::new("project.none", Exit::NotFound, "there is no project here")
                .hint("milestone config set KEY VALUE --user"),
        };
        Box::new(problem.unchanged())
    })
}

fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    // A link is followed, so that files kept elsewhere stay there.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let scratch = folder.join(format!(".config.{}.new", std::process::id()));
    let written = std::fs::File::create_new(&scratch).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_data()
    });
    let done = written.and_then(|()| std::fs::rename(&scratch, &path));
    if done.is_err() {
        // What is left of the attempt is only in the way.
        let _ = std::fs::remove_file(&scratch);
    }
    done
}

fn unwritable(path: &Path, error: &std::io::Error) -> Box<Problem> {
    Box::new(
        Problem::new(
            "config.unwritable",
            Exit::NotRecorded,
            format!("cannot write {}", path.display()),
        )
        .fact(error.to_string())
        .unchanged()
        .hint("mend its permissions, or choose --user, --project or --local"),
    )
}
