//! The planted bugs: places of the source, and what stands there when a bug is wanted.
//!
//! Start at [`bugs`]. `sabotage` puts all of them into a copy of the source, each behind a question
//! that is answered at run time, so that one build serves for all of them. Here are those of the
//! files; those above them are in `planted_above`.
//!
//! - **Invariant.** Nothing of this is in the source itself, nor in anything that is built from it.
//! - **Invariant.** Each place is there exactly once; a test says so when the source has moved on.

use crate::planted_above::ABOVE;

/// Who must find a bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suite {
    /// The suite `crash`.
    Crash,
    /// Tests of a crate.
    Tests {
        /// The crate.
        package: &'static str,
        /// What their names begin with.
        filter: &'static str,
    },
}

impl std::fmt::Display for Suite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Crash => f.write_str("crash"),
            Self::Tests { package, filter } => write!(f, "{package} {filter}"),
        }
    }
}

/// A bug, and where it goes.
#[derive(Debug, Clone, Copy)]
pub struct Bug {
    /// Who must find it.
    pub found_by: Suite,
    /// Its name.
    pub name: &'static str,
    /// What it comes to.
    pub what: &'static str,
    /// The file, from the root of the workspace.
    pub file: &'static str,
    /// What stands there.
    pub from: &'static str,
    /// What takes its place; `WANTED` becomes the question whether this bug is wanted.
    pub to: &'static str,
}

const APPEND: &str = "milestone-store-file/src/log/append.rs";
const SYNC: &str = "milestone-store-file/src/log/sync.rs";
const STORE: &str = "milestone-store-file/src/log/store.rs";
const ARCHIVE: &str = "milestone-store-file/src/log/archive.rs";
const LOCK: &str = "milestone-store-file/src/log/lock.rs";
const VIEW: &str = "milestone-store-file/src/view/mirror.rs";

/// Every planted bug.
pub fn bugs() -> impl Iterator<Item = &'static Bug> {
    BELOW.iter().chain(ABOVE)
}

