//! Dosages in parts, with the recorded words where the parts do not say them all.

use super::words;
use crate::dto::chart::dosage::{
    DayEventDto, DosageDto, DoseDto, DoseTimingDto, LimitsDto, MaximumDoseDto, TimeSpanDto, TimeUnitDto,
    UnreadElementDto, WeekdayDto,
};
use crate::dto::chart::value::{QuantityDto, ValueDto};
use keep_clinical::{
    DayEvent, Grouping, Maximum, MaximumPer, StructuredAmount, StructuredBounds, StructuredDosage, StructuredSpan,
    StructuredTiming, Weekday, number_text, safe_unit, structure_says_all,
};
use keep_domain::Phi;
use keep_fhir::lens::{Amount, AsNeeded, Bounds, Concept, Dosage, Quantity, Span, Timing};
use std::borrow::Cow;

/// The parts of each dosage that says anything.
pub(crate) fn dosages(found: &[Dosage]) -> Vec<DosageDto> {
    found
        .iter()
        .map(dosage)
        .filter(|d| *d != DosageDto { sequence: d.sequence.clone(), ..DosageDto::default() })
        .collect()
}

/// The parts of one dosage.
pub(crate) fn dosage(found: &Dosage) -> DosageDto {
    let mut unread = Vec::new();
    let timing = found.timing.as_ref().map(|t| timing(t, &mut unread)).unwrap_or_default();
    let reason = match &found.as_needed {
        AsNeeded::For(reason) => words::label(Some(reason)),
        AsNeeded::Yes | AsNeeded::No => None,
    };
    let own = |text: &Option<Phi<String>>| {
        // EXPOSE: the instruction is what is shown.
        text.as_ref().and_then(|t| words::some(t.expose().trim()))
    };
    let label = |concept: &Option<Concept>| words::label(concept.as_ref());
    let additional = found.additional.iter().filter_map(|c| words::label(Some(c)));
    unread.extend(found.unread.elements.iter().map(|(element, text)| left(element, text)));
    unread.extend(found.unread.modifiers.iter().map(|url| left("modifierExtension", url)));
    let mut shown = DosageDto {
        words: None,
        sequence: found.sequence.clone(),
        doses: found.doses.iter().map(dose).filter(|d| d.dose.is_some() || d.rate.is_some()).collect(),
        timing,
        as_needed: found.as_needed != AsNeeded::No,
        as_needed_for: reason,
        route: label(&found.route),
        site: label(&found.site),
        method: label(&found.method),
        maxima: maxima(found),
        instructions: additional.chain(own(&found.patient_instruction)).collect(),
        unread,
    };
    let text = own(&found.text);
    shown.words = text.filter(|text| {
        !shown.unread.is_empty() || found.unread.extended || !structure_says_all(text, &structured(&shown))
    });
    shown
}

fn left(element: &str, recorded: &str) -> UnreadElementDto {
    UnreadElementDto { element: element.to_owned(), recorded: recorded.to_owned() }
}

fn dose(found: &keep_fhir::lens::DoseAndRate) -> DoseDto {
    let kind = found.kind.as_ref().and_then(|k| match k.code() {
        Some(code @ ("ordered" | "calculated")) => Some(code.to_owned()),
        _ => words::label(Some(k)),
    });
    DoseDto { kind, dose: found.dose.as_ref().map(amount), rate: found.rate.as_ref().map(amount) }
}

fn amount(found: &Amount) -> ValueDto {
    let side = |q: &Option<Quantity>| q.as_ref().map(quantity);
    match found {
        Amount::Exactly(q) => ValueDto::Quantity { quantity: quantity(q) },
        Amount::Between(low, high) => ValueDto::Range { low: side(low), high: side(high) },
        Amount::Per(above, below) => ValueDto::Ratio { numerator: side(above), denominator: side(below) },
    }
}

/// An amount of a medicine: no zeros at its end, thousands in groups (ISMP).
pub(crate) fn quantity(found: &Quantity) -> QuantityDto {
    let unit = found.unit.as_deref().filter(|u| !u.trim().is_empty()).or(found.code.as_deref()).unwrap_or_default();
    // UCUM writes what is no unit of measure in braces.
    let bare = unit.strip_prefix('{').and_then(|u| u.strip_suffix('}')).unwrap_or(unit);
    // A code in digits beside a number would read as another number.
    let is_digits = !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit());
    let bare = if is_digits { Cow::Owned(format!("[{bare}]")) } else { Cow::Borrowed(bare) };
    QuantityDto {
        comparator: found.comparator.clone(),
        number: found.value.as_ref().and_then(|v| number_text(v.as_str(), Grouping::Thousands)),
        unit: words::some(safe_unit(&bare)),
        recorded: None,
    }
}

