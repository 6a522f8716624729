//! Finds the spans of values in valid JSON text.
//!
//! serde_json checks every text once, on arrival; after that only positions matter.
//! On invalid text a scan ends early and never panics.

use std::ops::Range;

/// One member of an object: the key with its quotes, and the value, as byte ranges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) key: Range<usize>,
    pub(crate) value: Range<usize>,
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn rest(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

/// The first position at or after `at` that is not white space.
pub(crate) fn skip_space(bytes: &[u8], at: usize) -> usize {
    at + rest(bytes, at).iter().take_while(|b| is_space(**b)).count()
}

/// The position after the string whose opening quote is at `at`.
fn skip_text(bytes: &[u8], at: usize) -> usize {
    let mut i = at + 1;
    loop {
        let Some(step) = memchr::memchr2(b'"', b'\\', rest(bytes, i)) else { return bytes.len() };
        i += step;
        if bytes.get(i) == Some(&b'"') {
            return i + 1;
        }
        i += 2;
    }
}

/// The position after the value that starts at `at`. Iterative, so that depth uses no stack.
pub(crate) fn skip_value(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'"') => skip_text(bytes, at),
        Some(b'{' | b'[') => skip_nested(bytes, at),
        Some(_) => {
            at + rest(bytes, at).iter().take_while(|b| !is_space(**b) && !matches!(**b, b',' | b']' | b'}')).count()
        }
        None => bytes.len(),
    }
}

fn skip_nested(bytes: &[u8], at: usize) -> usize {
    let (mut i, mut depth) = (at, 0_usize);
    loop {
        match bytes.get(i) {
            Some(b'"') => {
                i = skip_text(bytes, i);
                continue;
            }
            Some(b'{' | b'[') => depth += 1,
            Some(b'}' | b']') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return i + 1;
                }
            }
            Some(_) => {}
            None => return bytes.len(),
        }
        i += 1;
    }
}

/// Number of opening brackets in `bytes`, including those inside strings.
pub(crate) fn opened(bytes: &[u8]) -> usize {
    // Sums of one byte each let the compiler count a whole register at once.
    let one = |chunk: &[u8]| chunk.iter().map(|b| u8::from(matches!(b, b'{' | b'['))).sum::<u8>();
    bytes.chunks(128).map(|chunk| usize::from(one(chunk))).sum()
}

/// The deepest nesting of objects and arrays in `bytes`.
pub(crate) fn depth(bytes: &[u8]) -> usize {
    let (mut i, mut now, mut most) = (0, 0_usize, 0);
    while let Some(byte) = bytes.get(i) {
        match byte {
            b'"' => {
                i = skip_text(bytes, i);
                continue;
            }
            b'{' | b'[' => {
                now += 1;
                most = most.max(now);
            }
            b'}' | b']' => now = now.saturating_sub(1),
            _ => {}
        }
        i += 1;
    }
    most
}

/// The members of the object that `bytes` starts with, in order.
pub(crate) fn members(bytes: &[u8]) -> impl Iterator<Item = Member> + '_ {
    let mut at = match bytes.first() {
        Some(b'{') => skip_space(bytes, 1),
        _ => bytes.len(),
    };
    std::iter::from_fn(move || {
        if bytes.get(at) != Some(&b'"') {
            return None;
        }
        let key = at..skip_text(bytes, at);
        let colon = skip_space(bytes, key.end);
        let start = skip_space(bytes, colon + 1);
        let value = start..skip_value(bytes, start);
        let comma = skip_space(bytes, value.end);
        at = skip_space(bytes, comma + 1);
        Some(Member { key, value })
    })
}

/// The items of the array that `bytes` starts with, in order.
pub(crate) fn items(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = match bytes.first() {
        Some(b'[') => skip_space(bytes, 1),
        _ => bytes.len(),
    };
    std::iter::from_fn(move || {
        if matches!(bytes.get(at), None | Some(b']')) {
            return None;
        }
        let value = at..skip_value(bytes, at);
        let comma = skip_space(bytes, value.end);
        at = skip_space(bytes, comma + 1);
        // An empty item would make the scan endless; valid text has none.
        if value.is_empty() { None } else { Some(value) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check_members(text: &str, expected: &[(&str, &str)]) {
        let found: Vec<_> =
            members(text.as_bytes()).map(|m| (text.get(m.key).unwrap(), text.get(m.value).unwrap())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn members_have_every_kind_of_value() {
        check_members(
            " { \"a\" : 1.50 ,\n\"b\":\"x\\\"}\",\"c\":[1,{\"d\":\"]\"}],\"e\":{} , \"f\":null}".trim(),
            &[
                ("\"a\"", "1.50"),
                ("\"b\"", "\"x\\\"}\""),
                ("\"c\"", "[1,{\"d\":\"]\"}]"),
                ("\"e\"", "{}"),
                ("\"f\"", "null"),
            ],
        );
        check_members("{}", &[]);
        check_members("[1]", &[]);
    }

    #[test]
    fn items_are_in_order() {
        let text = "[ 1 , \"a,b\",{\"c\":[]} ]";
        let found: Vec<_> = items(text.as_bytes()).map(|r| text.get(r).unwrap()).collect();
        assert_eq!(found, ["1", "\"a,b\"", "{\"c\":[]}"]);
        assert_eq!(items(b"[]").count(), 0);
    }

    #[test]
    fn depth_ignores_brackets_in_strings() {
        assert_eq!(depth(br#"{"a":[{"b":"[[[["}]}"#), 3);
        assert_eq!(depth(b"1"), 0);
    }

    proptest! {
        #[test]
        fn no_text_causes_a_panic_or_a_hang(text in "[\\[\\]{}\",:\\\\a1 ]{0,40}") {
            let bytes = text.as_bytes();
            prop_assert!(members(bytes).count() <= text.len());
            prop_assert!(items(bytes).count() <= text.len());
            let _ = depth(bytes);
        }
    }
}
