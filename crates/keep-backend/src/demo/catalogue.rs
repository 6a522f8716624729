//! The seed lists in `assets/demo`, built into the program.

use crate::error::BackendError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// All seed lists.
#[derive(Debug)]
pub(crate) struct Catalogue {
    pub(crate) cultures: Vec<Culture>,
    pub(crate) scenarios: Vec<PatientScenario>,
    /// One patient of each script.
    pub(crate) scripts: Vec<NamedPatient>,
    /// Rows of: age in months, girls' weight (kg) and length (cm), boys' weight and length.
    pub(crate) growth: Vec<[f64; 5]>,
    pub(crate) clinical: Clinical,
}

/// A patient with a name and a generated history.
#[derive(Debug, Deserialize)]
pub(crate) struct NamedPatient {
    pub(crate) number: String,
    pub(crate) family: String,
    pub(crate) given: Vec<String>,
    pub(crate) sex: String,
    pub(crate) birth: String,
    /// BCP 47 code and name.
    pub(crate) language: [String; 2],
}

/// Names of one culture, and how often it is chosen relative to the others.
#[derive(Debug, Deserialize)]
pub(crate) struct Culture {
    pub(crate) weight: i64,
    /// BCP 47 code and name.
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
    /// Ages in years between which `percent` of the patients have it.
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) percent: i64,
    pub(crate) medicines: Vec<String>,
    pub(crate) tests: Vec<String>,
    /// Security label of all records about it.
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
    #[serde(rename = "words")]
    pub(crate) dosage_text: String,
    #[serde(rename = "needed", default)]
    pub(crate) as_needed: bool,
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

/// A laboratory test. Values are integers in units of the last of `places` decimal places.
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
    /// Largest distance of a generated value from the mean.
    pub(crate) spread: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Vaccine {
    pub(crate) cvx: String,
    pub(crate) text: String,
    /// Age in days at which it is given.
    #[serde(rename = "days")]
    pub(crate) age_days: i64,
    /// `None`: given to both sexes.
    pub(crate) sex: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Reason {
    pub(crate) text: String,
    /// ICD-10 code of the usual diagnosis, and its name.
    pub(crate) icd: String,
    pub(crate) diagnosis: String,
    /// Ages in years at which it occurs.
    pub(crate) from: i64,
    pub(crate) to: i64,
}

/// A named patient with a scripted history.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PatientScenario {
    pub(crate) number: String,
    pub(crate) family: String,
    pub(crate) given: Vec<String>,
    pub(crate) preferred: Option<String>,
    /// A date of birth; without one, `months` and `days` give the age.
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
    /// A substance and the security label that restricts the record.
    pub(crate) sensitive_allergy: Option<[String; 2]>,
    /// Problem and the year of its onset.
    pub(crate) problems: Vec<(String, i64)>,
    /// Medicine and the number of days since it was ordered.
    pub(crate) medicines: Vec<(String, i64)>,
    /// Days ago, systolic, diastolic.
    #[serde(default)]
    pub(crate) pressures: Vec<[i64; 3]>,
    /// Days ago, weight in tenths of a kilogram.
    #[serde(default)]
    pub(crate) weight: Vec<[i64; 2]>,
    /// Days ago, then pairs of test and value.
    #[serde(default)]
    pub(crate) results: Vec<(i64, Vec<(String, i64)>)>,
    /// Days ago, minute of the day, text.
    pub(crate) note: Option<(i64, i64, String)>,
    /// Minutes since the patient arrived today.
    #[serde(rename = "waiting")]
    pub(crate) waiting_minutes: Option<i64>,
    pub(crate) reason: Option<String>,
    /// Whether today's appointment is with the physician.
    #[serde(rename = "doctor", default)]
    pub(crate) with_physician: bool,
    /// Today's vital signs: minutes ago, systolic, diastolic, pulse, respiration, saturation, tenths of a degree.
    #[serde(rename = "now")]
    pub(crate) todays_vitals: Option<[i64; 7]>,
    pub(crate) flag: Option<String>,
}

impl Catalogue {
    /// Parses the built-in lists.
    pub(crate) fn load() -> Result<Self, BackendError> {
        Ok(Self {
            cultures: parse_list(include_str!("../../../../assets/demo/names.json"), "names.json")?,
            scenarios: parse_list(include_str!("../../../../assets/demo/named.json"), "named.json")?,
            scripts: parse_list(include_str!("../../../../assets/demo/scripts.json"), "scripts.json")?,
            growth: parse_list(include_str!("../../../../assets/demo/growth.json"), "growth.json")?,
            clinical: parse_list(include_str!("../../../../assets/demo/catalogue.json"), "catalogue.json")?,
        })
    }

    /// The reasons for which patients of this age in years visit.
    pub(crate) fn reasons_at(&self, years: i64) -> Vec<&Reason> {
        self.clinical.reasons.iter().filter(|r| (r.from..=r.to).contains(&years)).collect()
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

fn parse_list<T: DeserializeOwned>(text: &str, name: &'static str) -> Result<T, BackendError> {
    serde_json::from_str(text).map_err(|_| BackendError::Demo(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_parses_and_refers_only_to_existing_entries() {
        let all = Catalogue::load().expect("lists");
        for problem in all.clinical.problems.values() {
            assert!(problem.medicines.iter().all(|m| all.clinical.medicines.contains_key(m)), "{}", problem.text);
            assert!(problem.tests.iter().all(|t| all.clinical.tests.contains_key(t)), "{}", problem.text);
        }
        for scenario in &all.scenarios {
            assert!(
                scenario.medicines.iter().all(|(m, _)| all.clinical.medicines.contains_key(m)),
                "{}",
                scenario.number
            );
            assert!(
                scenario.problems.iter().all(|(p, _)| all.clinical.problems.contains_key(p)),
                "{}",
                scenario.number
            );
            assert!(
                scenario.allergies.iter().all(|(a, _)| all.clinical.allergens.contains_key(a)),
                "{}",
                scenario.number
            );
            assert!(
                scenario.results.iter().flat_map(|(_, r)| r).all(|(t, _)| all.clinical.tests.contains_key(t)),
                "{}",
                scenario.number
            );
        }
    }

    #[test]
    fn growth_is_interpolated_between_the_listed_ages() {
        let all = Catalogue::load().expect("lists");
        let (weight, length) = all.growth_at(5, true);
        assert!((6.4..7.3).contains(&weight) && (62.1..65.7).contains(&length));
        assert!(all.growth_at(400, false).0 <= 60.0);
    }
}
