//! The facts of a dosage, by which text and structure are compared.

use super::structure::{DayEvent, MaximumPer, StructuredBounds, StructuredDosage, StructuredSpan, Weekday};
use super::values::{DayOfYear, Limits, Number, ONE};
use super::vocabulary::{RouteClass, TimeUnit, unit_of};

/// One thing that a dosage says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fact {
    /// A dose or a rate.
    Amount { limits: Limits, unit: String },
    /// Times per period.
    Frequency { times: Limits, period: Limits, unit: TimeUnit },
    /// On a weekday.
    Day(Weekday),
    /// At a time of day, minutes.
    Clock(i64),
    /// At an event of the day.
    Event(DayEvent),
    /// Minutes from an event.
    Offset(Number),
    /// Number of doses in all.
    Count(Limits),
    /// A length of time: of the course or of one dose.
    Length { limits: Limits, unit: TimeUnit, is_course: bool },
    /// The first day.
    From(DayOfYear),
    /// The last day.
    Until(DayOfYear),
    /// As needed.
    AsNeeded,
    /// At most; the unit is that of the dose where the text has none.
    Maximum { amount: Number, unit: Option<String>, per: Per },
    /// By a route.
    Route(RouteClass),
}

/// What a maximum is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Per {
    Period(Number, TimeUnit),
    Administration,
    Lifetime,
}

impl Fact {
    /// Whether this fact of a structure states `said`, a fact of its text.
    pub(super) fn states(&self, said: &Self) -> bool {
        match (self, said) {
            (Self::From(own), Self::From(said)) | (Self::Until(own), Self::Until(said)) => own.is(*said),
            (Self::Maximum { amount, per, .. }, Self::Maximum { amount: said_amount, unit: None, per: said_per }) => {
                amount == said_amount && per == said_per
            }
            (Self::Clock(noon), Self::Event(DayEvent::Noon)) => *noon == 12 * 60,
            _ => self == said,
        }
    }

    /// Whether a text that does not say it says something else.
    pub(super) const fn is_needed(&self) -> bool {
        matches!(
            self,
            Self::Day(_) | Self::Clock(_) | Self::Event(_) | Self::Offset(_) | Self::Count(_) | Self::AsNeeded
        )
    }

    pub(super) const fn is_moment(&self) -> bool {
        matches!(self, Self::Clock(_) | Self::Event(_))
    }

    /// Once per day.
    pub(super) fn is_once_a_day(&self) -> bool {
        self.is_daily(1)
    }

    /// `times` per day.
    pub(super) fn is_daily(&self, times: usize) -> bool {
        let Self::Frequency { times: own, period, unit: TimeUnit::Day } = self else { return false };
        let times = i64::try_from(times).ok().and_then(|t| t.checked_mul(ONE.0)).map(Number);
        *period == (ONE, ONE) && Some(own.0) == times && own.0 == own.1
    }
}

/// `None` where a number of the structure is not readable here.
pub(super) fn of_structure(structure: &StructuredDosage) -> Option<Vec<Fact>> {
    let timing = &structure.timing;
    let mut facts = Vec::new();
    for amount in &structure.amounts {
        let Some(limits) = limits(&amount.amount)? else { continue };
        facts.push(Fact::Amount { limits, unit: unit_with_per(&amount.amount.unit, amount.per.as_ref())? });
    }
    if let Some(period) = limits(&timing.period)? {
        let times = limits(&timing.frequency)?.unwrap_or((ONE, ONE));
        facts.push(Fact::Frequency { times, period, unit: TimeUnit::read(&timing.period.unit)? });
    } else if limits(&timing.frequency)?.is_some() {
        return None;
    }
    facts.extend(timing.days.iter().copied().map(Fact::Day));
    for time in &timing.times {
        facts.push(Fact::Clock(clock(time)?));
    }
    facts.extend(timing.events.iter().copied().map(Fact::Event));
    if let Some(offset) = timing.offset.as_deref().map(Number::read) {
        facts.extend(Some(offset?).filter(|o| o.0 != 0).map(Fact::Offset));
    }
    facts.extend(limits(&timing.count)?.map(Fact::Count));
    if let Some(limits) = limits(&timing.duration)? {
        facts.push(Fact::Length { limits, unit: TimeUnit::read(&timing.duration.unit)?, is_course: false });
    }
    match &timing.bounds {
        Some(StructuredBounds::Length(span)) => {
            let unit = TimeUnit::read(&span.unit)?;
            facts.extend(limits(span)?.map(|limits| Fact::Length { limits, unit, is_course: true }));
        }
        Some(StructuredBounds::Dates(from, to)) => {
            facts.extend(from.as_deref().and_then(DayOfYear::read).map(Fact::From));
            facts.extend(to.as_deref().and_then(DayOfYear::read).map(Fact::Until));
        }
        None => {}
    }
    facts.extend(structure.as_needed.then_some(Fact::AsNeeded));
    for maximum in &structure.maxima {
        let (amount, high) = limits(&maximum.amount)??;
        let per = match &maximum.per {
            MaximumPer::Period(number, unit) => Per::Period(Number::read(number)?, TimeUnit::read(unit)?),
            MaximumPer::Administration => Per::Administration,
            MaximumPer::Lifetime => Per::Lifetime,
        };
        if amount != high {
            return None;
        }
        facts.push(Fact::Maximum { amount, unit: Some(unit_of(&maximum.amount.unit)), per });
    }
    facts.extend(structure.route.as_deref().and_then(RouteClass::of_label).map(Fact::Route));
    Some(facts)
}

/// `Some(None)` for an absent span, `None` for one that is not readable.
#[expect(clippy::option_option, reason = "absent is not unreadable")]
fn limits(span: &StructuredSpan) -> Option<Option<Limits>> {
    let (low, high) = match (&span.low, &span.high) {
        (None, None) => return Some(None),
        (Some(low), Some(high)) => (low, high),
        (Some(only), None) => (only, only),
        // A range without its lower limit has no words here.
        (None, Some(_)) => return None,
    };
    Some(Some((Number::read(low)?, Number::read(high)?)))
}

/// `mg`, or `ml/h` for an amount per another.
pub(super) fn unit_with_per(unit: &str, per: Option<&(String, String)>) -> Option<String> {
    let unit = unit_of(unit);
    let Some((number, below)) = per else { return Some(unit) };
    let below = unit_of(below);
    let number = Number::read(number)?;
    let number = if number == ONE { String::new() } else { format!("{}", number.0) };
    Some(format!("{unit}/{number}{below}"))
}

/// Minutes of a FHIR time; `None` with seconds.
fn clock(time: &str) -> Option<i64> {
    let mut parts = time.split(':');
    let mut next = || parts.next().map_or(Some(0), |p| p.parse::<i64>().ok());
    let (hour, minute, second) = (next()?, next()?, next()?);
    (hour < 24 && minute < 60 && second == 0).then_some(hour * 60 + minute)
}
