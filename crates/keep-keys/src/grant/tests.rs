use crate::entropy::FixedEntropy;
use crate::nonce_preimage::NoncePreimage;
use crate::slot_id::SlotContext;
use crate::user_keys::MasterKey;
use crate::{
    DataKey, DeviceKey, Grant, KeyName, KeyRing, KeysError, MemberClaims, MemberRecord, Slots, StoredSignIn, UserKeys,
    VerifiedMember,
};
use keep_domain::{ProviderStatement, Role, Secret, Segment, UserId, UtcMillis};

const DIRECTORY: KeyName = KeyName::Segment(Segment::Directory);
const CLINICAL: KeyName = KeyName::Segment(Segment::Clinical);

/// A user with keys and a verified member record.
fn person(seed: u8, role: Role) -> (UserKeys, VerifiedMember) {
    let master_key = || MasterKey::from_secret(Secret::new([seed; 32]));
    let subject = format!("person-{seed}");
    let device = SlotContext::for_tests(seed).device;
    let preimage = NoncePreimage::make_with(device, &master_key(), &mut FixedEntropy::named("member")).unwrap();
    let claims = MemberClaims {
        issuer: String::from("https://id.example"),
        subject: subject.clone(),
        name: subject.clone(),
        roles: vec![role],
        restricted: false,
        nonce: preimage.nonce(),
        issued_at: UtcMillis(0),
    };
    let member = MemberRecord::new(
        preimage,
        ProviderStatement::of_id_token(String::from("a.b.c")),
        &claims,
        &DeviceKey::for_tests(1),
        &mut crate::entropy::OsEntropy,
    );
    let member = member.unwrap().verify(&claims).unwrap();
    let context = SlotContext { user: UserId::of("https://id.example", &subject), ..SlotContext::for_tests(seed) };
    (UserKeys::bound(master_key(), context), member)
}

fn ring() -> KeyRing {
    KeyRing::new(StoredSignIn::for_tests(UserKeys::for_tests(1).context(), UtcMillis(0)), None)
}

fn key(name: KeyName) -> DataKey {
    DataKey::make_with(name, 1, &mut FixedEntropy::named("granted")).unwrap()
}

fn grant() -> Grant {
    let ((amara, _), (_, leila)) = (person(1, Role::Nurse), person(2, Role::FrontDesk));
    Grant::make_with(&amara, &leila, &key(DIRECTORY), &mut FixedEntropy::named("grant")).unwrap()
}

