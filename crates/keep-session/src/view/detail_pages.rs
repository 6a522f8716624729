//! The elements of a record in parts of limited size: a record may be larger than one reply may be.

use crate::dto::chart::detail::{DetailDto, DetailValueDto};
use crate::dto::chart::value::ValueDto;

/// The most JSON of one part, bytes: with its line a reply stays below 256 kB.
const LONGEST: usize = 160 * 1024;
/// The most JSON of one piece of a text, bytes.
const PIECE: usize = 32 * 1024;
/// JSON around one element, bytes at most, besides its name and value.
const AROUND: usize = 96;

/// One part of the elements, and the number of parts.
pub(crate) fn page_of(details: Vec<DetailDto>, part: u32) -> (Vec<DetailDto>, u32) {
    let mut pages = Pages { left: LONGEST, ..Pages::default() };
    details.into_iter().for_each(|detail| pages.add(detail));
    pages.turn();
    let mut done = pages.done;
    if done.len() > 1 && done.last().is_some_and(Vec::is_empty) {
        done.pop();
    }
    let count = u32::try_from(done.len()).unwrap_or(u32::MAX);
    let at = usize::try_from(part).unwrap_or(usize::MAX);
    (done.into_iter().nth(at).unwrap_or_default(), count)
}

#[derive(Default)]
struct Pages {
    done: Vec<Vec<DetailDto>>,
    /// The elements of the open part that are complete.
    page: Vec<DetailDto>,
    /// The elements around the next one, outermost first.
    open: Vec<DetailDto>,
    left: usize,
}

impl Pages {
    fn add(&mut self, detail: DetailDto) {
        let DetailDto { element, data_type, value, parts, continued } = detail;
        let pieces = value.map_or_else(|| vec![None], |value| pieces(value).into_iter().map(Some).collect());
        let last = pieces.len().saturating_sub(1);
        let mut parts = Some(parts);
        for (at, value) in pieces.into_iter().enumerate() {
            let size =
                AROUND + element.len() + data_type.as_ref().map_or(0, String::len) + value.as_ref().map_or(0, json);
            if size > self.left {
                self.turn();
            }
            self.left = self.left.saturating_sub(size);
            let continued = continued || at > 0;
            let (element, data_type) = (element.clone(), data_type.clone());
            self.open.push(DetailDto { element, data_type, value, parts: Vec::new(), continued });
            if at == last {
                parts.take().into_iter().flatten().for_each(|part| self.add(part));
            }
            self.close();
        }
    }

    fn close(&mut self) {
        let Some(done) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(around) => around.parts.push(done),
            None => self.page.push(done),
        }
    }

    /// Ends the part. The elements that are open go on in the next one, without their values.
    fn turn(&mut self) {
        let go_on: Vec<DetailDto> = self
            .open
            .iter()
            .map(|d| DetailDto {
                element: d.element.clone(),
                data_type: d.data_type.clone(),
                value: None,
                parts: Vec::new(),
                continued: true,
            })
            .collect();
        while !self.open.is_empty() {
            self.close();
        }
        self.done.push(std::mem::take(&mut self.page));
        self.left = LONGEST;
        self.open = go_on;
    }
}

/// The size of a value as JSON.
fn json(value: &DetailValueDto) -> usize {
    serde_json::to_vec(value).map_or(0, |json| json.len())
}

/// A value that fits into a part; a long one in several pieces, whose texts joined are the recorded ones.
fn pieces(value: DetailValueDto) -> Vec<DetailValueDto> {
    use DetailValueDto as D;
    if json(&value) <= PIECE {
        return vec![value];
    }
    let plain = |text: &str| D::Value { value: ValueDto::Text { text: text.to_owned() } };
    let texts = |text: &str| cut(text).into_iter().map(plain).collect::<Vec<_>>();
    match value {
        D::Markdown { text } => cut(&text).into_iter().map(|t| D::Markdown { text: t.to_owned() }).collect(),
        D::Value { value: ValueDto::Text { text } } | D::Code { code: text } => texts(&text),
        D::Reference { name, reference } => name.iter().chain(&reference).flat_map(|t| texts(t)).collect(),
        D::Concept { text, codes } => {
            let single = codes.into_iter().flat_map(|code| {
                let one = D::Concept { text: None, codes: vec![code.clone()] };
                if json(&one) <= PIECE {
                    return vec![one];
                }
                [code.display, code.code, code.system].iter().flatten().flat_map(|t| texts(t)).collect()
            });
            text.iter().flat_map(|t| texts(t)).collect::<Vec<_>>().into_iter().chain(single).collect()
        }
        // Only these have text of any length; what is left is recorded in characters that no one reads as a value.
        D::Value { value } => {
            strings(&serde_json::to_value(&value).unwrap_or_default()).iter().flat_map(|t| texts(t)).collect()
        }
        D::Bytes { .. } => vec![value],
    }
}

