//! Servers with other links, orders, counts and batches: everything arrives, and no claim is made before it has.

use super::fake::{Habits, Links, fake, many, pull_again};
use super::*;
use keep_store::PullOutcome;

const FAR: i64 = -90_000_000;

/// Without those of the discovery.
fn requests_to_fhir(server: &TestServer) -> usize {
    let sent = server.requests();
    sent.iter().filter(|r| r.target.starts_with("/fhir") && !r.target.contains(".well-known")).count()
}

#[tokio::test]
async fn links_to_another_address_are_followed_on_our_own_base() {
    for (links, reported) in [
        (Links::Own, None),
        (Links::Inner, Some("http://10.0.0.7:8080")),
        (Links::InnerAndUseless, Some("http://10.0.0.7:8080")),
    ] {
        let store = new_store();
        let habits = Habits { page: 30, links, ..Habits::default() };
        let (done, server) = pull(&store, fake(&many(200, FAR), habits)).await;
        let (changed, pulled) = done.unwrap();
        assert_eq!((changed, pulled.complete_as_of()), (200, Some(NOW)), "{links:?}");
        assert_eq!(pulled.links_elsewhere.as_deref(), reported);
        assert!(server.requests().len() < 16, "{links:?} {}", server.requests().len());
    }
}

#[tokio::test]
async fn without_links_everything_arrives_by_time_with_and_without_a_total() {
    for totals in [true, false] {
        let store = new_store();
        let habits = Habits { page: 30, links: Links::Missing, totals, ..Habits::default() };
        let (done, _) = pull(&store, fake(&many(200, FAR), habits)).await;
        assert_eq!(done.unwrap().0, 200, "{totals}");
    }
}

#[tokio::test]
async fn more_rows_of_one_time_than_a_page_arrive_by_a_larger_page() {
    let store = new_store();
    let all: Rows = Arc::new(Mutex::new((0..700).map(|n| (format!("p{n}"), 1, Ok(NOW.plus_millis(FAR)))).collect()));
    let habits = Habits { links: Links::InnerAndUseless, totals: false, ..Habits::default() };
    assert_eq!(pull(&store, fake(&all, habits)).await.0.unwrap().0, 700);
    // A server that cuts such a page shows the rest by an offset, or not at all; then nothing is claimed.
    for (offsets, received, outcome) in [(true, 700, PullOutcome::Complete), (false, 100, PullOutcome::Short)] {
        let store = new_store();
        let (done, _) = pull(&store, fake(&all, Habits { page: 100, offsets, ..habits })).await;
        let (changed, pulled) = done.unwrap();
        assert_eq!((changed, pulled.types[0].outcome), (received, outcome));
        assert_eq!(pulled.complete_as_of().is_some(), offsets);
    }
}

/// 200 rows in another order than that of their times.
fn shuffled() -> Rows {
    let all = many(200, FAR);
    all.lock().unwrap().sort_by_key(|row| row.0.bytes().rev().collect::<Vec<_>>());
    all
}

#[tokio::test]
async fn an_interrupted_pass_without_order_starts_over() {
    for says in [true, false] {
        let (store, all) = (new_store(), shuffled());
        let habits = Habits { page: 30, sorts: false, says, ..Habits::default() };
        let serve = fake(&all, habits);
        let (done, _) = pull(&store, move |request| match parameter(request, "from").as_deref() {
            Some("90") => Vec::new(),
            _ => serve(request),
        })
        .await;
        assert_eq!(done.unwrap_err(), SyncError::Unreachable);
        assert!((30..200).contains(&store.contents().records.len()), "what arrived stays");
        again(&store, fake(&all, habits)).await.0.unwrap();
        assert_eq!(store.contents().records.len(), 200, "{says}");
    }
}

#[tokio::test]
async fn a_refused_parameter_is_left_out() {
    for refused in ["_sort", "_count", "_lastUpdated"] {
        let (store, all) = (new_store(), many(20, FAR));
        let serve = || {
            let serve = fake(&all, Habits::default());
            move |request: &Request| {
                let is_search =
                    request.target.starts_with("/fhir/Patient?") && parameter(request, "_summary").is_none();
                if is_search && parameter(request, refused).is_some() { json(400, "{}") } else { serve(request) }
            }
        };
        pull(&store, serve()).await.0.unwrap();
        all.lock().unwrap().push((String::from("new"), 1, Ok(NOW.plus_millis(-1_000))));
        again(&store, serve()).await.0.unwrap();
        assert_eq!(store.contents().records.len(), 21, "{refused}");
    }
}