fn maxima(found: &Dosage) -> Vec<MaximumDoseDto> {
    let maximum = &found.maximum;
    let period = maximum.per_period.as_ref().and_then(|ratio| match ratio {
        Amount::Per(Some(above), below) => {
            Some(MaximumDoseDto::Period { amount: quantity(above), period: below.as_ref().map(quantity) })
        }
        _ => None,
    });
    let administration = maximum.per_administration.as_ref();
    let administration = administration.map(|q| MaximumDoseDto::Administration { amount: quantity(q) });
    let lifetime = maximum.per_lifetime.as_ref().map(|q| MaximumDoseDto::Lifetime { amount: quantity(q) });
    [period, administration, lifetime].into_iter().flatten().collect()
}

fn number(digits: Option<&String>) -> Option<String> {
    digits.map(|d| number_text(d, Grouping::Plain).unwrap_or_else(|| d.clone()))
}

fn limits(span: &Span) -> Option<LimitsDto> {
    let found = LimitsDto { low: number(span.low.as_ref()), high: number(span.high.as_ref()) };
    (found.low.is_some() || found.high.is_some()).then_some(found)
}

/// A length of time; one whose unit is not one of R4's is left as recorded.
fn time_span(span: &Span, element: &str, unread: &mut Vec<UnreadElementDto>) -> Option<TimeSpanDto> {
    let limits = limits(span);
    match (limits, span.unit.as_deref().map(time_unit)) {
        (Some(limits), Some(Some(unit))) => Some(TimeSpanDto { limits, unit }),
        (None, None) => None,
        _ => {
            let parts = [&span.low, &span.high, &span.unit].into_iter().flatten();
            unread.push(left(element, &words::joined(parts, " ")));
            None
        }
    }
}

fn time_unit(code: &str) -> Option<TimeUnitDto> {
    Some(match code {
        "s" => TimeUnitDto::Second,
        "min" => TimeUnitDto::Minute,
        "h" => TimeUnitDto::Hour,
        "d" => TimeUnitDto::Day,
        "wk" => TimeUnitDto::Week,
        "mo" => TimeUnitDto::Month,
        "a" => TimeUnitDto::Year,
        _ => return None,
    })
}

const fn unit_code(unit: TimeUnitDto) -> &'static str {
    match unit {
        TimeUnitDto::Second => "s",
        TimeUnitDto::Minute => "min",
        TimeUnitDto::Hour => "h",
        TimeUnitDto::Day => "d",
        TimeUnitDto::Week => "wk",
        TimeUnitDto::Month => "mo",
        TimeUnitDto::Year => "a",
    }
}

fn timing(found: &Timing, unread: &mut Vec<UnreadElementDto>) -> DoseTimingDto {
    let repeat = &found.repeat;
    let mut shown = DoseTimingDto {
        moments: found.events.iter().filter_map(|e| words::when(Some(e))).collect(),
        frequency: limits(&repeat.frequency),
        period: time_span(&repeat.period, "period", unread),
        count: limits(&repeat.count),
        duration: time_span(&repeat.duration, "duration", unread),
        days: read(&repeat.days, "dayOfWeek", unread, |d| Weekday::from_code(d).map(weekday)),
        times: read(&repeat.times, "timeOfDay", unread, time_of_day),
        events: read(&repeat.when, "when", unread, |e| DayEvent::from_code(e).map(day_event)),
        offset: number(repeat.offset.as_ref()).filter(|o| o != "0"),
        bounds: repeat.bounds.as_ref().map(bounds),
        code: None,
    };
    if let Some(code) = &found.code {
        let own = shown.clone();
        let is_known = code.code().is_some_and(|c| apply_code(c, &mut shown));
        // R4: a code is a complete statement, so one that says something else than the elements is shown, too.
        let agrees =
            is_known && (own.frequency.is_none() || (own.frequency == shown.frequency && own.period == shown.period));
        if !agrees {
            shown = own;
            shown.code = words::label(Some(code));
        } else if let Some(text) = code.text.as_deref().and_then(|t| words::some(t.trim())) {
            let plain = DosageDto { timing: shown.clone(), ..DosageDto::default() };
            let repeats = code.has_code(&text) || structure_says_all(&text, &structured(&plain));
            shown.code = (!repeats).then_some(text);
        }
    }
    shown
}

