//! How far a pull has come for one (server, type, visibility): what is asked next, and what may be claimed.

use keep_domain::UtcMillis;
use serde::{Deserialize, Serialize};

/// Records may become visible this long after their own stamp (one server documents 120 s), milliseconds.
pub(crate) const OVERLAP_MILLIS: i64 = 120_000 + 5_000;
/// From this many rows in the overlap on, a repeat is worth a question first.
const MANY: u64 = 60;

/// A cursor. Opaque to the store, which keeps its JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Cursor {
    /// Everything stamped before this has been seen; `None` before the first pass has ended.
    pub(crate) since: Option<UtcMillis>,
    /// The newest stamp seen.
    pub(crate) newest: Option<UtcMillis>,
    /// How many rows the server has from `since` on, as far as all of them were seen.
    pub(crate) recent: Option<u64>,
    /// The pass that is under way.
    pub(crate) pass: Option<Pass>,
    /// By the server's clock, the time of which this type is complete on the device.
    pub(crate) complete_as_of: Option<UtcMillis>,
    /// Deletions up to here have been seen. Never derived from `since` later on, which moves without them.
    pub(crate) deletions_since: Option<UtcMillis>,
}

/// A pass over one type that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pass {
    /// The server's time at its first page.
    pub(crate) began: UtcMillis,
    /// The last stamp that is stored: a pass that was cut off goes on from here, inclusive.
    pub(crate) reached: Option<UtcMillis>,
    /// Whether it was cut off and taken up again, so that its rows cannot be counted.
    pub(crate) resumed: bool,
}

/// What to ask the server for one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Question {
    /// Everything from a stamp on, inclusive; from the beginning where there is none.
    From(Option<UtcMillis>),
    /// First whether anything changed: so many rows are expected from `since` on, the newest with that stamp.
    Changed { since: UtcMillis, newest: UtcMillis, rows: u64 },
}

impl Cursor {
    /// The next question. Pure.
    pub(crate) fn plan(&self) -> Question {
        match (&self.pass, self.since, self.newest, self.recent) {
            (Some(pass), since, ..) => Question::From(pass.reached.or(since)),
            (None, Some(since), Some(newest), Some(rows)) if rows > MANY => Question::Changed { since, newest, rows },
            (None, since, ..) => Question::From(since),
        }
    }

    /// Up to when deletions are known here; `None` for a cursor of nothing.
    pub(crate) fn deletions_seen(&self) -> Option<UtcMillis> {
        let begun = self.pass.as_ref().map(|p| p.began.plus_millis(-OVERLAP_MILLIS));
        self.deletions_since.or(self.since).or(begun)
    }

    /// Whether no row lies inside the overlap and no pass is under way.
    pub(crate) fn is_quiet(&self) -> bool {
        self.pass.is_none() && self.recent == Some(0)
    }

    /// The first page of a pass has come: `began` is the earlier of its `Date` and its bundle's time.
    pub(crate) fn begin(&mut self, began: UtcMillis) {
        match &mut self.pass {
            // INVARIANT: a pass that is taken up again keeps its first page's time; a later one would skip what
            // became visible in between.
            Some(pass) => pass.resumed = true,
            None => self.pass = Some(Pass { began, reached: None, resumed: false }),
        }
    }

    /// A page was stored whose rows end with `stamp`.
    pub(crate) fn advance(&mut self, stamp: Option<UtcMillis>) {
        self.newest = self.newest.max(stamp);
        if let Some(pass) = &mut self.pass {
            pass.reached = pass.reached.max(stamp);
        }
    }

    /// The stamp from which rows of the running pass count as recent.
    pub(crate) fn recent_from(&self) -> Option<UtcMillis> {
        self.pass.as_ref().map(|p| p.began.plus_millis(-OVERLAP_MILLIS))
    }

    /// The pass has ended; `recent` rows of it were stamped from [`Cursor::recent_from`] on.
    pub(crate) fn end(&mut self, recent: u64) {
        let Some(pass) = self.pass.take() else { return };
        // INVARIANT: the cursor never goes back, and never past what the first page could have shown.
        let since = self.since.max(Some(pass.began.plus_millis(-OVERLAP_MILLIS)));
        // INVARIANT: deletions are looked for from where the first pass began, until they have been.
        self.deletions_since = self.deletions_since.or(self.since).or(since);
        self.since = since;
        self.recent = (!pass.resumed).then_some(recent);
        self.complete_as_of = self.complete_as_of.max(Some(pass.began));
    }

