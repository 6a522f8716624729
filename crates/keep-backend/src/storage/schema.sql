-- One row per resource, deleted ones included; refers to its newest version.
CREATE TABLE resource (
  rid       INTEGER PRIMARY KEY,
  type      TEXT    NOT NULL,
  id        TEXT    NOT NULL,
  vid       INTEGER NOT NULL,
  updated   INTEGER NOT NULL,            -- meta.lastUpdated, ms: start of the request
  happened  INTEGER NOT NULL,            -- sort value of _sort=date, ms; 0 = no date
  deleted   INTEGER NOT NULL,
  UNIQUE (type, id)
) STRICT;
CREATE INDEX resource_updated ON resource (type, updated, rid) WHERE deleted = 0;
CREATE INDEX resource_happened ON resource (type, happened, rid) WHERE deleted = 0;

-- Every version, with the body as served. Rows are never changed.
CREATE TABLE version (
  vid     INTEGER PRIMARY KEY,
  type    TEXT    NOT NULL,
  id      TEXT    NOT NULL,
  version INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  method  TEXT    NOT NULL,              -- POST, PUT or DELETE
  body    TEXT,                          -- NULL = deletion
  UNIQUE (type, id, version)
) STRICT;
CREATE INDEX version_updated ON version (type, updated, vid);

-- Tokens, references and folded strings of current resources. To delete rows, they are extracted again from the old body.
CREATE TABLE word (
  type   TEXT    NOT NULL,
  param  TEXT    NOT NULL,
  value  TEXT    NOT NULL,
  system TEXT    NOT NULL,
  rid    INTEGER NOT NULL,
  PRIMARY KEY (type, param, value, system, rid)
) STRICT, WITHOUT ROWID;

-- Dates of current resources as half-open intervals, ms.
CREATE TABLE moment (
  type  TEXT    NOT NULL,
  param TEXT    NOT NULL,
  low   INTEGER NOT NULL,
  high  INTEGER NOT NULL,
  rid   INTEGER NOT NULL,
  PRIMARY KEY (type, param, low, high, rid)
) STRICT, WITHOUT ROWID;

-- Completed loads of files and of the demo clinic, so that a restart does not overwrite later changes.
CREATE TABLE loaded (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

-- Families of refresh tokens, one per sign-in, and the tokens by their SHA-256.
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
  uses   INTEGER NOT NULL                -- 0 unused, 1 rotated, 2 rotated twice or superseded
) STRICT, WITHOUT ROWID;
