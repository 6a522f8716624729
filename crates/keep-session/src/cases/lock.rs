//! The lock screen, and locking.

use crate::dto::failure::FailureDto;
use crate::dto::lock::{KeychainStateDto, LockScreenDto, LockUserDto, SlotStateDto};
use crate::error::SessionError;
use crate::state::acquire;
use crate::state::session::Session;
use crate::view::words::some;
use crate::workstation::Workstation;
use keep_audit::{EventClass, EventDraft};
use keep_domain::{ErrorCode, ExitCode};
use keep_keys::{ClockStatus, KeychainState, KeysError, SlotSummary, SlotUnlocker, UnlockRecords};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// The longest wait for running commands; after it the process is replaced anyway.
const DRAIN: Duration = Duration::from_millis(500);

/// Everything that a locked workstation shows.
///
/// # Errors
/// `io` where the profile cannot be read at all; all other problems are shown on the screen itself.
pub fn lock_screen(workstation: &Workstation) -> Result<LockScreenDto, FailureDto> {
    screen(workstation).map_err(SessionError::into_dto)
}

fn screen(workstation: &Workstation) -> Result<LockScreenDto, SessionError> {
    let people = workstation.0.device.slots.list()?;
    let device = workstation.device();
    let blocked = device.as_ref().err().map(|f| f.code);
    let keychain = keychain_state(workstation, blocked);
    let (users, clock_wrong) =
        if blocked.is_none() { tiles(workstation, &people) } else { (people.iter().map(closed_tile).collect(), false) };
    let last_user = acquire(&workstation.0.session.resume).as_ref().map(|r| r.context().user.to_string());
    // The state of the keychain has its own place on the screen.
    let blocked = blocked.filter(|code| code.exit_code() != ExitCode::Keychain);
    let settings = workstation.settings();
    Ok(LockScreenDto {
        workstation: settings.name.clone(),
        site: some(&settings.site),
        now: workstation.0.device.clock.now().to_rfc3339(),
        users,
        last_user,
        keychain,
        sync: crate::cases::sync::lock_screen_status(workstation),
        demo: settings.demo,
        lock_minutes: settings.policy.lock_minutes,
        drafts_kept: crate::cases::drafts::any_kept(workstation),
        // The incident is in the log, too.
        incident: blocked.map(|code| SessionError::of(code).into_dto().incident.to_string()),
        blocked,
        clock_wrong,
    })
}

/// The keychain as the lock screen, `doctor` and the device page show it.
pub(crate) fn keychain_state(workstation: &Workstation, blocked: Option<ErrorCode>) -> KeychainStateDto {
    match (blocked, workstation.0.device.keychain.state()) {
        (Some(ErrorCode::KeychainKeyMissing), _) => KeychainStateDto::KeyMissing,
        (_, KeychainState::Ready) => KeychainStateDto::Ready,
        (_, KeychainState::Locked) => KeychainStateDto::Locked,
        (_, KeychainState::Absent | KeychainState::Slow) => KeychainStateDto::Absent,
    }
}

/// The tiles, and whether the clock disagrees with trusted time.
fn tiles(workstation: &Workstation, people: &[SlotSummary]) -> (Vec<LockUserDto>, bool) {
    let mut clock_wrong = false;
    let tiles = people.iter().map(|person| tile(workstation, person, &mut clock_wrong)).collect();
    (tiles, clock_wrong)
}

fn tile(workstation: &Workstation, person: &SlotSummary, clock_wrong: &mut bool) -> LockUserDto {
    let mut tile = closed_tile(person);
    if person.owner.is_none() {
        return tile;
    }
    let policy = workstation.settings().policy.clone();
    // An error leaves the tile of a damaged slot; it is reported where it occurred.
    let _reported = workstation.with_slot_unlocker(|unlocker, time| {
        // Shown before the user types anything: they have to enrol again.
        if unlocker.is_damaged(person.user)? {
            return Err(KeysError::SlotDamaged("slot"));
        }
        let record = unlocker.load_record(person.user)?;
        match record.check(&policy, time) {
            Ok(()) => {}
            Err(KeysError::Throttled { wait }) => {
                tile.wait_seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
            }
            Err(error) => {
                if matches!(error, KeysError::SlotHeld { .. }) {
                    tile.state = SlotStateDto::Held;
                }
                return Ok(());
            }
        }
        tile.state = SlotStateDto::Ready;
        tile.resume = acquire(&workstation.0.session.resume)
            .as_ref()
            .is_some_and(|r| r.context().user == person.user && !r.left(time, &policy).is_zero());
        let next = record.next_code_in(time.now()).as_millis().div_ceil(1000);
        tile.code_seconds = u32::try_from(next).unwrap_or_default();
        tile.asks_phone_time = record.failures > 0;
        *clock_wrong |= time.clock_status() != ClockStatus::Agrees;
        Ok(())
    });
    tile
}

/// The tile of a slot that cannot be used.
fn closed_tile(person: &SlotSummary) -> LockUserDto {
    let owner = person.owner.as_ref();
    let name = owner.map_or_else(String::new, |s| s.display_name.clone());
    LockUserDto {
        user: person.user.to_string(),
        initials: initials(&name),
        name,
        role: owner.map_or(keep_domain::Role::ItAdministrator, |s| s.role),
        resume: false,
        state: SlotStateDto::Damaged,
        wait_seconds: 0,
        code_seconds: 0,
        asks_phone_time: false,
    }
}

