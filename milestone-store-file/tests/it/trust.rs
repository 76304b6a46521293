//! Which folders are opened at all.
//!
//! Shown red by: not looking below `.milestones`; not comparing owners; not dropping a slash after
//! the link's name.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use milestone_core::log::{AppendError, LockError, LogStore};
use milestone_store_file::{FileStore, OpenError, Options};

use crate::world::{Line, WAIT, World, is_root};

fn open(path: &Path) -> Result<FileStore, OpenError> {
    FileStore::open(path, Options::default())
}

#[test]
fn a_link_is_not_followed() {
    let world = World::new();
    let link = world.dir().join("link");
    symlink(world.root(), &link).unwrap();
    assert!(matches!(open(&link), Err(OpenError::Symlink { .. })));
    assert!(matches!(open(&link.join("")), Err(OpenError::Symlink { .. })), "with a slash");
    assert!(matches!(open(&link.join(".")), Err(OpenError::Symlink { .. })), "with a dot");
}

#[test]
fn a_folder_below_that_is_a_link_is_not_followed() {
    for name in ["log", "local", "local/kept", "local/recovered"] {
        let world = World::new();
        let outside = world.dir().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::create_dir_all(world.root().join(name).parent().unwrap()).unwrap();
        symlink(&outside, world.root().join(name)).unwrap();
        let Err(OpenError::Symlink { what }) = open(&world.root()) else { panic!("{name}") };
        assert!(what.ends_with(name), "{what}");
    }
}

#[test]
fn what_is_no_folder_is_not_opened() {
    let world = World::new();
    let file = world.dir().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(open(&file), Err(OpenError::NotADirectory { .. })));
    let Err(OpenError::Io { source, .. }) = open(&world.dir().join("nothing")) else {
        panic!("opened nothing")
    };
    assert_eq!(source.kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn a_folder_of_another_user_needs_trust() {
    let world = World::new();
    let foreign = if is_root() {
        std::os::unix::fs::chown(world.root(), Some(65534), None).unwrap();
        world.root()
    } else {
        Path::new("/usr").to_owned()
    };
    let Err(error) = open(&foreign) else { panic!("trusted") };
    assert!(matches!(error, OpenError::ForeignOwner { .. }), "{error:?}");
    assert!(error.to_string().contains("belongs to user"));
    let trusted = Options { trust_foreign_owner: true, ..Options::default() };
    assert!(FileStore::open(&foreign, trusted).unwrap().files().unwrap().is_empty());
}

#[test]
fn a_store_that_is_read_only_writes_nothing() {
    let world = World::new();
    world.write(&Line::new(1));
    let options = Options { read_only: true, ..Options::default() };
    let mut store = FileStore::open(&world.root(), options).unwrap();
    assert_eq!(store.files().unwrap().len(), 1);
    assert!(matches!(store.lock(WAIT), Err(LockError::Io { .. })));
    let guard = world.store().lock(WAIT).unwrap();
    let refused = store.append(&guard, &[Line::new(2).as_new()]);
    assert!(matches!(refused, Err(AppendError::Io { .. })));
    assert_eq!(world.lines().len(), 1);
}
