use crate::enrolment::{Enrolment, EnrolmentInput};
use crate::lease::LeaseRecord;
use crate::slots::Slots;
use crate::throttle::FakeMemory;
use crate::totp::{TotpSeed, digits, start_of, step_of};
use crate::trusted_time::{ManualBoot, TrustedTime};
use crate::unlock::{Attempt, Opened, SlotDoor};
use crate::{DeviceKey, FakeKeychain, KdfParams, Keychain, KeychainState, KeysError, ResumeSecret, VerifiedClaims};
use keep_domain::{DeviceId, ErrorCode, ManualClock, Policy, Role, Secret, UserId, UtcMillis};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The start of a 30 s step.
const MORNING: UtcMillis = UtcMillis(1_795_338_000_000);
const PASSWORD: &str = "correct horse battery";

/// A workstation with nobody enrolled.
struct Workstation {
    folder: tempfile::TempDir,
    slots: Slots,
    keychain: FakeKeychain,
    memory: FakeMemory,
    clock: Arc<ManualClock>,
    policy: Policy,
    time: TrustedTime,
}

/// A clinician's phone and head.
struct Person {
    user: UserId,
    seed: TotpSeed,
}

impl Workstation {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::starting(MORNING));
        let boot = Arc::new(ManualBoot { clock: Arc::clone(&clock), boot: String::from("monday") });
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

    fn with<T>(&mut self, work: impl FnOnce(&SlotDoor<'_>, &mut TrustedTime) -> T) -> T {
        let door = SlotDoor {
            slots: &self.slots,
            device: DeviceId::from_bytes([0xd0; 16]),
            keychain: &self.keychain,
            memory: &self.memory,
            policy: &self.policy,
        };
        work(&door, &mut self.time)
    }

    /// Enrols someone whose phone is `phone_ahead` steps ahead.
    fn enrol(&mut self, subject: &str, phone_ahead: i64) -> Person {
        let kd = DeviceKey::load_or_make(&self.keychain, self.slots.exist().unwrap()).unwrap();
        self.with(|door, time| {
            let enrolment = Enrolment::begin(door.device, KdfParams::WEAK_FOR_TESTS).unwrap();
            let uri = enrolment.otpauth_uri(subject, "Room 2").unwrap();
            // EXPOSE: a test plays the phone.
            let base32 = uri.expose().split("secret=").nth(1).unwrap().split('&').next().unwrap().to_owned();
            let seed = data_encoding::BASE32_NOPAD.decode(base32.as_bytes()).unwrap();
            let seed = TotpSeed::from_secret(Secret::new(seed.try_into().unwrap()));
            let claims = VerifiedClaims {
                issuer: String::from("https://id.example"),
                subject: subject.to_owned(),
                name: subject.to_owned(),
                roles: vec![Role::Nurse],
                restricted: false,
                nonce: enrolment.nonce(),
                issued_at: time.now(),
            };
            let step = step_of(time.now()).saturating_add_signed(phone_ahead);
            let confirmed = enrolment.confirm_code(&Secret::new(digits(seed.code(step))), time).unwrap();
            let mut lease = LeaseRecord::for_tests(time.now(), 1);
            lease.subject = subject.to_owned();
            let input = EnrolmentInput {
                claims: &claims,
                id_token: String::from("a.b.c"),
                lease,
                refresh_token: Some(Secret::new(String::from("rt-1"))),
                password: &Secret::new(PASSWORD.to_owned()),
                confirmed,
            };
            let opened = enrolment.finish(door, &kd, time, input).unwrap();
            Person { user: opened.header.user, seed }
        })
    }

    /// An hour later; the code of the step that is `ahead` of this computer's.
    fn code(&self, person: &Person, ahead: i64) -> String {
        digits(person.seed.code(step_of(self.time.now()).saturating_add_signed(ahead)))
    }

    fn unlock(&mut self, person: &Person, password: &str, code: &str) -> Result<Opened, KeysError> {
        self.unlock_at(person, password, code, None)
    }

    fn unlock_at(
        &mut self,
        person: &Person,
        password: &str,
        code: &str,
        entered_time: Option<UtcMillis>,
    ) -> Result<Opened, KeysError> {
        let (password, code) = (Secret::new(password.to_owned()), Secret::new(code.to_owned()));
        let attempt = Attempt { user: person.user, password: &password, code: &code, entered_time };
        self.with(|door, time| door.unlock(time, &attempt))
    }

    fn later(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    fn file(&self, person: &Person, kind: &str) -> PathBuf {
        self.slots.path(person.user, kind)
    }
}

fn refused(failures: u32, wait: u64) -> KeysError {
    KeysError::UnlockRefused { failures, attempts_left: 10 - failures, wait: Duration::from_secs(wait) }
}

#[test]
fn password_and_code_open_the_same_keys_again() {
    let mut w = Workstation::new();
    let amara = w.enrol("amara", 0);
    w.later(60);
    let code = w.code(&amara, 0);
    let first = w.unlock(&amara, PASSWORD, &code).unwrap();
    w.later(30);
    let code = w.code(&amara, 0);
    let second = w.unlock(&amara, PASSWORD, &code).unwrap();
    assert_eq!(first.keys.personal_key().key(), second.keys.personal_key().key());
    // EXPOSE: a test compares what came back.
    assert_eq!(second.ring.refresh_token().unwrap().expose(), "rt-1");
    assert!(!second.restored_state && !second.clock_corrected);
    let shown = w.slots.list().unwrap();
    assert_eq!(shown[0].shown.as_ref().unwrap().display_name, "amara");
}

#[test]
fn wrong_password_and_wrong_code_look_the_same() {
    let mut w = Workstation::new();
    let amara = w.enrol("amara", 0);
    w.later(60);
    let code = w.code(&amara, 0);
    let wrong_code = digits((amara.seed.code(step_of(w.time.now())) + 1) % 1_000_000);
    assert_eq!(w.unlock(&amara, "wrong password", &code).unwrap_err(), refused(1, 0));
    assert_eq!(w.unlock(&amara, PASSWORD, &wrong_code).unwrap_err(), refused(2, 0));
    assert_eq!(w.unlock(&amara, PASSWORD, "12ab").unwrap_err(), refused(3, 0));
    assert!(w.unlock(&amara, PASSWORD, &code).is_ok());
    w.later(30);
    assert_eq!(w.unlock(&amara, "wrong password", "000000").unwrap_err(), refused(1, 0), "success clears failures");
}

#[test]
fn a_code_works_once() {
    let mut w = Workstation::new();
    let amara = w.enrol("amara", 0);
    let used = KeysError::CodeUsed { next_in: Duration::from_secs(30) };
    let code = w.code(&amara, 0);
    assert_eq!(w.unlock(&amara, PASSWORD, &code).unwrap_err(), used, "used at enrolment");
    w.later(40);
    let code = w.code(&amara, 0);
    w.unlock(&amara, PASSWORD, &code).unwrap();
    w.later(5);
    let used = KeysError::CodeUsed { next_in: Duration::from_secs(15) };
    assert_eq!(w.unlock(&amara, PASSWORD, &code).unwrap_err(), used);
    w.later(15);
    // The step before is within reach of a slow clock, but its code has been used.
    assert_eq!(w.unlock(&amara, PASSWORD, &code).unwrap_err(), refused(1, 0));
}

#[test]
fn a_phone_that_drifts_is_followed() {
    let mut w = Workstation::new();
    let amara = w.enrol("amara", 4);
    for ahead in [4, 5, 6, 5] {
        w.later(120);
        let code = w.code(&amara, ahead);
        w.unlock(&amara, PASSWORD, &code).unwrap();
    }
    w.later(120);
    let code = w.code(&amara, 7);
    assert_eq!(w.unlock(&amara, PASSWORD, &code).unwrap_err(), refused(1, 0));
}

#[test]
fn failures_wait_then_hold_and_survive_lost_copies() {
    let mut w = Workstation::new();
    let amara = w.enrol("amara", 0);
    w.later(60);
    for n in 1..=5 {
        assert_eq!(w.unlock(&amara, "wrong", "000000").unwrap_err(), refused(n, if n == 5 { 30 } else { 0 }));
    }
    let throttled = KeysError::Throttled { wait: Duration::from_secs(30) };
    assert_eq!(w.unlock(&amara, PASSWORD, "000000").unwrap_err(), throttled);
    w.memory.lose_everything();
    assert_eq!(w.unlock(&amara, PASSWORD, "000000").unwrap_err(), throttled, "the keychain remembers");
    for wall in [0, MORNING.0 * 2] {
        w.clock.set_wall(UtcMillis(wall));
        assert_eq!(w.unlock(&amara, PASSWORD, "000000").unwrap_err(), throttled, "the wall clock has no say");
    }
    w.clock.set_wall(MORNING.plus_millis(60_000));
    w.later(30);
    let code = w.code(&amara, 0);
    assert!(w.unlock(&amara, PASSWORD, &code).is_ok());

    w.memory.lose_everything();
    w.keychain.delete(&format!("unlock/{}", amara.user)).unwrap();
    w.later(30);
    let code = w.code(&amara, 0);
    let held = KeysError::SlotHeld { online_only: false };
    assert_eq!(w.unlock(&amara, PASSWORD, &code).unwrap_err(), held, "both copies lost");
    w.with(|door, _| door.release(amara.user, true)).unwrap();
    assert!(w.unlock(&amara, PASSWORD, &code).is_ok());
}

#[test]
fn ten_failures_hold_until_released() {
    let mut w = Workstation::new();
    let amara = w.enrol("amara", 0);
    for _ in 0..10 {
        w.later(900);
        assert!(matches!(w.unlock(&amara, "wrong", "000000"), Err(KeysError::UnlockRefused { .. })));
    }
    w.later(900);
    let code = w.code(&amara, 0);
    let held = w.unlock(&amara, PASSWORD, &code).unwrap_err();
    assert_eq!((held.clone(), held.code()), (KeysError::SlotHeld { online_only: false }, ErrorCode::SlotHeld));
    w.with(|door, _| door.release(amara.user, false)).unwrap();
    assert!(w.unlock(&amara, PASSWORD, &code).is_ok());
}

#[test]
fn an_attempt_that_cannot_be_counted_is_not_made() {
    let mut w = Workstation::new();
    let amara = w.enrol("amara", 0);
    w.later(60);
    let code = w.code(&amara, 0);
    for (state, error) in [
        (KeychainState::Locked, KeysError::KeychainLocked),
        (KeychainState::Absent, KeysError::KeychainAbsent),
        (KeychainState::Slow, KeysError::KeychainSlow),
    ] {
        w.keychain.set_state(state);
        assert_eq!(w.unlock(&amara, PASSWORD, &code).unwrap_err(), error);
    }
    w.keychain.set_state(KeychainState::Ready);
    w.keychain.lose_everything();
    assert_eq!(w.unlock(&amara, PASSWORD, &code).unwrap_err(), KeysError::KeychainKeyMissing);
}

#[test]
fn an_old_state_put_back_serves_no_step_that_was_used() {
    let mut w = Workstation::new();
    let amara = w.enrol("amara", 0);
    let old = fs::read(w.file(&amara, "state")).unwrap();
    w.later(60);
    let seen_by_a_thief = w.code(&amara, 0);
    w.unlock(&amara, PASSWORD, &seen_by_a_thief).unwrap();
    fs::write(w.file(&amara, "state"), &old).unwrap();
    assert!(matches!(w.unlock(&amara, PASSWORD, &seen_by_a_thief), Err(KeysError::CodeUsed { .. })));
    // Nor does a clock set back bring the step within reach.
    w.later(3600);
    let now = w.time.now();
    w.clock.set_wall(MORNING.plus_millis(60_000));
    assert_eq!(w.unlock(&amara, PASSWORD, &seen_by_a_thief).unwrap_err(), KeysError::ClockWrong);
    let entered = w.unlock_at(&amara, PASSWORD, &seen_by_a_thief, Some(MORNING.plus_millis(60_000)));
    assert!(entered.is_err());
    w.clock.set_wall(now);
    let code = w.code(&amara, 0);
    assert!(w.unlock(&amara, PASSWORD, &code).unwrap().restored_state, "a finding");
}

#[test]
fn a_clock_set_back_is_said_and_corrected_by_the_phone() {
    let mut w = Workstation::new();
    let amara = w.enrol("amara", 0);
    w.later(3600);
    let real = w.time.now();
    w.clock.set_wall(UtcMillis(0));
    assert_eq!(w.unlock(&amara, PASSWORD, "000000").unwrap_err(), KeysError::ClockWrong);
    // The phone shows minutes; the code is of the second half of the minute.
    w.later(30);
    let code = digits(amara.seed.code(step_of(real) + 1));
    let opened = w.unlock_at(&amara, PASSWORD, &code, Some(real)).unwrap();
    assert!(opened.clock_corrected);
    assert_eq!(w.time.now(), start_of(step_of(real) + 1));
    w.later(30);
    let code = w.code(&amara, 0);
    assert!(!w.unlock(&amara, PASSWORD, &code).unwrap().clock_corrected, "the correction holds");
}

#[test]
fn a_clock_a_year_ahead_is_said_even_without_a_mark() {
    let mut w = Workstation::new();
    let amara = w.enrol("amara", 0);
    w.clock.set_wall(MORNING.plus_millis(365 * 86_400_000));
    w.time = TrustedTime::starting(
        None,
        Arc::new(ManualBoot { clock: Arc::clone(&w.clock), boot: String::from("tuesday") }),
        w.clock.clone(),
    );
    assert_eq!(w.unlock(&amara, PASSWORD, "000000").unwrap_err(), KeysError::ClockWrong);
    let record = w.with(|door, _| door.load_record(amara.user)).unwrap();
    assert_eq!(record.failures, 0, "nothing was tried");
}

#[test]
fn swapped_cut_and_flipped_files_are_damage_and_never_a_panic() {
    let mut w = Workstation::new();
    let (amara, leila) = (w.enrol("amara", 0), w.enrol("leila", 0));
    w.later(60);
    for kind in ["json", "state", "keys"] {
        let own = fs::read(w.file(&amara, kind)).unwrap();
        let code = w.code(&amara, 0);
        let mut bad = vec![fs::read(w.file(&leila, kind)).unwrap(), Vec::new(), own[..own.len() / 2].to_vec()];
        for at in (5..own.len()).step_by(own.len() / 9) {
            let mut flipped = own.clone();
            flipped[at] ^= 4;
            bad.push(flipped);
        }
        for bytes in bad {
            // Damage found behind the key derivation counts as a try; keep the slot from being held.
            w.with(|door, _| door.release(amara.user, true)).unwrap();
            fs::write(w.file(&amara, kind), bytes).unwrap();
            let error = w.unlock(&amara, PASSWORD, &code).unwrap_err();
            assert_eq!(error.code(), ErrorCode::SlotDamaged, "{kind}: {error}");
        }
        fs::write(w.file(&amara, kind), &own).unwrap();
        w.with(|door, _| door.release(amara.user, true)).unwrap();
        fs::remove_file(w.file(&amara, kind)).unwrap();
        let gone = w.unlock(&amara, PASSWORD, &code).unwrap_err();
        let expected = if kind == "json" { ErrorCode::NotEnrolled } else { ErrorCode::SlotDamaged };
        assert_eq!(gone.code(), expected, "{kind} gone");
        fs::write(w.file(&amara, kind), own).unwrap();
    }
    w.with(|door, _| door.release(amara.user, true)).unwrap();
    let code = w.code(&amara, 0);
    assert!(w.unlock(&amara, PASSWORD, &code).is_ok());
}

#[test]
fn a_colleague_s_secrets_open_nothing_of_mine() {
    let mut w = Workstation::new();
    let (amara, leila) = (w.enrol("amara", 0), w.enrol("leila", 0));
    w.later(60);
    let leilas_code = w.code(&leila, 0);
    assert!(matches!(w.unlock(&amara, PASSWORD, &leilas_code), Err(KeysError::UnlockRefused { .. })));
    let opened = w.unlock(&leila, PASSWORD, &leilas_code).unwrap();
    let amaras = fs::read(w.file(&amara, "keys")).unwrap();
    assert!(crate::KeyRing::open(&amaras, &opened.keys).is_err());
}

#[test]
fn the_password_alone_resumes_for_an_hour_and_a_wrong_one_ends_that() {
    let mut w = Workstation::new();
    let amara = w.enrol("amara", 0);
    w.later(60);
    let code = w.code(&amara, 0);
    let opened = w.unlock(&amara, PASSWORD, &code).unwrap();
    let handed = opened.resume.to_bytes().unwrap();
    // EXPOSE: a test plays the process that takes over.
    let take = || ResumeSecret::from_bytes(handed.expose()).unwrap();
    let password = Secret::new(PASSWORD.to_owned());

    w.later(59 * 60);
    let resumed = w.with(|door, time| door.resume(time, amara.user, &password, take())).unwrap();
    assert_eq!(resumed.keys.personal_key().key(), opened.keys.personal_key().key());
    let wrong = Secret::new(String::from("wrong password"));
    let error = w.with(|door, time| door.resume(time, amara.user, &wrong, take())).unwrap_err();
    assert_eq!(error, refused(1, 0));

    let other = w.enrol("leila", 0);
    let error = w.with(|door, time| door.resume(time, other.user, &password, take())).unwrap_err();
    assert_eq!(error, KeysError::CodeNeeded);
    w.later(60);
    let error = w.with(|door, time| door.resume(time, amara.user, &password, take())).unwrap_err();
    assert_eq!(error, KeysError::CodeNeeded, "an hour is over");
    w.clock.set_wall(MORNING);
    let error = w.with(|door, time| door.resume(time, amara.user, &password, take())).unwrap_err();
    assert_eq!(error, KeysError::CodeNeeded, "and stays over when the clock is set back");
}

#[test]
fn enrolment_refuses_short_passwords_other_tokens_and_a_second_slot() {
    let mut w = Workstation::new();
    let kd = DeviceKey::load_or_make(&w.keychain, false).unwrap();
    let policy = w.policy.clone();
    let short = Secret::new(String::from("Mu\u{308}ller"));
    assert!(crate::check_password(&short, &policy).is_err());
    w.enrol("amara", 0);
    let again = w.with(|door, time| {
        let enrolment = Enrolment::begin(door.device, KdfParams::WEAK_FOR_TESTS).unwrap();
        assert!(enrolment.confirm_code(&Secret::new(String::from("no")), time).is_err());
        let code = Secret::new(digits(enrolment_code(&enrolment, time)));
        let confirmed = enrolment.confirm_code(&code, time).unwrap();
        let claims = VerifiedClaims {
            issuer: String::from("https://id.example"),
            subject: String::from("amara"),
            name: String::from("Amara"),
            roles: vec![Role::Nurse],
            restricted: false,
            nonce: enrolment.nonce(),
            issued_at: time.now(),
        };
        let password = Secret::new(PASSWORD.to_owned());
        let lease = LeaseRecord::for_tests(time.now(), 1);
        let input = EnrolmentInput {
            claims: &claims,
            id_token: String::new(),
            lease,
            refresh_token: None,
            password: &password,
            confirmed,
        };
        enrolment.finish(door, &kd, time, input)
    });
    assert_eq!(again.unwrap_err(), KeysError::AlreadyEnrolled);
}

fn enrolment_code(enrolment: &Enrolment, time: &TrustedTime) -> u32 {
    let uri = enrolment.otpauth_uri("a", "b").unwrap();
    // EXPOSE: a test plays the phone.
    let base32 = uri.expose().split("secret=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let seed = data_encoding::BASE32_NOPAD.decode(base32.as_bytes()).unwrap();
    TotpSeed::from_secret(Secret::new(seed.try_into().unwrap())).code(step_of(time.now()))
}

#[test]
fn no_secret_of_a_person_lies_in_clear_in_the_profile() {
    let mut w = Workstation::new();
    let amara = w.enrol("amara", 0);
    let seed = amara.seed.bytes().to_vec();
    for entry in fs::read_dir(w.folder.path().join("slots")).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        for needle in [&seed[..], PASSWORD.as_bytes(), b"rt-1"] {
            assert!(!bytes.windows(needle.len()).any(|w| w == needle));
        }
    }
}
