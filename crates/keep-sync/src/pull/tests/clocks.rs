//! Clocks that are wrong: a server's, a gateway's, a record's.

use super::*;
use crate::cursor::{Cursor, OVERLAP_MILLIS};
use crate::port::CursorState;

const DAY: i64 = 86_400_000;

/// The same answers with a `Date` header of 400 days ahead, as a gateway with a wrong clock gives it.
fn dated_ahead(
    answer: impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static,
) -> impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static {
    move |seen| {
        let reply = String::from_utf8(answer(seen)).unwrap();
        reply.replace("Sun, 22 Nov 2026 09:00:00 GMT", "Mon, 27 Dec 2027 09:00:00 GMT").into_bytes()
    }
}

fn add(all: &Rows, id: &str, at: i64) {
    all.lock().unwrap().push((id.to_owned(), 1, Ok(NOW.plus_millis(at))));
}

/// Where `port` stands with Patient.
fn cursor(port: &FakePort) -> (Cursor, Option<UtcMillis>) {
    let state = carry(port).unwrap();
    let read = Cursor::read(&state.text, NOW).expect("a sound cursor");
    port.kept().cursors.insert(String::from("*"), state.clone());
    (read, state.complete_as_of)
}

#[tokio::test]
async fn a_date_header_that_is_ahead_moves_neither_cursor_nor_claim() {
    // 400 days of updates were skipped in silence, and the chart said that it was complete.
    let port = desk();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000)]);
    let (done, _) = pull(&port, dated_ahead(patients(&all, 10))).await;
    assert_eq!(done.unwrap().1.complete_as_of, Some(NOW));
    let (kept, claim) = cursor(&port);
    assert_eq!(kept.since, Some(NOW.plus_millis(-8_000_000 - OVERLAP_MILLIS)));
    assert!(claim <= Some(NOW));
    // Idle ones neither.
    let (done, _) = again(&port, dated_ahead(patients(&all, 10))).await;
    assert_eq!(done.unwrap().1.complete_as_of, Some(NOW));
    add(&all, "p3", -1_000);
    all.lock().unwrap()[0] = (String::from("p1"), 2, Err(NOW.plus_millis(-900)));
    assert_eq!(again(&port, patients(&all, 10)).await.0.unwrap().0, 2, "one came, one is gone");
    assert_eq!(port.kept().records.keys().collect::<Vec<_>>(), ["Patient/p2", "Patient/p3"]);
}

#[tokio::test]
async fn a_server_whose_clock_is_days_ahead_claims_nothing_of_the_future() {
    let port = desk();
    let all = rows(&[("p1", 1, DAY), ("p2", 1, 2 * DAY)]);
    let ahead = NOW.plus_millis(2 * DAY + 60_000);
    assert_eq!(pull(&port, dated_ahead(patients_at(ahead, &all, 10))).await.0.unwrap().1.complete_as_of, Some(NOW));
    assert!(cursor(&port).0.since <= Some(NOW));
    // Its clock is set right: what is written then is older than what is here, and is found.
    add(&all, "p3", -1_000);
    again(&port, patients(&all, 10)).await.0.unwrap();
    assert!(port.kept().records.contains_key("Patient/p3"));
}

#[tokio::test]
async fn one_record_with_a_stamp_of_years_ahead_hides_no_other() {
    let port = desk();
    let all = rows(&[("p1", 1, -9_000_000), ("odd", 1, 700 * DAY)]);
    assert_eq!(pull(&port, patients(&all, 10)).await.0.unwrap().0, 2);
    add(&all, "p3", -1_000);
    assert_eq!(again(&port, patients(&all, 10)).await.0.unwrap().0, 1);
    let (done, script) = again(&port, patients(&all, 10)).await;
    assert_eq!(done.unwrap().1.complete_as_of, Some(NOW));
    assert!(!script.requests().is_empty() && script.requests().len() < 12, "and costs no more than a few requests");
}

