//! Who comes to the clinic: the named patients and as many drawn ones as make 300.

use super::catalogue::{Catalogue, Culture, Story};
use super::chart::Patient;
use super::dice::{Dice, id_of};
use super::today::Today;
use std::collections::BTreeSet;

/// Patients of the clinic.
const PATIENTS: usize = 300;

/// Everyone, the named ones first.
pub(crate) fn make_roster<'a>(catalogue: &'a Catalogue, seed: u64, today: &Today) -> Vec<(Patient, Option<&'a Story>)> {
    let mut out: Vec<(Patient, Option<&Story>)> = catalogue.named.iter().map(|s| (named(s, today), Some(s))).collect();
    let mut numbers: BTreeSet<String> = catalogue.named.iter().map(|s| s.number.clone()).collect();
    let mut dice = Dice::of(seed, "roster");
    while out.len() < PATIENTS {
        let number = format!("{:06}", dice.between(1, 11_999));
        if numbers.insert(number.clone()) {
            let own = Dice::of(seed, &format!("patient {number}"));
            out.push((drawn(catalogue, seed, today, own, number), None));
        }
    }
    out
}

fn named(story: &Story, today: &Today) -> Patient {
    let birth = match (&story.birth, story.months) {
        (Some(birth), _) => birth.clone(),
        (None, months) => today.date_months_ago(months.unwrap_or(0), story.days.unwrap_or(0)),
    };
    Patient {
        // The named patients keep their ids whatever the seed, so that tests can name them.
        id: id_of(0, &format!("patient {}", story.number)),
        number: story.number.clone(),
        family: story.family.clone(),
        given: story.given.clone(),
        preferred: story.preferred.clone(),
        age_days: today.days_since(&birth),
        birth,
        female: story.sex == "female",
        phone: story.phone.clone(),
        language: story.language.clone(),
        interpreter: story.interpreter,
    }
}

fn drawn(catalogue: &Catalogue, seed: u64, today: &Today, mut dice: Dice, number: String) -> Patient {
    let female = dice.chance(56);
    let culture = draw_culture(&catalogue.cultures, &mut dice);
    let name = |list: &[String], dice: &mut Dice| dice.pick(list).cloned().unwrap_or_default();
    let (family, given, language) = match culture {
        Some(c) => {
            (name(&c.family, &mut dice), name(if female { &c.female } else { &c.male }, &mut dice), c.language.clone())
        }
        None => (String::from("Otieno"), String::from("Akinyi"), [String::from("luo"), String::from("Dholuo")]),
    };
    // Ages as a health centre sees them: many small children, many older people.
    let age_days = match dice.between(0, 99) {
        0..18 => dice.between(10, 5 * 365),
        18..32 => dice.between(5 * 365, 16 * 365),
        32..70 => dice.between(16 * 365, 50 * 365),
        70..93 => dice.between(50 * 365, 78 * 365),
        _ => dice.between(78 * 365, 97 * 365),
    };
    Patient {
        id: id_of(seed, &format!("patient {number}")),
        number,
        family,
        given: vec![given],
        preferred: None,
        birth: today.date(age_days),
        female,
        phone: format!("+254 7{:02} {:03} {:03}", dice.between(0, 99), dice.between(100, 999), dice.between(0, 999)),
        interpreter: !matches!(language[0].as_str(), "luo" | "luy" | "ki" | "sw" | "kln" | "gu") && dice.chance(30),
        language,
        age_days,
    }
}

fn draw_culture<'a>(cultures: &'a [Culture], dice: &mut Dice) -> Option<&'a Culture> {
    let total: i64 = cultures.iter().map(|c| c.weight).sum();
    let mut left = dice.between(1, total.max(1));
    cultures.iter().find(|c| {
        left -= c.weight;
        left <= 0
    })
}
