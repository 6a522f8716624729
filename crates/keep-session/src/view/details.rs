//! Every element of a record, for the page that shows it in full.

use super::names::Names;
use super::visible_record::VisibleRecord;
use super::words;
use crate::dto::chart::detail::{CodeDto, DetailDto, DetailValueDto};
use crate::dto::chart::value::{QuantityDto, ValueDto};
use keep_clinical::{measured_text, safe_unit};
use keep_domain::ResourceKey;
use keep_fhir::lens::{self, Detail, DetailQuantity, DetailReference, DetailValue};
use std::borrow::Cow;

/// All elements of a record; none of one that is masked or unreadable.
pub(crate) struct Details<'e>(Vec<Detail<'e>>);

impl<'e> Details<'e> {
    pub(crate) fn of(entry: &'e VisibleRecord) -> Self {
        let raw = entry.raw.as_ref().filter(|_| !entry.masked);
        Self(raw.map(lens::details).unwrap_or_default())
    }

    /// The resources that the record names only by reference.
    pub(crate) fn unnamed(&self) -> Vec<ResourceKey> {
        let mut found = Vec::new();
        self.0.iter().for_each(|detail| collect_unnamed(detail, &mut found));
        found.sort_unstable();
        found.dedup();
        found
    }

    /// As they are shown, with these names for what the record refers to.
    pub(crate) fn shown(&self, names: &Names) -> Vec<DetailDto> {
        self.0.iter().map(|detail| dto(detail, names)).collect()
    }
}

fn collect_unnamed(detail: &Detail<'_>, found: &mut Vec<ResourceKey>) {
    if let DetailValue::Reference(DetailReference { key: Some(key), display: None, .. }) = &detail.value {
        found.push(key.clone());
    }
    detail.parts.iter().for_each(|part| collect_unnamed(part, found));
}

fn dto(detail: &Detail<'_>, names: &Names) -> DetailDto {
    let mut parts: Vec<DetailDto> = detail.parts.iter().map(|part| dto(part, names)).collect();
    parts.extend(rest_of_units(&detail.value));
    let data_type = detail.data_type.map(str::to_owned);
    DetailDto {
        element: detail.name.to_string(),
        data_type,
        value: value(&detail.value, names),
        parts,
        continued: false,
    }
}

fn value(value: &DetailValue<'_>, names: &Names) -> Option<DetailValueDto> {
    let text = |text: &Cow<'_, str>| ValueDto::Text { text: text.to_string() };
    let plain = match value {
        DetailValue::Group => return None,
        DetailValue::Markdown(text) => return Some(DetailValueDto::Markdown { text: text.to_string() }),
        DetailValue::Code(code) => return Some(DetailValueDto::Code { code: code.to_string() }),
        DetailValue::Concept(text, codes) => {
            let own = |part: &Option<Cow<'_, str>>| part.as_ref().map(ToString::to_string);
            let code = |c: &lens::DetailCode<'_>| CodeDto {
                system: own(&c.system),
                code: own(&c.code),
                display: own(&c.display),
            };
            return Some(DetailValueDto::Concept { text: own(text), codes: codes.iter().map(code).collect() });
        }
        DetailValue::Reference(link) => return Some(reference(link, names)),
        DetailValue::Bytes(count) => {
            return Some(DetailValueDto::Bytes { count: u32::try_from(*count).unwrap_or(u32::MAX) });
        }
        DetailValue::Text(found) => text(found),
        DetailValue::Number(digits) => {
            ValueDto::Quantity { quantity: quantity(&DetailQuantity { value: Some(digits), ..Default::default() }) }
        }
        DetailValue::Boolean(value) => ValueDto::Boolean { value: *value },
        DetailValue::Date(at) => match words::when(Some(at)) {
            Some(at) => ValueDto::Date { at },
            None => ValueDto::Unreadable { text: Some(at.text.clone()) },
        },
        DetailValue::Period(period) => {
            // An end that cannot be read is shown as it was recorded.
            let end = |at: &Option<lens::When>| {
                at.as_ref().and_then(|w| words::when(Some(w)).or_else(|| words::some(w.text.as_str())))
            };
            ValueDto::Period { start: end(&period.start), end: end(&period.end) }
        }
        DetailValue::Quantity(found) => ValueDto::Quantity { quantity: quantity(found) },
        DetailValue::Range(low, high) => {
            ValueDto::Range { low: low.as_ref().map(quantity), high: high.as_ref().map(quantity) }
        }
        DetailValue::Ratio(above, below) => {
            ValueDto::Ratio { numerator: above.as_ref().map(quantity), denominator: below.as_ref().map(quantity) }
        }
        DetailValue::Absent(reason) => ValueDto::Absent { reason: reason.as_ref().map(ToString::to_string) },
    };
    Some(DetailValueDto::Value { value: plain })
}

fn reference(link: &DetailReference<'_>, names: &Names) -> DetailValueDto {
    let known = || link.key.as_ref().and_then(|key| names.key(key)).map(str::to_owned);
    let recorded = link.display.as_ref().map(ToString::to_string).filter(|name| !name.trim().is_empty());
    DetailValueDto::Reference {
        name: recorded.or_else(known),
        reference: link.reference.as_ref().map(ToString::to_string),
    }
}

