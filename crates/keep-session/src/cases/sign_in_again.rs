//! The way back from a held slot, an ended lease and a sign-in that the server no longer takes.
//!
//! Start with [`sign_in_again`], poll [`sign_in_state`] (or block in [`wait_for_sign_in`]) until it says done or failed.
//! While locked the slot is released at once; lease and refresh token wait in memory for the owner's next unlock,
//! because they are kept sealed under keys that only that unlock opens. While unlocked they are kept at once.

use crate::dto::failure::FailureDto;
use crate::dto::sign_in::{SignInAgainDto, SignInStateDto};
use crate::error::SessionError;
use crate::lease::name_statement;
use crate::signing_in::{SigningIn, WAITS};
use crate::workstation::{Workstation, lock};
use keep_audit::{Actor, EventClass, EventDraft, Outcome};
use keep_domain::{ErrorCode, UserId};
use keep_keys::Renewal;
use keep_sync::{PendingSignIn, Proof, SignedIn, SyncError, make_unguessable};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Tells an answer of a cancelled sign-in from one that is awaited.
static TURN: AtomicU64 = AtomicU64::new(0);

/// Begins a clinic sign-in of the person who is unlocked, or of a tile of the lock screen, and opens the browser.
///
/// # Errors
/// `refused` where somebody else is unlocked, `not_enrolled`, `slot_damaged`, and those of the keychain and the server.
pub fn sign_in_again(workstation: &Workstation, request: SignInAgainDto) -> Result<SignInStateDto, FailureDto> {
    start(workstation, &request).map_err(SessionError::into_dto)?;
    Ok(describe(workstation))
}

/// How far the sign-in is.
///
/// # Errors
/// None at present; the state itself says what failed.
pub fn sign_in_state(workstation: &Workstation) -> Result<SignInStateDto, FailureDto> {
    Ok(describe(workstation))
}

/// Gives up; nothing of a sign-in that was not finished is kept.
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
    loop {
        match describe(workstation) {
            SignInStateDto::Browser { .. } => {
                // The timer must be made inside the runtime.
                workstation.0.runtime.block_on(async { tokio::time::sleep(Duration::from_millis(20)).await });
            }
            state => return Ok(state),
        }
    }
}

/// Ends whatever is under way or waits.
pub(crate) fn cancel(workstation: &Workstation) {
    let before = std::mem::take(&mut *lock(&workstation.0.signing_in));
    if let SigningIn::Browser { stop, .. } = before {
        stop.abort();
    }
}

fn start(workstation: &Workstation, request: &SignInAgainDto) -> Result<(), SessionError> {
    let user = whose(workstation, &request.user)?;
    cancel(workstation);
    let device = workstation.enrolled_device()?;
    // The slot's own provider is asked, whatever the FHIR server names by now.
    let issuer = workstation.0.slots.member(user, &device.device_key)?.claimed_issuer();
    let server = workstation.open_server(issuer.as_deref())?;
    let pending = workstation.0.runtime.block_on(server.open_sign_in(&make_unguessable(), Proof::Anew))?;
    let address = pending.address().to_string();
    // Where no browser starts the address is still on the screen.
    let _ = pending.open_browser();
    let turn = TURN.fetch_add(1, Ordering::SeqCst).wrapping_add(1);
    let waiting = workstation.clone();
    let mut held = lock(&workstation.0.signing_in);
    let task = workstation.0.runtime.spawn(async move { wait(waiting, turn, user, pending).await });
    *held = SigningIn::Browser { address, turn, stop: task.abort_handle() };
    Ok(())
}

fn whose(workstation: &Workstation, asked: &str) -> Result<UserId, SessionError> {
    match workstation.try_session(|u| u.user) {
        Some(me) if asked.is_empty() || asked == me.to_string() => Ok(me),
        Some(_) => Err(SessionError::of(ErrorCode::Refused)),
        None => asked.parse().map_err(|_| SessionError::of(ErrorCode::NotEnrolled)),
    }
}

