//! SIGKILL at random moments of saving: what was acknowledged is there, whole, and the ledger verifies.

use super::{Acknowledged, kills, save};
use crate::drive_process::DriveProcess;
use crate::people::patient;
use crate::rng::SeededRng;
use chartkeep_tests::{ExtractedKeys, TestSession};
use keep_audit::{EventClass, EventDraft};
use keep_domain::{PatientId, ResourceKey};
use keep_session::testing::nurse_amara;
use keep_store::{AuditTicket, LedgerEvidence, Store, ledger_path, verify_ledger};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Kills of one run.
const KILLS: u32 = 20;
/// Saves that are asked for before each kill, more than are ever answered.
const ASKED: u32 = 60;
/// Saves that are answered before the kill, at most.
const ANSWERED: u64 = 6;
/// The latest moment of the kill after that, microseconds: a few saves long.
const WINDOW_MICROS: u64 = 40_000;

#[test]
fn killed_while_saving_nothing_acknowledged_is_lost_and_nothing_is_torn() {
    let (kills, mut rng) = (kills(KILLS), SeededRng::from_env_or_random());
    let folder = tempfile::tempdir().expect("folder");
    let session = TestSession::at(&folder.path().join("profile"));
    let mut drive = DriveProcess::start(&session);
    let stored = drive.do_it(&json!({"do": "import", "records": [patient("p1", "González", "Ada")]}));
    assert_eq!(stored, json!({"stored": 1}));
    drive.end();

    let mut acknowledged = Acknowledged::default();
    for kill in 0..kills {
        let mut drive = DriveProcess::start(&session);
        for n in 0..ASKED {
            drive.ask(&save(kill, n));
        }
        for _ in 0..rng.below(ANSWERED) {
            acknowledged.take(&drive.reply());
        }
        // Replies until then count; the moment itself is anywhere within a few saves.
        let moment = Duration::from_micros(rng.below(WINDOW_MICROS));
        if let Some(reply) = drive.reply_within(moment) {
            acknowledged.take(&reply);
        }
        for reply in drive.kill() {
            acknowledged.take(&reply);
        }
        if kill % 10 == 9 || kill + 1 == kills {
            check(&session, &acknowledged);
        }
    }
    assert!(acknowledged.saves > kills, "{} saves in {kills} kills: too few to show anything", acknowledged.saves);
    println!("{kills} kills, {} acknowledged saves, {} resources", acknowledged.saves, acknowledged.resources.len());
}

/// Opens the files by themselves and looks for every acknowledged record, half a save, and a broken ledger.
fn check(session: &TestSession, acknowledged: &Acknowledged) {
    // The first start after the kill rolls back what was under way, as a nurse's next start does.
    DriveProcess::start(session).end();
    let keys = ExtractedKeys::take(session, nurse_amara()).expect("keys");
    let store = keys.open_store().expect("the store opens");
    let ticket = || store.ledger().append(EventDraft::new(EventClass::ChartRead)).expect("event");
    let id: PatientId = "p1".parse().expect("id");
    // Opening a chart checks the tag of each row and the sum of the chart.
    let rows = store.open_chart(&id, &[]).expect("the chart's sums fit").release(ticket()).records;
    let found: BTreeMap<String, String> =
        rows.into_iter().map(|r| (r.key.to_string(), r.raw.expose().clone())).collect();
    let lost: Vec<&String> = acknowledged
        .resources
        .iter()
        .filter(|key| !found.contains_key(*key) && store.record(&parse(key)).is_err())
        .collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    whole_saves(&store, &ticket(), &found);
    assert_eq!(store.scrub_all().expect("scrub").findings, []);
    drop(store);
    let evidence = LedgerEvidence { device_key: Some(keys.device_key.signer().public()), ..LedgerEvidence::default() };
    let report = verify_ledger(&ledger_path(session.profile()), &keys.device_key.ledger_key(), &evidence);
    let said: Vec<&String> = report.findings.iter().map(|f| &f.text).collect();
    assert!(said.is_empty() && report.gaps.is_empty(), "{said:?}");
    assert!(report.events >= u64::from(acknowledged.saves), "an event for each save");
}

/// A save is one transaction: vitals or a note, the Provenance that names them, and the change set of them all.
fn whole_saves(store: &Store, run: &AuditTicket, found: &BTreeMap<String, String>) {
    let sets = store.next_change_sets(run, usize::MAX >> 1).expect("outbox");
    let mut queued = BTreeSet::new();
    for set in &sets {
        let keys: BTreeSet<String> = set.entries.iter().map(|e| e.key.to_string()).collect();
        let provenance = set.entries.iter().find(|e| e.key.resource_type == "Provenance").expect("half a change set");
        let text: Value = serde_json::from_str(provenance.raw.expose()).expect("json");
        let targets = text["target"].as_array().expect("targets");
        assert_eq!(targets.len() + 1, keys.len(), "half a change set: {keys:?}");
        for key in &keys {
            assert!(store.record(&parse(key)).is_ok(), "half a save: {key} is queued and not stored");
        }
        queued.extend(keys);
    }
    let bare: Vec<&String> = found.keys().filter(|k| *k != "Patient/p1" && !queued.contains(*k)).collect();
    assert!(bare.is_empty(), "half a save: stored and not queued {bare:?}");
}

pub(super) fn parse(key: &str) -> ResourceKey {
    let (kind, id) = key.split_once('/').expect("Type/id");
    ResourceKey::new(kind, id.parse().expect("id"))
}
