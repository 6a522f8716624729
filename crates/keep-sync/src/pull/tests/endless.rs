//! Searches whose `next` links do not end.

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Requests after which an endless server fails, so that a test ends.
const MAX_REQUESTS: usize = 60;

/// A page of one record that links `next`.
fn page(kind: &str, next: &str) -> Vec<u8> {
    let last_updated = NOW.plus_millis(-9_000_000);
    json(
        200,
        &format!(
            r#"{{"resourceType":"Bundle","type":"{kind}","link":[{{"relation":"next","url":"{next}"}}],"entry":[{{"resource":{{"resourceType":"Patient","id":"p1","meta":{{"lastUpdated":"{last_updated}"}}}}}}]}}"#
        ),
    )
}

/// Pages whose links `next` makes from the request and its number.
fn endless(
    kind: &'static str,
    next: impl Fn(&Request, usize) -> String + Send + Sync + 'static,
) -> impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static {
    let count = AtomicUsize::new(0);
    move |request| match count.fetch_add(1, Ordering::SeqCst) {
        n if n < MAX_REQUESTS => page(kind, &next(request, n)),
        _ => json(500, ""),
    }
}

#[tokio::test]
async fn a_next_link_to_its_own_page_is_not_followed() {
    // It was followed endlessly.
    let store = new_store();
    let (done, server) = pull(&store, endless("searchset", |request, _| request.target.clone())).await;
    assert_eq!(done.unwrap_err(), SyncError::InvalidResponse);
    assert_eq!(server.requests().iter().filter(|s| s.target.contains("_sort")).count(), 1);
    assert!(store.contents().cursors.values().all(|c| c.complete_as_of.is_none()));
}

#[tokio::test]
async fn a_cycle_of_pages_ends() {
    let cycle = endless("searchset", |_, n| format!("/fhir/Patient?page={}", n % 3));
    let (done, server) = pull(&new_store(), cycle).await;
    assert_eq!(done.unwrap_err(), SyncError::InvalidResponse);
    assert!(server.requests().len() < 12);
}

#[tokio::test]
async fn new_links_without_new_records_end() {
    let new = endless("searchset", |_, n| format!("/fhir/Patient?page={n}"));
    assert_eq!(pull(&new_store(), new).await.0.unwrap_err(), SyncError::InvalidResponse);
}

#[tokio::test]
async fn a_history_and_a_list_of_ids_end_too() {
    for history in [true, false] {
        for own_page in [true, false] {
            let store = new_store();
            let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000)]);
            pull_types(&store, &["Patient"], history, patients_at(NOW.plus_millis(-500_000), &all, 10))
                .await
                .0
                .unwrap();
            // A comparison of ids is due after an hour.
            let cursor = carry(&store).unwrap();
            let position = cursor.position.replace(
                &format!(r#""deletions_looked":{}"#, NOW.plus_millis(-500_000).0),
                &format!(r#""deletions_looked":{}"#, NOW.plus_millis(-9_000_000).0),
            );
            store.contents().cursors.clear();
            store.contents().cursors.insert(String::from("*"), Cursor { position, ..cursor });
            // The count differs.
            all.lock().unwrap()[0].2 = Err(NOW.plus_millis(-100));
            let serve = patients(&all, 10);
            let kind = if history { "history" } else { "searchset" };
            let endless =
                endless(
                    kind,
                    move |request, n| {
                        if own_page { request.target.clone() } else { format!("/fhir/x?page={n}&_elements=id") }
                    },
                );
            let (done, server) = pull_types(&store, &["Patient"], history, move |request| {
                let is_endless = if history {
                    request.target.contains("_history") || request.target.contains("/x?")
                } else {
                    parameter(request, "_elements").is_some()
                };
                if is_endless { endless(request) } else { serve(request) }
            })
            .await;
            assert_eq!(done.unwrap_err(), SyncError::InvalidResponse, "{history} {own_page}");
            assert!(server.requests().len() < MAX_REQUESTS);
            assert_eq!(store.contents().records.len(), 2);
        }
    }
}
