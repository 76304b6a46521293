//! What signatures and pins show: a log that was cut back, made anew or robbed of a head.
//!
//! Shown red by: heads of a pin that are not looked for; a signature that
//! is not checked; a checkpoint that counts although its key was revoked.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use milestone_core::log::Oddity;
use milestone_core::words::{RecordId, Timestamp};
use milestone_project::{
    Audit, KeyError, KeyRing, Pins, Project, PublicKey, SignError, SignedStanding, Trust,
};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::world::{Hand, World, milestone, note};

const SEED: [u8; 32] = [7; 32];
const NOW: Timestamp = Timestamp(1_790_000_000_000_000);

/// A project, somebody with a key, and where pins go.
struct Vouched {
    world: World,
    hand: Hand,
    home: tempfile::TempDir,
}

impl Vouched {
    fn begun() -> Self {
        let (world, mut hand) = World::begun();
        let mut project = world.open();
        hand.does(&mut project, &milestone("Api", &["Plan", "Build"]));
        (1..=5).for_each(|number| {
            hand.does(&mut project, &note("api", &format!("note {number}")));
        });
        let vouched = Self { world, hand, home: tempfile::tempdir().unwrap() };
        vouched.ring().make("ann", SEED).unwrap();
        vouched
    }

    fn ring(&self) -> KeyRing {
        KeyRing::open(&self.home.path().join("keys"), Some(&self.world.root())).unwrap()
    }

    fn pins(&self) -> Pins {
        Pins::at(&self.home.path().join("pins"))
    }

    fn sign(&mut self) -> RecordId {
        let mut project = self.world.open();
        let key = self.ring().own("ann").unwrap();
        let (command, pin) = project.checkpoint_to_sign(&key, NOW).unwrap();
        let outcome = self.hand.does(&mut project, &command);
        self.pins().put(&pin).unwrap();
        outcome.record.unwrap()
    }

    fn look(&self) -> Audit {
        look(&self.world.open(), self.ring(), self.pins())
    }
}

fn look(project: &Project, ring: KeyRing, pins: Pins) -> Audit {
    let trust = Trust { keys: ring.known().unwrap(), pins: Some(pins), pin_at: Some(NOW) };
    project.audit_trusting(None, &trust).unwrap()
}

fn standings(audit: &Audit) -> Vec<SignedStanding> {
    audit.signed.iter().map(|check| check.standing).collect()
}

fn broken(audit: &Audit) -> Option<String> {
    audit.pin.as_ref().and_then(|check| check.broken.clone())
}

/// Writes the log anew with `edit` made to each line, and every id, link and read right again.
fn made_anew(world: &World, edit: impl Fn(&str) -> String) {
    let files = world.log_files();
    assert_eq!(files.len(), 1, "one writer, one file");
    for (name, bytes) in files {
        let mut text = String::from_utf8(bytes).unwrap();
        let mut out = String::new();
        while let Some((line, rest)) = text.split_once('\n') {
            let old = line[7..71].to_owned();
            let edited = edit(line);
            let body = format!("{{{}", &edited[73..]);
            let new = RecordId(Sha256::digest(body.as_bytes()).into()).to_string();
            out.push_str(&format!("{{\"id\":\"{new}\",{}\n", &edited[73..]));
            text = rest.replace(&old, &new).replace(&old[..16], &new[..16]);
        }
        fs::write(world.path("log").join(name), out).unwrap();
    }
}

fn cut_back(world: &World, lines: usize) {
    for (name, bytes) in world.log_files() {
        let text = String::from_utf8(bytes).unwrap();
        let kept: Vec<&str> = text.lines().take(lines).collect();
        fs::write(world.path("log").join(name), kept.join("\n") + "\n").unwrap();
    }
}

#[test]
fn what_was_signed_holds_until_something_of_it_changes() {
    let mut vouched = Vouched::begun();
    vouched.sign();
    let mut project = vouched.world.open();
    vouched.hand.does(&mut project, &note("api", "later"));
    vouched.sign();
    let audit = vouched.look();
    assert_eq!(standings(&audit), [SignedStanding::Holds, SignedStanding::Covered]);
    assert_eq!((audit.findings.as_slice(), broken(&audit)), (&[][..], None));
    assert_eq!(audit.pin.unwrap().pin.count, 9);
}

#[test]
fn a_log_that_was_cut_back_does_not_hold_its_pin() {
    let mut vouched = Vouched::begun();
    vouched.sign();
    // What was signed is cut off with its signature: only the pin is left to tell.
    cut_back(&vouched.world, 4);
    let audit = vouched.look();
    assert!(audit.signed.is_empty());
    assert!(broken(&audit).unwrap().contains("missing"), "{audit:?}");
    let unpinned = look(&vouched.world.open(), vouched.ring(), Pins::at(vouched.home.path()));
    assert_eq!(unpinned.findings, [], "nothing in the log itself shows it");
}

