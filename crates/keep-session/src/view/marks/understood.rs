//! Statuses that are CodeableConcepts: of allergies and conditions they are understood in words and other code systems, too.

use crate::dto::chart::mark::MarkDto;
use keep_fhir::Raw;
use keep_fhir::lens::{self, Status};

/// Replaces the marks of `clinicalStatus` and `verificationStatus` by those of their meaning.
pub(super) fn understood(raw: &Raw, marks: &mut Vec<MarkDto>) {
    let allergy = lens::allergy(raw).ok().map(|l| (l.clinical_status, l.verification));
    let condition = || lens::condition(raw).ok().map(|l| (l.clinical_status, l.verification));
    let Some((clinical, verification)) = allergy.or_else(condition) else { return };
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
