//! How far a pull has come for one (server, type, visibility): what is asked next, and what may be claimed.
//!
//! INVARIANT: what is asked next follows from the stamps of the server's own records. A `Date` header, a bundle's time
//! or a stamp that lies ahead of trusted time moves nothing forward.

use crate::answer_time::{AnswerTime, CLOCK_ERROR_MILLIS};
use crate::recent_rows::RecentRows;
use keep_domain::UtcMillis;
use serde::{Deserialize, Serialize};

/// Records may become visible this long after their own stamp (one server documents 120 s), milliseconds.
pub(crate) const OVERLAP_MILLIS: i64 = 120_000 + 5_000;
/// From this many rows in the overlap on, a repeat is worth a question first.
const MANY: u64 = 60;
/// Up to this many rows a repeat costs no more than the question.
const FEW: u64 = 2;
/// Cursors before this version were moved by the time of an answer.
const VERSION: u32 = 2;

/// A cursor. Opaque to the store, which keeps its JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Cursor {
    /// Which rules moved it.
    #[serde(default = "unversioned")]
    pub(crate) version: u32,
    /// Everything stamped before this has been seen; `None` before the first pass that saw a stamp has ended.
    pub(crate) since: Option<UtcMillis>,
    /// The newest stamp that the server shows, however wrong it is.
    pub(crate) newest: Option<UtcMillis>,
    /// How many rows the server has from `since` on, as far as all of them were seen.
    pub(crate) recent: Option<u64>,
    /// The pass that is under way.
    pub(crate) pass: Option<PullPass>,
    /// The time of which this type is complete on the device: never later than trusted time.
    pub(crate) complete_as_of: Option<UtcMillis>,
    /// Deletions stamped before this have been seen. Never derived from `since` later on, which moves without them.
    pub(crate) deletions_since: Option<UtcMillis>,
    /// When deletions were looked for last.
    pub(crate) deletions_looked: Option<UtcMillis>,
    /// Whether the server was asked so long after its newest stamp that nothing older can become visible any more.
    pub(crate) settled: bool,
}

/// A pass over one type that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PullPass {
    /// The time of its first page.
    pub(crate) began: UtcMillis,
    /// The last stamp up to `began` that is stored: a pass that was cut off goes on from here, inclusive.
    pub(crate) reached: Option<UtcMillis>,
    /// Whether it was cut off and taken up again, so that its rows cannot be counted.
    pub(crate) resumed: bool,
    /// Whether it showed stamps later than `began`.
    #[serde(default)]
    pub(crate) ahead: bool,
    /// What was stamped up to here was visible in its first page.
    #[serde(default)]
    pub(crate) settled_until: Option<UtcMillis>,
}

/// What to ask the server for one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Question {
    /// Everything from a stamp on, inclusive; from the beginning where there is none.
    From(Option<UtcMillis>),
    /// First whether anything changed: so many rows are expected from `since` on, the newest with that stamp.
    Changed { since: UtcMillis, newest: UtcMillis, rows: u64 },
}

impl Default for Cursor {
    fn default() -> Self {
        Self {
            version: VERSION,
            since: None,
            newest: None,
            recent: None,
            pass: None,
            complete_as_of: None,
            deletions_since: None,
            deletions_looked: None,
            settled: false,
        }
    }
}

const fn unversioned() -> u32 {
    1
}

impl Cursor {
    /// Reads a kept cursor; `None` for what is none, and for one that lies ahead of trusted time.
    ///
    /// Such a one was moved by a clock that was wrong. What was missed since nobody knows, so the type is begun anew.
    pub(crate) fn read(text: &str, trusted: UtcMillis) -> Option<Self> {
        let kept: Self = serde_json::from_str(text).ok()?;
        let latest = trusted.plus_millis(CLOCK_ERROR_MILLIS);
        let (began, reached) = kept.pass.as_ref().map_or((None, None), |p| (Some(p.began), p.reached));
        let times = [kept.since, kept.complete_as_of, kept.deletions_since, kept.deletions_looked, began, reached];
        let is_ahead = times.into_iter().flatten().any(|time| time > latest);
        (!is_ahead).then(|| kept.follow_stamps())
    }

    /// A cursor that begins anew although records are here: deletions of any time are looked for.
    pub(crate) fn begin_anew() -> Self {
        Self { deletions_since: Some(UtcMillis(0)), ..Self::default() }
    }

    /// Sets a cursor that was moved by the time of an answer back to what the records showed.
    fn follow_stamps(mut self) -> Self {
        if self.version < VERSION {
            self.version = VERSION;
            self.since = self.since.min(self.newest.map(|n| n.plus_millis(-OVERLAP_MILLIS)));
            self.deletions_looked = self.deletions_since.map(|d| d.plus_millis(OVERLAP_MILLIS));
            self.deletions_since = self.deletions_since.min(self.since);
            self.recent = None;
        }
        self
    }

