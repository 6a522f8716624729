//! The use cases over a real store: everything but the server and the window.

mod access;
mod audit;
mod authority;
mod colleagues;
mod commands;
mod conflicts;
mod damage;
mod documents;
mod drafts;
mod enrolling;
mod events;
mod files;
mod giving_up;
mod integrity;
mod ledger;
mod limits;
mod lists;
mod locking;
mod own_role;
mod patients;
mod phone_time;
mod recorded_elsewhere;
mod role_changes;
mod server_time;
mod sign_in_again;
mod visit;

use crate::Workstation;
use crate::cases::{lock, unlock};
use crate::dto::failure::FailureDto;
use crate::dto::lock::{SessionDto, UnlockDto};
use crate::dto::visit::VitalsDto;
use crate::state::acquire;
use crate::testing::{PASSWORD, TestDevice, TestPerson, complete, import, user_of};
use keep_domain::{Clock, ManualClock, Secret, UtcMillis};
use keep_keys::{Attempt, FakeKeychain, ManualBootClock, OpenedSlot, TrustedTime, phone_code};
use keep_sync::CHART_TYPES;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// 22-Nov-2026 12:00 UTC.
const NOON: UtcMillis = UtcMillis(1_795_348_800_000);

/// A workstation with one user unlocked, and María's chart.
struct Clinic {
    workstation: Workstation,
    folder: TempDir,
    clock: Arc<ManualClock>,
    person: TestPerson,
    phone: Secret<String>,
    // Dropped last: the workstation's tasks run on it.
    _runtime: tokio::runtime::Runtime,
}

impl Clinic {
    fn with(person: TestPerson) -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
        let clock = Arc::new(ManualClock::starting(NOON));
        let device = TestDevice {
            profile: folder.path().to_owned(),
            runtime: runtime.handle().clone(),
            clock: clock.clone(),
            keychain: Arc::new(FakeKeychain::default()),
        };
        let (workstation, phone) = ok(device.enrol(person, None));
        // Trusted time follows the test's clock from here on, not the machine's boot.
        let boot = ManualBootClock { clock: Arc::clone(&clock), boot: String::from("monday") };
        *acquire(&workstation.0.device.time) = Some(TrustedTime::starting(None, Arc::new(boot), clock.clone()));
        ok(import(&workstation, records().into_iter().map(str::to_owned).collect()));
        Self { workstation, folder, clock, person, phone, _runtime: runtime }
    }

    /// Locks, and waits until the last code has expired.
    fn lock(&self) {
        lock::lock_session(&self.workstation, "user");
        self.clock.advance(Duration::from_secs(61));
    }

    /// Unlocks with `password` and the phone's code.
    fn unlock(&self, password: &str) -> Result<SessionDto, FailureDto> {
        let code = phone_code(&self.phone, self.clock.now()).expect("a code");
        // EXPOSE: a test reads the phone.
        let code = Some(code.expose().clone());
        let user = user_of(self.person).to_string();
        unlock::unlock(&self.workstation, UnlockDto { user, password: password.to_owned(), code, phone_time: None })
    }

    /// Unlocks with the right factors.
    fn unlock_well(&self) -> Result<SessionDto, FailureDto> {
        self.unlock(PASSWORD)
    }

    /// The user's slot, opened with password and code, without starting a session.
    fn open_slot(&self) -> OpenedSlot {
        let code = phone_code(&self.phone, self.clock.now()).expect("a code");
        let password = Secret::new(PASSWORD.to_owned());
        let attempt = Attempt { user: user_of(self.person), password: &password, code: &code, entered_time: None };
        let opened = self.workstation.with_slot_unlocker(|unlocker, time| unlocker.unlock(time, &attempt));
        opened.map_err(|f| f.code).expect("opened")
    }

    /// As after a first complete sync.
    fn synced(self) -> Self {
        ok(complete(&self.workstation, CHART_TYPES));
        self
    }
}

/// The reply; a failure panics with its code.
fn ok<T>(reply: Result<T, crate::dto::failure::FailureDto>) -> T {
    match reply {
        Ok(value) => value,
        Err(failure) => {
            let fields: Vec<_> = failure.fields.iter().map(|f| format!("{} {:?}", f.field, f.reason)).collect();
            panic!("failed: {} {fields:?}", failure.code.name())
        }
    }
}

/// The code of a failure.
fn code_of<T>(reply: Result<T, crate::dto::failure::FailureDto>) -> keep_domain::ErrorCode {
    match reply {
        Ok(_) => panic!("should have failed"),
        Err(failure) => failure.code,
    }
}

fn records() -> Vec<&'static str> {
    vec![
        crate::view::fixtures::MARIA,
        r#"{"resourceType":"Practitioner","id":"amara-1","name":[{"text":"Amara Okafor"}]}"#,
        r#"{"resourceType":"Practitioner","id":"jonas-1","name":[{"text":"Dr Jonas Mbeki"}]}"#,
        r#"{"resourceType":"AllergyIntolerance","id":"al1","meta":{"versionId":"1"},"clinicalStatus":{"coding":[{"code":"active"}]},"criticality":"high","code":{"text":"Penicillin"},"patient":{"reference":"Patient/maria"},"reaction":[{"manifestation":[{"text":"anaphylaxis"}],"severity":"severe"}]}"#,
        r#"{"resourceType":"Condition","id":"c1","meta":{"versionId":"1"},"clinicalStatus":{"coding":[{"code":"active"}]},"code":{"text":"Essential hypertension"},"subject":{"reference":"Patient/maria"},"onsetDateTime":"2014"}"#,
        r#"{"resourceType":"MedicationRequest","id":"m1","meta":{"versionId":"1"},"status":"active","intent":"order","medicationCodeableConcept":{"text":"amlodipine 5 MG tablet"},"subject":{"reference":"Patient/maria"},"authoredOn":"2026-11-20"}"#,
        r#"{"resourceType":"Observation","id":"h1","meta":{"versionId":"1"},"status":"final","category":[{"coding":[{"code":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"8302-2"}]},"subject":{"reference":"Patient/maria"},"effectiveDateTime":"2026-01-10T08:00:00Z","valueQuantity":{"value":160,"unit":"cm","code":"cm"}}"#,
        r#"{"resourceType":"Observation","id":"l1","meta":{"versionId":"1"},"status":"final","category":[{"coding":[{"code":"laboratory"}]}],"code":{"text":"HbA1c"},"subject":{"reference":"Patient/maria"},"effectiveDateTime":"2026-11-11T08:00:00Z","valueQuantity":{"value":8.2,"unit":"%"},"interpretation":[{"coding":[{"code":"H"}]}]}"#,
        r#"{"resourceType":"Appointment","id":"ap1","meta":{"versionId":"1"},"status":"booked","start":"2026-11-22T11:00:00Z","reasonCode":[{"text":"Follow-up, hypertension"}],"participant":[{"actor":{"reference":"Patient/maria"},"status":"accepted"},{"actor":{"reference":"Practitioner/jonas-1"},"status":"accepted"}]}"#,
    ]
}

/// María's vital signs as nurse Amara types them.
fn vitals() -> VitalsDto {
    VitalsDto {
        oxygen: Some(false),
        patient: String::from("maria"),
        systolic: String::from("162"),
        diastolic: String::from("98"),
        pulse: String::from("76"),
        temperature: String::from("36.80"),
        respiration: String::from("16"),
        spo2: String::from("97"),
        weight: String::from("81.4"),
        consciousness: Some(keep_domain::Consciousness::Alert),
        ..VitalsDto::default()
    }
}
