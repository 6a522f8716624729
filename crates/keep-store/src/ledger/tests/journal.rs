//! The ledger's own connection retains the journal file, a store's connection truncates it.

use super::*;
use std::fs;

fn journal_of(folder: &Path) -> PathBuf {
    folder.join("ledger.db-journal")
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |m| m.len())
}

fn attached(fixture: &TestLedger) -> Connection {
    let conn = crate::open_cipher(
        &fixture.folder.path().join("directory.db"),
        &DatabaseKey::for_tests(8),
        crate::cipher::OpenMode::Create,
    )
    .expect("main");
    let key = TestLedger::key();
    let raw = format!("x'{}{}'", hex::encode(key.key()), hex::encode(key.salt()));
    conn.execute("ATTACH DATABASE ?1 AS ledger KEY ?2", rusqlite::params![fixture.path().to_str(), raw])
        .expect("attached");
    conn
}

/// A store's connection, which truncates the ledger's journal.
fn truncating(fixture: &TestLedger) -> Connection {
    let conn = attached(fixture);
    for schema in ["main", ATTACHED_LEDGER] {
        let sql = format!("PRAGMA {schema}.journal_mode = TRUNCATE");
        assert_eq!(conn.query_row(&sql, [], |r| r.get(0)), Ok("truncate".to_owned()));
    }
    conn
}

/// A store's transaction with one event in it; answers the event's sequence, whatever the `end`.
fn save(ledger: &Ledger, conn: &Connection, draft: &EventDraft, end: &str) -> u64 {
    let _lease = ledger.write_lease();
    conn.execute_batch("BEGIN IMMEDIATE").expect("begin");
    let ticket =
        append_in(conn, ATTACHED_LEDGER, &ledger.event_writer(), draft, ledger.limit_bytes()).expect("written");
    conn.execute_batch(end).expect("end");
    ticket.committed().sequence()
}

#[test]
fn an_event_in_a_save_commits_or_rolls_back_with_it() {
    let (fixture, ledger) = amaras_ledger();
    let conn = attached(&fixture);
    let draft = EventDraft::new(EventClass::Create).by(actor());
    let save = |end: &str| save(&ledger, &conn, &draft, end);
    assert_eq!(save("ROLLBACK"), 1);
    assert_eq!(ledger.event_count(), Ok(1));
    assert_eq!(save("COMMIT"), 1);
    assert_eq!(append(&ledger, EventClass::Lock).sequence(), 2);
    assert_eq!(save("COMMIT"), 3);
    drop(conn);
    fixture.close_clean(ledger);
}

#[test]
fn persistent_and_truncated_journals_alternate() {
    let (fixture, ledger) = amaras_ledger();
    let conn = truncating(&fixture);
    let journal = journal_of(fixture.folder.path());
    let draft = chart_read();
    let save = |end: &str| save(&ledger, &conn, &draft, end);
    let mut events = ledger.event_count().expect("count");
    for round in 0..20_u32 {
        for _ in 0..round % 3 {
            let _ticket = ledger.append(chart_read()).expect("written");
            events += 1;
            assert!(length(&journal) > 0, "the ledger's own connection keeps the file");
        }
        assert_eq!(save("ROLLBACK"), events);
        assert_eq!(ledger.event_count(), Ok(events));
        assert_eq!(save("COMMIT"), events);
        events += 1;
        assert_eq!(length(&journal), 0, "a store's transaction truncates it");
        assert_eq!(ledger.event_count(), Ok(events));
    }
    drop(conn);
    fixture.close_clean(ledger);
}

#[test]
fn a_power_cut_with_a_persistent_journal_rolls_back_to_the_last_event() {
    let (fixture, ledger) = amaras_ledger();
    // Many events at once leave a journal longer than the transaction that is cut off below.
    let many: Vec<_> = (0..60).map(|_| ledger.begin_append(chart_read())).collect();
    for pending in many {
        let _ticket = pending.wait().expect("written");
    }
    let events = ledger.event_count().expect("count");
    let before = ledger.state().expect("state");
    let whole = fs::read(fixture.path()).expect("the file");
    let conn = truncating(&fixture);
    let lease = ledger.write_lease();
    conn.execute_batch("BEGIN IMMEDIATE").expect("begin");
    let ticket = append_in(&conn, ATTACHED_LEDGER, &ledger.event_writer(), &chart_read(), ledger.limit_bytes());
    let _never_committed = ticket.expect("written");
    // The pages are in the file, the journal is on the disk, and nothing was committed.
    conn.cache_flush().expect("flushed");
    let after_the_cut = tempfile::tempdir().expect("folder");
    let copied = after_the_cut.path().join("ledger.db");
    fs::copy(fixture.path(), &copied).expect("copy");
    fs::copy(journal_of(fixture.folder.path()), journal_of(after_the_cut.path())).expect("copy of the journal");
    drop(lease);
    assert_ne!(fs::read(&copied).expect("the file"), whole, "the transaction is in the file");
    assert_ne!(
        fs::read(journal_of(after_the_cut.path())).expect("the journal").first(),
        Some(&0),
        "and it can go back"
    );

    let found = Ledger::open(&copied, &TestLedger::key(), fixture.nurse_amara(), LEDGER_LIMIT_BYTES).expect("opened");
    assert_eq!(found.event_count(), Ok(events));
    assert_eq!(found.state(), Ok(before));
    assert_eq!(found.append(EventDraft::new(EventClass::Lock)).expect("written").sequence(), events);
    found.close();
    assert!(check(&copied, None).is_clean());
}
