//! What changes the meaning of a record and stands beside its name.

mod ordinary;
mod understood;

use super::clinic_clock::ClinicClock;
use super::visible_record::VisibleRecord;
use super::words;
use crate::dto::chart::mark::MarkDto;
use keep_fhir::lens::{self, Modifier, ModifierState, Modifiers, Reference};
use ordinary::is_ordinary;
use std::borrow::Cow;

/// The most marks of a record, and the most words of one.
const MOST_MARKS: usize = 40;
/// The longest recorded text of a mark, characters; the details of the record have all of it.
const LONGEST: usize = 1_000;

/// Types whose records are about times to come.
const PLANNING: [&str; 12] = [
    "Appointment",
    "AppointmentResponse",
    "CarePlan",
    "CommunicationRequest",
    "DeviceRequest",
    "Encounter",
    "Goal",
    "ImmunizationRecommendation",
    "RequestGroup",
    "ServiceRequest",
    "SupplyRequest",
    "Task",
];

/// The marks of a record, of any type; none of one that is masked or unreadable, which says nothing at all.
///
/// They do not depend on the time: [`in_future`] is the one that does.
pub(crate) fn marks(entry: &VisibleRecord) -> Vec<MarkDto> {
    let Some(raw) = entry.raw.as_ref().filter(|_| !entry.masked) else { return Vec::new() };
    let found = lens::modifiers(raw);
    let mut reason = found.reasons.first().map(ToString::to_string);
    let mut marks = Vec::new();
    let mut unknown = Vec::new();
    for modifier in &found.elements {
        if modifier.state == ModifierState::Unknown && !unknown.contains(&modifier.path) {
            unknown.push(modifier.path.clone());
        }
        if let Some(mark) = mark(entry.kind(), modifier, &found, &mut reason).filter(|mark| !marks.contains(mark)) {
            marks.push(mark);
        }
    }
    marks.extend(found.links.iter().map(|(code, other)| linked(code.as_deref(), other.as_ref())));
    if let Some(reason) = reason {
        // A recorded reason is never lost: what it explains is an ordinary status.
        let status = found.elements.iter().find(|m| m.path.to_ascii_lowercase().ends_with("status"));
        let code = status.map(recorded).unwrap_or_default();
        marks.push(MarkDto::Status { code, reason: Some(reason) });
    }
    marks.extend(found.focus.iter().map(|who| MarkDto::Focus { whom: name_of(who) }));
    if !unknown.is_empty() {
        marks.push(MarkDto::Unsafe { elements: unknown });
    }
    if matches!(entry.kind(), "AllergyIntolerance" | "Condition") {
        understood::understood(entry, &mut marks);
    }
    bounded(marks)
}

/// As many marks as a line can have; where there are more, the record counts as not shown safely.
fn bounded(mut marks: Vec<MarkDto>) -> Vec<MarkDto> {
    if marks.len() > MOST_MARKS {
        marks.truncate(MOST_MARKS);
        marks.push(MarkDto::Unsafe { elements: Vec::new() });
    }
    for mark in &mut marks {
        match mark {
            MarkDto::Status { code, reason } => {
                *code = words::cut(code, LONGEST);
                *reason = reason.as_deref().map(|text| words::cut(text, LONGEST));
            }
            MarkDto::Intent { code } | MarkDto::Verification { code } => *code = words::cut(code, LONGEST),
            MarkDto::Element { recorded: texts, .. } | MarkDto::Unsafe { elements: texts } => {
                texts.truncate(MOST_MARKS);
                texts.iter_mut().for_each(|text| *text = words::cut(text, LONGEST));
            }
            _ => {}
        }
    }
    marks
}

/// The mark of a record that is dated later than now, though its type records what has happened.
pub(crate) fn in_future(entry: &VisibleRecord, clinic_clock: &ClinicClock) -> Option<MarkDto> {
    let at = entry.at().filter(|_| !PLANNING.contains(&entry.kind()))?;
    // A date without a time counts from its day in UTC, which begins earlier in some zones.
    let is_future = at > clinic_clock.now && clinic_clock.elapsed(at).is_none();
    let is_later_today = at > clinic_clock.now && clinic_clock.is_today(at) && has_time(entry);
    (is_future || is_later_today).then_some(MarkDto::InFuture)
}

fn has_time(entry: &VisibleRecord) -> bool {
    // EXPOSE: only whether a time of day was recorded.
    let text = entry.facts.as_ref().and_then(|f| f.clinical_time_text.as_ref()).map(|t| t.expose().as_str());
    text.is_some_and(|t| t.contains('T'))
}

fn mark(kind: &str, modifier: &Modifier<'_>, all: &Modifiers<'_>, reason: &mut Option<String>) -> Option<MarkDto> {
    let Modifier { path, state, code, .. } = modifier;
    let code = code.as_deref().unwrap_or_default();
    match state {
        ModifierState::Missing => return Some(MarkDto::Missing { element: path.clone() }),
        ModifierState::Known if code == "entered-in-error" && !path.contains('.') => {
            return Some(MarkDto::EnteredInError);
        }
        ModifierState::Known if is_ordinary(kind, path, code) => return None,
        ModifierState::Known | ModifierState::Unknown => {}
    }
    let is_known = *state == ModifierState::Known;
    Some(match path.as_str() {
        "status" if code == "superseded" => MarkDto::Superseded { by: None, at: None },
        "status" | "lifecycleStatus" | "clinicalStatus" | "docStatus" | "participantStatus" => {
            MarkDto::Status { code: recorded(modifier), reason: reason.take() }
        }
        "intent" => MarkDto::Intent { code: recorded(modifier) },
        "verificationStatus" => MarkDto::Verification { code: recorded(modifier) },
        "doNotPerform" if is_known => MarkDto::DoNot,
        "active" if is_known => MarkDto::Inactive,
        "deceased" if is_known => MarkDto::Deceased { at: words::when(all.died.as_ref()) },
        "isSubpotent" if is_known => MarkDto::Subpotent { reason: reason.take() },
        "link" => return None,
        _ => element(modifier),
    })
}

fn element(modifier: &Modifier<'_>) -> MarkDto {
    let recorded = modifier.recorded.iter().map(Cow::to_string).collect();
    MarkDto::Element { element: modifier.path.clone(), recorded }
}

/// The code of R4's list, or else the first words that were recorded.
fn recorded(modifier: &Modifier<'_>) -> String {
    modifier.code.as_ref().or(modifier.recorded.first()).map(Cow::to_string).unwrap_or_default()
}

fn linked(code: Option<&str>, other: Option<&Reference>) -> MarkDto {
    let other = other.and_then(name_of);
    match code {
        Some("replaced-by") => MarkDto::Superseded { by: other, at: None },
        code => MarkDto::Linked { code: code.map(str::to_owned), other },
    }
}

/// The words of a reference, or else its target.
fn name_of(link: &Reference) -> Option<String> {
    // EXPOSE: the mark is part of the record that is shown.
    let display = link.display.as_ref().and_then(|d| words::some(d.expose().trim()));
    display.or_else(|| link.key.as_ref().map(ToString::to_string))
}

#[cfg(test)]
mod tests;
