//! Signing in again: after a held slot, an ended lease, or a sign-in that the server no longer accepts.
//!
//! Start with [`sign_in_again`] and poll [`sign_in_state`] (or block in [`wait_for_sign_in`]) until it is done or failed.
//! While locked the slot is released at once; lease and refresh token wait in memory for the owner's next unlock,
//! because only that opens the keys under which they are stored. While unlocked they are stored at once.

use crate::dto::failure::FailureDto;
use crate::dto::sign_in::{SignInAgainDto, SignInStateDto};
use crate::error::SessionError;
use crate::lease::name_statement;
use crate::state::acquire;
use crate::state::sign_in::{BrowserSignIn, RENEWAL_WAITS, Renewing, SignInFailure};
use crate::workstation::Workstation;
use keep_audit::{Actor, EventClass, EventDraft, Outcome};
use keep_domain::{ErrorCode, UserId};
use keep_keys::Renewal;
use keep_sync::{SignedIn, SyncError, make_nonce};

/// Starts a clinic sign-in of the unlocked user, or of one chosen on the lock screen, and opens the browser.
///
/// # Errors
/// `refused` where another user is unlocked, `not_enrolled`, `slot_damaged`, the errors of keychain and server.
pub fn sign_in_again(workstation: &Workstation, request: SignInAgainDto) -> Result<SignInStateDto, FailureDto> {
    start(workstation, &request).map_err(SessionError::into_dto)?;
    Ok(describe(workstation))
}

/// The state of the sign-in.
///
/// # Errors
/// None at present; the state itself says what failed.
pub fn sign_in_state(workstation: &Workstation) -> Result<SignInStateDto, FailureDto> {
    Ok(describe(workstation))
}

/// Cancels; nothing of an unfinished sign-in is stored.
///
/// # Errors
/// None at present.
pub fn sign_in_cancel(workstation: &Workstation) -> Result<SignInStateDto, FailureDto> {
    cancel(workstation);
    Ok(describe(workstation))
}

/// Blocks until the browser has come back, failed or timed out. For the command line.
///
/// # Errors
/// None at present.
pub fn wait_for_sign_in(workstation: &Workstation) -> Result<SignInStateDto, FailureDto> {
    Ok(workstation.poll_while(|| describe(workstation), |state| matches!(state, SignInStateDto::Browser { .. })))
}

/// Cancels a sign-in that is under way, or drops one that waits for its owner.
pub(crate) fn cancel(workstation: &Workstation) {
    let before = std::mem::take(&mut *acquire(&workstation.0.sign_in.renewing));
    if let Renewing::Browser(browser) = before {
        browser.cancel();
    }
}

fn start(workstation: &Workstation, request: &SignInAgainDto) -> Result<(), SessionError> {
    let user = whose(workstation, request.user.as_deref())?;
    cancel(workstation);
    let device = workstation.enrolled_device()?;
    // The provider of the slot counts, whatever the FHIR server names now.
    let issuer = workstation.0.device.slots.member(user, &device.device_key)?.unverified_issuer();
    let server = workstation.open_server(issuer.as_deref())?;
    let pending = workstation.0.runtime.block_on(server.open_sign_in(&make_nonce()))?;
    let waiting = workstation.clone();
    // Locked until the state is set, so that an early outcome finds it.
    let mut held = acquire(&workstation.0.sign_in.renewing);
    *held = Renewing::Browser(BrowserSignIn::start(&workstation.0.runtime, pending, move |id, outcome| {
        take_outcome(&waiting, id, outcome, user);
    }));
    Ok(())
}

fn whose(workstation: &Workstation, asked: Option<&str>) -> Result<UserId, SessionError> {
    match workstation.try_session(|u| u.user) {
        Some(me) if asked.is_none_or(|user| user == me.to_string()) => Ok(me),
        Some(_) => Err(SessionError::of(ErrorCode::Refused)),
        None => asked.and_then(|user| user.parse().ok()).ok_or_else(|| SessionError::of(ErrorCode::NotEnrolled)),
    }
}

fn take_outcome(workstation: &Workstation, id: u64, outcome: Result<SignedIn, SyncError>, user: UserId) {
    let is_awaited = |state: &Renewing| matches!(state, Renewing::Browser(browser) if browser.is(id));
    if is_awaited(&acquire(&workstation.0.sign_in.renewing)) {
        let next = resolve(workstation, user, outcome);
        let mut held = acquire(&workstation.0.sign_in.renewing);
        // The user may have cancelled and started again meanwhile.
        if is_awaited(&held) {
            *held = next;
        }
    }
}

