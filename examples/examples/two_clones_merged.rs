//! What if two clones of a repository change the same thing?
//!
//! - **Shows** two clones that work without each other, a merge by git (or, where there is no git,
//!   the union that `milestone log merge` makes), the same state and conflicts in both, and both
//!   ways to settle them.
//! - **Leaves out** what to decide. A conflict is kept until somebody has looked at it.
//! - **Run** `cargo run -p milestone-examples --example two_clones_merged`.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command as Process;

use milestone_core::domain::{Command, Field, Fields, Plan, Stage, Value};
use milestone_core::projection::Fingerprint;
use milestone_examples::{Done, caller, scratch, small_project};
use milestone_project::{Options, Project};

fn main() -> Done {
    let dir = scratch()?;
    let (ann, bob) = (dir.path().join("ann"), dir.path().join("bob"));
    fs::create_dir(&ann)?;
    small_project(&ann)?;
    let has_git = Process::new("git").arg("--version").output().is_ok();
    println!("merging {}", if has_git { "with git" } else { "by log merge" });
    begin_clone(has_git, &ann, &bob)?;

    // Neither knows of the other.
    say(&ann, "ann", 10, &set(Field::Title, "Public API"))?;
    say(&ann, "ann", 11, &done("api/design"))?;
    say(&ann, "ann", 12, &set(Field::Owner, "ann"))?;
    say(&bob, "bob", 10, &set(Field::Title, "API for partners"))?;
    say(&bob, "bob", 11, &set(Field::Owner, "bob"))?;
    say(&bob, "bob", 12, &done("api/docs"))?;
    share(has_git, &ann, &bob)?;

    // Every record is in both clones; what can go together does, what cannot is a conflict.
    let (in_ann, in_bob) = (open(&ann)?, open(&bob)?);
    let fingerprint = Fingerprint::of_state(in_ann.state());
    assert_eq!(fingerprint, Fingerprint::of_state(in_bob.state()));
    for task in ["api/design", "api/docs"] {
        let task = in_ann.state().task(task).ok_or("nothing is lost")?;
        assert_eq!(task.item.stage, Stage::Done);
    }
    let conflicts = conflicts(&in_ann)?;
    for (id, subject, kept, other) in &conflicts {
        println!("conflict {id}: {subject} is {kept:?}, and was to be {other:?}");
    }
    assert_eq!(conflicts.len(), 2);
    assert_eq!(conflicts, self::conflicts(&in_bob)?);

    // Bob has seen both. Setting the field again settles a conflict; so does closing it as it
    // stands. Ann learns of that as of everything else.
    say(&bob, "bob", 30, &set(Field::Title, "Public and partner API"))?;
    let of_owner = conflicts.iter().find(|(_, subject, ..)| *subject == "owner");
    let conflict = of_owner.ok_or("both set the owner")?.0.clone();
    let note = Some("agreed on the phone".to_owned());
    say(&bob, "bob", 31, &Command::ResolveConflict { conflict, note })?;
    share(has_git, &ann, &bob)?;
    let (in_ann, in_bob) = (open(&ann)?, open(&bob)?);
    assert_eq!(Fingerprint::of_state(in_ann.state()), Fingerprint::of_state(in_bob.state()));
    assert!(self::conflicts(&in_ann)?.is_empty());
    let milestone = in_ann.state().milestone("api").ok_or("it is there")?;
    println!("resolved: {}, {} records", milestone.item.title, in_ann.checkpoint().count);
    assert!(in_ann.audit(None)?.findings.is_empty());
    Ok(())
}

fn open(dir: &Path) -> Result<Project, milestone_project::OpenError> {
    Project::open(&dir.join(".milestones"), Options::default())
}

fn say(dir: &Path, actor: &str, minute: u32, command: &Command) -> Done {
    open(dir)?.execute(command, &caller(actor, minute))?;
    Ok(())
}

fn set(field: Field, text: &str) -> Command {
    let mut set = Fields::default();
    set.put(field, Value::Text(text.to_owned().into()));
    let (add, remove) = (Fields::default(), Fields::default());
    Command::Edit { targets: vec!["api".to_owned()], set, add, remove }
}

fn done(target: &str) -> Command {
    Command::Complete {
        targets: vec![target.to_owned()],
        force: None,
        note: None,
        time_spent: 0,
        contents: Vec::new(),
    }
}

/// The conflicts of the milestone: id, what it is about, what holds and what does not.
fn conflicts(project: &Project) -> Result<Vec<(String, &'static str, String, String)>, String> {
    let milestone = project.state().milestone("api").ok_or("it is there")?;
    let of = |conflict: &milestone_core::domain::Conflict| {
        let id = conflict.id(&milestone.stream());
        (id, conflict.subject.name(), conflict.kept.clone(), conflict.other.clone())
    };
    Ok(milestone.item.conflicts.iter().map(of).collect())
}

fn begin_clone(has_git: bool, ann: &Path, bob: &Path) -> Done {
    if has_git {
        git(ann, &["init", "--quiet"])?;
        commit(ann)?;
        return git(ann, &["clone", "--quiet", ".", path(bob)?]);
    }
    fs::create_dir_all(bob.join(".milestones/log"))?;
    union(ann, bob)
}

/// Brings what each has to the other.
fn share(has_git: bool, ann: &Path, bob: &Path) -> Done {
    if !has_git {
        union(ann, bob)?;
        return union(bob, ann);
    }
    commit(ann)?;
    commit(bob)?;
    let merge = ["pull", "--quiet", "--no-rebase", "--no-edit"];
    git(bob, &[&merge[..], &[path(ann)?, "HEAD"]].concat())?;
    git(ann, &[&merge[..], &[path(bob)?, "HEAD"]].concat())
}

/// The log is the set of its records, so taking in what is new is all there is to a merge.
fn union(from: &Path, to: &Path) -> Done {
    let files = fs::read_dir(from.join(".milestones/log"))?;
    let paths: Vec<_> = files.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    open(to)?.merge_files(&paths, false)?;
    Ok(())
}

fn commit(dir: &Path) -> Done {
    git(dir, &["add", "--all"])?;
    git(dir, &["commit", "--quiet", "--allow-empty", "--message", "Track"])
}

fn git(dir: &Path, arguments: &[&str]) -> Done {
    let identity = ["-c", "user.name=Example", "-c", "user.email=example@example.org"];
    let mut git = Process::new("git");
    git.current_dir(dir).args(identity).args(["-c", "commit.gpgSign=false"]).args(arguments);
    match git.status()?.success() {
        true => Ok(()),
        false => Err(format!("git {arguments:?} failed").into()),
    }
}

fn path(path: &Path) -> Result<&str, Box<dyn Error>> {
    path.to_str().ok_or_else(|| "the temporary directory has no readable name".into())
}
