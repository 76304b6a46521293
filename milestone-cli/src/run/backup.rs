//! The verbs of `backup`.
//!
//! Start at [`run`]. What is said of one backup is in [`PointDoc`].
//!
//! - **Invariant.** `list`, `verify` and `restore --into` need no project where `--from` names a
//!   directory: the project may be what was lost.
//! - **Absent on purpose.** What goes and what stays: the project knows.

use std::path::Path;

use milestone_core::words::Timestamp;
use milestone_project::{
    BackupError, FULL_DAYS, Keeper, Occasion, Point, Vault, VaultCheck, Wanted, Wish,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::backend::{bytes, counted};
use super::bare::{bare, planned};
use super::context::{Context, Output, Ran};
use super::moment::as_of;
use super::problem;
use crate::args::backup::{
    BackupCommand, BackupCreateArgs, BackupFromArgs, BackupRestoreArgs, BackupVerifyArgs,
};
use crate::ui::error::{Exit, Problem};
use crate::ui::text::sanitize;

/// One backup, for programs.
#[derive(Serialize, JsonSchema)]
pub(super) struct PointDoc<'a> {
    number: u64,
    at: String,
    full: bool,
    why: &'a str,
    records: u64,
    bytes: u64,
    folder: &'a str,
    /// `good`, `untried`, `degraded` or `damaged`.
    standing: &'static str,
    fingerprint: Option<&'a str>,
}

impl<'a> PointDoc<'a> {
    fn of(point: &'a Point) -> Self {
        Self {
            number: point.number,
            at: point.at.to_string(),
            full: point.full,
            why: point.why.name(),
            records: point.records,
            bytes: point.bytes,
            folder: &point.folder,
            standing: standing(point),
            fingerprint: point.verified.as_deref(),
        }
    }
}

/// How a backup stands, in a word.
fn standing(point: &Point) -> &'static str {
    match point {
        Point { damaged: true, .. } => "damaged",
        Point { degraded: true, .. } => "degraded",
        Point { verified: Some(_), .. } => "good",
        _ => "untried",
    }
}

/// Runs one of them.
pub(super) fn run(context: &mut Context, command: &BackupCommand) -> Ran {
    match command {
        BackupCommand::Create(args) => create(context, args),
        BackupCommand::List(args) => list(context, args),
        BackupCommand::Verify(args) => verify(context, args),
        BackupCommand::Restore(args) => restore(context, args),
        BackupCommand::Prune => prune(context),
        BackupCommand::Schedule => schedule(context),
    }
}

fn failed(error: BackupError) -> Box<Problem> {
    problem::backup(&error)
}

fn vault(context: &mut Context, from: Option<&Path>) -> Result<Vault, Box<Problem>> {
    let dir = match from {
        Some(from) => context.around.cwd.join(from),
        None => context.project()?.backup_directory(),
    };
    Vault::open(&dir).map_err(failed)
}

/// A time as people read it.
fn when(context: &Context, at: Timestamp) -> String {
    let at = chrono::DateTime::from_timestamp_micros(at.0).unwrap_or_default();
    context.clock.local(at).format("%Y-%m-%d %H:%M").to_string()
}

