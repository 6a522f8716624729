//! The commands of the shell: four lists that must agree, and the one test-only line.

use crate::failures::none_of;
use crate::tree::{files, root};
use std::collections::BTreeSet;

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("file of the shell")
}

/// Every quoted word between two markers.
fn quoted(text: &str, from: &str, to: &str) -> BTreeSet<String> {
    let list = text.split_once(from).and_then(|(_, rest)| rest.split_once(to)).expect("the list").0;
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_command_is_declared_granted_and_let_through() {
    // The build declares to Tauri what the frame lets through.
    let mut declared = quoted(&read("assets/isolation/index.js"), "new Set([", "])");
    for plugin in ["plugin:event|listen", "plugin:event|unlisten"] {
        assert!(declared.remove(plugin), "{plugin}");
    }
    assert!(declared.contains("lock"), "the list was not read");
    assert!(read("src-tauri/build.rs").contains("../assets/isolation/index.js"));

    let start = read("src-tauri/src/start.rs");
    let handlers =
        start.split_once("generate_handler![").and_then(|(_, rest)| rest.split_once(']')).expect("handlers").0;
    let handled =
        handlers.split(',').filter_map(|path| path.trim().rsplit("::").next()).filter(|name| !name.is_empty());
    assert_eq!(
        handled.map(str::to_owned).collect::<BTreeSet<_>>(),
        declared,
        "generate_handler! and isolation/index.js"
    );

    let capability: serde_json::Value = serde_json::from_str(&read("src-tauri/capabilities/main.json")).expect("JSON");
    assert_eq!(capability["windows"], serde_json::json!(["main"]), "granted to the one window only");
    let granted: BTreeSet<_> =
        capability["permissions"].as_array().expect("list").iter().filter_map(|p| p.as_str()).collect();
    let (own, core): (Vec<&str>, Vec<&str>) = granted.into_iter().partition(|p| p.starts_with("allow-"));
    let own: BTreeSet<_> = own.iter().map(|p| p.trim_start_matches("allow-").replace('-', "_")).collect();
    assert_eq!(own, declared, "capabilities/main.json and isolation/index.js");
    let wanted = ["core:event:allow-listen", "core:event:allow-unlisten"];
    assert_eq!(core, wanted, "nothing else of Tauri is granted");

    let called = read("ui/src/ipc/commands.ts");
    let called =
        called.lines().filter_map(|line| line.strip_prefix("  ")?.split_once(": [").map(|(name, _)| name.to_owned()));
    assert_eq!(called.collect::<BTreeSet<_>>(), declared, "ui/src/ipc/commands.ts and isolation/index.js");
}

#[test]
fn one_capability_and_a_strict_policy() {
    let files: Vec<_> =
        std::fs::read_dir(root().join("src-tauri/capabilities")).expect("capabilities").flatten().collect();
    assert_eq!(files.len(), 1);
    let config: serde_json::Value = serde_json::from_str(&read("src-tauri/tauri.conf.json")).expect("JSON");
    let security = &config["app"]["security"];
    assert_eq!(security["pattern"]["use"], "isolation");
    assert_eq!(security["freezePrototype"], true);
    assert!(config["app"].get("withGlobalTauri").is_none());
    let policy = security["csp"].as_object().expect("csp");
    for (directive, value) in policy {
        let value = value.as_str().expect("text");
        let loose = ["unsafe-", "*", "https:", "blob:"].into_iter().filter(|l| value.contains(l));
        none_of(directive, loose.map(str::to_owned).collect());
    }
    assert_eq!(policy["script-src"], "'self'");
    // Tauri adds the isolation frame here, under a name of its own for each build; frames have no directive beside it.
    assert_eq!(policy["default-src"], "'self' document:");
    assert!(!policy.contains_key("frame-src") && !policy.contains_key("child-src"));
}

#[test]
fn the_tested_program_differs_in_two_places() {
    let marker = concat!("feature = \"", "e2e\"");
    let mut found = Vec::new();
    for file in files(&[".rs"]).into_iter().filter(|f| !f.path.starts_with("tests/")) {
        found.extend(file.text.matches(marker).map(|_| file.path.clone()));
    }
    // It can be driven, and stores web data in the temporary folder, without which a driver cannot attach.
    assert_eq!(found, ["src-tauri/src/platform/linux/remote_control.rs", "src-tauri/src/web_view.rs"]);
    let config = read("src-tauri/Cargo.toml");
    assert!(config.contains("\ne2e = []\n"), "the feature brings nothing along");
    assert!(!config.contains("devtools"), "no developer tools");
}