fn reason(result: Result<(), KeysError>) -> &'static str {
    match result {
        Err(KeysError::Refused(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn bytes_are_frozen() {
    let made = serde_json::to_string_pretty(&grant()).unwrap();
    crate::frozen::check("grant.json", include_str!("../vectors/grant.json"), &made);
}

#[test]
fn the_frozen_grant_still_opens() {
    let grant: Grant = serde_json::from_str(include_str!("../vectors/grant.json")).unwrap();
    let ((_, amara), (leila, _)) = (person(1, Role::Nurse), person(2, Role::FrontDesk));
    assert_eq!(grant.open(&leila, &amara).unwrap().bytes(), key(DIRECTORY).bytes());
}

#[test]
fn a_grant_is_found_tested_wrapped_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let slots = Slots::of_profile(folder.path());
    let ((_, amara), (leila, _)) = (person(1, Role::Nurse), person(2, Role::FrontDesk));
    grant().write(&slots).unwrap();
    let mut ring = ring();
    let waiting = Grant::waiting_for(&slots, leila.context().user).grants;
    assert_eq!((waiting.len(), waiting[0].key(), waiting[0].granter()), (1, DIRECTORY, amara.user()));

    let rejected = waiting[0].accept(&slots, &leila, &mut ring, &amara, |_| false);
    assert_eq!(reason(rejected), "the granted key does not open its file");
    assert_eq!(Grant::waiting_for(&slots, leila.context().user).grants.len(), 1, "the grant stays");

    waiting[0].accept(&slots, &leila, &mut ring, &amara, |k| k.bytes() == key(DIRECTORY).bytes()).unwrap();
    assert!(Grant::waiting_for(&slots, leila.context().user).grants.is_empty());
    let stored = KeyRing::load(&slots, &leila).unwrap();
    assert_eq!(stored.segment(Segment::Directory).unwrap().bytes(), key(DIRECTORY).bytes());

    let again = waiting[0].accept(&slots, &leila, &mut ring, &amara, |_| true);
    assert_eq!(reason(again), "there is already a key of that generation");
    waiting[0].write(&slots).unwrap();
    waiting[0].discard(&slots).unwrap();
    assert!(Grant::waiting_for(&slots, leila.context().user).grants.is_empty());
}

#[test]
fn the_front_desk_is_granted_no_clinical_key() {
    let ((amara, _), (_, leila)) = (person(1, Role::Nurse), person(2, Role::FrontDesk));
    for name in [CLINICAL, KeyName::Segment(Segment::Encounters), KeyName::Segment(Segment::Restricted), KeyName::Audit]
    {
        assert!(matches!(Grant::make(&amara, &leila, &key(name)), Err(KeysError::Refused(_))), "{name}");
    }
}

#[test]
fn a_grant_for_a_rank_contains_the_keys_of_the_role() {
    let (amara, _) = person(1, Role::Nurse);
    let mut ring = ring();
    for name in [DIRECTORY, KeyName::Segment(Segment::Encounters), CLINICAL, KeyName::Audit] {
        ring.add(key(name)).unwrap();
    }
    let granted = |seed, role| {
        let grants = Grant::make_for_rank(&amara, &ring, &person(seed, role).1).unwrap();
        grants.iter().map(Grant::key).collect::<Vec<_>>()
    };
    assert_eq!(granted(2, Role::FrontDesk), [DIRECTORY]);
    assert_eq!(granted(3, Role::PrivacyOfficer), [DIRECTORY, KeyName::Audit]);
    assert_eq!(granted(4, Role::Physician).len(), 4);
    assert_eq!(granted(5, Role::ItAdministrator), []);
}

#[test]
fn forged_redirected_and_altered_grants_are_refused() {
    let ((_, amara), (leila, _)) = (person(1, Role::Nurse), person(2, Role::FrontDesk));
    let (mallory, mallory_member) = person(3, Role::Nurse);
    let slots = Slots::of_profile(tempfile::tempdir().unwrap().path());
    let mut ring = ring();
    let mut try_it = |grant: &Grant, who: &UserKeys, granter: &VerifiedMember| {
        reason(grant.accept(&slots, who, &mut ring, granter, |_| true))
    };
    assert_eq!(try_it(&grant(), &mallory, &amara), "the grant is for another user");
    assert_eq!(try_it(&grant(), &leila, &mallory_member), "the grant names another granter");

    let mut altered = grant();
    altered.generation = 2;
    assert_eq!(try_it(&altered, &leila, &amara), "the grant's signature is wrong");
    let mut altered = grant();
    altered.key = CLINICAL;
    assert_eq!(try_it(&altered, &leila, &amara), "the grant's signature is wrong");
    let mut altered = grant();
    altered.sealed.0[40] ^= 1;
    assert_eq!(try_it(&altered, &leila, &amara), "the grant's signature is wrong");

    // Mallory signs a grant under Amara's name.
    let mut forged = grant();
    forged.signature = crate::base64url::Base64Array(mallory.signer().sign(&forged.signed_bytes()));
    assert_eq!(try_it(&forged, &leila, &amara), "the grant's signature is wrong");

    // A user without the entitlement signs correctly, with an invented key.
    let (clerk, clerk_member) = person(4, Role::FrontDesk);
    let (_, nurse) = person(5, Role::Nurse);
    let made_up = Grant::make(&clerk, &nurse, &key(CLINICAL)).unwrap();
    let (nurse_keys, _) = person(5, Role::Nurse);
    assert_eq!(try_it(&made_up, &nurse_keys, &clerk_member), "the granter's role does not entitle to that key");
}

#[test]
fn files_that_are_not_grants_are_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let slots = Slots::of_profile(folder.path());
    let (leila, _) = person(2, Role::FrontDesk);
    grant().write(&slots).unwrap();
    let dir = slots.grants_folder(leila.context().user);
    std::fs::write(dir.join("clinical-1.json"), b"{").unwrap();
    std::fs::write(dir.join("notes.txt"), b"hello").unwrap();
    assert_eq!(Grant::waiting_for(&slots, leila.context().user).grants.len(), 1);
}