/// Those in what touches the files.
const BELOW: &[Bug] = &[
    Bug {
        found_by: Suite::Crash,
        name: "no-sync",
        what: "lines are acknowledged without fdatasync",
        file: SYNC,
        from: "disk.sync(&part.own.file).map_err",
        to: "(if WANTED { Ok(()) } else { disk.sync(&part.own.file) }).map_err",
    },
    Bug {
        found_by: Suite::Crash,
        name: "no-inode-check",
        what: "nobody looks whether the file still has its name",
        file: SYNC,
        from: "named.inode == part.own.inode && named.len >= part.end()",
        to: "WANTED || named.inode == part.own.inode && named.len >= part.end()",
    },
    Bug {
        found_by: Suite::Crash,
        name: "no-reappend",
        what: "lines that git took away before the look are not appended again",
        file: SYNC,
        from: "parts = append_again(",
        to: "if WANTED { return Ok(durable); }\n        parts = append_again(",
    },
    Bug {
        found_by: Suite::Crash,
        name: "failed-sync-acknowledged",
        what: "a refused fdatasync is taken for a success",
        file: SYNC,
        from: ".map_err(|source| refused(part, source))?;",
        to: ".or_else(|error| if WANTED { Ok(()) } else { Err(error) })\
             .map_err(|source| refused(part, source))?;",
    },
    Bug {
        found_by: Suite::Crash,
        name: "no-folder-sync",
        what: "the name of a new file is not made durable",
        file: APPEND,
        from: "    paths.disk.sync_folder(&paths.log).map_err(on(&paths.log))?;",
        to: "    if !WANTED { paths.disk.sync_folder(&paths.log).map_err(on(&paths.log))?; }",
    },
    Bug {
        found_by: Suite::Crash,
        name: "no-root-sync",
        what: "the name of the log's own folder is not made durable",
        file: APPEND,
        from: "    paths.disk.sync_folder(&paths.root).map_err(on(&paths.root))",
        to: "    if WANTED { return Ok(()); }\n\
             paths.disk.sync_folder(&paths.root).map_err(on(&paths.root))",
    },
    Bug {
        found_by: Suite::Crash,
        name: "no-newline-guard",
        what: "a line is appended to a fragment without a LF between",
        file: APPEND,
        from: "let to_write = if own.torn {",
        to: "let to_write = if own.torn && !WANTED {",
    },
    Bug {
        found_by: Suite::Crash,
        name: "no-take-back",
        what: "what a failed write left is not taken back",
        file: APPEND,
        from: "            take_back(paths, &files)?;",
        to: "            if !WANTED { take_back(paths, &files)?; }",
    },
    Bug {
        found_by: Suite::Crash,
        name: "take-back-not-synced",
        what: "a failed write is taken back, and not durably",
        file: APPEND,
        from: "disk.set_len(&own.file, own.len).and_then(|()| disk.sync(&own.file))",
        to: "disk.set_len(&own.file, own.len)\
             .and_then(|()| if WANTED { Ok(()) } else { disk.sync(&own.file) })",
    },
    Bug {
        found_by: Suite::Crash,
        name: "created-file-stays",
        what: "a file that was begun for a failed write is emptied by nobody",
        file: APPEND,
        from: "let taken_back = if own.len == 0 {",
        to: "let taken_back = if own.len == 0 && WANTED {\nOk(())\n} else if own.len == 0 {",
    },
    Bug {
        found_by: Suite::Crash,
        name: "part-not-synced",
        what: "a full file is not synced before the next one is begun for the rest",
        file: APPEND,
        from: "    if !is_last {",
        to: "    if !is_last && !WANTED {",
    },
    Bug {
        found_by: Suite::Crash,
        name: "full-file-not-synced",
        what: "a file that is full is left with lines in it that nobody syncs",
        file: APPEND,
        from: "Some(own) if first.is_empty() => paths.disk.sync(&own.file)",
        to: "Some(_) if first.is_empty() && WANTED => {}\n\
             Some(own) if first.is_empty() => paths.disk.sync(&own.file)",
    },
    Bug {
        found_by: Suite::Crash,
        name: "left-file-not-synced",
        what: "a file that is not continued is left with lines in it that nobody syncs",
        file: APPEND,
        from: "None => own::sync_newest(paths, &writer.state)",
        to: "None if WANTED => {}\nNone => own::sync_newest(paths, &writer.state)",
    },
    Bug {
        found_by: Suite::Crash,
        name: "failed-append-acknowledged",
        what: "an append that failed is told to have worked",
        file: APPEND,
        from: "Err(AppendError::Io { what: shown(&failed.what), source: failed.source })",
        to: "            if WANTED { return Ok(Vec::new()); }\n\
             Err(AppendError::Io { what: shown(&failed.what), source: failed.source })",
    },
    Bug {
        found_by: Suite::Crash,
        name: "no-o-append",
        what: "a line is written where the file ended when it was opened first",
        file: APPEND,
        from: "write_once(disk, &own.file, to_write)?;",
        to: "if WANTED {\nlet file = disk.open(&own.path, crate::disk::How::Write)?;\n\
             let at = own.len.saturating_sub(300);\n\
             crate::disk::write_all_at(disk, &file, to_write, at)?;\n\
             } else {\nwrite_once(disk, &own.file, to_write)?;\n}",
    },
    Bug {
        found_by: Suite::Crash,
        name: "no-lock",
        what: "a busy lock is taken for a free one",
        file: LOCK,
        from: "match disk.try_lock(&file) {",
        to: "match if WANTED { Ok(()) } else { disk.try_lock(&file) } {",
    },
    Bug {
        found_by: Suite::Crash,
        name: "lock-unlinked",
        what: "the lock file is removed by whoever comes next",
        file: LOCK,
        from: "    let mut file = open(paths).map_err(cannot_lock)?;",
        to: "    if WANTED { let _ = disk.remove(&paths.lock); }\n\
             let mut file = open(paths).map_err(cannot_lock)?;",
    },
    Bug {
        found_by: Suite::Crash,
        name: "repeated-not-synced",
        what: "a repeated command is acknowledged before the first one is synced",
        file: STORE,
        from: "            Some(state) => own::sync_newest(&self.paths, &state),",
        to: "            Some(_) if WANTED => Ok(()),\n\
             Some(state) => own::sync_newest(&self.paths, &state),",
    },
    Bug {
        found_by: Suite::Crash,
        name: "not-kept",
        what: "acknowledged lines are not kept beside the log",
        file: STORE,
        from: "        let _ = kept::keep(&self.paths, program, &buffers);",
        to: "        if !WANTED { let _ = kept::keep(&self.paths, program, &buffers); }",
    },
    Bug {
        found_by: Suite::Crash,
        name: "repair-cuts-a-line",
        what: "a repair cuts the last whole line as well",
        file: "milestone-store-file/src/log/recovered.rs",
        from: "let offset = after_last_lf(disk, &file, len)?;",
        to: "let offset = after_last_lf(disk, &file, if WANTED { len.saturating_sub(1) } \
             else { len })?;",
    },
    Bug {
        found_by: Suite::Crash,
        name: "archive-not-synced",
        what: "a file is removed before its archive is durable",
        file: ARCHIVE,
        from: "let read_back = disk.sync(&file).and_then",
        to: "let read_back = (if WANTED { Ok(()) } else { disk.sync(&file) }).and_then",
    },
    Bug {
        found_by: Suite::Crash,
        name: "archive-name-not-synced",
        what: "a file is removed before the name of its archive is durable",
        file: ARCHIVE,
        from: "    paths.disk.sync_folder(&paths.log).map_err(on(&paths.log))?;\n    \
               after(Step::NameDurable)",
        to: "    if !WANTED { paths.disk.sync_folder(&paths.log).map_err(on(&paths.log))?; }\n    \
             after(Step::NameDurable)",
    },
    Bug {
        found_by: Suite::Crash,
        name: "archive-of-half",
        what: "a file is removed whose archive holds half of it",
        file: ARCHIVE,
        from: "        write(paths, &path, &packed, &bytes, after)?;",
        to: "        let half = &bytes[..bytes.len() / 2];\n\
             let packed_half = pack(half).map_err(on(&path))?;\n\
             let (packed, half) = if WANTED { (&packed_half, half) } else { (&packed, &*bytes) };\n\
             write(paths, &path, packed, half, after)?;",
    },
    Bug {
        found_by: Suite::Crash,
        name: "position-first",
        what: "the view says how far it is before it is there",
        file: VIEW,
        from: "        self.unadopted.clear();\n        for id in &touched {",
        to: "        self.unadopted.clear();\n        if WANTED && let Some(next) = batch.next {\n\
             self.keep(next)?;\n}\n        for id in &touched {",
    },
    Bug {
        found_by: Suite::Crash,
        name: "view-in-place",
        what: "files of the view are written in place, not replaced",
        file: "milestone-store-file/src/disk.rs",
        from: "    let file = disk.open(beside, How::New { mode })?;",
        to: "    if WANTED {\nlet file = disk.open(path, How::Rewrite)?;\n\
             return write_all_at(disk, &file, bytes, 0);\n}\n    \
             let file = disk.open(beside, How::New { mode })?;",
    },
    Bug {
        found_by: Suite::Crash,
        name: "hash-not-checked",
        what: "a line counts whatever its hash is",
        file: "milestone-core/src/log/record.rs",
        from: "if claimed != found {",
        to: "if claimed != found && !WANTED {",
    },
];
