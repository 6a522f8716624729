//! The commands of Chartkeep on the pages for IT, run from the pages.

use super::Peers;
use super::checks::{Checks, Results};
use crate::command_line::program;
use std::path::Path;
use std::process::Command;

const HAPI: &str = include_str!("../../../docs/it/hapi.md");
const KEYCLOAK: &str = include_str!("../../../docs/it/keycloak.md");
/// The addresses on the pages.
const SERVER: &str = "https://ehr.clinic.example/fhir";
const ISSUER: &str = "https://id.clinic.example/realms/clinic";
/// Commands that are on the pages.
const COMMANDS: usize = 5;

/// The code of these languages on a page: language and text, in order.
fn code<'a>(page: &'a str, languages: &[&str]) -> Vec<(&'a str, &'a str)> {
    let blocks = page.split("\n```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    blocks.filter(|(language, _)| languages.contains(language)).collect()
}

/// Runs every command, and writes the site file that the page of Keycloak shows.
pub(super) fn run(peers: &Peers, fhir: &str) -> Results {
    let mut checks = Checks::of("docs/it");
    let folder = tempfile::tempdir().expect("folder");
    let here = |text: &str| text.replace(SERVER, fhir).replace(ISSUER, &peers.issuer);
    let mut count = 0;
    for (language, text) in code(KEYCLOAK, &["shell", "json"]).into_iter().chain(code(HAPI, &["shell"])) {
        if language == "json" {
            std::fs::write(folder.path().join("site.json"), here(text)).expect("the site file");
            continue;
        }
        for command in text.lines() {
            count += 1;
            checks.check(command, || run_one(&here(command), &peers.ca, folder.path()));
        }
    }
    assert_eq!(count, COMMANDS, "commands were found on the pages");
    checks.done()
}

fn run_one(command: &str, ca: &Path, folder: &Path) -> Result<(), String> {
    // The authority of this run is not one of the system's.
    let command = command.replace("chartkeep doctor", &format!("chartkeep doctor --ca {}", ca.display()));
    let path = std::env::var("PATH").unwrap_or_default();
    let program = program("chartkeep").expect("it is built");
    let path = format!("{}:{path}", program.parent().expect("a folder").display());
    let mut shell = Command::new("bash");
    shell.args(["-euo", "pipefail", "-c", &command]).current_dir(folder).env("PATH", path);
    let ended = shell.output().map_err(|e| e.to_string())?;
    let said = String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
    if ended.status.success() { Ok(()) } else { Err(said) }
}
