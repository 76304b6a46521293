//! `key`: making keys, and saying whose signatures count here.
//!
//! Start at [`run`]; [`ring`] and [`pins`] say where keys and pins are kept.
//!
//! - **Invariant.** A secret is made of the system's randomness, also where a seed is fixed for
//!   tests, and is never printed.
//! - **Invariant.** None of this is in a project: it works outside of one as well.

use std::path::{Path, PathBuf};

use milestone_project::{KeyError, KeyRing, KnownKey, Pins, PublicKey};
use schemars::JsonSchema;
use serde::Serialize;

use super::bare::{bare, planned};
use super::context::{Context, Output, Ran};
use crate::args::key::{KeyCommand, KeyNewArgs, KeyTrustArgs};
use crate::ui::error::{Exit, Problem};
use crate::ui::text::sanitize;

/// So much of an id says which key is meant.
const ID_CHARS_MIN: usize = 4;

/// A key, for programs.
#[derive(Serialize, JsonSchema)]
pub(super) struct KeyDoc {
    name: String,
    id: String,
    own: bool,
    revoked_at: Option<String>,
    line: String,
}

/// Which key was meant, for programs.
#[derive(Serialize, JsonSchema)]
pub(super) struct NamedDoc {
    name: String,
    id: String,
}

/// Carries out what is said about keys.
pub(super) fn run(context: &mut Context, command: &KeyCommand) -> Ran {
    let ring = ring(context)?;
    match command {
        KeyCommand::New(args) => make(context, &ring, args),
        KeyCommand::List => list(context, &ring),
        KeyCommand::Show(args) => {
            let known = find(&ring, &args.key)?;
            let line = known.key.line() + "\n";
            let output = told(context, "key", document(&known), line)?;
            Ok(Output { as_is: true, ..output })
        }
        KeyCommand::Trust(args) => trust(context, &ring, args),
        KeyCommand::Revoke(args) => {
            if context.global.dry_run {
                let key = named(&find(&ring, &args.key)?.key);
                return planned(context, &format!("let nothing count any more that {key} signs"));
            }
            let key =
                ring.revoke(&args.key, context.around.now).map_err(|error| problem(&error))?;
            let said = format!("Nothing counts any more that {} signs, here\n", named(&key));
            told(context, "key.revoke", named_doc(&key), said)
        }
    }
}

/// The known key of that name, or whose id begins so.
fn find(ring: &KeyRing, asked: &str) -> Result<KnownKey, Box<Problem>> {
    let known = ring.known().map_err(|error| problem(&error))?;
    let fits = |known: &KnownKey| {
        known.key.name == asked
            || (asked.len() >= ID_CHARS_MIN && known.key.id().starts_with(asked))
    };
    let unknown = || problem(&KeyError::Unknown { asked: asked.to_owned() });
    known.into_iter().find(fits).ok_or_else(unknown)
}

/// The keys of whoever runs this.
pub(super) fn ring(context: &Context) -> Result<KeyRing, Box<Problem>> {
    let dir = home(context, "XDG_CONFIG_HOME", ".config")?.join("milestone/keys");
    KeyRing::open(&dir, context.root().as_deref()).map_err(|error| problem(&error))
}

/// The pins of whoever runs this.
pub(super) fn pins(context: &Context) -> Result<Pins, Box<Problem>> {
    Ok(Pins::at(&home(context, "XDG_STATE_HOME", ".local/state")?.join("milestone/pins")))
}

fn home(context: &Context, name: &str, below: &str) -> Result<PathBuf, Box<Problem>> {
    let set = |name: &str| context.env(name).filter(|value| Path::new(value).is_absolute());
    match (set(name), set("HOME")) {
        (Some(dir), _) => Ok(PathBuf::from(dir)),
        (None, Some(home)) => Ok(Path::new(home).join(below)),
        (None, None) => Err(Box::new(
            Problem::new(
                "config.no_home",
                Exit::NotFound,
                format!("neither {name} nor HOME is set"),
            )
            .unchanged()
            .hint(format!("set HOME or {name}")),
        )),
    }
}

fn make(context: &Context, ring: &KeyRing, args: &KeyNewArgs) -> Ran {
    if context.global.dry_run {
        ring.may_make(&args.name).map_err(|error| problem(&error))?;
        return planned(context, &format!("make key \"{}\"", args.name));
    }
    let key = ring.make(&args.name, context.around.seed).map_err(|error| problem(&error))?;
    let dir = ring.dir().display().to_string();
    let said = format!(
        "Made key {}\nSecret  {dir}/{}.key, readable by you alone\nOthers trust it by\n  \
         milestone key trust '{}'\n",
        named(&key),
        key.name,
        key.line(),
    );
    let known = KnownKey { key, is_own: true, revoked: None };
    told(context, "key.new", document(&known), said)
}

