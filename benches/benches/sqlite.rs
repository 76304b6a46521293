//! What do the SQLite projections cost: built from a large log, and kept up to date?
//!
//! - **Measures** building each projection from a generated log in the page cache, on two threads,
//!   best of the rounds; its memory at the peak, in a process of its own, less what the fold alone
//!   takes; and taking in one more record, with 25 milestones and with many.
//! - **Baseline** the `sqlite3` shell, which imports the same lines into one table without indices,
//!   in the same rounds. Without the shell that part is left out, and it says so.
//! - **Run** `cargo bench -p milestone-benches --bench sqlite -- [records] [milestones]`

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use milestone_benches::generate::{Size, generate};
use milestone_benches::measure::{Made, best_of, made, peak_bytes, resident_bytes};
use milestone_core::domain::{Body, Event, NoteAdded};
use milestone_core::log::{Draft, Reads};
use milestone_core::projection::{Base, Projection, State, build_all, project, rebuild, restore};
use milestone_core::words::{StreamId, Timestamp};
use milestone_project::scan_on;
use milestone_store_file::{FileStore, Options};
use milestone_store_sqlite::{Analytics, Index, IndexBase, Search};

const ROUNDS: usize = 3;
/// Threads that read the log of a build, as in a migration.
const THREADS: usize = 2;
const MEMORY_SWITCH: &str = "--memory-of";

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [switch, which, dir] = words.as_slice()
        && switch == MEMORY_SWITCH
    {
        return memory(which, Path::new(dir));
    }
    let number = |at: usize, default: u64| {
        words.get(at).and_then(|word| word.parse().ok()).unwrap_or(default)
    };
    let (records, milestones) = (number(0, 1_000_000), number(1, 10_000));
    for records in [records, 4 * records] {
        let dir = tempfile::tempdir().expect("a place for the project");
        let size = Size { records, milestones, writers: 1, seed: 1 };
        let records = generate(dir.path(), size).expect("room for the project");
        println!("{records} records, {milestones} milestones");
        if size.records == number(0, 1_000_000) {
            builds(dir.path(), records);
        }
        for which in ["fold", "index", "all"] {
            let output = Command::new(std::env::current_exe().expect("this program"))
                .args([MEMORY_SWITCH, which, &dir.path().display().to_string()])
                .output()
                .expect("this program runs");
            print!("{}", String::from_utf8_lossy(&output.stdout));
        }
    }
    for milestones in [25, 10 * milestones] {
        catch_up(milestones);
    }
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

fn store(dir: &Path) -> FileStore {
    FileStore::open(&dir.join(".milestones"), Options::default()).expect("the project opens")
}

/// Builds the projection of that name, or all of them from one reading of the log.
fn build_one(store: &FileStore, which: &str, dir: &Path) {
    let mut index = Index::new(dir.join("index.sqlite"));
    let mut search = Search::new(dir.join("search.sqlite"));
    let mut analytics = Analytics::new(dir.join("analytics.sqlite"));
    let mut wanted: Vec<&mut dyn Projection> = match which {
        "index" => vec![&mut index],
        "search" => vec![&mut search],
        "analytics" => vec![&mut analytics],
        _ => vec![&mut index, &mut search, &mut analytics],
    };
    build_all(|visit| scan_on(store, THREADS, visit), &mut wanted, |_| {}).expect("it is built");
}

fn builds(dir: &Path, records: u64) {
    let store = store(dir);
    let lines = dir.join("lines.txt");
    join_lines(dir, &lines).expect("room for the lines once more");
    let shell = Command::new("sqlite3").arg("-version").stdout(Stdio::null()).status().is_ok();
    if !shell {
        println!("  LEFT OUT: there is no sqlite3 shell to compare with");
    }
    let bare = dir.join("bare.sqlite");
    let mut import = || made(|| import(&lines, &bare));
    let mut fold =
        || -> Made { Box::new(rebuild(&store, "to measure").expect("the log can be read")) };
    let mut index = || made(|| build_one(&store, "index", dir));
    let mut search = || made(|| build_one(&store, "search", dir));
    let mut analytics = || made(|| build_one(&store, "analytics", dir));
    let mut all = || made(|| build_one(&store, "all", dir));
    let mut nothing = || made(|| {});
    let best = best_of(
        ROUNDS,
        &mut [
            (".import", if shell { &mut import } else { &mut nothing }),
            ("fold", &mut fold),
            ("index", &mut index),
            ("search", &mut search),
            ("analytics", &mut analytics),
            ("all", &mut all),
        ],
    );
    let seconds: Vec<f64> = best.iter().map(std::time::Duration::as_secs_f64).collect();
    println!("  .import of the same lines: {:.2} s; fold alone: {:.2} s", seconds[0], seconds[1]);
    for (which, seconds_of) in ["index", "search", "analytics", "all"].iter().zip(&seconds[2..]) {
        let files = ["index", "search", "analytics"].into_iter();
        let files = files.filter(|file| *which == "all" || file == which);
        let size = |file| std::fs::metadata(dir.join(format!("{file}.sqlite")));
        let bytes: u64 = files.filter_map(|file| size(file).ok()).map(|file| file.len()).sum();
        println!(
            "  {which}: {seconds_of:.2} s, {:.0} records/s, {:.2} x .import, {:.0} MiB on disk",
            records as f64 / seconds_of,
            seconds_of / seconds[0],
            mib(bytes)
        );
    }
}

