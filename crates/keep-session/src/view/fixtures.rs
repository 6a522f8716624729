//! Small charts for tests, with invented people.

use super::access_view::AccessView;
use super::visible_record::VisibleRecord;
use keep_domain::{Phi, ResourceKey, Role, UtcMillis};
use keep_store::{Record, RecordState};

/// 22-Nov-2026 12:00 UTC.
pub(crate) const NOON: UtcMillis = UtcMillis(1_795_348_800_000);

pub(crate) fn time(text: &str) -> UtcMillis {
    UtcMillis::from_rfc3339(text).expect("a time")
}

/// A record as the store would give it, confirmed by the server.
pub(crate) fn record(text: &str) -> Record {
    let facts = keep_fhir::extract(text);
    let key = facts
        .as_ref()
        .map_or_else(|_| ResourceKey::new(keep_store::UNREADABLE, "broken-1".parse().expect("id")), |f| f.key.clone());
    Record {
        key,
        segment: facts.as_ref().map_or(keep_domain::Segment::Clinical, |f| f.segment),
        version: Some(String::from("1")),
        updated: None,
        state: RecordState::Synced,
        unreadable: facts.is_err(),
        labels: facts.map(|f| f.labels).unwrap_or_default(),
        revision: 0,
        raw: Phi::new(text.to_owned()),
    }
}

/// What someone of `role` sees of these records.
pub(crate) fn seen_by(role: Role, texts: &[&str]) -> Vec<VisibleRecord> {
    let access_view = AccessView::for_tests(role);
    texts.iter().filter_map(|t| VisibleRecord::of(record(t), &access_view)).collect()
}

/// What nurse Amara sees.
pub(crate) fn nurse_amara_sees(texts: &[&str]) -> Vec<VisibleRecord> {
    seen_by(Role::Nurse, texts)
}

/// María Fernanda González, cook, born 1961.
pub(crate) const MARIA: &str = r#"{"resourceType":"Patient","id":"maria","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}],"text":"Clinic no."},"system":"urn:chartkeep:demo:clinic-number","value":"CH-004471"}],"name":[{"use":"official","family":"González","given":["María","Fernanda"]},{"use":"nickname","given":["Mafe"]}],"telecom":[{"system":"phone","value":"+254 700 555 014","use":"mobile"}],"gender":"female","birthDate":"1961-02-03","address":[{"use":"home","city":"Kisumu","country":"KE"}],"communication":[{"language":{"coding":[{"code":"es"}],"text":"Spanish"},"preferred":true,"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired","valueBoolean":true}]}]}"#;
