mod clocks;
mod comparing;
mod endless;
mod failing_types;
mod fake;
mod habits;
mod interrupted;
mod malformed;
mod meanwhile;

use super::*;
use crate::cancel::Cancel;
use crate::fhir_client::{Capabilities, FhirClient};
use crate::memory_store::MemoryStore;
use crate::sync_store::SyncStore;
use crate::test_server::{NOW, Request, TestServer, json, json_with, signed_in};
use keep_domain::{Role, Segment};
use keep_store::{ChangeSetId, Cursor};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// Rows of one type on a server: (id, version, time of the write, or else of the deletion).
type Rows = Arc<Mutex<Vec<(String, u32, Result<UtcMillis, UtcMillis>)>>>;

fn rows(all: &[(&str, u32, i64)]) -> Rows {
    Arc::new(Mutex::new(all.iter().map(|(id, v, at)| (String::from(*id), *v, Ok(NOW.plus_millis(*at)))).collect()))
}

fn parameter(request: &Request, name: &str) -> Option<String> {
    let url: url::Url = format!("http://x{}", request.target).parse().unwrap();
    url.query_pairs().find(|(n, _)| n == name).map(|(_, v)| v.into_owned())
}

/// Answers Patient searches and history over `rows`, `size` a page.
fn patients(rows: &Rows, size: usize) -> impl Fn(&Request) -> Vec<u8> + Send + Sync + use<> {
    patients_at(NOW, rows, size)
}

