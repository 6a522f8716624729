//! What is tried, and how it ended.

use serde::Serialize;

/// A thing that is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerCheck {
    /// TLS and an answer.
    Connection,
    /// A CapabilityStatement of R4.
    Metadata,
    /// The server's clock.
    Clock,
    /// The FHIR base says where to sign in.
    SignInAddress,
    /// The provider describes itself.
    Provider,
    /// PKCE with S256.
    Pkce,
    /// A refresh token that outlives the browser's session.
    OfflineAccess,
    /// The sign-in itself, with a second factor.
    SignIn,
    /// The roles in the token.
    Roles,
    /// Records need a token.
    Protected,
    /// The server takes the token.
    Token,
    /// The types of a chart.
    Types,
    /// `_sort=_lastUpdated`.
    Sort,
    /// `_lastUpdated=ge`.
    LastUpdated,
    /// `_count`.
    Count,
    /// The number of matches.
    Total,
    /// `_elements=id,meta`.
    Elements,
    /// `next` links.
    PageLinks,
    /// `_history` of a type.
    TypeHistory,
    /// Versions of records.
    Versions,
    /// Transactions.
    Transaction,
    /// Batches.
    Batch,
    /// Packed request bodies.
    PackedBodies,
    /// PUT under the client's own id.
    UpdateAsCreate,
    /// `If-Match`.
    IfMatch,
    /// `If-None-Exist`.
    ConditionalCreate,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckResult {
    /// As needed.
    Works,
    /// Missing; the main job works in another way.
    Without,
    /// Missing, and the main job needs it.
    Blocks,
    /// Not tried, or nothing there to try it on.
    NotTried,
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServerFinding {
    /// What was tried.
    pub check: ServerCheck,
    /// How it ended.
    pub result: CheckResult,
    /// What came, as it came or as a short fact; never of a record.
    pub found: String,
}

/// Whether the checks may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writes {
    /// Nothing is written.
    None,
    /// A `Basic` resource, which is deleted at the end.
    Allowed,
}

/// The findings so far.
#[derive(Debug, Default)]
pub(super) struct Findings(pub(super) Vec<ServerFinding>);

impl Findings {
    pub(super) fn add(&mut self, check: ServerCheck, result: CheckResult, found: impl Into<String>) {
        self.0.push(ServerFinding { check, result, found: found.into() });
    }

    /// Works, or else the main job does without.
    pub(super) fn works_or_without(&mut self, check: ServerCheck, works: bool, found: impl Into<String>) {
        self.add(check, if works { CheckResult::Works } else { CheckResult::Without }, found);
    }
}
