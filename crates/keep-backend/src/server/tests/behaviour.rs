//! Each switch, as a client sees it.

use crate::behaviour::Behaviour;
use crate::server::test_server::{TestClient, TestServer};
use serde_json::{Value, json};
use std::io::Write;

/// A server with the switches of a `POST /_test/behaviour`.
fn server(switches: &Value) -> TestServer {
    TestServer::behaving(serde_json::from_value::<Behaviour>(switches.clone()).expect("switches"))
}

fn patient(id: &str) -> String {
    json!({"resourceType": "Patient", "id": id}).to_string()
}

fn pulse(id: &str, patient: &str) -> Value {
    json!({"resourceType": "Observation", "id": id, "subject": {"reference": format!("Patient/{patient}")}})
}

fn entry(method: &str, url: &str, resource: &Value) -> Value {
    json!({"fullUrl": format!("urn:uuid:{url}"), "resource": resource, "request": {"method": method, "url": url}})
}

fn bundle(kind: &str, entries: &[Value]) -> String {
    json!({"resourceType": "Bundle", "type": kind, "entry": entries}).to_string()
}

async fn post(client: &TestClient<'_>, body: String) -> (u16, Value) {
    let response = client.send("POST", "/", &[], body).await;
    (response.status, response.json())
}

async fn put_patients(client: &TestClient<'_>, count: usize) {
    for n in 0..count {
        assert_eq!(client.put(&format!("/Patient/p-{n}"), &patient(&format!("p-{n}"))).await.status, 201);
    }
}

fn diagnostics(outcome: &Value) -> &str {
    outcome["issue"][0]["diagnostics"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_write_names_only_what_is_here() {
    let server = server(&json!({}));
    let amara = server.client("amara").await;
    let refused = amara.put("/Observation/o-1", &pulse("o-1", "p-0").to_string()).await;
    assert_eq!(refused.status, 400);
    assert_eq!(
        diagnostics(&refused.json()),
        "Resource Patient/p-0 not found, specified in path: Observation.subject",
        "as HAPI says it"
    );
    assert_eq!(amara.get("/Observation/o-1").await.status, 404);
    let nested = json!({"resourceType": "Encounter", "id": "e-1",
        "participant": [{"individual": {"reference": "Practitioner/nobody"}}]});
    let refused = amara.put("/Encounter/e-1", &nested.to_string()).await.json();
    assert!(diagnostics(&refused).ends_with("path: Encounter.participant.individual"), "{refused}");

    let together = [
        entry("PUT", "Observation/o-1", &pulse("o-1", "p-0")),
        entry("PUT", "Patient/p-0", &json!({"resourceType": "Patient", "id": "p-0"})),
    ];
    assert_eq!(post(&amara, bundle("transaction", &together)).await.0, 200, "an entry may name a later one");
    let absolute = pulse("o-2", "p-0").to_string().replace("Patient/", "https://127.0.0.1:1/fhir/Patient/");
    assert_eq!(amara.put("/Observation/o-2", &absolute).await.status, 201);
    let elsewhere = pulse("o-3", "p-0").to_string().replace("Patient/", "https://other.example/Patient/");
    assert_eq!(amara.put("/Observation/o-3", &elsewhere).await.status, 400);
    let contained = json!({"resourceType": "Observation", "id": "o-4", "contained": [{"resourceType": "Practitioner", "id": "a"}],
        "performer": [{"reference": "#a"}]});
    assert_eq!(amara.put("/Observation/o-4", &contained.to_string()).await.status, 201);
}

#[tokio::test]
async fn what_is_named_is_not_deleted_and_what_is_deleted_is_not_named() {
    let server = server(&json!({}));
    let amara = server.client("amara").await;
    put_patients(&amara, 1).await;
    amara.put("/Observation/o-1", &pulse("o-1", "p-0").to_string()).await;
    assert_eq!(amara.send("DELETE", "/Patient/p-0", &[], "").await.status, 409);
    assert_eq!(amara.send("DELETE", "/Observation/o-1", &[], "").await.status, 200);
    assert_eq!(amara.send("DELETE", "/Patient/p-0", &[], "").await.status, 200);
    let refused = amara.put("/Observation/o-2", &pulse("o-2", "p-0").to_string()).await.json();
    assert!(diagnostics(&refused).contains("is deleted"), "{refused}");
}

#[tokio::test]
async fn client_ids_are_accepted_or_announced_or_refused() {
    for (switch, said, status) in
        [("accepted", Value::Null, 201), ("announced", json!(true), 201), ("refused", json!(false), 404)]
    {
        let server = server(&json!({"client-ids": switch}));
        let amara = server.client("amara").await;
        let statement = amara.get("/metadata").await.json();
        assert_eq!(statement["rest"][0]["resource"][0]["updateCreate"], said, "{switch}");
        assert_eq!(amara.put("/Patient/p-0", &patient("p-0")).await.status, status, "{switch}");
        let entry = entry("PUT", "Patient/p-1", &json!({"resourceType": "Patient", "id": "p-1"}));
        assert_eq!(post(&amara, bundle("transaction", &[entry])).await.0 == 200, status == 201, "{switch}");
        let made = amara.send("POST", "/Patient", &[], patient("ignored")).await.json();
        let id = made["id"].as_str().expect("an id");
        let changed = json!({"resourceType": "Patient", "id": id, "gender": "male"}).to_string();
        assert_eq!(amara.put(&format!("/Patient/{id}"), &changed).await.status, 200, "{switch}");
    }
}

#[tokio::test]
async fn packed_forms_are_ignored_or_refused_or_accepted() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(b"_id=p-1").expect("compression");
    let packed = packer.finish().expect("compressed");
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("content-encoding", "gzip")];
    for (switch, status, found) in [("ignored", 200, 3), ("refused", 415, 0), ("accepted", 200, 1)] {
        let server = server(&json!({"packed-forms": switch}));
        let amara = server.client("amara").await;
        put_patients(&amara, 3).await;
        let answer = amara.send("POST", "/Patient/_search", &headers, packed.clone()).await;
        let entries = answer.json()["entry"].as_array().map_or(0, Vec::len);
        assert_eq!((answer.status, entries), (status, found), "{switch}");
    }
}

