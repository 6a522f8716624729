//! Reading a text into facts; `None` as soon as a word is not understood.

use super::facts::{Fact, Per, unit_with_per};
use super::structure::StructuredDosage;
use super::tokens::{Token, tokens};
use super::values::{Limits, Number, ONE};
use super::vocabulary::{RouteClass, TimeUnit, is_filler, number_word, unit_of};

/// A reading: the position after it, and what it says.
pub(super) type Read = Option<(usize, Vec<Fact>)>;

/// The most words of a unit.
const UNIT_WORDS: usize = 3;

/// A text with what its structure lets it mean.
pub(super) struct Text<'t> {
    tokens: &'t [Token],
    /// Units of the structure: others are no units here.
    units: Vec<String>,
    phrases: Vec<Vec<Token>>,
    route: Option<RouteClass>,
}

/// The facts of a text.
pub(super) fn facts(found: &[Token], structure: &StructuredDosage) -> Option<Vec<Fact>> {
    let amounts = structure.amounts.iter().filter_map(|a| unit_with_per(&a.amount.unit, a.per.as_ref()));
    let units = amounts.chain(structure.maxima.iter().map(|m| unit_of(&m.amount.unit)));
    let text = Text {
        tokens: found,
        units: units.filter(|u| !u.is_empty()).collect(),
        phrases: phrases(structure),
        route: structure.route.as_deref().and_then(RouteClass::of_label),
    };
    let (mut at, mut said) = (0, Vec::new());
    while at < found.len() {
        let (next, facts) = text.read(at)?;
        // INVARIANT: every reading takes at least one token.
        at = next.max(at + 1);
        said.extend(facts);
    }
    Some(said)
}

/// Recorded words, with and without the kind of concept that SNOMED CT writes after them.
fn phrases(structure: &StructuredDosage) -> Vec<Vec<Token>> {
    let labels = structure.phrases.iter().chain(&structure.route);
    let mut found = Vec::new();
    for label in labels {
        let bare = label.rfind(" (").filter(|_| label.ends_with(')')).and_then(|at| label.get(..at));
        found.extend([Some(label.as_str()), bare].into_iter().flatten().filter_map(tokens));
    }
    found.retain(|p| !p.is_empty());
    found.sort_by_key(|p| std::cmp::Reverse(p.len()));
    found
}

