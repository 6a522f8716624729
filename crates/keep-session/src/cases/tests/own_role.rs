//! Users cannot write their own role, assignment or lease end. Once a clerk sealed her own lease again as a physician,
//! with ten more years, and was a physician.
//!
//! The attacker here holds their own master key and, as the same operating system user, the device key: `renew` seals
//! whatever it is given with both.

use super::sign_in_again::comes_back;
use super::{Clinic, code_of, ok};
use crate::dto::lock::PermissionDto;
use crate::state::acquire;
use crate::testing::{TestPerson, TestProvider, dr_jonas, leila_at_the_desk, nurse_amara, sign_in_of, user_of};
use keep_domain::{ErrorCode, ProviderStatement, Rank, Role, Segment, UtcMillis};
use keep_keys::{LeaseRecord, OldLease, Renewal, StoredSignIn};
use std::time::Duration;

const DAY: i64 = 86_400_000;

/// A clerk's workstation, locked.
fn clerks_workstation() -> Clinic {
    let clinic = Clinic::with(leila_at_the_desk());
    clinic.lock();
    clinic
}

/// The result of a sign-in of `person`, under the clerk's name.
fn statement_of(clinic: &Clinic, person: TestPerson) -> Renewal {
    let mut renewal = sign_in_of(&clinic.workstation, person, "rt").map_err(|f| f.code).expect("signed");
    leila_at_the_desk().subject.clone_into(&mut renewal.lease.subject);
    renewal
}

/// Seals `renewal` into the clerk's slot.
fn seal(clinic: &Clinic, renewal: Renewal) {
    let mut opened = clinic.open_slot();
    let sealed =
        clinic.workstation.with_slot_unlocker(|unlocker, _| unlocker.renew(&opened.keys, &mut opened.ring, renewal));
    assert_eq!(sealed.map_err(|f| f.code), Ok(()));
    clinic.clock.advance(Duration::from_secs(61));
}

fn lease(clinic: &Clinic) -> LeaseRecord {
    clinic.workstation.try_session(|u| acquire(&u.keys.ring).lease().cloned()).flatten().expect("a lease")
}

fn physician(mut renewal: Renewal) -> Renewal {
    renewal.lease.roles = vec![Role::Physician];
    renewal.lease.restricted = true;
    renewal.lease.lease_end = renewal.lease.lease_end.plus_millis(3650 * DAY);
    renewal
}

#[test]
fn roles_assignments_and_lease_ends_outside_the_token_do_not_count() {
    let clinic = clerks_workstation();
    seal(&clinic, physician(statement_of(&clinic, leila_at_the_desk())));
    let session = ok(clinic.unlock_well());
    assert_eq!(session.role, Role::FrontDesk);
    assert!(
        !session.permissions.iter().any(|p| matches!(p, PermissionDto::Import | PermissionDto::OpenChart)),
        "{:?}",
        session.permissions
    );
    assert_eq!(
        clinic.workstation.try_session(|u| (u.role, u.rank)),
        Some((Role::FrontDesk, Rank::up_to(Segment::Directory)))
    );
    let lease = lease(&clinic);
    assert_eq!((&lease.roles[..], lease.restricted), (&[Role::FrontDesk][..], false));
    assert_eq!(lease.lease_end, lease.issued_at.plus_millis(30 * DAY));
    assert_eq!(session.name, "Leila Patel");
}

#[test]
fn another_users_token_is_not_accepted() {
    let clinic = clerks_workstation();
    seal(&clinic, statement_of(&clinic, dr_jonas()));
    assert_eq!(code_of(clinic.unlock_well()), ErrorCode::SignInNeeded);
    assert!(!clinic.workstation.is_open());
}

#[test]
fn a_token_not_signed_by_the_stored_key_is_not_accepted() {
    let clinic = clerks_workstation();
    let doctor = TestPerson { role: Role::Physician, ..leila_at_the_desk() };
    let own = statement_of(&clinic, leila_at_the_desk());
    // Claims of her own under the provider's signature: restricted and a role added.
    let claims = statement_of(&clinic, doctor).statement.id_token;
    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let (mut mixed, own_parts) = (parts(&claims), parts(&own.statement.id_token));
    mixed[2].clone_from(&own_parts[2]);
    seal(
        &clinic,
        Renewal {
            statement: ProviderStatement::of_id_token(mixed.join(".")),
            ..physician(statement_of(&clinic, doctor))
        },
    );
    assert_eq!(code_of(clinic.unlock_well()), ErrorCode::SignInNeeded);
    clinic.clock.advance(Duration::from_secs(61));
    // A key of her own with the provider's name.
    let mine = TestProvider::new().expect("key");
    let now = UtcMillis(own.lease.issued_at.0);
    let stated = mine.state(doctor, ("https://id.example", doctor.subject), "any", now, true).expect("signed");
    seal(&clinic, Renewal { statement: stated.statement, ..physician(own) });
    assert_eq!(code_of(clinic.unlock_well()), ErrorCode::SignInNeeded);
}

