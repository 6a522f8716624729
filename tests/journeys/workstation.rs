//! A workstation for one journey: a physician, a patient, and clocks and keychain that a test sets.

use crate::people::{patient, result};
use crate::small_disk::SmallDisk;
use chartkeep_tests::{ExtractedKeys, ok};
use keep_domain::{Clock, ErrorCode, ManualClock, Secret, Segment, SystemClock, UserId, UtcMillis};
use keep_keys::{Attempt, FakeKeychain, Keychain, phone_code};
use keep_session::cases::{audit, chart, unlock};
use keep_session::dto::failure::FailureDto;
use keep_session::dto::lock::{SessionDto, UnlockDto};
use keep_session::testing::{self, PASSWORD, TestDevice, TestSite, dr_jonas, import};
use keep_session::{Profile, Workstation, WorkstationSettings};
use keep_store::segment_path;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// When every journey begins.
pub(crate) const MORNING: UtcMillis = UtcMillis(1_795_338_000_000);

/// A workstation with one physician and one patient, locked and closed.
pub(crate) struct TestWorkstation {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) runtime: Runtime,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) keychain: Arc<FakeKeychain>,
    phone: Secret<String>,
    user: UserId,
}

impl TestWorkstation {
    pub(crate) fn new() -> Self {
        Self::enrolled(tempfile::tempdir().expect("folder"), MORNING, None)
    }

    /// The physician has signed in at a real server. The clock begins at its time.
    pub(crate) fn at(site: &TestSite) -> Self {
        Self::enrolled(tempfile::tempdir().expect("folder"), SystemClock.now(), Some(site))
    }

    /// The profile is on a disk of its own, which is dropped before the folder that it is mounted in.
    pub(crate) fn on_small_disk(megabytes: u32, site: Option<&TestSite>) -> Option<(Self, SmallDisk)> {
        let folder = tempfile::tempdir().expect("folder");
        let disk = SmallDisk::at(&folder.path().join("profile"), megabytes)?;
        let now = site.map_or(MORNING, |_| SystemClock.now());
        Some((Self::enrolled(folder, now, site), disk))
    }

    /// A profile that was made before, in `folder`; `keychain` and `phone` are what `user` had then.
    pub(crate) fn restored(
        folder: tempfile::TempDir,
        now: UtcMillis,
        keychain: FakeKeychain,
        phone: Secret<String>,
        user: UserId,
    ) -> Self {
        let runtime = Runtime::new().expect("runtime");
        let (clock, keychain) = (Arc::new(ManualClock::starting(now)), Arc::new(keychain));
        Self { folder, runtime, clock, keychain, phone, user }
    }

    fn enrolled(folder: tempfile::TempDir, now: UtcMillis, site: Option<&TestSite>) -> Self {
        let (jonas, phone) = (dr_jonas(), Secret::new(String::new()));
        let user = site.map_or_else(|| testing::user_of(jonas), TestSite::user);
        let mut made = Self::restored(folder, now, FakeKeychain::default(), phone, user);
        let (app, phone) = ok(made.device().enrol(jonas, site));
        made.phone = phone;
        let records = (0..40).map(|n| result(&format!("o{n}"), "p1", &format!("{n}.5")));
        let records = std::iter::once(patient("p1", "González", "Ada")).chain(records).collect();
        ok(import(&app, records));
        app.close();
        drop(app);
        made.later();
        made
    }

    pub(crate) fn profile(&self) -> PathBuf {
        self.folder.path().join("profile")
    }

    /// Beyond the code that was used last.
    pub(crate) fn later(&self) {
        self.clock.advance(Duration::from_secs(61));
    }

    pub(crate) fn open(&self) -> Result<Workstation, ErrorCode> {
        self.try_open().map_err(|f| f.code)
    }

    pub(crate) fn try_open(&self) -> Result<Workstation, FailureDto> {
        self.device().open()
    }

    /// The profile with this test's clock and keychain.
    pub(crate) fn device(&self) -> TestDevice {
        let (clock, keychain): (Arc<dyn Clock>, Arc<dyn Keychain>) = (self.clock.clone(), self.keychain.clone());
        TestDevice { profile: self.profile(), runtime: self.runtime.handle().clone(), clock, keychain }
    }