/// Up to two letters, of the first and the last word; titles are left out.
pub(crate) fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().filter(|w| !matches!(*w, "Dr" | "Dr." | "Prof" | "Prof.")).collect();
    let first = words.first().and_then(|w| w.chars().next());
    let last = words.get(1..).and_then(<[&str]>::last).and_then(|w| w.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// Locks, at any time: an unlock that is under way then ends with `locked`. Never fails. Waits at most
/// 150 ms for the keychain and half a second for running commands; what has not ended by then dies with the process.
///
/// `cause` is one of `user`, `idle`, `os_lock`, `sleep`, `absolute`, `close`, `command_ended`,
/// `enrolled`, `unlock_failed`.
pub fn lock_session(workstation: &Workstation, cause: &'static str) {
    workstation.0.session.closing.store(true, Ordering::SeqCst);
    // Counted before the session is read: an unlock that ends later sees the new count.
    workstation.0.session.count_lock();
    let keeps_resume = matches!(cause, "user" | "idle");
    if !keeps_resume {
        workstation.forget_resume();
    }
    workstation.0.sync.cancel();
    crate::cases::sign_in_again::cancel(workstation);
    if let Some(store) = workstation.0.session.current.read().ok().and_then(|s| match &*s {
        Session::Unlocked(u) => u.store.clone(),
        Session::Locked => None,
    }) {
        workstation.store_marks_before_lock(&store);
        store.interrupt();
    }
    let Some(unlocked) = take_session(workstation) else {
        workstation.0.session.closing.store(false, Ordering::SeqCst);
        return;
    };
    let event = EventDraft::new(EventClass::Lock).by(unlocked.actor()).with_cause(cause);
    let mut unlocked = unlocked;
    *acquire(&workstation.0.session.resume) = unlocked.keys.resume.take().filter(|_| keeps_resume);
    if let Ok(Some(device)) = workstation.device() {
        device.ledger.use_event_writer(device.ledger.event_writer().without_keys());
    }
    drop(unlocked);
    workstation.record(event);
    workstation.report_all_faults();
    if let Ok(Some(device)) = workstation.device()
        && device.checkpoint().is_err()
    {
        tracing::error!("the end of the audit log could not be signed at lock");
    }
    workstation.0.session.closing.store(false, Ordering::SeqCst);
}

/// Takes the session by value as soon as no use case reads it.
fn take_session(workstation: &Workstation) -> Option<Box<crate::state::unlocked::Unlocked>> {
    let started = workstation.0.device.clock.monotonic();
    loop {
        let previous = match workstation.0.session.current.try_write() {
            Ok(mut session) => Some(std::mem::replace(&mut *session, Session::Locked)),
            Err(std::sync::TryLockError::Poisoned(p)) => {
                Some(std::mem::replace(&mut *PoisonError::into_inner(p), Session::Locked))
            }
            Err(std::sync::TryLockError::WouldBlock) => None,
        };
        match previous {
            Some(Session::Unlocked(unlocked)) => return Some(unlocked),
            Some(Session::Locked) => return None,
            None if workstation.0.device.clock.monotonic().saturating_sub(started) > DRAIN => return None,
            None => std::thread::park_timeout(Duration::from_millis(2)),
        }
    }
}

impl Workstation {
    /// Locks if needed, closes the ledger and releases the profile.
    pub fn close(&self) {
        lock_session(self, "close");
        let device = acquire(&self.0.device.context).clone();
        if let Some(device) = device.filter(|_| self.0.access.writes) {
            self.report_pending_faults();
            // Without a new checkpoint the ledger is verified up to its last one.
            if let Err(error) = device.keep_checkpoint(&*self.0.device.keychain) {
                tracing::warn!("the end of the audit log could not be stored at close");
                self.report_fault(error.code);
            }
        }
        *acquire(&self.0.device.context) = None;
        *acquire(&self.0.access.lock) = None;
    }

    /// Runs `work` with access to the key slots; the ledger must be openable.
    pub(crate) fn with_slot_unlocker<T>(
        &self,
        work: impl FnOnce(&SlotUnlocker<'_>, &mut keep_keys::TrustedTime) -> Result<T, KeysError>,
    ) -> Result<T, SessionError> {
        let device = self.device_or_make()?;
        let settings = self.settings().clone();
        let memory: &dyn UnlockRecords = &*device.ledger;
        let unlocker = SlotUnlocker {
            slots: &self.0.device.slots,
            device: settings.device,
            keychain: &*self.0.device.keychain,
            memory,
            policy: &settings.policy,
        };
        let done = self.with_time(|time| work(&unlocker, time)).and_then(|done| Ok(done?));
        done.inspect_err(|error| match error.code {
            // Saves and unlocks count a full disk themselves.
            ErrorCode::DiskFull => {}
            code => self.report_fault(code),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_skip_titles() {
        assert_eq!(initials("Dr Jonas Mbeki"), "JM");
        assert_eq!(initials("Amara Okafor"), "AO");
        assert_eq!((initials("Zoë"), initials("")), (String::from("Z"), String::new()));
    }
}
