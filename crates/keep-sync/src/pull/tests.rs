mod clocks;
mod endless;
mod junk;

use super::*;
use crate::fake_port::FakePort;
use crate::scripted::{NOW, Scripted, Seen, json, json_with, signed_in};
use keep_domain::Segment;
use std::collections::BTreeSet;
use std::sync::Mutex;

/// Rows of one type on a server: (id, version, when it was written, or else deleted).
type Rows = Arc<Mutex<Vec<(String, u32, Result<UtcMillis, UtcMillis>)>>>;

fn rows(all: &[(&str, u32, i64)]) -> Rows {
    Arc::new(Mutex::new(all.iter().map(|(id, v, at)| (String::from(*id), *v, Ok(NOW.plus_millis(*at)))).collect()))
}

fn parameter(seen: &Seen, name: &str) -> Option<String> {
    let url: url::Url = format!("http://x{}", seen.target).parse().unwrap();
    url.query_pairs().find(|(n, _)| n == name).map(|(_, v)| v.into_owned())
}

/// Answers Patient searches and history over `rows`, `size` a page.
fn patients(rows: &Rows, size: usize) -> impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static {
    patients_at(NOW, rows, size)
}

/// The same by a server whose bundles are of `time`.
fn patients_at(time: UtcMillis, rows: &Rows, size: usize) -> impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static {
    let rows = Arc::clone(rows);
    move |seen| {
        let all = rows.lock().unwrap().clone();
        if seen.target.contains("_history") {
            let since = parameter(seen, "_since").and_then(|t| UtcMillis::from_rfc3339(&t));
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
        if let Some(id) = seen.target.strip_prefix("/fhir/Patient/") {
            let there = all.iter().any(|r| r.0 == id && r.2.is_ok());
            return if there {
                json(200, &format!(r#"{{"resourceType":"Patient","id":"{id}"}}"#))
            } else {
                json(410, "")
            };
        }
        let since = parameter(seen, "_lastUpdated").and_then(|t| UtcMillis::from_rfc3339(t.trim_start_matches("ge")));
        let mut found: Vec<_> = all.into_iter().filter(|r| r.2.is_ok_and(|at| Some(at) >= since)).collect();
        found.sort_by_key(|r| r.2.ok());
        let total = found.len();
        if parameter(seen, "_sort").is_some_and(|s| s.starts_with('-')) {
            found = found.into_iter().rev().take(1).collect();
        }
        let from: usize = parameter(seen, "from").and_then(|f| f.parse().ok()).unwrap_or(0);
        let next = if from + size < found.len() {
            let asked = parameter(seen, "_lastUpdated").map_or_else(String::new, |l| format!("_lastUpdated={l}&amp;"));
            format!(
                r#"{{"relation":"next","url":"/fhir/Patient?{}from={}"}}"#,
                asked.replace("&amp;", "&"),
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
    port: &Arc<FakePort>,
    answer: impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static,
) -> (Result<(u64, Pulled), SyncError>, Scripted) {
    pull_types(port, &["Patient"], true, answer).await
}

/// Pulls `types` from a server that offers their history or not.
async fn pull_types(
    port: &Arc<FakePort>,
    types: &[&str],
    history: bool,
    answer: impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static,
) -> (Result<(u64, Pulled), SyncError>, Scripted) {
    let (script, credentials) = signed_in(answer).await;
    // Every test has a server of its own, whose port must not make another cursor of it.
    let client = FhirClient::open(credentials);
    let named = |types: &[&str]| types.iter().map(|t| String::from(*t)).collect::<BTreeSet<_>>();
    let abilities = Abilities {
        base: client.base().clone(),
        software: String::new(),
        checked_at: NOW,
        types: named(types),
        update_create: BTreeSet::new(),
        type_history: if history { named(types) } else { BTreeSet::new() },
        transaction: true,
        gzip_requests: false,
    };
    let puller = Puller {
        client,
        port: Arc::clone(port) as Arc<dyn SyncPort>,
        abilities: Arc::new(abilities),
        roles: vec![Role::FrontDesk],
        cancel: Cancel::default(),
        progress: Arc::new(|_| {}),
    };
    let mut changed = 0;
    let done = puller.run(&mut changed).await;
    (done.map(|p| (changed, p)), script)
}

/// The cursors of one server are given to the next, as if its port were the same.
fn carry(port: &FakePort) -> Option<crate::port::CursorState> {
    let mut kept = port.kept();
    let mut cursors = std::mem::take(&mut kept.cursors);
    // The one that was carried before counts only where the last server left none.
    let carried = cursors.remove("*");
    cursors.into_values().next().or(carried)
}

/// Runs a second pull with the cursor of the first.
async fn again(
    port: &Arc<FakePort>,
    answer: impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static,
) -> (Result<(u64, Pulled), SyncError>, Scripted) {
    let state = carry(port).unwrap();
    let given = Arc::clone(port);
    // The first request of the pull comes after the cursor was read, so the fake serves it for any key.
    given.kept().cursors.insert(String::from("*"), state);
    pull(port, answer).await
}

fn desk() -> Arc<FakePort> {
    Arc::new(FakePort::holding(Segment::Directory))
}

#[tokio::test]
async fn all_pages_are_stored_and_the_type_is_complete_as_of_the_first() {
    let port = desk();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000), ("p3", 1, -7_000_000)]);
    let (done, script) = pull(&port, patients(&all, 2)).await;
    let (changed, pulled) = done.unwrap();
    assert_eq!((changed, pulled.complete_as_of), (3, Some(NOW)));
    assert_eq!(port.kept().records.len(), 3);
    assert!(!script.requests().iter().any(|s| s.target.contains("_history")), "a first pass needs no deletions");

    all.lock().unwrap().push((String::from("p4"), 1, Ok(NOW.plus_millis(-1_000))));
    let (done, script) = again(&port, patients(&all, 2)).await;
    assert_eq!(done.unwrap().0, 1);
    let asked = script.requests().iter().filter_map(|s| parameter(s, "_lastUpdated")).next().unwrap();
    // What is asked next follows from the newest record, not from the time of the answer.
    assert_eq!(asked, format!("ge{}", NOW.plus_millis(-7_000_000 - crate::cursor::OVERLAP_MILLIS)));
}

#[tokio::test]
async fn an_idle_delta_after_a_big_load_asks_one_question() {
    let port = desk();
    let many: Vec<String> = (0..300).map(|n| format!("p{n}")).collect();
    let listed: Vec<(&str, u32, i64)> =
        many.iter().zip(0..).map(|(id, n)| (id.as_str(), 1, -30_000 + n * 50)).collect();
    let all = rows(&listed);
    assert_eq!(pull(&port, patients(&all, 100)).await.0.unwrap().0, 300);
    let pages = port.kept().pages;
    let (done, script) = again(&port, patients(&all, 100)).await;
    assert_eq!(done.unwrap().0, 0);
    let searches = script.requests().iter().filter(|s| s.target.starts_with("/fhir/Patient?")).count();
    assert_eq!(searches, 1, "one question, no rows");
    assert!(port.kept().pages > pages, "the claim is renewed");

    // An old row is changed and becomes the newest: it is found.
    all.lock().unwrap()[7] = (String::from("p7"), 2, Ok(NOW.plus_millis(-100)));
    let (done, _) = again(&port, patients(&all, 100)).await;
    assert_eq!(done.unwrap().0, 1);
    assert!(port.kept().records["Patient/p7"].contains(r#""versionId":"2""#));
}

#[tokio::test]
async fn a_record_that_becomes_visible_late_is_found() {
    let port = desk();
    let many: Vec<String> = (0..100).map(|n| format!("p{n}")).collect();
    let listed: Vec<(&str, u32, i64)> = many.iter().map(|id| (id.as_str(), 1, -20_000)).collect();
    let all = rows(&listed);
    pull(&port, patients(&all, 100)).await.0.unwrap();
    all.lock().unwrap().push((String::from("late"), 1, Ok(NOW.plus_millis(-90_000))));
    assert_eq!(again(&port, patients(&all, 100)).await.0.unwrap().0, 1);
    assert!(port.kept().records.contains_key("Patient/late"));
}

#[tokio::test]
async fn a_deletion_is_seen_in_the_history() {
    let port = desk();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000)]);
    pull(&port, patients(&all, 10)).await.0.unwrap();
    all.lock().unwrap()[0] = (String::from("p1"), 2, Err(NOW));
    assert_eq!(again(&port, patients(&all, 10)).await.0.unwrap().0, 1);
    assert_eq!(port.kept().records.keys().collect::<Vec<_>>(), ["Patient/p2"]);
}

#[tokio::test]
async fn a_deletion_is_found_although_the_sync_was_cut_off_before_it_was_looked_for() {
    let port = desk();
    let many: Vec<String> = (0..100).map(|n| format!("p{n}")).collect();
    let listed: Vec<(&str, u32, i64)> = many.iter().map(|id| (id.as_str(), 1, -20_000)).collect();
    let all = rows(&listed);
    pull(&port, patients(&all, 100)).await.0.unwrap();
    all.lock().unwrap()[3] = (String::from("p3"), 2, Err(NOW));
    all.lock().unwrap()[7] = (String::from("p7"), 2, Ok(NOW.plus_millis(-100)));
    // The rows come and are stored, the history does not.
    let serve = patients(&all, 100);
    let (done, _) =
        again(&port, move |seen| if seen.target.contains("_history") { Vec::new() } else { serve(seen) }).await;
    assert_eq!(done.unwrap_err(), SyncError::Unreachable);
    assert!(port.kept().records["Patient/p7"].contains(r#""versionId":"2""#));
    assert_eq!(again(&port, patients(&all, 100)).await.0.unwrap().0, 1);
    assert!(!port.kept().records.contains_key("Patient/p3"));
}

#[tokio::test]
async fn a_deletion_between_two_syncs_is_found_however_long_they_lie_apart() {
    // No row lies in the overlap, many do: the questions differ.
    for newest in [-9_000_000, -1_010_000] {
        let port = desk();
        let many: Vec<String> = (0..100).map(|n| format!("p{n}")).collect();
        let listed: Vec<(&str, u32, i64)> = many.iter().map(|id| (id.as_str(), 1, newest)).collect();
        let all = rows(&listed);
        let earlier = NOW.plus_millis(-1_000_000);
        pull(&port, patients_at(earlier, &all, 100)).await.0.unwrap();
        all.lock().unwrap()[3] = (String::from("p3"), 2, Err(NOW.plus_millis(-600_000)));
        // Once for the question, once because it is due.
        again(&port, patients_at(NOW.plus_millis(-300_000), &all, 100)).await.0.unwrap();
        again(&port, patients(&all, 100)).await.0.unwrap();
        assert!(!port.kept().records.contains_key("Patient/p3"), "{newest}");
        assert_eq!(port.kept().records.len(), 99);
    }
}

/// Two patients were pulled a while ago; the first was deleted since, longer ago than the overlap.
async fn deleted_meanwhile() -> (Arc<FakePort>, Rows) {
    let port = desk();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000)]);
    pull(&port, patients_at(NOW.plus_millis(-1_000_000), &all, 10)).await.0.unwrap();
    all.lock().unwrap()[0] = (String::from("p1"), 2, Err(NOW.plus_millis(-600_000)));
    (port, all)
}

#[tokio::test]
async fn what_others_brought_is_deleted_by_a_new_view_too() {
    let (port, all) = deleted_meanwhile().await;
    let theirs = carry(&port).unwrap();
    port.kept().others.push(theirs);
    assert_eq!(pull(&port, patients(&all, 10)).await.0.unwrap().0, 1);
    assert_eq!(port.kept().records.keys().collect::<Vec<_>>(), ["Patient/p2"]);
}

#[tokio::test]
async fn a_cursor_that_cannot_be_read_looks_for_deletions_of_any_time() {
    let (port, all) = deleted_meanwhile().await;
    port.kept().cursors.values_mut().for_each(|c| c.text = String::from("{broken"));
    assert_eq!(again(&port, patients(&all, 10)).await.0.unwrap().0, 1);
    assert_eq!(port.kept().records.keys().collect::<Vec<_>>(), ["Patient/p2"]);
}

#[tokio::test]
async fn nothing_is_stored_behind_a_batch_that_was_not() {
    let port = desk();
    let many: Vec<String> = (0..40_001).map(|n| format!("p{n}")).collect();
    let listed: Vec<(&str, u32, i64)> = many.iter().zip(0..).map(|(id, n)| (id.as_str(), 1, -90_000_000 + n)).collect();
    let all = rows(&listed);
    port.kept().full_once = true;
    let (done, _) = pull(&port, patients(&all, 20_000)).await;
    assert_eq!(done.unwrap_err(), SyncError::Store(keep_domain::ErrorCode::DiskFull));
    let state = carry(&port).unwrap_or_default();
    port.kept().cursors.insert(String::from("*"), state);
    pull(&port, patients(&all, 20_000)).await.0.unwrap();
    assert_eq!(port.kept().records.len(), 40_001);
}

#[tokio::test]
async fn a_403_is_never_a_deletion() {
    let port = desk();
    let all = rows(&[("p1", 1, -9_000_000)]);
    pull(&port, patients(&all, 10)).await.0.unwrap();
    let (done, _) = again(&port, |_| json(403, "")).await;
    assert_eq!(done.unwrap().1.refused, ["Patient"]);
    assert_eq!(port.kept().records.len(), 1);
}

#[tokio::test]
async fn a_forgotten_search_is_asked_anew_from_the_last_stamp() {
    let port = desk();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000), ("p3", 1, -7_000_000), ("p4", 1, -6_000_000)]);
    let serve = patients(&all, 2);
    let forgotten = Mutex::new(false);
    let (done, script) = pull(&port, move |seen| {
        let first_next = parameter(seen, "from").is_some() && !std::mem::replace(&mut *forgotten.lock().unwrap(), true);
        if first_next { json(410, "") } else { serve(seen) }
    })
    .await;
    assert_eq!(done.unwrap().0, 4);
    assert!(
        script
            .requests()
            .iter()
            .any(|s| parameter(s, "_lastUpdated") == Some(format!("ge{}", NOW.plus_millis(-8_000_000))))
    );
}

