//! Recorded values in parts.

use super::words;
use crate::dto::chart::value::{QuantityDto, ValueDto};
use keep_clinical::{RecordedUnit, Rounding, measured_text, rounded_text, safe_unit};
use keep_fhir::Decimal;
use keep_fhir::lens::{Measured, Quantity};

/// The longest text of a value, characters.
const LONGEST: usize = 4_000;

/// A quantity, its number rounded by `rounding`.
pub(crate) fn quantity(quantity: &Quantity, rounding: Rounding) -> QuantityDto {
    let exact = quantity.value.as_ref().and_then(|v| measured_text(v.as_str()));
    let number = quantity.value.as_ref().and_then(|v| rounded_text(v.as_str(), rounding));
    let is_rounded = number != exact;
    QuantityDto {
        comparator: quantity.comparator.as_deref().and_then(words::some),
        number,
        unit: shown_unit(quantity),
        recorded: is_rounded.then(|| words::quantity(quantity, Rounding::AsRecorded)),
    }
}

/// The recorded unit in its safe spelling: its words, or else its code.
fn shown_unit(quantity: &Quantity) -> Option<String> {
    let text = quantity.unit.as_deref().filter(|u| !u.trim().is_empty()).or(quantity.code.as_deref())?;
    words::some(safe_unit(text))
}

/// The unit of a quantity as it is compared; `None` where its only code is of another system than UCUM.
pub(crate) fn unit_of(quantity: &Quantity) -> Option<RecordedUnit<'_>> {
    let unit = RecordedUnit::new(quantity.unit.as_deref(), quantity.ucum());
    (!(quantity.foreign && unit.is_none())).then_some(unit)
}

/// A measured value, its numbers rounded by `rounding`.
pub(crate) fn value(measured: &Measured, rounding: Rounding) -> ValueDto {
    let side = |q: &Option<Quantity>| q.as_ref().map(|q| quantity(q, rounding));
    let text = |text: &str| ValueDto::Text { text: words::cut(text.trim(), LONGEST) };
    match measured {
        Measured::Quantity(q) => ValueDto::Quantity { quantity: quantity(q, rounding) },
        Measured::Concept(c) => words::label(Some(c)).map_or(ValueDto::Unreadable { text: None }, |t| text(&t)),
        Measured::Absent(c) => ValueDto::Absent { reason: words::label(Some(c)) },
        // EXPOSE: the value is what is shown.
        Measured::Text(recorded) => text(recorded.expose()),
        Measured::Time(recorded) => text(recorded),
        Measured::Boolean(value) => ValueDto::Boolean { value: *value },
        Measured::Integer(n) => {
            let whole = Quantity { value: Some(n.clone()), ..Quantity::default() };
            ValueDto::Quantity { quantity: quantity(&whole, rounding) }
        }
        Measured::Range(low, high) => ValueDto::Range { low: side(low), high: side(high) },
        Measured::Ratio(above, below) => ValueDto::Ratio { numerator: side(above), denominator: side(below) },
        Measured::Date(at) => match words::when(Some(at)) {
            Some(at) => ValueDto::Date { at },
            None => ValueDto::Unreadable { text: words::some(at.text.as_str()) },
        },
        Measured::Period(period) => {
            ValueDto::Period { start: words::when(period.start.as_ref()), end: words::when(period.end.as_ref()) }
        }
        Measured::Samples(samples) => ValueDto::Samples {
            origin: side(&samples.origin),
            interval: samples.interval.as_ref().map(digits),
            factor: samples.factor.as_ref().map(digits),
            lower_limit: samples.lower_limit.as_ref().map(digits),
            upper_limit: samples.upper_limit.as_ref().map(digits),
            data: samples.data.as_deref().map(|data| words::cut(data, LONGEST)),
        },
        Measured::File(file) => match &file.text {
            // EXPOSE: the value is what is shown.
            Some(recorded) => text(recorded.expose()),
            None => ValueDto::File { title: file.title.clone(), content_type: file.content_type.clone() },
        },
        Measured::Unreadable(_) => ValueDto::Unreadable { text: None },
    }
}

