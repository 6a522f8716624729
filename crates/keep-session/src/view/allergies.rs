//! The allergy box: exactly one of five states, never blank.

use super::marks::marks;
use super::visible_record::{VisibleRecord, readable};
use super::{moment, words};
use crate::dto::chart::allergies::{
    AbsenceClassDto, AbsenceDto, AllergiesDto, AllergyDto, AllergyStateDto, BannerAllergiesDto, BannerAllergyDto,
    ReactionDto, ReactionPartsDto, SafetyDto,
};
use keep_domain::UtcMillis;
use keep_fhir::lens::{
    Absence, AbsenceClass, AllergyLens, AllergyState, Completeness, Concept, Reaction, allergy, allergy_state,
};
use std::cmp::Reverse;

/// The state of the box. `downloaded` is whether this device has had all allergies once and may open them; `visible`
/// whether the role sees them.
pub(crate) fn allergies(entries: &[VisibleRecord], downloaded: bool, visible: bool) -> AllergiesDto {
    let mut shown = AllergiesDto {
        state: AllergyStateDto::Unavailable,
        current: Vec::new(),
        statements: Vec::new(),
        past: Vec::new(),
        void: Vec::new(),
        incomplete: true,
    };
    if !visible {
        return shown;
    }
    let found = read(entries);
    let complete = completeness(entries, &found, downloaded);
    shown.incomplete = complete == Completeness::Incomplete;
    shown.state = state(allergy_state(&lenses(&found), complete));
    // INVARIANT: beside "unavailable" no recorded statement of absence is shown.
    let states_absence = shown.state != AllergyStateDto::Unavailable;
    for found in sorted(&found) {
        let list = match found.lens {
            _ if found.is_void() => &mut shown.void,
            lens if !lens.is_current() => &mut shown.past,
            lens if lens.absence.is_none() => &mut shown.current,
            _ if states_absence => &mut shown.statements,
            _ => continue,
        };
        list.push(dto(found));
    }
    shown
}

const fn state(state: AllergyState) -> AllergyStateDto {
    match state {
        AllergyState::Known => AllergyStateDto::Known,
        AllergyState::NoneKnown => AllergyStateDto::NoneKnown,
        AllergyState::PartlyNoneKnown => AllergyStateDto::PartlyNoneKnown,
        AllergyState::NotRecorded => AllergyStateDto::NotRecorded,
        AllergyState::Unavailable => AllergyStateDto::Unavailable,
    }
}

/// The same for a line of a worklist: the first allergy and the number of others.
pub(crate) fn safety(entries: &[VisibleRecord], downloaded: bool, visible: bool) -> Option<SafetyDto> {
    if !visible {
        return None;
    }
    let found = allergies(entries, downloaded, true);
    Some(match found.state {
        AllergyStateDto::Known => {
            let more = u32::try_from(found.current.len().saturating_sub(1)).unwrap_or(u32::MAX);
            let first = found.current.into_iter().next();
            let (substance, reaction) = first.map(|a| (a.substance, a.reaction)).unwrap_or_default();
            SafetyDto::Known { substance, reaction, more, incomplete: found.incomplete }
        }
        AllergyStateDto::NoneKnown => SafetyDto::NoneKnown,
        AllergyStateDto::PartlyNoneKnown => SafetyDto::PartlyNoneKnown { none: absences(&found.statements) },
        AllergyStateDto::NotRecorded => SafetyDto::NotRecorded,
        AllergyStateDto::Unavailable => SafetyDto::Unavailable,
    })
}

/// The same for the banner: every allergy, and every statement of absence.
pub(crate) fn banner(found: &AllergiesDto) -> BannerAllergiesDto {
    let short =
        |a: &AllergyDto| BannerAllergyDto { substance: a.substance.clone(), severe: a.severe, marks: a.marks.clone() };
    BannerAllergiesDto {
        state: found.state,
        list: found.current.iter().map(short).collect(),
        none: absences(&found.statements),
        incomplete: found.incomplete,
    }
}

/// What unmarked statements say; each once.
fn absences(statements: &[AllergyDto]) -> Vec<AbsenceDto> {
    let mut out: Vec<AbsenceDto> = Vec::new();
    for found in statements.iter().filter(|s| s.marks.is_empty()).filter_map(|s| s.absence.as_ref()) {
        if found.class != AbsenceClassDto::NoInformation && !out.contains(found) {
            out.push(found.clone());
        }
    }
    out
}

/// One record, read.
#[derive(Clone, Copy)]
struct Found<'e> {
    entry: &'e VisibleRecord,
    lens: &'e AllergyLens,
}

impl Found<'_> {
    fn is_void(&self) -> bool {
        self.entry.is_entered_in_error() || self.lens.is_void()
    }
}

type Read<'e> = Vec<(&'e VisibleRecord, AllergyLens)>;

