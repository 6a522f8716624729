//! Records in which one element has a value that occurs nowhere else.

use keep_fhir::{ElementDefinition, elements_of};
use serde_json::{Map, Value, json};

const TEXT: &str = "Xq7Zk";
const DAY: &str = "1987-03-04";

/// A value and how it is recognised.
pub(super) struct Sample {
    /// The JSON name ends with this type where the element is a choice.
    suffix: String,
    value: Value,
    /// What the output contains.
    traces: Vec<String>,
}

impl Sample {
    fn new(data_type: &str, value: Value, traces: &[String]) -> Self {
        let mut letters = data_type.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        let suffix = first.into_iter().chain(letters).collect();
        Self { suffix, value, traces: traces.to_vec() }
    }

    /// A code of a modifier.
    pub(super) fn code(element: &ElementDefinition, code: &str) -> Self {
        let data_type = element.types().next().unwrap_or_default();
        let value = match data_type {
            "CodeableConcept" => json!({"coding": [{"code": code}]}),
            "boolean" => json!(code == "true"),
            _ => json!(code),
        };
        Self::new(data_type, value, &[code.to_owned()])
    }

    pub(super) fn is_in(&self, shown: &str) -> bool {
        self.traces.iter().all(|trace| shown.contains(trace.as_str()))
    }
}

/// A value of this type for an element.
pub(super) fn sample(element: &ElementDefinition, data_type: &str) -> Sample {
    let own = format!("element: \"{}\"", element.name);
    let (value, trace) = match data_type {
        "boolean" => (
            json!(true),
            format!("{own}, data_type: Some(\"boolean\"), value: Some(Value {{ value: Boolean {{ value: true }}"),
        ),
        "base64Binary" => {
            (json!("WHE3Wms="), format!("{own}, data_type: Some(\"base64Binary\"), value: Some(Bytes {{ count: 5 }}"))
        }
        "Resource" => (json!({"resourceType": "Specimen", "id": "s", "condition": [{"text": TEXT}]}), TEXT.to_owned()),
        other => {
            let (value, trace) = value_of(other);
            return Sample::new(data_type, value, &[trace]);
        }
    };
    Sample::new(data_type, value, &[trace])
}

/// A value with one trace, which is in its first element.
fn value_of(data_type: &str) -> (Value, String) {
    let text = |name: &str| (json!({ name: TEXT }), TEXT.to_owned());
    let day = || (json!(DAY), DAY.to_owned());
    match data_type {
        "decimal" => (json!(7919.25), String::from("7919.25")),
        "integer" | "positiveInt" | "unsignedInt" => (json!(7919), String::from("7919")),
        "date" | "dateTime" => day(),
        "instant" => (json!("1987-03-04T05:06:07Z"), String::from("1987-03-04T05:06:07.000Z")),
        "time" => (json!("05:06:07"), String::from("05:06:07")),
        "boolean" => (json!(true), String::from("Boolean { value: true }")),
        "xhtml" => (json!(format!("<div>{TEXT}</div>")), TEXT.to_owned()),
        "Quantity" | "Age" | "Count" | "Distance" | "Duration" | "Money" => {
            (json!({"value": 7919.25}), String::from("7919.25"))
        }
        "Range" => (json!({"low": {"value": 7919.25}}), String::from("7919.25")),
        "Ratio" => (json!({"numerator": {"value": 7919.25}}), String::from("7919.25")),
        "Period" => (json!({"start": DAY}), DAY.to_owned()),
        "Timing" => (json!({"event": [DAY]}), DAY.to_owned()),
        "SampledData" => text("data"),
        "CodeableConcept" | "HumanName" | "Address" | "Annotation" | "Dosage" => text("text"),
        "Coding" | "Reference" => text("display"),
        "Identifier" | "ContactPoint" => text("value"),
        "Attachment" => text("title"),
        "Narrative" => (json!({"status": "additional", "div": format!("<div>{TEXT}</div>")}), TEXT.to_owned()),
        "Extension" => (json!({"url": "urn:x", "valueString": TEXT}), TEXT.to_owned()),
        "Signature" => (json!({"who": {"display": TEXT}}), TEXT.to_owned()),
        "Meta" => (json!({"tag": [{"display": TEXT}]}), TEXT.to_owned()),
        "Expression" => text("expression"),
        "ContactDetail" | "Contributor" | "ParameterDefinition" | "TriggerDefinition" => text("name"),
        "RelatedArtifact" => text("label"),
        "DataRequirement" => text("type"),
        "UsageContext" => (json!({"valueCodeableConcept": {"text": TEXT}}), TEXT.to_owned()),
        "Population" => (json!({"gender": {"text": TEXT}}), TEXT.to_owned()),
        "BackboneElement" | "Element" => (Value::Null, String::new()),
        other if other.starts_with('@') => part_of(other.trim_start_matches('@')),
        _ => (json!(TEXT), TEXT.to_owned()),
    }
}

