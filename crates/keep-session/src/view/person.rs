//! Patient identification: banner and list row (NHS Common User Interface, patient banner).

use super::access_view::group_of;
use super::clinic_clock::ClinicClock;
use super::visible_record::VisibleRecord;
use super::words;
use crate::dto::chart::banner::{BannerDto, SexDto};
use crate::dto::search::PatientRowDto;
use keep_access::Group;
use keep_clinical::{age_text, date_text};
use keep_domain::{Phi, UtcMillis};
use keep_fhir::Raw;
use keep_fhir::lens::{HumanName, LabelledIdentifier, PatientLens, flag, needs_interpreter};

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

fn text(value: Option<&Phi<String>>) -> Option<String> {
    // EXPOSE: identification is what banner and rows are for.
    words::some(value?.expose().trim())
}

/// FAMILY in capitals, and the given names.
fn family_and_given(name: Option<&HumanName>) -> (String, Option<String>) {
    let Some(name) = name else { return Default::default() };
    let given = words::some(words::joined(name.given.iter().filter_map(|g| text(Some(g))), " "));
    let family = text(name.family.as_ref());
    if family.is_none() && given.is_none() {
        // Only a whole name is recorded: it is not split.
        return (text(name.text.as_ref()).unwrap_or_default().to_uppercase(), None);
    }
    (family.unwrap_or_default().to_uppercase(), given)
}

/// A name in a list: "GONZÁLEZ, María Fernanda".
pub(crate) fn listed_name(person: &PatientLens) -> String {
    let (family, given) = family_and_given(person.name());
    words::joined([family, given.unwrap_or_default()], ", ")
}

/// Name and birth date in one line.
pub(crate) fn line(person: &PatientLens, clinic_clock: &ClinicClock) -> String {
    let born = born(person).and_then(|date| date_text(&date, &clinic_clock.zone)).unwrap_or_default();
    words::joined([listed_name(person), born], " · ")
}

/// The birth date as recorded; `None` when it cannot be read.
pub(crate) fn born(person: &PatientLens) -> Option<String> {
    // EXPOSE: identification is what banner and rows are for.
    let date = person.birth_date.as_ref()?.expose();
    date.date.and_then(|_| words::some(date.text.trim()))
}

fn sex(person: &PatientLens) -> SexDto {
    match person.gender.as_deref() {
        Some("female") => SexDto::Female,
        Some("male") => SexDto::Male,
        Some("other") => SexDto::Other,
        _ => SexDto::Unknown,
    }
}

/// The number people use: the medical record number first; never one that identifies outside the clinic.
fn number(person: &PatientLens) -> Option<&LabelledIdentifier> {
    let outside = |i: &&LabelledIdentifier| {
        matches!(i.type_code.as_deref(), Some("SS" | "NI" | "DL" | "PPN" | "TAX" | "BC" | "CC"))
    };
    person
        .identifiers
        .iter()
        .find(|i| i.type_code.as_deref() == Some("MR"))
        .or_else(|| person.identifiers.iter().find(|i| !outside(i)))
}

fn initials(family: &str, given: &str) -> String {
    given.chars().next().into_iter().chain(family.chars().next()).flat_map(char::to_uppercase).collect()
}

