//! SIGKILL at random moments of syncing with a real server: everything acknowledged arrives once, both sides end the
//! same, and no event is lost.

use super::saving::parse;
use super::{Acknowledged, kills, save};
use crate::clinic::{Clinic, Colleague};
use crate::drive_process::DriveProcess;
use crate::people::{patient, result};
use crate::rng::SeededRng;
use crate::terminal::ledger_verifies;
use chartkeep_tests::{ExtractedKeys, TestSession};
use keep_audit::{EventClass, EventDraft};
use keep_domain::{Clock, SystemClock};
use keep_fhir::{Raw, meaning_equal};
use keep_session::testing::nurse_amara;
use keep_store::Store;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Kills of one run.
const KILLS: u32 = 10;
/// Saves before each sync, at most.
const SAVES: u64 = 3;
/// Kills between two looks at both sides.
const LOOK_EVERY: u32 = 50;
/// The moments reach this far beyond a sync with nothing to send.
const WINDOW: f64 = 1.5;
/// Types that change in this journey.
const TYPES: [&str; 5] = ["Patient", "Encounter", "Observation", "DocumentReference", "Provenance"];

/// How the syncs of a run ended.
#[derive(Debug, Default)]
struct Ends {
    cut: u32,
    finished: u32,
    signed_in_again: u32,
}

#[test]
fn killed_while_syncing_both_sides_converge() {
    let folder = tempfile::tempdir().expect("folder");
    let Some(clinic) = Clinic::start(folder.path()) else { return };
    let (kills, mut rng) = (kills(KILLS), SeededRng::from_env_or_random());
    let (jonas, ingrid) = (clinic.colleague("jonas"), clinic.colleague("ingrid"));
    jonas.put(&patient("p1", "González", "Ada"));
    let session = TestSession::at(&folder.path().join("profile"));
    session.set_site(&clinic.site("amara")).expect("the site is written");

    let (mut acknowledged, mut ends) = (Acknowledged::default(), Ends::default());
    // Longer than a whole sync takes here, so that the moments cover all of it; the first one takes much longer.
    whole_sync(&session, &clinic, &mut ends);
    let mut window = whole_sync(&session, &clinic, &mut ends).mul_f64(WINDOW);
    for kill in 0..kills {
        at_another_workstation(&jonas, kill);
        let mut drive = DriveProcess::start(&session);
        for n in 0..=rng.below(SAVES) {
            acknowledged.take(&drive.do_it(&save(kill, u32::try_from(n).expect("few"))));
        }
        drive.ask(&json!({"do": "sync"}));
        let moment = Duration::from_micros(rng.below(u64::try_from(window.as_micros()).expect("short")));
        let mut reply = drive.reply_within(moment);
        reply = drive.kill().into_iter().next().or(reply);
        match reply {
            None => ends.cut += 1,
            Some(reply) => note_end(&reply, &session, &clinic, &mut ends),
        }
        if kill % LOOK_EVERY == LOOK_EVERY - 1 || kill + 1 == kills {
            window = window.max(whole_sync(&session, &clinic, &mut ends).mul_f64(WINDOW));
            look(&session, &clinic, &mut ends, (&jonas, &ingrid), &acknowledged);
        }
    }
    assert!(ends.cut > kills / 4, "{ends:?}: too few syncs were cut off to show anything");
    println!(
        "{kills} kills, {ends:?}, {} acknowledged saves, {} resources",
        acknowledged.saves,
        acknowledged.resources.len()
    );
}

/// What a colleague does at the same time: a new result, an earlier one corrected, an older one deleted.
fn at_another_workstation(jonas: &Colleague, kill: u32) {
    jonas.put(&result(&format!("x{kill}"), "p1", &format!("{kill}.5")));
    if kill % 3 == 2 {
        jonas.put(&result(&format!("x{}", kill - 1), "p1", &format!("{kill}.75")));
    }
    if kill % 7 == 6 {
        jonas.delete(&format!("Observation/x{}", kill - 5));
    }
}

