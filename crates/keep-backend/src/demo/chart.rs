//! One patient's chart while it is being made: who, and a place to put resources.

use super::catalogue::{Catalogue, Story};
use super::dice::{Dice, id_of};
use super::today::Today;
use serde_json::{Map, Value, json};

/// Who the chart is about.
#[derive(Debug)]
pub(crate) struct Patient {
    pub(crate) id: String,
    /// Six digits of the clinic number.
    pub(crate) number: String,
    pub(crate) family: String,
    pub(crate) given: Vec<String>,
    pub(crate) preferred: Option<String>,
    pub(crate) birth: String,
    pub(crate) female: bool,
    pub(crate) phone: String,
    pub(crate) language: [String; 2],
    pub(crate) interpreter: bool,
    /// Days lived.
    pub(crate) age_days: i64,
}

impl Patient {
    /// Completed years.
    pub(crate) const fn years(&self) -> i64 {
        // 400 Gregorian years have 146,097 days.
        self.age_days * 400 / 146_097
    }

    /// Completed months, near enough for growth.
    pub(crate) const fn months(&self) -> i64 {
        self.age_days * 4800 / 146_097
    }
}

/// A chart in the making.
#[derive(Debug)]
pub(crate) struct Chart<'a> {
    pub(crate) patient: Patient,
    pub(crate) story: Option<&'a Story>,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) today: &'a Today,
    pub(crate) dice: Dice,
    seed: u64,
    count: usize,
    lines: &'a mut Vec<Value>,
}

impl<'a> Chart<'a> {
    /// Opens a chart with its Patient resource.
    pub(crate) fn open(
        lines: &'a mut Vec<Value>,
        catalogue: &'a Catalogue,
        today: &'a Today,
        seed: u64,
        patient: Patient,
        story: Option<&'a Story>,
    ) -> Self {
        let dice = Dice::of(seed, &format!("chart {}", patient.number));
        let chart = Self { patient, story, catalogue, today, dice, seed, count: 0, lines };
        let resource = chart.patient_resource();
        chart.lines.push(resource);
        chart
    }

    /// Adds a resource about the patient and gives its reference. `subject` is the name of the element that points to them.
    pub(crate) fn add(&mut self, kind: &str, subject: &str, label: Option<&str>, body: Value) -> Value {
        self.count += 1;
        let id = id_of(self.seed, &format!("{} {kind} {}", self.patient.number, self.count));
        let reference = json!({"reference": format!("{kind}/{id}")});
        let mut resource = Map::new();
        resource.insert(String::from("resourceType"), kind.into());
        resource.insert(String::from("id"), id.into());
        if let Some(label) = label {
            resource.insert(String::from("meta"), json!({"security": security(label)}));
        }
        if !subject.is_empty() {
            resource.insert(subject.to_owned(), self.subject());
        }
        if let Value::Object(members) = body {
            resource.extend(members.into_iter().filter(|(_, v)| !v.is_null()));
        }
        self.lines.push(Value::Object(resource));
        reference
    }

    /// The clinic's seed.
    pub(crate) const fn seed(&self) -> u64 {
        self.seed
    }

    /// `{reference}` to the patient.
    pub(crate) fn subject(&self) -> Value {
        json!({"reference": format!("Patient/{}", self.patient.id)})
    }

    fn patient_resource(&self) -> Value {
        let p = &self.patient;
        let mut names = vec![json!({"use": "official", "family": p.family, "given": p.given})];
        if let Some(preferred) = &p.preferred {
            names.push(json!({"use": "nickname", "given": [preferred]}));
        }
        let mut communication =
            json!({"language": concept("urn:ietf:bcp:47", &p.language[0], &p.language[1]), "preferred": true});
        if let (true, Some(members)) = (p.interpreter, communication.as_object_mut()) {
            members.insert(
                String::from("extension"),
                json!([{"url": "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired", "valueBoolean": true}]),
            );
        }
        json!({
            "resourceType": "Patient",
            "id": p.id,
            "identifier": [{
                "use": "usual",
                "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}], "text": "Clinic no."},
                "system": "urn:chartkeep:demo:clinic-number",
                "value": format!("CH-{}", p.number),
            }],
            "active": true,
            "name": names,
            "telecom": [{"system": "phone", "value": p.phone, "use": "mobile"}],
            "gender": if p.female { "female" } else { "male" },
            "birthDate": p.birth,
            "address": [{"use": "home", "city": "Kisumu", "country": "KE"}],
            "communication": [communication],
            "managingOrganization": {"reference": format!("Organization/{}", super::staff::organization())},
        })
    }
}

/// A concept with one coding.
pub(crate) fn concept(system: &str, code: &str, text: &str) -> Value {
    json!({"coding": [{"system": system, "code": code, "display": text}], "text": text})
}

/// A concept of terminology.hl7.org.
pub(crate) fn hl7(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": format!("http://terminology.hl7.org/CodeSystem/{system}"), "code": code}]})
}

/// A number of `places` decimal places from its digits.
pub(crate) fn decimal(digits: i64, places: u32) -> Value {
    let scale = 10_i64.saturating_pow(places);
    if places == 0 {
        return digits.into();
    }
    let text = format!("{}.{:0width$}", digits / scale, digits % scale, width = usize::try_from(places).unwrap_or(1));
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// A UCUM quantity.
pub(crate) fn quantity(value: Value, unit: &str, ucum: &str) -> Value {
    json!({"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": ucum})
}

/// The label itself and the confidentiality that goes with it.
fn security(label: &str) -> Value {
    json!([
        {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R", "display": "restricted"},
        {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": label},
    ])
}
