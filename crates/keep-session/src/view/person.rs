//! Patient identification: banner and list row (NHS Common User Interface, patient banner).

use super::clinic_clock::ClinicClock;
use super::person_name;
use super::visible_record::VisibleRecord;
use super::words;
use crate::dto::chart::banner::{BannerDto, LinkedDto, SexDto};
use crate::dto::chart::mark::MarkDto;
use crate::dto::search::PatientRowDto;
use keep_clinical::{age_text, date_text};
use keep_domain::{ResourceKey, UtcMillis};
use keep_fhir::lens::{Address, LabelledIdentifier, PatientLens, PersonLink, Phone, needs_interpreter, patient};
use keep_fhir::{FhirDate, Precision, Raw, calendar_date};

/// The most links of one kind.
const MOST_LINKED: usize = 8;

/// What a list row shows besides the identification.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen {
    /// The last visit.
    pub(crate) last: Option<UtcMillis>,
    /// Whether without `last` there was no visit.
    pub(crate) is_known: bool,
    /// Opened by this user today.
    pub(crate) opened_today: bool,
    /// Whether the chart has been downloaded.
    pub(crate) ready: bool,
    /// Whether a safety flag is set.
    pub(crate) alert: bool,
}

/// Name and birth date in one line.
pub(crate) fn line(person: &PatientLens, clinic_clock: &ClinicClock) -> String {
    let born = born(person).map(|date| date_text(&date, &clinic_clock.zone).unwrap_or(date)).unwrap_or_default();
    words::joined([person_name::listed(person, clinic_clock), born], " · ")
}

/// The birth date as recorded, without a time of day; also one that is not a date.
pub(crate) fn born(person: &PatientLens) -> Option<String> {
    // EXPOSE: identification is what banner and rows are for.
    words::some(calendar_date(&person.birth_date.as_ref()?.expose().text))
}

/// Whether a patient was certainly not born at an instant; a year or a month excludes nothing.
pub(crate) fn is_before_birth(born: &str, at: UtcMillis, clinic_clock: &ClinicClock) -> bool {
    let is_day = FhirDate::parse(born).is_some_and(|d| d.precision == Precision::Day);
    is_day && clinic_clock.zone.date(at).is_some_and(|day| day.as_str() < born)
}

fn sex(person: &PatientLens) -> SexDto {
    match person.gender.as_deref() {
        Some("female") => SexDto::Female,
        Some("male") => SexDto::Male,
        Some("other") => SexDto::Other,
        Some(_) => SexDto::Unknown,
        None => SexDto::NotRecorded,
    }
}

/// The number people use: the medical record number first; never one that identifies outside the clinic, and never an
/// old one.
fn number<'p>(person: &'p PatientLens, clinic_clock: &ClinicClock) -> Option<&'p LabelledIdentifier> {
    let outside = |i: &LabelledIdentifier| {
        matches!(i.type_code.as_deref(), Some("SS" | "NI" | "DL" | "PPN" | "TAX" | "BC" | "CC"))
    };
    let is_old =
        |i: &LabelledIdentifier| i.usage.as_deref() == Some("old") || clinic_clock.has_ended(i.period.as_ref());
    let current = || person.identifiers.iter().filter(|i| !is_old(i));
    current().find(|i| i.type_code.as_deref() == Some("MR")).or_else(|| current().find(|i| !outside(i)))
}

/// The telephone to call.
fn phone(person: &PatientLens, clinic_clock: &ClinicClock) -> Option<String> {
    let is_old = |p: &&Phone| p.usage.as_deref() == Some("old") || clinic_clock.has_ended(p.period.as_ref());
    person.phones.iter().find(|p| !is_old(p)).and_then(|p| person_name::text(&p.number))
}

/// The address where the patient lives now, in one line.
fn address(person: &PatientLens, clinic_clock: &ClinicClock) -> Option<String> {
    let is_old = |a: &&Address| a.usage.as_deref() == Some("old") || clinic_clock.has_ended(a.period.as_ref());
    let address = person.addresses.iter().find(|a| !is_old(a))?;
    words::some(words::joined(address.lines.iter().filter_map(person_name::text), ", "))
}

