//! What happened in a project, for figures and forecasts.
//!
//! Start at [`Project::facts`].
//!
//! - **Invariant.** Facts are made of exactly the records of a state, so that figures of an earlier
//!   moment know nothing of what was recorded later.
//! - **Invariant.** What was collected is kept in `local/`, so that the next question reads what is
//!   new. It is never needed: one that is missing, damaged or of another log is collected anew.

use std::io::{self, Write};
use std::path::Path;

use milestone_analytics::{COLLECTED_FORM, Collector, Facts};
use milestone_core::log::{Checkpoint, FileLines, Fresh, ReadError, Record, Step, between, scan};
use milestone_core::projection::State;
use milestone_core::words::RecordId;
use sha2::{Digest, Sha256};

use crate::as_of::ancestors;
use crate::error::HistoryError;
use crate::project::Project;

/// Where it is kept, in the project's directory.
const KEPT: &str = "local/facts";

/// How it begins.
const MAGIC: &[u8; 16] = b"milestone-facts\n";

/// Bytes of the hash behind that, of everything behind it.
const HASH_BYTES: usize = 32;

/// Fewer records than this are read again each time.
const KEPT_AFTER_RECORDS: u64 = 64;

impl Project {
    /// The facts of the project's state, or of a `past` one: the fold of the records that its heads
    /// build on. Days are those of a clock `offset_minutes` east of UTC.
    ///
    /// # Errors
    ///
    /// [`HistoryError`] if the log cannot be read.
    pub fn facts(
        &self,
        past: Option<(&State, &[RecordId])>,
        offset_minutes: i32,
    ) -> Result<Facts, HistoryError> {
        let (state, collector) = match past {
            Some((state, heads)) => (state, self.collect_past(state, heads)?),
            None => (&self.state, self.collect_all()?),
        };
        Ok(Facts::of(&collector, state, offset_minutes))
    }

    /// What those records say that `heads` build on, of which `state` is the fold.
    fn collect_past(&self, state: &State, heads: &[RecordId]) -> Result<Collector, HistoryError> {
        let known = ancestors(&self.store, heads)?;
        Ok(self.collect(state, |record| known.contains(&record.id))?.1)
    }

    /// What the records of the state say: what is kept, and what is new.
    fn collect_all(&self) -> Result<Collector, HistoryError> {
        let state = &self.state;
        let path = self.root.join(KEPT);
        if let Some((known, mut collector)) = read(&path) {
            let now = &self.checkpoint;
            if known.same_records(now) {
                return Ok(collector);
            }
            if let Fresh::Lines(files, _) = between(&self.store, &known, now)?
                && collect_on(&mut collector, state, &known, now, &files)
            {
                self.keep(&path, now, &collector, now.count - known.count);
                return Ok(collector);
            }
        }
        let (whole, collector) = self.collect(state, |_| true)?;
        if !whole.same_records(&self.checkpoint) {
            // Others went on meanwhile, and the state cannot say what of that counts.
            return self.collect_past(state, &self.checkpoint.heads);
        }
        self.keep(&path, &whole, &collector, whole.count);
        Ok(collector)
    }

    /// What those records of the whole log say that are `wanted`.
    fn collect(
        &self,
        state: &State,
        wanted: impl Fn(&Record<'_>) -> bool,
    ) -> Result<(Checkpoint, Collector), ReadError> {
        let mut collector = Collector::new();
        let whole = scan(&self.store, |step| match step {
            Step::Restart => collector = Collector::new(),
            Step::Line(line, _) if wanted(&line.record) => collector.take(&line.record, state),
            Step::Line(..) => {}
        })?;
        Ok((whole, collector))
    }

    /// Keeps what was collected, if `new` records were worth it: writing all takes the longer the
    /// more there is, reading what is new each time the longer the less often that is done. What
    /// cannot be written is collected again.
    fn keep(&self, path: &Path, now: &Checkpoint, collector: &Collector, new: u64) {
        let worth = new >= (16 * now.count).isqrt().max(KEPT_AFTER_RECORDS);
        if worth && !self.read_only && !self.is_damaged() {
            let _ = write(path, now, collector);
        }
    }
}

/// Takes in what came after `known`; false if that does not lead to `now`, or may change what older
/// records say: then nothing of it counts.
fn collect_on(
    collector: &mut Collector,
    state: &State,
    known: &Checkpoint,
    now: &Checkpoint,
    files: &[(String, FileLines)],
) -> bool {
    let (mut count, mut digest) = (known.count, known.digest);
    for (name, file) in files {
        for line in &file.parsed(name).lines {
            let record = &line.record;
            count += 1;
            digest.add(&record.id);
            // Of two records that carry out one command the first one counts.
            let is_late = known.last.is_some_and(|last| (record.clock, record.id) < last);
            if is_late && record.command_id.is_some() {
                return false;
            }
            collector.take(record, state);
        }
    }
    (count, digest) == (now.count, now.digest)
}

/// What is kept, and how far it goes; `None` if there is nothing that can be used.
fn read(path: &Path) -> Option<(Checkpoint, Collector)> {
    // A pipe in its place would be waited for.
    let is_file = std::fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
    let bytes = is_file.then(|| std::fs::read(path).ok())??;
    let rest = bytes.strip_prefix(MAGIC.as_slice())?.strip_prefix(&COLLECTED_FORM.to_le_bytes())?;
    let (hash, body) = rest.split_at_checked(HASH_BYTES)?;
    // Bytes that a power cut left behind are not taken for facts.
    (Sha256::digest(body)[..] == *hash).then(|| postcard::from_bytes(body).ok())?
}

fn write(path: &Path, now: &Checkpoint, collector: &Collector) -> io::Result<()> {
    let body = postcard::to_stdvec(&(now, collector)).map_err(io::Error::other)?;
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(MAGIC)?;
    file.write_all(&COLLECTED_FORM.to_le_bytes())?;
    file.write_all(&Sha256::digest(&body))?;
    file.write_all(&body)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