#[tokio::test]
async fn total_is_given_or_absent_or_too_large() {
    for (switch, total) in [("given", json!(5)), ("absent", Value::Null), ("too-large", json!(8))] {
        let server = server(&json!({"total": switch}));
        let amara = server.client("amara").await;
        put_patients(&amara, 5).await;
        let first = amara.get("/Patient?_count=2").await.json();
        let next = first["link"][1]["url"].as_str().expect("a next link");
        assert_eq!((&first["total"], &amara.get(next).await.json()["total"]), (&total, &total), "{switch}");
        let counted = amara.get("/Patient?_summary=count").await.json()["total"].as_i64();
        assert_eq!(counted, Some(if switch == "too-large" { 8 } else { 5 }));
    }
}

#[tokio::test]
async fn versions_have_the_form_that_was_chosen() {
    for (switch, header, in_bundle) in [
        ("as-hapi", "W/\"1\"", json!("1")),
        ("weak", "W/\"1\"", json!("W/\"1\"")),
        ("strong", "\"1\"", json!("\"1\"")),
        ("bare", "1", json!("1")),
        ("none", "", Value::Null),
    ] {
        let server = server(&json!({"etags": switch}));
        let amara = server.client("amara").await;
        assert_eq!(amara.put("/Patient/p-0", &patient("p-0")).await.header("etag"), header, "{switch}");
        assert_eq!(amara.get("/Patient/p-0").await.header("etag"), header, "{switch}");
        let entry = entry("PUT", "Patient/p-1", &json!({"resourceType": "Patient", "id": "p-1"}));
        let (_, written) = post(&amara, bundle("transaction", &[entry])).await;
        assert_eq!(written["entry"][0]["response"]["etag"], in_bundle, "{switch}");
        let history = amara.get("/Patient/_history").await.json();
        assert_eq!(history["entry"][0]["response"]["etag"], in_bundle, "{switch}");
        let changed = json!({"resourceType": "Patient", "id": "p-0", "gender": "male"}).to_string();
        let stale = amara.send("PUT", "/Patient/p-0", &[("if-match", "7")], changed.clone()).await;
        assert_eq!(stale.status, 409, "{switch}");
        assert_eq!(amara.send("PUT", "/Patient/p-0", &[("if-match", "1")], changed).await.status, 200, "{switch}");
    }
}

