//! The templates of a project: files in `.milestones/templates`, each named after its template.
//!
//! Start at [`template_files`].
//!
//! - **Invariant.** A file appears whole, under its name, or not at all.
//! - **Absent on purpose.** What a template says. Here it is bytes.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use milestone_core::words::Slug;

/// Where templates are, in the project's directory.
pub const TEMPLATES: &str = "templates";

/// What the name of a template's file ends with.
const SUFFIX: &str = ".md";

/// The most that is read of one file, in bytes; no template is as large.
const FILE_BYTES_MAX: u64 = 4 << 20;

/// A template's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFile {
    /// What the template is called.
    pub name: String,
    /// Where the file is.
    pub path: PathBuf,
}

impl TemplateFile {
    /// What is in the file.
    ///
    /// # Errors
    ///
    /// What the file system says.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(&self.path)?.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// The templates of the project whose directory is `root`, by name; none if there is no project. A
/// file whose name is no id is passed over.
///
/// # Errors
///
/// What the file system says, but not that there are none.
pub fn template_files(root: &Path) -> io::Result<Vec<TemplateFile>> {
    let entries = match std::fs::read_dir(root.join(TEMPLATES)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(name) = name.and_then(|name| name.strip_suffix(SUFFIX)) else { continue };
        if Slug::check(name).is_ok() && path.is_file() {
            files.push(TemplateFile { name: name.to_owned(), path });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// Writes a template's file; the file that was written. `replace` says what becomes of one that is
/// there already: without it that is an error of the kind [`io::ErrorKind::AlreadyExists`].
///
/// # Errors
///
/// What the file system says; then nothing has changed.
pub fn write_template(
    root: &Path,
    name: &Slug,
    text: &str,
    replace: bool,
) -> io::Result<TemplateFile> {
    let folder = root.join(TEMPLATES);
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{name}{SUFFIX}"));
    let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(&folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    match replace {
        true => file.persist(&path),
        false => file.persist_noclobber(&path),
    }
    .map_err(|error| error.error)?;
    Ok(TemplateFile { name: name.to_string(), path })
}
