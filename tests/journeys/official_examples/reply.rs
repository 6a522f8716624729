//! What a reply to the page says, wherever in it.

use super::facts::Fact;
use keep_domain::UtcMillis;
use serde_json::Value;

/// The quantities and the texts of a reply that are not matched with a fact yet.
pub(super) struct Reply {
    quantities: Vec<Value>,
    texts: Vec<String>,
}

impl Reply {
    /// Only the record in full: its line repeats parts of it.
    pub(super) fn of(reply: &Value) -> Self {
        let mut found = Self { quantities: Vec::new(), texts: Vec::new() };
        found.collect(&reply["details"]);
        found
    }

    fn collect(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.texts.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| self.collect(item)),
            Value::Object(members) if members.contains_key("number") => self.quantities.push(value.clone()),
            Value::Object(members) => {
                let named = ["element", "kind", "dataType"];
                let own = members.iter().filter(|(name, _)| !named.contains(&name.as_str()));
                own.for_each(|(_, member)| self.collect(member));
            }
            _ => {}
        }
    }

    /// Whether the fact is in the reply; each place of the reply counts once.
    pub(super) fn has(&mut self, fact: &Fact) -> bool {
        let (quantities, texts) = (&mut self.quantities, &mut self.texts);
        let same = |text: &str, part: &Value| part.as_str() == Some(text);
        let is_number = |digits: &str, q: &Value| same(digits, &q["number"]) || same(digits, &q["recorded"]);
        match fact {
            Fact::Quantity(comparator, digits, unit) => take(quantities, |q| {
                let recorded = unit.as_ref().map_or_else(|| digits.clone(), |unit| format!("{digits} {unit}"));
                let is_unchanged = q["recorded"].is_null() && q["unit"].as_str() == unit.as_deref();
                let plain = is_unchanged && same(digits, &q["number"]);
                (plain || same(&recorded, &q["recorded"])) && q["comparator"].as_str() == comparator.as_deref()
            }),
            Fact::Number(digits) => take(quantities, |q| is_number(digits, q) && q["unit"].is_null()),
            Fact::Date(at) => take(texts, |text| text == at || instant(text).is_some_and(|t| instant(at) == Some(t))),
            Fact::Text(text) => take(texts, |shown| shown == text),
            // Words of a narrative are parts of one text.
            Fact::Word(word) => texts.iter().any(|shown| shown.contains(word.as_str())),
        }
    }
}

fn instant(text: &str) -> Option<UtcMillis> {
    UtcMillis::from_rfc3339(text)
}

fn take<T>(from: &mut Vec<T>, found: impl FnMut(&T) -> bool) -> bool {
    let at = from.iter().position(found);
    at.map(|at| from.swap_remove(at)).is_some()
}