fn digits(number: &Decimal) -> String {
    words::number(number.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use keep_fhir::{Raw, lens};

    fn read(part: &str) -> ValueDto {
        let text = format!(r#"{{"resourceType":"Observation","code":{{"text":"x"}},{part}}}"#);
        let lens = lens::observation(&Raw::parse(text).expect("valid")).expect("an observation");
        value(&lens.value.expect("a value"), words::RESULT)
    }

    fn number(number: &str, unit: Option<&str>) -> QuantityDto {
        let unit = unit.map(str::to_owned);
        QuantityDto { comparator: None, number: Some(number.to_owned()), unit, recorded: None }
    }

    #[test]
    fn every_form_of_a_value_crosses_in_parts() {
        let text = |t: &str| ValueDto::Text { text: t.to_owned() };
        let quantity = |q: QuantityDto| ValueDto::Quantity { quantity: q };
        assert_eq!(
            read(r#""valueQuantity":{"value":5.90,"comparator":"<","unit":"mmol/L"}"#),
            quantity(QuantityDto { comparator: Some("<".into()), ..number("5.90", Some("mmol/L")) })
        );
        assert_eq!(read(r#""valueQuantity":{"value":9,"code":"{score}"}"#), quantity(number("9", Some("{score}"))));
        assert_eq!(read(r#""valueInteger":3"#), quantity(number("3", None)));
        assert_eq!(read(r#""valueBoolean":false"#), ValueDto::Boolean { value: false });
        assert_eq!(read(r#""valueString":" trace ""#), text("trace"));
        assert_eq!(read(r#""valueTime":"08:30:00""#), text("08:30:00"));
        assert_eq!(read(r#""valueCodeableConcept":{"coding":[{"system":"s","code":"c"}]}"#), text("c (s)"));
        assert_eq!(read(r#""valueCodeableConcept":{"coding":[{"code":"c","display":"Positive"}]}"#), text("Positive"));
        assert_eq!(
            read(r#""valueRange":{"low":{"value":1},"high":{"value":2}}"#),
            ValueDto::Range { low: Some(number("1", None)), high: Some(number("2", None)) }
        );
        assert_eq!(
            read(r#""valueRatio":{"numerator":{"value":1},"denominator":{"value":128}}"#),
            ValueDto::Ratio { numerator: Some(number("1", None)), denominator: Some(number("128", None)) }
        );
        assert_eq!(read(r#""valueDateTime":"2026-11""#), ValueDto::Date { at: "2026-11".into() });
        assert_eq!(read(r#""valueDateTime":"soon""#), ValueDto::Unreadable { text: Some("soon".into()) });
        assert_eq!(
            read(r#""valuePeriod":{"start":"2026-11-01"}"#),
            ValueDto::Period { start: Some("2026-11-01".into()), end: None }
        );
        assert_eq!(
            read(
                r#""valueSampledData":{"origin":{"value":0,"unit":"mV"},"period":10,"factor":1.6,"upperLimit":3300,"data":"1 E 2"}"#
            ),
            ValueDto::Samples {
                origin: Some(number("0", Some("mV"))),
                interval: Some("10".into()),
                factor: Some("1.6".into()),
                lower_limit: None,
                upper_limit: Some("3300".into()),
                data: Some("1 E 2".into())
            }
        );
        assert_eq!(
            read(r#""valueAttachment":{"title":"ECG","contentType":"image/png"}"#),
            ValueDto::File { title: Some("ECG".into()), content_type: Some("image/png".into()) }
        );
        assert_eq!(
            read(r#""dataAbsentReason":{"coding":[{"code":"asked-declined","display":"Asked But Declined"}]}"#),
            ValueDto::Absent { reason: Some("Asked But Declined".into()) }
        );
        assert_eq!(read(r#""valueMoney":{"value":1}"#), ValueDto::Unreadable { text: None });
    }
}
