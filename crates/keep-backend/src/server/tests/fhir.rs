//! The FHIR API as a client sees it.

use crate::load::load_file;
use crate::server::test_server::{TestClient, TestResponse, TestServer};
use keep_domain::Clock;
use serde_json::{Value, json};
use std::io::{Read, Write};

const MARIA: &str = r#"{"resourceType":"Patient","id":"maria-1","name":[{"family":"González","given":["María"]}],"birthDate":"1961-02-03","x":81.40}"#;

fn ids(bundle: &Value) -> Vec<String> {
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    entries.iter().map(|e| e["resource"]["id"].as_str().unwrap_or_default().to_owned()).collect()
}

fn next(bundle: &Value) -> Option<String> {
    let links = bundle["link"].as_array()?;
    links.iter().find(|l| l["relation"] == "next").and_then(|l| l["url"].as_str()).map(String::from)
}

async fn put_weights(client: &TestClient<'_>, server: &TestServer, count: i64) {
    for n in 0..count {
        let body = json!({
            "resourceType": "Observation", "id": format!("w-{n}"), "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": if n % 2 == 0 { "29463-7" } else { "8867-4" }}]},
            "subject": {"reference": format!("Patient/p-{}", n % 3)},
            "effectiveDateTime": format!("2026-01-{:02}", 28 - n),
        });
        assert_eq!(client.put(&format!("/Observation/w-{n}"), &body.to_string()).await.status, 201);
        server.advance(if n % 2 == 0 { 0 } else { 10 });
    }
}

