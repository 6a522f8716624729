use super::*;
use keep_domain::ManualClock;

const NOON: UtcMillis = UtcMillis(1_800_000_000_000);
const HOUR: Duration = Duration::from_secs(3600);

fn at_noon() -> Arc<ManualClock> {
    Arc::new(ManualClock::starting(NOON))
}

fn boot(clock: &Arc<ManualClock>, name: &str) -> Arc<dyn BootClock> {
    Arc::new(ManualBoot { clock: Arc::clone(clock), boot: name.to_owned() })
}

#[test]
fn a_clock_set_back_is_behind_and_one_set_forward_is_ahead() {
    let clock = at_noon();
    let mut time = TrustedTime::starting(None, boot(&clock, "monday"), clock.clone());
    assert_eq!(time.judge(), ClockJudgement::Agrees);
    time.accept(NOON);
    clock.advance(HOUR);
    assert_eq!(time.judge(), ClockJudgement::Agrees);
    clock.set_wall(NOON);
    assert_eq!(time.judge(), ClockJudgement::Behind);
    clock.set_wall(NOON.plus_millis(365 * 86_400_000));
    assert_eq!(time.judge(), ClockJudgement::Ahead);
}

#[test]
fn the_mark_survives_a_restart_but_a_night_switched_off_is_no_fault() {
    let clock = at_noon();
    let mut time = TrustedTime::starting(None, boot(&clock, "monday"), clock.clone());
    time.accept(NOON);
    clock.advance(HOUR);
    let mark = time.mark();
    clock.set_wall(NOON.plus_millis(86_400_000));
    let same_boot = TrustedTime::starting(Some(&mark), boot(&clock, "monday"), clock.clone());
    assert_eq!(same_boot.judge(), ClockJudgement::Ahead);
    let next_boot = TrustedTime::starting(Some(&mark), boot(&clock, "tuesday"), clock.clone());
    assert_eq!(next_boot.judge(), ClockJudgement::Agrees);
    clock.set_wall(NOON);
    let set_back = TrustedTime::starting(Some(&mark), boot(&clock, "tuesday"), clock);
    assert_eq!(set_back.judge(), ClockJudgement::Behind);
}

#[test]
fn a_correction_holds_until_the_next_boot() {
    let clock = at_noon();
    let mut time = TrustedTime::starting(None, boot(&clock, "monday"), clock.clone());
    let real = NOON.plus_millis(86_400_000);
    time.correct(real);
    assert_eq!((time.now(), time.judge()), (real, ClockJudgement::Agrees));
    let mark = time.mark();
    let again = TrustedTime::starting(Some(&mark), boot(&clock, "monday"), clock.clone());
    assert_eq!((again.now(), again.judge()), (real, ClockJudgement::Agrees));
    let next = TrustedTime::starting(Some(&mark), boot(&clock, "tuesday"), clock);
    assert_eq!((next.offset_millis(), next.judge()), (0, ClockJudgement::Behind));
}

#[test]
fn a_server_two_minutes_ahead_does_not_make_the_clock_wrong() {
    let clock = at_noon();
    let mut time = TrustedTime::starting(None, boot(&clock, "monday"), clock);
    time.accept(NOON.plus_millis(120_000));
    assert_eq!(time.judge(), ClockJudgement::Agrees);
    time.accept(NOON.plus_millis(3_600_000));
    assert_eq!(time.judge(), ClockJudgement::Behind);
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
    assert_eq!((time.estimate(), time.judge()), (NOON, ClockJudgement::Agrees), "nine minutes ahead move nothing");
    // A clock that is set forward while somebody works: trusted time goes on without it.
    clock.advance(HOUR);
    clock.set_wall(NOON.plus_millis(365 * 86_400_000));
    assert_eq!(time.estimate(), NOON.plus_millis(3_600_000));
    for _ in 0..10 {
        assert!(time.accept_from_server(time.estimate().plus_millis(540_000)));
    }
    assert_eq!(time.estimate(), NOON.plus_millis(3_600_000), "nor step by step");
}

#[test]
fn the_machine_names_its_boot_on_linux() {
    assert_eq!(MachineBoot.reading().is_some(), cfg!(target_os = "linux"));
}

#[test]
fn a_mark_is_kept_and_a_garbled_one_is_none() {
    let clock = at_noon();
    let keychain = crate::FakeKeychain::default();
    let mut time = TrustedTime::load(&keychain, boot(&clock, "monday"), clock.clone()).unwrap();
    time.accept(NOON);
    time.save(&keychain).unwrap();
    clock.set_wall(UtcMillis(0));
    let again = TrustedTime::load(&keychain, boot(&clock, "monday"), clock.clone()).unwrap();
    assert_eq!(again.judge(), ClockJudgement::Behind);
    keychain.write(TIME_MARK_ITEM, b"{").unwrap();
    assert_eq!(TrustedTime::load(&keychain, boot(&clock, "monday"), clock).unwrap().judge(), ClockJudgement::Agrees);
}
