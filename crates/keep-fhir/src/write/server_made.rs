//! Records whose ids the server makes: how they are found again by ours.

use crate::compose::Composer;
use crate::{FhirError, Kind, Raw, Step, remove, set};
use keep_domain::ResourceKey;

/// Types without a list of identifiers; they carry a tag instead.
const WITHOUT_IDENTIFIERS: &[&str] =
    &["AuditEvent", "Binary", "Bundle", "Composition", "Provenance", "QuestionnaireResponse"];
/// The system of identifiers that are URIs (R4, `identifier-registry.html`).
const URI_SYSTEM: &str = "urn:ietf:rfc:3986";
/// The system of our tags.
const TAG_SYSTEM: &str = "urn:chartkeep:id";

/// A record to be created under an id of the server's.
#[derive(Debug)]
pub struct ServerMade {
    /// Its text without an id, and with ours as an identifier or a tag.
    pub raw: Raw,
    /// The search parameter that finds it.
    pub parameter: &'static str,
    /// Its value.
    pub value: String,
}

/// The text of `key` as it is created where the server makes the ids.
///
/// # Errors
/// [`FhirError`] where the text cannot be patched, which is not expected of a checked text.
pub fn server_made(raw: &Raw, key: &ResourceKey) -> Result<ServerMade, FhirError> {
    let raw = remove(raw, &[Step::Member("id")])?;
    if WITHOUT_IDENTIFIERS.contains(&key.resource_type.as_str()) {
        let tag = Composer::default().text("system", TAG_SYSTEM).text("code", key.id.as_str()).into_raw();
        let raw = append(&raw, &["meta", "tag"], &tag)?;
        return Ok(ServerMade { raw, parameter: "_tag", value: format!("{TAG_SYSTEM}|{}", key.id) });
    }
    let urn = format!("urn:chartkeep:{}", key.id);
    let identifier = Composer::default().text("system", URI_SYSTEM).text("value", &urn).into_raw();
    let raw = append(&raw, &["identifier"], &identifier)?;
    Ok(ServerMade { raw, parameter: "identifier", value: format!("{URI_SYSTEM}|{urn}") })
}

/// The same resource as the server has it, under the id of `server`.
///
/// # Errors
/// As [`server_made`].
pub fn under_server_id(made: &ServerMade, server: &ResourceKey) -> Result<Raw, FhirError> {
    crate::set_text(&made.raw, &[Step::Member("id")], server.id.as_str())
}

fn append(raw: &Raw, path: &[&'static str], item: &Raw) -> Result<Raw, FhirError> {
    let list = raw.node().at(path).filter(|node| node.kind() == Kind::Array).map(|node| node.items().count());
    let mut steps: Vec<Step<'_>> = path.iter().map(|name| Step::Member(name)).collect();
    let Some(count) = list else { return set(raw, &steps, &format!("[{}]", item.as_str())) };
    steps.push(Step::Item(count));
    set(raw, &steps, item.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str, condition: (&str, &str)) {
        let raw = Raw::parse(text).expect("a resource");
        let key = crate::extract(text).expect("facts").key;
        let made = server_made(&raw, &key).expect("made");
        assert_eq!((made.raw.as_str(), made.parameter, made.value.as_str()), (expected, condition.0, condition.1));
    }

    #[test]
    fn our_id_becomes_an_identifier_or_a_tag() {
        check(
            r#"{"resourceType":"Encounter","id":"v1","status":"planned"}"#,
            r#"{"resourceType":"Encounter","status":"planned","identifier":[{"system":"urn:ietf:rfc:3986","value":"urn:chartkeep:v1"}]}"#,
            ("identifier", "urn:ietf:rfc:3986|urn:chartkeep:v1"),
        );
        check(
            r#"{"resourceType":"Observation","id":"o1","identifier":[{"value":"7"}]}"#,
            r#"{"resourceType":"Observation","identifier":[{"value":"7"},{"system":"urn:ietf:rfc:3986","value":"urn:chartkeep:o1"}]}"#,
            ("identifier", "urn:ietf:rfc:3986|urn:chartkeep:o1"),
        );
        check(
            r#"{"resourceType":"Provenance","id":"p1","meta":{"tag":[{"code":"x"}]}}"#,
            r#"{"resourceType":"Provenance","meta":{"tag":[{"code":"x"},{"system":"urn:chartkeep:id","code":"p1"}]}}"#,
            ("_tag", "urn:chartkeep:id|p1"),
        );
        check(
            r#"{"resourceType":"Provenance","id":"p1","recorded":"2026"}"#,
            r#"{"resourceType":"Provenance","recorded":"2026","meta":{"tag":[{"system":"urn:chartkeep:id","code":"p1"}]}}"#,
            ("_tag", "urn:chartkeep:id|p1"),
        );
    }
}
