//! Full disks, file size limits and folders that may not be written to.
//!
//! Shown red by: not truncating after a short write; not removing created files; taking the rest
//! of a short write for success.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use milestone_core::log::{AppendError, LockError, LogStore};

use crate::world::{Line, WAIT, World, expect_success, is_root, skip};

/// Somebody without rights.
const NOBODY: u32 = 65534;

fn is_refused(result: Result<impl std::fmt::Debug, AppendError>) {
    match result {
        Err(AppendError::Io { source, .. }) => assert!(!source.to_string().is_empty()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn child_appends_over_the_file_size_limit() {
    let Some(world) = World::of_parent() else { return };
    let before = world.names();
    is_refused(world.append(&[Line::new(2), Line::of_bytes(3, 100_000)]));
    assert_eq!(world.names(), before);
    world.write(&Line::new(4));
}

/// `ulimit -f` makes the kernel write a part and then refuse. SIGXFSZ is ignored as the process
/// edge must do it.
#[test]
fn a_short_write_is_taken_back() {
    let world = World::new();
    world.write(&Line::of_bytes(1, 1000));
    let before = fs::read_to_string(world.only_file()).unwrap();
    let child = "limits::child_appends_over_the_file_size_limit";
    let output = world.child(child, "trap '' XFSZ; ulimit -f 16").output().unwrap();
    expect_success(&output);
    let after = fs::read_to_string(world.only_file()).unwrap();
    assert_eq!(after, before + &Line::new(4).text + "\n", "the file goes on as it was");
}

#[test]
fn a_short_write_to_a_new_file_leaves_no_file() {
    let world = World::new();
    let child = "limits::child_appends_over_the_file_size_limit";
    let output = world.child(child, "trap '' XFSZ; ulimit -f 16").output().unwrap();
    expect_success(&output);
    assert_eq!(world.lines(), [Line::new(4).text]);
    assert_eq!(world.names().len(), 1);
}

/// A small file system of its own, unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path, size: &str) -> Option<Self> {
        let options = format!("size={size},mode=755");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(at);
        mount.output().ok()?.status.success().then(|| Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_leaves_nothing_half_there() {
    let world = World::new();
    let Some(_disk) = SmallDisk::mount(&world.root(), "3m") else {
        return skip("a_full_disk_leaves_nothing_half_there", "mounting is not permitted");
    };
    world.write(&Line::new(1));
    let before = fs::read(world.only_file()).unwrap();
    let too_much: Vec<Line> = (2..50).map(|seed| Line::of_bytes(seed, 100_000)).collect();
    for _ in 0..3 {
        is_refused(world.append(&too_much));
        assert_eq!(fs::read(world.only_file()).unwrap(), before);
    }
    let filler = world.root().join("filler");
    let _ = fs::write(&filler, vec![0; 4 << 20]);
    let large = Line::of_bytes(60, 500_000);
    is_refused(world.append(std::slice::from_ref(&large)));
    assert_eq!(fs::read(world.only_file()).unwrap(), before);
    assert!(world.store().own_files_shrunk().unwrap().is_empty(), "remembered as it was");
    fs::remove_file(filler).unwrap();
    world.write(&large);
    assert_eq!(world.lines(), [Line::new(1).text, large.text]);
    assert_eq!(world.names().len(), 1, "the same file goes on");
}

#[test]
fn child_reads_and_cannot_write() {
    let Some(world) = World::of_parent() else { return };
    assert_eq!(world.lines(), [Line::new(1).text]);
    assert_eq!(world.store().kept_lines().unwrap().len(), 1);
    assert!(world.store().own_files_shrunk().unwrap().is_empty());
    let Err(LockError::Io { what, source }) = world.store().lock(WAIT) else { panic!("locked") };
    assert!(what.ends_with("local/lock"));
    assert_eq!(source.kind(), std::io::ErrorKind::PermissionDenied);
}

#[test]
fn a_folder_without_write_permission_can_be_read() {
    let world = World::new();
    world.write(&Line::new(1));
    set_modes(world.dir(), 0o555, 0o444);
    let mut child = world.child("limits::child_reads_and_cannot_write", "");
    if is_root() {
        let exe = std::env::current_exe().unwrap();
        let mut probe = Command::new(&exe);
        if !probe.arg("--list").uid(NOBODY).gid(NOBODY).output().is_ok_and(|o| o.status.success()) {
            return skip("a_folder_without_write_permission_can_be_read", "root may do anything");
        }
        chown(world.dir());
        child.uid(NOBODY).gid(NOBODY);
    }
    let output = child.output().unwrap();
    set_modes(world.dir(), 0o755, 0o644);
    expect_success(&output);
}

fn chown(path: &Path) {
    std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if path.is_dir() {
        fs::read_dir(path).unwrap().for_each(|entry| chown(&entry.unwrap().path()));
    }
}

/// Sets modes of a folder and all in it.
fn set_modes(path: &Path, dir: u32, file: u32) {
    let mode = if path.is_dir() { dir } else { file };
    if path.is_dir() {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        fs::read_dir(path).unwrap().for_each(|entry| set_modes(&entry.unwrap().path(), dir, file));
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
