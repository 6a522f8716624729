//! Records of made-up people, and what is written about them.

use serde_json::{Value, json};

/// A patient as a server sends it.
pub(crate) fn patient(id: &str, family: &str, given: &str) -> String {
    format!(
        r#"{{"resourceType":"Patient","id":"{id}","meta":{{"versionId":"1","lastUpdated":"2026-11-21T06:00:00Z"}},"name":[{{"family":"{family}","given":["{given}"]}}],"gender":"female","birthDate":"1958-03-14"}}"#
    )
}

/// A laboratory result of a patient.
pub(crate) fn result(id: &str, patient: &str, value: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","meta":{{"versionId":"1","lastUpdated":"2026-11-21T06:00:00Z"}},"status":"final","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}}]}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"2345-7"}}]}},"subject":{{"reference":"Patient/{patient}"}},"effectiveDateTime":"2026-11-20T06:00:00Z","valueQuantity":{{"value":{value},"unit":"mg/dL"}}}}"#
    )
}

/// A form of vitals as the window sends it.
pub(crate) fn vitals_form(patient: &str, pulse: &str) -> Value {
    json!({
        "patient": patient, "taken": null, "systolic": "128", "diastolic": "82", "pulse": pulse, "temperature": "",
        "respiration": "", "spo2": "", "weight": "", "height": "", "oxygen": false, "scale2": false,
        "consciousness": null, "confirmed": true,
    })
}

/// The same as a line for `drive`.
pub(crate) fn save_vitals(patient: &str, pulse: &str) -> Value {
    let mut line = vitals_form(patient, pulse);
    line["do"] = json!("save_vitals");
    line
}