fn create(context: &mut Context, args: &BackupCreateArgs) -> Ran {
    let (now, actor, dry_run) = (context.around.now, context.actor(), context.global.dry_run);
    let project = context.project()?;
    if dry_run {
        let dir = project.name_of(&project.backup_directory());
        return planned(context, &format!("make a backup in {}", sanitize(&dir)));
    }
    let keeper = Keeper { by: &actor, ..Keeper::now(now) };
    let wish = Wish { why: Occasion::Asked, full: args.full, anew: args.anew };
    let point = project.back_up(&keeper, wish).map_err(failed)?;
    let tried = match args.no_verify {
        true => None,
        false => Some(project.rehearse_backup(point.number, now).map_err(failed)?),
    };
    let place = project.name_of(&project.backup_directory().join(&point.folder));
    if context.json() {
        let fingerprint = tried.as_ref().map(|tried| tried.fingerprint.to_string());
        let point = Point { verified: fingerprint, ..point };
        return bare(context, "backup.create", PointDoc::of(&point));
    }
    if context.global.quiet {
        return Ok(Output::of(format!("{}\n", point.number)));
    }
    let kind = if point.full { "full" } else { "new bytes" };
    let records = usize::try_from(point.records).unwrap_or(usize::MAX);
    let tried = match tried {
        Some(_) => "brought back for a trial: it shows what the log shows",
        None => "not tried",
    };
    Ok(Output::of(format!(
        "Backup {}  {kind}, {}, {}\n{}\n{tried}\n",
        point.number,
        counted(records, "record", "records"),
        bytes(point.bytes),
        sanitize(&place),
    )))
}

fn list(context: &mut Context, args: &BackupFromArgs) -> Ran {
    let vault = vault(context, args.from.as_deref())?;
    let points = vault.points();
    if context.json() {
        let docs: Vec<PointDoc<'_>> = points.iter().map(PointDoc::of).collect();
        return bare(context, "backup.list", docs);
    }
    if points.is_empty() {
        return Ok(Output::of("").say("No backups yet: milestone backup create"));
    }
    let mut out = String::new();
    for point in points {
        let kind = if point.full { "full" } else { "new bytes" };
        out.push_str(&format!(
            "{:>4}  {}  {kind:<9}  {:<7}  {:>8} records  {:>9}  {}\n",
            point.number,
            when(context, point.at),
            point.why.name(),
            point.records,
            bytes(point.bytes),
            standing(point),
        ));
    }
    Ok(Output::of(out))
}

fn verify(context: &mut Context, args: &BackupVerifyArgs) -> Ran {
    let now = context.around.now;
    let vault = vault(context, args.from.as_deref())?;
    let (check, tried) = match &args.from {
        Some(_) => (vault.check(), Vec::new()),
        None => {
            let project = context.project()?;
            let check = project.check_backups(now).map_err(failed)?;
            let affected = check.affected();
            let whole = vault.points().iter().map(|point| point.number);
            let whole: Vec<u64> = whole.filter(|number| !affected.contains(number)).collect();
            let begin = if args.all { 0 } else { whole.len().saturating_sub(1) };
            let mut tried = Vec::new();
            for number in &whole[begin..] {
                tried.push(project.rehearse_backup(*number, now).map_err(failed)?);
            }
            (check, tried)
        }
    };
    let faults = check.faults.len() + vault.chain_faults().len();
    let mut output = match context.json() {
        true => {
            let tried: Vec<_> = tried
                .iter()
                .map(|tried| {
                    json!({"backup": tried.backup,
                "records": tried.records, "fingerprint": tried.fingerprint.to_string(),
                "compared": tried.compared})
                })
                .collect();
            let chain: Vec<_> = vault
                .chain_faults()
                .iter()
                .map(|fault| json!({"line": fault.line, "why": fault.why}))
                .collect();
            let objects: Vec<_> = check
                .faults
                .iter()
                .map(|fault| {
                    json!({"object": fault.object,
                "why": fault.why, "affects": fault.affects})
                })
                .collect();
            let data = json!({"ok": faults == 0, "backups": vault.points().len(),
                "objects": check.objects, "bytes": check.bytes, "damaged": objects,
                "chain": chain, "tried": tried});
            bare(context, "backup.verify", data)?
        }
        false => {
            let tried: Vec<u64> = tried.iter().map(|tried| tried.backup).collect();
            Output::of(verified(context, &vault, &check, &tried))
        }
    };
    if faults > 0 {
        output.exit = Exit::Integrity;
    }
    Ok(output)
}

