//! `man`, `schema` and `completion`: what the program says of itself is what it does.
//!
//! Start at `every_document_is_as_its_schema_says`.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::TestEnv;

/// Where `value` is not as `schema` says; also where it has a member that is not named there:
/// a schema allows that to later versions, not to this one.
struct Check<'s> {
    root: &'s Value,
    faults: Vec<String>,
}

impl Check<'_> {
    fn faults(root: &Value, value: &Value) -> Vec<String> {
        let mut check = Check { root, faults: Vec::new() };
        check.hold(root, value, "$");
        check.faults
    }

    fn holds(&self, schema: &Value, value: &Value) -> bool {
        let mut check = Check { root: self.root, faults: Vec::new() };
        check.hold(schema, value, "");
        check.faults.is_empty()
    }

    fn hold(&mut self, schema: &Value, value: &Value, at: &str) {
        if let Some(path) = schema["$ref"].as_str() {
            let target = self.root.pointer(path.trim_start_matches('#')).expect("it is defined");
            return self.hold(&target.clone(), value, at);
        }
        for choice in ["anyOf", "oneOf"] {
            if let Some(all) = schema[choice].as_array()
                && !all.iter().any(|one| self.holds(one, value))
            {
                self.faults.push(format!("{at}: {value} is none of {choice}"));
            }
        }
        let is = |name: &str| match name {
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            _ => value.is_null(),
        };
        let types: Vec<&str> = match &schema["type"] {
            Value::String(name) => vec![name],
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        if !types.is_empty() && !types.into_iter().any(is) {
            self.faults.push(format!("{at}: {value} is no {}", schema["type"]));
        }
        if schema.get("const").is_some_and(|only| only != value) {
            self.faults.push(format!("{at}: {value} is not {}", schema["const"]));
        }
        if schema["enum"].as_array().is_some_and(|all| !all.contains(value)) {
            self.faults.push(format!("{at}: {value} is not one of {}", schema["enum"]));
        }
        if schema.get("if").is_some_and(|held| self.holds_loosely(held, value)) {
            self.hold(&schema["then"], value, at);
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.hold(part, value, at);
        }
        for (number, item) in value.as_array().into_iter().flatten().enumerate() {
            self.hold(&schema["items"], item, &format!("{at}[{number}]"));
        }
        self.hold_members(schema, value, at);
    }

    /// True if the member that `if` asks for is what it asks for.
    fn holds_loosely(&self, schema: &Value, value: &Value) -> bool {
        let members = schema["properties"].as_object().into_iter().flatten();
        members.into_iter().all(|(name, only)| value[name] == only["const"])
    }

    fn hold_members(&mut self, schema: &Value, value: &Value, at: &str) {
        let Some(members) = value.as_object() else { return };
        for name in schema["required"].as_array().into_iter().flatten() {
            if !members.contains_key(name.as_str().expect("a name")) {
                self.faults.push(format!("{at}: {name} is missing"));
            }
        }
        let Some(named) = schema["properties"].as_object() else { return };
        // An event's own schemas describe only its details.
        let partial = named.len() == 1 && named.contains_key("details");
        for (name, member) in members {
            match (named.get(name), &schema["additionalProperties"]) {
                (Some(schema), _) => self.hold(schema, member, &format!("{at}.{name}")),
                (None, Value::Null) if !partial => {
                    self.faults.push(format!("{at}: {name} is not in the schema"));
                }
                (None, more) => self.hold(more, member, &format!("{at}.{name}")),
            }
        }
    }
}

/// Prints every kind of document once, in an order in which each line makes sense.
const PUBLIC: &str =
    "milestone-ed25519 eb40f2fe359ebf6a2b0935c5d9b41dd0d05fe50d9d7465cfaf845fd66991e14c zed\n";

