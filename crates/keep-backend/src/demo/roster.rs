//! The patients of the clinic: the named ones, generated ones up to a total of 300, and one of each script.

use super::catalogue::{Culture, NamedPatient, PatientScenario};
use super::chart::{Clinic, Patient};
use super::seeded_rng::{SeededRng, derive_id};
use super::today::Today;
use std::collections::BTreeSet;

/// Patients of the clinic without those of [`Catalogue::scripts`](super::catalogue::Catalogue), who have no appointments or
/// orders.
pub(crate) const PATIENTS: usize = 300;

/// All patients, the named ones first.
pub(crate) fn make_roster(clinic: &Clinic) -> Vec<(Patient, Option<&PatientScenario>)> {
    let (scenarios, seed) = (&clinic.catalogue.scenarios, clinic.seed);
    let mut out: Vec<(Patient, Option<&PatientScenario>)> =
        scenarios.iter().map(|s| (named_patient(s, &clinic.today), Some(s))).collect();
    let mut numbers: BTreeSet<String> = scenarios.iter().map(|s| s.number.clone()).collect();
    let mut rng = SeededRng::for_subject(seed, "roster");
    while out.len() < PATIENTS {
        let number = format!("{:06}", rng.between(1, 11_999));
        if numbers.insert(number.clone()) {
            let own = SeededRng::for_subject(seed, &format!("patient {number}"));
            out.push((random_patient(clinic, own, number), None));
        }
    }
    out.extend(clinic.catalogue.scripts.iter().map(|p| (patient_of_script(p, &clinic.today), None)));
    out
}

fn patient_of_script(named: &NamedPatient, today: &Today) -> Patient {
    Patient {
        id: derive_id(0, &format!("patient {}", named.number)),
        number: named.number.clone(),
        family: named.family.clone(),
        given: named.given.clone(),
        preferred: None,
        age_days: today.days_since(&named.birth),
        birth: named.birth.clone(),
        female: named.sex == "female",
        phone: format!("+254 712 {}", named.number),
        language: named.language.clone(),
        interpreter: true,
    }
}

fn named_patient(scenario: &PatientScenario, today: &Today) -> Patient {
    let birth = match (&scenario.birth, scenario.months) {
        (Some(birth), _) => birth.clone(),
        (None, months) => today.date_months_ago(months.unwrap_or(0), scenario.days.unwrap_or(0)),
    };
    Patient {
        // Named patients have the same id for every seed, so that tests can refer to them.
        id: derive_id(0, &format!("patient {}", scenario.number)),
        number: scenario.number.clone(),
        family: scenario.family.clone(),
        given: scenario.given.clone(),
        preferred: scenario.preferred.clone(),
        age_days: today.days_since(&birth),
        birth,
        female: scenario.sex == "female",
        phone: scenario.phone.clone(),
        language: scenario.language.clone(),
        interpreter: scenario.interpreter,
    }
}

fn random_patient(clinic: &Clinic, mut rng: SeededRng, number: String) -> Patient {
    let female = rng.chance(56);
    let culture = choose_culture(&clinic.catalogue.cultures, &mut rng);
    let name = |list: &[String], rng: &mut SeededRng| rng.pick(list).cloned().unwrap_or_default();
    let (family, given, language) = match culture {
        Some(c) => {
            (name(&c.family, &mut rng), name(if female { &c.female } else { &c.male }, &mut rng), c.language.clone())
        }
        None => (String::from("Otieno"), String::from("Akinyi"), [String::from("luo"), String::from("Dholuo")]),
    };
    // The age distribution of a health centre: many small children and many older people.
    let age_days = match rng.between(0, 99) {
        0..18 => rng.between(10, 5 * 365),
        18..32 => rng.between(5 * 365, 16 * 365),
        32..70 => rng.between(16 * 365, 50 * 365),
        70..93 => rng.between(50 * 365, 78 * 365),
        _ => rng.between(78 * 365, 97 * 365),
    };
    Patient {
        id: derive_id(clinic.seed, &format!("patient {number}")),
        number,
        family,
        given: vec![given],
        preferred: None,
        birth: clinic.today.date(age_days),
        female,
        phone: format!("+254 7{:02} {:03} {:03}", rng.between(0, 99), rng.between(100, 999), rng.between(0, 999)),
        interpreter: !matches!(language[0].as_str(), "luo" | "luy" | "ki" | "sw" | "kln" | "gu") && rng.chance(30),
        language,
        age_days,
    }
}

fn choose_culture<'a>(cultures: &'a [Culture], rng: &mut SeededRng) -> Option<&'a Culture> {
    let total: i64 = cultures.iter().map(|c| c.weight).sum();
    let mut left = rng.between(1, total.max(1));
    cultures.iter().find(|c| {
        left -= c.weight;
        left <= 0
    })
}
