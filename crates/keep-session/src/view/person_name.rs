//! The names of a patient: which one is shown, and what the others are.

use super::clinic_clock::ClinicClock;
use super::words;
use crate::dto::chart::banner::{NameUseDto, OtherNameDto};
use keep_clinical::family_capitals;
use keep_domain::Phi;
use keep_fhir::lens::{HumanName, PatientLens};

/// The most other names of one patient.
const MOST_OTHERS: usize = 8;

/// The name to show: the first whose use and period make it current, else the first.
pub(crate) fn current<'p>(person: &'p PatientLens, clock: &ClinicClock) -> Option<&'p HumanName> {
    let is_current = |n: &&HumanName| !matches!(usage(n, clock), Some(NameUseDto::Old | NameUseDto::Maiden));
    person.names.iter().find(is_current).or_else(|| person.names.first())
}

/// The use of a name, where it is not the ordinary name of the person now.
pub(crate) fn usage(name: &HumanName, clock: &ClinicClock) -> Option<NameUseDto> {
    match name.usage.as_deref() {
        Some("maiden") => Some(NameUseDto::Maiden),
        _ if clock.has_ended(name.period.as_ref()) => Some(NameUseDto::Old),
        Some("official" | "usual") | None => None,
        Some("nickname") => Some(NameUseDto::Nickname),
        Some("anonymous") => Some(NameUseDto::Anonymous),
        Some("temp") => Some(NameUseDto::Temporary),
        Some("old") => Some(NameUseDto::Old),
        Some(_) => Some(NameUseDto::Other),
    }
}

/// The family name in capitals, and the given names with a suffix. A name that is only a text is not split.
pub(crate) fn family_and_given(person: &PatientLens, name: Option<&HumanName>) -> (String, Option<String>) {
    let Some(name) = name else { return Default::default() };
    let capitals = |family: String| family_capitals(&family, person.language_code.as_deref());
    let given = name.given.iter().filter_map(text);
    let given = words::some(words::joined(given.chain(name.suffix.iter().filter_map(text)), " "));
    match name.family.as_ref().and_then(text) {
        None if name.given.iter().filter_map(text).next().is_none() => {
            (name.text.as_ref().and_then(text).map(capitals).unwrap_or_default(), None)
        }
        family => (family.map(capitals).unwrap_or_default(), given),
    }
}

/// A name in a list: "GONZÁLEZ, María Fernanda".
pub(crate) fn listed(person: &PatientLens, clock: &ClinicClock) -> String {
    let (family, given) = family_and_given(person, current(person, clock));
    words::joined([family, given.unwrap_or_default()], ", ")
}

/// What the person is called, where it is not the first given name: the nickname, or the usual name beside an official
/// one.
pub(crate) fn preferred(person: &PatientLens, clock: &ClinicClock) -> Option<String> {
    let shown = current(person, clock);
    let by = |usage: &str| {
        let is_it = |n: &&HumanName| n.usage.as_deref() == Some(usage) && !clock.has_ended(n.period.as_ref());
        person.names.iter().find(is_it).filter(|n| shown != Some(*n))
    };
    let name = by("nickname").or_else(|| by("usual"))?;
    name.given.iter().chain(&name.text).find_map(text)
}

/// The other names of a person, such as the one before a marriage.
pub(crate) fn others(person: &PatientLens, clock: &ClinicClock) -> Vec<OtherNameDto> {
    let shown = current(person, clock);
    let of = |name: &HumanName| {
        let (family, given) = family_and_given(person, Some(name));
        let name_use = usage(name, clock).unwrap_or(NameUseDto::Other);
        Some(OtherNameDto { name_use, name: words::some(words::joined([family, given.unwrap_or_default()], ", "))? })
    };
    person.names.iter().filter(|n| shown != Some(*n)).filter_map(of).take(MOST_OTHERS).collect()
}