fn list(context: &Context, ring: &KeyRing) -> Ran {
    let known = ring.known().map_err(|error| problem(&error))?;
    let mut text = String::new();
    for known in &known {
        let what = match (known.is_own, known.revoked) {
            (_, Some(since)) => format!("revoked {since}"),
            (true, None) => "your own".to_owned(),
            (false, None) => "trusted".to_owned(),
        };
        text.push_str(&format!("{}  {:<16}  {what}\n", known.key.id(), known.key.name));
    }
    let documents: Vec<KeyDoc> = known.iter().map(document).collect();
    let none = known.is_empty();
    let mut output = told(context, "key.list", documents, text)?;
    if none && !context.global.quiet && !context.json() {
        output = output.say("There is no key: milestone key new");
    }
    Ok(output)
}

fn trust(context: &Context, ring: &KeyRing, args: &KeyTrustArgs) -> Ran {
    let path = context.dir().join(&args.key);
    let text = match path.is_file() {
        false => args.key.clone(),
        true => std::fs::read_to_string(&path).map_err(|error| {
            let message = format!("cannot read {}", sanitize(&args.key));
            Problem::new("key.not_a_key", Exit::Usage, message).fact(error.to_string()).unchanged()
        })?,
    };
    let name = args.name.as_deref();
    let mut key =
        PublicKey::parse(&text, name.unwrap_or("key")).map_err(|error| problem(&error))?;
    if let Some(name) = name {
        key = PublicKey::parse(&renamed(&key, name), name).map_err(|error| problem(&error))?;
    }
    if context.global.dry_run {
        return planned(context, &format!("let signatures by {} count", named(&key)));
    }
    ring.trust(&key).map_err(|error| problem(&error))?;
    let said = format!("Signatures by {} count here\n", named(&key));
    told(context, "key.trust", named_doc(&key), said)
}

/// The line of a key, with another name.
fn renamed(key: &PublicKey, name: &str) -> String {
    let line = key.line();
    let (front, _) = line.rsplit_once(' ').unwrap_or((line.as_str(), ""));
    format!("{front} {name}")
}

fn named(key: &PublicKey) -> String {
    format!("\"{}\" ({})", key.name, key.id())
}

fn named_doc(key: &PublicKey) -> NamedDoc {
    NamedDoc { name: key.name.clone(), id: key.id() }
}

fn document(known: &KnownKey) -> KeyDoc {
    KeyDoc {
        name: known.key.name.clone(),
        id: known.key.id(),
        own: known.is_own,
        revoked_at: known.revoked.map(|since| since.to_string()),
        line: known.key.line(),
    }
}

fn told<T: Serialize>(context: &Context, kind: &str, data: T, text: String) -> Ran {
    if context.json() { bare(context, kind, data) } else { Ok(Output::of(text)) }
}

/// What is wrong with keys, in words.
pub(super) fn problem(error: &KeyError) -> Box<Problem> {
    use std::error::Error;
    let message = error.to_string();
    let (code, exit, hint) = match error {
        KeyError::InsideProject { .. } => {
            ("key.inside_project", Exit::Refused, "set XDG_CONFIG_HOME to a directory outside it")
        }
        KeyError::Exists { .. } => ("key.exists", Exit::Conflict, "milestone key list"),
        KeyError::Unknown { asked } if asked == "default" => {
            ("key.unknown", Exit::NotFound, "milestone key new")
        }
        KeyError::Unknown { .. } => ("key.unknown", Exit::NotFound, "milestone key list"),
        KeyError::BadName { .. } => ("key.name", Exit::Usage, "milestone key new ann-laptop"),
        KeyError::NotAKey { .. } => {
            ("key.not_a_key", Exit::Usage, "milestone key show KEY prints the line, where it is")
        }
        KeyError::Exposed { .. } => ("key.exposed", Exit::Refused, "chmod 600 the file"),
        _ => ("key.io", Exit::Failed, "look at what is said of the file"),
    };
    let mut problem = Problem::new(code, exit, message).unchanged().hint(hint);
    let mut cause = error.source();
    while let Some(because) = cause {
        problem = problem.fact(because.to_string());
        cause = because.source();
    }
    Box::new(problem)
}
