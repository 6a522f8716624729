//! A device with its users, for tests of unlocking.

use crate::enrolment::{Enrolment, EnrolmentInput};
use crate::lease::LeaseRecord;
use crate::totp::{TotpSeed, digits, start_of, step_of};
use crate::{
    Attempt, DeviceKey, FakeKeychain, FakeMemory, KdfParams, KeysError, ManualBootClock, MemberClaims, OpenedSlot,
    SlotUnlocker, Slots, TrustedTime,
};
use keep_domain::{Clock, DeviceId, ManualClock, Policy, ProviderStatement, Role, Secret, UserId, UtcMillis};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The start of a 30 s step.
pub(super) const MORNING: UtcMillis = UtcMillis(1_795_338_000_000);
pub(super) const PASSWORD: &str = "correct horse battery";

/// A device without enrolled users.
pub(super) struct TestDevice {
    pub(super) folder: tempfile::TempDir,
    pub(super) slots: Slots,
    pub(super) keychain: FakeKeychain,
    pub(super) memory: FakeMemory,
    pub(super) clock: Arc<ManualClock>,
    pub(super) policy: Policy,
    pub(super) time: TrustedTime,
}

/// A user and the seed in their phone.
pub(super) struct Person {
    pub(super) user: UserId,
    pub(super) seed: TotpSeed,
}

impl TestDevice {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::starting(MORNING));
        let boot = Arc::new(ManualBootClock { clock: Arc::clone(&clock), boot: String::from("monday") });
        Self {
            slots: Slots::of_profile(folder.path()),
            folder,
            keychain: FakeKeychain::default(),
            memory: FakeMemory::default(),
            time: TrustedTime::starting(None, boot, clock.clone()),
            clock,
            policy: Policy { lease_days: 1, lease_grace_days: 1, ..Policy::default() },
        }
    }

    pub(super) fn with<T>(&mut self, work: impl FnOnce(&SlotUnlocker<'_>, &mut TrustedTime) -> T) -> T {
        let unlocker = SlotUnlocker {
            slots: &self.slots,
            device: DeviceId::from_bytes([0xd0; 16]),
            keychain: &self.keychain,
            memory: &self.memory,
            policy: &self.policy,
        };
        work(&unlocker, &mut self.time)
    }

    /// Enrols a user whose phone is `phone_ahead` steps ahead.
    pub(super) fn enrol(&mut self, subject: &str, phone_ahead: i64) -> Person {
        self.try_enrol(subject, phone_ahead).unwrap()
    }

    pub(super) fn try_enrol(&mut self, subject: &str, phone_ahead: i64) -> Result<Person, KeysError> {
        let device_key = DeviceKey::load_or_make(&self.keychain, self.slots.exist().unwrap()).unwrap();
        self.with(|unlocker, time| {
            let enrolment = Enrolment::begin(unlocker.device, KdfParams::WEAK_FOR_TESTS).unwrap();
            let uri = enrolment.otpauth_uri(subject, "Room 2").unwrap();
            // EXPOSE: a test simulates the phone.
            let base32 = uri.expose().split("secret=").nth(1).unwrap().split('&').next().unwrap().to_owned();
            let seed = data_encoding::BASE32_NOPAD.decode(base32.as_bytes()).unwrap();
            let seed = TotpSeed::from_secret(Secret::new(seed.try_into().unwrap()));
            let claims = MemberClaims {
                issuer: String::from("https://id.example"),
                subject: subject.to_owned(),
                name: subject.to_owned(),
                roles: vec![Role::Nurse],
                restricted: false,
                nonce: enrolment.nonce(),
                issued_at: time.now(),
            };
            let step = step_of(time.now()).saturating_add_signed(phone_ahead);
            let code = Secret::new(digits(seed.code(step)));
            let near = enrolment.confirm_code(&code, time);
            let confirmed = near.or_else(|_| enrolment.confirm_code_at(&code, time, start_of(step)))?;
            let mut lease = LeaseRecord::for_tests(time.now(), 1);
            lease.subject = subject.to_owned();
            let input = EnrolmentInput {
                claims: &claims,
                statement: ProviderStatement::of_id_token(String::from("a.b.c")),
                lease,
                refresh_token: Some(Secret::new(String::from("rt-1"))),
                password: &Secret::new(PASSWORD.to_owned()),
                confirmed,
            };
            enrolment.finish(unlocker, &device_key, time, input).map(|opened| Person { user: opened.header.user, seed })
        })
    }

    /// The code `ahead` steps after this computer's step.
    pub(super) fn code(&self, person: &Person, ahead: i64) -> String {
        digits(person.seed.code(step_of(self.time.now()).saturating_add_signed(ahead)))
    }

    pub(super) fn unlock(&mut self, person: &Person, password: &str, code: &str) -> Result<OpenedSlot, KeysError> {
        self.unlock_at(person, password, code, None)
    }

    pub(super) fn unlock_at(
        &mut self,
        person: &Person,
        password: &str,
        code: &str,
        entered_time: Option<UtcMillis>,
    ) -> Result<OpenedSlot, KeysError> {
        let (password, code) = (Secret::new(password.to_owned()), Secret::new(code.to_owned()));
        let attempt = Attempt { user: person.user, password: &password, code: &code, entered_time };
        self.with(|unlocker, time| unlocker.unlock(time, &attempt))
    }

    /// The time on the computer's clock.
    pub(super) fn clock_now(&self) -> UtcMillis {
        self.clock.now()
    }

    /// Trusted time in another process of this computer.
    pub(super) fn time_again(&self) -> TrustedTime {
        let boot = Arc::new(ManualBootClock { clock: Arc::clone(&self.clock), boot: String::from("monday") });
        TrustedTime::starting(Some(&self.time.mark()), boot, self.clock.clone())
    }

    pub(super) fn later(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(super) fn file(&self, person: &Person, kind: &str) -> PathBuf {
        self.slots.path(person.user, kind)
    }
}

pub(super) fn refused(failures: u32, wait: u64) -> KeysError {
    KeysError::UnlockRefused { failures, attempts_left: 10 - failures, wait: Duration::from_secs(wait) }
}
