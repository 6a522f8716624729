//! Medicines through the one formatter, current first.

use super::clinic_clock::ClinicClock;
use super::names::{Names, unnamed};
use super::visible_record::{VisibleRecord, valid};
use super::words;
use crate::dto::chart::medicines::MedicineDto;
use keep_clinical::{DoseAmount, Frequency, MedicationLine, MedicationLineInput, medication_line};
use keep_domain::{ResourceKey, UtcMillis};
use keep_fhir::lens::{Dosage, Dose, MedicationLens, Quantity, Timing, medication};
use keep_fhir::{Raw, lens};

const TYPES: [&str; 2] = ["MedicationRequest", "MedicationStatement"];

/// All medicines: current ones first, then the newest.
pub(crate) fn medicines(entries: &[VisibleRecord], names: &Names, clinic_clock: &ClinicClock) -> Vec<MedicineDto> {
    let mut found: Vec<(Option<UtcMillis>, MedicineDto)> =
        read(entries).map(|(e, m)| (began(&m), dto(e, &m, names, clinic_clock))).collect();
    found.sort_by(|(a, x), (b, y)| y.active.cmp(&x.active).then_with(|| b.cmp(a)).then_with(|| x.name.cmp(&y.name)));
    found.into_iter().map(|(_, m)| m).collect()
}

/// Medication resources that must be looked up for their names.
pub(crate) fn unnamed_medicines(entries: &[VisibleRecord]) -> Vec<ResourceKey> {
    read(entries)
        .filter(|(_, m)| m.medication.is_none())
        .filter_map(|(_, m)| unnamed(m.medication_reference.as_ref()))
        .collect()
}

/// Title and detail of a timeline row.
pub(crate) fn headline(raw: &Raw, names: &Names) -> (Option<String>, Option<String>) {
    let Ok(lens) = medication(raw) else { return (None, None) };
    let (name, product) = name_and_product(&recorded_name(&lens, names).unwrap_or_default());
    (words::some(words::joined([name, product], " ")), dosage_text(&lens))
}

/// The instructions of one medicine, for a comparison.
pub(crate) fn dosage(raw: &Raw) -> Option<String> {
    dosage_text(&medication(raw).ok()?)
}

fn read(entries: &[VisibleRecord]) -> impl Iterator<Item = (&VisibleRecord, MedicationLens)> {
    TYPES.into_iter().flat_map(|t| valid(entries, t)).filter_map(|(e, raw)| Some((e, medication(raw).ok()?)))
}

fn began(lens: &MedicationLens) -> Option<UtcMillis> {
    let start = lens.taken.as_ref().and_then(|t| t.start.as_ref());
    words::instant(start.or(lens.authored.as_ref()))
}

fn recorded_name(lens: &MedicationLens, names: &Names) -> Option<String> {
    words::label(lens.medication.as_ref()).or_else(|| names.link(lens.medication_reference.as_ref()))
}

fn dto(entry: &VisibleRecord, lens: &MedicationLens, names: &Names, clinic_clock: &ClinicClock) -> MedicineDto {
    let (name, product) = name_and_product(&recorded_name(lens, names).unwrap_or_default());
    let start = lens.taken.as_ref().and_then(|t| t.start.as_ref());
    MedicineDto {
        id: entry.id(),
        name: words::some(name),
        product: words::some(product),
        dosage: dosage_text(lens),
        active: lens.is_current(),
        status: lens.status.clone(),
        since: words::when(start.or(lens.authored.as_ref())),
        age: began(lens).and_then(|b| clinic_clock.elapsed(b)),
        record: entry.state(),
    }
}

/// The safe name split before its first strength: `amLODIPine` and `5 mg tablet`.
///
/// A combination, which has strengths between its parts, is not split.
fn name_and_product(recorded: &str) -> (String, String) {
    let line = medication_line(&MedicationLineInput { name: recorded.to_owned(), ..MedicationLineInput::default() });
    let words: Vec<&str> = line.name.split_whitespace().collect();
    if words.iter().any(|w| w.contains('/') && !w.contains(|c: char| c.is_ascii_digit()) && *w == "/") {
        return (line.name.clone(), String::new());
    }
    let mut named = false;
    let at = words.iter().position(|w| {
        let is_number = w.starts_with(|c: char| c.is_ascii_digit());
        let splits = named && is_number;
        named |= !is_number && w.chars().filter(|c| c.is_alphabetic()).count() >= 4;
        splits
    });
    match at.and_then(|i| words.split_at_checked(i)) {
        Some((name, product)) => (name.join(" "), product.join(" ")),
        None => (line.name.clone(), String::new()),
    }
}

/// Every instruction through the formatter, or as recorded where the formatter can say little.
fn dosage_text(lens: &MedicationLens) -> Option<String> {
    words::some(words::joined(lens.dosages.iter().map(instruction), "; "))
}

