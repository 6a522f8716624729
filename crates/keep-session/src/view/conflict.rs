//! Two versions of one record, field by field, in words.

use super::medicines;
use super::words;
use crate::dto::conflict::ConflictFieldDto;
use keep_domain::Phi;
use keep_fhir::{ConflictField, Kind, Node, Raw, Side, lens};

/// The choice that stands for the whole record, where one side has deleted it.
pub(crate) const WHOLE: &str = "record";

/// The fields as the screen shows them.
pub(crate) fn fields(resource_type: &str, found: &[ConflictField]) -> Vec<ConflictFieldDto> {
    found.iter().map(|f| field(resource_type, f)).collect()
}

fn field(resource_type: &str, found: &ConflictField) -> ConflictFieldDto {
    let text = |value: &Option<Phi<String>>| {
        // EXPOSE: both versions are what the person decides about.
        value.as_ref().map(|v| value_text(resource_type, &found.path, v.expose())).unwrap_or_default()
    };
    ConflictFieldDto {
        label: label(&found.path, &found.label),
        base: text(&found.base),
        ours: text(&found.ours),
        theirs: text(&found.theirs),
        chosen: String::from(match found.preselect {
            Some(Side::Ours) => "ours",
            Some(Side::Theirs) => "theirs",
            None => "",
        }),
        path: found.path.clone(),
    }
}

fn label(path: &str, plain: &str) -> String {
    let known = match path {
        "dosageInstruction" | "dosage" => "Dosage",
        "medication[x]" => "Medicine",
        "effective[x]" => "Taken",
        "onset[x]" => "Onset",
        "abatement[x]" => "End",
        "value[x]" => "Value",
        "clinicalStatus" => "Status",
        "verificationStatus" => "Certainty",
        "content" => "Text",
        "meta.security" => "Sensitivity",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let mut letters = plain.trim().chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A JSON value in words, through the lens of its type where there is one.
fn value_text(resource_type: &str, path: &str, json: &str) -> String {
    through_lens(resource_type, path, json).filter(|t| !t.is_empty()).unwrap_or_else(|| plain(json))
}

fn through_lens(resource_type: &str, path: &str, json: &str) -> Option<String> {
    let of = |kind: &str| Raw::parse(format!(r#"{{"resourceType":"{kind}","id":"x","{path}":{json}}}"#)).ok();
    match path {
        "dosageInstruction" => Some(medicines::dosage(&of("MedicationRequest")?)),
        "dosage" if resource_type == "MedicationStatement" => Some(medicines::dosage(&of("MedicationStatement")?)),
        "content" => match lens::document(&of("DocumentReference")?).ok()?.body {
            lens::NoteBody::Text(text) => {
                // EXPOSE: both versions are what the person decides about.
                Some(text.expose().clone())
            }
            _ => None,
        },
        _ => None,
    }
}

fn plain(json: &str) -> String {
    let Ok(raw) = Raw::parse(format!(r#"{{"v":{json}}}"#)) else { return String::from(words::UNREADABLE) };
    raw.node().member("v").map(node_text).unwrap_or_default()
}

/// Any value: concepts by their words, quantities with their unit, the rest member by member.
fn node_text(node: Node<'_>) -> String {
    match node.kind() {
        Kind::Text => node.text().map(std::borrow::Cow::into_owned).unwrap_or_default(),
        Kind::Number => words::number(node.raw()),
        Kind::Boolean => String::from(if node.boolean() == Some(true) { "yes" } else { "no" }),
        Kind::Null => String::new(),
        Kind::Array => words::joined(node.items().map(node_text), "; "),
        Kind::Object => object_text(node),
    }
}

fn object_text(node: Node<'_>) -> String {
    let text = |name: &str| node.member_text(name).map(std::borrow::Cow::into_owned);
    let coding = || node.at(&["coding", "display"]).or_else(|| node.at(&["coding", "code"])).map(node_text);
    let words_of = text("text").or_else(coding).or_else(|| text("display")).or_else(|| text("reference"));
    if let Some(found) = words_of {
        return found;
    }
    if let Some(value) = node.member("value") {
        return words::joined([node_text(value), text("unit").unwrap_or_default()], " ");
    }
    if node.member("start").is_some() || node.member("end").is_some() {
        return words::joined([text("start").unwrap_or_default(), text("end").unwrap_or_default()], " – ");
    }
    words::joined(node.members().map(|(name, v)| format!("{name} {}", node_text(v))), ", ")
}

/// The choices as the merge wants them; `None` for a side that is no side.
pub(crate) fn side_of(word: &str) -> Option<Side> {
    match word {
        "ours" => Some(Side::Ours),
        "theirs" => Some(Side::Theirs),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keep_fhir::{Merge, Version, merge};

    fn raw(text: &str) -> Raw {
        Raw::parse(text).expect("valid")
    }

    fn order(dose: &str, status: &str) -> Raw {
        raw(&format!(
            r#"{{"resourceType":"MedicationRequest","id":"m","status":"{status}","medicationCodeableConcept":{{"text":"Enalapril"}},"dosageInstruction":[{{"doseAndRate":[{{"doseQuantity":{{"value":{dose},"unit":"mg"}}}}],"timing":{{"repeat":{{"frequency":1,"period":1,"periodUnit":"d"}}}}}}]}}"#
        ))
    }

    #[test]
    fn a_medicine_reads_as_its_line_and_nothing_is_chosen_beforehand() {
        let (base, ours, theirs) = (order("10", "active"), order("20", "active"), order("10", "stopped"));
        let merged = merge(Some(&base), Version::Present(&ours), Version::Present(&theirs)).expect("merged");
        let Merge::Conflict(conflict) = merged else { panic!("a conflict") };
        let shown = fields("MedicationRequest", &conflict.fields);
        let rows: Vec<_> =
            shown.iter().map(|f| (f.label.as_str(), f.ours.as_str(), f.theirs.as_str(), f.chosen.as_str())).collect();
        assert_eq!(
            rows,
            [("Status", "active", "stopped", ""), ("Dosage", "20 mg – once a day", "10 mg – once a day", ""),]
        );
    }

    #[test]
    fn any_value_has_words() {
        assert_eq!(plain(r#"{"coding":[{"code":"x","display":"Gout"}]}"#), "Gout");
        assert_eq!(plain(r#"[{"value":5.0,"unit":"mg"},true]"#), "5 mg; yes");
        assert_eq!(plain(r#"{"start":"2026","end":"2027"}"#), "2026 – 2027");
        assert_eq!(plain(r#"{"a":{"b":"c"}}"#), "a b c");
    }
}
