use crate::entropy::FixedEntropy;
use crate::member::{MemberClaims, MemberRecord, VerifiedMember};
use crate::slot_id::SlotContext;
use crate::user_keys::MasterKey;
use crate::{Grant, HeldKey, KeptSignIn, KeyName, KeyRing, KeysError, NoncePreimage, Slots, UserKeys};
use keep_domain::{Role, Secret, Segment, UserId, UtcMillis};

const DIRECTORY: KeyName = KeyName::Segment(Segment::Directory);
const CLINICAL: KeyName = KeyName::Segment(Segment::Clinical);

/// Someone with keys and a member record that the session verified.
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
    let member = MemberRecord::new(preimage, String::from("a.b.c"), &claims).unwrap().verify(&claims).unwrap();
    let context = SlotContext { user: UserId::of("https://id.example", &subject), ..SlotContext::for_tests(seed) };
    (UserKeys::bound(master_key(), context), member)
}

fn ring() -> KeyRing {
    KeyRing::first(KeptSignIn::for_tests(UserKeys::for_tests(1).context(), UtcMillis(0)), None)
}

fn key(name: KeyName) -> HeldKey {
    HeldKey::make_with(name, 1, &mut FixedEntropy::named("granted")).unwrap()
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
    assert_eq!(Grant::waiting_for(&slots, leila.context().user).grants.len(), 1, "it stays");

    waiting[0].accept(&slots, &leila, &mut ring, &amara, |k| k.bytes() == key(DIRECTORY).bytes()).unwrap();
    assert!(Grant::waiting_for(&slots, leila.context().user).grants.is_empty());
    let kept = KeyRing::load(&slots, &leila).unwrap();
    assert_eq!(kept.segment(Segment::Directory).unwrap().bytes(), key(DIRECTORY).bytes());

    let again = waiting[0].accept(&slots, &leila, &mut ring, &amara, |_| true);
    assert_eq!(reason(again), "a key of that generation is held already");
    waiting[0].write(&slots).unwrap();
    waiting[0].discard(&slots).unwrap();
    assert!(Grant::waiting_for(&slots, leila.context().user).grants.is_empty());
}

#[test]
fn no_clinical_key_leaves_for_the_front_desk() {
    let ((amara, _), (_, leila)) = (person(1, Role::Nurse), person(2, Role::FrontDesk));
    for name in [CLINICAL, KeyName::Segment(Segment::Encounters), KeyName::Segment(Segment::Restricted), KeyName::Audit]
    {
        assert!(matches!(Grant::make(&amara, &leila, &key(name)), Err(KeysError::Refused(_))), "{name}");
    }
}

#[test]
fn a_grant_for_a_rank_carries_what_the_role_entitles_to() {
    let (amara, _) = person(1, Role::Nurse);
    let mut ring = ring();
    for name in [DIRECTORY, KeyName::Segment(Segment::Encounters), CLINICAL, KeyName::Audit] {
        ring.add(key(name)).unwrap();
    }
    let carried = |seed, role| {
        let grants = Grant::make_for_rank(&amara, &ring, &person(seed, role).1).unwrap();
        grants.iter().map(Grant::key).collect::<Vec<_>>()
    };
    assert_eq!(carried(2, Role::FrontDesk), [DIRECTORY]);
    assert_eq!(carried(3, Role::PrivacyOfficer), [DIRECTORY, KeyName::Audit]);
    assert_eq!(carried(4, Role::Physician).len(), 4);
    assert_eq!(carried(5, Role::ItAdministrator), []);
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
    assert_eq!(try_it(&grant(), &mallory, &amara), "the grant is for someone else");
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
    forged.signature = crate::b64::Exactly(mallory.signer().sign(&forged.signed_bytes()));
    assert_eq!(try_it(&forged, &leila, &amara), "the grant's signature is wrong");

    // Someone without the entitlement signs correctly, with a key that they made up.
    let (clerk, clerk_member) = person(4, Role::FrontDesk);
    let (_, nurse) = person(5, Role::Nurse);
    let made_up = Grant::make(&clerk, &nurse, &key(CLINICAL)).unwrap();
    let (nurse_keys, _) = person(5, Role::Nurse);
    assert_eq!(try_it(&made_up, &nurse_keys, &clerk_member), "the granter's role does not entitle to that key");
}

#[test]
fn files_that_are_no_grants_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let slots = Slots::of_profile(folder.path());
    let (leila, _) = person(2, Role::FrontDesk);
    grant().write(&slots).unwrap();
    let dir = slots.grants_folder(leila.context().user);
    std::fs::write(dir.join("clinical-1.json"), b"{").unwrap();
    std::fs::write(dir.join("notes.txt"), b"hello").unwrap();
    assert_eq!(Grant::waiting_for(&slots, leila.context().user).grants.len(), 1);
}
