//! The seed lists of `assets/demo`, read once.

use crate::BackendError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// All lists.
#[derive(Debug)]
pub(crate) struct Catalogue {
    pub(crate) cultures: Vec<Culture>,
    pub(crate) named: Vec<Story>,
    /// Age in months, girls' weight (kg) and length (cm), boys' weight and length.
    pub(crate) growth: Vec<[f64; 5]>,
    pub(crate) clinical: Clinical,
}

/// Names that belong together.
#[derive(Debug, Deserialize)]
pub(crate) struct Culture {
    pub(crate) weight: i64,
    /// Code and name.
    pub(crate) language: [String; 2],
    pub(crate) family: Vec<String>,
    pub(crate) female: Vec<String>,
    pub(crate) male: Vec<String>,
}

/// `catalogue.json`.
#[derive(Debug, Deserialize)]
pub(crate) struct Clinical {
    pub(crate) problems: BTreeMap<String, Problem>,
    pub(crate) medicines: BTreeMap<String, Medicine>,
    pub(crate) allergens: BTreeMap<String, Allergen>,
    pub(crate) tests: BTreeMap<String, Test>,
    pub(crate) vaccines: Vec<Vaccine>,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) notes: Vec<String>,
    pub(crate) payers: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Problem {
    pub(crate) code: String,
    pub(crate) text: String,
    /// Ages in years between which it is common.
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) percent: i64,
    pub(crate) medicines: Vec<String>,
    pub(crate) tests: Vec<String>,
    /// Security label of everything about it.
    pub(crate) label: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Medicine {
    pub(crate) text: String,
    pub(crate) atc: String,
    pub(crate) rxnorm: Option<String>,
    pub(crate) dose: i64,
    /// UCUM.
    pub(crate) unit: String,
    pub(crate) frequency: i64,
    pub(crate) per_days: i64,
    pub(crate) route: String,
    pub(crate) words: String,
    #[serde(default)]
    pub(crate) needed: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Allergen {
    pub(crate) code: String,
    pub(crate) text: String,
    pub(crate) category: String,
    pub(crate) reaction: String,
    pub(crate) reaction_code: String,
    pub(crate) severity: String,
}

/// Values are whole numbers in units of the last decimal place.
#[derive(Debug, Deserialize)]
pub(crate) struct Test {
    pub(crate) loinc: String,
    pub(crate) text: String,
    pub(crate) unit: String,
    pub(crate) ucum: String,
    pub(crate) low: i64,
    pub(crate) high: i64,
    pub(crate) places: u32,
    pub(crate) mean: i64,
    pub(crate) spread: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Vaccine {
    pub(crate) cvx: String,
    pub(crate) text: String,
    /// Age at which it is given.
    pub(crate) days: i64,
    pub(crate) sex: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Reason {
    pub(crate) text: String,
    /// ICD-10 code of what is usually found, and its name.
    pub(crate) icd: String,
    pub(crate) diagnosis: String,
    pub(crate) from: i64,
    pub(crate) to: i64,
}

/// A patient with a story of their own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Story {
    pub(crate) number: String,
    pub(crate) family: String,
    pub(crate) given: Vec<String>,
    pub(crate) preferred: Option<String>,
    /// A date of birth, or an age in months and days.
    pub(crate) birth: Option<String>,
    pub(crate) months: Option<i64>,
    pub(crate) days: Option<i64>,
    pub(crate) sex: String,
    pub(crate) phone: String,
    pub(crate) language: [String; 2],
    #[serde(default)]
    pub(crate) interpreter: bool,
    /// Allergen and the year in which it was recorded.
    #[serde(default)]
    pub(crate) allergies: Vec<(String, i64)>,
    #[serde(default)]
    pub(crate) none_known: bool,
    /// A substance that only some may know of, and the security label of the record.
    pub(crate) sensitive_allergy: Option<[String; 2]>,
    /// Problem and the year in which it began.
    pub(crate) problems: Vec<(String, i64)>,
    /// Medicine and how many days ago it was ordered.
    pub(crate) medicines: Vec<(String, i64)>,
    /// Days ago, systolic, diastolic.
    #[serde(default)]
    pub(crate) pressures: Vec<[i64; 3]>,
    /// Days ago, tenths of a kilogram.
    #[serde(default)]
    pub(crate) weight: Vec<[i64; 2]>,
    /// Days ago, then test and value.
    #[serde(default)]
    pub(crate) results: Vec<(i64, Vec<(String, i64)>)>,
    /// Days ago, minute of the day, text.
    pub(crate) note: Option<(i64, i64, String)>,
    /// Minutes since arrival today.
    pub(crate) waiting: Option<i64>,
    pub(crate) reason: Option<String>,
    /// Whether the physician sees them.
    #[serde(default)]
    pub(crate) doctor: bool,
    /// Vitals of today: minutes ago, systolic, diastolic, pulse, respiration, saturation, tenths of a degree.
    pub(crate) now: Option<[i64; 7]>,
    pub(crate) flag: Option<String>,
}

impl Catalogue {
    /// Reads the lists that are built in.
    ///
    /// # Errors
    /// [`BackendError::Demo`] naming the list that is broken.
    pub(crate) fn read() -> Result<Self, BackendError> {
        Ok(Self {
            cultures: list(include_str!("../../../../assets/demo/names.json"), "names.json")?,
            named: list(include_str!("../../../../assets/demo/named.json"), "named.json")?,
            growth: list(include_str!("../../../../assets/demo/growth.json"), "growth.json")?,
            clinical: list(include_str!("../../../../assets/demo/catalogue.json"), "catalogue.json")?,
        })
    }

    /// Median weight in kg and length in cm at an age in months.
    pub(crate) fn growth_at(&self, months: i64, female: bool) -> (f64, f64) {
        let age = f64::from(i32::try_from(months).unwrap_or(0));
        let of = |row: &[f64; 5]| if female { (row[1], row[2]) } else { (row[3], row[4]) };
        let after = self.growth.iter().find(|row| row[0] >= age).or_else(|| self.growth.last());
        let before = self.growth.iter().rev().find(|row| row[0] <= age).or_else(|| self.growth.first());
        let (Some(before), Some(after)) = (before, after) else { return (0.0, 0.0) };
        let width = after[0] - before[0];
        let share = if width > 0.0 { (age - before[0]) / width } else { 0.0 };
        let ((w0, l0), (w1, l1)) = (of(before), of(after));
        (w0 + (w1 - w0) * share, l0 + (l1 - l0) * share)
    }
}

fn list<T: DeserializeOwned>(text: &str, name: &'static str) -> Result<T, BackendError> {
    serde_json::from_str(text).map_err(|_| BackendError::Demo(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_reads_and_names_only_what_is_there() {
        let all = Catalogue::read().expect("lists");
        for problem in all.clinical.problems.values() {
            assert!(problem.medicines.iter().all(|m| all.clinical.medicines.contains_key(m)), "{}", problem.text);
            assert!(problem.tests.iter().all(|t| all.clinical.tests.contains_key(t)), "{}", problem.text);
        }
        for story in &all.named {
            assert!(story.medicines.iter().all(|(m, _)| all.clinical.medicines.contains_key(m)), "{}", story.number);
            assert!(story.problems.iter().all(|(p, _)| all.clinical.problems.contains_key(p)), "{}", story.number);
            assert!(story.allergies.iter().all(|(a, _)| all.clinical.allergens.contains_key(a)), "{}", story.number);
            assert!(
                story.results.iter().flat_map(|(_, r)| r).all(|(t, _)| all.clinical.tests.contains_key(t)),
                "{}",
                story.number
            );
        }
    }

    #[test]
    fn growth_is_between_its_neighbours() {
        let all = Catalogue::read().expect("lists");
        let (weight, length) = all.growth_at(5, true);
        assert!((6.4..7.3).contains(&weight) && (62.1..65.7).contains(&length));
        assert!(all.growth_at(400, false).0 <= 60.0);
    }
}
