//! Wrong clocks: a server's, a gateway's, a record's.

use super::*;
use crate::pull::state::PullState;
use crate::response_times::OVERLAP_MILLIS;

const DAY: i64 = 86_400_000;

/// The same responses with a `Date` header 400 days ahead, as from a gateway with a wrong clock.
fn dated_ahead(
    answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static,
) -> impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static {
    move |request| {
        let reply = String::from_utf8(answer(request)).unwrap();
        reply.replace("Sun, 22 Nov 2026 09:00:00 GMT", "Mon, 27 Dec 2027 09:00:00 GMT").into_bytes()
    }
}

fn add(all: &Rows, id: &str, at: i64) {
    all.lock().unwrap().push((id.to_owned(), 1, Ok(NOW.plus_millis(at))));
}

/// The state and claim of Patient in `store`.
fn state_and_claim(store: &MemoryStore) -> (PullState, Option<UtcMillis>) {
    let cursor = carry(store).unwrap();
    let state = PullState::parse(&cursor.position, NOW).expect("a valid state");
    store.contents().cursors.insert(String::from("*"), cursor.clone());
    (state, cursor.complete_as_of)
}

#[tokio::test]
async fn a_date_header_in_the_future_moves_neither_state_nor_claim() {
    // 400 days of updates were silently skipped, and the chart was shown as complete.
    let store = new_store();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000)]);
    let (done, _) = pull(&store, dated_ahead(patients(&all, 10))).await;
    assert_eq!(done.unwrap().1.complete_as_of(), Some(NOW));
    let (state, claim) = state_and_claim(&store);
    assert_eq!(state.since, Some(NOW.plus_millis(-8_000_000 - OVERLAP_MILLIS)));
    assert!(claim <= Some(NOW));
    // Nor does that of an idle pull.
    let (done, _) = again(&store, dated_ahead(patients(&all, 10))).await;
    assert_eq!(done.unwrap().1.complete_as_of(), Some(NOW));
    add(&all, "p3", -1_000);
    all.lock().unwrap()[0] = (String::from("p1"), 2, Err(NOW.plus_millis(-900)));
    assert_eq!(again(&store, patients(&all, 10)).await.0.unwrap().0, 2, "one new, one deleted");
    assert_eq!(store.contents().records.keys().collect::<Vec<_>>(), ["Patient/p2", "Patient/p3"]);
}

#[tokio::test]
async fn a_server_whose_clock_is_days_ahead_leads_to_no_claim_about_the_future() {
    let store = new_store();
    let all = rows(&[("p1", 1, DAY), ("p2", 1, 2 * DAY)]);
    let ahead = NOW.plus_millis(2 * DAY + 60_000);
    assert_eq!(pull(&store, dated_ahead(patients_at(ahead, &all, 10))).await.0.unwrap().1.complete_as_of(), Some(NOW));
    assert!(state_and_claim(&store).0.since <= Some(NOW));
    // Its clock is corrected: what is written then is older than what is stored, and is found.
    add(&all, "p3", -1_000);
    again(&store, patients(&all, 10)).await.0.unwrap();
    assert!(store.contents().records.contains_key("Patient/p3"));
}

#[tokio::test]
async fn one_record_updated_years_ahead_hides_no_other() {
    let store = new_store();
    let all = rows(&[("p1", 1, -9_000_000), ("odd", 1, 700 * DAY)]);
    assert_eq!(pull(&store, patients(&all, 10)).await.0.unwrap().0, 2);
    add(&all, "p3", -1_000);
    assert_eq!(again(&store, patients(&all, 10)).await.0.unwrap().0, 1);
    let (done, server) = again(&store, patients(&all, 10)).await;
    assert_eq!(done.unwrap().1.complete_as_of(), Some(NOW));
    assert!(!server.requests().is_empty() && server.requests().len() < 12, "and costs only a few requests");
}

