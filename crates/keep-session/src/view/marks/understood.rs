//! Statuses that are CodeableConcepts: of allergies and conditions they are understood in words and other code systems, too.

use crate::dto::chart::mark::MarkDto;
use crate::view::visible_record::VisibleRecord;
use keep_fhir::lens::{self, Status};

/// Replaces the marks of `clinicalStatus` and `verificationStatus` by those of their meaning.
pub(super) fn understood(entry: &VisibleRecord, marks: &mut Vec<MarkDto>) {
    let condition = entry.condition().map(|l| (l.clinical_status.clone(), l.verification.clone()));
    let allergy = || lens::allergy(entry.raw.as_ref()?).ok().map(|l| (l.clinical_status, l.verification));
    let Some((clinical, verification)) = condition.or_else(allergy) else { return };
    let mut unknown = Vec::new();
    marks.retain_mut(|mark| match mark {
        MarkDto::Status { .. } | MarkDto::Verification { .. } | MarkDto::EnteredInError => false,
        MarkDto::Unsafe { elements } => {
            unknown.append(elements);
            false
        }
        _ => true,
    });
    unknown.retain(|name| name != "clinicalStatus" && name != "verificationStatus");
    let is = |status: &Option<Status>, code: &str| status.as_ref().is_some_and(|s| s.is_one_of(&[code]));
    if let Some(status) = clinical.filter(|s| !s.is_one_of(&["active"])) {
        unknown.extend(status.code.is_none().then(|| String::from("clinicalStatus")));
        marks.push(MarkDto::Status { code: status.recorded, reason: None });
    }
    if is(&verification, "entered-in-error") {
        marks.push(MarkDto::EnteredInError);
    } else if let Some(status) = verification.filter(|s| !s.is_one_of(&["confirmed"])) {
        unknown.extend(status.code.is_none().then(|| String::from("verificationStatus")));
        marks.push(MarkDto::Verification { code: status.recorded });
    }
    if !unknown.is_empty() {
        marks.push(MarkDto::Unsafe { elements: unknown });
    }
}