/// What a look at all backups found, in words.
fn verified(context: &Context, vault: &Vault, check: &VaultCheck, tried: &[u64]) -> String {
    let mut out = String::new();
    for fault in vault.chain_faults() {
        out.push_str(&format!("error  chain.jsonl:{}: {}\n", fault.line, fault.why));
    }
    for fault in &check.faults {
        out.push_str(&format!("error  {}: {}\n", sanitize(&fault.object), sanitize(&fault.why)));
        let hit = vault.points().iter().filter(|point| fault.affects.contains(&point.number));
        for point in hit {
            out.push_str(&format!(
                "       cannot be brought back: {}, {}\n",
                point.number,
                when(context, point.at)
            ));
        }
    }
    let (points, affected) = (vault.points().len(), check.affected().len());
    out.push_str(&format!(
        "{} of {} whole; {} read, {}\n",
        points - affected,
        counted(points, "backup", "backups"),
        counted(check.objects, "file", "files"),
        bytes(check.bytes)
    ));
    if let [first, more @ ..] = tried {
        let and = more.last().map(|last| format!(" to {last}")).unwrap_or_default();
        out.push_str(&format!("Brought back for a trial: {first}{and}, same as the log\n"));
    }
    out
}

fn restore(context: &mut Context, args: &BackupRestoreArgs) -> Ran {
    let example = "milestone backup restore --into DIR --to 2026-03-05";
    let wanted = match (&args.number, &args.to) {
        (Some(number), _) => Wanted::Point(*number),
        (None, Some(to)) => Wanted::Moment(as_of(to, &context.clock, example)?.0),
        (None, None) => Wanted::Newest,
    };
    let vault = vault(context, args.from.as_deref())?;
    match &args.into {
        Some(into) => restore_into(context, &vault, &wanted, into),
        None => bring_back(context, &vault, &wanted),
    }
}

fn restore_into(context: &Context, vault: &Vault, wanted: &Wanted, into: &Path) -> Ran {
    let dir = context.dir().join(into);
    if context.global.dry_run {
        let into = into.display().to_string();
        return planned(context, &format!("restore into {}", sanitize(&into)));
    }
    let done = vault.restore_into(wanted, &dir).map_err(failed)?;
    if context.json() {
        let data = json!({"backup": done.backup, "at": done.at, "records": done.records,
            "recent": done.recent, "into": dir, "passed_over": passed(&done.passed_over)});
        return bare(context, "backup.restore", data);
    }
    let records = counted(usize::try_from(done.records).unwrap_or(0), "record", "records");
    let recent = match done.recent {
        0 => String::new(),
        recent => format!(", {recent} of them recorded after it"),
    };
    let mut output = Output::of(format!(
        "Restored {records} into {}\nfrom backup {} of {}{recent}\n",
        sanitize(&into.display().to_string()),
        done.backup,
        when(context, done.at),
    ));
    output.stderr = warnings(&done.passed_over);
    Ok(output)
}

fn passed(over: &[(u64, String)]) -> Vec<serde_json::Value> {
    over.iter().map(|(backup, why)| json!({"backup": backup, "why": why})).collect()
}

fn warnings(over: &[(u64, String)]) -> Vec<String> {
    over.iter().map(|(_, why)| format!("warning: {}", sanitize(why))).collect()
}