/// An element with elements of its own, of which the first simple one has a value.
fn part_of(section: &str) -> (Value, String) {
    let is_simple = |t: &&str| !matches!(*t, "BackboneElement" | "Element" | "boolean") && !t.starts_with('@');
    let simple = |e: &'static ElementDefinition| Some((e, e.types().find(is_simple).filter(|_| !e.is_modifier)?));
    let found = elements_of(section).iter().find_map(simple);
    let (element, data_type) = found.unwrap_or_else(|| panic!("{section} has a simple element"));
    let (value, trace) = value_of(data_type);
    let inner = Sample::new(data_type, value, std::slice::from_ref(&trace));
    (object(element, &inner), trace)
}

/// An object with one member.
fn object(element: &ElementDefinition, sample: &Sample) -> Value {
    let mut members = Map::new();
    let name = if element.is_choice { format!("{}{}", element.name, sample.suffix) } else { element.name.to_owned() };
    let value = if element.repeats { Value::Array(vec![sample.value.clone()]) } else { sample.value.clone() };
    members.insert(name, value);
    Value::Object(members)
}

/// The value of an element as a member of `section`, where it is one with elements of its own.
fn filled(section: &str, element: &ElementDefinition, sample: &Sample) -> Sample {
    if !sample.value.is_null() {
        return Sample { suffix: sample.suffix.clone(), value: sample.value.clone(), traces: sample.traces.clone() };
    }
    let (value, trace) = part_of(&format!("{section}.{}", element.name));
    Sample { suffix: String::new(), value, traces: vec![trace] }
}

/// The objects around the element of a section, outermost first in its path.
fn wrapped(section: &str, inner: Value) -> Value {
    let mut value = inner;
    let mut path = section;
    while let Some((parent, name)) = path.rsplit_once('.') {
        let repeats = elements_of(parent).iter().find(|e| e.name == name).is_none_or(|e| e.repeats);
        let own = if repeats { Value::Array(vec![value]) } else { value };
        value = json!({ name: own });
        path = parent;
    }
    value
}

/// A record of the type of `section` with that element and nothing else.
pub(super) fn record(section: &str, element: &ElementDefinition, sample: &Sample) -> String {
    let sample = filled(section, element, sample);
    let mut value = wrapped(section, object(element, &sample));
    let kind = section.split('.').next().unwrap_or_default();
    if let Some(members) = value.as_object_mut() {
        members.entry("resourceType").or_insert_with(|| json!(kind));
        members.insert(
            String::from("id"),
            if element.name == "id" && !section.contains('.') { json!(TEXT) } else { json!("x") },
        );
    }
    value.to_string()
}

/// A record with an extension whose value is of the data type of `section`, with that element and nothing else.
pub(super) fn data_type_record(section: &str, element: &ElementDefinition, sample: &Sample) -> String {
    let sample = filled(section, element, sample);
    let data_type = section.split('.').next().unwrap_or_default();
    let inner = wrapped(section, object(element, &sample));
    match data_type {
        "Extension" => json!({"resourceType": "Observation", "id": "x", "extension": [inner]}).to_string(),
        "Meta" => json!({"resourceType": "Observation", "id": "x", "meta": inner}).to_string(),
        "Narrative" => json!({"resourceType": "Observation", "id": "x", "text": inner}).to_string(),
        other => {
            let mut extension = json!({"url": "urn:x"});
            extension[format!("value{other}")] = inner;
            json!({"resourceType": "Observation", "id": "x", "extension": [extension]}).to_string()
        }
    }
}

/// Records with each value that a modifier may have.
pub(super) fn with_code(section: &str, element: &ElementDefinition) -> Vec<(String, String)> {
    let mut codes: Vec<&str> = element.codes().collect();
    if element.types().any(|t| t == "boolean") {
        codes = vec!["true", "false"];
    }
    if codes.is_empty() {
        let data_type = element.types().next().unwrap_or_default();
        return vec![(record(section, element, &sample(element, data_type)), data_type.to_owned())];
    }
    codes.into_iter().map(|code| (record(section, element, &Sample::code(element, code)), code.to_owned())).collect()
}
