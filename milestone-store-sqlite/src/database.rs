//! One SQLite file: opened, built beside itself, put in place.
//!
//! Start at [`Database`]. The three projections of this crate each have one.
//!
//! - **Invariant.** A file at its place is whole: it is built under another name, synced and
//!   renamed. What was built half is removed when the next build begins.
//! - **Invariant.** A file of another program, or of another schema, is damaged, never migrated:
//!   all of it follows from the log.
//! - **Absent on purpose.** Durability of a batch. The log is the truth; a batch that a power cut
//!   took is handed over again.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use milestone_core::log::Checkpoint;
use milestone_core::projection::ProjectionError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::checkpoint;
use crate::error::{failed, io_failed, odd_value};

/// How long to wait for another process that writes: the lock of the log keeps ours apart, so it is
/// another program, and whoever waits holds that lock.
const BUSY_SECONDS: u64 = 1;

/// How many statements a connection keeps compiled.
const STATEMENTS_KEPT: usize = 128;

/// Pages that a build keeps in memory, in KiB.
const BUILD_CACHE_KIB: i64 = 16 * 1024;

/// The shape of a file.
#[derive(Debug)]
pub(crate) struct Form {
    /// The projection's name.
    pub(crate) name: &'static str,
    /// What `PRAGMA application_id` says: four letters.
    pub(crate) application: [u8; 4],
    /// What `PRAGMA user_version` says.
    pub(crate) schema: u32,
    /// The tables.
    pub(crate) tables: &'static str,
    /// The indices and the views, made when all rows are there.
    pub(crate) indices: &'static str,
}

/// A file, open or not.
#[derive(Debug)]
pub(crate) struct Database {
    form: &'static Form,
    path: PathBuf,
    open: Open,
    /// Which file is open: another one may be put in its place.
    opened: Option<(u64, u64)>,
    /// The checkpoint that the file has, as far as it was read.
    known: Option<Checkpoint>,
}

#[derive(Debug)]
enum Open {
    Closed,
    Live(Connection),
    /// Wiped; a build begins with the next batch.
    Wiped,
    Building(Connection),
}

impl Database {
    /// The file at `path`. Nothing is read or made yet.
    pub(crate) fn new(form: &'static Form, path: &Path) -> Self {
        Self { form, path: path.to_owned(), open: Open::Closed, opened: None, known: None }
    }

    /// An empty database that is in no file, with all its tables.
    pub(crate) fn in_memory(form: &'static Form) -> Result<Self, ProjectionError> {
        let path = Path::new(":memory:");
        let made = begin_build(form, path).and_then(|connection| {
            connection.execute_batch(form.indices)?;
            Ok(connection)
        });
        let connection = made.map_err(|error| failed(path, form.name, error))?;
        let (path, open) = (path.to_owned(), Open::Live(connection));
        Ok(Self { form, path, open, opened: None, known: None })
    }

    /// What an error of SQLite means here.
    pub(crate) fn failed(&self, error: rusqlite::Error) -> ProjectionError {
        failed(&self.path, self.form.name, error)
    }

    /// The connection; `None` if there is no file.
    pub(crate) fn live(&mut self) -> Result<Option<&mut Connection>, ProjectionError> {
        if matches!(self.open, Open::Closed) {
            self.opened = self.at_path();
            if self.opened.is_none() {
                return Ok(None);
            }
            let connection = connect(self.form, &self.path, OpenFlags::SQLITE_OPEN_READ_WRITE);
            let connection = connection.map_err(|error| self.failed(error))?;
            self.open = Open::Live(connection);
        }
        match &mut self.open {
            Open::Live(connection) => Ok(Some(connection)),
            _ => Ok(None),
        }
    }

    /// The file that is at the path now.
    fn at_path(&self) -> Option<(u64, u64)> {
        self.path.metadata().ok().map(|found| (found.dev(), found.ino()))
    }

    /// The checkpoint; `None` if there is no file. One that was opened before and has been put
    /// away since is opened anew.
    pub(crate) fn checkpoint(&mut self) -> Result<Option<Checkpoint>, ProjectionError> {
        self.known = None;
        if self.opened.is_some() && self.opened != self.at_path() {
            (self.open, self.opened) = (Open::Closed, None);
        }
        let read = match self.live()? {
            None => return Ok(None),
            Some(connection) => checkpoint::load(connection),
        };
        self.known = Some(read.map_err(|error| self.failed(error))?);
        Ok(self.known.clone())
    }

    /// The checkpoint as it was last read or written, read if it was not.
    pub(crate) fn known(&mut self) -> Result<Option<&Checkpoint>, ProjectionError> {
        if self.known.is_none() {
            self.checkpoint()?;
        }
        Ok(self.known.as_ref())
    }

    /// True while a build is under way.
    pub(crate) fn is_building(&self) -> bool {
        matches!(self.open, Open::Wiped | Open::Building(_))
    }

    /// Removes the file, and whatever belongs to it or was built half.
    pub(crate) fn wipe(&mut self) -> Result<(), ProjectionError> {
        (self.open, self.opened, self.known) = (Open::Closed, None, None);
        for end in ["", "-wal", "-shm", ".new", ".new-wal", ".new-shm"] {
            let path = self.beside(end);
            match std::fs::remove_file(&path) {
                Ok(()) => {}
                // Whatever is there is not the file, and in its way.
                Err(_) if path.is_dir() => std::fs::remove_dir_all(&path)
                    .map_err(|error| io_failed("remove", &path, error))?,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(io_failed("remove", &path, error)),
            }
        }
        self.open = Open::Wiped;
        Ok(())
    }

