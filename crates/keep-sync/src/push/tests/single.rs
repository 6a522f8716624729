//! Servers without transactions, with and without batches, and servers that make the ids themselves.

use super::*;
use std::collections::BTreeMap;

const VISIT: &str = r#"{"resourceType":"Encounter","id":"v1","status":"in-progress"}"#;
const PULSE: &str =
    r#"{"resourceType":"Observation","id":"o1","status":"final","encounter":{"reference":"Encounter/v1"}}"#;
const PROOF: &str =
    r#"{"resourceType":"Provenance","id":"p1","target":[{"reference":"Encounter/v1"},{"reference":"Observation/o1"}]}"#;

/// A server that takes single writes only and checks references.
#[derive(Default)]
struct Plain {
    records: BTreeMap<String, String>,
    /// Whether it makes the ids itself.
    makes_ids: bool,
    /// Loses the answer of so many creates.
    lost: usize,
    /// Whether it takes batches, and how often it loses the answer of one.
    batches: Option<usize>,
    /// Searches whose reply breaks off inside its entry.
    cut: usize,
}

const REFUSED: &str = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing","diagnostics":"HAPI-0287: Unable to handle this request"}]}"#;

const NOTICE: &str = r#"{"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational"}]},"search":{"mode":"outcome"}}"#;