#[tokio::test]
async fn a_pass_that_was_cut_off_does_not_go_on_behind_a_stamp_of_the_future() {
    let port = desk();
    // A row that was changed while the pass ran keeps its place in the list, with a new stamp.
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000), ("p3", 1, -7_000_000)]);
    let serve = patients(&all, 2);
    let (done, _) = pull(&port, move |seen| {
        if parameter(seen, "from").is_some() {
            return Vec::new();
        }
        let stamp = NOW.plus_millis(-8_000_000).to_string();
        String::from_utf8(serve(seen)).unwrap().replace(&stamp, &NOW.plus_millis(500).to_string()).into_bytes()
    })
    .await;
    assert_eq!(done.unwrap_err(), SyncError::Unreachable);
    again(&port, patients(&all, 2)).await.0.unwrap();
    assert!(port.kept().records.contains_key("Patient/p3"));
}

#[tokio::test]
async fn a_cursor_that_a_wrong_clock_moved_is_begun_anew() {
    let port = desk();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000), ("p3", 1, -7_000_000)]);
    pull(&port, patients(&all, 10)).await.0.unwrap();
    // As version 0.1 left it behind a `Date` of 400 days ahead.
    let at = NOW.plus_millis(400 * DAY);
    let since = at.plus_millis(-OVERLAP_MILLIS);
    let newest = NOW.plus_millis(-7_000_000);
    let text = format!(
        r#"{{"since":{},"newest":{},"recent":0,"pass":null,"complete_as_of":{},"deletions_since":{}}}"#,
        since.0, newest.0, at.0, since.0
    );
    port.kept().cursors.clear();
    port.kept().cursors.insert(String::from("*"), CursorState { text, complete_as_of: Some(at) });
    // Meanwhile one was changed, one came, one was deleted.
    all.lock().unwrap()[1] = (String::from("p2"), 2, Ok(NOW.plus_millis(-600_000)));
    add(&all, "p4", -500_000);
    all.lock().unwrap()[0] = (String::from("p1"), 2, Err(NOW.plus_millis(-400_000)));
    let (done, _) = pull(&port, patients(&all, 10)).await;
    let (changed, pulled) = done.unwrap();
    assert_eq!((changed, pulled.complete_as_of), (3, Some(NOW)));
    assert_eq!(port.kept().records.keys().collect::<Vec<_>>(), ["Patient/p2", "Patient/p3", "Patient/p4"]);
    assert_eq!(cursor(&port).1, Some(NOW));
}

#[tokio::test]
async fn a_view_that_a_wrong_clock_moved_hides_no_deletion_from_another() {
    let (port, all) = deleted_meanwhile().await;
    let at = NOW.plus_millis(400 * DAY).0;
    let text = format!(r#"{{"since":{at},"newest":{at},"complete_as_of":{at},"deletions_since":{at}}}"#);
    port.kept().cursors.clear();
    port.kept().others.push(CursorState { text, complete_as_of: Some(UtcMillis(at)) });
    // The script's reads say 410 for what is gone.
    pull(&port, patients(&all, 10)).await.0.unwrap();
    assert_eq!(port.kept().records.keys().collect::<Vec<_>>(), ["Patient/p2"]);
}

/// Answers whose deletions say that they are of 2028.
fn with_times_ahead(all: &Rows) -> impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static {
    let serve = patients(all, 10);
    move |seen| {
        let reply = String::from_utf8(serve(seen)).unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap();
        if head.starts_with("HTTP/1.1 410") {
            return json(410, "");
        }
        let gone = r#"{"response":{"lastModified":"2028-01-01T00:00:00Z"},"request":{"method":"DELETE""#;
        json(200, &body.replace(r#"{"request":{"method":"DELETE""#, gone))
    }
}

#[tokio::test]
async fn a_deletion_with_a_time_of_the_future_hides_no_later_one() {
    let port = desk();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000), ("p3", 1, -7_000_000)]);
    pull(&port, patients(&all, 10)).await.0.unwrap();
    all.lock().unwrap()[0] = (String::from("p1"), 2, Err(NOW.plus_millis(-6_000_000)));
    again(&port, with_times_ahead(&all)).await.0.unwrap();
    assert!(!port.kept().records.contains_key("Patient/p1"));
    all.lock().unwrap()[1] = (String::from("p2"), 2, Err(NOW.plus_millis(-1_000)));
    again(&port, with_times_ahead(&all)).await.0.unwrap();
    assert_eq!(port.kept().records.keys().collect::<Vec<_>>(), ["Patient/p3"]);
}
