//! A profile at the end of a working day: five people, a server, records in every segment, unsent work, a draft, a
//! waiting grant and a waiting inbox; and how it was one save before, before what has not been sent, and one day before.

use super::records::{ADA, OMAR, at_first, at_last, later};
use super::visit;
use crate::clinic::Clinic;
use crate::files::copy_folder;
use chartkeep_tests::ok;
use keep_domain::{Clock, ManualClock, Secret, SystemClock, UserId, UtcMillis};
use keep_keys::{FakeKeychain, Keychain, phone_code};

use keep_session::cases::{drafts, lock, sync, unlock};
use keep_session::dto::failure::FailureDto;
use keep_session::dto::lock::{SessionDto, UnlockDto};
use keep_session::testing::{PASSWORD, TestDevice, enrol_signed_in};
use keep_session::{SiteFile, Workstation};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Milliseconds of one step of a one-time code (RFC 6238).
const STEP_MILLIS: i64 = 30_000;

/// Items of a keychain.
pub(super) type Items = BTreeMap<String, Vec<u8>>;

/// A profile that is copied for each case, its server, and its people's phones.
pub(super) struct WornProfile {
    folder: tempfile::TempDir,
    pub(super) clinic: Clinic,
    pub(super) people: BTreeMap<&'static str, Enrolled>,
    /// The keychain by the name of the copy that it belongs to.
    pub(super) keychains: BTreeMap<&'static str, Items>,
    /// When the day ended, by its clock and by the machine's.
    ended: (UtcMillis, Duration),
    /// The step of the code that each person used last in that day.
    used: BTreeMap<&'static str, i64>,
}

/// A person with a slot.
pub(super) struct Enrolled {
    pub(super) user: UserId,
    phone: Secret<String>,
    /// The step of the code that was used last.
    used: Cell<i64>,
}

/// A profile folder with a clock and a keychain that a test sets.
pub(super) struct Station {
    pub(super) profile: PathBuf,
    pub(super) clock: Arc<ManualClock>,
    pub(super) keychain: Arc<FakeKeychain>,
    pub(super) runtime: Runtime,
    /// The machine's time up to which the clock has gone on.
    gone: Cell<Duration>,
}

impl Station {
    pub(super) fn new(profile: PathBuf, now: UtcMillis, items: &Items) -> Self {
        let keychain = FakeKeychain::default();
        for (item, value) in items {
            keychain.write(item, value).expect("a keychain");
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        Self {
            profile,
            clock: Arc::new(ManualClock::starting(now)),
            keychain: Arc::new(keychain),
            runtime: runtime.expect("runtime"),
            gone: Cell::new(SystemClock.monotonic()),
        }
    }

    /// Moves the clock with the machine's, as the trusted time does.
    fn follow_machine_time(&self) {
        let now = SystemClock.monotonic();
        self.clock.advance(now.saturating_sub(self.gone.replace(now)));
    }

    pub(super) fn open(&self) -> Result<Workstation, FailureDto> {
        let (clock, keychain): (Arc<dyn Clock>, Arc<dyn Keychain>) = (self.clock.clone(), self.keychain.clone());
        let (profile, runtime) = (self.profile.clone(), self.runtime.handle().clone());
        TestDevice { profile, runtime, clock, keychain }.open()
    }

    /// All that the keychain holds.
    pub(super) fn items(&self) -> Items {
        let read = |item: String| {
            let value = self.keychain.read(&item).expect("keychain").expect("an item");
            // EXPOSE: a made-up keychain, copied for each case.
            (item, value.expose().clone())
        };
        self.keychain.items().into_iter().map(read).collect()
    }
}

impl Enrolled {
    /// Unlocks with password and code, at a time whose code was not used.
    pub(super) fn unlock(&self, station: &Station, app: &Workstation) -> Result<SessionDto, FailureDto> {
        station.follow_machine_time();
        let step = |time: UtcMillis| time.0 / STEP_MILLIS;
        let next = UtcMillis((self.used.get() + 1) * STEP_MILLIS);
        let wait = next.0 - station.clock.now().0;
        station.clock.advance(Duration::from_millis(u64::try_from(wait).unwrap_or(0)));
        self.used.set(step(station.clock.now()));
        let code = phone_code(&self.phone, station.clock.now()).expect("a code");
        // EXPOSE: a test reads the phone.
        let code = Some(code.expose().clone());
        let user = self.user.to_string();
        unlock::unlock(app, UnlockDto { user, password: PASSWORD.to_owned(), code, phone_time: None })
    }
}

impl WornProfile {
    /// Works through the day. `None` where the server's program is not built.
    pub(super) fn make() -> Option<Self> {
        let folder = super::temporary();
        let mut clinic = Clinic::start(folder.path())?;
        let colleague = clinic.colleague("rafael");
        let put = |records: Vec<serde_json::Value>| records.iter().for_each(|r| colleague.put(&r.to_string()));
        put(at_first(SystemClock.now()));

        let mut day = Day::begin(folder.path().join("profile"), &clinic);
        for user in ["jonas", "amara", "grace", "leila"] {
            day.enrol(&clinic, user);
        }
        day.shift("jonas", |_| ());
        for user in ["jonas", "amara", "grace", "leila"] {
            day.shift(user, sync_now);
        }
        day.enrol(&clinic, "wanjiru");
        // Her grants wait on the disk: she has not come back.
        day.shift("jonas", |_| ());
        day.shift("amara", |app| {
            ok(drafts::save_draft(app, visit::draft()));
            ok(visit::save_vitals(app, OMAR, "77"));
            sync_now(app);
        });
        day.keep(folder.path(), "day");

        put(later());
        day.shift("jonas", sync_now);
        day.shift("grace", |app| {
            ok(visit::save_vitals(app, OMAR, "78"));
            sync_now(app);
        });
        day.shift("leila", sync_now);
        put(at_last());
        day.shift("amara", sync_now);
        day.keep(folder.path(), "sent");
        clinic.backend.stop();
        let mut saved = Vec::new();
        day.shift("amara", |app| saved = ok(visit::save_vitals(app, ADA, "203")).resources);
        day.keep(folder.path(), "save");
        day.shift("amara", |app| visit::mark_entered_in_error(app, &saved));
        day.keep(folder.path(), "now");
        copy_folder(&clinic.backend.data(), &folder.path().join("server.saved"));
        day.app.close();
        let Day { station, people, keychains, .. } = day;
        let ended = (station.clock.now(), SystemClock.monotonic());
        let used = people.iter().map(|(name, p)| (*name, p.used.get())).collect();
        drop(station);

        let mut other = Day::begin(folder.path().join("profile"), &clinic);
        clinic.start_again();
        for user in ["jonas", "amara"] {
            other.enrol(&clinic, user);
        }
        other.shift("jonas", sync_now);
        other.keep(folder.path(), "other");
        other.app.close();
        let keychains = keychains.into_iter().chain(other.keychains).collect();
        clinic.backend.stop();
        Some(Self { folder, clinic, people, keychains, ended, used })
    }

