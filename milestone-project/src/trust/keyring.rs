//! Keys: this person's own, and those of others that they trust. Ed25519 (RFC 8032).
//!
//! Start at [`KeyRing`]. A directory outside any project holds `NAME.key` (the secret, readable by
//! its owner alone), `NAME.pub` (a line to hand to others) and `trusted` (a line for each key of
//! others, and for each key that was revoked).
//!
//! - **Invariant.** A key's id is the first 16 hex digits of the SHA-256 of its public half.
//! - **Invariant.** A secret is made once and never overwritten, and never printed.
//! - **Not promised.** A key that was stolen signs as well as its owner until it is revoked here.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use milestone_core::words::Timestamp;
use sha2::{Digest, Sha256};

use super::hex::{from_hex, to_hex};

/// How a line with a public key begins.
const PUBLIC: &str = "milestone-ed25519";
/// How a file with a secret key begins.
const SECRET: &str = "milestone-ed25519-secret";
/// Most characters of a key's name.
const NAME_CHARS_MAX: usize = 64;
/// Most bytes of a file that is read here.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// The public half of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// What it is called here.
    pub name: String,
    bytes: [u8; 32],
}

/// A key whose secret is here.
#[derive(Debug)]
pub struct OwnKey {
    /// The half that is handed out.
    pub public: PublicKey,
    secret: SigningKey,
}

/// A key that is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownKey {
    /// The key.
    pub key: PublicKey,
    /// True if its secret is here.
    pub is_own: bool,
    /// Since when nothing it signs counts.
    pub revoked: Option<Timestamp>,
}

/// The keys of one person on one machine.
#[derive(Debug, Clone)]
pub struct KeyRing {
    dir: PathBuf,
}

/// Why a key was not made, found or trusted. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A secret must not lie where it is committed or copied along.
    #[error("{} is inside the project {}", dir.display(), project.display())]
    InsideProject {
        /// Where keys are kept.
        dir: PathBuf,
        /// The project.
        project: PathBuf,
    },
    /// There is a key of that name.
    #[error("there is a key \"{name}\" already")]
    Exists {
        /// Its name.
        name: String,
    },
    /// No key is called that.
    #[error("no key is called \"{asked}\"")]
    Unknown {
        /// What was asked for.
        asked: String,
    },
    /// A name is a file's name too.
    #[error("\"{name}\" is no name for a key: 1 to 64 of a-z, 0-9, \".\", \"-\" and \"_\"")]
    BadName {
        /// The name.
        name: String,
    },
    /// A text is no public key.
    #[error("\"{text}\" is no public key")]
    NotAKey {
        /// Its beginning.
        text: String,
    },
    /// The secret can be read by others.
    #[error("{} can be read by others (mode {mode:03o})", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// A file cannot be read or written.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
}

impl PublicKey {
    /// Reads what [`PublicKey::line`] wrote, or the 64 hex digits alone; `name` is what it is
    /// called where the text gives it no name.
    ///
    /// # Errors
    ///
    /// [`KeyError::NotAKey`], also for digits that are no point of the curve.
    pub fn parse(text: &str, name: &str) -> Result<Self, KeyError> {
        let no = || KeyError::NotAKey { text: text.trim().chars().take(40).collect() };
        let mut words = text.split_whitespace().peekable();
        words.next_if_eq(&PUBLIC);
        let bytes: [u8; 32] = words.next().and_then(from_hex).ok_or_else(no)?;
        VerifyingKey::from_bytes(&bytes).map_err(|_| no())?;
        let name = words.next().unwrap_or(name);
        check_name(name)?;
        Ok(Self { name: name.to_owned(), bytes })
    }

    /// 16 hex digits that name it for ever.
    #[must_use]
    pub fn id(&self) -> String {
        to_hex(&Sha256::digest(self.bytes)[..8])
    }

    /// The line that is handed to others.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{PUBLIC} {} {}", to_hex(&self.bytes), self.name)
    }

    /// True if `signature`, 128 hex digits, is this key's over `message`.
    #[must_use]
    pub fn signed(&self, message: &str, signature: &str) -> bool {
        let Some(signature) = from_hex::<64>(signature) else { return false };
        // Strict: a signature has one form, and weak keys sign nothing.
        VerifyingKey::from_bytes(&self.bytes).is_ok_and(|key| {
            key.verify_strict(message.as_bytes(), &Signature::from_bytes(&signature)).is_ok()
        })
    }
}