#[tokio::test]
async fn a_resource_is_created_updated_read_and_deleted() {
    let server = TestServer::new();
    let amara = server.client("amara").await;
    let created = amara.put("/Patient/maria-1", MARIA).await;
    assert_eq!((created.status, created.header("etag")), (201, "W/\"1\""));
    assert!(created.header("location").ends_with("/fhir/Patient/maria-1/_history/1"));
    server.advance(5000);
    let again = amara.put("/Patient/maria-1", MARIA).await;
    assert_eq!((again.status, again.header("etag")), (200, "W/\"1\""));

    let changed = MARIA.replace("María", "María Fernanda");
    let stale = amara.send("PUT", "/Patient/maria-1", &[("if-match", "W/\"7\"")], changed.clone()).await;
    assert_eq!((stale.status, &stale.json()["issue"][0]["code"]), (409, &json!("conflict")));
    let second = amara.send("PUT", "/Patient/maria-1", &[("if-match", "W/\"1\"")], changed).await;
    assert_eq!((second.status, second.header("etag")), (200, "W/\"2\""));
    assert_eq!(second.json()["meta"]["lastUpdated"], server.clock.now().to_rfc3339());

    let read = amara.get("/Patient/maria-1").await;
    assert!(String::from_utf8_lossy(&read.bytes).contains(r#""x":81.40"#));
    assert_eq!(amara.send("GET", "/Patient/maria-1", &[("if-none-match", "W/\"2\"")], "").await.status, 304);
    assert_eq!(amara.get("/Patient/maria-1/_history/1").await.json()["name"][0]["given"][0], "María");

    assert_eq!(amara.send("DELETE", "/Patient/maria-1", &[], "").await.status, 200);
    assert_eq!(amara.get("/Patient/maria-1").await.status, 410);
    assert!(ids(&amara.get("/Patient?family=gonz").await.json()).is_empty());
    assert_eq!(amara.get("/Patient/unknown").await.status, 404);
    let history = amara.get("/Patient/maria-1/_history").await.json();
    let methods: Vec<&Value> =
        history["entry"].as_array().expect("entries").iter().map(|e| &e["request"]["method"]).collect();
    assert_eq!(methods, ["DELETE", "PUT", "PUT"]);
    assert_eq!(
        (&history["entry"][0]["resource"], &history["entry"][0]["response"]["lastModified"]),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn records_survive_a_restart() {
    let server = TestServer::new();
    server.client("amara").await.put("/Patient/maria-1", MARIA).await;
    server.advance(60_000);
    let server = server.restarted();
    let found = server.client("amara").await.get("/Patient?name=maria").await.json();
    assert_eq!(ids(&found), ["maria-1"]);
}

#[tokio::test]
async fn invalid_requests_get_an_operation_outcome() {
    let server = TestServer::new();
    let amara = server.client("amara").await;
    let cases = [
        ("PUT", "/Patient/x-1", "{", 400),
        ("PUT", "/Patient/x-1", r#"{"resourceType":"Observation","id":"x-1"}"#, 400),
        ("PUT", "/Patient/x-1", r#"{"resourceType":"Patient","id":"other"}"#, 400),
        ("PUT", "/Patient/123", r#"{"resourceType":"Patient","id":"123"}"#, 400),
        ("GET", "/Patient?shoe-size=44", "", 400),
        ("GET", "/Patient?_lastUpdated=soon", "", 400),
        ("GET", "/Nonsense", "", 404),
        ("PATCH", "/Patient/x-1", "[]", 405),
        ("POST", "/", r#"{"resourceType":"Patient"}"#, 400),
    ];
    for (method, path, body, status) in cases {
        let response = amara.send(method, path, &[], body).await;
        assert_eq!(response.status, status, "{method} {path}");
        assert_eq!(response.json()["resourceType"], "OperationOutcome", "{method} {path}");
    }
    let anonymous = server.send("GET", "/fhir/Patient", &[], "").await;
    assert_eq!((anonymous.status, anonymous.header("www-authenticate").is_empty()), (401, false));
    assert_eq!(server.send("GET", "/fhir/metadata", &[], "").await.json()["fhirVersion"], "4.0.1");
}

#[tokio::test]
async fn searches_support_the_parameters_that_clients_use() {
    let server = TestServer::new();
    let amara = server.client("amara").await;
    put_weights(&amara, &server, 9).await;
    let cases = [
        ("/Observation?patient=p-1", "w-1 w-4 w-7"),
        ("/Observation?subject=Patient/p-1&code=29463-7", "w-4"),
        ("/Observation?code=http://loinc.org|8867-4&patient=p-0", "w-3"),
        ("/Observation?code=http://snomed.info/sct|8867-4", ""),
        ("/Observation?date=ge2026-01-27", "w-0 w-1"),
        ("/Observation?date=lt2026-01-21&_sort=date", "w-8"),
        ("/Observation?_id=w-2,w-5,zz", "w-2 w-5"),
        ("/Observation?patient=p-2&_sort=-date", "w-2 w-5 w-8"),
        ("/Observation?patient=p-2&_sort=date", "w-8 w-5 w-2"),
        ("/Observation?status=final&_sort=-_id&_count=2", "w-8 w-7"),
        ("/Observation?_security=R", ""),
    ];
    for (path, expected) in cases {
        assert_eq!(ids(&amara.get(path).await.json()).join(" "), expected, "{path}");
    }
    assert_eq!(amara.get("/Observation?_summary=count").await.json()["total"], 9);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let posted = amara.send("POST", "/Observation/_search", &form, "patient=p-1&_count=1").await;
    assert_eq!(ids(&posted.json()), ["w-1"]);
    assert!(!next(&posted.json()).expect("next").contains("p-1"), "search criteria do not appear in URLs");
    let subset = amara.get("/Observation?_id=w-1&_elements=id,meta").await.json();
    assert_eq!(subset["entry"][0]["resource"]["meta"]["tag"][0]["code"], "SUBSETTED");
    assert_eq!(subset["entry"][0]["resource"]["code"], Value::Null);
}

#[tokio::test]
async fn pages_are_complete_and_repeatable() {
    let server = TestServer::new();
    let amara = server.client("amara").await;
    put_weights(&amara, &server, 12).await;
    for sort in ["_lastUpdated", "-_lastUpdated", "date", "-date", "_id", ""] {
        let sorted = if sort.is_empty() { String::new() } else { format!("&_sort={sort}") };
        let mut page = amara.get(&format!("/Observation?_count=5&status=final{sorted}")).await.json();
        let mut seen = ids(&page);
        while let Some(url) = next(&page) {
            let repeated = amara.get(&url).await.json();
            page = amara.get(&url).await.json();
            assert_eq!(ids(&repeated), ids(&page), "a lost page can be requested again");
            seen.extend(ids(&page));
        }
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!((all, seen.len()), (12, 12), "{sort}");
    }
    assert_eq!(amara.get("https://127.0.0.1:1/fhir?_getpages=unknown").await.status, 410);
    let start = amara.get("/Observation?_sort=_lastUpdated&_count=1").await.json();
    let timestamp = start["entry"][0]["resource"]["meta"]["lastUpdated"].as_str().expect("timestamp").to_owned();
    let equal = |prefix: &str| format!("/Observation?_lastUpdated={prefix}{timestamp}&_summary=count");
    assert_eq!(amara.get(&equal("ge")).await.json()["total"], 12);
    assert_eq!(amara.get(&equal("gt")).await.json()["total"], 10);
    assert_eq!(amara.get(&equal("le")).await.json()["total"], 2);
    assert_eq!(amara.get(&equal("lt")).await.json()["total"], 0);
}

#[tokio::test]
async fn history_is_newest_first_and_since_is_inclusive() {
    let server = TestServer::new();
    let amara = server.client("amara").await;
    put_weights(&amara, &server, 6).await;
    let since = server.clock.now().to_rfc3339();
    amara.send("DELETE", "/Observation/w-2", &[], "").await;
    let first = amara.get(&format!("/Observation/_history?_since={since}")).await.json();
    assert_eq!(first["entry"].as_array().map(Vec::len), Some(1));
    assert!(first["entry"][0]["fullUrl"].as_str().expect("url").ends_with("/Observation/w-2"));
    let mut page = amara.get("/Observation/_history?_count=3").await.json();
    let mut count = page["entry"].as_array().map_or(0, Vec::len);
    while let Some(url) = next(&page) {
        page = amara.get(&url).await.json();
        count += page["entry"].as_array().map_or(0, Vec::len);
    }
    assert_eq!(count, 7);
}

fn visit(if_match: Option<&str>) -> Value {
    json!({"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": "urn:uuid:8c4ff6e4-0000-4000-8000-000000000001",
         "resource": {"resourceType": "Encounter", "status": "in-progress", "identifier": [{"system": "urn:chartkeep", "value": "e1"}]},
         "request": {"method": "POST", "url": "Encounter", "ifNoneExist": "identifier=urn:chartkeep|e1"}},
        {"fullUrl": "urn:uuid:8c4ff6e4-0000-4000-8000-000000000002",
         "resource": {"resourceType": "Observation", "id": "bp-1", "encounter": {"reference": "urn:uuid:8c4ff6e4-0000-4000-8000-000000000001"}},
         "request": {"method": "PUT", "url": "Observation/bp-1", "ifMatch": if_match}},
    ]})
}

#[tokio::test]
async fn a_transaction_is_all_or_nothing_and_resolves_references() {
    let server = TestServer::new();
    let amara = server.client("amara").await;
    let done = amara.send("POST", "/", &[], visit(None).to_string()).await;
    assert_eq!(done.status, 200);
    let response = done.json();
    assert_eq!(
        (&response["type"], &response["entry"][1]["response"]["status"]),
        (&json!("transaction-response"), &json!("201 Created"))
    );
    let location = response["entry"][0]["response"]["location"].as_str().expect("location");
    let encounter = location.split("/_history").next().expect("reference").to_owned();
    assert_eq!(amara.get("/Observation/bp-1").await.json()["encounter"]["reference"], encounter);

    let again = amara.send("POST", "/", &[], visit(Some("W/\"1\"")).to_string()).await.json();
    assert_eq!(
        again["entry"][0]["response"]["status"], "200 OK",
        "the conditional create matched the existing encounter"
    );
    let mut stale = visit(Some("W/\"9\""));
    stale["entry"][0]["request"]["ifNoneExist"] = Value::Null;
    let rejected = amara.send("POST", "/", &[], stale.to_string()).await;
    assert_eq!((rejected.status, &rejected.json()["resourceType"]), (409, &json!("OperationOutcome")));
    assert_eq!(
        amara.get("/Encounter?_summary=count").await.json()["total"],
        1,
        "nothing of the transaction was stored"
    );

    let mut batch = visit(Some("W/\"9\""));
    batch["type"] = json!("batch");
    batch["entry"][0]["request"]["ifNoneExist"] = Value::Null;
    let mixed = amara.send("POST", "/", &[], batch.to_string()).await.json();
    assert_eq!(mixed["entry"][0]["response"]["status"], "201 Created");
    assert_eq!(mixed["entry"][1]["response"]["status"], "409 Conflict");
}

#[tokio::test]
async fn audit_events_cannot_be_changed_or_deleted() {
    let server = TestServer::new();
    let (amara, ingrid) = (server.client("amara").await, server.client("ingrid").await);
    let event = r#"{"resourceType":"AuditEvent","id":"ae-1","recorded":"2026-11-22T09:00:00Z","outcome":"0"}"#;
    assert_eq!(amara.put("/AuditEvent/ae-1", event).await.status, 201);
    server.advance(9000);
    assert_eq!(amara.put("/AuditEvent/ae-1", event).await.status, 200);
    assert_eq!(amara.put("/AuditEvent/ae-1", &event.replace("\"0\"", "\"8\"")).await.status, 409);
    assert_eq!(amara.send("DELETE", "/AuditEvent/ae-1", &[], "").await.status, 405);
    assert_eq!(amara.get("/AuditEvent/ae-1").await.status, 403);
    let stored = ingrid.get("/AuditEvent/ae-1").await.json();
    assert_eq!((&stored["outcome"], &stored["meta"]["versionId"]), (&json!("0"), &json!("1")));
}

#[tokio::test]
async fn roles_limit_access_by_resource_type() {
    let server = TestServer::new();
    let (leila, samuel) = (server.client("leila").await, server.client("samuel").await);
    assert_eq!(leila.get("/Patient").await.status, 200);
    for path in
        ["/Observation", "/Observation/x", "/Observation/_history", "/Condition?patient=p", "/DocumentReference"]
    {
        assert_eq!(leila.get(path).await.status, 403, "{path}");
    }
    assert_eq!(samuel.get("/Patient").await.status, 403);
    assert_eq!(leila.send("POST", "/", &[], visit(None).to_string()).await.status, 403);
}

#[tokio::test]
async fn gzip_is_supported_in_both_directions() {
    let server = TestServer::new();
    let amara = server.client("amara").await;
    let long = MARIA.replace("González", &"González ".repeat(200));
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(long.as_bytes()).expect("compression");
    let sent = amara
        .send("PUT", "/Patient/maria-1", &[("content-encoding", "gzip")], encoder.finish().expect("compressed"))
        .await;
    assert_eq!(sent.status, 201);
    let got = amara.send("GET", "/Patient/maria-1", &[("accept-encoding", "br, gzip")], "").await;
    assert_eq!(got.header("content-encoding"), "gzip");
    let mut text = String::new();
    flate2::read::GzDecoder::new(got.bytes.as_slice()).read_to_string(&mut text).expect("decompression");
    assert!(text.contains("González González"));
    assert_eq!(amara.send("PUT", "/Patient/m-2", &[("content-encoding", "gzip")], "not gzip").await.status, 400);
}

#[tokio::test]
async fn faults_apply_only_to_matching_requests() {
    let server = TestServer::new();
    let amara = server.client("amara").await;
    let fault = r#"{"kind":"503","times":2,"path_prefix":"/Observation","retry_after":7}"#;
    assert_eq!(server.send("POST", "/_test/fault", &[], fault).await.status, 204);
    assert_eq!(amara.get("/Patient").await.status, 200);
    let failed: TestResponse = amara.get("/Observation").await;
    assert_eq!((failed.status, failed.header("retry-after")), (503, "7"));
    assert_eq!(amara.get("/Observation").await.status, 503);
    assert_eq!(amara.get("/Observation").await.status, 200);
    server.send("POST", "/_test/fault", &[], r#"{"kind":"503"}"#).await;
    assert_eq!(
        server.send("GET", "/jwks", &[], "").await.status,
        200,
        "faults apply to sign-in only if its path is given"
    );
    assert_eq!(amara.get("/Observation").await.status, 503);
    server.send("POST", "/_test/fault", &[], r#"{"kind":"500","path_prefix":"/jwks"}"#).await;
    assert_eq!(server.send("GET", "/jwks", &[], "").await.status, 500);
    let stats = server.send("GET", "/_test/stats", &[], "").await.json();
    assert_eq!((&stats["requests"]["GET Observation"], &stats["waiting"]), (&json!(4), &json!(0)));
    assert_eq!(server.send("POST", "/_test/fault", &[], r#"{"kind":"earthquake"}"#).await.status, 400);
}

#[tokio::test]
async fn a_repeated_load_does_not_overwrite_later_changes() {
    let server = TestServer::new();
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("records.ndjson.zst");
    let text = format!("{MARIA}\nnot a resource\n{}\n", MARIA.replace("maria-1", "maria-2"));
    std::fs::write(&file, zstd::encode_all(text.as_bytes(), 3).expect("compression")).expect("writing");
    let clock = server.clock.as_ref();
    let loaded = load_file(&server.storage, &file, clock).expect("load").expect("was new");
    assert_eq!((loaded.resources, loaded.invalid), (2, 1));
    let amara = server.client("amara").await;
    amara.send("DELETE", "/Patient/maria-2", &[], "").await;
    assert_eq!(load_file(&server.storage, &file, clock).expect("load"), None);
    assert_eq!(amara.get("/Patient/maria-2").await.status, 410);
}
