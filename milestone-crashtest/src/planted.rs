//! The planted bugs: places of the source, and what stands there when a bug is wanted.
//!
//! Start at [`BUGS`]. `sabotage` puts all of them into a copy of the source, each behind a question
//! that is answered at run time, so that one build serves for all of them.
//!
//! - **Invariant.** Nothing of this is in the source itself, nor in anything that is built from it.
//! - **Invariant.** Each place is there exactly once; a test says so when the source has moved on.

/// A bug, and where it goes.
#[derive(Debug, Clone, Copy)]
pub struct Bug {
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
pub const BUGS: &[Bug] = &[
    Bug {
        name: "no-sync",
        what: "lines are acknowledged without fdatasync",
        file: SYNC,
        from: "disk.sync(&part.own.file).map_err",
        to: "(if WANTED { Ok(()) } else { disk.sync(&part.own.file) }).map_err",
    },
    Bug {
        name: "no-inode-check",
        what: "nobody looks whether the file still has its name",
        file: SYNC,
        from: "named.inode == part.own.inode && named.len >= part.end()",
        to: "WANTED || named.inode == part.own.inode && named.len >= part.end()",
    },
    Bug {
        name: "no-reappend",
        what: "lines that git took away before the look are not appended again",
        file: SYNC,
        from: "parts = append_again(",
        to: "if WANTED { return Ok(durable); }\n        parts = append_again(",
    },
    Bug {
        name: "failed-sync-acknowledged",
        what: "a refused fdatasync is taken for a success",
        file: SYNC,
        from: ".map_err(|source| refused(part, source))?;",
        to: ".or_else(|error| if WANTED { Ok(()) } else { Err(error) })\
             .map_err(|source| refused(part, source))?;",
    },
    Bug {
        name: "no-folder-sync",
        what: "the name of a new file is not made durable",
        file: APPEND,
        from: "    paths.disk.sync_folder(&paths.log).map_err(on(&paths.log))?;",
        to: "    if !WANTED { paths.disk.sync_folder(&paths.log).map_err(on(&paths.log))?; }",
    },
    Bug {
        name: "no-root-sync",
        what: "the name of the log's own folder is not made durable",
        file: APPEND,
        from: "    paths.disk.sync_folder(&paths.root).map_err(on(&paths.root))",
        to: "    if WANTED { return Ok(()); }\n\
             paths.disk.sync_folder(&paths.root).map_err(on(&paths.root))",
    },
    Bug {
        name: "no-newline-guard",
        what: "a line is appended to a fragment without a LF between",
        file: APPEND,
        from: "let to_write = if own.torn {",
        to: "let to_write = if own.torn && !WANTED {",
    },
    Bug {
        name: "no-take-back",
        what: "what a failed write left is not taken back",
        file: APPEND,
        from: "            take_back(paths, &files)?;",
        to: "            if !WANTED { take_back(paths, &files)?; }",
    },
    Bug {
        name: "take-back-not-synced",
        what: "a failed write is taken back, and not durably",
        file: APPEND,
        from: "disk.set_len(&own.file, own.len).and_then(|()| disk.sync(&own.file))",
        to: "disk.set_len(&own.file, own.len)\
             .and_then(|()| if WANTED { Ok(()) } else { disk.sync(&own.file) })",
    },
    Bug {
        name: "created-file-stays",
        what: "a file that was begun for a failed write is emptied by nobody",
        file: APPEND,
        from: "let taken_back = if own.len == 0 {",
        to: "let taken_back = if own.len == 0 && WANTED {\nOk(())\n} else if own.len == 0 {",
    },
    Bug {
        name: "short-write-is-whole",
        what: "a short write is taken for a whole one",
        file: APPEND,
        from: "if written == bytes.len() {",
        to: "if WANTED || written == bytes.len() {",
    },
    Bug {
        name: "part-not-synced",
        what: "a full file is not synced before the next one is begun for the rest",
        file: APPEND,
        from: "    if !is_last {",
        to: "    if !is_last && !WANTED {",
    },
    Bug {
        name: "full-file-not-synced",
        what: "a file that is full is left with lines in it that nobody syncs",
        file: APPEND,
        from: "Some(own) if first.is_empty() => paths.disk.sync(&own.file)",
        to: "Some(_) if first.is_empty() && WANTED => {}\n\
             Some(own) if first.is_empty() => paths.disk.sync(&own.file)",
    },
    Bug {
        name: "left-file-not-synced",
        what: "a file that is not continued is left with lines in it that nobody syncs",
        file: APPEND,
        from: "None => own::sync_newest(paths, &writer.state)",
        to: "None if WANTED => {}\nNone => own::sync_newest(paths, &writer.state)",
    },
    Bug {
        name: "failed-append-acknowledged",
        what: "an append that failed is told to have worked",
        file: APPEND,
        from: "Err(AppendError::Io { what: shown(&failed.what), source: failed.source })",
        to: "            if WANTED { return Ok(Vec::new()); }\n\
             Err(AppendError::Io { what: shown(&failed.what), source: failed.source })",
    },
    Bug {
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
        name: "no-lock",
        what: "a busy lock is taken for a free one",
        file: LOCK,
        from: "match disk.try_lock(&file) {",
        to: "match if WANTED { Ok(()) } else { disk.try_lock(&file) } {",
    },
    Bug {
        name: "lock-unlinked",
        what: "the lock file is removed by whoever comes next",
        file: LOCK,
        from: "    let mut file = open(paths).map_err(cannot_lock)?;",
        to: "    if WANTED { let _ = disk.remove(&paths.lock); }\n\
             let mut file = open(paths).map_err(cannot_lock)?;",
    },
    Bug {
        name: "repeated-not-synced",
        what: "a repeated command is acknowledged before the first one is synced",
        file: STORE,
        from: "            Some(state) => own::sync_newest(&self.paths, &state),",
        to: "            Some(_) if WANTED => Ok(()),\n\
             Some(state) => own::sync_newest(&self.paths, &state),",
    },
    Bug {
        name: "not-kept",
        what: "acknowledged lines are not kept beside the log",
        file: STORE,
        from: "        let _ = kept::keep(&self.paths, program, &buffers);",
        to: "        if !WANTED { let _ = kept::keep(&self.paths, program, &buffers); }",
    },
    Bug {
        name: "repair-cuts-a-line",
        what: "a repair cuts the last whole line as well",
        file: "milestone-store-file/src/log/recovered.rs",
        from: "let offset = after_last_lf(disk, &file, len)?;",
        to: "let offset = after_last_lf(disk, &file, if WANTED { len.saturating_sub(1) } \
             else { len })?;",
    },
    Bug {
        name: "archive-not-synced",
        what: "a file is removed before its archive is durable",
        file: ARCHIVE,
        from: "let read_back = disk.sync(&file).and_then",
        to: "let read_back = (if WANTED { Ok(()) } else { disk.sync(&file) }).and_then",
    },
    Bug {
        name: "archive-name-not-synced",
        what: "a file is removed before the name of its archive is durable",
        file: ARCHIVE,
        from: "    paths.disk.sync_folder(&paths.log).map_err(on(&paths.log))?;\n    \
               after(Step::NameDurable)",
        to: "    if !WANTED { paths.disk.sync_folder(&paths.log).map_err(on(&paths.log))?; }\n    \
             after(Step::NameDurable)",
    },
    Bug {
        name: "archive-of-another",
        what: "a file is removed whose archive was not read back, and is short",
        file: ARCHIVE,
        from: "write_all_at(disk, &file, packed, 0)?;",
        to: "write_all_at(disk, &file, if WANTED { &packed[..packed.len() / 2] } else { packed }, \
             0)?;\n        if WANTED { return disk.open(&paths.archiving, How::Read); }",
    },
    Bug {
        name: "position-first",
        what: "the view says how far it is before it is there",
        file: VIEW,
        from: "        self.unadopted.clear();\n        for id in &touched {",
        to: "        self.unadopted.clear();\n        if WANTED && let Some(next) = batch.next {\n\
             self.keep(next)?;\n}\n        for id in &touched {",
    },
    Bug {
        name: "view-in-place",
        what: "files of the view are written in place, not replaced",
        file: "milestone-store-file/src/disk.rs",
        from: "    let file = disk.open(beside, How::New { mode })?;",
        to: "    if WANTED {\nlet file = disk.open(path, How::Rewrite)?;\n\
             return write_all_at(disk, &file, bytes, 0);\n}\n    \
             let file = disk.open(beside, How::New { mode })?;",
    },
    Bug {
        name: "torn-line-counts",
        what: "a last line without LF is read as a record",
        file: "milestone-core/src/log/lines.rs",
        from: "    let end = start + at as u64;\n    let mut found",
        to: "    if WANTED && at < bytes.len()\n\
             && let Ok(text) = std::str::from_utf8(&bytes[at..]) {\n\
             let (id, len, offset) = (RecordId([0; 32]), text.len(), start + at as u64);\n\
             let line = LineRef { clock: 0, id, begin: at, len, offset, line: number };\n\
             let _ = take(text, line);\n}\n    \
             let end = start + at as u64;\n    let mut found",
    },
    Bug {
        name: "hash-not-checked",
        what: "a line counts whatever its hash is",
        file: "milestone-core/src/log/record.rs",
        from: "if claimed != found {",
        to: "if claimed != found && !WANTED {",
    },
];
