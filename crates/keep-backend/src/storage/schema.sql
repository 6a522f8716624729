-- One row per resource that exists or ever existed; points to its newest version.
CREATE TABLE resource (
  rid       INTEGER PRIMARY KEY,
  type      TEXT    NOT NULL,
  id        TEXT    NOT NULL,
  vid       INTEGER NOT NULL,
  updated   INTEGER NOT NULL,            -- meta.lastUpdated, ms: the start of its transaction
  happened  INTEGER NOT NULL,            -- what _sort=date sorts by, ms; 0 = no date
  deleted   INTEGER NOT NULL,
  UNIQUE (type, id)
) STRICT;
CREATE INDEX resource_updated ON resource (type, updated, rid) WHERE deleted = 0;
CREATE INDEX resource_happened ON resource (type, happened, rid) WHERE deleted = 0;

-- Every version, bodies as served. Never changed once written.
CREATE TABLE version (
  vid     INTEGER PRIMARY KEY,
  type    TEXT    NOT NULL,
  id      TEXT    NOT NULL,
  version INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  method  TEXT    NOT NULL,              -- POST, PUT or DELETE
  body    TEXT,                          -- NULL = a deletion
  UNIQUE (type, id, version)
) STRICT;
CREATE INDEX version_updated ON version (type, updated, vid);

-- Tokens, references and folded strings of current resources. Rows are found again by extracting the old body once more.
CREATE TABLE word (
  type   TEXT    NOT NULL,
  param  TEXT    NOT NULL,
  value  TEXT    NOT NULL,
  system TEXT    NOT NULL,
  rid    INTEGER NOT NULL,
  PRIMARY KEY (type, param, value, system, rid)
) STRICT, WITHOUT ROWID;

-- Dates of current resources as half-open intervals in ms.
CREATE TABLE moment (
  type  TEXT    NOT NULL,
  param TEXT    NOT NULL,
  low   INTEGER NOT NULL,
  high  INTEGER NOT NULL,
  rid   INTEGER NOT NULL,
  PRIMARY KEY (type, param, low, high, rid)
) STRICT, WITHOUT ROWID;

-- Files and demo clinics that were loaded to their end, so that a restart keeps later changes.
CREATE TABLE loaded (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

-- Sign-ins that may refresh, and their refresh tokens by SHA-256.
CREATE TABLE family (
  family    TEXT    PRIMARY KEY,
  user      TEXT    NOT NULL,
  client    TEXT    NOT NULL,
  scope     TEXT    NOT NULL,
  auth_time INTEGER NOT NULL,            -- s
  ends      INTEGER NOT NULL,            -- s
  revoked   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE refresh (
  digest TEXT    PRIMARY KEY,
  family TEXT    NOT NULL REFERENCES family (family),
  parent TEXT    NOT NULL,               -- digest of the token it replaced, '' for the first
  uses   INTEGER NOT NULL                -- 0 fresh, 1 rotated, 2 rotated twice or superseded
) STRICT, WITHOUT ROWID;
