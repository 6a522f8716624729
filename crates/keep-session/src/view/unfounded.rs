//! Values that were computed from one that was entered in error: a score, a body mass index, a filtration rate.

use super::visible_record::VisibleRecord;
use keep_domain::ResourceKey;
use keep_fhir::lens;
use std::collections::BTreeSet;

/// The Observations among these records that were computed from another of them that was entered in error.
pub(crate) fn unfounded(entries: &[VisibleRecord]) -> BTreeSet<&ResourceKey> {
    let observations = || entries.iter().filter(|e| e.kind() == "Observation");
    let wrong: BTreeSet<&ResourceKey> =
        observations().filter(|e| e.is_entered_in_error()).map(|e| &e.record.key).collect();
    // Most charts have none, and then nothing is read.
    if wrong.is_empty() {
        return BTreeSet::new();
    }
    let is_from = |raw| lens::derived_from(raw).iter().any(|key| wrong.contains(key));
    let valid = observations().filter(|e| !e.masked && !e.is_entered_in_error());
    valid.filter(|e| e.raw.as_ref().is_some_and(is_from)).map(|e| &e.record.key).collect()
}

#[cfg(test)]
mod tests {
    use super::unfounded;
    use crate::view::fixtures::nurse_amara_sees;

    fn observation(id: &str, status: &str, from: &str) -> String {
        format!(
            r#"{{"resourceType":"Observation","id":"{id}","status":"{status}","code":{{"text":"{id}"}},"subject":{{"reference":"Patient/maria"}},"derivedFrom":[{{"reference":"{from}"}}]}}"#
        )
    }

    #[test]
    fn what_was_computed_from_an_error_is_unfounded() {
        let texts = [
            observation("pulse", "entered-in-error", "Observation/none"),
            observation("score", "final", "Observation/pulse"),
            observation("versioned", "final", "Observation/pulse/_history/2"),
            observation("other", "final", "Observation/score"),
            observation("void", "entered-in-error", "Observation/pulse"),
        ];
        let entries = nurse_amara_sees(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let found: Vec<_> = unfounded(&entries).into_iter().map(|key| key.id.as_str()).collect();
        assert_eq!(found, ["score", "versioned"]);
        let (pulse, score) = (observation("pulse", "final", "x"), observation("score", "final", "Observation/pulse"));
        assert!(unfounded(&nurse_amara_sees(&[&pulse, &score])).is_empty());
    }
}
