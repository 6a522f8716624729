//! The way back from a held slot, an ended lease and a sign-in that the server no longer takes.
//!
//! Start with [`sign_in_again`], poll [`sign_in_state`] (or block in [`wait_for_sign_in`]) until it says done or failed.
//! While locked the slot is released at once; lease and refresh token wait in memory for the owner's next unlock,
//! because they are kept sealed under keys that only that unlock opens. While unlocked they are kept at once.

use crate::app::{App, guard};
use crate::dto::failure::FailureDto;
use crate::dto::sign_in::{SignInAgainDto, SignInStateDto};
use crate::fault::Fault;
use crate::lease::name_statement;
use crate::signing_in::{SigningIn, WAITS};
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
pub fn sign_in_again(app: &App, request: SignInAgainDto) -> Result<SignInStateDto, FailureDto> {
    start(app, &request).map_err(Fault::tell)?;
    Ok(describe(app))
}

/// How far the sign-in is.
///
/// # Errors
/// None at present; the state itself says what failed.
pub fn sign_in_state(app: &App) -> Result<SignInStateDto, FailureDto> {
    Ok(describe(app))
}

/// Gives up; nothing of a sign-in that was not finished is kept.
///
/// # Errors
/// None at present.
pub fn sign_in_cancel(app: &App) -> Result<SignInStateDto, FailureDto> {
    cancel(app);
    Ok(describe(app))
}

/// Blocks until the browser has come back, failed or timed out. For the command line.
///
/// # Errors
/// None at present.
pub fn wait_for_sign_in(app: &App) -> Result<SignInStateDto, FailureDto> {
    loop {
        match describe(app) {
            SignInStateDto::Browser { .. } => {
                // The timer must be made inside the runtime.
                app.0.runtime.block_on(async { tokio::time::sleep(Duration::from_millis(20)).await });
            }
            state => return Ok(state),
        }
    }
}

/// Ends whatever is under way or waits.
pub(crate) fn cancel(app: &App) {
    let before = std::mem::take(&mut *guard(&app.0.signing_in));
    if let SigningIn::Browser { stop, .. } = before {
        stop.abort();
    }
}

fn start(app: &App, request: &SignInAgainDto) -> Result<(), Fault> {
    let user = whose(app, &request.user)?;
    cancel(app);
    let device = app.enrolled_device()?;
    // The slot's own provider is asked, whatever the FHIR server names by now.
    let issuer = app.0.slots.member(user, &device.kd)?.claimed_issuer();
    let server = app.open_server(issuer.as_deref())?;
    let pending = app.0.runtime.block_on(server.open_sign_in(&make_unguessable(), Proof::Anew))?;
    let address = pending.address().to_string();
    // Where no browser starts the address is still on the screen.
    let _ = pending.open_browser();
    let turn = TURN.fetch_add(1, Ordering::SeqCst).wrapping_add(1);
    let waiting = app.clone();
    let mut held = guard(&app.0.signing_in);
    let task = app.0.runtime.spawn(async move { wait(waiting, turn, user, pending).await });
    *held = SigningIn::Browser { address, turn, stop: task.abort_handle() };
    Ok(())
}

fn whose(app: &App, asked: &str) -> Result<UserId, Fault> {
    match app.peek(|u| u.user) {
        Some(me) if asked.is_empty() || asked == me.to_string() => Ok(me),
        Some(_) => Err(Fault::of(ErrorCode::Refused)),
        None => asked.parse().map_err(|_| Fault::of(ErrorCode::NotEnrolled)),
    }
}

async fn wait(app: App, turn: u64, user: UserId, pending: PendingSignIn) {
    let ended = pending.finish().await;
    let runtime = app.0.runtime.clone();
    runtime.spawn_blocking(move || {
        if awaited(&app, turn) {
            let next = settle(&app, user, ended);
            let mut held = guard(&app.0.signing_in);
            // The person may have cancelled and begun again meanwhile.
            if matches!(&*held, SigningIn::Browser { turn: now, .. } if *now == turn) {
                *held = next;
            }
        }
    });
}

fn awaited(app: &App, turn: u64) -> bool {
    matches!(&*guard(&app.0.signing_in), SigningIn::Browser { turn: now, .. } if *now == turn)
}

fn settle(app: &App, user: UserId, ended: Result<SignedIn, SyncError>) -> SigningIn {
    let renewal = ended.map_err(Fault::from).and_then(|signed_in| {
        if signed_in.claims.roles.is_empty() {
            return Err(Fault::of(ErrorCode::Refused));
        }
        let id_token = signed_in.tokens.id_token.ok_or_else(|| Fault::of(ErrorCode::SignInFailed))?;
        // EXPOSE: the token is the provider's statement about this person; it is kept under their own key.
        let id_token = id_token.expose().clone();
        Ok(Renewal { lease: app.lease_of(&signed_in.claims), id_token, refresh_token: signed_in.tokens.refresh })
    });
    match renewal.and_then(|renewal| take(app, user, renewal)) {
        Ok(None) => SigningIn::Done,
        Ok(Some(renewal)) => {
            let (later, runtime) = (app.clone(), app.0.runtime.clone());
            runtime.spawn(async move {
                tokio::time::sleep(WAITS).await;
                later.expire_renewal();
            });
            SigningIn::Waiting { renewal: Box::new(renewal), since: app.0.clock.monotonic() }
        }
        Err(fault) => {
            let event = EventDraft::new(EventClass::SignInFailed).ended(Outcome::MinorFailure);
            app.record(event.with("subject_of_slot", user).with("code", fault.code));
            SigningIn::Failed(fault.code)
        }
    }
}

/// Takes over a verified sign-in; what comes back waits for its owner's unlock.
pub(crate) fn take(app: &App, user: UserId, renewal: Renewal) -> Result<Option<Renewal>, Fault> {
    // INVARIANT: only the very person of the slot, by issuer and subject, releases it.
    if renewal.user() != user {
        return Err(Fault::of(ErrorCode::Refused));
    }
    let role = *renewal.lease.roles.first().ok_or_else(|| Fault::of(ErrorCode::Refused))?;
    let released = app.with_slot_door(|door, _| {
        let counted = door.load_record(user)?.failures;
        door.release(user, true).map(|()| counted)
    })?;
    let actor = Actor::new(user, role);
    let event = EventDraft::new(EventClass::SignIn).by(actor.clone()).caused_by("again");
    app.record(name_statement(event, &renewal.lease));
    if released > 0 {
        let event = EventDraft::new(EventClass::Throttle).by(actor).caused_by("signed_in");
        app.record(event.with("released", true).with("failures", u64::from(released)));
    }
    match app.peek(|u| u.user) {
        None => Ok(Some(renewal)),
        Some(me) if me == user => {
            renew(app, renewal)?;
            crate::cases::sync::go_on(app);
            Ok(None)
        }
        Some(_) => Err(Fault::of(ErrorCode::Stale)),
    }
}

fn renew(app: &App, renewal: Renewal) -> Result<(), Fault> {
    app.inside(|unlocked| {
        let mut ring = guard(&unlocked.ring);
        app.with_slot_door(|door, _| door.renew(&unlocked.keys, &mut ring, renewal))
    })
}

fn describe(app: &App) -> SignInStateDto {
    app.expire_renewal();
    match &*guard(&app.0.signing_in) {
        SigningIn::Idle => SignInStateDto::Idle,
        SigningIn::Browser { address, .. } => SignInStateDto::Browser { address: address.clone() },
        SigningIn::Waiting { .. } | SigningIn::Done => SignInStateDto::Done,
        SigningIn::Failed(code) => SignInStateDto::Failed { code: *code },
    }
}
