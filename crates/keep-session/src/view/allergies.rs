//! The allergy box: exactly one of four states, never blank.

use super::visible_record::{VisibleRecord, valid};
use super::words;
use crate::dto::chart::{AllergiesDto, AllergyDto};
use keep_fhir::lens::{AllergyLens, AllergyState, Completeness, allergy, allergy_state};

/// What the box says. `downloaded` is whether this device has had all allergies once and may open them; `visible`
/// whether the role sees them.
pub(crate) fn allergies(entries: &[VisibleRecord], downloaded: bool, visible: bool) -> AllergiesDto {
    if !visible {
        return AllergiesDto::Unavailable;
    }
    let found = read(entries);
    let complete = completeness(entries, &found, downloaded);
    match allergy_state(&lenses(&found), complete) {
        AllergyState::Known => {
            AllergiesDto::Known { list: list(&found), incomplete: complete == Completeness::Incomplete }
        }
        AllergyState::NoneKnown => AllergiesDto::NoneKnown { recorded: none_recorded(&found) },
        AllergyState::NotRecorded => AllergiesDto::NotRecorded,
        AllergyState::Unavailable => AllergiesDto::Unavailable,
    }
}

/// The same in one line for a worklist, and whether it names a known allergy.
pub(crate) fn line(entries: &[VisibleRecord], downloaded: bool, visible: bool) -> (String, bool) {
    if !visible {
        return (String::new(), false);
    }
    match allergies(entries, downloaded, true) {
        AllergiesDto::Known { list, incomplete } => {
            let first = list.first().map(|a| words::joined([a.substance.as_str(), a.reaction.as_str()], ": "));
            let more = list.len().saturating_sub(1);
            let tail = if more > 0 { format!("+{more}") } else { String::new() };
            let line = words::joined([first.unwrap_or_default(), tail], " ");
            (if incomplete { format!("{line}; may be incomplete") } else { line }, true)
        }
        AllergiesDto::NoneKnown { .. } => (String::from("No known allergies"), false),
        AllergiesDto::NotRecorded => (String::from("Allergies not recorded"), false),
        AllergiesDto::Unavailable => (String::from("Allergies unavailable"), false),
    }
}

type Found<'e> = Vec<(&'e VisibleRecord, AllergyLens)>;

fn read(entries: &[VisibleRecord]) -> Found<'_> {
    valid(entries, "AllergyIntolerance").filter_map(|(e, raw)| Some((e, allergy(raw).ok()?))).collect()
}

fn lenses(found: &Found<'_>) -> Vec<AllergyLens> {
    found.iter().map(|(_, a)| a.clone()).collect()
}

/// INVARIANT: one allergy that cannot be read or is masked makes every statement of absence impossible.
fn completeness(entries: &[VisibleRecord], found: &Found<'_>, downloaded: bool) -> Completeness {
    let hidden =
        |e: &VisibleRecord| e.kind() == "AllergyIntolerance" && (e.masked || e.raw.is_none() || e.record.unreadable);
    let unknown = |e: &VisibleRecord| e.kind() == keep_store::UNREADABLE;
    let faulty = found.iter().any(|(_, a)| !a.faults.is_empty());
    if downloaded && !faulty && !entries.iter().any(|e| hidden(e) || unknown(e)) {
        Completeness::Complete
    } else {
        Completeness::Incomplete
    }
}

fn none_recorded(found: &Found<'_>) -> String {
    let stated = found.iter().filter(|(_, a)| a.is_current() && a.is_none_known());
    let latest = stated.max_by_key(|(_, a)| words::instant(a.recorded.as_ref()));
    latest.map(|(_, a)| words::when(a.recorded.as_ref())).unwrap_or_default()
}

fn severity(lens: &AllergyLens) -> u8 {
    let worst = lens.reactions.iter().map(|r| match r.severity.as_deref() {
        Some("severe") => 3,
        Some("moderate") => 2,
        Some("mild") => 1,
        _ => 0,
    });
    let high = u8::from(lens.criticality.as_deref() == Some("high")) * 4;
    worst.max().unwrap_or(0) + high
}

fn list(found: &Found<'_>) -> Vec<AllergyDto> {
    // A statement of absence beside a known allergy is contradicted by it and not shown as an allergy.
    let mut current: Vec<_> = found.iter().filter(|(_, a)| a.is_current() && !a.is_none_known()).collect();
    current.sort_by_key(|(_, a)| (std::cmp::Reverse(severity(a)), words::label(a.substance.as_ref()).to_lowercase()));
    current.into_iter().map(|(e, a)| dto(e, a)).collect()
}

fn dto(entry: &VisibleRecord, lens: &AllergyLens) -> AllergyDto {
    let substance = words::label(lens.substance.as_ref());
    let substance = if substance.is_empty() { words::UNREADABLE.to_owned() } else { substance };
    AllergyDto {
        id: entry.id(),
        substance,
        reaction: reaction(lens),
        severe: severity(lens) >= 3,
        recorded: words::when(lens.recorded.as_ref().or(lens.onset.as_ref())),
        record: entry.state(),
    }
}

