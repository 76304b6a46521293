//! What cannot be provoked from outside: a file that is replaced at every look, a device that
//! refuses to sync, and a process that dies between two steps of an archiving.
//!
//! Everything else is tested in `tests/it`.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::Duration;

use milestone_core::log::{FileStat, LogStore, NewLine, SyncError};
use milestone_core::words::RecordId;

use super::append::{self, FILE_BYTES_MAX, Part};
use super::archive::{Step, archivable, archive};
use super::archives::Archives;
use super::paths::Paths;
use super::read;
use super::store::{FileStore, Options};
use super::sync::{self, REAPPENDS_MAX};
use super::trust::our_uid;
use crate::disk::RealDisk;

const ID: RecordId = RecordId([0xab; 32]);

fn text() -> String {
    format!("{{\"id\":\"{ID}\",\"v\":1}}")
}

fn append_one(paths: &Paths<RealDisk>) -> Vec<Part<File>> {
    std::fs::create_dir_all(&paths.local).unwrap();
    append::append(paths, &[NewLine { id: ID, bytes: text().as_bytes() }]).unwrap()
}

fn world() -> (tempfile::TempDir, Paths<RealDisk>) {
    let dir = tempfile::tempdir().unwrap();
    let paths = Paths::new(RealDisk, dir.path());
    (dir, paths)
}

/// Syncs while whatever was written is removed before the first `times` looks.
fn sync_while_removing(paths: &Paths<RealDisk>, times: u32) -> Result<usize, SyncError> {
    let parts = append_one(paths);
    let mut looks = 0;
    let mut remove = |parts: &[Part<File>]| {
        looks += 1;
        if looks <= times {
            parts.iter().for_each(|part| std::fs::remove_file(&part.own.path).unwrap());
        }
    };
    let synced = sync::sync(paths, "test", parts, &mut remove);
    synced.map(|parts| parts.len()).map_err(|not| not.error)
}

#[test]
fn a_line_is_appended_again_three_times() {
    let (_dir, paths) = world();
    assert_eq!(sync_while_removing(&paths, REAPPENDS_MAX).unwrap(), 1);
    let files: Vec<_> = std::fs::read_dir(&paths.log).unwrap().map(|f| f.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    assert_eq!(std::fs::read_to_string(&files[0]).unwrap(), text() + "\n");
}

#[test]
fn a_line_is_not_appended_for_ever() {
    let (_dir, paths) = world();
    match sync_while_removing(&paths, REAPPENDS_MAX + 1) {
        Err(SyncError::Replaced { times, .. }) => assert_eq!(times, REAPPENDS_MAX),
        other => panic!("{other:?}"),
    }
}

/// `fdatasync` refuses a device that cannot sync; what then follows must refuse as well.
#[test]
fn after_a_refused_sync_nothing_is_appended() {
    let (dir, paths) = world();
    let mut parts = append_one(&paths);
    parts[0].own.file = File::open("/dev/null").unwrap();
    let mut store = FileStore::open(dir.path(), Options::default()).unwrap();
    let error = store.sync(store.pending(parts)).unwrap_err();
    assert!(matches!(error, SyncError::Io { .. }), "{error:?}");
    let guard = store.lock(Duration::ZERO).unwrap();
    let text = text();
    let line = NewLine { id: ID, bytes: text.as_bytes() };
    assert!(store.append(&guard, &[line]).is_err());
    let mut reopened = FileStore::open(dir.path(), Options::default()).unwrap();
    assert!(reopened.append(&guard, &[line]).is_ok());
}

#[test]
fn our_own_files_belong_to_us() {
    use std::os::unix::fs::MetadataExt;
    let file = tempfile::tempfile().unwrap();
    assert_eq!(our_uid(Path::new("/proc/self")).unwrap(), file.metadata().unwrap().uid());
    assert_eq!(our_uid(Path::new("/nowhere")).unwrap(), file.metadata().unwrap().uid());
}

/// A log whose first file is full: lines of a quarter of a file each.
fn full_file() -> (tempfile::TempDir, Paths<RealDisk>) {
    let (dir, paths) = world();
    std::fs::create_dir_all(&paths.local).unwrap();
    let pad = "x".repeat(FILE_BYTES_MAX as usize / 4 - 200);
    for byte in 1..=6 {
        let id = RecordId([byte; 32]);
        let text = format!("{{\"id\":\"{id}\",\"v\":1,\"pad\":\"{pad}\"}}");
        append::append(&paths, &[NewLine { id, bytes: text.as_bytes() }]).unwrap();
    }
    (dir, paths)
}

/// The files as a new process lists them, and what it reads of each.
fn read_all(paths: &Paths<RealDisk>) -> Vec<(FileStat, Vec<u8>)> {
    let archives = Archives::default();
    let read = |file: FileStat| {
        let mut bytes = vec![0; file.len_bytes as usize + 1];
        let count = read::read_at(paths, &archives, &file.name, 0, &mut bytes).unwrap();
        bytes.truncate(count);
        (file, bytes)
    };
    read::files(paths, &archives, false).unwrap().into_iter().map(read).collect()
}

/// Shown red by: not leaving out an archive that repeats a plain file; not noting what an archive
/// stands for.
#[test]
fn a_crash_at_any_step_of_archiving_changes_nothing_that_is_read() {
    use Step::{Compared, NameDurable, Named, Noted, Removed, Written};
    for at in [Written, Compared, Noted, Named, NameDurable, Removed] {
        let (_dir, paths) = full_file();
        let before = read_all(&paths);
        let full = archivable(&paths, &Archives::default()).unwrap();
        assert_eq!(full.len(), 1);
        let mut crash = |step| match step == at {
            true => Err(io::Error::other("the process dies here")),
            false => {
                assert_eq!(read_all(&paths), before, "after {step:?}");
                Ok(())
            }
        };
        archive(&paths, &Archives::default(), &full[0], &mut crash).unwrap_err();
        assert_eq!(read_all(&paths), before, "after {at:?}");
        let again = archivable(&paths, &Archives::default()).unwrap();
        assert_eq!(again.is_empty(), at == Removed);
        for file in again {
            let done = archive(&paths, &Archives::default(), &file, &mut |_| Ok(())).unwrap();
            assert!(done.is_some());
        }
        assert_eq!(read_all(&paths), before, "after {at:?} and archiving again");
        let names: Vec<_> =
            read::listed(&paths).unwrap().into_iter().map(|file| file.name).collect();
        assert!(names.iter().any(|name| name.ends_with(".zst")) && names.len() == 2, "{names:?}");
    }
}
