//! How fast is a log folded, every hash checked, and how much memory does that take?
//!
//! - **Measures** `rebuild` (one thread) and `rebuild_by` two threads, of a generated log in the
//!   page cache; best of the rounds, as ratios to the baseline run in the same rounds.
//! - **Baseline** the same lines, typed and borrowed through `serde_json` into the same `Record`,
//!   and SHA-256 of the same lines: no order, no links, no fold.
//! - **Memory** the resident set after the fold, less that before it, in a process of its own.
//! - **Run** `cargo bench -p milestone-benches --bench replay -- [records] [milestones]`

use std::path::Path;
use std::process::Command;

use milestone_benches::generate::{Size, TASKS, generate};
use milestone_benches::measure::{Made, best_of, made, peak_bytes, resident_bytes};
use milestone_core::log::{LogStore, Record, Visit};
use milestone_core::projection::{rebuild, rebuild_by};
use milestone_project::scan_on;
use milestone_store_file::{FileStore, Options};
use sha2::{Digest, Sha256};

const ROUNDS: usize = 5;
const MEMORY_SWITCH: &str = "--memory-of";

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [switch, dir] = words.as_slice()
        && switch == MEMORY_SWITCH
    {
        return memory(Path::new(dir));
    }
    let number = |at: usize, default: u64| {
        words.get(at).and_then(|word| word.parse().ok()).unwrap_or(default)
    };
    let (records, milestones) = (number(0, 1_000_000), number(1, 10_000));
    for writers in [1, 4] {
        let dir = tempfile::tempdir().expect("a place for the project");
        let size = Size { records, milestones, writers, seed: 1 };
        let records = generate(dir.path(), size).expect("room for the project");
        println!("{records} records, {milestones} milestones, {writers} writers");
        replay(dir.path(), records);
        let aggregates = milestones * (1 + TASKS);
        let allowed = aggregates * 1_536 + records * 32;
        let output = Command::new(std::env::current_exe().expect("this program"))
            .args([MEMORY_SWITCH, &dir.path().display().to_string()])
            .output()
            .expect("this program runs");
        print!("{}", String::from_utf8_lossy(&output.stdout));
        println!("  allowed: {:.1} MiB and a constant", mib(allowed));
    }
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

fn store(dir: &Path) -> FileStore {
    FileStore::open(&dir.join(".milestones"), Options::default()).expect("the project opens")
}

fn memory(dir: &Path) {
    let store = store(dir);
    let before = resident_bytes();
    let caught = rebuild(&store, "to measure").expect("the log can be read");
    let held = resident_bytes() - before;
    let peak = peak_bytes() - before;
    println!("  memory: {:.1} MiB held, {:.1} MiB at the peak", mib(held), mib(peak));
    drop(caught);
}

fn replay(dir: &Path, records: u64) {
    let store = store(dir);
    let mut buffer = vec![0; 256 * 1024];
    let mut baseline = || made(|| baseline(&store, &mut buffer));
    let mut one =
        || -> Made { Box::new(rebuild(&store, "to measure").expect("the log can be read")) };
    let mut two = || -> Made {
        let read = |visit: &mut Visit<'_>| scan_on(&store, 2, visit);
        Box::new(rebuild_by(read, "to measure").expect("the log can be read"))
    };
    let best = best_of(
        ROUNDS,
        &mut [("baseline", &mut baseline), ("one thread", &mut one), ("two threads", &mut two)],
    );
    let seconds: Vec<f64> = best.iter().map(std::time::Duration::as_secs_f64).collect();
    println!("  baseline:    {:.3} s", seconds[0]);
    println!(
        "  one thread:  {:.3} s, {:.0} records/s, {:.2} x baseline",
        seconds[1],
        records as f64 / seconds[1],
        seconds[1] / seconds[0]
    );
    println!("  two threads: {:.3} s, {:.2} x one thread", seconds[2], seconds[2] / seconds[1]);
}

/// Reads every file in large pieces; checks UTF-8 once a piece; parses and hashes every line.
fn baseline(store: &FileStore, buffer: &mut Vec<u8>) {
    for stat in store.files().expect("the log can be listed") {
        let (mut offset, mut kept) = (0, 0);
        loop {
            if buffer.len() - kept < 128 * 1024 {
                buffer.resize(buffer.len() * 2, 0);
            }
            let count = store.read_at(&stat.name, offset, &mut buffer[kept..]).expect("a file");
            offset += count as u64;
            let filled = kept + count;
            let end =
                buffer[..filled].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
            let text = std::str::from_utf8(&buffer[..end]).expect("UTF-8");
            for line in text.lines() {
                let record: Record<'_> = serde_json::from_str(line).expect("a record");
                let mut hash = Sha256::new();
                hash.update(b"{");
                hash.update(&line.as_bytes()[73..]);
                assert_eq!(record.id.0, <[u8; 32]>::from(hash.finalize()));
            }
            buffer.copy_within(end..filled, 0);
            kept = filled - end;
            if count == 0 {
                break;
            }
        }
    }
}