#[tokio::test]
async fn a_page_that_is_too_large_is_halved_and_a_cut_one_keeps_what_arrived() {
    let store = new_store();
    let serve = fake(&many(300, FAR), Habits::default());
    let (done, server) = pull(&store, move |request| {
        let reply = serve(request);
        let is_page = parameter(request, "_sort").is_some() || parameter(request, "from").is_some();
        // Every response is cut after 3,000 bytes, in the middle of an entry.
        if is_page && reply.len() > 3_000 { reply[..3_000].to_vec() } else { reply }
    })
    .await;
    let (changed, pulled) = done.unwrap();
    assert_eq!((changed, pulled.complete_as_of()), (300, Some(NOW)));
    // Each record fits into 130 bytes, so that about 20 arrive per response.
    assert!(server.requests().len() < 40, "{}", server.requests().len());
    assert!(store.contents().preferences["sync.paging"].contains("\"size\":"), "the next run begins with that size");
}

#[tokio::test]
async fn an_idle_run_over_many_types_is_one_batch() {
    let types = ["Patient", "Flag", "Appointment", "Practitioner", "Organization", "Location", "Coverage", "Consent"];
    // Each test server is a new one, so that a small batch is tried first.
    for (batches, most) in [(true, 2), (false, types.len() + 1)] {
        let (store, all) = (new_store(), many(200, FAR));
        let habits = Habits { batches, ..Habits::default() };
        pull_types(&store, &types, true, fake(&all, habits)).await.0.unwrap();
        // The first one after it looks for deletions since.
        pull_again(&store, &types, true, fake(&all, habits)).await.0.unwrap();
        let (done, server) = pull_again(&store, &types, true, fake(&all, habits)).await;
        let pulled = done.unwrap().1;
        assert_eq!(pulled.complete_as_of(), Some(NOW));
        let empty: Vec<_> = pulled.types.iter().filter(|t| types[1..].contains(&t.resource_type.as_str())).collect();
        assert!(empty.len() == 7 && empty.iter().all(|t| t.compared == Some(NOW)), "none there and none here");
        let sent = requests_to_fhir(&server);
        assert_eq!(sent, most, "{batches}");
        all.lock().unwrap().push((String::from("new"), 1, Ok(NOW.plus_millis(-1_000))));
        assert_eq!(pull_again(&store, &types, true, fake(&all, habits)).await.0.unwrap().0, 1);
    }
}

#[tokio::test]
async fn a_total_that_is_not_reached_is_no_complete_type() {
    // 50 of 94 rows: the server ignores the time and links no further page.
    let all = many(94, FAR);
    let serve = fake(&all, Habits { page: 50, links: Links::Missing, ..Habits::default() });
    let store = new_store();
    let (done, _) = pull(&store, move |request| {
        let target = request.target.replace("_lastUpdated=", "_ignored=");
        serve(&Request { target, ..request.clone() })
    })
    .await;
    let (changed, pulled) = done.unwrap();
    assert_eq!((changed, pulled.types[0].outcome, pulled.complete_as_of()), (50, PullOutcome::Short, None));
    // Once the server shows all, so does the next daily comparison.
    super::comparing::a_day_later(&store);
    let (done, _) = pull_again(&store, &["Patient"], true, fake(&all, Habits::default())).await;
    let pulled = done.unwrap().1;
    assert_eq!((pulled.types[0].outcome, pulled.complete_as_of()), (PullOutcome::Complete, Some(NOW)));
    assert_eq!(store.contents().records.len(), 94);
}

#[tokio::test]
async fn a_count_that_is_always_too_large_costs_no_more_at_the_next_run() {
    let too_large = |request: &Request, reply: Vec<u8>| match request.method.as_str() {
        "GET" => {
            let reply = String::from_utf8(reply).unwrap();
            let (_, body) = reply.split_once("\r\n\r\n").unwrap();
            let total = body.split_once("\"total\":").map(|(_, rest)| rest.split_once(',').unwrap().0.to_owned());
            let larger = |total: String| total.parse::<u64>().unwrap() + 3;
            json(
                200,
                &total.map_or(body.to_owned(), |t| {
                    body.replace(&format!("\"total\":{t},"), &format!("\"total\":{},", larger(t)))
                }),
            )
        }
        _ => reply,
    };
    let (store, all) = (new_store(), many(0, FAR));
    let habits = Habits { batches: false, ..Habits::default() };
    let serve = || {
        let serve = fake(&all, habits);
        move |request: &Request| too_large(request, serve(request))
    };
    let (done, _) = pull(&store, serve()).await;
    assert_eq!(done.unwrap().1.types[0].outcome, PullOutcome::Short);
    let (done, server) = again(&store, serve()).await;
    assert_eq!(done.unwrap().1.types[0].outcome, PullOutcome::Short);
    assert_eq!(requests_to_fhir(&server), 1, "the same count");
}

