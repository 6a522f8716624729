//! The checks of a server, at a server with every gap in turn.

use super::Backend;
use crate::SignedIn;
use crate::server_check::{CheckResult, ServerCheck, Writes, check_server};
use CheckResult::{Blocks, NotTried, Without, Works};

type Results = Vec<(ServerCheck, CheckResult, String)>;

async fn results(backend: &Backend, signed_in: &SignedIn, behaviour: &str, writes: Writes) -> Results {
    backend.tell("behaviour", behaviour).await;
    let found = check_server(&backend.server(), Some(&signed_in.tokens), writes).await;
    found.into_iter().map(|f| (f.check, f.result, f.found)).collect()
}

/// Makes records to search for.
async fn measure(backend: &Backend, signed_in: &SignedIn) {
    for n in 0..3 {
        let id = format!("pulse-{n}");
        let address = format!("{}/Observation/{id}", backend.value("fhir"));
        let request = backend.browser().put(address).header("content-type", "application/fhir+json");
        // EXPOSE: a made-up person's token.
        let request = request.bearer_auth(signed_in.tokens.access.expose()).body(super::observation(&id, 60 + n));
        assert!(request.send().await.unwrap().status().is_success());
        // Two records of one millisecond have no order.
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_gap_of_a_server_is_found_and_nothing_else() {
    use ServerCheck as C;
    let Some(backend) = Backend::start(None).await else { return };
    let amara = backend.sign_in(&backend.server(), "amara").await.unwrap();
    measure(&backend, &amara).await;
    let whole = results(&backend, &amara, "{}", Writes::None).await;
    let gaps: Vec<_> = whole.iter().filter(|(_, result, _)| *result != Works).map(|(c, r, _)| (*c, *r)).collect();
    // keep-backend has no _elements.
    let untried = [C::UpdateAsCreate, C::IfMatch, C::ConditionalCreate].map(|check| (check, NotTried));
    assert_eq!(gaps, [&[(C::Elements, Without)][..], &untried[..]].concat(), "{whole:?}");
    for (behaviour, check) in [
        (r#"{"ignore":["_sort"]}"#, C::Sort),
        (r#"{"refuse":["_sort"]}"#, C::Sort),
        (r#"{"ignore":["_lastUpdated"]}"#, C::LastUpdated),
        (r#"{"ignore":["_count"]}"#, C::Count),
        (r#"{"links-at":"http://elsewhere.example/fhir"}"#, C::PageLinks),
        (r#"{"without":["transaction"]}"#, C::Transaction),
        (r#"{"without":["batch"]}"#, C::Batch),
        (r#"{"without":["type-history"]}"#, C::TypeHistory),
        (r#"{"without":["smart-configuration"]}"#, C::SignInAddress),
        (r#"{"date-ahead":600}"#, C::Clock),
        (r#"{"type-answer":["Patient=403"]}"#, C::Token),
    ] {
        let found = results(&backend, &amara, behaviour, Writes::None).await;
        let of = |c: ServerCheck| found.iter().find(|(check, ..)| *check == c).map(|(_, result, _)| *result);
        assert!(matches!(of(check), Some(Without | Blocks)), "{behaviour}: {found:?}");
    }
    backend.tell("behaviour", "{}").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_test_finds_what_the_server_takes_and_leaves_nothing() {
    use ServerCheck as C;
    let Some(backend) = Backend::start(None).await else { return };
    let amara = backend.sign_in(&backend.server(), "amara").await.unwrap();
    for (behaviour, check, expected) in [
        ("{}", C::UpdateAsCreate, Works),
        ("{}", C::IfMatch, Works),
        ("{}", C::ConditionalCreate, Works),
        (r#"{"client-ids":"refused"}"#, C::UpdateAsCreate, Without),
        (r#"{"without":["conditional-create"]}"#, C::ConditionalCreate, Without),
        (r#"{"version-ids":"absent","etags":"none"}"#, C::IfMatch, Without),
    ] {
        let found = results(&backend, &amara, behaviour, Writes::Allowed).await;
        let result = found.iter().find(|(c, ..)| *c == check).map(|(_, result, _)| *result);
        assert_eq!(result, Some(expected), "{behaviour}: {found:?}");
    }
    let left = format!("{}/Basic?_summary=count", backend.value("fhir"));
    // EXPOSE: a made-up person's token.
    let left = backend.browser().get(left).bearer_auth(amara.tokens.access.expose()).send().await.unwrap();
    let left: serde_json::Value = serde_json::from_str(&left.text().await.unwrap()).unwrap();
    assert_eq!(left["total"], 0, "{left}");
}