fn bring_back(context: &mut Context, vault: &Vault, wanted: &Wanted) -> Ran {
    let (now, actor, dry_run) = (context.around.now, context.actor(), context.global.dry_run);
    let keeper = Keeper { by: &actor, dry_run, ..Keeper::now(now) };
    let done = context.project()?.bring_back(vault, wanted, &keeper).map_err(failed)?;
    if context.json() {
        let mended: Vec<_> =
            done.mended.iter().map(|(file, kept)| json!({"file": file, "kept": kept})).collect();
        let data = json!({"dry_run": dry_run, "backup": done.backup, "at": done.at,
            "before": done.before, "records": done.records, "files": done.files,
            "mended": mended, "left": done.left, "passed_over": passed(&done.passed_over)});
        return bare(context, "backup.restore", data);
    }
    let verb = if dry_run { "Would bring back" } else { "Brought back" };
    let mut out = match (done.records, done.files.len()) {
        (0, 0) => format!("Nothing is missing that backup {} has\n", done.backup),
        (records, _) => format!(
            "{verb} {} from backup {} of {}\n",
            counted(usize::try_from(records).unwrap_or(0), "record", "records"),
            done.backup,
            when(context, done.at)
        ),
    };
    done.files.iter().for_each(|file| out.push_str(&format!("  again   {}\n", sanitize(file))));
    for (file, kept) in &done.mended {
        let kept = if kept.is_empty() { String::new() } else { format!("; as it was: {kept}") };
        out.push_str(&format!("  mended  {}{}\n", sanitize(file), sanitize(&kept)));
    }
    if let Some(before) = done.before {
        out.push_str(&format!("Backup {before} has what was there before\n"));
    }
    let mut output = Output::of(out);
    output.stderr = warnings(&done.passed_over);
    for file in &done.left {
        output.stderr.push(format!("{} differs and was left as it is", sanitize(file)));
    }
    if matches!(wanted, Wanted::Moment(_)) && context.hints() {
        output.stderr.push(
            "What came later is there still: list --as-of looks back, restore --into DIR makes \
             the project of then"
                .to_owned(),
        );
    }
    Ok(output)
}

fn prune(context: &mut Context) -> Ran {
    let (now, dry_run) = (context.around.now, context.global.dry_run);
    let pruned = context.project()?.prune_backups(now, dry_run, &mut || false);
    let (names, length, _) = pruned.map_err(failed)?;
    if context.json() {
        let data = json!({"dry_run": dry_run, "backups": names, "bytes": length});
        return bare(context, "backup.prune", data);
    }
    if names.is_empty() {
        return Ok(Output::of("Nothing to take away.\n"));
    }
    let verb = if dry_run { "Would remove" } else { "Removed" };
    let mut out =
        format!("{verb} {}, {}\n", counted(names.len(), "backup", "backups"), bytes(length));
    names.iter().for_each(|name| out.push_str(&format!("  {}\n", sanitize(name))));
    Ok(Output::of(out))
}

fn schedule(context: &mut Context) -> Ran {
    let now = context.around.now;
    let vault = vault(context, None)?;
    let project = context.project()?;
    let policy = project.backup_policy().clone();
    let dir = project.name_of(vault.dir());
    let (continuous, due) = (project.is_backup_continuous(), project.is_full_backup_due(now));
    let newest = vault.points().last();
    let tried = vault.points().iter().rfind(|point| point.verified.is_some() && !point.damaged);
    if context.json() {
        let data = json!({"directory": dir, "continuous": continuous, "daily": policy.daily,
            "full_days": FULL_DAYS, "full_due": due, "keep_days": policy.keep_days,
            "newest": newest.map(PointDoc::of), "good": tried.map(PointDoc::of)});
        return bare(context, "backup.schedule", data);
    }
    let told = |point: Option<&Point>| match point {
        Some(point) => format!("{}, {}", point.number, when(context, point.at)),
        None => "none".to_owned(),
    };
    let each = match (continuous, policy.daily) {
        (true, true) => "after each command; a backup with the first command of a day",
        (true, false) => "after each command",
        (false, true) => "with the first command of a day that writes",
        (false, false) => "only when asked, before moves and before a restore",
    };
    let full = if due { "due with the next one" } else { "every 7 days" };
    Ok(Output::of(format!(
        "Where   {}\nWhen    {each}\nFull    {full}\nKeep    {} days, and the newest good one \
         with all after it\nNewest  {}\nGood    {}\n",
        sanitize(&dir),
        policy.keep_days,
        told(newest),
        told(tried),
    ))
    .say(
        "Set: milestone config set backup.directory DIR; without commands: a timer that runs \
          milestone maintain",
    ))
}
