//! The summary of a chart as a plain program would make it: every row parsed with serde_json, nothing checked, nothing
//! left out for a role, nothing recorded.

use serde_json::Value;
use std::collections::BTreeMap;

/// The most rows of one list, as the product has it.
const MOST_LISTED: usize = 120;

/// What the summary of a chart shows, list by list, newest first.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    /// Name, birth date, sex, number, phone.
    pub(crate) banner: Vec<String>,
    /// Substance.
    pub(crate) allergies: Vec<String>,
    /// (name, state, since).
    pub(crate) problems: Vec<(String, String, String)>,
    /// (name, state, dosage).
    pub(crate) medicines: Vec<(String, String, String)>,
    /// Points of each vital sign by code: (time, value, unit).
    pub(crate) vitals: BTreeMap<String, Vec<(String, String, String)>>,
    /// The latest value of each laboratory test by name: (time, value, unit).
    pub(crate) results: BTreeMap<String, (String, String, String)>,
    /// (vaccine, time).
    pub(crate) immunisations: Vec<(String, String)>,
    /// The last note's time and text.
    pub(crate) last_note: Option<(String, String)>,
    /// Rows that are no JSON.
    pub(crate) unreadable: usize,
}

impl Summary {
    /// Makes the summary of these rows.
    pub(crate) fn of(rows: &[String]) -> Self {
        let mut made = Self::default();
        for row in rows {
            match serde_json::from_str::<Value>(row) {
                Ok(value) => made.take(&value),
                Err(_) => made.unreadable += 1,
            }
        }
        made.problems.sort_by(|a, b| b.2.cmp(&a.2));
        made.problems.truncate(MOST_LISTED);
        made.medicines.truncate(MOST_LISTED);
        made.immunisations.sort_by(|a, b| b.1.cmp(&a.1));
        made.immunisations.truncate(MOST_LISTED);
        made.vitals.values_mut().for_each(|points| points.sort());
        made
    }

    fn take(&mut self, r: &Value) {
        match text(r, "/resourceType").as_str() {
            "Patient" => {
                let parts = ["/name/0/family", "/name/0/given/0", "/birthDate", "/gender", "/identifier/0/value"];
                self.banner = parts.iter().map(|p| text(r, p)).collect();
                self.banner.push(text(r, "/telecom/0/value"));
            }
            "AllergyIntolerance" => self.allergies.push(name(r, "/code")),
            "Condition" => self.problems.push((
                name(r, "/code"),
                text(r, "/clinicalStatus/coding/0/code"),
                text(r, "/onsetDateTime"),
            )),
            "MedicationRequest" => self.medicines.push((
                name(r, "/medicationCodeableConcept"),
                text(r, "/status"),
                text(r, "/dosageInstruction/0/text"),
            )),
            "Immunization" => self.immunisations.push((name(r, "/vaccineCode"), text(r, "/occurrenceDateTime"))),
            "DocumentReference" => {
                let note = (text(r, "/date"), text(r, "/content/0/attachment/data"));
                self.last_note = self.last_note.take().max(Some(note));
            }
            "Observation" => self.observation(r),
            _ => {}
        }
    }

    fn observation(&mut self, r: &Value) {
        let at = text(r, "/effectiveDateTime");
        match text(r, "/category/0/coding/0/code").as_str() {
            "vital-signs" => {
                let parts = r.pointer("/component").and_then(Value::as_array);
                let whole = std::iter::once(r).filter(|_| parts.is_none());
                for one in whole.chain(parts.into_iter().flatten()) {
                    let (value, unit) = quantity(one);
                    self.vitals.entry(text(one, "/code/coding/0/code")).or_default().push((at.clone(), value, unit));
                }
            }
            "laboratory" => {
                let (value, unit) = quantity(r);
                let latest = self.results.entry(name(r, "/code")).or_default();
                if latest.0 <= at {
                    *latest = (at, value, unit);
                }
            }
            _ => {}
        }
    }

    /// How many things it shows, so that the work cannot be optimised away.
    pub(crate) fn shown(&self) -> usize {
        let vitals: usize = self.vitals.values().map(Vec::len).sum();
        let lists = self.allergies.len() + self.problems.len() + self.medicines.len() + self.immunisations.len();
        self.banner.len() + lists + vitals + self.results.len() + usize::from(self.last_note.is_some())
    }
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn name(value: &Value, concept: &str) -> String {
    let said = text(value, &format!("{concept}/text"));
    if said.is_empty() { text(value, &format!("{concept}/coding/0/display")) } else { said }
}

fn quantity(value: &Value) -> (String, String) {
    let number = value.pointer("/valueQuantity/value").map(Value::to_string).unwrap_or_default();
    (number, text(value, "/valueQuantity/unit"))
}