fn read(entries: &[VisibleRecord]) -> Read<'_> {
    readable(entries, "AllergyIntolerance").filter_map(|(e, raw)| Some((e, allergy(raw).ok()?))).collect()
}

fn lenses(found: &Read<'_>) -> Vec<AllergyLens> {
    found.iter().filter(|(e, _)| !e.is_entered_in_error()).map(|(_, a)| a.clone()).collect()
}

/// Most severe first, then by name.
fn sorted<'e>(found: &'e Read<'_>) -> Vec<Found<'e>> {
    let mut sorted: Vec<Found<'e>> = found.iter().map(|(entry, lens)| Found { entry, lens }).collect();
    sorted.sort_by_cached_key(|f| {
        let name = words::label(f.lens.substance.as_ref()).unwrap_or_default().to_lowercase();
        let recorded: Option<UtcMillis> = words::instant(f.lens.recorded.as_ref());
        (Reverse(severity(f.lens)), name, Reverse(recorded))
    });
    sorted
}

/// INVARIANT: one allergy that cannot be read or is masked makes every statement of absence impossible.
fn completeness(entries: &[VisibleRecord], found: &Read<'_>, downloaded: bool) -> Completeness {
    let hidden =
        |e: &VisibleRecord| e.kind() == "AllergyIntolerance" && (e.masked || e.raw.is_none() || e.record.unreadable);
    let unknown = |e: &VisibleRecord| e.kind() == keep_store::UNREADABLE;
    let faulty = found.iter().any(|(e, a)| !e.is_entered_in_error() && !a.faults.is_empty());
    if downloaded && !faulty && !entries.iter().any(|e| hidden(e) || unknown(e)) {
        Completeness::Complete
    } else {
        Completeness::Incomplete
    }
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

fn dto(Found { entry, lens }: Found<'_>) -> AllergyDto {
    AllergyDto {
        id: entry.id(),
        substance: words::label(lens.substance.as_ref()),
        absence: lens.absence.as_ref().map(|found| narrated(found, lens)),
        marks: marks(entry),
        reaction: reaction(lens),
        reactions: lens.reactions.iter().map(|r| reaction_parts(r, lens.substance.as_ref())).collect(),
        severe: severity(lens) >= 3,
        criticality: lens.criticality.clone().and_then(words::some),
        kind: lens.kind.clone().and_then(words::some),
        categories: lens.categories.clone(),
        onset: lens.onset.as_ref().and_then(moment::value),
        last_occurrence: words::when(lens.last_occurrence.as_ref()),
        recorded: words::when(lens.recorded.as_ref()),
        notes: words::texts(&lens.notes),
        narrative: words::beyond(lens.narrative.as_ref(), lens.substance.as_ref()),
        record: entry.state(),
    }
}

/// A statement of absence for the page.
pub(crate) fn absence(found: &Absence) -> AbsenceDto {
    AbsenceDto { class: class(found.class), words: found.words.clone() }
}

/// The same with the words of the narrative, where those say more.
fn narrated(found: &Absence, lens: &AllergyLens) -> AbsenceDto {
    let said = absence(found);
    // EXPOSE: the words are what is shown.
    let more = lens.narrative_adds().map(|words| words.expose().clone());
    let words = words::some(words::joined(said.words.iter().chain(&more), " · "));
    AbsenceDto { words, ..said }
}

const fn class(class: AbsenceClass) -> AbsenceClassDto {
    match class {
        AbsenceClass::Any => AbsenceClassDto::Any,
        AbsenceClass::Drug => AbsenceClassDto::Drug,
        AbsenceClass::Food => AbsenceClassDto::Food,
        AbsenceClass::Environment => AbsenceClassDto::Environment,
        AbsenceClass::Latex => AbsenceClassDto::Latex,
        AbsenceClass::Insect => AbsenceClassDto::Insect,
        AbsenceClass::Animal => AbsenceClassDto::Animal,
        AbsenceClass::Substance => AbsenceClassDto::Substance,
        AbsenceClass::Other => AbsenceClassDto::Other,
        AbsenceClass::NoInformation => AbsenceClassDto::NoInformation,
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

fn reaction_parts(found: &Reaction, allergen: Option<&Concept>) -> ReactionPartsDto {
    let substance = words::label(found.substance.as_ref());
    ReactionPartsDto {
        substance: substance.filter(|name| words::label(allergen).as_ref() != Some(name)),
        manifestations: found.manifestations.iter().filter_map(|m| words::label(Some(m))).collect(),
        // EXPOSE: the words are what is shown.
        description: found.description.as_ref().and_then(|d| words::some(d.expose().trim())),
        onset: words::when(found.onset.as_ref()),
        severity: found.severity.clone().and_then(words::some),
        route: words::label(found.route.as_ref()),
        notes: words::texts(&found.notes),
    }
}

#[cfg(test)]
mod tests;
