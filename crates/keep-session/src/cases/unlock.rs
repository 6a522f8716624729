//! Unlocking, and what an unlocked session tells about itself.

use crate::app::{App, guard};
use crate::beginning::{Beginning, begin};
use crate::dto::failure::FailureDto;
use crate::dto::lock::{NoticeDto, ResumePointDto, SessionDto, UnlockDto};
use crate::fault::Fault;
use crate::permissions::permissions;
use keep_audit::{Actor, EventClass, EventDraft, Outcome};
use keep_domain::{ErrorCode, Phi, Rank, Secret, UserId, UtcMillis};
use keep_keys::{Attempt, Opened};

/// Unlocks with password and code, or with the password alone where that resumes.
///
/// Every failure is recorded while locked; a wrong password and a wrong code are never told apart.
///
/// # Errors
/// The codes of the slot, the keychain, the clock and the store; see `ErrorCode`. `locked` where a lock came meanwhile.
pub fn unlock(app: &App, request: UnlockDto) -> Result<SessionDto, FailureDto> {
    let unlocked = unlock_slot(app, request);
    match &unlocked {
        Ok(_) => app.settle_all_trouble(),
        Err(fault) => app.tell_trouble(fault.code),
    }
    unlocked.map_err(Fault::tell)
}

fn unlock_slot(app: &App, request: UnlockDto) -> Result<SessionDto, Fault> {
    // INVARIANT: an open session is never answered to somebody who typed a password; a page that was loaded anew
    // asks `session`.
    if app.peek(|_| ()).is_some() {
        return Err(Fault::of(ErrorCode::Refused));
    }
    let began = app.0.lock_count();
    let user: UserId = request.user.parse().map_err(|_| Fault::of(ErrorCode::NotEnrolled))?;
    // Without anybody enrolled there is no key to load and nothing to make.
    app.enrolled_device()?;
    let password = Secret::new(request.password);
    let opened = match request.code {
        Some(code) => {
            let code = Secret::new(code);
            let entered_time = phone_time(request.phone_time.as_deref())?;
            // Another person's full unlock is a user switch: nothing is left to resume with.
            app.forget_resume();
            app.with_slot_door(|door, time| {
                door.unlock(time, &Attempt { user, password: &password, code: &code, entered_time })
            })
        }
        None => resume(app, user, &password),
    };
    match opened {
        Ok(opened) => {
            let notices = begin(app, opened, Beginning::Unlock, began)?;
            or_nothing(app, || session_of(app, notices))
        }
        Err(fault) => {
            // As the device sealed it: nobody has shown who they are.
            let device = app.device().ok().flatten();
            let role = device.and_then(|d| app.0.slots.header(user, &d.kd).ok()).map(|header| header.role);
            let mut event =
                EventDraft::new(EventClass::UnlockFailed).ended(Outcome::MinorFailure).with("code", fault.code);
            if let Some(role) = role {
                event = event.by(Actor::new(user, role));
            }
            app.record(event);
            Err(fault)
        }
    }
}

/// Runs the end of an unlock; where that fails the session ends as by a lock.
///
/// INVARIANT: an unlock is all or nothing: no session stays open behind an answer that is an error.
pub(crate) fn or_nothing<T>(app: &App, end: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    end().inspect_err(|fault| {
        let event = EventDraft::new(EventClass::UnlockFailed).ended(Outcome::SeriousFailure);
        app.record(event.with("code", fault.code));
        crate::cases::lock::lock(app, "unlock_failed");
    })
}

/// Date and time that somebody typed from their phone; empty is none.
pub(crate) fn phone_time(typed: Option<&str>) -> Result<Option<UtcMillis>, Fault> {
    let Some(text) = typed.filter(|t| !t.is_empty()) else { return Ok(None) };
    let time = UtcMillis::from_rfc3339(text).ok_or_else(|| Fault::fields(vec![("phone_time", "not_a_time")]))?;
    Ok(Some(time))
}

fn resume(app: &App, user: UserId, password: &Secret<String>) -> Result<Opened, Fault> {
    let secret = guard(&app.0.resume).take().ok_or_else(|| Fault::of(ErrorCode::UnlockRefused))?;
    app.with_slot_door(|door, time| door.resume(time, user, password, secret))
}

/// The unlocked session, for a page that was loaded anew.
///
/// # Errors
/// `locked`.
pub fn session(app: &App) -> Result<SessionDto, FailureDto> {
    session_of(app, Vec::new()).map_err(Fault::tell)
}

/// Input was seen; the shell's own watcher decides about inactivity, this only keeps the page honest.
///
/// # Errors
/// `locked`.
pub fn touch(app: &App) -> Result<(), FailureDto> {
    app.inside(|_| Ok(())).map_err(Fault::tell)
}

/// Keeps where the person is, so that the same person comes back to the same caret.
///
/// # Errors
/// `locked`, `disk_full`, `io`.
pub fn keep_place(app: &App, place: ResumePointDto) -> Result<(), FailureDto> {
    app.inside(|unlocked| {
        let text = serde_json::to_string(&place).map_err(|_| Fault::of(ErrorCode::Internal))?;
        Ok(unlocked.store()?.personal()?.keep_resume_place(Some(&Phi::new(text)))?)
    })
    .map_err(Fault::tell)
}

fn session_of(app: &App, mut notices: Vec<NoticeDto>) -> Result<SessionDto, Fault> {
    app.inside(|unlocked| {
        // A page that is loaded anew has to say it again.
        notices.extend(crate::segments::notices(unlocked));
        let workstation = app.workstation();
        let place = match &unlocked.store {
            // Where the own file cannot be read the session begins at its first page; a notice tells why.
            Some(store) => store.personal().and_then(keep_store::Personal::resume_place).ok().flatten(),
            None => None,
        };
        Ok(SessionDto {
            user: unlocked.user.to_string(),
            name: unlocked.name.clone(),
            role: unlocked.role,
            site: crate::site::shown(&workstation),
            workstation: workstation.name.clone(),
            permissions: permissions(unlocked),
            lock_seconds: workstation.policy.lock_minutes.saturating_mul(60),
            warning_seconds: workstation.policy.lock_warning_seconds,
            demo: workstation.demo,
            // A role that is entitled to no segment waits for nothing.
            waiting_for_grant: unlocked.store.is_none() && unlocked.role.rank() != Rank::NONE,
            notices,
            resume: place.and_then(|text| {
                // EXPOSE: handed back to the page of the same person.
                serde_json::from_str(text.expose()).ok()
            }),
        })
    })
}
