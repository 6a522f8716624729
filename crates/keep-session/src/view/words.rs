//! Values of records as text.

use keep_clinical::{Rounding, measured_text, rounded_text, safe_unit};
use keep_domain::{BLOOD_PRESSURE_PANEL, Phi, UtcMillis, VitalSign};
use keep_fhir::Precision;
use keep_fhir::lens::{Coding, Concept, Measured, Period, Quantity, When, system_name};

/// A value inside a clinical line that cannot be read.
pub(crate) const UNREADABLE: &str = "could not be read";

/// `None` for blank text.
pub(crate) fn some(text: impl Into<String>) -> Option<String> {
    Some(text.into()).filter(|text| !text.trim().is_empty())
}

/// The words of a concept; a code without words has the name of its system.
pub(crate) fn label(concept: Option<&Concept>) -> Option<String> {
    let concept = concept?;
    if let Some(Coding { system: Some(system), code, .. }) = concept.bare_code() {
        return Some(format!("{code} ({})", system_name(system)));
    }
    some(concept.label()?.trim())
}

/// Texts that are not blank.
pub(crate) fn texts(list: &[Phi<String>]) -> Vec<String> {
    // EXPOSE: the texts are what is shown.
    list.iter().filter_map(|text| some(text.expose().trim())).collect()
}

/// A narrative, where it says something else than the name of its record.
pub(crate) fn beyond(narrative: Option<&Phi<String>>, name: Option<&Concept>) -> Option<String> {
    // EXPOSE: the words are what is shown.
    let text = narrative?.expose().trim();
    some(text).filter(|text| label(name).as_deref() != Some(text))
}

/// What an Observation is called: a vital sign as the chart calls it, anything else by its own words.
pub(crate) fn observed(concept: Option<&Concept>) -> Option<String> {
    let known = concept.into_iter().flat_map(|c| &c.codings).find_map(|c| match c.code.as_str() {
        // Its own display is a sentence.
        BLOOD_PRESSURE_PANEL => Some("Blood pressure"),
        other => VitalSign::from_code(other).map(VitalSign::label),
    });
    known.map(str::to_owned).or_else(|| label(concept))
}

/// A time as it crosses IPC: RFC 3339 with `Z`, or the partial date as recorded; `None` when it cannot be read.
pub(crate) fn when(when: Option<&When>) -> Option<String> {
    let when = when?;
    let date = when.date?;
    if date.precision == Precision::Instant { Some(date.start.to_rfc3339()) } else { some(when.text.trim()) }
}

/// The instant of a time, for sorting.
pub(crate) fn instant(when: Option<&When>) -> Option<UtcMillis> {
    when.and_then(|w| w.date).map(|d| d.start)
}

/// Precision of a shown result: no laboratory measures beyond the fourth decimal.
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
        Measured::Concept(c) | Measured::Absent(c) => label(Some(c)).unwrap_or_default(),
        // EXPOSE: the value is what is shown.
        Measured::Text(text) => text.expose().trim().to_owned(),
        Measured::Boolean(true) => String::from("yes"),
        Measured::Boolean(false) => String::from("no"),
        Measured::Integer(n) => measured_text(n.as_str()).unwrap_or_else(|| UNREADABLE.to_owned()),
        Measured::Range(low, high) => format!("{} – {}", side(low), side(high)),
        Measured::Ratio(above, below) => format!("{} / {}", side(above), side(below)),
        Measured::Time(text) => text.trim().to_owned(),
        Measured::Samples(samples) => samples.data.clone().unwrap_or_default(),
        Measured::File(file) => match &file.text {
            // EXPOSE: the value is what is shown.
            Some(text) => text.expose().trim().to_owned(),
            None => file.title.clone().or_else(|| file.content_type.clone()).unwrap_or_default(),
        },
        Measured::Date(at) => when(Some(at)).unwrap_or_default(),
        Measured::Period(Period { start, end }) => {
            let side = |at: &Option<When>| when(at.as_ref()).unwrap_or_default();
            format!("{} – {}", side(start), side(end))
        }
        Measured::Unreadable(_) => UNREADABLE.to_owned(),
    }
}

/// A recorded number as precise as it was recorded; anything else unchanged.
pub(crate) fn number(digits: &str) -> String {
    measured_text(digits).unwrap_or_else(|| digits.to_owned())
}

/// The parts that are not blank, joined.
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
            let (start, _) = text.split_at_checked(at).unwrap_or_default();
            format!("{start} […]")
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
