//! The statuses that are CodeableConcepts: `clinicalStatus` and `verificationStatus` of allergies and conditions.

use super::parts::Concept;
use super::reader::{Reader, concept};
use crate::Node;

/// A status as recorded and, where it is understood, as the code of R4.
#[derive(Clone, PartialEq, Eq)]
pub struct Status {
    /// R4's code; `None` where the status is none that R4 has or where its codings contradict each other.
    pub code: Option<&'static str>,
    /// R4's code, or else the recorded words.
    pub recorded: String,
}

/// A code of R4 and the other ways in which it is recorded: words in small letters, and SNOMED CT codes.
pub(super) type Synonyms = (&'static str, &'static [&'static str]);

const CLINICAL: [Synonyms; 6] = [
    ("active", &["current", "55561003"]),
    ("recurrence", &["recurrent", "246455001"]),
    ("relapse", &["relapsed", "263855007"]),
    ("inactive", &["73425007"]),
    ("remission", &["in remission", "277022003"]),
    ("resolved", &["413322009", "723506003"]),
];

const VERIFICATION: [Synonyms; 6] = [
    ("unconfirmed", &["not confirmed", "suspected", "possible", "415684004", "76104008", "410590009"]),
    ("provisional", &["probable", "likely", "presumed", "working diagnosis", "410592001", "2931005"]),
    ("differential", &["differential diagnosis", "47965005"]),
    ("confirmed", &["confirmed present", "known present", "410605003", "59156000"]),
    (
        "refuted",
        &["ruled out", "disproved", "known absent", "definitely not present", "410516002", "410594000", "723511001"],
    ),
    ("entered-in-error", &["error", "723510000"]),
];

impl Status {
    /// Whether R4's code is one of these.
    #[must_use]
    pub fn is_one_of(&self, codes: &[&str]) -> bool {
        self.code.is_some_and(|code| codes.contains(&code))
    }
}

/// Reads `clinicalStatus`.
pub(super) fn clinical(r: &mut Reader<'_>) -> Option<Status> {
    r.concept("clinicalStatus").map(|concept| status(&concept, &CLINICAL))
}

/// Reads `verificationStatus`.
pub(super) fn verification(r: &mut Reader<'_>) -> Option<Status> {
    r.concept("verificationStatus").map(|concept| status(&concept, &VERIFICATION))
}

/// The words in which a status element is understood; `None` for any other element.
pub(super) fn words_of(element: &str) -> Option<&'static [Synonyms]> {
    match element {
        "clinicalStatus" => Some(&CLINICAL),
        "verificationStatus" => Some(&VERIFICATION),
        _ => None,
    }
}

/// R4's code of a status element.
pub(super) fn code_of(node: Node<'_>, known: &'static [Synonyms]) -> Option<&'static str> {
    let bare = || Some(Concept { text: Some(node.text()?.into_owned()), codings: Vec::new() });
    concept(node).or_else(bare).and_then(|concept| status(&concept, known).code)
}

/// Whether a `verificationStatus` says that the record was entered in error.
pub(crate) fn is_entered_in_error(verification: Node<'_>) -> bool {
    code_of(verification, &VERIFICATION) == Some("entered-in-error")
}

fn status(concept: &Concept, known: &'static [Synonyms]) -> Status {
    let mut found: Vec<&'static str> = Vec::new();
    for coding in &concept.codings {
        found.extend(of(&coding.code, known).or_else(|| of(coding.display.as_deref()?, known)));
    }
    found.extend(concept.text.as_deref().and_then(|text| of(text, known)));
    found.sort_unstable();
    found.dedup();
    if found.len() > 1 {
        // R4's codes are a hierarchy: a resolved problem is inactive, a relapse is active.
        let narrower: &[(&str, &[&str])] = &[
            ("active", &["recurrence", "relapse"]),
            ("inactive", &["remission", "resolved"]),
            ("unconfirmed", &["provisional", "differential"]),
        ];
        let codes = found.clone();
        found.retain(|code| !narrower.iter().any(|(wide, n)| wide == code && n.iter().any(|c| codes.contains(c))));
    }
    let code = match found.as_slice() {
        [code] => Some(*code),
        _ => None,
    };
    Status { code, recorded: recorded(concept, code) }
}

/// R4's code where the record has just that, else its words.
fn recorded(concept: &Concept, code: Option<&'static str>) -> String {
    if let Some(code) = code.filter(|code| concept.codings.iter().any(|c| normal(&c.code) == normal(code))) {
        return code.to_owned();
    }
    let of_coding = concept.codings.iter().map(|c| c.display.as_deref().unwrap_or(&c.code));
    let mut words: Vec<&str> = match concept.text.as_deref() {
        Some(text) if code.is_some() || concept.codings.is_empty() => vec![text],
        text => of_coding.chain(text).collect(),
    };
    words.dedup();
    words.join(", ").trim().to_owned()
}

fn of(words: &str, known: &'static [Synonyms]) -> Option<&'static str> {
    let words = normal(words);
    known.iter().find(|(code, others)| normal(code) == words || others.contains(&words.as_str())).map(|(code, _)| *code)
}

/// Small letters, without hyphens and SNOMED CT's semantic tag.
fn normal(words: &str) -> String {
    let words = words.split_once(" (").map_or(words, |(before, _)| before);
    words.trim().to_lowercase().replace(['-', '_'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lens::Coding;

    fn check(known: &'static [Synonyms], codes: &[&str], text: Option<&str>, expected: (Option<&str>, &str)) {
        let codings = codes.iter().map(|code| Coding { system: None, code: (*code).to_owned(), display: None });
        let found = status(&Concept { text: text.map(str::to_owned), codings: codings.collect() }, known);
        assert_eq!((found.code, found.recorded.as_str()), expected, "{codes:?} {text:?}");
    }

    #[test]
    fn a_status_is_read_in_every_form() {
        check(&CLINICAL, &["active"], None, (Some("active"), "active"));
        check(&CLINICAL, &["73425007"], Some("Inactive"), (Some("inactive"), "Inactive"));
        check(&CLINICAL, &[], Some(" Resolved "), (Some("resolved"), "Resolved"));
        check(&CLINICAL, &["inactive", "resolved"], None, (Some("resolved"), "resolved"));
        check(&CLINICAL, &["active", "resolved"], None, (None, "active, resolved"));
        check(&CLINICAL, &["foo"], Some("Smouldering"), (None, "foo, Smouldering"));
        check(&VERIFICATION, &[], Some("Ruled out"), (Some("refuted"), "Ruled out"));
        check(&VERIFICATION, &["Entered_In_Error"], None, (Some("entered-in-error"), "entered-in-error"));
        check(&VERIFICATION, &["415684004"], Some("Suspected"), (Some("unconfirmed"), "Suspected"));
    }
}