const LINES: &str = "\
quickstart api Shop
template use bugfix Crash
new API --due 2026-04-20 --owner dana --label web
task add Schema --on api --estimate 2d --check One --check Two
task add Handlers --on api --after api/schema
task add Tests --on api --workflow kiro
task add Loose --on api
start api/schema
check api/schema 1
progress api/schema 1/2
block api/handlers no keys --on sam
note api words
risk add api/schema Drift --probability 30% --impact high
done api/schema
dep add api/loose --after api/tests
phase start api/tests
phase deliver api/tests requirements --text words
phase submit api/tests
list
show api
show api/schema
show api/tests
status
task list
task show api/schema
ready
ready --blocked
search schema
why api/handlers
dep tree
dep check
dep critical
phase show api/tests
phase show api/tests:design
review --pending
workflow list
workflow check
workflow show kiro
workflow check own.yaml
risk list
risk matrix
log
audit
diff --from #1
undo --list
forecast
forecast --calibrate
stats
timeline
report status
report retro
report portfolio
session start api
session list
session show
session suspend -m x
resume
view save late status:open
view list
view show late
template list
template show api
template check
template save mine api
export
conflicts
log verify
log has 0000000000000000
replay
replay --check
scale
migrate plan
migrate status
migrate run --to hybrid -y
migrate rollback -y
migrate prune --dry-run
doctor
doctor --repair -y
validate
version
level
level why
demo there
hint list
config get ui.hints
config explain ui.hints
config list
config path
config set ui.hints true
adopt --dry-run
replay --into out
log merge other.jsonl
log recover
log archive
key new ann
key list
key show ann
key trust other.pub
key new bob --dry-run
key revoke ann
backup create
backup list
backup schedule
backup verify
backup restore
backup prune
alerts
doctor --bundle bundle.tar.zst
maintain
undo 2
import beads issues.jsonl --into api --dry-run
schema
show nowhere";