/// What the codes of R4's `timing-abbreviation` mean.
fn apply_code(code: &str, shown: &mut DoseTimingDto) -> bool {
    let mut times = |times: &str, period: &str, unit| {
        let exactly = |n: &str| LimitsDto { low: Some(n.to_owned()), high: None };
        shown.frequency = Some(exactly(times));
        shown.period = Some(TimeSpanDto { limits: exactly(period), unit });
    };
    match code {
        "QD" => times("1", "1", TimeUnitDto::Day),
        "BID" => times("2", "1", TimeUnitDto::Day),
        "TID" => times("3", "1", TimeUnitDto::Day),
        "QID" => times("4", "1", TimeUnitDto::Day),
        "QOD" => times("1", "2", TimeUnitDto::Day),
        "WK" => times("1", "1", TimeUnitDto::Week),
        "MO" => times("1", "1", TimeUnitDto::Month),
        "Q1H" | "Q2H" | "Q3H" | "Q4H" | "Q6H" | "Q8H" => {
            let hours: String = code.chars().filter(char::is_ascii_digit).collect();
            times("1", &hours, TimeUnitDto::Hour);
        }
        "AM" if shown.events.is_empty() => shown.events.push(DayEventDto::Morning),
        "PM" if shown.events.is_empty() => shown.events.push(DayEventDto::Afternoon),
        "BED" if shown.events.is_empty() => shown.events.push(DayEventDto::Bedtime),
        _ => return false,
    }
    true
}

/// The items that a closed list has; the others are left as recorded.
fn read<T>(
    found: &[String],
    element: &str,
    unread: &mut Vec<UnreadElementDto>,
    item: impl Fn(&str) -> Option<T>,
) -> Vec<T> {
    let mut items = Vec::with_capacity(found.len());
    for text in found {
        match item(text) {
            Some(value) => items.push(value),
            None => unread.push(left(element, text)),
        }
    }
    items
}

/// `08:00:00` → `08:00`; seconds other than zero stay.
fn time_of_day(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(':').collect();
    let digits = |p: &&str| p.len() == 2 && p.bytes().all(|b| b.is_ascii_digit());
    let is_time = (2..=3).contains(&parts.len()) && parts.iter().take(2).all(digits);
    let seconds_are_zero = parts.get(2).is_none_or(|s| s.bytes().all(|b| matches!(b, b'0' | b'.')));
    let short = parts.get(..2).map(|p| p.join(":"));
    is_time.then(|| if seconds_are_zero { short } else { Some(text.to_owned()) }).flatten()
}

fn bounds(found: &Bounds) -> ValueDto {
    match found {
        Bounds::Duration(q) => ValueDto::Quantity { quantity: quantity(q) },
        Bounds::Range(low, high) => {
            ValueDto::Range { low: low.as_ref().map(quantity), high: high.as_ref().map(quantity) }
        }
        Bounds::Period(period) => {
            ValueDto::Period { start: words::when(period.start.as_ref()), end: words::when(period.end.as_ref()) }
        }
    }
}

macro_rules! same_names {
    ($function:ident, $from:ident => $to:ident: $($name:ident)+) => {
        const fn $function(found: $from) -> $to {
            match found { $($from::$name => $to::$name,)+ }
        }
    };
}

same_names!(weekday, Weekday => WeekdayDto: Monday Tuesday Wednesday Thursday Friday Saturday Sunday);
same_names!(of_weekday, WeekdayDto => Weekday: Monday Tuesday Wednesday Thursday Friday Saturday Sunday);
same_names!(day_event, DayEvent => DayEventDto: Morning EarlyMorning LateMorning Noon Afternoon EarlyAfternoon LateAfternoon
    Evening EarlyEvening LateEvening Night AfterSleep Bedtime Waking WithMeal WithBreakfast WithLunch WithDinner
    BeforeMeal BeforeBreakfast BeforeLunch BeforeDinner AfterMeal AfterBreakfast AfterLunch AfterDinner);
same_names!(of_day_event, DayEventDto => DayEvent: Morning EarlyMorning LateMorning Noon Afternoon EarlyAfternoon
    LateAfternoon Evening EarlyEvening LateEvening Night AfterSleep Bedtime Waking WithMeal WithBreakfast WithLunch
    WithDinner BeforeMeal BeforeBreakfast BeforeLunch BeforeDinner AfterMeal AfterBreakfast AfterLunch AfterDinner);