#[test]
fn a_user_without_a_valid_statement_signs_in_again_and_continues() {
    let clinic = Clinic::with(nurse_amara());
    clinic.lock();
    let mut opened = clinic.open_slot();
    let mut other = sign_in_of(&clinic.workstation, dr_jonas(), "rt").map_err(|f| f.code).expect("signed");
    nurse_amara().subject.clone_into(&mut other.lease.subject);
    let sealed =
        clinic.workstation.with_slot_unlocker(|unlocker, _| unlocker.renew(&opened.keys, &mut opened.ring, other));
    assert_eq!(sealed.map_err(|f| f.code), Ok(()));
    clinic.clock.advance(Duration::from_secs(61));
    assert_eq!(code_of(clinic.unlock_well()), ErrorCode::SignInNeeded);
    clinic.clock.advance(Duration::from_secs(61));
    assert_eq!(comes_back(&clinic, nurse_amara()), Ok(()));
    assert_eq!(ok(clinic.unlock_well()).role, Role::Nurse);
}

/// The clerk's slot as an earlier version left it, with `change` applied to its lease.
fn leave_old(clinic: &Clinic, change: impl FnOnce(&mut OldLease)) {
    let mut opened = clinic.open_slot();
    let Some(StoredSignIn::Signed(record)) = opened.ring.sign_in() else { panic!("a signed statement") };
    let said = clinic.workstation.verify_stored(&record.statement(), record.jwk(), None, None).expect("verified");
    let lease = clinic.workstation.lease_of(&said);
    let mut old = OldLease {
        issuer: lease.issuer,
        subject: lease.subject,
        roles: lease.roles,
        restricted: lease.restricted,
        issued_at: lease.issued_at,
        lease_end: lease.lease_end,
        kid: lease.kid,
        token_hash: lease.token_hash,
        jwk: lease.jwk,
    };
    change(&mut old);
    opened.ring.set_old_lease(old);
    let forgotten = clinic.workstation.0.device.keychain.delete(&format!("sign-in/{}", user_of(leila_at_the_desk())));
    assert_eq!((forgotten, opened.ring.save(&clinic.workstation.0.device.slots, &opened.keys)), (Ok(()), Ok(())));
    clinic.clock.advance(Duration::from_secs(61));
}

#[test]
fn an_old_lease_from_the_slots_token_is_derived_again_and_stored_signed() {
    let clinic = clerks_workstation();
    leave_old(&clinic, |old| {
        old.roles = vec![Role::Physician];
        old.restricted = true;
        old.lease_end = old.lease_end.plus_millis(3650 * DAY);
    });
    assert_eq!(ok(clinic.unlock_well()).role, Role::FrontDesk);
    let lease = lease(&clinic);
    assert_eq!((lease.restricted, lease.lease_end), (false, lease.issued_at.plus_millis(30 * DAY)));
    let signed =
        clinic.workstation.try_session(|u| matches!(acquire(&u.keys.ring).sign_in(), Some(StoredSignIn::Signed(_))));
    assert_eq!(signed, Some(true));
}

#[test]
fn an_old_lease_without_its_token_gives_only_roles_that_the_slot_names() {
    let clinic = clerks_workstation();
    leave_old(&clinic, |old| {
        old.token_hash = [7; 32];
        old.roles = vec![Role::Physician, Role::FrontDesk];
        old.restricted = true;
        old.lease_end = old.lease_end.plus_millis(3650 * DAY);
    });
    assert_eq!(ok(clinic.unlock_well()).role, Role::FrontDesk);
    let lease = lease(&clinic);
    assert_eq!((&lease.roles[..], lease.restricted), (&[Role::FrontDesk][..], false));
    assert_eq!(lease.lease_end, lease.issued_at.plus_millis(30 * DAY));
}

#[test]
fn an_old_lease_of_an_unknown_key_gives_only_the_sealed_role() {
    let clinic = clerks_workstation();
    // With a key of another name the slot's token cannot be verified, so only the sealed role counts.
    leave_old(&clinic, |old| {
        old.token_hash = [7; 32];
        old.jwk = old.jwk.replace("k1", "k2");
        old.roles = vec![Role::Physician, Role::FrontDesk];
    });
    assert_eq!(ok(clinic.unlock_well()).role, Role::FrontDesk);
    let clinic = clerks_workstation();
    leave_old(&clinic, |old| {
        old.token_hash = [7; 32];
        old.roles = vec![Role::Physician];
    });
    assert_eq!(code_of(clinic.unlock_well()), ErrorCode::SignInNeeded);
}