    /// Damages a segment's file; answers what it then holds.
    pub(crate) fn damage(&self, segment: Segment, how: fn(&mut Vec<u8>)) -> Vec<u8> {
        let path = segment_path(&self.profile(), segment);
        let mut bytes = std::fs::read(&path).expect("segment");
        how(&mut bytes);
        std::fs::write(&path, &bytes).expect("written");
        bytes
    }

    /// How many files that were set aside as damaged hold just that.
    pub(crate) fn set_aside_as(&self, segment: Segment, bytes: &[u8]) -> usize {
        let name = format!("{}.db.damaged-", segment.name());
        let files = std::fs::read_dir(self.profile().join("segments")).expect("folder").flatten().map(|e| e.path());
        let aside = files.filter(|p| p.to_string_lossy().contains(&name));
        aside.filter(|p| std::fs::read(p).is_ok_and(|found| found == bytes)).count()
    }

    pub(crate) fn code(&self) -> String {
        let code = phone_code(&self.phone, self.clock.now()).expect("a code");
        // EXPOSE: the made-up physician reads the phone aloud.
        code.expose().clone()
    }

    pub(crate) fn unlock(&self, app: &Workstation, password: &str, code: &str) -> Result<SessionDto, FailureDto> {
        let user = self.user.to_string();
        unlock::unlock(
            app,
            UnlockDto { user, password: password.to_owned(), code: Some(code.to_owned()), phone_time: None },
        )
    }

    /// Opens the profile and unlocks with the right password and code.
    pub(crate) fn unlocked(&self) -> Result<Workstation, ErrorCode> {
        let app = self.open()?;
        match self.unlock(&app, PASSWORD, &self.code()) {
            Ok(_) => Ok(app),
            Err(failure) => {
                app.close();
                Err(failure.code)
            }
        }
    }

    /// The keys that password and code open.
    pub(crate) fn extracted_keys(&self) -> ExtractedKeys {
        let device = WorkstationSettings::load(&Profile::at(&self.profile())).expect("settings").device;
        let password = Secret::new(PASSWORD.to_owned());
        let code = phone_code(&self.phone, self.clock.now()).expect("a code");
        let attempt = Attempt { user: self.user, password: &password, code: &code, entered_time: None };
        let clock = Arc::<ManualClock>::clone(&self.clock);
        let opened = ExtractedKeys::open(&self.profile(), &*self.keychain, clock, device, |unlocker, time| {
            unlocker.unlock(time, &attempt)
        });
        opened.expect("opened")
    }

    pub(crate) fn file(&self, ending: &str) -> PathBuf {
        self.profile().join("slots").join(format!("{}.{ending}", self.user))
    }

    /// The events so far.
    pub(crate) fn events(&self) -> u64 {
        let app = self.open().expect("opened");
        let report = audit::verify(&app, None).map_err(|f| f.code).expect("verified");
        app.close();
        assert!(report.findings.iter().all(|f| is_alert(f)), "{:?}", report.findings);
        report.events
    }

    /// Nothing is lost: the physician unlocks and reads the whole chart.
    pub(crate) fn is_whole(&self) {
        self.later();
        let app = self.unlocked().expect("unlocked afterwards");
        let read = chart::open_chart(&app, "p1").map_err(|f| f.code).map(|c| serde_json::to_string(&c).expect("json"));
        assert!(read.as_ref().is_ok_and(|c| c.contains("39.5")), "{:?}", read.err());
        app.close();
    }
}

/// Whether a finding of `audit verify` is an event that stands in a ledger that is whole.
pub(crate) fn is_alert(finding: &str) -> bool {
    finding.ends_with("not signed off")
}

/// How the command-line program ends with that code.
pub(crate) fn exit(code: ErrorCode) -> i32 {
    code.exit_code() as i32
}

/// Flips a bit in the middle of a file; answers what it held before.
pub(crate) fn flip_middle(path: &Path) -> Vec<u8> {
    let length = std::fs::metadata(path).expect("file").len();
    flip(path, usize::try_from(length / 2).expect("small"))
}

/// A code of which every digit is wrong.
pub(crate) fn another_code(right: &str) -> String {
    right.chars().map(|c| if c == '9' { '0' } else { char::from(c as u8 + 1) }).collect()
}

/// Flips a bit of a file; answers what it held before.
pub(crate) fn flip(path: &Path, at: usize) -> Vec<u8> {
    let whole = std::fs::read(path).expect("file");
    let mut bad = whole.clone();
    let at = at % bad.len();
    bad[at] ^= 0x10;
    std::fs::write(path, bad).expect("written");
    whole
}
