//! Abandoned enrolments, and enrolments at a bad moment.

use super::{Clinic, code_of, ok};
use crate::cases::enrol::{enrol_code, enrol_password, enrol_state, otpauth};
use crate::cases::lock;
use crate::dto::enrol::{EnrolCodeDto, EnrolPasswordDto, EnrolStateDto};
use crate::dto::lock::SlotStateDto;
use crate::state::acquire;
use crate::state::sign_in::{Enrolling, HALF_FINISHED, Person};
use crate::testing::{PASSWORD, TestProvider, nurse_amara, user_of};
use keep_domain::{Clock, ErrorCode, ProviderStatement, Role};
use keep_keys::{Enrolment, KdfParams, phone_code};
use keep_sync::VerifiedClaims;
use std::time::Duration;

const STEP: Duration = Duration::from_mins(4);

/// Leila has come back from the browser.
fn leila_signed_in(clinic: &Clinic) {
    let device = clinic.workstation.settings().device;
    let person = Person {
        enrolment: Enrolment::begin(device, KdfParams::WEAK_FOR_TESTS).expect("begun"),
        claims: VerifiedClaims {
            issuer: String::from("https://id.example"),
            subject: String::from("leila"),
            name: String::from("Leila Patel"),
            roles: vec![Role::FrontDesk],
            named_roles: None,
            restricted: false,
            issued_at: clinic.clock.now().seconds(),
            auth_time: None,
            acr: None,
            key_id: String::from("k1"),
            jwk: String::from("{}"),
            token_hash: [7; 32],
        },
        statement: ProviderStatement::of_id_token(String::from("a.b.c")),
        refresh: None,
        since: clinic.clock.monotonic(),
    };
    *acquire(&clinic.workstation.0.sign_in.enrolling) = Enrolling::Password(Box::new(person));
}

/// `clinic`'s user has come back from the browser with a statement about new keys.
fn signed_in_again(clinic: &Clinic) {
    let enrolment = Enrolment::begin(clinic.workstation.settings().device, KdfParams::WEAK_FOR_TESTS).expect("begun");
    let who = clinic.person;
    let names = ("https://id.example", who.subject);
    let provider = TestProvider::new().expect("key");
    let stated = provider.state(who, names, &enrolment.nonce(), clinic.clock.now(), false).expect("signed");
    let claims = clinic.workstation.verify_stored(&stated.statement, &stated.jwk, None, None).expect("verified");
    let person =
        Person { enrolment, claims, statement: stated.statement, refresh: None, since: clinic.clock.monotonic() };
    *acquire(&clinic.workstation.0.sign_in.enrolling) = Enrolling::Password(Box::new(person));
}

#[test]
fn a_user_with_a_damaged_slot_enrols_again_and_old_files_are_set_aside_and_named() {
    let clinic = Clinic::with(nurse_amara());
    clinic.lock();
    let user = user_of(nurse_amara());
    let slots = clinic.folder.path().join("slots");
    let personal = clinic.folder.path().join("personal").join(format!("{user}.db"));
    let drafts = std::fs::read(&personal).expect("drafts");
    std::fs::remove_file(slots.join(format!("{user}.state"))).expect("lost");
    let screen = ok(lock::lock_screen(&clinic.workstation));
    assert!(matches!(screen.users[0].state, SlotStateDto::Damaged), "said before anybody types");
    assert_eq!(code_of(clinic.unlock_well()), ErrorCode::SlotDamaged);

    signed_in_again(&clinic);
    ok(enrol_password(&clinic.workstation, password()));
    let phone = ok(otpauth(&clinic.workstation));
    let code = phone_code(&phone, clinic.clock.now()).expect("a code");
    // EXPOSE: a test reads the phone.
    let ended = ok(enrol_code(&clinic.workstation, EnrolCodeDto { code: code.expose().clone(), phone_time: None }));
    let EnrolStateDto::Done { waiting_for_grant, set_aside, .. } = ended else { panic!("enrolled") };
    assert!(waiting_for_grant, "her keys were lost with the old slot: a colleague grants them again");
    assert_eq!(set_aside.len(), 3, "{set_aside:?}");
    assert!(set_aside.iter().all(|n| n.contains(".damaged-")), "{set_aside:?}");
    let kept = clinic.folder.path().join("personal").join(&set_aside[0]);
    assert_eq!(std::fs::read(kept).expect("kept"), drafts);
    assert!(set_aside[1..].iter().all(|n| slots.join(n).exists()), "{set_aside:?}");
    assert!(!clinic.workstation.settings().holders.anyone_has(keep_domain::Segment::Directory));

    let clinic = Clinic { phone, ..clinic };
    clinic.lock();
    assert!(ok(clinic.unlock_well()).waiting_for_grant);
}

fn password() -> EnrolPasswordDto {
    EnrolPasswordDto { password: PASSWORD.to_owned() }
}

#[test]
fn an_abandoned_enrolment_is_wiped() {
    let clinic = Clinic::with(nurse_amara());
    clinic.lock();
    leila_signed_in(&clinic);
    clinic.clock.advance(STEP);
    assert!(matches!(ok(enrol_password(&clinic.workstation, password())), EnrolStateDto::Code { .. }));
    clinic.clock.advance(STEP);
    assert!(otpauth(&clinic.workstation).is_ok(), "each step restarts the time limit");
    clinic.clock.advance(HALF_FINISHED - STEP);
    let state = ok(enrol_state(&clinic.workstation));
    assert!(matches!(state, EnrolStateDto::Failed { code: ErrorCode::SignInNeeded, .. }));
    let late = enrol_code(&clinic.workstation, EnrolCodeDto { code: String::from("000000"), phone_time: None });
    assert_eq!(code_of(late), ErrorCode::Stale);
    assert!(otpauth(&clinic.workstation).is_err());
}

#[test]
fn no_enrolment_step_is_possible_while_a_session_is_open() {
    let clinic = Clinic::with(nurse_amara());
    leila_signed_in(&clinic);
    assert_eq!(code_of(enrol_password(&clinic.workstation, password())), ErrorCode::Refused);
    clinic.lock();
    leila_signed_in(&clinic);
    assert!(matches!(ok(enrol_password(&clinic.workstation, password())), EnrolStateDto::Code { .. }));
    ok(clinic.unlock_well());
    let code = EnrolCodeDto { code: String::from("000000"), phone_time: None };
    assert_eq!(code_of(enrol_code(&clinic.workstation, code)), ErrorCode::Refused);
}
