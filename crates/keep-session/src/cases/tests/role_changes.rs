//! A role that the clinic changes while a user is signed in.

use super::sign_in_again::comes_back;
use super::{Clinic, code_of, ok};
use crate::state::acquire;
use crate::testing::{TestPerson, nurse_amara, sign_in_of};
use keep_audit::EventClass;
use keep_domain::{ErrorCode, Role};
use std::time::Duration;

/// The provider's statement when it refreshes the nurse's tokens.
fn refresh(clinic: &Clinic, person: TestPerson, change: impl FnOnce(&mut keep_sync::VerifiedClaims)) {
    let renewal = sign_in_of(&clinic.workstation, person, "rt").map_err(|f| f.code).expect("signed");
    let stated = clinic.workstation.verify_stored(&renewal.statement, &renewal.lease.jwk, None, None);
    let mut claims = stated.expect("verified");
    change(&mut claims);
    clinic.workstation.take_statement(&claims, &renewal.statement);
    clinic.clock.advance(Duration::from_secs(61));
}

#[test]
fn a_changed_role_locks_and_counts_from_the_next_unlock() {
    let clinic = Clinic::with(nurse_amara());
    let before = clinic.events(EventClass::SignIn);
    let lease_end = |clinic: &Clinic| {
        clinic.workstation.try_session(|u| acquire(&u.keys.ring).lease().map(|l| l.lease_end)).flatten()
    };
    let ends = lease_end(&clinic);
    clinic.clock.advance(Duration::from_secs(3600));
    refresh(&clinic, TestPerson { role: Role::FrontDesk, ..nurse_amara() }, |_| {});
    assert!(!clinic.workstation.is_open());
    let session = ok(clinic.unlock_well());
    assert_eq!((session.role, lease_end(&clinic)), (Role::FrontDesk, ends));
    assert_eq!(clinic.events(EventClass::SignIn), before + 1);
}

#[test]
fn the_same_role_and_a_token_without_the_claim_change_nothing() {
    let clinic = Clinic::with(nurse_amara());
    refresh(&clinic, nurse_amara(), |_| {});
    assert!(clinic.workstation.is_open());
    refresh(&clinic, TestPerson { role: Role::FrontDesk, ..nurse_amara() }, |claims| claims.named_roles = None);
    assert!(clinic.workstation.is_open());
    clinic.lock();
    assert_eq!(ok(clinic.unlock_well()).role, Role::Nurse);
}

#[test]
fn a_user_whose_role_was_taken_away_has_to_sign_in_again() {
    let clinic = Clinic::with(nurse_amara());
    let without_role = crate::testing::sign_in_without_role(&clinic.workstation, nurse_amara());
    let (claims, statement) = without_role.map_err(|f| f.code).expect("signed");
    clinic.workstation.take_statement(&claims, &statement);
    assert!(!clinic.workstation.is_open());
    clinic.clock.advance(Duration::from_secs(61));
    assert_eq!(code_of(clinic.unlock_well()), ErrorCode::SignInNeeded);
    clinic.clock.advance(Duration::from_secs(61));
    assert_eq!(comes_back(&clinic, nurse_amara()), Ok(()));
    assert_eq!(ok(clinic.unlock_well()).role, Role::Nurse);
}
