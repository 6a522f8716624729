//! How the server differs from the standard and from other servers: each difference is a switch.
//!
//! The defaults are those of HAPI FHIR 8.8.0.
//! The same switches are arguments of `serve` and, with `--test-faults`, members of the body of `POST /_test/behaviour`.

mod type_answer;

use clap::{Args, ValueEnum};
use serde::Deserialize;
pub(crate) use type_answer::{TypeAnswer, TypeResponse};

/// Largest page size; like HAPI, a larger `_count` is silently reduced.
const MAX_COUNT: usize = 1000;

/// The switches.
#[derive(Debug, Clone, Args, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Behaviour {
    /// Whether a write may name a resource that is not here, and a deletion one that is named.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) references: References,
    /// Whether a PUT to an unknown id creates it.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) client_ids: ClientIds,
    /// What becomes of a gzip form of a search.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) packed_forms: PackedForms,
    /// `total` of search pages.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) total: Total,
    /// How versions are given as entity tags.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) etags: Etags,
    /// FHIR base in all links, instead of the one that the server listens at.
    #[arg(long, value_name = "URL")]
    pub(crate) links_at: Option<String>,
    /// How a type is answered, such as `Flag=404`; may be repeated.
    #[arg(long, value_name = "TYPE=ANSWER")]
    pub(crate) type_answer: Vec<TypeAnswer>,
    /// Something that the server cannot do; may be repeated.
    #[arg(long, value_enum, value_name = "FEATURE")]
    pub(crate) without: Vec<Feature>,
    /// Largest page; a larger `_count` is silently reduced.
    #[arg(long, value_name = "N", default_value_t = MAX_COUNT)]
    pub(crate) max_count: usize,
    /// Search parameter that has no effect, such as `_sort`; may be repeated.
    #[arg(long, value_name = "PARAMETER")]
    pub(crate) ignore: Vec<String>,
    /// Search parameter that is answered with 400; may be repeated.
    #[arg(long, value_name = "PARAMETER")]
    pub(crate) refuse: Vec<String>,
    /// `meta.versionId` and the versions in tags.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) version_ids: VersionIds,
    /// `meta.lastUpdated`.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) last_updated: LastUpdated,
    /// Every bundle ends after so many bytes, and with it the connection.
    #[arg(long, value_name = "BYTES")]
    pub(crate) cut_pages: Option<usize>,
    /// Seconds by which the header `Date` is ahead.
    #[arg(long, value_name = "SECONDS", default_value_t = 0, allow_negative_numbers = true)]
    pub(crate) date_ahead: i64,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            references: References::default(),
            client_ids: ClientIds::default(),
            packed_forms: PackedForms::default(),
            total: Total::default(),
            etags: Etags::default(),
            links_at: None,
            type_answer: Vec::new(),
            without: Vec::new(),
            max_count: MAX_COUNT,
            ignore: Vec::new(),
            refuse: Vec::new(),
            version_ids: VersionIds::default(),
            last_updated: LastUpdated::default(),
            cut_pages: None,
            date_ahead: 0,
        }
    }
}

impl Behaviour {
    /// Whether the server has the feature.
    pub(crate) fn has(&self, feature: Feature) -> bool {
        !self.without.contains(&feature)
    }

    /// The number of a version, as clients see it.
    pub(crate) fn shown_version(&self, version: i64) -> i64 {
        if self.version_ids == VersionIds::Constant { 1 } else { version }
    }

    /// How every request for resources of a type is answered, if not as usual.
    pub(crate) fn answer_for(&self, kind: &str) -> Option<TypeResponse> {
        self.type_answer.iter().find(|t| t.resource_type == kind).map(|t| t.answer)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum References {
    /// 400 for a write that names a missing or deleted resource, 409 for the deletion of one that is named.
    #[default]
    Checked,
    Unchecked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ClientIds {
    /// Accepted, but `updateCreate` is not in the CapabilityStatement.
    #[default]
    Accepted,
    /// Accepted, and `updateCreate` is true.
    Announced,
    /// `updateCreate` is false: 404 for a PUT to an unknown id.
    Refused,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PackedForms {
    /// Its parameters are not seen: everything matches.
    #[default]
    Ignored,
    /// 415.
    Refused,
    Accepted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Total {
    /// The number of matches, on every page.
    #[default]
    Given,
    /// Only in the answer to a count.
    Absent,
    /// Three more than there are.
    TooLarge,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Etags {
    /// `W/"1"` in headers, `1` in bundles.
    #[default]
    AsHapi,
    /// `W/"1"` everywhere.
    Weak,
    /// `"1"` everywhere.
    Strong,
    /// `1` everywhere.
    Bare,
    None,
}

impl Etags {
    /// The tag of a version in a header.
    pub(crate) fn header(self, version: &str) -> Option<String> {
        match self {
            Self::AsHapi | Self::Weak => Some(format!("W/\"{version}\"")),
            Self::Strong => Some(format!("\"{version}\"")),
            Self::Bare => Some(version.to_owned()),
            Self::None => None,
        }
    }

    /// The tag of a version in a bundle.
    pub(crate) fn bundle(self, version: &str) -> Option<String> {
        if self == Self::AsHapi { Some(version.to_owned()) } else { self.header(version) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum VersionIds {
    #[default]
    Counted,
    /// Always `1`, and `If-Match` and `If-None-Match` have no effect.
    Constant,
    /// Not in bodies; tags have them, unless those are switched off too.
    Absent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LastUpdated {
    #[default]
    Stored,
    /// The time of the request.
    Now,
    Absent,
}

/// Something that not every server can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Feature {
    /// Bundles of the type `transaction`.
    Transaction,
    /// Bundles of the type `batch`.
    Batch,
    /// Searches and histories in a `batch`: 400 for the entry without it.
    BatchSearch,
    /// `If-None-Exist`: without it the header is ignored.
    ConditionalCreate,
    /// `Type/_history`: 404 without it.
    TypeHistory,
    /// Deletions in a history.
    DeletedHistory,
    /// `POST [type]/_search`: 405 without it.
    SearchByPost,
    /// `next` links, although there are more matches.
    NextLink,
    /// `.well-known/smart-configuration` below the FHIR base: 404 without it.
    SmartConfiguration,
}