/// The same from a server whose bundles have `time`.
fn patients_at(time: UtcMillis, rows: &Rows, size: usize) -> impl Fn(&Request) -> Vec<u8> + Send + Sync + use<> {
    let rows = Arc::clone(rows);
    move |request| {
        let all = rows.lock().unwrap().clone();
        if request.target.contains("_history") {
            let since = parameter(request, "_since").and_then(|t| UtcMillis::from_rfc3339(&t));
            let entry = |(id, v, at): &(String, u32, Result<UtcMillis, UtcMillis>)| match at {
                Ok(_) => format!(r#"{{"request":{{"method":"PUT","url":"Patient/{id}/_history/{v}"}}}}"#),
                Err(_) => format!(r#"{{"request":{{"method":"DELETE","url":"Patient/{id}/_history/{v}"}}}}"#),
            };
            let entries: Vec<String> =
                all.iter().filter(|r| Some(r.2.unwrap_or_else(|gone| gone)) >= since).map(entry).collect();
            return json(
                200,
                &format!(
                    r#"{{"resourceType":"Bundle","type":"history","meta":{{"lastUpdated":"{time}"}},"entry":[{}]}}"#,
                    entries.join(",")
                ),
            );
        }
        if let Some(id) = request.target.strip_prefix("/fhir/Patient/") {
            let there = all.iter().any(|r| r.0 == id && r.2.is_ok());
            return if there {
                json(200, &format!(r#"{{"resourceType":"Patient","id":"{id}"}}"#))
            } else {
                json(410, "")
            };
        }
        let since =
            parameter(request, "_lastUpdated").and_then(|t| UtcMillis::from_rfc3339(t.trim_start_matches("ge")));
        let mut found: Vec<_> = all.into_iter().filter(|r| r.2.is_ok_and(|at| Some(at) >= since)).collect();
        found.sort_by_key(|r| r.2.ok());
        let total = found.len();
        if parameter(request, "_sort").is_some_and(|s| s.starts_with('-')) {
            found = found.into_iter().rev().take(1).collect();
        }
        let from: usize = parameter(request, "from").and_then(|f| f.parse().ok()).unwrap_or(0);
        let next = if from + size < found.len() {
            let requested =
                parameter(request, "_lastUpdated").map_or_else(String::new, |l| format!("_lastUpdated={l}&amp;"));
            format!(
                r#"{{"relation":"next","url":"/fhir/Patient?{}from={}"}}"#,
                requested.replace("&amp;", "&"),
                from + size
            )
        } else {
            String::new()
        };
        let entries: Vec<String> = found
            .iter()
            .skip(from)
            .take(size)
            .map(|(id, v, at)| format!(r#"{{"resource":{{"resourceType":"Patient","id":"{id}","meta":{{"versionId":"{v}","lastUpdated":"{}"}}}}}}"#, at.unwrap()))
            .collect();
        json(
            200,
            &format!(
                r#"{{"resourceType":"Bundle","type":"searchset","meta":{{"lastUpdated":"{time}"}},"total":{total},"link":[{next}],"entry":[{}]}}"#,
                entries.join(",")
            ),
        )
    }
}

async fn pull(
    store: &Arc<MemoryStore>,
    answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static,
) -> (Result<(u64, Pulled), SyncError>, TestServer) {
    pull_types(store, &["Patient"], true, answer).await
}

/// Pulls `types` from a server that offers their history or not. A type that could not be received is an error.
async fn pull_types(
    store: &Arc<MemoryStore>,
    types: &[&str],
    history: bool,
    answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static,
) -> (Result<(u64, Pulled), SyncError>, TestServer) {
    let (done, changed, pulled, server) = run_pull(store, types, history, answer).await;
    (done.and_then(|()| pulled.failure.clone().map_or(Ok((changed, pulled)), Err)), server)
}

/// Pulls `types` from a server without history and returns what is reported of them.
async fn pull_reports(
    store: &Arc<MemoryStore>,
    types: &[&str],
    answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static,
) -> (Result<(), SyncError>, Pulled) {
    let (done, _, pulled, _) = run_pull(store, types, false, answer).await;
    (done, pulled)
}

async fn run_pull(
    store: &Arc<MemoryStore>,
    types: &[&str],
    history: bool,
    answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static,
) -> (Result<(), SyncError>, u64, Pulled, TestServer) {
    let (server, credentials) = signed_in(answer).await;
    let client = FhirClient::open(credentials);
    let named = |types: &[&str]| types.iter().map(|t| String::from(*t)).collect::<BTreeSet<_>>();
    let capabilities = Capabilities {
        base: client.base().clone(),
        software: String::new(),
        checked_at: NOW,
        types: named(types),
        update_create: BTreeSet::new(),
        type_history: if history { named(types) } else { BTreeSet::new() },
        versioned_update: BTreeSet::new(),
        transaction: true,
        batch: true,
        gzip_requests: false,
    };
    let puller = Puller {
        client,
        store: Arc::clone(store) as Arc<dyn SyncStore>,
        capabilities: Arc::new(capabilities),
        roles: vec![Role::FrontDesk],
        cancel: Cancel::default(),
        progress: Arc::new(|_| {}),
    };
    let (mut changed, mut pulled) = (0, Pulled::default());
    let done = puller.pull_all(&mut changed, &mut pulled).await;
    (done, changed, pulled, server)
}

/// Takes the cursor of one test server, to be used with the next, which listens on another port.
fn carry(store: &MemoryStore) -> Option<Cursor> {
    let mut cursors = std::mem::take(&mut store.contents().cursors);
    // A cursor that was carried over before counts only where the last server left none.
    let carried = cursors.remove("*");
    let own = cursors.into_iter().find(|(key, _)| key.contains("\"Patient\"")).map(|(_, cursor)| cursor);
    own.or(carried)
}

/// Runs a second pull with the cursor of the first.
async fn again(
    store: &Arc<MemoryStore>,
    answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static,
) -> (Result<(u64, Pulled), SyncError>, TestServer) {
    let cursor = carry(store).unwrap();
    store.contents().cursors.insert(String::from("*"), cursor);
    pull(store, answer).await
}

fn new_store() -> Arc<MemoryStore> {
    Arc::new(MemoryStore::holding(Segment::Directory))
}

#[tokio::test]
async fn all_pages_are_stored_and_the_type_is_complete_as_of_the_first() {
    let store = new_store();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000), ("p3", 1, -7_000_000)]);
    let (done, server) = pull(&store, patients(&all, 2)).await;
    let (changed, pulled) = done.unwrap();
    assert_eq!((changed, pulled.complete_as_of()), (3, Some(NOW)));
    assert_eq!(store.contents().records.len(), 3);
    assert!(!server.requests().iter().any(|s| s.target.contains("_history")), "a first pass needs no deletions");

    all.lock().unwrap().push((String::from("p4"), 1, Ok(NOW.plus_millis(-1_000))));
    let (done, server) = again(&store, patients(&all, 2)).await;
    assert_eq!(done.unwrap().0, 1);
    let requested = server.requests().iter().filter_map(|s| parameter(s, "_lastUpdated")).next().unwrap();
    // The next search starts from the newest record, not from the time of the response.
    assert_eq!(requested, format!("ge{}", NOW.plus_millis(-7_000_000 - crate::response_times::OVERLAP_MILLIS)));
}

#[tokio::test]
async fn an_idle_pull_after_a_large_load_sends_one_probe() {
    let store = new_store();
    let many: Vec<String> = (0..300).map(|n| format!("p{n}")).collect();
    let listed: Vec<(&str, u32, i64)> =
        many.iter().zip(0..).map(|(id, n)| (id.as_str(), 1, -30_000 + n * 50)).collect();
    let all = rows(&listed);
    assert_eq!(pull(&store, patients(&all, 100)).await.0.unwrap().0, 300);
    let pages = store.contents().pages;
    let (done, server) = again(&store, patients(&all, 100)).await;
    assert_eq!(done.unwrap().0, 0);
    let searches = server.requests().iter().filter(|s| s.target.starts_with("/fhir/Patient?")).count();
    assert_eq!(searches, 1, "one probe, no rows");
    assert!(store.contents().pages > pages, "the claim is renewed");

    // An old row is changed and becomes the newest: it is found.
    all.lock().unwrap()[7] = (String::from("p7"), 2, Ok(NOW.plus_millis(-100)));
    let (done, _) = again(&store, patients(&all, 100)).await;
    assert_eq!(done.unwrap().0, 1);
    assert!(store.contents().records["Patient/p7"].contains(r#""versionId":"2""#));
}

#[tokio::test]
async fn a_record_that_becomes_visible_late_is_found() {
    let store = new_store();
    let many: Vec<String> = (0..100).map(|n| format!("p{n}")).collect();
    let listed: Vec<(&str, u32, i64)> = many.iter().map(|id| (id.as_str(), 1, -20_000)).collect();
    let all = rows(&listed);
    pull(&store, patients(&all, 100)).await.0.unwrap();
    all.lock().unwrap().push((String::from("late"), 1, Ok(NOW.plus_millis(-90_000))));
    assert_eq!(again(&store, patients(&all, 100)).await.0.unwrap().0, 1);
    assert!(store.contents().records.contains_key("Patient/late"));
}

#[tokio::test]
async fn a_deletion_is_found_in_the_history() {
    let store = new_store();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000)]);
    pull(&store, patients(&all, 10)).await.0.unwrap();
    all.lock().unwrap()[0] = (String::from("p1"), 2, Err(NOW));
    assert_eq!(again(&store, patients(&all, 10)).await.0.unwrap().0, 1);
    assert_eq!(store.contents().records.keys().collect::<Vec<_>>(), ["Patient/p2"]);
}

#[tokio::test]
async fn an_id_that_was_made_again_after_its_deletion_stays() {
    let store = new_store();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000)]);
    pull(&store, patients(&all, 10)).await.0.unwrap();
    // The history is newest first.
    let again_there = [(String::from("p1"), 3, Ok(NOW)), (String::from("p1"), 2, Err(NOW.plus_millis(-1_000)))];
    all.lock().unwrap().splice(0..1, again_there);
    assert_eq!(again(&store, patients(&all, 10)).await.0.unwrap().0, 1);
    assert!(store.contents().records["Patient/p1"].contains(r#""versionId":"3""#));
}

#[tokio::test]
async fn a_deletion_is_found_although_the_sync_ended_before_the_check() {
    let store = new_store();
    let many: Vec<String> = (0..100).map(|n| format!("p{n}")).collect();
    let listed: Vec<(&str, u32, i64)> = many.iter().map(|id| (id.as_str(), 1, -20_000)).collect();
    let all = rows(&listed);
    pull(&store, patients(&all, 100)).await.0.unwrap();
    all.lock().unwrap()[3] = (String::from("p3"), 2, Err(NOW));
    all.lock().unwrap()[7] = (String::from("p7"), 2, Ok(NOW.plus_millis(-100)));
    // The rows are received and stored, the history is not.
    let serve = patients(&all, 100);
    let (done, _) =
        again(&store, move |request| if request.target.contains("_history") { Vec::new() } else { serve(request) })
            .await;
    assert_eq!(done.unwrap_err(), SyncError::Unreachable);
    assert!(store.contents().records["Patient/p7"].contains(r#""versionId":"2""#));
    assert_eq!(again(&store, patients(&all, 100)).await.0.unwrap().0, 1);
    assert!(!store.contents().records.contains_key("Patient/p3"));
}

#[tokio::test]
async fn a_deletion_between_two_syncs_is_found_whatever_the_time_between_them() {
    // With no rows in the overlap and with many, the requests differ.
    for newest in [-9_000_000, -1_010_000] {
        let store = new_store();
        let many: Vec<String> = (0..100).map(|n| format!("p{n}")).collect();
        let listed: Vec<(&str, u32, i64)> = many.iter().map(|id| (id.as_str(), 1, newest)).collect();
        let all = rows(&listed);
        let earlier = NOW.plus_millis(-1_000_000);
        pull(&store, patients_at(earlier, &all, 100)).await.0.unwrap();
        all.lock().unwrap()[3] = (String::from("p3"), 2, Err(NOW.plus_millis(-600_000)));
        // Once for the probe, once because the check is due.
        again(&store, patients_at(NOW.plus_millis(-300_000), &all, 100)).await.0.unwrap();
        again(&store, patients(&all, 100)).await.0.unwrap();
        assert!(!store.contents().records.contains_key("Patient/p3"), "{newest}");
        assert_eq!(store.contents().records.len(), 99);
    }
}

/// Two patients were pulled a while ago; the first has since been deleted, longer ago than the overlap.
async fn deleted_meanwhile() -> (Arc<MemoryStore>, Rows) {
    let store = new_store();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000)]);
    pull(&store, patients_at(NOW.plus_millis(-1_000_000), &all, 10)).await.0.unwrap();
    all.lock().unwrap()[0] = (String::from("p1"), 2, Err(NOW.plus_millis(-600_000)));
    (store, all)
}

