use super::*;

const T: i64 = 1_795_338_000_000;
const YEAR: i64 = 365 * 86_400_000;

fn at(time: i64) -> AnswerTime {
    AnswerTime { claim: UtcMillis(time), settled_until: UtcMillis(time - OVERLAP_MILLIS) }
}

fn rows(stamps: &[i64]) -> RecentRows {
    let mut rows = RecentRows::default();
    for (n, stamp) in stamps.iter().enumerate() {
        rows.add(&format!("r{n}"), UtcMillis(*stamp));
    }
    rows
}

/// A cursor after one pass at `T` over rows of these stamps.
fn passed(stamps: &[i64]) -> Cursor {
    let mut c = Cursor::default();
    c.begin(at(T));
    c.advance(stamps.iter().map(|s| UtcMillis(*s)));
    c.end(&rows(stamps));
    c
}

#[test]
fn a_pass_ends_before_the_newest_stamp_that_its_records_showed() {
    let c = passed(&[T - 900_000, T - 500_000]);
    let since = Some(UtcMillis(T - 500_000 - OVERLAP_MILLIS));
    assert_eq!((c.since, c.deletions_since, c.complete_as_of), (since, since, Some(UtcMillis(T))));
    assert_eq!((c.newest, c.recent), (Some(UtcMillis(T - 500_000)), Some(1)));
    assert_eq!(c.plan(), Question::From(since));
    assert!(c.is_quiet(), "asked long after its newest stamp");
    assert!(!passed(&[T - 1_000]).is_quiet());
}

#[test]
fn a_pass_without_records_claims_and_moves_nothing_else() {
    let c = passed(&[]);
    assert_eq!((c.since, c.recent, c.complete_as_of), (None, None, Some(UtcMillis(T))));
    assert_eq!(c.plan(), Question::From(None));
}

#[test]
fn a_stamp_that_is_ahead_does_not_move_the_cursor() {
    let c = passed(&[T - 500_000, T + 2 * YEAR]);
    assert_eq!(c.since, Some(UtcMillis(T - 500_000 - OVERLAP_MILLIS)));
    assert_eq!((c.newest, c.recent), (Some(UtcMillis(T + 2 * YEAR)), Some(2)));
    assert!(!c.is_quiet());
    // A server whose every stamp is ahead: trusted time is all that is known.
    let ahead = passed(&[T + YEAR, T + 2 * YEAR]);
    assert_eq!((ahead.since, ahead.recent), (Some(UtcMillis(T - OVERLAP_MILLIS)), Some(2)));
    // And later on one such stamp alone moves nothing.
    let mut c = passed(&[T - 500_000]);
    let since = c.since;
    c.begin(at(T + 3_600_000));
    c.advance([UtcMillis(T + 2 * YEAR)]);
    c.end(&rows(&[T + 2 * YEAR]));
    assert_eq!((c.since, c.complete_as_of), (since, Some(UtcMillis(T + 3_600_000))));
}

#[test]
fn a_row_that_was_changed_while_the_pass_ran_is_no_place_to_go_on_from() {
    let mut c = Cursor::default();
    c.begin(at(T));
    c.advance([UtcMillis(T - 9_000_000), UtcMillis(T + 30_000)]);
    assert_eq!(c.plan(), Question::From(Some(UtcMillis(T - 9_000_000))));
}

#[test]
fn a_pass_that_was_cut_off_goes_on_from_its_last_stamp_inclusive() {
    let mut c = Cursor::default();
    c.begin(at(T));
    c.advance([UtcMillis(T - 9_000)]);
    let mut kept = Cursor::read(&serde_json::to_string(&c).unwrap(), UtcMillis(T)).unwrap();
    assert_eq!(kept.plan(), Question::From(Some(UtcMillis(T - 9_000))));
    kept.begin(at(T + 600_000));
    kept.advance([UtcMillis(T + 500_000)]);
    kept.end(&rows(&[T + 500_000]));
    assert_eq!(kept.since, Some(UtcMillis(T - 9_000 - OVERLAP_MILLIS)), "the time of the first page counts");
    assert_eq!(kept.recent, None, "rows of a cut pass cannot be counted");
    assert_eq!(kept.complete_as_of, Some(UtcMillis(T)));
}

