//! Settings that the whole project shares, when clones change them without knowing of each other.
//!
//! Start at `the_later_value_holds_and_the_other_is_kept`.

use milestone_core::domain::{Body, Event, Plan, RawText, Setting, SettingChanged};
use milestone_core::query::{SavedView, views};
use milestone_testkit::Replica;

fn say(replica: &mut Replica, value: Option<&str>) {
    let json = |text: &str| RawText(serde_json::Value::from(text).to_string().into());
    let changed = SettingChanged { key: "view.soon".into(), value: value.map(json) };
    replica.write(&[Event::project(Body::SettingChanged(changed))]);
}

fn held(replica: &mut Replica) -> Setting {
    replica.state().project().settings["view.soon"].clone()
}

/// Ann and Bob, who both know `due<+7d`.
fn clones() -> (Replica, Replica) {
    let mut ann = Replica::new("ann");
    say(&mut ann, Some("due<+7d"));
    let bob = ann.fork("bob");
    (ann, bob)
}

fn meet(ann: &mut Replica, bob: &mut Replica) {
    ann.merge(bob);
    bob.merge(ann);
    assert_eq!(ann.state().project(), bob.state().project());
}

#[test]
fn the_later_value_holds_and_the_other_is_kept() {
    let (mut ann, mut bob) = clones();
    say(&mut ann, Some("due<+3d"));
    say(&mut bob, None);
    say(&mut bob, Some("mine"));
    meet(&mut ann, &mut bob);
    let setting = held(&mut ann);
    assert_eq!(setting.rivals.len(), 1);
    let values = [setting.value.as_deref(), setting.rivals[0].value.as_deref()];
    assert!(values.contains(&Some("\"due<+3d\"")) && values.contains(&Some("\"mine\"")));
    let all = views(&ann.state().project());
    let [SavedView { name, others, .. }] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((name.as_str(), others.len()), ("soon", 1));
    // Whoever knows of both settles it.
    say(&mut bob, Some("mine"));
    meet(&mut ann, &mut bob);
    assert_eq!(held(&mut ann).rivals, []);
}

#[test]
fn the_same_value_twice_is_no_quarrel() {
    let (mut ann, mut bob) = clones();
    say(&mut ann, None);
    say(&mut bob, None);
    meet(&mut ann, &mut bob);
    assert_eq!((held(&mut ann).value, held(&mut ann).rivals), (None, vec![]));
    assert_eq!(views(&ann.state().project()), []);
}
