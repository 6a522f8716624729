//! Records that no search by time shows are found by comparison, and a claim says whether one was possible.

use super::fake::{Habits, fake, many, pull_again};
use super::*;
use crate::pull::state::PullState;

const FAR: i64 = -90_000_000;

/// Lets the last comparison be older than a day.
pub(super) fn a_day_later(store: &MemoryStore) {
    for cursor in store.contents().cursors.values_mut() {
        let Some(mut state) = PullState::parse(&cursor.position, NOW) else { continue };
        for time in [&mut state.compared, &mut state.compare_tried] {
            *time = time.map(|at| at.plus_millis(-25 * 3_600_000));
        }
        cursor.position = serde_json::to_string(&state).unwrap();
    }
}

#[tokio::test]
async fn a_first_pass_is_compared_with_the_servers_count_where_it_has_one() {
    for (totals, summary) in [(true, true), (false, true), (false, false)] {
        let (store, serve) = (new_store(), fake(&many(120, FAR), Habits { page: 50, totals, ..Habits::default() }));
        let (done, _) = pull(&store, move |request| match parameter(request, "_summary") {
            Some(_) if !summary => json(400, "{}"),
            _ => serve(request),
        })
        .await;
        let report = done.unwrap().1.types.remove(0);
        assert_eq!((report.complete_as_of, report.compared.is_some()), (Some(NOW), totals || summary));
    }
}

