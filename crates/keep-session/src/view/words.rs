//! Values of records as text.

use keep_clinical::{Rounding, measured_text, rounded_text, safe_unit};
use keep_domain::{BLOOD_PRESSURE_PANEL, UtcMillis, VitalSign};
use keep_fhir::Precision;
use keep_fhir::lens::{Concept, Measured, Moment, Period, Quantity, ReferenceRange, When};

/// Shown for a value that is there and cannot be read.
pub(crate) const UNREADABLE: &str = "could not be read";

/// The words of a concept, or nothing.
pub(crate) fn label(concept: Option<&Concept>) -> String {
    concept.and_then(Concept::label).unwrap_or_default().trim().to_owned()
}

/// What an Observation is called: a vital sign as the chart calls it, anything else by its own words.
pub(crate) fn observed(concept: Option<&Concept>) -> String {
    let known = concept.into_iter().flat_map(|c| &c.codings).find_map(|c| match c.code.as_str() {
        // Its own display is a sentence.
        BLOOD_PRESSURE_PANEL => Some("Blood pressure"),
        other => VitalSign::from_loinc(other).map(VitalSign::label),
    });
    known.map_or_else(|| label(concept), str::to_owned)
}

/// A time as it crosses IPC: RFC 3339 with `Z`, or the partial date as recorded; empty when it cannot be read.
pub(crate) fn when(when: Option<&When>) -> String {
    let Some(when) = when else { return String::new() };
    match when.date {
        Some(date) if date.precision == Precision::Instant => date.start.to_rfc3339(),
        Some(_) => when.text.trim().to_owned(),
        None => String::new(),
    }
}

/// The instant of a time, for sorting.
pub(crate) fn instant(when: Option<&When>) -> Option<UtcMillis> {
    when.and_then(|w| w.date).map(|d| d.start)
}

/// A moment of a Condition: a date, or the words that stand for it.
pub(crate) fn moment(found: Option<&Moment>) -> String {
    match found {
        Some(Moment::At(at)) => when(Some(at)),
        // An age or words are no date that the interface could format.
        Some(Moment::Age(_) | Moment::Words(_)) | None => String::new(),
    }
}

/// How far a result is shown: beyond the fourth decimal no laboratory measures.
pub(crate) const RESULT: Rounding = Rounding::Significant(4);

/// A quantity with its digits and unit; `could not be read` without a number.
pub(crate) fn quantity(quantity: &Quantity, rounding: Rounding) -> String {
    let unit = safe_unit(quantity.unit.as_deref().or(quantity.code.as_deref()).unwrap_or_default());
    let number = quantity.value.as_ref().and_then(|v| rounded_text(v.as_str(), rounding));
    let Some(number) = number else { return UNREADABLE.to_owned() };
    joined([quantity.comparator.as_deref().unwrap_or_default(), number.as_str(), unit.as_str()], " ")
}

/// A measured value as text, its numbers rounded by `rounding`.
pub(crate) fn measured(value: &Measured, rounding: Rounding) -> String {
    let side = |q: &Option<Quantity>| q.as_ref().map_or_else(|| String::from("?"), |q| quantity(q, rounding));
    match value {
        Measured::Quantity(q) => quantity(q, rounding),
        Measured::Concept(c) | Measured::Absent(c) => label(Some(c)),
        // EXPOSE: the value is what is shown.
        Measured::Text(text) => text.expose().trim().to_owned(),
        Measured::Boolean(true) => String::from("yes"),
        Measured::Boolean(false) => String::from("no"),
        Measured::Integer(n) => measured_text(n.as_str()).unwrap_or_else(|| UNREADABLE.to_owned()),
        Measured::Range(low, high) => format!("{} – {}", side(low), side(high)),
        Measured::Ratio(above, below) => format!("{} / {}", side(above), side(below)),
        Measured::Date(at) => when(Some(at)),
        Measured::Period(Period { start, end }) => {
            format!("{} – {}", when(start.as_ref()), when(end.as_ref()))
        }
        Measured::Unreadable(_) => UNREADABLE.to_owned(),
    }
}

/// A reference range as text: `3.5 – 5.1 mmol/L`, `< 42`, or the laboratory's own words.
pub(crate) fn range(ranges: &[ReferenceRange]) -> String {
    let Some(range) = ranges.first() else { return String::new() };
    let number =
        |q: &Option<Quantity>| q.as_ref().and_then(|q| q.value.as_ref()).and_then(|v| measured_text(v.as_str()));
    let unit = [&range.high, &range.low].into_iter().flatten().find_map(|q| q.unit.as_deref());
    let unit = unit.map(|u| format!(" {}", safe_unit(u))).unwrap_or_default();
    match (number(&range.low), number(&range.high)) {
        (Some(low), Some(high)) => format!("{low} – {high}{unit}"),
        (Some(low), None) => format!("≥ {low}{unit}"),
        (None, Some(high)) => format!("≤ {high}{unit}"),
        (None, None) => range.text.clone().unwrap_or_default(),
    }
}

/// The limits of a reference range, for flags.
pub(crate) fn limits(ranges: &[ReferenceRange]) -> (Option<f64>, Option<f64>) {
    let number = |q: &Option<Quantity>| q.as_ref().and_then(|q| q.value.as_ref()).map(keep_fhir::Decimal::to_f64);
    ranges.first().map_or((None, None), |r| (number(&r.low), number(&r.high)))
}

/// A recorded number as precise as it was recorded, or as it stands.
pub(crate) fn number(digits: &str) -> String {
    measured_text(digits).unwrap_or_else(|| digits.to_owned())
}

/// Parts that say something, joined.
pub(crate) fn joined<S: AsRef<str>>(parts: impl IntoIterator<Item = S>, between: &str) -> String {
    let mut out = String::new();
    for part in parts {
        let part = part.as_ref().trim();
        if part.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push_str(between);
        }
        out.push_str(part);
    }
    out
}

/// At most `most` characters, with a mark where something was left out.
pub(crate) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((at, _)) => {
            let (kept, _) = text.split_at_checked(at).unwrap_or_default();
            format!("{kept} […]")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(cut("née", 2), "né […]");
        assert_eq!(cut("née", 3), "née");
        assert_eq!(joined(["a", " ", "b"], ", "), "a, b");
    }
}