/// The same parts for the comparison with the text: what is compared is what is shown.
fn structured(shown: &DosageDto) -> StructuredDosage {
    let timing = &shown.timing;
    let phrases = [&shown.as_needed_for, &shown.site, &shown.method, &timing.code];
    StructuredDosage {
        amounts: shown.doses.iter().flat_map(|d| [&d.dose, &d.rate]).flatten().filter_map(structured_amount).collect(),
        timing: StructuredTiming {
            frequency: structured_limits(timing.frequency.as_ref(), ""),
            period: structured_span(timing.period.as_ref()),
            count: structured_limits(timing.count.as_ref(), ""),
            duration: structured_span(timing.duration.as_ref()),
            days: timing.days.iter().map(|d| of_weekday(*d)).collect(),
            times: timing.times.clone(),
            events: timing.events.iter().map(|e| of_day_event(*e)).collect(),
            offset: timing.offset.clone(),
            bounds: timing.bounds.as_ref().and_then(structured_bounds),
        },
        as_needed: shown.as_needed,
        maxima: shown.maxima.iter().map(structured_maximum).collect(),
        route: shown.route.clone(),
        phrases: phrases.into_iter().flatten().chain(&shown.instructions).cloned().collect(),
    }
}

fn digits(quantity: &QuantityDto) -> Option<String> {
    // A comparator has no words in a text that is read.
    Some(format!(
        "{}{}",
        quantity.comparator.as_deref().unwrap_or_default(),
        quantity.number.as_ref()?.replace(',', "")
    ))
}

fn exactly(quantity: &QuantityDto) -> StructuredSpan {
    let low = digits(quantity).or_else(|| Some(String::from("?")));
    StructuredSpan { low, high: None, unit: quantity.unit.clone().unwrap_or_default() }
}

fn structured_amount(value: &ValueDto) -> Option<StructuredAmount> {
    let plain = |amount| Some(StructuredAmount { amount, per: None });
    match value {
        ValueDto::Quantity { quantity } => plain(exactly(quantity)),
        ValueDto::Range { low, high } => {
            let unit = high.as_ref().or(low.as_ref())?.unit.clone().unwrap_or_default();
            // Limits in two units have no form that a text is compared with.
            let differ = low.as_ref().and_then(|l| l.unit.as_ref()).is_some_and(|l| *l != unit);
            let low = if differ { Some(String::from("?")) } else { low.as_ref().and_then(digits) };
            plain(StructuredSpan { low, high: high.as_ref().and_then(digits), unit })
        }
        ValueDto::Ratio { numerator, denominator } => Some(StructuredAmount {
            amount: exactly(numerator.as_ref()?),
            per: denominator.as_ref().and_then(|d| Some((digits(d)?, d.unit.clone().unwrap_or_default()))),
        }),
        _ => None,
    }
}

fn structured_limits(limits: Option<&LimitsDto>, unit: &str) -> StructuredSpan {
    let Some(limits) = limits else { return StructuredSpan::default() };
    StructuredSpan { low: limits.low.clone(), high: limits.high.clone(), unit: unit.to_owned() }
}

fn structured_span(span: Option<&TimeSpanDto>) -> StructuredSpan {
    span.map(|s| structured_limits(Some(&s.limits), unit_code(s.unit))).unwrap_or_default()
}

fn structured_bounds(bounds: &ValueDto) -> Option<StructuredBounds> {
    match bounds {
        ValueDto::Period { start, end } => Some(StructuredBounds::Dates(start.clone(), end.clone())),
        other => Some(StructuredBounds::Length(structured_amount(other)?.amount)),
    }
}

fn structured_maximum(maximum: &MaximumDoseDto) -> Maximum {
    let (amount, per) = match maximum {
        MaximumDoseDto::Period { amount, period } => {
            let period = period.as_ref().map(|p| (digits(p).unwrap_or_default(), p.unit.clone().unwrap_or_default()));
            let (number, unit) = period.unwrap_or_default();
            (amount, MaximumPer::Period(number, unit))
        }
        MaximumDoseDto::Administration { amount } => (amount, MaximumPer::Administration),
        MaximumDoseDto::Lifetime { amount } => (amount, MaximumPer::Lifetime),
    };
    Maximum { amount: exactly(amount), per }
}

#[cfg(test)]
mod generated;
#[cfg(test)]
mod tests;