#[tokio::test]
async fn restored_moved_and_late_records_arrive_within_a_day() {
    for history in [true, false] {
        let (store, all) = (new_store(), many(200, FAR));
        pull_types(&store, &["Patient"], history, fake(&all, Habits::default())).await.0.unwrap();
        {
            // One is newly permitted, with an old time; one is back at an older version; one has another content under
            // the same version.
            let mut rows = all.lock().unwrap();
            rows.push((String::from("moved"), 4, Ok(NOW.plus_millis(FAR - 5_000_000))));
            rows[7].1 = 0;
            rows[9].2 = Ok(NOW.plus_millis(FAR + 1));
        }
        a_day_later(&store);
        let (done, server) = pull_again(&store, &["Patient"], history, fake(&all, Habits::default())).await;
        let (changed, pulled) = done.unwrap();
        assert_eq!((changed, pulled.types[0].compared), (3, Some(NOW)), "{history}");
        assert!(store.contents().records["Patient/p7"].contains(r#""versionId":"0""#));
        assert!(store.contents().records.contains_key("Patient/moved"));
        assert!(server.requests().len() < 14);
    }
}

#[tokio::test]
async fn a_comparison_that_agrees_is_one_count_a_day() {
    let (store, all) = (new_store(), many(200, FAR));
    pull(&store, fake(&all, Habits::default())).await.0.unwrap();
    a_day_later(&store);
    let count = |server: &TestServer| {
        let is_comparison = |target: &str| {
            target.contains("_summary=count") || target.contains("_elements") && !target.contains("_total")
        };
        server.requests().iter().filter(|r| is_comparison(&r.target)).count()
    };
    let (done, server) = pull_again(&store, &["Patient"], true, fake(&all, Habits::default())).await;
    assert_eq!((done.unwrap().1.types[0].compared, count(&server)), (Some(NOW), 1));
    let (_, server) = pull_again(&store, &["Patient"], true, fake(&all, Habits::default())).await;
    assert_eq!(count(&server), 0, "not due again");
}

#[tokio::test]
async fn a_deletion_without_history_is_found_and_the_claim_stays_behind_it() {
    let (store, all) = (new_store(), many(100, FAR));
    pull_types(&store, &["Patient"], false, fake(&all, Habits::default())).await.0.unwrap();
    all.lock().unwrap()[3] = (String::from("p3"), 2, Err(NOW));
    // Two hours later the check is due.
    for cursor in store.contents().cursors.values_mut() {
        let Some(mut state) = PullState::parse(&cursor.position, NOW) else { continue };
        state.deletions_checked = Some(NOW.plus_millis(-7_200_000));
        cursor.position = serde_json::to_string(&state).unwrap();
    }
    let (done, _) = pull_again(&store, &["Patient"], false, fake(&all, Habits::default())).await;
    let (_, pulled) = done.unwrap();
    assert!(!store.contents().records.contains_key("Patient/p3"));
    assert_eq!(pulled.types[0].complete_as_of, Some(NOW));
    // Where the check fails, the claim stays.
    let before = NOW.plus_millis(-7_200_000);
    for cursor in store.contents().cursors.values_mut() {
        let Some(mut state) = PullState::parse(&cursor.position, NOW) else { continue };
        (state.deletions_checked, state.complete_as_of) = (Some(before), Some(before));
        cursor.position = serde_json::to_string(&state).unwrap();
        cursor.complete_as_of = Some(before);
    }
    let serve = fake(&all, Habits::default());
    store.contents().carry_all();
    let is_check = |target: &str| {
        target.contains("_summary=count") || target.contains("_elements=id") && !target.contains("_total")
    };
    let (_, pulled) =
        pull_reports(
            &store,
            &["Patient"],
            move |request| {
                if is_check(&request.target) { json(500, "") } else { serve(request) }
            },
        )
        .await;
    assert_eq!(pulled.types[0].complete_as_of, Some(before));
}

#[tokio::test]
async fn without_history_ids_are_listed_only_where_the_count_differs() {
    let (store, all) = (new_store(), many(100, FAR));
    pull_types(&store, &["Patient"], false, fake(&all, Habits::default())).await.0.unwrap();
    for (deleted, lists) in [(false, 0), (true, 1)] {
        if deleted {
            all.lock().unwrap()[3] = (String::from("p3"), 2, Err(NOW));
        }
        for cursor in store.contents().cursors.values_mut() {
            let Some(mut state) = PullState::parse(&cursor.position, NOW) else { continue };
            state.deletions_checked = Some(NOW.plus_millis(-7_200_000));
            cursor.position = serde_json::to_string(&state).unwrap();
        }
        let (done, server) = pull_again(&store, &["Patient"], false, fake(&all, Habits::default())).await;
        assert_eq!(done.unwrap().1.types[0].complete_as_of, Some(NOW), "{deleted}");
        let is_list = |r: &&Request| r.target.contains("_elements=id") && !r.target.contains("_total");
        assert_eq!(server.requests().iter().filter(is_list).count(), lists);
    }
    assert!(!store.contents().records.contains_key("Patient/p3"));
}

#[tokio::test]
async fn where_counts_differ_only_that_interval_is_listed() {
    for batches in [true, false] {
        let (store, all) = (new_store(), many(20_000, FAR));
        let habits = Habits { batches, ..Habits::default() };
        let types = ["Patient", "Flag", "Appointment"];
        pull_types(&store, &types, false, fake(&all, habits)).await.0.unwrap();
        {
            let mut rows = all.lock().unwrap();
            // One of old age is new here, one is gone, and one was restored as it was long ago.
            rows.push((String::from("moved"), 4, Ok(NOW.plus_millis(FAR + 5_000_500))));
            // Without batches only the count of all rows shows that something differs.
            if !batches {
                rows.push((String::from("moved-2"), 4, Ok(NOW.plus_millis(FAR + 5_000_600))));
            }
            rows[15_000].2 = Err(NOW.plus_millis(-50_000));
            rows[12_000].2 = Ok(NOW.plus_millis(FAR + 2_000_500));
        }
        a_day_later(&store);
        // Without history a deletion is found by comparison only.
        for cursor in store.contents().cursors.values_mut() {
            let Some(mut state) = PullState::parse(&cursor.position, NOW) else { continue };
            state.deletions_checked = Some(NOW);
            cursor.position = serde_json::to_string(&state).unwrap();
        }
        let (done, server) = pull_again(&store, &types, false, fake(&all, habits)).await;
        assert_eq!(done.unwrap().1.types[0].compared, Some(NOW));
        let records = &store.contents().records;
        assert!(records.contains_key("Patient/moved") && !records.contains_key("Patient/p15000"));
        assert!(records["Patient/p12000"].contains(&NOW.plus_millis(FAR + 2_000_500).to_string()));
        let sent = server.requests();
        let lists = sent.iter().filter(|r| r.target.contains("_elements=id") && !r.target.contains("_total")).count();
        let counts = sent.iter().filter(|r| r.target.contains("_summary=count") && r.target.contains("=lt")).count();
        assert_eq!(lists, 4, "one interval for each place that differs");
        assert!(if batches { counts == 0 } else { (16..100).contains(&counts) }, "{counts}");
    }
}
