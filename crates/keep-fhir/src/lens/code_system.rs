//! Short names of code systems, for codes that are recorded without words.

/// The name that people use for a code system; its address where there is no other.
#[must_use]
pub fn system_name(address: &str) -> &str {
    const NAMES: [(&str, &str); 20] = [
        ("snomed.info", "SNOMED CT"),
        ("2.16.840.1.113883.6.96", "SNOMED CT"),
        ("rxnorm", "RxNorm"),
        ("2.16.840.1.113883.6.88", "RxNorm"),
        ("loinc", "LOINC"),
        ("2.16.840.1.113883.6.1", "LOINC"),
        ("icd-10", "ICD-10"),
        ("2.16.840.1.113883.6.90", "ICD-10-CM"),
        ("2.16.840.1.113883.6.3", "ICD-10"),
        ("icd-9", "ICD-9"),
        ("icd/release/11", "ICD-11"),
        ("whocc.no/atc", "ATC"),
        ("fdasis.nlm.nih.gov", "UNII"),
        ("ndfrt", "NDF-RT"),
        ("2.16.840.1.113883.6.209", "NDF-RT"),
        ("sid/ndc", "NDC"),
        ("sid/cvx", "CVX"),
        ("ama-assn.org/go/cpt", "CPT"),
        ("read-codes", "Read"),
        ("dmd.nhs.uk", "dm+d"),
    ];
    let small = address.to_ascii_lowercase();
    // An object identifier counts as a whole: one begins like another.
    let fits = |key: &str| if key.starts_with("2.16") { small.ends_with(key) } else { small.contains(key) };
    NAMES.iter().find(|(key, _)| fits(key)).map_or(address, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_system_has_the_name_that_people_use() {
        let check = |address: &str, expected: &str| assert_eq!(system_name(address), expected);
        check("http://snomed.info/sct", "SNOMED CT");
        check("urn:oid:2.16.840.1.113883.6.1", "LOINC");
        check("urn:oid:2.16.840.1.113883.6.103", "urn:oid:2.16.840.1.113883.6.103");
        check("http://hl7.org/fhir/sid/icd-10-cm", "ICD-10");
        check("http://example.org/local", "http://example.org/local");
    }
}