    /// The folder of each case's profile.
    pub(super) fn profile(&self) -> PathBuf {
        self.folder.path().join("profile")
    }

    /// A copy of the profile: `now`, `save`, `sent`, `day` or `other`.
    pub(super) fn copy(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A fresh copy of the profile as it is now, where the original was; server and keychain as they were then.
    pub(super) fn restored(&mut self) -> Station {
        self.station("now")
    }

    pub(super) fn station(&mut self, copy: &'static str) -> Station {
        let saved = self.folder.path().join("server.saved");
        self.clinic.start_from(&saved);
        let profile = self.profile();
        super::remove(&profile);
        copy_folder(&self.copy(copy), &profile);
        for (name, person) in &self.people {
            person.used.set(self.used[name]);
        }
        // The trusted time goes on with the machine's, however long the day's clock was ahead of it.
        let since = SystemClock.monotonic().saturating_sub(self.ended.1).as_millis();
        let now = self.ended.0.plus_millis(i64::try_from(since).expect("short"));
        Station::new(profile, now, &self.keychains[copy])
    }
}

/// A day that is being worked through.
struct Day {
    station: Station,
    app: Workstation,
    people: BTreeMap<&'static str, Enrolled>,
    keychains: BTreeMap<&'static str, Items>,
    server: String,
    ca: PathBuf,
}

impl Day {
    fn begin(profile: PathBuf, clinic: &Clinic) -> Self {
        super::remove(&profile);
        let station = Station::new(profile, SystemClock.now(), &Items::new());
        let app = ok(station.open());
        let (server, ca) = (clinic.backend.fhir.clone(), clinic.backend.ca.clone());
        Self { station, app, people: BTreeMap::new(), keychains: BTreeMap::new(), server, ca }
    }

    fn enrol(&mut self, clinic: &Clinic, user: &'static str) {
        let mut who = None;
        let site = SiteFile::for_server(&self.server, None);
        let phone = enrol_signed_in(&self.app, &site, &self.ca, |nonce| {
            let signed_in = clinic.sign_in_for(user, nonce);
            who = Some(UserId::of(&signed_in.claims.issuer, &signed_in.claims.subject));
            signed_in
        });
        let used = Cell::new(self.station.clock.now().0 / STEP_MILLIS);
        self.people.insert(user, Enrolled { user: who.expect("signed in"), phone: ok(phone), used });
        lock::lock_session(&self.app, "user");
    }

    /// One person comes, works and locks.
    fn shift(&mut self, user: &'static str, work: impl FnOnce(&Workstation)) {
        ok(self.people[user].unlock(&self.station, &self.app));
        work(&self.app);
        lock::lock_session(&self.app, "user");
    }

    /// Ends the program, copies profile and keychain, and starts it again.
    fn keep(&mut self, folder: &Path, name: &'static str) {
        self.app.close();
        copy_folder(&self.station.profile, &folder.join(name));
        self.keychains.insert(name, self.station.items());
        self.app = ok(self.station.open());
    }
}

fn sync_now(app: &Workstation) {
    let ended = ok(sync::run_to_end(app));
    assert_eq!((ended.pending, ended.rejected, ended.conflicts), (0, 0, 0), "{ended:?}");
}
