//! How far a pull has come for one (server, type, visibility): what to request next, and how complete the type is.
//!
//! INVARIANT: what is requested next follows from the `lastUpdated` of the server's own records. A `Date` header, a
//! bundle's time or a `lastUpdated` that is ahead of trusted time moves nothing forward.

use super::recent_rows::RecentRows;
use crate::response_times::{MAX_CLOCK_SKEW_MILLIS, OVERLAP_MILLIS, ResponseTimes};
use keep_domain::UtcMillis;
use keep_store::PullOutcome;
use serde::{Deserialize, Serialize};

/// From this many rows in the overlap on, a probe is cheaper than fetching them again.
const PROBE_ROWS: u64 = 60;
/// The same once nothing older can become visible any more: up to this many rows a probe costs as much as the rows.
const PROBE_ROWS_WHEN_STABLE: u64 = 2;
/// Version 1 states were moved by the time of a response.
const VERSION: u32 = 2;

/// The state of a pull. Its JSON is the opaque `position` of [`keep_store::Cursor`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct PullState {
    /// Version of the rules that moved it.
    #[serde(default = "first_version")]
    pub(crate) version: u32,
    /// Everything updated before this has been received; `None` until a pass that showed a `lastUpdated` has ended.
    pub(crate) since: Option<UtcMillis>,
    /// The newest `lastUpdated` that the server shows, however wrong it is.
    pub(crate) newest: Option<UtcMillis>,
    /// Number of the server's rows from `since` on, where all of them were received.
    pub(crate) recent: Option<u64>,
    /// The pass in progress.
    pub(crate) pass: Option<PullPass>,
    /// The time of which this type is complete on the device: never later than trusted time.
    pub(crate) complete_as_of: Option<UtcMillis>,
    /// Deletions before this have been applied. Later on it is not derived from `since`, which moves without them.
    pub(crate) deletions_since: Option<UtcMillis>,
    /// Time of the last check for deletions.
    #[serde(rename = "deletions_looked")]
    pub(crate) deletions_checked: Option<UtcMillis>,
    /// Whether the last request was so long after `newest` that nothing older can become visible any more.
    #[serde(rename = "settled")]
    pub(crate) stable: bool,
    /// The time as of which the server's own count or list agreed with what is stored.
    pub(crate) compared: Option<UtcMillis>,
    /// The time of the last attempt to compare counts.
    pub(crate) compare_tried: Option<UtcMillis>,
    /// The time of the last comparison of ids.
    pub(crate) listed: Option<UtcMillis>,
    /// How many more records the server counts than are stored here, as of the last comparison: those above the
    /// session's rank, less those that only others see or that were not sent yet.
    pub(crate) hidden: i64,
    /// A hash of the ids and versions that were fetched by comparison and are not stored here.
    pub(crate) unstored: u64,
    /// Whether the server counts more records than it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shortfall: Option<Shortfall>,
}

/// The server counts more records than it shows, so nothing later is claimed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shortfall {
    /// The claim before.
    pub(crate) claim: Option<UtcMillis>,
    /// The server's count of all records, where it was asked for all.
    pub(crate) total: Option<u64>,
    /// Ids of records that are too large to receive.
    #[serde(default)]
    pub(crate) oversized: Vec<String>,
}

/// A pass over one type that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PullPass {
    /// The time of its first page.
    pub(crate) began: UtcMillis,
    /// The newest `lastUpdated` up to `began` that is stored: an interrupted pass resumes from here, inclusive.
    pub(crate) reached: Option<UtcMillis>,
    /// Whether it was interrupted and resumed, so that its rows cannot be counted.
    pub(crate) resumed: bool,
    /// Whether it showed a `lastUpdated` later than `began`.
    #[serde(default)]
    pub(crate) ahead: bool,
    /// Records with a `lastUpdated` up to this were visible in its first page.
    #[serde(default, rename = "settled_until")]
    pub(crate) visible_until: Option<UtcMillis>,
    /// Whether the server does not return the oldest rows first, so that nothing resumes from `reached`.
    #[serde(default)]
    pub(crate) unordered: bool,
}

/// What to request for one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NextRequest {
    /// Everything updated at or after a time, or everything.
    Fetch(Option<UtcMillis>),
    /// First whether anything changed: `rows` are expected from `since` on, the newest updated at `newest`.
    Probe { since: UtcMillis, newest: UtcMillis, rows: u64 },
}

impl NextRequest {
    /// Where the search for the rows starts.
    pub(crate) const fn fetch_from(self) -> Option<UtcMillis> {
        match self {
            Self::Fetch(from) => from,
            Self::Probe { since, .. } => Some(since),
        }
    }
}

