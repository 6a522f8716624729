use super::*;
use crate::cancel::Cancel;

#[tokio::test]
async fn cancelling_ends_a_pull() {
    let store = new_store();
    let (_server, credentials) = signed_in(|_| json(200, "{}")).await;
    let cancel = Cancel::default();
    cancel.cancel();
    assert!(cancel.clone().is_cancelled());
    let waiting = cancel.race(std::future::pending::<Result<(), SyncError>>()).await;
    assert_eq!(waiting, Err(SyncError::Cancelled));
    let run = crate::run::SyncRun {
        client: FhirClient::open(credentials),
        store,
        user: keep_domain::UserId::of("https://id.example", "cy"),
        authors: Vec::new(),
        waits: crate::PushWaits::default(),
        extent: crate::SyncExtent::Full,
        roles: vec![Role::FrontDesk],
        cancel,
        progress: Arc::new(|_| {}),
    };
    assert_eq!(crate::run::run_sync(&run).await.stopped_by, Some(SyncError::Cancelled));
}

#[tokio::test]
async fn a_pulled_record_with_unsent_changes_is_merged() {
    let store = new_store();
    let theirs = r#"{"resourceType":"Patient","id":"p1","meta":{"versionId":"2","lastUpdated":"2026-11-22T08:59:00Z"},"active":true,"gender":"female"}"#;
    store.save(
        5,
        keep_domain::UserId::of("https://id.example", "cy"),
        r#"{"resourceType":"Patient","id":"p1","active":true,"birthDate":"1990-01-02"}"#,
        Some(("1", r#"{"resourceType":"Patient","id":"p1","meta":{"versionId":"1"},"active":true}"#)),
    );
    let page = format!(r#"{{"resourceType":"Bundle","type":"searchset","entry":[{{"resource":{theirs}}}]}}"#);
    pull(&store, move |_| json_with(200, &[], &page)).await.0.unwrap();
    let contents = store.contents();
    let entry = &contents.sets[&ChangeSetId(5)].entries[0];
    let text = entry.raw.expose();
    assert!(text.contains("female") && text.contains("1990-01-02"), "{text}");
    assert_eq!(entry.base_version.as_deref(), Some("2"));
}
