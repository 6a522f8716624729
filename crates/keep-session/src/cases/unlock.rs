//! Unlocking, and the state of the unlocked session.

use crate::dto::failure::{FailureDto, FieldReasonDto};
use crate::dto::lock::{NoticeDto, ReturnPointDto, SessionDto, SingleKeysDto, UnlockDto};
use crate::error::SessionError;
use crate::own_file;
use crate::permissions::permissions;
use crate::session_start::{SessionOrigin, start_session};
use crate::state::acquire;
use crate::view::words::some;
use crate::workstation::Workstation;
use keep_audit::{Actor, EventClass, EventDraft, Outcome};
use keep_domain::{ErrorCode, Phi, Rank, Secret, UserId, UtcMillis};
use keep_keys::{Attempt, OpenedSlot};

/// Unlocks with password and code, or with the password alone where that resumes.
///
/// Every refused or failed attempt is recorded, a malformed request is not; a wrong password and a wrong code give the
/// same answer.
///
/// # Errors
/// The codes of the slot, the keychain, the clock and the store; see `ErrorCode`. `locked` where a lock came in the meantime.
pub fn unlock(workstation: &Workstation, request: UnlockDto) -> Result<SessionDto, FailureDto> {
    let unlocked = unlock_slot(workstation, request);
    match &unlocked {
        Ok(_) => workstation.report_all_faults(),
        Err(error) => workstation.report_fault(error.code),
    }
    unlocked.map_err(SessionError::into_dto)
}

fn unlock_slot(workstation: &Workstation, request: UnlockDto) -> Result<SessionDto, SessionError> {
    // INVARIANT: an unlock never returns a session that is already open; a reloaded page calls `session`.
    if workstation.try_session(|_| ()).is_some() {
        return Err(ErrorCode::Refused.into());
    }
    let began = workstation.0.session.lock_epoch();
    let user: UserId = request.user.parse().map_err(|_| ErrorCode::NotEnrolled)?;
    // With no user enrolled there is no key to load, and none is made.
    workstation.enrolled_device()?;
    let password = Secret::new(request.password);
    let opened = match request.code {
        Some(code) => {
            let code = Secret::new(code);
            let entered_time = phone_time(request.phone_time.as_deref())?;
            // A full unlock may be a user switch: no earlier session can be resumed after it.
            workstation.forget_resume();
            workstation.with_slot_unlocker(|unlocker, time| {
                unlocker.unlock(time, &Attempt { user, password: &password, code: &code, entered_time })
            })
        }
        None => resume(workstation, user, &password),
    };
    // Wiped before the session starts.
    drop(password);
    match opened {
        Ok(opened) => {
            let notices = start_session(workstation, opened, SessionOrigin::Unlock, began)?;
            lock_on_error(workstation, || session_of(workstation, notices))
        }
        Err(error) => {
            // The role in the slot as the device sealed it: the user is not authenticated.
            let device = workstation.device().ok().flatten();
            let role = device
                .and_then(|d| workstation.0.device.slots.header(user, &d.device_key).ok())
                .map(|header| header.role);
            let mut event =
                EventDraft::new(EventClass::UnlockFailed).ended(Outcome::MinorFailure).with("code", error.code);
            if let Some(role) = role {
                event = event.by(Actor::new(user, role));
            }
            workstation.record(event);
            Err(error)
        }
    }
}

/// Runs the end of an unlock; if it fails the session is locked again.
///
/// INVARIANT: an unlock is all or nothing: no session stays open after an error.
pub(crate) fn lock_on_error<T>(
    workstation: &Workstation,
    end: impl FnOnce() -> Result<T, SessionError>,
) -> Result<T, SessionError> {
    end().inspect_err(|error| {
        let event = EventDraft::new(EventClass::UnlockFailed).ended(Outcome::SeriousFailure);
        workstation.record(event.with("code", error.code));
        crate::cases::lock::lock_session(workstation, "unlock_failed");
    })
}