#[tokio::test]
async fn links_begin_with_the_configured_address() {
    let server = server(&json!({"links-at": "http://10.0.0.7:8080/fhir"}));
    let amara = server.client("amara").await;
    put_patients(&amara, 3).await;
    let page = amara.get("/Patient?_count=2").await.json();
    let links = [&page["link"][0]["url"], &page["link"][1]["url"], &page["entry"][0]["fullUrl"]];
    for link in links {
        assert!(link.as_str().is_some_and(|l| l.starts_with("http://10.0.0.7:8080/fhir")), "{page}");
    }
    let statement = amara.get("/metadata").await.json();
    assert_eq!(statement["implementation"]["url"], "http://10.0.0.7:8080/fhir");
}

#[tokio::test]
async fn a_type_is_missing_or_refused_or_fails() {
    for (answer, status) in [("404", 404), ("403", 403), ("400", 400), ("500", 500), ("html", 200), ("garbage", 200)] {
        let server = server(&json!({"type-answer": [format!("Flag={answer}")]}));
        let amara = server.client("amara").await;
        let flags = amara.get("/Flag?_count=1").await;
        assert_eq!(flags.status, status, "{answer}");
        let is_bundle = serde_json::from_slice::<Value>(&flags.bytes).is_ok_and(|b| b["resourceType"] == "Bundle");
        assert!(!is_bundle, "{answer}");
        assert_eq!(amara.get("/Patient?_count=1").await.status, 200, "{answer}: the other types are answered");
        let statement = amara.get("/metadata").await.json();
        let types = statement["rest"][0]["resource"].as_array().expect("types");
        assert_eq!(types.iter().any(|t| t["type"] == "Flag"), answer != "404", "{answer}");
        let flag = entry("POST", "Flag", &json!({"resourceType": "Flag"}));
        let (status, batch) = post(&amara, bundle("batch", &[flag])).await;
        let written = batch["entry"][0]["response"]["status"].as_str().unwrap_or_default();
        assert!(status == 200 && written.starts_with(['4', '5']), "{answer}: {batch}");
    }
}

