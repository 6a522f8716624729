use super::*;

const T: i64 = 1_795_338_000_000;
const YEAR: i64 = 365 * 86_400_000;

fn at(time: i64) -> ResponseTimes {
    ResponseTimes { as_of: UtcMillis(time), visible_until: UtcMillis(time - OVERLAP_MILLIS) }
}

fn rows(updates: &[i64]) -> RecentRows {
    let mut rows = RecentRows::default();
    for (n, last_updated) in updates.iter().enumerate() {
        rows.add(&format!("r{n}"), UtcMillis(*last_updated));
    }
    rows
}

/// The state after one pass at `T` over rows with these `lastUpdated` times.
fn passed(updates: &[i64]) -> PullState {
    let mut c = PullState::default();
    c.begin_pass(at(T));
    c.advance(updates.iter().map(|s| UtcMillis(*s)));
    c.end_pass(&rows(updates));
    c
}

#[test]
fn a_pass_ends_before_the_newest_last_updated_of_its_records() {
    let c = passed(&[T - 900_000, T - 500_000]);
    let since = Some(UtcMillis(T - 500_000 - OVERLAP_MILLIS));
    assert_eq!((c.since, c.deletions_since, c.complete_as_of), (since, since, Some(UtcMillis(T))));
    assert_eq!((c.newest, c.recent), (Some(UtcMillis(T - 500_000)), Some(1)));
    assert_eq!(c.plan_request(), NextRequest::Fetch(since));
    assert!(c.is_stable(), "requested long after the newest change");
    assert!(!passed(&[T - 1_000]).is_stable());
}

#[test]
fn a_pass_without_records_only_moves_the_claim() {
    let c = passed(&[]);
    assert_eq!((c.since, c.recent, c.complete_as_of), (None, None, Some(UtcMillis(T))));
    assert_eq!(c.plan_request(), NextRequest::Fetch(None));
}

#[test]
fn a_last_updated_in_the_future_does_not_move_the_state() {
    let c = passed(&[T - 500_000, T + 2 * YEAR]);
    assert_eq!(c.since, Some(UtcMillis(T - 500_000 - OVERLAP_MILLIS)));
    assert_eq!((c.newest, c.recent), (Some(UtcMillis(T + 2 * YEAR)), Some(2)));
    assert!(!c.is_stable());
    // All times of the server are ahead: only trusted time is known.
    let ahead = passed(&[T + YEAR, T + 2 * YEAR]);
    assert_eq!((ahead.since, ahead.recent), (Some(UtcMillis(T - OVERLAP_MILLIS)), Some(2)));
    // Later on, one such time alone moves nothing.
    let mut c = passed(&[T - 500_000]);
    let since = c.since;
    c.begin_pass(at(T + 3_600_000));
    c.advance([UtcMillis(T + 2 * YEAR)]);
    c.end_pass(&rows(&[T + 2 * YEAR]));
    assert_eq!((c.since, c.complete_as_of), (since, Some(UtcMillis(T + 3_600_000))));
}

#[test]
fn a_pass_does_not_resume_from_a_row_that_changed_during_it() {
    let mut c = PullState::default();
    c.begin_pass(at(T));
    c.advance([UtcMillis(T - 9_000_000), UtcMillis(T + 30_000)]);
    assert_eq!(c.plan_request(), NextRequest::Fetch(Some(UtcMillis(T - 9_000_000))));
}

#[test]
fn an_interrupted_pass_resumes_from_its_last_time_inclusive() {
    let mut c = PullState::default();
    c.begin_pass(at(T));
    c.advance([UtcMillis(T - 9_000)]);
    let mut stored = PullState::parse(&serde_json::to_string(&c).unwrap(), UtcMillis(T)).unwrap();
    assert_eq!(stored.plan_request(), NextRequest::Fetch(Some(UtcMillis(T - 9_000))));
    stored.begin_pass(at(T + 600_000));
    stored.advance([UtcMillis(T + 500_000)]);
    stored.end_pass(&rows(&[T + 500_000]));
    assert_eq!(stored.since, Some(UtcMillis(T - 9_000 - OVERLAP_MILLIS)), "the time of the first page counts");
    assert_eq!(stored.recent, None, "rows of an interrupted pass cannot be counted");
    assert_eq!(stored.complete_as_of, Some(UtcMillis(T)));
}

