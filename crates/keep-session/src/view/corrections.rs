//! Who marked a record as entered in error, when and why: from the Provenance of the marking.

use super::access_view::AccessView;
use super::names::Names;
use super::visible_record::VisibleRecord;
use super::words;
use crate::dto::chart::correction::{CorrectableDto, CorrectionDto};
use keep_domain::ResourceKey;
use keep_fhir::lens::{self, ProvenanceLens, ProvenanceTarget};
use std::collections::BTreeMap;

/// Activities that make a record (v3-DataOperation, v3-DocumentCompletion).
const MAKING: [&str; 3] = ["CREATE", "APPEND", "LA"];
/// Activities that can be the marking (v3-DataOperation), the surest first.
const CHANGING: [&str; 4] = ["NULLIFY", "UPDATE", "DELETE", "ABORT"];

/// The markings of some records, by Type/id.
#[derive(Default)]
pub(crate) struct Corrections(BTreeMap<String, CorrectionDto>);

impl Corrections {
    /// Adds what is known of a record entered in error.
    pub(crate) fn add(&mut self, key: &ResourceKey, marking: Option<&ProvenanceLens>, names: &Names, may_undo: bool) {
        let why = |p: &ProvenanceLens| words::joined(p.reasons.iter().filter_map(|r| words::label(Some(r))), "; ");
        let correction = CorrectionDto {
            who: marking.and_then(|p| names.link(p.responsible.as_ref())),
            when: marking.and_then(|p| words::when(p.recorded.as_ref())),
            why: marking.map(why).and_then(words::some),
            may_undo,
        };
        self.0.insert(key.to_string(), correction);
    }

    /// What is known of a record entered in error; `None` for any other.
    pub(crate) fn of(&self, reference: &str) -> Option<CorrectionDto> {
        self.0.get(reference).cloned()
    }
}

/// Whether it is a Provenance of a save on a workstation: the records that it is about show what it says.
pub(crate) fn is_of_a_save(entry: &VisibleRecord) -> bool {
    let read = || lens::provenance(entry.raw.as_ref()?, None).ok();
    entry.kind() == "Provenance" && read().is_some_and(|lens| lens.by_chartkeep)
}

/// The types whose records are in the lists of a chart.
pub(crate) const LISTED: [&str; 7] = [
    "AllergyIntolerance",
    "Condition",
    "Immunization",
    "MedicationAdministration",
    "MedicationDispense",
    "MedicationRequest",
    "MedicationStatement",
];

/// The records of the lists that the user may mark as entered in error, and those that were; at most `most`.
pub(crate) fn correctable(
    entries: &[VisibleRecord],
    view: &AccessView,
    corrections: &Corrections,
    most: usize,
) -> Vec<CorrectableDto> {
    let listed = entries.iter().filter(|e| LISTED.contains(&e.kind()));
    let found = listed.filter_map(|entry| {
        let reference = entry.record.key.to_string();
        let (may_mark, corrected) = (entry.may_mark_entered_in_error(view), corrections.of(&reference));
        (may_mark || corrected.is_some()).then_some(CorrectableDto { reference, may_mark, corrected })
    });
    found.take(most).collect()
}

/// The Provenance of each marking, by record.
pub(crate) fn markings<'e>(
    marked: &[&VisibleRecord],
    provenances: impl Iterator<Item = &'e VisibleRecord>,
    base: Option<&str>,
) -> BTreeMap<ResourceKey, ProvenanceLens> {
    let mut found: BTreeMap<ResourceKey, ProvenanceLens> = BTreeMap::new();
    let readable = provenances.filter(|e| e.kind() == "Provenance" && !e.masked && !e.is_entered_in_error());
    for lens in readable.filter_map(|e| lens::provenance(e.raw.as_ref()?, base).ok()).filter(can_be_marking) {
        let of = |e: &&&VisibleRecord| lens.targets.iter().any(|target| is_about(target, e));
        for entry in marked.iter().filter(of) {
            let known = found.get(&entry.record.key);
            if known.is_none_or(|known| rank(known) <= rank(&lens)) {
                found.insert(entry.record.key.clone(), lens.clone());
            }
        }
    }
    found
}

/// Whether a Provenance can be that of a marking: of a change, or of something else that has a reason.
fn can_be_marking(lens: &ProvenanceLens) -> bool {
    let has = |codes: &[&str]| lens.activity.as_ref().is_some_and(|a| codes.iter().any(|code| a.has_code(code)));
    has(&CHANGING) || (!has(&MAKING) && !lens.reasons.is_empty())
}

