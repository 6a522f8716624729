//! The value of a sign in the unit of the chart.

use super::reading::Reading;
use crate::dto::chart::value::{QuantityDto, ValueDto};
use crate::dto::chart::vitals::SignDto;
use crate::view::{value, words};
use keep_clinical::{Plausibility, Rounding, check_vital, display_decimals, rounded_text};
use keep_domain::VitalSign;
use keep_fhir::lens::{Measured, Quantity};

/// Units of a saturation that is recorded as a fraction.
const FRACTION: [&str; 4] = ["1", "{fraction}", "fraction", "ratio"];

/// The exact number in the unit of the chart; that of another sign in its recorded unit.
pub(super) fn number_of(sign: SignDto, measured: &Measured) -> Option<f64> {
    match measured {
        Measured::Quantity(q) if q.comparator.is_some() => None,
        Measured::Quantity(q) => in_chart_unit(sign, q),
        Measured::Integer(n) if sign.vital().is_none() => Some(n.to_f64()),
        _ => None,
    }
}

/// The number in the unit of the chart; `None` for an unknown unit, which must not be mixed in, and for a number that
/// no living person has, whose unit must be another than recorded.
pub(crate) fn in_chart_unit(sign: SignDto, quantity: &Quantity) -> Option<f64> {
    let number = quantity.value.as_ref()?.to_f64();
    let Some(vital) = sign.vital() else { return Some(number) };
    let found = converted(vital, quantity, number)?;
    let impossible = matches!(check_vital(vital, found, None), Plausibility::Impossible { .. });
    (!impossible).then_some(found)
}

fn converted(vital: VitalSign, quantity: &Quantity, number: f64) -> Option<f64> {
    use VitalSign as V;
    // Most records: the unit of the chart.
    if quantity.code.as_deref() == Some(vital.ucum()) && quantity.unit.as_deref().is_none_or(|u| u == vital.unit()) {
        return (!quantity.foreign).then_some(number);
    }
    let unit = value::unit_of(quantity)?;
    if vital == V::OxygenSaturation {
        let names = [unit.words, unit.code].into_iter().flatten();
        let is_fraction = names.into_iter().all(|u| FRACTION.contains(&u.to_lowercase().as_str()));
        if is_fraction && number > 0.0 && number <= 1.0 {
            return Some(number * 100.0);
        }
        return if unit.is_none() { Some(number) } else { unit.convert(number, vital.ucum()).filter(|_| !is_fraction) };
    }
    // Where no other unit is in use, none has to be recorded.
    if unit.is_none() {
        return matches!(vital, V::HeartRate | V::RespiratoryRate | V::Bmi).then_some(number);
    }
    unit.convert(number, vital.ucum())
}

/// The value rounded for reading and in the unit of the chart; as recorded where its unit is unknown.
///
/// INVARIANT: rounding is for reading only; what is drawn, computed with and sent is the recorded value.
pub(super) fn value_of(sign: SignDto, measured: &Measured) -> ValueDto {
    if let (Some(vital), Measured::Quantity(q)) = (sign.vital(), measured)
        && let (Some(number), Some(digits)) = (in_chart_unit(sign, q), q.value.as_ref())
    {
        let places = display_decimals(vital);
        let exact = words::number(digits.as_str());
        #[expect(clippy::float_cmp, reason = "a value that was not converted is the same bits")]
        let text = if number == digits.to_f64() {
            rounded_text(digits.as_str(), Rounding::Decimals(places)).unwrap_or_else(|| exact.clone())
        } else {
            format!("{number:.places$}")
        };
        let recorded = (text != exact).then(|| words::quantity(q, Rounding::AsRecorded));
        let comparator = q.comparator.as_deref().and_then(words::some);
        let unit = Some(vital.unit().to_owned());
        return ValueDto::Quantity { quantity: QuantityDto { comparator, number: Some(text), unit, recorded } };
    }
    value::value(measured, Rounding::AsRecorded)
}