fn join_lines(dir: &Path, into: &Path) -> std::io::Result<()> {
    let mut all = std::fs::File::create(into)?;
    let mut files: Vec<_> = std::fs::read_dir(dir.join(".milestones/log"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.sort();
    for file in files {
        std::io::copy(&mut std::fs::File::open(file)?, &mut all)?;
    }
    Ok(())
}

/// What the shell does with the lines: one column, split nowhere.
fn import(lines: &Path, into: &Path) {
    let _ = std::fs::remove_file(into);
    let status = Command::new("sqlite3")
        .arg(into)
        .args(["-cmd", "CREATE TABLE lines(line TEXT)"])
        .args(["-cmd", ".mode ascii", "-cmd", ".separator \"\\037\" \"\\n\""])
        .arg(format!(".import \"{}\" lines", lines.display()))
        .stdout(Stdio::null())
        .status();
    assert!(status.is_ok_and(|status| status.success()), "the shell imports");
}

fn memory(which: &str, dir: &Path) {
    let store = store(dir);
    let before = resident_bytes();
    if which == "fold" {
        let caught = rebuild(&store, "to measure").expect("the log can be read");
        let (held, peak) = (resident_bytes() - before, peak_bytes() - before);
        println!("  fold: {:.0} MiB held, {:.0} MiB at the peak", mib(held), mib(peak));
        return drop(caught);
    }
    build_one(&store, which, dir);
    println!("  {which}: {:.0} MiB at the peak", mib(peak_bytes() - before));
}

/// One more record: opening, folding it, following it, as a command does.
fn catch_up(milestones: u64) {
    const TIMES: u32 = 50;
    let dir = tempfile::tempdir().expect("a place for the project");
    let size = Size { records: 11 * milestones + 1, milestones, writers: 1, seed: 1 };
    let records = generate(dir.path(), size).expect("room for the project");
    build_one(&store(dir.path()), "index", dir.path());
    let path = dir.path().join("index.sqlite");
    let (mut open, mut follow) = (Vec::new(), Vec::new());
    for number in 0..TIMES {
        append_note(dir.path(), &path, number);
        let begin = std::time::Instant::now();
        let store = store(dir.path());
        let base = IndexBase::open(&path).expect("it opens").expect("it was built");
        let known = base.checkpoint().clone();
        let base: Arc<dyn Base> = Arc::new(base);
        let caught = restore(&store, &base, &known).expect("the log can be read");
        open.push(begin.elapsed());
        let mut index = Index::new(&path);
        project(&store, &caught.state, &caught.checkpoint, &mut index).expect("it follows");
        follow.push(begin.elapsed());
    }
    open.sort();
    follow.sort();
    println!(
        "{milestones} milestones, {records} records, one more: {:.2} ms to open and fold it, \
         {:.2} ms with the index brought up to date (medians)",
        open[open.len() / 2].as_secs_f64() * 1e3,
        follow[follow.len() / 2].as_secs_f64() * 1e3
    );
}

/// Writes a note on the first task of the first milestone.
fn append_note(dir: &Path, path: &Path, number: u32) {
    let base = IndexBase::open(path).expect("it opens").expect("it was built");
    let checkpoint = base.checkpoint().clone();
    let state = State::from_base(Arc::new(base));
    let stream = StreamId::parse("milestone-0/task-0").expect("a stream");
    let note = NoteAdded {
        task: Some("task-0".into()),
        note: format!("note{number:04}").into(),
        text: "one more".into(),
    };
    let reads = vec![(stream.as_str().to_owned().into(), state.frontier(stream.as_str()).into())];
    let draft = Draft {
        prev: &checkpoint.heads,
        max_clock: checkpoint.max_clock,
        now: Timestamp(checkpoint.max_clock.cast_signed() + 1),
        actor: "dana",
        session_id: "s",
        user_context: None,
        command_id: None,
        reads: &Reads(reads.into()),
        events: &[Event::of("milestone-0", Body::NoteAdded(note))],
    };
    let line = draft.encode().line + "\n";
    let last = checkpoint.files.last().expect("a log file").name.clone();
    let log = dir.join(".milestones/log").join(last);
    let mut file = std::fs::OpenOptions::new().append(true).open(log).expect("the log");
    std::io::Write::write_all(&mut file, line.as_bytes()).expect("room for a line");
}
