//! An onset or abatement in parts.

use super::words;
use crate::dto::chart::value::{QuantityDto, ValueDto};
use keep_clinical::{measured_text, safe_unit};
use keep_fhir::lens::{Moment, Quantity, When};

/// The value of a moment; `None` where only that it happened is recorded.
pub(crate) fn value(moment: &Moment) -> Option<ValueDto> {
    Some(match moment {
        Moment::At(at) => date(at),
        Moment::Within(period) => {
            let unread = [&period.start, &period.end].into_iter().flatten().find(|at| words::when(Some(at)).is_none());
            match unread {
                Some(at) => ValueDto::Unreadable { text: words::some(at.text.as_str()) },
                None => ValueDto::Period {
                    start: words::when(period.start.as_ref()),
                    end: words::when(period.end.as_ref()),
                },
            }
        }
        Moment::Age(age) => ValueDto::Quantity { quantity: quantity(age) },
        Moment::Ages(low, high) => {
            ValueDto::Range { low: low.as_ref().map(quantity), high: high.as_ref().map(quantity) }
        }
        // EXPOSE: the words are what is shown.
        Moment::Words(text) => ValueDto::Text { text: text.expose().trim().to_owned() },
        Moment::Untimed => return None,
    })
}

fn date(at: &When) -> ValueDto {
    match words::when(Some(at)) {
        Some(at) => ValueDto::Date { at },
        None => ValueDto::Unreadable { text: words::some(at.text.as_str()) },
    }
}

fn quantity(age: &Quantity) -> QuantityDto {
    let unit = age.unit.as_deref().filter(|u| !u.trim().is_empty()).or(age.code.as_deref());
    QuantityDto {
        comparator: age.comparator.as_deref().and_then(words::some),
        number: age.value.as_ref().and_then(|v| measured_text(v.as_str())),
        unit: unit.and_then(|u| words::some(safe_unit(u))),
        recorded: None,
    }
}
