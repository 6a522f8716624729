//! What arrived whole of a page that was cut off.

/// Longest accepted nesting; a deeper page is not worth repairing.
const MAX_DEPTH: usize = 200;

/// The bundle with the entries that arrived whole, where at least one did. What follows the entries is lost, so the
/// result neither counts all matches nor links a next page unless these members came first.
pub(super) fn whole_entries(text: &str) -> Option<String> {
    let mut scan = Scan::default();
    let mut end = None;
    for (at, byte) in text.bytes().enumerate() {
        if scan.step(byte, text.as_bytes().get(..at)?)? {
            end = Some(at + 1);
        }
    }
    Some(format!("{}]}}", text.get(..end?)?))
}

/// A scan of JSON that knows when an element of the top-level member `entry` has ended.
#[derive(Default)]
struct Scan {
    /// The open brackets.
    open: Vec<u8>,
    in_string: bool,
    escaped: bool,
    /// Start of the current string.
    key_start: usize,
    /// Whether the current top-level member is `entry`.
    in_entry: bool,
}

impl Scan {
    /// Reads one byte; `before` is what precedes it. Returns whether it ends an entry, `None` for what is not JSON.
    fn step(&mut self, byte: u8, before: &[u8]) -> Option<bool> {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => {
                    self.in_string = false;
                    if self.open.len() == 1 {
                        let text = before.get(self.key_start..)?;
                        // A value never equals the name of the next member that matters: only a name is followed by a list.
                        self.in_entry = text == b"entry";
                    }
                }
                _ => {}
            }
            return Some(false);
        }
        match byte {
            b'"' => (self.in_string, self.key_start) = (true, before.len() + 1),
            b'{' | b'[' => self.open.push(byte),
            b'}' | b']' => {
                let opened = self.open.pop()?;
                if (opened == b'{') != (byte == b'}') {
                    return None;
                }
                return Some(self.in_entry && byte == b'}' && self.open == [b'{', b'[']);
            }
            _ => {}
        }
        (self.open.len() <= MAX_DEPTH).then_some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUNDLE: &str = r#"{"resourceType":"Bundle","type":"searchset","link":[{"relation":"self","url":"x"}],"entry":[{"resource":{"id":"a","text":"}]\"{"}},{"resource":{"id":"b","more":[{"c":[1,2]}]}}],"total":2}"#;

    #[test]
    fn every_cut_keeps_the_entries_that_arrived_whole() {
        let ids = |text: &str| {
            let bundle = keep_fhir::Bundle::parse(text).expect("a bundle");
            let id = |e: keep_fhir::Entry<'_>| {
                Some(keep_fhir::Raw::parse(e.resource()?).ok()?.node().member_text("id")?.into_owned())
            };
            bundle.entries().filter_map(id).collect::<Vec<String>>()
        };
        let (first, second) = (BUNDLE.find(r#",{"resource":{"id":"b"#).unwrap(), BUNDLE.find(r#"],"total"#).unwrap());
        for cut in 0..BUNDLE.len() {
            let expected: &[&str] = if cut < first {
                &[]
            } else if cut < second {
                &["a"]
            } else {
                &["a", "b"]
            };
            match whole_entries(BUNDLE.get(..cut).expect("ASCII")) {
                None => assert!(expected.is_empty(), "{cut}"),
                Some(text) => assert_eq!(ids(&text), expected, "{cut}"),
            }
        }
    }

    #[test]
    fn what_is_no_bundle_is_not_repaired() {
        for text in ["", "<html>", "]", r#"{"a":[{}"#, r#"{"entry":[}"#, r#"{"entry":["x""#] {
            assert_eq!(whole_entries(text), None, "{text}");
        }
        assert_eq!(whole_entries(&format!(r#"{{"entry":[{{}},{}"#, "[".repeat(500))), None);
    }
}
