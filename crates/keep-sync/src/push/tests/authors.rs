//! Who wrote it, on a server that checks references.

use super::*;
use keep_domain::Phi;

const ISSUER: &str = "https://id.example";

fn identity() -> AuthorIdentity {
    let (system, value) = (String::from(ISSUER), String::from("sub-amara"));
    AuthorIdentity { user: amara(), system, value, name: String::from("Amara Okafor") }
}

fn visit() -> String {
    format!(
        r#"{{"resourceType":"Encounter","id":"v1","participant":[{{"individual":{{"reference":"Practitioner/{}"}}}}]}}"#,
        amara()
    )
}

/// A server that has the resources of `known` and refuses a bundle that refers to another Practitioner, as HAPI does.
/// `make` answers the PUT and the POST of a Practitioner.
fn strict(
    known: Arc<std::sync::Mutex<Vec<String>>>,
    make: impl Fn(&Request, &mut Vec<String>) -> Vec<u8> + Send + Sync + 'static,
) -> impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static {
    move |request| {
        let mut known = known.lock().unwrap();
        let path = request.target.trim_start_matches("/fhir/").to_owned();
        let body = String::from_utf8_lossy(&request.body).into_owned();
        match request.method.as_str() {
            "GET" if known.contains(&path) => {
                let id = path.rsplit('/').next().unwrap();
                json(200, &format!(r#"{{"resourceType":"Practitioner","id":"{id}","meta":{{"versionId":"1"}}}}"#))
            }
            "GET" => json(404, ""),
            _ if path.starts_with("Practitioner") => make(request, &mut known),
            _ => {
                let named = body.split("\"reference\":\"").skip(1).filter_map(|rest| rest.split('"').next());
                let missing =
                    named.filter(|n| n.starts_with("Practitioner/")).find(|n| !known.contains(&(*n).to_owned()));
                match missing {
                    None => json(200, TAKEN),
                    Some(name) => json(
                        400,
                        &format!(
                            r#"{{"resourceType":"OperationOutcome","issue":[{{"severity":"error","code":"processing","diagnostics":"HAPI-1094: Resource {name} not found"}}]}}"#
                        ),
                    ),
                }
            }
        }
    }
}

async fn push_as(
    store: &Arc<MemoryStore>,
    answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static,
) -> (u64, TestServer) {
    let (server, credentials) = signed_in(answer).await;
    let pusher = Pusher {
        client: FhirClient::open(credentials),
        store: Arc::clone(store) as Arc<dyn SyncStore>,
        waits: PushWaits::default(),
        authors: vec![identity()],
        transaction: true,
        batch: false,
        versioned_update: versioned(),
        progress: Arc::new(|_| {}),
    };
    let mut pushed = Pushed::default();
    pusher.push_all(&mut pushed).await.unwrap();
    (pushed.confirmed, server)
}

fn none() -> Arc<std::sync::Mutex<Vec<String>>> {
    Arc::default()
}

fn writes(server: &TestServer) -> Vec<(String, String)> {
    let all = server.requests();
    let writes = all.iter().filter(|r| r.method != "GET" && r.target != "/t");
    writes.map(|r| (format!("{} {}", r.method, r.target), String::from_utf8_lossy(&r.body).into_owned())).collect()
}

#[tokio::test]
async fn an_author_whom_the_server_does_not_know_is_made_before_the_first_save() {
    let store = new_store();
    store.save(5, amara(), &visit(), None);
    let known = none();
    let make = |request: &Request, known: &mut Vec<String>| {
        assert_eq!((request.method.as_str(), request.header("if-none-match")), ("PUT", Some("*")));
        known.push(request.target.trim_start_matches("/fhir/").to_owned());
        json(201, "")
    };
    let (confirmed, server) = push_as(&store, strict(Arc::clone(&known), make)).await;
    assert_eq!(confirmed, 1);
    let sent = writes(&server);
    assert!(sent[0].1.contains("sub-amara") && sent[0].1.contains(ISSUER) && sent[0].1.contains("Amara Okafor"));
    assert_eq!(sent.len(), 2);
    // The next save is one request: nothing about her is asked again.
    store.save(6, amara(), &visit().replace("v1", "v2"), None);
    let asked = server.requests().len();
    let server_again = push_as(&store, strict(known, |_, _| json(500, ""))).await.1;
    assert!(asked > 0 && writes(&server_again).len() == 1, "{:?}", writes(&server_again));
}

#[tokio::test]
async fn where_the_server_makes_the_ids_its_reference_is_used() {
    let store = new_store();
    store.save(5, amara(), &visit(), None);
    let make = |request: &Request, known: &mut Vec<String>| {
        if request.method == "PUT" {
            return json(
                400,
                r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing","diagnostics":"HAPI-0959"}]}"#,
            );
        }
        assert_eq!(request.header("if-none-exist"), Some("identifier=https%3A%2F%2Fid.example%7Csub-amara"));
        known.push(String::from("Practitioner/77"));
        json_with(201, &[("Location", "https://ehr.example/fhir/Practitioner/77/_history/1")], "")
    };
    let (confirmed, server) = push_as(&store, strict(none(), make)).await;
    assert_eq!(confirmed, 1);
    assert!(posts(&server)[0].contains(r#""reference":"Practitioner/77""#));
}

#[tokio::test]
async fn where_none_can_be_made_the_author_is_contained() {
    for status in [403, 405, 422] {
        let store = new_store();
        store.save(5, amara(), &visit(), None);
        let (confirmed, server) = push_as(&store, strict(none(), move |_, _| json(status, ""))).await;
        assert_eq!(confirmed, 1, "{status}");
        let sent = &posts(&server)[0];
        let reference =
            format!(r##""reference":"#author-{}","display":"Amara Okafor""##, amara().to_string().get(..8).unwrap());
        assert!(sent.contains(&reference) && sent.contains(r#""contained":[{"resourceType":"Practitioner""#), "{sent}");
    }
}

#[tokio::test]
async fn a_busy_server_makes_the_set_wait_and_nothing_is_contained() {
    let store = new_store();
    store.save(5, amara(), &visit(), None);
    let (confirmed, server) = push_as(&store, strict(none(), |_, _| json(503, ""))).await;
    assert_eq!((confirmed, posts(&server).len()), (0, 0));
    assert!(!store.contents().sets[&ChangeSetId(5)].entries[0].raw.expose().contains("contained"));
}

#[tokio::test]
async fn a_practitioner_that_was_pulled_is_named_instead() {
    let store = new_store();
    store.save(5, amara(), &visit(), None);
    let bo = r#"{"resourceType":"Practitioner","id":"staff-9","identifier":[{"value":"sub-amara"}]}"#;
    store.contents().records.insert(String::from("Practitioner/staff-9"), bo.to_owned());
    let known = Arc::new(std::sync::Mutex::new(vec![String::from("Practitioner/staff-9")]));
    let (confirmed, server) = push_as(&store, strict(known, |_, _| panic!("nothing is made"))).await;
    assert_eq!(confirmed, 1);
    assert!(posts(&server)[0].contains("Practitioner/staff-9"));
}

#[tokio::test]
async fn a_set_that_was_rejected_for_its_author_is_repaired_and_sent() {
    let store = new_store();
    store.save(5, amara(), &visit(), None);
    // Version 0.1 sent it as it was.
    let key = "Encounter/v1".parse().unwrap();
    let reason = Phi::new(String::from("HAPI-1094"));
    store.record_outcomes(ChangeSetId(5), &[PushOutcome::Rejected { key, reason, fields: Vec::new() }]).unwrap();
    let (confirmed, _) = push_as(&store, strict(none(), |_, _| json(403, ""))).await;
    assert_eq!(confirmed, 1);
    assert!(store.contents().sets.is_empty());
}