#[tokio::test]
async fn an_interrupted_pass_does_not_resume_from_a_time_in_the_future() {
    let store = new_store();
    // A row that was changed during the pass keeps its position in the list, with a new `lastUpdated`.
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000), ("p3", 1, -7_000_000)]);
    let serve = patients(&all, 2);
    let (done, _) = pull(&store, move |request| {
        if parameter(request, "from").is_some() {
            return Vec::new();
        }
        let last_updated = NOW.plus_millis(-8_000_000).to_string();
        String::from_utf8(serve(request))
            .unwrap()
            .replace(&last_updated, &NOW.plus_millis(500).to_string())
            .into_bytes()
    })
    .await;
    assert_eq!(done.unwrap_err(), SyncError::Unreachable);
    again(&store, patients(&all, 2)).await.0.unwrap();
    assert!(store.contents().records.contains_key("Patient/p3"));
}

#[tokio::test]
async fn a_cursor_that_a_wrong_clock_moved_is_restarted() {
    let store = new_store();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000), ("p3", 1, -7_000_000)]);
    pull(&store, patients(&all, 10)).await.0.unwrap();
    // As version 0.1 stored it after a `Date` 400 days ahead.
    let at = NOW.plus_millis(400 * DAY);
    let since = at.plus_millis(-OVERLAP_MILLIS);
    let newest = NOW.plus_millis(-7_000_000);
    let text = format!(
        r#"{{"since":{},"newest":{},"recent":0,"pass":null,"complete_as_of":{},"deletions_since":{}}}"#,
        since.0, newest.0, at.0, since.0
    );
    store.contents().cursors.clear();
    store
        .contents()
        .cursors
        .insert(String::from("*"), Cursor { position: text, complete_as_of: Some(at), ..Cursor::default() });
    // Meanwhile one was changed, one created, one deleted.
    all.lock().unwrap()[1] = (String::from("p2"), 2, Ok(NOW.plus_millis(-600_000)));
    add(&all, "p4", -500_000);
    all.lock().unwrap()[0] = (String::from("p1"), 2, Err(NOW.plus_millis(-400_000)));
    let (done, _) = pull(&store, patients(&all, 10)).await;
    let (changed, pulled) = done.unwrap();
    assert_eq!((changed, pulled.complete_as_of()), (3, Some(NOW)));
    assert_eq!(store.contents().records.keys().collect::<Vec<_>>(), ["Patient/p2", "Patient/p3", "Patient/p4"]);
    assert_eq!(state_and_claim(&store).1, Some(NOW));
}

#[tokio::test]
async fn a_users_cursor_that_a_wrong_clock_moved_hides_no_deletion_from_others() {
    let (store, all) = deleted_meanwhile().await;
    let at = NOW.plus_millis(400 * DAY).0;
    let text = format!(r#"{{"since":{at},"newest":{at},"complete_as_of":{at},"deletions_since":{at}}}"#);
    store.contents().cursors.clear();
    store.contents().other_cursors.push(Cursor {
        position: text,
        complete_as_of: Some(UtcMillis(at)),
        ..Cursor::default()
    });
    // The server's reads say 410 for what is gone.
    pull(&store, patients(&all, 10)).await.0.unwrap();
    assert_eq!(store.contents().records.keys().collect::<Vec<_>>(), ["Patient/p2"]);
}

/// Responses with deletions dated 2028.
fn with_times_ahead(all: &Rows) -> impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static {
    let serve = patients(all, 10);
    move |request| {
        let reply = String::from_utf8(serve(request)).unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap();
        if head.starts_with("HTTP/1.1 410") {
            return json(410, "");
        }
        let gone = r#"{"response":{"lastModified":"2028-01-01T00:00:00Z"},"request":{"method":"DELETE""#;
        json(200, &body.replace(r#"{"request":{"method":"DELETE""#, gone))
    }
}

#[tokio::test]
async fn a_deletion_dated_in_the_future_hides_no_later_one() {
    let store = new_store();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000), ("p3", 1, -7_000_000)]);
    pull(&store, patients(&all, 10)).await.0.unwrap();
    all.lock().unwrap()[0] = (String::from("p1"), 2, Err(NOW.plus_millis(-6_000_000)));
    again(&store, with_times_ahead(&all)).await.0.unwrap();
    assert!(!store.contents().records.contains_key("Patient/p1"));
    all.lock().unwrap()[1] = (String::from("p2"), 2, Err(NOW.plus_millis(-1_000)));
    again(&store, with_times_ahead(&all)).await.0.unwrap();
    assert_eq!(store.contents().records.keys().collect::<Vec<_>>(), ["Patient/p3"]);
}