/// The date of death as recorded.
fn died(person: &PatientLens) -> Option<String> {
    // EXPOSE: the date of death is part of the identification.
    let at = person.deceased_at.as_ref()?.expose();
    words::when(Some(at)).or_else(|| words::some(at.text.trim()))
}

/// What changes the meaning of the record itself.
fn marks(person: &PatientLens, clinic_clock: &ClinicClock) -> Vec<MarkDto> {
    let known_gender = matches!(person.gender.as_deref(), None | Some("male" | "female" | "other" | "unknown"));
    let known_link = |l: &PersonLink| matches!(l.kind.as_str(), "replaced-by" | "replaces" | "refer" | "seealso");
    let mut elements: Vec<String> = person.modifiers.clone();
    elements.extend((!known_gender).then(|| "gender".to_owned()));
    elements.extend((!person.links.iter().all(known_link)).then(|| "link".to_owned()));
    let unread = |name: &&&str| matches!(**name, "active" | "deceasedBoolean" | "deceasedDateTime" | "link" | "gender");
    elements.extend(person.faults.iter().filter(unread).map(|name| (*name).to_owned()));
    // EXPOSE: only whether the dates of birth and death are possible.
    let mut dates = [&person.birth_date, &person.deceased_at].into_iter().flatten().map(|date| date.expose());
    let in_future = dates.any(|date| clinic_clock.is_future_date(date)).then_some(MarkDto::InFuture);
    in_future.into_iter().chain((!elements.is_empty()).then_some(MarkDto::Unsafe { elements })).collect()
}

/// The records that a kind of link names, with the names of those that are in the chart.
fn linked(person: &PatientLens, kind: &str, entries: &[VisibleRecord], clinic_clock: &ClinicClock) -> Vec<LinkedDto> {
    let name_of = |key: &ResourceKey| {
        let entry = entries.iter().find(|e| e.record.key == *key && !e.masked)?;
        words::some(person_name::listed(&patient(entry.raw.as_ref()?).ok()?, clinic_clock))
    };
    let of = |link: &PersonLink| {
        let key = link.other.as_ref().and_then(|o| o.key.as_ref());
        let display = link.other.as_ref().and_then(|o| o.display.as_ref()).and_then(person_name::text);
        LinkedDto { patient: key.map(|k| k.id.to_string()), name: key.and_then(name_of).or(display) }
    };
    person.linked(kind).map(of).take(MOST_LINKED).collect()
}

/// One patient in a list.
pub(crate) fn row(id: &str, person: &PatientLens, clinic_clock: &ClinicClock, seen: Seen) -> PatientRowDto {
    let name = person_name::current(person, clinic_clock);
    let (family, given) = person_name::family_and_given(person, name);
    let birth_date = born(person);
    PatientRowDto {
        unnamed: name.is_none(),
        patient: id.to_owned(),
        age: age(person, birth_date.as_deref(), clinic_clock),
        family: Some(family),
        given,
        birth_date,
        sex: sex(person),
        number: number(person, clinic_clock).and_then(|n| person_name::text(&n.value)),
        phone: phone(person, clinic_clock),
        last_seen: seen.last.map(UtcMillis::to_rfc3339),
        last_seen_known: seen.is_known,
        opened_today: seen.opened_today,
        ready: seen.ready,
        alert: seen.alert,
        deceased: person.deceased,
        died: died(person),
        replaced: person.is_replaced(),
        inactive: !person.active,
    }
}

/// The age now, or at death where that is known.
fn age(person: &PatientLens, birth_date: Option<&str>, clinic_clock: &ClinicClock) -> Option<String> {
    let birth_date = birth_date?;
    // EXPOSE: an age is shown with the birth date.
    let died = person.deceased_at.as_ref().and_then(|d| words::instant(Some(d.expose())));
    let age = match (person.deceased, died) {
        (true, None) => None,
        (_, Some(at)) => keep_clinical::age_at(birth_date, at, &clinic_clock.zone),
        (false, None) => clinic_clock.age_of(birth_date),
    };
    age.as_ref().map(age_text)
}

