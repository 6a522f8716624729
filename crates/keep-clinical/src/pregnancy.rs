//! What recorded codes say about a pregnancy.

/// LOINC: pregnancy status.
pub const PREGNANCY_STATUS: &str = "82810-3";
/// LOINC: estimated date of delivery.
pub const DELIVERY_DATE: &str = "11778-8";

/// Whether a code says that the patient is pregnant or not; `None` for any other code.
///
/// `system` is the address of the code system; a code of ICD-10 counts by its chapter.
#[must_use]
pub fn says_pregnant(system: Option<&str>, code: &str) -> Option<bool> {
    let system = system.unwrap_or_default().to_ascii_lowercase();
    let kind = if system.contains("icd-10") || system.contains("icd10") {
        "icd10"
    } else if system.contains("loinc") {
        "loinc"
    } else if system.contains("snomed") || system.contains("sct") {
        "sct"
    } else {
        return None;
    };
    let lines = include_str!("../data/pregnancy.tsv").lines().filter(|l| !l.starts_with('#'));
    let mut fields = lines.filter_map(|l| l.split_once('\t')).filter(|(of, _)| *of == kind);
    fields.find_map(|(_, rest)| {
        let (listed, says) = rest.split_once('\t')?;
        let found = if kind == "icd10" { code.to_ascii_uppercase().starts_with(listed) } else { code == listed };
        found.then_some(says == "pregnant")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_three_systems_are_read() {
        let check = |system: &str, code: &str, expected: Option<bool>| {
            assert_eq!(says_pregnant(Some(system), code), expected, "{system} {code}");
        };
        check("http://snomed.info/sct", "77386006", Some(true));
        check("http://snomed.info/sct", "60001007", Some(false));
        check("http://snomed.info/sct", "38341003", None);
        check("http://hl7.org/fhir/sid/icd-10-cm", "O24.4", Some(true));
        check("http://hl7.org/fhir/sid/icd-10", "Z34.0", Some(true));
        check("http://hl7.org/fhir/sid/icd-10", "Z30", None);
        check("http://hl7.org/fhir/sid/icd-10", "I10", None);
        check("http://loinc.org", "LA15173-0", Some(true));
        check("http://loinc.org", "LA26683-5", Some(false));
        check("http://example.org", "O24.4", None);
        assert_eq!(says_pregnant(None, "77386006"), None);
    }
}
