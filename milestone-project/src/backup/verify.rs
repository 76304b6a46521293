//! Looking whether backups are what they should be.
//!
//! Start at [`Vault::check`], which reads every byte, and [`Project::rehearse_backup`], which
//! brings one back for a trial and compares what it shows.
//!
//! - **Invariant.** What is damaged is named with every backup that needs it; the others are not
//!   doubted because of it.
//! - **Invariant.** Damage that was found is noted in the chain: nothing is based on it any more.

use std::collections::BTreeMap;

use milestone_core::log::{Step, scan};
use milestone_core::projection::Fingerprint;
use milestone_core::words::Timestamp;

use super::chain::Told;
use super::pack::{MANIFEST, ObjectEntry};
use super::restore::{Wanted, open};
use super::{BackupError, Vault};
use crate::as_of::fold;
use crate::generation::UNFINISHED;
use crate::model::fold_whole;
use crate::project::Project;

/// Something of a backup that is missing or was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectFault {
    /// What, by its path in the directory of the backups.
    pub object: String,
    /// What is wrong with it.
    pub why: String,
    /// The backups that cannot be brought back because of it.
    pub affects: Vec<u64>,
}

/// What a look at all backups found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VaultCheck {
    /// How many objects and manifests were read.
    pub objects: usize,
    /// How long they are, in bytes.
    pub bytes: u64,
    /// What is damaged.
    pub faults: Vec<ObjectFault>,
}

impl VaultCheck {
    /// The backups that cannot be brought back, in order.
    pub fn affected(&self) -> Vec<u64> {
        let mut all: Vec<u64> =
            self.faults.iter().flat_map(|fault| fault.affects.clone()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// What bringing a backup back for a trial came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsal {
    /// Which.
    pub backup: u64,
    /// How many records it brought back.
    pub records: u64,
    /// What it shows, hashed: the same as the project showed at that moment.
    pub fingerprint: Fingerprint,
    /// False if the project has lost records since, so that only the backup's own word was there
    /// to compare with.
    pub compared: bool,
}

impl Vault {
    /// Reads every object that a backup needs and compares it with its hash.
    ///
    /// # Errors
    ///
    /// None but of the directory itself: what is damaged is the answer.
    pub fn check(&self) -> VaultCheck {
        let mut check = VaultCheck::default();
        let mut needed: BTreeMap<ObjectEntry, Vec<u64>> = BTreeMap::new();
        for point in self.points() {
            check.objects += 1;
            match self.manifest(point) {
                Ok(manifest) => {
                    for object in manifest.objects {
                        needed.entry(object).or_default().push(point.number);
                    }
                }
                Err(unusable) => check.faults.push(ObjectFault {
                    object: format!("{}/{MANIFEST}", point.folder),
                    why: unusable.why(),
                    affects: vec![point.number],
                }),
            }
        }
        for (object, affects) in needed {
            check.objects += 1;
            check.bytes += object.bytes;
            if let Err(why) = self.object(&object) {
                let object = self.shown(object.backup, &object.name);
                check.faults.push(ObjectFault { object, why, affects });
            }
        }
        check
    }
}

impl Project {
    /// Reads every byte of the backups, and notes in the chain which of them are damaged.
    ///
    /// # Errors
    ///
    /// [`BackupError`] if the directory cannot be read.
    pub fn check_backups(&self, now: Timestamp) -> Result<VaultCheck, BackupError> {
        let dir = self.backup_directory();
        let check = Vault::open(&dir)?.check();
        let affected = check.affected();
        if !affected.is_empty() {
            self.tell_chain(now, |vault| {
                let fresh = |at: &u64| vault.chain.point(*at).is_some_and(|held| !held.damaged);
                let backups: Vec<u64> = affected.into_iter().filter(fresh).collect();
                (!backups.is_empty()).then_some(Told::Damaged { backups })
            });
        }
        Ok(check)
    }

    /// Notes in the chain what was found. Whoever may only look finds it again.
    fn tell_chain(&self, now: Timestamp, what: impl FnOnce(&Vault) -> Option<Told>) {
        let dir = self.backup_directory();
        if self.read_only {
            return;
        }
        let Ok((mut vault, held)) = Vault::hold(&dir) else { return };
        if let Some(told) = what(&vault) {
            let _ = vault.chain.tell(&dir, now, told);
        }
        drop(held);
    }

    /// Brings a backup back for a trial, compares what it shows with what the log shows of the same
    /// records, and notes in the chain that it is good.
    ///
    /// # Errors
    ///
    /// [`BackupError::Differs`] or [`BackupError::Damaged`] if it is not good.
    pub fn rehearse_backup(&self, number: u64, now: Timestamp) -> Result<Rehearsal, BackupError> {
        let dir = self.backup_directory();
        let vault = Vault::open(&dir)?;
        let local = self.root.join("local");
        let beside = match self.read_only {
            true => tempfile::tempdir(),
            false => tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(&local),
        };
        // Whoever may not write there tries it elsewhere.
        let beside = beside.or_else(|_| tempfile::tempdir());
        let beside = beside.map_err(|source| BackupError::io("write", &local, source))?;
        let scratch = vault.put_together(&Wanted::Point(number), beside.path())?;
        let store = open(&scratch.root)?;
        let caught = fold_whole(&store, "a trial")?;
        let (records, fingerprint) =
            (caught.checkpoint.count, Fingerprint::of_state(&caught.state));
        let (live, compared) = match self.checkpoint.same_records(&caught.checkpoint) {
            true => (Fingerprint::of_state(&self.state), true),
            false => {
                let mut ids = std::collections::HashSet::new();
                scan(&store, |step| match step {
                    Step::Restart => ids.clear(),
                    Step::Line(line, _) => {
                        ids.insert(line.record.id);
                    }
                })?;
                let (state, found) = fold(&self.store, |record| ids.contains(&record.id))?;
                (Fingerprint::of_state(&state), found.same_records(&caught.checkpoint))
            }
        };
        if compared && live != fingerprint {
            let why = format!("it shows {fingerprint:.16}, the log {live:.16}");
            return Err(BackupError::Differs { number, why });
        }
        let told = Told::Verified { backup: number, fingerprint: fingerprint.to_string() };
        self.tell_chain(now, |_| Some(told));
        Ok(Rehearsal { backup: number, records, fingerprint, compared })
    }
}