#[tokio::test]
async fn a_few_changes_soon_after_a_large_load_are_a_few_requests() {
    let (store, all) = (new_store(), many(5_400, -5_500_000));
    // All of them within the overlap.
    for (n, row) in all.lock().unwrap().iter_mut().enumerate() {
        row.2 = Ok(NOW.plus_millis(-100_000 + i64::try_from(n).unwrap()));
    }
    pull(&store, fake(&all, Habits::default())).await.0.unwrap();
    for n in [3, 70, 500] {
        let mut rows = all.lock().unwrap();
        rows[n].1 = 2;
        rows[n].2 = Ok(NOW.plus_millis(-1_000));
    }
    all.lock().unwrap().push((String::from("new"), 1, Ok(NOW.plus_millis(-900))));
    let (done, server) = pull_again(&store, &["Patient"], true, fake(&all, Habits::default())).await;
    assert_eq!(done.unwrap().0, 4);
    assert_eq!(requests_to_fhir(&server), 2);
    // One that becomes visible late, older than the newest, is not missed.
    all.lock().unwrap().push((String::from("late"), 1, Ok(NOW.plus_millis(-60_000))));
    all.lock().unwrap().push((String::from("newer"), 1, Ok(NOW.plus_millis(-800))));
    pull_again(&store, &["Patient"], true, fake(&all, Habits::default())).await.0.unwrap();
    assert_eq!(store.contents().records.len(), 5_403);
}

#[tokio::test]
async fn a_deletion_soon_after_a_large_load_is_found_by_the_next_run() {
    let (store, all) = (new_store(), many(100, -100_000));
    all.lock().unwrap().push((String::from("old"), 1, Ok(NOW.plus_millis(FAR))));
    pull(&store, fake(&all, Habits::default())).await.0.unwrap();
    all.lock().unwrap()[100] = (String::from("old"), 2, Err(NOW.plus_millis(-500)));
    let (done, server) = pull_again(&store, &["Patient"], true, fake(&all, Habits::default())).await;
    let (changed, pulled) = done.unwrap();
    assert_eq!((changed, pulled.complete_as_of()), (1, Some(NOW)));
    assert!(!store.contents().records.contains_key("Patient/old"));
    assert_eq!(requests_to_fhir(&server), 1, "a batch of a count and of the beginning of the history");
}

#[tokio::test]
async fn a_recent_history_that_was_cut_is_no_search_for_deletions() {
    let (store, all) = (new_store(), many(100, -100_000));
    all.lock().unwrap().push((String::from("old"), 1, Ok(NOW.plus_millis(FAR))));
    let habits = Habits { batches: false, ..Habits::default() };
    pull(&store, fake(&all, habits)).await.0.unwrap();
    all.lock().unwrap()[100] = (String::from("old"), 2, Err(NOW.plus_millis(-500)));
    let serve = fake(&all, habits);
    let cut = move |request: &Request| {
        let reply = serve(request);
        // The deletion is the last entry.
        if request.target.contains("_history") { reply[..reply.len() - 20].to_vec() } else { reply }
    };
    let (done, _) = pull_again(&store, &["Patient"], true, cut).await;
    assert!(!done.is_ok_and(|(_, pulled)| pulled.complete_as_of() == Some(NOW)), "it claims what it did not see");
    pull_again(&store, &["Patient"], true, fake(&all, habits)).await.0.unwrap();
    assert!(!store.contents().records.contains_key("Patient/old"));
}

#[tokio::test]
async fn a_deletion_where_records_have_no_time_is_found_by_the_next_run() {
    let store = new_store();
    let served = |ids: &'static [&'static str]| {
        move |request: &Request| {
            if let Some(id) = request.target.strip_prefix("/fhir/Patient/") {
                let found = ids.contains(&id);
                return json(if found { 200 } else { 404 }, &format!(r#"{{"resourceType":"Patient","id":"{id}"}}"#));
            }
            let entry = |id: &&str| format!(r#"{{"resource":{{"resourceType":"Patient","id":"{id}"}}}}"#);
            let entries: Vec<String> = ids.iter().map(entry).collect();
            let (total, entries) = (ids.len(), entries.join(","));
            json(200, &format!(r#"{{"resourceType":"Bundle","type":"searchset","total":{total},"entry":[{entries}]}}"#))
        }
    };
    pull(&store, served(&["p1", "p2", "p3"])).await.0.unwrap();
    let (done, server) = again(&store, served(&["p1", "p3"])).await;
    assert!(done.unwrap().1.complete_as_of().is_some());
    assert_eq!(store.contents().records.keys().collect::<Vec<_>>(), ["Patient/p1", "Patient/p3"]);
    let reads: Vec<_> = server.requests().into_iter().filter(|r| r.target.starts_with("/fhir/Patient/")).collect();
    assert_eq!(reads.iter().map(|r| r.target.as_str()).collect::<Vec<_>>(), ["/fhir/Patient/p2"], "it was not shown");
}