async fn wait(workstation: Workstation, turn: u64, user: UserId, pending: PendingSignIn) {
    let ended = pending.finish().await;
    let runtime = workstation.0.runtime.clone();
    runtime.spawn_blocking(move || {
        if awaited(&workstation, turn) {
            let next = settle(&workstation, user, ended);
            let mut held = lock(&workstation.0.signing_in);
            // The person may have cancelled and begun again meanwhile.
            if matches!(&*held, SigningIn::Browser { turn: now, .. } if *now == turn) {
                *held = next;
            }
        }
    });
}

fn awaited(workstation: &Workstation, turn: u64) -> bool {
    matches!(&*lock(&workstation.0.signing_in), SigningIn::Browser { turn: now, .. } if *now == turn)
}

fn settle(workstation: &Workstation, user: UserId, ended: Result<SignedIn, SyncError>) -> SigningIn {
    let renewal = ended.map_err(SessionError::from).and_then(|signed_in| {
        if signed_in.claims.roles.is_empty() {
            return Err(SessionError::of(ErrorCode::Refused));
        }
        let id_token = signed_in.tokens.id_token.ok_or_else(|| SessionError::of(ErrorCode::SignInFailed))?;
        // EXPOSE: the token is the provider's statement about this person; it is kept under their own key.
        let id_token = id_token.expose().clone();
        Ok(Renewal {
            lease: workstation.lease_of(&signed_in.claims),
            id_token,
            refresh_token: signed_in.tokens.refresh,
        })
    });
    match renewal.and_then(|renewal| take(workstation, user, renewal)) {
        Ok(None) => SigningIn::Done,
        Ok(Some(renewal)) => {
            let (later, runtime) = (workstation.clone(), workstation.0.runtime.clone());
            runtime.spawn(async move {
                tokio::time::sleep(WAITS).await;
                later.expire_renewal();
            });
            SigningIn::Waiting { renewal: Box::new(renewal), since: workstation.0.clock.monotonic() }
        }
        Err(error) => {
            let event = EventDraft::new(EventClass::SignInFailed).ended(Outcome::MinorFailure);
            workstation.record(event.with("subject_of_slot", user).with("code", error.code));
            SigningIn::Failed(error.code)
        }
    }
}

/// Takes over a verified sign-in; what comes back waits for its owner's unlock.
pub(crate) fn take(workstation: &Workstation, user: UserId, renewal: Renewal) -> Result<Option<Renewal>, SessionError> {
    // INVARIANT: only the very person of the slot, by issuer and subject, releases it.
    if renewal.user() != user {
        return Err(SessionError::of(ErrorCode::Refused));
    }
    let role = *renewal.lease.roles.first().ok_or_else(|| SessionError::of(ErrorCode::Refused))?;
    let released = workstation.with_slot_unlocker(|unlocker, _| {
        let counted = unlocker.load_record(user)?.failures;
        unlocker.release(user, true).map(|()| counted)
    })?;
    let actor = Actor::new(user, role);
    let event = EventDraft::new(EventClass::SignIn).by(actor.clone()).caused_by("again");
    workstation.record(name_statement(event, &renewal.lease));
    if released > 0 {
        let event = EventDraft::new(EventClass::Throttle).by(actor).caused_by("signed_in");
        workstation.record(event.with("released", true).with("failures", u64::from(released)));
    }
    match workstation.try_session(|u| u.user) {
        None => Ok(Some(renewal)),
        Some(me) if me == user => {
            renew(workstation, renewal)?;
            crate::cases::sync::resume_sync(workstation);
            Ok(None)
        }
        Some(_) => Err(SessionError::of(ErrorCode::Stale)),
    }
}

fn renew(workstation: &Workstation, renewal: Renewal) -> Result<(), SessionError> {
    workstation.with_session(|unlocked| {
        let mut ring = lock(&unlocked.ring);
        workstation.with_slot_unlocker(|unlocker, _| unlocker.renew(&unlocked.keys, &mut ring, renewal))
    })
}

fn describe(workstation: &Workstation) -> SignInStateDto {
    workstation.expire_renewal();
    match &*lock(&workstation.0.signing_in) {
        SigningIn::Idle => SignInStateDto::Idle,
        SigningIn::Browser { address, .. } => SignInStateDto::Browser { address: address.clone() },
        SigningIn::Waiting { .. } | SigningIn::Done => SignInStateDto::Done,
        SigningIn::Failed(code) => SignInStateDto::Failed { code: *code },
    }
}
