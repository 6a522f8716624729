-- The audit ledger, format 1. A row of `entry` is one event: a clear header, a body that is sealed
-- where it names a patient, and its evidence. Nothing about an event ever changes after it was
-- written, which is why delivery to the server is kept in a table of its own.
CREATE TABLE entry (
    sequence  INTEGER PRIMARY KEY CHECK (sequence >= 0),
    event_id  BLOB NOT NULL CHECK (length(event_id) = 16),
    class     TEXT NOT NULL,
    recorded  INTEGER NOT NULL,
    outcome   INTEGER NOT NULL CHECK (outcome IN (0, 4, 8, 12)),
    body_kind INTEGER NOT NULL CHECK (body_kind IN (0, 1)),
    body      BLOB NOT NULL,
    leaf      BLOB NOT NULL CHECK (length(leaf) = 32),
    link      BLOB NOT NULL CHECK (length(link) = 32),
    signature BLOB CHECK (signature IS NULL OR length(signature) = 96)
) STRICT;

CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
-- INSERT OR REPLACE would delete without the trigger above; and a sequence without gaps is cheap here.
CREATE TRIGGER entry_next_only BEFORE INSERT ON entry
WHEN NEW.sequence IS NOT (SELECT next_sequence FROM log_state)
BEGIN SELECT RAISE(ABORT, 'the ledger is contiguous'); END;

-- The right edge of the log: one row, rewritten in the transaction of each event.
CREATE TABLE log_state (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    log_id        BLOB NOT NULL CHECK (length(log_id) = 16),
    next_sequence INTEGER NOT NULL CHECK (next_sequence >= 0),
    frontier      BLOB NOT NULL,
    link          BLOB NOT NULL CHECK (length(link) = 32),
    last_recorded INTEGER NOT NULL
) STRICT;

CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY,
    note TEXT NOT NULL
) STRICT;

CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- An entry is here once the server has confirmed it.
CREATE TABLE delivery (
    sequence     INTEGER PRIMARY KEY REFERENCES entry (sequence),
    delivered_at INTEGER NOT NULL
) STRICT;

-- What the lock screen must not forget about a slot: failures, the last accepted code step. JSON,
-- because only keep-keys knows what is in it; the keychain holds a second copy.
CREATE TABLE unlock_record (
    slot   BLOB NOT NULL PRIMARY KEY CHECK (length(slot) = 16),
    record TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The last time that something authenticated vouched for; it only advances.
CREATE TABLE trusted_time (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    mark INTEGER NOT NULL
) STRICT;