/// The value of a reading inside a line.
pub(super) fn shown(reading: &Reading<'_>) -> String {
    let Some(measured) = reading.value else { return String::new() };
    match value_of(reading.sign, measured) {
        ValueDto::Quantity { quantity: q } if reading.sign.vital().is_some() => {
            let parts = [q.comparator, q.number, q.unit];
            words::joined(parts.into_iter().flatten(), " ")
        }
        _ => words::measured(measured, Rounding::AsRecorded),
    }
}

/// The value as recorded, where that differs from what is shown.
pub(super) fn shown_recorded(reading: &Reading<'_>) -> Option<String> {
    match value_of(reading.sign, reading.value?) {
        ValueDto::Quantity { quantity } => quantity.recorded,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keep_fhir::{Raw, lens};

    fn check(sign: SignDto, quantity: &str, shown: &str, recorded: Option<&str>, drawn: bool) {
        let text = format!(r#"{{"resourceType":"Observation","code":{{"text":"x"}},"valueQuantity":{quantity}}}"#);
        let lens = lens::observation(&Raw::parse(text).expect("valid")).expect("an observation");
        let measured = lens.value.expect("a value");
        let ValueDto::Quantity { quantity: q } = value_of(sign, &measured) else { panic!("a quantity") };
        let text = words::joined([q.comparator, q.number, q.unit].into_iter().flatten(), " ");
        assert_eq!((text.as_str(), q.recorded.as_deref()), (shown, recorded), "{quantity}");
        assert_eq!(number_of(sign, &measured).is_some(), drawn, "{quantity}");
    }

    #[test]
    fn other_units_are_converted_and_say_what_was_recorded() {
        use SignDto as S;
        check(S::Temperature, r#"{"value":103.1,"unit":"F"}"#, "39.5 °C", Some("103.1 F"), true);
        check(S::Temperature, r#"{"value":98.6,"code":"[degF]"}"#, "37.0 °C", Some("98.6 [degF]"), true);
        check(S::Weight, r#"{"value":154,"unit":"lbs"}"#, "69.9 kg", Some("154 lbs"), true);
        check(S::Weight, r#"{"value":3450,"unit":"g","code":"g"}"#, "3.5 kg", Some("3450 g"), true);
        check(S::Height, r#"{"value":65,"unit":"inches"}"#, "165.1 cm", Some("65 inches"), true);
        check(S::Systolic, r#"{"value":16,"unit":"kPa"}"#, "120 mmHg", Some("16 kPa"), true);
        check(S::Respiration, r#"{"value":18,"unit":"breaths/minute"}"#, "18 /min", None, true);
        check(S::Spo2, r#"{"value":0.91,"unit":"1"}"#, "91 %", Some("0.91 1"), true);
        check(S::Spo2, r#"{"value":0.91}"#, "91 %", Some("0.91"), true);
        check(S::Spo2, r#"{"value":97}"#, "97 %", None, true);
    }

    #[test]
    fn an_unknown_unit_is_shown_as_recorded_and_not_drawn() {
        use SignDto as S;
        check(S::Temperature, r#"{"value":103.1}"#, "103.1", None, false);
        check(S::Temperature, r#"{"value":29.6,"unit":"Re"}"#, "29.6 Re", None, false);
        check(S::Weight, r#"{"value":11,"unit":"stones and a bit"}"#, "11 stones and a bit", None, false);
        check(S::Weight, r#"{"value":154,"unit":"lbs","code":"kg"}"#, "154 lbs", None, false);
        check(S::Spo2, r#"{"value":97,"unit":"1"}"#, "97 1", None, false);
        check(S::Spo2, r#"{"value":0.91,"unit":"%"}"#, "0.91 %", None, false);
        check(S::Pulse, r#"{"value":80,"code":"265201","system":"urn:other"}"#, "80 265201", None, false);
        // Recorded in Celsius, but a number of Fahrenheit.
        check(S::Temperature, r#"{"value":98.6,"code":"Cel"}"#, "98.6 °C", None, false);
        // Not exact, so not drawn.
        check(S::Spo2, r#"{"value":70,"comparator":"<","unit":"%"}"#, "< 70 %", None, false);
    }
}
