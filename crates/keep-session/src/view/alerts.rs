//! Flags in force, and what must not be done.

use super::access_view::AccessView;
use super::clinic_clock::ClinicClock;
use super::marks::marks;
use super::visible_record::{VisibleRecord, valid};
use super::words;
use crate::dto::chart::alerts::{AlertCategoryDto, AlertDto, DoNotDto, DoNotKindDto};
use crate::dto::chart::mark::MarkDto;
use keep_domain::UtcMillis;
use keep_fhir::Raw;
use keep_fhir::lens::{self, Concept, ConditionLens, DoNot, DoNotLens, FlagLens, do_not, flag};
use keep_store::{Converted, Record};

/// What the banner shows besides the identification.
#[derive(Debug, Default)]
pub(crate) struct Alerts {
    /// The flags in force, by category.
    pub(crate) flags: Vec<AlertDto>,
    /// What must not be done.
    pub(crate) do_not: Vec<DoNotDto>,
    /// Whether there is an alert whose text this role does not see.
    pub(crate) hidden: bool,
}

/// The types in which a decision not to do something is recorded, besides Flag, Observation and Condition.
pub(crate) const DO_NOT_TYPES: [&str; 4] = ["ServiceRequest", "CarePlan", "Consent", "Procedure"];

/// Reads a record for the summary: one of [`DO_NOT_TYPES`] is left out where it can be read and says nothing of the kind.
pub(crate) fn read_for_summary(record: Record, access_view: &AccessView) -> Converted<VisibleRecord> {
    let Some(entry) = VisibleRecord::with_values(record, access_view) else { return Converted::LeftOut };
    let says_nothing = |raw| do_not(raw).is_ok_and(|found| found.is_empty());
    let is_of_no_use = DO_NOT_TYPES.contains(&entry.kind())
        && !entry.is_unreadable()
        && entry.record.labels.is_empty()
        && entry.raw.as_ref().is_some_and(says_nothing);
    if is_of_no_use { Converted::OfNoUse } else { Converted::To(entry) }
}

/// The alerts of a chart; `has_others` is whether the directory knows of one in force that is not among the records.
pub(crate) fn alerts(entries: &[VisibleRecord], has_others: bool, clinic_clock: &ClinicClock) -> Alerts {
    let (mut flags, mut hidden) = (Vec::new(), has_others);
    for entry in entries.iter().filter(|e| e.kind() == "Flag" && is_set(e)) {
        let lens = entry.raw.as_ref().and_then(|raw| flag(raw).ok());
        let period = lens.as_ref().and_then(|lens| lens.period.as_ref());
        if !period.is_none_or(|p| clinic_clock.is_within(p)) {
            continue;
        }
        let Some(lens) = lens.filter(|_| !entry.masked) else {
            hidden = true;
            continue;
        };
        if !lens.code.as_ref().is_some_and(lens::is_not_for_resuscitation) {
            flags.push(alert(entry, &lens));
        }
    }
    flags.sort_by(|a: &AlertDto, b| (a.category, &a.text).cmp(&(b.category, &b.text)));
    Alerts { flags, do_not: prohibitions(entries, clinic_clock), hidden }
}

/// Whether a Flag counts, whatever its period.
fn is_set(entry: &VisibleRecord) -> bool {
    let status = entry.facts.as_ref().and_then(|f| f.status.as_deref());
    !entry.is_entered_in_error() && status != Some("inactive")
}

fn alert(entry: &VisibleRecord, lens: &FlagLens) -> AlertDto {
    let categories = lens.categories.iter().map(category);
    AlertDto {
        text: words::label(lens.code.as_ref()),
        category: categories.min().unwrap_or(AlertCategoryDto::Other),
        categories: lens.categories.iter().filter_map(|c| words::label(Some(c))).collect(),
        until: words::when(lens.period.as_ref().and_then(|p| p.end.as_ref())),
        marks: marks(entry),
    }
}

/// The category that a code or its words name.
fn category(concept: &Concept) -> AlertCategoryDto {
    use AlertCategoryDto as C;
    let words = concept.codings.iter().flat_map(|c| [Some(c.code.as_str()), c.display.as_deref()]);
    let named = words.chain([concept.text.as_deref()]).flatten().filter_map(|word| {
        Some(match word.trim().to_lowercase().replace(['_', ' '], "-").as_str() {
            "safety" | "safety-alert" => C::Safety,
            "drug" | "medication" | "medicine" => C::Drug,
            "behavioral" | "behavioural" | "behaviour" | "behavior" => C::Behavioral,
            "advance-directive" => C::AdvanceDirective,
            "infection" | "infection-control" | "isolation" => C::Infection,
            "clinical" => C::Clinical,
            "lab" | "laboratory" => C::Lab,
            "diet" => C::Diet,
            "research" => C::Research,
            "contact" | "subject-contact" => C::Contact,
            "admin" | "administrative" => C::Admin,
            _ => return None,
        })
    });
    named.min().unwrap_or(C::Other)
}

