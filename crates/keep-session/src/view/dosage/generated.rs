//! Generated dosages whose text agrees with the structure, contradicts it, or says more.

use super::*;
use keep_fhir::{Raw, lens};
use std::fmt::Write as _;

/// A seeded generator (xorshift), so that a failure can be repeated.
struct Rng(u64);

impl Rng {
    const fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most as u64).expect("small")
    }

    fn of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    fn is(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }
}

const UNITS: [(&str, &[&str]); 7] = [
    ("mg", &["mg", "MG", "milligrams"]),
    ("mcg", &["mcg", "micrograms", "µg"]),
    ("mL", &["mL", "ml"]),
    ("tablet", &["tablet", "tablets", "tabs"]),
    ("capsule", &["capsules", "caps"]),
    ("puff", &["puff", "puffs"]),
    ("U", &["units", "U"]),
];
const NUMBERS: [(&str, &[&str]); 9] = [
    ("1", &["1", "one"]),
    ("2", &["2", "two"]),
    ("3", &["3", "three"]),
    ("4", &["4", "four"]),
    ("10", &["10", "ten"]),
    ("0.5", &["0.5", "half a", "1/2", "½"]),
    ("1.5", &["1.5", "1½", "1 1/2", "one and a half"]),
    ("500", &["500"]),
    ("1000", &["1,000", "1000"]),
];
const DAYS: [(&str, &str); 7] = [
    ("mon", "Monday"),
    ("tue", "Tuesday"),
    ("wed", "Wednesday"),
    ("thu", "Thursday"),
    ("fri", "Friday"),
    ("sat", "Saturday"),
    ("sun", "Sunday"),
];
const EVENTS: [(&str, &[&str]); 8] = [
    ("MORN", &["in the morning", "every morning"]),
    ("EVE", &["in the evening"]),
    ("NIGHT", &["at night", "every night"]),
    ("HS", &["at bedtime", "before bed"]),
    ("ACM", &["before breakfast"]),
    ("PC", &["after meals", "after food"]),
    ("C", &["with food", "with meals"]),
    ("CV", &["with dinner", "with supper"]),
];
/// Times, period, unit, and how it is written.
const FREQUENCIES: [(&str, &str, &str, &[&str]); 11] = [
    ("1", "1", "d", &["once daily", "daily", "once a day", "every day", "qd"]),
    ("2", "1", "d", &["twice daily", "twice a day", "2 times a day", "bid", "b.i.d."]),
    ("3", "1", "d", &["three times a day", "3 times daily", "tid", "three times per day"]),
    ("1", "8", "h", &["every 8 hours", "every eight hours", "q8h", "8 hourly"]),
    ("1", "4-6", "h", &["every 4-6 hours", "every 4 to 6 hours", "q4-6h", "every four to six hours"]),
    ("1", "1", "wk", &["once weekly", "once a week", "every week", "weekly"]),
    ("1", "2", "d", &["every other day", "every 2 days", "on alternate days"]),
    ("3", "1", "wk", &["three times a week", "3 times weekly"]),
    ("2-3", "1", "d", &["2-3 times a day", "two to three times daily"]),
    ("1", "2", "wk", &["every 2 weeks", "fortnightly"]),
    ("1", "1", "mo", &["once a month", "monthly"]),
];
const ROUTES: [(&str, &[&str]); 4] = [
    ("Oral route (qualifier value)", &["orally", "by mouth", "PO"]),
    ("Intravenous", &["IV", "intravenously"]),
    ("Subcutaneous", &["subcut", "SC"]),
    ("Intramuscular", &["IM"]),
];
/// What no structure of a case has: a text with one of these says more.
const MORE: [&str; 12] = [
    "not on Sundays",
    "but never with grapefruit",
    "except on dialysis days",
    "then 5 mg",
    "max 99 mg per day",
    "do not exceed 77 mg",
    "only",
    "no later than Friday",
    "as directed",
    "for 33 days",
    "at 03:17",
    "maximal 9 am Tag",
];

/// What a dosage says; a number is an index, so that its spelling is chosen when it is written.
#[derive(Clone, PartialEq, Eq, Default)]
struct Sig {
    dose: Option<(usize, Option<usize>, usize)>,
    frequency: Option<usize>,
    days: Vec<usize>,
    times: Vec<(usize, usize)>,
    event: Option<(usize, Option<usize>)>,
    needed: Option<Option<&'static str>>,
    course: Option<usize>,
    maximum: Option<(usize, bool)>,
    route: Option<usize>,
}

