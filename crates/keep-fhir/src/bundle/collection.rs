//! Collections: records for another reader, with what a server said about them.

use crate::Raw;
use crate::compose::Composer;
use keep_domain::ResourceKey;

/// What a server said about a record.
#[derive(Debug)]
pub struct Objection<'a> {
    /// The record.
    pub record: &'a ResourceKey,
    /// Verbatim.
    pub words: &'a str,
    /// The elements that it named, as FHIRPath.
    pub fields: &'a [String],
}

/// A Bundle of the type `collection`: an OperationOutcome with the objections, then the records as they are.
#[must_use]
pub fn collection_of(records: &[Raw], objections: &[Objection<'_>]) -> Raw {
    let issue = |o: &Objection<'_>| {
        Composer::default()
            .text("severity", "error")
            .text("code", "processing")
            .text("diagnostics", &format!("{}: {}", o.record, o.words))
            .texts("expression", o.fields)
    };
    let outcome =
        Composer::default().text("resourceType", "OperationOutcome").list("issue", objections.iter().map(issue));
    let outcome = (!objections.is_empty()).then(|| outcome.into_raw());
    let entries = outcome.iter().chain(records).map(|raw| Composer::default().raw("resource", raw));
    Composer::default().text("resourceType", "Bundle").text("type", "collection").list("entry", entries).into_raw()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collection_holds_the_words_and_the_records_as_they_are() {
        let record = Raw::parse(r#"{"resourceType":"Observation","id":"o1","valueQuantity":{"value":36.80}}"#).unwrap();
        let key = "Observation/o1".parse().unwrap();
        let fields = [String::from("Observation.subject")];
        let objection = Objection { record: &key, words: "HAPI-1094: \"not found\"", fields: &fields };
        let made = collection_of(std::slice::from_ref(&record), &[objection]);
        let json: serde_json::Value = serde_json::from_str(made.as_str()).unwrap();
        assert_eq!((&json["type"], json["entry"].as_array().unwrap().len()), (&"collection".into(), 2));
        let issue = &json["entry"][0]["resource"]["issue"][0];
        assert_eq!(issue["diagnostics"], "Observation/o1: HAPI-1094: \"not found\"");
        assert_eq!(issue["expression"][0], "Observation.subject");
        assert!(made.as_str().contains("36.80"), "digits as they were written");
        assert!(!collection_of(&[record], &[]).as_str().contains("OperationOutcome"));
    }
}