#[test]
fn after_a_large_load_the_next_pull_probes_for_changes() {
    let updates: Vec<i64> = (0..1_000).map(|n| T - 1_000 - n).collect();
    let mut c = passed(&updates);
    let since = UtcMillis(T - 1_000 - OVERLAP_MILLIS);
    let probe = NextRequest::Probe { since, newest: UtcMillis(T - 1_000), rows: 1_000 };
    assert_eq!(c.plan_request(), probe);
    c.mark_unchanged(at(T + 30_000));
    assert!(!c.is_stable(), "rows may still become visible");
    c.mark_unchanged(at(T + OVERLAP_MILLIS));
    assert!(c.is_stable());
    assert_eq!(c.plan_request(), probe, "no time has changed, so the probe has not");
    assert_eq!(c.complete_as_of, Some(UtcMillis(T + OVERLAP_MILLIS)));
}

#[test]
fn a_server_clock_that_went_back_does_not_move_the_state_back() {
    let mut c = PullState { since: Some(UtcMillis(T)), ..PullState::default() };
    c.begin_pass(at(T - 3_600_000));
    c.advance([UtcMillis(T - 3_700_000)]);
    c.end_pass(&rows(&[]));
    assert_eq!(c.since, Some(UtcMillis(T)));
}

#[test]
fn deletions_since_stays_until_deletions_have_been_checked() {
    let mut c = passed(&[T - 1_000]);
    let first = Some(UtcMillis(T - 1_000 - OVERLAP_MILLIS));
    assert_eq!((c.since, c.deletions_since), (first, first));
    c.mark_unchanged(at(T + 4_000_000));
    c.begin_pass(at(T + 8_000_000));
    c.advance([UtcMillis(T + 7_900_000)]);
    c.end_pass(&rows(&[]));
    assert_eq!(c.since, Some(UtcMillis(T + 7_900_000 - OVERLAP_MILLIS)));
    assert_eq!(c.deletions_since, first);
    // Requested within the overlap, then after it; a time in the future moves nothing.
    c.mark_deletions_checked(at(T + 8_000_000), Some(UtcMillis(T + YEAR)));
    assert_eq!(c.deletions_since, Some(UtcMillis(T + 7_900_000 - OVERLAP_MILLIS)));
    c.mark_deletions_checked(at(T + 9_000_000), None);
    assert_eq!(c.deletions_since, Some(UtcMillis(T + 7_900_001)));
}

#[test]
fn a_state_ahead_of_trusted_time_is_discarded() {
    let parse = |c: &PullState| PullState::parse(&serde_json::to_string(c).unwrap(), UtcMillis(T));
    let ahead = Some(UtcMillis(T + 400 * 86_400_000));
    let sound = passed(&[T - 1_000]);
    assert_eq!(parse(&sound), Some(sound.clone()));
    for poisoned in [
        PullState { since: ahead, ..sound.clone() },
        PullState { complete_as_of: ahead, ..sound.clone() },
        PullState { deletions_since: ahead, ..sound.clone() },
        PullState { deletions_checked: ahead, ..sound },
    ] {
        assert_eq!(parse(&poisoned), None);
    }
}

#[test]
fn a_version_1_state_is_moved_back_to_what_its_records_showed() {
    // As version 0.1 stored it: moved by the time of an answer, ten minutes ahead of the newest record.
    let (newest, moved) = (T - 600_000, T - OVERLAP_MILLIS);
    let old = format!(
        r#"{{"since":{moved},"newest":{newest},"recent":0,"pass":null,"complete_as_of":{T},"deletions_since":{moved}}}"#
    );
    let state = PullState::parse(&old, UtcMillis(T)).unwrap();
    let since = Some(UtcMillis(newest - OVERLAP_MILLIS));
    assert_eq!((state.since, state.deletions_since, state.recent), (since, since, None));
    assert_eq!((state.deletions_checked, state.complete_as_of), (Some(UtcMillis(T)), Some(UtcMillis(T))));
    let again = PullState::parse(&serde_json::to_string(&state).unwrap(), UtcMillis(T));
    assert_eq!(again, Some(state), "only once");
}

#[test]
fn an_unknown_member_of_a_newer_state_is_ignored() {
    assert_eq!(PullState::parse(r#"{"later":1,"version":3}"#, UtcMillis(T)).map(|c| c.since), Some(None));
}
