//! Real losses of power, as real as a file system in a file allows: it is shut down under its
//! writers without flushing anything, and mounted again.
//!
//! Start at [`power`].
//!
//! - **Invariant.** Only what was heard before the cut begins counts as told.
//! - **Not promised.** It needs rights to mount, a loop device and perl, which knows `ioctl`.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::random::Random;
use crate::writer::{Heard, check, program, torn};

/// `FS_IOC_SHUTDOWN` with `EXT4_GOING_FLAGS_NOLOGFLUSH`: what was not flushed is gone.
const SHUTDOWN: &str = "open(F, '<', $ARGV[0]) or die; my $how = pack('L', 2); \
     ioctl(F, 0x8004587d, $how) or die";
/// How large the file system is.
const IMAGE_BYTES: u64 = 32 << 20;
/// How many write at the same time.
const WRITERS: u64 = 3;
/// After so many cuts another file system is made.
const CUTS_PER_IMAGE: u64 = 15;

/// What came of many losses of power.
#[derive(Debug, Default)]
pub(crate) struct Cuts {
    pub(crate) cuts: u64,
    pub(crate) acknowledged: u64,
    pub(crate) torn: u64,
    pub(crate) failures: Vec<String>,
}

/// Cuts the power so many times; `Err` says why it cannot be done here.
pub(crate) fn power(seed: u64, cuts_min: u64) -> Result<Cuts, String> {
    let (mut cuts, mut random) = (Cuts::default(), Random::new(seed));
    while cuts.cuts < cuts_min && cuts.failures.is_empty() {
        let place = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let place = place.map_err(|error| error.to_string())?;
        let mut mounted = Mounted::new(place.path())?;
        let mut heard = Heard::default();
        for _ in 0..CUTS_PER_IMAGE.min(cuts_min - cuts.cuts) {
            heard.add(mounted.cut(&mut random).map_err(|error| error.to_string())?);
            cuts.cuts += 1;
            match check(&mounted.root(), &heard) {
                Ok(seen) => cuts.torn += torn(&seen.checkpoint.findings).min(1),
                Err(why) => {
                    cuts.failures.push(why);
                    break;
                }
            }
        }
        cuts.acknowledged += heard.acknowledged.len() as u64;
    }
    Ok(cuts)
}

/// A file system in a file.
struct Mounted {
    image: PathBuf,
    at: PathBuf,
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = run("umount", &[&self.at]);
    }
}

impl Mounted {
    fn new(place: &Path) -> Result<Self, String> {
        let mounted = Self { image: place.join("image"), at: place.join("at") };
        let made = || -> io::Result<()> {
            std::fs::File::create(&mounted.image)?.set_len(IMAGE_BYTES)?;
            std::fs::create_dir(&mounted.at)
        };
        made().map_err(|error| error.to_string())?;
        run("mkfs.ext4", &[Path::new("-q"), Path::new("-m0"), &mounted.image])?;
        mounted.mount()?;
        std::fs::create_dir(mounted.root()).map_err(|error| error.to_string())?;
        // The folder itself is not the log's to make durable.
        run("sync", &[])?;
        Ok(mounted)
    }

    fn root(&self) -> PathBuf {
        self.at.join("m")
    }

    fn mount(&self) -> Result<(), String> {
        run("mount", &[Path::new("-o"), Path::new("loop"), &self.image, &self.at])
    }

    /// Lets writers write, cuts the power, and brings it back. What they said before.
    fn cut(&mut self, random: &mut Random) -> io::Result<Heard> {
        let mut children = Vec::new();
        let said = tempfile::tempdir()?;
        for number in 0..WRITERS {
            let file = said.path().join(number.to_string());
            let mut command = Command::new(program());
            command.arg("writer").arg(self.root());
            command.args([random.next().to_string(), u64::MAX.to_string()]);
            command.stdout(std::fs::File::create(&file)?).stderr(Stdio::null());
            children.push((command.spawn()?, file));
        }
        thread::sleep(Duration::from_micros(20_000 + random.below(90_000) as u64));
        let mut heard = Heard::default();
        for (_, file) in &children {
            let text = std::fs::read_to_string(file)?;
            text.split_inclusive('\n')
                .filter_map(|line| line.strip_suffix('\n'))
                .for_each(|line| heard.line(line));
        }
        // What was refused is refused because the power was gone: nobody was told in time.
        heard.refused.clear();
        let cut = run("perl", &[Path::new("-e"), Path::new(SHUTDOWN), &self.at]);
        for (child, _) in &mut children {
            child.kill()?;
            child.wait()?;
        }
        cut.map_err(io::Error::other)?;
        run("umount", &[&self.at]).and_then(|()| self.mount()).map_err(io::Error::other)?;
        Ok(heard)
    }
}

fn run(program: &str, words: &[&Path]) -> Result<(), String> {
    let output = Command::new(program).args(words).stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("{program}: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim())),
    }
}