fn strings(value: &serde_json::Value) -> Vec<String> {
    match value {
        serde_json::Value::String(text) => vec![text.clone()],
        serde_json::Value::Object(members) => {
            members.iter().filter(|(name, _)| *name != "kind").flat_map(|(_, member)| strings(member)).collect()
        }
        _ => Vec::new(),
    }
}

/// Pieces of a text whose JSON is short enough.
fn cut(text: &str) -> Vec<&str> {
    let (mut found, mut from, mut size) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        let own = match c {
            '"' | '\\' | '\n' | '\r' | '\t' => 2,
            c if c.is_control() => 6,
            c => c.len_utf8(),
        };
        if size + own > PIECE {
            found.extend(text.get(from..at));
            (from, size) = (at, 0);
        }
        size += own;
    }
    found.extend(text.get(from..).filter(|rest| !rest.is_empty()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dto::chart::detail::CodeDto;

    fn leaf(element: &str, value: DetailValueDto) -> DetailDto {
        DetailDto {
            element: element.to_owned(),
            data_type: None,
            value: Some(value),
            parts: Vec::new(),
            continued: false,
        }
    }

    fn text(text: String) -> DetailValueDto {
        DetailValueDto::Value { value: ValueDto::Text { text } }
    }

    /// The parts of a record, each below the limit.
    fn all(details: &[DetailDto]) -> Vec<Vec<DetailDto>> {
        let (first, count) = page_of(details.to_vec(), 0);
        let rest = (1..count).map(|part| page_of(details.to_vec(), part).0);
        let pages: Vec<_> = std::iter::once(first).chain(rest).collect();
        for page in &pages {
            assert!(serde_json::to_vec(page).expect("json").len() < LONGEST + PIECE, "too large");
        }
        assert_eq!(page_of(details.to_vec(), count).0, []);
        pages
    }

    /// Every recorded text, in order; pieces of one text are joined.
    fn texts(details: &[DetailDto], into: &mut Vec<String>) {
        for detail in details {
            let found = detail.value.as_ref().map(|v| strings(&serde_json::to_value(v).expect("json")).join("|"));
            match (found, into.last_mut()) {
                (Some(found), Some(last)) if detail.continued => last.push_str(&found),
                (Some(found), _) => into.push(found),
                (None, _) => {}
            }
            texts(&detail.parts, into);
        }
    }

    fn same_texts(details: &[DetailDto]) -> usize {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        texts(details, &mut before);
        let pages = all(details);
        pages.iter().for_each(|page| texts(page, &mut after));
        assert!(before == after, "{} {}", before.len(), after.len());
        pages.len()
    }

    #[test]
    fn a_small_record_is_one_part() {
        let details = [leaf("status", DetailValueDto::Code { code: String::from("final") })];
        assert_eq!(page_of(details.to_vec(), 0), (details.to_vec(), 1));
        assert_eq!(page_of(Vec::new(), 0), (Vec::new(), 1));
    }

    #[test]
    fn nothing_of_a_large_record_is_lost() {
        let long: String = "Ä\"\u{1}\n line ".chars().cycle().take(600_000).collect();
        let component = |n: usize| DetailDto {
            element: String::from("component"),
            data_type: Some(String::from("BackboneElement")),
            value: None,
            parts: vec![leaf("value", text(format!("{n} {}", "x".repeat(500))))],
            continued: false,
        };
        let mut details = vec![leaf("note", DetailValueDto::Markdown { text: long.clone() })];
        details.extend((0..3000).map(component));
        details.push(DetailDto {
            parts: vec![component(1), leaf("deep", text(long.clone())), component(2)],
            ..component(0)
        });
        details.push(leaf("identifier", DetailValueDto::Code { code: long }));
        assert!(same_texts(&details) > 15);
        let pages = all(&details);
        // An element that goes on in the next part is there again, marked.
        assert!(pages.iter().skip(1).any(|page| page.first().is_some_and(|d| d.continued)));
    }

    #[test]
    fn long_codes_and_references_are_cut_as_well() {
        let long = "c".repeat(200_000);
        let code =
            |code: &str| CodeDto { system: Some(String::from("urn:s")), code: Some(code.to_owned()), display: None };
        let concept = DetailValueDto::Concept { text: Some(long.clone()), codes: vec![code(&long), code("1")] };
        let reference = DetailValueDto::Reference { name: None, reference: Some(long.clone()) };
        let date = DetailValueDto::Value { value: ValueDto::Unreadable { text: Some(long.clone()) } };
        let details = [leaf("code", concept), leaf("subject", reference), leaf("issued", date)];
        let mut found = Vec::new();
        all(&details).iter().for_each(|page| texts(page, &mut found));
        assert_eq!(found.join("").matches('c').count(), 4 * 200_000);
    }
}
