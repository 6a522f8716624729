//! What the server does not accept: shown with its words, given up with a reason, exported.

use super::{Clinic, code_of, ok, vitals};
use crate::cases::sync;
use crate::cases::vitals::save_vitals;
use crate::dto::sync::{GiveUpDto, SyncItemStateDto};
use crate::testing::nurse_amara;
use keep_audit::EventClass;
use keep_domain::{ErrorCode, Phi, ResourceKey};
use keep_store::{ChangeSetId, HeaderFilter};

/// Nurse Amara's vitals, of which the server rejects the first record.
fn rejected() -> (Clinic, u64, ResourceKey) {
    let clinic = Clinic::with(nurse_amara()).synced();
    let saved = ok(save_vitals(&clinic.workstation, vitals()));
    let set = ChangeSetId(saved.change_set);
    let key = saved.resources.iter().find(|r| r.starts_with("Observation/")).expect("a value");
    let key: ResourceKey = key.parse().expect("key");
    let rejected = key.clone();
    let done = clinic.workstation.with_session(|unlocked| {
        let words = Phi::new(String::from("HAPI-1094: not found"));
        Ok(unlocked.store()?.write(|tx| {
            tx.mark_in_flight(set)?;
            tx.reject(set, &rejected, &words, &[String::from("Observation.subject")])?;
            tx.return_to_queue(set)
        })?)
    });
    done.expect("rejected");
    (clinic, saved.change_set, key)
}

fn give_up(clinic: &Clinic, change_set: u64, reason: &str) -> ErrorCode {
    code_of(sync::sync_give_up(&clinic.workstation, GiveUpDto { change_set, reason: reason.to_owned() }))
}

#[test]
fn a_rejected_set_says_whose_record_which_field_and_why() {
    let (clinic, set, key) = rejected();
    let key = key.to_string();
    let page = ok(sync::sync_page(&clinic.workstation));
    let item = page.items.iter().find(|i| i.change_set == set).expect("listed");
    assert_eq!((item.state, item.patient.as_deref()), (SyncItemStateDto::Rejected, Some("maria")));
    assert!(
        item.patient_name.as_deref().is_some_and(|n| n.contains("GONZ") || n.contains("Gonz")),
        "{:?}",
        item.patient_name
    );
    assert_eq!((item.reason.as_deref(), item.rejected.len()), (Some("HAPI-1094: not found"), 1));
    assert_eq!(item.rejected[0].reference, key);
    assert_eq!(item.rejected[0].fields, ["Observation.subject"]);
    assert!(item.waits_for.is_none());
}

#[test]
fn a_rejected_set_can_be_given_up() {
    let (clinic, set, key) = rejected();
    let stored = || clinic.workstation.with_session(|u| Ok(u.store()?.record(&key).is_ok())).expect("session");
    assert!(stored());
    assert_eq!(give_up(&clinic, set, " "), ErrorCode::Invalid);
    assert_eq!(give_up(&clinic, set + 1000, "typed twice"), ErrorCode::NotAvailable);
    let page =
        ok(sync::sync_give_up(&clinic.workstation, GiveUpDto { change_set: set, reason: String::from("typed twice") }));
    assert!(page.items.is_empty() && page.status.rejected == 0);
    assert!(!stored(), "what was never accepted is gone");
    let recorded = clinic.workstation.with_session(|unlocked| {
        let filter = HeaderFilter { class: Some(EventClass::Sync), ..HeaderFilter::default() };
        Ok(unlocked.store()?.ledger().headers(&filter, 50)?.headers.len())
    });
    assert!(recorded.expect("headers") >= 2, "it is audited");
    assert_eq!(give_up(&clinic, set, "again"), ErrorCode::NotAvailable);
}

#[test]
fn a_rejected_set_is_exported_with_the_servers_words_under_an_event() {
    let (clinic, set, key) = rejected();
    let folder = tempfile::tempdir().expect("folder");
    let before = clinic.events(EventClass::Export);
    let first = ok(sync::sync_export(&clinic.workstation, set, folder.path()));
    let second = ok(sync::sync_export(&clinic.workstation, set, folder.path()));
    assert_ne!(first.path, second.path, "no file is written over");
    assert_eq!(clinic.events(EventClass::Export), before + 2);
    let text = std::fs::read_to_string(&first.path).expect("the file");
    let bundle: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let entries = bundle["entry"].as_array().expect("entries");
    assert_eq!((&bundle["type"], entries.len()), (&"collection".into(), first.records + 1));
    let issue = &entries[0]["resource"]["issue"][0];
    assert_eq!(issue["diagnostics"], format!("{key}: HAPI-1094: not found"));
    assert_eq!(issue["expression"][0], "Observation.subject");
    assert!(text.contains("\"value\":36.80"), "digits as they were typed");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&first.path).expect("file").permissions());
    assert_eq!(mode & 0o777, 0o600);
    let page = ok(sync::sync_page(&clinic.workstation));
    assert_eq!(page.items.iter().map(|i| i.change_set).collect::<Vec<_>>(), [set], "it stays as it is");
}

#[test]
fn only_a_rejected_set_is_exported() {
    let (clinic, set, _) = rejected();
    let folder = tempfile::tempdir().expect("folder");
    let export = |set| code_of(sync::sync_export(&clinic.workstation, set, folder.path()));
    assert_eq!(export(set + 1000), ErrorCode::NotAvailable);
    ok(sync::sync_retry(&clinic.workstation, crate::dto::sync::RetryDto { change_set: set }));
    assert_eq!(export(set), ErrorCode::NotAvailable);
    assert_eq!(std::fs::read_dir(folder.path()).expect("folder").count(), 0);
}
