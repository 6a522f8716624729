//! Chains of pages that do not end.

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a server that would go on for ever is asked at most; then it fails, so that a test ends.
const ENOUGH: usize = 60;

/// A page of one record that names `next`.
fn page(kind: &str, next: &str) -> Vec<u8> {
    let stamp = NOW.plus_millis(-9_000_000);
    json(
        200,
        &format!(
            r#"{{"resourceType":"Bundle","type":"{kind}","link":[{{"relation":"next","url":"{next}"}}],"entry":[{{"resource":{{"resourceType":"Patient","id":"p1","meta":{{"lastUpdated":"{stamp}"}}}}}}]}}"#
        ),
    )
}

/// Answers by `next`, which gets the request and its number.
fn endless(
    kind: &'static str,
    next: impl Fn(&Seen, usize) -> String + Send + Sync + 'static,
) -> impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static {
    let count = AtomicUsize::new(0);
    move |seen| match count.fetch_add(1, Ordering::SeqCst) {
        n if n < ENOUGH => page(kind, &next(seen, n)),
        _ => json(500, ""),
    }
}

#[tokio::test]
async fn a_next_link_that_names_its_own_page_is_not_followed() {
    // It was followed for ever.
    let port = desk();
    let (done, script) = pull(&port, endless("searchset", |seen, _| seen.target.clone())).await;
    assert_eq!(done.unwrap_err(), SyncError::Garbled);
    assert_eq!(script.requests().iter().filter(|s| s.target.contains("_sort")).count(), 1);
    assert!(port.kept().cursors.values().all(|c| c.complete_as_of.is_none()));
}

#[tokio::test]
async fn a_circle_of_pages_ends() {
    let circle = endless("searchset", |_, n| format!("/fhir/Patient?page={}", n % 3));
    let (done, script) = pull(&desk(), circle).await;
    assert_eq!(done.unwrap_err(), SyncError::Garbled);
    assert!(script.requests().len() < 12);
}

#[tokio::test]
async fn ever_new_links_without_anything_new_end() {
    let new = endless("searchset", |_, n| format!("/fhir/Patient?page={n}"));
    assert_eq!(pull(&desk(), new).await.0.unwrap_err(), SyncError::Garbled);
}

#[tokio::test]
async fn a_history_and_a_list_of_ids_end_too() {
    for history in [true, false] {
        for own_page in [true, false] {
            let port = desk();
            let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000)]);
            pull_types(&port, &["Patient"], history, patients_at(NOW.plus_millis(-500_000), &all, 10)).await.0.unwrap();
            // A comparison of ids is due after an hour.
            let state = carry(&port).unwrap();
            let text = state.text.replace(
                &format!(r#""deletions_looked":{}"#, NOW.plus_millis(-500_000).0),
                &format!(r#""deletions_looked":{}"#, NOW.plus_millis(-9_000_000).0),
            );
            port.kept().cursors.clear();
            port.kept().cursors.insert(String::from("*"), crate::port::CursorState { text, ..state });
            let serve = patients(&all, 10);
            let kind = if history { "history" } else { "searchset" };
            let on =
                endless(
                    kind,
                    move |seen, n| {
                        if own_page { seen.target.clone() } else { format!("/fhir/x?page={n}&_elements=id") }
                    },
                );
            let (done, script) = pull_types(&port, &["Patient"], history, move |seen| {
                let asked = if history {
                    seen.target.contains("_history") || seen.target.contains("/x?")
                } else {
                    parameter(seen, "_elements").is_some()
                };
                if asked { on(seen) } else { serve(seen) }
            })
            .await;
            assert_eq!(done.unwrap_err(), SyncError::Garbled, "{history} {own_page}");
            assert!(script.requests().len() < ENOUGH);
            assert_eq!(port.kept().records.len(), 2);
        }
    }
}
