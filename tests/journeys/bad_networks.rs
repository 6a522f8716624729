//! A workstation on the lines that clinics have. With `CHARTKEEP_LINE=full` the line is cut every 20 s, and the first sync is
//! that of 60 patients, which takes minutes.

mod line;

use crate::clinic::Clinic;
use crate::rng::SeededRng;
use keep_domain::{ErrorCode, SystemClock};
use keep_keys::FakeKeychain;
use keep_session::Workstation;
use keep_session::cases::sync;
use keep_session::testing::{TestDevice, TestSite, nurse_amara};
use line::{Line, PERFECT, Quality, now};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// A rural line: 200 kbit/s, half a second to the server and back, a loss among twenty segments, and every 20 s a cut.
const RURAL: Quality =
    Quality { rate: Some(25_000), delay: Duration::from_millis(250), lost: 5, reset: Some(Duration::from_secs(20)) };

/// The records of the first patients of the sample, and those that belong to no patient; `None` where it is not there.
fn sample(patients: usize, folder: &Path) -> Option<PathBuf> {
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/synthea-r4-500.ndjson.zst");
    let Ok(file) = std::fs::File::open(&packed) else {
        println!("skipped: the sample of 500 patients is not beside the project");
        return None;
    };
    let reader = || BufReader::new(zstd::Decoder::new(file.try_clone().expect("a handle")).expect("packed"));
    let mut chosen = BTreeSet::new();
    let path = folder.join("sample.ndjson");
    let mut written = std::fs::File::create(&path).expect("created");
    for line in reader().lines() {
        let line = line.expect("text");
        let record: Value = serde_json::from_str(&line).expect("a record");
        let id = record["id"].as_str().unwrap_or_default();
        let about = |name: &str| record[name]["reference"].as_str().and_then(|r| r.strip_prefix("Patient/"));
        let wanted = match record["resourceType"].as_str() {
            Some("Patient") => chosen.len() < patients && chosen.insert(id.to_owned()),
            _ => about("subject").or_else(|| about("patient")).is_none_or(|patient| chosen.contains(patient)),
        };
        if wanted {
            writeln!(written, "{line}").expect("written");
        }
    }
    Some(path)
}

/// The server with these records, a nurse of a new workstation behind a line.
struct Behind {
    app: Workstation,
    line: Line,
}

fn workstation(clinic: &Clinic, folder: &Path, runtime: &Runtime, rng: SeededRng) -> Behind {
    let address =
        clinic.backend.fhir.strip_prefix("https://").and_then(|a| a.strip_suffix("/fhir")).expect("an address");
    let line = Line::to(address, rng);
    let site = TestSite { server: format!("https://{}/fhir", line.address), ..clinic.site("amara") };
    let device = TestDevice {
        profile: folder.to_owned(),
        runtime: runtime.handle().clone(),
        clock: Arc::new(SystemClock),
        keychain: Arc::new(FakeKeychain::default()),
    };
    let (app, _phone) = device.enrol(nurse_amara(), Some(&site)).map_err(|f| f.code).expect("enrolled");
    Behind { app, line }
}

/// Syncs until everything is there; the number of runs.
fn sync_to_the_end(app: &Workstation, limit: Duration) -> usize {
    let (began, mut runs) = (now(), 0);
    loop {
        runs += 1;
        match sync::run_to_end(app).map_err(|f| f.code) {
            Ok(report) => {
                if report.complete_as_of.is_some() && !report.has_failures() {
                    return runs;
                }
                let open = report.types.iter().filter(|t| t.outcome.is_failure());
                let open: Vec<_> = open.map(|t| (t.resource_type.as_str(), t.outcome)).collect();
                println!("    run {runs}: {} records, not complete: {open:?}", report.pulled);
            }
            Err(code) => {
                assert_ne!(code, ErrorCode::DiskFull, "run {runs}");
                println!("    run {runs}: {}", code.name());
            }
        }
        assert!(now() - began < limit, "not complete after {runs} runs and {:?}", now() - began);
    }
}

/// The records on the device, by type.
fn stored(app: &Workstation) -> Vec<(String, u64)> {
    let page = sync::sync_page(app).map_err(|f| f.code).expect("a page");
    page.types.into_iter().map(|t| (t.resource_type, t.count)).collect()
}

#[test]
fn a_first_sync_on_a_rural_line_ends_with_the_same_records() {
    let is_full = std::env::var_os("CHARTKEEP_LINE").is_some_and(|all| all == "full");
    let folder = tempfile::tempdir().expect("a folder");
    let Some(records) = sample(if is_full { 60 } else { 4 }, folder.path()) else { return };
    let quality = if is_full { RURAL } else { Quality { reset: None, ..RURAL } };
    let load = ["--load", records.to_str().expect("a path"), "--listen", "127.0.0.1:0"];
    let Some(clinic) = Clinic::start_with(folder.path(), &load) else { return };
    let runtime = Runtime::new().expect("runtime");
    let mut bytes = Vec::new();
    let mut found = Vec::new();
    for (name, quality) in [("as good as none", PERFECT), ("rural", quality)] {
        let Behind { app, line } = workstation(
            &clinic,
            &folder.path().join(name.replace(' ', "-")),
            &runtime,
            SeededRng::from_env_or_random(),
        );
        line.becomes(quality);
        line.take_bytes();
        let began = now();
        let runs = sync_to_the_end(&app, Duration::from_secs(1_800));
        let carried = line.take_bytes();
        let records = stored(&app);
        let pulled: u64 = records.iter().map(|(_, count)| count).sum();
        println!("{name}: {pulled} records in {runs} runs, {carried} bytes, {:.1} s", (now() - began).as_secs_f64());
        bytes.push(carried);
        found.push(records);
        app.close();
    }
    assert_eq!(found[0], found[1], "the same records");
    assert!(!is_full || bytes[1] * 100 <= bytes[0] * 115, "{} bytes instead of {}", bytes[1], bytes[0]);
}