/// One patient in a list.
pub(crate) fn row(id: &str, person: &PatientLens, clinic_clock: &ClinicClock, seen: Seen) -> PatientRowDto {
    let (family, given) = family_and_given(person.name());
    let birth_date = born(person);
    PatientRowDto {
        patient: id.to_owned(),
        age: age(person, birth_date.as_deref(), clinic_clock),
        family: Some(family),
        given,
        birth_date,
        sex: sex(person),
        number: number(person).and_then(|n| text(Some(&n.value))),
        phone: text(person.phones.first().map(|p| &p.number)),
        last_seen: seen.last.map(UtcMillis::to_rfc3339),
        last_seen_known: seen.is_known,
        opened_today: seen.opened_today,
        ready: seen.ready,
        alert: seen.alert,
        deceased: person.deceased,
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

/// The banner; it shows the flags among the patient's records, and that there are more where `alerts` says so.
pub(crate) fn banner(
    id: &str,
    person: &PatientLens,
    raw: &Raw,
    (entries, alerts): (&[VisibleRecord], usize),
    clinic_clock: &ClinicClock,
) -> BannerDto {
    let (family, given) = family_and_given(person.name());
    let birth_date = born(person);
    let number = number(person);
    let address = person.addresses.first().map(|a| a.lines.iter().filter_map(|l| text(Some(l))));
    BannerDto {
        initials: initials(&family, given.as_deref().unwrap_or_default()),
        preferred: text(person.preferred.as_ref()),
        age: age(person, birth_date.as_deref(), clinic_clock),
        sex: sex(person),
        number_label: number.and_then(|n| n.label.clone()),
        number: number.and_then(|n| text(Some(&n.value))),
        phone: text(person.phones.first().map(|p| &p.number)),
        language: person.languages.first().cloned(),
        needs_interpreter: needs_interpreter(raw),
        deceased: person.deceased,
        // EXPOSE: the date of death is part of the banner.
        died: person.deceased_at.as_ref().filter(|_| person.deceased).and_then(|d| words::when(Some(d.expose()))),
        address: address.and_then(|lines| words::some(words::joined(lines, ", "))),
        family: Some(family),
        given,
        birth_date,
        ..unreadable_banner(id, (entries, alerts))
    }
}

/// The banner of a patient whose record cannot be read: the id, and the flags that can.
pub(crate) fn unreadable_banner(id: &str, (entries, alerts): (&[VisibleRecord], usize)) -> BannerDto {
    let (flags, alert) = flags(entries, alerts);
    BannerDto { patient: id.to_owned(), flags, alert, ..BannerDto::default() }
}

/// The texts of the flags in force that the role may read, and whether there is one more whose text it does not see;
/// `alerts` is how many the directory knows of.
fn flags(entries: &[VisibleRecord], alerts: usize) -> (Vec<String>, bool) {
    let (mut texts, mut read) = (Vec::new(), 0);
    let mut unseen = false;
    for entry in entries.iter().filter(|e| is_in_force(e)) {
        let lens = entry.raw.as_ref().filter(|_| !entry.masked).and_then(|raw| flag(raw).ok());
        let text = lens.and_then(|l| words::label(l.code.as_ref()));
        unseen |= text.is_none();
        let facts = entry.facts.as_ref();
        read += usize::from(facts.is_none_or(|f| group_of(f) != Group::AdministrativeFlag));
        texts.extend(text);
    }
    (texts, unseen || alerts > read)
}

/// Whether a Flag counts now.
fn is_in_force(entry: &VisibleRecord) -> bool {
    let status = entry.facts.as_ref().and_then(|f| f.status.as_deref());
    entry.kind() == "Flag" && !entry.is_entered_in_error() && status != Some("inactive")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::{MARIA, NOON, nurse_amara_sees, seen_by};
    use keep_domain::Role;
    use keep_fhir::lens::patient;

    fn maria() -> (Raw, PatientLens) {
        let raw = Raw::parse(MARIA).expect("valid");
        let lens = patient(&raw).expect("patient");
        (raw, lens)
    }

    const FALLS: &str = r#"{"resourceType":"Flag","id":"f","status":"active","category":[{"coding":[{"code":"safety"}]}],"code":{"text":"Falls risk"},"subject":{"reference":"Patient/maria"}}"#;

    #[test]
    fn the_banner_identifies_as_the_guidance_says() {
        let (raw, lens) = maria();
        let banner = banner("maria", &lens, &raw, (&nurse_amara_sees(&[FALLS, SPANISH]), 1), &ClinicClock::utc(NOON));
        assert_eq!((banner.family.as_deref(), banner.given.as_deref()), (Some("GONZÁLEZ"), Some("María Fernanda")));
        assert_eq!((banner.preferred.as_deref(), banner.initials.as_str()), (Some("Mafe"), "MG"));
        assert_eq!((banner.birth_date.as_deref(), banner.age.as_deref()), (Some("1961-02-03"), Some("65 y")));
        assert_eq!((banner.number_label.as_deref(), banner.number.as_deref()), (Some("Clinic no."), Some("CH-004471")));
        assert_eq!((banner.language.as_deref(), banner.needs_interpreter), (Some("Spanish"), true));
        assert_eq!(
            (banner.flags, banner.alert),
            (vec![String::from("Falls risk"), String::from("Speaks Spanish")], false)
        );
        assert_eq!(banner.address.as_deref(), Some("Kisumu, KE"));
        assert!(!banner.deceased && banner.died.is_none());
    }

    const SPANISH: &str = r#"{"resourceType":"Flag","id":"s","status":"active","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/flag-category","code":"contact"}]}],"code":{"text":"Speaks Spanish"},"subject":{"reference":"Patient/maria"}}"#;

    #[test]
    fn the_front_desk_sees_only_that_there_is_an_alert() {
        let (raw, lens) = maria();
        let shown = |texts: &[&str], alerts| {
            let entries = seen_by(Role::FrontDesk, texts);
            let banner = banner("maria", &lens, &raw, (&entries, alerts), &ClinicClock::utc(NOON));
            (banner.flags, banner.alert)
        };
        assert_eq!(shown(&[FALLS, SPANISH], 1), (vec![String::from("Speaks Spanish")], true));
        assert_eq!(shown(&[SPANISH], 0), (vec![String::from("Speaks Spanish")], false));
        let labelled = SPANISH.replace(r#""id":"s""#, r#""id":"s","meta":{"security":[{"code":"HIV"}]}"#);
        assert_eq!(shown(&[&labelled], 0), (Vec::new(), true));
    }

    #[test]
    fn a_clinician_sees_that_there_is_an_alert_above_their_rank() {
        let (raw, lens) = maria();
        let banner = banner("maria", &lens, &raw, (&nurse_amara_sees(&[FALLS]), 2), &ClinicClock::utc(NOON));
        assert_eq!((banner.flags, banner.alert), (vec![String::from("Falls risk")], true));
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
            (Some("77"), Some("HUA LI"), SexDto::Unknown)
        );
        assert_eq!((row.age.as_deref(), row.deceased), (Some("~29 y"), true));
    }
}
