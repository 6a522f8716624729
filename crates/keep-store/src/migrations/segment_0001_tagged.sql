-- A segment file, format 1: what is authoritative. Every row here carries a tag under a key that the
-- file does not hold, and is written by the tagged writer only.

-- One row. root = sum of all chart tags and journal tags modulo 2^256, rows = how many those are;
-- epoch counts committed changes, so that an older copy of the file can be told from a newer one.
CREATE TABLE segment_state (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    generation INTEGER NOT NULL,
    epoch      INTEGER NOT NULL,
    root       BLOB NOT NULL CHECK (length(root) = 32),
    rows       INTEGER NOT NULL,
    tag        BLOB NOT NULL CHECK (length(tag) = 32)
) STRICT;

-- One row per patient of this segment, from ordinal 256 on; 0 to 255 are pseudo-charts for rows without
-- a patient, by a hash of their id. sum = sum of the tags of the chart's rows modulo 2^256.
CREATE TABLE chart (
    ordinal       INTEGER PRIMARY KEY CHECK (ordinal >= 0),
    patient       BLOB UNIQUE,
    sum           BLOB NOT NULL CHECK (length(sum) = 32),
    rows          INTEGER NOT NULL CHECK (rows >= 0),
    revision      INTEGER NOT NULL,
    next_sequence INTEGER NOT NULL CHECK (next_sequence < 16777216),
    tag           BLOB NOT NULL CHECK (length(tag) = 32)
) STRICT;

-- One row per resource, clustered by chart: place = ordinal << 24 | sequence. id is the 16 bytes of a
-- UUID, or 0x01 and the text of any other id. version and updated are the server's, empty and 0 before
-- it has answered. body is the text as received, zstd with the dictionary of that number (0 = none).
CREATE TABLE resource (
    place      INTEGER PRIMARY KEY,
    type       INTEGER NOT NULL,
    id         BLOB NOT NULL,
    revision   INTEGER NOT NULL,
    version    TEXT NOT NULL,
    updated    INTEGER NOT NULL,
    state      INTEGER NOT NULL,
    labels     TEXT NOT NULL,
    dictionary INTEGER NOT NULL,
    body       BLOB NOT NULL,
    tag        BLOB NOT NULL CHECK (length(tag) = 32)
) STRICT;

CREATE UNIQUE INDEX resource_id ON resource (id, type);

-- Types outside FHIR R4 get a number from 1000 on. The row tag covers the name, so a changed name is found.
CREATE TABLE foreign_type (
    code INTEGER PRIMARY KEY CHECK (code >= 1000),
    name TEXT NOT NULL UNIQUE
) STRICT;

-- Change sets, entries, holds, cursors, conflicts and drop boxes: few rows, read whole. body is JSON,
-- zstd with the shipped dictionary.
CREATE TABLE journal (
    kind INTEGER NOT NULL,
    key  BLOB NOT NULL,
    body BLOB NOT NULL,
    tag  BLOB NOT NULL CHECK (length(tag) = 32),
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