/// Syncs until nothing is left to send, in order; answers how long one took.
fn whole_sync(session: &TestSession, clinic: &Clinic, ends: &mut Ends) -> Duration {
    for _ in 0..5 {
        let mut drive = DriveProcess::start(session);
        let began = SystemClock.monotonic();
        let reply = drive.do_it(&json!({"do": "sync"}));
        let took = SystemClock.monotonic().saturating_sub(began);
        drive.end();
        if reply["pending"] == 0 {
            assert_eq!((&reply["failed"], &reply["conflicts"]), (&json!(0), &json!(0)), "{reply}");
            return took;
        }
        note_end(&reply, session, clinic, ends);
    }
    panic!("the sync does not finish");
}

/// A sync that was not cut off has ended well, or the provider requires a new sign-in: it accepts an old refresh token
/// once more after a lost answer, and not a third time.
fn note_end(reply: &Value, session: &TestSession, clinic: &Clinic, ends: &mut Ends) {
    if reply["pending"].is_u64() {
        ends.finished += 1;
        return;
    }
    assert_eq!(reply["code"], "sign_in_needed", "{reply}");
    ends.signed_in_again += 1;
    let site = clinic.site("amara");
    let mut drive = DriveProcess::start(session);
    // EXPOSE: a made-up person's token, handed to the program under test.
    let done = drive.do_it(&json!({"do": "sign_in", "token": site.refresh_token.expose()}));
    assert_eq!(done, json!({"signed_in": true}));
    drive.end();
}

/// Compares both sides record by record, and the ledger with what the server was sent.
fn look(
    session: &TestSession,
    clinic: &Clinic,
    ends: &mut Ends,
    (jonas, ingrid): (&Colleague, &Colleague),
    acknowledged: &Acknowledged,
) {
    let keys = ExtractedKeys::take(session, nurse_amara()).expect("keys");
    let store = keys.open_store().expect("the store opens");
    let events = events(&store);
    let there: BTreeMap<String, String> = TYPES.iter().flat_map(|t| jonas.all(t)).collect();
    for key in &acknowledged.resources {
        let text = there.get(key).unwrap_or_else(|| panic!("acknowledged and not on the server: {key}"));
        assert_eq!(version(text), "1", "{key} was sent once");
    }
    let here = records(&store);
    let names = |side: &BTreeMap<String, String>| side.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&here), names(&there), "the same records on both sides");
    for (key, ours) in &here {
        let (ours, theirs) = (Raw::parse(ours).expect("json"), Raw::parse(&there[key]).expect("json"));
        assert!(meaning_equal(&ours, &theirs), "{key} differs");
    }
    assert_eq!(store.scrub_all().expect("scrub").findings, []);
    drop(store);

    // Another sync delivers the events of the one before.
    whole_sync(session, clinic, ends);
    let delivered = ingrid.all("AuditEvent");
    let lost: Vec<&String> = events.iter().filter(|e| !delivered.contains_key(*e)).collect();
    assert!(lost.is_empty(), "{} of {} events are lost: {lost:?}", lost.len(), events.len());
    assert!(delivered.values().all(|text| version(text) == "1"), "each event was sent once");
    ledger_verifies(session);
}

/// Every record of these types on this device, by `Type/id`.
fn records(store: &Store) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for kind in TYPES {
        let ids = store.synced_ids(kind).expect("ids");
        let keys: Vec<_> = ids.iter().map(|id| parse(&format!("{kind}/{id}"))).collect();
        let counted = store.type_counts().expect("counts").get(kind).copied().unwrap_or(0);
        assert_eq!(u64::try_from(keys.len()).expect("few"), counted, "{kind}: nothing waits to be sent");
        let event = store.ledger().append(EventDraft::new(EventClass::ChartRead)).expect("event");
        let records = store.records(&keys).expect("records").release(event);
        // EXPOSE: made-up records, compared.
        found.extend(records.into_iter().map(|r| (r.key.to_string(), r.raw.expose().clone())));
    }
    found
}

/// The ids of all events in the ledger, as on the server.
fn events(store: &Store) -> BTreeSet<String> {
    let count = store.ledger().event_count().expect("count");
    let header = |n| store.ledger().entry(n).expect("entry").expect("entry").header;
    (0..count).map(|n| format!("AuditEvent/{}", header(n).event)).collect()
}

fn version(text: &str) -> String {
    let record: Value = serde_json::from_str(text).expect("json");
    record["meta"]["versionId"].as_str().unwrap_or_default().to_owned()
}
