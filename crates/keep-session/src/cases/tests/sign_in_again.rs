//! Signing in again: a held slot, an ended lease, a refresh token that the server no longer accepts.

use super::{Clinic, code_of, ok};
use crate::cases::sign_in_again::{sign_in_again, sign_in_state, take};
use crate::dto::sign_in::{SignInAgainDto, SignInStateDto};
use crate::error::SessionError;
use crate::state::acquire;
use crate::state::sign_in::{RENEWAL_WAITS, Renewing};
use crate::testing::{TestPerson, dr_jonas, nurse_amara, sign_in_of, user_of};
use keep_audit::EventClass;
use keep_domain::ErrorCode;
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

/// The browser comes back with a sign-in of `person` for Amara's slot.
pub(super) fn comes_back(clinic: &Clinic, person: TestPerson) -> Result<(), ErrorCode> {
    let renewal = sign_in_of(&clinic.workstation, person, "rt-again").map_err(|f| f.code)?;
    let renewal = take(&clinic.workstation, user_of(nurse_amara()), renewal).map_err(|f: SessionError| f.code)?;
    if let Some(renewal) = renewal {
        let since = keep_domain::Clock::monotonic(&*clinic.clock);
        *acquire(&clinic.workstation.0.sign_in.renewing) = Renewing::Waiting { renewal: Box::new(renewal), since };
    }
    Ok(())
}

fn token(clinic: &Clinic) -> Option<String> {
    // EXPOSE: a test compares the stored token.
    clinic.workstation.try_session(|u| acquire(&u.keys.ring).refresh_token().map(|t| t.expose().clone())).flatten()
}

#[test]
fn only_its_owners_sign_in_releases_a_held_slot() {
    let clinic = Clinic::with(nurse_amara());
    clinic.lock();
    for _ in 0..10 {
        assert_eq!(code_of(clinic.unlock("a wrong password")), ErrorCode::UnlockRefused);
        clinic.clock.advance(Duration::from_mins(16));
    }
    assert_eq!(code_of(clinic.unlock_well()), ErrorCode::SlotHeld);
    assert_eq!(comes_back(&clinic, dr_jonas()), Err(ErrorCode::Refused));
    assert_eq!(code_of(clinic.unlock_well()), ErrorCode::SlotHeld);
    assert_eq!(comes_back(&clinic, nurse_amara()), Ok(()));
    assert!(matches!(ok(sign_in_state(&clinic.workstation)), SignInStateDto::Done));
    ok(clinic.unlock_well());
    assert_eq!(token(&clinic).as_deref(), Some("rt-again"));
    assert_eq!((clinic.events(EventClass::Throttle), clinic.events(EventClass::SignIn)), (1, 1));
}

#[test]
fn an_ended_lease_is_replaced_at_the_next_unlock_and_its_codes_continue() {
    let clinic = Clinic::with(nurse_amara());
    clinic.lock();
    clinic.clock.advance(33 * DAY);
    assert_eq!(code_of(clinic.unlock_well()), ErrorCode::LeaseEnded);
    clinic.clock.advance(Duration::from_secs(61));
    assert_eq!(comes_back(&clinic, nurse_amara()), Ok(()));
    ok(clinic.unlock_well());
    clinic.lock();
    // The codes of the first table ended a week after the first lease.
    clinic.clock.advance(25 * DAY);
    ok(clinic.unlock_well());
}

#[test]
fn an_open_session_accepts_its_sign_in_at_once() {
    let clinic = Clinic::with(nurse_amara());
    clinic.clock.advance(3 * DAY);
    assert_eq!(comes_back(&clinic, nurse_amara()), Ok(()));
    assert_eq!(token(&clinic).as_deref(), Some("rt-again"));
    clinic.lock();
    clinic.clock.advance(28 * DAY);
    ok(clinic.unlock_well());
}

#[test]
fn an_unclaimed_sign_in_is_wiped() {
    let clinic = Clinic::with(nurse_amara());
    clinic.lock();
    assert_eq!(comes_back(&clinic, nurse_amara()), Ok(()));
    clinic.clock.advance(RENEWAL_WAITS);
    let state = ok(sign_in_state(&clinic.workstation));
    assert!(matches!(state, SignInStateDto::Failed { code: ErrorCode::SignInNeeded, .. }));
    ok(clinic.unlock_well());
    assert_eq!(token(&clinic), None);
}

#[test]
fn another_users_sign_in_is_refused_in_an_open_session() {
    let clinic = Clinic::with(nurse_amara());
    assert_eq!(comes_back(&clinic, dr_jonas()), Err(ErrorCode::Refused));
    let ask = SignInAgainDto { user: Some(user_of(dr_jonas()).to_string()) };
    assert_eq!(code_of(sign_in_again(&clinic.workstation, ask)), ErrorCode::Refused);
    clinic.lock();
    for user in [Some(user_of(dr_jonas()).to_string()), None] {
        assert_eq!(code_of(sign_in_again(&clinic.workstation, SignInAgainDto { user })), ErrorCode::NotEnrolled);
    }
}