impl OwnKey {
    /// The signature over `message`, 128 hex digits.
    #[must_use]
    pub fn sign(&self, message: &str) -> String {
        to_hex(&self.secret.sign(message.as_bytes()).to_bytes())
    }
}

impl KeyRing {
    /// The keys in `dir`, which need not be there. `project` is the project that is worked on.
    ///
    /// # Errors
    ///
    /// [`KeyError::InsideProject`].
    pub fn open(dir: &Path, project: Option<&Path>) -> Result<Self, KeyError> {
        // What is not there yet lies where the nearest directory that is there lies.
        let place = dir.ancestors().find_map(|place| place.canonicalize().ok());
        let around = project.and_then(Path::parent).and_then(|dir| dir.canonicalize().ok());
        if let (Some(place), Some(around)) = (place, around)
            && place.starts_with(&around)
        {
            return Err(KeyError::InsideProject { dir: dir.to_owned(), project: around });
        }
        Ok(Self { dir: dir.to_owned() })
    }

    /// Where they are.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Says whether a key could have this name; looks for a key of it, and writes nothing.
    ///
    /// # Errors
    ///
    /// [`KeyError::Exists`], or a bad name.
    pub fn may_make(&self, name: &str) -> Result<(), KeyError> {
        check_name(name)?;
        match self.file(name, "key").exists() {
            true => Err(KeyError::Exists { name: name.to_owned() }),
            false => Ok(()),
        }
    }