/// Manifestations and worst severity: "anaphylaxis · severe".
fn reaction(lens: &AllergyLens) -> String {
    let seen: Vec<String> =
        lens.reactions.iter().flat_map(|r| &r.manifestations).map(|m| words::label(Some(m))).collect();
    let worst = lens.reactions.iter().max_by_key(|r| match r.severity.as_deref() {
        Some("severe") => 3,
        Some("moderate") => 2,
        Some("mild") => 1,
        _ => 0,
    });
    let worst = worst.and_then(|r| r.severity.clone()).unwrap_or_default();
    let high = if lens.criticality.as_deref() == Some("high") { "high risk" } else { "" };
    let how = if worst.is_empty() { high.to_owned() } else { worst };
    words::joined([words::joined(seen, ", "), how], " · ")
}

/// The allergies of a timeline row.
pub(crate) fn detail(lens: &AllergyLens) -> String {
    reaction(lens)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::nurse_amara_sees;

    const PENICILLIN: &str = r#"{"resourceType":"AllergyIntolerance","id":"a1","clinicalStatus":{"coding":[{"code":"active"}]},"verificationStatus":{"coding":[{"code":"confirmed"}]},"criticality":"high","code":{"text":"Penicillin"},"patient":{"reference":"Patient/maria"},"recordedDate":"2019","reaction":[{"manifestation":[{"text":"anaphylaxis"}],"severity":"severe"}]}"#;
    const LATEX: &str = r#"{"resourceType":"AllergyIntolerance","id":"a2","code":{"text":"Latex"},"patient":{"reference":"Patient/maria"},"reaction":[{"manifestation":[{"text":"contact dermatitis"}],"severity":"mild"}]}"#;
    const NONE: &str = r#"{"resourceType":"AllergyIntolerance","id":"a3","code":{"coding":[{"system":"http://snomed.info/sct","code":"716186003"}]},"patient":{"reference":"Patient/maria"},"recordedDate":"2026-03-11T09:20:00+03:00"}"#;
    const ENTERED_IN_ERROR: &str = r#"{"resourceType":"AllergyIntolerance","id":"a4","verificationStatus":{"coding":[{"code":"entered-in-error"}]},"code":{"text":"Egg"},"patient":{"reference":"Patient/maria"}}"#;

    fn state(texts: &[&str], downloaded: bool) -> &'static str {
        match allergies(&nurse_amara_sees(texts), downloaded, true) {
            AllergiesDto::Known { .. } => "known",
            AllergiesDto::NoneKnown { .. } => "none known",
            AllergiesDto::NotRecorded => "not recorded",
            AllergiesDto::Unavailable => "unavailable",
        }
    }

    #[test]
    fn absence_is_said_only_where_it_was_recorded_and_all_is_here() {
        assert_eq!(state(&[], true), "not recorded");
        assert_eq!(state(&[], false), "unavailable");
        assert_eq!(state(&[NONE], true), "none known");
        assert_eq!(state(&[NONE], false), "unavailable");
        assert_eq!(state(&[ENTERED_IN_ERROR], true), "not recorded");
        assert_eq!(state(&[NONE, r#"{"resourceType":"AllergyIntolerance""#], true), "unavailable");
        assert_eq!(state(&[NONE, PENICILLIN], true), "known");
        assert_eq!(state(&[PENICILLIN], false), "known");
    }

    #[test]
    fn a_known_allergy_beside_one_that_cannot_be_opened_says_so() {
        let said = |downloaded: bool| match allergies(&nurse_amara_sees(&[PENICILLIN]), downloaded, true) {
            AllergiesDto::Known { incomplete, .. } => incomplete,
            _ => panic!("known"),
        };
        assert!(said(false) && !said(true));
        let line = line(&nurse_amara_sees(&[PENICILLIN]), false, true).0;
        assert_eq!(line, "Penicillin: anaphylaxis · severe; may be incomplete");
    }

    #[test]
    fn the_worst_comes_first() {
        let AllergiesDto::Known { list, .. } = allergies(&nurse_amara_sees(&[LATEX, NONE, PENICILLIN]), true, true)
        else {
            panic!("known");
        };
        let shown: Vec<_> = list.iter().map(|a| (a.substance.as_str(), a.reaction.as_str(), a.severe)).collect();
        assert_eq!(
            shown,
            [("Penicillin", "anaphylaxis · severe", true), ("Latex", "contact dermatitis · mild", false)]
        );
        assert_eq!(list[0].recorded, "2019");
    }

    #[test]
    fn one_line_says_the_same() {
        let check = |texts: &[&str], visible: bool, expected: &str| {
            assert_eq!(line(&nurse_amara_sees(texts), true, visible).0, expected);
        };
        check(&[PENICILLIN, LATEX], true, "Penicillin: anaphylaxis · severe +1");
        check(&[NONE], true, "No known allergies");
        check(&[], true, "Allergies not recorded");
        check(&[PENICILLIN], false, "");
    }
}