impl Default for PullState {
    fn default() -> Self {
        Self {
            version: VERSION,
            since: None,
            newest: None,
            recent: None,
            pass: None,
            complete_as_of: None,
            deletions_since: None,
            deletions_checked: None,
            stable: false,
            compared: None,
            compare_tried: None,
            listed: None,
            hidden: 0,
            unstored: 0,
            shortfall: None,
        }
    }
}

const fn first_version() -> u32 {
    1
}

impl PullState {
    /// Parses a stored state; `None` for invalid text, and for a state that is ahead of trusted time.
    ///
    /// Such a state was moved by a wrong clock. What was missed meanwhile is unknown, so the type is pulled from
    /// scratch.
    pub(crate) fn parse(text: &str, trusted: UtcMillis) -> Option<Self> {
        let stored: Self = serde_json::from_str(text).ok()?;
        let latest = trusted.plus_millis(MAX_CLOCK_SKEW_MILLIS);
        let (began, reached) = stored.pass.as_ref().map_or((None, None), |p| (Some(p.began), p.reached));
        let times =
            [stored.since, stored.complete_as_of, stored.deletions_since, stored.deletions_checked, began, reached];
        let is_ahead = times.into_iter().flatten().any(|time| time > latest);
        (!is_ahead).then(|| stored.migrate())
    }

    /// A state that starts from scratch although records are stored: deletions of any time are checked.
    pub(crate) fn restart() -> Self {
        Self { deletions_since: Some(UtcMillis(0)), ..Self::default() }
    }

    /// Moves a version 1 state back to what the records showed.
    fn migrate(mut self) -> Self {
        if self.version < VERSION {
            self.version = VERSION;
            self.since = self.since.min(self.newest.map(|n| n.plus_millis(-OVERLAP_MILLIS)));
            self.deletions_checked = self.deletions_since.map(|d| d.plus_millis(OVERLAP_MILLIS));
            self.deletions_since = self.deletions_since.min(self.since);
            self.recent = None;
        }
        self
    }

    /// The time as of which the type is complete.
    // INVARIANT: never later than the last check for deletions: a deleted record that is still here is no complete view.
    pub(crate) fn claim(&self) -> Option<UtcMillis> {
        if let Some(shortfall) = &self.shortfall {
            return shortfall.claim;
        }
        self.complete_as_of.map(|at| self.deletions_checked.map_or(at, |checked| checked.min(at)))
    }

    /// How the last pull ended, as far as the state says.
    pub(crate) fn outcome(&self) -> PullOutcome {
        match (&self.pass, &self.shortfall) {
            (Some(_), _) => PullOutcome::Interrupted,
            (None, Some(shortfall)) if shortfall.oversized.is_empty() => PullOutcome::Short,
            (None, Some(_)) => PullOutcome::TooLarge,
            (None, None) => PullOutcome::Complete,
        }
    }

    /// All that the running pass can receive was received, but the server counts more; `total` is its count where it
    /// was asked for all records.
    pub(crate) fn mark_short(&mut self, total: Option<u64>) {
        let shortfall = self.begin_shortfall();
        shortfall.total = total.or(shortfall.total);
    }

    /// These records are too large to receive; the others are received.
    pub(crate) fn mark_oversized(&mut self, ids: Vec<String>) {
        self.begin_shortfall().oversized.extend(ids);
    }

    fn begin_shortfall(&mut self) -> &mut Shortfall {
        let claim = self.claim();
        self.shortfall.get_or_insert(Shortfall { claim, ..Shortfall::default() })
    }

    /// Ids of records that are known to be too large to receive.
    pub(crate) fn oversized(&self) -> &[String] {
        self.shortfall.as_ref().map_or(&[], |shortfall| &shortfall.oversized)
    }

    /// The next request. Pure.
    pub(crate) fn plan_request(&self) -> NextRequest {
        let worth_a_probe = |rows: u64| rows > PROBE_ROWS || self.stable && rows > PROBE_ROWS_WHEN_STABLE;
        match (&self.pass, self.since, self.newest, self.recent) {
            (Some(pass), since, ..) => NextRequest::Fetch(pass.reached.filter(|_| !pass.unordered).or(since)),
            (None, Some(since), Some(newest), Some(rows)) if worth_a_probe(rows) => {
                NextRequest::Probe { since, newest, rows }
            }
            (None, since, ..) => NextRequest::Fetch(since),
        }
    }

    /// The time up to which deletions have been applied; `None` before the first record.
    pub(crate) fn deletions_known_until(&self) -> Option<UtcMillis> {
        let begun = self.pass.as_ref().map(|p| p.reached.unwrap_or(p.began).plus_millis(-OVERLAP_MILLIS));
        self.deletions_since.or(self.since).or(begun)
    }

