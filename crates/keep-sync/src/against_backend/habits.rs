//! What servers do differently: everything arrives, and what changes afterwards arrives too.

use super::{Backend, observation, on_server, sync};
use crate::{Server, SyncError};
use keep_domain::{ResourceKey, Role, Segment, SystemClock};
use keep_store::{PullOutcome, TestClinic};
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
async fn everything_arrives_from_servers_with_other_habits() {
    let patients = (0..30).map(|n| format!(r#"{{"resourceType":"Patient","id":"bulk-{n}"}}"#));
    let results = (0..170).map(|n| observation(&format!("bulk-{n}"), n).replace("pat-1", &format!("bulk-{}", n % 30)));
    let lines: Vec<String> = patients.chain(results).collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bulk.ndjson");
    std::fs::write(&file, lines.join("\n")).unwrap();
    for switches in [
        &["--links-at", "http://10.9.9.9:8080/fhir", "--max-count", "50"][..],
        &["--without", "next-link", "--total", "given"],
        &["--total", "too-large"],
        &["--total", "absent", "--max-count", "50"],
        &["--without", "type-history", "--without", "batch"],
        &["--last-updated", "now"],
        &["--last-updated", "absent"],
        &["--version-ids", "constant"],
        &["--ignore", "_sort", "--max-count", "50"],
        &["--ignore", "_elements", "--ignore", "_summary", "--ignore", "_total", "--without", "search-by-post"],
        &["--refuse", "_sort", "--refuse", "_elements", "--refuse", "_summary", "--max-count", "50"],
        &["--refuse", "_count", "--refuse", "_total"],
        &["--type-answer", "Flag=404", "--type-answer", "Goal=500", "--type-answer", "Device=403"],
        &["--type-answer", "Flag=html", "--type-answer", "Goal=garbage", "--type-answer", "Device=huge"],
    ] {
        let Some(backend) = Backend::start_as(Some(&file), switches).await else { return };
        let (client, store, _clinic) = backend.workstation("amara", Segment::Clinical).await;
        let first = sync(&store, &client, Role::Nurse).await;
        assert_eq!((first.stopped_by.clone(), first.pulled), (None, 200), "{switches:?} {first:?}");
        let is_elsewhere = switches.contains(&"--links-at");
        assert_eq!(first.links_elsewhere.as_deref(), is_elsewhere.then_some("http://10.9.9.9:8080"));
        let failing: Vec<_> = first.types.iter().filter(|t| t.outcome != PullOutcome::Complete).collect();
        let is_short = |name| failing.iter().any(|t| t.resource_type == name && t.outcome == PullOutcome::Short);
        let expected = match switches[0] {
            "--type-answer" => 3,
            // Each type may have records that are not shown.
            "--total" if switches[1] == "too-large" => first.types.len(),
            _ => 0,
        };
        assert_eq!(failing.len(), expected, "{switches:?} {failing:?}");
        assert_eq!(is_short("Observation"), expected > 3);
        assert_eq!(first.complete_as_of.is_some(), expected == 0, "{switches:?}");
        let idle = sync(&store, &client, Role::Nurse).await;
        assert_eq!((idle.stopped_by, idle.pulled), (None, 0), "{switches:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_arrives_where_version_or_time_of_a_record_says_nothing() {
    for switches in [&["--version-ids", "constant"], &["--version-ids", "absent"], &["--last-updated", "now"]] {
        let Some(backend) = Backend::start_as(None, switches).await else { return };
        let (client, store, _clinic) = backend.workstation("amara", Segment::Clinical).await;
        assert_eq!(sync(&store, &client, Role::Nurse).await.stopped_by, None);
        let key: ResourceKey = "Observation/obs-1".parse().unwrap();
        let (before, version) = on_server(&client, "Observation/obs-1").await.unwrap();
        assert!(!before.contains("\"amended\""));
        let text = observation("obs-1", 91).replace("\"final\"", "\"amended\"");
        assert_eq!(client.update(&key, &text, version.as_deref()).await.unwrap().status, 200, "{switches:?}");
        let report = sync(&store, &client, Role::Nurse).await;
        assert_eq!((report.stopped_by.clone(), report.pulled), (None, 1), "{switches:?} {report:?}");
        let records = store.records(&[key]).unwrap().release(TestClinic::ticket(&store));
        // EXPOSE: a made-up record.
        assert!(records.iter().any(|r| r.raw.expose().contains("amended")), "{switches:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_base_says_nothing_about_sign_in_the_issuer_of_the_settings_counts() {
    let Some(backend) = Backend::start_as(None, &["--without", "smart-configuration"]).await else { return };
    let named = backend.settings();
    let unnamed = crate::ServerSettings { issuer: None, ..backend.settings() };
    let server = Server::open(unnamed, Arc::new(SystemClock)).unwrap();
    assert_eq!(server.endpoints().await.unwrap_err(), SyncError::NoSignInAddress);
    let server = Server::open(named, Arc::new(SystemClock)).unwrap();
    assert!(backend.sign_in(&server, "amara").await.is_ok());
}
