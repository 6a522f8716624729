//! References between resources (R4, 2.3).

use crate::Node;
use keep_domain::{PatientId, ResourceKey};

/// Reads a literal reference. An absolute URL counts only under `base`, the URL of the server that the resource came
/// from; any other URL is a resource of another server.
pub(crate) fn parse_reference(text: &str, base: Option<&str>) -> Option<ResourceKey> {
    relative(text, base)?.parse().ok()
}

/// The same for a reference to a Patient.
pub(crate) fn parse_patient(text: &str, base: Option<&str>) -> Option<PatientId> {
    let (resource_type, id) = ResourceKey::parts(relative(text, base)?)?;
    if resource_type == "Patient" { id.parse().ok() } else { None }
}

fn relative<'t>(text: &'t str, base: Option<&str>) -> Option<&'t str> {
    if text.starts_with("http://") || text.starts_with("https://") {
        text.strip_prefix(base?.trim_end_matches('/'))?.strip_prefix('/')
    } else {
        Some(text)
    }
}

/// The patient of a text that cannot be read as a resource, even of broken JSON: the reference that follows `subject` or
/// `patient`, or else the one patient whom it mentions. A reference that does not count for a resource does not count here.
#[must_use]
pub fn mentioned_patient(text: &str, base: Option<&str>) -> Option<PatientId> {
    let (mut own, mut mentioned, mut is_own) = (None, Vec::new(), false);
    for part in text.split('"') {
        is_own |= matches!(part, "subject" | "patient");
        let Some(patient) = parse_patient(&part.replace("\\/", "/"), base) else { continue };
        if is_own && own.is_none() {
            own = Some(patient.clone());
        }
        if !mentioned.contains(&patient) {
            mentioned.push(patient);
        }
    }
    own.or_else(|| if mentioned.len() == 1 { mentioned.pop() } else { None })
}

/// The target of a `Reference` element, or of the first item of an array.
pub(crate) fn reference_of(node: Node<'_>, base: Option<&str>) -> Option<ResourceKey> {
    parse_reference(&node.at(&["reference"])?.text()?, base)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let found = parse_reference(text, Some("https://fhir.example/r4/")).map(|k| k.to_string());
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn only_references_to_the_own_server_are_read() {
        check("Patient/12", Some("Patient/12"));
        check("https://fhir.example/r4/Patient/12/_history/3", Some("Patient/12"));
        check("https://other.example/r4/Patient/12", None);
        check("https://fhir.example/r4x/Patient/12", None);
        check("#contained", None);
        check("urn:uuid:5ee05359-57bf-4cee-8e89-91382c07e162", None);
        assert_eq!(parse_reference("https://fhir.example/r4/Patient/12", None), None);
    }

    #[test]
    fn a_text_that_cannot_be_read_is_about_the_patient_whom_it_names() {
        let of = |text: &str| mentioned_patient(text, Some("https://fhir.example/r4")).map(|p| p.to_string());
        assert_eq!(
            of(r#"{"resourceType":"AllergyIntolerance","id":"a_1","patient":{"reference":"Patient/12"}"#).as_deref(),
            Some("12")
        );
        assert_eq!(of(r#"{"subject":{"reference":"https:\/\/fhir.example\/r4\/Patient\/12"}"#).as_deref(), Some("12"));
        assert_eq!(
            of(r#"{"related":"Patient/13","subject":{"reference":"Patient/12"},"x":"Patient/14""#).as_deref(),
            Some("12")
        );
        assert_eq!(of(r#"{"who":"Patient/12","again":"Patient/12"#).as_deref(), Some("12"));
        for other in [
            r#"{"a":"Patient/12","b":"Patient/13"#,
            r#"{"a":"https://other.example/Patient/12"#,
            r#"{"a":"see Patient/12"#,
            "",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