    /// The server says at `asked` that nothing changed.
    pub(crate) fn unchanged(&mut self, asked: UtcMillis) {
        self.complete_as_of = self.complete_as_of.max(Some(asked));
        let since = asked.plus_millis(-OVERLAP_MILLIS);
        self.deletions_since = self.deletions_since.or(self.since);
        // While the rows lie inside the overlap the question stays the same; once they are all behind it, none is left.
        if self.newest < Some(since) {
            if self.is_quiet() {
                self.deletions_since = self.deletions_since.max(Some(since));
            }
            self.since = self.since.max(Some(since));
            self.recent = Some(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: i64 = 1_795_338_000_000;

    #[test]
    fn a_first_pass_ends_before_its_first_page() {
        let mut c = Cursor::default();
        assert_eq!(c.plan(), Question::From(None));
        c.begin(UtcMillis(T));
        c.advance(Some(UtcMillis(T - 500)));
        c.end(3);
        assert_eq!(c.since, Some(UtcMillis(T - OVERLAP_MILLIS)));
        assert_eq!((c.complete_as_of, c.newest, c.recent), (Some(UtcMillis(T)), Some(UtcMillis(T - 500)), Some(3)));
        assert_eq!(c.plan(), Question::From(Some(UtcMillis(T - OVERLAP_MILLIS))));
    }

    #[test]
    fn a_pass_that_was_cut_off_goes_on_from_its_last_stamp_inclusive() {
        let mut c = Cursor::default();
        c.begin(UtcMillis(T));
        c.advance(Some(UtcMillis(T - 9_000)));
        let mut kept: Cursor = serde_json::from_str(&serde_json::to_string(&c).unwrap()).unwrap();
        assert_eq!(kept.plan(), Question::From(Some(UtcMillis(T - 9_000))));
        kept.begin(UtcMillis(T + 600_000));
        kept.end(5);
        assert_eq!(kept.since, Some(UtcMillis(T - OVERLAP_MILLIS)), "the time of the first page counts");
        assert_eq!(kept.recent, None, "rows of a cut pass cannot be counted");
        assert_eq!(kept.plan(), Question::From(kept.since));
    }

    #[test]
    fn after_a_big_load_it_is_asked_whether_anything_changed() {
        let mut c = Cursor::default();
        c.begin(UtcMillis(T));
        c.advance(Some(UtcMillis(T - 1_000)));
        c.end(150_000);
        let since = UtcMillis(T - OVERLAP_MILLIS);
        assert_eq!(c.plan(), Question::Changed { since, newest: UtcMillis(T - 1_000), rows: 150_000 });
        c.unchanged(UtcMillis(T + 30_000));
        assert_eq!(c.since, Some(since), "the rows still lie inside the overlap");
        c.unchanged(UtcMillis(T + OVERLAP_MILLIS));
        assert_eq!(c.plan(), Question::From(Some(UtcMillis(T))), "they are behind it");
        assert_eq!(c.complete_as_of, Some(UtcMillis(T + OVERLAP_MILLIS)));
    }

    #[test]
    fn a_server_whose_clock_went_back_does_not_move_the_cursor_back() {
        let mut c = Cursor { since: Some(UtcMillis(T)), ..Cursor::default() };
        c.begin(UtcMillis(T - 3_600_000));
        c.end(0);
        assert_eq!(c.since, Some(UtcMillis(T)));
    }

    #[test]
    fn where_deletions_are_looked_for_stays_until_they_have_been() {
        let first = Some(UtcMillis(T - OVERLAP_MILLIS));
        let mut c = Cursor::default();
        c.begin(UtcMillis(T));
        c.advance(Some(UtcMillis(T - 1_000)));
        c.end(100);
        assert_eq!((c.since, c.deletions_since), (first, first));
        c.unchanged(UtcMillis(T + 4_000_000));
        c.begin(UtcMillis(T + 8_000_000));
        c.end(0);
        assert_eq!(c.since, Some(UtcMillis(T + 8_000_000 - OVERLAP_MILLIS)));
        assert_eq!(c.deletions_since, first);
        // An empty history says that there were none.
        c.unchanged(UtcMillis(T + 9_000_000));
        assert_eq!(c.deletions_since, Some(UtcMillis(T + 9_000_000 - OVERLAP_MILLIS)));
    }

    #[test]
    fn an_unknown_member_of_a_newer_cursor_is_no_error() {
        assert_eq!(serde_json::from_str::<Cursor>(r#"{"later":1}"#).ok(), Some(Cursor::default()));
    }
}
