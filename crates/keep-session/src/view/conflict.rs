//! Two versions of one record, field by field, in words.

use super::dosage::dosages;
use super::names::Names;
use super::notes;
use super::words;
use crate::dto::chart::vitals::SignDto;
use crate::dto::conflict::{ConflictFieldDto, ConflictKeyDto, ConflictPartDto, ConflictValueDto};
use crate::dto::record_title::RecordTitleDto;
use keep_clinical::{Grouping, number_text, safe_unit};
use keep_domain::{BLOOD_PRESSURE_PANEL, Phi, ResourceKey};
use keep_fhir::lens::{self, ComplexElement, Element};
use keep_fhir::{ConflictField, FhirDate};
use std::borrow::Cow;

/// The path of the whole record, where one side has deleted it.
pub(crate) const WHOLE: &str = "record";
/// Types whose names anyone who sees the referring record may see.
const NAMED: [&str; 6] = ["Practitioner", "PractitionerRole", "Organization", "Location", "Medication", "Device"];

/// The fields as the screen shows them; `names` are those of what they refer to.
pub(crate) fn fields(resource_type: &str, found: &[ConflictField], names: &Names) -> Vec<ConflictFieldDto> {
    found.iter().map(|f| field(resource_type, f, names)).collect()
}

/// Resources that the fields name only by reference.
pub(crate) fn unnamed_in(found: &[ConflictField]) -> Vec<ResourceKey> {
    let sides = found.iter().flat_map(|f| [&f.base, &f.ours, &f.theirs]).flatten();
    // EXPOSE: looks only for references.
    let elements = sides.filter_map(|side| Element::parse(side.expose()));
    let mut keys: Vec<ResourceKey> = elements.flat_map(|element| element.references()).collect();
    keys.retain(|key| NAMED.contains(&key.resource_type.as_str()));
    keys
}

fn field(resource_type: &str, found: &ConflictField, names: &Names) -> ConflictFieldDto {
    let read = Reading { resource_type, path: &found.path, names };
    let parts = |value: &Option<Phi<String>>| {
        // EXPOSE: both versions are what the user decides about.
        value.as_ref().map(|v| read.parts(v.expose())).unwrap_or_default()
    };
    ConflictFieldDto {
        label: capital(&found.label),
        base: parts(&found.base),
        ours: parts(&found.ours),
        theirs: parts(&found.theirs),
        chosen: found.preselect,
        path: found.path.clone(),
    }
}

fn capital(plain: &str) -> String {
    let mut letters = plain.trim().chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The one field of a record that the server has deleted: the record itself.
pub(crate) fn deleted_record(title: RecordTitleDto) -> ConflictFieldDto {
    ConflictFieldDto {
        path: WHOLE.to_owned(),
        label: String::new(),
        base: Vec::new(),
        ours: vec![part(ConflictValueDto::Record { title })],
        theirs: vec![part(ConflictValueDto::Deleted)],
        chosen: None,
    }
}

/// A value without a name.
fn part(value: ConflictValueDto) -> ConflictPartDto {
    ConflictPartDto { key: None, name: None, value }
}

fn text(text: impl Into<String>) -> ConflictPartDto {
    part(ConflictValueDto::Text { text: text.into() })
}

fn is_blank(part: &ConflictPartDto) -> bool {
    matches!(&part.value, ConflictValueDto::Text { text } if text.is_empty())
}

/// How the values of one field are read.
#[derive(Clone, Copy)]
struct Reading<'a> {
    resource_type: &'a str,
    path: &'a str,
    names: &'a Names,
}

