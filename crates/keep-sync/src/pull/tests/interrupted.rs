//! Searches that the server forgets, and lost connections.

use super::*;

#[tokio::test]
async fn a_forgotten_search_is_repeated_from_the_last_time() {
    let store = new_store();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000), ("p3", 1, -7_000_000), ("p4", 1, -6_000_000)]);
    let serve = patients(&all, 2);
    let forgotten = Mutex::new(false);
    let (done, server) = pull(&store, move |request| {
        let first_next =
            parameter(request, "from").is_some() && !std::mem::replace(&mut *forgotten.lock().unwrap(), true);
        if first_next { json(410, "") } else { serve(request) }
    })
    .await;
    assert_eq!(done.unwrap().0, 4);
    assert!(
        server
            .requests()
            .iter()
            .any(|s| parameter(s, "_lastUpdated") == Some(format!("ge{}", NOW.plus_millis(-8_000_000))))
    );
}

#[tokio::test]
async fn a_search_that_is_always_forgotten_ends() {
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -9_000_000), ("p3", 1, -9_000_000)]);
    let serve = patients(&all, 2);
    let (done, _) =
        pull(
            &new_store(),
            move |request| if parameter(request, "from").is_some() { json(410, "") } else { serve(request) },
        )
        .await;
    assert_eq!(done.unwrap_err(), SyncError::InvalidResponse);
}

#[tokio::test]
async fn what_was_received_before_a_disconnect_is_stored_and_not_requested_again() {
    let store = new_store();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000), ("p3", 1, -7_000_000)]);
    let serve = patients(&all, 2);
    let (done, _) =
        pull(&store, move |request| if parameter(request, "from").is_some() { Vec::new() } else { serve(request) })
            .await;
    assert_eq!(done.unwrap_err(), SyncError::Unreachable);
    assert_eq!(store.contents().records.len(), 2);
    let (done, server) = again(&store, patients(&all, 2)).await;
    assert_eq!(done.unwrap().0, 1);
    let requested = server.requests().iter().find_map(|s| parameter(s, "_lastUpdated")).unwrap();
    assert_eq!(requested, format!("ge{}", NOW.plus_millis(-8_000_000)));
}
