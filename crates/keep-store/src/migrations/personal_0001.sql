-- One clinician's own file, under a key that only their master key yields; never attached to the others.

CREATE TABLE draft (
    draft   TEXT PRIMARY KEY,
    kind    TEXT NOT NULL,
    patient TEXT NOT NULL,
    content TEXT NOT NULL,
    kept    INTEGER NOT NULL
) STRICT;

CREATE TABLE preference (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- Charts opened, newest time per patient.
CREATE TABLE opened (
    patient TEXT PRIMARY KEY,
    at      INTEGER NOT NULL
) STRICT;