/// A Provenance of another version of the record is about an earlier change.
fn is_about(target: &ProvenanceTarget, entry: &VisibleRecord) -> bool {
    target.key == entry.record.key && (target.version.is_none() || target.version == entry.record.version)
}

/// The one that says that it nullifies the record, else the latest.
fn rank(lens: &ProvenanceLens) -> (bool, Option<keep_domain::UtcMillis>) {
    let nullifies = lens.activity.as_ref().is_some_and(|a| a.has_code("NULLIFY"));
    (nullifies, words::instant(lens.recorded.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::{nurse_amara_sees, record};

    const MARKED: &str = r#"{"resourceType":"Observation","id":"o1","status":"entered-in-error","category":[{"coding":[{"code":"vital-signs"}]}],"code":{"coding":[{"code":"8867-4"}]},"subject":{"reference":"Patient/maria"},"effectiveDateTime":"2026-11-22T10:00:00Z","valueQuantity":{"value":203}}"#;

    fn provenance(id: &str, target: &str, recorded: &str, more: &str) -> String {
        format!(
            r#"{{"resourceType":"Provenance","id":"{id}","target":[{{"reference":"{target}"}}],"recorded":"{recorded}","agent":[{{"who":{{"reference":"Practitioner/{id}"}}}}]{more}}}"#
        )
    }

    fn activity(code: &str) -> String {
        format!(r#","activity":{{"coding":[{{"code":"{code}"}}]}}"#)
    }

    /// "Who, when, why" of the marked record.
    fn said(texts: &[String]) -> String {
        let texts: Vec<&str> = texts.iter().map(String::as_str).chain([MARKED]).collect();
        let entries = nurse_amara_sees(&texts);
        let marked: Vec<&VisibleRecord> = entries.iter().filter(|e| e.is_entered_in_error()).collect();
        let found = markings(&marked, entries.iter(), None);
        let staff = |id: &str| {
            record(&format!(r#"{{"resourceType":"Practitioner","id":"{id}","name":[{{"text":"Dr {id}"}}]}}"#))
        };
        let names = Names::of(&["a", "b", "c"].map(staff));
        let mut corrections = Corrections::default();
        for entry in marked {
            corrections.add(&entry.record.key, found.get(&entry.record.key), &names, false);
        }
        let of = corrections.of("Observation/o1").expect("entered in error");
        words::joined([of.who, of.when, of.why].map(Option::unwrap_or_default), ", ")
    }

    #[test]
    fn the_marking_differs_from_the_creation_and_from_other_records() {
        let at = "2026-11-22T11:00:00Z";
        let reason = r#","reason":[{"text":"Wrong patient"}]"#;
        let (made, changed) = (activity("CREATE"), activity("UPDATE") + reason);
        assert_eq!(
            said(&[provenance("a", "Observation/o1", at, &made), provenance("b", "Observation/o1", at, &changed)]),
            "Dr b, 2026-11-22T11:00:00.000Z, Wrong patient"
        );
        assert_eq!(said(&[provenance("a", "Observation/o1", at, &made)]), "");
        assert_eq!(said(&[provenance("a", "Observation/o1", at, "")]), "");
        assert_eq!(said(&[provenance("a", "Observation/o2", at, &changed)]), "");
        assert_eq!(said(&[]), "");
    }

    #[test]
    fn a_provenance_of_another_system_is_read() {
        let at = "2026-11-22";
        let coded =
            r#","reason":[{"coding":[{"code":"ERR","display":"Recorded in error"}]},{"coding":[{"code":"X1"}]}]"#;
        assert_eq!(said(&[provenance("a", "Observation/o1", at, coded)]), "Dr a, 2026-11-22, Recorded in error; X1");
        let nullified = provenance("a", "Observation/o1/_history/1", "2026-11-22T10:00:00Z", &activity("NULLIFY"));
        let later = provenance("b", "Observation/o1", "2026-11-22T11:00:00Z", &activity("UPDATE"));
        let old = provenance("c", "Observation/o1/_history/0", "2026-11-22T12:00:00Z", &activity("NULLIFY"));
        assert_eq!(said(&[nullified, later, old]), "Dr a, 2026-11-22T10:00:00.000Z");
    }
}