/// A quantity with its digits as precise as they were recorded and its unit in the safe spelling.
fn quantity(found: &DetailQuantity<'_>) -> QuantityDto {
    let own = |part: &Option<Cow<'_, str>>| part.as_deref().and_then(words::some);
    let recorded_unit = own(&found.unit).or_else(|| own(&found.code));
    let unit = recorded_unit.as_deref().map(safe_unit);
    let number = found.value.map(|digits| measured_text(digits).unwrap_or_else(|| digits.to_owned()));
    let is_same = number.as_deref() == found.value && unit == recorded_unit;
    let recorded = words::joined(found.value.into_iter().chain(recorded_unit.as_deref()), " ");
    QuantityDto {
        comparator: own(&found.comparator),
        number,
        unit,
        recorded: if is_same { None } else { words::some(recorded) },
    }
}

/// The codes of units that say something else than the unit in words, and their systems where these are not UCUM.
fn rest_of_units(value: &DetailValue<'_>) -> Vec<DetailDto> {
    let sides: Vec<&DetailQuantity<'_>> = match value {
        DetailValue::Quantity(found) => vec![found],
        DetailValue::Range(a, b) | DetailValue::Ratio(a, b) => a.iter().chain(b).collect(),
        _ => return Vec::new(),
    };
    let part = |element: &str, text: &str| DetailDto {
        element: element.to_owned(),
        data_type: None,
        value: Some(DetailValueDto::Code { code: text.to_owned() }),
        parts: Vec::new(),
        continued: false,
    };
    let mut out = Vec::new();
    for side in sides {
        let says_more = |code: &&str| side.unit.as_deref().is_some_and(|unit| safe_unit(unit) != safe_unit(code));
        out.extend(side.code.as_deref().filter(says_more).map(|code| part("code", code)));
        out.extend(side.system.as_deref().map(|system| part("system", system)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::{nurse_amara_sees, record, seen_by};
    use keep_domain::Role;

    fn of(json: &str) -> Vec<DetailDto> {
        let names = Names::of(&[record(
            r#"{"resourceType":"Practitioner","id":"jonas","name":[{"prefix":["Dr"],"given":["Jonas"],"family":"Mbeki"}]}"#,
        )]);
        nurse_amara_sees(&[json]).iter().flat_map(|entry| Details::of(entry).shown(&names)).collect()
    }

    fn value_of<'d>(all: &'d [DetailDto], element: &str) -> &'d DetailValueDto {
        all.iter().find(|d| d.element == element).and_then(|d| d.value.as_ref()).expect("a value")
    }

    const RESULT: &str = r#"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"Digoxin","coding":[{"system":"http://loinc.org","code":"10535-3","display":"Digoxin level"}]},"subject":{"reference":"Patient/maria"},"effectiveDateTime":"2026-11-22T10:00:00+03:00","issued":"tomorrow","valueQuantity":{"value":1.50,"comparator":"<","unit":"ug","code":"ng","system":"http://unitsofmeasure.org"},"performer":[{"reference":"Practitioner/jonas"}],"note":[{"text":"first line\nsecond line"}]}"#;

    #[test]
    fn values_are_shown_safely_and_as_recorded() {
        let all = of(RESULT);
        let quantity = QuantityDto {
            comparator: Some(String::from("<")),
            number: Some(String::from("1.50")),
            unit: Some(String::from("mcg")),
            recorded: Some(String::from("1.50 ug")),
        };
        assert_eq!(*value_of(&all, "value"), DetailValueDto::Value { value: ValueDto::Quantity { quantity } });
        let other = all.iter().find(|d| d.element == "value").map(|d| d.parts.as_slice()).unwrap_or_default();
        assert!(
            matches!(other, [code] if code.element == "code" && code.value == Some(DetailValueDto::Code { code: String::from("ng") }))
        );
        let at = String::from("2026-11-22T07:00:00.000Z");
        assert_eq!(*value_of(&all, "effective"), DetailValueDto::Value { value: ValueDto::Date { at } });
        let text = Some(String::from("tomorrow"));
        assert_eq!(*value_of(&all, "issued"), DetailValueDto::Value { value: ValueDto::Unreadable { text } });
        let name = Some(String::from("Dr Jonas Mbeki"));
        let reference = Some(String::from("Practitioner/jonas"));
        assert_eq!(*value_of(&all, "performer"), DetailValueDto::Reference { name, reference });
        let note = all.iter().find(|d| d.element == "note").expect("a note");
        let text = String::from("first line\nsecond line");
        assert_eq!(*value_of(&note.parts, "text"), DetailValueDto::Markdown { text });
    }

    #[test]
    fn references_without_words_are_named_and_hidden_records_say_nothing() {
        let seen = nurse_amara_sees(&[RESULT]);
        let keys: Vec<String> = seen.iter().flat_map(|e| Details::of(e).unnamed()).map(|k| k.to_string()).collect();
        assert_eq!(keys, ["Patient/maria", "Practitioner/jonas"]);
        let none = seen_by(Role::FrontDesk, &[RESULT]);
        assert!(none.iter().all(|e| Details::of(e).shown(&Names::default()).is_empty()));
    }
}