#[test]
fn after_a_big_load_it_is_asked_whether_anything_changed() {
    let stamps: Vec<i64> = (0..1_000).map(|n| T - 1_000 - n).collect();
    let mut c = passed(&stamps);
    let since = UtcMillis(T - 1_000 - OVERLAP_MILLIS);
    let question = Question::Changed { since, newest: UtcMillis(T - 1_000), rows: 1_000 };
    assert_eq!(c.plan(), question);
    c.unchanged(at(T + 30_000));
    assert!(!c.is_quiet(), "rows may still become visible");
    c.unchanged(at(T + OVERLAP_MILLIS));
    assert!(c.is_quiet());
    assert_eq!(c.plan(), question, "the stamps have not moved, so the question has not");
    assert_eq!(c.complete_as_of, Some(UtcMillis(T + OVERLAP_MILLIS)));
}

#[test]
fn a_server_whose_clock_went_back_does_not_move_the_cursor_back() {
    let mut c = Cursor { since: Some(UtcMillis(T)), ..Cursor::default() };
    c.begin(at(T - 3_600_000));
    c.advance([UtcMillis(T - 3_700_000)]);
    c.end(&rows(&[]));
    assert_eq!(c.since, Some(UtcMillis(T)));
}

#[test]
fn where_deletions_are_looked_for_stays_until_they_have_been() {
    let mut c = passed(&[T - 1_000]);
    let first = Some(UtcMillis(T - 1_000 - OVERLAP_MILLIS));
    assert_eq!((c.since, c.deletions_since), (first, first));
    c.unchanged(at(T + 4_000_000));
    c.begin(at(T + 8_000_000));
    c.advance([UtcMillis(T + 7_900_000)]);
    c.end(&rows(&[]));
    assert_eq!(c.since, Some(UtcMillis(T + 7_900_000 - OVERLAP_MILLIS)));
    assert_eq!(c.deletions_since, first);
    // Asked within the overlap, then behind it; a stamp that is ahead moves nothing.
    c.deletions_were_seen(at(T + 8_000_000), Some(UtcMillis(T + YEAR)));
    assert_eq!(c.deletions_since, Some(UtcMillis(T + 7_900_000 - OVERLAP_MILLIS)));
    c.deletions_were_seen(at(T + 9_000_000), None);
    assert_eq!(c.deletions_since, Some(UtcMillis(T + 7_900_001)));
}

#[test]
fn a_cursor_ahead_of_trusted_time_is_not_taken_over() {
    let read = |c: &Cursor| Cursor::read(&serde_json::to_string(c).unwrap(), UtcMillis(T));
    let ahead = Some(UtcMillis(T + 400 * 86_400_000));
    let sound = passed(&[T - 1_000]);
    assert_eq!(read(&sound), Some(sound.clone()));
    for poisoned in [
        Cursor { since: ahead, ..sound.clone() },
        Cursor { complete_as_of: ahead, ..sound.clone() },
        Cursor { deletions_since: ahead, ..sound.clone() },
        Cursor { deletions_looked: ahead, ..sound },
    ] {
        assert_eq!(read(&poisoned), None);
    }
}

#[test]
fn a_cursor_of_before_is_set_back_to_what_its_records_showed() {
    // As version 0.1 kept it: moved by the time of an answer, ten minutes ahead of the newest record.
    let (newest, moved) = (T - 600_000, T - OVERLAP_MILLIS);
    let old = format!(
        r#"{{"since":{moved},"newest":{newest},"recent":0,"pass":null,"complete_as_of":{T},"deletions_since":{moved}}}"#
    );
    let read = Cursor::read(&old, UtcMillis(T)).unwrap();
    let since = Some(UtcMillis(newest - OVERLAP_MILLIS));
    assert_eq!((read.since, read.deletions_since, read.recent), (since, since, None));
    assert_eq!((read.deletions_looked, read.complete_as_of), (Some(UtcMillis(T)), Some(UtcMillis(T))));
    let again = Cursor::read(&serde_json::to_string(&read).unwrap(), UtcMillis(T));
    assert_eq!(again, Some(read), "once");
}

#[test]
fn an_unknown_member_of_a_newer_cursor_is_no_error() {
    assert_eq!(Cursor::read(r#"{"later":1,"version":3}"#, UtcMillis(T)).map(|c| c.since), Some(None));
}
