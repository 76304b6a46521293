//! Settings: files, keys, what goes before what.
//!
//! Start at `a_setting_is_written_and_explained`.

use crate::writes_flow::shop;

#[test]
fn every_setting_is_listed() {
    let env = shop();
    insta::assert_snapshot!(env.block("config list"), @"
    $ milestone config list
    ui.level	auto	built in
    ui.glyphs	auto	built in
    ui.color	auto	built in
    ui.accessible	false	built in
    ui.ambiguous_width	auto	built in
    ui.hints	true	built in
    ui.pager	auto	built in
    storage.backend	auto	built in
    storage.hybrid_milestones	25	built in
    storage.hybrid_people	5	built in
    storage.database_milestones	100	built in
    storage.database_people	20	built in
    backup.directory	auto	built in
    backup.continuous	true	built in
    backup.daily	true	built in
    backup.keep_days	35	built in
    alerts.overdue_days	1	built in
    alerts.stalled_days	14	built in
    alerts.blocked_days	7	built in
    alerts.lag_records	1000	built in
    alerts.disk_mb	100	built in
    alerts.backup_days	7	built in
    ");
}

#[test]
fn a_setting_is_written_and_explained() {
    let env = shop();
    insta::assert_snapshot!(env.block("config path"), @"
    $ milestone config path
    ~/.config/milestone/config.toml
    ~/.milestones/config.toml
    ~/.milestones/local/config.toml
    ");
    insta::assert_snapshot!(env.block("config set ui.glyphs ascii"), @"
    $ milestone config set ui.glyphs ascii
    ui.glyphs = ascii  (~/.milestones/local/config.toml)
    ");
    insta::assert_snapshot!(env.block("config set ui.glyphs unicode --user"), @"
    $ milestone config set ui.glyphs unicode --user
    ui.glyphs = unicode  (~/.config/milestone/config.toml)
    ");
    insta::assert_snapshot!(env.block("config get ui.glyphs"), @"
    $ milestone config get ui.glyphs
    ascii
    ");
    insta::assert_snapshot!(env.block("config explain ui.glyphs"), @"
    $ milestone config explain ui.glyphs
    ui.glyphs = ascii
    from ~/.milestones/local/config.toml:2
    ");
    insta::assert_snapshot!(env.block("config explain ui.glyphs --glyphs emoji"), @"
    $ milestone config explain ui.glyphs --glyphs emoji
    ui.glyphs = emoji
    from --glyphs
    ");
    insta::assert_snapshot!(env.block("start checkout/cart"), @"
    $ milestone start checkout/cart
    Started  checkout/cart  Cart  [~] Day 1
    Began    checkout  Checkout
    ! Next: milestone progress checkout/1 50%
    ");
    insta::assert_snapshot!(env.block("config unset ui.glyphs"), @"
    $ milestone config unset ui.glyphs
    ui.glyphs unset  (~/.milestones/local/config.toml)
    ");
    insta::assert_snapshot!(env.block("config unset ui.glyphs"), @"
    $ milestone config unset ui.glyphs
    ui.glyphs was not set there  (~/.milestones/local/config.toml)
    ");
    insta::assert_snapshot!(env.block("config get ui.glyphs"), @"
    $ milestone config get ui.glyphs
    unicode
    ");
}

#[test]
fn what_is_no_setting_is_refused() {
    let env = shop();
    insta::assert_snapshot!(env.block("config set ui.glyhps ascii"), @r#"
    $ milestone config set ui.glyhps ascii
    ! error[config.unknown_key]: there is no setting "ui.glyhps"
    !   = nothing was changed
    ! hint: milestone config set ui.glyphs
    exit 5
    "#);
    insta::assert_snapshot!(env.block("config set glyphs ascii"), @r#"
    $ milestone config set glyphs ascii
    ! error[config.unknown_key]: there is no setting "glyphs"
    !   = nothing was changed
    ! hint: milestone config set ui.glyphs
    exit 5
    "#);
    insta::assert_snapshot!(env.block("config set ui.level 9"), @r#"
    $ milestone config set ui.level 9
    ! error[config.bad_value]: "9" is no value of ui.level
    !   = one of auto, 0, 1, 2, 3
    !   = nothing was changed
    ! hint: milestone config set ui.level auto
    exit 2
    "#);
    insta::assert_snapshot!(env.block("config get nonsense"), @r#"
    $ milestone config get nonsense
    ! error[config.unknown_key]: there is no setting "nonsense"
    !   = nothing was changed
    ! hint: milestone config list
    exit 5
    "#);
    insta::assert_snapshot!(env.block("-C / config set ui.level 1"), @"
    $ milestone -C / config set ui.level 1
    ! error[project.none]: there is no project here
    !   = nothing was changed
    ! hint: milestone config set KEY VALUE --user
    exit 5
    ");
}

#[test]
fn every_other_byte_of_a_file_stays() {
    let env = shop();
    let path = env.path().join(".milestones/config.toml");
    let text = "# ours\n[ui]   # looks\n  level = 1 # pinned\n\n[other]\na = [ 1 ]\n";
    std::fs::write(&path, text).unwrap();
    env.run("config set ui.level 0 --project");
    let set = std::fs::read_to_string(&path).unwrap();
    assert_eq!(set, text.replace("level = 1", "level = 0"));
    env.run("config set ui.hints false --project --dry-run");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), set);
    env.run("config set ui.hints false --project");
    env.run("config unset ui.hints --project");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), set);
}

#[test]
fn a_broken_file_stops_config_and_nothing_else() {
    let env = shop();
    std::fs::write(env.path().join(".milestones/config.toml"), "[ui]\nlevel = \n").unwrap();
    insta::assert_snapshot!(env.block("config get ui.level"), @"
    $ milestone config get ui.level
    ! error[config.unreadable]: ~/.milestones/config.toml, line 2, is no TOML
    !   = string values must be quoted, expected literal string
    !   = nothing was changed
    ! hint: mend ~/.milestones/config.toml with an editor
    exit 2
    ");
    insta::assert_snapshot!(env.block("start checkout/cart"), @r"
    $ milestone start checkout/cart
    Started  checkout/cart  Cart  ◐ Day 1
    Began    checkout  Checkout
    ! warning: ~/.milestones/config.toml:2: string values must be quoted, expected literal str\
        ing (ignored)
    ! Next: milestone progress checkout/1 50%
    ");
    insta::assert_snapshot!(env.block("start checkout/payment -q"), @"
    $ milestone start checkout/payment -q
    checkout/payment
    ");
}

#[test]
fn an_agent_gets_no_hints_and_no_colour() {
    let env = shop().set("MILESTONE_AGENT", "robo").set("CLICOLOR_FORCE", "1");
    insta::assert_snapshot!(env.block("start checkout/cart"), @"
    $ milestone start checkout/cart
    Started  checkout/cart  Cart  ◐ Day 1
    Began    checkout  Checkout
    ");
}

#[test]
fn a_backend_is_pinned_in_the_local_file_only() {
    let env = shop();
    insta::assert_snapshot!(env.block("config set storage.backend hybrid --project"), @"
    $ milestone config set storage.backend hybrid --project
    ! error[config.local_only]: storage.backend is a matter of each machine
    !   = it only counts in .milestones/local/config.toml, which git ignores
    !   = nothing was changed
    ! hint: milestone config set storage.backend VALUE --local
    exit 2
    ");
    insta::assert_snapshot!(env.block("config set storage.backend hybird"), @r#"
    $ milestone config set storage.backend hybird
    ! error[config.bad_value]: "hybird" is no value of storage.backend
    !   = one of auto, file, hybrid, database
    !   = nothing was changed
    ! hint: milestone config set storage.backend auto
    exit 2
    "#);
    insta::assert_snapshot!(env.block("config set storage.backend hybrid"), @"
    $ milestone config set storage.backend hybrid
    storage.backend = hybrid  (~/.milestones/local/config.toml)
    ");
    insta::assert_snapshot!(env.block("note checkout hello"), @r#"
    $ milestone note checkout hello
    Noted checkout  Checkout  "hello"
    ! Moved to the hybrid backend, as storage.backend asks
    "#);
    insta::assert_snapshot!(env.block("scale"), @"
    $ milestone scale
    Backend     hybrid, pinned (storage.backend = hybrid)
    Milestones  1
    People      1 in the last 30 days: dana; agents do not count
    Fits        file: fewer than 25 milestones and fewer than 5 people
    Next        hybrid with 24 more milestones or 4 more people, if it were found by counting
    ");
    insta::assert_snapshot!(env.block("migrate run --to database --yes"), @"
    $ milestone migrate run --to database --yes
    ! error[migrate.pinned]: storage.backend asks for hybrid, and database is something else
    !   = nothing was changed
    ! hint: milestone config unset storage.backend --local
    exit 8
    ");
    assert_eq!(env.run("config unset storage.backend").code, 0);
    let shared = env.path().join(".milestones/config.toml");
    std::fs::write(shared, "[storage]\nbackend = \"file\"\n").unwrap();
    insta::assert_snapshot!(env.block("note checkout again"), @r#"
    $ milestone note checkout again
    Noted checkout  Checkout  "again"
    ! warning: ~/.milestones/config.toml:2: storage.backend belongs into .milestones/local/con\
        fig.toml (ignored)
    "#);
}

#[test]
fn thresholds_are_settings() {
    let env = shop();
    insta::assert_snapshot!(env.block("config set storage.hybrid_milestones 0"), @r#"
    $ milestone config set storage.hybrid_milestones 0
    ! error[config.bad_value]: "0" is no value of storage.hybrid_milestones
    !   = one of 1 to 1000000000
    !   = nothing was changed
    ! hint: milestone config set storage.hybrid_milestones 25
    exit 2
    "#);
    assert_eq!(env.run("config set storage.hybrid_milestones 2 --project").code, 0);
    insta::assert_snapshot!(env.block("new Second"), @"
    $ milestone new Second
    Created milestone second  (0 tasks)
    MILESTONE: Second (Progress: 0%)
    ! Next: milestone task add TITLE --on second
    ! Moved to the hybrid backend: 2 milestones. Back: milestone migrate rollback
    ");
}

#[test]
fn a_threshold_of_hybrid_above_that_of_database_is_refused() {
    let env = shop();
    for line in [
        "config set storage.hybrid_milestones 101",
        "config set storage.database_milestones 24",
        "config set storage.hybrid_people 21",
        "config set storage.database_people 4",
    ] {
        let refused = env.run(line);
        assert_eq!(refused.code, 2, "{}", refused.block());
        assert!(refused.stderr.contains("error[config.order]"), "{}", refused.block());
    }
    assert_eq!(env.run("config set storage.database_milestones 200").code, 0);
    assert_eq!(env.run("config set storage.hybrid_milestones 101").code, 0);
}
