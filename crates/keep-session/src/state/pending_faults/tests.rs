use super::*;
use std::convert::Infallible;
use tempfile::TempDir;

const NOON: UtcMillis = UtcMillis(1_795_348_800_000);

fn minutes(n: i64) -> UtcMillis {
    NOON.plus_millis(n * 60_000)
}

fn prepared() -> (TempDir, PendingFaults) {
    let folder = tempfile::tempdir().expect("folder");
    let notes = again(&folder);
    notes.prepare().expect("prepared");
    (folder, notes)
}

/// The same file, as another program has it.
fn again(folder: &TempDir) -> PendingFaults {
    PendingFaults::at(folder.path().join("trouble.json"))
}

fn said(notes: &PendingFaults, now: UtcMillis) -> Vec<EventDraft> {
    let mut events = Vec::new();
    let done: Result<(), Infallible> = notes.report(now, |event| {
        events.push(event);
        Ok(())
    });
    assert_eq!(done, Ok(()));
    events
}

fn late(device_fault: DeviceFault, times: u32) -> EventDraft {
    device_fault.event().with("noted_late", true).with("times", times)
}

#[test]
fn notes_of_two_programs_become_one_event_per_fault() {
    let (folder, owner) = prepared();
    owner.leave(DeviceFault::KeychainLocked, minutes(0));
    again(&folder).leave(DeviceFault::SecondInstance, minutes(1));
    again(&folder).leave(DeviceFault::SecondInstance, minutes(3));
    let locked = late(DeviceFault::KeychainLocked, 1).happened(minutes(0), minutes(0));
    let second = late(DeviceFault::SecondInstance, 2).happened(minutes(1), minutes(3));
    assert_eq!(said(&owner, minutes(9)), [locked, second]);
    assert!(said(&owner, minutes(9)).is_empty() && said(&again(&folder), minutes(9)).is_empty());
}

#[test]
fn faults_that_the_ledger_cannot_record_stay_noted() {
    let (folder, owner) = prepared();
    for device_fault in [DeviceFault::KeychainAbsent, DeviceFault::DiskFull] {
        owner.leave(device_fault, minutes(0));
    }
    let mut free = 1;
    let refused = owner.report(minutes(1), |_| {
        free -= 1;
        if free < 0 { Err("full") } else { Ok(()) }
    });
    assert_eq!((refused, owner.are_waiting()), (Err("full"), true));
    assert_eq!(said(&again(&folder), minutes(2)), [late(DeviceFault::DiskFull, 1).happened(minutes(0), minutes(0))]);
}

#[test]
fn a_note_needs_no_disk_space_and_the_file_never_grows() {
    let (folder, owner) = prepared();
    let path = folder.path().join("trouble.json");
    let kinds = ["keychain_locked", "keychain_absent", "keychain_key_missing", "keychain_slow", "disk_full"];
    let codes = kinds.map(|k| serde_json::from_value::<DeviceFault>(k.into()).expect("a kind"));
    for device_fault in codes.into_iter().chain([DeviceFault::SecondInstance]) {
        for n in 0..3 {
            owner.leave(device_fault, minutes(n));
            assert_eq!(std::fs::metadata(&path).expect("file").len(), 1024);
        }
    }
    let longest = UtcMillis(i64::MIN);
    let all = Notes::from_iter(codes.map(|t| (t, Note { times: MOST, first: longest, last: longest })));
    assert!(text_of(all).is_ok(), "the longest notes fit");
    assert_eq!(said(&owner, minutes(9)).len(), 6);
    assert_eq!(std::fs::metadata(&path).expect("file").len(), 1024);
}

#[test]
fn without_a_file_notes_are_kept_in_memory() {
    let folder = tempfile::tempdir().expect("folder");
    let owner = again(&folder);
    owner.leave(DeviceFault::DiskFull, minutes(0));
    owner.leave(DeviceFault::DiskFull, minutes(1));
    assert!(std::fs::read_dir(folder.path()).expect("folder").next().is_none(), "nothing is made");
    assert_eq!(said(&owner, minutes(2)), [late(DeviceFault::DiskFull, 2).happened(minutes(0), minutes(1))]);
    assert!(said(&owner, minutes(2)).is_empty() && !owner.are_waiting());
}

#[test]
fn a_forged_note_is_at_most_one_event_of_its_kind() {
    let (folder, owner) = prepared();
    let path = folder.path().join("trouble.json");
    let forged = |text: &str| {
        std::fs::write(&path, format!("{text:1024}")).expect("written");
        said(&owner, minutes(0))
    };
    let page = |notes: &str| format!("{{\"version\":1,\"notes\":{{{notes}}}}}");
    let future = page("\"disk_full\":{\"times\":4294967295,\"first\":0,\"last\":9223372036854775807}");
    assert_eq!(forged(&future), [late(DeviceFault::DiskFull, MOST)], "no time that cannot be, and a count that ends");
    let unreadable =
        EventDraft::new(EventClass::IntegrityFinding).ended(Outcome::MinorFailure).with("finding", "notes_unreadable");
    for text in [
        page("\"unlock\":{\"times\":1,\"first\":0,\"last\":0}"),
        page("\"disk_full\":{\"times\":1,\"first\":0,\"last\":0,\"text\":\"María\"}"),
        String::from("{\"version\":2,\"notes\":{}}"),
        "x".repeat(5000),
    ] {
        assert_eq!(forged(&text), std::slice::from_ref(&unreadable), "{}", text.len());
        assert!(said(&owner, minutes(0)).is_empty(), "and once");
        owner.leave(DeviceFault::DiskFull, minutes(0));
        assert_eq!(said(&owner, minutes(0)).len(), 1, "and the file is of use again");
    }
}