impl Plain {
    fn answer(&mut self, request: &Request) -> Vec<u8> {
        let path = request.target.trim_start_matches("/fhir").trim_start_matches('/').to_owned();
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let (path, query) = path.split_once('?').unwrap_or((&path, ""));
        match request.method.as_str() {
            "GET" if !query.is_empty() => self.search(path, query),
            "GET" => self.records.get(path).map_or_else(|| json(404, ""), |text| json(200, text)),
            "POST" if path.is_empty() => self.batch(&body),
            "PUT" if self.makes_ids && !self.records.contains_key(path) => json(400, REFUSED),
            _ if !self.resolves(&body) => json(400, &REFUSED.replace("HAPI-0287", "HAPI-1094")),
            "PUT" => {
                self.records.insert(path.to_owned(), body.replacen('{', r#"{"meta":{"versionId":"1"},"#, 1));
                json_with(201, &[("ETag", "W/\"1\"")], "")
            }
            "POST" => self.create(path, &body),
            _ => json(405, ""),
        }
    }

    /// Takes each entry for itself; none may name another one.
    fn batch(&mut self, body: &str) -> Vec<u8> {
        let Some(lost) = self.batches.as_mut() else { return json(400, REFUSED) };
        let is_lost = *lost > 0;
        *lost = lost.saturating_sub(1);
        let bundle: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(bundle["type"], "batch");
        let entries = bundle["entry"].as_array().unwrap();
        let mut answers = Vec::new();
        for entry in entries {
            let (key, text) = (entry["request"]["url"].as_str().unwrap(), entry["resource"].to_string());
            let named =
                entries.iter().any(|e| text.contains(&format!("\"{}\"", e["request"]["url"].as_str().unwrap())));
            assert!(!named, "{text} depends on an entry of its own batch");
            if self.resolves(&text) {
                self.records.insert(key.to_owned(), text.replacen('{', r#"{"meta":{"versionId":"1"},"#, 1));
                answers.push(String::from(r#"{"response":{"status":"201 Created","etag":"W/\"1\""}}"#));
            } else {
                answers.push(format!(r#"{{"response":{{"status":"422","outcome":{REFUSED}}}}}"#));
            }
        }
        if is_lost {
            return Vec::new();
        }
        json(200, &format!(r#"{{"resourceType":"Bundle","type":"batch-response","entry":[{}]}}"#, answers.join(",")))
    }

    fn search(&mut self, kind: &str, query: &str) -> Vec<u8> {
        let id = query.rsplit("%3A").next().unwrap().rsplit("%7C").next().unwrap();
        let found = self.records.iter().filter(|(key, text)| key.starts_with(kind) && text.contains(id));
        let mut entries: Vec<String> = found.map(|(_, text)| format!(r#"{{"resource":{text}}}"#)).collect();
        let is_cut = self.cut > 0 && !entries.is_empty();
        entries.insert(0, String::from(NOTICE));
        let mut reply =
            json(200, &format!(r#"{{"resourceType":"Bundle","type":"searchset","entry":[{}]}}"#, entries.join(",")));
        if is_cut {
            self.cut -= 1;
            reply.truncate(reply.len() - 10);
        }
        reply
    }

    fn create(&mut self, kind: &str, body: &str) -> Vec<u8> {
        assert!(!body.contains(r#""id":"#), "the server makes the id: {body}");
        let key = format!("{kind}/{}", self.records.len() + 100);
        let id = key.rsplit('/').next().unwrap().to_owned();
        self.records.insert(
            key.clone(),
            body.replacen('{', &format!(r#"{{"id":"{id}","meta":{{"versionId":"1"}},"#), 1)
                .replace(r#","meta":{"tag""#, r#","x":{"tag""#),
        );
        if self.lost > 0 {
            self.lost -= 1;
            return Vec::new();
        }
        json_with(201, &[("Location", &format!("https://ehr.example/fhir/{key}/_history/1"))], "")
    }

    fn resolves(&self, body: &str) -> bool {
        let named = body.split("\"reference\":\"").skip(1).filter_map(|rest| rest.split('"').next());
        named.into_iter().all(|name| self.records.contains_key(name))
    }
}

fn visit() -> Arc<MemoryStore> {
    let store = new_store();
    // Not in the order of their references.
    store.save(5, amara(), PROOF, None);
    store.save(5, amara(), PULSE, None);
    store.save(5, amara(), VISIT, None);
    store
}

/// As [`push_to`], at a server that says that it takes batches.
async fn push_batches_to(server: &Arc<std::sync::Mutex<Plain>>, store: &Arc<MemoryStore>) -> Run {
    let server = Arc::clone(server);
    run_with(store, versioned(), (false, true), move |request| server.lock().unwrap().answer(request)).await
}

#[tokio::test]
async fn a_batch_for_each_layer_carries_what_a_server_without_transactions_takes() {
    for lost in 0..3 {
        let server = Arc::new(std::sync::Mutex::new(Plain { batches: Some(lost), ..Plain::default() }));
        let store = visit();
        let (mut confirmed, mut batches) = (0, 0);
        for _ in 0..=lost {
            let run = push_batches_to(&server, &store).await;
            confirmed += run.pushed.confirmed;
            batches += posts(&run.server).len();
        }
        assert_eq!((confirmed, server.lock().unwrap().records.len()), (3, 3), "{lost} lost answers");
        assert_eq!(batches, 3, "what arrived without an answer is asked for, and not sent again");
    }
}

#[tokio::test]
async fn an_entry_that_a_batch_rejects_is_set_aside_and_the_others_arrive() {
    let server = Arc::new(std::sync::Mutex::new(Plain { batches: Some(0), ..Plain::default() }));
    let store = visit();
    store.save(5, amara(), &PULSE.replace("o1", "bad").replace("v1", "nowhere"), None);
    store.save(5, amara(), r#"{"resourceType":"Flag","id":"f1","status":"active"}"#, None);
    let run = push_batches_to(&server, &store).await;
    assert_eq!(run.pushed.confirmed, 4);
    let rejected: Vec<String> = store
        .contents()
        .outcomes
        .iter()
        .filter_map(|(_, o)| match o {
            PushOutcome::Rejected { key, reason, .. } => Some(format!("{key}: {}", reason.expose())),
            _ => None,
        })
        .collect();
    assert_eq!(rejected, ["Observation/bad: HAPI-1094: Unable to handle this request"]);
}

async fn push_to(server: &Arc<std::sync::Mutex<Plain>>, store: &Arc<MemoryStore>) -> Run {
    let server = Arc::clone(server);
    run(store, move |request| server.lock().unwrap().answer(request)).await
}

#[tokio::test]
async fn without_transactions_a_visit_is_sent_in_the_order_of_its_references() {
    let server = Arc::new(std::sync::Mutex::new(Plain::default()));
    let store = visit();
    let run = push_to(&server, &store).await;
    assert_eq!((run.ended, run.pushed.confirmed, run.waiting), (Ok(()), 3, vec![]));
    let keys: Vec<String> = server.lock().unwrap().records.keys().cloned().collect();
    assert_eq!(keys, ["Encounter/v1", "Observation/o1", "Provenance/p1"]);
    assert_eq!(posts(&run.server).len(), 1, "it was asked once whether it takes a transaction");
}

#[tokio::test]
async fn where_the_server_makes_the_ids_everything_arrives_once_and_refers_to_them() {
    for (lost, cut) in [(0, 0), (1, 0), (2, 0), (1, 1)] {
        let server = Arc::new(std::sync::Mutex::new(Plain { makes_ids: true, lost, cut, ..Plain::default() }));
        let store = visit();
        let mut confirmed = 0;
        for _ in 0..=lost + cut {
            confirmed += push_to(&server, &store).await.pushed.confirmed;
        }
        let records = server.lock().unwrap().records.clone();
        assert_eq!((confirmed, records.len()), (3, 3), "{lost} lost and {cut} cut answers: {:?}", records.keys());
        assert!(store.contents().sets.is_empty());
        let of = |kind: &str| records.iter().find(|(key, _)| key.starts_with(kind)).unwrap();
        let (visit, pulse, proof) = (of("Encounter"), of("Observation"), of("Provenance"));
        assert!(pulse.1.contains(&format!(r#""reference":"{}""#, visit.0)), "{}", pulse.1);
        assert!(proof.1.contains(pulse.0) && proof.1.contains(visit.0) && proof.1.contains("urn:chartkeep:id"));
        assert!(visit.1.contains("urn:chartkeep:v1"));
        // What is written later and still names the visit by our id.
        store.save(9, amara(), &PULSE.replace("o1", "o2"), None);
        assert_eq!(push_to(&server, &store).await.pushed.confirmed, 1);
        assert_eq!(server.lock().unwrap().records.len(), 4);
    }
}

#[tokio::test]
async fn a_record_that_is_bad_in_any_form_is_rejected_with_the_words() {
    let server = Arc::new(std::sync::Mutex::new(Plain::default()));
    let store = new_store();
    store.save(5, amara(), &PULSE.replace("v1", "nowhere"), None);
    let run = push_to(&server, &store).await;
    assert_eq!(run.pushed.confirmed, 0);
    let contents = store.contents();
    assert!(
        matches!(&contents.outcomes[..], [(_, PushOutcome::Rejected { reason, .. })] if reason.expose().contains("HAPI-1094"))
    );
}