fn instruction(dosage: &Dosage) -> String {
    // EXPOSE: the instruction is what is shown.
    let recorded = dosage.text.as_ref().map(|t| t.expose().trim().to_owned()).unwrap_or_default();
    // The formatter has no form for a range of times: the recorded words are used.
    let ranged = dosage.timing.as_ref().is_some_and(|t| t.frequency_max.is_some());
    if ranged && !recorded.is_empty() {
        return recorded;
    }
    let line = medication_line(&MedicationLineInput {
        name: String::new(),
        dose: dosage.dose.as_ref().map(amount),
        route: dosage.route.as_ref().and_then(lens::Concept::label).map(str::to_owned),
        frequency: dosage.timing.as_ref().map(frequency),
        as_needed: dosage.as_needed,
        as_needed_for: dosage.as_needed_for.as_ref().and_then(lens::Concept::label).map(str::to_owned),
    });
    let unreadable = line.dose_unreadable || dosage.unreadable;
    let says_little = line.dose.is_none() && line.frequency.is_none();
    match (recorded.is_empty(), unreadable, says_little) {
        (false, true, _) | (false, _, true) => recorded,
        (true, true, _) => words::joined([format!("dose {}", words::UNREADABLE), parts(&line)], " – "),
        _ => parts(&line),
    }
}

fn parts(line: &MedicationLine) -> String {
    let found = [&line.dose, &line.route, &line.frequency, &line.as_needed];
    words::joined(found.into_iter().flatten(), " – ")
}

fn amount(dose: &Dose) -> DoseAmount {
    let number = |q: Option<&Quantity>| q.and_then(|q| q.value.as_ref()).map(ToString::to_string).unwrap_or_default();
    let unit = |q: Option<&Quantity>| q.and_then(|q| q.unit.clone().or_else(|| q.code.clone())).unwrap_or_default();
    match dose {
        Dose::Exactly(q) => DoseAmount::Exactly(number(Some(q)), unit(Some(q))),
        Dose::Between(low, high) => {
            let (low, high) = (low.as_ref(), high.as_ref());
            let shared = if unit(high).is_empty() { unit(low) } else { unit(high) };
            DoseAmount::Between(number(low), number(high), shared)
        }
    }
}

fn frequency(timing: &Timing) -> Frequency {
    let code = timing.code.as_ref().and_then(lens::Concept::label).map(str::to_owned);
    let when = (!timing.when.is_empty()).then(|| timing.when.join(", "));
    Frequency {
        times: timing.frequency.clone(),
        period: timing.period.clone(),
        unit: timing.period_unit.clone(),
        words: code.or(when),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::{NOON, nurse_amara_sees};

    fn order(id: &str, name: &str, status: &str, dosage: &str) -> String {
        format!(
            r#"{{"resourceType":"MedicationRequest","id":"{id}","status":"{status}","intent":"order","medicationCodeableConcept":{{"text":"{name}"}},"subject":{{"reference":"Patient/maria"}},"authoredOn":"2026-03-12T08:00:00Z","dosageInstruction":[{dosage}]}}"#
        )
    }

    const TWICE: &str = r#"{"text":"twice","timing":{"repeat":{"frequency":2,"period":1,"periodUnit":"d"}},"route":{"text":"Oral"},"doseAndRate":[{"doseQuantity":{"value":1000.0,"unit":"mg"}}]}"#;

    fn shown(texts: &[&str]) -> Vec<(String, String, String, bool)> {
        let found = medicines(&nurse_amara_sees(texts), &Names::default(), &ClinicClock::utc(NOON));
        let text = |text: Option<String>| text.unwrap_or_default();
        found.into_iter().map(|m| (text(m.name), text(m.product), text(m.dosage), m.active)).collect()
    }

    #[test]
    fn the_line_is_safe_and_current_medicines_come_first() {
        let stopped = order("m1", "Hydrochlorothiazide 25 MG Oral Tablet", "stopped", "{}");
        let current = order("m2", "metformin 500 MG tablet", "active", TWICE);
        let retracted = order("m3", "amlodipine 5 MG", "entered-in-error", "{}");
        let found = shown(&[&stopped, &current, &retracted]);
        assert_eq!(
            found,
            [
                ("metFORMIN".into(), "500 mg tablet".into(), "1,000 mg – oral – twice a day".into(), true),
                ("hydroCHLOROthiazide".into(), "25 mg oral tablet".into(), String::new(), false),
            ]
        );
    }

    #[test]
    fn a_combination_is_not_split_and_recorded_words_are_the_fallback() {
        let mixed = order(
            "m1",
            "amoxicillin 250 MG / clavulanate 125 MG Oral Tablet",
            "active",
            r#"{"text":"one in the morning"}"#,
        );
        let slow = order(
            "m2",
            "24 HR metformin hydrochloride 500 MG",
            "active",
            r#"{"doseAndRate":[{"doseQuantity":{"value":"much","unit":"mg"}}]}"#,
        );
        let found = shown(&[&mixed, &slow]);
        let find = |start: &str| found.iter().find(|m| m.0.starts_with(start)).expect("there");
        assert_eq!(find("amoxicillin").1, "");
        assert_eq!(find("amoxicillin").2, "one in the morning");
        assert_eq!((find("24").1.as_str(), find("24").2.as_str()), ("500 mg", "dose could not be read"));
    }

    #[test]
    fn a_medicine_in_a_resource_of_its_own_is_looked_up() {
        let text = r#"{"resourceType":"MedicationRequest","id":"m","status":"active","medicationReference":{"reference":"Medication/x"},"subject":{"reference":"Patient/maria"}}"#;
        let entries = nurse_amara_sees(&[text]);
        assert_eq!(unnamed_medicines(&entries).len(), 1);
        let names = Names::of(&[crate::view::fixtures::record(
            r#"{"resourceType":"Medication","id":"x","code":{"text":"Sertraline 50 MG"}}"#,
        )]);
        assert_eq!(medicines(&entries, &names, &ClinicClock::utc(NOON))[0].product.as_deref(), Some("50 mg"));
    }
}