/// The initials of a name.
pub(crate) fn initials(family: &str, given: &str) -> String {
    let first = |name: &str| name.split_whitespace().rev().find_map(|w| w.chars().find(|c| c.is_alphabetic()));
    let given = given.chars().find(|c| c.is_alphabetic());
    // The family name is in capitals already, and what has small letters only in front of it is a particle.
    let family = family.chars().find(|c| c.is_uppercase()).or_else(|| first(family));
    let capital = |c: char| family_capitals(c.encode_utf8(&mut [0; 4]), None);
    given.into_iter().chain(family).map(capital).collect()
}

pub(crate) fn text(value: &Phi<String>) -> Option<String> {
    // EXPOSE: identification is what banner and rows are for.
    words::some(value.expose().trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::NOON;
    use keep_fhir::Raw;

    fn person(names: &str) -> PatientLens {
        let text = format!(r#"{{"resourceType":"Patient","name":[{names}]}}"#);
        keep_fhir::lens::patient(&Raw::parse(&text).expect("valid")).expect("a patient")
    }

    fn check(names: &str, listed_name: &str, shown_use: Option<NameUseDto>, other_names: &[(NameUseDto, &str)]) {
        let (person, clock) = (person(names), ClinicClock::utc(NOON));
        assert_eq!(listed(&person, &clock), listed_name, "{names}");
        assert_eq!(current(&person, &clock).and_then(|n| usage(n, &clock)), shown_use, "{names}");
        let found = others(&person, &clock);
        let found: Vec<_> = found.iter().map(|o| (o.name_use, o.name.as_str())).collect();
        assert_eq!(found, other_names, "{names}");
    }

    #[test]
    fn the_current_name_is_shown_and_the_others_say_what_they_are() {
        use NameUseDto::{Anonymous, Maiden, Nickname, Old, Temporary};
        check(
            r#"{"use":"old","family":"Before","given":["Ida"]},{"use":"official","family":"Now","given":["Ida","Maria"],"suffix":["Jr"]},{"use":"nickname","given":["Idi"]}"#,
            "NOW, Ida Maria Jr",
            None,
            &[(Nickname, "Idi"), (Old, "BEFORE, Ida")],
        );
        check(
            r#"{"use":"official","family":"Ended","period":{"end":"2026-11-21"}},{"use":"usual","family":"Running","period":{"end":"2026-11-22"}}"#,
            "RUNNING",
            None,
            &[(Old, "ENDED")],
        );
        check(r#"{"use":"maiden","family":"Born"},{"family":"Plain"}"#, "PLAIN", None, &[(Maiden, "BORN")]);
        check(r#"{"use":"old","family":"Only"}"#, "ONLY", Some(Old), &[]);
        check(r#"{"use":"anonymous","family":"Doe"}"#, "DOE", Some(Anonymous), &[]);
        check(r#"{"use":"temp","given":["Baby"]}"#, "Baby", Some(Temporary), &[]);
        check(r#"{"text":"Hua Li"}"#, "HUA LI", None, &[]);
        check(r#"{"text":"آدم علی‌رضا"}"#, "آدم علی‌رضا", None, &[]);
        check("", "", None, &[]);
    }

    #[test]
    fn a_nickname_or_a_usual_name_is_preferred() {
        let check = |names: &str, expected: Option<&str>| {
            assert_eq!(preferred(&person(names), &ClinicClock::utc(NOON)).as_deref(), expected, "{names}");
        };
        check(r#"{"use":"official","given":["Ida"]},{"use":"nickname","given":["Idi"]}"#, Some("Idi"));
        check(r#"{"use":"official","given":["Ida"]},{"use":"usual","given":["Mia"]}"#, Some("Mia"));
        check(r#"{"use":"usual","given":["Mia"]}"#, None);
        check(r#"{"given":["Ida"]},{"use":"nickname","given":["Idi"],"period":{"end":"2001"}}"#, None);
    }

    #[test]
    fn initials_have_no_particles_and_no_unknown_capitals() {
        let check = |family: &str, given: &str, expected: &str| assert_eq!(initials(family, given), expected);
        check("GONZÁLEZ", "María Fernanda", "MG");
        check("van der BERG", "jan", "JB");
        check("ყიფიანი", "ნინო", "ნყ");
        check("王", "小明", "小王");
        check("", "", "");
    }
}
