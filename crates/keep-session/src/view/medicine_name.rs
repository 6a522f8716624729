//! What a medicine is called.

use super::dosage::quantity;
use super::words;
use keep_clinical::{Grouping, medicine_name, number_text};
use keep_domain::{Phi, ResourceKey};
use keep_fhir::lens::{Concept, Ingredient, MedicineName, Product, Quantity};
use std::collections::BTreeSet;

/// Short names of code systems, for a code without words.
const SYSTEMS: [(&str, &str); 10] = [
    ("http://www.nlm.nih.gov/research/umls/rxnorm", "RxNorm"),
    ("http://snomed.info/sct", "SNOMED CT"),
    ("http://hl7.org/fhir/sid/ndc", "NDC"),
    ("http://www.whocc.no/atc", "ATC"),
    ("http://hl7.org/fhir/sid/cvx", "CVX"),
    ("https://dmd.nhs.uk", "dm+d"),
    ("http://fdasis.nlm.nih.gov", "UNII"),
    ("http://loinc.org", "LOINC"),
    ("http://www.ama-assn.org/go/cpt", "CPT"),
    ("http://fhir.de/CodeSystem/ifa/pzn", "PZN"),
];

/// The name of a resource.
type LookUp<'a> = &'a dyn Fn(&ResourceKey) -> Option<String>;

/// The recorded name: words, else the code with its system, else what the reference says.
///
/// `look_up` has the names of other resources.
pub(crate) fn recorded_name(name: &MedicineName, look_up: LookUp<'_>) -> Option<String> {
    match name {
        MedicineName::Concept(concept) => concept_name(concept),
        MedicineName::Product(product) => product_name(product, look_up),
        MedicineName::Reference { key, display, reference, identifier } => {
            // EXPOSE: the name in a reference is what the screen shows.
            let display = display.as_ref().and_then(|d| words::some(d.expose().trim()));
            let found = || key.as_ref().and_then(look_up);
            let identifier = || {
                let (system, value) = identifier.as_ref()?;
                code_name(system.as_deref(), value)
            };
            let reference = || reference.as_ref().map(|r| format!("[{r}]"));
            display.or_else(found).or_else(identifier).or_else(reference)
        }
        MedicineName::Missing => None,
    }
}

/// The recorded words of a medicine that what is shown of it does not say: its unit is written in another way, it is
/// called by its ingredients, or its code or the resource it refers to names a strength or another number that its own
/// words do not.
pub(crate) fn other_words(name: &MedicineName, shown: &str, look_up: LookUp<'_>) -> Vec<String> {
    // EXPOSE: the name in a reference is what the screen shows.
    let display = |d: &Option<Phi<String>>| d.as_ref().and_then(|d| words::some(d.expose().trim()));
    let (recorded, code) = match name {
        MedicineName::Concept(concept) => ([concept_name(concept), None], Some(concept)),
        MedicineName::Product(product) => {
            ([display(&product.display), product.code.as_ref().and_then(concept_name)], product.code.as_ref())
        }
        MedicineName::Reference { display: words, .. } => ([display(words), None], None),
        MedicineName::Missing => ([None, None], None),
    };
    let referred = referred(name).and_then(look_up);
    let said = letters(shown);
    let mut others: Vec<String> =
        recorded.into_iter().flatten().filter(|words| !said.contains(&letters(words))).collect();
    let all: BTreeSet<String> =
        std::iter::once(shown).chain(others.iter().map(String::as_str)).flat_map(numbers).collect();
    let displays =
        code.into_iter().flat_map(|code| &code.codings).filter_map(|c| words::some(c.display.as_deref()?.trim()));
    let coded: Vec<String> =
        displays.chain(referred).filter(|words| !numbers(words).all(|number| all.contains(&number))).collect();
    for words in coded {
        if !others.contains(&words) {
            others.push(words);
        }
    }
    others
}

/// The numbers in a text, without zeros at their end.
fn numbers(text: &str) -> impl Iterator<Item = String> + '_ {
    let parts = text.split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')));
    let parts = parts.map(|part| part.trim_matches(['.', ',']).replace(',', "")).filter(|part| !part.is_empty());
    parts.map(|part| number_text(&part, Grouping::Plain).unwrap_or(part))
}

