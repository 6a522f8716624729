//! The allergy box: exactly one of four states, never blank.

use super::visible_record::{VisibleRecord, valid};
use super::words;
use crate::dto::chart::allergies::{AllergiesDto, AllergyDto, ReactionDto, SafetyDto};
use keep_fhir::lens::{AllergyLens, AllergyState, Completeness, allergy, allergy_state};

/// The state of the box. `downloaded` is whether this device has had all allergies once and may open them; `visible`
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

/// The same for a line of a worklist: the first allergy and the number of others.
pub(crate) fn safety(entries: &[VisibleRecord], downloaded: bool, visible: bool) -> Option<SafetyDto> {
    if !visible {
        return None;
    }
    Some(match allergies(entries, downloaded, true) {
        AllergiesDto::Known { list, incomplete } => {
            let more = u32::try_from(list.len().saturating_sub(1)).unwrap_or(u32::MAX);
            let first = list.into_iter().next();
            let (substance, reaction) = first.map(|a| (a.substance, a.reaction)).unwrap_or_default();
            SafetyDto::Known { substance, reaction, more, incomplete }
        }
        AllergiesDto::NoneKnown { .. } => SafetyDto::NoneKnown,
        AllergiesDto::NotRecorded => SafetyDto::NotRecorded,
        AllergiesDto::Unavailable => SafetyDto::Unavailable,
    })
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

fn none_recorded(found: &Found<'_>) -> Option<String> {
    let stated = found.iter().filter(|(_, a)| a.is_current() && a.is_none_known());
    let (_, latest) = stated.max_by_key(|(_, a)| words::instant(a.recorded.as_ref()))?;
    words::when(latest.recorded.as_ref())
}

fn rank(severity: Option<&str>) -> u8 {
    match severity {
        Some("severe") => 3,
        Some("moderate") => 2,
        Some("mild") => 1,
        _ => 0,
    }
}

fn is_high_risk(lens: &AllergyLens) -> bool {
    lens.criticality.as_deref() == Some("high")
}

fn severity(lens: &AllergyLens) -> u8 {
    let worst = lens.reactions.iter().map(|r| rank(r.severity.as_deref())).max();
    worst.unwrap_or(0) + u8::from(is_high_risk(lens)) * 4
}

fn list(found: &Found<'_>) -> Vec<AllergyDto> {
    // A statement of absence is contradicted by a known allergy and not shown as an allergy.
    let mut current: Vec<_> = found.iter().filter(|(_, a)| a.is_current() && !a.is_none_known()).collect();
    current.sort_by_key(|(_, a)| {
        (std::cmp::Reverse(severity(a)), words::label(a.substance.as_ref()).unwrap_or_default().to_lowercase())
    });
    current.into_iter().map(|(e, a)| dto(e, a)).collect()
}

fn dto(entry: &VisibleRecord, lens: &AllergyLens) -> AllergyDto {
    AllergyDto {
        id: entry.id(),
        substance: words::label(lens.substance.as_ref()),
        reaction: reaction(lens),
        severe: severity(lens) >= 3,
        recorded: words::when(lens.recorded.as_ref().or(lens.onset.as_ref())),
        record: entry.state(),
    }
}

/// Manifestations and worst severity.
pub(crate) fn reaction(lens: &AllergyLens) -> ReactionDto {
    let seen = lens.reactions.iter().flat_map(|r| &r.manifestations);
    let worst = lens.reactions.iter().max_by_key(|r| rank(r.severity.as_deref()));
    ReactionDto {
        manifestations: seen.filter_map(|m| words::label(Some(m))).collect(),
        severity: worst.and_then(|r| words::some(r.severity.clone()?)),
        high_risk: is_high_risk(lens),
    }
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
    fn absence_is_reported_only_where_it_is_recorded_and_all_records_are_here() {
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
    fn a_list_that_may_lack_an_allergy_is_marked_incomplete() {
        let said = |downloaded: bool| match allergies(&nurse_amara_sees(&[PENICILLIN]), downloaded, true) {
            AllergiesDto::Known { incomplete, .. } => incomplete,
            _ => panic!("known"),
        };
        assert!(said(false) && !said(true));
        let line = safety(&nurse_amara_sees(&[PENICILLIN]), false, true);
        assert!(matches!(line, Some(SafetyDto::Known { incomplete: true, more: 0, .. })));
    }

    #[test]
    fn the_most_severe_comes_first() {
        let AllergiesDto::Known { list, .. } = allergies(&nurse_amara_sees(&[LATEX, NONE, PENICILLIN]), true, true)
        else {
            panic!("known");
        };
        let shown: Vec<_> = list
            .iter()
            .map(|a| {
                (a.substance.as_deref(), a.reaction.manifestations.join(", "), a.reaction.severity.as_deref(), a.severe)
            })
            .collect();
        assert_eq!(
            shown,
            [
                (Some("Penicillin"), String::from("anaphylaxis"), Some("severe"), true),
                (Some("Latex"), String::from("contact dermatitis"), Some("mild"), false),
            ]
        );
        assert!(list[0].reaction.high_risk && !list[1].reaction.high_risk);
        assert_eq!(list[0].recorded.as_deref(), Some("2019"));
    }

    #[test]
    fn one_line_has_the_same_states() {
        let of = |texts: &[&str], visible: bool| safety(&nurse_amara_sees(texts), true, visible);
        let Some(SafetyDto::Known { substance, reaction, more, incomplete }) = of(&[PENICILLIN, LATEX], true) else {
            panic!("known");
        };
        assert_eq!(
            (substance.as_deref(), reaction.manifestations.join(", ").as_str()),
            (Some("Penicillin"), "anaphylaxis")
        );
        assert_eq!((reaction.severity.as_deref(), more, incomplete), (Some("severe"), 1, false));
        assert!(matches!(of(&[NONE], true), Some(SafetyDto::NoneKnown)));
        assert!(matches!(of(&[], true), Some(SafetyDto::NotRecorded)));
        assert!(of(&[PENICILLIN], false).is_none());
    }
}
