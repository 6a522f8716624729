//! A visit: saving vitals, unlocking, locking.

use crate::plain::{Task, run_baseline};
use crate::records::{Loaded, open};
use crate::report::Row;
use crate::timing::{Samples, sync_disk};
use chartkeep_tests::{ExtractedKeys, ok};
use keep_audit::{EventClass, EventDraft};
use keep_domain::{Clock, ManualClock, Phi, SystemClock};
use keep_keys::phone_code;
use keep_session::Workstation;
use keep_session::cases::{chart, lock, unlock, vitals};
use keep_session::dto::lock::UnlockDto;
use keep_session::dto::visit::VitalsDto;
use keep_session::testing::{self, PASSWORD, dr_jonas};
use keep_store::{ChangeSetDraft, EntryDraft, Operation};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Saves that are measured.
const SAVES: usize = 60;
/// Unlocks and locks that are measured; the clock moves by a code each, and ten minutes would be a wrong clock.
pub(crate) const UNLOCKS: usize = 12;

pub(crate) fn measure(loaded: &Loaded, scratch: &Path, runtime: &Runtime, rows: &mut Vec<Row>) {
    save(loaded, scratch, runtime, rows);
    open_and_close(loaded, runtime, rows);
}

fn save(loaded: &Loaded, scratch: &Path, runtime: &Runtime, rows: &mut Vec<Row>) {
    let patient = loaded.charts.first().expect("a patient");
    let app = open(&loaded.session, runtime);
    chart::open_chart(&app, patient).map(|_| ()).map_err(|f| f.code).expect("chart");
    sync_disk();
    let mut ours = Samples::default();
    for n in 0..SAVES {
        let saved = ours.take(|| vitals::save_vitals(&app, vitals_of(patient, n)));
        saved.map(|_| ()).map_err(|f| f.code).expect("saved");
    }
    app.close();
    drop(app);

    let keys = ExtractedKeys::take(&loaded.session, dr_jonas()).expect("keys");
    let author = keys.opened.header.user;
    let store = keys.open_store().expect("store");
    let mut alone = Samples::default();
    for n in 0..SAVES {
        let text = observation(patient, n);
        let entry = EntryDraft { operation: Operation::Create, base_version: None, raw: Phi::new(text) };
        let saved = alone.take(|| {
            store.write(|tx| {
                let ticket = tx.append(&EventDraft::new(EventClass::Create))?;
                tx.save_change_set(&ticket, ChangeSetDraft { author, entries: vec![entry] })
            })
        });
        saved.expect("saved");
    }
    let texts = (0..SAVES).map(|n| observation(patient, n)).collect();
    let base = run_baseline(&Task::Save { folder: scratch.to_owned(), texts }).took;
    rows.push(Row {
        baseline_is: "five plain files in TRUNCATE mode, synchronous FULL, one row each in one attached transaction",
        over: format!(
            "{SAVES} saves of vitals (store only: one observation); p99 ours {:.2}, store only {:.2}, baseline {:.2}",
            ours.percentile(99),
            alone.percentile(99),
            base.percentile(99)
        ),
        target: "<= 25 ms",
        met: Some(ours.percentile(50) <= 25.0),
        ..Row::of_times("save", 50, &ours, Some(&alone), &base)
    });
}

pub(crate) fn vitals_of(patient: &str, n: usize) -> VitalsDto {
    VitalsDto {
        patient: patient.to_owned(),
        systolic: String::from("128"),
        diastolic: String::from("82"),
        pulse: (60 + n % 40).to_string(),
        temperature: String::from("36.8"),
        confirmed: true,
        ..VitalsDto::default()
    }
}

fn observation(patient: &str, n: usize) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"bench-{n}","status":"final","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}}]}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"8867-4"}}]}},"subject":{{"reference":"Patient/{patient}"}},"effectiveDateTime":"2026-11-22T06:00:00Z","valueQuantity":{{"value":{},"unit":"/min"}}}}"#,
        60 + n % 40
    )
}

/// Password and code, everything but the key derivation, which is the weak one here; and the way back.
fn open_and_close(loaded: &Loaded, runtime: &Runtime, rows: &mut Vec<Row>) {
    let patient = loaded.charts.first().expect("a patient");
    // Before the session moves its trusted time ahead of the computer's clock.
    let (mut alone, mut closing) = (Samples::default(), Samples::default());
    for _ in 0..UNLOCKS {
        let keys = ExtractedKeys::take(&loaded.session, dr_jonas()).expect("keys");
        let store = alone.take(|| keys.open_store().expect("store"));
        closing.take(|| drop(store));
    }
    let open_and_close = Task::OpenAndClose { db: loaded.plain.clone(), patient: patient.clone(), times: UNLOCKS };
    let plain = run_baseline(&open_and_close);

    let (mut unlocks, mut locks) = (Samples::default(), Samples::default());
    with_unlocks(loaded, runtime, |app, ask| {
        unlocks.take(|| unlock::unlock(app, ask)).map(|_| ()).map_err(|f| f.code).expect("unlocked");
        chart::open_chart(app, patient).map(|_| ()).map_err(|f| f.code).expect("chart");
        locks.take(|| lock::lock_session(app, "user"));
    });

    rows.push(Row {
        baseline_is: "opening the plain file and reading one chart",
        over: format!(
            "{UNLOCKS} unlocks with password and code, derivation of 8 KiB; p99 {:.0}",
            unlocks.percentile(99)
        ),
        target: "<= 2000 ms",
        met: Some(unlocks.percentile(50) <= 2000.0),
        ..Row::of_times("unlock_without_kdf", 50, &unlocks, Some(&alone), &plain.took)
    });
    rows.push(Row {
        baseline_is: "closing the plain file",
        over: format!("{UNLOCKS} locks after a chart was read; in the session, without replacing the process"),
        target: "<= 1000 ms",
        met: Some(locks.percentile(99) <= 1000.0),
        ..Row::of_times("lock", 99, &locks, Some(&closing), &plain.closing)
    });
}

/// Opens the profile and hands over, `UNLOCKS` times, what unlocks it by then: the clock moves by a code each.
pub(crate) fn with_unlocks(loaded: &Loaded, runtime: &Runtime, mut act: impl FnMut(&Workstation, UnlockDto)) {
    let clock = Arc::new(ManualClock::starting(SystemClock.now()));
    let device = loaded.session.device(runtime.handle().clone(), Arc::<ManualClock>::clone(&clock));
    let app = ok(device.open());
    let phone = loaded.session.phone(dr_jonas()).expect("phone");
    for _ in 0..UNLOCKS {
        clock.advance(Duration::from_secs(31));
        let code = phone_code(&phone, clock.now()).expect("code");
        let user = testing::user_of(dr_jonas()).to_string();
        // EXPOSE: the made-up physician types the code.
        let code = Some(code.expose().clone());
        act(&app, UnlockDto { user, password: PASSWORD.to_owned(), code, phone_time: None });
    }
    app.close();
}
