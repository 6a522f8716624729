//! docs/it/servers.md: what each server lacks and what that means for the clinic, as found by the checks.

use keep_cli::messages::server_check::{change, consequence, subject};
use keep_session::cases::server_check::{CheckResult, ServerCheck, ServerFinding};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

/// Compares the page with what was found, or writes it where `CHARTKEEP_SERVERS_PAGE=write`.
///
/// # Panics
/// Where they differ.
pub(super) fn compare(columns: &[(String, Vec<ServerFinding>)], versions: &BTreeMap<String, String>) {
    let found = page(columns, versions);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/it/servers.md");
    if std::env::var("CHARTKEEP_SERVERS_PAGE").is_ok_and(|v| v == "write") {
        return std::fs::write(path, found).expect("the page is written");
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(written, found, "write docs/it/servers.md again: CHARTKEEP_SERVERS_PAGE=write make test-peers");
}

fn page(columns: &[(String, Vec<ServerFinding>)], versions: &BTreeMap<String, String>) -> String {
    let version = |name: &str| versions.get(name).cloned().unwrap_or_default();
    let mut page = format!(
        "# What servers lack, and what that means for the clinic\n\n\
         Made by `make test-peers` with what `chartkeep doctor --server --sign-in --write-test` finds: HAPI FHIR {}, \
         Keycloak {}.\nA test compares this page with the servers.\n\
         `hapi` is behind the settings of [hapi.md](hapi.md); `assigned` and `plain` are as they come, and \
         `keep-backend` is the server of Chartkeep's own tests, [see here](../peers.md).\n\n| | {} |\n|---|{}\n",
        version("hapi"),
        version("keycloak"),
        columns.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(" | "),
        "---|".repeat(columns.len()),
    );
    let checks: BTreeSet<ServerCheck> = columns.iter().flat_map(|(_, all)| all.iter().map(|f| f.check)).collect();
    let mut missing = BTreeSet::new();
    for check in checks {
        let cells = columns.iter().map(|(_, all)| {
            let Some(finding) = all.iter().find(|f| f.check == check) else { return String::from("–") };
            if matches!(finding.result, CheckResult::Without | CheckResult::Blocks) {
                missing.insert(check);
            }
            cell(finding)
        });
        writeln!(page, "| {} | {} |", subject(check), cells.collect::<Vec<_>>().join(" | ")).expect("written");
    }
    page.push_str("\n| where this is missing | it means | to change |\n|---|---|---|\n");
    for check in missing {
        writeln!(page, "| {} | {} | {} |", subject(check), consequence(check), change(check)).expect("written");
    }
    page
}

/// The result, and what came where that is the same at every run.
fn cell(finding: &ServerFinding) -> String {
    let found = finding.found.as_str();
    let is_stable = !found.contains("127.0.0.1") && !found.ends_with("apart") && !found.is_empty();
    let detail = if is_stable { format!(" ({found})") } else { String::new() };
    match finding.result {
        CheckResult::Works => String::from("works"),
        CheckResult::Without => format!("missing{detail}"),
        CheckResult::Blocks => format!("**missing**{detail}"),
        CheckResult::NotTried => format!("not tried{detail}"),
    }
}