impl Reading<'_> {
    /// A JSON value in words, through the lens of its type where there is one.
    fn parts(self, json: &str) -> Vec<ConflictPartDto> {
        if let Some(found) = self.through_lens(json) {
            return vec![part(found)];
        }
        let Some(element) = Element::parse(json) else { return vec![part(ConflictValueDto::Unreadable)] };
        self.of(element).into_iter().filter(|p| !is_blank(p)).collect()
    }

    fn through_lens(self, json: &str) -> Option<ConflictValueDto> {
        let of = |kind: &str| lens::resource_with(kind, self.path, json);
        match self.path {
            "dosageInstruction" | "dosage" if self.resource_type.starts_with("Medication") => {
                let found = lens::medication(&of(self.resource_type)?, None).ok()?;
                let dosages = dosages(&found.dosages);
                (!dosages.is_empty()).then_some(ConflictValueDto::Dosages { dosages })
            }
            "content" => notes::plain_text(&of("DocumentReference")?).map(|text| ConflictValueDto::Text { text }),
            _ => None,
        }
    }

    fn of(self, element: Element<'_>) -> Vec<ConflictPartDto> {
        match element {
            Element::Text(found) => {
                // A year alone could also be a code.
                let is_time = found.len() >= "2026-11".len() && FhirDate::parse(&found).is_some();
                vec![if is_time { part(ConflictValueDto::Time { at: found.into_owned() }) } else { text(found) }]
            }
            Element::Number(digits) => vec![text(self.number(digits))],
            Element::Boolean(value) => vec![part(ConflictValueDto::Boolean { value })],
            Element::Null => Vec::new(),
            Element::List(items) => items.into_iter().flat_map(|item| self.of(item)).collect(),
            Element::Object(object) => self.of_object(object),
        }
    }

    /// A dose has no zeros at its end, a measurement keeps them.
    fn number(self, digits: &str) -> String {
        let is_dose = self.resource_type.starts_with("Medication");
        let dose = || number_text(digits, Grouping::Plain);
        is_dose.then(dose).flatten().unwrap_or_else(|| words::number(digits))
    }

    /// Concepts by their words, references by their names, quantities with their unit, the rest member by member.
    fn of_object(self, object: ComplexElement<'_>) -> Vec<ConflictPartDto> {
        if let Some((code, value)) = object.coded_value() {
            let sign = SignDto::of_codes(code.codes()).map(ConflictKeyDto::Sign);
            let name = joined(self.of_object(code));
            let named = |p: ConflictPartDto| ConflictPartDto { key: sign.clone(), name: name.clone(), ..p };
            return self.of(value).into_iter().map(named).collect();
        }
        if let Some(value) = self.named_value(object) {
            return vec![part(value)];
        }
        if let Some(q) = object.quantity() {
            let parts = [q.comparator.as_ref(), &self.number(q.value), &safe_unit(&q.unit)];
            return vec![text(words::joined(parts, " "))];
        }
        let named = object.members().flat_map(|(name, member)| {
            self.of(member).into_iter().map(move |p| {
                let unnamed = p.key.is_none() && p.name.is_none();
                let (key, name) = (Some(ConflictKeyDto::Element(name.to_string())), Some(plain_words(&name)));
                if unnamed { ConflictPartDto { key, name, ..p } } else { p }
            })
        });
        named.collect()
    }

    /// A concept by its words, a reference by the name of its target.
    fn named_value(self, object: ComplexElement<'_>) -> Option<ConflictValueDto> {
        if let Some(text) = self.words_of(object) {
            return Some(ConflictValueDto::Text { text });
        }
        let key = object.reference()?;
        let known = self.names.key(&key).map(|name| ConflictValueDto::Text { text: name.to_owned() });
        Some(known.unwrap_or_else(|| ConflictValueDto::Elsewhere { id: key.id.to_string() }))
    }

    fn words_of(self, object: ComplexElement<'_>) -> Option<String> {
        if let Some(sign) = SignDto::of_codes(object.codes()) {
            return Some(sign.label().to_owned());
        }
        if object.first_code().as_deref() == Some(BLOOD_PRESSURE_PANEL) {
            return Some(String::from("Blood pressure"));
        }
        let coding = || object.first_display().and_then(|d| joined(self.of(d)));
        let own = || object.display().map(Cow::into_owned);
        object.text().map(Cow::into_owned).or_else(coding).or_else(own)
    }
}

fn joined(parts: Vec<ConflictPartDto>) -> Option<String> {
    let texts = parts.into_iter().filter_map(|p| match p.value {
        ConflictValueDto::Text { text } => Some(text),
        ConflictValueDto::Time { at } => Some(at),
        _ => None,
    });
    words::some(words::joined(texts, "; "))
}

