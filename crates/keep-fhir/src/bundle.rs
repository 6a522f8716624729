//! Bundles: received pages split into raw entries, and transactions composed of raw resources.

mod collection;
mod outcome;
mod resolve;
mod transaction;

pub use collection::{Objection, collection_of};
pub use outcome::{Issue, issues};
pub use resolve::{Unpacked, unpack, with_references};
pub use transaction::Transaction;

use crate::raw::MAX_DEPTH;
use crate::{FhirDate, FhirError, Kind, Node, Unreadable, UnreadableKind, scan};
use keep_domain::UtcMillis;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// A bundle whose entries are spans of the received text. Debug shows type and count only.
pub struct Bundle<'a> {
    /// `searchset`, `history`, `transaction-response`, ...
    pub kind: Cow<'a, str>,
    /// The number of all matches, by the server's count.
    pub total: Option<u64>,
    /// `meta.lastUpdated` of the bundle.
    pub last_updated: Option<UtcMillis>,
    /// The URL of the next page, opaque.
    pub next: Option<Cow<'a, str>>,
    /// The URL of the search as the server understood it.
    pub self_link: Option<Cow<'a, str>>,
    entries: Vec<&'a RawValue>,
}

/// One entry of a bundle. Debug shows no content.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    node: Node<'a>,
}

/// Longest accepted bundle: 64 MiB.
pub const MAX_BUNDLE_BYTES: usize = 64 * 1024 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parts<'a> {
    #[serde(borrow)]
    resource_type: Option<&'a RawValue>,
    r#type: Option<&'a RawValue>,
    total: Option<&'a RawValue>,
    meta: Option<&'a RawValue>,
    link: Option<&'a RawValue>,
    /// INVARIANT: a list where present: `null` is an error, not an empty page.
    #[serde(borrow, default, deserialize_with = "present_list")]
    entry: Option<Vec<&'a RawValue>>,
}

fn present_list<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<&'a RawValue>>, D::Error> {
    Vec::deserialize(deserializer).map(Some)
}

impl<'a> Bundle<'a> {
    /// Splits a bundle in one pass; the entries themselves are not read.
    ///
    /// # Errors
    /// [`FhirError::Unreadable`] for invalid JSON, [`FhirError::NotABundle`] for any other resource.
    pub fn parse(text: &'a str) -> Result<Self, FhirError> {
        if text.len() > MAX_BUNDLE_BYTES {
            return Err(Unreadable::whole(UnreadableKind::TooLong).into());
        }
        if !text.trim_ascii_start().starts_with('{') {
            let error = serde_json::from_str::<serde::de::IgnoredAny>(text).err();
            return Err(error.map_or(FhirError::NotABundle, |e| Unreadable::of_json(text, &e).into()));
        }
        let parts: Parts<'a> = serde_json::from_str(text).map_err(|e| Unreadable::of_json(text, &e))?;
        let text_of = |part: Option<&'a RawValue>| part.and_then(|p| Node::from_checked(p.get()).text());
        if text_of(parts.resource_type).as_deref() != Some("Bundle") {
            return Err(FhirError::NotABundle);
        }
        let links = parts.link.map(|l| Node::from_checked(l.get()));
        let link = |relation: &str| {
            let found = links?.items().find(|i| i.member_text("relation").as_deref() == Some(relation));
            found.and_then(|l| l.member_text("url"))
        };
        let (next, self_link) = (link("next"), link("self"));
        Ok(Self {
            kind: text_of(parts.r#type).ok_or(FhirError::NotABundle)?,
            total: parts.total.and_then(|t| t.get().parse().ok()),
            last_updated: parts
                .meta
                .and_then(|m| Node::from_checked(m.get()).member_text("lastUpdated"))
                .and_then(|t| FhirDate::parse(&t))
                .map(|d| d.start),
            next,
            self_link,
            entries: parts.entry.unwrap_or_default(),
        })
    }

    /// The entries in order.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = Entry<'a>> + '_ {
        self.entries.iter().map(|e| Entry { node: Node::from_checked(e.get()) })
    }
}

impl<'a> Entry<'a> {
    /// The resource's text, byte for byte as received.
    #[must_use]
    pub fn resource(self) -> Option<&'a str> {
        self.node.member("resource").map(Node::raw)
    }

    /// `fullUrl`.
    #[must_use]
    pub fn full_url(self) -> Option<Cow<'a, str>> {
        self.node.member_text("fullUrl")
    }

    /// Whether it is a JSON object, as every entry must be.
    #[must_use]
    pub fn is_object(self) -> bool {
        self.node.kind() == Kind::Object
    }

    /// The resource, where it is an object with a type and within [`MAX_DEPTH`].
    #[must_use]
    pub fn readable_resource(self) -> Option<Node<'a>> {
        let resource = self.node.member("resource").filter(|r| r.kind() == Kind::Object)?;
        let text = resource.raw().as_bytes();
        let too_deep = scan::opened(text) > MAX_DEPTH && scan::depth(text) > MAX_DEPTH;
        (!too_deep && resource.member_text("resourceType").is_some()).then_some(resource)
    }

    /// `search.mode`: `match`, `include` or `outcome`.
    #[must_use]
    pub fn search_mode(self) -> Option<Cow<'a, str>> {
        self.node.at(&["search", "mode"])?.text()
    }

    /// (method, url) of `request`, which is where a history reports a deletion.
    #[must_use]
    pub fn request(self) -> Option<(Cow<'a, str>, Cow<'a, str>)> {
        let request = self.node.member("request")?;
        Some((request.member_text("method")?, request.member_text("url")?))
    }

    /// The HTTP status code at the start of `response.status`.
    #[must_use]
    pub fn status(self) -> Option<u16> {
        let text = self.node.at(&["response", "status"])?.text()?;
        text.split_ascii_whitespace().next()?.parse().ok()
    }

    /// `response.location`.
    #[must_use]
    pub fn location(self) -> Option<Cow<'a, str>> {
        self.node.at(&["response", "location"])?.text()
    }

    /// The version id of `response.etag`, or else of `response.location`.
    #[must_use]
    pub fn version_id(self) -> Option<String> {
        let etag = self.node.at(&["response", "etag"]).and_then(Node::text);
        etag.and_then(|etag| version_of_etag(&etag)).or_else(|| version_of_location(&self.location()?))
    }

    /// `response.lastModified`.
    #[must_use]
    pub fn last_modified(self) -> Option<UtcMillis> {
        Some(FhirDate::parse(&self.node.at(&["response", "lastModified"])?.text()?)?.start)
    }
}

/// The version id in an entity tag: weak (`W/"3"`), strong (`"3"`), or bare (`3`) as some servers write it.
#[must_use]
pub fn version_of_etag(etag: &str) -> Option<String> {
    let etag = etag.trim();
    let version = etag.strip_prefix("W/").unwrap_or(etag).trim_matches('"');
    (!version.is_empty()).then(|| version.to_owned())
}

/// The version id at the end of the address of a version (`…/_history/3`).
#[must_use]
pub fn version_of_location(location: &str) -> Option<String> {
    let (_, version) = location.rsplit_once("/_history/")?;
    let version = version.split(['/', '?', '#']).next().unwrap_or_default();
    (!version.is_empty()).then(|| version.to_owned())
}

impl fmt::Debug for Bundle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bundle({}, {} entries)", self.kind, self.entries.len())
    }
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({:?})", self.node)
    }
}

#[cfg(test)]
mod tests;