    /// Makes a key of `seed`, which nobody else must know.
    ///
    /// # Errors
    ///
    /// [`KeyError::Exists`], a bad name, or files that cannot be written.
    pub fn make(&self, name: &str, seed: [u8; 32]) -> Result<PublicKey, KeyError> {
        self.may_make(name)?;
        let secret = SigningKey::from_bytes(&seed);
        let public = PublicKey { name: name.to_owned(), bytes: secret.verifying_key().to_bytes() };
        let failed = |action, path: &Path| {
            let path = path.to_owned();
            move |source| KeyError::Io { action, path, source }
        };
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(&self.dir).map_err(failed("make", &self.dir))?;
        let path = self.file(name, "key");
        let mut options = OpenOptions::new();
        let opened = options.write(true).create_new(true).mode(0o600).open(&path);
        let mut file = match opened {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(KeyError::Exists { name: name.to_owned() });
            }
            opened => opened.map_err(failed("make", &path))?,
        };
        let text = format!("{SECRET} {} {name}\n", to_hex(&seed));
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        written.map_err(failed("write", &path))?;
        let path = self.file(name, "pub");
        fs::write(&path, public.line() + "\n").map_err(failed("write", &path))?;
        Ok(public)
    }

    /// The key of that name, or with that id, whose secret is here.
    ///
    /// # Errors
    ///
    /// [`KeyError::Unknown`], [`KeyError::Exposed`], or a file that cannot be read.
    pub fn own(&self, asked: &str) -> Result<OwnKey, KeyError> {
        let unknown = || KeyError::Unknown { asked: asked.to_owned() };
        let known = self.known()?;
        let found = known.iter().filter(|known| known.is_own).find(|known| {
            known.key.name == asked || (asked.len() >= 4 && known.key.id().starts_with(asked))
        });
        let name = &found.ok_or_else(unknown)?.key.name;
        let path = self.file(name, "key");
        let failed = |source| KeyError::Io { action: "read", path: path.clone(), source };
        let mode = fs::metadata(&path).map_err(failed)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyError::Exposed { path, mode });
        }
        let text = read(&path)?;
        let mut words = text.split_whitespace();
        let seed = match (words.next(), words.next().and_then(from_hex::<32>)) {
            (Some(SECRET), Some(seed)) => seed,
            _ => return Err(KeyError::NotAKey { text: path.display().to_string() }),
        };
        let secret = SigningKey::from_bytes(&seed);
        let bytes = secret.verifying_key().to_bytes();
        Ok(OwnKey { public: PublicKey { name: name.clone(), bytes }, secret })
    }

    /// Every key that is known here, own ones first, by name.
    ///
    /// # Errors
    ///
    /// The directory or a file in it cannot be read.
    pub fn known(&self) -> Result<Vec<KnownKey>, KeyError> {
        let listed = self.listed()?;
        let revoked = |key: &PublicKey| {
            listed.iter().find(|(other, _)| other.bytes == key.bytes).and_then(|(_, since)| *since)
        };
        let mut known = Vec::new();
        let entries = match fs::read_dir(&self.dir) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(known),
            entries => entries.map_err(|source| KeyError::Io {
                action: "read",
                path: self.dir.clone(),
                source,
            })?,
        };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if path.extension().is_some_and(|extension| extension == "pub")
                && path.with_extension("key").is_file()
            {
                let name = path.file_stem().unwrap_or_default().to_string_lossy();
                let key =
                    PublicKey { name: name.to_string(), ..PublicKey::parse(&read(&path)?, &name)? };
                known.push(KnownKey { revoked: revoked(&key), key, is_own: true });
            }
        }
        known.sort_by(|a, b| a.key.name.cmp(&b.key.name));
        let others: Vec<KnownKey> = listed
            .iter()
            .filter(|(key, _)| known.iter().all(|own| own.key.bytes != key.bytes))
            .map(|(key, since)| KnownKey { key: key.clone(), is_own: false, revoked: *since })
            .collect();
        known.extend(others);
        Ok(known)
    }

    /// Trusts a key of somebody else; one that was revoked is trusted again.
    ///
    /// # Errors
    ///
    /// [`KeyError::Exists`] if another key has its name, or the list cannot be written.
    pub fn trust(&self, key: &PublicKey) -> Result<(), KeyError> {
        let taken = |known: &KnownKey| known.key.name == key.name && known.key.bytes != key.bytes;
        if self.known()?.iter().any(taken) {
            return Err(KeyError::Exists { name: key.name.clone() });
        }
        self.put(key, None)
    }

    /// Lets nothing count any more that the key of that name or id signs; returns the key.
    ///
    /// # Errors
    ///
    /// [`KeyError::Unknown`], or the list cannot be written.
    pub fn revoke(&self, asked: &str, now: Timestamp) -> Result<PublicKey, KeyError> {
        let known = self.known()?;
        let found = known
            .into_iter()
            .map(|known| known.key)
            .find(|key| key.name == asked || (asked.len() >= 4 && key.id().starts_with(asked)));
        let key = found.ok_or_else(|| KeyError::Unknown { asked: asked.to_owned() })?;
        self.put(&key, Some(now))?;
        Ok(key)
    }

    fn put(&self, key: &PublicKey, revoked: Option<Timestamp>) -> Result<(), KeyError> {
        let path = self.dir.join("trusted");
        let failed = |source| KeyError::Io { action: "write", path: path.clone(), source };
        let mut listed = self.listed()?;
        listed.retain(|(other, _)| other.bytes != key.bytes);
        listed.push((key.clone(), revoked));
        listed.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        let line = |(key, revoked): &(PublicKey, Option<Timestamp>)| match revoked {
            None => key.line() + "\n",
            Some(since) => format!("{} revoked {since}\n", key.line()),
        };
        let text: String = listed.iter().map(line).collect();
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(&self.dir).map_err(failed)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.dir).map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        Ok(())
    }

    /// The lines of `trusted`.
    fn listed(&self) -> Result<Vec<(PublicKey, Option<Timestamp>)>, KeyError> {
        let path = self.dir.join("trusted");
        if !path.is_file() {
            return Ok(Vec::new());
        }
        let mut listed = Vec::new();
        for line in read(&path)?.lines().filter(|line| !line.trim().is_empty()) {
            let key = PublicKey::parse(line, "key")?;
            let mut rest = line.split_whitespace().skip_while(|word| *word != "revoked").skip(1);
            let since = rest.next().map(|since| {
                Timestamp::parse(since).ok_or(KeyError::NotAKey { text: line.to_owned() })
            });
            listed.push((key, since.transpose()?));
        }
        Ok(listed)
    }

    fn file(&self, name: &str, extension: &str) -> PathBuf {
        self.dir.join(format!("{name}.{extension}"))
    }
}

fn check_name(name: &str) -> Result<(), KeyError> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    let good = (1..=NAME_CHARS_MAX).contains(&name.len()) && name.chars().all(fits);
    match good && !name.starts_with(['.', '-']) && name != "revoked" {
        true => Ok(()),
        false => Err(KeyError::BadName { name: name.to_owned() }),
    }
}

fn read(path: &Path) -> Result<String, KeyError> {
    let failed = |source| KeyError::Io { action: "read", path: path.to_owned(), source };
    let mut text = String::new();
    let file = fs::File::open(path).map_err(failed)?;
    std::io::Read::read_to_string(&mut std::io::Read::take(file, FILE_BYTES_MAX), &mut text)
        .map_err(failed)?;
    Ok(text)
}