/// Statuses in which a decision is not in force.
const NOT_IN_FORCE: [&str; 17] = [
    "draft",
    "proposed",
    "rejected",
    "inactive",
    "revoked",
    "cancelled",
    "canceled",
    "registered",
    "not-done",
    "preparation",
    "stopped",
    "ended",
    "resolved",
    "remission",
    "refuted",
    "entered-in-error",
    "aborted",
];

fn prohibitions(entries: &[VisibleRecord], clinic_clock: &ClinicClock) -> Vec<DoNotDto> {
    let mut found: Vec<(Option<UtcMillis>, DoNotDto)> = Vec::new();
    // An Observation of a later time that the patient is to be resuscitated ends earlier ones that say otherwise.
    let mut lifted: Option<UtcMillis> = None;
    for (entry, raw) in candidates(entries) {
        for lens in do_not(raw).unwrap_or_default() {
            if !is_in_force(entry, &lens, clinic_clock) {
                continue;
            }
            let at = entry.at();
            match lens.kind {
                DoNot::Lifted => lifted = lifted.max(at),
                DoNot::Perform => found.push((at, prohibition(entry, &lens, DoNotKindDto::Perform))),
                DoNot::Resuscitate => found.push((at, prohibition(entry, &lens, DoNotKindDto::Resuscitate))),
            }
        }
    }
    found.retain(|(at, dto)| !(dto.reference.starts_with("Observation/") && at.is_some() && *at < lifted));
    found.sort_by(|(a, x), (b, y)| {
        (y.kind == DoNotKindDto::Resuscitate, b).cmp(&(x.kind == DoNotKindDto::Resuscitate, a))
    });
    found.into_iter().map(|(_, dto)| dto).collect()
}

/// The records that may say so. Of the many Observations only those with such a code or such words are read.
fn candidates(entries: &[VisibleRecord]) -> impl Iterator<Item = (&VisibleRecord, &Raw)> {
    let observed = move |entry: &VisibleRecord| {
        entry.observation().is_some_and(|o| {
            let names = |code: &Concept, value: Option<&lens::Measured>| {
                let is_measured = matches!(value, Some(lens::Measured::Quantity(_)));
                let is_coded = code.codings.iter().any(|c| lens::is_about_resuscitation(&c.code));
                is_coded || (!is_measured && lens::names_resuscitation(code))
            };
            let own = o.code.as_ref().is_some_and(|c| c.codings.is_empty() || names(c, o.value.as_ref()));
            own || o.components.iter().any(|part| part.code.as_ref().is_some_and(|c| names(c, part.value.as_ref())))
        })
    };
    let plain = std::iter::once("Flag").chain(DO_NOT_TYPES);
    let plain = plain.flat_map(|kind| valid(entries, kind));
    let diagnosed = |entry: &VisibleRecord| entry.condition()?.code.as_ref().map(lens::is_not_for_resuscitation);
    let problems = valid(entries, "Condition").filter(move |(e, _)| diagnosed(e) == Some(true));
    plain.chain(problems).chain(valid(entries, "Observation").filter(move |(e, _)| observed(e)))
}

fn is_in_force(entry: &VisibleRecord, lens: &DoNotLens, clinic_clock: &ClinicClock) -> bool {
    if entry.kind() == "Condition" {
        return entry.condition().is_some_and(ConditionLens::is_active);
    }
    let status = lens.status.as_deref().unwrap_or_default();
    let is_over = NOT_IN_FORCE.contains(&status) || (status == "completed" && entry.kind() != "Procedure");
    !is_over && lens.period.as_ref().is_none_or(|p| clinic_clock.is_within(p))
}

fn prohibition(entry: &VisibleRecord, lens: &DoNotLens, kind: DoNotKindDto) -> DoNotDto {
    // What the item itself says needs no mark.
    let said = |mark: &MarkDto| matches!(mark, MarkDto::DoNot | MarkDto::Element { .. });
    DoNotDto {
        reference: entry.record.key.to_string(),
        kind,
        text: words::label(lens.what.as_ref()),
        at: words::when(lens.at.as_ref()),
        marks: marks(entry).into_iter().filter(|mark| !said(mark)).collect(),
    }
}

#[cfg(test)]
mod tests;