impl Text<'_> {
    pub(super) fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    pub(super) fn word(&self, at: usize) -> &str {
        match self.tokens.get(at) {
            Some(Token::Word(word)) => word,
            _ => "",
        }
    }

    pub(super) fn is_sign(&self, at: usize, signs: &[char]) -> bool {
        matches!(self.tokens.get(at), Some(Token::Sign(c)) if signs.contains(c))
    }

    /// Whether the structure has an amount of this unit.
    pub(super) fn has_unit(&self, unit: &str) -> bool {
        self.units.iter().any(|u| u == unit)
    }

    /// Whether these words follow, and where they end.
    pub(super) fn words(&self, at: usize, words: &str) -> Option<usize> {
        let mut end = at;
        for word in words.split(' ') {
            if self.word(end) != word {
                return None;
            }
            end += 1;
        }
        Some(end)
    }

    /// The first of these word sequences that follows.
    pub(super) fn any(&self, at: usize, of: &[&str]) -> Option<usize> {
        of.iter().find_map(|words| self.words(at, words))
    }

    /// What the text says at a position; the order is from the longest form to the shortest.
    fn read(&self, at: usize) -> Read {
        self.phrase(at)
            .or_else(|| self.maximum(at))
            .or_else(|| self.as_needed(at))
            .or_else(|| self.dates(at))
            .or_else(|| self.timing(at))
            .or_else(|| self.amount(at))
            .or_else(|| self.route(at))
            .or_else(|| self.filler(at))
    }

    fn phrase(&self, at: usize) -> Read {
        // "for pain": the reason follows.
        let start = if self.word(at) == "for" { at + 1 } else { at };
        let rest = self.tokens.get(start..)?;
        let found = self.phrases.iter().find(|p| rest.starts_with(p))?;
        Some((start + found.len(), Vec::new()))
    }

    fn as_needed(&self, at: usize) -> Read {
        const FORMS: [&str; 9] = [
            "as needed",
            "as required",
            "as necessary",
            "when needed",
            "when required",
            "if needed",
            "if required",
            "if necessary",
            "prn",
        ];
        Some((self.any(at, &FORMS)?, vec![Fact::AsNeeded]))
    }

    fn route(&self, at: usize) -> Read {
        if let Some(end) = self.any(at, &["by mouth", "per os"]) {
            return Some((end, vec![Fact::Route(RouteClass::Oral)]));
        }
        if let Some(end) = self.any(at, &["under the tongue"]) {
            return Some((end, vec![Fact::Route(RouteClass::Sublingual)]));
        }
        if let Some(class) = RouteClass::word(self.word(at)) {
            return Some((at + 1, vec![Fact::Route(class)]));
        }
        self.route.filter(|r| r.fits_verb(self.word(at))).map(|_| (at + 1, Vec::new()))
    }

    fn filler(&self, at: usize) -> Read {
        let is_sign = self.is_sign(at, &['.', ',', ';', ':', '(', ')', '-', '–', '—']);
        (is_sign || is_filler(self.word(at))).then(|| (at + 1, Vec::new()))
    }

    /// A number: digits, a word, a fraction, or several of them ("one and a half").
    pub(super) fn number(&self, at: usize) -> Option<(usize, Number)> {
        let half = |at: usize| {
            let after_article = |word: &str| self.any(at, &[&format!("{word} a"), &format!("a {word}"), word]);
            let (half, quarter) = (after_article("half"), after_article("quarter"));
            half.map(|end| (end, Number(500_000))).or(quarter.map(|end| (end, Number(250_000))))
        };
        let (end, whole) = match self.token(at)? {
            Token::Number(number, _) => (at + 1, *number),
            Token::Word(word) => match number_word(word) {
                Some(number) => (at + 1, number),
                None => return half(at),
            },
            _ => return None,
        };
        if whole == ONE && self.word(end) == "half" {
            return half(end);
        }
        let joined = if self.word(end) == "and" { end + 1 } else { end };
        let part = match self.token(joined) {
            Some(Token::Number(part, digits)) if digits.is_empty() && part.0 < ONE.0 => Some((joined + 1, *part)),
            _ if joined > end => half(joined),
            _ => None,
        };
        Some(part.map_or((end, whole), |(end, part)| (end, Number(whole.0 + part.0))))
    }

    /// A number or a range of numbers.
    pub(super) fn limits(&self, at: usize) -> Option<(usize, Limits)> {
        let from = self.words(at, "between").filter(|start| self.number(*start).is_some());
        let (end, low) = self.number(from.unwrap_or(at))?;
        let joins = matches!(self.word(end), "to" | "or")
            || (from.is_some() && self.word(end) == "and")
            || self.is_sign(end, &['-', '–', '—']);
        match joins.then(|| self.number(end + 1)).flatten() {
            Some((end, high)) if high > low => Some((end, (low, high))),
            _ if from.is_some() => None,
            _ => Some((end, (low, low))),
        }
    }

    /// A unit of the structure.
    fn unit(&self, at: usize) -> Option<(usize, String)> {
        let known = |unit: String| self.units.contains(&unit).then_some(unit);
        for count in (1..=UNIT_WORDS).rev() {
            let words: Option<Vec<&str>> =
                (at..at + count).map(|i| Some(self.word(i)).filter(|w| !w.is_empty())).collect();
            let Some(words) = words else { continue };
            // "mL per hour"
            let joined = match words.as_slice() {
                [above, "per" | "a" | "an", below] => format!("{above}/{below}"),
                words => words.join(" "),
            };
            if let Some(unit) = known(unit_of(&joined)) {
                return Some((at + count, unit));
            }
        }
        None
    }

    /// `10 mg`, `5 mg to 10 mg`, `1-2 tablets`.
    fn amount(&self, at: usize) -> Read {
        let (end, limits) = self.limits(at)?;
        let (end, unit) = self.unit(end)?;
        if limits.0 == limits.1 && (matches!(self.word(end), "to" | "or") || self.is_sign(end, &['-', '–', '—'])) {
            let second = self.number(end + 1).and_then(|(e, high)| Some((self.unit(e)?, high)));
            if let Some(((end, second), high)) = second.filter(|((_, u), high)| *u == unit && *high > limits.0) {
                return Some((end, vec![Fact::Amount { limits: (limits.0, high), unit: second }]));
            }
        }
        Some((end, vec![Fact::Amount { limits, unit }]))
    }

    /// "at most 8 a day", "max. 4 g in 24 hours", "no more than 50 mg per dose".
    fn maximum(&self, at: usize) -> Read {
        const STARTS: [&str; 16] = [
            "maximum daily dose of",
            "maximum daily dose",
            "maximum dose of",
            "maximum of",
            "maximum",
            "max daily dose",
            "max",
            "at most",
            "no more than",
            "not more than",
            "never more than",
            "not to exceed",
            "do not exceed",
            "don't exceed",
            "never exceed",
            "up to a maximum of",
        ];
        let mut start = None;
        // A sentence may begin with an article: "to a maximum of".
        for lead in ["", "to a", "up to a", "a", "the", "with a"] {
            let from = if lead.is_empty() { Some(at) } else { self.words(at, lead) };
            start = start.or_else(|| from.and_then(|from| self.any(from, &STARTS)));
        }
        let start = start?;
        let daily = self.tokens.get(at..start)?.iter().any(|t| *t == Token::Word(String::from("daily")));
        let start = if self.is_sign(start, &['.', ':']) { start + 1 } else { start };
        let (end, amount) = self.number(start)?;
        let (end, unit, within) = self.maximum_unit(end)?;
        let (end, per) = match within {
            Some(per) => (end, per),
            None if daily => (end, Per::Period(ONE, TimeUnit::Day)),
            None => self.maximum_per(end)?,
        };
        Some((end, vec![Fact::Maximum { amount, unit, per }]))
    }

    /// The unit, and the period where the unit has it: `g/day`.
    fn maximum_unit(&self, at: usize) -> Option<(usize, Option<String>, Option<Per>)> {
        if let Some((above, below)) = self.word(at).rsplit_once('/') {
            let unit = unit_of(above);
            let period = TimeUnit::word(below).filter(|_| self.units.contains(&unit));
            if let Some(period) = period {
                return Some((at + 1, Some(unit), Some(Per::Period(ONE, period))));
            }
        }
        // "a day" is no unit.
        if self.maximum_per(at).is_some() {
            return Some((at, None, None));
        }
        let word = self.word(at);
        let unit = unit_of(word);
        if !word.is_empty() && self.units.contains(&unit) {
            return Some((at + 1, Some(unit), None));
        }
        let (end, unit) = self.unit(at)?;
        Some((end, Some(unit), None))
    }

    fn maximum_per(&self, at: usize) -> Option<(usize, Per)> {
        if let Some(end) = self.any(at, &["per administration", "per dose", "at a time", "at one time"]) {
            return Some((end, Per::Administration));
        }
        if let Some(end) = self.any(at, &["per lifetime", "in a lifetime", "lifetime"]) {
            return Some((end, Per::Lifetime));
        }
        if let Some((unit, count)) = TimeUnit::adverb(self.word(at)) {
            return Some((at + 1, Per::Period(count, unit)));
        }
        let start = match self.token(at)? {
            Token::Sign('/') => at + 1,
            Token::Word(w) if matches!(w.as_str(), "per" | "a" | "an" | "in" | "each" | "every" | "within") => at + 1,
            _ => return None,
        };
        let start = self.any(start, &["a", "any", "one"]).unwrap_or(start);
        let (end, count) = self.number(start).unwrap_or((start, ONE));
        let unit = TimeUnit::word(self.word(end))?;
        Some((end + 1, Per::Period(count, unit)))
    }
}