#[test]
fn a_log_made_anew_does_not_hold_its_pin() {
    let vouched = Vouched::begun();
    let pin = look(&vouched.world.open(), vouched.ring(), vouched.pins()).to_pin.unwrap();
    vouched.pins().put(&pin).unwrap();
    made_anew(&vouched.world, |line| line.replace("note 3", "NOTE 3"));
    let audit = vouched.look();
    assert!(audit.findings.iter().all(|finding| matches!(finding.oddity, Oddity::WrongPin(_))));
    assert!(broken(&audit).is_some(), "{:?}", audit.findings);

    // Also from its first record on: then nothing but the place tells which pin is its own.
    made_anew(&vouched.world, |line| line.replace("Proof", "Prooof"));
    assert!(broken(&vouched.look()).unwrap().contains("begins with another record"));
}

#[test]
fn a_log_made_anew_around_a_signature_is_not_what_was_signed() {
    let mut vouched = Vouched::begun();
    vouched.sign();
    made_anew(&vouched.world, |line| line.replace("note 3", "NOTE 3"));
    // The heads in the signed text were renamed as well: so it is not what the key signed.
    assert_eq!(standings(&vouched.look()), [SignedStanding::WrongSignature]);
}

#[test]
fn a_head_that_was_removed_is_missed() {
    let mut vouched = Vouched::begun();
    let clone = vouched.world.cloned();
    let mut other = Hand::new("ben");
    let mut there = clone.open();
    other.does(&mut there, &note("api", "elsewhere"));
    vouched.hand.does(&mut vouched.world.open(), &note("api", "here"));
    vouched.world.take_log_of(&clone);
    let pin = vouched.look().to_pin.unwrap();
    assert_eq!(pin.heads.len(), 2, "two that did not know of each other");
    vouched.pins().put(&pin).unwrap();
    for (name, bytes) in vouched.world.log_files() {
        if String::from_utf8(bytes).unwrap().contains("elsewhere") {
            fs::remove_file(vouched.world.path("log").join(name)).unwrap();
        }
    }
    assert!(broken(&vouched.look()).unwrap().starts_with("1 of its 2 newest"));
}

#[test]
fn a_pin_moves_with_its_project() {
    let mut vouched = Vouched::begun();
    vouched.sign();
    let moved = vouched.world.cloned();
    cut_back(&moved, 3);
    assert!(broken(&look(&moved.open(), vouched.ring(), vouched.pins())).is_some());
}

#[test]
fn keys_count_while_they_are_known_and_not_revoked() {
    let mut vouched = Vouched::begun();
    vouched.sign();
    let elsewhere = tempfile::tempdir().unwrap();
    let ring = KeyRing::open(elsewhere.path(), None).unwrap();
    let at = |ring: &KeyRing| standings(&look(&vouched.world.open(), ring.clone(), vouched.pins()));
    assert_eq!(at(&ring), [SignedStanding::UnknownKey]);
    let line = vouched.ring().known().unwrap()[0].key.line();
    ring.trust(&PublicKey::parse(&line, "x").unwrap()).unwrap();
    assert_eq!(at(&ring), [SignedStanding::Holds]);
    ring.revoke("ann", NOW).unwrap();
    assert_eq!(at(&ring), [SignedStanding::Revoked]);
    assert_eq!(ring.known().unwrap()[0].revoked, Some(NOW));
    ring.trust(&PublicKey::parse(&line, "x").unwrap()).unwrap();
    assert_eq!(at(&ring), [SignedStanding::Holds]);
}

#[test]
fn a_secret_is_private_outside_the_project_and_never_overwritten() {
    let vouched = Vouched::begun();
    let ring = vouched.ring();
    let path = ring.dir().join("ann.key");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(matches!(ring.make("ann", [8; 32]), Err(KeyError::Exists { .. })));
    assert!(matches!(ring.make("../ann", SEED), Err(KeyError::BadName { .. })));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(ring.own("ann"), Err(KeyError::Exposed { mode: 0o640, .. })));
    let inside = vouched.world.dir().join("secret/keys");
    let refused = KeyRing::open(&inside, Some(&vouched.world.root()));
    assert!(matches!(refused, Err(KeyError::InsideProject { .. })));
}

#[test]
fn a_damaged_log_is_not_signed() {
    let vouched = Vouched::begun();
    for (name, bytes) in vouched.world.log_files() {
        let text = String::from_utf8(bytes).unwrap().replace("note 3", "nope 3");
        fs::write(vouched.world.path("log").join(name), text).unwrap();
    }
    let key = vouched.ring().own("ann").unwrap();
    let refused = vouched.world.open().checkpoint_to_sign(&key, NOW);
    assert!(matches!(refused, Err(SignError::Unsound { errors: 1.. })), "{refused:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is changed in a signature or in what it is over, it holds no more.
    #[test]
    fn a_signature_is_over_one_text_alone(text in ".{1,80}", at in 0usize..1000, flip in 1u8..16) {
        let home = tempfile::tempdir().unwrap();
        let ring = KeyRing::open(home.path(), None).unwrap();
        ring.make("ann", SEED).unwrap();
        let key = ring.own("ann").unwrap();
        let signature = key.sign(&text);
        prop_assert!(key.public.signed(&text, &signature));
        let mut other = signature.clone().into_bytes();
        let place = at % other.len();
        let digit = (other[place] as char).to_digit(16).unwrap() as u8 ^ flip;
        other[place] = char::from_digit(u32::from(digit), 16).unwrap() as u8;
        prop_assert!(!key.public.signed(&text, &String::from_utf8(other).unwrap()));
        let longer = text + ".";
        prop_assert!(!key.public.signed(&longer, &signature));
    }
}