    /// The next question. Pure.
    pub(crate) fn plan(&self) -> Question {
        let worth_asking = |rows: u64| rows > MANY || self.settled && rows > FEW;
        match (&self.pass, self.since, self.newest, self.recent) {
            (Some(pass), since, ..) => Question::From(pass.reached.or(since)),
            (None, Some(since), Some(newest), Some(rows)) if worth_asking(rows) => {
                Question::Changed { since, newest, rows }
            }
            (None, since, ..) => Question::From(since),
        }
    }

    /// Up to when deletions are known here; `None` for a cursor of nothing.
    pub(crate) fn deletions_seen(&self) -> Option<UtcMillis> {
        let begun = self.pass.as_ref().map(|p| p.reached.unwrap_or(p.began).plus_millis(-OVERLAP_MILLIS));
        self.deletions_since.or(self.since).or(begun)
    }

    /// Whether an empty history since the last deletions says that nothing was made, changed or deleted.
    pub(crate) const fn is_quiet(&self) -> bool {
        self.pass.is_none() && self.settled
    }

    /// The first page of a run has come: of a new pass, or of one that was cut off before.
    pub(crate) fn begin(&mut self, at: AnswerTime) {
        match &mut self.pass {
            // INVARIANT: a pass that is taken up again keeps its first page's time; a later one would skip what
            // became visible in between.
            Some(pass) => pass.resumed = true,
            None => {
                self.newest = None;
                self.settled = false;
                self.pass = Some(PullPass {
                    began: at.claim,
                    reached: None,
                    resumed: false,
                    ahead: false,
                    settled_until: Some(at.settled_until),
                });
            }
        }
    }

    /// A page was read whose rows have these stamps.
    pub(crate) fn advance(&mut self, stamps: impl IntoIterator<Item = UtcMillis>) {
        for stamp in stamps {
            self.newest = self.newest.max(Some(stamp));
            if let Some(pass) = &mut self.pass {
                // INVARIANT: a row that is later than the first page was changed while the pass ran, or its clock is
                // wrong: it says nothing of what lies before it.
                if stamp <= pass.began {
                    pass.reached = pass.reached.max(Some(stamp));
                } else {
                    pass.ahead = true;
                }
            }
        }
    }

    /// The stamp from which rows of the running pass may count as recent.
    pub(crate) fn recent_from(&self) -> Option<UtcMillis> {
        self.pass.as_ref()?.reached.map(|r| r.plus_millis(-OVERLAP_MILLIS))
    }

    /// The pass has ended; `rows` came near its newest stamp.
    pub(crate) fn end(&mut self, rows: &RecentRows) {
        let Some(pass) = self.pass.take() else { return };
        // A first pass that shows nothing but later stamps is of a server whose clock is ahead of ours.
        let all_ahead = self.since.is_none() && pass.ahead;
        let shown = pass.reached.or(all_ahead.then_some(pass.began)).map(|stamp| stamp.min(pass.began));
        // INVARIANT: the cursor never goes back, and never past what the first page could have shown.
        let since = self.since.max(shown.map(|stamp| stamp.plus_millis(-OVERLAP_MILLIS)));
        if self.deletions_since.is_none() {
            // INVARIANT: deletions are looked for from where the first pass began, until they have been.
            self.deletions_since = self.since.or(since);
            self.deletions_looked = Some(pass.began);
        }
        self.since = since;
        self.recent = since.filter(|_| !pass.resumed).map(|since| rows.count_from(since));
        self.settled = self.newest.is_some() && self.newest <= pass.settled_until;
        self.complete_as_of = self.complete_as_of.max(Some(pass.began));
    }

    /// The server says at `at` that nothing changed.
    pub(crate) fn unchanged(&mut self, at: AnswerTime) {
        self.complete_as_of = self.complete_as_of.max(Some(at.claim));
        self.settled |= self.newest.is_some_and(|newest| at.settles(newest));
    }

    /// Deletions were looked for at `at`, where stamps up to `newest` were shown.
    pub(crate) fn deletions_were_seen(&mut self, at: AnswerTime, newest: Option<UtcMillis>) {
        let of_rows = self.since.map(|since| since.plus_millis(OVERLAP_MILLIS));
        let shown = of_rows.max(newest.filter(|stamp| *stamp <= at.claim));
        let until = shown.map(|s| if at.settles(s) { s.plus_millis(1) } else { s.plus_millis(-OVERLAP_MILLIS) });
        self.deletions_since = self.deletions_since.max(until);
        self.deletions_looked = self.deletions_looked.max(Some(at.claim));
    }
}

#[cfg(test)]
mod tests;