    /// Whether the server had no record of the type when it was last requested; a `rare` type is expected to have none.
    pub(crate) const fn is_empty(&self, rare: bool) -> bool {
        let was_requested = self.complete_as_of.is_some() || rare;
        was_requested
            && self.pass.is_none()
            && self.since.is_none()
            && self.newest.is_none()
            && self.deletions_since.is_none()
    }

    /// Whether an empty history since the last deletions proves that nothing was created, changed or deleted.
    pub(crate) const fn is_stable(&self) -> bool {
        self.pass.is_none() && self.stable
    }

    /// The first page of a run was received: of a new pass, or of one that was interrupted before.
    pub(crate) fn begin_pass(&mut self, times: ResponseTimes) {
        match &mut self.pass {
            // INVARIANT: a resumed pass keeps its first page's time; a later one would skip what became visible in
            // between.
            Some(pass) => pass.resumed = true,
            None => {
                self.newest = None;
                self.stable = false;
                self.pass = Some(PullPass {
                    began: times.as_of,
                    reached: None,
                    resumed: false,
                    ahead: false,
                    visible_until: Some(times.visible_until),
                    unordered: false,
                });
            }
        }
    }

    /// The rows of the running pass do not arrive oldest first.
    pub(crate) const fn mark_unordered(&mut self) {
        if let Some(pass) = &mut self.pass {
            pass.unordered = true;
        }
    }

    /// Whether the rows of the running pass do not arrive oldest first.
    pub(crate) fn is_unordered(&self) -> bool {
        self.pass.as_ref().is_some_and(|pass| pass.unordered)
    }

    /// A page was read whose rows have these `lastUpdated` times.
    pub(crate) fn advance(&mut self, updates: impl IntoIterator<Item = UtcMillis>) {
        for last_updated in updates {
            self.newest = self.newest.max(Some(last_updated));
            if let Some(pass) = &mut self.pass {
                // INVARIANT: a row that is later than the first page was changed during the pass, or its clock is
                // wrong: it proves nothing about earlier rows.
                if last_updated <= pass.began {
                    pass.reached = pass.reached.max(Some(last_updated));
                } else {
                    pass.ahead = true;
                }
            }
        }
    }

    /// The `lastUpdated` from which rows of the running pass may count as recent.
    pub(crate) fn recent_from(&self) -> Option<UtcMillis> {
        self.pass.as_ref()?.reached.map(|r| r.plus_millis(-OVERLAP_MILLIS))
    }

    /// The pass has ended; `rows` are its rows near the newest `lastUpdated`.
    pub(super) fn end_pass(&mut self, rows: &RecentRows) {
        let Some(pass) = self.pass.take() else { return };
        // A first pass that shows only later times comes from a server whose clock is ahead of ours.
        let all_ahead = self.since.is_none() && pass.ahead;
        let shown = pass.reached.or(all_ahead.then_some(pass.began)).map(|time| time.min(pass.began));
        // INVARIANT: the state never goes back, and never past what the first page could have shown.
        let since = self.since.max(shown.map(|time| time.plus_millis(-OVERLAP_MILLIS)));
        if self.deletions_since.is_none() {
            // INVARIANT: deletions are requested from where the first pass began, until they have been applied.
            self.deletions_since = self.since.or(since);
            self.deletions_checked = Some(pass.began);
        }
        self.since = since;
        self.recent = since.filter(|_| !pass.resumed).map(|since| rows.count_from(since));
        self.stable = self.newest.is_some() && self.newest <= pass.visible_until;
        self.complete_as_of = self.complete_as_of.max(Some(pass.began));
    }

    /// A response showed that nothing changed.
    pub(crate) fn mark_unchanged(&mut self, times: ResponseTimes) {
        self.complete_as_of = self.complete_as_of.max(Some(times.as_of));
        self.stable |= self.newest.is_some_and(|newest| times.cover(newest));
    }

    /// Deletions were checked; the history showed times up to `newest`.
    pub(crate) fn mark_deletions_checked(&mut self, times: ResponseTimes, newest: Option<UtcMillis>) {
        let of_rows = self.since.map(|since| since.plus_millis(OVERLAP_MILLIS));
        let shown = of_rows.max(newest.filter(|time| *time <= times.as_of));
        let until = shown.map(|s| if times.cover(s) { s.plus_millis(1) } else { s.plus_millis(-OVERLAP_MILLIS) });
        self.deletions_since = self.deletions_since.max(until);
        self.deletions_checked = self.deletions_checked.max(Some(times.as_of));
    }
}

#[cfg(test)]
mod tests;
