-- Search keys of a segment: derived from the tagged rows, rebuildable, never shown by themselves.

CREATE TABLE type_count (
    type  INTEGER PRIMARY KEY,
    count INTEGER NOT NULL
) STRICT;

-- Appointments and encounters by time, for the day's lists. patient is an id as in chart.
CREATE TABLE day_key (
    place   INTEGER PRIMARY KEY,
    type    INTEGER NOT NULL,
    start   INTEGER NOT NULL,
    status  TEXT NOT NULL,
    patient BLOB
) STRICT;

CREATE INDEX day_key_start ON day_key (type, start);

-- Rows that need attention: every state but 0. Small by nature.
CREATE TABLE open_row (
    place INTEGER PRIMARY KEY,
    state INTEGER NOT NULL
) STRICT;
