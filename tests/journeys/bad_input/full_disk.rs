//! A disk without a block left, at the terminal and while a nurse saves: reported, nothing lost, and in the ledger as soon
//! as there is room.

use crate::clinic::Clinic;
use crate::drive_process::DriveProcess;
use crate::people::{patient, result, save_vitals};
use crate::small_disk::SmallDisk;
use crate::terminal::{check, ledger_verifies, recorded};
use crate::workstation::{TestWorkstation, exit};
use chartkeep_tests::TestSession;
use keep_audit::EventClass as E;
use keep_audit::Outcome::SeriousFailure as Serious;
use keep_domain::{Clock, ErrorCode, SystemClock};
use keep_session::testing::import;
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use std::sync::Arc;

#[test]
fn a_full_disk_is_reported_and_loses_nothing() {
    let Some((w, disk)) = TestWorkstation::on_small_disk(8, None) else { return };
    w.later();
    let app = w.unlocked().expect("unlocked");
    disk.fill();
    let many = |n| (0..n).map(|n| result(&format!("y{n}"), "p1", &format!("{n}.{}", n * 7919))).collect();
    let refused = import(&app, many(2000)).err().map(|f| f.code);
    assert_eq!((refused, exit(ErrorCode::DiskFull)), (Some(ErrorCode::DiskFull), 1));
    disk.free();
    app.close();
    drop(app);
    w.is_whole();
    assert_eq!(import_again(&w, many(10)), Ok(10));
    check("verify", &w.audit_verify(None), "ok", 0);
    recorded_at_least_once(&w.recorded(), 1);
}

#[test]
fn a_full_disk_is_reported_at_the_terminal_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    let Some(clinic) = Clinic::start(folder.path()) else { return };
    let Some((w, disk)) = TestWorkstation::on_small_disk(16, Some(&clinic.site("jonas"))) else { return };
    let file = folder.path().join("many.ndjson");
    let lines: Vec<String> = (0..4000).map(|n| result(&format!("z{n}"), "p1", &format!("{n}.5"))).collect();
    std::fs::write(&file, lines.join("\n")).expect("written");

    disk.fill();
    check("sync", &w.sync(), "disk_full", 1);
    check("import", &w.import(&file), "disk_full", 1);
    check("verify on a full disk", &w.audit_verify(None), "ok", 0);
    disk.free();
    disk.fill_but(1 << 18);
    check("import that runs into it", &w.import(&file), "disk_full", 1);
    disk.free();

    w.is_whole();
    let imported = w.import(&file);
    check("import again", &imported, "ok", 0);
    let sum = ["imported", "unchanged"].map(|k| imported.body[k].as_u64().expect("a count")).iter().sum::<u64>();
    assert_eq!(sum, 4000, "{}", imported.to_json());
    check("sync again", &w.sync(), "ok", 0);
    check("verify", &w.audit_verify(None), "ok", 0);
    recorded_at_least_once(&w.recorded(), 3);
}

#[test]
fn a_save_on_a_full_disk_is_refused_and_the_next_one_is_made() {
    let folder = tempfile::tempdir().expect("folder");
    let session = TestSession::at(&folder.path().join("profile"));
    let Some(disk) = SmallDisk::at(session.profile(), 8) else { return };
    let mut drive = DriveProcess::start(&session);
    assert_eq!(
        drive.do_it(&json!({"do": "import", "records": [patient("p1", "González", "Ada")]})),
        json!({"stored": 1})
    );
    let mut kept = vec![pulse(&mut drive, "61")];
    disk.fill();
    for _ in 0..2 {
        let refused = drive.do_it(&save_vitals("p1", "62"));
        assert_eq!(refused["code"], "disk_full", "{refused}");
    }
    disk.free();
    kept.push(pulse(&mut drive, "63"));
    drive.end();

    disk.fill();
    let mut drive = Command::new(env!("CARGO_BIN_EXE_drive"));
    drive.arg("--profile").arg(session.profile()).arg("--test-session").stdin(Stdio::null()).stderr(Stdio::null());
    let ended = drive.output().expect("drive starts");
    let said: Value = serde_json::from_slice(&ended.stdout).expect("one JSON object");
    // Where the event of an unlock still finds room in the ledger's last page, that is durable, and so is the unlock.
    let opened = said["ready"] == true;
    assert!(opened || (said["code"].as_str(), ended.status.code()) == (Some("disk_full"), Some(1)), "{said}");
    disk.free();

    let mut drive = DriveProcess::start(&session);
    let chart = drive.do_it(&json!({"do": "open", "patient": "p1"})).to_string();
    assert!(kept.iter().all(|pulse| chart.contains(pulse.as_str())) && !chart.contains(&shown("62")), "{chart}");
    drive.end();
    let (keychain, clock): (_, Arc<dyn Clock>) = (session.keychain(), Arc::new(SystemClock));
    recorded_at_least_once(&recorded(session.profile(), &keychain, clock), if opened { 1 } else { 2 });
    ledger_verifies(&session);
}

/// At least one event, and not one for every attempt.
#[track_caller]
fn recorded_at_least_once(events: &[(E, keep_audit::Outcome)], most: usize) {
    let count = events.iter().filter(|e| **e == (E::DiskFull, Serious)).count();
    assert!((1..=most).contains(&count), "{count} events of a full disk");
}

fn import_again(w: &TestWorkstation, records: Vec<String>) -> Result<usize, ErrorCode> {
    w.later();
    let app = w.unlocked()?;
    let stored = import(&app, records).map(|r| r.stored).map_err(|f| f.code);
    app.close();
    stored
}

/// Saves a pulse and answers it as the chart shows it.
fn pulse(drive: &mut DriveProcess, value: &str) -> String {
    let saved = drive.do_it(&save_vitals("p1", value));
    assert!(saved["ack"].is_u64(), "{saved}");
    shown(value)
}

/// The whole text of a value, since an id may begin with the same digits.
fn shown(value: &str) -> String {
    format!("\"{value}\"")
}
