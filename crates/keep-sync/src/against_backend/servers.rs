//! The main job on servers of every kind: a visit that names its author arrives once, whatever the server lacks.

use super::{Backend, SyncReport, sync_as};
use crate::fhir_client::Search;
use crate::push::AuthorIdentity;
use crate::{FhirClient, SyncExtent};
use keep_domain::{Role, Segment};
use keep_store::{Operation, Store, TestClinic};
use std::sync::Arc;

fn amara() -> AuthorIdentity {
    let (system, value) = (String::from("https://id.example"), String::from("amara-at-the-provider"));
    AuthorIdentity { user: TestClinic::nurse_amara().user, system, value, name: String::from("Amara Okafor") }
}

/// Saves a visit with a pulse and its Provenance, not in the order of their references.
fn save_visit(store: &Arc<Store>, n: u32) {
    let author = format!("Practitioner/{}", amara().user);
    let visit = format!(
        r#"{{"resourceType":"Encounter","id":"visit-{n}","status":"in-progress","class":{{"code":"AMB"}},"subject":{{"reference":"Patient/pat-1"}},"participant":[{{"individual":{{"reference":"{author}"}}}}]}}"#
    );
    let pulse = format!(
        r#"{{"resourceType":"Observation","id":"pulse-{n}","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"8867-4"}}]}},"subject":{{"reference":"Patient/pat-1"}},"encounter":{{"reference":"Encounter/visit-{n}"}},"performer":[{{"reference":"{author}"}}],"valueQuantity":{{"value":{n},"unit":"/min"}}}}"#
    );
    let proof = format!(
        r#"{{"resourceType":"Provenance","id":"proof-{n}","target":[{{"reference":"Encounter/visit-{n}"}},{{"reference":"Observation/pulse-{n}"}}],"recorded":"2026-11-22T09:00:00Z","agent":[{{"who":{{"reference":"{author}"}}}}]}}"#
    );
    let entries = [proof, visit, pulse];
    let entries: Vec<_> = entries.iter().map(|text| (Operation::Create, None, text.as_str())).collect();
    TestClinic::save(store, &entries).unwrap();
}

async fn sync(store: &Arc<Store>, client: &FhirClient) -> SyncReport {
    sync_as(store, client, Role::Nurse, vec![amara()], SyncExtent::Full).await
}

async fn count(client: &FhirClient, kind: &str) -> u64 {
    client.search(&Search::of_type(kind).with("_summary", "count")).await.unwrap().total.unwrap()
}