/// Small letters and numbers without zeros at their end, for a comparison.
fn letters(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','));
        let (number, after) = rest.split_at(rest.len() - digits.len());
        if number.contains(|c: char| c.is_ascii_digit()) {
            let number = number.trim_end_matches(['.', ',']).replace(',', "");
            out.push_str(&number_text(&number, Grouping::Plain).unwrap_or(number));
            rest = after;
        } else {
            out.extend(first.to_lowercase().filter(|c| c.is_alphanumeric()));
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// The resource that names a medicine.
pub(crate) const fn referred(name: &MedicineName) -> Option<&ResourceKey> {
    if let MedicineName::Reference { key, .. } = name { key.as_ref() } else { None }
}

/// A medicine without words that must be looked up.
pub(crate) fn unnamed(name: &MedicineName) -> Option<ResourceKey> {
    let MedicineName::Reference { display, .. } = name else { return None };
    // EXPOSE: only whether there are words.
    let is_silent = display.as_ref().is_none_or(|d| d.expose().trim().is_empty());
    referred(name).filter(|_| is_silent).cloned()
}

/// The name of a Medication: its code, or its ingredients; strength and form where the code does not have them.
pub(crate) fn product_name(product: &Product, look_up: LookUp<'_>) -> Option<String> {
    let code = product.code.as_ref().and_then(concept_name);
    let has_strength = code.as_ref().is_some_and(|c| c.contains(|c: char| c.is_ascii_digit()));
    let parts: Vec<String> = match &code {
        Some(_) if has_strength => Vec::new(),
        Some(_) => product.ingredients.iter().filter_map(strength).collect(),
        None => product.ingredients.iter().filter_map(|i| ingredient(i, look_up)).collect(),
    };
    let named = words::joined([code.unwrap_or_default(), parts.join(" / ")], " ");
    let form = product.form.as_ref().and_then(|f| words::label(Some(f)));
    let form = form.filter(|form| !named.to_lowercase().contains(&form.to_lowercase()));
    // EXPOSE: the name in a reference is what the screen shows.
    let display = || product.display.as_ref().and_then(|d| words::some(d.expose().trim()));
    if named.is_empty() && display().is_some() {
        return display();
    }
    words::some(words::joined([named, form.unwrap_or_default()], " "))
}

fn concept_name(concept: &Concept) -> Option<String> {
    let display = || concept.codings.iter().find_map(|c| c.display.as_deref().and_then(|d| words::some(d.trim())));
    let code = || {
        let first = concept.codings.first()?;
        code_name(first.system.as_deref(), &first.code)
    };
    concept.text.as_deref().and_then(|t| words::some(t.trim())).or_else(display).or_else(code)
}

/// `[RxNorm 310965]`: in brackets, which leave it as recorded where a name is made safe.
fn code_name(system: Option<&str>, code: &str) -> Option<String> {
    let known = |system| SYSTEMS.into_iter().find(|(uri, _)| *uri == system).map_or(system, |(_, name)| name);
    let named = words::some(words::joined([system.map(known).unwrap_or_default(), code], " "))?;
    Some(format!("[{named}]"))
}

fn ingredient(found: &Ingredient, look_up: LookUp<'_>) -> Option<String> {
    let name = recorded_name(&found.name, look_up)?;
    words::some(words::joined([name, strength(found).unwrap_or_default()], " "))
}

/// `80 mg/2 mL`
fn strength(found: &Ingredient) -> Option<String> {
    let text = |q: &Quantity, drops_one: bool| {
        let q = quantity(q);
        let number = q.number.filter(|n| !(drops_one && n == "1"));
        words::joined([number.unwrap_or_default(), q.unit.unwrap_or_default()], " ")
    };
    let (above, below) = &found.strength;
    let above = words::some(text(above.as_ref()?, false))?;
    let below = below.as_ref().map(|b| text(b, true)).and_then(words::some).filter(|b| b != "1");
    Some(below.map_or_else(|| above.clone(), |below| format!("{above}/{below}")))
}

/// The safe name split before its first strength: `amLODIPine` and `5 mg tablet`.
///
/// A combination, which has strengths between its parts, is not split.
pub(crate) fn name_and_product(recorded: &str) -> (String, String) {
    let name = medicine_name(recorded);
    let words: Vec<&str> = name.split_whitespace().collect();
    if words.contains(&"/") || name.starts_with('[') {
        return (name, String::new());
    }
    let mut named = false;
    let at = words.iter().position(|w| {
        let is_number = w.starts_with(|c: char| c.is_ascii_digit());
        let splits = named && is_number;
        named |= !is_number && w.chars().filter(|c| c.is_alphabetic()).count() >= 4;
        splits
    });
    match at.and_then(|i| words.split_at_checked(i)) {
        Some((name, product)) => (name.join(" "), product.join(" ")),
        None => (name, String::new()),
    }
}