#[test]
fn every_document_is_as_its_schema_says() {
    // Keys are kept outside of any project.
    let own = tempfile::tempdir().unwrap();
    let env = TestEnv::new().set("XDG_CONFIG_HOME", own.path().to_str().unwrap());
    std::fs::write(env.path().join("issues.jsonl"), ISSUE).unwrap();
    std::fs::write(env.path().join("own.yaml"), WORKFLOW).unwrap();
    std::fs::write(env.path().join("other.jsonl"), "").unwrap();
    std::fs::write(env.path().join("other.pub"), PUBLIC).unwrap();
    let names = env.run("schema --json").stdout;
    let names: Value = serde_json::from_str(&names).unwrap();
    let documents = names["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["about"].as_str().is_some_and(|about| about.starts_with("document")));
    let mut left: BTreeSet<String> =
        documents.map(|row| row["name"].as_str().unwrap().to_owned()).collect();
    let mut faults = Vec::new();
    for line in LINES.lines() {
        let answer = env.run(&format!("{line} --json"));
        let text = if answer.stdout.is_empty() { answer.stderr } else { answer.stdout };
        let Ok(document) = serde_json::from_str::<Value>(&text) else {
            faults.push(format!("{line}: no JSON: {text}"));
            continue;
        };
        let kind = document["kind"].as_str().unwrap();
        if kind == "error" && line != "show nowhere" {
            faults.push(format!("{line}: {text}"));
        }
        left.remove(kind);
        let schema = env.run(&format!("schema {kind}")).stdout;
        let Ok(schema) = serde_json::from_str(&schema) else {
            faults.push(format!("{line}: there is no schema {kind}"));
            continue;
        };
        let found = Check::faults(&schema, &document);
        faults.extend(found.iter().map(|fault| format!("{line}: {kind} {fault}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(left.is_empty(), "never printed: {left:?}");
    let schema: Value = serde_json::from_str(&env.run("schema record").stdout).unwrap();
    for file in env.log_files() {
        for line in std::fs::read_to_string(file).unwrap().lines() {
            let found = Check::faults(&schema, &serde_json::from_str(line).unwrap());
            assert!(found.is_empty(), "{line}\n{}", found.join("\n"));
        }
    }
}

const ISSUE: &str =
    "{\"id\":\"a-1\",\"title\":\"One\",\"status\":\"open\",\"issue_type\":\"task\"}\n";
const WORKFLOW: &str = "own_workflow:\n  phases:\n    only:\n      duration: \"1h\"\n";

#[test]
fn a_name_that_is_none_says_which_is_near() {
    let env = TestEnv::new();
    insta::assert_snapshot!(env.block("schema task.lst"), @r#"
    $ milestone schema task.lst
    ! error[usage.unknown_schema]: there is no schema "task.lst"
    ! hint: milestone schema task.list
    exit 2
    "#);
    let plain = env.run("schema note_removed --format csv");
    assert_eq!((plain.code, plain.stdout.as_str()), (2, ""), "{}", plain.stderr);
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let env = TestEnv::new();
    let names = env.run("man --all --into pages").stdout;
    for name in ["milestone.1", "milestone-task-add.1", "milestone-log-verify.1"] {
        assert!(names.lines().any(|line| line == name), "{name} is not in {names}");
    }
    assert!(!names.contains("__complete"), "{names}");
    for name in names.lines() {
        let page = std::fs::read_to_string(env.path().join("pages").join(name)).unwrap();
        assert!(page.contains(".SH NAME") && page.contains(".SH SYNOPSIS"), "{name}: {page}");
    }
    let page = env.run("man task add").stdout;
    let written = std::fs::read_to_string(env.path().join("pages/milestone-task-add.1")).unwrap();
    assert_eq!(page, written);
    assert!(page.contains("milestone task add") && page.contains("estimate"), "{page}");
    assert_eq!(env.run("man nothing").code, 2);
    assert_eq!(env.run("man --all --into pages/milestone.1/x").code, 14);
}

#[test]
fn what_was_made_is_named_where_nothing_else_is_said() {
    let env = project();
    let risk = env.run("risk add search Drift -q").stdout;
    assert_eq!(env.run(&format!("risk close search {} --outcome averted -q", risk.trim())).code, 0);
    assert_eq!(env.run("session start search -q").stdout, "s-test\n");
    let closed = env.run("dep add api-development --after api-development/1").stderr;
    let way = "api-development → api-development/endpoints → api-development";
    assert!(closed.contains(way), "{closed}");
    let kind = "dep add search --after api-development --kind start-to-start";
    assert_eq!(env.run(kind).code, 0);
    let tied = env.run("dep tree --format csv").stdout;
    assert!(tied.contains("ss"), "{tied}");
}

fn project() -> TestEnv {
    let env = TestEnv::new();
    for line in [
        "init --name shop",
        "new \"API Development\" --owner dana --label web",
        "task add Endpoints --on api-development --owner sam --label slow",
        "new Search",
    ] {
        assert_eq!(env.run(line).code, 0, "{line}");
    }
    env
}

#[test]
fn words_of_the_project_are_completed() {
    let env = project();
    let asked = |words: &[&str]| {
        let mut command = env.command();
        command.args(["__complete", "fish", "--", "milestone"]).args(words);
        let output = command.output().unwrap();
        assert_eq!(output.stderr, b"", "{words:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(asked(&["show", ""]), "api-development\tAPI Development\nsearch\tSearch\n");
    let alone = "api-development\tAPI Development\napi-development/endpoints\tEndpoints\n";
    assert_eq!(asked(&["show", "api"]), alone);
    assert_eq!(asked(&["start", "api-development/"]), "api-development/endpoints\tEndpoints\n");
    assert_eq!(asked(&["show", "--on=sea"]), "--on=search\tSearch\n");
    assert_eq!(asked(&["list", "--owner", ""]), "dana\nsam\n");
    assert_eq!(asked(&["edit", "search", "--label", "+web,+s"]), "+web,+slow\n");
    assert_eq!(asked(&["list", "--status", "pl"]), "planned\tA milestone that was not begun\n");
    assert!(asked(&["qui"]).starts_with("quickstart\tCreate a milestone"), "{}", asked(&["qui"]));
    assert!(asked(&["task", "add", "--est"]).starts_with("--estimate\t"));
    for wrong in [["frob", ""], ["show", "\u{1}"], ["-C", "/nowhere"]] {
        assert!(!asked(&wrong).contains("error"));
    }
    let nowhere = TestEnv::new().set("MILESTONE_NOW", "never");
    let silent = nowhere.run("__complete bash -- milestone show x");
    assert_eq!((silent.code, silent.stdout, silent.stderr), (0, String::new(), String::new()));
}

/// Shown red by: a place of words without a row.
#[test]
fn words_of_the_program_are_completed() {
    let env = project();
    for line in [
        "session start api",
        "risk add api Keys --probability 30",
        "risk add search Other --probability 30",
    ] {
        assert_eq!(env.run(line).code, 0, "{line}");
    }
    let asked = |line: &str| {
        let mut command = env.command();
        command.args(["__complete", "bash", "--", "milestone"]).args(line.split(' '));
        let output = command.output().unwrap();
        assert_eq!(output.stderr, b"", "{line}");
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(asked("quickstart "), "api bugfix frontend personal team");
    assert_eq!(asked("quickstart api "), "");
    assert_eq!(asked("template show p"), "personal");
    assert_eq!(asked("new Title --template t"), "team");
    assert_eq!(asked("workflow enable "), "kiro");
    assert!(asked("hint off a").contains("all"), "{}", asked("hint off a"));
    assert_eq!(asked("level pin "), "0 1 2 3");
    assert_eq!(asked("schema task.l"), "task.list");
    assert_eq!(asked("help fore"), "forecast forecasting");
    assert_eq!(asked("help task ad"), "add");
    assert_eq!(asked("help task.wa"), "task.waiting");
    assert_eq!(asked("session resume s"), "s-test");
    assert_eq!(asked("risk close api ").split(' ').count(), 1);
    assert_eq!(asked("risk close api --outcome a"), "averted");
    assert_eq!(asked("report status --format "), "csv html json md text");
    assert_eq!(asked("report status --format=p"), "");
    assert!(asked("list --format ").contains("ndjson"));
}

#[test]
fn bash_completes_a_half_typed_line() {
    let env = project();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_milestone"));
    let dirs = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
    let script = "source <(milestone completion bash)\n\
        COMP_WORDS=(milestone start api-dev) COMP_CWORD=2\n_milestone\n\
        printf '%s\\n' \"${COMPREPLY[@]}\"\n\
        COMP_WORDS=(milestone list --owner = s) COMP_CWORD=4\n_milestone\n\
        printf '%s\\n' \"${COMPREPLY[@]}\"\n\
        COMP_WORDS=(milestone report status --format = h) COMP_CWORD=5\n_milestone\n\
        printf '%s\\n' \"${COMPREPLY[@]}\"\n\
        COMP_WORDS=(milestone template show tea) COMP_CWORD=3\n_milestone\n\
        printf '%s\\n' \"${COMPREPLY[@]}\"\n";
    let ran = env.command_of("bash").env("PATH", dirs).args(["-c", script]).output();
    // Where there is no bash there is nothing to complete.
    let Ok(output) = ran else { return };
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said, "api-development\napi-development/endpoints\nsam\nhtml\nteam\n", "{errors}");
}

#[test]
fn every_shell_has_a_script() {
    let env = TestEnv::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish", "nushell"] {
        let script = env.run(&format!("completion {shell}")).stdout;
        assert!(script.contains(&format!("milestone __complete {shell} --")), "{shell}: {script}");
    }
    assert_eq!(env.run("completion bash --json").code, 2);
}
