//! Whether the structured part of a dosage says all that its recorded text says.
//!
//! The text is read word by word into facts. INVARIANT: a word that no fact accounts for, and a fact that the structure
//! does not state, mean that the text says more, and the page shows it in full; so an unknown language, a spelling
//! mistake and a negation do, too. The reading is one pass with a bounded look-ahead.

mod facts;
mod parse;
mod parse_dates;
mod parse_timing;
mod structure;
mod tokens;
mod values;
mod vocabulary;

use facts::{Fact, of_structure};
pub use structure::{
    DayEvent, Maximum, MaximumPer, StructuredAmount, StructuredBounds, StructuredDosage, StructuredSpan,
    StructuredTiming, Weekday,
};

/// Whether every word of `text` is said by `structure`, and nothing in the structure says otherwise.
#[must_use]
pub fn structure_says_all(text: &str, structure: &StructuredDosage) -> bool {
    let Some(tokens) = tokens::tokens(text) else { return false };
    let Some(said) = parse::facts(&tokens, structure) else { return false };
    agree(&said, structure)
}

fn agree(said: &[Fact], structure: &StructuredDosage) -> bool {
    let Some(mut stated) = of_structure(structure) else { return false };
    let mut matched = Vec::new();
    for fact in said {
        let Some(at) = stated.iter().position(|s| s.states(fact)) else { return false };
        matched.push(stated.remove(at));
    }
    // "Daily on Monday" contradicts itself, and the line of a weekly dose does not say "daily".
    let has_days = !structure.timing.days.is_empty();
    if has_days && matched.iter().any(Fact::is_once_a_day) {
        return false;
    }
    let names_moments = matched.iter().filter(|f| f.is_moment()).count();
    let doses_named = matched.iter().any(|f| matches!(f, Fact::Amount { .. }));
    stated.iter().all(|left| match left {
        // The text need not repeat that a dose "at 08:00 and 20:00" is one of two a day.
        Fact::Frequency { .. } => left.is_daily(names_moments) || (has_days && left.is_once_a_day()),
        Fact::Amount { .. } => !doses_named,
        other => !other.is_needed(),
    })
}

#[cfg(test)]
mod tests;