/// `doseAndRate` → `dose and rate`.
fn plain_words(element: &str) -> String {
    let mut out = String::new();
    for c in element.chars() {
        if c.is_ascii_uppercase() {
            out.push(' ');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dto::chart::value::ValueDto;
    use crate::view::fixtures::record;
    use keep_fhir::{Merge, Raw, Version, merge};

    fn raw(text: &str) -> Raw {
        Raw::parse(text).expect("valid")
    }

    fn order(dose: &str, status: &str) -> Raw {
        raw(&format!(
            r#"{{"resourceType":"MedicationRequest","id":"m","status":"{status}","medicationCodeableConcept":{{"text":"Enalapril"}},"dosageInstruction":[{{"doseAndRate":[{{"doseQuantity":{{"value":{dose},"unit":"mg"}}}}],"timing":{{"repeat":{{"frequency":1,"period":1,"periodUnit":"d"}}}}}}]}}"#
        ))
    }

    #[test]
    fn a_medicine_is_shown_as_its_line_and_nothing_is_preselected() {
        let (base, ours, theirs) = (order("10", "active"), order("20", "active"), order("10", "stopped"));
        let merged = merge(Some(&base), Version::Present(&ours), Version::Present(&theirs)).expect("merged");
        let Merge::Conflict(conflict) = merged else { panic!("a conflict") };
        let shown = fields("MedicationRequest", &conflict.fields, &Names::default());
        let rows: Vec<_> =
            shown.iter().map(|f| (f.path.as_str(), said_by(&f.ours[0]), said_by(&f.theirs[0]), f.chosen)).collect();
        assert_eq!(
            rows,
            [
                ("status", String::from("active"), String::from("stopped"), None),
                ("dosageInstruction", String::from("20 mg 1 Day"), String::from("10 mg 1 Day"), None),
            ]
        );
    }

    fn said_by(part: &ConflictPartDto) -> String {
        match &part.value {
            ConflictValueDto::Text { text: said } | ConflictValueDto::Time { at: said } => said.clone(),
            ConflictValueDto::Boolean { value } => value.to_string(),
            ConflictValueDto::Elsewhere { id } => format!("elsewhere: {id}"),
            ConflictValueDto::Dosages { dosages } => said_by_dosage(&dosages[0]),
            _ => panic!("a value of a field"),
        }
    }

    fn said_by_dosage(dosage: &crate::dto::chart::dosage::DosageDto) -> String {
        let Some(ValueDto::Quantity { quantity }) = &dosage.doses[0].dose else { panic!("a quantity") };
        let period = dosage.timing.period.as_ref().expect("a period");
        let text = |part: &Option<String>| part.clone().expect("a part");
        format!("{} {} {} {:?}", text(&quantity.number), text(&quantity.unit), text(&period.limits.low), period.unit)
    }

    fn said(resource_type: &str, path: &str, json: &str) -> Vec<(String, String, String)> {
        let names =
            Names::of(&[record(r#"{"resourceType":"Practitioner","id":"amara","name":[{"text":"Amara Okafor"}]}"#)]);
        let parts = Reading { resource_type, path, names: &names }.parts(json);
        let key = |part: &ConflictPartDto| match &part.key {
            None => String::new(),
            Some(ConflictKeyDto::Sign(sign)) => format!("{sign:?}").to_lowercase(),
            Some(ConflictKeyDto::Element(name)) => name.clone(),
        };
        parts.iter().map(|p| (key(p), p.name.clone().unwrap_or_default(), said_by(p))).collect()
    }

    fn owned(rows: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
        rows.iter().map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned())).collect()
    }

    #[test]
    fn a_panel_has_one_part_for_each_sign() {
        let json = r#"[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6","display":"Systolic blood pressure by Noninvasive"}]},"valueQuantity":{"value":162,"unit":"mmHg","code":"mm[Hg]"}},{"code":{"coding":[{"code":"x-1","display":"Cuff size"}]},"valueCodeableConcept":{"text":"large"}}]"#;
        let rows = [("systolic", "Systolic blood pressure", "162 mmHg"), ("", "Cuff size", "large")];
        assert_eq!(said("Observation", "component", json), owned(&rows));
        let code = r#"{"coding":[{"code":"85354-9","display":"Blood pressure panel with all children optional"}]}"#;
        assert_eq!(said("Observation", "code", code), owned(&[("", "", "Blood pressure")]));
    }

    #[test]
    fn every_kind_of_value_is_readable() {
        let check = |resource_type: &str, json: &str, rows: &[(&str, &str, &str)]| {
            assert_eq!(said(resource_type, "x", json), owned(rows), "{json}");
        };
        check("Condition", r#"{"coding":[{"code":"x","display":"Gout"}]}"#, &[("", "", "Gout")]);
        check("MedicationStatement", r#"[{"value":5.0,"unit":"mg"},true]"#, &[("", "", "5 mg"), ("", "", "true")]);
        check("Observation", r#"{"value":4.20,"unit":"mmol/L"}"#, &[("", "", "4.20 mmol/L")]);
        check(
            "Condition",
            r#"{"start":"2026-01","end":"2027-01"}"#,
            &[("start", "start", "2026-01"), ("end", "end", "2027-01")],
        );
        check("Observation", r#"[{"reference":"Practitioner/amara"}]"#, &[("", "", "Amara Okafor")]);
        check("Observation", r#"[{"reference":"Practitioner/b"}]"#, &[("", "", "elsewhere: b")]);
        check("Observation", r#"[{"system":"urn:x","code":"R"}]"#, &[("", "", "R")]);
        check("Goal", r#"{"someThing":{"b":"c"}}"#, &[("b", "b", "c")]);
    }

    #[test]
    fn a_time_is_marked_as_one() {
        let parts =
            |json: &str| Reading { resource_type: "Observation", path: "x", names: &Names::default() }.parts(json);
        let is_time = |json: &str| matches!(parts(json)[0].value, ConflictValueDto::Time { .. });
        assert!(is_time(r#""2026-11-22T10:00:00Z""#) && !is_time(r#""2026""#) && !is_time(r#""final""#));
    }
}
