//! What a record says, as JSON has it: every number with its unit, every date, every text and every code.

use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;

/// One thing that a record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fact {
    /// Comparator, digits, unit.
    Quantity(Option<String>, String, Option<String>),
    /// Digits.
    Number(String),
    /// A date or a time.
    Date(String),
    /// Text, a code, a name, a reference.
    Text(String),
    /// A word of a narrative that says more than the elements.
    Word(String),
}

impl Fact {
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Quantity(..) => "quantities",
            Self::Number(_) => "numbers",
            Self::Date(_) => "dates",
            Self::Text(_) => "texts and codes",
            Self::Word(_) => "words of narratives",
        }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quantity(comparator, digits, unit) => {
                let parts = [comparator.as_deref(), Some(digits), unit.as_deref()];
                write!(f, "quantity {}", parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
            }
            Self::Number(digits) => write!(f, "number {digits}"),
            Self::Date(at) => write!(f, "date {at}"),
            Self::Text(text) => write!(f, "text {text}"),
            Self::Word(word) => write!(f, "word {word}"),
        }
    }
}

type Members<'a> = BTreeMap<String, &'a RawValue>;

/// The facts of a record.
pub(super) struct Facts(Vec<Fact>);

impl Facts {
    pub(super) fn of(text: &str) -> Vec<Fact> {
        let mut facts = Self(Vec::new());
        facts.resource(&members(text).expect("an object"));
        facts.0
    }

    fn resource(&mut self, of: &Members<'_>) {
        for (name, value) in of {
            match name.as_str() {
                "resourceType" | "id" => {}
                "meta" => {
                    let meta = members(value.get()).unwrap_or_default();
                    for label in ["tag", "security"] {
                        meta.get(label).into_iter().for_each(|value| self.value(value.get()));
                    }
                }
                "text" => self.narrative(&members(value.get()).unwrap_or_default()),
                "contained" => {
                    items(value.get()).into_iter().filter_map(|i| members(i.get())).for_each(|m| self.resource(&m));
                }
                _ => self.value(value.get()),
            }
        }
    }

    /// A narrative that was not generated from the elements says more than they do.
    fn narrative(&mut self, of: &Members<'_>) {
        let text = |name: &str| of.get(name).and_then(|v| serde_json::from_str::<String>(v.get()).ok());
        if !matches!(text("status").as_deref(), Some("additional" | "extensions")) {
            return;
        }
        self.words(&text("div").unwrap_or_default());
    }

    fn words(&mut self, xhtml: &str) {
        let mut is_tag = false;
        let plain: String = xhtml
            .chars()
            .filter_map(|c| {
                let was_tag = is_tag;
                is_tag = (is_tag || c == '<') && c != '>';
                if c == '>' && was_tag { Some(' ') } else { (!is_tag).then_some(c) }
            })
            .collect();
        // Words with entities are spelled in another way.
        let words = plain.split_whitespace().filter(|w| !w.contains('&'));
        self.0.extend(words.map(|w| Fact::Word(w.to_owned())));
    }

    fn value(&mut self, json: &str) {
        let json = json.trim();
        if json.starts_with('[') {
            items(json).into_iter().for_each(|item| self.value(item.get()));
        } else if let Some(of) = members(json) {
            self.object(&of);
        } else if let Ok(text) = serde_json::from_str::<String>(json) {
            if text.starts_with("<div") {
                // The narrative of a section.
                return self.words(&text);
            }
            self.0.push(if is_date(&text) { Fact::Date(text) } else { Fact::Text(text) });
        } else if json.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            self.0.push(Fact::Number(json.to_owned()));
        }
    }

    fn object(&mut self, of: &Members<'_>) {
        let text = |name: &str| of.get(name).and_then(|v| serde_json::from_str::<String>(v.get()).ok());
        let digits = of.get("value").map(|v| v.get()).filter(|v| v.parse::<f64>().is_ok());
        let mut covered: Vec<&str> = vec!["id"];
        if let Some(digits) = digits {
            let unit = text("unit").or_else(|| text("code")).or_else(|| text("currency"));
            self.0.push(Fact::Quantity(text("comparator"), digits.to_owned(), unit));
            covered.extend(["value", "unit", "comparator", "currency"]);
            // The unit's code and its system say the same for computers; a code that says something else is shown.
            let is_same = text("unit").is_none_or(|unit| is_spelling(&unit, &text("code").unwrap_or(unit.clone())));
            covered.extend(is_same.then_some("code"));
            covered.extend((text("system").as_deref() == Some("http://unitsofmeasure.org")).then_some("system"));
        }
        // Bytes are shown as their number.
        let has_bytes = ["contentType", "sigFormat"].iter().any(|name| of.contains_key(*name));
        covered.extend(["data", "hash"].iter().filter(|_| has_bytes));
        for (_, value) in of.iter().filter(|(name, _)| !covered.contains(&name.as_str())) {
            self.value(value.get());
        }
    }
}

/// Whether a UCUM code is only another spelling of a unit.
fn is_spelling(unit: &str, code: &str) -> bool {
    const PAIRS: [(&str, &str); 12] = [
        ("mmHg", "mm[Hg]"),
        ("C", "Cel"),
        ("degrees C", "Cel"),
        ("°C", "Cel"),
        ("g", "gm"),
        ("kg/m2", "kg/m²"),
        ("mL", "ml"),
        ("IU", "[iU]"),
        ("U", "[iU]"),
        ("units", "[iU]"),
        ("tablet", "{tbl}"),
        ("mcg", "ug"),
    ];
    unit.eq_ignore_ascii_case(code) || PAIRS.contains(&(unit, code))
}

fn is_date(text: &str) -> bool {
    let digits = |range: std::ops::Range<usize>| text.get(range).is_some_and(|t| t.bytes().all(|b| b.is_ascii_digit()));
    let dash = |at: usize| text.as_bytes().get(at) == Some(&b'-');
    match text.len() {
        7 => digits(0..4) && dash(4) && digits(5..7),
        10 => digits(0..4) && dash(4) && digits(5..7) && dash(7) && digits(8..10),
        11.. => digits(0..4) && dash(4) && text.as_bytes().get(10) == Some(&b'T') && digits(11..13),
        _ => false,
    }
}

fn members(json: &str) -> Option<Members<'_>> {
    serde_json::from_str(json).ok()
}

fn items(json: &str) -> Vec<&RawValue> {
    serde_json::from_str(json).unwrap_or_default()
}
