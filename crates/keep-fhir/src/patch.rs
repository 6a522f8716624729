//! Lossless changes of raw text: the span of the changed value is replaced, every other byte is unchanged.

use crate::{FhirError, Kind, Node, Raw, scan};
use serde::de::IgnoredAny;
use std::ops::Range;

/// One step of a path into a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// A member of an object.
    Member(&'a str),
    /// An item of an array, from 0.
    Item(usize),
}

impl<'a> From<&'a str> for Step<'a> {
    fn from(name: &'a str) -> Self {
        Self::Member(name)
    }
}

impl From<usize> for Step<'_> {
    fn from(item: usize) -> Self {
        Self::Item(item)
    }
}

/// Sets the value at `path` to the JSON text `value`, as [`set_text`]; the item after the last one is appended to its
/// array.
///
/// # Errors
/// [`FhirError::BadValue`] when `value` is not JSON, [`FhirError::NoSuchPath`] when the path does not fit.
pub(crate) fn set(raw: &Raw, path: &[Step<'_>], value: &str) -> Result<Raw, FhirError> {
    serde_json::from_str::<IgnoredAny>(value).map_err(|_| FhirError::BadValue)?;
    let text = raw.as_str();
    let mut at = 0..text.len();
    for (depth, step) in path.iter().enumerate() {
        if let Some(found) = find(text, &at, *step) {
            at = found;
            continue;
        }
        let rest = path.get(depth + 1..).unwrap_or_default();
        let (place, inserted) = plan_insert(text, &at, *step, rest, value).ok_or(FhirError::NoSuchPath)?;
        return splice(text, place..place, &inserted);
    }
    if path.is_empty() { Err(FhirError::NoSuchPath) } else { splice(text, at, value) }
}

/// Sets a string member or item.
///
/// An existing value is replaced; a missing member is added at the end of its object, with the objects on the path to
/// it. Every other byte is unchanged.
///
/// # Errors
/// [`FhirError::NoSuchPath`] when the path does not fit.
pub fn set_text(raw: &Raw, path: &[Step<'_>], value: &str) -> Result<Raw, FhirError> {
    set(raw, path, &crate::compose::quoted(value))
}

/// Removes the member or item at `path` with its comma; a missing one is not an error.
///
/// # Errors
/// [`FhirError::NoSuchPath`] when the path is empty.
pub(crate) fn remove(raw: &Raw, path: &[Step<'_>]) -> Result<Raw, FhirError> {
    let text = raw.as_str();
    let Some((last, parents)) = path.split_last() else { return Err(FhirError::NoSuchPath) };
    let mut at = 0..text.len();
    for step in parents {
        let Some(found) = find(text, &at, *step) else { return Ok(raw.clone()) };
        at = found;
    }
    let parts = parts(text, &at);
    let Some(index) = parts.iter().position(|p| p.is(*last)) else { return Ok(raw.clone()) };
    // The comma before it is removed, or for the first part the comma after it.
    let own = parts.get(index).map(|p| p.whole.clone()).unwrap_or_default();
    let before = index.checked_sub(1).and_then(|i| parts.get(i));
    let gap = match (before, parts.get(index + 1)) {
        (Some(before), _) => before.whole.end..own.end,
        (None, Some(after)) => own.start..after.whole.start,
        (None, None) => own,
    };
    splice(text, gap, "")
}

struct Part<'a> {
    key: Option<std::borrow::Cow<'a, str>>,
    index: usize,
    whole: Range<usize>,
    value: Range<usize>,
}

impl Part<'_> {
    fn is(&self, step: Step<'_>) -> bool {
        match step {
            Step::Member(name) => self.key.as_deref() == Some(name),
            Step::Item(n) => self.key.is_none() && self.index == n,
        }
    }
}

/// The members or items of the value at `at`, as ranges of the whole text.
fn parts<'a>(text: &'a str, at: &Range<usize>) -> Vec<Part<'a>> {
    let inner = text.get(at.clone()).unwrap_or_default();
    let shift = |r: Range<usize>| r.start + at.start..r.end + at.start;
    let members = scan::members(inner.as_bytes()).enumerate().map(|(index, m)| {
        let key = Node::from_checked(inner.get(m.key.clone()).unwrap_or_default()).text();
        Part { key, index, whole: shift(m.key.start..m.value.end), value: shift(m.value) }
    });
    let items = scan::items(inner.as_bytes()).enumerate().map(|(index, r)| Part {
        key: None,
        index,
        whole: shift(r.clone()),
        value: shift(r),
    });
    members.chain(items).collect()
}

fn find(text: &str, at: &Range<usize>, step: Step<'_>) -> Option<Range<usize>> {
    parts(text, at).into_iter().find(|p| p.is(step)).map(|p| p.value)
}

fn plan_insert(
    text: &str,
    at: &Range<usize>,
    step: Step<'_>,
    rest: &[Step<'_>],
    value: &str,
) -> Option<(usize, String)> {
    let kind = Node::from_checked(text.get(at.clone())?).kind();
    let parts = parts(text, at);
    let mut wrapped = value.to_owned();
    for step in rest.iter().rev() {
        wrapped = match step {
            Step::Member(name) => format!("{{{}:{wrapped}}}", crate::compose::quoted(name)),
            Step::Item(0) => format!("[{wrapped}]"),
            Step::Item(_) => return None,
        };
    }
    let inserted = match (kind, step) {
        (Kind::Object, Step::Member(name)) => format!("{}:{wrapped}", crate::compose::quoted(name)),
        (Kind::Array, Step::Item(n)) if n == parts.len() => wrapped,
        _ => return None,
    };
    Some(match parts.last() {
        Some(last) => (last.whole.end, format!(",{inserted}")),
        None => (at.start + 1, inserted),
    })
}

fn splice(text: &str, range: Range<usize>, with: &str) -> Result<Raw, FhirError> {
    let before = text.get(..range.start).ok_or(FhirError::NoSuchPath)?;
    let after = text.get(range.end..).ok_or(FhirError::NoSuchPath)?;
    Ok(Raw::from_checked([before, with, after].concat()))
}

#[cfg(test)]
mod tests;