/// The date and time that the user typed from their phone; empty means none.
pub(crate) fn phone_time(typed: Option<&str>) -> Result<Option<UtcMillis>, SessionError> {
    let Some(text) = typed.filter(|t| !t.is_empty()) else { return Ok(None) };
    let time =
        UtcMillis::from_rfc3339(text).ok_or_else(|| SessionError::field("phone_time", FieldReasonDto::NotATime))?;
    Ok(Some(time))
}

fn resume(workstation: &Workstation, user: UserId, password: &Secret<String>) -> Result<OpenedSlot, SessionError> {
    let secret = acquire(&workstation.0.session.resume).take().ok_or(ErrorCode::UnlockRefused)?;
    workstation.with_slot_unlocker(|unlocker, time| unlocker.resume(time, user, password, secret))
}

/// The unlocked session, for a page that was reloaded.
///
/// # Errors
/// `locked`.
pub fn session(workstation: &Workstation) -> Result<SessionDto, FailureDto> {
    session_of(workstation, Vec::new()).map_err(SessionError::into_dto)
}

/// Reports user input. The shell's own watcher decides about inactivity; this only tells the page whether it is locked.
///
/// # Errors
/// `locked`.
pub fn touch(workstation: &Workstation) -> Result<(), FailureDto> {
    workstation.with_session(|_| Ok(())).map_err(SessionError::into_dto)
}

/// Stores where the user is, so that the same user returns to the same field.
///
/// # Errors
/// `locked`, `disk_full`, `io`.
pub fn save_return_point(workstation: &Workstation, return_point: ReturnPointDto) -> Result<(), FailureDto> {
    workstation
        .with_session(|unlocked| {
            let text = serde_json::to_string(&return_point).map_err(|_| ErrorCode::Internal)?;
            Ok(unlocked.store()?.personal()?.save_return_point_text(Some(&Phi::new(text)))?)
        })
        .map_err(SessionError::into_dto)
}

/// The name of the preference that holds `off` where keys without Ctrl are no shortcuts.
const SINGLE_KEYS: &str = "single-keys";

/// Switches shortcuts by keys without Ctrl on or off for this user, here and after later unlocks.
///
/// # Errors
/// `locked`, `waiting_for_grant`.
pub fn set_single_keys(workstation: &Workstation, request: SingleKeysDto) -> Result<(), FailureDto> {
    workstation
        .with_session(|unlocked| {
            own_file::set_preference(unlocked.store()?, SINGLE_KEYS, if request.on { "on" } else { "off" });
            Ok(())
        })
        .map_err(SessionError::into_dto)
}

fn session_of(workstation: &Workstation, mut notices: Vec<NoticeDto>) -> Result<SessionDto, SessionError> {
    workstation.with_session(|unlocked| {
        // A reloaded page has to show them again.
        notices.extend(crate::segments::notices(unlocked));
        let settings = workstation.settings();
        let return_point = match &unlocked.store {
            // Without a readable personal file the session starts at the home page; a notice says why.
            Some(store) => store.personal().and_then(keep_store::Personal::return_point_text).ok().flatten(),
            None => None,
        };
        let single_keys = unlocked.store.as_ref().and_then(|store| own_file::preference(store, SINGLE_KEYS));
        Ok(SessionDto {
            user: unlocked.user.to_string(),
            name: unlocked.name.clone(),
            role: unlocked.role,
            site: some(crate::site::shown(&settings)),
            workstation: settings.name.clone(),
            permissions: permissions(unlocked),
            lock_seconds: settings.policy.lock_minutes.saturating_mul(60),
            warning_seconds: settings.policy.lock_warning_seconds,
            demo: settings.demo,
            // A role without any segment does not wait for a grant.
            waiting_for_grant: unlocked.store.is_none() && unlocked.role.rank() != Rank::NONE,
            single_keys: single_keys.as_deref() != Some("off"),
            notices,
            return_point: return_point.and_then(|text| {
                // EXPOSE: returned to the page of the same user.
                serde_json::from_str(text.expose()).ok()
            }),
        })
    })
}
