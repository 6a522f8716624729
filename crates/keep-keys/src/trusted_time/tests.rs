use super::*;
use crate::boot_clock::{ManualBootClock, SystemBootClock};
use keep_domain::ManualClock;

const NOON: UtcMillis = UtcMillis(1_800_000_000_000);
const HOUR: Duration = Duration::from_secs(3600);

fn at_noon() -> Arc<ManualClock> {
    Arc::new(ManualClock::starting(NOON))
}

fn boot(clock: &Arc<ManualClock>, name: &str) -> Arc<dyn BootClock> {
    Arc::new(ManualBootClock { clock: Arc::clone(clock), boot: name.to_owned() })
}

#[test]
fn a_clock_set_back_is_behind_and_one_set_forward_is_ahead() {
    let clock = at_noon();
    let mut time = TrustedTime::starting(None, boot(&clock, "monday"), clock.clone());
    assert_eq!(time.clock_status(), ClockStatus::Agrees);
    time.accept(NOON);
    clock.advance(HOUR);
    assert_eq!(time.clock_status(), ClockStatus::Agrees);
    clock.set_wall(NOON);
    assert_eq!(time.clock_status(), ClockStatus::Behind);
    clock.set_wall(NOON.plus_millis(365 * 86_400_000));
    assert_eq!(time.clock_status(), ClockStatus::Ahead);
}

#[test]
fn a_mark_survives_a_restart_and_time_switched_off_is_not_an_error() {
    let clock = at_noon();
    let mut time = TrustedTime::starting(None, boot(&clock, "monday"), clock.clone());
    time.accept(NOON);
    clock.advance(HOUR);
    let mark = time.mark();
    clock.set_wall(NOON.plus_millis(86_400_000));
    let same_boot = TrustedTime::starting(Some(&mark), boot(&clock, "monday"), clock.clone());
    assert_eq!(same_boot.clock_status(), ClockStatus::Ahead);
    let next_boot = TrustedTime::starting(Some(&mark), boot(&clock, "tuesday"), clock.clone());
    assert_eq!(next_boot.clock_status(), ClockStatus::Agrees);
    clock.set_wall(NOON);
    let set_back = TrustedTime::starting(Some(&mark), boot(&clock, "tuesday"), clock);
    assert_eq!(set_back.clock_status(), ClockStatus::Behind);
}

#[test]
fn a_correction_is_valid_until_the_next_boot() {
    let clock = at_noon();
    let mut time = TrustedTime::starting(None, boot(&clock, "monday"), clock.clone());
    let real = NOON.plus_millis(86_400_000);
    time.correct(real);
    assert_eq!((time.now(), time.clock_status()), (real, ClockStatus::Agrees));
    let mark = time.mark();
    let again = TrustedTime::starting(Some(&mark), boot(&clock, "monday"), clock.clone());
    assert_eq!((again.now(), again.clock_status()), (real, ClockStatus::Agrees));
    let next = TrustedTime::starting(Some(&mark), boot(&clock, "tuesday"), clock);
    assert_eq!((next.offset_millis(), next.clock_status()), (0, ClockStatus::Behind));
}

#[test]
fn a_server_two_minutes_ahead_does_not_make_the_clock_wrong() {
    let clock = at_noon();
    let mut time = TrustedTime::starting(None, boot(&clock, "monday"), clock);
    time.accept(NOON.plus_millis(120_000));
    assert_eq!(time.clock_status(), ClockStatus::Agrees);
    time.accept(NOON.plus_millis(3_600_000));
    assert_eq!(time.clock_status(), ClockStatus::Behind);
}

#[test]
fn a_server_confirms_the_time_and_never_sets_it() {
    let clock = at_noon();
    let mut time = TrustedTime::starting(None, boot(&clock, "monday"), clock.clone());
    for days in [400, -400, 1] {
        assert!(!time.accept_from_server(NOON.plus_millis(days * 86_400_000)), "{days}");
    }
    assert_eq!((time.estimate(), time.is_confirmed()), (NOON, false));
    assert!(time.accept_from_server(NOON.plus_millis(540_000)));
    assert_eq!(
        (time.estimate(), time.clock_status()),
        (NOON, ClockStatus::Agrees),
        "nine minutes ahead change nothing"
    );
    // A clock set forward during work does not move trusted time.
    clock.advance(HOUR);
    clock.set_wall(NOON.plus_millis(365 * 86_400_000));
    assert_eq!(time.estimate(), NOON.plus_millis(3_600_000));
    for _ in 0..10 {
        assert!(time.accept_from_server(time.estimate().plus_millis(540_000)));
    }
    assert_eq!(time.estimate(), NOON.plus_millis(3_600_000), "nor step by step");
}

#[test]
fn linux_identifies_its_boot() {
    assert_eq!(SystemBootClock.reading().is_some(), cfg!(target_os = "linux"));
}

#[test]
fn a_mark_reads_back_and_an_unreadable_one_is_ignored() {
    let clock = at_noon();
    let keychain = crate::FakeKeychain::default();
    let mut time = TrustedTime::load(&keychain, boot(&clock, "monday"), clock.clone()).unwrap();
    time.accept(NOON);
    time.save(&keychain).unwrap();
    clock.set_wall(UtcMillis(0));
    let again = TrustedTime::load(&keychain, boot(&clock, "monday"), clock.clone()).unwrap();
    assert_eq!(again.clock_status(), ClockStatus::Behind);
    keychain.write(TIME_MARK_ITEM, b"{").unwrap();
    assert_eq!(
        TrustedTime::load(&keychain, boot(&clock, "monday"), clock).unwrap().clock_status(),
        ClockStatus::Agrees
    );
}