async fn check(behaviour: &str) {
    let Some(backend) = Backend::start(None).await else { return };
    backend.tell("behaviour", behaviour).await;
    let (client, store, _clinic) = backend.workstation("amara", Segment::Clinical).await;
    let (visits, pulses) = (count(&client, "Encounter").await, count(&client, "Observation").await);
    assert_eq!(sync(&store, &client).await.stopped_by, None, "{behaviour}");
    let mut saved = 0;
    for fault in [None, Some("lost_answer"), Some("500"), Some("html")] {
        saved += 1;
        save_visit(&store, saved);
        if let Some(kind) = fault {
            backend.fault(&format!(r#"{{"kind":"{kind}","method":"POST"}}"#)).await;
            sync(&store, &client).await;
        }
        let calm = sync(&store, &client).await;
        let left = (calm.stopped_by.clone(), calm.pending, calm.rejected, calm.conflicts);
        assert_eq!(left, (None, 0, 0, 0), "{behaviour} {fault:?}: {calm:?}");
    }
    let expected = (visits + u64::from(saved), pulses + u64::from(saved));
    assert_eq!((count(&client, "Encounter").await, count(&client, "Observation").await), expected, "{behaviour}");
    // Here is what is there, each once.
    let again = sync(&store, &client).await;
    assert_eq!((again.pushed, again.pulled), (0, 0), "{behaviour}: {again:?}");
    let held = store.type_counts().unwrap();
    let held = |kind: &str| held.get(kind).copied().unwrap_or(0);
    assert_eq!((held("Encounter"), held("Observation")), expected, "{behaviour}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_arrives_once_where_references_are_checked() {
    check("{}").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_arrives_once_where_the_server_makes_the_ids() {
    check(r#"{"client-ids":"refused"}"#).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_arrives_once_without_transactions() {
    check(r#"{"without":["transaction","batch"]}"#).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_arrives_once_with_batches_only() {
    check(r#"{"without":["transaction"]}"#).await;
    check(r#"{"without":["transaction"],"client-ids":"refused"}"#).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_of_twenty_resources_takes_a_batch_for_each_layer() {
    let Some(backend) = Backend::start(None).await else { return };
    backend.tell("behaviour", r#"{"without":["transaction"]}"#).await;
    let (client, store, _clinic) = backend.workstation("amara", Segment::Clinical).await;
    save_visit(&store, 1);
    assert_eq!(sync(&store, &client).await.stopped_by, None);
    let visit = r#"{"resourceType":"Encounter","id":"v2","status":"in-progress","class":{"code":"AMB"},"subject":{"reference":"Patient/pat-1"}}"#;
    let of_visit = |text: String| text.replacen('{', r#"{"encounter":{"reference":"Encounter/v2"},"#, 1);
    let mut texts: Vec<String> = (0..18).map(|n| of_visit(super::observation(&format!("in-v2-{n}"), 60 + n))).collect();
    texts.push(visit.to_owned());
    texts.push(String::from(
        r#"{"resourceType":"Provenance","id":"proof-v2","target":[{"reference":"Observation/in-v2-0"}],"recorded":"2026-11-22T09:00:00Z","agent":[{"who":{"display":"Amara"}}]}"#,
    ));
    let entries: Vec<_> = texts.iter().map(|text| (Operation::Create, None, text.as_str())).collect();
    TestClinic::save(&store, &entries).unwrap();
    let before = backend.traffic().await.0;
    let report = sync_as(&store, &client, Role::Nurse, vec![amara()], SyncExtent::Push).await;
    let requests = backend.traffic().await.0 - before;
    assert_eq!((report.stopped_by, report.pushed), (None, 20));
    assert!(requests <= 6, "{requests}: one batch for each of three layers, and what every sync asks");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_arrives_once_with_neither_our_ids_nor_transactions_nor_conditional_creates() {
    check(r#"{"client-ids":"refused","without":["transaction","batch","conditional-create"]}"#).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_arrives_once_where_no_user_may_see_staff() {
    check(r#"{"type-answer":["Practitioner=403"],"etags":"none"}"#).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_arrives_once_however_the_server_writes_its_versions() {
    for etags in ["bare", "weak", "strong", "none"] {
        check(&format!(r#"{{"etags":"{etags}"}}"#)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_of_twelve_resources_costs_less_than_3_kb() {
    let Some(backend) = Backend::start(None).await else { return };
    backend.tell("behaviour", "{}").await;
    let (client, store, _clinic) = backend.workstation("amara", Segment::Clinical).await;
    save_visit(&store, 1);
    assert_eq!(sync(&store, &client).await.stopped_by, None);
    let pulses: Vec<String> = (0..12).map(|n| super::observation(&format!("measured-{n}"), 60 + n)).collect();
    let entries: Vec<_> = pulses.iter().map(|text| (Operation::Create, None, text.as_str())).collect();
    TestClinic::save(&store, &entries).unwrap();
    // EXPOSE: only its length is read; the token is not counted.
    let token = client.credentials().access_token().await.unwrap().expose().len();
    let report = sync_as(&store, &client, Role::Nurse, vec![amara()], SyncExtent::Push).await;
    let bytes = report.bytes_up + report.bytes_down - u64::try_from(token).unwrap();
    assert_eq!((report.stopped_by, report.pushed), (None, 12));
    assert!(bytes < 3_000, "{bytes}");
}
