//! `chartkeep site`: a site file from its template to a signed file that a workstation accepts.

#![expect(clippy::expect_used, reason = "a test ends where its assumption ends")]

use std::path::Path;
use std::process::{Command, Output};

fn site(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chartkeep"))
        .current_dir(folder)
        .arg("--json")
        .arg("site")
        .args(args)
        .output()
        .expect("the program starts")
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

#[test]
fn a_site_file_is_written_signed_and_checked() {
    let folder = tempfile::tempdir().expect("folder");
    let folder = folder.path();
    let init = ["init", "--server", "https://ehr.example/fhir", "--issuer", "https://id.example/realms/clinic"];
    assert_eq!(json(&site(folder, &init))["ok"], true);
    let again = site(folder, &init);
    assert_eq!((json(&again)["code"].as_str(), again.status.code()), (Some("io"), Some(1)), "nothing is replaced");
    let signed = json(&site(folder, &["sign", "site.json"]));
    let fingerprint = signed["fingerprint"].as_str().expect("a fingerprint").to_owned();
    assert_eq!(fingerprint.len(), 39);
    let checked = json(&site(folder, &["check", "site.signed.json"]));
    assert_eq!(checked["fingerprint"], fingerprint.as_str());
    assert_eq!(checked["site"]["sign_in"]["issuer"], "https://id.example/realms/clinic");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(folder.join("site-key")).expect("the key").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_file_that_was_changed_or_misspelt_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().expect("folder");
    let folder = folder.path();
    assert_eq!(json(&site(folder, &["init", "--server", "https://ehr.example/fhir"]))["ok"], true);
    let path = folder.join("site.json");
    let text = std::fs::read_to_string(&path).expect("read");
    std::fs::write(&path, text.replace("\"sign_in\"", "\"signin\"")).expect("written");
    let refused = json(&site(folder, &["sign", "site.json"]));
    assert_eq!(refused["code"], "invalid");
    assert!(refused["problem"].as_str().is_some_and(|p| p.contains("signin") && p.contains("line")), "{refused}");
    std::fs::write(&path, text).expect("written");
    assert_eq!(json(&site(folder, &["sign", "site.json"]))["ok"], true);
    let signed = folder.join("site.signed.json");
    let text = std::fs::read_to_string(&signed).expect("read");
    std::fs::write(&signed, text.replace("ehr.example", "evil.example")).expect("written");
    assert_eq!(json(&site(folder, &["check", "site.signed.json"]))["code"], "invalid");
}