#[tokio::test]
async fn what_other_users_pulled_is_deleted_by_a_new_user_too() {
    let (store, all) = deleted_meanwhile().await;
    let theirs = carry(&store).unwrap();
    store.contents().other_cursors.push(theirs);
    assert_eq!(pull(&store, patients(&all, 10)).await.0.unwrap().0, 1);
    assert_eq!(store.contents().records.keys().collect::<Vec<_>>(), ["Patient/p2"]);
}

#[tokio::test]
async fn an_unreadable_cursor_leads_to_a_check_for_deletions_of_any_time() {
    let (store, all) = deleted_meanwhile().await;
    store.contents().cursors.values_mut().for_each(|c| c.position = String::from("{broken"));
    assert_eq!(again(&store, patients(&all, 10)).await.0.unwrap().0, 1);
    assert_eq!(store.contents().records.keys().collect::<Vec<_>>(), ["Patient/p2"]);
}

#[tokio::test]
async fn nothing_is_stored_after_a_batch_that_failed() {
    let store = new_store();
    let many: Vec<String> = (0..40_001).map(|n| format!("p{n}")).collect();
    let listed: Vec<(&str, u32, i64)> = many.iter().zip(0..).map(|(id, n)| (id.as_str(), 1, -90_000_000 + n)).collect();
    let all = rows(&listed);
    store.contents().disk_full_once = true;
    let (done, _) = pull(&store, patients(&all, 20_000)).await;
    assert_eq!(done.unwrap_err(), SyncError::Store(keep_domain::ErrorCode::DiskFull));
    let state = carry(&store).unwrap_or_default();
    store.contents().cursors.insert(String::from("*"), state);
    pull(&store, patients(&all, 20_000)).await.0.unwrap();
    assert_eq!(store.contents().records.len(), 40_001);
}

#[tokio::test]
async fn a_403_is_never_a_deletion() {
    let store = new_store();
    let all = rows(&[("p1", 1, -9_000_000)]);
    pull(&store, patients(&all, 10)).await.0.unwrap();
    let (done, _) = again(&store, |_| json(403, "")).await;
    assert_eq!(done.unwrap_err(), SyncError::Failed { status: 403, retry_after: None });
    assert_eq!(store.contents().records.len(), 1);
}
