//! Frozen vectors: events written by the first release must always verify.
//! Never change a file in `vectors/`; a new format gets new files.

use crate::fixtures::{XorCipher, device_key, empty_log, metadata, nurse_amara, stamper};
use crate::frontier::leaf_hash;
use crate::{
    Actor, Checkpoint, ClosedLog, EntryBody, EventClass, EventDraft, EventWriter, Explanation, LogOrigin, Outcome,
    SignOff,
};
use keep_domain::{DeviceId, LogId, Phi, ResourceKey, Role, Segment, UserId};

fn drafts() -> [EventDraft; 3] {
    let amara = Actor {
        display: Some("Amara Okafor".into()),
        ..Actor::new(UserId::of("https://id.example", "amara"), Role::Nurse)
    };
    [
        EventDraft::new(EventClass::LogStart).with("device", DeviceId::from_bytes([9; 16])),
        EventDraft::new(EventClass::UnlockFailed)
            .ended(Outcome::MinorFailure)
            .with_cause("factors")
            .with("failures", 2_u32),
        EventDraft::new(EventClass::ChartRead)
            .by(amara)
            .about(Phi::new("p-1".parse().expect("id")))
            .with_resources(&[ResourceKey::new("AllergyIntolerance", "a-1".parse().expect("id"))])
            .with("segment", Segment::Clinical),
    ]
}

/// Compares with the frozen file; `UPDATE=1` writes a file that does not exist yet.
fn frozen(name: &str, found: &str) {
    let path = format!("{}/src/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE").is_some() && !std::path::Path::new(&path).exists() {
        std::fs::write(&path, found).expect("vector written");
    }
    assert_eq!(std::fs::read_to_string(&path).expect(name), found, "{name} is frozen");
}

#[test]
fn canonical_bytes_leaves_roots_links_and_checkpoint_are_frozen() {
    let (mut state, mut lines) = (empty_log(), String::new());
    for (n, draft) in drafts().iter().enumerate() {
        let amara = nurse_amara();
        let signer = (n == 2).then_some(&amara as &dyn crate::EventSigner);
        let (entry, next) = state
            .append(draft, &metadata(u64::try_from(n).expect("small")), Some(&XorCipher), signer)
            .expect("written");
        let json = match &entry.body {
            EntryBody::Clear(json) => json.clone(),
            EntryBody::Sealed(sealed) => {
                let info = crate::seal_info(state.log(), entry.header.sequence, entry.header.event);
                crate::Opener::open(&XorCipher, &info, sealed).expect("opened")
            }
        };
        assert_eq!(leaf_hash(&metadata(u64::try_from(n).expect("small")).salt, &json), entry.leaf);
        frozen(&format!("event-{n}.json"), &String::from_utf8(json).expect("utf-8"));
        lines += &format!(
            "leaf {} root {} link {}",
            hex::encode(entry.leaf),
            hex::encode(next.root()),
            hex::encode(entry.link)
        );
        lines += &entry.signature.map(|s| format!(" signature {}", hex::encode(s.signature))).unwrap_or_default();
        lines += "\n";
        state = next;
    }
    frozen("hashes.txt", &lines);
    frozen("checkpoint.txt", Checkpoint::of(&state).sign(&device_key()).expect("note").as_str());
}

/// Version 2 of the first event, for a log that continues another one, and the event that signs off an alert.
#[test]
fn the_first_event_of_a_continuing_log_and_a_sign_off_are_frozen() {
    let previous = ClosedLog { log: LogId::from_bytes([4; 16]), size: 18_244, root: [6; 32] };
    let origin = LogOrigin { previous: Some(previous), change_set_base: 1_795_338_000 << 20 };
    let (start, state) = empty_log().append(&origin.first_event(), &metadata(0), None, None).expect("written");
    let ingrid = Actor::new(UserId::of("https://id.example", "ingrid"), Role::PrivacyOfficer);
    let sign_off = SignOff { sequence: 1, event: metadata(1).event, explanation: Explanation::BackupRestored };
    let (signed, _) =
        state.append(&sign_off.draft(ingrid), &metadata(1), Some(&XorCipher), Some(&nurse_amara())).expect("written");
    for (name, entry) in [("log-start-2.json", &start), ("sign-off.json", &signed)] {
        let EntryBody::Clear(json) = &entry.body else { panic!("{name} is clear") };
        frozen(name, std::str::from_utf8(json).expect("utf-8"));
    }
    assert_eq!((LogOrigin::read(&start.body), SignOff::read(&signed)), (Some(origin), Some(sign_off)));
}

#[test]
fn a_locked_writer_refuses_to_name_a_patient() {
    let (writer, [start, _, read]) = (EventWriter::for_device(std::sync::Arc::new(stamper())), drafts());
    let (entry, state) = writer.write(&empty_log(), &start).expect("written");
    assert!(matches!(entry.body, EntryBody::Clear(_)) && entry.signature.is_none());
    assert_eq!(writer.write(&state, &read), Err(crate::AuditError::NotSealable));
}

#[test]
fn salts_and_event_ids_are_never_repeated() {
    let (a, b) = (stamper().make_metadata(), stamper().make_metadata());
    assert!(a.salt != b.salt && a.event != b.event);
}
