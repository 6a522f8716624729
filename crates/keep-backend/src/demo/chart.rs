//! One patient's chart while it is generated, and the JSON elements that all resources share.

use super::catalogue::{Catalogue, PatientScenario};
use super::seeded_rng::{SeededRng, derive_id};
use super::today::Today;
use serde_json::{Map, Value, json};

/// Inputs that all charts share.
#[derive(Debug)]
pub(crate) struct Clinic {
    pub(crate) catalogue: Catalogue,
    pub(crate) today: Today,
    pub(crate) seed: u64,
}

/// The person whom the chart is about.
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
    /// Age in days.
    pub(crate) age_days: i64,
}

impl Patient {
    /// Completed years.
    pub(crate) const fn years(&self) -> i64 {
        // 400 Gregorian years have 146,097 days.
        self.age_days * 400 / 146_097
    }

    /// Completed months, accurate enough for growth charts.
    pub(crate) const fn months(&self) -> i64 {
        self.age_days * 4800 / 146_097
    }
}

/// A chart that is being generated.
#[derive(Debug)]
pub(crate) struct Chart<'a> {
    pub(crate) patient: Patient,
    /// `None`: everything about the patient is random.
    pub(crate) scenario: Option<&'a PatientScenario>,
    pub(crate) clinic: &'a Clinic,
    pub(crate) rng: SeededRng,
    resource_count: usize,
    lines: &'a mut Vec<Value>,
}

impl<'a> Chart<'a> {
    /// Starts a chart with its Patient resource.
    pub(crate) fn open(
        clinic: &'a Clinic,
        lines: &'a mut Vec<Value>,
        patient: Patient,
        scenario: Option<&'a PatientScenario>,
    ) -> Self {
        let rng = SeededRng::for_subject(clinic.seed, &format!("chart {}", patient.number));
        let chart = Self { patient, scenario, clinic, rng, resource_count: 0, lines };
        let resource = chart.patient_resource();
        chart.lines.push(resource);
        chart
    }

    /// Adds a resource about the patient and returns its reference.
    ///
    /// `subject` is the name of the element that refers to the patient; empty where `body` does that itself.
    pub(crate) fn add(&mut self, kind: &str, subject: &str, label: Option<&str>, body: Value) -> Value {
        self.resource_count += 1;
        let id = derive_id(self.clinic.seed, &format!("{} {kind} {}", self.patient.number, self.resource_count));
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
        if let Value::Object(members) = without_nulls(body) {
            resource.extend(members);
        }
        self.lines.push(Value::Object(resource));
        reference
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

/// Removes members that are null, which FHIR does not allow.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            members.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k, without_nulls(v))).collect()
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

/// A CodeableConcept with one coding.
pub(crate) fn concept(system: &str, code: &str, text: &str) -> Value {
    json!({"coding": [{"system": system, "code": code, "display": text}], "text": text})
}

/// A CodeableConcept with a code system of terminology.hl7.org.
pub(crate) fn hl7(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": format!("http://terminology.hl7.org/CodeSystem/{system}"), "code": code}]})
}

/// A number with `places` decimal places from its digits.
pub(crate) fn decimal(digits: i64, places: u32) -> Value {
    let scale = 10_i64.saturating_pow(places);
    if places == 0 {
        return digits.into();
    }
    let text = format!("{}.{:0width$}", digits / scale, digits % scale, width = usize::try_from(places).unwrap_or(1));
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// A Quantity with a UCUM unit.
pub(crate) fn quantity(value: Value, unit: &str, ucum: &str) -> Value {
    json!({"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": ucum})
}

/// `meta.security`: the label and the confidentiality code that goes with it.
fn security(label: &str) -> Value {
    json!([
        {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R", "display": "restricted"},
        {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": label},
    ])
}
