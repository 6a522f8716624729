//! Whether a chart says that the patient is pregnant now.

use super::judge::StatusClass;
use super::visible_record::{VisibleRecord, valid};
use super::words;
use keep_clinical::{DELIVERY_DATE, PREGNANCY_STATUS, says_pregnant};
use keep_domain::{ResourceKey, UtcMillis};
use keep_fhir::Raw;
use keep_fhir::lens::{self, Concept, ConditionLens, Measured, Moment};

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// No pregnancy is longer: 42 weeks and a week in doubt.
const LONGEST_MILLIS: i64 = 301 * DAY_MILLIS;
/// A birth may be this late.
const LATE_MILLIS: i64 = 21 * DAY_MILLIS;

/// The record of a chart that says that the patient is pregnant now.
pub(crate) fn pregnancy(entries: &[VisibleRecord], now: UtcMillis) -> Option<ResourceKey> {
    let mut latest: Option<(UtcMillis, bool, &VisibleRecord)> = None;
    let candidates = valid(entries, "Observation").filter(|(e, _)| is_status(e)).chain(valid(entries, "Condition"));
    for (entry, raw) in candidates {
        let said = entry.condition().map_or_else(|| says(raw, now), |lens| of_condition(lens, now));
        let Some(pregnant) = said else { continue };
        let at = entry.at().unwrap_or(UtcMillis(0));
        if latest.is_none_or(|(known, ..)| at >= known) {
            latest = Some((at, pregnant, entry));
        }
    }
    latest.filter(|(_, pregnant, _)| *pregnant).map(|(.., entry)| entry.record.key.clone())
}

fn is_status(entry: &VisibleRecord) -> bool {
    let code = entry.facts.as_ref().and_then(|f| f.code.as_ref());
    code.is_some_and(|c| matches!(c.code.as_str(), PREGNANCY_STATUS | DELIVERY_DATE))
}

/// What a record says about a pregnancy at `now`: a status, a problem or a date of delivery.
pub(crate) fn says(raw: &Raw, now: UtcMillis) -> Option<bool> {
    if let Ok(lens) = lens::observation(raw) {
        let counts = StatusClass::of(lens.status.as_deref()) != StatusClass::NoValue && lens.focus.is_empty();
        let code = lens.code.as_ref().filter(|_| counts)?;
        let at = words::instant(lens.effective.as_ref().or(lens.issued.as_ref()));
        return match &lens.value {
            Some(Measured::Concept(answer)) if code.has_code(PREGNANCY_STATUS) && is_recent(at, now) => {
                by_codes(answer)
            }
            Some(Measured::Date(due)) if code.has_code(DELIVERY_DATE) => {
                let due = words::instant(Some(due))?;
                (due >= now.plus_millis(-LATE_MILLIS)).then_some(true)
            }
            _ => None,
        };
    }
    of_condition(&lens::condition(raw).ok()?, now)
}

fn is_recent(at: Option<UtcMillis>, now: UtcMillis) -> bool {
    at.is_none_or(|at| at >= now.plus_millis(-LONGEST_MILLIS))
}

fn of_condition(lens: &ConditionLens, now: UtcMillis) -> Option<bool> {
    let began = match &lens.onset {
        Some(Moment::At(at)) => words::instant(Some(at)),
        _ => words::instant(lens.recorded.as_ref()),
    };
    let current = lens.is_active() && lens.abatement.is_none() && is_recent(began, now);
    by_codes(lens.code.as_ref().filter(|_| current)?).filter(|pregnant| *pregnant)
}

fn by_codes(concept: &Concept) -> Option<bool> {
    concept.codings.iter().find_map(|c| says_pregnant(c.system.as_deref(), &c.code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::{NOON, nurse_amara_sees};

    fn check(texts: &[&str], expected: Option<&str>) {
        let found = pregnancy(&nurse_amara_sees(texts), NOON).map(|key| key.id.to_string());
        assert_eq!(found.as_deref(), expected, "{texts:?}");
    }

    fn status(id: &str, at: &str, answer: &str) -> String {
        format!(
            r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"82810-3"}}]}},"subject":{{"reference":"Patient/maria"}},"effectiveDateTime":"{at}","valueCodeableConcept":{{"coding":[{{"system":"http://loinc.org","code":"{answer}"}}]}}}}"#
        )
    }

    fn due(date: &str) -> String {
        format!(
            r#"{{"resourceType":"Observation","id":"due","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"11778-8"}}]}},"subject":{{"reference":"Patient/maria"}},"effectiveDateTime":"2026-05-01","valueDateTime":"{date}"}}"#
        )
    }

    fn problem(system: &str, code: &str, more: &str) -> String {
        format!(
            r#"{{"resourceType":"Condition","id":"c","clinicalStatus":{{"coding":[{{"code":"active"}}]}},"code":{{"coding":[{{"system":"{system}","code":"{code}"}}]}},"subject":{{"reference":"Patient/maria"}},"onsetDateTime":"2026-06-01"{more}}}"#
        )
    }

    #[test]
    fn a_status_a_problem_or_a_date_of_delivery_says_so() {
        let (yes, no) = (status("yes", "2026-11-20", "LA15173-0"), status("no", "2026-11-21", "LA26683-5"));
        check(&[&yes], Some("yes"));
        check(&[&no], None);
        // The latest counts.
        check(&[&yes, &no], None);
        check(&[&no.replace("11-21", "11-19"), &yes], Some("yes"));
        check(&[&yes.replace("final", "entered-in-error")], None);
        check(&[&status("yes", "2025-11-20", "LA15173-0")], None);
        check(&[&due("2027-01-10")], Some("due"));
        check(&[&due("2026-09-10")], None);
        let sct = "http://snomed.info/sct";
        check(&[&problem(sct, "77386006", "")], Some("c"));
        check(&[&problem("http://hl7.org/fhir/sid/icd-10", "O10.0", "")], Some("c"));
        check(&[&problem(sct, "77386006", r#","abatementDateTime":"2026-08-01""#)], None);
        check(&[&problem(sct, "77386006", "").replace("active", "resolved")], None);
        check(&[&problem(sct, "77386006", "").replace("2026-06-01", "2021-06-01")], None);
        check(&[&problem(sct, "38341003", "")], None);
    }
}