/// A patient whose record cannot be read: shown by the id of the record.
pub(crate) fn unreadable_row(id: &str, seen: Seen) -> PatientRowDto {
    let (opened_today, alert) = (seen.opened_today, seen.alert);
    PatientRowDto { patient: id.to_owned(), opened_today, alert, ..PatientRowDto::default() }
}

/// The banner without what its flags and allergies say.
pub(crate) fn banner(
    id: &str,
    person: &PatientLens,
    raw: &Raw,
    entries: &[VisibleRecord],
    clinic_clock: &ClinicClock,
) -> BannerDto {
    let name = person_name::current(person, clinic_clock);
    let (family, given) = person_name::family_and_given(person, name);
    let birth_date = born(person);
    let number = number(person, clinic_clock);
    BannerDto {
        initials: person_name::initials(&family, given.as_deref().unwrap_or_default()),
        unnamed: name.is_none(),
        name_use: name.and_then(|n| person_name::usage(n, clinic_clock)),
        preferred: person_name::preferred(person, clinic_clock),
        other_names: person_name::others(person, clinic_clock),
        age: age(person, birth_date.as_deref(), clinic_clock),
        sex: sex(person),
        number_label: number.and_then(|n| n.label.clone()),
        number: number.and_then(|n| person_name::text(&n.value)),
        phone: phone(person, clinic_clock),
        language: person.languages.first().cloned(),
        needs_interpreter: needs_interpreter(raw),
        deceased: person.deceased,
        died: died(person),
        inactive: !person.active,
        replaced_by: linked(person, "replaced-by", entries, clinic_clock),
        replaces: linked(person, "replaces", entries, clinic_clock),
        marks: marks(person, clinic_clock),
        address: address(person, clinic_clock),
        family: Some(family),
        given,
        birth_date,
        ..unreadable_banner(id)
    }
}

/// The banner of a patient whose record cannot be read: the id.
pub(crate) fn unreadable_banner(id: &str) -> BannerDto {
    BannerDto { patient: id.to_owned(), ..BannerDto::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::{MARIA, NOON};

    fn maria() -> (Raw, PatientLens) {
        let raw = Raw::parse(MARIA).expect("valid");
        let lens = patient(&raw).expect("patient");
        (raw, lens)
    }

    #[test]
    fn the_banner_identifies_as_the_guidance_says() {
        let (raw, lens) = maria();
        let banner = banner("maria", &lens, &raw, &[], &ClinicClock::utc(NOON));
        assert_eq!((banner.family.as_deref(), banner.given.as_deref()), (Some("GONZÁLEZ"), Some("María Fernanda")));
        assert_eq!((banner.preferred.as_deref(), banner.initials.as_str()), (Some("Mafe"), "MG"));
        assert_eq!((banner.birth_date.as_deref(), banner.age.as_deref()), (Some("1961-02-03"), Some("65 y")));
        assert_eq!((banner.number_label.as_deref(), banner.number.as_deref()), (Some("Clinic no."), Some("CH-004471")));
        assert_eq!((banner.language.as_deref(), banner.needs_interpreter), (Some("Spanish"), true));
        assert_eq!(banner.address.as_deref(), Some("Kisumu, KE"));
        assert!(!banner.deceased && banner.died.is_none());
    }

    #[test]
    fn one_line_names_and_dates() {
        let (_, lens) = maria();
        assert_eq!(line(&lens, &ClinicClock::utc(NOON)), "GONZÁLEZ, María Fernanda · 03-Feb-1961");
    }

    #[test]
    fn a_national_number_is_not_the_clinic_number() {
        let raw = Raw::parse(r#"{"resourceType":"Patient","id":"p","identifier":[{"type":{"coding":[{"code":"SS"}]},"value":"999-11"},{"system":"urn:x","value":"77"}],"name":[{"text":"Hua Li"}],"birthDate":"1990","deceasedDateTime":"2020-05-01"}"#).expect("valid");
        let lens = patient(&raw).expect("patient");
        let row = row("p", &lens, &ClinicClock::utc(NOON), Seen::default());
        assert_eq!(
            (row.number.as_deref(), row.family.as_deref(), row.sex),
            (Some("77"), Some("HUA LI"), SexDto::NotRecorded)
        );
        assert_eq!((row.age.as_deref(), row.deceased), (Some("~30 y"), true));
    }
}