#[tokio::test]
async fn a_search_that_is_forgotten_for_ever_ends() {
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -9_000_000), ("p3", 1, -9_000_000)]);
    let serve = patients(&all, 2);
    let (done, _) =
        pull(&desk(), move |seen| if parameter(seen, "from").is_some() { json(410, "") } else { serve(seen) }).await;
    assert_eq!(done.unwrap_err(), SyncError::Garbled);
}

#[tokio::test]
async fn what_came_before_the_line_was_cut_stays_and_is_not_asked_for_again() {
    let port = desk();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000), ("p3", 1, -7_000_000)]);
    let serve = patients(&all, 2);
    let (done, _) =
        pull(&port, move |seen| if parameter(seen, "from").is_some() { Vec::new() } else { serve(seen) }).await;
    assert_eq!(done.unwrap_err(), SyncError::Unreachable);
    assert_eq!(port.kept().records.len(), 2);
    let (done, script) = again(&port, patients(&all, 2)).await;
    assert_eq!(done.unwrap().0, 1);
    let asked = script.requests().iter().find_map(|s| parameter(s, "_lastUpdated")).unwrap();
    assert_eq!(asked, format!("ge{}", NOW.plus_millis(-8_000_000)));
}

#[tokio::test]
async fn a_pulled_record_with_unsent_changes_goes_through_the_merge() {
    let port = desk();
    let theirs = r#"{"resourceType":"Patient","id":"p1","meta":{"versionId":"2","lastUpdated":"2026-11-22T08:59:00Z"},"active":true,"gender":"female"}"#;
    port.save(
        5,
        keep_domain::UserId::of("https://id.example", "cy"),
        r#"{"resourceType":"Patient","id":"p1","active":true,"birthDate":"1990-01-02"}"#,
        Some(("1", r#"{"resourceType":"Patient","id":"p1","meta":{"versionId":"1"},"active":true}"#)),
    );
    let page = format!(r#"{{"resourceType":"Bundle","type":"searchset","entry":[{{"resource":{theirs}}}]}}"#);
    pull(&port, move |_| json_with(200, &[], &page)).await.0.unwrap();
    let kept = port.kept();
    let text = kept.sets[&5].entries[0].text.expose();
    assert!(text.contains("female") && text.contains("1990-01-02"), "{text}");
    assert_eq!(kept.sets[&5].entries[0].base_version.as_deref(), Some("2"));
}

#[tokio::test]
async fn a_thrown_switch_ends_a_pull() {
    let port = desk();
    let (_script, credentials) = signed_in(|_| json(200, "{}")).await;
    let cancel = Cancel::default();
    cancel.cancel();
    assert!(cancel.clone().is_cancelled());
    let waiting = cancel.guard(std::future::pending::<Result<(), SyncError>>()).await;
    assert_eq!(waiting, Err(SyncError::Cancelled));
    let run = crate::SyncRun {
        client: FhirClient::open(credentials),
        port,
        me: keep_domain::UserId::of("https://id.example", "cy"),
        roles: vec![Role::FrontDesk],
        cancel,
        progress: Arc::new(|_| {}),
    };
    assert_eq!(crate::run(&run).await.stopped_by, Some(SyncError::Cancelled));
}