fn resolve(workstation: &Workstation, user: UserId, ended: Result<SignedIn, SyncError>) -> Renewing {
    let failed = |failure: SignInFailure| {
        let event = EventDraft::new(EventClass::SignInFailed).ended(Outcome::MinorFailure);
        workstation.record(event.with("subject_of_slot", user).with("code", failure.code));
        Renewing::Failed(failure)
    };
    let signed_in = match workstation.with_a_role(ended) {
        Ok(signed_in) => signed_in,
        Err(failure) => return failed(failure),
    };
    let SignedIn { claims, statement, tokens } = signed_in;
    let renewal = Renewal { lease: workstation.lease_of(&claims), statement, refresh_token: tokens.refresh };
    match take(workstation, user, renewal) {
        Ok(None) => Renewing::Done,
        Ok(Some(renewal)) => {
            let (later, runtime) = (workstation.clone(), workstation.0.runtime.clone());
            runtime.spawn(async move {
                tokio::time::sleep(RENEWAL_WAITS).await;
                later.expire_renewal();
            });
            Renewing::Waiting { renewal: Box::new(renewal), since: workstation.0.device.clock.monotonic() }
        }
        Err(error) => failed(error.code.into()),
    }
}

/// Accepts a verified sign-in. While locked it is returned, to wait for its owner's unlock.
pub(crate) fn take(workstation: &Workstation, user: UserId, renewal: Renewal) -> Result<Option<Renewal>, SessionError> {
    // INVARIANT: only the owner of the slot, by issuer and subject, releases it.
    if renewal.user() != user {
        return Err(ErrorCode::Refused.into());
    }
    let role = *renewal.lease.roles.first().ok_or(ErrorCode::Refused)?;
    let released = workstation.with_slot_unlocker(|unlocker, _| {
        let counted = unlocker.load_record(user)?.failures;
        unlocker.release(user, true).map(|()| counted)
    })?;
    let actor = Actor::new(user, role);
    let event = EventDraft::new(EventClass::SignIn).by(actor.clone()).with_cause("again");
    workstation.record(name_statement(event, &renewal.lease));
    if released > 0 {
        let event = EventDraft::new(EventClass::Throttle).by(actor).with_cause("signed_in");
        workstation.record(event.with("released", true).with("failures", u64::from(released)));
    }
    match workstation.try_session(|u| u.user) {
        None => Ok(Some(renewal)),
        Some(me) if me == user => {
            workstation.with_session(|unlocked| {
                let mut ring = acquire(&unlocked.keys.ring);
                workstation.with_slot_unlocker(|unlocker, _| unlocker.renew(&unlocked.keys.user, &mut ring, renewal))
            })?;
            crate::cases::sync::resume_sync(workstation);
            Ok(None)
        }
        Some(_) => Err(SessionError::of(ErrorCode::Stale)),
    }
}

fn describe(workstation: &Workstation) -> SignInStateDto {
    workstation.expire_renewal();
    match &*acquire(&workstation.0.sign_in.renewing) {
        Renewing::Idle => SignInStateDto::Idle,
        Renewing::Browser(browser) => SignInStateDto::Browser { address: browser.address.clone() },
        Renewing::Waiting { .. } | Renewing::Done => SignInStateDto::Done,
        Renewing::Failed(failed) => SignInStateDto::Failed { code: failed.code, problem: failed.problem.clone() },
    }
}

impl Workstation {
    /// Takes the sign-in that waits for `user`. The session of any other user ends the wait: one user's tokens do not
    /// outlive another's unlock.
    pub(crate) fn take_renewal(&self, user: UserId) -> Option<Renewal> {
        self.expire_renewal();
        let mut held = acquire(&self.0.sign_in.renewing);
        match std::mem::take(&mut *held) {
            Renewing::Waiting { renewal, .. } => {
                let mine = renewal.user() == user;
                *held = if mine { Renewing::Done } else { Renewing::Idle };
                mine.then_some(*renewal)
            }
            other => {
                *held = other;
                None
            }
        }
    }

    /// Wipes a sign-in that has waited too long.
    pub(crate) fn expire_renewal(&self) {
        let now = self.0.device.clock.monotonic();
        let mut held = acquire(&self.0.sign_in.renewing);
        if matches!(&*held, Renewing::Waiting { since, .. } if now.saturating_sub(*since) >= RENEWAL_WAITS) {
            *held = Renewing::Failed(ErrorCode::SignInNeeded.into());
        }
    }
}
