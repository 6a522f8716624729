//! When a dose is due (R4, `datatypes.html#Timing`).

use super::parts::{Concept, Period, Quantity, When};
use super::reader::{Reader, concept, owned, period, quantity, when};
use super::unread::{Unread, unread};
use crate::{Kind, Node};

/// A number, or a range of numbers, with its unit where the element has one; digits as recorded.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Span {
    /// The number, or the lower limit.
    pub low: Option<String>,
    /// The upper limit.
    pub high: Option<String>,
    /// UCUM unit of time: `h`, `d`, `wk`, ...
    pub unit: Option<String>,
}

impl Span {
    /// Whether nothing is recorded.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.low.is_none() && self.high.is_none() && self.unit.is_none()
    }
}

/// Within which limits a timing is repeated.
#[derive(Clone, PartialEq, Eq)]
pub enum Bounds {
    /// A length of time.
    Duration(Quantity),
    /// A shortest and a longest length of time.
    Range(Option<Quantity>, Option<Quantity>),
    /// From and to.
    Period(Period),
}

/// `Timing.repeat`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Repeat {
    /// Limits of the whole.
    pub bounds: Option<Bounds>,
    /// Number of doses in all.
    pub count: Span,
    /// Length of one dose.
    pub duration: Span,
    /// Times per period.
    pub frequency: Span,
    /// Length of the period.
    pub period: Span,
    /// `mon`, `tue`, ...
    pub days: Vec<String>,
    /// `08:00:00`, ...
    pub times: Vec<String>,
    /// Meal and day relations: `AC`, `HS`, ...
    pub when: Vec<String>,
    /// Minutes from the meal or the time of day.
    pub offset: Option<String>,
}

/// When a dose is due.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Timing {
    /// Moments.
    pub events: Vec<When>,
    /// The rule of repetition.
    pub repeat: Repeat,
    /// `BID`, `QD`, ... or text.
    pub code: Option<Concept>,
}

const TIMING: [&str; 3] = ["event", "repeat", "code"];
const REPEAT: [&str; 17] = [
    "boundsDuration",
    "boundsRange",
    "boundsPeriod",
    "count",
    "countMax",
    "duration",
    "durationMax",
    "durationUnit",
    "frequency",
    "frequencyMax",
    "period",
    "periodMax",
    "periodUnit",
    "dayOfWeek",
    "timeOfDay",
    "when",
    "offset",
];

/// Reads a Timing; what cannot be read goes to `left`.
pub(super) fn timing(node: Node<'_>, left: &mut Unread) -> Timing {
    let mut r = Reader::over(node, node.members().collect());
    let events = r.list("event", when);
    if events.iter().any(|e| e.date.is_none()) {
        r.fault("event");
    }
    let code = r.concept("code");
    let rule = r.read("repeat", |n| (n.kind() == Kind::Object).then_some(n));
    unread(r, &TIMING, left);
    Timing { events, code, repeat: rule.map(|n| repeat(n, left)).unwrap_or_default() }
}

fn repeat(node: Node<'_>, left: &mut Unread) -> Repeat {
    let mut r = Reader::over(node, node.members().collect());
    let bounds = bounds(&mut r);
    let mut span = |low, high, unit: Option<&'static str>| Span {
        low: number(&mut r, low),
        high: number(&mut r, high),
        unit: unit.and_then(|unit| r.text(unit)),
    };
    let read = Repeat {
        bounds,
        count: span("count", "countMax", None),
        duration: span("duration", "durationMax", Some("durationUnit")),
        frequency: span("frequency", "frequencyMax", None),
        period: span("period", "periodMax", Some("periodUnit")),
        days: r.list("dayOfWeek", owned),
        times: r.list("timeOfDay", owned),
        when: r.list("when", owned),
        offset: number(&mut r, "offset"),
    };
    unread(r, &REPEAT, left);
    read
}

fn number(r: &mut Reader<'_>, name: &'static str) -> Option<String> {
    r.read(name, |n| n.number().map(str::to_owned))
}

fn bounds(r: &mut Reader<'_>) -> Option<Bounds> {
    let known = |q: &Option<Quantity>| q.as_ref().is_none_or(|q| q.value.is_some());
    let range = r.read("boundsRange", |n| {
        let (low, high) = (n.member("low").and_then(quantity), n.member("high").and_then(quantity));
        ((low.is_some() || high.is_some()) && known(&low) && known(&high)).then_some(Bounds::Range(low, high))
    });
    let period = r.read("boundsPeriod", |n| {
        let found = period(n)?;
        let dates = || [&found.start, &found.end].into_iter().flatten();
        (dates().next().is_some() && dates().all(|w| w.date.is_some())).then_some(Bounds::Period(found))
    });
    r.quantity("boundsDuration").map(Bounds::Duration).or(range).or(period)
}

/// The concept of an element that may be one item or a list of them.
pub(super) fn one_or_more(r: &mut Reader<'_>, name: &'static str) -> Vec<Concept> {
    match r.member(name).map(Node::kind) {
        Some(Kind::Array) => r.list(name, concept),
        Some(_) => r.concept(name).into_iter().collect(),
        None => Vec::new(),
    }
}