fn sig(rng: &mut Rng) -> Sig {
    let mut s = Sig::default();
    let low = rng.below(NUMBERS.len());
    let high = (low < 4 && rng.is(5)).then_some(4);
    s.dose = Some((low, high, rng.below(UNITS.len())));
    match rng.below(4) {
        0 => {
            let mut days: Vec<usize> = (0..7).filter(|_| rng.is(3)).collect();
            days.truncate(3);
            s.days = days;
            if s.days.is_empty() || rng.is(3) {
                s.times = vec![(6 + rng.below(6), rng.of(&[0, 15, 30]))];
            }
        }
        1 => {
            let event = rng.below(EVENTS.len());
            let offset = (matches!(EVENTS[event].0, "ACM" | "PC") && rng.is(2)).then(|| rng.of(&[10, 15, 30, 45]));
            s.event = Some((event, offset));
            s.frequency = rng.is(2).then_some(0);
        }
        _ => s.frequency = Some(rng.below(FREQUENCIES.len())),
    }
    if rng.is(3) {
        s.needed = Some(rng.of(&[None, Some("pain"), Some("nausea")]));
        s.maximum = rng.is(2).then(|| (rng.of(&[3, 4]), rng.is(2)));
    }
    s.course = rng.is(4).then(|| rng.of(&[5, 7, 10, 14]));
    s.route = rng.is(3).then(|| rng.below(ROUTES.len()));
    s
}

fn number(rng: &mut Rng, at: usize) -> &'static str {
    rng.of(NUMBERS[at].1)
}

/// The sig in English, in one of many ways.
fn text_of(s: &Sig, rng: &mut Rng) -> String {
    let mut parts: Vec<String> = Vec::new();
    if let Some((low, high, unit)) = s.dose {
        let unit = rng.of(UNITS[unit].1);
        let low = number(rng, low);
        let amount = match high {
            Some(high) => format!("{low}{}{}", rng.of(&[" to ", "-", " or "]), number(rng, high)),
            None => low.to_owned(),
        };
        let is_half = amount == "half a";
        let unit = if is_half { unit.trim_end_matches('s') } else { unit };
        parts.push(format!("{}{amount} {unit}", rng.of(&["", "Take ", "Give "])));
    }
    parts.extend(s.frequency.map(|f| rng.of(FREQUENCIES[f].3).to_owned()));
    parts.extend(s.event.map(|(event, offset)| {
        let event = match offset {
            // "Every" goes with no offset.
            Some(_) => EVENTS[event].1[0],
            None => rng.of(EVENTS[event].1),
        };
        offset.map_or_else(|| event.to_owned(), |minutes| format!("{minutes} minutes {event}"))
    }));
    if !s.days.is_empty() {
        let plural = rng.is(2);
        let names: Vec<String> =
            s.days.iter().map(|d| format!("{}{}", DAYS[*d].1, if plural { "s" } else { "" })).collect();
        let lead = if plural { "on" } else { rng.of(&["on", "every"]) };
        parts.push(format!("{lead} {}", names.join(rng.of(&[", ", " and "]))));
    }
    parts.extend(s.times.iter().map(|(hour, minute)| match rng.below(2) {
        0 => format!("at {hour:02}:{minute:02}"),
        _ => format!("at {hour}:{minute:02} am"),
    }));
    parts.extend(s.needed.map(|reason| {
        let needed = rng.of(&["as needed", "PRN", "when required"]);
        reason.map_or_else(|| needed.to_owned(), |r| format!("{needed} for {r}"))
    }));
    parts.extend(s.route.map(|r| rng.of(ROUTES[r].1).to_owned()));
    parts.extend(s.course.map(|days| format!("for {days} days")));
    if let Some((most, in_24)) = s.maximum {
        let lead = rng.of(&["max", "maximum", "at most", "no more than", "do not exceed"]);
        let per = if in_24 { "in 24 hours" } else { rng.of(&["a day", "per day"]) };
        parts.push(format!("{lead} {} {per}", number(rng, most)));
    }
    parts.join(rng.of(&[" ", ", "]))
}