    /// The connection of the build that is under way, begun if need be.
    pub(crate) fn building(&mut self) -> Result<&mut Connection, ProjectionError> {
        if matches!(self.open, Open::Wiped) {
            if let Some(folder) = self.path.parent() {
                std::fs::create_dir_all(folder)
                    .map_err(|error| io_failed("make", folder, error))?;
            }
            let begun = begin_build(self.form, &self.beside(".new"));
            self.open = Open::Building(begun.map_err(|error| self.failed(error))?);
        }
        match &mut self.open {
            Open::Building(connection) => Ok(connection),
            _ => unreachable!("whoever asks has looked whether one is under way"),
        }
    }

    /// Ends the build: indices, checkpoint, sync, rename.
    pub(crate) fn finish(&mut self, next: &Checkpoint) -> Result<(), ProjectionError> {
        self.building()?;
        let Open::Building(connection) = std::mem::replace(&mut self.open, Open::Wiped) else {
            unreachable!("it was begun above")
        };
        let new = self.beside(".new");
        let ended = (|| {
            connection.execute_batch(self.form.indices)?;
            checkpoint::save(&connection, None, next)?;
            connection.execute_batch("COMMIT")?;
            // From here on readers must not be in a writer's way, from the first one on.
            connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
            connection.close().map_err(|(_, error)| error)
        })();
        ended.map_err(|error| self.failed(error))?;
        File::open(&new)
            .and_then(|file| file.sync_all())
            .and_then(|()| std::fs::rename(&new, &self.path))
            .map_err(|error| io_failed("put in place", &new, error))?;
        self.open = Open::Closed;
        Ok(())
    }

    /// How many bytes of changes there are beside the file.
    pub(crate) fn beside_bytes(&self) -> u64 {
        self.beside("-wal").metadata().map_or(0, |found| found.len())
    }

    /// Moves the changes beside the file into it, and empties theirs if nobody reads there any
    /// longer. Waits for nobody.
    pub(crate) fn settle(&mut self) -> Result<(), ProjectionError> {
        let Some(live) = self.live()? else { return Ok(()) };
        let settled = (|| {
            live.busy_timeout(Duration::ZERO)?;
            live.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            live.busy_timeout(Duration::from_secs(BUSY_SECONDS))
        })();
        settled.map_err(|error| self.failed(error))
    }

    /// Runs `write` and saves the checkpoint, in one transaction.
    pub(crate) fn transact(
        &mut self,
        next: &Checkpoint,
        write: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), ProjectionError> {
        let known = self.known.take();
        let Some(connection) = self.live()? else {
            return Err(self.failed(odd_value("it is not there")));
        };
        let done = (|| {
            let behavior = TransactionBehavior::Immediate;
            let transaction = Transaction::new(connection, behavior)?;
            write(&transaction)?;
            checkpoint::save(&transaction, known.as_ref(), next)?;
            transaction.commit()
        })();
        done.map_err(|error| self.failed(error))?;
        self.known = Some(next.clone());
        Ok(())
    }

    fn beside(&self, end: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(end);
        name.into()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Open::Building(_) = self.open {
            self.open = Open::Closed;
            // What could not be removed now is removed when the next build begins.
            let _ = std::fs::remove_file(self.beside(".new"));
        }
    }
}

/// Opens a file that is there, and checks that it is one of ours.
pub(crate) fn connect(form: &Form, path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = open(path, flags)?;
    connection.busy_timeout(Duration::from_secs(BUSY_SECONDS))?;
    let number = |pragma: &str| -> rusqlite::Result<i64> {
        connection.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))
    };
    let application = number("application_id")?;
    if application != i64::from(i32::from_be_bytes(form.application)) {
        return Err(odd_value("another program wrote it"));
    }
    let schema = number("user_version")?;
    if schema != i64::from(form.schema) {
        return Err(odd_value(format!("its schema is {schema}, not {}", form.schema)));
    }
    if flags.contains(OpenFlags::SQLITE_OPEN_READ_WRITE) {
        // Closing would sync the file, after every command: other processes read the log of
        // changes as well, and SQLite moves it into the file when it has grown.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
        connection.execute_batch("PRAGMA synchronous = NORMAL")?;
    }
    Ok(connection)
}

/// Opens a file for one thread at a time.
fn open(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    // Else a kept statement is compiled anew for other values, in case another plan fits them.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// Begins a file that nobody else sees: no journal and no syncs, for if this process dies it is
/// built again.
fn begin_build(form: &Form, path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let connection = open(path, flags)?;
    connection.query_row("PRAGMA journal_mode = OFF", [], |_| Ok(()))?;
    connection.query_row("PRAGMA locking_mode = EXCLUSIVE", [], |_| Ok(()))?;
    connection.execute_batch(&format!(
        "PRAGMA synchronous = OFF; PRAGMA cache_size = -{BUILD_CACHE_KIB};
         PRAGMA application_id = {}; PRAGMA user_version = {}; BEGIN; {} {}",
        i32::from_be_bytes(form.application),
        form.schema,
        checkpoint::TABLES,
        form.tables,
    ))?;
    Ok(connection)
}
