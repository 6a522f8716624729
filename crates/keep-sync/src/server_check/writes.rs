//! What can only be tried by writing: a `Basic` resource, which is deleted at the end.

use super::finding::{CheckResult, Findings, ServerCheck, Writes};
use super::request::{Given, Requests};
use super::stated::Stated;
use crate::http::form_pair;
use keep_domain::ResourceId;
use reqwest::Method;
use reqwest::header::{self, HeaderName};
use serde_json::{Value, json};

const SYSTEM: &str = "urn:chartkeep:server-check";
const IF_NONE_EXIST: HeaderName = HeaderName::from_static("if-none-exist");

/// Tries the writes, or says what the server states of them.
pub(super) async fn check_writes(
    requests: &Requests<'_>,
    stated: &Stated,
    (kind, writes): (&str, Writes),
    findings: &mut Findings,
) {
    if writes == Writes::None {
        for (check, member) in [
            (ServerCheck::UpdateAsCreate, "updateCreate"),
            (ServerCheck::IfMatch, "versioning"),
            (ServerCheck::ConditionalCreate, "conditionalCreate"),
        ] {
            let said = stated.of_type(kind, member).unwrap_or_else(|| String::from("nothing"));
            findings.add(check, CheckResult::NotTried, format!("stated: {said}"));
        }
        return;
    }
    let mut made = Vec::new();
    let own = ResourceId::make_random().to_string();
    check_own_id(requests, &own, &mut made, findings).await;
    check_condition(requests, &own, &mut made, findings).await;
    if let Some(path) = made.first() {
        check_version(requests, path, findings).await;
    }
    for path in made {
        let _ = requests.write(Method::DELETE, &path, None, &Value::Null).await;
    }
}

fn basic(id: Option<&str>, value: &str, text: &str) -> Value {
    let mut basic = json!({
        "resourceType": "Basic",
        "identifier": [{"system": SYSTEM, "value": value}],
        "code": {"text": text},
    });
    if let (Some(id), Some(members)) = (id, basic.as_object_mut()) {
        members.insert(String::from("id"), id.into());
    }
    basic
}

async fn check_own_id(requests: &Requests<'_>, own: &str, made: &mut Vec<String>, findings: &mut Findings) {
    let path = format!("Basic/{own}");
    let (works, found) = match requests.write(Method::PUT, &path, None, &basic(Some(own), own, "first")).await {
        Ok(given) => (given.is_success(), given.status_text()),
        Err(error) => (false, error.to_string()),
    };
    if works {
        made.push(path);
    }
    findings.works_or_without(ServerCheck::UpdateAsCreate, works, found);
}

/// The same conditional create twice.
async fn check_condition(requests: &Requests<'_>, own: &str, made: &mut Vec<String>, findings: &mut Findings) {
    let value = format!("{own}-conditional");
    let condition = (IF_NONE_EXIST, form_pair("identifier", &format!("{SYSTEM}|{value}")));
    let mut answers = Vec::new();
    for _ in 0..2 {
        match requests.write(Method::POST, "Basic", Some(condition.clone()), &basic(None, &value, "first")).await {
            Ok(given) => {
                answers.push(given.status);
                made.extend(path_of(&given).filter(|path| !made.contains(path)));
            }
            Err(error) => {
                return findings.add(ServerCheck::ConditionalCreate, CheckResult::NotTried, error.to_string());
            }
        }
    }
    let found = answers.iter().map(|status| format!("HTTP {status}")).collect::<Vec<_>>().join(", ");
    match &answers[..] {
        [201, 200] => findings.add(ServerCheck::ConditionalCreate, CheckResult::Works, found),
        _ => findings.add(ServerCheck::ConditionalCreate, CheckResult::Without, found),
    }
}

/// `Basic/id` of what was made.
fn path_of(given: &Given) -> Option<String> {
    let location = given.location.as_deref().filter(|_| given.status == 201)?;
    let id = location.split("/_history").next()?.rsplit('/').next()?;
    Some(format!("Basic/{id}"))
}

/// An update with the current version, and another with the version before.
async fn check_version(requests: &Requests<'_>, path: &str, findings: &mut Findings) {
    let id = path.rsplit('/').next();
    let version = match requests.get(path).await {
        Ok(given) if !given.text_at("/meta/versionId").is_empty() => given.text_at("/meta/versionId").to_owned(),
        _ => return findings.add(ServerCheck::IfMatch, CheckResult::Without, "no versions"),
    };
    let condition = || Some((header::IF_MATCH, format!("W/\"{version}\"")));
    let first = requests.write(Method::PUT, path, condition(), &basic(id, "changed", "second")).await;
    let stale = requests.write(Method::PUT, path, condition(), &basic(id, "changed", "third")).await;
    match (first, stale) {
        (Ok(first), Ok(stale)) => {
            let found = format!("HTTP {}, stale: HTTP {}", first.status, stale.status);
            let works = first.is_success() && matches!(stale.status, 400 | 409 | 412);
            findings.works_or_without(ServerCheck::IfMatch, works, found);
        }
        (Err(error), _) | (_, Err(error)) => {
            findings.add(ServerCheck::IfMatch, CheckResult::NotTried, error.to_string());
        }
    }
}
