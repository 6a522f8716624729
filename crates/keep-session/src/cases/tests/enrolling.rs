//! Enrolments that nobody finishes, or that come at a wrong moment.

use super::{Clinic, code_of, ok};
use crate::app::guard;
use crate::cases::enrol::{enrol_code, enrol_password, enrol_state, otpauth};
use crate::dto::enrol::{EnrolCodeDto, EnrolPasswordDto, EnrolStateDto};
use crate::enrolling::{Enrolling, HALF_FINISHED, Person};
use crate::testing::{PASSWORD, nurse_amara};
use keep_domain::{Clock, ErrorCode, Role, Secret};
use keep_keys::{Enrolment, KdfParams};
use keep_sync::VerifiedClaims;
use std::time::Duration;

const STEP: Duration = Duration::from_mins(4);

/// Leila has come back from the browser.
fn leila_signed_in(clinic: &Clinic) {
    let device = clinic.app.workstation().device;
    let person = Person {
        enrolment: Enrolment::begin(device, KdfParams::WEAK_FOR_TESTS).expect("begun"),
        claims: VerifiedClaims {
            issuer: String::from("https://id.example"),
            subject: String::from("leila"),
            name: String::from("Leila Patel"),
            roles: vec![Role::FrontDesk],
            restricted: false,
            issued_at: clinic.clock.now().seconds(),
            auth_time: None,
            acr: None,
            key_id: String::from("k1"),
            jwk: String::from("{}"),
            token_hash: [7; 32],
        },
        id_token: Some(Secret::new(String::from("a.b.c"))),
        refresh: None,
        since: clinic.clock.monotonic(),
    };
    *guard(&clinic.app.0.enrolling) = Enrolling::Password(Box::new(person));
}

fn password() -> EnrolPasswordDto {
    EnrolPasswordDto { password: PASSWORD.to_owned() }
}

#[test]
fn an_enrolment_that_nobody_goes_on_with_is_wiped() {
    let clinic = Clinic::with(nurse_amara());
    clinic.lock();
    leila_signed_in(&clinic);
    clinic.clock.advance(STEP);
    assert!(matches!(ok(enrol_password(&clinic.app, password())), EnrolStateDto::Code { .. }));
    clinic.clock.advance(STEP);
    assert!(otpauth(&clinic.app).is_ok(), "each step starts the time anew");
    clinic.clock.advance(HALF_FINISHED - STEP);
    let state = ok(enrol_state(&clinic.app));
    assert!(matches!(state, EnrolStateDto::Failed { code: ErrorCode::SignInNeeded }));
    let late = enrol_code(&clinic.app, EnrolCodeDto { code: String::from("000000") });
    assert_eq!(code_of(late), ErrorCode::Stale);
    assert!(otpauth(&clinic.app).is_err());
}

#[test]
fn no_step_is_taken_while_somebody_is_unlocked() {
    let clinic = Clinic::with(nurse_amara());
    leila_signed_in(&clinic);
    assert_eq!(code_of(enrol_password(&clinic.app, password())), ErrorCode::Refused);
    clinic.lock();
    leila_signed_in(&clinic);
    assert!(matches!(ok(enrol_password(&clinic.app, password())), EnrolStateDto::Code { .. }));
    ok(clinic.unlock_well());
    let code = EnrolCodeDto { code: String::from("000000") };
    assert_eq!(code_of(enrol_code(&clinic.app, code)), ErrorCode::Refused);
}