/// The sig as a Dosage with this text.
fn json_of(s: &Sig, text: &str) -> String {
    let mut repeat: Vec<String> = Vec::new();
    let limits = |name: &str, value: &str, out: &mut Vec<String>| {
        let (low, high) = value.split_once('-').map_or((value, None), |(l, h)| (l, Some(h)));
        out.push(format!(r#""{name}":{low}"#));
        out.extend(high.map(|h| format!(r#""{name}Max":{h}"#)));
    };
    if let Some(f) = s.frequency {
        let (times, period, unit, _) = FREQUENCIES[f];
        limits("frequency", times, &mut repeat);
        limits("period", period, &mut repeat);
        repeat.push(format!(r#""periodUnit":"{unit}""#));
    }
    let quoted = |items: Vec<String>| items.iter().map(|i| format!("\"{i}\"")).collect::<Vec<_>>().join(",");
    if !s.days.is_empty() {
        repeat.push(format!(r#""dayOfWeek":[{}]"#, quoted(s.days.iter().map(|d| DAYS[*d].0.to_owned()).collect())));
    }
    if !s.times.is_empty() {
        let times = s.times.iter().map(|(h, m)| format!("{h:02}:{m:02}:00")).collect();
        repeat.push(format!(r#""timeOfDay":[{}]"#, quoted(times)));
    }
    if let Some((event, offset)) = s.event {
        repeat.push(format!(r#""when":["{}"]"#, EVENTS[event].0));
        repeat.extend(offset.map(|o| format!(r#""offset":{o}"#)));
    }
    repeat.extend(s.course.map(|d| format!(r#""boundsDuration":{{"value":{d},"unit":"d"}}"#)));
    let mut out = format!(r#"{{"text":"{text}","timing":{{"repeat":{{{}}}}}"#, repeat.join(","));
    if let Some((low, high, unit)) = s.dose {
        let unit = UNITS[unit].0;
        let low = NUMBERS[low].0;
        let amount = match high {
            Some(high) => format!(
                r#""doseRange":{{"low":{{"value":{low},"unit":"{unit}"}},"high":{{"value":{},"unit":"{unit}"}}}}"#,
                NUMBERS[high].0
            ),
            None => format!(r#""doseQuantity":{{"value":{low},"unit":"{unit}"}}"#),
        };
        write!(out, r#","doseAndRate":[{{{amount}}}]"#).expect("a string");
    }
    match s.needed {
        Some(Some(reason)) => write!(out, r#","asNeededCodeableConcept":{{"text":"{reason}"}}"#).expect("a string"),
        Some(None) => out.push_str(r#","asNeededBoolean":true"#),
        None => {}
    }
    if let Some(route) = s.route {
        write!(out, r#","route":{{"text":"{}"}}"#, ROUTES[route].0).expect("a string");
    }
    if let Some((most, in_24)) = s.maximum {
        let (number, unit) = if in_24 { ("24", "h") } else { ("1", "d") };
        let value = NUMBERS[most].0;
        let own = s.dose.map_or("", |(_, _, unit)| UNITS[unit].0);
        write!(
            out,
            r#","maxDosePerPeriod":{{"numerator":{{"value":{value},"unit":"{own}"}},"denominator":{{"value":{number},"unit":"{unit}"}}}}"#
        )
        .expect("a string");
    }
    out.push('}');
    out
}

/// The same with one part changed.
fn changed(s: &Sig, rng: &mut Rng) -> Sig {
    loop {
        let (mut other, more) = (s.clone(), sig(rng));
        match rng.below(8) {
            0 => other.dose = more.dose,
            1 => other.frequency = more.frequency,
            2 => other.days = more.days,
            3 => other.times = more.times,
            4 => other.event = more.event,
            5 => other.needed = more.needed,
            6 => other.course = more.course,
            _ => (other.maximum, other.route) = (more.maximum, more.route),
        }
        if other != *s {
            return other;
        }
    }
}

fn shown(json: &str) -> DosageDto {
    let order = format!(r#"{{"resourceType":"MedicationRequest","dosageInstruction":[{json}]}}"#);
    let raw = Raw::parse(order).expect("valid");
    dosage(&lens::medication(&raw, None).expect("a medicine").dosages[0])
}

/// What a text has that its structure does not state; silence of the text is no loss.
fn loses(text: &Sig, structure: &Sig) -> bool {
    let gone = |differs: bool, is_said: bool| differs && is_said;
    gone(text.dose != structure.dose, text.dose.is_some())
        || gone(text.frequency != structure.frequency, text.frequency.is_some())
        || gone(text.days != structure.days, !text.days.is_empty())
        || gone(text.times != structure.times, !text.times.is_empty())
        || gone(text.event != structure.event, text.event.is_some())
        // A reason beside "as needed" says more than the text, not less.
        || gone(text.needed != structure.needed, text.needed.is_some_and(|r| r.is_some() || structure.needed.is_none()))
        || gone(text.course != structure.course, text.course.is_some())
        || gone(text.maximum != structure.maximum, text.maximum.is_some())
        || gone(text.route != structure.route, text.route.is_some())
}

/// Written without the reader of texts: words that carry a number, a weekday, a maximum or a negation must be stated by
/// a part where the text itself is not shown.
fn lost_token(text: &str, dto: &DosageDto) -> Option<String> {
    let json = serde_json::to_string(dto).expect("json").to_lowercase().replace("1,000", "1000");
    let numbers: Vec<f64> =
        json.split(|c: char| !(c.is_ascii_digit() || c == '.')).filter_map(|n| n.parse::<f64>().ok()).collect();
    let has = |n: f64| numbers.iter().any(|own| (own - n).abs() < 1e-9);
    let words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let lower = text.to_lowercase().replace("1,000", "1000");
    for token in lower.split(|c: char| c.is_whitespace() || c == ',' || c == '(' || c == ')') {
        let number = words.iter().position(|w| *w == token).map(|at| at as f64 + 1.0);
        let is_lost = match token {
            "half" | "½" | "1/2" => !(has(0.5) || has(1.5)),
            "one" if lower.contains("one and a half") => !has(1.5),
            "1" if lower.contains("1 1/2") => !has(1.5),
            "1½" => !has(1.5),
            "once" => !has(1.0),
            "twice" => !has(2.0),
            "not" | "never" | "no" | "except" | "max" | "maximum" | "exceed" | "most" => dto.maxima.is_empty(),
            _ if token.ends_with("day") || token.ends_with("days") => {
                let stem = token.trim_end_matches('s');
                DAYS.iter().any(|(_, name)| name.to_lowercase() == stem) && !json.contains(stem)
            }
            _ if token.contains(':') => {
                let digits: String = token.chars().filter(char::is_ascii_digit).collect();
                !json.contains(&format!("{:0>4}", digits)) && !json.contains(&format!("\"{token:0>5}\""))
            }
            _ => {
                let own =
                    token.split(|c: char| !(c.is_ascii_digit() || c == '.')).filter_map(|n| n.parse::<f64>().ok());
                number.into_iter().chain(own).any(|n| !has(n))
            }
        };
        if is_lost {
            return Some(token.to_owned());
        }
    }
    None
}

/// The cases of the page's test: their parts must all be in the written line.
fn fixture(dtos: &[DosageDto]) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/testing/dosages.ndjson");
    let lines: Vec<String> = dtos.iter().map(|d| serde_json::to_string(d).expect("json")).collect();
    let text = lines.join("\n") + "\n";
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        std::fs::write(path, &text).expect("written");
    }
    assert!(std::fs::read_to_string(path).is_ok_and(|own| own == text), "run with UPDATE_BINDINGS=1 to write {path}");
}

const SAMPLE: usize = 20_000;

#[test]
fn no_line_says_less_than_its_text() {
    // The run of hours takes all, `scripts/test` a sample.
    let cases = if std::env::var_os("CHARTKEEP_DOSAGES").is_some_and(|all| all == "full") { 100_000 } else { SAMPLE };
    let mut rng = Rng(0x5eed_d05e_0000_0001);
    let (mut agreeing, mut both, mut sample) = (0_u32, 0_u32, Vec::new());
    for case in 0..cases {
        let structure = sig(&mut rng);
        let (text, said) = match case % 3 {
            0 => (text_of(&structure, &mut rng), structure.clone()),
            1 => {
                let other = changed(&structure, &mut rng);
                (text_of(&other, &mut rng), other)
            }
            _ => (format!("{} {}", text_of(&structure, &mut rng), rng.of(&MORE)), Sig::default()),
        };
        let dto = shown(&json_of(&structure, &text));
        match (&dto.words, case % 3) {
            (Some(words), kind) => {
                assert_eq!(*words, text, "the words are the recorded ones");
                both += u32::from(kind == 0);
            }
            (None, 2) => panic!("says more, not shown: {text}"),
            (None, _) => {
                assert!(!loses(&said, &structure), "lost: {text} | {}", json_of(&structure, &text));
                assert_eq!(lost_token(&text, &dto), None, "{text} | {}", json_of(&structure, &text));
            }
        }
        agreeing += u32::from(case % 3 == 0);
        if case < SAMPLE && case % 100 == 0 {
            sample.push(dto);
        }
    }
    println!("{both} of {agreeing} agreeing dosages show text and line");
    assert!(both * 100 <= agreeing, "{both} of {agreeing}");
    fixture(&sample);
}