#[tokio::test]
async fn a_feature_is_absent_once_it_is_switched_off() {
    let write = || entry("PUT", "Patient/p-9", &json!({"resourceType": "Patient", "id": "p-9"}));
    for kind in ["transaction", "batch"] {
        let server = server(&json!({"without": [kind]}));
        let amara = server.client("amara").await;
        let (refused, outcome) = post(&amara, bundle(kind, &[write()])).await;
        assert_eq!((refused, &outcome["resourceType"]), (400, &json!("OperationOutcome")), "{kind}");
        let statement = amara.get("/metadata").await.json().to_string();
        assert!(!statement.contains(&format!(r#"{{"code":"{kind}"}}"#)), "{kind}");
        let other = if kind == "batch" { "transaction" } else { "batch" };
        assert_eq!(post(&amara, bundle(other, &[write()])).await.0, 200, "{other}");
    }
    let server = server(&json!({"without":
        ["conditional-create", "type-history", "search-by-post", "next-link", "smart-configuration"]}));
    let amara = server.client("amara").await;
    put_patients(&amara, 3).await;
    for _ in 0..2 {
        let made = amara.send("POST", "/Patient", &[("if-none-exist", "_id=p-0")], patient("x")).await;
        assert_eq!(made.status, 201, "the condition is ignored");
    }
    assert_eq!(amara.get("/Patient/_history").await.status, 404);
    assert_eq!(amara.get("/Patient/p-0/_history").await.status, 200);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(amara.send("POST", "/Patient/_search", &form, "_id=p-0").await.status, 405);
    let page = amara.get("/Patient?_count=2").await.json();
    assert_eq!((page["link"].as_array().map(Vec::len), &page["total"]), (Some(1), &json!(5)));
    assert_eq!(amara.get("/.well-known/smart-configuration").await.status, 404);
}

#[tokio::test]
async fn a_batch_searches_unless_switched_off() {
    let reads =
        ["Patient?_summary=count", "Patient/_history?_count=1", "Patient/p-1", "Nothing?_count=1", "Patient?_sort=x"];
    let reads: Vec<Value> = reads.iter().map(|url| json!({"request": {"method": "GET", "url": url}})).collect();
    for (switches, expected) in [
        (json!({}), ["200 OK", "200 OK", "200 OK", "404 Not Found", "400 Bad Request"]),
        (
            json!({"without": ["batch-search"]}),
            ["400 Bad Request", "400 Bad Request", "200 OK", "400 Bad Request", "400 Bad Request"],
        ),
    ] {
        let server = server(&switches);
        let amara = server.client("amara").await;
        put_patients(&amara, 3).await;
        let (status, answer) = post(&amara, bundle("batch", &reads)).await;
        let entries = answer["entry"].as_array().expect("entries");
        let found: Vec<_> = entries.iter().map(|e| e["response"]["status"].as_str().unwrap_or_default()).collect();
        assert_eq!((status, found), (200, expected.to_vec()), "{switches}");
        assert_eq!(entries[0]["resource"]["total"] == json!(3), expected[0] == "200 OK");
        assert_eq!(entries[2]["resource"]["id"], "p-1");
        assert_eq!(post(&amara, bundle("transaction", &reads[..1])).await.0, 400, "not in a transaction");
    }
    let server = server(&json!({"type-answer": ["Flag=html", "Goal=403"]}));
    let amara = server.client("amara").await;
    let flag = json!({"request": {"method": "GET", "url": "Flag?_count=1"}});
    let goal = json!({"request": {"method": "GET", "url": "Goal?_count=1"}});
    let answer = post(&amara, bundle("batch", &[flag, goal])).await.1;
    assert_eq!(answer["entry"][0]["response"]["status"], "500 Internal Server Error", "HTML is no resource");
    assert_eq!(answer["entry"][1]["response"]["status"], "403 Forbidden");
}

#[tokio::test]
async fn deletions_can_be_missing_from_a_history() {
    for (switches, deletions) in [(json!({}), 1), (json!({"without": ["deleted-history"]}), 0)] {
        let server = server(&switches);
        let amara = server.client("amara").await;
        put_patients(&amara, 2).await;
        amara.send("DELETE", "/Patient/p-0", &[], "").await;
        let history = amara.get("/Patient/_history").await.json();
        let entries = history["entry"].as_array().expect("entries");
        assert_eq!(entries.iter().filter(|e| e["request"]["method"] == "DELETE").count(), deletions);
        assert_eq!(entries.len(), 2 + deletions);
    }
}

#[tokio::test]
async fn pages_are_no_larger_than_the_largest() {
    let server = server(&json!({"max-count": 2}));
    let amara = server.client("amara").await;
    put_patients(&amara, 5).await;
    assert_eq!(amara.get("/Patient?_count=500").await.json()["entry"].as_array().map(Vec::len), Some(2));
    assert_eq!(amara.get("/Patient/_history?_count=500").await.json()["entry"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn the_switches_can_be_changed_while_it_runs() {
    let server = server(&json!({}));
    let amara = server.client("amara").await;
    put_patients(&amara, 1).await;
    let set = |body: &'static str| server.send("POST", "/_test/behaviour", &[], body);
    assert_eq!(set(r#"{"type-answer": ["Patient=403"]}"#).await.status, 204);
    assert_eq!(amara.get("/Patient").await.status, 403);
    assert_eq!(set("{}").await.status, 204);
    assert_eq!(amara.get("/Patient").await.status, 200);
    for bad in [r#"{"gravity": "off"}"#, r#"{"total": "seven"}"#, r#"{"type-answer": ["Flagg=404"]}"#, "no"] {
        assert_eq!(set(bad).await.status, 400, "{bad}");
    }
}

#[tokio::test]
async fn search_parameters_are_ignored_or_refused() {
    let server = server(&json!({"ignore": ["_sort", "_elements"], "refuse": ["_summary"]}));
    let amara = server.client("amara").await;
    for (id, wait) in [("b", 10), ("a", 10)] {
        amara.put(&format!("/Patient/{id}"), &patient(id)).await;
        server.advance(wait);
    }
    let page = amara.get("/Patient?_sort=_id&_elements=id&_count=5").await.json();
    let entries = page["entry"].as_array().expect("entries");
    let ids: Vec<&str> = entries.iter().filter_map(|e| e["resource"]["id"].as_str()).collect();
    assert_eq!((ids, &page["entry"][0]["resource"]["meta"]["tag"]), (vec!["b", "a"], &Value::Null));
    assert_eq!(
        page["link"][0]["url"], "https://127.0.0.1:1/fhir/Patient?_count=5",
        "the self link says what was honoured"
    );
    assert_eq!(amara.get("/Patient?_summary=count").await.status, 400);
}

#[tokio::test]
async fn versions_and_times_are_counted_or_constant_or_absent() {
    let cases = [
        (json!({}), json!("2"), "W/\"2\"", true),
        (json!({"version-ids": "constant"}), json!("1"), "W/\"1\"", true),
        (json!({"version-ids": "absent"}), Value::Null, "W/\"2\"", true),
        (json!({"version-ids": "absent", "etags": "none", "last-updated": "absent"}), Value::Null, "", false),
    ];
    for (switches, version, tag, has_time) in cases {
        let server = server(&switches);
        let amara = server.client("amara").await;
        amara.put("/Patient/p-0", &patient("p-0")).await;
        let changed = json!({"resourceType": "Patient", "id": "p-0", "gender": "male"}).to_string();
        let base = if version == "1" { "7" } else { "1" };
        let written = amara.send("PUT", "/Patient/p-0", &[("if-match", base)], changed).await;
        assert_eq!((written.status, written.header("etag")), (200, tag), "{switches}");
        let searched = amara.get("/Patient").await.json()["entry"][0]["resource"].clone();
        let past = amara.get("/Patient/p-0/_history").await.json()["entry"][0]["resource"].clone();
        for body in [written.json(), amara.get("/Patient/p-0").await.json(), searched, past] {
            assert_eq!((&body["meta"]["versionId"], &body["gender"]), (&version, &json!("male")), "{switches}");
            assert_eq!(body["meta"]["lastUpdated"].is_string(), has_time, "{switches}");
        }
    }
}

#[tokio::test]
async fn the_time_of_a_record_can_be_that_of_the_request() {
    let server = server(&json!({"last-updated": "now"}));
    let amara = server.client("amara").await;
    amara.put("/Patient/p-0", &patient("p-0")).await;
    let time = |bundle: Value| bundle["entry"][0]["resource"]["meta"]["lastUpdated"].clone();
    let first = time(amara.get("/Patient").await.json());
    server.advance(5000);
    assert_ne!(time(amara.get("/Patient").await.json()), first);
}

#[tokio::test]
async fn a_restored_record_is_older_than_what_came_before_it() {
    let server = server(&json!({}));
    let amara = server.client("amara").await;
    put_patients(&amara, 1).await;
    let since = "2020-05-01T08:00:00.000Z";
    let path = format!("/_test/record?updated={since}");
    assert_eq!(server.send("POST", &path, &[], patient("old")).await.status, 204);
    let found = amara.get("/Patient/old").await.json();
    assert_eq!(found["meta"]["lastUpdated"], since);
    let recent = amara.get("/Patient?_lastUpdated=ge2026-01-01").await.json();
    assert_eq!(recent["total"], 1, "a delta does not bring it");
    for bad in ["/_test/record", "/_test/record?updated=soon"] {
        assert_eq!(server.send("POST", bad, &[], patient("old")).await.status, 400, "{bad}");
    }
}

#[tokio::test]
async fn the_header_date_can_be_ahead() {
    let server = server(&json!({"date-ahead": 600}));
    let amara = server.client("amara").await;
    let ahead = httpdate::parse_http_date(amara.get("/Patient").await.header("date")).expect("a date");
    let stamp = amara.put("/Patient/p-0", &patient("p-0")).await.header("last-modified").to_owned();
    let own = httpdate::parse_http_date(&stamp).expect("a date");
    assert_eq!(ahead.duration_since(own).expect("later").as_secs(), 600);
}
